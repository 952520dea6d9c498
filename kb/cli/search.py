"""`kb search`: the command as click knows it; see fast.py for the short way."""

from __future__ import annotations

from difflib import get_close_matches

import click

from kb.cli.answer import run_search
from kb.cli.fast import KINDS, OPTIONS, misspelt


@click.command("search", context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit", "-n", type=click.IntRange(1, 1000), default=10, show_default=True, help="Show at most so many hits."
)
@click.option(
    "--service", multiple=True, metavar="NAME", help="Only this service; any of its names will do. May be repeated."
)
@click.option("--category", multiple=True, metavar="ID", help="Only this category, such as database. May be repeated.")
@click.option("--kind", multiple=True, type=click.Choice(KINDS), help="Only this kind of hit. May be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--explain", is_flag=True, help="Show what each score is made of.")
@click.option("--semantic", is_flag=True, help="Search by meaning too; an error where that is not installed.")
@click.option("--no-semantic", is_flag=True, help="Search by words only.")
@click.pass_obj
def command(
    base: str | None,
    words: tuple[str, ...],
    limit: int,
    service: tuple[str, ...],
    category: tuple[str, ...],
    kind: tuple[str, ...],
    as_json: bool,
    explain: bool,
    semantic: bool,
    no_semantic: bool,
) -> int:
    """Search the notes for WORDS: names, identifiers, errors, questions.

    Operators: "a phrase", -word, service:sqs, category:database, kind:fact. Everything else is taken literally.
    Exit status 1 when nothing is found.
    """
    for word in words:
        if misspelt(word):
            raise click.NoSuchOption(word, possibilities=get_close_matches(word, OPTIONS))
    return run_search(
        base,
        list(words),
        limit=limit,
        service=service,
        category=category,
        kind=kind,
        as_json=as_json,
        explain=explain,
        semantic=semantic,
        no_semantic=no_semantic,
    )
