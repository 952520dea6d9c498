"""Two statements: the same, a contradiction, or different things."""

from __future__ import annotations

import pytest

from kb.merge.rarity import Rarity
from kb.merge.relate import relate
from kb.merge.statement import understand


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("The maximum message size is 256 KB", "Max size of a message: 0.25 MB", "duplicate"),
        ("The maximum message size is 256 KB", "Maximum message size: 1 MiB", "conflict"),
        ("Functions run for up to 15 minutes", "A function can run up to 900 seconds", "duplicate"),
        ("Functions run for up to 15 minutes", "A function can run up to 300 s", "conflict"),
        ("Retention is 4 days by default", "Retention is at most 14 days", "different"),
        ("Security groups are stateful", "Security groups are stateless", "conflict"),
        ("Snapshots are encrypted by default", "Snapshots are not encrypted by default", "conflict"),
        ("A queue keeps messages", "A topic pushes messages to subscribers", "different"),
        ("In 2019 the limit was 5 rules", "In 2021 the limit was 5 rules", "duplicate"),
    ],
)
def test_relations(a: str, b: str, kind: str) -> None:
    """Units are converted, directions and scopes kept apart, years left alone."""
    found = relate(understand(a), understand(b), Rarity())

    assert found.kind == kind, found
    assert relate(understand(b), understand(a), Rarity()).kind == kind


def test_what_is_understood() -> None:
    """Words, values with what they count, polarity, direction and scope."""
    said = understand("By default FIFO queues do not keep more than 20,000 messages per queue for 5 min", ["queues"])

    assert said.values == {"count:20000 messag", "time:300000"}
    assert said.negated
    assert said.directions == {"default"}
    assert said.scopes >= {"fifo"}
