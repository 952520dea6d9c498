"""Ready the lines of a Markdown body for the parser: templates become fences or blanks, no line is moved."""

from __future__ import annotations

import re

from kb.sources.inline import LONGEST, without_templates
from kb.sources.outline import Draft

_OWN_FENCE = "~~~~~"
_FENCE = re.compile(r"\s{0,3}(?:>\s*)?(`{3,}|~{3,})")
_HIGHLIGHT = re.compile(r"(\s*)\{%-?\s*highlight\s+([\w+-]+)[^%]*%\}\s*$")
_END_HIGHLIGHT = re.compile(r"(\s*)\{%-?\s*endhighlight\s*-?%\}\s*$")
_ADMONITION = re.compile(r":{3,}\s*\w*\s*$")
_IMPORT = re.compile(r"(?:import\s+[\w{}*, ]+\s+from\s+|import\s+|export\s+\w+\s+\w+\s*=.*)(?:[\"'][^\"']+[\"'];?)?\s*")
_CONTENTS = re.compile(r"TOC|\[TOC\]|\[\[_?TOC_?\]\]|\$\{?toc\}?|[*-]\s+TOC", re.I)
_FOOTNOTE = re.compile(r" {0,3}\[\^[^\[\]\s]{1,80}\]:")
_INDENTED = re.compile(r" {4}|\t")
_BLOCK_ID = re.compile(r"\^[A-Za-z0-9-]{2,40}")


def lines(draft: Draft, body: list[str], first: int) -> list[str]:
    """Return the lines of a body as the parser is to see them; what is taken out is said or dropped."""
    prepared: list[str] = []
    fence = ""
    in_footnote = False
    for number, line in enumerate(body, first):
        mark = _FENCE.match(line[:80])
        goes_on = in_footnote and (not line.strip() or bool(_INDENTED.match(line)))
        in_footnote = not fence and (goes_on or bool(_FOOTNOTE.match(line)))
        # What stands under a footnote is indented like code.
        shown = _INDENTED.sub("", line, count=1) if in_footnote and _INDENTED.match(line) else line
        if len(line) > LONGEST:
            draft.say(" ".join(line.split()), "paragraph", 0, number)
            shown = ""
        elif mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif opened := None if fence else _HIGHLIGHT.match(line):
            shown, fence = f"{opened[1]}{_OWN_FENCE}{opened[2]}", _OWN_FENCE
        elif fence == _OWN_FENCE and (closed := _END_HIGHLIGHT.match(line)):
            shown, fence = f"{closed[1]}{_OWN_FENCE}", ""
        elif not fence and draft.path.endswith(".mdx") and _IMPORT.fullmatch(line):
            draft.drop(number, line, "markup")
            shown = ""
        prepared.append(shown)
    return prepared


def reason(text: str) -> str:
    """Return why a line of a paragraph is no part of it: a template, a block id, a place for a table of contents."""
    if _CONTENTS.fullmatch(text):
        return "navigation"
    if _ADMONITION.fullmatch(text) or _BLOCK_ID.fullmatch(text):
        return "markup"
    return "template" if "{" in text and not without_templates(text).strip() else ""
