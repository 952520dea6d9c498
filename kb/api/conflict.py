"""Conflict: two statements of the notes that cannot both hold, as the API tells it."""

from __future__ import annotations

from dataclasses import dataclass

from kb.api.shapes import Shape
from kb.base import KnowledgeBase
from kb.notes.note import Note


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two statements."""

    note: str
    """Id of the note it stands in."""
    anchor: str
    """Address of its section or fact inside the note; empty in the lead."""
    text: str
    sources: tuple[str, ...]
    as_of: str
    """Date of the newest of its sources."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two statements that cannot both hold."""

    a: Side
    b: Side
    why: str
    """What cannot both hold: "time: 12 h / 24 h"."""


def open_conflicts(kb: KnowledgeBase) -> tuple[Conflict, ...]:
    """Return the pairs of statements of the notes that cannot both hold and that nobody accepted; takes a while.

    Raises:
        MissingExtra: the extra `import` is not installed.
    """
    return tuple(
        Conflict(
            _stated(kb, one.id, one.statement.text), _stated(kb, m.known.id, m.known.statement.text), m.related.why
        )
        for _, one, m in kb.pairs("conflict")
    )


def _stated(kb: KnowledgeBase, place: str, text: str) -> Side:
    id, _, anchor = place.partition("#")
    sources = _sources(kb.folder.notes[id], anchor, text)
    return Side(
        id, anchor, text, sources, max((kb.sources[one].date for one in sources if one in kb.sources), default="")
    )


def _sources(note: Note, anchor: str, text: str) -> tuple[str, ...]:
    facts = (fact.sources for fact in note.facts if fact.anchor == anchor)
    said = (
        s.citations
        for section in note.sections
        if section.anchor == anchor
        for s in section.statements
        if s.text == text
    )
    return next(facts, None) or next(said, ())


def conflict_shape(conflict: Conflict) -> Shape:
    """Return a conflict as JSON data."""
    return {"why": conflict.why, "sides": [_side(conflict.a), _side(conflict.b)]}


def _side(side: Side) -> Shape:
    return {
        "note": side.note,
        "anchor": side.anchor or None,
        "text": side.text,
        "sources": list(side.sources),
        "as_of": side.as_of,
    }
