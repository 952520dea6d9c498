"""JSON Schemas of every document: they name each field, and allow no other."""

from __future__ import annotations

from typing import get_args

from kb.api.schema import Schema, count, document, fields, listed, mapped, maybe, one, or_null, text
from kb.notes.fact import KINDS
from kb.notes.note import IDENTIFIER_KINDS, STATES, Block
from kb.notes.source import DATED, SOURCE_KINDS
from kb.search.hit import KINDS as HIT_KINDS

PUBLISHED = (
    "index",
    "note",
    "facts",
    "comparisons",
    "comparison",
    "sources",
    "conflicts",
    "changes",
    "resolve",
    "search-manifest",
    "result",
    "suggestions",
    "resolved",
    "problem",
)
"""The schemas of whole documents; the last four are answers of the server, or of kb-search.js."""


_DATE = text("YYYY, YYYY-MM or YYYY-MM-DD; empty when nobody says.", pattern="^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$")
_NOTE = text("Id of a note.")
_NOTES = listed(_NOTE, "Ids of notes.")
_TEXTS = listed(text())
_SOURCES = listed(text(), "Ids of sources, see sources.json.")
_URL = text("Address of the page, relative to the site.")
_AS_OF = {**_DATE, "description": "Date of the check, otherwise of the newest source; empty when nobody says."}
_KIND = {"enum": list(KINDS), "description": "A quota is a limit that AWS raises on request."}
_HIT_FIELDS: Schema = {
    "id": text("note#anchor, or the note's id for its lead."),
    "note": _NOTE,
    "title": text("Title of the note."),
    "heading": text(),
    "kind": {"enum": list(HIT_KINDS)},
    "text": text("All of it."),
    "snippet": text("The part that holds most of the query."),
    "score": {"type": "number"},
    "url": _URL,
    "sources": _SOURCES,
    "as_of": _AS_OF,
    "value": text("Of facts only."),
    "checked": maybe("Of facts only: what the value was checked against."),
    "parts": mapped({"type": "number"}, "What the score is made of, where asked for."),
}

