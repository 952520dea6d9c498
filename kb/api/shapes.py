"""The JSON of a search: schema version 1, the same on every face. Imports nothing heavy: the terminal prints it too."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from kb.facts.comparison import Table
    from kb.notes.fact import Fact
    from kb.notes.note import Note
    from kb.search.hit import Hit, Result

SCHEMA_VERSION = 1


def hit_shape(hit: Hit, explain: bool = False) -> dict[str, Any]:
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


def result_shape(result: Result, explain: bool = False) -> dict[str, Any]:
    """Return a search result as JSON data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "query": result.query,
        "corrected": result.corrected,
        "total": result.total,
        "answer": result.answer.id if result.answer else None,
        "comparison": list(result.comparison),
        "hits": [hit_shape(hit, explain) for hit in result.hits],
    }


def fact_shape(fact: Fact, note: str, as_of: str) -> dict[str, Any]:
    """Return a fact as JSON data."""
    check = fact.checked
    return {
        "note": note,
        "id": fact.id,
        "anchor": fact.anchor,
        "label": fact.label,
        "kind": fact.kind,
        "value": fact.value,
        "scope": fact.scope or None,
        "detail": fact.detail or None,
        "sources": list(fact.sources),
        "as_of": as_of,
        "checked": {"against": check.against, "at": check.at, "date": check.date} if check else None,
        "history": [{"value": e.value, "as_of": e.as_of, "sources": list(e.sources)} for e in fact.history],
    }


def note_shape(note: Note) -> dict[str, Any]:
    """Return a note as JSON data, without its facts."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id": note.id,
        "title": note.title,
        "kind": note.kind,
        "category": note.category,
        "summary": note.summary,
        "status": note.status.state,
        "names": list(note.names.every()),
        "identifiers": {kind: list(found) for kind, found in note.identifiers},
        "sections": [
            {
                "title": s.title,
                "level": s.level,
                "anchor": s.anchor,
                "statements": [
                    {"text": st.text, "block": st.block, "sources": list(st.citations)} for st in s.statements
                ],
            }
            for s in note.sections
        ],
    }


def table_shape(table: Table) -> dict[str, Any]:
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
