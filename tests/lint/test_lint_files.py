"""Files and folders as they are: large, binary, unreadable, linked in circles, deep; and what the command says of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from kb.lint.rule import Rules
from kb.lint.run import lint_paths, lint_text
from tests.conftest import ROOT, Tree

QUEUE = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: 901\n"
RULE = "sqs#delivery-delay-max"


def kb(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kb", "--base", str(ROOT), "lint", *arguments],
        capture_output=True, text=True, check=False, timeout=100, cwd=cwd, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_folders_are_searched_once(tree: Tree, rules: Rules) -> None:
    """By known endings; without dot-folders, installed packages, circles of links; a linked file counts once."""
    root = tree(
        {
            "a.yaml": QUEUE,
            "in/b.yml": QUEUE,
            ".git/c.yaml": QUEUE,
            "node_modules/d.yaml": QUEUE,
            "e.md": QUEUE,
            "f.template": QUEUE,
        }
    )
    (root / "in/loop").symlink_to(root)
    (root / "in/self.yaml").symlink_to("self.yaml")
    (root / "linked.yaml").symlink_to("a.yaml")
    (root / "dir.yaml").mkdir()
    os.mkfifo(root / "pipe.yaml")
    report = lint_paths([str(root), str(root)], rules)

    assert sorted(Path(f.path).name for f in report.findings) == ["a.yaml", "b.yml", "f.template"]
    assert report.files == 3
    assert not report.problems


def test_a_file_of_another_kind_is_not_said_to_be_broken(tree: Tree, rules: Rules) -> None:
    """Templates of other programs and charts have errors as YAML; a hook that said so would be turned off."""
    chart = "{{- if .Values.provider }}\nprovider: {{ . }}\n{{- end }}\n- functions: [\n"
    root = tree(
        {
            "AGENT.md.template": "AWS::\n- [",
            "chart.yaml": chart.replace("\nprovider:", "\nx:"),
            "a.yaml.template": QUEUE,
        }
    )
    report = lint_paths([str(root)], rules)
    assert not report.broken
    assert [Path(f.path).name for f in report.findings] == ["a.yaml.template"]


def test_what_cannot_be_read_is_said_and_hides_nothing(tree: Tree, rules: Rules) -> None:
    """When it was named; binary files in a folder are passed over."""
    root = tree({"a.yaml": QUEUE, "bin.json": b"\x89PNG\0\1AWS::", "latin.yaml": "AWS:: caf\xe9".encode("latin-1")})
    (root / "loop.yaml").symlink_to("loop.yaml")
    os.mkfifo(root / "pipe.yaml")
    names = ["bin.json", "latin.yaml", "loop.yaml", "pipe.yaml", "none.yaml", "a.yaml/b.yaml", "a.yaml"]
    report = lint_paths([str(root / name) for name in names], rules)

    reasons = {Path(problem.path).name: problem.reason for problem in report.problems}
    assert reasons == {
        "bin.json": "not UTF-8 text (byte 0)", "latin.yaml": "not UTF-8 text (byte 9)", "pipe.yaml": "not a file",
        "loop.yaml": "too many levels of symbolic links", "none.yaml": "no such file or directory", "b.yaml": "not a directory",
    }  # fmt: skip
    assert len(report.findings) == 1
    assert not lint_paths([str(root)], rules).problems


@pytest.mark.parametrize("name", ["big.yaml", "big.json", "big.tf"])
def test_five_megabytes(name: str, rules: Rules) -> None:
    """Past 32,767 lines too, in seconds."""
    one = {
        "yaml": "  Q{}:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: {}\n      Tags:\n      - {{Key: a, Value: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}}\n",
        "json": '"Q{}": {{"Type": "AWS::SQS::Queue",\n"Properties": {{"DelaySeconds": {},\n"Tags": [{{"Key": "a", "Value": "bbbbbbbbbbbbbbbbbbbbbbbb"}}]}}}},\n',
        "tf": 'resource "aws_sqs_queue" "q{}" {{\n  delay_seconds = {}\n  tags = {{ a = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" }}\n}}\n\n',
    }[name[4:]]
    count = 5_000_000 // len(one)
    body = "".join(one.format(at, 901 if at == count - 1 else 5) for at in range(count))
    text = {"yaml": "Resources:\n" + body, "json": '{"Resources": {' + body.rstrip(",\n") + "}}", "tf": body}[name[4:]]
    start = time.process_time()
    (finding,) = lint_text(text, name, rules)

    assert finding.span.line > 60_000
    assert time.process_time() - start < 60


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"AWS::":' + "[" * 300_000),
        ("a.yaml", "AWS:: " + "[" * 300_000),
        ("a.yaml", "AWS:::\n" + "".join(" " * depth + "a:\n" for depth in range(3000))),
        ("a.yaml", "AWS::\n" + "- " * 100_000),
        ("a.yaml", "AWS::\n" + "? " * 10_000),
        ("a.py", "boto3" + "(" * 300_000),
        ("a.py", "boto3 = " + "-" * 100_000 + "1"),
        ("a.ts", "'aws-sdk'; x = " + "a + " * 100_000 + "1"),
        ("a.tf", 'resource "aws_sqs_queue" "q" { delay_seconds = ' + "(" * 1_900 + "901" + ")" * 1_900 + "}"),
    ],
)
def test_deep_nesting_ends(name: str, text: str) -> None:
    """In a process of its own: a parser that overruns its stack would take it down."""
    code = (
        "import sys; from kb.lint.run import lint_text; from kb.lint.rule import Rules; from kb import KnowledgeBase\n"
        "kb = KnowledgeBase(sys.argv[1]); rules = Rules.of([kb.note('sqs')], {})\n"
        "lint_text(sys.stdin.read(), sys.argv[2], rules); print('done')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT), name],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        cwd=ROOT,
    )

    assert done.stdout == "done\n", done.stderr[-500:]


def test_the_command(tree: Tree) -> None:
    """Findings on standard output, the sum on standard error, the exit status by what was found."""
    root = tree(
        {
            "t.yaml": QUEUE,
            "in/m.tf": 'resource "aws_api_gateway_integration" "i" {\n  timeout_milliseconds = 60000\n}\n',
        }
    )
    done = kb(cwd=root)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith(
        "t.yaml:5:21: DelaySeconds 901 is more than 900 seconds, a hard limit of Amazon SQS"
    )
    assert done.stdout.splitlines()[0].endswith(f"[{RULE}]")
    assert f"kb --base {ROOT} show sqs#fact-delivery-delay-max" in done.stdout
    assert done.stderr == "2 files checked: 1 beyond a hard limit, 1 beyond a quota\n"
    assert kb("in", cwd=root).returncode == 0
    assert kb("in", "--fail-on", "quota", cwd=root).returncode == 1
    assert kb("--fail-on", "never", cwd=root).returncode == 0
    assert kb("--ignore", RULE, cwd=root).returncode == 0
    assert kb("none.yaml", "t.yaml", cwd=root).returncode == 2
    unknown = kb("--ignore", "lamda", cwd=root)
    assert (unknown.returncode, unknown.stderr) == (2, "kb: --ignore lamda: no such rule; kb lint --rules lists them\n")
    assert f"{RULE}: a hard limit" in kb("--rules", cwd=root).stdout
    linked = json.loads(kb("--format", "json", "--site", "https://kb.example.org/", "t.yaml", cwd=root).stdout)
    assert linked["findings"][0]["link"] == "https://kb.example.org/services/sqs/#fact-delivery-delay-max"
    assert linked["schema_version"] == 1


def test_the_hook_installs_what_the_extra_does() -> None:
    """pre-commit installs the package without its extras."""
    import tomllib

    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]

    assert hook["additional_dependencies"] == extras["lint"]
    assert hook["entry"] == "kb lint"
