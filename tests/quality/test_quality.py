"""Search quality: questions with the notes and words their answers must hold, and floors under the results.

Raise a floor when the figure rises; lowering one needs a reason in the commit.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import InputError, KnowledgeBase
from kb.evaluate.questions import Answered, Question, Score, answer, read_questions, scores, wilson

QUESTIONS = read_questions(Path(__file__).parent / "queries.jsonl")
FLOORS = {
    "identifier": (0.90, 0.96),
    "name": (1.0, 1.0),
    "keyword": (0.90, 0.98),
    "question": (0.82, 0.90),
    "number": (0.87, 0.96),
    "comparison": (0.74, 0.96),
    "typo": (0.80, 0.92),
    "error": (0.75, 0.90),
    "paraphrase": (0.74, 0.85),
    "scenario": (0.51, 0.82),
    "nothing": (0.85, 0.85),
}
"""Least share of questions answered by the first hit, and by one of the first three, by words alone."""
WITH_MEANING = {
    "question": (0.88, 0.92),
    "paraphrase": (0.77, 0.88),
    "scenario": (0.60, 0.88),
    "comparison": (0.77, 0.98),
    "nothing": (0.85, 0.85),
}
"""The same for the styles that words alone serve badly, with the extra `semantic`."""


def score_of(style: str, kb: KnowledgeBase, semantic: bool) -> tuple[Score, list[object]]:
    asked = [question for question in QUESTIONS if question.style == style]
    found = [answer(q, lambda text, limit: kb.search(text, limit, semantic=semantic).hits) for q in asked]
    return scores(found)[0], [(one.question.query, one.rank, one.found) for one in found if not one.right]


@pytest.mark.parametrize("style", FLOORS)
def test_questions_are_answered_by_words(style: str, bundled: KnowledgeBase) -> None:
    """Hit@1 and Hit@3 stay above their floors without any extra."""
    score, misses = score_of(style, bundled, semantic=False)

    assert score.hit_1 >= FLOORS[style][0], misses
    assert score.hit_3 >= FLOORS[style][1], misses


@pytest.mark.parametrize("style", WITH_MEANING)
def test_questions_are_answered_by_meaning(style: str, bundled: KnowledgeBase) -> None:
    """Vectors lift what words alone serve badly."""
    score, misses = score_of(style, bundled, semantic=True)

    assert score.hit_1 >= WITH_MEANING[style][0], misses
    assert score.hit_3 >= WITH_MEANING[style][1], misses


def test_there_are_questions_enough() -> None:
    """At least 300, of every kind."""
    assert len(QUESTIONS) >= 300


def test_every_style_has_a_floor() -> None:
    """No question goes unmeasured."""
    assert {question.style for question in QUESTIONS} == set(FLOORS)
    assert len({question.query for question in QUESTIONS}) == len(QUESTIONS)


def test_figures_are_what_they_say() -> None:
    """Ranks 1, 3 and none: a third, two thirds, two thirds, four ninths."""
    question = Question("a", "q", "s", ("sqs",), ())
    score = scores([Answered(question, rank, ()) for rank in (1, 3, 0)])[-1]

    assert (score.hit_1, score.hit_3, score.hit_10) == pytest.approx((1 / 3, 2 / 3, 2 / 3))
    assert score.mrr_10 == pytest.approx(4 / 9)
    assert wilson(0.5, 100) == pytest.approx((0.404, 0.596), abs=0.001)


def test_what_must_find_nothing(bundled: KnowledgeBase) -> None:
    """Right when nothing is found."""
    nothing = Question("a", "zzzzqqq", "none", (), ())

    assert answer(nothing, lambda text, limit: bundled.search(text, limit).hits).right


@pytest.mark.parametrize("line", ["{", "[]", '{"query": 1}x', "{}", '{"query": "a", "must": ["("]}'])
def test_a_bad_question_is_named(line: str, tmp_path: Path) -> None:
    """With file and line."""
    file = tmp_path / "q.jsonl"
    file.write_text('{"query": "a"}\n' + line + "\n")

    with pytest.raises(InputError, match=r"q\.jsonl:2"):
        read_questions(file)


def test_kb_eval_prints_figures_and_misses(
    tmp_path: Path, run_kb: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """By style, with what came instead; as JSON too."""
    file = tmp_path / "q.jsonl"
    lines = [
        {"id": "1", "query": "sqs largest message", "style": "keyword", "service": ["sqs"], "must": ["1 MiB"]},
        {"id": "2", "query": "long polling", "style": "other", "service": ["lambda"], "must": []},
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines))
    done = run_kb("eval", str(file), "--per-style", "--explain-misses")

    assert done.returncode == 0
    assert "keyword              1  1.000" in done.stdout
    assert "2: long polling - rank none; came: sqs#basics" in done.stdout
    assert json.loads(run_kb("eval", str(file), "--json").stdout)["scores"][-1]["hit_1"] == 0.5
    assert run_kb("eval", "/does/not/exist").returncode == 2
