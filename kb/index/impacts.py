"""Impacts: what each word counts for in each unit, so that a plain query is a sum.

BM25F (Robertson and Zaragoza 2009): the fields' boost * tf / (1 - B + B * length / average) are added up to one
frequency f, and the word counts (K1 + 1) * f / (K1 + f). How rare the word is, is left to the search, so that one
changed note changes only its own rows. Two words that stand next to each other in a heading, or in how people ask,
count as a term of their own. The figures were found by tests/quality/tune.py.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import log2

from kb.index.analyse import STOPWORDS, chunks_of
from kb.index.unit import Unit

K1 = 4.0
SCALE = 4096
"""Steps an impact is quantised to, per point."""
IMPACT_MAX = 65_535
GRID = 8
"""Averages are rounded to so many steps an octave: one changed note seldom moves them, and then all is scored anew."""


@dataclass(frozen=True, slots=True)
class Field:
    """How a part of a unit weighs."""

    name: str
    boost: float
    b: float
    """How much a long field is held against it."""
    pairs: bool = False
    """Whether its pairs of words count."""


FIELDS = (
    Field("head", 4.0, 0.4, pairs=True),
    Field("names", 0.6, 0.3),
    Field("asked", 1.5, 0.3, pairs=True),
    Field("text", 1.0, 0.5),
    Field("extra", 1.2, 0.3),
)


def averages(totals: Iterable[int], units: int) -> tuple[float, ...]:
    """Return the average length of each field, on the grid."""
    return tuple(2 ** (round(log2(max(total / max(units, 1), 2.0)) * GRID) / GRID) for total in totals)


class Occurrences:
    """The words of units by field, counted; scored when all are in."""

    def __init__(self, stemmer: Callable[[str], str], fields: tuple[Field, ...] = FIELDS) -> None:
        self.stemmer = stemmer
        self.fields = fields
        self.lists: dict[str, array[int]] = {}
        """Per term, number of the unit, field and count, packed."""
        self.lengths: dict[int, tuple[int, ...]] = {}
        """Per unit, the words in each field."""
        self.priors: dict[int, float] = {}
        self.words: dict[str, str] = {}
        """Surface to term."""

    def add(self, number: int, unit: Unit) -> set[str]:
        """Count the words of a unit and return its terms; units come in the order of their numbers."""
        lengths, terms = [], set()
        for position, field in enumerate(self.fields):
            found = chunks_of(getattr(unit, field.name))
            words = [self._term(surface) for _, group in found for surface in group]
            lengths.append(len(words))
            counted = Counter(words)
            if field.pairs:
                counted.update(pairs([self._term(group[0]) for _, group in found if group[0] not in STOPWORDS]))
            for term, count in counted.items():
                if term not in STOPWORDS:
                    terms.add(term)
                    packed = number << 20 | position << 16 | min(count, 0xFFFF)
                    if term in self.lists:
                        self.lists[term].append(packed)
                    else:
                        self.lists[term] = array("Q", (packed,))
        self.lengths[number] = tuple(lengths)
        self.priors[number] = unit.prior
        return terms

    def _term(self, surface: str) -> str:
        term = self.words.get(surface)
        if term is None:
            term = self.words[surface] = self.stemmer(surface)
        return term

    def totals(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """Return the words in each field of these units."""
        found = [self.lengths[number] for number in numbers]
        return tuple(map(sum, zip(*found, strict=True))) or (0,) * len(self.fields)

    def norms(self, average: tuple[float, ...]) -> dict[int, tuple[float, ...]]:
        """Return what a field's frequencies are divided by, per unit and field."""
        shape = [(1 - field.b, field.b / mean) for field, mean in zip(self.fields, average, strict=True)]
        return {
            number: tuple(base + slope * length for (base, slope), length in zip(shape, lengths, strict=True))
            for number, lengths in self.lengths.items()
        }

    def impacts(self, term: str, norms: dict[int, tuple[float, ...]]) -> dict[int, int]:
        """Return the units that hold a term, in order, with its impact in each."""
        held: dict[int, float] = {}
        for packed in self.lists.get(term, ()):
            number, position, count = packed >> 20, packed >> 16 & 15, packed & 0xFFFF
            part = self.fields[position].boost * count / norms[number][position]
            held[number] = held.get(number, 0.0) + part
        factor = (K1 + 1) * SCALE
        return {
            number: min(max(round(found / (K1 + found) * self.priors[number] * factor), 1), IMPACT_MAX)
            for number, found in held.items()
        }


def pairs(terms: list[str]) -> list[str]:
    """Return each two neighbours as one term."""
    return [f"{first} {second}" for first, second in pairwise(terms) if first != second]
