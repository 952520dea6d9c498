"""Rank: sum the impacts of a query's words per unit, and weigh what each unit lacks and whose it is.

Sums are whole numbers, so that every face computes the same, whatever it is written in. Where only the best hits are
wanted, units that hold nothing but common words are left out as soon as they cannot be among them; what is returned is
the same (the idea of MaxScore, Turtle and Flood 1995).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from heapq import nlargest, nsmallest
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
LONG = 2000
"""Longer lists of units are worth leaving out."""
FEW = 16
"""A list so many times longer than the units in question is looked into, not read."""
List = tuple["array[int]", "array[int]", int]
"""Unit numbers, impacts in them, and what these are multiplied by."""


class Ranking:
    """What a query finds in an export: units with scores, the best first where asked."""

    __slots__ = ("_top", "asked", "export", "pairs", "pruned", "query", "spans", "unknown", "values")

    def __init__(self, query: Query, export: Export, only: int = 0) -> None:
        """Sum up; `only` so many best units will be asked for, 0 for all."""
        self.query, self.export = query, export
        self._top: float | None = None
        self.values: dict[int, int] = {}
        """Per unit, the sum of impacts and the rarity of the asked words it holds, as one number."""
        self.asked = 0
        """The rarity of all asked words that the index knows."""
        self.unknown = 0
        """The rarity of those it does not know."""
        self.spans = [span for note in query.named if (span := export.span(note))]
        self.pruned = 0
        """For how many best units the values will do; 0 when they hold all units."""
        words = [lists for word in query.words if (lists := self._lists(word))]
        self.pairs = self._pairs()
        self._sum(sorted(words, key=_length), 0 if self.spans else only)
        if not self.asked:
            for first, last in self.spans:
                for number in range(first, last + 1):
                    self.values.setdefault(number, 0)

    def _lists(self, word: Word) -> tuple[list[List], int] | None:
        """Return the lists of one word's terms, and its rarity when it is asked for."""
        lists, rarest = [], 0
        for term, weight in word.terms:
            numbers, impacts = self.export.postings(term)
            rarity = self.export.rarity(len(numbers))
            rarest = max(rarest, round(rarity * weight * word.weight * RARITY_STEPS))
            lists.append((numbers, impacts, round(rarity * weight * word.weight * RARITY_STEPS)))
        if not lists:
            self.unknown += round(self.export.rarity(0) * word.weight * RARITY_STEPS)
            return None
        held = 0 if word.naming or self.query.whole else rarest
        self.asked += held
        return lists, held

    def _pairs(self) -> list[List]:
        """Return the lists of neighbours in the query that are neighbours in a heading."""
        words = self.query.words
        terms = [self.export.term(word.group[0]) for word in words if word.group[0] not in STOPWORDS]
        found = []
        for first, second in pairwise(terms):
            if first and second and first != second:
                numbers, impacts = self.export.postings(f"{first} {second}")
                if numbers:
                    share = round(self.export.rarity(len(numbers)) * PAIR_WEIGHT * RARITY_STEPS)
                    found.append((numbers, impacts, share))
        return found

    def _sum(self, words: list[tuple[list[List], int]], only: int) -> None:
        """Add up the words, the rarest first; leave out of the common ones what cannot be among the best."""
        for at, (lists, held) in enumerate(words):
            long = only and _length(words[at]) > LONG
            if long and len(words) == len(lists) == 1 and not self.pairs:
                self.pruned = only
                self._add([_head(lists[0], only)], held * HELD)
            elif long and (self.pruned or self._closed(words[at:], only)):
                self.pruned = only
                self._add_to_known(lists, held)
            else:
                self._add(lists, held * HELD)
        for numbers, impacts, share in self.pairs:
            for number, impact in zip(numbers, impacts, strict=True):
                if number in self.values:
                    self.values[number] += impact * share

    def _add(self, lists: list[List], held: int) -> None:
        """Add the impacts of one word; a unit that holds several of its terms holds the word once."""
        values = self.values
        if len(lists) == 1 and not values:
            numbers, impacts, share = lists[0]
            self.values = {number: impact * share + held for number, impact in zip(numbers, impacts, strict=True)}
            return
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

    def _closed(self, rest: list[tuple[list[List], int]], only: int) -> bool:
        """Tell whether a unit that holds none of the words so far cannot be among the best."""
        if len(self.values) < only:
            return False
        reach = sum(max(impacts, default=0) * share for lists, _ in rest for _, impacts, share in lists)
        reach += sum(max(impacts, default=0) * share for _, impacts, share in self.pairs)
        held = sum(held for _, held in rest)
        return self._reached(only) > reach * (1 - COVERAGE * (1 - held / (self.asked or 1)))

    def _reached(self, count: int) -> float:
        """Return a score that so many units reach at least: the least of those that hold most of the query."""
        factors = _Factors(self.asked)
        return min(value % HELD * factors[value // HELD] for value in nlargest(count, self.values.values()))

    def _add_to_known(self, lists: list[List], held: int) -> None:
        """Add the impacts of one word to the units that hold another."""
        values = self.values
        seen: set[int] = set()
        for numbers, impacts, share in lists:
            if len(values) * FEW < len(numbers):
                places = ((number, bisect_left(numbers, number)) for number in values)
                found = {n: impacts[at] for n, at in places if at < len(numbers) and numbers[at] == n}
            else:
                every = dict(zip(numbers, impacts, strict=True))
                found = {number: every[number] for number in every.keys() & values.keys()}
            for number, impact in found.items():
                values[number] += impact * share
            seen |= found.keys()
        for number in seen:
            values[number] += held * HELD

    @property
    def top(self) -> float:
        """The largest sum of impacts of a unit."""
        if self._top is None:
            self._top = max((value % HELD for value in self.values.values()), default=0) or self.export.scale
        return self._top

    def held(self, number: int) -> float:
        """Return the share of what was asked that a unit holds, by rarity."""
        return self.values.get(number, 0) // HELD / self.asked if self.asked else 1.0

    def floored(self) -> bool:
        """Tell whether nothing holds enough of the query to be shown."""
        if self.spans or not self.query.words:
            return False
        enough = FLOOR * (self.asked + self.unknown)
        if max(self.values.values(), default=0) // HELD >= enough:
            return False
        return not self.pruned or Ranking(self.query, self.export).floored()

    def best(self, limit: int, permitted: set[int] | None = None) -> list[tuple[float, int]]:
        """Return negative score and unit, best first, equal scores in the order of the index."""
        if permitted is None and not self.spans and len(self.values) > LONG > limit:
            least = self._reached(limit)
            return nsmallest(limit, self._scores({n: v for n, v in self.values.items() if v % HELD >= least}))
        return nsmallest(limit, self.all(permitted))

    def total(self, permitted: set[int] | None = None) -> int:
        """Return how many units hold anything of the query."""
        if permitted is not None:
            return len(self.all(permitted))
        if not self.pruned:
            return len(self.values)
        terms = {term for word in self.query.words for term, _ in word.terms}
        return len(set().union(*(self.export.postings(term)[0] for term in terms)))

    def all(self, permitted: set[int] | None = None) -> list[tuple[float, int]]:
        """Return negative score and unit of everything found, in no order."""
        values = self.values
        if permitted is not None:
            values = {n: v for n, v in values.items() if n in permitted} if values else dict.fromkeys(permitted, 0)
        found = self._scores(values)
        if not self.spans:
            return found
        return self._with_bonus(found)

    def _scores(self, values: dict[int, int]) -> list[tuple[float, int]]:
        factors = _Factors(self.asked)
        return [(-(value % HELD * factors[value // HELD]), number) for number, value in values.items()]

    def _with_bonus(self, found: list[tuple[float, int]]) -> list[tuple[float, int]]:
        inside = (number for first, last in self.spans for number in range(first, last + 1))
        gained = {number: self.bonus(number) for number in inside if number in self.values}
        return [(score - gained.get(number, 0.0), number) for score, number in found]

    def bonus(self, number: int) -> float:
        """Return what a unit gains because its note is named."""
        bonus, top = 0.0, self.top if self.spans else 0.0
        for first, last in self.spans:
            if first <= number <= last:
                bonus += NAMED * top * self.held(number)
                if number == first and not self.asked:
                    bonus += (RECOGNISED if self.query.whole else NAMED_LEAD) * top
        return bonus

    def parts(self, number: int) -> dict[str, float]:
        """Return what the score of a unit is made of, in points."""
        words = self.values.get(number, 0) % HELD
        lost = words * _Factors(self.asked)[self.values.get(number, 0) // HELD] - words
        parts = {"words": words, "coverage": lost, "named": self.bonus(number)}
        return {name: points(part, self.export) for name, part in parts.items() if name == "words" or part}


class _Factors(dict[int, float]):
    """What a unit's score is multiplied by, per rarity of the words it holds."""

    def __init__(self, asked: int) -> None:
        self.asked = asked

    def __missing__(self, held: int) -> float:
        factor = self[held] = 1 - COVERAGE * (1 - held / self.asked) if self.asked else 1.0
        return factor


def _length(word: tuple[list[List], int]) -> int:
    return sum(len(numbers) for numbers, _, _ in word[0])


def _head(whole: List, only: int) -> List:
    """Return the part of a list whose impacts are among its highest."""
    numbers, impacts, share = whole
    least = sorted(impacts)[-only]
    kept = [(number, impact) for number, impact in zip(numbers, impacts, strict=True) if impact >= least]
    return array(numbers.typecode, [number for number, _ in kept]), array("H", [impact for _, impact in kept]), share


def points(score: float, export: Export) -> float:
    """Return a score in points: steps of impacts and rarities taken out."""
    return round(score / (export.scale * RARITY_STEPS), 3)
