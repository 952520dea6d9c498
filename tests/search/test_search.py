"""Searching: stages, filters, operators, answers; and no query ever raises."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb import KnowledgeBase


@pytest.fixture(scope="module")
def kb(indexed_vault: Path) -> KnowledgeBase:
    return KnowledgeBase(str(indexed_vault))


def ids(kb: KnowledgeBase, query: str, **filters: tuple[str, ...]) -> list[str]:
    return [hit.id for hit in kb.search(query, **filters).hits]


@pytest.mark.parametrize(
    "query",
    [
        "sqs",
        "SQS",
        "Amazon Simple Queue Service",
        "AWS::SQS::Queue",
        "aws_sqs_queue",
        "sqs:SendMessage",
        'boto3.client("sqs")',
    ],
)
def test_a_name_or_identifier_finds_its_note_first(query: str, kb: KnowledgeBase) -> None:
    """The lead comes before everything else."""
    assert ids(kb, query)[0] == "sqs"


def test_the_fact_comes_first_as_the_answer(kb: KnowledgeBase) -> None:
    """A query that names a service and a property gets the fact."""
    result = kb.search("sqs largest message")

    assert result.answer is not None
    assert (result.answer.id, result.answer.value, result.answer.checked) == (
        "sqs#fact-message-size-max",
        "1 MiB",
        "botocore 1.44.5",
    )
    assert result.hits[0] is result.answer


def test_a_query_without_a_service_has_no_answer(kb: KnowledgeBase) -> None:
    """Only what is certain is put forward as the answer."""
    assert kb.search("recursion").answer is None


def test_words_nobody_wrote_find_through_what_is_asked(kb: KnowledgeBase) -> None:
    """Paraphrases are indexed with the fact they ask for."""
    assert ids(kb, "how long does it survive if nobody reads")[0] == "sqs#fact-message-retention-max"


def test_other_forms_of_a_word_meet(kb: KnowledgeBase) -> None:
    """Polls, polled and polling; a form no note holds too."""
    assert ids(kb, "polled")[:1] == ids(kb, "polling")[:1] != []


def test_the_start_of_the_last_word_is_enough(kb: KnowledgeBase) -> None:
    """Type-ahead."""
    assert "sqs#visibility-timeout" in ids(kb, "visib")


def test_a_quantity_in_another_unit_meets(kb: KnowledgeBase) -> None:
    """900 seconds are 15 minutes."""
    assert ids(kb, "900 seconds")[0] == "lambda#fact-timeout-max"


def test_earlier_values_find_the_fact(kb: KnowledgeBase) -> None:
    """Who remembers 256 KB finds what it is today."""
    assert ids(kb, "256kb message")[0] == "sqs#fact-message-size-max"


def test_filters(kb: KnowledgeBase) -> None:
    """By service under any of its names, by category, by kind."""
    assert {i.split("#")[0] for i in ids(kb, "timeout", service=("AWS Lambda",))} == {"lambda"}
    assert {i.split("#")[0] for i in ids(kb, "message", category=("application-integration",))} == {"sqs"}
    assert all("#fact-" in i for i in ids(kb, "message", kind=("fact",)))
    assert ids(kb, "message", service=("nothing",)) == []


def test_operators(kb: KnowledgeBase) -> None:
    """Phrases, exclusion and fields select; the rest of the query ranks."""
    assert ids(kb, '"visibility timeout"') == ["sqs#visibility-timeout"]
    assert "sqs#visibility-timeout" not in ids(kb, "timeout -visibility")
    assert ids(kb, "timeout service:lambda kind:fact") == ["lambda#fact-timeout-max"]
    assert {i.split("#")[0] for i in ids(kb, "service:lambda")} == {"lambda"}
    assert {i.split("#")[0] for i in ids(kb, "category:topics")} == {"messaging"}


def test_an_unknown_service_is_said_not_swallowed(kb: KnowledgeBase) -> None:
    """The result names what was not understood."""
    assert kb.search("service:sqss timeout").ignored == ("service:sqss",)


def test_what_only_looks_like_an_operator_is_text(kb: KnowledgeBase) -> None:
    """A lone quote, an unknown field, a minus inside a word."""
    assert ids(kb, 'long "polling')[0] == ids(kb, "long polling")[0]
    assert ids(kb, "colour:red long polling")
    assert ids(kb, "long-polling")


ODD = [
    "", " ", "\0", "\n\t", '"', '""', '"""', "(", "* ? [", "AND OR NOT", "-", "--", "- -", ":", "::", "service:", "kind:", "a" * 10_000, "x " * 5000,
    "قائمة الانتظار", "🚀🚀", "\ud800", "'; drop table unit; --", "%s %d {0}", "\\", "^$.*+", "NaN", "-service:sqs", '-"', '"-"', "\uff5e", "\u202e",
    "the of and", "service:sqs", "kind:banana", '-"a b"', "]]]", "\x1b[31m",
]  # fmt: skip


