"""What stands under the cursor: every way code and people write the name of a service, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import KnowledgeBase
from kb.editors.desk import Desk
from kb.editors.document import Place, open_document
from kb.editors.recognise import recognise
from tests.editors.conftest import at

C = "\u25ae"
CODE = {
    f"Type: AWS::S{C}QS::Queue": ("AWS::SQS::Queue", "sqs"),
    f"Type: AWS::Serverless::Fun{C}ction": ("AWS::Serverless::Function", "lambda"),
    f"Type: AWS::SQS::Nonsense{C}": ("AWS::SQS::Nonsense", "sqs"),
    f"- arn:aws:sqs:eu{C}-west-1:123456789012:jobs": ("arn:aws:sqs:eu-west-1:123456789012:jobs", "sqs"),
    f'"Service": "lam{C}bda.amazonaws.com"': ("lambda.amazonaws.com", "lambda"),
    f"https://sqs.us-east-1.ama{C}zonaws.com/1/q": ("sqs.us-east-1.amazonaws.com", "sqs"),
    f"FROM 1.dkr.ec{C}r.us-east-1.amazonaws.com/x": ("1.dkr.ecr.us-east-1.amazonaws.com", "ecr"),
    f"bucket.s3.am{C}azonaws.com": ("bucket.s3.amazonaws.com", "s3"),
    f"'{{{{resolve:secrets{C}manager:db:SecretString:p}}}}'": ("{{resolve:secretsmanager:db:SecretString:p}}", "secrets-manager"),
    f'boto3.cl{C}ient("sqs")': ('client("sqs"', "sqs"),
    f"session.resource('dyna{C}modb')": ("resource('dynamodb'", "dynamodb"),
    f"import {{X}} from '@aws-sdk/client-{C}sqs'": ("@aws-sdk/client-sqs", "sqs"),
    f"new AWS.Dyn{C}amoDB.DocumentClient()": ("AWS.DynamoDB", "dynamodb"),
    f"from aws_cdk import aws_s3 as s3, aws_la{C}mbda as fn": ("aws_lambda", "lambda"),
    f"from aws_cdk import aws_s{C}3 as s3, aws_lambda as fn": ("aws_s3", "s3"),
    f"import * as sfn from 'aws-cdk-lib/aws-step{C}functions'": ("aws-cdk-lib/aws-stepfunctions", "step-functions"),
    f"import software.amazon.awssdk.services.kine{C}sis.KinesisClient;": ("software.amazon.awssdk.services.kinesis.KinesisClient", "kinesis"),
    f'"github.com/aws/aws-sdk-go-v2/serv{C}ice/s3"': ("aws-sdk-go-v2/service/s3", "s3"),
    f"using Amazon.S{C}QS;": ("Amazon.SQS", "sqs"),
    f"Aws::DynamoDB::Cl{C}ient.new": ("Aws::DynamoDB::Client", "dynamodb"),
    f"use aws_sdk_s{C}qs::Client;": ("aws_sdk_sqs", "sqs"),
    f"use Aws\\Sqs\\Sqs{C}Client;": ("Aws\\Sqs\\SqsClient", "sqs"),
    f'new aws.sqs.Que{C}ue("q")': ("aws.sqs.Queue", "sqs"),
    f'resource "aws_sqs_qu{C}eue" "q" {{': ("aws_sqs_queue", "sqs"),
    f"aws_db_instance.ma{C}in.arn": ("main", None),
    f"data.aws_iam_policy_docu{C}ment.x": ("aws_iam_policy_document", "iam"),
    f"Namespace: AWS/La{C}mbda": ("AWS/Lambda", "lambda"),
    f"$ aws --region eu-west-1 dynamodb que{C}ry --table t": ("aws --region eu-west-1 dynamodb query", "dynamodb"),
    f"aws s3{C}api list-buckets": ("aws s3api list-buckets", "s3"),
    f'"Action": "dynamodb:Put{C}Item"': ("dynamodb:PutItem", "dynamodb"),
    f"Action: s3{C}:*": ("s3:*", "s3"),
    f"see [[sqs#got{C}chas|the gotchas]]": ("[[sqs#gotchas|the gotchas]]", "sqs"),
}  # fmt: skip
PROSE = {
    f"we use Step Func{C}tions here": "step-functions",
    f"a Lambda{C} function": "lambda",
    f"AWS Con{C}fig records it": "config",
    f"API Gate{C}way's limits": "api-gateway",
    f"Simple Queue Ser{C}vice": "sqs",
    f"class OrdersDynamoDB{C}Table:": "dynamodb",
    f"new SQSCl{C}ient({{}})": "sqs",
    f"AmazonS3FullAc{C}cess": "s3",
    f"two Lamb{C}das": "lambda",
}
NOTHING = [
    f"f = lambda{C} x: 1",
    f"sorted(a, key=lamb{C}da: 1)",
    f"read the config{C} file",
    f"a batch{C} job",
    f"connect{C}()",
    f"sns{C} = 1",
    f"if [[ -f x{C} ]]",
    f"Type: AWS::Nope::X{C}",
    f"the encryption{C} of subnets",
    f"arn:aws:{C}",
    f"{C}",
    f"key: Va{C}lue",
]
WITH_AWS = {
    f"sqs_cli{C}ent = 1": "sqs",
    f'"the lambda{C} function"': "lambda",
    f"ddbTa{C}ble": "dynamodb",
    f"iam_ro{C}le": "iam",
    f"eventBridge{C}Bus": "eventbridge",
    f"f = lamb{C}da x: 1": None,
    f"batch_si{C}ze = 1": None,
    f"config_f{C}ile": None,
    f"programRam{C}Size": None,
}


@pytest.mark.parametrize("text", CODE)
def test_code_names_a_service(text: str, desk: Desk) -> None:
    """The whole token is found, and the note it means."""
    token = recognise(desk, *at(text))
    wanted, note = CODE[text]
    if note is None:
        assert token is None
        return
    assert token is not None
    assert (token.text, token.notes[0]) == (wanted, note)
    document, _ = at(text)
    assert document.between(token.span) == token.text


@pytest.mark.parametrize("text", PROSE)
def test_people_name_a_service(text: str, desk: Desk) -> None:
    """As it is cased, also as a part of an identifier."""
    token = recognise(desk, *at(text))
    assert token is not None
    assert token.notes == (PROSE[text],)


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_looks_like_a_service(text: str, desk: Desk) -> None:
    """Keywords, everyday words, things that do not exist."""
    assert recognise(desk, *at(text)) is None


@pytest.mark.parametrize("text", WITH_AWS)
def test_small_letters_count_in_a_text_about_aws(text: str, desk: Desk) -> None:
    """But everyday words and Python's lambda never do."""
    document, place = at(f"import boto3\n{text}")
    token = recognise(desk, document, place)
    assert (token.notes[0] if token else None) == WITH_AWS[text]


