"""Read lines that are lists by their look: any bullet sign, nested by indentation.

Pasted pages are full of them, and Markdown has them where its own lists end: signs it does not know, nesting deeper
than the parser goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kb.sources.inline import clean, says_something
from kb.sources.outline import Block, Draft

# A star that no other closes is one, with or without a blank behind it. Word writes its bullets with letters of a font of symbols, which stand in a private area.
BULLET = re.compile(
    r"[•●○◦▪▫■□‣\u2043∙·\u2013—*+§►▶➢➤✓✔\uf000-\uf0ff-](?=\s)\s*|[•●○◦▪▫■□‣\u2043➢➤\uf000-\uf0ff](?=\S)|=>\s*(?=\S)|>\s+(?=\S)"
    r"|o\s+(?=\S)|\*{1,6}(?=[^\s*])(?=[^*]*$)"
)
NUMBER = re.compile(r"(?:\(?\d{1,3}[.)]|[a-z][.)]|[ivx]{1,4}[.)])\s+(?=\S)")
TAB = 4
MAX_DEPTH = 100


@dataclass(slots=True)
class Levels:
    """The indentations of the open lists, outermost first."""

    columns: list[int] = field(default_factory=list)

    def depth(self, column: int) -> int:
        """Return how deep a bullet at a column stands; deeper ones are closed."""
        while self.columns and column < self.columns[-1] - 1:
            self.columns.pop()
        if not self.columns or column > self.columns[-1] + 1 and len(self.columns) < MAX_DEPTH:
            self.columns.append(column)
        return len(self.columns) - 1


def indent(line: str) -> int:
    """Return the column a line starts at; a tab counts four."""
    width = 0
    for character in line:
        if character == "\t":
            width += TAB - width % TAB
        elif character in " \u00a0\u3000":
            width += 1
        else:
            break
    return width


def marker(text: str) -> tuple[Block, int] | None:
    """Return which list an unindented line is an item of, and how long its sign is."""
    if found := BULLET.match(text):
        return "bullet", found.end()
    if found := NUMBER.match(text):
        return "number", found.end()
    return None


def split_marker(line: str) -> tuple[Block | None, str]:
    """Return the kind of item a line is and its text; None when it is no item."""
    text = line.strip()
    found = marker(text)
    return (found[0], text[found[1] :].strip()) if found else (None, text)


def read_lines(draft: Draft, first: int, lines: list[str], depth: int = 0, *, late: bool = False) -> None:
    """Add each line as a statement, nested by indentation; a line without a sign continues the item above it.

    `late` says that the headings above are those of the line, not those that are open.
    """
    levels = Levels()
    item: tuple[Block, int, int, list[str]] | None = None
    for number, line in enumerate(lines, first):
        block, text = split_marker(line)
        column = indent(line)
        if not text:
            if line.strip():
                draft.drop(number, line, "markup")
        elif block is None and item and item[3] and number == item[2] + len(item[3]):
            item[3].append(text)
        else:
            _close(draft, item, late)
            item = (block or "paragraph", depth + levels.depth(column), number, [text])
    _close(draft, item, late)


def _close(draft: Draft, item: tuple[Block, int, int, list[str]] | None, late: bool) -> None:
    if item is None:
        return
    block, depth, line, texts = item
    text, drops = clean(" ".join(texts))
    end = line + len(texts) - 1
    draft.drop_parts(line, drops)
    if says_something(text):
        draft.say(text, block, depth, line, end, draft.at(line) if late else None)
    else:
        draft.drop_lines(line + bool(drops), end, drops[0][1] if drops else "markup")
