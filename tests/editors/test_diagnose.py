"""What is wrong with a note or a template, where exactly, and how it is mended."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import KnowledgeBase
from kb.editors.desk import Desk
from kb.editors.diagnose import Finding, Fix, diagnose, fixes, formatted, formatting
from kb.editors.document import Document, Place, Span, open_document
from kb.facts.contradict import contradictions
from kb.notes.read import parse_note

TEMPLATE = "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Timeout: 1200\n"


def sqs(desk: Desk, old: str = "", new: str = "") -> Document:
    """Return the note on SQS with a change, as it stands in an editor."""
    path = desk.root / "services/sqs.md"
    text = path.read_text()
    assert old in text
    return open_document(text.replace(old, new, 1), str(path), "markdown")


def mended(document: Document, fix: Fix) -> str:
    for edit in fix.edits:
        document = document.edited(edit.span, edit.text)
    return document.text


@pytest.mark.parametrize(
    ("old", "new", "code", "found", "offered"),
    [
        ("raise the timeout", "see [[lamda]]", "link", "lamda", "Change to lambda"),
        ("raise the timeout", "see [[lambda#basic]]", "link", "basic", "Change to basics"),
        ("raise the timeout", "see [[#gotcha]]", "link", "gotcha", "Change to gotchas"),
        ("two services.[^anna-2019]", "two services.[^anna-2018]", "link", "anna-2018", "Change to anna-2019"),
        ("sources: [models]", "sources: [model]", "link", "model", "Change to models"),
        ("kind: limit", "kind: limt", "field", "limt", "Change to limit"),
        ("state: current", "state: curent", "field", "curent", "Change to current"),
        ("value: 1 MiB", "value: 1MiB", "field", "1MiB", "Write the note as kb fmt does"),
        ("title: Amazon SQS", "title: Amazon SQS\nowner: me", "field", "owner", ""),
        ("## Basics", "## Basic", "body", "Basic", ""),
        ("short: [SQS]", "short: [SQS, Batch]", "duplicate", "Batch", ""),
    ],
)  # fmt: skip
def test_a_mistake_in_a_note_is_found_where_it_stands(
    old: str, new: str, code: str, found: str, offered: str, bench: Desk
) -> None:
    """And its fix makes it right."""
    document = sqs(bench, old, new)
    finding = next(f for f in diagnose(bench, document) if f.code == code)

    assert document.between(finding.span) == found
    assert [fix.title for fix in finding.fixes][:1] == ([offered] if offered else [])
    if offered:
        again = diagnose(bench, document.rewritten(mended(document, finding.fixes[0])))
        assert not [f for f in again if f.code == code]


def test_a_sound_note_has_no_findings(bench: Desk) -> None:
    """Nor has a text that is no note."""
    assert diagnose(bench, sqs(bench)) == ()
    assert diagnose(bench, open_document("see [[nope]]", "/elsewhere/services/sqs.md", "markdown")) == ()


@pytest.mark.parametrize(
    "text", ["", "no head", "---\nid: [", "---\nid: x\n", "---\n- a\n---\n", "---\n&a : *a\n---\n", "---\n---\n"]
)
def test_a_note_that_cannot_be_read_says_so(text: str, bench: Desk) -> None:
    """One finding or more, inside the text."""
    document = open_document(text, str(bench.root / "services/new.md"))
    findings = diagnose(bench, document)
    assert findings
    assert all(finding.span.end <= document.end for finding in findings)


def test_findings_are_the_same_with_other_line_ends(bench: Desk) -> None:
    """CR LF and CR, at the same lines and columns."""
    document = sqs(bench, "raise the timeout", "see [[lamda]]")
    wanted = diagnose(bench, document)
    for end in ("\r\n", "\r"):
        assert diagnose(bench, document.rewritten(document.text.replace("\n", end))) == wanted


def test_a_value_that_contradicts_a_fact(bench: Desk) -> None:
    """In words of the note's own fact; the fix writes the value of the fact."""
    document = sqs(bench, "## Gotchas", "A message retention of at most 10 days is possible.[^models]\n\n## Gotchas")
    (finding,) = diagnose(bench, document)

    assert (finding.code, finding.severity) == ("sqs#fact-message-retention-max", "information")
    assert document.between(finding.span) == "10 days"
    assert "14 days" in finding.message
    assert "at most 14 days" in mended(document, finding.fixes[0])


@pytest.mark.parametrize(
    "sentence",
    [
        "A message retention of at most 14 days is possible.",
        "A message retention of at most 336 hours is possible.",
        "Until 2019 the longest message retention was 10 days.",
        "The message retention is 10 days by default.",
        "The retention is at most 10 days.",
        "A message retention of at most 10 MB is possible.",
        "The message retention is between 1 and 10 days at most.",
    ],
)
def test_what_only_looks_like_a_contradiction(sentence: str, bench: Desk) -> None:
    """The same in other units, the past, another direction, too few words, another dimension, two values."""
    assert diagnose(bench, sqs(bench, "## Gotchas", f"{sentence}[^models]\n\n## Gotchas")) == ()


def test_no_shipped_note_contradicts_itself_but_those_looked_at(desk: Desk) -> None:
    """Each of these was read: it speaks of another thing on purpose."""
    found = {(note.id, c.quantity) for note in desk.notes.values() for c in contradictions(note)}
    assert found <= {("lambda", "32,768 MB")}


