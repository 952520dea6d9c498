"""`kb compare`: services side by side, every cell a dated fact."""

from __future__ import annotations

import json

import click

from kb.base import KnowledgeBase
from kb.cli import output


@click.command("compare")
@click.argument("names", nargs=-1, required=True)
@click.option("--fact", "facts", multiple=True, metavar="FACT", help="Only this property. May be repeated.")
@click.option("--differences", is_flag=True, help="Only properties in which they differ.")
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
@click.pass_obj
def command(base: str | None, names: tuple[str, ...], facts: tuple[str, ...], differences: bool, as_json: bool) -> int:
    """Compare services by the properties they share, or show a comparison page by its id.

    For example: kb compare sqs sns kinesis, kb compare s3-encryption. A gap says "not recorded".
    """
    kb = KnowledgeBase(base)
    table = kb.compare(names, facts, differences_only=differences)
    if len(table.columns) < 2:
        raise click.UsageError("two services at least, or the id of a comparison page (kb list --comparisons)")
    if as_json:
        from kb.api.shapes import table_shape

        output.page(json.dumps(table_shape(table), ensure_ascii=False, indent=2))
    elif table.rows:
        from kb.cli.render import comparison_table, rendered

        output.page(rendered([f"# {table.title}", comparison_table(table)]))
    else:
        click.echo("no note records such a property" if facts else "they share no recorded property", err=True)
    return int(not table.rows)
