"""Building: incremental, atomic, deterministic; broken indexes say what is wrong and what to run."""

from __future__ import annotations

import gc
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from kb import BuildBusy, EngineError, IndexDamaged, IndexMissing, IndexTooNew, KnowledgeBase, NotFound
from kb.index import impacts, store
from kb.index.export import unpacked

REAL = Path(__file__).parent.parent.parent / "docs"


def first(base: Path, query: str) -> str | None:
    hits = KnowledgeBase(str(base)).search(query).hits
    return hits[0].id if hits else None


def test_only_changed_notes_are_indexed_again(vault: Path) -> None:
    """Content decides, not times; what went is dropped."""
    kb = KnowledgeBase(str(vault))
    assert (kb.build().changed, kb.build().changed) == (4, 0)

    note = vault / "docs/services/batch.md"
    note.write_text(note.read_text().replace("short jobs", "tiny chores"))
    assert kb.build().changed == 1
    assert first(vault, "chores") == "batch#alternatives"

    note.unlink()
    stats = kb.build()
    assert (stats.changed, stats.gone) == (0, 1)
    assert first(vault, "chores") is None


def rows(base: Path) -> dict[str, object]:
    """Everything a search reads, unit numbers replaced by ids; words of notes that changed may stay known."""
    with closing(sqlite3.connect(base / ".kb" / store.EXPORT)) as connection:
        meta = dict(connection.execute("select key, value from meta where key != 'highest'"))
        numbers = {row[0]: row[1] for row in connection.execute("select number, id from unit")}
        wide = "H"
        postings = {
            term: {numbers[n]: impact for n, impact in unpacked(units, impacts, wide).items()}
            for term, units, impacts in connection.execute("select * from posting")
        }
        tables = {
            name: sorted(connection.execute(f"select {columns} from {name}"))
            for name, columns in {
                "unit": "id, note, kind, heading, text, value, sources, as_of, checked, url",
                "note": "id, title, kind, category, status, summary, url, last - first",
                "name": "*",
                "identifier": "*",
                "stamp": "*",
                "source": "*",
                "built": "*",
            }.items()
        }
        return {"meta": meta, "postings": postings, **tables}


@pytest.fixture
def some_notes(tmp_path: Path) -> Path:
    """A base of 25 real notes: averages that one changed note does not move."""
    for name in ("services", "sources"):
        (tmp_path / "docs" / name).mkdir(parents=True)
        for file in sorted((REAL / name).glob("*.md"))[: None if name == "sources" else 25]:
            shutil.copy(file, tmp_path / "docs" / name)
    return tmp_path


