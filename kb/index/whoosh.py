"""Whoosh behind the engine port: the schema, the writer, the selection of operator queries.

Written against the API that Whoosh 2.7.4, whoosh-reloaded 2.7.5 and whoosh3 share. Whoosh unpickles what it reads:
an index is only ever opened where this program wrote it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh import fields, index, query
from whoosh.analysis import Token
from whoosh.codec.whoosh3 import W3Codec
from whoosh.lang.porter2 import stem as porter2

from kb.errors import EngineError
from kb.index.analyse import STOPWORDS, chunks_of
from kb.index.unit import Unit

TEXTS = ("heading", "text", "other")
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


class CloudAnalyser:
    """Whoosh's analyser protocol over kb's analyser."""

    def __init__(self, stemmer: Callable[[str], str | None]) -> None:
        self.stemmer = stemmer

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        keeporiginal: bool = False,
        removestops: bool = True,
        start_pos: int = 0,
        start_char: int = 0,
        mode: str = "",
        **kwargs: Any,
    ) -> Iterator[Token]:
        """Yield a token per surface; those of one chunk share its position."""
        token = Token(positions, chars, removestops=removestops, mode=mode)
        for position, (start, group) in enumerate(chunks_of(value)):
            for surface in group:
                token.text = self.stemmer(surface) or surface
                token.boost = 1.0
                token.stopped = False
                if positions:
                    token.pos = start_pos + position
                if chars:
                    token.startchar = start_char + start
                    token.endchar = start_char + start + len(surface)
                yield token

    def __getstate__(self) -> dict[str, Any]:
        return {"stemmer": Stemmer()}  # the schema is pickled into the index; the stemmer is set anew on opening


def schema(stemmer: Callable[[str], str | None]) -> fields.Schema:
    """Return the schema: heading and text, where phrases are looked for, and everything else that is searched."""
    analyser = CloudAnalyser(stemmer)
    text = {name: fields.TEXT(analyzer=analyser, phrase=name != "other") for name in TEXTS}
    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        note=fields.ID(stored=True),
        kind=fields.ID(),
        category=fields.ID(),
        **text,
    )


class WhooshEngine:
    """A Whoosh index in a folder; see engine.Engine."""

    def __init__(self, folder: Path, stemmer: Callable[[str], str | None] | None = None) -> None:
        self.folder = folder
        self.stemmer = stemmer or Stemmer()
        self.schema = schema(self.stemmer)

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

    def phrase(self, text: str) -> query.Query:
        """Return a query for words that stand next to each other, in the text or the heading."""
        words = [self.stemmer(group[0]) or group[0] for _, group in chunks_of(text)]
        if len(words) == 1:
            return self.word(text)
        return query.Or([query.Phrase("text", words), query.Phrase("heading", words)])

    def word(self, text: str) -> query.Query:
        """Return a query for a word in any field."""
        terms = [
            self.stemmer(surface) or surface
            for _, group in chunks_of(text)
            for surface in group[:1]
            if surface not in STOPWORDS
        ]
        return query.And([query.Or([query.Term(field, term) for field in TEXTS]) for term in terms])

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

    def replace(self, note: str, units: Iterable[Unit]) -> None:
        """Put in the units of a note."""
        if not self.fresh:
            self.drop(note)
        with mapped(self.folder):
            for unit in units:
                self.writer.add_document(
                    id=unit.id,
                    note=unit.note,
                    kind=unit.kind,
                    category=unit.category,
                    heading=unit.head,
                    text=unit.text,
                    other=f"{unit.names}\n{unit.asked}\n{unit.extra}",
                )

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
