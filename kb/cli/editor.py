"""`kb editor`: plug-ins of editors into their folders, settings for those that need none."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import click

from kb.cli.plugins import PLUGINS, install
from kb.cli.snippets import SNIPPETS


@click.group("editor", invoke_without_command=False)
def command() -> None:
    """Bring kb into an editor: install its plug-in, or print the settings for it."""


@command.command("install")
@click.argument("name", type=click.Choice(list(PLUGINS)), metavar="NAME")
@click.option("--to", type=click.Path(path_type=Path), metavar="DIR", help="Folder to put the plug-in into.")
@click.option("--link", is_flag=True, help="Link the folder to the plug-in of this kb instead of copying it.")
@click.pass_obj
def install_(base: str | None, name: str, to: Path | None, link: bool) -> int:
    """Put the plug-in for NAME (nvim, emacs or vscode) where the editor looks for it.

    Nothing that kb did not write is replaced. A second time brings it up to date.
    """
    plugin = PLUGINS[name]
    target = Path(to).expanduser().absolute() if to else plugin.target()
    count = install(plugin, target, link=link)
    click.echo(target)
    click.echo(f"{'linked' if link else 'copied'}, {count} files", err=True)
    if to and name == "nvim":
        click.echo(f'Add to init.lua, where that is no package: vim.opt.runtimepath:prepend("{target}")', err=True)
    click.echo(plugin.after.format(target=target, python=sys.executable), err=True)
    if (words := command_line(base)) != ["kb"]:
        click.echo(f"\n{_command_setting(name, words)}", err=True)
    return 0


@command.command("config")
@click.argument("name", type=click.Choice(list(SNIPPETS)), metavar="NAME")
@click.pass_obj
def config(base: str | None, name: str) -> int:
    """Print the settings for NAME: helix, jetbrains, zed, sublime, kate, claude or cursor.

    They go to standard output, where they belong to standard error.
    """
    snippet = SNIPPETS[name]
    click.echo(snippet.where, err=True)
    click.echo(snippet.write(command_line(base)))
    return 0


def command_line(base: str | None) -> list[str]:
    """Return what runs this kb, from anywhere: by name where it is on the PATH, otherwise by its interpreter."""
    words = ["kb"] if shutil.which("kb") else [sys.executable, "-m", "kb"]
    return [*words, "--base", str(Path(base).expanduser().absolute())] if base else words


def _command_setting(name: str, words: list[str]) -> str:
    """Return the line of an init file or of settings that says how kb is run."""
    if name == "vscode":
        start = words[: words.index("--base")] if "--base" in words else words
        settings = {"kb.server.command": start, **({"kb.base": words[-1]} if start != words else {})}
        return f"Add to your settings: {json.dumps(settings, ensure_ascii=False)}"
    quoted = [json.dumps(word, ensure_ascii=False) for word in [*words, "lsp"]]
    if name == "nvim":
        return f'vim.lsp.config("kb", {{ cmd = {{ {", ".join(quoted)} }} }})'
    return f"(setq kb-command '({' '.join(quoted)}))"
