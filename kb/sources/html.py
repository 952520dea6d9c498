"""Read HTML, whole pages and pieces inside Markdown, into an outline, by lxml.

lxml and not the parser of the standard library: that one is quadratic on tags that never close (a minute for 300 kB),
and Beautiful Soup on top of it knows no closing tags that HTML leaves out, so lists would nest wrongly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from kb.errors import MissingExtra
from kb.notes.page import title_of
from kb.sources import chrome
from kb.sources.inline import TAGS, says_something, without_marks
from kb.sources.outline import Block, Draft, Outline
from kb.sources.table import row

try:
    from lxml import etree
except ModuleNotFoundError:
    raise MissingExtra("import", "reading raw notes") from None

_UNKNOWN_TAG = re.compile(rf"<(?!/?(?:{'|'.join(TAGS)})(?=[\s/>])|!--)", re.I)
_ANY_TAG = re.compile(r"<[^<>]*>|^[^<>]*>|<[^<>]*$")
_BLOCKS = frozenset(
    "address article blockquote body center details dd div dl dt fieldset figcaption figure form h1 h2 h3 h4 h5 h6 hr html li main ol p pre section summary table tbody td tfoot th thead title tr ul caption".split()
)
_LEFT_OUT = {
    **dict.fromkeys("script style template noscript svg iframe object canvas math".split(), "script"),
    **dict.fromkeys("button select input textarea footer header aside".split(), chrome.CHROME),
    "nav": chrome.NAVIGATION,
    "title": "page title",
}
_FRAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|sidebar|toc|pagination|pager|cookies?|cookie-(?:banner|consent|notice)"
    r"|share|sharing|social|skip-link|skip-to-content|advert|ads|related-posts|comments?|edit-this-page|site-(?:header|footer))(?=$|[\s_-])",
    re.I,
)
_ROLES = {
    "navigation": chrome.NAVIGATION,
    "banner": chrome.CHROME,
    "contentinfo": chrome.CHROME,
    "search": chrome.CHROME,
}
_MARKS = {"code": "`", "kbd": "`", "samp": "`", "tt": "`", "strong": "**", "b": "**"}
_FAR = 65_535  # lines beyond are not counted by libxml2


def read_html(text: str, source: str, path: str, mended: int = 0) -> Outline:
    """Return what a web page says."""
    draft = Draft(source, path, text.split("\n"))
    reader = _Reader(draft, 1, 0)
    reader.read(text)
    for number, line in enumerate(draft.lines, 1):
        if reader.cut and line.strip() and number > reader.line and (said := _ANY_TAG.sub(" ", line).strip()):
            draft.say(" ".join(said.split()), "paragraph", 0, number)
    for number in draft.outline("").unaccounted():
        draft.drop(number, draft.lines[number - 1], "markup")
    title = next((h.title for h in draft.headings if h.level == 1), "") or reader.title
    return draft.outline(title or title_of(path), mended)


def read_fragment(draft: Draft, text: str, first: int, depth: int) -> None:
    """Add what a piece of HTML inside Markdown says; `<placeholders>` that are no tags of HTML are words."""
    text = text.rstrip("\n")
    before = len(draft.statements), len(draft.headings), len(draft.dropped)
    reader = _Reader(draft, first, depth, in_note=True)
    reader.read(_UNKNOWN_TAG.sub("&lt;", text))
    spans = [(s.line, s.end) for s in draft.statements[before[0] :]] + [
        (h.line, h.end) for h in draft.headings[before[1] :]
    ]
    covered = {d.line for d in draft.dropped[before[2] :]}.union(*(range(line, end + 1) for line, end in spans))
    for number, line in enumerate(text.split("\n"), first):
        if line.strip() and number not in covered:
            draft.drop(number, line, "markup")


@dataclass(slots=True)
class _Text:
    """The text of the block that is open, with the lines it stands on."""

    parts: list[str] = field(default_factory=list)
    line: int = 0
    end: int = 0

    def add(self, text: str, line: int) -> None:
        if text.strip():
            head = text[: len(text) - len(text.lstrip())].count("\n")
            self.line = self.line or line + head
            self.end = line + text.rstrip().count("\n")
        self.parts.append(text)


@dataclass(slots=True)
class _Table:
    """A table whose rows are being read."""

    header: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    is_header: bool = True
    line: int = 0
    end: int = 0


class _Reader:
    """Walks the tree of a page, keeping count of the line."""

    def __init__(self, draft: Draft, first: int, depth: int, *, in_note: bool = False) -> None:
        self.draft = draft
        self.offset = first - 1
        self.base = depth
        self.in_note = in_note
        self.line = first
        self.text = _Text()
        self.lists: list[tuple[Block, list[bool]]] = []
        self.tables: list[_Table] = []
        self.opened: list[int] = []
        self.left_out: list[str] = []
        self.inside: dict[str, int] = {}
        self.term = ""
        self.unsaid = 0
        self.title = ""
        self.cut = False

    def read(self, text: str) -> None:
        parser = etree.HTMLParser(huge_tree=True, encoding="utf-8", remove_pis=True)
        try:
            root = etree.fromstring(text.encode("utf-8", "replace"), parser)
        except etree.XMLSyntaxError:
            root = None
        if root is None:
            reason = "comment" if text.lstrip().startswith("<!--") else "markup"
            self.draft.drop_lines(self.line, self.line + text.count("\n"), reason)
            return
        for event, node in etree.iterwalk(root, events=("start", "end", "comment")):
            if event == "end":
                self.end(node)
                self.data(node.tail)
                continue
            if (node.sourceline or 0) < _FAR:
                self.line = self.offset + (node.sourceline or 1)
            if event == "comment":
                self.comment(node)
                self.data(node.tail)
            else:
                self.start(node)
                self.data(node.text)
        self.flush()
        self.bare_term()
        self.cut = any("depth" in entry.message for entry in parser.error_log)

    def comment(self, node: Any) -> None:
        first = self.line - (node.text or "").count("\n")
        for number, line in enumerate((node.text or "").split("\n"), first):
            if line.strip():
                self.draft.drop(number, line, "comment")

    def data(self, text: str | None) -> None:
        """Take in text: into the open block, or into the drops when what it stands in is left out."""
        if not text:
            return
        if self.left_out:
            for number, line in enumerate(text.split("\n"), self.line):
                if line.strip():
                    self.draft.drop(number, line, self.left_out[-1])
                    if self.left_out[-1] == "page title":
                        self.title = " ".join([*self.title.split(), *line.split()])
        else:
            self.text.add(text, self.line)
        self.line += text.count("\n")

    def start(self, node: Any) -> None:
        tag = str(node.tag)
        if self.left_out or (why := self.reason(tag, node)):
            self.flush()
            self.left_out.append(self.left_out[-1] if self.left_out else why)
        else:
            if tag in _BLOCKS:
                self.flush()
            self.enter(tag, node)
        self.inside[tag] = self.inside.get(tag, 0) + 1

    def enter(self, tag: str, node: Any) -> None:
        """Open the list, item, table or mark that starts."""
        if tag in {"ul", "ol", "menu"}:
            self.lists.append(("number" if tag == "ol" else "bullet", []))
        elif tag == "li" and self.lists:
            self.lists[-1][1].append(True)
        elif tag == "table":
            self.tables.append(_Table(line=self.line))
        elif tag == "tr" and self.tables:
            self.tables[-1].cells, self.tables[-1].line, self.tables[-1].end = [], self.line, 0
        elif tag in {"img", "video"}:
            shown = node.get("alt") or node.get("title") or ""
            self.draft.drop(self.line, f"![{' '.join(shown.split())}]({node.get('src') or ''})", "picture")
        elif tag == "br":
            self.text.add("\n" if self.inside.get("pre") else " ", self.line)
        elif tag in {"a", *_MARKS} and not self.inside.get("pre"):
            self.opened.append(len(self.text.parts))

    def reason(self, tag: str, node: Any) -> str:
        """Return why an element is left out with all that is in it."""
        # In a note an aside is a remark of its author, as a callout of Notion is; on a page it leads elsewhere.
        in_text = self.inside.get("article") or self.inside.get("main")
        if tag == "aside" and self.in_note or tag == "header" and in_text:
            return ""
        if tag in _LEFT_OUT:
            return _LEFT_OUT[tag]
        if role := _ROLES.get(node.get("role") or ""):
            return role
        if tag in {"div", "ul", "ol", "section", "p", "a", "span"}:
            found = _FRAME.search(f"{node.get('class') or ''} {node.get('id') or ''}"[:500])
            return (
                (chrome.NAVIGATION if re.search("nav|menu|crumb|toc|pag|skip", found.group(), re.I) else chrome.CHROME)
                if found
                else ""
            )
        return ""

    def end(self, node: Any) -> None:
        tag = str(node.tag)
        if self.left_out:
            self.left_out.pop()
        else:
            self.shut(tag, node)
            self.leave(tag)
        self.inside[tag] -= 1

    def shut(self, tag: str, node: Any) -> None:
        """Say what has been read of the element that ends."""
        if tag in {"a", *_MARKS} and not self.inside.get("pre"):
            self.close_inline(tag, node)
        elif re.fullmatch("h[1-6]", tag):
            self.close_heading(int(tag[1]))
        elif tag in {"td", "th", "tr"} and self.tables:
            self.close_cell(tag) if tag != "tr" else self.close_row()
        elif closing := {"pre": self.close_code, "dt": self.close_term}.get(tag):
            closing()
        elif tag in _BLOCKS:
            self.flush()

    def leave(self, tag: str) -> None:
        """Close the list, item or table that ends."""
        if tag in {"ul", "ol", "menu"} and self.lists:
            self.lists.pop()
        elif tag == "li" and self.lists and self.lists[-1][1]:
            self.lists[-1][1].pop()
        elif tag == "table" and self.tables:
            self.tables.pop()
        elif tag == "dl":
            self.bare_term()
            self.term = ""

    def close_inline(self, tag: str, node: Any) -> None:
        start = self.opened.pop() if self.opened else 0
        inner = "".join(self.text.parts[start:])
        href = (node.get("href") or "").strip()
        if tag == "a" and inner.strip() in {"#", "¶", "§", "🔗"}:
            self.draft.drop(self.line, inner, chrome.NAVIGATION)
            self.text.parts[start:] = []
        elif inner.strip():
            lead, tail = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
            if tag != "a":
                self.text.parts[start:] = [f"{lead}{_MARKS[tag]}{inner.strip()}{_MARKS[tag]}{tail}"]
            elif href.startswith(("http://", "https://")) and not re.search(r"[\s()]", href) and inner.strip() != href:
                self.text.parts[start:] = [f"{lead}[{inner.strip()}]({href}){tail}"]

    def take(self) -> tuple[str, int, int]:
        """Return the open text on one line with its lines, and start anew."""
        text, self.text, self.opened = self.text, _Text(), [0 for _ in self.opened]
        return " ".join("".join(text.parts).split()), text.line or self.line, text.end or self.line

    def flush(self) -> None:
        """Say the open text as a statement of the list or paragraph it stands in; inside a cell it waits."""
        if self.tables or self.inside.get("pre"):
            self.text.add(" ", self.line)
            return
        text, line, end = self.take()
        if not text:
            return
        block: Block = "quote" if self.inside.get("blockquote") else "paragraph"
        depth = self.base + max(len(self.lists) - 1, 0)
        if self.lists and self.lists[-1][1]:
            if self.lists[-1][1][-1]:
                block, self.lists[-1][1][-1] = self.lists[-1][0], False
            else:
                depth += 1
        elif self.term and self.inside.get("dd"):
            text, block = f"{self.term}: {text}", "bullet"
            line, self.unsaid = (self.unsaid or line), 0
        self.say(text, block, depth, line, end)

    def say(self, text: str, block: Block, depth: int, line: int, end: int) -> None:
        if why := chrome.reason(text) if says_something(text) else "markup":
            self.drop(text, line, end, why)
        else:
            said, drops = without_marks(text)
            self.draft.drop_parts(line, drops)
            self.draft.say(said, block, depth, line, end)

    def drop(self, text: str, line: int, end: int, reason: str) -> None:
        """Drop a text; its first line is not quoted whole, for a page may have but one."""
        self.draft.drop(line, text, reason)
        self.draft.drop_lines(line + 1, end, reason)

    def close_heading(self, level: int) -> None:
        if self.tables or self.inside.get("pre"):
            self.text.add(" ", self.line)
            return
        text, line, end = self.take()
        title = text.replace("**", "").strip()
        if says_something(title):
            self.draft.heading(title, level, line, end)
        elif text:
            self.drop(text, line, end, "markup")

    def close_code(self) -> None:
        if self.tables or self.inside["pre"] > 1:
            return
        text, self.text = self.text, _Text()
        content = "".join(text.parts).strip("\n")
        if content.strip():
            self.draft.say(content.rstrip(), "code", self.base + len(self.lists), text.line, text.end)

    def close_cell(self, tag: str) -> None:
        cell, _, end = self.take()
        self.tables[-1].cells.append(cell)
        self.tables[-1].end = max(self.tables[-1].end, end if cell else 0)
        self.tables[-1].is_header &= tag == "th"

    def close_row(self) -> None:
        table = self.tables[-1]
        extra, _, _ = self.take()
        end = max(table.line, table.end)
        values = [*table.cells, *([extra] if extra else [])]
        heads = table.is_header and not table.header and len(self.tables) == 1
        table.is_header = True
        if len(self.tables) > 1:
            self.text.add(" " + row(table.header, values) + " ", self.line)
        elif heads and any(values):
            table.header = values
            self.drop("; ".join(values), table.line, end, "table header")
        elif said := row(table.header, values):
            self.draft.say(said, "table", self.base, table.line, end)

    def close_term(self) -> None:
        term, line, _ = self.take()
        if self.tables or self.inside.get("pre"):
            self.text.add(term + ": ", line)
        elif term:
            self.bare_term()
            self.term, self.unsaid = term.rstrip(":"), line

    def bare_term(self) -> None:
        """Say a term that nothing defines."""
        if self.unsaid:
            self.draft.say(self.term, "bullet", self.base + len(self.lists), self.unsaid)
        self.unsaid = 0
