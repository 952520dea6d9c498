"""`kb serve`: the site, its API and live search on this machine."""

from __future__ import annotations

from pathlib import Path

import click

LOCAL = ("127.0.0.1", "localhost", "::1")


@click.command("serve")
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Show the site built there, as it is.",
)
@click.option("--no-site", is_flag=True, help="Serve the API alone.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    "-p",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--allow-host", "names", multiple=True, metavar="NAME", help="Also answer to this name. May be repeated.")
@click.option("--conflicts", is_flag=True, help="Look for conflicts too. Needs the extra import.")
@click.pass_obj
def command(
    base: str | None, site: Path | None, no_site: bool, host: str, port: int, names: tuple[str, ...], conflicts: bool
) -> int:
    """Serve the site and its API until interrupted, with live search; changes to notes show. Needs the extra `serve`.

    For example: kb serve, then http://127.0.0.1:8000/api/v1/search?q=sqs+retention.
    """
    if site and no_site:
        raise click.UsageError("--site and --no-site exclude each other")
    from kb.serve.run import Options, serve

    if host not in LOCAL:
        _tell(f"everyone who reaches {host} can read these notes")
    options = Options(host, port, site.resolve() if site else None, not no_site, names, conflicts)
    serve(base, options, _tell, lambda address: click.echo(f"{address}  (Ctrl+C stops it)"))
    click.echo("", err=True)
    return 0


def _tell(text: str) -> None:
    click.echo(f"kb: {text}", err=True)
