"""The property under the cursor and the facts about it, in whole and in half-typed texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.editors.bounds import Bounds, loose, places_of
from kb.editors.desk import Desk
from kb.editors.document import Place, open_document
from kb.editors.setting import setting
from kb.notes.fact import Check, Fact
from tests.editors.conftest import at

C = "\u25ae"
QUEUE = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n"
CASES = {
    "CloudFormation": (f"{QUEUE}      Visibility{C}Timeout: 43", "visibility-timeout-max"),
    "its value": (f"{QUEUE}      VisibilityTimeout: 4{C}3", "visibility-timeout-max"),
    "half-typed": (f"{QUEUE}      A: [1, \n      Delay{C}Seconds:", "delivery-delay-max"),
    "Type below": (f"Q:\n  Properties:\n    Tags:\n      - a: 1\n    Delay{C}Seconds: 1\n  Type: 'AWS::SQS::Queue'", "delivery-delay-max"),
    "list": (f"Q:\n- Type: AWS::SQS::Queue\n  Properties:\n    Delay{C}Seconds: 1", "delivery-delay-max"),
    "SAM": (f"F:\n  Type: AWS::Serverless::Function\n  Properties:\n    Time{C}out: 9", "timeout-max"),
    "SAM globals": (f"Globals:\n  Function:\n    Memory{C}Size: 9", "memory-max"),
    "serverless.yml": (f"functions:\n  hello:\n    handler: a.b\n    time{C}out: 9", "timeout-max"),
    "serverless.yml provider": (f"provider:\n  name: aws\n  memory{C}Size: 9", "memory-max"),
    "JSON": (f'{{"Resources": {{"Q": {{"Type": "AWS::SQS::Queue", "Properties": {{\n "Delay{C}Seconds": 3', "delivery-delay-max"),
    "JSON, Type below": (f'{{"Q": {{"Properties": {{\n "Delay{C}Seconds": 3, "X": {{}}}}, "Type": "AWS::SQS::Queue"}}}}', "delivery-delay-max"),
    "Terraform": (f'resource "aws_lambda_function" "f" {{\n  role = "${{x}}"\n  time{C}out = 9\n', "timeout-max"),
    "Terraform, nested": (f'resource "aws_lambda_function" "f" {{\n  ephemeral_storage {{\n    si{C}ze = 9', "ephemeral-storage-max"),
    "Terraform, with the unit": (f'resource "aws_sqs_queue" "q" {{\n  visibility_time{C}out_seconds = 1', "visibility-timeout-max"),
    "boto3": (f'sqs.send_message(QueueUrl="x",\n    Delay{C}Seconds=3', "delivery-delay-max"),
    "boto3, any variable": (f'client.receive_message(QueueUrl="x", MaxNumberOf{C}Messages=3)', "receive-messages-max"),
    "boto3, attributes": (f'sqs.create_queue(QueueName="x",\n  Attributes={{"Visibility{C}Timeout": "3"}})', "visibility-timeout-max"),
    "CDK Python": (f'sqs.Queue(self, "Q", visibility_time{C}out=Duration.seconds(3))', "visibility-timeout-max"),
    "CDK TypeScript": (f"new lambda.Function(this, 'F', {{\n  memory{C}Size: 3,", "memory-max"),
    "JavaScript v3": (f"new ReceiveMessageCommand({{\n  MaxNumberOf{C}Messages: 3,", "receive-messages-max"),
    "Go": (f"svc.ReceiveMessage(&sqs.ReceiveMessageInput{{\n  MaxNumberOf{C}Messages: 3,", "receive-messages-max"),
    "CLI": (f"aws sqs receive-message --queue-url $URL \\\n   --max-number-of-mess{C}ages 10", "receive-messages-max"),
}  # fmt: skip
NOTHING = {
    "no resource": f"timeout{C}: 10",
    "another resource": f"Q:\n  Type: AWS::SNS::Topic\n  Properties:\n    Visibility{C}Timeout: 1",
    "another function": f"requests.get(url, time{C}out=3)",
    "prose": f"The timeout{C} is long: see there.",
    "outside": f"{QUEUE}      DelaySeconds: 1\nOther:\n  Delay{C}Seconds: 1",
    "a comment": f"{QUEUE}      DelaySeconds: 1  # as lo{C}ng as it takes",
    "CLI without operation": f"aws --time{C}out 3",
    "closed": f'resource "aws_sqs_queue" "q" {{\n}}\nlocals {{\n  delay_sec{C}onds = 1',
}


@pytest.mark.parametrize("case", CASES)
def test_a_property_has_its_facts(case: str, desk: Desk) -> None:
    """Whatever language it stands in."""
    text, fact = CASES[case]
    found = setting(desk, *at(text))
    assert found is not None
    assert fact in [bound.fact.id for bound in found.facts]
    document, _ = at(text)
    assert document.between(found.span).strip("-").replace("-", "") == found.name.replace("-", "")


@pytest.mark.parametrize("case", NOTHING)
def test_a_word_that_is_no_such_property(case: str, desk: Desk) -> None:
    """It must belong to something the notes know."""
    assert setting(desk, *at(NOTHING[case])) is None


def test_the_value_is_told_from_the_name(desk: Desk) -> None:
    """On the value something else may be named."""
    name, value = setting(desk, *at(CASES["CloudFormation"][0])), setting(desk, *at(CASES["its value"][0]))
    assert (name and name.on_name, value and value.on_name) == (True, False)


def test_units_do_not_matter_in_names() -> None:
    """Terraform says the unit, CloudFormation does not."""
    assert loose("visibility_timeout_seconds") == loose("VisibilityTimeout")
    assert loose("seconds") == "seconds"


def test_malformed_binds_are_left_to_kb_check() -> None:
    """They bind nothing; where the fact was checked still counts."""
    check = Check("botocore 1", "sqs/SendMessage/DelaySeconds", "2026-01-01", min="1")
    fact = Fact("x", "X", "limit", "1", ("a",), checked=check, binds=(("max", "many"),))
    assert list(places_of(fact)) == [("sqs/SendMessage", "DelaySeconds")]


def test_an_operation_that_two_services_have_is_neither(desk: Desk) -> None:
    """Unless the service is named."""
    both = [name for name, places in desk.bounds.operations.items() if len({p.owner for p in places}) > 1]
    assert both
    assert Bounds(()).client_of("createqueue") == ""
    assert desk.bounds.client_of("receivemessage") == "sqs"


@given(text=st.text(alphabet="aB: \n-{}()\"'#=\\AWS", max_size=120), line=st.integers(0, 6), column=st.integers(0, 40))
def test_no_half_typed_text_breaks_it(text: str, line: int, column: int, desk: Desk) -> None:
    """Brackets and quotes in any order."""
    setting(desk, open_document(text), Place(line, column))
