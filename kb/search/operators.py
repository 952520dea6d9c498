"""Operator queries: "phrase", -word, service:sqs, category:, kind:fact. Anything not well-formed is literal text.

Whoosh says which units match, the one ranking orders them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import and_
from pathlib import Path

from kb.index import store
from kb.index.analyse import chunks, surfaces
from kb.links.resolve import recognise
from kb.search.hit import Filters, Result
from kb.search.searcher import Searcher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kb.index.whoosh import WhooshEngine


@dataclass(frozen=True, slots=True)
class Operators:
    """A query taken apart."""

    words: str
    phrases: tuple[str, ...]
    excluded: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    """Pairs of field (service, category, kind) and value."""


FIELDS = ("service", "category", "kind")
_PIECE = re.compile(
    r'(?P<not>(?<!\S)-)?"(?P<phrase>[^"]*\w[^"]*)"(?!\S)'
    r"|(?<!\S)(?P<field>service|category|kind):(?P<value>[\w-]+)(?!\S)"
    r"|(?<!\S)-(?P<excluded>[^\W\d_][\w.:-]*)(?!\S)"
)


def has_operators(query: str) -> bool:
    """Return whether a query holds an operator at all."""
    return _PIECE.search(query) is not None


def parse(query: str) -> Operators:
    """Take an operator query apart."""
    phrases: list[str] = []
    excluded: list[str] = []
    fields: list[tuple[str, str]] = []
    for match in _PIECE.finditer(query):
        if match["phrase"] is not None:
            (excluded if match["not"] else phrases).append(match["phrase"])
        elif match["field"]:
            fields.append((match["field"], match["value"].lower()))
        else:
            excluded.append(match["excluded"])
    return Operators(_PIECE.sub(" ", query).strip(), tuple(phrases), tuple(excluded), tuple(fields))


def search_selected(
    searcher: Searcher, folder: str, query: str, limit: int, filters: Filters, *, semantic: bool = False
) -> Result:
    """Return the best hits among the units that the operators of a query select."""
    operators = parse(query)
    filters, ignored = _with_fields(searcher, operators, filters)
    words = " ".join((operators.words, *operators.phrases))
    allowed: set[str] | None = None
    if operators.phrases or operators.excluded:
        from kb.index.whoosh import WhooshEngine

        engine = WhooshEngine(Path(folder) / store.ENGINE, searcher.term)
        chosen = [_holding(phrase, engine, searcher) for phrase in operators.phrases]
        every = set(searcher.ids())
        refused = [every - _holding(text, engine, searcher) for text in operators.excluded]
        allowed = reduce(and_, [*chosen, *refused])
    elif not surfaces(words):
        allowed = set(searcher.ids())
    result = searcher.search(words, limit, filters, allowed, semantic=semantic)
    result.query, result.ignored = query, ignored
    return result


def _holding(text: str, engine: WhooshEngine, searcher: Searcher) -> set[str]:
    """Return the ids of the units that hold a word, or words next to each other in heading or text."""
    found = engine.select(engine.word(text))
    wanted = _terms(text, searcher)
    if len(wanted) == 1:
        return found
    texts = searcher.texts(found)
    return {id for id, parts in texts.items() if any(_in(wanted, _terms(part, searcher)) for part in parts)}


def _terms(text: str, searcher: Searcher) -> list[str]:
    return [searcher.term(group[0]) or group[0] for _, group in chunks(text)]


def _in(wanted: list[str], terms: list[str]) -> bool:
    size = len(wanted)
    return any(terms[at : at + size] == wanted for at in range(len(terms) - size + 1) if terms[at] == wanted[0])


def _with_fields(searcher: Searcher, operators: Operators, filters: Filters) -> tuple[Filters, tuple[str, ...]]:
    """Return the filters with those of the query added, and the values that name nothing."""
    ignored: list[str] = []
    values: dict[str, tuple[str, ...]] = {
        "service": filters.service,
        "category": filters.category,
        "kind": filters.kind,
    }
    for field, value in operators.fields:
        found = recognise(value, searcher) if field == "service" else None
        if field == "service" and found is None:
            ignored.append(f"service:{value}")
        values[field] += found.notes if found else (value,)
    return Filters(**values), tuple(ignored)