def test_every_identifier_of_every_note_is_recognised(desk: Desk) -> None:
    """In the form its kind has in code."""
    forms = {
        "boto3": 'client("{}")', "cloudformation": "{}::X", "terraform": "{}_x", "iam": '"{}:Get"', "cli": "aws {} get",
    }  # fmt: skip
    for note in desk.notes.values():
        for kind, identifiers in note.identifiers:
            for identifier in identifiers:
                text = forms[kind].format(identifier)
                token = recognise(desk, open_document(text), Place(0, text.index(identifier) + 1))
                assert token, text
                assert note.id in token.notes, text


def test_names_come_from_the_index_before_the_notes_are_read(bundled: KnowledgeBase) -> None:
    """The same tokens, and no note was read for it."""
    fresh = Desk(bundled)
    for text, (wanted, note) in CODE.items():
        if note and "[[" not in text:
            token = recognise(fresh, *at(text))
            assert token, text
            assert (token.text, token.notes[0]) == (wanted, note)
    assert not fresh.notes


def test_a_line_of_five_megabytes_is_looked_at_around_the_place(desk: Desk) -> None:
    """Minified JSON is such a line."""
    text = '{"a":"b"},' * 500_000 + '"AWS::SQS::Queue"' + ',{"a":"b"}' * 500
    token = recognise(desk, open_document(text), Place(0, text.index("AWS::") + 2))
    assert token is not None
    assert token.notes == ("sqs",)
    assert token.span.start == Place(0, text.index("AWS::"))


@given(text=st.text(max_size=60), column=st.integers(0, 70))
def test_no_text_breaks_it(text: str, column: int, desk: Desk) -> None:
    """Whatever stands there."""
    document = open_document(text)
    token = recognise(desk, document, Place(0, column))
    assert token is None or document.between(token.span) == token.text
