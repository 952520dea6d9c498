"""Operator queries: "phrase", -word, service:sqs, category:, kind:fact. Anything not well-formed is literal text."""

from __future__ import annotations

import re
from dataclasses import dataclass


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
