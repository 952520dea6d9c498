"""Tools: what an assistant can ask. Each is a pure look-up that takes arguments and returns JSON data; none writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from kb.api.shapes import SCHEMA_VERSION, Shape, fact_shape, hit_shape, named_shape, table_shape
from kb.errors import InputError, NotFound
from kb.links.resolve import nearest
from kb.mcp import arguments as given
from kb.mcp.answer import cursor_at, page, quoted, start_of
from kb.mcp.fetch import fetch, note_uri
from kb.mcp.schemas import OUTPUT
from kb.mcp.shelf import Shelf

if TYPE_CHECKING:
    from kb.facts.comparison import Table
    from kb.lint.rule import Rules
    from kb.search.hit import Hit

DEPTH = 100
"""Hits of a search that can be paged through."""
SHORT = 600
"""Up to so many characters a hit is shown whole."""
_NAMES = {
    "auto": "", "yaml": "template.yaml", "json": "template.json", "terraform": "main.tf", "python": "app.py",
    "typescript": "app.ts", "javascript": "app.js",
}  # fmt: skip
Answer = Shape | Callable[[], Shape]
"""An answer, or the work that is left when the notes are no longer needed: it may take a while."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool as it is described to an assistant."""

    title: str
    description: str
    arguments: type[given.Arguments]
    answer: Callable[[Shelf, Any], Answer]
    schema: Shape
    """Of what it returns."""


def search(shelf: Shelf, asked: given.Search) -> Shape:
    """Return the best hits for a query.

    Raises:
        NotFound: no service is called that.
    """
    kb = shelf.searched
    about = ("search", asked.query, asked.service, asked.kind, asked.mode)
    start = start_of(asked.cursor, *about)
    services, kinds = (((one,) if one else ()) for one in (asked.service, asked.kind))
    result = kb.search(asked.query, DEPTH, services, (), kinds, semantic=False if asked.mode == "words" else None)
    if asked.service and f"service:{asked.service}" in result.ignored:
        raise NotFound("service", asked.service, nearest(asked.service, kb.searcher.name_texts()))
    hits, then = page([_hit(shelf, hit) for hit in result.hits], start, asked.limit)
    return {
        "schema_version": SCHEMA_VERSION,
        "corrected": result.corrected,
        "answer": result.answer.id if result.answer else None,
        "comparison": list(result.comparison),
        "recognised": quoted(named_shape(result.recognised)) if result.recognised else None,
        "ignored": list(result.ignored),
        "mode": "meaning" if kb.has_meaning and asked.mode == "auto" else "words",
        "stale": kb.stale(),
        "results": hits,
        "total": result.total,
        "next_cursor": cursor_at(then, *about),
    }


def facts(shelf: Shelf, asked: given.Facts) -> Shape:
    """Return the facts of a service, or one property in every service.

    Raises:
        InputError: neither is given.
        NotFound: no service is called that.
    """
    if not asked.service and not asked.name:
        raise InputError("arguments", "give a service, a name of facts, or both")
    kb = shelf.kb
    notes = [kb.note(asked.service)] if asked.service else [note for _, note in sorted(kb.folder.notes.items())]
    words = _words(asked.name or "")
    found = [
        (note, fact)
        for note in notes
        for fact in note.facts
        if (asked.kind in (None, fact.kind)) and _holds(_words(f"{fact.id} {fact.label} {fact.scope}"), words)
    ]
    about = ("facts", asked.service, asked.name, asked.kind)
    start = start_of(asked.cursor, *about)
    shapes = [_placed(shelf, fact_shape(f, note, kb.date_of(f))) | {"title": note.title} for note, f in found]
    shown, then = page(shapes, start, asked.limit)
    return {
        "schema_version": SCHEMA_VERSION,
        "facts": shown,
        "total": len(found),
        "next_cursor": cursor_at(then, *about),
    }


def compare(shelf: Shelf, asked: given.Compare) -> Shape:
    """Return services side by side, or a comparison page.

    Raises:
        InputError: there is only one, and it is no comparison page.
        NotFound: no service is called that.
    """
    kb = shelf.kb
    table = kb.compare(asked.services, asked.facts, differences_only=asked.differences_only)
    if len(table.columns) < 2:
        ids = ", ".join(sorted(kb.comparisons)[:40])
        raise InputError("services", f"give two at least, or the id of a comparison page: {ids}")
    about = ("compare", tuple(asked.services), tuple(asked.facts), asked.differences_only)
    shape = table_shape(table)
    rows, then = page(shape.pop("rows"), start_of(asked.cursor, *about), len(table.rows))
    page_of = kb.comparisons.get(table.id)
    return {
        **quoted(shape | {"decision": page_of.decision if page_of else None}),
        "rows": rows,
        "total": len(table.rows),
        "sources": _cited(table),
        "next_cursor": cursor_at(then, *about),
    }


