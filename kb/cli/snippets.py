"""What editors and assistants that need no plug-in are told: their settings, with the command that runs kb here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LANGUAGES = {
    "yaml": ("yaml-language-server",),
    "json": ("vscode-json-language-server",),
    "hcl": ("terraform-ls",),
    "python": ("pylsp",),
    "typescript": ("typescript-language-server",),
    "javascript": ("typescript-language-server",),
    "markdown": ("marksman",),
}
"""Languages of Helix with the servers they have; a list of ours replaces them, so they are named again."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """Settings for one program."""

    where: str
    """Where they belong, and what to know."""
    write: Callable[[list[str]], str]
    """Return them, given the command line of kb without its last word."""


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)


def _mcp(key: str) -> Callable[[list[str]], str]:
    return lambda kb: _json({key: {"kb": {"command": kb[0], "args": [*kb[1:], "mcp"]}}})


def _toml(value: str | list[str]) -> str:
    """Return a string or a list of strings; TOML writes them as JSON does."""
    return json.dumps(value, ensure_ascii=False)


def _helix(kb: list[str]) -> str:
    lines = ["[language-server.kb]", f"command = {_toml(kb[0])}", f"args = {_toml([*kb[1:], 'lsp'])}"]
    for name, servers in LANGUAGES.items():
        lines += ["", "[[language]]", f"name = {_toml(name)}", f"language-servers = {_toml([*servers, 'kb'])}"]
    return "\n".join(lines)


def _sublime(kb: list[str]) -> str:
    scopes = "yaml json terraform python ts js go java rust shell".split()
    selector = " | ".join([*(f"source.{scope}" for scope in scopes), "text.html.markdown"])
    return _json({"clients": {"kb": {"enabled": True, "command": [*kb, "lsp"], "selector": selector}}})


def _kate(kb: list[str]) -> str:
    modes = {"yaml": "^YAML$", "terraform": "^Terraform$", "json": "^JSON$"}
    servers = {
        name: {"command": [*kb, "lsp"], "rootIndicationFileNames": [".git"], "highlightingModeRegex": mode}
        for name, mode in modes.items()
    }
    return _json({"servers": servers})


def _jetbrains(kb: list[str]) -> str:
    import shlex

    return "\n".join(
        (
            "Name: kb",
            f"Command: {shlex.join([*kb, 'lsp'])}",
            "Mappings, file name patterns: *.yaml;*.yml -> yaml, *.json -> json, *.tf -> terraform,",
            "  *.py -> python, *.ts -> typescript, *.md -> markdown",
        )
    )


SNIPPETS = {
    "helix": Snippet(
        "~/.config/helix/languages.toml. A list of servers replaces the built-in one: name all that you use.", _helix
    ),
    "jetbrains": Snippet(
        "Plug-in LSP4IJ: Settings > Languages & Frameworks > Language Servers > + > New Language Server.", _jetbrains
    ),
    "zed": Snippet(
        "~/.config/zed/settings.json. The assistant gets the notes; a language server needs an extension in Zed.",
        _mcp("context_servers"),
    ),
    "sublime": Snippet("Package LSP: Preferences > Package Settings > LSP > Settings.", _sublime),
    "kate": Snippet(
        "Settings > Configure Kate > LSP Client > User Server Settings. Kate runs one server per language: "
        "keep the languages for which you use no other.",
        _kate,
    ),
    "claude": Snippet(
        ".mcp.json in a project, or claude_desktop_config.json. Needs the extra mcp.", _mcp("mcpServers")
    ),
    "cursor": Snippet("~/.cursor/mcp.json, or .cursor/mcp.json in a project. Needs the extra mcp.", _mcp("mcpServers")),
}
