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
@click.option("--url", metavar="URL", help="Full address the site will have; default: site_url of mkdocs.yml.")
@click.option("--portable", is_flag=True, help="A folder that works from disk, without a server.")
@click.option("--conflicts", is_flag=True, help="Look for conflicts too, for their page. Needs the extra import.")
@click.pass_obj
def command(base: str | None, target: Path, strict: bool, url: str | None, portable: bool, conflicts: bool) -> int:
    """Build the site: plain files that any static host can serve. Needs the extra `site`."""
    from kb.api.conflict import open_conflicts
    from kb.publish.portable import make_portable
    from kb.site.build import build_site

    kb = KnowledgeBase(base)
    found = open_conflicts(kb) if conflicts else None
    pages = build_site(kb, target.resolve(), strict=strict, conflicts=found, address=url)
    if portable:
        pages = make_portable(target.resolve())
        click.echo(f"{pages} pages in {target}; to look at it: open {target / 'index.html'}", err=True)
    else:
        click.echo(f"{pages} pages in {target}; to look at it: kb serve --site {target}", err=True)
    return 0
