"""Query: a text understood as words with index terms, and the notes it names."""

from __future__ import annotations

import re

from kb.facts.quantity import UNITS
from kb.index.analyse import STOPWORDS, chunks
from kb.links.key import EVERYDAY, key
from kb.search.reader import Export

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kb.links.resolve import Resolved

# Weights of words: parts of an identifier that is known whole, words known by their start, number and unit of a quantity
# that is known as such, words that name a service (unless two are named: then what is said of both is asked for).
PART_WEIGHT = 0.1
PREFIX_WEIGHT = 0.8
PREFIX_WORDS = 40
QUANTITY_WORD_WEIGHT = 0.2
NAME_WORD_WEIGHT = 0.35
FOREIGN_WEIGHT = 1.6
"""Of an English word that the notes do not know: a sign that the query is about something else."""
LONGEST_NAME = 6
QUANTITY = ("time:", "size:", "share:")
LONGEST_QUANTITY = 14
"""Characters from the start of a quantity within which its number and unit stand."""
Chunk = tuple[int, list[str]]
PARTS = {
    "CLI command": r"aws\s+[\w-]+\s+([a-z][\w-]+).*",
    "IAM action": r"[\w-]+:([A-Z]\w+)",
    "CloudFormation type": r"[\w:]+\.(?:[\w.]*\.)?(\w+)",
}
"""Where an identifier says what is asked of its service."""


class Word:
    """One chunk of a query that says something."""

    __slots__ = ("group", "naming", "start", "terms", "weight")

    def __init__(self, start: int, group: list[str], terms: list[tuple[str, float]]) -> None:
        self.start = start
        """Where it stands in the query."""
        self.group = group
        """Its surfaces, the whole one first."""
        self.terms = terms
        """The index terms it stands for, with their weights; none when the index does not know it."""
        self.naming = False
        """Whether it is part of a service's own name; a lesser name (nlb) may mean a part of it and is asked for too."""
        self.weight = 1.0


class Query:
    """A query understood."""

    __slots__ = ("named", "recognised", "unknown", "whole", "words")

    def __init__(self, text: str, export: Export) -> None:
        from kb.links.resolve import recognise
        from kb.search.spelling import is_english, is_plain

        self.recognised: Resolved | None = recognise(text, export) if text else None
        """What the whole query names."""
        found = chunks(text)
        self.whole = self.recognised is not None
        """Whether nothing but the note is asked for."""
        if self.recognised:
            self.named: dict[str, tuple[str, ...]] = dict.fromkeys(self.recognised.notes, ())
            part = _part(self.recognised, export)
            lesser = self.recognised.as_what == "name" and not export.names_whole(text)
            found, self.whole = part or found, not part and not lesser
        else:
            self.named = named(found, export)
        everything = self.recognised is not None and self.recognised.as_what == "name"
        kept = [chunk for chunk in found if everything or chunk[1][0] not in STOPWORDS]
        last = len(kept) - 1
        self.words = [Word(*chunk, weigh(chunk[1], at == last, export)) for at, chunk in enumerate(kept)]
        names = {word for run in self.named.values() for word in run if export.names_whole("".join(run))}
        for word in self.words:
            word.naming = word.group[0] in names and len(self.named) == 1
            word.weight = NAME_WORD_WEIGHT if word.naming else 1.0
        self.unknown = [(w.start, w.group[0]) for w in self.words if not w.terms and not self.recognised]
        """Words, with where they start, that the index knows neither as such nor as the start of another."""
        for word in self.words:
            if not word.terms and is_plain(word.group[0]) and is_english(word.group[0]):
                word.weight *= FOREIGN_WEIGHT
        self._quieten()

    def _quieten(self) -> None:
        """Where a quantity is known as such (15 minutes), let its number and unit count for little."""
        known = [w.start for w in self.words if w.group[-1].startswith(QUANTITY) and w.terms]
        for word in self.words:
            near = any(0 <= word.start - start <= LONGEST_QUANTITY for start in known)
            if (
                near
                and not word.group[-1].startswith(QUANTITY)
                and (word.group[0] in UNITS or word.group[0][0].isdigit())
            ):
                word.weight *= QUANTITY_WORD_WEIGHT


def _part(recognised: Resolved, export: Export) -> list[Chunk]:
    """Return what an identifier asks of its service (aws eks update-kubeconfig), when a note of it knows that."""
    match = re.fullmatch(PARTS.get(recognised.as_what, ""), recognised.text, re.S)
    found = chunks(match.group(1)) if match else []
    spans = [span for note in recognised.notes if (span := export.span(note))]
    for _, group in found:
        term = export.term(group[0])
        numbers = export.postings(term)[0] if term else ()
        if any(first < number <= last for number in numbers for first, last in spans):
            return found
    return []


def named(found: list[Chunk], export: Export, *, everyday: bool = False) -> dict[str, tuple[str, ...]]:
    """Return the notes whose names stand in a query, the longest name first, with the words that name them.

    Names that are everyday words (transcribe) count only beside no other, or where `everyday` says so.
    """
    words = [group[0] for _, group in found if not group[-1].startswith(QUANTITY)]
    result: dict[str, tuple[str, ...]] = {}
    start = 0
    while start < len(words):
        size = min(LONGEST_NAME, len(words) - start)
        while size and not (notes := _called(words[start : start + size], export)):
            size -= 1
        for note in notes if size else ():
            result[note] = result.get(note, ()) + tuple(words[start : start + size])
        start += size or 1
    plain = {note: run for note, run in result.items() if everyday or not (len(run) == 1 and run[0] in EVERYDAY)}
    services = {note: run for note, run in (plain or result).items() if export.is_service(note)}
    return services or plain or result  # "codecommit encryption" is about CodeCommit, not about the topic


def _called(run: list[str], export: Export) -> list[str]:
    name = key("".join(run))
    if len(name) < 2:
        return []
    notes = export.by_name(name)
    if not notes and len(name) > 4 and name.endswith("s"):
        notes = export.by_name(name[:-1])
    if not notes and len(run) == 1 and ":" in run[0]:
        notes = export.by_identifier("iam", run[0].partition(":")[0])
    return notes


def weigh(group: list[str], last: bool, export: Export) -> list[tuple[str, float]]:
    """Return the index terms one chunk of the query stands for, with their weights.

    An identifier that is known whole counts as such and a little in its parts; otherwise its parts share the weight.
    The last word, when it is unknown, stands for the words that start so.
    """
    terms: dict[str, float] = {}
    whole = export.term(group[0])
    if whole is not None:
        terms[whole] = 1.0
    for surface in group[1:]:
        term = export.term(surface)
        if term is not None:
            terms[term] = max(terms.get(term, 0.0), PART_WEIGHT if whole is not None else 1.0 / (len(group) - 1))
    if not terms and last and len(group[0]) > 1:
        terms = dict.fromkeys(export.starting(group[0], PREFIX_WORDS), PREFIX_WEIGHT)
    return sorted(terms.items())
