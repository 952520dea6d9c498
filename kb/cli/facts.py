"""`kb facts`: limits, defaults, quotas, properties."""

from __future__ import annotations

import json

import click

from kb.base import KnowledgeBase
from kb.cli import output
from kb.notes.fact import KINDS


@click.command("facts")
@click.argument("services", nargs=-1)
@click.option("--kind", multiple=True, type=click.Choice(list(KINDS)), help="Only this kind of fact. May be repeated.")
@click.option(
    "--id", "ids", multiple=True, metavar="FACT", help="Only this property, in every service. May be repeated."
)
@click.option("--unchecked", is_flag=True, help="Only facts without a check.")
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON.")
@click.pass_obj
def command(
    base: str | None,
    services: tuple[str, ...],
    kind: tuple[str, ...],
    ids: tuple[str, ...],
    unchecked: bool,
    as_json: bool,
) -> int:
    """List the facts of SERVICES, or of all; exit status 1 when there are none."""
    kb = KnowledgeBase(base)
    notes = [kb.note(name) for name in services] or list(kb.folder.notes.values())
    found = [
        (note, fact)
        for note in notes
        for fact in note.facts
        if (not kind or fact.kind in kind) and (not ids or fact.id in ids) and not (unchecked and fact.checked)
    ]
    if as_json:
        from kb.api.shapes import SCHEMA_VERSION, fact_shape

        facts = [fact_shape(fact, note, kb.date_of(fact)) for note, fact in found]
        output.page(json.dumps({"schema_version": SCHEMA_VERSION, "facts": facts}, ensure_ascii=False, indent=2))
    elif found:
        from kb.cli.render import fact_row, listed

        output.page(
            listed(("note", "fact", "value", "kind", "date"), [(note.id, *fact_row(kb, fact)) for note, fact in found])
        )
    else:
        click.echo("no such facts; kb facts SERVICE lists all of a service", err=True)
    return int(not found)
