"""The ranked export: one SQLite file with every unit, word, name and impact; written whole, or patched note by note."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kb.errors import NoteError
from kb.index import store
from kb.index.impacts import SCALE
from kb.index.unit import Unit
from kb.notes.note import Note
from kb.semantic.text import text_key

SCHEMA = """
create table meta (key text primary key, value text) without rowid;
create table stamp (path text primary key, size integer, changed integer) without rowid;
create table note (id text primary key, title text, kind text, category text, status text, summary text, url text, first integer,
    last integer) without rowid;
create table built (path text primary key, note text, digest text, called text, lengths text, terms blob) without rowid;
create table unit (number integer primary key, id text, note text, kind text, heading text, text text, value text, sources text,
    as_of text, checked text, url text, key blob);
create table word (surface text primary key, term text) without rowid;
create table posting (term text primary key, units blob, impacts blob) without rowid;
create table name (key text, note text, text text, rank text, primary key (key, note)) without rowid;
create table identifier (kind text, id text, note text, primary key (kind, id, note)) without rowid;
create table comparison (id text, title text, position integer, note text, scope text, name text, primary key (id, position)) without rowid;
create table source (id text primary key, title text, author text, date text) without rowid;
"""
Rows = Iterable[tuple[object, ...]]
Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Stats:
    """What a build did."""

    notes: int
    units: int
    changed: int
    gone: int
    problems: tuple[NoteError, ...] = field(default=(), compare=False)
    """What is wrong with the files that were read."""
    patched: bool = False
    """Whether only the rows of changed notes were written."""

    def __str__(self) -> str:
        return f"{self.notes:,} notes, {self.units:,} units; {self.changed:,} notes indexed, {self.gone:,} dropped"


@contextmanager
def written(target: str, *, patching: bool = False) -> Iterator[sqlite3.Connection]:
    """Open a new export, or a copy of the present one, that takes its place when the block ends well."""
    beside = os.path.join(target, f"{store.EXPORT}.tmp")  # under the lock of the build; a killed one may have left it
    place = os.path.join(target, store.EXPORT)
    try:
        Path(beside).unlink(missing_ok=True)
        if patching:
            shutil.copyfile(place, beside)
        connection = sqlite3.connect(beside, isolation_level=None)
        try:
            connection.execute("pragma page_size=4096")
            connection.executescript("pragma journal_mode=off; pragma synchronous=off;")
            connection.execute("begin")
            if not patching:
                for statement in SCHEMA.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"pragma user_version={store.FORMAT}")
            yield connection
            connection.execute("commit")
        finally:
            connection.close()
        with open(beside, "rb") as handle:
            os.fsync(handle.fileno())
        os.replace(beside, place)
    finally:
        if os.path.exists(beside):
            os.unlink(beside)


def insert(connection: sqlite3.Connection, table: str, rows: Rows) -> None:
    """Put rows into a table, in place of those with the same key."""
    width = len(connection.execute(f"pragma table_info({table})").fetchall())
    connection.executemany(f"insert or replace into {table} values ({','.join('?' * width)})", rows)  # noqa: S608 - our own table names


def unit_row(number: int, unit: Unit) -> tuple[object, ...]:
    """Return the row of a unit."""
    u = unit
    key = text_key(u.meaning)
    return number, u.id, u.note, u.kind, u.heading, u.text, u.value, " ".join(u.sources), u.as_of, u.checked, u.url, key


def note_row(note: Note, url: str, first: int, last: int) -> tuple[object, ...]:
    """Return the row of a note whose units are first to last."""
    return note.id, note.title, note.kind, note.category, note.status.state, note.summary, url, first, last


def packed(impacts: dict[int, int], wide: str) -> tuple[bytes, bytes]:
    """Return unit numbers, in order, and their impacts, as little-endian arrays."""
    return _bytes(array(wide, impacts)), _bytes(array("H", impacts.values()))


def unpacked(units: bytes, impacts: bytes, wide: str) -> dict[int, int]:
    """Return the impacts of a posting row by unit number."""
    return dict(zip(_array(wide, units), _array("H", impacts), strict=True))


def terms_blob(terms: Iterable[str]) -> bytes:
    """Return the terms of a note as one compressed text."""
    return zlib.compress("\n".join(sorted(terms)).encode(), 6)


def blob_terms(blob: bytes) -> set[str]:
    """Return the terms of a note."""
    text = zlib.decompress(blob).decode()
    return set(text.split("\n")) if text else set()


def wide_for(highest: int) -> str:
    """Return the array type that holds unit numbers up to `highest`."""
    return "I" if highest > store.NARROW else "H"


def meta_rows(units: int, highest: int, totals: Iterable[int], *, frozen: bool) -> Rows:
    """Return what a reader must know before anything else."""
    return [
        ("complete", "yes"),
        ("frozen", "yes" if frozen else ""),
        ("highest", str(highest)),
        ("lengths", " ".join(map(str, totals))),
        ("scale", str(SCALE)),
        ("units", str(units)),
    ]


def _bytes(values: array[int]) -> bytes:
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def _array(wide: str, data: bytes) -> array[int]:
    values = array(wide, data)
    if sys.byteorder == "big":
        values.byteswap()
    return values
