"""Where a raw statement belongs: headings, names, identifiers, words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.merge.place import Placer
from kb.merge.propose import SURE

QUALITY = Path(__file__).parent.parent / "quality"


@pytest.fixture(scope="module")
def placer(bundled: KnowledgeBase) -> Placer:
    return Placer(bundled.folder.notes.values())


@pytest.mark.parametrize(
    ("text", "headings", "note"),
    [
        ("At most 15 minutes", ("Compute", "Lambda", "Limits"), "lambda"),
        ("The default visibility timeout is 30 seconds", (), "sqs"),
        ("Lambda polls the queue for you", ("SQS",), "lambda"),
        ("`s3:PutObject` has to be allowed", (), "s3"),
        ("dynamodb.put_item takes a ConditionExpression", ("Tips",), "dynamodb"),
        ("AWS::Kinesis::Stream needs a ShardCount", (), "kinesis"),
        ("Remember to sleep well", ("Motivation",), ""),
    ],
)
def test_statements_find_their_note(text: str, headings: tuple[str, ...], note: str, placer: Placer) -> None:
    """With a confidence and a reason; what nothing speaks for is not placed."""
    placed = placer.place(text, headings)

    assert placed.note == note
    assert placed.why
    assert (placed.confidence > 0) == bool(note)


@pytest.mark.parametrize(
    ("text", "parents", "note"),
    [
        ("Replicated in one zone", ("Storage", "EBS"), "ebs"),
        ("Replicated in one zone", ("**EBS**: block storage",), "ebs"),
        ("It can invoke the others", ("Serverless things", "Step Functions", "Why it is liked"), "step-functions"),
        ("Advantage: it is liked", ("It can replace ElastiCache here",), ""),
    ],
)
def test_list_items_above_tell(text: str, parents: tuple[str, ...], note: str, placer: Placer) -> None:
    """The nearest that begins with a name; one that only mentions a name does not."""
    assert placer.place(text, (), parents).note == note


def test_lines_under_one_heading_tell_together(placer: Placer) -> None:
    """What no line says by itself; with little confidence, for a person to look at."""
    lines = (
        "The name must end in .fifo",
        "Deduplicates by an id within 5 minutes",
        "Messages of a group stay in order",
    )
    together = placer.place_together(lines, ("Ordered queues",), ["sqs"])

    assert (together.note, together.why) == ("sqs", "the lines beside it")
    assert together.confidence < SURE
    assert not placer.place_together(("Sleep well", "Eat well", "Think positively"), ("Motivation",), []).note


@pytest.mark.parametrize(
    ("text", "headings", "note"),
    [
        ("Messages wait in a queue until a consumer takes them", ("Azure Queue Storage",), ""),
        ("Blobs are what objects in S3 are", ("AZ-900",), ""),
        ("Blobs of Azure are what objects in S3 are", ("Storage",), "s3"),
        ("Contrary to Azure a bucket is regional", ("S3",), "s3"),
    ],
)
def test_other_providers_services_are_not_ours(text: str, headings: tuple[str, ...], note: str, placer: Placer) -> None:
    """Words alone do not place what is about another provider; a name does, for a person to look at."""
    placed = placer.place(text, headings)

    assert placed.note == note
    assert (placed.confidence >= SURE) == (headings == ("S3",))


def test_labelled_statements_are_placed(placer: Placer) -> None:
    """At least 95 of 100 go where a reader put them, or nowhere where they belong nowhere."""
    lines = (QUALITY / "placements.jsonl").read_text(encoding="utf-8").splitlines()
    labelled = [json.loads(line) for line in lines]
    wrong = []
    for one in labelled:
        note = placer.place(one["text"], tuple(one["headings"])).note
        if note not in one["notes"] and (note or one["notes"]):
            wrong.append((one["text"], one["notes"], note))

    assert len(labelled) >= 200
    assert len(wrong) <= len(labelled) * 0.05, wrong
