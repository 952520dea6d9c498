"""The ranked export: for every word its postings with the engine's own score, so that a plain query is a sum."""

from __future__ import annotations

import os
import re
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kb.index import store
from kb.index.analyse import STOPWORDS, surfaces
from kb.index.unit import Unit, units_of
from kb.index.whoosh import Stemmer, WhooshEngine
from kb.links.names import claims, identifier_claims
from kb.notes.folder import Folder

SCALE = 64
"""Steps an impact is quantised to, per point of score."""
IMPACT_MAX = 65_535
_SCHEMA = """
create table meta (key text primary key, value text) without rowid;
create table stamp (path text primary key, size integer, changed integer) without rowid;
create table note (id text primary key, title text, kind text, category text, status text, summary text, url text, first integer,
    last integer) without rowid;
create table unit (number integer primary key, id text, note text, kind text, heading text, text text, value text, sources text,
    as_of text, checked text, url text);
create table word (surface text primary key, term text) without rowid;
create table posting (term text primary key, units blob, impacts blob) without rowid;
create table name (key text, note text, text text, rank text, primary key (key, note)) without rowid;
create table identifier (kind text, id text, note text, primary key (kind, id, note)) without rowid;
create table source (id text primary key, title text, author text, date text) without rowid;
"""
Step = Callable[[str, int, int], None]
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Stats:
    """What a build did."""

    notes: int
    units: int
    changed: int
    gone: int
    terms: int
    postings: int

    def __str__(self) -> str:
        return f"{self.notes} notes, {self.units} units, {self.terms:,} terms; {self.changed} notes indexed, {self.gone} dropped"


def build(
    folder: Folder, target: str, *, full: bool = False, frozen: bool = False, step: Step = lambda *_: None
) -> Stats:
    """Bring the index in `target` up to date with the notes and write the ranked export.

    `frozen` marks an index that travels with its notes and is never stale. Same notes, same bytes.

    Raises:
        BuildBusy: another build is running.
        EngineError: the engine failed on its own index.
    """
    with store.Building(target):
        stemmer = Stemmer(protected_words(folder))
        engine = WhooshEngine(Path(target) / store.ENGINE, stemmer)
        notes = [folder.notes[id] for id in sorted(folder.notes)]
        units = {note.id: list(units_of(note, folder.sources)) for note in notes}
        digests = {id: _digest(found, stemmer) for id, found in units.items()}
        known = {} if full or not engine.exists() else engine.digests()  # nothing known: a full index
        changed = [id for id in units if known.get(id) != digests[id]]
        gone = [id for id in known if id not in units]
        done = iter(range(1, len(changed) + 1))
        engine.write(
            ((id, digests[id], units[id]) for id in changed),
            gone,
            full=not known,
            progress=lambda: step("indexing", next(done), len(changed)),
        )
        every = [unit for found in units.values() for unit in found]
        terms, postings = _write(target, folder, every, engine, frozen, step)
    return Stats(len(units), len(every), len(changed), len(gone), terms, postings)


def protected_words(folder: Folder) -> set[str]:
    """Return the words of all names and identifiers: they are never stemmed."""
    found = {
        surface
        for names in claims(folder.notes.values()).values()
        for name in names
        if name.rank in ("id", "short", "also", "title")
        for surface in surfaces(name.text)
        if name.text.isupper() or " " not in name.text
    }
    return found | {surface for _, id in identifier_claims(folder.notes.values()) for surface in surfaces(id)}


def _digest(units: list[Unit], stemmer: Stemmer) -> str:
    """Return the hash of what is indexed of a note: its units, and which of its words are kept unstemmed."""
    text = repr(units)
    kept = sorted(stemmer.protected.intersection(_WORD.findall(text.lower())))
    return sha256(f"{text}\n{kept}".encode()).hexdigest()


