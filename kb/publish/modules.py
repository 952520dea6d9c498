"""JavaScript modules as functions in a classic script, which is all that a browser runs from disk.

For the site's own modules, not for any: an import or export written in another way than they are is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from kb.errors import InputError

_IMPORT = re.compile(r'^import\s*(?:\{([^}]*)\}|\*\s*as\s+(\w+)|(\w+))\s*from\s*(["\'][^"\']+["\']);?$', re.M)
_BARE_IMPORT = re.compile(r'^import\s*(["\'][^"\']+["\']);?$', re.M)
_EXPORT_LIST = re.compile(r"^export\s*\{([^}]*)\};?$", re.M)
_EXPORT = re.compile(r"^export\s+((?:async\s+)?function\*?|class|const|let)(\s+)(\w+)", re.M)
_EXPORT_TAKEN = re.compile(r"^export\s+(const\s*\{([^}]*)\}\s*=)", re.M)
_LEFT = re.compile(r"^\s*(?:export\b|import\s*[\w{*\"'])", re.M)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_NAME = re.compile(r"^(\w+)(?:\s+as\s+(\w+))?$")


def classic(site: Path, paths: Iterable[Path]) -> str:
    """Return a script that hands each module, or classic script, over to `kb.define` of portable.js.

    Raises:
        InputError: a module is written in a way that this does not understand.
    """
    return "".join(
        f"kb.define({_quoted(path.relative_to(site).as_posix())}, (kbExports, kbLoad, kbImport, kbUrl, self) => {{\n"
        f"{_function(path)}\n}})\n"
        for path in paths
    )


def _function(path: Path) -> str:
    """Return the body of a function that does what a module does."""
    text = path.read_text(encoding="utf-8")
    exported: list[tuple[str, str]] = []

    def importing(match: re.Match[str]) -> str:
        names, everything, default, source = match.groups()
        if names is not None:
            taken = ", ".join(one if one == other else f"{one}: {other}" for one, other in _names(names, path))
        else:
            taken = f"default: {default}"
        return f"const {everything or f'{{ {taken} }}'} = kbLoad({source})"

    def listed(match: re.Match[str]) -> str:
        exported.extend(_names(match.group(1), path))
        return ""

    def taken_out(match: re.Match[str]) -> str:
        exported.extend((name, name) for name, _ in _names(match.group(2), path))
        return match.group(1)

    def declared(match: re.Match[str]) -> str:
        exported.append((match.group(3), match.group(3)))
        return match.group(1) + match.group(2) + match.group(3)

    text = _IMPORT.sub(importing, text)
    text = _BARE_IMPORT.sub(r"kbLoad(\1)", text)
    text = _EXPORT_LIST.sub(listed, text)
    text = _EXPORT_TAKEN.sub(taken_out, text)
    text = _EXPORT.sub(declared, text)
    if left := _LEFT.search(_COMMENT.sub("", text)):
        raise InputError(str(path), f"cannot be run from disk: {left.group().strip()} ... is not understood")
    text = re.sub(r"\bimport\.meta\.url\b", "kbUrl", text)
    text = re.sub(r"(?<![\w.])import\((?=\s*[\"'`]\.)", "kbImport(", text)
    # Functions are there before anything runs, and read as they are: modules may import each other in a circle.
    getters = "".join(f"get {there}() {{ return {here} }}, " for here, there in exported)
    return f'"use strict"\nkbExports({{ {getters}}})\n{text}' if exported else f'"use strict"\n{text}'


def _names(listing: str, path: Path) -> list[tuple[str, str]]:
    """Return the names of an import or export list, each with what it is called on the other side."""
    found = []
    for name in filter(None, (part.strip() for part in listing.split(","))):
        match = _NAME.match(name)
        if match is None:
            raise InputError(str(path), f"cannot be run from disk: {name!r} is not understood")
        found.append((match.group(1), match.group(2) or match.group(1)))
    return found


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
