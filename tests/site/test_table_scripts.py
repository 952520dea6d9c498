"""Scripts of tables in Node: side by side, quantities and CSV as Python has them; filters and orders of all limits."""

from __future__ import annotations

import json
import random
import subprocess
from typing import Any

import pytest

from kb import KnowledgeBase
from kb.api.documents import Documents
from kb.api.shapes import table_shape
from kb.facts.quantity import find_quantities
from kb.site.facts import csv_text, limits_data
from kb.site.pages import Library
from tests.conftest import ROOT

SCRIPTS = (ROOT / "kb/site/assets/pages").as_uri()


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return KnowledgeBase(str(ROOT))


def run(node: str, script: str, given: Any) -> Any:
    """Return what a module writes as JSON, given `input`."""
    program = f"""
import {{ readFileSync }} from "node:fs"
import * as table from "{SCRIPTS}/table.js"
import * as limits from "{SCRIPTS}/limits.js"
const input = JSON.parse(readFileSync(0, "utf8"))
process.stdout.write(JSON.stringify((() => {{ {script} }})()))
"""
    done = subprocess.run(
        [node, "--input-type=module", "-e", program], input=json.dumps(given), capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_side_by_side_is_what_kb_compare_says(node: str, kb: KnowledgeBase) -> None:
    """The same rows, labels, values, dates, checks and sources, for a hundred choices of services."""
    documents = Documents(kb)
    ids = [note.id for note in documents.notes if note.facts]
    choose = random.Random(6)
    choices = [choose.sample(ids, choose.choice([2, 2, 3, 5])) for _ in range(100)]
    tables = run(
        node,
        "return input.choices.map((choice) => table.sideBySide(choice.map((id) => input.notes[id])))",
        {"choices": choices, "notes": {id: documents.whole[id] for id in ids}},
    )

    assert any(len(table["rows"]) > 5 for table in tables)
    for choice, found in zip(choices, tables, strict=True):
        wanted = table_shape(kb.compare(choice))["rows"]
        got = [
            row | {"cells": [cell and {k: v for k, v in cell.items() if k != "url"} for cell in row["cells"]]}
            for row in found["rows"]
        ]
        assert got == wanted, choice


def test_all_adds_what_only_one_records(node: str, kb: KnowledgeBase) -> None:
    """Every property of either note, the shared ones first."""
    notes = [Documents(kb).whole[id] for id in ("sqs", "acm")]
    rows = run(node, "return table.sideBySide(input, true).rows", notes)

    assert {row["property"] for row in rows} == {fact["id"] for note in notes for fact in note["facts"]}
    gaps = [None in row["cells"] for row in rows]
    assert gaps == sorted(gaps)


def test_quantities_are_read_as_python_reads_them(node: str, kb: KnowledgeBase) -> None:
    """The first quantity of every value of every fact, in the same dimension and size."""
    values = sorted({fact.value for note in kb.folder.notes.values() for fact in note.facts})
    found = run(node, "return input.map((value) => table.quantity(value))", values)

    assert len(values) > 1000
    for value, got in zip(values, found, strict=True):
        wanted = find_quantities(value)
        assert got == ([wanted[0].dimension, pytest.approx(wanted[0].base)] if wanted else None), value


def test_values_are_ordered_by_size_gaps_last(node: str) -> None:
    """1 MiB is more than 256 KB, 15 minutes more than 300 seconds."""
    given = ["1 MiB", None, "256 KB", "none", "2 GB", "15 minutes", "300 s", "1 day"]

    assert run(node, "return input.sort(table.byValue)", given) == [
        "256 KB",
        "1 MiB",
        "2 GB",
        "300 s",
        "15 minutes",
        "1 day",
        "none",
        None,
    ]


def test_csv_is_that_of_python(node: str) -> None:
    """Quotes, commas, lines, formulas."""
    rows = [
        ["a", 'say "x"', "1,2"],
        ["=1+1", "+1", "-1"],
        ["@x", "\tx", " =x"],
        ["two\nlines", "", "\uff1d1"],
        ["'=x", "\u00a0=1", "\r"],
    ]

    assert run(node, "return table.csv(input)", rows) == csv_text(rows)


@pytest.fixture(scope="module")
def data(kb: KnowledgeBase) -> dict[str, Any]:
    return limits_data(Library(dict(sorted(kb.folder.notes.items())), kb.folder.sources, kb.comparisons))


def test_filters_find_what_stands_in_a_row(node: str, kb: KnowledgeBase, data: dict[str, Any]) -> None:
    """All words, service, category and kind together; nothing is a hit for nonsense."""
    script = "return limits.sift(limits.unpack(input.data), input.filter).map((row) => [row.note, row.kind, row.category, row.text])"
    every = {"words": "", "service": "", "category": "", "kind": ""}

    def sifted(**wanted: str) -> list[Any]:
        return list(run(node, script, {"data": data, "filter": every | wanted}))

    assert len(sifted()) == len(data["rows"])
    assert all(
        note == "lambda" and kind == "can be raised"
        for note, kind, *_ in sifted(service="lambda", kind="can be raised")
    )
    assert sifted(service="lambda", kind="can be raised")
    found = sifted(words="  Retention SQS ", category="Application integration")
    assert found
    assert all("retention" in text and "sqs" in text and "Application" in category for _, _, category, text in found)
    assert sifted(words="xyzzy") == []


def test_orders_of_rows(node: str, data: dict[str, Any]) -> None:
    """By label either way; by value in sizes of one kind, what has none last; an unknown order changes nothing."""
    script = (
        "return limits.sorted(limits.unpack(input.data), input.by).map((row) => [row.label, row.value, row.service])"
    )

    def ordered(by: str) -> list[list[str]]:
        return list(run(node, script, {"data": data, "by": by}))

    labels = [label.lower() for label, *_ in ordered("limit")]
    assert labels == sorted(labels)
    assert [label.lower() for label, *_ in ordered("-limit")] == labels[::-1]
    firsts = [(find_quantities(value) or [None])[0] for _, value, _ in ordered("value")]
    known = [(one.dimension, one.base) for one in firsts if one]
    assert known == sorted(known)
    assert firsts[: len(known)] == [one for one in firsts if one]
    assert ordered("nonsense") == ordered("")
