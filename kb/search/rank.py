"""Rank: sum the impacts of a query's words per unit, and weigh what each unit lacks and whose it is.

Scores are whole numbers until the last step, so that every face computes the same, whatever it is written in.
"""

from __future__ import annotations

from heapq import nsmallest
from itertools import pairwise

from kb.index.analyse import STOPWORDS
from kb.search.query import Query, Word
from kb.search.reader import Export

# Shares of the best score: what a unit gains when its note is named in the query, when it is that note's lead
# and nothing else was asked, when the whole query is its note's name; and loses when it holds none of the words.
NAMED = 0.55
NAMED_LEAD = 0.35
RECOGNISED = 1.0
COVERAGE = 0.75
PAIR_WEIGHT = 0.4
FLOOR = 0.35
"""A query whose best unit holds less than this share of it, by rarity, finds nothing, unless it names a service."""
RARITY_STEPS = 32
HELD = 1 << 32
"""Values hold a sum of impacts below this and, above it, the rarity of the words that a unit holds."""


class Ranking:
    """What a query finds in an export: units with scores, the best first where asked."""

    __slots__ = ("asked", "export", "query", "spans", "top", "unknown", "values")

    def __init__(self, query: Query, export: Export) -> None:
        self.query, self.export = query, export
        self.values: dict[int, int] = {}
        """Per unit, the sum of impacts and the rarity of the asked words it holds, as one number."""
        self.asked = 0
        """The rarity of all asked words that the index knows."""
        self.unknown = 0
        """The rarity of those it does not know."""
        for word in query.words:
            self._add(word)
        self._add_pairs()
        self.spans = [span for note in query.named if (span := export.span(note))]
        if not self.asked:
            for first, last in self.spans:
                for number in range(first, last + 1):
                    self.values.setdefault(number, 0)
        self.top = max((value % HELD for value in self.values.values()), default=0) or export.scale

    def _add(self, word: Word) -> None:
        """Add the impacts of one word; a unit that holds several of its terms holds the word once."""
        export, values = self.export, self.values
        lists, rarest = [], 0
        for term, weight in word.terms:
            numbers, impacts = export.postings(term)
            rarity = export.rarity(len(numbers))
            rarest = max(rarest, round(rarity * weight * word.weight * RARITY_STEPS))
            lists.append((numbers, impacts, round(rarity * weight * word.weight * RARITY_STEPS)))
        if not lists:
            self.unknown += round(export.rarity(0) * word.weight * RARITY_STEPS)
        is_asked = not word.naming and not self.query.whole
        held = rarest * HELD if is_asked else 0
        self.asked += rarest if is_asked else 0
        if len(lists) == 1:
            numbers, impacts, share = lists[0]
            for number, impact in zip(numbers, impacts, strict=True):
                values[number] = values.get(number, 0) + impact * share + held
            return
        found: dict[int, int] = {}
        for numbers, impacts, share in lists:
            for number, impact in zip(numbers, impacts, strict=True):
                found[number] = found.get(number, held) + impact * share
        for number, value in found.items():
            values[number] = values.get(number, 0) + value

    def _add_pairs(self) -> None:
        """Add what neighbours in the query count where they are neighbours in a heading."""
        export, values = self.export, self.values
        terms = [export.term(word.group[0]) for word in self.query.words if word.group[0] not in STOPWORDS]
        for first, second in pairwise(terms):
            if first and second and first != second:
                numbers, impacts = export.postings(f"{first} {second}")
                share = round(export.rarity(len(numbers)) * PAIR_WEIGHT * RARITY_STEPS)
                for number, impact in zip(numbers, impacts, strict=True):
                    if number in values:
                        values[number] += impact * share

    def held(self, number: int) -> float:
        """Return the share of what was asked that a unit holds, by rarity."""
        return self.values.get(number, 0) // HELD / self.asked if self.asked else 1.0

    def base(self, number: int) -> float:
        """Return the score of a unit before its note counts."""
        return self.values.get(number, 0) % HELD * (1 - COVERAGE * (1 - self.held(number)))

    def bonus(self, number: int) -> float:
        """Return what a unit gains because its note is named."""
        bonus = 0.0
        for first, last in self.spans:
            if first <= number <= last:
                bonus += NAMED * self.top * self.held(number)
                if number == first and not self.asked:
                    bonus += (RECOGNISED if self.query.whole else NAMED_LEAD) * self.top
        return bonus

    def floored(self) -> bool:
        """Tell whether nothing holds enough of the query to be shown."""
        if self.spans or not self.query.words:
            return False
        best = max((value // HELD for value in self.values.values()), default=0)
        return best < FLOOR * (self.asked + self.unknown)

    def best(self, limit: int, permitted: set[int] | None = None) -> list[tuple[float, int]]:
        """Return negative score and unit, best first, equal scores in the order of the index."""
        return nsmallest(limit, self.all(permitted))

    def total(self, permitted: set[int] | None = None) -> int:
        """Return how many units hold anything of the query."""
        return len(self.values) if permitted is None else len(self.all(permitted))

    def all(self, permitted: set[int] | None = None) -> list[tuple[float, int]]:
        """Return negative score and unit of everything found, in no order."""
        values = self.values
        if permitted is not None:
            values = {n: v for n, v in values.items() if n in permitted} if values else dict.fromkeys(permitted, 0)
        asked = self.asked or 1
        factors = {held: 1 - COVERAGE * (1 - held / asked) for held in {value // HELD for value in values.values()}}
        if not self.asked:
            factors = dict.fromkeys(factors, 1.0)
        found = [(-(value % HELD * factors[value // HELD]), number) for number, value in values.items()]
        if not self.spans:
            return found
        return [(score - self.bonus(number), number) for score, number in found]

    def parts(self, number: int) -> dict[str, float]:
        """Return what the score of a unit is made of, in points."""
        words = self.values.get(number, 0) % HELD
        parts = {"words": words, "coverage": self.base(number) - words, "named": self.bonus(number)}
        return {name: points(part, self.export) for name, part in parts.items() if name == "words" or part}


def points(score: float, export: Export) -> float:
    """Return a score in points: steps of impacts and rarities taken out."""
    return round(score / (export.scale * RARITY_STEPS), 3)
