"""Conflict: what keeps two statements from both being true today."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Literal, NamedTuple

from kb.facts.quantity import spell
from kb.merge.rarity import Rarity
from kb.merge.statement import (
    NEGATIONS,
    OPPOSITES,
    RATES,
    Property,
    Statement,
    among,
    amounts,
    bare,
    same_numbers,
    stem,
    understand,
)

History = Literal["", "changed", "corrected"]
MOST_VALUES = 2
"""Who names more values of a kind, compares or lists, and contradicts nobody."""
NAMED = 0.23
"""From this share of a property's words on a former value of it is about it, where the direction is the same,"""
NAMED_WELL = 0.51
"""and from this one on where no direction is given; a value that the note knows only as a former one needs less."""
FEW, MANY = 6, 1000
"""Beside so few words, where what is counted is so many, a value needs no words in common."""
ROW = 0.55
"""In a row of a table, whose values belong to whatever the row is about, at least so much names the property."""
ASKED = 0.3
"""So much more is needed of a phrase that people ask with, of which there are many."""
NAMED_ALL = 0.95
"""From this share on it says all that names the property,"""
FEWEST = 2
"""where these are so many words, or it names the scope as well."""
REPEATED = 0.35
"""From this share of common words on a correction is about a claim, where the claim has no value that it lacks."""
SAME_BUT_VALUE = 0.6
"""From this share of common words on another value contradicts,"""
SAME_BUT_COUNT = 0.75
"""or another number that counts nothing,"""
SAME_BUT_OPPOSITE = 0.55
"""or an opposite word,"""
SAME_BUT_NOT = 0.75
"""or a negation."""
SHORT = 3
LONG = 20
"""Of a claim with more words a value belongs to its sentence."""
_ASIDE = re.compile(
    r"(?i)\d\s*[x*/=\u00d7]\s*\(?\d|\d \w+ = \d|example|\be\.g\.|contrary to|\b(?:some|earlier|older|these|those) notes\b|\bearlier \(|"
    r"\bnotes of (?:19|20)\d\d|\b(?:enter|choose|select|specify|if you (?:set|have|want|use|need))\b|\b(?:formerly|used to|no longer|until (?:\w+ )?(?:19|20)\d\d)\b|\?$"
)
"""Who calculates, asks, instructs, gives an example, or tells what others said or what was, claims no value of today."""
_CORRECTION = re.compile(r"(?i)\bcontrary to\b|\b(?:some|earlier) notes\b")
"""Who tells what others said says that it does not hold; who tells what was does not, it may still be so."""
_BRACKETS = re.compile(r"\(([^()\d][^()]*)\)")
_UNITS = "gbps mbps kbps iops tps rps vcpu vcpus acu acus rpu requests calls times years months"
"""Words behind numbers that say in what, not of what."""
_OPERATION = re.compile(
    r"\b(?:Add|Assume|Attach|Batch|Cancel|Copy|Create|Delete|Describe|Execute|Get|Head|Import|Invoke|List|Modify|Publish|Put|Query|Receive|"
    r"Register|Remove|Restore|Run|Scan|Send|Start|Stop|Transact|Update|Upload)[A-Z][A-Za-z]+"
)
_ROW = re.compile(r"[^:;.]{1,80}: [^;]*; [^:;.]{1,80}: ")
_SENTENCE = re.compile(r"(?<=[.;]) ")
_TURNING = re.compile(
    rf"(?i)(?<![\w-])(?:without|instead|{'|'.join(word for pair in OPPOSITES for word in pair)})(?![\w-])"
)
"""The words of which one turns a statement into its contrary."""


class Conflict(NamedTuple):
    """Why two statements cannot both hold."""

    share: float
    """Of the words that the two have in common, 0 to 1."""
    why: str
    history: History = ""
    """How one of them remembers what the other says: as a value that changed, or as an error it corrects."""


def find_conflict(a: Statement, b: Statement, rarity: Rarity) -> Conflict | None:
    """Return what contradicts between two statements about one service, if anything does."""
    for claim, other in ((a, b), (b, a)):
        found = _outdated(claim, other, rarity) or _outvalued(claim, other, rarity) or _corrected(claim, other, rarity)
        if found:
            return found
    return None if apart(a, b) else _clash(a, b, rarity)


