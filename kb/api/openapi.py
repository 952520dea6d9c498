"""OpenAPI 3.1: what stands below /api/v1/, and what the server answers on top of it."""

from __future__ import annotations

from collections.abc import Sequence

from kb.api.documents import RESOLVE_KINDS, Documents
from kb.api.schema import Schema, components
from kb.api.schemas import DEFINITIONS, PUBLISHED
from kb.api.shapes import SCHEMA_VERSION, Shape
from kb.search.hit import KINDS

LONGEST_QUERY = 200
"""Characters of a query that the server takes."""
MOST_HITS = 50
DEFAULT_HITS = 10
DEFAULT_SUGGESTIONS = 8
MODES = ("auto", "words")
_SHARD = "^(core|words|letters|texts|bloom)-[0-9a-f]{8}(-[0-9]+)?[.](bin|json)$"
_JSON = "application/json"
_PROBLEM = "application/problem+json"
_ABOUT = (
    "Dated, sourced facts about AWS services, as static JSON; the site that holds this file holds all of it. "
    "kb-search.js searches it without a server; `kb serve` answers the same paths, and searches live: /openapi.json there."
)
_ABOUT_LIVE = "What `kb serve` answers: the static documents, and search, suggestions and names, live."


def openapi(documents: Documents) -> Shape:
    """Return the description of the static files."""
    gone: Schema = {"404": {"description": "There is none of this name."}}
    return _document(_ABOUT, "../v1", _static(documents, gone))


def openapi_live(documents: Documents) -> Shape:
    """Return the description of what the server answers: the static files, and what it works out."""
    gone = {"404": _problem("There is none of this name."), "503": _problem("The notes cannot be read just now.")}
    return _document(_ABOUT_LIVE, "/api/v1", _static(documents, gone) | _live(documents))


def _document(about: str, server: str, paths: Schema) -> Shape:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "kb - AWS services, looked up",
            "version": str(SCHEMA_VERSION),
            "description": about,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": server}],
        "tags": [{"name": "documents"}, {"name": "search"}, {"name": "about"}],
        "paths": paths,
        "components": {"schemas": components(DEFINITIONS)},
    }


def _static(documents: Documents, gone: Schema) -> Schema:
    """Return the paths of the files; those of which there are none are left out."""
    notes = [note.id for note in documents.notes]
    shard = {**_parameter("shard", "As manifest.json has them."), "schema": {"type": "string", "pattern": _SHARD}}
    binary: Schema = {"application/octet-stream": {}, _JSON: {"schema": {"type": ["object", "array"]}}}
    note, markdown = "A note with its facts.", "The Markdown of a note, as its authors wrote it."
    one = {
        "/notes/{id}.json": _each("note", note, _as_json("note"), "id", notes, gone),
        "/notes/{id}.md": _each("noteMarkdown", markdown, _as("text/markdown"), "id", notes, gone),
        "/facts/{id}.json": _each(
            "factsOf", "One property, in every service.", _as_json("facts"), "id", list(documents.properties), gone
        ),
        "/comparisons/{id}.json": _each(
            "comparison",
            "A comparison page with its values.",
            _as_json("comparison"),
            "id",
            list(documents.kb.comparisons),
            gone,
        ),
        "/resolve/{kind}.json": _each(
            "names", "Names or identifiers, and what they mean.", _as_json("resolve"), "kind", RESOLVE_KINDS, gone
        ),
        "/schemas/{name}.json": _each(
            "schema", "The JSON Schema of a document.", _as(_JSON, {"type": "object"}), "name", PUBLISHED, gone, "about"
        ),
    }
    failing = {key: value for key, value in gone.items() if key != "404"}
    return {
        "/index.json": _get("index", "What there is.", _as_json("index"), failing),
        "/facts.json": _get("facts", "Every fact.", _as_json("facts"), failing),
        "/comparisons.json": _get("comparisons", "The comparison pages.", _as_json("comparisons"), failing),
        "/sources.json": _get("sources", "What statements cite.", _as_json("sources"), failing),
        "/conflicts.json": _get("conflicts", "What cannot both hold.", _as_json("conflicts"), failing),
        "/changes.json": _get("changes", "What changed over time.", _as_json("changes"), failing),
        "/openapi.json": _get("openapi", "This description.", _as(_JSON, {"type": "object"}), failing, "about"),
        **{path: item for path, item in one.items() if item},
        "/search/manifest.json": _get(
            "searchManifest",
            "Which shards kb-search.js may load.",
            _as_json("search-manifest"),
            failing,
            "search",
        ),
        "/search/{shard}": _with(
            _get("searchShard", "A shard of the search index.", {"content": binary}, gone, "search"), [shard]
        ),
    }


