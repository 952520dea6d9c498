"""`kb completion`: the completion script of a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the completion script of SHELL.

    For bash: eval "$(kb completion bash)" in ~/.bashrc; zsh alike; fish: kb completion fish | source.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(context.find_root().command, {}, "kb", "_KB_COMPLETE").source())
    return 0
