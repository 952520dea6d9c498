"""Judge pairs of statements by words and values, and by their meaning where these leave it open."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from math import log
from typing import TYPE_CHECKING

from kb.merge.relate import Related, likelihood, relate
from kb.merge.statement import quantities_in, same_numbers
from kb.semantic.crossencoder import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from kb.facts.quantity import Quantity
    from kb.merge.match import Judge, Pair
    from kb.merge.rarity import Rarity
    from kb.merge.relate import Relation
    from kb.merge.statement import Statement
    from kb.semantic.crossencoder import CrossEncoder

ASKED = 3
"""The model is asked about so many candidates of a statement, those that words hold likeliest, and about all that share a number with it."""
MANY = 5_000
"""More statements are judged by words alone unless somebody asks for meaning; the model reads some 100 pairs a second."""
DUPLICATE = VERDICTS.index("duplicate")
# What words say and what the model says, as logarithms of odds, are added with these weights, by logistic regression on
# labelled pairs of real imports that the model had not seen.
BY_WORDS, BY_MODEL, BOTH = 0.33, 0.65, 0.23
MEANT = 0.3
"""From this likelihood on two statements mean the same."""
LEAST = 1e-6
"""No likelihood is taken to be smaller than this, or nearer to 1."""


class ByMeaning:
    """Judges by words first; asks the sentence model about pairs that these leave open."""

    def __init__(self, rarity: Rarity, model: CrossEncoder) -> None:
        self.rarity = rarity
        self.model = model

    def __call__(self, pairs: Sequence[Pair]) -> list[Related]:
        """Return how each pair stands, by words and model together where the model was asked.

        That two contradict is left to words: of what the model alone calls so in real notes, hardly one in ten is.
        """
        told = [relate(a, b, self.rarity) for a, b in pairs]
        asked = list(_to_ask(pairs, told))
        texts = [marked(*map(in_full, pairs[place])) for place in asked]
        for place, meant in zip(asked, self.model.likelihoods(texts)[:, DUPLICATE].tolist(), strict=True):
            told[place] = _verdict(told[place], meant)
        return told


def _to_ask(pairs: Sequence[Pair], told: Sequence[Related]) -> Iterator[int]:
    """Yield the places of the pairs that words leave open; pairs of one statement stand together."""
    for _, group in groupby(range(len(pairs)), key=lambda place: id(pairs[place][0])):
        left = [place for place in group if told[place].kind != "conflict"]
        likeliest = sorted(left, key=lambda place: -told[place].score)
        for rank, place in enumerate(likeliest):
            if rank < ASKED or told[place].kind == "duplicate" or _share_a_number(*pairs[place]):
                yield place


def _share_a_number(a: Statement, b: Statement) -> bool:
    return bool(same_numbers(a.values, b.values))


def _verdict(told: Related, meant: float) -> Related:
    likely = likelihood(BOTH + BY_WORDS * _odds(told.score) + BY_MODEL * _odds(meant))
    kind: Relation = "duplicate" if likely >= MEANT else "different"
    if kind == told.kind:
        return replace(told, score=likely)
    why = "the same is meant" if kind == "duplicate" else "the same words, but something else is meant"
    return Related(kind, likely, why)


def _odds(likely: float) -> float:
    bounded = min(max(likely, LEAST), 1 - LEAST)
    return log(bounded / (1 - bounded))


def choose_judge(rarity: Rarity, semantic: bool | None, statements: int) -> Judge:
    """Return who judges so many statements: by meaning too if `semantic`, by words if not.

    None takes what is installed, for as many statements as one can wait for.

    Raises:
        MissingExtra: `semantic` and the extra is not installed.
    """
    if semantic is None:
        from kb.semantic.model import available

        semantic = statements <= MANY and available()
    if not semantic:
        return lambda pairs: [relate(a, b, rarity) for a, b in pairs]
    from kb.semantic.crossencoder import load_cross_encoder

    return ByMeaning(rarity, load_cross_encoder())


def in_full(statement: Statement) -> str:
    """Return what a statement says, after what it stands under."""
    return f"{statement.above}: {statement.text}" if statement.above else statement.text


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
