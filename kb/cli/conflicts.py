"""`kb conflicts`: what the notes say that cannot both hold."""

from __future__ import annotations

import click

from kb.cli.duplicates import OPTIONS, report


@click.command("conflicts", params=OPTIONS)
@click.pass_obj
def command(base: str | None, /, **options: object) -> int:
    """List pairs of statements of one note that contradict each other: values that cannot both hold, or opposites.

    Exit status 1 when there are any that nobody accepted.
    """
    return report(base, "conflict", **options)  # type: ignore[arg-type]
