"""JSON shapes: schema version 1, the same on every face. Imports nothing heavy: the terminal prints them too.

What each holds is said once more, for programs, by kb/api/schemas.py; tests hold the two together. Where a note says
nothing a shape says null.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from kb.facts.comparison import Comparison, Table
    from kb.links.resolve import Resolved
    from kb.notes.fact import Earlier, Fact
    from kb.notes.note import Note, Section
    from kb.notes.source import Source
    from kb.search.hit import Hit, Result
    from kb.search.suggest import Suggestion

SCHEMA_VERSION = 1
Shape = dict[str, "Any"]


def hit_shape(hit: Hit, explain: bool = False) -> Shape:
    """Return a hit as JSON data; `explain` adds what its score is made of."""
    shape = {
        "id": hit.id,
        "note": hit.note,
        "title": hit.title,
        "heading": hit.heading,
        "kind": hit.kind,
        "text": hit.text,
        "snippet": hit.snippet,
        "score": hit.score,
        "url": hit.url,
        "sources": list(hit.sources),
        "as_of": hit.as_of,
    }
    if hit.kind == "fact":
        shape["value"] = hit.value
        shape["checked"] = hit.checked or None
    if explain:
        shape["parts"] = hit.parts
    return shape


def result_shape(result: Result, explain: bool = False) -> Shape:
    """Return a search result as JSON data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "query": result.query,
        "corrected": result.corrected,
        "total": result.total,
        "answer": result.answer.id if result.answer else None,
        "comparison": list(result.comparison),
        "recognised": named_shape(result.recognised) if result.recognised else None,
        "hits": [hit_shape(hit, explain) for hit in result.hits],
    }


def named_shape(resolved: Resolved) -> Shape:
    """Return what a text was recognised as, and the notes it means."""
    return {"text": resolved.text, "as": resolved.as_what, "notes": list(resolved.notes)}


def resolved_shape(resolved: Resolved) -> Shape:
    """Return the same as a document."""
    return {"schema_version": SCHEMA_VERSION, **named_shape(resolved)}


def suggestions_shape(query: str, suggestions: Iterable[Suggestion]) -> Shape:
    """Return suggestions as JSON data."""
    found = [{"text": one.text, "kind": one.kind, "note": one.note} for one in suggestions]
    return {"schema_version": SCHEMA_VERSION, "query": query, "suggestions": found}


def note_url(note: Note) -> str:
    """Return the address of a note's page, relative to the site; the same as that of a hit."""
    return f"{note.id}/" if note.kind == "page" else f"{note.path.rsplit('/', 1)[0]}/{note.id}/"


def fact_shape(fact: Fact, note: Note, as_of: str) -> Shape:
    """Return a fact as JSON data."""
    check = fact.checked
    return {
        "note": note.id,
        "id": fact.id,
        "anchor": fact.anchor,
        "url": f"{note_url(note)}#{fact.anchor}",
        "label": fact.label,
        "kind": fact.kind,
        "value": fact.value,
        "scope": fact.scope or None,
        "detail": fact.detail or None,
        "sources": list(fact.sources),
        "as_of": as_of,
        "checked": {"against": check.against, "at": check.at, "date": check.date} if check else None,
        "history": [earlier_shape(earlier) for earlier in fact.history],
        "binds": dict(fact.binds),
    }


def earlier_shape(earlier: Earlier) -> Shape:
    """Return what sources said before."""
    return {"value": earlier.value, "as_of": earlier.as_of, "sources": list(earlier.sources)}


def status_shape(note: Note) -> Shape:
    """Return whether one can still start using a service."""
    status = note.status
    return {
        "state": status.state,
        "since": status.since or None,
        "instead": status.instead or None,
        "detail": status.detail or None,
    }


def note_shape(note: Note) -> Shape:
    """Return a note as JSON data, without its facts."""
    names = note.names
    return {
        "schema_version": SCHEMA_VERSION,
        "id": note.id,
        "title": note.title,
        "kind": note.kind,
        "category": note.category,
        "summary": note.summary,
        "url": note_url(note),
        "status": status_shape(note),
        "names": {
            "official": names.official or None,
            "short": list(names.short),
            "also": list(names.also),
            "former": list(names.former),
        },
        "identifiers": {kind: list(found) for kind, found in note.identifiers},
        "asked": {key: list(phrases) for key, phrases in note.asked},
        "sections": [_section(section) for section in note.sections],
    }


def _section(section: Section) -> Shape:
    return {
        "title": section.title,
        "level": section.level,
        "anchor": section.anchor,
        "statements": [
            {"text": st.text, "block": st.block, "depth": st.depth, "sources": list(st.citations)}
            for st in section.statements
        ],
    }


def table_shape(table: Table) -> Shape:
    """Return a comparison as JSON data; a gap is null."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id": table.id or None,
        "title": table.title,
        "columns": [{"note": c.note, "scope": c.scope or None, "title": c.title} for c in table.columns],
        "rows": [
            {
                "property": row.id,
                "label": row.label,
                "cells": [
                    None
                    if cell is None
                    else {
                        "value": cell.value,
                        "detail": cell.detail or None,
                        "as_of": cell.as_of,
                        "checked": cell.checked or None,
                        "sources": list(cell.sources),
                        "fact": f"{cell.note}#{cell.anchor}",
                    }
                    for cell in row.cells
                ],
            }
            for row in table.rows
        ],
    }


def comparison_shape(comparison: Comparison) -> Shape:
    """Return what a comparison page sets side by side, without its values."""
    return {
        "id": comparison.id,
        "title": comparison.title,
        "summary": comparison.summary,
        "url": f"compare/{comparison.id}/",
        "notes": list(dict.fromkeys(column.note for column in comparison.columns)),
    }


def source_shape(source: Source, cited_by: Iterable[tuple[str, int]]) -> Shape:
    """Return a source as JSON data; `cited_by` are notes and how many of their statements and facts cite it."""
    return {
        "id": source.id,
        "title": source.title,
        "author": source.author,
        "date": source.date,
        "dated": source.dated or None,
        "licence": source.licence,
        "kind": source.kind,
        "url": f"sources/{source.id}/",
        "original": source.url or None,
        "about": source.about,
        "reference": source.reference,
        "cited_by": [{"note": note, "count": count} for note, count in cited_by],
    }
