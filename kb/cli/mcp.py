"""`kb mcp`: the notes for assistants, spoken to by their client."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from importlib.resources import files

import click

from kb.errors import MissingExtra
from kb.mcp.shelf import Shelf


@click.command("mcp")
@click.option(
    "--site", metavar="URL", default="", help="Address of the site with these notes, for links; default: relative ones."
)
@click.option("--server-json", is_flag=True, help="Print what describes the server to the MCP registry, and end.")
@click.pass_obj
def command(base: str | None, site: str, server_json: bool) -> int:
    """Serve an assistant over standard input and output (Model Context Protocol). Read-only, offline.

    Your assistant starts it; docs/editors.md says how. Needs the extra `mcp`.
    """
    if server_json:
        click.echo(
            json.dumps(json.loads(files("kb.mcp").joinpath("server.json").read_text(encoding="utf-8")), indent=2)
        )
        return 0
    shelf = Shelf(base, site)
    try:
        from kb.mcp.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("mcp", "mcp_types", "pydantic"):
            raise MissingExtra("mcp", "kb mcp") from None
        raise
    if sys.stdin.isatty():
        click.echo("kb mcp speaks to assistants on standard input; Ctrl+D ends it", err=True)
    logging.basicConfig(level=logging.ERROR, format="kb mcp: %(message)s", stream=sys.stderr)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a thread that reads input would hold an interrupt up
    serve(shelf)
    sys.stderr.flush()
    os._exit(0)  # a check that still runs must not outlive the client
