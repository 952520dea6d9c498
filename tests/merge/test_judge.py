"""Who judges: by words alone, or by meaning where words leave it open."""

from __future__ import annotations

import pytest

from kb.merge.judge import choose_judge, marked
from kb.merge.rarity import Rarity
from kb.merge.statement import understand

PAIRS = [
    ("Once created, the tenancy of a VPC is fixed.", "VPC tenancy can't be changed later"),
    ("The maximum message size is 256 KB", "Maximum message size: 1 MiB"),
]


def test_values_are_marked() -> None:
    """Equal after converting units, another amount of the same kind, nothing for what only one has."""
    assert marked("up to `300 s`, 5 rules", "5 minutes each, 7 rules") == (
        "up to 300 s same , 5 unlike  rules",
        "5 minutes same  each, 7 unlike  rules",
    )
    assert marked("In 2019 it was free", "10% more") == ("In 2019 it was free", "10% more")


@pytest.mark.parametrize(("semantic", "kinds"), [(False, ["different", "conflict"]), (True, ["duplicate", "conflict"])])
def test_meaning_finds_what_words_do_not(semantic: bool, kinds: list[str]) -> None:
    """What words are sure of stands in either case."""
    pairs = [(understand(a), understand(b)) for a, b in PAIRS]
    rarity = Rarity(statement for pair in pairs for statement in pair)

    assert [related.kind for related in choose_judge(rarity, semantic)(pairs)] == kinds
    assert choose_judge(rarity, semantic)([]) == []
