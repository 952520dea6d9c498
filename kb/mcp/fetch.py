"""Fetch: a note, a section or a fact of it as plain Markdown that cites its sources, a part at a time."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote, unquote

from kb.api.shapes import SCHEMA_VERSION, Shape, note_url, status_shape
from kb.base import KnowledgeBase
from kb.errors import NotFound
from kb.links.link import anchors
from kb.links.resolve import nearest
from kb.mcp.answer import MOST, cursor_at, part, quoted, seen, start_of
from kb.mcp.arguments import Fetch
from kb.mcp.shelf import Shelf
from kb.notes.note import Names, Note, Section
from kb.publish.plain import note_markdown, without_links

NOTE, FACTS = "kb://note/", "kb://facts/"
"""Where notes and their facts are as resources."""
_CITED = re.compile(r"\[\^([^\]\s]+)\]")
_LEAD = Section("", 1, "")


def fetch(shelf: Shelf, asked: Fetch) -> Shape:
    """Return a part of a note's text, with what is known about the note and the sources that the part cites.

    Raises:
        NotFound: there is no such note, section or fact.
    """
    name, _, anchor = named(asked.id).partition("#")
    kb = shelf.kb
    note = kb.note(name)
    text = seen(markdown(kb, reduced(note, anchor)))
    about = ("fetch", note.id, anchor, text)
    start = start_of(asked.cursor, *about)
    shown, then = part(text, start, asked.max_chars)
    return {
        "schema_version": SCHEMA_VERSION,
        "id": f"{note.id}#{anchor}" if anchor else note.id,
        "title": seen(note.title),
        "text": shown,
        "url": shelf.url(note_url(note) + (f"#{anchor}" if anchor else "")),
        "uri": note_uri(note.id),
        "metadata": quoted(_about(kb, note, shown, first=not (start or anchor))),
        "total_chars": len(text),
        "next_cursor": cursor_at(then, *about),
    }


def named(id: str) -> str:
    """Return the name in an id, which may be the address of a resource."""
    return unquote(id.removeprefix(NOTE)) if id.startswith(NOTE) else id


def note_uri(id: str) -> str:
    """Return the address of a note as a resource."""
    return NOTE + quote(id, safe="")


def markdown(kb: KnowledgeBase, note: Note) -> str:
    """Return a note as plain Markdown with its facts, and its sources as footnotes."""
    return note_markdown(note, kb.sources, without_links)


def reduced(note: Note, anchor: str) -> Note:
    """Return a note with nothing but one section, with those below it, or one fact; the whole without an anchor.

    Raises:
        NotFound: it has no such section or fact.
    """
    if not anchor:
        return note
    bare = replace(note, summary="", names=Names(), identifiers=(), sections=(_LEAD,), facts=())
    facts = tuple(fact for fact in note.facts if anchor in (fact.anchor, fact.id))
    if facts or anchor == "limits" and note.facts:
        return replace(bare, facts=facts or note.facts)
    section = note.section(anchor)
    if section is None:
        near = tuple(f"{note.id}#{one}" for one in nearest(anchor, anchors(note)))
        raise NotFound("section or fact", f"{note.id}#{anchor}", near)
    below = tuple(s for s in note.sections if s.level == 3 and s.parent == section.title and section.level == 2)
    return replace(bare, sections=(_LEAD, section, *below))


def _about(kb: KnowledgeBase, note: Note, text: str, *, first: bool) -> Shape:
    """Return what is known about a note; the list of its sections comes with the first part of the whole only."""
    sections = [s for s in note.sections if s.anchor] if first else []
    cited = [id for id in dict.fromkeys(_CITED.findall(text)) if id in kb.sources]
    return {
        "kind": note.kind,
        "category": note.category,
        "summary": note.summary,
        "status": status_shape(note),
        "facts": len(note.facts),
        "sections": [{"id": f"{note.id}#{s.anchor}", "title": s.title} for s in sections[:MOST]],
        "sources": [_source(kb, id) for id in cited],
    }


def _source(kb: KnowledgeBase, id: str) -> Shape:
    source = kb.sources[id]
    return {
        "id": id,
        "title": source.title,
        "author": source.author,
        "date": source.date,
        "original": source.url or None,
    }
