"""JSON: everything in one file, in the shapes of the API."""

from __future__ import annotations

import json

from kb.api.documents import Documents
from kb.api.shapes import SCHEMA_VERSION
from kb.base import KnowledgeBase
from kb.publish.dates import newest_date

MARK = b'"export": "kb json"'


def json_document(kb: KnowledgeBase) -> bytes:
    """Return notes with their facts and links, sources and comparisons as one JSON object."""
    documents = Documents(kb)
    document = {
        "export": "kb json",
        "schema_version": SCHEMA_VERSION,
        "newest": newest_date(kb.folder),
        "notes": list(documents.whole.values()),
        "sources": documents.sources()["sources"],
        "comparisons": [documents.comparison(id) for id in kb.comparisons],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
