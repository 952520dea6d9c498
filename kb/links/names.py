"""Names and identifiers of services, and the note each one means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.links.key import key
from kb.notes.note import Note

PREFIXES = ("amazon ", "aws ")
RANKS = ("id", "title", "official", "short", "also", "former", "without prefix")


@dataclass(frozen=True, slots=True)
class Name:
    """One way to name a note."""

    key: str
    """What is compared: lower case, letters and digits only."""
    text: str
    """As it is written."""
    note: str
    rank: str
    """Where it comes from, one of RANKS."""


def names_of(note: Note) -> Iterable[Name]:
    """Yield every name of a note, the strongest first, derived ones last; a page claims none."""
    if note.kind == "page":
        return
    names = note.names
    stated = [
        (note.id, "id"),
        (note.title, "title"),
        (names.official, "official"),
        *((n, "short") for n in names.short),
        *((n, "also") for n in names.also),
        *((n, "former") for n in names.former),
    ]
    for text, rank in stated:
        if text:
            yield Name(key(text), text, note.id, rank)
    for text in (note.title, names.official, *names.former):
        for prefix in PREFIXES:
            if text.casefold().startswith(prefix):
                yield Name(key(text[len(prefix) :]), text[len(prefix) :], note.id, "without prefix")


def claims(notes: Iterable[Note]) -> dict[str, list[Name]]:
    """Return the stated names by key, each note once per key; derived names only where nobody states them."""
    found: dict[str, list[Name]] = {}
    derived: list[Name] = []
    for note in notes:
        for name in names_of(note):
            if not name.key:
                continue
            if name.rank == "without prefix":
                derived.append(name)
            elif all(other.note != note.id for other in found.setdefault(name.key, [])):
                found[name.key].append(name)
    for name in derived:
        found.setdefault(name.key, [name])
    return found


def identifier_claims(notes: Iterable[Note]) -> dict[tuple[str, str], list[str]]:
    """Return the notes that claim each (kind, identifier), identifiers in lower case."""
    found: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        for kind, identifiers in note.identifiers:
            for identifier in identifiers:
                owners = found.setdefault((kind, identifier.casefold()), [])
                if note.id not in owners:
                    owners.append(note.id)
    return found
