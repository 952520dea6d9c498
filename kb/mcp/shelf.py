"""Shelf: the notes as their files stand now, looked at again before an answer, unless that was a moment ago."""

from __future__ import annotations

import os
from time import monotonic
from typing import TYPE_CHECKING

from kb.base import KnowledgeBase
from kb.errors import IndexMissing, IndexUnusable
from kb.index.store import EXPORT, note_stamps

if TYPE_CHECKING:
    from kb.lint.rule import Rules

Stamps = frozenset[tuple[str, int, int]]
_REST = 1.0
"""Seconds between two looks; more where looking takes long."""


class Shelf:
    """One base, for as long as somebody asks; used by one thread."""

    def __init__(self, base: str | None = None, site: str = "") -> None:
        """Open a base; reads nothing yet.

        Raises:
            InputError: there is none.
        """
        self.base = base
        self.site = site
        """Address of the site that shows these notes; empty for none."""
        self._kb = KnowledgeBase(base)
        self._rules: Rules | None = None
        self._notes: Stamps | None = None
        self._index: tuple[int, int] | None = None
        self._due = 0.0

    @property
    def kb(self) -> KnowledgeBase:
        """The base; opened anew when a note has changed."""
        now = monotonic()
        if now < self._due:
            return self._kb
        notes, index = _stamps(self._kb.docs), _stamp(os.path.join(self._kb.index, EXPORT))
        if self._notes is not None and notes != self._notes:
            self._kb, self._rules = KnowledgeBase(self.base), None
        elif index != self._index:
            self._kb.forget()
        self._notes, self._index = notes, index
        self._due = monotonic() + max(_REST, 50 * (monotonic() - now))
        return self._kb

    @property
    def searched(self) -> KnowledgeBase:
        """The base with its index; that of one's own notes is built when there is none yet, as `kb search` does.

        Raises:
            IndexUnusable: the index cannot be searched.
        """
        kb = self.kb
        try:
            kb.searcher  # noqa: B018 - opens it
        except IndexMissing:
            if not kb.base:
                raise
            kb.build()
            kb.forget()
            kb.searcher  # noqa: B018 - opens it
        return kb

    @property
    def rules(self) -> Rules:
        """The facts that bind values in code."""
        from kb.lint.rule import Rules

        kb = self.kb
        if self._rules is None:
            self._rules = Rules.of(kb.folder.notes.values(), kb.sources)
        return self._rules

    def notes(self) -> list[tuple[str, str, str]]:
        """Return id, title and summary of every note by id: from the index where it is fresh, which reads no note."""
        kb = self.kb
        try:
            if not self.searched.stale():
                return list(kb.searcher.rows("select id, title, summary from note order by id"))
        except IndexUnusable:
            pass
        return [(note.id, note.title, note.summary) for _, note in sorted(kb.folder.notes.items())]

    def url(self, address: str) -> str:
        """Return an address of the site whole, where it is known which site that is."""
        return f"{self.site.rstrip('/')}/{address}" if self.site else address


def _stamps(docs: str) -> Stamps:
    try:
        return frozenset(note_stamps(docs))
    except OSError:  # a file went while it was looked at
        return frozenset()


def _stamp(file: str) -> tuple[int, int] | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
