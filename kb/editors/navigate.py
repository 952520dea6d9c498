"""Where things are: definition, links of a document, references, symbols, lenses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kb.editors.desk import Desk, Target
from kb.editors.document import Document, Place, Span
from kb.editors.recognise import in_line, recognise
from kb.editors.setting import setting
from kb.links.link import WIKILINK
from kb.notes.markdown import CITATION
from kb.notes.note import Note

MOST_LENSES = 200
MOST_LINES = 20_000
"""Longer files get no lenses beyond so many lines."""
_RESOURCE = re.compile(
    r"[\"']?Type[\"']?\s*:\s*[\"']?AWS::|^\s*(?:resource|data)\s+\"aws_|\b(?:client|resource)\(\s*[\"']"
)
SymbolKind = Literal["note", "fact", "section"]


@dataclass(frozen=True, slots=True)
class Link:
    """A stretch of a document that leads to a file."""

    span: Span
    target: Target
    title: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A note, fact or section that a query found."""

    name: str
    kind: SymbolKind
    container: str
    target: Target


@dataclass(frozen=True, slots=True)
class Lens:
    """A line above a place in a document that says what the notes have on it."""

    span: Span
    title: str
    note: str
    """The note that a click opens; empty for none."""


def definition(desk: Desk, document: Document, place: Place) -> Target | None:
    """Return the line of the note that explains a place: of a property its fact, of a citation its source."""
    for link in _links_on(desk, document, place.line):
        if link.span.holds(place):
            return link.target
    found = setting(desk, document, place) if desk.complete else None
    if found and found.on_name:
        note = desk.note(found.facts[0].note)
        return desk.target(note, found.facts[0].fact.anchor) if note else None
    token = recognise(desk, document, place)
    note = desk.note(token.notes[0]) if token else None
    return desk.target(note, token.anchor) if note and token else None


def links(desk: Desk, document: Document) -> list[Link]:
    """Return the [[links]] and citations of a text that lead somewhere."""
    if not document.prose:
        return []
    return [link for number in range(len(document.lines)) for link in _links_on(desk, document, number)]


def _links_on(desk: Desk, document: Document, number: int) -> Iterator[Link]:
    line = document.line(number)
    for match in WIKILINK.finditer(line) if "[[" in line else ():
        if note := desk.note(match.group(1)):
            title = f"{note.title}: {note.summary}" if note.summary else note.title
            yield Link(_span(number, match), desk.target(note, match.group(2) or ""), title)
    for match in CITATION.finditer(line) if "[^" in line and desk.kind(document.path) else ():
        if source := desk.sources.get(match.group(1)):
            yield Link(_span(number, match), Target(str(desk.root / source.path)), source.reference)


def references(desk: Desk, document: Document, place: Place) -> list[Target]:
    """Return every line of the notes that speaks of the note at a place; in the head of a note, of that note."""
    token = recognise(desk, document, place)
    own = desk.inside(document.path).rpartition("/")[2].removesuffix(".md") if desk.kind(document.path) else ""
    id = token.notes[0] if token else own
    found = []
    for link in desk.backlinks.get(id, ()):
        source = desk.notes.get(link.source)
        if source:
            found.append(Target(str(desk.root / source.path), max(link.line - 1, 0)))
    return found


def symbols(desk: Desk, query: str, limit: int = 50) -> list[Symbol]:
    """Return what a search finds, as symbols; without a query every note.

    Editors filter again by the name, so a name that does not spell the query has it added.

    Raises:
        IndexUnusable: the index cannot be searched.
    """
    if not query.strip():
        return [_symbol(desk, note, "", "") for note in list(desk.every().values())[:limit]]
    found = []
    for hit in desk.kb.search(query, limit, semantic=False).hits:
        note = desk.note(hit.note)
        if note:
            anchor = hit.id.partition("#")[2]
            found.append(_symbol(desk, note, anchor, query))
    return found


def lenses(desk: Desk, document: Document) -> list[Lens]:
    """Return what to show above resources in code, and above a note how many lines speak of it."""
    if kind := desk.kind(document.path):
        own = desk.inside(document.path).rpartition("/")[2].removesuffix(".md")
        count = len(desk.backlinks.get(own, ()))
        return [Lens(_whole(0), f"{count} links to this {kind}", "")] if own in desk.notes else []
    found: list[Lens] = []
    for number in range(min(len(document.lines), MOST_LINES)):
        line = document.lines[number]
        if len(line) > 1000 or not _RESOURCE.search(line):
            continue
        token = next(in_line(desk, line), None)
        note = desk.note(token.notes[0]) if token else None
        if note:
            found.append(Lens(_whole(number), f"kb: {note.title} ({len(note.facts)} facts)", note.id))
        if len(found) >= MOST_LENSES:
            break
    return found


def _symbol(desk: Desk, note: Note, anchor: str, query: str) -> Symbol:
    fact = next((fact for fact in note.facts if fact.anchor == anchor), None)
    section = note.section(anchor) if anchor and not fact else None
    kind: SymbolKind = "fact" if fact else "section" if section else "note"
    name = f"{fact.name}: {fact.value}" if fact else section.title if section else note.title
    if not _spells(name, query):
        name = f"{name} [{query}]"
    return Symbol(name, kind, note.title if kind != "note" else note.category, desk.target(note, anchor))


def _spells(name: str, query: str) -> bool:
    """Tell whether the letters of a query stand in a name in this order."""
    letters = iter(name.casefold())
    return all(letter in letters for letter in query.casefold() if not letter.isspace())


def _span(number: int, match: re.Match[str]) -> Span:
    return Span(Place(number, match.start()), Place(number, match.end()))


def _whole(number: int) -> Span:
    return Span(Place(number, 0), Place(number, 0))