def _write(
    target: str, folder: Folder, units: list[Unit], engine: WhooshEngine, frozen: bool, step: Step
) -> tuple[int, int]:
    beside = os.path.join(target, f"{store.EXPORT}.tmp")  # under the lock of the build; a killed one may have left it
    try:
        Path(beside).unlink(missing_ok=True)
        connection = sqlite3.connect(beside, isolation_level=None)
        connection.executescript(
            f"pragma page_size=4096; pragma journal_mode=off; pragma synchronous=off; pragma user_version={store.FORMAT}; begin;{_SCHEMA}"
        )
        terms, postings = _fill(connection, folder, units, engine, frozen, step)
        connection.execute("commit")
        connection.execute("vacuum")
        connection.close()
        with open(beside, "rb") as handle:
            os.fsync(handle.fileno())
        os.replace(beside, os.path.join(target, store.EXPORT))
        return terms, postings
    finally:
        if os.path.exists(beside):
            os.unlink(beside)


def _fill(
    connection: sqlite3.Connection, folder: Folder, units: list[Unit], engine: WhooshEngine, frozen: bool, step: Step
) -> tuple[int, int]:
    counts = [0, 0]
    tables: list[tuple[str, int, Iterable[tuple[object, ...]]]] = [
        *_named(folder, units),
        ("unit", 11, _shown(units)),
        ("word", 2, sorted(_words(units, engine.stemmer, step))),
        ("posting", 3, _postings(units, engine, counts)),
        ("stamp", 3, () if frozen else store.note_stamps(str(folder.root))),
        (
            "meta",
            2,
            [
                ("complete", "yes"),
                ("frozen", "yes" if frozen else ""),
                ("scale", str(SCALE)),
                ("units", str(len(units))),
            ],
        ),
    ]
    for table, width, rows in tables:
        connection.executemany(f"insert or ignore into {table} values ({','.join('?' * width)})", rows)  # noqa: S608 - our own table names
    return counts[0], counts[1]


def _shown(units: list[Unit]) -> Iterator[tuple[object, ...]]:
    for number, u in enumerate(units):
        yield number, u.id, u.note, u.kind, u.heading, u.text, u.value, " ".join(u.sources), u.as_of, u.checked, u.url


def _named(folder: Folder, units: list[Unit]) -> Iterator[tuple[str, int, Iterable[tuple[object, ...]]]]:
    """Yield table, width and rows of notes, sources, names and identifiers."""
    spans: dict[str, tuple[str, int, int]] = {}
    for number, unit in enumerate(units):
        url, first, _ = spans.get(unit.note, (unit.url, number, number))
        spans[unit.note] = (url, first, number)
    notes = folder.notes.values()
    yield "note", 9, [(n.id, n.title, n.kind, n.category, n.status.state, n.summary, *spans[n.id]) for n in notes]
    yield "source", 4, sorted((s.id, s.title, s.author, s.date) for s in folder.sources.values())
    yield "name", 4, sorted((n.key, n.note, n.text, n.rank) for found in claims(notes).values() for n in found)
    identifiers = identifier_claims(notes).items()
    yield "identifier", 3, sorted((kind, id, note) for (kind, id), owners in identifiers for note in owners)


def _words(units: list[Unit], stemmer: Callable[[str], str | None], step: Step) -> set[tuple[str, str]]:
    known: set[str] = set()
    for number, unit in enumerate(units):
        known.update(surfaces(f"{unit.head}\n{unit.names}\n{unit.asked}\n{unit.text}\n{unit.extra}"))
        if number % 100 == 0:
            step("exporting", number, len(units))
    step("exporting", len(units), len(units))
    return {(surface, stemmer(surface) or surface) for surface in known}


def _postings(units: list[Unit], engine: WhooshEngine, counts: list[int]) -> Iterator[tuple[str, bytes, bytes]]:
    numbers = {unit.id: number for number, unit in enumerate(units)}
    prior = {unit.id: unit.prior for unit in units}
    wide = "I" if len(units) > store.NARROW else "H"
    for term, scores in engine.scores():
        if term in STOPWORDS:
            continue
        row = sorted((numbers[id], min(round(score * prior[id] * SCALE), IMPACT_MAX)) for id, score in scores.items())
        counts[0] += 1
        counts[1] += len(row)
        yield (
            term,
            array(wide, [number for number, _ in row]).tobytes(),
            array("H", [impact for _, impact in row]).tobytes(),
        )