@pytest.mark.parametrize("query", ODD, ids=lambda q: repr(q)[:20])
def test_odd_queries_are_answered(query: str, kb: KnowledgeBase) -> None:
    """Nothing raises, whatever is typed."""
    result = kb.search(query)

    assert result.total >= len(result.hits)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=80) | st.text(alphabet='sq lambda"-:()*~^[]{}.,kindservice', max_size=60))
def test_no_query_raises(query: str, kb: KnowledgeBase) -> None:
    """Property: any text at all."""
    kb.search(query)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(
        st.sampled_from("sqs lambda message timeout visibility long polling queue 15 minutes size the".split()),
        min_size=1,
        max_size=6,
    )
)
def test_scores_fall_and_add_up(words: list[str], kb: KnowledgeBase) -> None:
    """Best first; the parts of a score add up to it; the same query gives the same list."""
    result = kb.search(" ".join(words))
    scores = [hit.score for hit in result.hits]

    assert scores == sorted(scores, reverse=True)
    assert all(abs(sum(hit.parts.values()) - hit.score) < 0.01 for hit in result.hits)
    assert [hit.id for hit in kb.search(" ".join(words)).hits] == [hit.id for hit in result.hits]


def test_the_whole_query_in_other_case_finds_the_same(kb: KnowledgeBase) -> None:
    """Case says nothing."""
    assert ids(kb, "LONG POLLING") == ids(kb, "long polling")


def test_unknown_filters_are_said(kb: KnowledgeBase) -> None:
    """Nothing is found, and why."""
    assert kb.search("message", service=("nothing",)).ignored == ("service:nothing",)
    assert kb.search("message", category=("nothing",)).ignored == ("category:nothing",)


def test_code_keeps_its_characters(vault: Path) -> None:
    """Stars and angle brackets in code are not markup."""
    note = vault / "docs/services/batch.md"
    note.write_text(note.read_text().replace("take AWS Lambda", "take `arn:aws:s3:::bucket/*` or `<name>`"))
    kb = KnowledgeBase(str(vault))
    kb.build()

    assert "take arn:aws:s3:::bucket/* or <name>" in kb.search("batch alternatives").hits[0].text


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("nlb protocols", "elb#fact-lb-protocols-network-load-balancer"),
        ("clb sni", "elb#fact-lb-sni-classic-load-balancer"),
        ("dynamodb gsi limit", "dynamodb#fact-global-secondary-indexes-max-per-table"),
        ("sqs max message size", "sqs#fact-message-size-max"),
        ("express workflow duration", "step-functions#fact-workflow-duration-max-express-workflow"),
    ],
)
def test_the_scope_that_is_asked_for_comes_first(query: str, first: str, bundled: KnowledgeBase) -> None:
    """An abbreviation that means a part of a service is no mere name of the whole."""
    assert bundled.search(query).hits[0].id == first
