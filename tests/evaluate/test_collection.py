"""Retrieval collections: figures by hand, files that are not what they should be."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import InputError
from kb.evaluate.collection import is_collection, read_collection, score


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four documents, two queries."""
    documents = {
        "d1": "queues keep messages",
        "d2": "topics push messages",
        "d3": "tables keep items",
        "d4": "unrelated",
    }
    lines = [json.dumps({"_id": id, "title": "", "text": text}) for id, text in documents.items()]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines))
    queries = {"q1": "who keeps messages", "q2": "items", "q3": "not judged"}
    (tmp_path / "queries.jsonl").write_text("\n".join(json.dumps({"_id": i, "text": t}) for i, t in queries.items()))
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t1\nq2\td3\t1\n")
    return tmp_path


def test_figures_are_what_they_say(folder: Path) -> None:
    """Grades 1 and 2 at places 1 and 3; and nothing found."""
    found = {"who keeps messages": ["d2", "d4", "d1"], "items": []}
    figures = score(read_collection(folder), lambda text, limit: found[text])

    assert figures.queries == 2
    assert figures.ndcg_10 == pytest.approx((1 + 2 / 2) / (2 + 1 / 1.5849625) / 2)
    assert figures.map_100 == pytest.approx((1 + 2 / 3) / 2 / 2)
    assert figures.recall_100 == pytest.approx(0.5)


def test_kb_eval_reads_a_collection(folder: Path, run_kb: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """Indexed for the occasion; nothing is left behind."""
    before = sorted(folder.iterdir())
    done = run_kb("eval", str(folder), "--json")

    assert json.loads(done.stdout)["ndcg_10"] == pytest.approx(1.0)
    assert "1.0000" in run_kb("eval", str(folder)).stdout
    assert sorted(folder.iterdir()) == before


def test_what_is_no_collection_says_so(
    folder: Path, tmp_path: Path, run_kb: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """A folder without the files, a line without tabs, a document without an id."""
    assert is_collection(folder)
    (folder / "qrels.tsv").write_text("a\tb\t1\nbroken line\n")
    with pytest.raises(InputError, match=r"qrels\.tsv:2"):
        read_collection(folder)
    (folder / "qrels.tsv").write_text("q1\td1\t1\n")
    (folder / "queries.jsonl").write_text('{"text": "x"}')
    with pytest.raises(InputError, match=r"queries\.jsonl:1"):
        read_collection(folder)
    (tmp_path / "empty").mkdir()
    assert run_kb("eval", str(tmp_path / "empty")).returncode == 2
