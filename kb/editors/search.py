"""Search and related notes for editors: by words, by meaning or both, and the answer says which it was."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Any, Literal

from kb.api.shapes import SCHEMA_VERSION, hit_shape, result_shape
from kb.editors.desk import Desk
from kb.editors.document import Document, Span
from kb.errors import InputError
from kb.search.hit import Hit, Result

Mode = Literal["lexical", "semantic", "hybrid"]
MODES: tuple[Mode, ...] = ("lexical", "semantic", "hybrid")
MOST = 100
"""Hits of one answer."""
LONGEST_TEXT = 2000
"""Characters of a selection that are looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and how it was searched."""

    mode: Mode
    """What was used; lexical where meaning was asked for and these notes have no vectors."""
    result: Result
    stale: int
    """Notes that changed since the index was built."""


@dataclass(frozen=True, slots=True)
class Near:
    """A note that is near to another or to a text."""

    note: str
    title: str
    summary: str
    score: float
    uri: str
    """Address of its file."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for."""

    query: str
    limit: int = 10
    mode: Mode = "hybrid"
    service: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    """The fields of hits that are wanted; all without it."""


def asked(params: object) -> Asked:
    """Return what a program asks for, from JSON data.

    Raises:
        InputError: something in it is not what it should be.
    """
    if not isinstance(params, dict) or not isinstance(params.get("query"), str):
        raise InputError("query", "expected a text")
    mode, limit = params.get("mode", "hybrid"), params.get("limit", 10)
    if mode not in MODES:
        raise InputError(str(mode), f"no such mode of search; there are {', '.join(MODES)}")
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise InputError(str(limit), "expected a number of hits, 1 or more")
    lists = {name: _texts(name, params.get(name)) for name in ("service", "category", "kind", "select")}
    return Asked(params["query"], min(limit, MOST), mode, **lists)


def _texts(name: str, value: object) -> tuple[str, ...]:
    values = [] if value is None else value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in values):
        raise InputError(name, "expected texts")
    return tuple(values)


def search(desk: Desk, asked: Asked) -> Found:
    """Return the best hits for a query; the first search of a folder builds its index.

    Raises:
        IndexUnusable: the index is damaged or written by a newer kb.
    """
    kb = desk.opened()
    used: Mode = asked.mode if asked.mode == "lexical" or desk.has_meaning else "lexical"
    if used == "semantic":
        result = _by_meaning(desk, asked.query, asked.limit)
    else:
        filters = (asked.service, asked.category, asked.kind)
        result = kb.search(asked.query, asked.limit, *filters, semantic=used == "hybrid")
    return Found(used, result, kb.stale())


def related(desk: Desk, text: str, limit: int = 10) -> tuple[Mode, list[Near]]:
    """Return the notes nearest to a note or to any text, nearest first, and how that was found."""
    kb = desk.opened()
    found = kb.related(text[:LONGEST_TEXT], max(1, min(limit, MOST)))
    near = []
    for score, id in found:
        if note := desk.note(id):
            near.append(Near(id, note.title, note.summary, round(score, 3), desk.target(note).uri))
    return "semantic" if desk.has_meaning else "lexical", near


def selected(document: Document, span: Span) -> str:
    """Return what is selected; without a selection the line."""
    return document.between(span).strip() or document.line(span.start.line).strip()


def found_shape(desk: Desk, found: Found, select: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return an answer as JSON data, its hits with some of their fields."""
    hits = []
    for hit in found.result.hits:
        shape = {**hit_shape(hit), **_place(desk, hit)}
        hits.append({key: shape[key] for key in select if key in shape} if select else shape)
    return {**result_shape(found.result), "mode": found.mode, "stale": found.stale, "hits": hits}


def near_shape(mode: Mode, near: list[Near]) -> dict[str, Any]:
    """Return related notes as JSON data."""
    notes = [{"note": n.note, "title": n.title, "summary": n.summary, "score": n.score, "uri": n.uri} for n in near]
    return {"schema_version": SCHEMA_VERSION, "mode": mode, "notes": notes}


def _place(desk: Desk, hit: Hit) -> dict[str, Any]:
    """Return where a hit stands: file and line, from 0."""
    note = desk.note(hit.note)
    if note is None:
        return {"uri": "", "line": 0}
    target = desk.target(note, hit.id.partition("#")[2])
    return {"uri": target.uri, "line": target.line}


def _by_meaning(desk: Desk, query: str, limit: int) -> Result:
    """Rank every unit by its cosine alone."""
    searcher = desk.kb.searcher
    meaning = searcher.meaning
    pairs = zip(meaning.cosines(query).tolist(), meaning.numbers.tolist(), strict=True) if query.strip() else ()
    ranked = sorted((-cosine, number) for cosine, number in pairs if not isnan(cosine))
    hits = []
    for score, number in ranked[:limit]:
        hit = searcher.hit(number)
        hit.score = round(-score, 3)
        hit.parts = {"meaning": hit.score}
        hits.append(hit)
    return Result(query, hits, len(ranked))
