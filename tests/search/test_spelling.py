"""Spelling: on only when the index does not know a word, announced, and never wrong about a known word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import KnowledgeBase
from kb.search.spelling import distance

TYPOS = {
    "lamda": "lambda", "cloudfrnt ttl": "cloudfront ttl", "codecomit encription": "codecommit encryption", "ses supression list": "ses suppression list",
    "lightsale servers": "lightsail servers", "dynmodb item size": "dynamodb item size", "elastc beanstalk": "elastic beanstalk",
    "timestreem querry": "timestream query", "visibilty timeout": "visibility timeout", "mesage retention sqs": "message retention sqs",
    "provisoned concurrency": "provisioned concurrency", "kineses shards": "kinesis shards", "text to spech": "text to speech",
    "cloudwach alarm": "cloudwatch alarm", "presined url": "presigned url", "multipart uplod": "multipart upload", "envlope encryption": "envelope encryption",
    "cogntio user pool": "cognito user pool", "securty group": "security group", "replicaton lag": "replication lag",
}  # fmt: skip
# Right as they are: English, names of other tools, AWS's identifiers and codes, numbers, other scripts.
GUARDS = """
react azure rust vue angular golang kotlin swift django flask nginx apache kafka redis postgres mysql mongodb github gitlab jenkins terraform ansible
kubectl helm istio grafana prometheus jira slack numpy pandas tensorflow pytorch ubuntu debian fedora systemd bash perl ruby scala haskell
poly lame clod stake glee badge coffin acorn banjo cactus daisy eagle falcon gazelle harbor island jacket kettle ladder mango needle orange pepper
quartz rabbit saddle tiger umbrella velvet walnut zebra butter candle dolphin engine forest garden hammer insect jungle kitten lemon marble
t3.micro m5.2xlarge db.r6g.large us-east-1 eu-west-3 10.0.0.0/16 arn:aws:s3:::x s3:GetObject AWS::SQS::Queue aws_sqs_queue ReceiveMessage
sqs:SendMessage CreateTable X-Ray C++ --dry-run HTTP/2 TLS1.3 SHA-256 x-amz-acl 0xdeadbeef v1.2.3 2026-11-21 99.99% 256KB
café naïve очередь 日本語 قائمة xyz qqq zzz abc
""".split()


@pytest.mark.parametrize(("typed", "meant"), TYPOS.items())
def test_typos_are_corrected_and_announced(typed: str, meant: str, bundled: KnowledgeBase) -> None:
    """The result says what was searched instead."""
    result = bundled.search(typed)

    assert result.corrected == meant
    assert result.query == typed
    assert result.hits


def test_nothing_right_is_ever_corrected(bundled: KnowledgeBase) -> None:
    """Zero false corrections among at least a hundred guards."""
    assert len(GUARDS) >= 100
    assert {guard: corrected for guard in GUARDS if (corrected := bundled.search(f"{guard} limit").corrected)} == {}


def test_every_name_and_identifier_stays_as_it_is(bundled: KnowledgeBase) -> None:
    """What the notes call a service is right by definition."""
    for text in bundled.searcher.name_texts():
        assert bundled.search(text, semantic=False).corrected is None, text


def test_joined_words_are_taken_apart(bundled: KnowledgeBase) -> None:
    """Only where both halves are known."""
    assert bundled.search("shardlimit kinesis").corrected == "shard limit kinesis"


def test_words_that_were_torn_apart_meet(bundled: KnowledgeBase) -> None:
    """A name counts however it is split."""
    assert bundled.search("dynamo db").hits[0].note == "dynamodb"
    assert bundled.search("cloud watch").hits[0].note == "cloudwatch"


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.integers(0, 3))
def test_distance_is_symmetric_and_bounded(a: str, b: str, most: int) -> None:
    """Zero only for equal words; never more than most + 1."""
    found = distance(a, b, most)

    assert found == distance(b, a, most)
    assert (found == 0) == (a == b)
    assert found <= most + 1


@pytest.mark.parametrize(
    ("a", "b", "edits"), [("lamda", "lambda", 1), ("querry", "query", 1), ("ab", "ba", 1), ("kitten", "sitting", 3)]
)
def test_distances(a: str, b: str, edits: int) -> None:
    """A swap of neighbours is one edit."""
    assert distance(a, b, 3) == edits