def test_a_value_in_a_template(bench: Desk) -> None:
    """Hard limit: warning, with the fact, its date and where it stands."""
    document = open_document(TEMPLATE, "t.yaml")
    (finding,) = diagnose(bench, document)

    assert (document.between(finding.span), finding.code, finding.severity) == ("1200", "lambda#timeout-max", "warning")
    assert "15 minutes" in finding.message
    assert "2026" in finding.message
    assert "services/lambda.md#L" in finding.address
    set_to, ignore = finding.fixes
    assert "Timeout: 900\n" in mended(document, set_to)
    assert diagnose(bench, document.rewritten(mended(document, ignore))) == ()


@pytest.mark.parametrize(
    ("text", "path", "language"),
    [
        (TEMPLATE, "", "yaml"),
        (TEMPLATE, "/x/no-suffix", "cloudformation"),
        ('resource "aws_lambda_function" "f" {\n  timeout = 1200\n}\n', "", "terraform"),
        ('resource "aws_lambda_function" "f" {\n  timeout = 1200\n', "main.tf", ""),
        (TEMPLATE + "      Memory", "half.yml", ""),
        (TEMPLATE.replace("\n", "\r\n"), "crlf.yml", ""),
        (TEMPLATE.replace("\n", "\r"), "cr.yml", ""),
        ("# \U0001f600 \u20ac\n" + TEMPLATE, "emoji.yml", ""),
        ("\ufeff" + TEMPLATE, "bom.yml", ""),
    ],
)
def test_whatever_the_text_looks_like(text: str, path: str, language: str, bench: Desk) -> None:
    """A text without a name is known by its language; half-typed, CR LF, characters of any width."""
    document = open_document(text, path, language)
    assert [document.between(finding.span) for finding in diagnose(bench, document)] == ["1200"]


@pytest.mark.parametrize("text", ["\0\1\2", "a: \0", TEMPLATE + "\0"])
def test_binary_is_left_alone(text: str, bench: Desk) -> None:
    """As a template and as a note."""
    assert diagnose(bench, open_document(text, "t.yaml")) == ()
    assert diagnose(bench, open_document(text, str(bench.root / "services/sqs.md"))) == ()


@given(text=st.text(alphabet="---\nid: [sq]#^`*>|\r\t\u2028\ud83d{}'\"1MB ", max_size=200))
def test_no_note_breaks_it(text: str, bench: Desk) -> None:
    """Findings lie inside the text."""
    document = open_document(text, str(bench.root / "services/sqs.md"))
    for finding in diagnose(bench, document):
        assert Place(0, 0) <= finding.span.start <= finding.span.end <= document.end


def test_fixes_are_those_at_the_place(bench: Desk) -> None:
    """Of the findings that the selection touches."""
    here = Span(Place(1, 2), Place(1, 4))
    finding = Finding(here, "x", "x", "error", (Fix("a", ()),))
    assert fixes([finding], Span(Place(1, 4), Place(1, 4))) == [(finding, finding.fixes[0])]
    assert fixes([finding], Span(Place(2, 0), Place(2, 9))) == []


def test_formatting_is_kb_fmt(bench: Desk) -> None:
    """Of the lines that change only; a note that is right already has no edit."""
    document = sqs(bench, "- A message goes", "-   A  message goes")
    (edit,) = formatting(bench, document) or ()
    assert document.edited(edit.span, edit.text).text == sqs(bench).text
    assert edit.span.end.line - edit.span.start.line <= 1
    assert formatting(bench, sqs(bench)) == ()


def test_formatting_keeps_cr_lf(bench: Desk) -> None:
    """A file of Windows stays one."""
    document = sqs(bench, "- A message goes", "-   A  message goes")
    text = formatted(bench, document.rewritten(document.text.replace("\n", "\r\n")))
    assert text == sqs(bench).text.replace("\n", "\r\n")


@pytest.mark.parametrize("text", ["", "---\nid: [", "# no head\n"])
def test_what_cannot_be_read_is_not_formatted(text: str, bench: Desk) -> None:
    """Nothing is lost; nor is a text that is no note."""
    assert formatting(bench, open_document(text, str(bench.root / "services/sqs.md"))) is None
    assert formatting(bench, open_document(text, "README.md")) is None


def test_a_renamed_note_is_known_by_its_new_name(vault: Path) -> None:
    """Links to the old one are dead, links to the new one are not."""
    desk = Desk(KnowledgeBase(str(vault)))
    desk.load()
    old, new = vault / "docs/services/batch.md", vault / "docs/services/aws-batch.md"
    new.write_text(re.sub("^id: batch", "id: aws-batch", old.read_text(), flags=re.M))
    old.unlink()
    assert desk.refresh([str(old), str(new)])
    assert not desk.refresh(["/elsewhere/x.md"])

    document = sqs(desk, "raise the timeout", "see [[batch]] and [[aws-batch]]")
    assert [document.between(finding.span) for finding in diagnose(desk, document)] == ["batch"]


def test_every_problem_has_its_line(bench: Desk) -> None:
    """Those that kb check finds are those an editor shows."""
    document = sqs(bench, "kind: limit", "kind: limt")
    reading = parse_note(document.text, "services/sqs.md")
    assert [problem.line for problem in reading.problems] == [f.span.start.line + 1 for f in diagnose(bench, document)]
