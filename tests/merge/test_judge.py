"""Who judges: by words alone, or by meaning where words leave it open."""

from __future__ import annotations

import pytest

from kb.merge.judge import MANY, ByMeaning, choose_judge, marked
from kb.merge.rarity import Rarity
from kb.merge.statement import understand

PAIRS = [
    ("It also registers domains.", "domain registrar too"),
    ("10 attributes of 4 KB", "between 1 and 10 attributes"),
    ("The maximum message size is 256 KB", "Maximum message size: 1 MiB"),
    ("Functions run for up to 15 minutes", "A function can run up to 900 seconds"),
]
WORDS = ["different", "duplicate", "conflict", "duplicate"]
MEANING = ["duplicate", "different", "conflict", "duplicate"]


def test_values_are_marked() -> None:
    """Equal after converting units, another amount of the same kind, nothing for what only one has."""
    assert marked("up to `300 s`, 5 rules", "5 minutes each, 7 rules") == (
        "up to 300 s same , 5 unlike  rules",
        "5 minutes same  each, 7 unlike  rules",
    )
    assert marked("In 2019 it was free", "10% more") == ("In 2019 it was free", "10% more")


@pytest.mark.parametrize(("semantic", "kinds"), [(False, WORDS), (True, MEANING)])
def test_meaning_finds_and_drops_what_words_do_not(semantic: bool, kinds: list[str]) -> None:
    """The same without a word in common, something else in the same words; what both are sure of stands."""
    pairs = [(understand(a), understand(b)) for a, b in PAIRS]
    rarity = Rarity(statement for pair in pairs for statement in pair)

    assert [related.kind for related in choose_judge(rarity, semantic, 2)(pairs)] == kinds
    assert choose_judge(rarity, semantic, 2)([]) == []


def test_many_statements_are_judged_by_words_unless_meaning_is_asked_for() -> None:
    """The model takes its time."""
    assert isinstance(choose_judge(Rarity(), None, MANY), ByMeaning)
    assert not isinstance(choose_judge(Rarity(), None, MANY + 1), ByMeaning)
    assert isinstance(choose_judge(Rarity(), True, MANY + 1), ByMeaning)
