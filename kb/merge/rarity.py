"""Rarity: how much a word says, and how much two sets of words have in common by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.merge.statement import Statement


class Rarity:
    """How much each word says, by how many statements hold it."""

    def __init__(self, statements: Iterable[Statement] = ()) -> None:
        self.counts: Counter[str] = Counter()
        self.total = 0
        for statement in statements:
            self.add(statement)

    def add(self, statement: Statement) -> None:
        """Count the words and values of one more statement."""
        self.counts.update(statement.terms())
        self.total += 1

    def of(self, word: str) -> float:
        """Return the weight of a word or value."""
        return log(1 + (self.total + 1) / (self.counts[word] + 0.5)) if self.total else 1.0

    def sum(self, words: Iterable[str]) -> float:
        """Return the weight of several words."""
        return sum(map(self.of, words))

    def share(self, part: Collection[str], whole: Collection[str]) -> float:
        """Return the share of some words that others hold."""
        total = self.sum(part)
        return self.sum(word for word in part if word in whole) / total if total else 0.0

    def common(self, a: Collection[str], b: Collection[str], without: Collection[str] = ()) -> float:
        """Return the share of the words of both that both have (Jaccard)."""
        one, other = set(a).difference(without), set(b).difference(without)
        both = self.sum(one & other)
        return both / self.sum(one | other) if both else 0.0
