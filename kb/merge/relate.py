"""Relate two statements: the same, a contradiction, or two different things."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Literal, NamedTuple

from kb.merge.conflict import SHORT, History, apart, find_conflict
from kb.merge.rarity import Rarity
from kb.merge.statement import Statement

Relation = Literal["duplicate", "conflict", "different"]
# Weights of the evidence that two statements say the same, by logistic regression on labelled pairs of real imports:
# in the order of Evidence, then what is added to all.
WEIGHTS = (2.35, 3.29, 1.42, -3.45, -1.14, -0.22, -1.0, -1.26)
CONSTANT = -2.06
SAME = 0.5
"""From this likelihood on two statements say the same."""


@dataclass(frozen=True, slots=True)
class Related:
    """How two statements stand to each other."""

    kind: Relation
    score: float
    """How likely they say the same; of a conflict, the share of common words; 0 to 1."""
    why: str
    history: History = ""
    """Of a conflict: how one of them remembers what the other says."""


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
        bool(apart(a, b)),
        min(len(a.words), len(b.words)) < SHORT,
    )


def relate(a: Statement, b: Statement, rarity: Rarity) -> Related:
    """Return how two statements about one service stand to each other, by their words and values."""
    if conflict := find_conflict(a, b, rarity):
        return Related("conflict", *conflict)
    likelihood = evidence(a, b, rarity).likelihood
    if likelihood >= SAME:
        return Related("duplicate", likelihood, "the same words and values")
    return Related("different", likelihood, apart(a, b) or "more is said by one, or something else")
