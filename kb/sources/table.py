"""Say the rows of a table: "Header: cell; Header: cell", one statement a row, whatever the row lacks or has too much."""

from __future__ import annotations

import re
from itertools import zip_longest

_WORD = re.compile(r"\w")
_ANSWER = re.compile(r"[.?!]$|^[\d$~<>]")
_EDGE = re.compile(r"^[*_`\s]+|[*_`:\s]+$")


def cells(line: str) -> list[str]:
    """Split a row of a Markdown table at its bars; escaped ones and those in code spans stay."""
    found, cell, ticks = [], "", ""
    for part in re.split(r"(\\.|`+|\|)", line.strip()):
        if part == "|" and not ticks:
            found.append(cell.strip())
            cell = ""
            continue
        if part.startswith("`"):
            ticks = part if not ticks else "" if part == ticks else ticks
        cell += "|" if part == "\\|" else part
    found.append(cell.strip())
    if found and not found[0]:
        found = found[1:]
    return found[:-1] if found and not found[-1] else found


def is_header(names: list[str]) -> bool:
    """Tell whether a first row names the columns; in a list of questions and answers it is a row like the others."""
    return not any(_ANSWER.search(name) or len(name.split()) > 5 for name in names)


def row(header: list[str], values: list[str]) -> str:
    """Return a row as one statement; empty when no cell says anything."""
    pairs = [(_EDGE.sub("", name), value) for name, value in zip_longest(header, values, fillvalue="")]
    said = [(f"{name}: {value}" if name else value) for name, value in pairs if value]
    return "; ".join(said) if any(_WORD.search(value) or value.strip() for value in values) else ""
