"""Ready the lines of a Markdown body for the parser: what is no Markdown becomes it or a blank, no line is moved.

That is Liquid templates, MDX, comments over several lines, and what other markup languages left in a note.
"""

from __future__ import annotations

import re

from kb.sources.inline import LONGEST, without_templates
from kb.sources.outline import Draft

_OWN_FENCE = "~~~~~"
_FENCE = re.compile(r"\s{0,3}(?:>\s*)?(`{3,}|~{3,})")
# Code of Jekyll, of Org and of AsciiDoc: how it opens, with its language, and how it closes.
_CODE = (
    (re.compile(r"(\s*)\{%-?\s*highlight\s+([\w+-]+)[^%]*%\}\s*$"), re.compile(r"(\s*)\{%-?\s*endhighlight\s*-?%\}\s*$")),
    (re.compile(r"(\s*)#\+begin_(?:src|example)\b\s*([\w+-]*).*$", re.I), re.compile(r"(\s*)#\+end_(?:src|example)\s*$", re.I)),
    (re.compile(r"()-{4,}()\s*$"), re.compile(r"()-{4,}\s*$")),
)  # fmt: skip
_LISTING = re.compile(r"\[(?:source|listing)\b[^\[\]\n]*\]\s*")
_ADMONITION = re.compile(r":{3,}\s*\w*\s*(?:\[[^\[\]\n]*\]|\{[^{}\n]*\})?\s*|[!?]{3}\+?\s+[\w-]+")
_CONTENTS = re.compile(r"TOC|\[TOC\]|\[\[_?TOC_?\]\]|\$\{?toc\}?|[*-]\s+TOC", re.I)
FOOTNOTE = re.compile(r" {0,3}\[\^[^\[\]\s]{1,80}\]:")
_INDENTS = re.compile(rf"{FOOTNOTE.pattern}|[!?]{{3}}\+?\s+[\w-]+")
_INDENTED = re.compile(r" {4}|\t")
_BLOCK_ID = re.compile(r"\^[A-Za-z0-9-]{2,40}")
# What tools write about a note, not its author: Logseq's own properties, the times and tables of Org and AsciiDoc.
_WRITTEN_BY_TOOLS = re.compile(
    r"(?:id|collapsed|heading|title|tags|alias(?:es)?|created(?:-at)?|updated(?:-at)?|public|icon|background-color|logseq\.[\w.-]+)::(?:\s.*)?"
    r"|(?:SCHEDULED|DEADLINE|CLOSED|CLOCK):\s*[<\[]\d{4}-.*|\|={3,}|\|?-+(?:\+-+)+\|?|#\+\w+(?::.*|\s*)"
)
_IMPORT = re.compile(r"(?:import\s+[\w{}*, ]+\s+from\s+|import\s+|export\s+\w+\s+\w+\s*=.*)(?:[\"'][^\"']+[\"'];?)?\s*")
_JSX = re.compile(r"(`+)(?:(?!\1).)+\1|</?[A-Z][\w.]*(?:\s[^<>]*)?/?>|\{/\*.*?\*/\}")
# Lines that go from one sign to another, with the reason; the last two are of MDX alone.
_SKIPPED = (
    ("comment", re.compile(r"\s*%%(?!.*%%)"), re.compile(r"[^%]*%%\s*$")),
    ("comment", re.compile(r"\s*\{%-?\s*comment\b[^%]*%\}\s*$"), re.compile(r".*\{%-?\s*endcomment\s*-?%\}\s*$")),
    ("markup", re.compile(r"\s*:(?:PROPERTIES|LOGBOOK):\s*$"), re.compile(r"\s*:END:\s*$")),
    ("comment", re.compile(r"\s*\{/\*(?!.*\*/\})"), re.compile(r".*\*/\}\s*$")),
    ("markup", re.compile(r"import\s[^\"']*\{[^\"'}]*$|export\s.*[{(\[]\s*$"), re.compile(r"\}\s*from\s*[\"'].*|[})\]]+;?\s*$")),
)  # fmt: skip
_LONGEST_SKIP = 200
_OTHER_HEADING = re.compile(r"(={2,6}) +(\S.*?) *=*\s*$")
_DEEP_BULLET = re.compile(r"(\*{2,6})\s+(?=\S)(?!.*\*\*)")
_ORG = re.compile(r"#\+\w+:|:PROPERTIES:\s*$")
_ATTRIBUTE = re.compile(r":[\w-]+:(?:\s.*)?")