@pytest.mark.parametrize(("grown", "turns"), [(0, 3), (1, 3), (3, 1)])
def test_a_patch_equals_a_full_build(grown: int, turns: int, some_notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rows, whichever way they came in, also when a note grew out of its numbers."""
    monkeypatch.setattr(impacts, "GRID", 0.2)  # steps so wide that no average moves, whatever the notes say
    kb = KnowledgeBase(str(some_notes))
    kb.build()
    note = some_notes / "docs/services/api-gateway.md"
    for turn in range(turns):
        more = "".join(f"\n### Part {turn} {part}\n\n- Chore {part} of {turn}.\n" for part in range(grown))
        front, _, body = note.read_text().partition("\n---\n")
        body = body.replace("integration", "tiny chore", 3).replace("\n## ", f"{more}\n## ", 1)
        note.write_text(f"{front}\n---\n{body}")
        stats = kb.build()
        assert (stats.changed, stats.patched) == (1, True)
    patched = rows(some_notes)
    kb.build(full=True)

    whole = rows(some_notes)
    for table, found in patched.items():
        assert found == whole[table], table


def test_a_full_build_gives_the_same_bytes(vault: Path) -> None:
    """Same notes, same export."""
    kb = KnowledgeBase(str(vault))
    kb.build(full=True)
    first_time = (vault / ".kb" / store.EXPORT).read_bytes()
    kb.build(full=True)

    assert (vault / ".kb" / store.EXPORT).read_bytes() == first_time


def test_a_change_that_reaches_further_is_not_patched(vault: Path) -> None:
    """A new name is known everywhere; a source's date is the date of every statement that cites it."""
    kb = KnowledgeBase(str(vault))
    kb.build()
    note = vault / "docs/services/batch.md"
    note.write_text(note.read_text().replace("short: [", "short: [Chorerunner, ", 1))
    kb.build()
    assert first(vault, "chorerunner") == "batch"

    source = vault / "docs/sources/anna-2019.md"
    source.write_text(source.read_text().replace("2019-12-22", "2024-12-22"))
    kb.build()
    assert KnowledgeBase(str(vault)).search("short jobs").hits[0].as_of == "2024-12-22"


def test_a_changed_note_makes_the_index_stale(vault: Path) -> None:
    """Searching still works, and says so."""
    KnowledgeBase(str(vault)).build()
    assert KnowledgeBase(str(vault)).stale() == 0

    (vault / "docs/services/new.md").write_text("---\nid: new\n---\n")
    assert KnowledgeBase(str(vault)).stale() == 1


def test_a_reader_keeps_working_during_a_rebuild(vault: Path) -> None:
    """An open searcher answers from the index it opened."""
    kb = KnowledgeBase(str(vault))
    kb.build()
    reader = KnowledgeBase(str(vault))
    assert reader.search("chores").hits == []

    note = vault / "docs/services/batch.md"
    note.write_text(note.read_text().replace("short jobs", "tiny chores"))
    kb.build()

    assert reader.search("chores").hits == []
    assert reader.search("short jobs").hits[0].id == "batch#alternatives"
    assert first(vault, "chores") == "batch#alternatives"


def test_two_builds_at_once_do_not_corrupt(vault: Path) -> None:
    """The second is refused; afterwards the index is whole."""
    folder = str(vault / ".kb")
    with store.Building(folder), pytest.raises(BuildBusy):
        KnowledgeBase(str(vault)).build()

    command = [sys.executable, "-m", "kb", "--base", str(vault), "index", "--full"]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    results = [(process.communicate()[1], process.returncode) for process in running]

    assert 0 in [code for _, code in results]
    assert all(code == 0 or "another build is running" in text for text, code in results), results
    assert first(vault, "long polling") is not None


def test_a_killed_build_loses_nothing(vault: Path) -> None:
    """Killed at any moment, the old index answers or the new one does, and the next build succeeds."""
    base = KnowledgeBase(str(vault))
    base.build()
    chance = random.Random(7)
    for attempt in range(12):
        note = vault / "docs/services/batch.md"
        note.write_text(note.read_text().replace("short jobs", f"short jobs word{attempt}"))
        how = ["--full"] if attempt % 2 else []
        process = subprocess.Popen(
            [sys.executable, "-m", "kb", "--base", str(vault), "index", *how], stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.05, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert first(vault, "long polling") is not None
        with suppress(EngineError):  # killed between two renames: said, not silently empty
            assert first(vault, '"visibility timeout"') == "sqs#visibility-timeout"

    assert KnowledgeBase(str(vault)).build().units > 0
    assert first(vault, "word11") == "batch#alternatives"
    left = {path.name for path in (vault / ".kb").iterdir()}
    assert left - {store.VECTORS} == {store.EXPORT, store.LOCK, store.ENGINE}


def test_a_missing_index_says_what_to_run(vault: Path) -> None:
    """Never silently empty."""
    with pytest.raises(IndexMissing) as caught:
        KnowledgeBase(str(vault)).search("sqs")

    assert caught.value.remedy == f"kb --base {vault} index"


@pytest.mark.parametrize("damage", ["cut", "garbage", "empty", "half"])
def test_a_damaged_index_says_so(damage: str, vault: Path) -> None:
    """Cut short, overwritten, empty, or never completed."""
    KnowledgeBase(str(vault)).build()
    path = vault / ".kb" / store.EXPORT
    raw = path.read_bytes()
    path.write_bytes(
        {"cut": raw[: len(raw) // 2], "garbage": b"not an index" * 1000, "empty": b"", "half": raw}[damage]
    )
    if damage == "half":
        with sqlite3.connect(path) as connection:
            connection.execute("delete from meta where key = 'complete'")
        connection.close()

    with pytest.raises(IndexDamaged) as caught:
        KnowledgeBase(str(vault)).search("sqs")
    assert caught.value.remedy == f"kb --base {vault} index --full"
    KnowledgeBase(str(vault)).build()
    assert first(vault, "sqs") == "sqs"


def test_an_index_of_a_newer_kb_is_not_misread(vault: Path) -> None:
    """The format is checked before anything is read."""
    KnowledgeBase(str(vault)).build()
    with sqlite3.connect(vault / ".kb" / store.EXPORT) as connection:
        connection.execute(f"pragma user_version = {store.FORMAT + 1}")
    connection.close()

    with pytest.raises(IndexTooNew):
        KnowledgeBase(str(vault)).search("sqs")


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Whoosh leaves the file it choked on open
def test_a_broken_engine_is_built_anew(vault: Path) -> None:
    """Whoosh's own files are a cache."""
    kb = KnowledgeBase(str(vault))
    kb.build()
    for file in (vault / ".kb" / store.ENGINE).glob("*.seg"):
        file.write_bytes(b"broken")
    note = vault / "docs/services/batch.md"
    note.write_text(note.read_text().replace("short jobs", "tiny chores"))

    assert kb.build().changed == 4
    assert first(vault, '"visibility timeout"') == "sqs#visibility-timeout"
    gc.collect()  # here, where the warning about that file is expected


def test_an_index_that_cannot_be_written_goes_to_the_cache(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only folder of notes is searched all the same."""
    if os.geteuid() == 0:
        monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere; the answer is what is tested
    else:
        vault.chmod(0o555)
    kb = KnowledgeBase(str(vault))
    kb.build()
    vault.chmod(0o755)

    assert not (vault / ".kb").exists()
    assert kb.search("sqs").hits[0].id == "sqs"


def test_the_index_of_notes_with_problems_is_built(vault: Path) -> None:
    """One unreadable note is left out, the rest is found."""
    (vault / "docs/services/bad.md").write_bytes(b"\xff")
    kb = KnowledgeBase(str(vault))

    assert kb.build().notes == 4
    assert [p.path for p in kb.problems] == ["services/bad.md"]


def test_a_page_damaged_inside_is_said_when_it_is_met(vault: Path) -> None:
    """Not every damage shows on opening; none is a traceback."""
    KnowledgeBase(str(vault)).build()
    path = vault / ".kb" / store.EXPORT
    raw = bytearray(path.read_bytes())
    for page in range(2, len(raw) // 4096):
        raw[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(bytes(raw))

    with pytest.raises(IndexDamaged):
        KnowledgeBase(str(vault)).search("sqs message timeout")


def test_a_note_that_is_gone_is_not_found(vault: Path) -> None:
    """The index still names it, the folder no longer holds it."""
    KnowledgeBase(str(vault)).build()
    (vault / "docs/services/batch.md").unlink()

    with pytest.raises(NotFound):
        KnowledgeBase(str(vault)).note("AWS Batch")
