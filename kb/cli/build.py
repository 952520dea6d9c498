"""`kb build`: the site, as plain files for any static host."""

from __future__ import annotations

from pathlib import Path

import click

from kb.base import KnowledgeBase


@click.command("build")
@click.option(
    "--output",
    "-o",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("site"),
    show_default=True,
    help="Folder to write the site to.",
)
@click.option("--strict/--no-strict", default=True, show_default=True, help="Fail on warnings such as dead links.")
@click.pass_obj
def command(base: str | None, target: Path, strict: bool) -> int:
    """Build the site: plain files that any static host can serve. Needs the extra `site`."""
    from kb.site.build import build_site

    pages = build_site(KnowledgeBase(base), target.resolve(), strict=strict)
    click.echo(f"{pages} pages in {target}; to look at it: kb serve {target}", err=True)
    return 0