def lines(draft: Draft, body: list[str], first: int) -> list[str]:
    """Return the lines of a body as the parser is to see them; what is taken out is said or dropped."""
    reader = _Reader(draft, body, first)
    return [reader.shown(position, line) for position, line in enumerate(body)]


class _Reader:
    """Goes down the lines once and knows what is open: code, a footnote, a stretch that is left out."""

    def __init__(self, draft: Draft, body: list[str], first: int) -> None:
        self.draft = draft
        self.body = body
        self.first = first
        self.is_mdx = draft.path.endswith(".mdx")
        self.is_org = any(map(_ORG.match, body))
        self.is_titled = False
        self.fence = ""
        self.closes: re.Pattern[str] | None = None
        self.indents = False
        self.skipped_until, self.why = -1, ""

    def shown(self, position: int, line: str) -> str:
        """Return what the parser is to see of a line."""
        if len(line) > LONGEST:
            self.draft.say(" ".join(line.split()), "paragraph", 0, self.first + position)
            return ""
        if self.fence:
            return self.in_code(line)
        if mark := _FENCE.match(line[:80]):
            self.fence, self.indents = mark[1], False
            return line
        if self.is_skipped(position, line):
            return self.drop(position, line, self.why)
        for opens, closes in _CODE[: 3 if position and _LISTING.fullmatch(self.body[position - 1]) else 2]:
            if opened := opens.match(line):
                self.fence, self.closes = _OWN_FENCE, closes
                return f"{opened[1]}{_OWN_FENCE}{opened[2]}"
        return self.unindented(self.translated(position, line))

    def drop(self, position: int, line: str, reason: str) -> str:
        if line.strip():
            self.draft.drop(self.first + position, line, reason)
        return ""

    def in_code(self, line: str) -> str:
        mark = None if self.closes else _FENCE.match(line[:80])
        closed = self.closes.match(line) if self.closes else None
        if closed:
            line = f"{closed[1]}{_OWN_FENCE}"
        if closed or mark and mark[1].startswith(self.fence):
            self.fence, self.closes = "", None
        return line

    def is_skipped(self, position: int, line: str) -> bool:
        """Tell whether a line stands between two signs, the second of which is not far."""
        if position <= self.skipped_until:
            return True
        for why, opens, closes in _SKIPPED if self.is_mdx else _SKIPPED[:3]:
            if opens.match(line):
                for end in range(position + 1, min(position + _LONGEST_SKIP, len(self.body))):
                    if closes.match(self.body[end][:LONGEST]):
                        self.skipped_until, self.why = end, why
                        return True
        return False

    def translated(self, position: int, line: str) -> str:
        """Return a line of another markup language as Markdown, nothing of MDX's code left in it."""
        if self.is_mdx:
            if _IMPORT.fullmatch(line):
                return self.drop(position, line, "markup")
            line = _JSX.sub(lambda m: m[0] if m[1] else self.drop(position, m[0], "markup"), line)
        if self.is_titled and _ATTRIBUTE.fullmatch(line):
            return self.drop(position, line, "front matter")
        self.is_titled = line.startswith("= ") and not any(map(str.strip, self.body[:position]))
        if self.is_titled:
            return f"# {line[2:]}"
        if found := _OTHER_HEADING.match(line):
            return f"{'#' * len(found[1])} {found[2]}"
        if self.is_org and (stars := re.match(r"(\*{1,6}) +(?=\S)", line)):
            return f"{'#' * len(stars[1])} {line[stars.end() :]}"
        found = _DEEP_BULLET.match(line)
        return f"{'  ' * (len(found[1]) - 1)}* {line[found.end() :]}" if found else line

    def unindented(self, line: str) -> str:
        """Return a line without the indentation a footnote or an admonition gives it, which looks like that of code."""
        goes_on = self.indents and (not line.strip() or bool(_INDENTED.match(line)))
        self.indents = goes_on or bool(_INDENTS.match(line))
        return _INDENTED.sub("", line, count=1) if goes_on else line


def reason(text: str) -> str:
    """Return why a line of a paragraph is no part of it: a template, a block id, a place for a table of contents."""
    if _CONTENTS.fullmatch(text):
        return "navigation"
    if any(pattern.fullmatch(text) for pattern in (_ADMONITION, _BLOCK_ID, _LISTING, _WRITTEN_BY_TOOLS)):
        return "markup"
    return "template" if "{" in text and not without_templates(text).strip() else ""
