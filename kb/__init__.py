"""kb: a searchable knowledge base of AWS services.

The flow, each stage a folder that imports only from those before it:

    errors < notes < links, facts, semantic < sources < merge < index < search < evaluate < base < site, api < cli

`KnowledgeBase` is what every face holds:

    from kb import KnowledgeBase
    kb = KnowledgeBase()                 # the bundled notes; KnowledgeBase("DIR") for one's own
    kb.search("sqs max message size")    # Result: hits, best first, and the fact that answers
    kb.note("ddb")                       # Note, by id, name or identifier
    kb.resolve("AWS::SQS::Queue")        # Resolved: which notes that means
    kb.compare(["sqs", "sns"])           # Table: shared properties side by side
    kb.check()                           # every problem of every note
    kb.build()                           # bring the index up to date

Names are imported when they are used, so that `import kb` costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kb.base import KnowledgeBase
    from kb.errors import (
        BodyError,
        BuildBusy,
        DuplicateError,
        EngineError,
        FieldError,
        IndexDamaged,
        IndexMissing,
        IndexTooNew,
        IndexUnusable,
        InputError,
        KbError,
        LinkError,
        MissingExtra,
        NoteError,
        NotFound,
        QuantityError,
        UnreadableNote,
        VectorsMissing,
    )
    from kb.facts.comparison import Comparison, Table
    from kb.facts.quantity import Quantity, parse_quantity
    from kb.links.resolve import Resolved
    from kb.notes.fact import Fact
    from kb.notes.note import Note, Section, Statement
    from kb.notes.source import Source
    from kb.search.hit import Hit, Result

_HOME = {
    "KnowledgeBase": "kb.base",
    "Comparison": "kb.facts.comparison",
    "Table": "kb.facts.comparison",
    "Quantity": "kb.facts.quantity",
    "parse_quantity": "kb.facts.quantity",
    "Hit": "kb.search.hit",
    "Result": "kb.search.hit",
    "Resolved": "kb.links.resolve",
    "Fact": "kb.notes.fact",
    "Note": "kb.notes.note",
    "Section": "kb.notes.note",
    "Statement": "kb.notes.note",
    "Source": "kb.notes.source",
}

__all__ = [
    "BodyError",
    "BuildBusy",
    "Comparison",
    "DuplicateError",
    "EngineError",
    "Fact",
    "FieldError",
    "Hit",
    "IndexDamaged",
    "IndexMissing",
    "IndexTooNew",
    "IndexUnusable",
    "InputError",
    "KbError",
    "KnowledgeBase",
    "LinkError",
    "MissingExtra",
    "NotFound",
    "Note",
    "NoteError",
    "Quantity",
    "QuantityError",
    "Resolved",
    "Result",
    "Section",
    "Source",
    "Statement",
    "Table",
    "UnreadableNote",
    "VectorsMissing",
    "parse_quantity",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'kb' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME.get(name, "kb.errors")), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
