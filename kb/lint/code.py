"""Python, TypeScript and JavaScript as values: numbers, texts, arguments, dicts and objects; a variable is an expression."""

from __future__ import annotations

import ast
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from kb.facts.binding import NUMBER
from kb.lint.finding import Span
from kb.lint.tree import Literal, Source

if TYPE_CHECKING:
    from tree_sitter import Node

_DIGITS = re.compile(r"(?:0|[1-9][\d_]*)(?:\.\d+)?")
_AMOUNTS = {
    "Duration": {"millis": "ms", "seconds": "s", "minutes": "min", "hours": "h", "days": "days"},
    "Size": {"bytes": "B", "kibibytes": "KiB", "mebibytes": "MiB", "gibibytes": "GiB", "tebibytes": "TiB"},
}
_SIGNS = {"*", "+", "-"}
_PLAIN = (
    *("parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"),
    *("type_assertion", "expression_statement"),
)


class CodeReader:
    """Looks into the calls of a program."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def entries(self, node: Node) -> list[tuple[str, Node]] | None:
        """Return the entries of a dict or object, or the keyword arguments of a call of a class; None otherwise."""
        node = inner(node)
        if node.type in ("dictionary", "object"):
            return [entry for pair in node.named_children if (entry := self._pair(pair))]
        if node.type == "argument_list":
            return [entry for argument in node.named_children if (entry := self._keyword(argument))]
        if node.type == "call":
            called, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            name = self.dotted(called).rpartition(".")[2] if called is not None else ""
            if arguments is not None and (name[:1].isupper() or name == "dict"):
                return self.entries(arguments)
        return None

    def items(self, node: Node) -> list[Node] | None:
        """Return the items of a list or array; None for other values."""
        node = inner(node)
        return list(node.named_children) if node.type in ("list", "tuple", "array") else None

    def hidden(self, node: Node) -> bool:
        """Tell whether a dict, an object or arguments take more from a variable."""
        node = inner(node)
        if node.type == "call":
            arguments = node.child_by_field_name("arguments")
            node = arguments if arguments is not None else node
        return any(child.type in ("dictionary_splat", "spread_element") for child in node.named_children)

    def literal(self, node: Node) -> Literal | None:
        """Return a number, a text, a boolean, or a Duration or Size of a number; None for an expression."""
        node = inner(node)
        if node.type in ("true", "false"):
            return Literal(node, text=node.type)
        if node.type in ("call", "call_expression"):
            return self._amount(node)
        number = self._number(node)
        if number is not None:
            return Literal(node, number)
        text = self.string(node)
        if text is None:
            return None
        return Literal(node, Decimal(text) if NUMBER.fullmatch(text) and len(text) < 40 else None, text)

    def span(self, node: Node) -> Span:
        """Return where a node stands."""
        return self.source.span(node)

    def written(self, node: Node) -> str:
        """Return the text of a node."""
        return self.source.text(node)

    def string(self, node: Node) -> str | None:
        """Return the text of a string literal; None where something is filled in, and for other values."""
        if node.type == "template_string":
            return None if any(child.type != "string_fragment" for child in node.named_children) else self._inside(node)
        if node.type != "string":
            return None
        raw = self.source.text(node)
        if "\n" in raw or any(child.type == "interpolation" for child in node.named_children):
            return None
        try:
            if raw[0] in "\"'" and "\\" not in raw:
                return raw[1:-1]
            said = ast.literal_eval(raw) if raw[0] != "`" else json.loads(raw)
        except (ValueError, SyntaxError):
            return None
        return said if isinstance(said, str) else None

    def dotted(self, node: Node) -> str:
        """Return a name with its attributes, a.b.c; empty for what is more than names."""
        parts: list[str] = []
        while node.type in ("attribute", "member_expression"):
            name = node.child_by_field_name("attribute") or node.child_by_field_name("property")
            above = node.child_by_field_name("object")
            if name is None or above is None:
                return ""
            parts.append(self.source.text(name))
            node = above
        if node.type not in ("identifier", "this"):
            return ""
        return ".".join([self.source.text(node), *reversed(parts)])

    def _inside(self, node: Node) -> str:
        return self.source.text(node)[1:-1]

    def _pair(self, pair: Node) -> tuple[str, Node] | None:
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if pair.type != "pair" or key is None or value is None:
            return None
        name = self.source.text(key) if key.type == "property_identifier" else self.string(key)
        return None if name is None else (name, value)

    def _keyword(self, argument: Node) -> tuple[str, Node] | None:
        name, value = argument.child_by_field_name("name"), argument.child_by_field_name("value")
        if argument.type != "keyword_argument" or name is None or value is None:
            return None
        return self.source.text(name), value

    def _amount(self, call: Node) -> Literal | None:
        called, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        if called is None or arguments is None:
            return None
        kind, _, name = self.dotted(called).rpartition(".")
        unit = _AMOUNTS.get(kind.rpartition(".")[2], {}).get(name)
        given = [child for child in arguments.named_children if child.type != "comment"]
        number = self._number(inner(given[0])) if unit and len(given) == 1 else None
        return Literal(given[0], number, unit=unit or "") if number is not None else None

    def _number(self, node: Node, depth: int = 0) -> Decimal | None:
        """Return a number, with a sign or as a product, sum or difference of numbers."""
        node = inner(node)
        if node.type in ("integer", "float", "number"):
            text = self.source.text(node)
            return Decimal(text.replace("_", "")) if _DIGITS.fullmatch(text) and len(text) < 40 else None
        operator = node.child_by_field_name("operator")
        sign = self.source.text(operator) if operator is not None else ""
        if depth > 20 or sign not in _SIGNS:
            return None
        if node.type in ("unary_operator", "unary_expression"):
            operand = node.child_by_field_name("argument")
            number = None if operand is None else self._number(operand, depth + 1)
            return -number if number is not None and sign == "-" else None
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if node.type not in ("binary_operator", "binary_expression") or left is None or right is None:
            return None
        first, second = self._number(left, depth + 1), self._number(right, depth + 1)
        if first is None or second is None:
            return None
        return {"*": first * second, "+": first + second, "-": first - second}[sign]


def inner(node: Node) -> Node:
    """Return what stands in parentheses or has a type said of it."""
    while node.type in _PLAIN:
        named = [child for child in node.named_children if child.type != "comment"]
        if not named:
            return node
        node = named[-1] if node.type == "type_assertion" else named[0]
    return node