def _live(documents: Documents) -> Schema:
    """Return the paths that are worked out."""
    notes = [note.id for note in documents.notes]
    categories = sorted({note.category for note in documents.notes if note.category})
    failing = {
        "400": _problem("A parameter is missing, unknown, repeated, or out of bounds."),
        "503": _problem("The index cannot be searched just now."),
    }
    text = {"schema": {"type": "string", "maxLength": LONGEST_QUERY}, "example": "sqs max message size"}
    query = _query("q", "What to look for.", **text) | {"required": True}
    filters = [
        _several("service", "Only these notes, by their ids.", notes),
        _several("category", "Only these categories.", categories),
        _several("kind", "Only these kinds of hits.", KINDS),
    ]
    search = [
        query,
        _limit(DEFAULT_HITS),
        *(one for one in filters if one),
        _query(
            "mode",
            "`words` leaves out what units mean; `auto` is what `kb search` does.",
            schema={"enum": list(MODES), "default": MODES[0]},
        ),
        _query(
            "explain",
            "Whether hits say what their scores are made of.",
            schema={"enum": ["true", "false"], "default": "false"},
        ),
    ]
    named = {"404": _problem("Nothing is called that; the nearest names.")}
    name = {"schema": {"type": "string", "maxLength": LONGEST_QUERY}, "example": "AWS::SQS::Queue"}
    return {
        "/search": _with(_get("search", "Search the notes.", _as_json("result"), failing, "search"), search),
        "/suggest": _with(
            _get(
                "suggest",
                "What a text may be going to be, while it is typed.",
                _as_json("suggestions"),
                failing,
                "search",
            ),
            [query, _limit(DEFAULT_SUGGESTIONS)],
        ),
        "/resolve": _with(
            _get(
                "resolve",
                "Which notes a name or identifier means.",
                _as_json("resolved"),
                {**failing, **named},
                "search",
            ),
            [_query("name", "A name, an id, or what code calls the service.", **name) | {"required": True}],
        ),
    }


def _get(id: str, summary: str, answer: Schema, failing: Schema, tag: str = "documents") -> Schema:
    """Return a path that is only read."""
    found = {"200": {"description": summary, **answer}, **failing}
    return {"get": {"operationId": id, "summary": summary, "tags": [tag], "responses": found}}


def _each(
    id: str,
    summary: str,
    answer: Schema,
    parameter: str,
    values: Sequence[str],
    gone: Schema,
    tag: str = "documents",
) -> Schema:
    """Return a path with one parameter that takes these values; nothing when there are none."""
    if not values:
        return {}
    given = _parameter(parameter, "Which one.") | {"schema": {"enum": list(values)}, "example": values[0]}
    return _with(_get(id, summary, answer, gone, tag), [given])


def _with(path: Schema, parameters: list[Schema]) -> Schema:
    return {"get": {**path["get"], "parameters": parameters}}


def _parameter(name: str, description: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "description": description}


def _query(name: str, description: str, **more: object) -> Schema:
    return {"name": name, "in": "query", "description": description, **more}


def _limit(default: int) -> Schema:
    schema = {"type": "integer", "minimum": 1, "maximum": MOST_HITS, "default": default}
    return _query("limit", "At most so many.", schema=schema)


def _several(name: str, description: str, values: Sequence[str]) -> Schema:
    """Return a parameter that may be repeated; nothing when there are no values."""
    schema = {"type": "array", "items": {"enum": list(values)}}
    return _query(name, description, schema=schema, style="form", explode=True) if values else {}


def _as_json(name: str) -> Schema:
    return _as(_JSON, {"$ref": f"#/components/schemas/{name}"})


def _as(media: str, schema: Schema | None = None) -> Schema:
    return {"content": {media: {"schema": schema or {"type": "string"}}}}


def _problem(description: str) -> Schema:
    return {"description": description, "content": {_PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}}
