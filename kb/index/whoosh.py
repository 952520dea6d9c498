"""Whoosh behind the engine port: the schema, the writer, the selection of operator queries, the scores.

Written against the API that Whoosh 2.7.4, whoosh-reloaded 2.7.5 and whoosh3 share. Whoosh unpickles what it reads:
an index is only ever opened where this program wrote it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from math import log
from pathlib import Path
from typing import Any

from whoosh import fields, index, query
from whoosh.analysis import Token
from whoosh.lang.porter2 import stem as porter2

from kb.errors import EngineError
from kb.index.analyse import STOPWORDS, chunks
from kb.index.unit import Unit

FIELD_BOOSTS = {"heading": 2.2, "names": 1.6, "asked": 1.8, "text": 1.0, "extra": 1.2}
# Whoosh's B per field: how much a long field is held against it.
FIELD_B = {"heading": 0.4, "names": 0.3, "asked": 0.6, "text": 0.75, "extra": 0.3}
K1 = 1.2
_COPIED = ("id", "note", "kind", "category", "names", "asked", "text", "extra")
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
        for position, (start, group) in enumerate(chunks(value)):
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
    """Return the schema: one text field per part of a unit that weighs differently."""
    analyser = CloudAnalyser(stemmer)
    text = {name: fields.TEXT(analyzer=analyser, phrase=name in ("text", "heading")) for name in FIELD_BOOSTS}
    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        note=fields.ID(stored=True),
        kind=fields.ID(),
        category=fields.ID(),
        file=fields.STORED,
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

    def write(
        self,
        changed: Iterable[tuple[str, str, Iterable[Unit]]],
        gone: Iterable[str],
        *,
        full: bool,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        """Replace the units of changed notes (id, content hash, units) and drop the notes that are gone.

        A full index is written beside the old one and takes its place when it is complete.
        """
        beside = self.folder.with_name(f"{self.folder.name}.tmp")
        with self._mapped():
            for left in (beside, self._old()):  # by a build that was killed
                shutil.rmtree(left, ignore_errors=True)
            if full:
                beside.mkdir(parents=True)
                opened = index.create_in(str(beside), self.schema)
            else:
                opened = self._open()
            writer = opened.writer(limitmb=256)
            for note in gone:
                writer.delete_by_term("note", note)
            for note, digest, units in changed:
                if not full:
                    writer.delete_by_term("note", note)
                for unit in units:
                    writer.add_document(
                        file=digest, heading=unit.head, **{name: getattr(unit, name) for name in _COPIED}
                    )
                progress()
            writer.commit(optimize=full)
            if full:
                opened.close()
                self._replace(beside)

    def _replace(self, beside: Path) -> None:
        old = self._old()
        if self.folder.exists():
            self.folder.rename(old)
        beside.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)

    def _old(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.old")

    def digests(self) -> dict[str, str]:
        """Return the content hash each note was indexed with."""
        with self._searcher() as searcher:
            return {stored["note"]: stored.get("file", "") for stored in searcher.all_stored_fields()}

    def scores(self) -> Iterator[tuple[str, dict[str, float]]]:
        """Yield each term, in order, with the BM25F score of every unit that holds it, its fields added up.

        Whoosh's own formula over the units that live: its searcher also counts deleted ones until their segment is
        merged away, and then an incremental build would not equal a full one.
        """
        with self._searcher() as searcher:
            leaves = [(leaf.reader(), offset) for leaf, offset in searcher.leaf_searchers()]
            ids = {number: stored["id"] for number, stored in searcher.reader().iter_docs()}
            norms = {field: _norms(leaves, ids, field) for field in FIELD_BOOSTS}
            present: dict[bytes, list[str]] = {}
            for field, term in searcher.reader().all_terms():
                if field in FIELD_BOOSTS:
                    present.setdefault(term, []).append(field)
            for term in sorted(present):
                found: dict[str, float] = {}
                for field in present[term]:
                    held = _occurrences(leaves, norms[field], field, term)
                    idf = log(len(ids) / (len(held) + 1)) + 1
                    factor = idf * (K1 + 1) * FIELD_BOOSTS[field]
                    for number, weight, norm in held:
                        unit = ids[number]
                        found[unit] = found.get(unit, 0.0) + factor * weight / (weight + norm)
                if found:
                    yield term.decode("utf-8"), found

    def select(self, wanted: query.Query) -> set[str]:
        """Return the ids of the units that a query matches."""
        with self._searcher() as searcher:
            return {stored["id"] for stored in (searcher.stored_fields(n) for n in searcher.docs_for_query(wanted))}

    def phrase(self, text: str) -> query.Query:
        """Return a query for words that stand next to each other, in the text or the heading."""
        words = [self.stemmer(group[0]) or group[0] for _, group in chunks(text)]
        if len(words) == 1:
            return self.word(text)
        return query.Or([query.Phrase("text", words), query.Phrase("heading", words)])

    def word(self, text: str) -> query.Query:
        """Return a query for a word in any field."""
        terms = [
            self.stemmer(surface) or surface
            for _, group in chunks(text)
            for surface in group[:1]
            if surface not in STOPWORDS
        ]
        return query.And(
            [
                query.Or([query.Term(field, term) for field in ("text", "heading", "asked", "names", "extra")])
                for term in terms
            ]
        )

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
        with self._mapped(), self._open().searcher() as searcher:
            yield searcher

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        """Turn whatever Whoosh raises into EngineError: its errors are not our interface."""
        try:
            yield
        except EngineError:
            raise
        except Exception as error:
            raise EngineError(str(self.folder), f"{type(error).__name__}: {error}") from error


Leaves = list[tuple[Any, int]]


def _occurrences(leaves: Leaves, norms: dict[int, float], field: str, term: bytes) -> list[tuple[int, float, float]]:
    """Return number, weight and norm of every live unit whose field holds a term."""
    found = []
    for reader, offset in leaves:
        if (field, term) in reader:
            matcher = reader.postings(field, term)
            while matcher.is_active():
                number = matcher.id() + offset
                if number in norms:
                    found.append((number, matcher.weight(), norms[number]))
                matcher.next()
    return found


def _norms(leaves: Leaves, ids: dict[int, str], field: str) -> dict[int, float]:
    """Return K1 * (1 - B + B * length / average length) of a field for every live unit: BM25's share of the length."""
    lengths = {
        n + offset: reader.doc_field_length(n, field) or 0
        for reader, offset in leaves
        for n in range(reader.doc_count_all())
        if n + offset in ids
    }
    average = max(sum(lengths.values()) / (len(lengths) or 1), 1.0)
    b = FIELD_B[field]
    return {number: K1 * (1 - b + b * length / average) for number, length in lengths.items()}
