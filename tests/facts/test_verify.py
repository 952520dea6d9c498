"""`kb verify`: against botocore and cfn-lint as installed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import KnowledgeBase, NotFound
from kb.facts.models import ApiModels, Schemas
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def api() -> ApiModels:
    return ApiModels()


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas()


def test_places_in_the_api_models(api: ApiModels) -> None:
    """Operations, shapes, members inside lists and maps; documentation and bounds."""
    assert "hosted queue" in api.at("sqs").text
    assert "VisibilityTimeout" in api.at("sqs/SetQueueAttributes/Attributes").text
    assert api.at("lambda/CreateFunction/Timeout").min == "1"
    assert api.at("sqs/SendMessageBatch/Entries/DelaySeconds").text
    for gone in ("nothing", "sqs/Nothing", "sqs/SendMessage/Nothing", "sqs/SendMessage/MessageBody/x"):
        with pytest.raises(NotFound):
            api.at(gone)


def test_places_in_the_schemas(schemas: Schemas) -> None:
    """Types, properties, nested ones; SAM's too."""
    assert schemas.at("AWS::SQS::Queue.MessageRetentionPeriod").max == "1209600"
    assert schemas.at("AWS::Lambda::Function.VpcConfig.SubnetIds").max
    assert "AWS::Serverless::Function" in schemas.types
    assert {"sqs", "execute-api"} <= schemas.iam_prefixes
    for gone in ("AWS::SQS::Nothing", "AWS::SQS::Queue.Nothing", "AWS::SQS::Queue.DelaySeconds.Deeper"):
        with pytest.raises(NotFound):
            schemas.at(gone)


def test_the_facts_of_the_project_hold() -> None:
    """At least 250 are checked against a model; none changed in the version they name."""
    findings = KnowledgeBase(str(ROOT)).verify()
    holds = [f for f in findings if f.outcome == "holds"]

    assert [f for f in findings if f.outcome in ("changed", "gone") and f"({f.where})"] == []
    assert len(holds) >= 250


def test_what_changed_and_what_is_gone_is_told(
    vault: Path, run_kb: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """Old and new, and where; exit status 1; only what holds gets a new date."""
    note = vault / "docs/services/sqs.md"
    text = note.read_text()
    text = text.replace("quote: 1 MiB, date: 2026-11-21}", "quote: 2 MiB of text, date: 2026-01-01}")
    text = text.replace(
        "    value: 14 days\n    sources: [anna-2019]\n",
        "    value: 14 days\n    sources: [anna-2019]\n    checked: {against: cfn-lint 1.0.0, at: 'AWS::SQS::Queue.MessageRetentionPeriod', max: 1209600, date: 2026-01-01}\n",
    )
    text = text.replace("boto3: [sqs]", "boto3: [sqs, sqs-two]")
    note.write_text(text)
    done = run_kb("verify", "sqs", "--update", base=vault)

    assert done.returncode == 1
    assert "changed: sqs fact-message-size-max (botocore" in done.stdout
    assert "note:  2 MiB of text" in done.stdout
    assert "gone: sqs boto3 sqs-two" in done.stdout
    after = note.read_text()
    assert "quote: 2 MiB of text, date: 2026-01-01}" in after
    assert "cfn-lint 1.0.0" not in after
    assert "max: 1209600, date: 2026-01-01" not in after


def test_checks_of_pages_are_left_to_people(
    vault: Path, run_kb: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """No machine stamps what a person read."""
    note = vault / "docs/services/sqs.md"
    note.write_text(
        note.read_text().replace(
            "against: botocore 1.44.5, at: sqs/SetQueueAttributes/Attributes",
            "against: AWS documentation, at: 'https://docs.aws.amazon.com/x'",
        )
    )
    done = run_kb("verify", "sqs", "--update", "--all", base=vault)

    assert "by hand: sqs fact-message-size-max (AWS documentation: https://docs.aws.amazon.com/x)" in done.stdout
    assert "quote: 1 MiB, date: 2026-11-21" in note.read_text()
