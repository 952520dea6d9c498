"""`kb export`: everything the notes hold, as one thing that another program reads."""

from __future__ import annotations

from pathlib import Path

import click

from kb.base import KnowledgeBase
from kb.export.kinds import KINDS, export


@click.command("export")
@click.argument("kind", type=click.Choice(list(KINDS)), metavar="KIND")
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    help=f"File or folder to write; default: {', '.join(kind.target for kind in KINDS.values())}.",
)
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    help="Built site to make a docset or DevDocs files of; default: one is built for the occasion.",
)
@click.pass_obj
def command(base: str | None, kind: str, out: Path | None, site: Path | None) -> int:
    """Write the notes as one thing that another program reads.

    KIND is docset (Dash, Zeal), devdocs, anki (facts as cards), sqlite, markdown or json.
    """
    kb = KnowledgeBase(base)

    def build(folder: Path) -> None:
        from kb.site.build import build_site

        click.echo("building the site ...", err=True)
        build_site(kb, folder, strict=False)

    target = export(kb, kind, out, site, build)
    if kb.problems:
        click.echo(f"{len(kb.problems)} problems in the notes; to see them: kb check", err=True)
    click.echo(target)
    return 0