def is_aside(text: str) -> bool:
    """Tell whether a text calculates, asks, gives an example, or tells what others said or what was."""
    return bool(_ASIDE.search(text))


def apart(a: Statement, b: Statement) -> str:
    """Tell why two statements speak of different scopes, operations or directions, if they do."""
    for first, second in ((a.scopes - RATES, b.scopes - RATES), (a.scopes & RATES, b.scopes & RATES)):
        if first - second and second - first:
            return f"scope: {', '.join(sorted(first - second))} / {', '.join(sorted(second - first))}"
    first, second = _operations(a.text), _operations(b.text)
    if first and second and not first & second:
        return f"operation: {', '.join(sorted(first))} / {', '.join(sorted(second))}"
    for one, other in (("max", "min"), ("default", "max"), ("default", "min")):
        for x, y in ((a, b), (b, a)):
            if x.directions == {one} and y.directions == {other}:
                return f"direction: {one} / {other}"
    return ""


@lru_cache(1 << 16)
def _operations(text: str) -> frozenset[str]:
    return frozenset(_OPERATION.findall(text))


def _outdated(claim: Statement, fact: Statement, rarity: Rarity) -> Conflict | None:
    """Return that a sentence of a claim gives a value which the fact remembers as a former one."""
    about = fact.property
    if about is None or claim.property or is_aside(claim.text) or apart(claim, fact):
        return None
    if among(claim.values, about.now):
        return None
    for sentence in _sentences(claim):
        told = among(sentence.values, about.was)
        if not told and _operations(sentence.text) & _operations(fact.text):
            told = same_numbers(sentence.values, about.was)
        if not told:
            continue
        share = rarity.share(about.words, sentence.words)
        asked = max((rarity.share(words, sentence.words) for words in about.asked if len(words) > 1), default=0.0)
        agree, row = bool(sentence.directions & fact.directions), bool(_ROW.match(claim.text))
        enough = _needed(told, about, sentence, agree=agree, row=row)
        if share >= enough or asked >= enough + ASKED:
            why = f"once said, since changed: {_told(told)} / {_told(about.now)}"
            return Conflict(max(share, asked), why, "changed")
    return None


def _needed(told: frozenset[str], about: Property, sentence: Statement, *, agree: bool, row: bool) -> float:
    """Return the share of a property's words that a sentence has to name for a former value of it to be about it."""
    alone = set(map(bare, told)) <= set(map(bare, about.alone))
    enough = (0.0 if agree and _short(sentence) else NAMED) if alone else (NAMED if agree else NAMED_WELL)
    if not sentence.scopes & RATES and any(map(_counts, told & about.was)):
        enough = 0.0  # "5 pillars": the number counts the same thing
    return max(enough, ROW) if row else enough


def _outvalued(claim: Statement, fact: Statement, rarity: Rarity) -> Conflict | None:
    """Return that a sentence of a claim says all that names a property, in its direction, with another value."""
    about = fact.property
    if about is None or claim.property or is_aside(claim.text) or apart(claim, fact):
        return None
    for sentence in _sentences(claim):
        share = rarity.share(about.words, sentence.words | sentence.counted())
        enough = len(about.words) >= FEWEST or sentence.scopes & fact.scopes
        if share >= NAMED_ALL and enough and sentence.directions & fact.directions:
            for name, these, those in _unlike(sentence, fact):
                if name != "count":
                    return Conflict(share, f"{_told(these)} / {_told(those)}")
    return None


@lru_cache(1 << 12)
def _sentences(claim: Statement) -> tuple[Statement, ...]:
    """Return the sentences of a long claim, each understood; a short one speaks of one thing."""
    if len(claim.words) <= LONG and not _ROW.match(claim.text):
        return (claim,)
    return tuple(_understood(part, claim) for part in _SENTENCE.split(claim.text))


