"""A hundred lines of templates, programs and scripts as people write them: how many hovers say what is meant, and how fast.

Each line of hover_lines.txt may end in `~~ part | what`: resting on the part, the card's title, or the fact of a property, names what.
"""

from __future__ import annotations

import time
from pathlib import Path

from kb.editors.card import hover
from kb.editors.desk import Desk
from kb.editors.document import Document, Place, open_document

LINES = Path(__file__).parent / "hover_lines.txt"
FLOOR = 0.97
P95 = 0.01
"""Seconds that 95 of 100 look-ups stay below."""


def asked() -> list[tuple[Document, Place, str]]:
    """Return each text that is looked up in, the place, and what is expected there."""
    found = []
    for block in LINES.read_text(encoding="utf-8").split("== ")[1:]:
        name, _, body = block.partition("\n")
        rows = [line.partition("~~") for line in body.splitlines()]
        document = open_document("\n".join(code.rstrip() for code, _, _ in rows) + "\n", f"/made-up/{name}")
        for number, (code, _, said) in enumerate(rows):
            if said:
                part, _, what = said.strip().partition(" | ")
                assert part in code, (name, code, part)
                found.append((document, Place(number, code.index(part) + 1), what))
    return found


def test_hovers_on_a_hundred_lines(desk: Desk) -> None:
    """They say what stands there, at once."""
    places = asked()
    assert len(places) >= 100
    wrong, times = [], []
    for document, place, what in places:
        started = time.perf_counter()
        card = hover(desk, document, place)
        times.append(time.perf_counter() - started)
        said = f"{card.title} {' '.join(row.label for row in card.rows)}" if card else ""
        title = card.title if card else ""
        if what.casefold() not in (said if what.islower() else title).casefold():
            wrong.append((document.line(place.line).strip(), what, title))
    share = 1 - len(wrong) / len(places)
    p95 = sorted(times)[int(0.95 * len(times))]
    print(f"{len(places)} hovers, {share:.1%} right, p95 {p95 * 1000:.1f} ms; wrong: {wrong}")
    assert share >= FLOOR, wrong
    assert p95 <= P95
