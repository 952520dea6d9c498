"""`kb related`: the notes that come nearest to a note or a text."""

from __future__ import annotations

import json

import click

from kb.base import KnowledgeBase
from kb.cli import output


@click.command("related")
@click.argument("text", nargs=-1, required=True)
@click.option(
    "--limit", "-n", type=click.IntRange(1, 1000), default=10, show_default=True, help="Show at most so many notes."
)
@click.option("--json", "as_json", is_flag=True, help="Print the notes as JSON.")
@click.pass_obj
def command(base: str | None, text: tuple[str, ...], limit: int, as_json: bool) -> int:
    """Show the notes nearest to TEXT, a note's name or any words, nearest first.

    By meaning where the extra semantic is installed, otherwise by words.
    """
    kb = KnowledgeBase(base)
    found = kb.related(" ".join(text), limit)
    titles = {note: kb.searcher.title(note) for _, note in found}
    if as_json:
        notes = [{"note": note, "title": titles[note], "score": round(score, 3)} for score, note in found]
        output.page(json.dumps({"schema_version": 1, "semantic": kb.has_meaning, "notes": notes}, indent=2))
    elif found:
        width = max(len(note) for _, note in found)
        output.page("\n".join(f"{score:.2f}  {note:{width}}  {titles[note]}" for score, note in found))
    else:
        click.echo("nothing is related", err=True)
    return int(not found)
