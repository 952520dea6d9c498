"""YAML and JSON as values: what is tagged, aliased or interpolated is an expression, everything else stands as written.

YAML is read with PyYAML's events, not with tree-sitter: its grammar fails past 32,767 lines and breaks the process
at some 250 levels. JSON has no such trouble.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kb.facts.binding import NUMBER
from kb.lint.finding import Span
from kb.lint.tree import Literal, Source

if TYPE_CHECKING:
    from tree_sitter import Node

_FILLED_IN = re.compile(r"\$\{|\{\{|<%|%\{")
_KEY = re.compile(r"""((?:[ ]*-(?=[ ]))*[ ]*)((?:[\w.*<&!/-]|::)+|"[^"\n]*"|'[^'\n]*')[ ]*:(?:[ ]|$)""")
_FORBIDDEN = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\x85\\u2028\\u2029\\ufeff\\ufffe\\uffff\\ud800-\\udfff]|\\r(?!\\n)"
)
"""What YAML forbids or, unlike editors, takes for the end of a line."""
_CONTEXTS = {
    *("while scanning a simple key", "while scanning a quoted scalar"),
    *("while parsing a flow sequence", "while parsing a flow mapping"),
}
_NO_NAME = ("\t", "]", "}", ",")
"""What a line begins with that cannot be a name: then nothing of it stays."""
_MENDS = 20
_MENDED_CHARACTERS = 1_000_000
_DEEPEST = 1000
_OPEN = 1000
_KINDS = {
    "ScalarEvent": "scalar", "AliasEvent": "alias", "MappingStartEvent": "mapping", "SequenceStartEvent": "sequence",
}  # fmt: skip
_ENDS = ("MappingEndEvent", "SequenceEndEvent")


_NONE: list[Any] = []


class YamlNode:
    """A scalar, mapping or sequence with its place."""

    __slots__ = ("children", "entries", "kind", "span", "tag", "value")

    def __init__(self, kind: str, tag: str | None, value: str, span: tuple[int, int, int, int]) -> None:
        self.kind = kind
        """scalar, mapping, sequence or alias."""
        self.tag = tag
        self.value = value
        self.span = span
        """Line and column of start and end, from 0."""
        self.children: list[YamlNode] = [] if kind in ("mapping", "sequence") else _NONE
        """Items; names and values in turn."""
        self.entries: list[tuple[str, YamlNode]] | None = None
        """The names and values of a mapping, once they were asked for."""


class YamlReader:
    """Looks into YAML. `!Ref x`, `*alias` and what a tool fills in later are expressions."""

    def __init__(self, text: str, root: YamlNode | None) -> None:
        self._lines = text.split("\n")
        self.root = root

    def entries(self, node: YamlNode) -> list[tuple[str, YamlNode]] | None:
        """Return the names and values of a mapping; None for what is no mapping."""
        if node.kind != "mapping" or node.tag:
            return None
        if node.entries is None:
            pairs = zip(node.children[::2], node.children[1::2], strict=False)
            node.entries = [(key.value, value) for key, value in pairs if key.kind == "scalar" and not key.tag]
        return node.entries

    def items(self, node: YamlNode) -> list[YamlNode] | None:
        """Return the items of a list; None for what is no list."""
        return node.children if node.kind == "sequence" and not node.tag else None

    def hidden(self, node: YamlNode) -> bool:
        """Tell whether a mapping has entries from elsewhere: a merge key, a macro."""
        return any(name in ("<<", "$ref", "$<<") or name.startswith("Fn::") for name, _ in self.entries(node) or ())

    def literal(self, node: YamlNode) -> Literal | None:
        """Return a value that stands in the text; None for an expression."""
        if node.kind != "scalar" or node.tag or _FILLED_IN.search(node.value) or self._is_null(node):
            return None
        number = Decimal(node.value) if len(node.value) < 40 and NUMBER.fullmatch(node.value) else None
        return Literal(node, number, node.value)

    def _is_null(self, node: YamlNode) -> bool:
        return node.value in ("", "~", "null", "Null", "NULL") and self.written(node) == node.value

    def span(self, node: YamlNode) -> Span:
        """Return where a node stands."""
        line, column, end_line, end_column = node.span
        return Span(line + 1, column + 1, end_line + 1, end_column + 1)

    def written(self, node: YamlNode) -> str:
        """Return the text of a node on one line."""
        line, column, end_line, end_column = node.span
        return self._lines[line][column : end_column if end_line == line else None]


