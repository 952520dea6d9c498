"""Where things are: definition, links, references, symbols, lenses."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.editors.desk import Desk, Target
from kb.editors.document import open_document
from kb.editors.navigate import definition, lenses, links, references, symbols
from tests.editors.conftest import at

C = "\u25ae"


def line(target: Target | None) -> str:
    """Return the line that a target is."""
    assert target is not None
    return Path(target.path).read_text().split("\n")[target.line]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"Type: AWS::SQS::Que{C}ue", "---"),
        (f"see [[sqs{C}]]", "---"),
        (f"see [[sqs#visibility-time{C}out]]", "### Visibility timeout"),
        (f"see [[sqs#fact-message-size-max{C}]]", "  - id: message-size-max"),
        (f'resource "aws_lambda_function" "f" {{\n  time{C}out = 1', "  - id: timeout-max"),
    ],
)
def test_definition_is_the_line_of_the_note(text: str, wanted: str, bench: Desk) -> None:
    """Of a property its fact."""
    assert line(definition(bench, *at(text))) == wanted


def test_the_definition_of_a_citation_is_its_source(bench: Desk) -> None:
    """In notes."""
    target = definition(bench, *at(f"It is.[^mod{C}els]", str(bench.root / "services/sqs.md")))
    assert target == Target(str(bench.root / "sources/models.md"))


def test_nothing_is_defined_nowhere(bench: Desk) -> None:
    """No target for an ordinary word or a dead link."""
    assert definition(bench, *at(f"hel{C}lo")) is None
    assert definition(bench, *at(f"[[no{C}pe]]", "a.md")) is None


def test_links_of_a_text(bench: Desk) -> None:
    """Those that lead somewhere; citations only in notes."""
    text = "see [[sqs#basics|it]] and [[nope]], so.[^models]"
    document = open_document(text, "a.md")
    assert [document.between(link.span) for link in links(bench, document)] == ["[[sqs#basics|it]]"]
    note = open_document(text, str(bench.root / "topics/messaging.md"))
    assert [note.between(link.span) for link in links(bench, note)] == ["[[sqs#basics|it]]", "[^models]"]
    assert links(bench, open_document(text, "a.py")) == []


def test_references_are_the_lines_that_speak_of_a_note(bench: Desk) -> None:
    """Links, and names in prose; in a note without anything at the place: of that note."""
    found = references(bench, *at(f"AWS::Lamb{C}da::Function"))
    assert {Path(target.path).name for target in found} == {"batch.md", "sqs.md"}
    assert all("Lambda" in line(target) for target in found)
    own = references(bench, *at(f"{C}---\nid: lambda", str(bench.root / "services/lambda.md")))
    assert own == found


def test_symbols_are_what_a_search_finds(bench: Desk) -> None:
    """With the line each stands on; a name that does not spell the query says it."""
    found = symbols(bench, "largest message")
    assert (found[0].name, found[0].kind, found[0].container) == ("Largest message: 1 MiB", "fact", "Amazon SQS")
    assert line(found[0].target) == "  - id: message-size-max"
    asked = "how long does a message survive"
    assert symbols(bench, asked)[0].name == f"Longest message retention: 14 days [{asked}]"
    assert {symbol.name for symbol in symbols(bench, " ")} == {
        "Amazon SQS",
        "AWS Lambda",
        "AWS Batch",
        "Messaging patterns",
    }


def test_lenses_stand_above_resources(bench: Desk) -> None:
    """One a line, whatever the language."""
    text = 'A:\n  Type: AWS::SQS::Queue\n  Type: AWS::Nope::X\nresource "aws_lambda_function" "f" {\nboto3.client("batch")\n'
    found = lenses(bench, open_document(text))
    assert [(lens.span.start.line, lens.note) for lens in found] == [(1, "sqs"), (3, "lambda"), (4, "batch")]
    assert found[0].title == "kb: Amazon SQS (3 facts)"


def test_a_note_has_one_lens(bench: Desk) -> None:
    """How many lines of other notes speak of it."""
    path = bench.root / "services/lambda.md"
    (lens,) = lenses(bench, open_document(path.read_text(), str(path)))
    assert lens.title == f"{len(bench.backlinks['lambda'])} links to this service"


def test_many_resources_have_a_limited_number_of_lenses(bench: Desk) -> None:
    """A generated template does not drown the editor."""
    assert len(lenses(bench, open_document("  Type: AWS::SQS::Queue\n" * 1000))) == 200
