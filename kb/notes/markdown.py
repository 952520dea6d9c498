"""Read the Markdown body of a note into sections of statements, by markdown-it-py."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from kb.errors import BodyError, NoteError
from kb.notes.fact import slug
from kb.notes.note import Block, Section, Statement

CITATION = re.compile(r"\[\^([^\]\s]+)\]")
_DEFINITION = re.compile(r"^\[\^[^\]\s]+\]:.*(?:\n(?: {2,}|\t).*)*$", re.M)
_CODE_SPAN = re.compile(r"(`+)(?:(?!\1).)*?\1(?!`)")
MAX_LINE = 20_000


def parse_body(body: str, path: str, first_line: int) -> tuple[tuple[Section, ...], list[NoteError]]:
    """Return the sections of a body, the lead first, and what leaves the format."""
    return _Reader(path, first_line).read(body)


def cite(text: str) -> tuple[str, tuple[str, ...]]:
    """Split inline Markdown into its text and the source ids it cites (code spans left alone)."""
    found: list[str] = []
    parts: list[str] = []
    position = 0
    for span in [*_CODE_SPAN.finditer(text), None]:
        end = span.start() if span else len(text)
        found += CITATION.findall(text[position:end])
        parts.append(CITATION.sub("", text[position:end]))
        if span:
            parts.append(span.group())
            position = span.end()
    return " ".join("".join(parts).split()), tuple(sorted(set(found)))


class _Reader:
    """Walks the syntax tree of one body."""

    def __init__(self, path: str, first_line: int) -> None:
        self.path = path
        self.first_line = first_line
        self.problems: list[NoteError] = []
        self.sections: list[Section] = []
        self.statements: list[Statement] = []

    def problem(self, line: int, field: str, expected: str, found: str = "") -> None:
        self.problems.append(BodyError(self.path, line, field, expected, found))

    def read(self, body: str) -> tuple[tuple[Section, ...], list[NoteError]]:
        blank = _DEFINITION.sub(lambda match: "\n" * match.group().count("\n"), body)
        for offset, line in enumerate(blank.split("\n")):
            if len(line) > MAX_LINE:
                self.problem(
                    self.first_line + offset,
                    "body",
                    f"lines of at most {MAX_LINE} characters",
                    f"{len(line)} characters",
                )
        if self.problems:
            return (), self.problems
        self.lines = blank.split("\n")
        tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(blank))
        self.open("", 1, self.first_line)
        for node in tree.children:
            self.block(node, 0)
        self.close()
        return tuple(self.sections), self.problems

    def line(self, node: SyntaxTreeNode) -> int:
        return self.first_line + (node.map[0] if node.map else 0)

    def open(self, title: str, level: int, line: int) -> None:
        self.current = (title, level, line)

    def close(self) -> None:
        title, level, line = self.current
        parent = next((s.title for s in reversed(self.sections) if s.level == 2), "") if level == 3 else ""
        self.sections.append(Section(title, level, slug(title), tuple(self.statements), line, parent))
        self.statements = []

    def add(self, node: SyntaxTreeNode, text: str, block: Block, depth: int, info: str = "") -> None:
        if block in ("code", "table", "html"):
            self.statements.append(Statement(text, (), block, depth, info, self.line(node)))
            return
        plain, citations = cite(text)
        if plain:
            self.statements.append(Statement(plain, citations, block, depth, info, self.line(node)))

    def block(self, node: SyntaxTreeNode, depth: int) -> None:
        handler = getattr(self, f"on_{node.type}", None)
        if handler:
            handler(node, depth)
        else:
            self.problem(self.line(node), "body", "headings, paragraphs, lists, code and tables", node.type)

    def on_heading(self, node: SyntaxTreeNode, depth: int) -> None:
        level = int(node.tag[1])
        title, _ = cite(node.children[0].content)
        if level not in (2, 3):
            self.problem(
                self.line(node), "heading", "headings of level 2 or 3 (the title is a field)", f"{node.markup} {title}"
            )
        elif level == 3 and not any(s.level == 2 for s in self.sections) and self.current[1] != 2:
            self.problem(self.line(node), "heading", "a level 2 heading above it", title)
        self.close()
        self.open(title, 2 if level < 3 else 3, self.line(node))

    def on_paragraph(self, node: SyntaxTreeNode, depth: int) -> None:
        self.add(node, node.children[0].content, "paragraph", depth)

    def on_bullet_list(self, node: SyntaxTreeNode, depth: int) -> None:
        for item in node.children:
            self.item(item, "bullet", depth)

    def on_ordered_list(self, node: SyntaxTreeNode, depth: int) -> None:
        for item in node.children:
            self.item(item, "number", depth)

    def item(self, item: SyntaxTreeNode, block: Block, depth: int) -> None:
        first = True
        for child in item.children:
            if child.type == "paragraph":
                self.add(child, child.children[0].content, block, depth if first else depth + 1)
            else:
                self.block(child, depth + 1)
            first = False

    def on_blockquote(self, node: SyntaxTreeNode, depth: int) -> None:
        for child in node.children:
            self.block(child, depth)

    def on_fence(self, node: SyntaxTreeNode, depth: int) -> None:
        self.add(node, node.content.rstrip("\n"), "code", depth, node.info.strip())

    on_code_block = on_fence

    def on_table(self, node: SyntaxTreeNode, depth: int) -> None:
        start, end = node.map or (0, 0)
        rows = (line.strip() for line in self.lines[start:end])
        self.add(node, "\n".join(row for row in rows if row), "table", 0)

    def on_html_block(self, node: SyntaxTreeNode, depth: int) -> None:
        self.problem(self.line(node), "body", "no raw HTML", node.content.strip().split("\n")[0])
        self.add(node, node.content.rstrip("\n"), "html", depth)

    def on_hr(self, node: SyntaxTreeNode, depth: int) -> None:
        """A rule says nothing; the normaliser leaves it out."""


def text_of(sections: tuple[Section, ...]) -> Iterator[Statement]:
    """Yield every statement of the sections in order."""
    for section in sections:
        yield from section.statements
