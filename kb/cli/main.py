"""The `kb` command group; a command's module is imported when it is called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

from kb.errors import KbError

COMMANDS = {
    "search": "Search the notes.",
    "show": "Show a note, or one section of it.",
    "facts": "List facts: limits, defaults, properties.",
    "compare": "Compare services, property by property.",
    "list": "List the notes.",
    "resolve": "Say which note a name or identifier means.",
    "fmt": "Write notes in their one right form.",
    "check": "Report every problem of every note.",
    "import": "Compare raw notes with the notes, and merge them.",
    "conflicts": "List what contradicts within a note.",
    "duplicates": "List what a note says twice.",
    "new": "Start a base of one's own.",
    "calc": "Work out capacity units, partitions, shards, timeouts.",
    "verify": "Check facts against AWS's own models.",
    "lint": "Check templates and code against the limits.",
    "related": "Show the notes nearest to a note or a text.",
    "eval": "Score the search by questions or a retrieval collection.",
    "index": "Build or refresh the search index.",
    "build": "Build the site.",
    "export": "Write the notes for another program: Zeal, Anki, SQL.",
    "lsp": "Serve an editor: hover, search, checks (Language Server Protocol).",
    "mcp": "Serve an assistant: look-ups as tools (Model Context Protocol).",
    "editor": "Bring kb into an editor: plug-ins and settings.",
    "serve": "Serve the site, its API and live search.",
    "doctor": "Say what is installed and whether it works.",
    "completion": "Print the completion script of a shell.",
}
MODULES = {"import": "import_"}
"""Where a command is no name a module can have."""


class LazyGroup(click.Group):
    """Knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"kb.cli.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a word that is none gets the nearest one or the search for it as a hint."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else f" To search for it: kb search {' '.join(args)}"
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--base", metavar="DIR", help="Folder with notes; default: the bundled ones. Also KB_BASE.")
@click.version_option(package_name="aws-kb", message="kb %(version)s")
@click.pass_context
def group(ctx: click.Context, base: str | None) -> None:
    """Look up AWS services: dated, sourced facts, offline."""
    ctx.obj = base


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit status: 0 found or clean, 1 nothing or findings, 2 error."""
    try:
        result = group.main(args=list(arguments), prog_name="kb", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Abort:
        sys.stderr.write("kb: interrupted\n")
        return 2
    except click.ClickException as error:
        error.show(sys.stderr)
        return 2
    except KbError as error:
        sys.stderr.write(f"kb: {error}\n")
        return 1 if type(error).__name__ == "NotFound" else 2