DEFINITIONS: dict[str, Schema] = {
    "fact": fields(
        "One property of a service with its value, sources and dates.",
        note=_NOTE,
        id=text("What it is a fact about; the same in every service that has it."),
        anchor=text("Address inside the note; unique there."),
        url=_URL,
        label=text(),
        kind=_KIND,
        value=text(),
        scope=maybe("What the value holds for, when not for everything."),
        detail=maybe("A clause that the value needs to be understood."),
        sources=_SOURCES,
        as_of=_AS_OF,
        checked=or_null(
            fields(
                "Where and when the value was confirmed against what AWS publishes.",
                against=text(),
                at=text("The place: client/Operation/member, AWS::Type.Property, or an address."),
                date=_DATE,
            )
        ),
        history=listed(one("earlier")),
        binds=mapped(text(), "Properties in code that the value bounds, and its bounds."),
    ),
    "earlier": fields("What sources said before.", value=text(), as_of=_DATE, sources=_SOURCES),
    "section": fields(
        "A heading with its statements; the lead has level 1 and no title.",
        title=text(),
        level={"type": "integer", "minimum": 1, "maximum": 6},
        anchor=text("Address inside the note; empty for the lead."),
        statements=listed(one("statement")),
    ),
    "statement": fields(
        "One bullet, paragraph, code block or table with what it cites.",
        text=text("Markdown; a link to another note stands as [[id]]."),
        block={"enum": list(get_args(Block))},
        depth=count("How deep a bullet is nested."),
        sources=_SOURCES,
    ),
    "state": {"enum": list(STATES), "description": "Whether one can still start using the service."},
    "named": fields(
        "What a text was recognised as, and the notes it means.",
        text=text(),
        as_=text("name, CloudFormation type, ARN, IAM action, boto3 client and so on."),
        notes=_NOTES,
    ),
    "hit": fields("A search result.", ("value", "checked", "parts"), **_HIT_FIELDS),
    "index": document(
        "What there is.",
        generator=text("What wrote it."),
        counts=fields(
            "How many of each.",
            notes=count("Notes."),
            facts=count("Facts."),
            sources=count("Sources."),
            comparisons=count("Comparisons."),
        ),
        notes=listed(
            fields(
                "A note.",
                id=_NOTE,
                title=text(),
                kind={"enum": ["service", "topic", "page"]},
                category=text(),
                summary=text(),
                status=one("state"),
                url=_URL,
                path=text("Where its JSON is, relative to this file."),
                sha256=text("Hash of that JSON, to fetch only what changed.", pattern="^[0-9a-f]{64}$"),
            )
        ),
    ),
    "note": document(
        "A note with its facts, and with what it links to and what links to it.",
        id=_NOTE,
        title=text(),
        kind={"enum": ["service", "topic", "page"]},
        category=text(),
        summary=text(),
        url=_URL,
        markdown=text("Where its Markdown is, relative to index.json."),
        status=fields(
            "Whether one can still start using the service.",
            state=one("state"),
            since=maybe("Date of the change."),
            instead=maybe("Id of a note, or a name, to use instead."),
            detail=maybe("What one must know."),
        ),
        names=fields(
            "What it is called.",
            official=maybe("In full."),
            short=_TEXTS,
            also=_TEXTS,
            former=_TEXTS,
        ),
        identifiers={
            **mapped(_TEXTS, "What code calls it, by kind."),
            "propertyNames": {"enum": list(IDENTIFIER_KINDS)},
        },
        asked=mapped(_TEXTS, "How people ask for a fact or section, by its id or anchor."),
        sections=listed(one("section"), "In order; the lead first."),
        facts=listed(one("fact")),
        links=listed(
            fields(
                "A mention of another note.",
                note=_NOTE,
                anchor=maybe("Where it leads to inside that note."),
                section=maybe("The anchor of the section it stands in; null in the lead."),
            )
        ),
        backlinks=listed(_NOTE, "Notes that speak of this one, those that do it most first."),
    ),
    "facts": document("Facts, by note.", facts=listed(one("fact"))),
    "comparisons": document(
        "The comparison pages.",
        comparisons=listed(
            fields("A comparison page.", id=text(), title=text(), summary=text(), url=_URL, notes=_NOTES)
        ),
    ),
    "comparison": document(
        "Services by properties; every cell is a fact.",
        id=text(),
        title=text(),
        summary=text(),
        decision=text("Markdown: which to take when."),
        url=_URL,
        columns=listed(
            fields("What is compared.", note=_NOTE, scope=maybe("Only what the facts say for this."), title=text())
        ),
        rows=listed(
            fields(
                "One property across the columns.",
                property=text("Id of the facts."),
                label=text(),
                cells=listed(or_null(one("cell")), "One of each column; null: not recorded."),
            )
        ),
    ),
    "cell": fields(
        "The value of one property of one column.",
        value=text(),
        detail=maybe("A clause that the value needs to be understood."),
        as_of=_AS_OF,
        checked=maybe("What it was checked against."),
        sources=_SOURCES,
        fact=text("note#anchor of the fact."),
    ),
    "sources": document(
        "The documents that statements cite.",
        sources=listed(
            fields(
                "A document that people wrote.",
                id=text(),
                title=text(),
                author=text(),
                date=_DATE,
                dated={"enum": [*DATED, None], "description": "How the date is known."},
                licence=text(),
                kind={"enum": list(SOURCE_KINDS)},
                url=_URL,
                original=maybe("Where the document itself is."),
                about=text("Markdown: what it covers."),
                reference=text("How it is cited."),
                cited_by=listed(
                    fields("A note that cites it.", note=_NOTE, count=count("How many statements and facts.", 1))
                ),
            )
        ),
    ),
    "conflicts": document(
        "Statements that cannot both hold.",
        looked_for={"type": "boolean", "description": "Whether anybody looked for them; otherwise the list is empty."},
        conflicts=listed(
            fields(
                "Two of them.",
                why=text("What cannot both hold."),
                sides={**listed(one("side"), least=2), "maxItems": 2},
            )
        ),
    ),
    "side": fields(
        "A statement.",
        note=_NOTE,
        anchor=maybe("Section or fact it stands in; null in the lead."),
        text=text(),
        sources=_SOURCES,
        as_of=_DATE,
    ),
    "changes": document(
        "What changed over time, the newest first.",
        facts=listed(
            fields(
                "A fact that sources once gave otherwise.",
                note=_NOTE,
                title=text("Title of the note."),
                id=text("Id of the fact."),
                anchor=text("Address inside the note."),
                url=_URL,
                label=text(),
                scope=maybe("What the value holds for, when not for everything."),
                kind=_KIND,
                value=text("What holds now."),
                as_of=_AS_OF,
                sources=_SOURCES,
                earlier=listed(one("earlier"), "The oldest first.", 1),
            )
        ),
        notes=listed(
            fields(
                "A service that was renamed, closed to new customers, or retired.",
                note=_NOTE,
                title=text(),
                url=_URL,
                state=one("state"),
                since=maybe("Date of the change."),
                instead=maybe("Id of a note, or a name, to use instead."),
                detail=maybe("What one must know."),
            )
        ),
    ),
    "resolve": document(
        "Names, or identifiers of a kind, with the notes that they mean.",
        kind={"enum": ["name", *IDENTIFIER_KINDS]},
        entries=mapped(
            listed(_NOTE, "Ids of notes.", 1),
            "By name, lower case, letters and digits only; or by identifier, lower case. Of identifiers with parts "
            "(aws_s3_bucket, AWS::EC2::VPC) the longest start that is listed counts.",
        ),
    ),
    "search-manifest": {
        "type": "object",
        "description": "Which shards the search index has; read by kb-search.js, whose business it is.",
        "properties": {"format": count("Version of the shards.", 1), "units": count("What can be found.")},
        "required": ["format", "units"],
    },
    "result": document(
        "What a search found.",
        query=text(),
        corrected=maybe("The query that was searched instead, when spelling was corrected."),
        total=count("How many hits there are."),
        answer=maybe("The id of the fact that answers the query; always that of the first hit."),
        comparison=listed(text(), "What to set side by side: the id of a comparison page, or those of notes."),
        recognised=or_null(one("named"), "The name or identifier that the whole query is."),
        hits=listed(one("hit"), "The best first."),
    ),
    "suggestions": document(
        "What a text may be going to be.",
        query=text(),
        suggestions=listed(
            fields(
                "One way it may go on.",
                text=text("The whole text."),
                kind={"enum": ["name", "word"]},
                note=text("Id of the note that a name means; otherwise empty."),
            )
        ),
    ),
    "resolved": document(
        "Which notes a name or identifier means.",
        text=text(),
        as_=text("name, CloudFormation type, ARN, IAM action, boto3 client and so on."),
        notes=listed(_NOTE, "Ids of notes.", 1),
    ),
    "problem": fields(
        "What went wrong (RFC 9457).",
        ("parameter", "nearest"),
        type=text(),
        title=text(),
        status={"type": "integer", "minimum": 400, "maximum": 599},
        detail=text(),
        parameter=text("The parameter that is wrong."),
        nearest=listed(text(), "Names that come close."),
    ),
}
