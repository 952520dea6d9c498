"""Sweep the thresholds from which on two statements are told to be the same or to contradict; writes a plot.

    python tests/quality/sweep.py [FILE.svg]

Prints precision, recall and F1 of both kinds for each threshold, over the labelled pairs beside this file, by words
alone and, where the extra `semantic` is installed, by words and meaning. The thresholds in kb/merge were chosen on other
pairs than these; here one sees what moving them would bring.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kb import KnowledgeBase
from kb.merge.judge import choose_judge
from kb.merge.match import Pair, Pool, names_in
from kb.merge.statement import understand
from kb.semantic.model import available

HERE = Path(__file__).parent
STEPS = [step / 20 for step in range(2, 20)]
WIDTH, HEIGHT, MARGIN = 360, 220, 34
COLOURS = {"precision": "#0b5fc0", "recall": "#b3450a", "F1": "#1a7f37"}


class Point(NamedTuple):
    """What a threshold brings."""

    threshold: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / (self.precision + self.recall or 1)


def read_pairs(name: str, kb: KnowledgeBase) -> tuple[list[Pair], list[str]]:
    """Return the pairs of a file, understood, and their labels."""
    rows = [json.loads(line) for line in (HERE / name).read_text().splitlines()]
    names = [names_in(kb.folder.notes[row["service"]]) if row["service"] in kb.folder.notes else () for row in rows]
    pairs = [
        (understand(row["a"], own, row.get("under", "")), understand(row["b"], own))
        for row, own in zip(rows, names, strict=True)
    ]
    return pairs, [row["label"] for row in rows]


def sweep(scores: Sequence[float], right: Sequence[bool]) -> Iterator[Point]:
    """Yield what each threshold brings."""
    for threshold in STEPS:
        told = [score >= threshold for score in scores]
        both = sum(a and b for a, b in zip(told, right, strict=True))
        yield Point(threshold, both / (sum(told) or 1), both / (sum(right) or 1))


def plot(title: str, points: Sequence[Point], place: int) -> str:
    """Return the curves of one sweep as part of an SVG picture."""

    def spot(threshold: float, value: float) -> str:
        return f"{MARGIN + threshold * (WIDTH - 2 * MARGIN):.1f},{HEIGHT - MARGIN - value * (HEIGHT - 2 * MARGIN):.1f}"

    curves = {
        "precision": [(p.threshold, p.precision) for p in points],
        "recall": [(p.threshold, p.recall) for p in points],
        "F1": [(p.threshold, p.f1) for p in points],
    }
    lines = [
        f'<polyline fill="none" stroke="{COLOURS[name]}" stroke-width="2" points="{" ".join(spot(*at) for at in curve)}"/>'
        f'<text x="{MARGIN + 90 * number}" y="{HEIGHT - 2}" fill="{COLOURS[name]}">{name}</text>'
        for number, (name, curve) in enumerate(curves.items())
    ]
    marks = [
        f'<text x="4" y="{HEIGHT - MARGIN - value * (HEIGHT - 2 * MARGIN) + 4:.1f}">{value:.1f}</text>'
        f'<path stroke="#ddd" d="M{spot(0, value)} L{spot(1, value)}"/>'
        for value in (0, 0.5, 0.9, 1)
    ]
    marks += [
        f'<text x="{MARGIN + at * (WIDTH - 2 * MARGIN) - 6:.1f}" y="{HEIGHT - MARGIN + 14}">{at:.1f}</text>'
        for at in (0, 0.5, 1)
    ]
    head = f'<text x="{MARGIN}" y="16" font-weight="bold">{title}</text>'
    return (
        f'<g transform="translate({place % 2 * (WIDTH + 50)},{place // 2 * HEIGHT})">{head}{"".join(marks + lines)}</g>'
    )


def main(path: str = "") -> None:
    """Print the sweeps and write the plot."""
    kb = KnowledgeBase(None)
    pool = Pool()
    pool.add_notes(kb.folder.notes.values())
    judges = {"words": choose_judge(pool.rarity, False, 0)}
    if available():
        judges["meaning"] = choose_judge(pool.rarity, True, 0)
    parts = []
    for file in ("imports.jsonl", "pairs.jsonl"):
        pairs, labels = read_pairs(file, kb)
        for name, judge in judges.items():
            told = judge(pairs)
            for kind in ("duplicate", "conflict"):
                scores = [one.score if (one.kind == "conflict") == (kind == "conflict") else 0.0 for one in told]
                points = list(sweep(scores, [label == kind for label in labels]))
                title = f"{file}, by {name}: {kind}"
                print(title)
                print(
                    *(f"  {p.threshold:.2f}  P {p.precision:.2f}  R {p.recall:.2f}  F1 {p.f1:.2f}" for p in points),
                    sep="\n",
                )
                parts.append(plot(title, points, len(parts)))
    if path:
        size = f'width="{2 * WIDTH + 100}" height="{(len(parts) + 1) // 2 * HEIGHT}"'
        style = 'font-family="sans-serif" font-size="11"'
        Path(path).write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>{"".join(parts)}</svg>\n')


if __name__ == "__main__":
    main(*sys.argv[1:2])
