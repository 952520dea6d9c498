"""`kb new`: start a base of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from kb.starter import start


@click.command("new")
@click.argument("folder", type=click.Path(path_type=Path), metavar="NAME")
@click.option("--title", default="", help="Title of the site; the folder's name if not given.")
def command(folder: Path, title: str) -> int:
    """Start a knowledge base in the new folder NAME: one sample note, its source, and the settings of a site.

    Any subject will do, not only AWS: rename or delete the sample, and bring raw notes in with kb import.
    """
    files = start(folder, title or folder.name)
    for file in files:
        click.echo(file.relative_to(folder.parent))
    click.echo(
        f"\nNext: kb --base {folder} search sample\n      kb --base {folder} import NOTES --source ID --plan plan.md"
    )
    return 0
