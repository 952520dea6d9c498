"""Score a file of questions: is the right answer the first hit, among the first three, among the first ten?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from kb.errors import InputError
from kb.search.hit import Hit

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A query with what its answer must hold."""

    id: str
    query: str
    style: str
    service: tuple[str, ...]
    """Notes that may hold the answer; empty when nothing must be found."""
    must: tuple[str, ...]
    """Regular expressions that the heading and text of a right hit all match."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question and the position of its first right hit; 0 when there is none among ten."""

    question: Question
    rank: int
    found: tuple[str, ...]
    """Ids of the first three hits."""

    @property
    def right(self) -> bool:
        """Whether the first hit is right; for a question that must find nothing, whether nothing was found."""
        return self.rank == 1


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one style, or of all."""

    style: str
    questions: int
    hit_1: float
    hit_3: float
    hit_10: float
    mrr_10: float
    low: float
    """Hit@1 lies between low and high with 95 % confidence (Wilson 1927)."""
    high: float


def read_questions(path: Path) -> list[Question]:
    """Read a file of one JSON object a line: id, query, style, service, must.

    Raises:
        InputError: it cannot be read, or a line is not such an object.
    """
    questions = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"cannot be read: {error}") from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                data = json.loads(line)
                must = tuple(data.get("must", ()))
                for pattern in must:
                    re.compile(pattern)
                question = Question(
                    str(data.get("id", number)),
                    data["query"],
                    data.get("style", "all"),
                    tuple(data.get("service", ())),
                    must,
                )
            except (ValueError, KeyError, TypeError, AttributeError, re.error) as error:
                raise InputError(
                    f"{path}:{number}", f"expected a question (id, query, style, service, must): {error}"
                ) from None
            questions.append(question)
    return questions


def answer(question: Question, search: Callable[[str, int], list[Hit]]) -> Answered:
    """Ask one question and find the position of its first right hit."""
    hits = search(question.query, DEPTH)
    found = tuple(hit.id for hit in hits[:3])
    if not question.service:
        return Answered(question, 0 if hits else 1, found)
    for position, hit in enumerate(hits, start=1):
        text = f"{hit.heading}\n{hit.text}"
        if hit.note in question.service and all(re.search(must, text, re.IGNORECASE) for must in question.must):
            return Answered(question, position, found)
    return Answered(question, 0, found)


def scores(answered: Iterable[Answered]) -> list[Score]:
    """Return the figures of each style in the order of the file, and of all under the style "all"."""
    by_style: dict[str, list[int]] = {}
    every: list[int] = []
    for one in answered:
        by_style.setdefault(one.question.style, []).append(one.rank)
        every.append(one.rank)
    found = [_score(style, ranks) for style, ranks in by_style.items() if style != "all"]
    return [*found, _score("all", every)]


def _score(style: str, ranks: list[int]) -> Score:
    count = len(ranks) or 1
    first, third, tenth = (sum(0 < rank <= depth for rank in ranks) / count for depth in (1, 3, DEPTH))
    low, high = wilson(first, len(ranks))
    return Score(style, len(ranks), first, third, tenth, sum(1 / rank for rank in ranks if rank) / count, low, high)


def wilson(share: float, count: int, z: float = 1.96) -> tuple[float, float]:
    """Return the interval in which the true share lies with 95 % confidence, by Wilson's score."""
    if not count:
        return 0.0, 1.0
    middle = share + z * z / (2 * count)
    spread = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, (middle - spread) / (1 + z * z / count)), min(1.0, (middle + spread) / (1 + z * z / count))
