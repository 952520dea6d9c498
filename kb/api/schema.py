"""The words that schemas are written in, and how one is cut out to stand by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kb.api.shapes import SCHEMA_VERSION

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_HERE = "#/$defs/"


def text(description: str = "", **more: Any) -> Schema:
    """Return the schema of a text."""
    return {"type": "string", **({"description": description} if description else {}), **more}


def maybe(description: str) -> Schema:
    """Return the schema of a text or null."""
    return {"type": ["string", "null"], "description": description}


def count(description: str, least: int = 0) -> Schema:
    """Return the schema of a whole number."""
    return {"type": "integer", "minimum": least, "description": description}


def listed(items: Schema, description: str = "", least: int = 0) -> Schema:
    """Return the schema of a list."""
    more: Schema = {"description": description} if description else {}
    return {"type": "array", "items": items, **more, **({"minItems": least} if least else {})}


def mapped(values: Schema, description: str) -> Schema:
    """Return the schema of an object with any keys."""
    return {"type": "object", "additionalProperties": values, "description": description}


def one(name: str) -> Schema:
    """Return a reference to another schema."""
    return {"$ref": _HERE + name}


def or_null(schema: Schema, description: str = "") -> Schema:
    """Return the schema of something or null."""
    return {"anyOf": [schema, {"type": "null"}], **({"description": description} if description else {})}


def fields(description: str, /, optional: tuple[str, ...] = (), **named: Schema) -> Schema:
    """Return the schema of an object with these fields and no other, all of them required but the optional ones.

    A field that Python does not let one name (as) has an underscore behind it.
    """
    properties = {name.rstrip("_"): field for name, field in named.items()}
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def document(description: str, /, **named: Schema) -> Schema:
    """Return the schema of a document: an object that says its version."""
    return fields(description, (), schema_version={"const": SCHEMA_VERSION}, **named)


def alone(name: str, definitions: Mapping[str, Schema]) -> Schema:
    """Return a schema as a document that stands by itself, with those it refers to."""
    needed = sorted(_needed(name, definitions) - {name})
    inner = {"$defs": {other: definitions[other] for other in needed}} if needed else {}
    return {"$schema": DIALECT, "$id": f"{name}.json", **definitions[name], **inner}


def components(definitions: Mapping[str, Schema]) -> Schema:
    """Return schemas as an OpenAPI document holds them."""
    moved: Schema = _moved(definitions)
    return moved


def _needed(name: str, definitions: Mapping[str, Schema]) -> set[str]:
    """Return a schema and those that it refers to, and so on."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        if (other := waiting.pop()) not in found:
            found.add(other)
            waiting += _references(definitions[other])
    return found


def _references(data: Any) -> Iterator[str]:
    if isinstance(data, Mapping):
        if isinstance(reference := data.get("$ref"), str):
            yield reference.removeprefix(_HERE)
        data = list(data.values())
    for inner in data if isinstance(data, list) else ():
        yield from _references(inner)


def _moved(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _moved(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_moved(value) for value in data]
    return data.replace(_HERE, "#/components/schemas/") if isinstance(data, str) else data
