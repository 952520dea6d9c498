"""Judge pairs of statements by words and values, and by their meaning where these leave it open."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from kb.merge.relate import Related, relate
from kb.merge.statement import quantities_in
from kb.semantic.crossencoder import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from kb.facts.quantity import Quantity
    from kb.merge.match import Judge, Pair
    from kb.merge.rarity import Rarity
    from kb.semantic.crossencoder import CrossEncoder

ASKED = 3
"""The model is asked about so many candidates of a statement: those that words hold likeliest."""
MANY = 5_000
"""More statements are judged by words alone unless somebody asks for meaning; the model reads some 100 pairs a second."""
DUPLICATE = VERDICTS.index("duplicate")
CERTAIN = 0.9
"""From this likelihood on two statements mean the same, whatever words say."""
DENIED = 0.15
"""Below this likelihood two statements are not the same, however many words they share."""


class ByMeaning:
    """Judges by words first; asks the sentence model about pairs that these leave open."""

    def __init__(self, rarity: Rarity, model: CrossEncoder) -> None:
        self.rarity = rarity
        self.model = model

    def __call__(self, pairs: Sequence[Pair]) -> list[Related]:
        """Return how each pair stands: as words say, unless the model is sure that it is otherwise.

        That two contradict is left to words: of what the model alone calls so in real notes, hardly one in ten is.
        """
        told = [relate(a, b, self.rarity) for a, b in pairs]
        asked = list(_to_ask(pairs, told))
        texts = [marked(pairs[place][0].text, pairs[place][1].text) for place in asked]
        for place, meant in zip(asked, self.model.likelihoods(texts)[:, DUPLICATE].tolist(), strict=True):
            told[place] = _verdict(told[place], meant)
        return told


def _to_ask(pairs: Sequence[Pair], told: Sequence[Related]) -> Iterator[int]:
    """Yield the places of the pairs that words leave open; pairs of one statement stand together."""
    for _, group in groupby(range(len(pairs)), key=lambda place: id(pairs[place][0])):
        left = [place for place in group if told[place].kind != "conflict"]
        yield from sorted(left, key=lambda place: -told[place].score)[:ASKED]


def _verdict(told: Related, meant: float) -> Related:
    if told.kind == "different" and meant >= CERTAIN:
        return Related("duplicate", meant, "the same is meant")
    if told.kind == "duplicate" and meant < DENIED:
        likely = (told.score + meant) / 2
        return replace(told, kind="different", score=likely, why="the same words, but something else is meant")
    return told


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
