"""Snapshot: the notes as they were at one moment - their documents as bytes, and their index, opened."""

from __future__ import annotations

from functools import cached_property

from kb.api.conflict import open_conflicts
from kb.api.documents import Documents
from kb.api.encode import encoded
from kb.api.openapi import openapi_live
from kb.api.write import api_files
from kb.base import KnowledgeBase
from kb.site.build import fresh_index
from kb.site.shards import MANIFEST, shard_files

SEARCH = "search/"
PREPARED = 50_000
"""Up to so many units, documents are made before anybody asks."""


class Snapshot:
    """What is answered until notes change. Documents are made when the first is asked for, or `prepare` is called."""

    def __init__(self, base: str | None, *, changed: bool = False, conflicts: bool = False) -> None:
        """Open a base and bring its index up to date; `changed` when a note is known to have changed.

        `conflicts` looks for them, which takes a while; otherwise none are listed.

        Raises:
            KbError: there are no notes, or the index cannot be built.
            MissingExtra: `conflicts`, and the extra `import` is not installed.
        """
        self.live = KnowledgeBase(base)
        """Searches; nothing else uses it, so that a search never waits for documents."""
        if changed:
            self.live.build()
        else:
            fresh_index(self.live)
        self._read = KnowledgeBase(base)
        self._conflicts = open_conflicts(self._read) if conflicts else None

    @cached_property
    def documents(self) -> Documents:
        """The documents as data."""
        return Documents(self._read, self._conflicts)

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The static files by their paths below /api/v1/, those of the search left out."""
        return dict(api_files(self.documents))

    @cached_property
    def shards(self) -> dict[str, bytes]:
        """The static files of the search."""
        return shard_files(self._read.searcher)

    @cached_property
    def description(self) -> bytes:
        """The OpenAPI document of the server."""
        return encoded(openapi_live(self.documents))

    def prepare(self) -> None:
        """Make all documents now, unless they are too many for a machine that has other things to do.

        Raises:
            KbError: a note cannot be read any more.
        """
        if self.live.searcher.size <= PREPARED:
            _ = self.files, self.shards, self.description

    def has_made(self, path: str) -> bool:
        """Tell whether `file` answers at once: what the path belongs to is made."""
        return ("shards" if path.startswith(SEARCH) else "files") in self.__dict__

    def file(self, path: str) -> bytes | None:
        """Return a static file by its path below /api/v1/."""
        if path.startswith(SEARCH):
            return self.shards.get(path.removeprefix(SEARCH))
        return self.files.get(path)


def is_for_good(path: str) -> bool:
    """Tell whether a name stands for its content for good: those of shards hold its hash."""
    return path.startswith(SEARCH) and not path.endswith(MANIFEST)
