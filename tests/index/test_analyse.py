"""The analyser: identifiers survive, quantities meet, nothing raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.analyse import STOPWORDS, chunks, content, surfaces
from kb.index.whoosh import Stemmer
from tests.conftest import cases


@pytest.mark.parametrize(("given", "expected"), cases("analyse.md"))
def test_golden_tokens(given: str, expected: str) -> None:
    """One line per chunk: the whole surface, then joined, then parts."""
    assert "\n".join(" ".join(group) for _, group in chunks(given)) == expected


def test_there_are_enough_golden_tokens() -> None:
    """The case file covers the shapes of cloud text."""
    assert len(cases("analyse.md")) >= 80


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("15 minutes", "900 s"),
        ("256 KB", "256KiB"),
        ("1 MiB", "1,048,576 bytes"),
        ("x-ray", "X-Ray"),
        ("`SQS`", "**sqs**"),
    ],
)
def test_texts_that_must_meet(a: str, b: str) -> None:
    """Two ways of writing share a surface."""
    assert {s for s in surfaces(a) if not s.isdecimal()} & {s for s in surfaces(b) if not s.isdecimal()}


@given(st.text())
def test_no_text_raises_and_no_surface_is_empty(text: str) -> None:
    """Any characters at all."""
    assert all(surfaces(text)) or not surfaces(text)


@given(st.text(alphabet="abcXYZ019-_:./ @", max_size=60))
def test_case_does_not_matter_for_the_whole(text: str) -> None:
    """The whole surface of each chunk is in lower case."""
    assert all(group[0] == group[0].lower() for _, group in chunks(text))


def test_common_words_are_left_out_of_queries() -> None:
    """What is left is what was asked."""
    assert [group[0] for group in content(chunks("what is the maximum size of an SQS message"))] == [
        "maximum",
        "size",
        "sqs",
        "message",
    ]
    assert not STOPWORDS & {"maximum", "default", "limit", "not found", "lambda"}


def test_names_are_not_stemmed_and_words_are() -> None:
    """AWS stays AWS; deployments meets deployment."""
    stemmer = Stemmer({"kinesis"})

    assert [stemmer(w) for w in ("aws", "kinesis", "deployments", "deployment", "s3:getobject", "queues")] == [
        "aws", "kinesis", "deploy", "deploy", "s3:getobject", "queue",
    ]  # fmt: skip
