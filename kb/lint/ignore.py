"""Comments that turn rules off: `# kb: ignore[lambda#timeout-max]` for a line, `# kb: ignore-file[...]` for a file."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.lint.rule import Rule

_COMMENT = re.compile(r"(?:#|//|/\*)\s*kb:\s*ignore(-file)?(?:\s*\[([^\]\n]*)\])?", re.I)
_ALONE = re.compile(r"\s*(?:#|//|/\*)")
EVERYTHING = "*"


class Ignored:
    """What the comments of a text turn off."""

    def __init__(self, text: str) -> None:
        self.file: set[str] = set()
        self.lines: dict[int, set[str]] = {}
        if "kb:" not in text.lower().replace(" ", ""):
            return
        for number, line in enumerate(text.split("\n"), 1):
            for match in _COMMENT.finditer(line):
                named = {name.strip() for name in match[2].split(",")} if match[2] is not None else {EVERYTHING}
                if match[1]:
                    self.file |= named
                else:
                    self.lines.setdefault(number, set()).update(named)
                    if _ALONE.match(line):  # a comment on a line of its own speaks of the next
                        self.lines.setdefault(number + 1, set()).update(named)

    def covers(self, rule: Rule, lines: Iterable[int]) -> bool:
        """Tell whether a rule is turned off for what stands on these lines."""
        named = self.file.union(*(self.lines.get(line, ()) for line in lines))
        return EVERYTHING in named or not rule.names.isdisjoint(named)


def ignore_comment(rule: str, path: str) -> str:
    """Return the comment that turns a rule off in a file of this kind; empty where there are no comments (JSON)."""
    suffix = path.rpartition(".")[2].lower()
    if suffix in ("json", "template"):
        return ""
    mark = "//" if suffix in ("ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs") else "#"
    return f"{mark} kb: ignore[{rule}]"
