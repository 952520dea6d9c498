"""The short way of a plain search: its few options read by hand, because importing click costs more than searching."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# Option to keyword of run_search, and whether it takes a text, a number, or none. The click command has the same (tested).
OPTIONS = {
    "--limit": ("limit", "number"),
    "-n": ("limit", "number"),
    "--service": ("service", "texts"),
    "--category": ("category", "texts"),
    "--kind": ("kind", "choice"),
    "--json": ("as_json", "flag"),
    "--explain": ("explain", "flag"),
    "--semantic": ("semantic", "flag"),
    "--no-semantic": ("no_semantic", "flag"),
}
KINDS = ("fact", "section", "note")


def parse(arguments: list[str]) -> tuple[str | None, list[str], dict[str, Any]] | None:
    """Return base, words and options of a `search` command line, or None when click should look at it.

    Whatever is unusual - help, an unknown option, a missing or odd value - is left to click and its messages.
    """
    base: str | None = None
    position = 0
    if len(arguments) > 1 and arguments[0] == "--base":
        base, position = arguments[1], 2
    if arguments[position : position + 1] != ["search"]:
        return None
    words: list[str] = []
    options: dict[str, Any] = {}
    rest = iter(arguments[position + 1 :])
    for argument in rest:
        if argument == "--":
            words += rest
        elif misspelt(argument):
            return None
        elif not _is_option(argument):
            words.append(argument)
        else:
            name, equals, value = argument.partition("=")
            if name not in OPTIONS or not _take(name, value if equals else None, rest, options):
                return None
    return (base, words, options) if words else None


def misspelt(argument: str) -> bool:
    """Tell a mistyped option (--limt) from an option of AWS's that is looked up (--dry-run)."""
    return argument.partition("=")[0] not in OPTIONS and argument[:4] in {
        option[:4] for option in OPTIONS if len(option) > 4
    }


def _is_option(argument: str) -> bool:
    """Tell an option from a word such as -fifo, which excludes fifo, or --dry-run, which is looked up."""
    return argument.partition("=")[0] in OPTIONS or argument in ("-h", "--help")


def _take(name: str, value: str | None, rest: Iterator[str], options: dict[str, Any]) -> bool:
    key, shape = OPTIONS[name]
    if shape == "flag":
        options[key] = True
        return value is None
    value = next(rest, None) if value is None else value
    if value is None or shape == "choice" and value not in KINDS:
        return False
    if shape == "number":
        if not (value.isascii() and value.isdigit() and 0 < int(value) <= 1000):
            return False
        options[key] = int(value)
    else:
        options[key] = (*options.get(key, ()), value)
    return True
