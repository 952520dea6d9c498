"""Source text as a syntax tree that survives unfinished text, and what all languages have in common to look into it.

tree-sitter counts columns in bytes; a Source gives positions in code points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from kb.errors import MissingExtra
from kb.lint.finding import Span

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Tree

    from kb.facts.binding import Condition, Step


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the text itself."""

    node: Any
    """What stands for the number or text, to be replaced by another."""
    number: Decimal | None = None
    text: str | None = None
    unit: str = ""
    """Set where the code names one: Duration.minutes(5)."""


class Reader(Protocol):
    """Looks into the values of one language, whatever it takes for nodes."""

    def entries(self, node: Any) -> list[tuple[str, Any]] | None:
        """Return the names and values of a mapping; None for what is no mapping."""

    def items(self, node: Any) -> list[Any] | None:
        """Return the items of a list; None for what is no list."""

    def hidden(self, node: Any) -> bool:
        """Tell whether a mapping has entries that cannot be seen here: merged, spread, made by a macro."""

    def literal(self, node: Any) -> Literal | None:
        """Return a value that stands in the text; None for an expression."""

    def span(self, node: Any) -> Span:
        """Return where a node stands."""

    def written(self, node: Any) -> str:
        """Return the text of a node."""


class Source:
    """A text with its syntax tree."""

    def __init__(self, text: str, language: str) -> None:
        """Parse a text.

        Raises:
            MissingExtra: the extra `lint` is not installed.
        """
        self.bytes = text.encode("utf-8", "replace")
        self.tree = parse(self.bytes, language)
        self._lines = self.bytes.split(b"\n")

    @property
    def root(self) -> Node:
        """The node of the whole text."""
        return self.tree.root_node

    def text(self, node: Node) -> str:
        """Return the text of a node."""
        return self.bytes[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def span(self, node: Node) -> Span:
        """Return where a node stands."""
        (row, column), (end_row, end_column) = node.start_point, node.end_point
        return Span(row + 1, self._points(row, column) + 1, end_row + 1, self._points(end_row, end_column) + 1)

    def _points(self, row: int, column: int) -> int:
        return len(self._lines[row][:column].decode("utf-8", "replace"))


@cache
def grammar(language: str) -> Language:
    """Return a grammar: json, hcl, python, typescript or tsx.

    Raises:
        MissingExtra: the extra `lint` is not installed.
    """
    import importlib

    module, _, function = {"tsx": "typescript.language_tsx", "typescript": "typescript.language_typescript"}.get(
        language, f"{language}.language"
    ).partition(".")
    try:
        from tree_sitter import Language

        return Language(getattr(importlib.import_module(f"tree_sitter_{module}"), function)())
    except ImportError:
        raise MissingExtra("lint", "checking templates and code") from None


def parse(text: bytes, language: str) -> Tree:
    """Return the syntax tree of a text, whatever its state."""
    chosen = grammar(language)
    from tree_sitter import Parser

    return Parser(chosen).parse(text)


def matches(source: Source, language: str, query: str) -> Iterator[dict[str, list[Any]]]:
    """Yield what a tree-sitter query finds: the nodes by the names of their captures."""
    from tree_sitter import QueryCursor

    for _, captures in QueryCursor(compiled(language, query)).matches(source.root):
        yield captures


@cache
def compiled(language: str, query: str) -> Any:
    """Return a query ready to run."""
    from tree_sitter import Query

    return Query(grammar(language), query)


def exactly(name: str) -> str:
    """Names are compared as they stand."""
    return name


def loosely(name: str) -> str:
    """Names are compared without case and underscores: memory_size, memorySize, MemorySize."""
    return name.replace("_", "").lower()


def settings(
    reader: Reader, node: Any, steps: tuple[Step, ...], spelled: Callable[[str], str] = exactly
) -> Iterator[Any]:
    """Yield the values at the end of a way, where the conditions on the way hold; lists are looked through.

    The first step is the node itself: only its conditions count.
    """
    ahead = [(node, 0)]
    while ahead:
        here, depth = ahead.pop()
        items = reader.items(here)
        if items is not None:
            ahead += [(item, depth) for item in reversed(items)]
            continue
        entries = reader.entries(here)
        if entries is None or not holds(reader, here, entries, steps[depth].conditions, spelled):
            continue
        wanted = steps[depth + 1].name
        found = [value for name, value in entries if wanted == "*" or spelled(name) == spelled(wanted)]
        if depth + 2 == len(steps):
            yield from found
        else:
            ahead += [(value, depth + 1) for value in reversed(found)]


def holds(
    reader: Reader,
    node: Any,
    entries: list[tuple[str, Any]],
    conditions: Iterable[Condition],
    spelled: Callable[[str], str],
) -> bool:
    """Tell whether conditions hold for certain: what cannot be seen does not count as one or the other."""
    for condition in conditions:
        values = [value for name, value in entries if spelled(name) == spelled(condition.name)]
        if not values:
            absent = (condition.negated or "" in condition.wanted) and not reader.hidden(node)
            if not absent:
                return False
        elif not condition.wanted:
            if condition.negated:
                return False
        else:
            literal = reader.literal(values[-1])
            if literal is None or (shown(literal) in condition.wanted) == condition.negated:
                return False
    return True


def shown(literal: Literal) -> str:
    """Return a literal as a condition writes it."""
    return literal.text if literal.text is not None else f"{literal.number:f}"