class JsonReader:
    """Looks into JSON."""

    def __init__(self, source: Source) -> None:
        self.source = source

        self.root = next((node for node in source.root.named_children if node.type in ("object", "array")), None)
        self._seen: dict[int, list[tuple[str, Node]]] = {}

    def entries(self, node: Node) -> list[tuple[str, Node]] | None:
        """Return the names and values of an object; None for what is no object."""
        if node.type != "object":
            return None
        found = self._seen.get(node.id)
        if found is not None:
            return found
        found = self._seen[node.id] = []
        for pair in node.named_children:
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if pair.type == "pair" and key is not None and value is not None:
                found.append((self._text(key) or "", value))
        return found

    def items(self, node: Node) -> list[Node] | None:
        """Return the items of an array; None for what is no array."""
        return list(node.named_children) if node.type == "array" else None

    def hidden(self, node: Node) -> bool:
        """Tell whether a macro adds entries."""
        return any(name.startswith("Fn::") for name, _ in self.entries(node) or ())

    def literal(self, node: Node) -> Literal | None:
        """Return a value that stands in the text; None for an object, or a text that is filled in later."""
        text = self._text(node)
        if text is None or _FILLED_IN.search(text):
            return None
        return Literal(node, Decimal(text) if NUMBER.fullmatch(text) and len(text) < 40 else None, text)

    def span(self, node: Node) -> Span:
        """Return where a node stands."""
        return self.source.span(node)

    def written(self, node: Node) -> str:
        """Return the text of a node."""
        return self.source.text(node)

    def _text(self, node: Node) -> str | None:
        raw = self.source.text(node)
        if node.type in ("number", "true", "false"):
            return raw
        if node.type != "string":
            return None
        if "\\" not in raw:
            return raw[1:-1]
        import json

        try:
            said: str = json.loads(raw, strict=False)
        except ValueError:
            return None
        return said


def read_yaml(text: str) -> tuple[YamlReader, bool]:
    """Read YAML that may be unfinished; also tell whether it is whole.

    Lines that YAML stumbles over keep their indentation and name and lose their value, so that the lines around them
    keep their places.
    """
    text = _FORBIDDEN.sub(" ", text)
    if text.count("[") + text.count("{") > _OPEN and _deepest(text) > _DEEPEST:
        return YamlReader("", None), False  # libyaml takes quadratic time for open brackets
    root, problem = _composed(text)
    if problem is None:
        return YamlReader(text, root), True
    lines = text.split("\n")
    for _ in range(max(2, min(_MENDS, _MENDED_CHARACTERS // len(text)))):
        if problem is None or not _mend(lines, problem):
            break
        root, problem = _composed("\n".join(lines))
    return YamlReader("\n".join(lines), root), False


def _composed(text: str) -> tuple[YamlNode | None, int | None]:
    """Return the first document as far as it can be read, and the line YAML stumbles over."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    read = _Built()
    try:
        read.build(yaml.parse(text, loader))
    except yaml.MarkedYAMLError as error:
        # A half-typed name, an open quote or bracket is noticed lines later; where it began is the context.
        mark = error.context_mark if error.context in _CONTEXTS and error.context_mark else error.problem_mark
        line = mark.line if mark else 0
        return read.root, line if read.bracket is None else min(read.bracket, line)
    return read.root, None


class _Built:
    """The nodes of the first document, whatever its depth, as far as it could be read."""

    def __init__(self) -> None:
        self.root: YamlNode | None = None
        self._open: list[tuple[YamlNode, bool]] = []

    @property
    def bracket(self) -> int | None:
        """The line of the innermost bracket that is open; None outside of brackets."""
        return next((node.span[0] for node, in_brackets in reversed(self._open) if in_brackets), None)

    def build(self, events: Iterable[Any]) -> None:
        """Take events until the document ends."""
        nodes = self._open
        for event in events:
            name = type(event).__name__
            kind = _KINDS.get(name)
            if kind is None:
                if name in _ENDS:
                    nodes.pop()
                elif name == "DocumentEndEvent" and self.root is not None:
                    break
                continue
            start, end = event.start_mark, event.end_mark
            span = (start.line, start.column, end.line, end.column)
            node = YamlNode(kind, getattr(event, "tag", None), getattr(event, "value", ""), span)
            if nodes:
                nodes[-1][0].children.append(node)
            elif self.root is None:
                self.root = node
            if kind in ("mapping", "sequence"):
                nodes.append((node, event.flow_style))


def _deepest(text: str) -> int:
    """Return how many brackets stand open at once, at most."""
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _mend(lines: list[str], line: int) -> bool:
    """Take from a line its value, then its name, then everything; False when nothing is left to take."""
    line = min(line, len(lines) - 1)
    while line and not lines[line].strip(" \r"):  # the end of the text is noticed behind what is unfinished
        line -= 1
    if _KEY.match(lines[line]):  # a name without a colon may run on from the line above
        above = next((at for at in range(line - 1, -1, -1) if lines[at].strip()), line)
        if not _KEY.match(lines[above]) and not lines[above].lstrip().startswith(("#", "- ")):
            line = above
    before = lines[line]
    key = _KEY.match(before)
    indent = re.match(r"(?:[ ]*-(?=[ ]))*[ ]*", before)
    start = indent.group() if indent else ""
    forms = (key.group().rstrip() if key else before, f"{start}_:", "")
    for after in forms if before[len(start) : len(start) + 1] not in _NO_NAME else ("",):
        if len(after) < len(before) or (after != before and not before.endswith("_:")):
            lines[line] = after
            return True
    return False
