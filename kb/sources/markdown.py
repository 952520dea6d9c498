"""Read Markdown of any dialect - GitHub, Jekyll, Obsidian, by hand - into an outline, by markdown-it-py.

The parser finds the blocks; what it has no word for (signs of lists it does not know, nesting below MAX_NESTING, lines
of a template) is read line by line, so that every line comes out as something.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from kb.notes import frontmatter
from kb.notes.page import stated_title, title_of
from kb.sources import bullets, chrome, prepare
from kb.sources.html import read_fragment
from kb.sources.inline import clean, says_something
from kb.sources.look import broken, chapter_level, without_number
from kb.sources.outline import Block, Draft, Outline
from kb.sources.table import cells, row

# Each list level takes two; below, items are read by their indentation. The parser drops what is deeper, without a word.
MAX_NESTING = 80
BOLD_LEVEL = 7
_MARKDOWN = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table").disable("inline")
_BOLD_LINE = re.compile(r"(\*\*|__)(?!\s)([^*_\n]{1,80}?)(?<!\s)\1:?|(?:\*\*\*)([^*\n]{1,80})(?:\*\*\*):?")
_LOOSE_HEADING = re.compile(r"(#{1,6})(?![#\s!])([^\n#][^\n]{0,200})")
_TAGS = re.compile(r"(?:#[\w/-]+\s*)+")
_CALLOUT = re.compile(r"\[![\w -]{1,40}\][+-]?[^\S\n]*")
_HEADING_ID = re.compile(r"\s+(?:\{#[^{}\s]+\}|[0-9a-f]{32})$")  # of Docusaurus and of an export of Notion
_ANCHOR_ITEM = re.compile(r"(?:\[[^\[\]\n]{1,200}\]\(#[^()\s]{0,200}\)[\s,|·-]*)+")
_NAMELESS = re.compile(r"(?<=/)(?:notes|summary|content)\.\w+$", re.I)  # such a file is called by its folder
_SIGN = re.compile(r"^\s*(?:[•●○◦▪▫■□‣\u2043➢➤]\s*\S|[\u2013—·*+]\s+\S|\*{1,6}[^\s*][^*]*$)")


def read_markdown(text: str, source: str, path: str, mended: int = 0) -> Outline:
    """Return what a Markdown file says."""
    draft = Draft(source, path, text.split("\n"))
    yaml_text, body, first = frontmatter.split(text)
    draft.drop_lines(1, first - 1, "front matter")
    _Reader(draft, first).read(body)
    title = stated_title(yaml_text) or next((h.title for h in draft.headings if h.level == 1), "")
    return draft.outline(title or title_of(_NAMELESS.sub("README.md", path)), mended)


class _Reader:
    """Walks the syntax tree of one body."""

    def __init__(self, draft: Draft, first: int) -> None:
        self.draft = draft
        self.first = first
        self.quoted = False

    def read(self, body: str) -> None:
        self.lines = prepare.lines(self.draft, body.split("\n"), self.first)
        tree = SyntaxTreeNode(_MARKDOWN.parse("\n".join(self.lines)))
        for node in tree.children:
            self.block(node, 0)
        self.rest()

    def rest(self) -> None:
        """Read what no block took: markup alone is dropped, anything else is said line by line."""
        known = self.draft.outline("").unaccounted()
        for line in known:
            text = self.draft.lines[line - 1]
            if not says_something(bullets.split_marker(text)[1].strip("[]xX# ")):
                self.draft.drop(line, text, "markup")
            elif re.match(r"\s*\[[^\]]+\]:\s*\S+", text):
                self.draft.drop(line, text, "link target")
            else:
                bullets.read_lines(
                    self.draft, line, [text], min(bullets.indent(text) // 2, bullets.MAX_DEPTH), late=True
                )

    def span(self, node: SyntaxTreeNode) -> tuple[int, int]:
        start, end = node.map or (0, 1)
        while end > start + 1 and not (self.lines[end - 1].strip() if end <= len(self.lines) else ""):
            end -= 1
        return self.first + start, self.first + end - 1

    def block(self, node: SyntaxTreeNode, depth: int) -> None:
        handler = getattr(self, f"on_{node.type}", None)
        if handler:
            handler(node, depth)

    def say(self, text: str, block: Block, depth: int, line: int, end: int) -> None:
        said, drops = clean(text)
        self.draft.drop_parts(line, drops)
        if not says_something(said):
            self.draft.drop_lines(line + bool(drops), end, drops[0][1] if drops else "markup")
        elif reason := chrome.reason(said):
            self.draft.drop_lines(line, end, reason)
        else:
            self.draft.say(said, "quote" if self.quoted and block == "paragraph" else block, depth, line, end)

    def heading(self, text: str, level: int, line: int, end: int) -> None:
        said, drops = clean(_HEADING_ID.sub("", text.rstrip("# ")))
        self.draft.drop_parts(line, drops)
        title = without_number(re.sub(r"[*_]{2,3}(?=\S)|(?<=\S)[*_]{2,3}", "", said).strip().removesuffix(":"))
        if says_something(title):
            self.draft.heading(title, level, line, end)
        else:
            self.draft.drop_lines(line + bool(drops), end, drops[0][1] if drops else "markup")

    def on_heading(self, node: SyntaxTreeNode, depth: int) -> None:
        line, end = self.span(node)
        text = node.children[0].content
        if node.markup in {"-", "="} and (end - line > 2 or len(text) > 160 or bullets.marker(text)):
            self.paragraph(text.split("\n"), depth, "paragraph", line)
            self.draft.drop_lines(end, end, "rule")
        else:
            self.heading(text, int(node.tag[1]), line, end)

    def on_paragraph(self, node: SyntaxTreeNode, depth: int) -> None:
        self.paragraph(node.children[0].content.split("\n"), depth, "paragraph", self.span(node)[0])

    def paragraph(self, lines: list[str], depth: int, block: Block, line: int) -> None:
        """Say the lines of a paragraph as one statement; lines that are something else stand for themselves."""
        run: list[str] = []
        for number, text in enumerate([*lines, ""], line):
            alone = not text.strip() or self.alone(
                text.strip(), number, follows=bool(run), last=number == line + len(lines) - 1
            )
            if (alone or prepare.FOOTNOTE.match(text)) and run:
                self.run(run, depth, block, number - len(run))
                run, block = [], "paragraph"
            if not alone:
                run.append(text)

    def run(self, run: list[str], depth: int, block: Block, line: int) -> None:
        stands_alone = len(run) == 1 and block == "paragraph" and not depth and not self.quoted
        if bold := _BOLD_LINE.fullmatch(run[0].strip()) if stands_alone else None:
            self.heading(bold[2] or bold[3], BOLD_LEVEL, line, line)
        elif level := chapter_level(run[0].strip()) if stands_alone else 0:
            self.heading(run[0], level, line, line)
        elif any(map(_SIGN.match, run)):
            bullets.read_lines(self.draft, line, run, depth)
        else:
            for said in broken(run):
                self.say("\n".join(said), block, depth, line, line + len(said) - 1)
                line += len(said)
                if block in {"bullet", "number"}:
                    block, depth = "paragraph", depth + 1

    def alone(self, text: str, line: int, *, follows: bool, last: bool) -> bool:
        """Drop a line of a paragraph that is markup, or open the heading it is, and say so."""
        if why := prepare.reason(text):
            self.draft.drop(line, text, why)
            return True
        loose = _LOOSE_HEADING.fullmatch(text)
        if follows and loose and len(loose[1]) == 1:  # a tag in running text
            loose = None
        if (
            loose
            and _TAGS.fullmatch(text)
            and (last and len(loose[1]) == 1 and not self.list_follows(line) or " " in text)
        ):
            self.draft.drop(line, text, "tags")
            return True
        if loose:
            self.heading(loose[2], len(loose[1]), line, line)
        return bool(loose)

    def list_follows(self, line: int) -> bool:
        following = self.lines[line - self.first + 1 : line - self.first + 2]
        return bool(following and following[0].strip())

    def on_bullet_list(self, node: SyntaxTreeNode, depth: int) -> None:
        if depth == 0 and self.is_contents(node):
            self.draft.drop_lines(*self.span(node), chrome.NAVIGATION)
            return
        for item in node.children:
            self.item(item, "bullet" if node.type == "bullet_list" else "number", depth)

    on_ordered_list = on_bullet_list

    def is_contents(self, node: SyntaxTreeNode) -> bool:
        """Tell whether a list is a table of contents: several items, each a link into the page."""
        texts = [inner.content for inner in node.walk() if inner.type == "inline"]
        titled = bool(self.draft.above and "contents" in self.draft.above[-1].title.casefold())
        return (len(texts) >= 4 or titled) and all(_ANCHOR_ITEM.fullmatch(text.strip()) for text in texts)

    def item(self, item: SyntaxTreeNode, block: Block, depth: int) -> None:
        for position, child in enumerate(item.children):
            if child.type == "paragraph" and position == 0:
                self.paragraph(child.children[0].content.split("\n"), depth, block, self.span(child)[0])
            elif child.type == "heading" and position == 0:
                self.say(child.children[0].content, block, depth, *self.span(child))
            else:
                self.block(child, depth + 1)

    def on_blockquote(self, node: SyntaxTreeNode, depth: int) -> None:
        outer, self.quoted = self.quoted, True
        for child in node.children:
            if child.type == "paragraph" and (mark := _CALLOUT.match(child.children[0].content)):
                line = self.span(child)[0]
                lines = child.children[0].content[mark.end() :].split("\n")
                self.draft.drop(line, mark.group(), "markup")
                self.paragraph(lines[:1], depth, "paragraph", line)
                self.paragraph(lines[1:], depth, "paragraph", line + 1)
            else:
                self.block(child, depth)
        self.quoted = outer

    def on_fence(self, node: SyntaxTreeNode, depth: int) -> None:
        line, end = self.span(node)
        content = node.content.strip("\n")
        if node.info.strip():
            self.draft.drop(line, node.info, "code language")
        if content.strip():
            self.draft.say(content, "code", depth, line, end)
        else:
            self.draft.drop_lines(line, end, "empty code block")

    def on_code_block(self, node: SyntaxTreeNode, depth: int) -> None:
        """Say an indented block; one of bullets is a list that was indented too far."""
        filled = [text for text in node.content.split("\n") if text.strip()]
        if sum(bullets.split_marker(text)[0] == "bullet" for text in filled) * 2 > len(filled):
            bullets.read_lines(self.draft, self.span(node)[0], node.content.split("\n"), depth)
        else:
            self.on_fence(node, depth)

    def on_table(self, node: SyntaxTreeNode, depth: int) -> None:
        line, end = self.span(node)
        header = [clean(cell)[0] for cell in cells(self.text(line))]
        if end > line + 1:
            self.draft.drop_lines(line, line, "table header")
        else:
            self.draft.say(row([], header) or "-", "table", depth, line)
        self.draft.drop_lines(line + 1, line + 1, "rule")
        for number in range(line + 2, end + 1):
            values = [clean(cell) for cell in cells(self.text(number))]
            for _, drops in values:
                self.draft.drop_parts(number, drops)
            if said := row(header, [value for value, _ in values]):
                self.draft.say(said, "table", depth, number)
            else:
                self.draft.drop_lines(number, number, "empty table row")

    def text(self, line: int) -> str:
        """Return a line without the quotes and signs of list around it."""
        return re.sub(r"^(?:\s*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s)))+", "", self.lines[line - self.first])

    def on_html_block(self, node: SyntaxTreeNode, depth: int) -> None:
        read_fragment(self.draft, node.content, self.span(node)[0], depth)

    def on_hr(self, node: SyntaxTreeNode, depth: int) -> None:
        """A rule says nothing; the drop says where it stood."""
        self.draft.drop_lines(*self.span(node), "rule")
