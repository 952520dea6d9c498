"""Relate two statements: the same, a contradiction, or two different things."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import exp, log
from typing import Literal, NamedTuple

from kb.merge.statement import NEGATIONS, OPPOSITES, Statement, stem

Relation = Literal["duplicate", "conflict", "different"]
# Weights of the evidence that two statements say the same, by logistic regression on labelled pairs of real imports:
# in the order of Evidence, then what is added to all.
WEIGHTS = (2.35, 3.29, 1.42, -3.45, -1.14, -0.22, -1.0, -1.26)
CONSTANT = -2.06
SAME = 0.5
"""From this likelihood on two statements say the same."""
ABOUT = 0.5
"""From this share on they are about the same property."""
MOST_VALUES = 2
"""Who names more values of a kind, compares or lists, and contradicts nobody."""
BARE = 0.7
"""From this share on numbers that count nothing contradict each other."""
_ASIDE = re.compile(
    r"(?i)\d\s*[x*/=\u00d7]\s*\(?\d|\w = \w|[Ee]xample|\be\.g\.|[Cc]ontrary to|\b(?:some|earlier|older|these|those) notes\b|\b[Ee]arlier \(|\bnotes of (?:19|20)\d\d|"
    r"\b(?:formerly|used to|no longer|until (?:\w+ )?(?:19|20)\d\d)\b"
)
"""Who calculates, gives an example, or tells what others said or what was, claims no value of today."""
DENIED = 0.9
"""From this share on a negation in one of them contradicts the other."""
SHORT = 3
OPPOSED = 0.62
"""From this share on opposite words contradict each other."""


@dataclass(frozen=True, slots=True)
class Related:
    """How two statements stand to each other."""

    kind: Relation
    score: float
    """How likely they say the same; of a conflict, the share of common words; 0 to 1."""
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


class Evidence(NamedTuple):
    """What speaks for and against two statements saying the same."""

    common: float
    """Share of the words of both that both have, by rarity."""
    contained: float
    """Share of the shorter one's words that the longer one has."""
    equal: bool
    """They share a value."""
    unequal: bool
    """Each has a value the other lacks."""
    one_sided: bool
    """Only one has values."""
    denied: bool
    """Only one has an odd number of negations."""
    apart: bool
    """They speak of different scopes or directions."""
    short: bool
    """One has hardly any words."""

    @property
    def likelihood(self) -> float:
        """How likely they say the same, 0 to 1."""
        total = CONSTANT + sum(weight * float(value) for weight, value in zip(WEIGHTS, self, strict=True))
        return 1 / (1 + exp(-total))


def evidence(a: Statement, b: Statement, rarity: Rarity) -> Evidence:
    """Return what speaks for and against two statements saying the same."""
    common, first, second = rarity.sum(a.words & b.words), rarity.sum(a.words), rarity.sum(b.words)
    return Evidence(
        common / (first + second - common) if common else 0.0,
        common / min(first, second) if common else 0.0,
        bool(a.values & b.values),
        bool(a.values - b.values) and bool(b.values - a.values),
        bool(a.values) != bool(b.values),
        a.negated != b.negated,
        bool(_apart(a, b)),
        min(len(a.words), len(b.words)) < SHORT,
    )


def relate(a: Statement, b: Statement, rarity: Rarity) -> Related:
    """Return how two statements about one service stand to each other, by their words and values."""
    about = overlap(a, b, rarity)
    apart = _apart(a, b)
    if about >= ABOUT and not apart and (clash := _clash(a, b, about, rarity)):
        return Related("conflict", about, clash)
    likelihood = evidence(a, b, rarity).likelihood
    if likelihood >= SAME:
        return Related("duplicate", likelihood, "the same words and values")
    return Related("different", likelihood, apart or "more is said by one, or something else")


def overlap(a: Statement, b: Statement, rarity: Rarity, without: Collection[str] = ()) -> float:
    """Return the share of common words by rarity: the middle of Jaccard's and of the shorter one's share."""
    common = rarity.sum((a.words & b.words).difference(without))
    first, second = rarity.sum(a.words.difference(without)), rarity.sum(b.words.difference(without))
    if not common or not min(first, second):
        return 0.0
    return min(1.0, (common / (first + second - common) + common / min(first, second)) / 2)


def _apart(a: Statement, b: Statement) -> str:
    """Tell why two statements speak of different scopes or directions, if they do."""
    if a.scopes and b.scopes and not a.scopes & b.scopes:
        return f"scope: {', '.join(sorted(a.scopes))} / {', '.join(sorted(b.scopes))}"
    for one, other in (("max", "min"), ("default", "max"), ("default", "min")):
        for x, y in ((a, b), (b, a)):
            if x.directions == {one} and y.directions == {other}:
                return f"direction: {one} / {other}"
    return ""


def _clash(a: Statement, b: Statement, about: float, rarity: Rarity) -> str:
    """Tell what cannot both hold, if anything."""
    first, second = a.amounts(), b.amounts()
    if is_aside(a.text) or is_aside(b.text):
        return ""
    for name in sorted(first.keys() & second.keys()):
        few = max(len(first[name]), len(second[name])) <= MOST_VALUES and (name != "count" or about >= BARE)
        if few and not first[name] & second[name] and not _ranges_meet(first[name], second[name]):
            return f"{name}: {_spoken(first[name])} / {_spoken(second[name])}"
    for one, other in OPPOSITES:
        opposed = _has(a, one, other) and _has(b, other, one) or _has(a, other, one) and _has(b, one, other)
        if opposed and overlap(a, b, rarity, (stem(one), stem(other))) >= OPPOSED:
            return f"{one} / {other}"
    denied = a.negated != b.negated and a.amounts() == b.amounts()
    if denied and overlap(a, b, rarity, NEGATIONS) >= DENIED:
        return "one denies what the other says"
    return ""


def is_aside(text: str) -> bool:
    """Tell whether a text calculates, gives an example, or tells what others said or what was."""
    return bool(_ASIDE.search(text))


def _has(statement: Statement, word: str, but: str) -> bool:
    said = _plain(statement)
    return word in said and but not in said


def _ranges_meet(a: set[float], b: set[float]) -> bool:
    """Tell whether one names a range that the other's values lie in."""
    return any(len(x) > 1 and all(min(x) <= value <= max(x) for value in y) for x, y in ((a, b), (b, a)))


def _spoken(values: set[float]) -> str:
    return ", ".join(f"{value:g}" for value in sorted(values))


def _plain(statement: Statement) -> set[str]:
    return set(statement.text.lower().replace(",", " ").replace(".", " ").replace(";", " ").split())
