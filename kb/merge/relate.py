"""Relate two statements: the same, a contradiction, or two different things."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from typing import Literal

from kb.merge.statement import OPPOSITES, Statement

Relation = Literal["duplicate", "conflict", "different"]
# Found by tests/quality/sweep.py on the labelled pairs.
SAME = 0.55
"""From this share of common words on, two statements with the same values say the same."""
ABOUT = 0.38
"""From this share on they are about the same property."""
MOST_VALUES = 2
"""Who names more values of a kind, compares or lists, and contradicts nobody."""
BARE = 0.7
"""From this share on numbers that count nothing contradict each other."""
_COMPUTED = re.compile(r"\d\s*[x*/=\u00d7]\s*\(?\d|[Cc]ontrary to|[Ee]xample|\bsome notes\b")
DENIED = 0.6
"""From this share on a negation in one of them contradicts the other."""


@dataclass(frozen=True, slots=True)
class Related:
    """How two statements stand to each other."""

    kind: Relation
    score: float
    """Share of common words, by rarity, 0 to 1."""
    why: str


class Rarity:
    """How much each word says, by how many statements hold it."""

    def __init__(self, statements: Iterable[Statement] = ()) -> None:
        self.counts: Counter[str] = Counter()
        self.total = 0
        for statement in statements:
            self.counts.update(statement.words)
            self.total += 1

    def of(self, word: str) -> float:
        """Return the weight of a word."""
        return log(1 + (self.total + 1) / (self.counts[word] + 0.5)) if self.total else 1.0

    def sum(self, words: Iterable[str]) -> float:
        """Return the weight of several words."""
        return sum(map(self.of, words))


def relate(a: Statement, b: Statement, rarity: Rarity) -> Related:
    """Return how two statements about one service stand to each other, by their words and values."""
    about = overlap(a, b, rarity)
    if about < ABOUT:
        return Related("different", about, "about different things")
    if apart := _apart(a, b):
        return Related("different", about, apart)
    if clash := _clash(a, b, about):
        return Related("conflict", about, clash)
    if about >= SAME and _agree(a, b):
        return Related("duplicate", about, "the same words and values")
    return Related("different", about, "more is said by one")


def overlap(a: Statement, b: Statement, rarity: Rarity) -> float:
    """Return the share of common words by rarity: the middle of Jaccard's and of the shorter one's share."""
    common = rarity.sum(a.words & b.words)
    first, second = rarity.sum(a.words), rarity.sum(b.words)
    if not common:
        return 0.0
    return (common / (first + second - common) + common / min(first, second)) / 2


def _apart(a: Statement, b: Statement) -> str:
    """Tell why two statements speak of different scopes or directions, if they do."""
    if a.scopes and b.scopes and not a.scopes & b.scopes:
        return f"scope: {', '.join(sorted(a.scopes))} / {', '.join(sorted(b.scopes))}"
    for one, other in (("max", "min"), ("default", "max"), ("default", "min")):
        for x, y in ((a, b), (b, a)):
            if x.directions == {one} and y.directions == {other}:
                return f"direction: {one} / {other}"
    return ""


def _clash(a: Statement, b: Statement, about: float) -> str:
    """Tell what cannot both hold, if anything."""
    first, second = a.amounts(), b.amounts()
    computed = _COMPUTED.search(a.text) or _COMPUTED.search(b.text)
    for name in sorted(first.keys() & second.keys()) if not computed else ():
        few = max(len(first[name]), len(second[name])) <= MOST_VALUES and (name != "count" or about >= BARE)
        if few and not first[name] & second[name] and not _ranges_meet(first[name], second[name]):
            return f"{name}: {_spoken(first[name])} / {_spoken(second[name])}"
    for one, other in OPPOSITES:
        for x, y in ((a, b), (b, a)):
            if one in _plain(x) and other in _plain(y) and other not in _plain(x) and one not in _plain(y):
                return f"{one} / {other}"
    if about >= DENIED and a.negated != b.negated and a.amounts() == b.amounts():
        return "one denies what the other says"
    return ""


def _ranges_meet(a: set[float], b: set[float]) -> bool:
    """Tell whether one names a range that the other's values lie in."""
    return any(len(x) > 1 and all(min(x) <= value <= max(x) for value in y) for x, y in ((a, b), (b, a)))


def _spoken(values: set[float]) -> str:
    return ", ".join(f"{value:g}" for value in sorted(values))


def _plain(statement: Statement) -> set[str]:
    return set(statement.text.lower().replace(",", " ").replace(".", " ").replace(";", " ").split())


def _agree(a: Statement, b: Statement) -> bool:
    """Tell whether values and polarity agree; one may leave out a value the other gives."""
    if a.negated != b.negated:
        return False
    return a.values <= b.values or b.values <= a.values
