"""Impacts: what each word counts for in each unit, so that a plain query is a sum.

BM25F as Whoosh scores it (Robertson and Zaragoza 2009): per field boost * tf / (tf + K1 * (1 - B + B * length / average)),
the fields added up; the rarity of the word is left to the search, so that one changed note changes only its own rows.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import log2

from kb.index.analyse import STOPWORDS, surfaces
from kb.index.unit import Unit

K1 = 1.2
SCALE = 2048
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
    """How much a long field is held against it, Whoosh's B."""


FIELDS = (
    Field("head", 2.2, 0.4),
    Field("names", 1.6, 0.3),
    Field("asked", 1.8, 0.6),
    Field("text", 1.0, 0.75),
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
            found = surfaces(getattr(unit, field.name))
            lengths.append(len(found))
            for term, count in Counter(map(self._term, found)).items():
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
        """Return BM25's share of the length, per unit and field."""
        shape = [(K1 * (1 - field.b), K1 * field.b / mean) for field, mean in zip(self.fields, average, strict=True)]
        return {
            number: tuple(base + slope * length for (base, slope), length in zip(shape, lengths, strict=True))
            for number, lengths in self.lengths.items()
        }

    def impacts(self, term: str, norms: dict[int, tuple[float, ...]]) -> dict[int, int]:
        """Return the units that hold a term, in order, with its impact in each."""
        held: dict[int, float] = {}
        for packed in self.lists.get(term, ()):
            number, position, count = packed >> 20, packed >> 16 & 15, packed & 0xFFFF
            part = self.fields[position].boost * count / (count + norms[number][position])
            held[number] = held.get(number, 0.0) + part
        factor = (K1 + 1) * SCALE
        return {
            number: min(max(round(score * self.priors[number] * factor), 1), IMPACT_MAX)
            for number, score in held.items()
        }
