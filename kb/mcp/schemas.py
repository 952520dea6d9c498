"""Schemas of what the tools return: the shapes of the API, with an address each and a cursor for what follows."""

from __future__ import annotations

from kb.api.schema import Schema, alone, count, document, fields, listed, maybe, one, or_null, text
from kb.api.schemas import DEFINITIONS
from kb.lint.finding import SEVERITIES

_NEXT = maybe("Give it as cursor for what follows; null at the end.")
_URL = text("Address of the page; relative to the site where that is not known.")
_URI = text("The note as a resource.")
_SOURCES = listed(text(), "Ids of sources; fetch says what they are.")


def _with_place(name: str, *left_out: str, **more: Schema) -> Schema:
    """Return the schema of a shape of the API with its addresses, and other fields changed."""
    known = DEFINITIONS[name]
    properties = {key: value for key, value in known["properties"].items() if key not in left_out}
    properties |= {"url": _URL, "uri": _URI, **more}
    required = [key for key in known["required"] if key not in left_out]
    return {
        **known,
        "properties": properties,
        "required": [*required, "uri", *(key for key in more if key not in required)],
    }


_DEFINITIONS: dict[str, Schema] = DEFINITIONS | {
    "hit": _with_place("hit", "text", "parts", snippet=text("All of it when short, otherwise what holds most of the query.")),
    "fact": _with_place("fact", title=text("Title of the note.")),
    "source": fields(
        "A document that people wrote.",
        id=text(),
        title=text(),
        author=text(),
        date=text(),
        original=maybe("Where the document itself is."),
    ),
    "finding": fields(
        "A value that AWS does not allow, or only after a quota was raised.",
        line=count("From 1.", 1),
        column=count("From 1, in characters.", 1),
        end_line=count("From 1.", 1),
        end_column=count("Behind the value.", 1),
        rule=text(),
        severity={"enum": list(SEVERITIES), "description": "A quota is a limit that AWS raises on request."},
        message=text(),
        detail=maybe("What else the fact says."),
        fact=text("Id of the fact; fetch takes it."),
        url=_URL,
        uri=_URI,
        as_of=text("Date of the fact."),
        sources=_SOURCES,
        replacement=maybe("What to write instead, where that is certain."),
    ),
    "search": document(
        "What a search found.",
        corrected=maybe("The query that was searched instead, when spelling was corrected."),
        answer=maybe("Id of the fact that answers the query; always that of the first result."),
        comparison=listed(text(), "What to give to compare, when the query compares."),
        recognised=or_null(one("named"), "The name or identifier that the whole query is."),
        ignored=listed(text(), "Filters that name nothing."),
        mode={"enum": ["meaning", "words"], "description": "How it was searched; meaning is by words too."},
        stale=count("Notes that changed since the index was built."),
        results=listed(one("hit"), "The best first."),
        total=count("How many there are; the first 100 can be asked for."),
        next_cursor=_NEXT,
    ),
    "fetch": document(
        "A part of a note.",
        id=text(),
        title=text(),
        text=text("Markdown; [^id] cites a source."),
        url=_URL,
        uri=_URI,
        metadata=fields(
            "About the note.",
            kind={"enum": ["service", "topic", "page"]},
            category=text(),
            summary=text(),
            status=DEFINITIONS["note"]["properties"]["status"],
            facts=count("How many facts it has."),
            sections=listed(fields("A section.", id=text(), title=text()), "With the first part of the whole only."),
            sources=listed(one("source"), "Those that the part cites."),
        ),
        total_chars=count("Characters of the whole."),
        next_cursor=_NEXT,
    ),
    "facts": document(
        "Facts, by note.", facts=listed(one("fact")), total=count("How many there are."), next_cursor=_NEXT
    ),
    "compare": document(
        "Services by properties.",
        id=maybe("Of a comparison page."),
        title=text(),
        decision=maybe("Markdown of a comparison page: which to take when."),
        columns=DEFINITIONS["comparison"]["properties"]["columns"],
        rows=DEFINITIONS["comparison"]["properties"]["rows"],
        total=count("How many rows there are."),
        sources=_SOURCES,
        next_cursor=_NEXT,
    ),
    "check_template": document(
        "What a template sets that AWS does not allow.",
        language=text("What it was read as."),
        whole={"type": "boolean", "description": "False: it has errors, or is too deep, and was checked as far as it can be read."},
        rules=count("How many settings the notes know bounds of."),
        findings=listed(one("finding"), "In the order of the text."),
        total=count("How many there are."),
        next_cursor=_NEXT,
    ),
}  # fmt: skip


def _output(name: str) -> Schema:
    return {key: value for key, value in alone(name, _DEFINITIONS).items() if key not in ("$schema", "$id")}


OUTPUT = {name: _output(name) for name in ("search", "fetch", "facts", "compare", "check_template")}
"""The schema of what each tool returns."""
