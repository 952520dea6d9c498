"""Suggest: what a text may be going to be, while it is typed - names that start so, then completions of the last word."""

from __future__ import annotations

import re

from kb.index.analyse import MAX_QUERY
from kb.links.key import key
from kb.search.reader import Export
from kb.search.spelling import is_english

SHORTEST_START = 2
"""Letters of a word that must be typed before it is completed."""
LESSER = ("also", "former")
"""Names that a note is found by, but does not go by."""
_LAST_WORD = re.compile(r"(?:^|[ \n\t])([A-Za-z]+)\Z")


class Suggestion:
    """One way a text may go on."""

    __slots__ = ("kind", "note", "text")

    def __init__(self, text: str, kind: str, note: str = "") -> None:
        self.text = text
        """The whole text, not only what is missing."""
        self.kind = kind
        """name or word."""
        self.note = note
        """The note that a name means; otherwise empty."""


def suggest(export: Export, text: str, limit: int = 8) -> list[Suggestion]:
    """Return what may be meant: names that start so, then texts with the last word completed.

    Raises:
        IndexDamaged: a page of the export cannot be read.
    """
    start = text[:MAX_QUERY]
    found = _names(export, key(start))
    taken = {suggestion.text.lower() for suggestion in found}
    found += [other for other in _completions(export, start, limit) if other.text.lower() not in taken]
    return found[: max(limit, 0)]


def _names(export: Export, start: str) -> list[Suggestion]:
    """Return the names that start so, one of each note: its own before those it is also found by, short ones first."""
    if not start:
        return []
    rows = export.rows("select text, note, rank from name where key >= ? and key < ?", (start, start + "\U0010ffff"))
    found = sorted((rank in LESSER, len(text), text, note) for text, note, rank in rows)
    by_note: dict[str, Suggestion] = {}
    for _, _, text, note in found:
        by_note.setdefault(note, Suggestion(text, "name", note))
    return list(by_note.values())


def _completions(export: Export, text: str, limit: int) -> list[Suggestion]:
    """Return a text with its last word completed to English words the index knows, one of each term, the commonest first."""
    match = _LAST_WORD.search(text)
    typed = match.group(1).lower() if match else ""
    if len(typed) < SHORTEST_START:
        return []
    rest = text[: -len(typed)]
    words = export.rows(
        "select surface, word.term, length(impacts) from word join posting on posting.term = word.term "
        "where surface >= ? and surface < ? and surface not glob '*[^a-z]*'",
        (typed, typed + "{"),
    )
    words.sort(key=_commonest)
    terms = {term for surface, term, _ in words if surface == typed}
    found: list[Suggestion] = []
    for surface, term, _ in words:
        if len(found) >= limit:
            break
        if term not in terms and is_english(surface):
            terms.add(term)
            found.append(Suggestion(rest + surface, "word"))
    return found


def _commonest(row: tuple[str, str, int]) -> tuple[int, int, str]:
    surface, _, held = row
    return -held, len(surface), surface
