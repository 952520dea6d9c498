"""Run an operator query: Whoosh says which units match, the one ranking orders them."""

from __future__ import annotations

from functools import reduce
from operator import and_
from pathlib import Path

from kb.index import store
from kb.index.analyse import surfaces
from kb.index.operators import Operators, parse
from kb.index.search import Filters, Result, Searcher
from kb.index.whoosh import Stemmer, WhooshEngine
from kb.links.resolve import recognise


def search_selected(searcher: Searcher, folder: str, query: str, limit: int, filters: Filters) -> Result:
    """Return the best hits among the units that the operators of a query select."""
    operators = parse(query)
    filters, ignored = _with_fields(searcher, operators, filters)
    words = " ".join((operators.words, *operators.phrases))
    allowed: set[str] | None = None
    if operators.phrases or operators.excluded:
        engine = WhooshEngine(Path(folder) / store.ENGINE, _Terms(searcher))
        chosen = [engine.select(engine.phrase(phrase)) for phrase in operators.phrases]
        every = {row[0] for row in searcher.connection.execute("select id from unit")}
        refused = [every - engine.select(engine.phrase(text)) for text in operators.excluded]
        allowed = reduce(and_, [*chosen, *refused])
    elif not surfaces(words):
        allowed = {row[0] for row in searcher.connection.execute("select id from unit")}
    result = searcher.search(words, limit, filters, allowed)
    result.query, result.ignored = query, ignored
    return result


def _with_fields(searcher: Searcher, operators: Operators, filters: Filters) -> tuple[Filters, tuple[str, ...]]:
    """Return the filters with those of the query added, and the values that name nothing."""
    ignored: list[str] = []
    values: dict[str, tuple[str, ...]] = {"service": filters.service, "category": filters.category, "kind": filters.kind}
    for field, value in operators.fields:
        found = recognise(value, searcher) if field == "service" else None
        if field == "service" and found is None:
            ignored.append(f"service:{value}")
        values[field] += found.notes if found else (value,)
    return Filters(**values), tuple(ignored)


class _Terms(Stemmer):
    """Takes index terms from the export, so that names and identifiers stay unstemmed as they were indexed."""

    def __init__(self, searcher: Searcher) -> None:
        super().__init__()
        self.searcher = searcher

    def __call__(self, surface: str) -> str:
        row = self.searcher.connection.execute("select term from word where surface = ?", (surface,)).fetchone()
        return str(row[0]) if row else super().__call__(surface)
