"""One file out of the modules of the search, so that a first query waits for one request instead of twenty.

The modules keep to a few forms: imports of one line between them, `export` before a declaration, or of a list of names.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import (\{[^}\n]*\}) from "\./([\w-]+)\.js"\n', re.M)
_LIST = re.compile(r"^export \{([^}\n]*)\}\n", re.M)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.M)
_COMMENT = re.compile(r"^[ \t]*(?:/\*\*.*?\*/|//[^\n]*)\n", re.M | re.S)


def bundle(folder: Path, entry: str) -> str:
    """Return a module and all it imports as one: each in a function of its own, after those it needs."""
    done: dict[str, str] = {}
    _add(folder, entry, done)
    names = ", ".join(_exported(_source(folder, entry)))
    return "".join(done.values()) + f"export const {{ {names} }} = {_variable(entry)}\n"


def _add(folder: Path, name: str, done: dict[str, str]) -> None:
    source = _source(folder, name)
    for _, needed in _IMPORT.findall(source):
        if needed not in done:
            _add(folder, needed, done)
    body = _IMPORT.sub(lambda found: f"const {found[1]} = {_variable(found[2])}\n", source)
    body = _EXPORT.sub(r"\1", _LIST.sub("", body))
    done[name] = f"const {_variable(name)} = (() => {{\n{body}return {{ {', '.join(_exported(source))} }}\n}})()\n"


def _source(folder: Path, name: str) -> str:
    return _COMMENT.sub("", (folder / f"{name}.js").read_text(encoding="utf-8"))


def _exported(source: str) -> list[str]:
    listed = [name.strip() for names in _LIST.findall(source) for name in names.split(",")]
    return listed + [name for _, name in _EXPORT.findall(source)]


def _variable(name: str) -> str:
    """Return what the object with a module's exports is called."""
    return "$" + name.replace("-", "_")
