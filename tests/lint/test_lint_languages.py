"""What people write: templates, stacks and scripts of each kind, half-typed ones too."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.lint.finding import Span
from kb.lint.rule import Rules
from kb.lint.run import check_text, language_of, lint_text
from tests.lint.conftest import Found

TIMEOUT = "lambda#timeout-max"
CFN = """AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Fn:  # comment
    Type: AWS::Lambda::Function
    Properties:
      Timeout: 1200
      MemorySize: "64"
      Role: !GetAtt Role.Arn
  Queue:
    Type: 'AWS::SQS::Queue'
    Properties: {DelaySeconds: 901, VisibilityTimeout: !Ref Wait}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Targets:
      - Arn: x
        RetryPolicy:
          MaximumRetryAttempts: 186
"""
CFN_FOUND = [(6, 16, TIMEOUT), (7, 19, "lambda#memory-min"), (11, 32, "sqs#delivery-delay-max"), (18, 33, "eventbridge#delivery-attempts-max-per-target")]  # fmt: skip


def test_cloudformation(found: Found) -> None:
    """YAML with tags, quotes, flow and lists; the same with CRLF, with a BOM, as JSON."""
    assert found(CFN, "t.yaml") == CFN_FOUND
    assert found(CFN.replace("\n", "\r\n"), "t.yml") == CFN_FOUND
    assert found("\ufeff" + CFN, "t.template") == CFN_FOUND
    assert found('{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": "901"}}}}', "q.template") == [(1, 80, "sqs#delivery-delay-max")]  # fmt: skip


def test_columns_are_code_points(rules: Rules) -> None:
    """Not bytes, not UTF-16 units."""
    for name, text in {
        "t.yaml": 'Resources: {"😀é": {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 901}}}',
        "t.json": '{"Resources": {"😀é": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 901}}}}',
        "t.tf": 'resource "aws_sqs_queue" "q" { /* 😀é */ delay_seconds = 901 }',
        "t.py": "import boto3; boto3.client('sqs').send_message(MessageBody='😀é', DelaySeconds=901)",
        "t.js": "new (require('x')).Y('😀é'); import {SendMessageCommand} from '@aws-sdk/client-sqs'; new SendMessageCommand({DelaySeconds: 901});",
    }.items():
        (finding,) = lint_text(text, name, rules)
        start = text.index("901")
        assert finding.span == Span(1, start + 1, 1, start + 4), name


def test_sam(found: Found) -> None:
    """Functions, Globals, events; what a function or Globals sets counts for both."""
    sam = """Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 901
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: 20480
      Events:
        FromQueue:
          Type: SQS
          Properties: {BatchSize: 10001, Queue: !GetAtt Q.Arn}
        FromApi:
          Type: Api
          Properties: {BatchSize: 10001}
"""
    batch = "lambda#batch-size-max-streams-and-standard-queues"
    assert found(sam, "t.yaml") == [(4, 14, TIMEOUT), (9, 19, "lambda#memory-max"), (13, 35, batch)]
    managed = sam.replace("    Timeout: 901", "    Timeout: 901\n    CapacityProviderConfig: {Arn: x}")
    assert [rule for _, _, rule in found(managed, "t.yaml")] == [batch]
    managed = sam.replace("      MemorySize", "      CapacityProviderConfig: {Arn: x}\n      MemorySize")
    assert [rule for _, _, rule in found(managed, "t.yaml")] == [batch]


def test_serverless(found: Found) -> None:
    """Functions, provider, events, and the CloudFormation inside; for AWS alone."""
    text = """service: it
provider: {name: aws, timeout: 901, logRetentionInDays: 10}
functions:
  fn:
    handler: x.y
    timeout: ${self:custom.wait}
    memorySize: 100
    events:
      - http: GET /
      - sqs: {arn: x, batchSize: 0}
resources:
  - Resources:
      Q: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: -1}}
"""
    assert [line for line, _, _ in found(text, "serverless.yml")] == [2, 2, 7, 10, 13]
    assert found(text.replace("name: aws", "name: google"), "serverless.yml") == []
    assert found(text.replace("name: aws, ", ""), "serverless.yml") == []


def test_terraform(found: Found) -> None:
    """Blocks, dynamic blocks, quoted numbers, signs and products; no data source, no other provider."""
    text = """resource "aws_lambda_function" "f" {
  timeout     = 60 * 20
  memory_size = "64"
  dynamic "ephemeral_storage" {
    for_each = [1]
    content { size = (20000) }
  }
}
resource "aws_sqs_queue" "q" {
  delay_seconds = -1
  visibility_timeout_seconds = 60 * 60 * 13
}
data "aws_sqs_queue" "q" { delay_seconds = 1000 }
resource "alicloud_sqs_queue" "q" { delay_seconds = 1000 }
"""
    assert [(line, rule.partition("#")[0]) for line, _, rule in found(text, "main.tf")] == [(2, "lambda"), (3, "lambda"), (6, "lambda"), (10, "sqs"), (11, "sqs")]  # fmt: skip
    half = 'resource "aws_sqs_queue" "q" {\n  name =\n  delay_seconds = 1000\n  visib\n  kms_master_key_id = "ali\n'
    assert found(half, "main.tf") == [(3, 19, "sqs#delivery-delay-max")]


PYTHON = """import boto3
import aws_cdk as cdk
import aws_cdk.aws_lambda
from aws_cdk import Duration, Size, aws_lambda as _lambda, aws_sqs
from aws_cdk.aws_kms import Key as K
sqs = boto3.Session().client(service_name="sqs")
class A:
    def __init__(self):
        self.fn = boto3.client("lambda", region_name="x")
        self.fn.create_function(Timeout=15 * 61)
