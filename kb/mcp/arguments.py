"""Arguments of the tools: what each takes, as a class that checks them and as a schema that says so."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from kb.api.schema import Schema
from kb.errors import InputError
from kb.notes.fact import Kind

LONGEST_QUERY = 1_000
LONGEST_TEMPLATE = 1_000_000
"""As much as CloudFormation takes."""
Format = Literal["auto", "yaml", "json", "terraform", "python", "typescript", "javascript"]
A = TypeVar("A", bound="Arguments")


class _Bare(GenerateJsonSchema):
    """Short schemas: no title for every field, which says its name once more, and no null for what may be left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: Any) -> Schema:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> Schema:
        found = super().default_schema(schema)
        return {key: value for key, value in found.items() if key != "default" or value is not None}


class Arguments(BaseModel):
    """What is given to a tool; nothing that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _listed(value: object) -> object:
    """Take a list that a program wrote as JSON in a text, as some do, and one text for a list of one."""
    if not isinstance(value, str):
        return value
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return [value]
    return read if isinstance(read, list) else [value]


Name = Annotated[str, Field(min_length=1, max_length=500)]
Cursor = Annotated[str | None, Field(max_length=100, description="next_cursor of the answer before.")]
Names = Annotated[tuple[Name, ...], BeforeValidator(_listed)]


class Search(Arguments):
    """What `search` takes."""

    query: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_QUERY, description="Words, a question, an error, a name or identifier."),
    ]
    service: Annotated[str | None, Field(max_length=500, description="Only this service, by any of its names.")] = None
    kind: Annotated[Literal["fact", "section", "note"] | None, Field(description="Only this kind of result.")] = None
    mode: Annotated[Literal["auto", "words"], Field(description="words: without meaning, where that is installed.")] = (
        "auto"
    )
    limit: Annotated[int, Field(ge=1, le=25)] = 8
    cursor: Cursor = None


class Fetch(Arguments):
    """What `fetch` takes."""

    id: Annotated[Name, Field(description="Id of a result (sqs#gotchas), or any name or identifier of a service.")]
    max_chars: Annotated[int, Field(ge=500, le=20_000)] = 8_000
    cursor: Cursor = None


class Facts(Arguments):
    """What `facts` takes."""

    service: Annotated[
        Name | None, Field(description="Any name or identifier: sqs, AWS::SQS::Queue, aws_sqs_queue.")
    ] = None
    name: Annotated[Name | None, Field(description="Words of the fact's label or id: timeout, message-size-max.")] = (
        None
    )
    kind: Annotated[Kind | None, Field(description="A quota is a limit that AWS raises on request.")] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25
    cursor: Cursor = None


class Compare(Arguments):
    """What `compare` takes."""

    services: Annotated[
        Names,
        Field(
            min_length=1,
            max_length=5,
            description="Two to five services by any name, or the id of one comparison page.",
        ),
    ]
    facts: Annotated[Names, Field(max_length=50, description="Only these fact ids.")] = ()
    differences_only: bool = False
    cursor: Cursor = None


class CheckTemplate(Arguments):
    """What `check_template` takes."""

    model_config = ConfigDict(str_strip_whitespace=False)  # places in the text count

    text: Annotated[
        str, Field(min_length=1, max_length=LONGEST_TEMPLATE, description="The template or code itself, not a path.")
    ]
    format: Annotated[Format, Field(description="What the text is; terraform: HCL or JSON; auto: by how it looks.")] = (
        "auto"
    )
    cursor: Cursor = None


def schema_of(arguments: type[Arguments]) -> Schema:
    """Return the JSON Schema of what a tool takes."""
    schema = arguments.model_json_schema(schema_generator=_Bare)
    return {key: value for key, value in schema.items() if key not in ("title", "description")}


def read(arguments: type[A], given: dict[str, Any] | None) -> A:
    """Return what was given to a tool.

    Raises:
        InputError: something is missing, unknown, or not what it should be.
    """
    try:
        return arguments.model_validate(given or {})
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)
        said = "; ".join(f"{'.'.join(map(str, one['loc']))[:80]}: {one['msg']}" for one in wrong[:5])
        raise InputError("arguments", said) from None
