"""Patch the index: only the rows of notes whose text changed are written, in a copy that takes the old file's place.

What a search depends on stays exact: a patch gives up, and the whole is written, where a change reaches beyond its
note - a name or identifier, a source, an average that moves on its grid, numbers that no longer fit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from kb.errors import EngineError, IndexUnusable, NoteError
from kb.index import export, store
from kb.index.content import called, digest, protected_words
from kb.index.export import Stats, insert
from kb.index.impacts import Occurrences, averages
from kb.index.unit import Unit, units_of
from kb.index.whoosh import Stemmer, WhooshEngine
from kb.notes.folder import is_plain, kind_at, read_any
from kb.notes.note import Note
from kb.notes.source import Source

MOST = 0.2
"""Up to this share of the notes is patched."""
UNUSED = 1.0
"""Up to so many unit numbers may lie unused, per unit."""


class _ReachesFurther(Exception):
    """The whole index has to be written."""


def patch(root: Path, target: str) -> Stats | None:
    """Patch the index for the notes that changed; None when the whole has to be written."""
    if store.pending(target):
        return None
    try:
        with closing(store.open_export(target)) as connection:
            plan = _Plan(connection, root, target)
            if not plan.changed and not plan.gone and not plan.touched:
                return plan.stats()
        return plan.apply()
    except (_ReachesFurther, IndexUnusable, EngineError, sqlite3.Error):
        return None


class _Plan:
    """What changed since the export was written."""

    def __init__(self, connection: sqlite3.Connection, root: Path, target: str) -> None:
        self.root, self.target, self.connection = root, target, connection
        self.meta = dict(connection.execute("select key, value from meta"))
        if self.meta.get("frozen"):
            raise _ReachesFurther
        self.sources = {
            id: Source(id, title, author, date, "published", "", "notes", "")
            for id, title, author, date in connection.execute("select id, title, author, date from source")
        }
        names = connection.execute("select text, rank from name").fetchall()
        self.stemmer = Stemmer(protected_words(names, self._column("select id from identifier")))
        self.problems: list[NoteError] = []
        self.changed: dict[str, tuple[Note, list[Unit], str]] = {}
        """Per path the note, its units and their digest."""
        self.words: dict[str, dict[str, set[str]]] = {}
        """Per changed note, its units and their terms."""
        self.gone: list[str] = []
        """Paths."""
        self.touched: list[tuple[str, int, int]] = []
        """Stamps of the files that were written, whether their content changed or not."""
        self._compare()

    def _column(self, sql: str, *values: object) -> list[str]:
        return [row[0] for row in self.connection.execute(sql, values)]

    def _compare(self) -> None:
        """Read the files whose stamp differs."""
        before = {row[0]: row for row in self.connection.execute("select path, size, changed from stamp")}
        now = {row[0]: row for row in store.note_stamps(str(self.root))}
        differing = [row for path, row in now.items() if before.get(path) != row]
        lost = [path for path in before if path not in now]
        reaching = () if is_plain(self.root) else ("sources/", "compare/")
        paths = [*lost, *(row[0] for row in differing)]
        if len(paths) > MOST * len(now) + 1 or any(path.startswith(reaching) for path in paths):
            raise _ReachesFurther
        for path in lost:
            if self._built(path)[1]:
                raise _ReachesFurther
            self.gone.append(path)
        for row in differing:
            self._read(row)

    def _read(self, stamp: tuple[str, int, int]) -> None:
        path = stamp[0]
        reading = read_any(self.root / path, path, kind_at(self.root, path))
        self.problems += reading.problems
        note = reading.note
        old_digest, old_called = self._built(path)
        if note is None or called(note) != old_called or note.id in self._owned(path):
            raise _ReachesFurther
        units = list(units_of(note, self.sources))
        if not reading.problems:
            self.touched.append(stamp)
        new_digest = digest(units, self.stemmer.protected)
        if new_digest != old_digest:
            self.changed[path] = (note, units, new_digest)

    def _built(self, path: str) -> tuple[str, str]:
        """Return the digests of content and names a path was indexed with; empty when it was not."""
        row = self.connection.execute("select digest, called from built where path = ?", (path,)).fetchone()
        return (row[0], row[1]) if row else ("", "")

    def _owned(self, path: str) -> list[str]:
        stem = path.rsplit(".", 1)[0]
        return self._column("select note from built where note in (?, ?) and path != ?", stem, Path(stem).name, path)

    def stats(self) -> Stats:
        """Return the figures of an index with nothing to do."""
        notes = self.connection.execute("select count(*) from note").fetchone()[0]
        return Stats(notes, int(self.meta["units"]), 0, 0, tuple(self.problems), patched=True)

    def apply(self) -> Stats:
        """Write the changed notes to the engine and to a copy of the export that takes its place."""
        engine = WhooshEngine(Path(self.target) / store.ENGINE, self.stemmer)
        with export.written(self.target, patching=True) as connection:
            rows = _Rows(connection, self.meta, self.stemmer)
            gone = [rows.drop(path) for path in self.gone]
            for note, units, new_digest in self.changed.values():
                self.words[note.id] = rows.replace(note, units, new_digest)
            rows.finish()
            unstamped = [*self.gone, *(problem.path for problem in self.problems)]
            connection.executemany("delete from stamp where path = ?", [(path,) for path in unstamped])
            insert(connection, "stamp", self.touched)
            notes = connection.execute("select count(*) from note").fetchone()[0]
            store.mark_pending(self.target)
            if self.changed or gone:
                self._tell(engine, gone)
        store.clear_pending(self.target)
        return Stats(notes, rows.units, len(self.changed), len(gone), tuple(self.problems), patched=True)

    def _tell(self, engine: WhooshEngine, gone: list[str]) -> None:
        with engine.writing(full=False) as writer:
            for id in gone:
                writer.drop(id)
            for id, words in self.words.items():
                writer.replace(id, words)


class _Rows:
    """The rows of an export, changed note by note."""

    def __init__(self, connection: sqlite3.Connection, meta: dict[str, str], stemmer: Stemmer) -> None:
        self.connection, self.stemmer = connection, stemmer
        self.units, self.highest = int(meta["units"]), int(meta["highest"])
        self.totals = [int(total) for total in meta["lengths"].split()]
        self.averages = averages(self.totals, self.units)
        self.wide = export.wide_for(self.highest)

    def replace(self, note: Note, units: list[Unit], new_digest: str) -> dict[str, set[str]]:
        """Put the units of a note in place of those it had: under their numbers where they fit, else at the end.

        Returns the ids of its units and their terms.
        """
        numbers, dead = self._forget(note.path)
        first = numbers.start if 0 < len(units) <= len(numbers) else self.highest + 1
        end = first + len(units)
        self.highest = max(self.highest, end - 1)
        occurrences = Occurrences(self.stemmer)
        words = {unit.id: occurrences.add(number, unit) for number, unit in enumerate(units, start=first)}
        terms = set().union(*words.values())
        lengths = occurrences.totals(range(first, end))
        self._count(len(units), lengths, 1)
        row = (note.path, note.id, new_digest, called(note), " ".join(map(str, lengths)), export.terms_blob(terms))
        insert(self.connection, "built", [row])
        insert(self.connection, "note", [export.note_row(note, units[0].url, first, end - 1)])
        insert(self.connection, "unit", [export.unit_row(at, unit) for at, unit in enumerate(units, start=first)])
        self.connection.executemany("insert or ignore into word values (?, ?)", occurrences.words.items())
        norms = occurrences.norms(self.averages)
        for term in sorted(dead | terms):
            self._post(term, numbers, occurrences.impacts(term, norms))
        return words

    def drop(self, path: str) -> str:
        """Take out the note of a path and return its id."""
        row = self.connection.execute("select note from built where path = ?", (path,)).fetchone()
        numbers, dead = self._forget(path)
        for term in sorted(dead):
            self._post(term, numbers, {})
        return str(row[0]) if row else ""

    def _forget(self, path: str) -> tuple[range, set[str]]:
        """Delete what stands of the note of a path, but its postings; return its unit numbers and its terms."""
        row = self.connection.execute("select note, lengths, terms from built where path = ?", (path,)).fetchone()
        if row is None:
            return range(0), set()
        note, lengths, blob = row
        first, last = self.connection.execute("select first, last from note where id = ?", (note,)).fetchone()
        count = self.connection.execute("delete from unit where number between ? and ?", (first, last)).rowcount
        self._count(count, (int(length) for length in lengths.split()), -1)
        self.connection.execute("delete from note where id = ?", (note,))
        self.connection.execute("delete from built where path = ?", (path,))
        return range(first, last + 1), export.blob_terms(blob)

    def _count(self, units: int, lengths: Iterable[int], sign: int) -> None:
        self.units += sign * units
        self.totals = [total + sign * length for total, length in zip(self.totals, lengths, strict=True)]

    def _post(self, term: str, dead: range, alive: dict[int, int]) -> None:
        """Take a note's units out of the posting of a term and put others in."""
        row = self.connection.execute("select units, impacts from posting where term = ?", (term,)).fetchone()
        old = export.unpacked(row[0], row[1], self.wide) if row else {}
        new = {number: impact for number, impact in old.items() if number not in dead} | alive
        if not new:
            self.connection.execute("delete from posting where term = ?", (term,))
            self.connection.execute("delete from word where term = ?", (term,))
        elif new != old:
            ordered = dict(sorted(new.items()))
            insert(self.connection, "posting", [(term, *export.packed(ordered, self.wide))])

    def finish(self) -> None:
        """Write the figures.

        Raises:
            _ReachesFurther: an average moved on its grid, numbers need another width, or too many lie unused.
        """
        unused = self.highest + 1 - self.units
        moved = averages(self.totals, self.units) != self.averages
        if moved or export.wide_for(self.highest) != self.wide or unused > UNUSED * self.units:
            raise _ReachesFurther
        insert(self.connection, "meta", export.meta_rows(self.units, self.highest, self.totals, frozen=False))
