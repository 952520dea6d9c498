"""Which comparison a query asks for."""

from __future__ import annotations

import pytest

from kb import KnowledgeBase


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sns vs sqs persistence", ("messaging",)),
        ("difference between kinesis and eventbridge", ("messaging",)),
        ("alb or nlb", ("load-balancers",)),
        ("user pools vs identity pools", ("cognito-pools",)),
        ("polly vs transcribe", ("polly", "transcribe")),
        ("sqs sns", ()),
        ("sqs message size", ()),
        ("to be or not to be", ()),
    ],
)
def test_a_comparison_is_offered(query: str, expected: tuple[str, ...], bundled: KnowledgeBase) -> None:
    """The page with most of what is named, otherwise the notes."""
    assert bundled.search(query, semantic=False).comparison == expected


def test_what_is_offered_can_be_compared(bundled: KnowledgeBase) -> None:
    """`kb compare` takes it."""
    for query in ("sns vs sqs", "polly vs transcribe"):
        assert len(bundled.compare(bundled.search(query).comparison).columns) >= 2
