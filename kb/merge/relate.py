"""Relate two statements: the same, a contradiction, or two different things."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Literal, NamedTuple

from kb.merge.conflict import SHORT, History, apart, find_conflict
from kb.merge.rarity import Rarity
from kb.merge.statement import Statement, among

Relation = Literal["duplicate", "conflict", "different"]
# Weights of the evidence that two statements say the same, by logistic regression on labelled pairs of real imports:
# in the order of Evidence, then what is added to all.
WEIGHTS = (3.93, 3.37, 0.13, 1.86, -1.58, -0.99, -0.28, -0.32, -0.68)
CONSTANT = -3.42
SAME = 0.33
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
    """What speaks for and against the second of two statements saying what the first says."""

    common: float
    """Share of the words of both that both have, by rarity."""
    covered: float
    """Share of the words of the first that the second has: what it says is said."""
    covers: float
    """Share of the words of the second that the first has."""
    equal: bool
    """They share a value."""
    lacking: bool
    """The first has a value that the second lacks."""
    more: bool
    """The second has a value that the first lacks."""
    denied: bool
    """Only one has an odd number of negations."""
    apart: bool
    """They speak of different scopes or directions."""
    short: bool
    """The first has hardly any words."""

    @property
    def likelihood(self) -> float:
        """How likely they say the same, 0 to 1."""
        return likelihood(CONSTANT + sum(weight * float(value) for weight, value in zip(WEIGHTS, self, strict=True)))


def likelihood(odds: float) -> float:
    """Return the likelihood of odds that are given as a logarithm."""
    return 1 / (1 + exp(-odds))


def evidence(a: Statement, b: Statement, rarity: Rarity) -> Evidence:
    """Return what speaks for and against the second of two statements saying what the first says."""
    common, first, second = rarity.sum(a.words & b.words), rarity.sum(a.words), rarity.sum(b.words)
    return Evidence(
        common / (first + second - common) if common else 0.0,
        common / first if common else 0.0,
        common / second if common else 0.0,
        bool(among(a.values, b.values)),
        len(among(a.values, b.values)) < len(a.values),
        len(among(b.values, a.values)) < len(b.values),
        a.negated != b.negated,
        bool(apart(a, b)),
        len(a.words) < SHORT,
    )


def relate(a: Statement, b: Statement, rarity: Rarity) -> Related:
    """Return how two statements about one service stand to each other, by their words and values."""
    if conflict := find_conflict(a, b, rarity):
        return Related("conflict", *conflict)
    likelihood = evidence(a, b, rarity).likelihood
    if likelihood >= SAME:
        return Related("duplicate", likelihood, "the same words and values")
    return Related("different", likelihood, apart(a, b) or "more is said by one, or something else")