def _understood(part: str, whole: Statement) -> Statement:
    """Return a sentence understood, without the words that the whole leaves out as names."""
    said = understand(part)
    return replace(said, words=said.words & whole.words)


def _short(sentence: Statement) -> bool:
    """Tell whether so little is said beside a value that it hardly belongs to anything but the note."""
    return len(sentence.words) <= FEW and all(
        float(bare(value).partition(":")[2]) >= MANY for value in sentence.values if _counts(value)
    )


def _counts(value: str) -> bool:
    """Tell whether a number counts things, by a word that is no unit."""
    noun = value.partition(" ")[2]
    return bool(noun) and noun not in _units()


@lru_cache(1)
def _units() -> frozenset[str]:
    """Return the stems of the units; not when the module is read, for stemming is an extra."""
    return frozenset(map(stem, _UNITS.split()))


def _corrected(claim: Statement, other: Statement, rarity: Rarity) -> Conflict | None:
    """Return that a claim is what the other tells as said by some, or as what was."""
    if not _CORRECTION.search(other.text) or is_aside(claim.text) or len(claim.words) < SHORT:
        return None
    for clause in _corrections(other.text):
        share = rarity.common(claim.words, clause.words)
        if share >= REPEATED and not claim.values - other.values:
            return Conflict(share, "the other tells it as what some said, and corrects it", "corrected")
    return None


@lru_cache(1 << 12)
def _corrections(text: str) -> tuple[Statement, ...]:
    """Return the sentences and brackets in which a text tells what others said."""
    bare = _BRACKETS.sub("", text)
    parts = [*_BRACKETS.findall(text), *_SENTENCE.split(bare)]
    return tuple(understand(part) for part in parts if _CORRECTION.search(part))


def _clash(a: Statement, b: Statement, rarity: Rarity) -> Conflict | None:
    """Return that two statements say the same but for a value, an opposite word or a negation."""
    if is_aside(a.text) or is_aside(b.text):
        return None
    one, other = (s.property.words if s.property else s.words for s in (a, b))
    share = rarity.common(one, other)
    for name, these, those in _unlike(a, b):
        if share >= (SAME_BUT_COUNT if name == "count" else SAME_BUT_VALUE):
            return Conflict(share, f"{_told(these)} / {_told(those)}")
    if any(_SENTENCE.search(statement.text) for statement in (a, b)):
        return None  # of several sentences, which one it is that denies or turns, only understanding tells
    first, second = _turning(a.text), _turning(b.text)
    for word, opposite in OPPOSITES if first and second else ():
        pair = {word, opposite}
        if pair & first and pair & second and not pair & first & second:
            share = rarity.common(a.words, b.words, (stem(word), stem(opposite)))
            if share >= SAME_BUT_OPPOSITE:
                return Conflict(share, f"{word} / {opposite}")
    share = rarity.common(a.words, b.words, NEGATIONS)
    loose = {"without", "instead"} & (first | second)  # of which half, only understanding tells
    if a.negated != b.negated and not loose and a.values == b.values and share >= SAME_BUT_NOT:
        return Conflict(share, "one denies what the other says")
    return None


def _unlike(a: Statement, b: Statement) -> Iterator[tuple[str, set[str], set[str]]]:
    """Yield what both measure or count, with their values, where none agree."""
    first, second = (amounts(s.property.now if s.property else s.values) for s in (a, b))
    for name in sorted(first.keys() & second.keys()):
        x, y = first[name], second[name]
        if max(len(x), len(y)) <= MOST_VALUES and not set(x) & set(y) and not _meet(x.values(), y.values()):
            yield name, set(x), set(y)


def _meet(a: Collection[float], b: Collection[float]) -> bool:
    """Tell whether one names a range that the other's values lie in."""
    return any(len(x) > 1 and all(min(x) <= value <= max(x) for value in y) for x, y in ((a, b), (b, a)))


@lru_cache(1 << 16)
def _turning(text: str) -> frozenset[str]:
    return frozenset(map(str.lower, _TURNING.findall(text)))


def _told(values: Collection[str]) -> str:
    return ", ".join(sorted(map(spell, values)))
