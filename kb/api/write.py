"""Write the API as files: /api/v1/ of a site, or of any folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from kb.api.conflict import Conflict
from kb.api.documents import Documents
from kb.api.encode import encoded
from kb.api.openapi import openapi
from kb.api.schema import alone
from kb.api.schemas import DEFINITIONS, PUBLISHED
from kb.base import KnowledgeBase
from kb.errors import InputError

PLACE = "api/v1"
"""Where the API stands on a site."""
FOLDERS = ("notes", "facts", "comparisons", "resolve", "schemas")
"""What it keeps for itself there; search/ belongs to kb/site/shards.py."""


def api_files(documents: Documents) -> Iterator[tuple[str, bytes]]:
    """Yield every file below api/v1/ as path and bytes; the same notes give the same bytes.

    Raises:
        InputError: a note cannot be read any more.
    """
    for path, data in documents.all():
        yield path, encoded(data)
    for note in documents.notes:
        try:
            yield f"notes/{note.id}.md", (documents.kb.root / note.path).read_bytes()
        except OSError as error:
            raise InputError(note.path, error.strerror or str(error)) from None
    for name in PUBLISHED:
        yield f"schemas/{name}.json", encoded(alone(name, DEFINITIONS))
    yield "openapi.json", encoded(openapi(documents))


def write_api(kb: KnowledgeBase, target: Path, conflicts: Iterable[Conflict] | None = None) -> int:
    """Write /api/v1/ below a folder and return how many files it has; what notes that are gone left is removed.

    `conflicts` are None where nobody looked for any.

    Raises:
        InputError: a file cannot be written, or a note cannot be read.
    """
    root = target / PLACE
    written = set()
    for path, data in api_files(Documents(kb, None if conflicts is None else tuple(conflicts))):
        file = root.joinpath(*PurePosixPath(path).parts)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        except OSError as error:
            raise InputError(str(file), error.strerror or str(error)) from None
        written.add(file)
    for folder in FOLDERS:
        for file in (root / folder).rglob("*"):
            if file.is_file() and file not in written and file.suffix in (".json", ".md"):
                file.unlink()
    return len(written)
