"""`kb lsp`: the language server, spoken to by an editor."""

from __future__ import annotations

import gc
import logging
import sys

import click

from kb.base import KnowledgeBase
from kb.errors import MissingExtra


@click.command("lsp")
@click.option(
    "--site", metavar="URL", default="", help="Address of the site with these notes, for links; default: the files."
)
@click.pass_obj
def command(base: str | None, site: str) -> int:
    """Serve an editor over standard input and output (Language Server Protocol).

    Your editor starts it; docs/editors.md says how. Which notes it reads is said here, never by a workspace.
    """
    kb = KnowledgeBase(base)
    gc.disable()  # importing the protocol makes a thousand classes and no garbage
    try:
        from kb.editors.lsp import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("pygls", "lsprotocol", "attrs", "cattrs"):
            raise MissingExtra("lsp", "kb lsp") from None
        raise
    finally:
        gc.enable()
    if sys.stdin.isatty():
        click.echo("kb lsp speaks to editors on standard input; Ctrl+D ends it", err=True)
    logging.basicConfig(level=logging.ERROR, format="kb lsp: %(message)s", stream=sys.stderr)
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing but the protocol goes to standard output
    serve(kb, site, stdin, stdout)
    return 0
