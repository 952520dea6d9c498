"""Every way of naming a service leads to its note."""

from __future__ import annotations

import pytest

from kb import KnowledgeBase, NotFound
from kb.links.table import NameTable
from kb.notes.folder import read_folder
from tests.conftest import ROOT

WAYS = {
    "sqs": "sqs", "SQS": "sqs", "Amazon SQS": "sqs", "Simple Queue Service": "sqs", "amazon simple queue service": "sqs",
    "ddb": "dynamodb", "Dynamo DB": "dynamodb", "DynamoDB Accelerator": "dynamodb", "apigw": "api-gateway", "eb": "elastic-beanstalk",
    "AWS::SQS::Queue": "sqs", "AWS::Lambda::Function": "lambda", "AWS::ApiGatewayV2::Api": "api-gateway", "AWS::S3": "s3",
    'boto3.client("sqs")': "sqs", "boto3.resource('dynamodb')": "dynamodb", 'session.client(service_name="lambda")': "lambda",
    "aws_sqs_queue": "sqs", "aws_lambda_function.worker": "lambda", "aws_s3_bucket": "s3", "aws_db_instance": "rds",
    "arn:aws:sqs:eu-west-1:123456789012:jobs": "sqs", "arn:aws-cn:s3:::bucket/key": "s3", "arn:aws:lambda:us-east-1:1:function:f": "lambda",
    "sqs:SendMessage": "sqs", "dynamodb:*": "dynamodb", "s3:Get*": "s3", "iam:PassRole": "iam", "execute-api:Invoke": "api-gateway",
    "lambda.amazonaws.com": "lambda", "aws sqs send-message --queue-url u": "sqs", "aws dynamodb query": "dynamodb",
    "@aws-sdk/client-sqs": "sqs", "new AWS.DynamoDB()": "dynamodb", "aws-cdk-lib/aws-lambda": "lambda", "aws_cdk.aws_s3": "s3",
    "aws-cdk-lib.aws_kms": "kms", "software.amazon.awssdk.services.sqs.SqsClient": "sqs", "github.com/aws/aws-sdk-go-v2/service/kms": "kms",
    "aws-sdk-sns": "sns",
}  # fmt: skip


@pytest.fixture(scope="module")
def table() -> NameTable:
    return NameTable(read_folder(ROOT / "docs").notes.values())


@pytest.mark.parametrize(("text", "note"), WAYS.items(), ids=WAYS)
def test_a_way_of_naming_leads_to_the_note(text: str, note: str, table: NameTable, bundled: KnowledgeBase) -> None:
    """The same in memory and in the index."""
    from kb.links.resolve import recognise

    for found in (recognise(text, table), recognise(text, bundled.searcher)):
        assert found is not None
        assert note in found.notes


def test_every_name_and_identifier_of_every_note_resolves(table: NameTable) -> None:
    """No name in the notes is dead."""
    from kb.links.resolve import recognise

    for note in table.notes:
        forms = [*note.names.every(), note.title, note.id]
        for kind, identifiers in note.identifiers:
            forms += [
                f"{id}::X" if kind == "cloudformation" else f"{id}_x" if kind == "terraform" else id
                for id in identifiers
            ]
        for form in forms:
            found = recognise(form, table)
            assert found, form
            assert note.id in found.notes, form


def test_nothing_is_called_that(bundled: KnowledgeBase) -> None:
    """An unknown name is an error with what comes near."""
    with pytest.raises(NotFound) as caught:
        bundled.resolve("lamda")

    assert "lambda" in caught.value.nearest


@pytest.mark.parametrize(
    "text", ["", " ", "::", "arn:aws:", "()", "aws ", "\0", "AWS::", "x" * 10_000, "aws_" * 500, "boto3.client("]
)
def test_odd_texts_resolve_to_nothing(text: str, table: NameTable) -> None:
    """No text raises anything but NotFound."""
    from kb.links.resolve import recognise

    assert recognise(text, table) is None
