"""`kb list`: every note, or those of a category."""

from __future__ import annotations

import json

import click

from kb.base import KnowledgeBase
from kb.cli import output
from kb.errors import NotFound


@click.command("list")
@click.option("--category", multiple=True, metavar="ID", help="Only this category. May be repeated.")
@click.option("--sources", is_flag=True, help="List the sources instead.")
@click.option("--comparisons", is_flag=True, help="List the comparison pages instead.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.pass_obj
def command(base: str | None, category: tuple[str, ...], sources: bool, comparisons: bool, as_json: bool) -> int:
    """List the notes with their summaries; exit status 1 when there are none."""
    kb = KnowledgeBase(base)
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    if sources:
        header = ("id", "date", "author", "title")
        rows = [(s.id, s.date, s.author, s.title) for s in kb.folder.sources.values()]
    elif comparisons:
        header = ("id", "title", "summary")
        rows = [(c.id, c.title, c.summary) for c in kb.comparisons.values()]
    else:
        _known(kb, category)
        header = ("id", "title", "category", "summary")
        rows = [
            (n.id, n.title, n.category, n.summary)
            for n in kb.folder.notes.values()
            if not category or n.category in category
        ]
    if as_json:
        output.page(
            json.dumps(
                {"schema_version": 1, "items": [dict(zip(header, row, strict=True)) for row in rows]},
                ensure_ascii=False,
                indent=2,
            )
        )
    elif rows:
        from kb.cli.render import listed

        output.page(listed(header, rows))
    return int(not rows)


def _known(kb: KnowledgeBase, categories: tuple[str, ...]) -> None:
    """Refuse a category that no note is in."""
    used = sorted({note.category for note in kb.folder.notes.values()})
    for category in categories:
        if category not in used:
            raise NotFound("category", category, tuple(used))
