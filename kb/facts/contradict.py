"""Sentences of a note that give another value than its facts: told only where words, direction and unit all agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.facts.quantity import Quantity, find_quantities
from kb.notes.fact import Fact
from kb.notes.note import Note

_CLAUSE = re.compile(r"[^.;:]+(?:\.\d[^.;:]*)*")
_WORD = re.compile(r"[a-z]{3,}")
_COUNTED = re.compile(r" ([A-Za-z]{4,})")
_DIRECTIONS = {
    "max": re.compile(r"\b(?:max(?:imum)?|at most|up to|no (?:more|longer) than|longest|largest|limit(?:ed)?)\b", re.I),
    "min": re.compile(r"\b(?:min(?:imum)?|at least|no (?:less|shorter) than|shortest|smallest)\b", re.I),
    "default": re.compile(r"\b(?:by default|defaults?|when nothing is set)\b", re.I),
}
# Words that say how much, not of what.
_EMPTY = frozenset(
    "the one for and per its are can may not max maximum min minimum longest largest most highest shortest smallest least "
    "default defaults when nothing set limit length size time number long large with each any from than that this".split()
)
_PAST = re.compile(
    r"\b(?:earlier|former(?:ly)?|until|before|contrary|was|were|used to|notes? of|example|instead|19\d\d|20\d\d)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A quantity in a sentence, and the fact that says otherwise."""

    line: int
    """Line of the statement, from 1."""
    quantity: str
    """As it is written."""
    fact: Fact


def contradictions(note: Note) -> Iterator[Contradiction]:
    """Yield each quantity in a note's sentences that a fact of the note contradicts."""
    facts = [
        (f, amount, way) for f in note.facts if (amount := _amount(f.value, whole=True)) and (way := _direction(f))
    ]
    said = {quantity.key for f in note.facts for text in (f.value, f.detail) for quantity in find_quantities(text)}
    for section in note.sections:
        for statement in section.statements:
            if statement.block not in ("bullet", "number", "paragraph") or _PAST.search(statement.text):
                continue
            for clause in _CLAUSE.findall(statement.text):
                amount = _amount(clause, whole=False)
                if amount is None or amount[1].key in said:
                    continue
                fact = next((f for f, known, way in facts if known[0] == amount[0] and _about(f, way, clause)), None)
                if fact:
                    yield Contradiction(statement.line, clause[amount[1].start : amount[1].end], fact)


def _amount(text: str, *, whole: bool) -> tuple[str, Quantity] | None:
    """Return the one quantity in a text with what it measures or counts ("time", "messa"); `whole`: that it is."""
    found = find_quantities(text)
    if len(found) != 1 or found[0].dimension == "share":
        return None
    quantity = found[0]
    counted = _COUNTED.match(text, quantity.end)
    if quantity.dimension == "count" and not counted:
        return None
    end = counted.end() if quantity.dimension == "count" and counted else quantity.end
    if whole and (quantity.start, end) != (0, len(text)):
        return None
    return counted.group(1)[:5].lower() if quantity.dimension == "count" and counted else quantity.dimension, quantity


def _direction(fact: Fact) -> str:
    if fact.kind == "default":
        return "default"
    return next(
        (way for way in ("max", "min") if _DIRECTIONS[way].search(f"{fact.label} {fact.id.replace('-', ' ')}")), ""
    )


def _about(fact: Fact, direction: str, clause: str) -> bool:
    """Tell whether a clause is about the property of a fact: each word of its label and scope, and its direction."""
    if not _DIRECTIONS[direction].search(clause):
        return False
    words = {word[:6] for word in _WORD.findall(f"{fact.label} {fact.scope}".lower())} - {word[:6] for word in _EMPTY}
    there = {word[:6] for word in _WORD.findall(clause.lower())}
    return len(words) >= 2 and words <= there
