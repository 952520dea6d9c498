"""How well an import tells the same from the different, on pairs that real imports met, in our own words.

Floors of what is reached. What is asked of duplicates (F1 of 0.90) takes understanding that words do not give; docs/importing.md has the
figures. Raise a floor when the figure rises; lowering one needs a reason in the commit.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from kb import KnowledgeBase
from kb.merge.match import Pool, names_in
from kb.merge.rarity import Rarity
from kb.merge.relate import relate
from kb.merge.statement import understand

HERE = Path(__file__).parent
F1_OF_IMPORTS = 0.74
F1_OF_HARD = 0.40
"""Pairs that were written to be hard: no words in common, or one word turned."""
FALSE_CONFLICTS = 2
"""So many of all pairs of both sets may be called a conflict wrongly."""
Row = dict[str, str]


def rows_of(name: str) -> list[Row]:
    return [json.loads(line) for line in (HERE / name).read_text().splitlines()]


def f1(counted: Counter[tuple[str, str]], kind: str) -> float:
    """Return the harmonic mean of precision and recall of a kind; the pairs are (told, right)."""
    told, right = (sum(n for pair, n in counted.items() if pair[side] == kind) for side in (0, 1))
    return 2 * counted[kind, kind] / (told + right)


def test_imports(bundled: KnowledgeBase) -> None:
    """Duplicates among statements of others and what the notes hold nearest to them."""
    notes = bundled.folder.notes
    pool = Pool()
    pool.add_notes(notes.values())
    counted: Counter[tuple[str, str]] = Counter()
    for row in rows_of("imports.jsonl"):
        names = names_in(notes[row["service"]])
        told = relate(understand(row["a"], names), understand(row["b"], names), pool.rarity)
        counted[told.kind, row["label"]] += 1

    assert f1(counted, "duplicate") >= F1_OF_IMPORTS, counted
    assert counted["conflict", "different"] + counted["conflict", "duplicate"] <= FALSE_CONFLICTS


def test_hard_pairs() -> None:
    """Pairs that words alone hardly tell apart: nearly nothing is called a conflict wrongly."""
    rows = [(understand(row["a"]), understand(row["b"]), row["label"]) for row in rows_of("pairs.jsonl")]
    rarity = Rarity(statement for a, b, _ in rows for statement in (a, b))
    counted = Counter((relate(a, b, rarity).kind, label) for a, b, label in rows)

    assert f1(counted, "duplicate") >= F1_OF_HARD, counted
    assert counted["conflict", "different"] + counted["conflict", "duplicate"] <= FALSE_CONFLICTS


def test_there_are_pairs_enough() -> None:
    """At least 300 of both sets together, of every kind, none twice."""
    rows = [*rows_of("imports.jsonl"), *rows_of("pairs.jsonl")]

    assert len(rows) >= 900
    assert {row["label"] for row in rows} == {"duplicate", "conflict", "different"}
    assert len({(row["a"], row["b"]) for row in rows}) == len(rows)
