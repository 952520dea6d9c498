"""What of a note the index depends on: hashes of its units and of what it is called, and the words kept unstemmed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

from kb.index.analyse import surfaces
from kb.index.unit import Unit
from kb.links.names import names_of
from kb.notes.note import Note

_WORD = re.compile(r"\w+")


def digest(units: list[Unit], protected: frozenset[str]) -> str:
    """Return the hash of what is indexed of a note: its units, and which of its words are kept unstemmed."""
    text = repr(units)
    kept = sorted(protected.intersection(_WORD.findall(text.lower()))) if protected else []
    return sha256(f"{text}\n{kept}".encode()).hexdigest()[:32]


def called(note: Note) -> str:
    """Return the hash of a note's names and identifiers; empty when it has none, as a page."""
    names = [(name.text, name.rank) for name in names_of(note)]
    return sha256(f"{names}\n{note.identifiers}".encode()).hexdigest()[:32] if names else ""


def protected_words(names: Iterable[tuple[str, str]], identifiers: Iterable[str]) -> frozenset[str]:
    """Return the words of all names (text and rank) and identifiers: they are never stemmed."""
    found = {
        surface
        for text, rank in names
        if rank in ("id", "short", "also", "title") and (text.isupper() or " " not in text)
        for surface in surfaces(text)
    }
    return frozenset(found.union(surface for id in identifiers for surface in surfaces(id)))
