"""Desk: what the features of an editor look into - the notes of a base, kept, and read again when their files change."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kb.base import KnowledgeBase
from kb.editors.bounds import Bounds
from kb.errors import IndexMissing, IndexUnusable
from kb.index.store import EXPORT
from kb.links.link import Link, Mentions, links_of
from kb.links.names import Name
from kb.links.table import NameTable
from kb.notes.folder import find_note, is_plain, kind_at, read_any
from kb.notes.note import Kind, Note
from kb.notes.source import Source

if TYPE_CHECKING:
    from kb.lint.rule import Rules


@dataclass(frozen=True, slots=True)
class Target:
    """A line of a file."""

    path: str
    line: int = 0
    """From 0."""

    @property
    def uri(self) -> str:
        """Address of the file."""
        return Path(self.path).as_uri()


class Desk:
    """The notes of one base. Names come from the index until every note is read; reading one note never reads the others."""

    def __init__(self, kb: KnowledgeBase, site: str = "") -> None:
        self.kb = kb
        self.site = site
        """Address of the site that shows these notes; empty for none."""
        self.root = Path(os.path.realpath(kb.docs))
        self.plain = is_plain(self.root)
        self.notes: dict[str, Note] = {}
        self.complete = False
        """Whether every note was read."""
        self.closed = False
        """Set when the editor leaves, so that reading stops."""
        self._indexed = self._stamp(Path(kb.index) / EXPORT)
        self._stamps: dict[str, tuple[int, int]] = {}

    def note(self, id: str) -> Note | None:
        """Return a note by its id, as its file stands now."""
        found = self.notes.get(id)
        if found and self._stamp(self.root / found.path) == self._stamps.get(id):
            return found
        file = find_note(self.root, id)
        if file is None:
            self._drop(id)
            return None
        reading = read_any(*file)
        stamp = self._stamp(file[0])
        if reading.note is None:
            self._stamps[id] = stamp or (0, 0)
            return found  # as it was read last; its author is typing
        self._put(reading.note, stamp)
        return reading.note

    def load(self) -> None:
        """Read every note that is not read yet; a folder of plain pages is only searched."""
        from kb.notes.folder import note_files

        for file, path, kind in note_files(self.root) if not self.plain else ():
            if self.closed:
                return
            if Path(path).stem not in self.notes:
                reading = read_any(file, path, kind)
                if reading.note:
                    self._put(reading.note, self._stamp(file))
        self.kb.sources  # noqa: B018 - read now, not at the first hover
        self.complete = True
        self._forget()

    def every(self) -> dict[str, Note]:
        """Return all notes, reading them when that was not done."""
        if not self.complete:
            self.load()
        return self.notes

    def refresh(self, paths: Iterable[str]) -> bool:
        """Look again at files that changed, came or went; tells whether any of them is of this base."""
        mine = [where for path in paths if (where := self.inside(path))]
        for where in mine:
            self.note(Path(where).stem)
        if mine:
            self._forget()
            self.kb.__dict__.pop("sources", None)
        return bool(mine)

    def inside(self, path: str) -> str:
        """Return the path of a file relative to the base, with forward slashes; empty when it lies elsewhere."""
        real = os.path.realpath(path) if path else ""
        return Path(real).relative_to(self.root).as_posix() if path and Path(real).is_relative_to(self.root) else ""

    def kind(self, path: str) -> Kind | None:
        """Return what kind of note a file of this base holds; None for one that is none."""
        where = self.inside(path)
        folder, slash, name = where.partition("/")
        is_note = slash and folder in ("services", "topics") and name.endswith(".md") and name != "index.md"
        return kind_at(self.root, where) if is_note and "/" not in name else None

    def opened(self) -> KnowledgeBase:
        """Return the base with the index that is newest on disk; one of one's own is indexed on the first search.

        Raises:
            IndexUnusable: the index cannot be searched.
        """
        stamp = self._stamp(Path(self.kb.index) / EXPORT)
        if stamp != self._indexed:
            self.kb.forget()
            self._indexed = stamp
        try:
            self.kb.searcher.size  # noqa: B018 - opens it
        except IndexMissing:
            if not self.kb.base:
                raise
            self.kb.build()
            self._indexed = self._stamp(Path(self.kb.index) / EXPORT)
        return self.kb

    @property
    def ready(self) -> bool:
        """Whether names can be looked up without reading every note."""
        try:
            return self.complete or self.kb.searcher is not None
        except IndexUnusable:
            return False

    @property
    def has_meaning(self) -> bool:
        """Whether searches can go by meaning: the extra is installed, and these notes have vectors."""
        return self.kb.has_meaning

    @property
    def sources(self) -> dict[str, Source]:
        """Every source by id."""
        return self.kb.sources

    @cached_property
    def names(self) -> NameTable:
        """Every name and identifier: from the notes once they are read, before that from the index."""
        if not self.complete:
            try:
                return _indexed(self.kb)
            except IndexUnusable:
                self.load()
        return NameTable(list(self.notes.values()))

    @cached_property
    def topics(self) -> frozenset[str]:
        """The notes that are not about one service."""
        if not self.complete:
            try:
                return frozenset(row[0] for row in self.kb.searcher.rows("select id from note where kind <> 'service'"))
            except IndexUnusable:
                self.load()
        return frozenset(note.id for note in list(self.notes.values()) if note.kind != "service")

    @cached_property
    def mentions(self) -> Mentions:
        """What finds names of notes in prose."""
        self.every()
        return Mentions(NameTable(list(self.notes.values())))

    @cached_property
    def backlinks(self) -> dict[str, list[Link]]:
        """The links that lead to each note."""
        found: dict[str, list[Link]] = {}
        for note in list(self.every().values()):
            for link in links_of(note, self.mentions):
                if link.source != link.target:
                    found.setdefault(link.target, []).append(link)
        return found

    @cached_property
    def bounds(self) -> Bounds:
        """Which facts stand behind a property in code."""
        return Bounds(list(self.every().values()))

    @cached_property
    def rules(self) -> Rules:
        """The facts that bind values in code, for `kb lint`."""
        from kb.lint.rule import Rules

        return Rules.of(list(self.every().values()), self.sources)

    def target(self, note: Note, anchor: str = "") -> Target:
        """Return where a note, one of its sections or one of its facts stands."""
        line = 1
        if anchor:
            section = note.section(anchor)
            places = {fact.anchor: place for place, fact in reversed(list(enumerate(note.facts)))}
            if section:
                line = section.line
            elif anchor in places:
                line = note.line_of(f"facts[{places[anchor]}].id")
        return Target(str(self.root / note.path), line - 1)

    def address(self, note: Note, anchor: str = "") -> str:
        """Return the address a reader follows to a note: a page of the site, otherwise the file."""
        if self.site:
            return f"{self.site.rstrip('/')}/{note.path.removesuffix('.md')}/" + (f"#{anchor}" if anchor else "")
        return (self.root / note.path).as_uri() + (f"#L{self.target(note, anchor).line + 1}" if anchor else "")

    def _put(self, note: Note, stamp: tuple[int, int] | None) -> None:
        if stamp:
            self._stamps[note.id] = stamp
        changed = note.id in self.notes
        self.notes[note.id] = note
        if changed:
            self._forget()

    def _drop(self, id: str) -> None:
        if self.notes.pop(id, None):
            self._forget()

    def _forget(self) -> None:
        for name in ("names", "topics", "bounds", "rules", "mentions", "backlinks"):
            self.__dict__.pop(name, None)

    @staticmethod
    def _stamp(file: Path) -> tuple[int, int] | None:
        try:
            status = os.stat(file)
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size


def _indexed(kb: KnowledgeBase) -> NameTable:
    """Return the names and identifiers that the index holds.

    Raises:
        IndexUnusable: there is no index to read.
    """
    table = NameTable(())
    for key, text, note, rank in kb.searcher.rows("select key, text, note, rank from name order by key, note"):
        table.names.setdefault(key, []).append(Name(key, text, note, rank))
    for kind, id, note in kb.searcher.rows("select kind, id, note from identifier order by note"):
        table.identifiers.setdefault((kind, id), []).append(note)
    return table
