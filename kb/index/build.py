"""Build the index: patched where only the text of notes changed, written whole otherwise."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from kb.errors import InputError, NoteError
from kb.facts.comparison import read_comparisons
from kb.index import store
from kb.index.content import called, digest, protected_words
from kb.index.export import (
    Stats,
    Step,
    insert,
    meta_rows,
    note_row,
    packed,
    terms_blob,
    unit_row,
    wide_for,
    written,
)
from kb.index.impacts import Occurrences, averages
from kb.index.patch import patch
from kb.index.unit import units_of
from kb.index.whoosh import Stemmer, WhooshEngine
from kb.links.names import claims, identifier_claims
from kb.notes.folder import is_plain, note_files, read_any, read_sources
from kb.notes.note import Note
from kb.notes.source import Source


def build(root: Path, target: str, *, full: bool = False, frozen: bool = False, step: Step = lambda *_: None) -> Stats:
    """Bring the index in `target` up to date with the notes below `root`.

    `frozen` marks an index that travels with its notes and is never stale. Same notes, same bytes of the export
    when it is written whole; a patched one has the same rows, its units numbered differently.

    Raises:
        BuildBusy: another build is running.
        EngineError: the engine failed on its own index.
        InputError: there is no such folder, or no Markdown in it.
    """
    if not root.is_dir():
        raise InputError(str(root), "no such folder")
    with store.Building(target):
        if not (full or frozen) and (stats := patch(root, target)):
            return stats
        return _Whole(target, full=full, frozen=frozen, step=step).build(root)


def build_from(notes: Iterable[Note], target: str) -> Stats:
    """Build an index of pages that come from elsewhere than a folder; it is never stale."""
    with store.Building(target):
        return _Whole(target, full=True, frozen=True).write(iter(notes), [], {}, [])


class _Whole:
    """Writes the export whole; the engine gets only the notes that changed."""

    def __init__(self, target: str, *, full: bool, frozen: bool, step: Step = lambda *_: None) -> None:
        self.target, self.full, self.frozen, self.step = target, full, frozen, step
        self.problems: list[NoteError] = []
        self.comparisons: list[tuple[str, str, int, str, str, str]] = []

    def build(self, root: Path) -> Stats:
        """Write the notes of a folder."""
        sources, self.problems = read_sources(root)
        stamps = [] if self.frozen else list(store.note_stamps(str(root)))
        notes = self._read(root)
        if is_plain(root):  # pages have no names and are read as they are written
            if not stamps and not self.frozen:
                raise InputError(str(root), "there is no Markdown in it")
            return self.write(notes, [], sources, stamps)
        named = list(notes)
        pages, problems = read_comparisons(root, {note.id: note for note in named})
        self.problems += problems
        self.comparisons = [
            (page.id, page.title, at, column.note, column.scope, column.title)
            for page in pages.values()
            for at, column in enumerate(page.columns)
        ]
        return self.write(iter(named), named, sources, stamps)

    def write(
        self, notes: Iterator[Note], named: list[Note], sources: dict[str, Source], stamps: list[tuple[str, int, int]]
    ) -> Stats:
        """Write notes, the names of some, sources and stamps; the export takes its place last."""
        names = [name for found in claims(named).values() for name in found]
        identifiers = identifier_claims(named)
        stemmer = Stemmer(protected_words(((n.text, n.rank) for n in names), (id for _, id in identifiers)))
        engine = WhooshEngine(Path(self.target) / store.ENGINE, stemmer)
        known = {} if self.full or store.pending(self.target) or not engine.exists() else store.built(self.target)
        store.mark_pending(self.target)
        with written(self.target) as connection:
            filling = _Filling(connection, stemmer, sources)
            with engine.writing(full=not known) as writer:
                for note in notes:
                    words = filling.add(note)
                    if known.get(note.id) != filling.digest:
                        filling.changed += 1
                        writer.replace(note.id, words)
                gone = [id for id in known if id not in filling.spans]
                for id in gone:
                    writer.drop(id)
                self.step("writing", 0, 1)
            bad = {problem.path for problem in self.problems}
            insert(connection, "stamp", [stamp for stamp in stamps if stamp[0] not in bad])
            insert(connection, "source", sorted((s.id, s.title, s.author, s.date) for s in sources.values()))
            insert(connection, "comparison", self.comparisons)
            insert(connection, "name", sorted((n.key, n.note, n.text, n.rank) for n in names))
            rows = ((kind, id, note) for (kind, id), owners in identifiers.items() for note in owners)
            insert(connection, "identifier", sorted(rows))
            filling.finish(self.frozen)
        store.clear_pending(self.target)
        self.step("writing", 1, 1)
        return Stats(len(filling.spans), filling.number, filling.changed, len(gone), tuple(self.problems))

    def _read(self, root: Path) -> Iterator[Note]:
        files = list(note_files(root))
        seen = set()
        for position, (file, path, kind) in enumerate(files):
            reading = read_any(file, path, kind)
            self.problems += reading.problems
            if reading.note and reading.note.id not in seen:
                seen.add(reading.note.id)
                yield reading.note
            self.step("reading", position + 1, len(files))


class _Filling:
    """Writes the rows of units as they come, and those of words when all are in."""

    def __init__(self, connection: sqlite3.Connection, stemmer: Stemmer, sources: dict[str, Source]) -> None:
        self.connection, self.stemmer, self.sources = connection, stemmer, sources
        self.occurrences = Occurrences(stemmer)
        self.spans: dict[str, tuple[int, int]] = {}
        self.number = 0
        self.changed = 0
        self.digest = ""
        """Of the note added last."""

    def add(self, note: Note) -> dict[str, set[str]]:
        """Number the units of a note, write and count them; return their ids and terms."""
        units = list(units_of(note, self.sources))
        first = self.number
        words = {unit.id: self.occurrences.add(number, unit) for number, unit in enumerate(units, start=first)}
        self.number += len(units)
        self.spans[note.id] = (first, self.number - 1)
        self.digest = digest(units, self.stemmer.protected)
        lengths = self.occurrences.totals(range(first, self.number))
        built = (
            note.path,
            note.id,
            self.digest,
            called(note),
            " ".join(map(str, lengths)),
            terms_blob(set().union(*words.values())),
        )
        insert(self.connection, "unit", [unit_row(number, unit) for number, unit in enumerate(units, start=first)])
        insert(self.connection, "note", [note_row(note, units[0].url, first, self.number - 1)])
        insert(self.connection, "built", [built])
        return words

    def finish(self, frozen: bool) -> None:
        """Score every word and write what is left."""
        occurrences, highest = self.occurrences, self.number - 1
        totals = occurrences.totals(range(self.number))
        norms = occurrences.norms(averages(totals, self.number))
        wide = wide_for(highest)
        rows = ((term, *packed(occurrences.impacts(term, norms), wide)) for term in sorted(occurrences.lists))
        insert(self.connection, "posting", rows)
        insert(self.connection, "word", sorted(occurrences.words.items()))
        insert(self.connection, "meta", meta_rows(self.number, highest, totals, frozen=frozen))
        if frozen:
            self.connection.execute("update built set terms = x''")
