"""Terraform: blocks and attributes of HCL as values, and what rules say of resources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kb.facts.binding import NUMBER
from kb.lint.finding import Span
from kb.lint.rule import Rules
from kb.lint.template import Hit, hits
from kb.lint.tree import Literal, Reader, Source

if TYPE_CHECKING:
    from tree_sitter import Node

_HALF_TYPED = re.compile(r'^[ \t]*[\w.-]+[ \t]*=?[ \t]*$|^[^"#\n]*"[^"\n]*$', re.M)
_WRAPPERS = ("expression", "literal_value", "collection_value", "parenthesized_expression")


class HclReader:
    """Looks into HCL. References, functions, conditionals and interpolation are expressions."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._seen: dict[int, list[tuple[str, Node]]] = {}

    def entries(self, node: Node) -> list[tuple[str, Node]] | None:
        """Return attributes and blocks of a block, or the elements of an object; None for other values."""
        node = _unwrapped(node)
        if node.type == "object":
            return self._elements(node)
        if node.type not in ("block", "config_file", "body"):
            return None
        if node.id in self._seen:
            return self._seen[node.id]
        found = self._seen[node.id] = []
        for body in [node] if node.type == "body" else [child for child in node.children if child.type == "body"]:
            for child in body.named_children:
                broken = any(part.type == "ERROR" for part in child.children)
                if child.type == "attribute" and child.named_child_count > 1 and not broken:
                    found.append((self.source.text(child.named_children[0]), child.named_children[1]))
                elif child.type == "block":
                    found.append(self._block(child))
        return found

    def items(self, node: Node) -> list[Node] | None:
        """Return the items of a tuple; None for other values."""
        node = _unwrapped(node)
        return [child for child in node.named_children if child.type == "expression"] if node.type == "tuple" else None

    def hidden(self, node: Node) -> bool:
        """Nothing of a block is hidden: HCL has no merge."""
        return False

    def literal(self, node: Node) -> Literal | None:
        """Return a number, a text without interpolation, or a boolean; None for an expression."""
        inner = _unwrapped(node)
        if inner.type in ("operation", "numeric_lit"):
            number = self._number(inner)
            return None if number is None else Literal(node, number)
        if inner.type == "bool_lit":
            return Literal(inner, text=self.source.text(inner))
        if inner.type != "string_lit":
            return None
        text = self.source.text(inner)[1:-1]
        if "${" in text or "%{" in text or "\\" in text:
            return None
        return Literal(inner, Decimal(text) if NUMBER.fullmatch(text) and len(text) < 40 else None, text)

    def span(self, node: Node) -> Span:
        """Return where a node stands."""
        return self.source.span(node)

    def written(self, node: Node) -> str:
        """Return the text of a node."""
        return self.source.text(node)

    def labels(self, block: Node) -> tuple[str, ...]:
        """Return the words before the brace: resource, its type, its name."""
        words = [child for child in block.named_children if child.type in ("identifier", "string_lit")]
        return tuple(self.source.text(word).strip('"') for word in words)

    def _block(self, block: Node) -> tuple[str, Node]:
        labels = self.labels(block)
        if labels[:1] == ("dynamic",) and len(labels) > 1:
            content = next((node for name, node in self.entries(block) or () if name == "content"), block)
            return labels[1], content
        return labels[0] if labels else "", block

    def _elements(self, node: Node) -> list[tuple[str, Node]]:
        found = []
        for element in node.named_children:
            key, value = element.child_by_field_name("key"), element.child_by_field_name("val")
            if key is not None and value is not None:
                found.append((self.source.text(key).strip('"'), value))
        return found

    def _number(self, node: Node) -> Decimal | None:
        """Return a number, with a sign or as a product or sum of numbers."""
        node = _unwrapped(node)
        text = self.source.text(node)
        if node.type == "numeric_lit":
            return Decimal(text) if NUMBER.fullmatch(text) and len(text) < 40 else None
        if node.type == "operation" and node.named_child_count == 1:
            return self._number(node.named_children[0])
        parts = [self._number(child) for child in node.named_children]
        signs = [child.type for child in node.children if not child.is_named]
        if node.type == "unary_operation" and signs == ["-"] and parts and parts[0] is not None:
            return -parts[0]
        if node.type == "binary_operation" and len(parts) == 2 and parts[0] is not None and parts[1] is not None:
            return {"*": parts[0] * parts[1], "+": parts[0] + parts[1]}.get(signs[0]) if signs else None
        return None


def read_hcl(text: str) -> tuple[HclReader, bool]:
    """Read HCL that may be unfinished, without its half-typed lines; also tell whether it is whole."""
    source = Source(text, "hcl")
    if not source.root.has_error:
        return HclReader(source), True
    return HclReader(Source(_HALF_TYPED.sub("", text), "hcl")), False


def terraform(reader: HclReader, rules: Rules) -> Iterator[Hit]:
    """Yield the literal values that rules bind in a .tf file; 0 is left out: the provider takes it for not set."""
    by_type = rules.resources("terraform")
    for name, block in reader.entries(reader.source.root) or ():
        labels = reader.labels(block) if name == "resource" else ()
        if len(labels) > 1 and labels[1] in by_type:
            yield from (hit for hit in hits(reader, block, by_type[labels[1]]) if hit.literal.number != 0)


def terraform_json(reader: Reader, root: Any, rules: Rules) -> Iterator[Hit]:
    """Yield the literal values that rules bind in a .tf.json file, as `terraform` does."""
    by_type = rules.resources("terraform")
    for name, kinds in reader.entries(root) or ():
        for kind, named in (reader.entries(kinds) or ()) if name == "resource" else ():
            for _, resource in reader.entries(named) or ():
                found = hits(reader, resource, by_type.get(kind, ()))
                yield from (hit for hit in found if hit.literal.number != 0)


def _unwrapped(node: Node) -> Node:
    while node.type in _WRAPPERS:
        inner = [child for child in node.named_children if child.type != "comment"]
        if len(inner) != 1:  # a reference with its attributes, an index
            return node
        node = inner[0]
    return node
