"""Completion for people who write notes: [[links]] and their anchors, citations, ids and fixed words of the front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kb.editors.desk import Desk
from kb.editors.document import Document, Place, Span
from kb.notes.fact import KINDS
from kb.notes.note import CATEGORIES, STATES, Note
from kb.notes.source import Source

_LINK = re.compile(r"\[\[([^\[\]|#]*)(#[^\[\]|]*)?\Z")
_CITATION = re.compile(r"\[\^([^\[\]\s]*)\Z")
_INSTEAD = re.compile(r"(?:^|[{,\s])instead:\s*([a-z0-9-]*)\Z")
_SOURCES = re.compile(r"(?:^|[{,\s])sources:\s*\[(?:[^\]]*,)?\s*([a-z0-9-]*)\Z")
_WORD = re.compile(r"(?:^\s*(?:-\s+)?|[{,]\s*)(category|kind|state):\s*([a-z-]*)\Z")
_WORDS: dict[str, dict[str, str]] = {
    "category": CATEGORIES,
    "kind": {str(kind): meaning for kind, meaning in KINDS.items()},
    "state": dict.fromkeys(STATES, ""),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One way to go on."""

    label: str
    detail: str
    span: Span
    """What it takes the place of."""
    text: str
    kind: Literal["note", "section", "fact", "source", "word"]
    words: str = ""
    """What is compared with what is typed: the id with every name."""
    note: str = ""
    """The note whose card explains it."""


def complete(desk: Desk, document: Document, place: Place) -> list[Item]:
    """Return what may be typed at a place of a text that people read, or of a note."""
    place = document.within(place)
    before = document.line(place.line)[: place.column]
    note = bool(desk.kind(document.path))
    if document.prose and (match := _LINK.search(before)):
        closed = document.line(place.line)[place.column :].startswith("]]")
        if match.group(2) is None:
            return list(_notes(desk, _span(place, match.start(1)), "" if closed else "]]"))
        target = desk.note(match.group(1) or _own(desk, document))
        return list(_anchors(target, _span(place, match.start(2) + 1), "" if closed else "]]")) if target else []
    if not note:
        return []
    if match := _CITATION.search(before):
        closed = document.line(place.line)[place.column :].startswith("]")
        return list(_sources(iter(desk.sources.values()), _span(place, match.start(1)), "" if closed else "]"))
    return list(_fields(desk, before, place)) if _in_head(document, place.line) else []


def _notes(desk: Desk, span: Span, close: str) -> Iterator[Item]:
    for note in list(desk.every().values()):
        words = " ".join(dict.fromkeys((note.id, note.title, *note.names.every())))
        yield Item(note.id, note.title, span, note.id + close, "note", words, note.id)


def _anchors(note: Note, span: Span, close: str) -> Iterator[Item]:
    for section in note.sections:
        if section.anchor:
            words = f"{section.anchor} {section.title}"
            yield Item(section.anchor, section.title, span, section.anchor + close, "section", words)
    for fact in note.facts:
        detail = f"{fact.name}: {fact.value}"
        yield Item(fact.anchor, detail, span, fact.anchor + close, "fact", f"{fact.anchor} {fact.name}")


def _sources(sources: Iterator[Source], span: Span, close: str) -> Iterator[Item]:
    for source in sources:
        yield Item(source.id, source.reference, span, source.id + close, "source", f"{source.id} {source.title}")


def _fields(desk: Desk, before: str, place: Place) -> Iterator[Item]:
    """Yield the values of the front matter field that is being typed."""
    if match := _INSTEAD.search(before):
        yield from _notes(desk, _span(place, match.start(1)), "")
    elif match := _SOURCES.search(before):
        yield from _sources(iter(desk.sources.values()), _span(place, match.start(1)), "")
    elif match := _WORD.search(before):
        span = _span(place, match.start(2))
        words = _WORDS[match.group(1)]
        for word, meaning in words.items():
            yield Item(word, meaning, span, word, "word", word)


def _in_head(document: Document, number: int) -> bool:
    """Tell whether a line is in the front matter, closed or not."""
    if document.line(0).rstrip() != "---" or number == 0:
        return False
    return all(document.line(above).rstrip() != "---" for above in range(1, number))


def _own(desk: Desk, document: Document) -> str:
    return desk.inside(document.path).rpartition("/")[2].removesuffix(".md")


def _span(place: Place, start: int) -> Span:
    return Span(Place(place.line, start), place)
