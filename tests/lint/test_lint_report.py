"""Comments that turn rules off, and the formats of reports."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest

from kb.errors import InputError
from kb.lint.finding import Finding, Span
from kb.lint.ignore import ignore_comment
from kb.lint.report import github_lines, json_shape, sarif, text_lines
from kb.lint.rule import Rules
from kb.lint.run import Report
from tests.lint.conftest import Found

QUEUE = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: 901{}\n"
RULE = "sqs#delivery-delay-max"


@pytest.mark.parametrize(
    "comment", [f"# kb: ignore[{RULE}]", "# kb: ignore", "# kb:ignore[ lambda , sqs ] because", "#KB: IGNORE[sqs]"]
)
def test_a_comment_turns_a_rule_off(comment: str, found: Found) -> None:
    """On the line, above the line, for the file."""
    assert found(QUEUE.format(f"  {comment}"), "t.yaml") == []
    assert found(QUEUE.format("").replace("      Delay", f"      {comment}\n      Delay"), "t.yaml") == []
    assert (
        found(
            comment.replace("gnore", "gnore-file", 1).replace("GNORE", "GNORE-FILE") + "\n" + QUEUE.format(""), "t.yaml"
        )
        == []
    )


@pytest.mark.parametrize(
    "comment", ["# kb: ignore[lambda]", "# kb: ignore[sqs#delivery]", "# ignore", "# kb: ignore[]"]
)
def test_another_comment_does_not(comment: str, found: Found) -> None:
    """Nor one that stands elsewhere."""
    assert len(found(QUEUE.format(f"  {comment}"), "t.yaml")) == 1
    assert len(found(f"# kb: ignore[{RULE}]\n" + QUEUE.format(""), "t.yaml")) == 1


def test_the_comment_of_a_quick_fix_works(found: Found) -> None:
    """In each language; JSON has none and takes metadata."""
    for name, text in {
        "t.yaml": QUEUE.format("{}"), "m.tf": 'resource "aws_sqs_queue" "q" {{\n  delay_seconds = 901 {}\n}}\n'.replace("{{", "{").replace("}}", "}"),
        "a.py": "import boto3\nboto3.client('sqs').send_message(DelaySeconds=901)  {}\n",
        "a.ts": "import {SendMessageCommand} from '@aws-sdk/client-sqs';\nnew SendMessageCommand({DelaySeconds: 901});  {}\n",
    }.items():  # fmt: skip
        assert len(found(text.replace("{}", ""), name)) == 1, name
        assert found(text.replace("{}", "  " + ignore_comment(RULE, name)), name) == [], name
    assert ignore_comment(RULE, "a.json") == ""
    resource = {"Type": "AWS::SQS::Queue", "Metadata": {"kb": {"ignore": [RULE]}}, "Properties": {"DelaySeconds": 901}}
    assert found(json.dumps({"Resources": {"Q": resource}}), "t.json") == []
    assert (
        found(
            json.dumps({"Metadata": {"kb": {"ignore": "sqs"}}, "Resources": {"Q": resource | {"Metadata": {}}}}),
            "t.json",
        )
        == []
    )
    assert len(found(json.dumps({"Resources": {"Q": resource | {"Metadata": {}}}}), "t.json")) == 1


def hostile() -> Report:
    name = "in/50%,a:b\n::error::x é.yaml"
    finding = Finding(name, Span(5, 21, 5, 24), RULE, "limit", "100% more,\r\n::error:: <b>", "", "sqs#fact-x", "services/sqs/#fact-x", "2026-11-21", "900")  # fmt: skip
    quota = Finding("/abs/t.yaml", Span(1, 1, 2, 3), "lambda#timeout-max", "quota", "m", "", "lambda#f", "u", "2026")
    return Report((finding, quota), 2, ("b.yaml",), (InputError("c.yaml", "no such file"),))


def test_github_annotations_are_escaped() -> None:
    """A file name or message never becomes a command or a property of its own."""
    lines = list(github_lines(hostile()))

    assert lines[0] == "::error file=in/50%25%2Ca%3Ab%0A%3A%3Aerror%3A%3Ax é.yaml,line=5,endLine=5,col=21,endColumn=24,title=kb sqs#delivery-delay-max::100%25 more,%0D%0A::error:: <b> (kb show sqs#fact-x)"  # fmt: skip
    assert lines[1].startswith("::notice file=/abs/t.yaml,line=1,endLine=2,title=kb lambda#timeout-max::m")
    assert lines[2] == "::error file=c.yaml::no such file"
    assert not [line for line in lines if "\n" in line or "\r" in line]


def test_sarif_is_valid(rules: Rules) -> None:
    """By the schema of SARIF 2.1.0 (its part for what is written here); fixes and rules refer to what is there."""
    schema = json.loads((Path(__file__).parent / "sarif-2.1.0-part.json").read_text())
    for address in (lambda fact, url: f"kb show {fact}", lambda fact, url: f"https://kb.example.org/{url}"):
        log = sarif(hostile(), rules, "1.0", address)
        jsonschema.Draft7Validator(schema).validate(log)
        (run,) = log["runs"]
        for result in run["results"]:
            assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert (
            run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            == "in/50%25%2Ca%3Ab%0A%3A%3Aerror%3A%3Ax%20%C3%A9.yaml"
        )
        assert run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "file:///abs/t.yaml"
        assert [result["level"] for result in run["results"]] == ["error", "note"]
    log["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(log)


def test_text_and_json(rules: Rules, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two lines a finding; every field of a finding in JSON."""
    monkeypatch.chdir(tmp_path)
    report = Report((hostile().findings[1],), 1, (), ())
    assert list(text_lines(report, lambda fact, url: fact)) == [
        "/abs/t.yaml:1:1: m [lambda#timeout-max]",
        "    as of 2026, lambda#f",
    ]
    shape = json_shape(hostile(), lambda fact, url: fact)
    assert json.loads(json.dumps(shape)) == shape
    assert set(shape["findings"][0]) == {"path", "line", "column", "end_line", "end_column", "rule", "severity", "message", "detail", "fact", "url", "as_of", "replacement", "link"}  # fmt: skip
    assert os.path.isabs(report.findings[0].path)
