"""Whoosh behind the engine port: the schema, the writer, the selection of operator queries.

Written against the API that Whoosh 2.7.4, whoosh-reloaded 2.7.5 and whoosh3 share. Whoosh unpickles what it reads:
an index is only ever opened where this program wrote it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh import fields, formats, index, query
from whoosh.codec.whoosh3 import W3Codec
from whoosh.lang.porter2 import stem as porter2

from kb.errors import EngineError
from kb.index.analyse import STOPWORDS, chunks_of

KEPT_WORDS = 3


class Stemmer:
    """Surface to index term: English words lose their endings, names, numbers and identifiers do not."""

    def __init__(self, protected: Iterable[str] = ()) -> None:
        self.protected = frozenset(protected)
        self.known: dict[str, str] = {}

    def __call__(self, surface: str) -> str:
        """Return the index term of a surface."""
        term = self.known.get(surface)
        if term is None:
            plain = (
                len(surface) > KEPT_WORDS and surface.isascii() and surface.isalpha() and surface not in self.protected
            )
            term = self.known[surface] = porter2(surface) if plain else surface
        return term


class Words(fields.TEXT):  # type: ignore[misc]  # Whoosh has no types
    """A Whoosh field whose values are terms: kb has analysed the text, Whoosh need not. It keeps which unit holds which."""

    def __init__(self) -> None:
        super().__init__(phrase=False)
        self.format = formats.Existence()

    def index(self, value: Iterable[str], **kwargs: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield each term; none comes twice."""
        for term in sorted(value):
            yield term.encode(), 1, 1.0, b""


def schema() -> fields.Schema:
    """Return the schema: the terms of a unit, its id and its note's."""
    return fields.Schema(id=fields.ID(stored=True, unique=True), note=fields.ID(stored=True), words=Words())


class WhooshEngine:
    """A Whoosh index in a folder; see engine.Engine."""

    def __init__(self, folder: Path, stemmer: Callable[[str], str | None] | None = None) -> None:
        self.folder = folder
        self.stemmer = stemmer or Stemmer()
        self.schema = schema()

    def exists(self) -> bool:
        """Return whether there is an index to open."""
        return bool(index.exists_in(str(self.folder)))

    @contextmanager
    def writing(self, *, full: bool) -> Iterator[Writer]:
        """Open for changes that take effect when the block ends well.

        A full index is written beside the old one and takes its place when it is complete.
        """
        beside = self.folder.with_name(f"{self.folder.name}.tmp")
        with mapped(self.folder):
            for left in (beside, self._old()):  # by a build that was killed
                shutil.rmtree(left, ignore_errors=True)
            if full:
                beside.mkdir(parents=True)
                opened = index.create_in(str(beside), self.schema)
            else:
                opened = self._open()
            writer = opened.writer(limitmb=256, codec=W3Codec(compression=0))  # zlib would double a commit
        try:
            yield Writer(self.folder, writer, fresh=full)
        except BaseException:
            writer.cancel()
            raise
        with mapped(self.folder):
            writer.commit(optimize=full)
            opened.close()
            if full:
                self._replace(beside)

    def _replace(self, beside: Path) -> None:
        old = self._old()
        if self.folder.exists():
            self.folder.rename(old)
        beside.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)

    def _old(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.old")

    def select(self, wanted: query.Query) -> set[str]:
        """Return the ids of the units that a query matches."""
        with self._searcher() as searcher:
            return {stored["id"] for stored in (searcher.stored_fields(n) for n in searcher.docs_for_query(wanted))}

    def word(self, text: str) -> query.Query:
        """Return a query for units that hold every word of a text, wherever."""
        terms = [self.stemmer(group[0]) or group[0] for _, group in chunks_of(text) if group[0] not in STOPWORDS]
        return query.And([query.Term("words", term) for term in terms]) if terms else query.Every()

    def _open(self) -> Any:
        # A writer may delete a segment between reading the table of contents and opening it: try again, it is gone in a moment.
        for attempt in range(5):
            try:
                return index.open_dir(str(self.folder), schema=self.schema)
            except FileNotFoundError:
                if attempt == 4:
                    raise
                time.sleep(0.01)
        raise AssertionError("unreachable")

    @contextmanager
    def _searcher(self) -> Iterator[Any]:
        with mapped(self.folder), self._open().searcher() as searcher:
            yield searcher


class Writer:
    """Takes the units of notes, those of changed ones in place of the old."""

    def __init__(self, folder: Path, writer: Any, *, fresh: bool) -> None:
        self.folder, self.writer, self.fresh = folder, writer, fresh

    def replace(self, note: str, units: Mapping[str, Iterable[str]]) -> None:
        """Put in the units of a note, ids and terms."""
        if not self.fresh:
            self.drop(note)
        with mapped(self.folder):
            for id, terms in units.items():
                words = [term for term in terms if " " not in term]  # pairs are for the ranking
                self.writer.add_document(id=id, note=note, words=words)

    def drop(self, note: str) -> None:
        """Take out the units of a note."""
        with mapped(self.folder):
            self.writer.delete_by_term("note", note)


@contextmanager
def mapped(folder: Path) -> Iterator[None]:
    """Turn whatever Whoosh raises into EngineError: its errors are not our interface."""
    try:
        yield
    except EngineError:
        raise
    except Exception as error:
        raise EngineError(str(folder), f"{type(error).__name__}: {error}") from error
