"""AWS's own published models, as installed: API models in botocore, CloudFormation schemas and IAM actions in cfn-lint.

Both come with the extra `verify`; nothing else in kb needs them, and nothing is fetched.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kb.errors import MissingExtra, NotFound

_TAG = re.compile(r"<[^>]+>")
_BOUNDS = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))


@dataclass(frozen=True, slots=True)
class Place:
    """What a model says at one place."""

    text: str
    """Documentation, tags removed, white space folded."""
    min: str = ""
    max: str = ""


class ApiModels:
    """The API models of botocore."""

    name = "botocore"

    def __init__(self) -> None:
        try:
            from botocore.session import Session
        except ImportError:
            raise MissingExtra("verify", "checking against AWS's models") from None
        self._session = Session()
        self.version = version("botocore")
        self._model = cache(self._session.get_service_model)

    @cached_property
    def clients(self) -> frozenset[str]:
        """The names of all boto3 clients."""
        return frozenset(self._session.get_available_services())

    def at(self, place: str) -> Place:
        """Return what stands at `<client>/<Operation or Shape>[/<member>...]`; an operation means its input.

        Raises:
            NotFound: there is no such place (any more).
        """
        client, *path = place.split("/")
        if client not in self.clients:
            raise NotFound("place in botocore", place)
        model = self._model(client)
        try:
            if not path:
                return Place(_words(model.documentation))
            if path[0] in model.operation_names:
                operation = model.operation_model(path[0])
                shape, text = operation.input_shape, operation.documentation
            else:
                shape = model.shape_for(path[0])
                text = shape.documentation
            for member in path[1:]:
                shape = _inside(shape).members[member]
                text = shape.documentation
        except Exception as error:  # botocore has its own KeyErrors, and AttributeErrors for scalar shapes
            raise NotFound("place in botocore", place) from error
        bounds = shape.metadata if shape is not None else {}
        return Place(_words(text), _bound(bounds.get("min")), _bound(bounds.get("max")))


class Schemas:
    """The CloudFormation schemas of cfn-lint, and the IAM actions that come with them."""

    name = "cfn-lint"

    def __init__(self) -> None:
        try:
            import cfnlint
        except ImportError:
            raise MissingExtra("verify", "checking against CloudFormation's schemas") from None
        self._data = Path(str(cfnlint.__file__)).parent / "data"
        self.version = version("cfn-lint")

    @cached_property
    def types(self) -> dict[str, str]:
        """Every resource type and the file of its schema."""
        found: dict[str, str] = {}
        for file in (self._data / f"schemas/providers/{name}.json" for name in ("us-east-1", "sam")):
            if file.is_file():
                found |= json.loads(file.read_text(encoding="utf-8"))
        return found

    @cached_property
    def iam_prefixes(self) -> frozenset[str]:
        """The prefixes of all IAM actions."""
        return frozenset(json.loads((self._data / "AdditionalSpecs/Policies.json").read_text(encoding="utf-8")))

    def at(self, place: str) -> Place:
        """Return what stands at `<AWS::Type>[.<Property>...]`.

        Raises:
            NotFound: there is no such place (any more).
        """
        kind, *path = place.split(".")
        if kind not in self.types:
            raise NotFound("place in cfn-lint", place)
        schema = json.loads((self._data / f"schemas/resources/{self.types[kind]}.json").read_text(encoding="utf-8"))
        node = schema
        try:
            for member in path:
                node = _resolved(_resolved(node, schema).get("items", _resolved(node, schema)), schema)["properties"][
                    member
                ]
        except (KeyError, TypeError) as error:
            raise NotFound("place in cfn-lint", place) from error
        node = _resolved(node, schema)
        for low, high in _BOUNDS:
            if low in node or high in node:
                return Place(_words(node.get("description")), _bound(node.get(low)), _bound(node.get(high)))
        return Place(_words(node.get("description")))


def _inside(shape: Any) -> Any:
    """Return the structure inside lists and maps."""
    while shape.type_name in ("list", "map"):
        shape = shape.member if shape.type_name == "list" else shape.value
    return shape


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = schema["definitions"][node["$ref"].rsplit("/", 1)[-1]]
    return node


def _words(text: str | None) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", text or "")).split())


def _bound(value: object) -> str:
    return "" if value is None else str(value)
