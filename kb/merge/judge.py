"""Judge pairs of statements by words and values, and by their meaning where these leave it open."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from kb.merge.conflict import is_aside
from kb.merge.relate import Related, evidence, relate
from kb.merge.statement import quantities_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from kb.facts.quantity import Quantity
    from kb.merge.match import Judge, Pair
    from kb.merge.rarity import Rarity
    from kb.merge.statement import Statement
    from kb.semantic.crossencoder import CrossEncoder

ASKED = 2
"""The model is asked about so many candidates of a statement: those that words hold likeliest."""
SAME = 0.5
"""From this likelihood on two statements say the same,"""
AGAINST = 0.5
"""and from this one on they contradict."""


class Weighed(NamedTuple):
    """What is known of a pair."""

    by_words: Related
    same: float
    """How likely both say the same, 0 to 1."""
    against: float
    """How likely they contradict, 0 to 1."""


class ByMeaning:
    """Judges by words first; asks the sentence model about pairs that these leave open."""

    def __init__(self, rarity: Rarity, model: CrossEncoder) -> None:
        self.rarity = rarity
        self.model = model

    def __call__(self, pairs: Sequence[Pair]) -> list[Related]:
        """Return how each pair stands."""
        return [_verdict(weighed, pair) for weighed, pair in zip(self.weigh(pairs), pairs, strict=True)]

    def weigh(self, pairs: Sequence[Pair]) -> list[Weighed]:
        """Return how likely each pair is what."""
        weighed = [by_words(a, b, self.rarity) for a, b in pairs]
        asked = list(_to_ask(pairs, weighed))
        given = [pairs[place] for place in asked]
        found = self.model.likelihoods(
            [marked(a.text, b.text) for a, b in given], [evidence_of(a, b, self.rarity) for a, b in given]
        )
        for place, (_, same, against) in zip(asked, found.tolist(), strict=True):
            weighed[place] = Weighed(weighed[place].by_words, same, against)
        return weighed


def _to_ask(pairs: Sequence[Pair], weighed: Sequence[Weighed]) -> Iterator[int]:
    """Yield the places of the pairs that words leave open; pairs of one statement stand together."""
    for _, group in groupby(range(len(pairs)), key=lambda place: id(pairs[place][0])):
        left = [place for place in group if not weighed[place].against]
        yield from sorted(left, key=lambda place: -weighed[place].same)[:ASKED]


def by_words(a: Statement, b: Statement, rarity: Rarity) -> Weighed:
    """Return how likely a pair is what, by words and values alone."""
    related = relate(a, b, rarity)
    against = related.kind == "conflict"
    return Weighed(related, 0.0 if against else related.score, related.score if against else 0.0)


def choose_judge(rarity: Rarity, semantic: bool | None = None) -> Judge:
    """Return who judges: by meaning too if `semantic`, by words if not; None takes what is installed.

    Raises:
        MissingExtra: `semantic` and the extra is not installed.
    """
    if semantic is None:
        from kb.semantic.model import available

        semantic = available()
    if not semantic:
        return lambda pairs: [relate(a, b, rarity) for a, b in pairs]
    from kb.semantic.crossencoder import load_cross_encoder

    return ByMeaning(rarity, load_cross_encoder())


def evidence_of(a: Statement, b: Statement, rarity: Rarity) -> list[float]:
    """Return what words and values say, as the model takes it; negations it reads better than they can be counted."""
    row = evidence(a, b, rarity)
    return [float(value) for name, value in row._asdict().items() if name != "denied"] + [row.likelihood]


def _verdict(weighed: Weighed, pair: Pair) -> Related:
    told, same, against = weighed
    if told.kind == "conflict":
        return told
    if against >= AGAINST and not any(is_aside(statement.text) for statement in pair):
        return Related("conflict", against, "by meaning: both cannot hold")
    if same >= SAME:
        return Related("duplicate", same, told.why if told.kind == "duplicate" else "by meaning: the same is said")
    return Related("different", same, "by meaning: something else" if told.kind == "duplicate" else told.why)


def marked(a: str, b: str) -> tuple[str, str]:
    """Return two texts in which every value that both have is followed by "same", one of another amount by "unlike"."""
    (one, first), (other, second) = quantities_in(a), quantities_in(b)
    return _mark(one, first, {key for _, key in second}), _mark(other, second, {key for _, key in first})


def _mark(text: str, found: Sequence[tuple[Quantity, str]], others: Collection[str]) -> str:
    keys = {key.partition(" ")[0] for key in others}
    dimensions = {key.partition(":")[0] for key in others}
    for quantity, key in reversed(found):
        word = "same" if key.partition(" ")[0] in keys else "unlike" if key.partition(":")[0] in dimensions else ""
        text = f"{text[: quantity.end]} {word} {text[quantity.end :]}" if word else text
    return text
