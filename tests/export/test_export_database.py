"""The SQLite file, asked with SQL."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.export.database import VERSION, sqlite_database
from tests.conftest import ROOT


@pytest.fixture
def database(kb: KnowledgeBase, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The file, opened."""
    (tmp_path / "kb.sqlite").write_bytes(sqlite_database(kb))
    with closing(sqlite3.connect(tmp_path / "kb.sqlite")) as opened:
        yield opened


def test_everything_is_in_it(database: sqlite3.Connection, kb: KnowledgeBase) -> None:
    """As many rows as the notes have parts, and no reference leads nowhere."""
    notes = kb.folder.notes.values()
    statements = [s for note in notes for section in note.sections for s in section.statements]
    wanted = {
        "note": len(notes),
        "source": len(kb.folder.sources),
        "fact": sum(len(note.facts) for note in notes),
        "statement": len(statements),
        "statement_source": sum(len(s.citations) for s in statements),
        "fact_history": sum(len(fact.history) for note in notes for fact in note.facts),
        "asked": sum(len(phrases) for note in notes for _, phrases in note.asked),
    }

    assert {table: database.execute(f"select count(*) from {table}").fetchone()[0] for table in wanted} == wanted
    assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert database.execute("pragma foreign_key_check").fetchall() == []
    assert database.execute("pragma user_version").fetchone() == (VERSION,)


def test_a_fact_is_found_by_its_size(database: sqlite3.Connection) -> None:
    """Values that are quantities can be compared, whatever their unit."""
    rows = database.execute(
        "select note, value, number, unit, base from fact where dimension = 'time' and kind = 'limit' order by base"
    ).fetchall()

    assert rows == [("lambda", "15 minutes", 15, "min", 900_000), ("sqs", "14 days", 14, "day", 1_209_600_000)]


def test_the_full_text_finds_words_and_how_people_ask(database: sqlite3.Connection) -> None:
    """Word forms meet; the best stands first."""

    def first(words: str) -> str:
        sql = "select unit from search where search match ? order by rank limit 1"
        return str(database.execute(sql, (words,)).fetchone()[0])

    assert first("messages largest") == "sqs#fact-message-size-max"
    assert first("survive nobody") == "sqs#fact-message-retention-max"
    assert first("polling") == "sqs#basics"


def test_the_same_notes_give_the_same_bytes(kb: KnowledgeBase, base: Path) -> None:
    """However the notes were come by."""
    assert sqlite_database(kb) == sqlite_database(KnowledgeBase(str(base)))


def test_every_table_and_column_is_documented(database: sqlite3.Connection) -> None:
    """The page lists what there is, and its examples run."""
    page = (ROOT / "docs/exports.md").read_text()
    tables = [name for (name,) in database.execute("select name from sqlite_schema where type = 'table'")]
    own = [name for name in tables if not name.startswith(("search_", "sqlite_"))]
    assert "search" in own
    for table in own:
        (row,) = re.findall(rf"^\| `{table}` \| (.*?) \|", page, re.M)
        columns = [column for _, column, *_ in database.execute(f"pragma table_info({table})")]
        assert re.findall(r"`(\w+)`", row) == columns, table
    (examples,) = re.findall(r"```sql\n(.*?)```", page, re.S)
    for query in examples.split(";\n")[:-1]:
        assert database.execute(query).fetchall(), query


def test_any_folder_of_markdown_becomes_one(tmp_path: Path) -> None:
    """Without facts, but with its text."""
    (tmp_path / "page.md").write_text("# A page\n\nSome text.\n\n## Part\n\nMore words.\n")
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(sqlite_database(KnowledgeBase(str(tmp_path))))
        found = database.execute("select unit from search where search match 'words'").fetchall()

    assert found == [("page#part",)]