with session.client("kms") as kms:
    kms.schedule_key_deletion(KeyId=k, PendingWindowInDays=1)
sqs.create_queue(QueueName="q", Attributes={"DelaySeconds": "901", **more})
boto3.client("sqs").receive_message(MaxNumberOfMessages=11)
_lambda.Function(self, "F", timeout=cdk.Duration.minutes(20), memory_size=64, ephemeral_storage_size=Size.gibibytes(11))
aws_cdk.aws_lambda.Function(self, "F", timeout=Duration.hours(1))
aws_sqs.Queue(self, "Q", visibility_timeout=Duration.seconds(43_201), delivery_delay=Duration.seconds(900))
K(self, "K", pending_window=Duration.days(31))
other.create_queue(Attributes={"DelaySeconds": "901"})
Function(self, "F", timeout=Duration.minutes(20))
_lambda.Function(self, "F", timeout=Duration.seconds(1200) if long else None)
_lambda.Function(self, "F", timeout=901)
"""


def test_python(found: Found) -> None:
    """Clients by every common way, constructs by every import, amounts in any unit; unknown names are left alone."""
    assert [(line, rule.partition("#")[0]) for line, _, rule in found(PYTHON, "a.py")] == [
        (10, "lambda"), (12, "kms"), (13, "sqs"), (14, "sqs"), (15, "lambda"), (15, "lambda"), (15, "lambda"), (16, "lambda"), (17, "sqs"), (18, "kms"),
    ]  # fmt: skip


TYPESCRIPT = """import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Queue as Q } from '@aws-cdk/aws-sqs';
import { Duration, aws_kms as kms } from 'aws-cdk-lib';
import { SQS, SendMessageCommand } from "@aws-sdk/client-sqs";
import AWS from 'aws-sdk';
const { PutRetentionPolicyCommand: Put } = require('@aws-sdk/client-cloudwatch-logs');
new lambda.Function(this, 'F', { timeout: Duration.minutes(20), memorySize: 20_480 });
new lambda.CfnFunction(this, 'F', { timeout: 901, ephemeralStorage: { size: 100 } });
new Q(this, 'Q', { visibilityTimeout: cdk.Duration.hours(13) } as QueueProps);
new kms.Key(this, 'K', { pendingWindow: Duration.days(1), ["rotationPeriod"]: Duration.days(1) });
client.send(new SendMessageCommand({ DelaySeconds: 901 }));
client.send(new Put({ retentionInDays: 10 }));
const sqs = new SQS({}), old = new AWS.Lambda();
sqs.receiveMessage({ WaitTimeSeconds: 21 });
old.createFunction({ Timeout: 901 }).promise();
class It { sqs = new SQS({}); go() { return this.sqs.createQueue({ Attributes: { DelaySeconds: '901' } }); } }
new Other(this, 'F', { timeout: Duration.minutes(20) });
new lambda.Function(this, 'F', { timeout: Duration.minutes(n), memorySize: size });
"""


def test_typescript_and_javascript(found: Found) -> None:
    """The same for TypeScript; JavaScript is read by the same rules."""
    expected = [(7, "lambda"), (7, "lambda"), (8, "lambda"), (8, "lambda"), (9, "sqs"), (10, "kms"), (11, "sqs"), (12, "cloudwatch-logs"), (14, "sqs"), (15, "lambda"), (16, "sqs")]  # fmt: skip
    assert [(line, rule.partition("#")[0]) for line, _, rule in found(TYPESCRIPT, "a.ts")] == expected
    plain = TYPESCRIPT.replace(" as QueueProps", "")
    assert [(line, rule.partition("#")[0]) for line, _, rule in found(plain, "a.mjs")] == expected


@pytest.mark.parametrize("typed", ["      Mem", "      Role: !Sub 'x", "      Tags: [a, b", "    Foo: bar: baz", "\tX: 1", "      - a", "  B", '      "Env', "      X: {{ y }}"])  # fmt: skip
def test_half_typed_yaml_keeps_its_findings(typed: str, found: Found) -> None:
    """Below the value and above it."""
    before, _ = CFN.split("      Timeout: 1200\n")
    below = f"{before}      Timeout: 1200\n{typed}\n"
    assert (6, 16, TIMEOUT) in found(below, "t.yaml")
    if typed.startswith("      ") and "[" not in typed and "-" not in typed:
        assert (7, 16, TIMEOUT) in found(f"{before}{typed}\n      Timeout: 1200\n", "t.yaml")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_cut_file_never_breaks_nor_invents(data: st.DataObject, rules: Rules) -> None:
    """However it is cut, and whatever stands at the cut: no crash; only values that the whole file has are found."""
    name, text = data.draw(st.sampled_from([("t.yaml", CFN), ("t.py", PYTHON), ("t.ts", TYPESCRIPT), ("t.json", json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 901}}}}))]))  # fmt: skip
    cut = data.draw(st.integers(0, len(text)))
    rest = data.draw(st.integers(cut, min(len(text), cut + 40)))
    middle = data.draw(st.text(alphabet="\n :{}[]'\"#!&*-x\t\r\0", max_size=4))
    for finding in lint_text(text[:cut] + middle + text[rest:], name, rules):
        assert finding.rule in {rule.key for rule in rules.all}


def test_what_is_not_for_aws_is_left_alone(found: Found) -> None:
    """Kubernetes, compose, plain JSON, programs without AWS."""
    assert found("apiVersion: apps/v1\nkind: Deployment\nspec: {Timeout: 1200}\n", "k.yaml") == []
    assert found('{"Resources": {"Fn": {"Properties": {"Timeout": 1200}}}}', "x.json") == []
    assert found("Resources: [1, 2]\nX: AWS::Lambda::Function\n", "x.yaml") == []
    assert found("client.create_function(Timeout=1200)\n", "x.py") == []
    assert found(CFN, "README.md") == []


def test_which_language_a_text_is_in() -> None:
    """By its ending; without a name, by its look."""
    names = {
        "a.yaml": "yaml",
        "a.TF": "hcl",
        "a.cjs": "tsx",
        "a.mts": "typescript",
        "dir.tf/a": "",
        "Makefile": "",
        ".yaml": "",
        "a.md": "",
    }
    assert {name: language_of(name) for name in names} == names
    texts = {
        CFN: "yaml",
        '{"a": 1}': "json",
        'resource "aws_x" "y" {\n': "hcl",
        "import boto3\n": "python",
        "import x from 'y';\n": "typescript",
    }
    assert {text: language_of("", text) for text in texts} == texts


def test_broken_text_is_told_from_whole(rules: Rules) -> None:
    """So that nobody takes silence for consent."""
    assert check_text(CFN, "t.yaml", rules).whole
    assert not check_text(CFN + "  'x", "t.yaml", rules).whole
    assert not check_text('import boto3\nf("', "t.py", rules).whole


UNFINISHED = """\
Parameters:
  Size: {Type: Number, AllowedValues: [1, 2,
    3]}
