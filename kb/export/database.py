"""SQLite: everything in one file, with a full-text index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from kb.base import KnowledgeBase
from kb.errors import InputError, QuantityError
from kb.facts.quantity import parse_quantity
from kb.index.unit import plain, units_of
from kb.notes.fact import Fact
from kb.notes.folder import Folder
from kb.notes.note import Note
from kb.publish.dates import newest_date

MARK = b"kbex"
"""The application id, in the header of the file."""
VERSION = 1
"""Of the schema; pragma user_version."""
SCHEMA = """
create table meta (key text primary key, value text) without rowid;
create table source (
  id text primary key, title text, author text, date text, dated text, licence text, kind text, url text, about text
) without rowid;
create table note (
  id text primary key, kind text, title text, category text, summary text, path text,
  status text, since text, instead text, status_detail text
) without rowid;
create table name (note text references note, kind text, name text);
create table identifier (note text references note, kind text, identifier text);
create table fact (
  note text references note, anchor text, position integer, fact text, label text, scope text, kind text,
  value text, number real, unit text, base real, dimension text, detail text, as_of text,
  checked_against text, checked_at text, checked_on text, quote text, min text, max text,
  primary key (note, anchor)
) without rowid;
create table fact_source (note text, anchor text, source text references source);
create table fact_history (note text, anchor text, position integer, value text, as_of text, sources text);
create table fact_bind (note text, anchor text, key text, value text);
create table asked (note text references note, anchor text, phrase text);
create table section (
  note text references note, anchor text, position integer, title text, level integer, parent text
);
create table statement (
  id integer primary key, note text references note, section text, position integer, block text, depth integer,
  markdown text, text text
);
create table statement_source (statement integer references statement, source text references source);
create index fact_by_id on fact (fact);
create index statement_by_section on statement (note, section);
create virtual table search using fts5 (
  unit unindexed, note unindexed, kind unindexed, title, heading, text, asked, names, tokenize = 'porter unicode61'
);
insert into search (search, rank) values ('rank', 'bm25(0, 0, 0, 4, 8, 2, 4, 3)');
"""
Row = tuple[Any, ...]


def sqlite_database(kb: KnowledgeBase) -> bytes:
    """Return the bytes of an SQLite file with notes, facts, statements, sources and a full-text index.

    Raises:
        InputError: the SQLite of this Python has no full-text index.
    """
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.executescript(f"pragma page_size = 4096; {SCHEMA}")
        except sqlite3.OperationalError as error:
            raise InputError(f"SQLite {sqlite3.sqlite_version}", str(error)) from None
        database.execute(f"pragma application_id = {int.from_bytes(MARK, 'big')}")
        database.execute(f"pragma user_version = {VERSION}")
        for table, rows in _tables(kb.folder):
            for row in rows:
                database.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)  # noqa: S608 - ours
        database.execute("insert into search (search) values ('optimize')")
        database.commit()
        database.execute("vacuum")
        return database.serialize()


def _tables(folder: Folder) -> Iterator[tuple[str, Iterable[Row]]]:
    """Yield each table with its rows, in a fixed order."""
    notes = [note for _, note in sorted(folder.notes.items())]
    facts = [(note, position, fact) for note in notes for position, fact in enumerate(note.facts)]
    yield "meta", [("newest", newest_date(folder)), ("notes", str(len(notes))), ("facts", str(len(facts)))]
    yield (
        "source",
        (
            (s.id, s.title, s.author, s.date, s.dated, s.licence, s.kind, s.url, s.about)
            for _, s in sorted(folder.sources.items())
        ),
    )
    yield "note", (_note(note) for note in notes)
    yield "name", (row for note in notes for row in _names(note))
    yield "identifier", ((note.id, kind, text) for note in notes for kind, found in note.identifiers for text in found)
    yield "fact", (_fact(note, position, fact, folder) for note, position, fact in facts)
    yield "fact_source", ((note.id, fact.anchor, id) for note, _, fact in facts for id in fact.sources)
    yield (
        "fact_history",
        (
            (note.id, fact.anchor, position, earlier.value, earlier.as_of, " ".join(earlier.sources))
            for note, _, fact in facts
            for position, earlier in enumerate(fact.history)
        ),
    )
    yield "fact_bind", ((note.id, fact.anchor, *bind) for note, _, fact in facts for bind in fact.binds)
    yield "asked", ((note.id, key, phrase) for note in notes for key, phrases in note.asked for phrase in phrases)
    yield (
        "section",
        (
            (note.id, section.anchor, position, section.title, section.level, section.parent)
            for note in notes
            for position, section in enumerate(note.sections)
        ),
    )
    statements, cited = _statements(notes)
    yield "statement", statements
    yield "statement_source", cited
    yield "search", (row for note in notes for row in _units(note, folder))


def _note(note: Note) -> Row:
    status = note.status
    head = (note.id, note.kind, note.title, note.category, note.summary, note.path)
    return (*head, status.state, status.since, status.instead, status.detail)


def _names(note: Note) -> Iterator[Row]:
    names = note.names
    by_kind = (
        ("official", (names.official,)),
        ("short", names.short),
        ("also", names.also),
        ("former", names.former),
    )
    return ((note.id, kind, name) for kind, found in by_kind for name in found if name)


def _fact(note: Note, position: int, fact: Fact, folder: Folder) -> Row:
    from kb.facts.comparison import fact_date

    try:
        quantity = parse_quantity(fact.value)
        measured: Row = (quantity.number, quantity.unit, quantity.base, quantity.dimension)
    except QuantityError:
        measured = (None, None, None, None)
    check = fact.checked
    return (
        *(note.id, fact.anchor, position, fact.id, fact.label, fact.scope, fact.kind, fact.value, *measured),
        *(fact.detail, fact_date(fact, folder.sources)),
        *((check.against, check.at, check.date, check.quote, check.min, check.max) if check else (None,) * 6),
    )


def _statements(notes: Iterable[Note]) -> tuple[list[Row], list[Row]]:
    """Return the rows of all statements, numbered, and which source each cites."""
    rows: list[Row] = []
    cited: list[Row] = []
    for note in notes:
        for section in note.sections:
            for position, statement in enumerate(section.statements):
                text = statement.text if statement.block in ("code", "table") else plain(statement.text)
                place = (len(rows) + 1, note.id, section.anchor, position)
                rows.append((*place, statement.block, statement.depth, statement.text, text))
                cited += [(len(rows), id) for id in statement.citations]
    return rows, cited


def _units(note: Note, folder: Folder) -> Iterator[Row]:
    for unit in units_of(note, folder.sources):
        yield unit.id, unit.note, unit.kind, unit.title, unit.heading, unit.text, unit.asked, unit.names