def check_template(shelf: Shelf, asked: given.CheckTemplate) -> Callable[[], Shape]:
    """Return what checks the values that a template or program sets; that needs the notes no more.

    Raises:
        InputError: it is no text.
    """
    if "\0" in asked.text:
        raise InputError("text", "not text: it holds a NUL")
    return partial(_checked, shelf.rules, asked, shelf.url)


def _checked(rules: Rules, asked: given.CheckTemplate, url: Callable[[str], str]) -> Shape:
    from kb.lint.report import finding_shape
    from kb.lint.run import check_text, language_of

    name = _NAMES[asked.format]
    if asked.format == "terraform" and asked.text.lstrip("\ufeff \t\r\n").startswith("{"):
        name = "main.tf.json"
    checked = check_text(asked.text, name, rules)
    about = ("check_template", asked.text, asked.format)
    sources = {rule.key: rule.fact.sources for rule in rules.all}
    shapes = []
    for finding in checked.findings:
        shape = finding_shape(finding)
        del shape["path"]
        id = shape["fact"].partition("#")[0]
        shapes.append(shape | {"url": url(shape["url"]), "uri": note_uri(id), "sources": list(sources[finding.rule])})
    shown, then = page(shapes, start_of(asked.cursor, *about), DEPTH)
    return {
        "schema_version": SCHEMA_VERSION,
        "language": language_of(name, asked.text),
        "whole": checked.whole,
        "rules": len(rules.all),
        "findings": shown,
        "total": len(shapes),
        "next_cursor": cursor_at(then, *about),
    }


def _hit(shelf: Shelf, hit: Hit) -> Shape:
    shape = _placed(shelf, hit_shape(hit))
    text = shape.pop("text")
    return shape | ({"snippet": text} if len(text) <= SHORT else {})


def _placed(shelf: Shelf, shape: Shape) -> Shape:
    """Return a shape with an address that can be followed, where the site is known, and that of the note here."""
    return shape | {"url": shelf.url(shape["url"]), "uri": note_uri(shape["note"])}


def _cited(table: Table) -> list[str]:
    return sorted({id for row in table.rows for cell in row.cells if cell for id in cell.sources})


def _words(text: str) -> list[str]:
    return text.casefold().replace("-", " ").replace("(", " ").split()


def _holds(words: Iterable[str], wanted: Iterable[str]) -> bool:
    """Tell whether every word that is wanted is the start of one that is there."""
    known = tuple(words)
    return all(any(word.startswith(one) for word in known) for one in wanted)


TOOLS = {
    "search": Tool(
        "Search the notes on AWS services",
        "Find limits, defaults, behaviour and gotchas of AWS services in dated, sourced notes. The best result comes first; "
        "`answer` is the id of the fact that answers the query, if one does. Quote a value with its as_of date and sources. "
        'Operators: "a phrase", -word.',
        given.Search, search, OUTPUT["search"],
    ),
    "fetch": Tool(
        "Read a note",
        "Read a note, or one section or fact of it, as Markdown with its sources as footnotes. Long notes come in parts: "
        "metadata.sections lists what can be fetched alone.",
        given.Fetch, fetch, OUTPUT["fetch"],
    ),
    "facts": Tool(
        "List facts",
        "List the limits, quotas, defaults and properties of a service, or one property across all services, each with value, "
        "scope, date, sources and what it was checked against.",
        given.Facts, facts, OUTPUT["facts"],
    ),
    "compare": Tool(
        "Compare services",
        "Set services side by side by the properties they share; every cell is a dated, sourced fact, null where none is recorded.",
        given.Compare, compare, OUTPUT["compare"],
    ),
    "check_template": Tool(
        "Check the values of a template",
        "Check the values that CloudFormation, SAM, Terraform, serverless.yml, CDK or AWS SDK code sets against hard limits and "
        "quotas. Computed values are not judged, and no finding does not mean that a template is valid.",
        given.CheckTemplate, check_template, OUTPUT["check_template"],
    ),
}  # fmt: skip
"""What there is, by name, in the order it is listed."""