Resources:
  First:
    Type: AWS::Lambda::Function
    Properties:
      Timeout: 1200
      Code: {ZipFile: "import x # y: {"}
      Tags:
        - {Key: a, Value: b}
        - Key: "c"
          Value: 'd # e'
  Second:
    Type: AWS::SQS::Queue
    DependsOn: [First,
      Third]
    Properties:
      DelaySeconds: 1000
      RedrivePolicy: { deadLetterTargetArn: !GetAtt [Second, Arn], maxReceiveCount: 3 }
      KmsMasterKeyId: |
        text: {
        more: [
  Third:
    Type: AWS::Kinesis::Stream
    Properties:
      RetentionPeriodHours: 9000
Outputs:
  X: {Value: !Ref Third, Export: {Name: !Sub "x-${AWS::Region}"}}
"""


def test_wherever_a_template_ends_what_stands_above_is_found(found: Found) -> None:
    """Cut behind every character: an open bracket, quote or name takes nothing from the lines before it."""
    whole = [line for line, _, _ in found(UNFINISHED, "t.yaml")]
    assert whole == [8, 19, 27]
    for end in range(len(UNFINISHED)):
        text = UNFINISHED[:end]
        above = [line for line in whole if line <= text.count("\n")]
        assert [line for line, _, _ in found(text, "t.yaml") if line in above] == above, text[-40:]


@pytest.mark.parametrize(
    "line", ["  G: {", "  G: [", "   - [", "  G: {a: {b: [", "]", "}", "\tx: y", "  G: 'abc", "  G: &", "      X: [1,"]
)
def test_a_line_that_cannot_be_read_takes_nothing_from_other_resources(found: Found, line: str) -> None:
    """In the middle and at the end."""
    lines = UNFINISHED.split("\n")
    middle = "\n".join([*lines[:23], line, *lines[23:]])
    assert [at for at, _, _ in found(middle, "t.yaml")] == [8, 19, 28]
    assert [at for at, _, _ in found(f"{UNFINISHED}{line}", "t.yaml")] == [8, 19, 27]
