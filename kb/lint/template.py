"""CloudFormation and SAM templates, and serverless.yml, which holds one: resources and what rules say of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kb.facts.binding import Address, Condition
from kb.lint.rule import Rule, Rules
from kb.lint.tree import Literal, Reader, exactly, holds, settings, shown

_SAM = "AWS::Serverless::"


@dataclass(frozen=True, slots=True)
class Hit:
    """A literal value at an address of a rule."""

    rule: Rule
    address: Address
    literal: Literal


def hits(
    reader: Reader, node: Any, bound: Iterable[tuple[Rule, Address]], off: frozenset[str] = frozenset()
) -> Iterator[Hit]:
    """Yield the literal values that rules bind in one resource; `off` names rules that are turned off there."""
    for rule, address in bound:
        if off and rule.names & off:
            continue
        for value in settings(reader, node, address.steps):
            literal = reader.literal(value)
            if literal is not None:
                yield Hit(rule, address, literal)


def cloudformation(reader: Reader, root: Any, rules: Rules) -> Iterator[Hit]:
    """Yield the literal values that rules bind in a template."""
    by_type = {**rules.resources("cloudformation")}
    for kind, found in rules.resources("sam").items():
        by_type[kind] = by_type.get(kind, []) + found
    off = _ignored(reader, root)
    resources = list(_resources(reader, root))
    shared = {_SAM + name: node for name, node in _members(reader, _member(reader, root, "Globals"))}
    for kind, properties, metadata in resources:
        bound = [pair for pair in by_type.get(kind, ()) if _free(reader, pair[1], shared.get(kind))]
        yield from hits(reader, properties, bound, off | _ignored(reader, metadata))
    for kind, node in shared.items():
        same = [properties for other, properties, _ in resources if other == kind]
        bound = [
            pair for pair in by_type.get(kind, ()) if all(_free(reader, pair[1], properties) for properties in same)
        ]
        yield from hits(reader, node, bound, off)


def serverless(reader: Reader, root: Any, rules: Rules) -> Iterator[Hit]:
    """Yield the literal values that rules bind in a serverless.yml for AWS."""
    provider = _member(reader, root, "provider")
    name = provider if provider is None or reader.entries(provider) is None else _member(reader, provider, "name")
    literal = None if name is None else reader.literal(name)
    if literal is None or literal.text != "aws":
        return
    for section, bound in rules.resources("serverless").items():
        node = _member(reader, root, section)
        if node is not None:
            yield from hits(reader, node, bound)
    resources = _member(reader, root, "resources")
    if resources is not None:
        for part in reader.items(resources) or [resources]:
            yield from cloudformation(reader, part, rules)


def _resources(reader: Reader, root: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield type, properties and metadata of each resource."""
    for _, resource in _members(reader, _member(reader, root, "Resources")):
        kind, properties = _member(reader, resource, "Type"), _member(reader, resource, "Properties")
        literal = None if kind is None else reader.literal(kind)
        if properties is not None and literal is not None and literal.text:
            yield literal.text, properties, resource


def _free(reader: Reader, address: Address, other: Any) -> bool:
    """Tell whether what must not be set is not set in `other` either: a function has what Globals sets."""
    conditions: list[Condition] = [condition for condition in address.steps[0].conditions if condition.negated]
    entries = None if other is None or not conditions else reader.entries(other)
    return other is None or entries is None or holds(reader, other, entries, conditions, exactly)


def _members(reader: Reader, node: Any) -> list[tuple[str, Any]]:
    return (reader.entries(node) or []) if node is not None else []


def _member(reader: Reader, node: Any, name: str) -> Any:
    return next((value for key, value in _members(reader, node) if key == name), None)


def _ignored(reader: Reader, node: Any) -> frozenset[str]:
    """Return the rules turned off by `Metadata: {kb: {ignore: [...]}}`, the comment of JSON."""
    found = _member(reader, _member(reader, _member(reader, node, "Metadata"), "kb"), "ignore")
    if found is None:
        return frozenset()
    literals = [reader.literal(item) for item in reader.items(found) or [found]]
    return frozenset(shown(literal) for literal in literals if literal)
