"""Where a raw statement belongs: headings, names, identifiers, words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.merge.place import Placer

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
