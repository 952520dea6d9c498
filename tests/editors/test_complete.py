"""Completion for people who write notes."""

from __future__ import annotations

import pytest

from kb.editors.complete import complete
from kb.editors.desk import Desk
from tests.editors.conftest import at

C = "\u25ae"
HEAD = "---\nid: sqs\n"


def own(desk: Desk, name: str = "sqs") -> str:
    return str(desk.root / "services" / f"{name}.md")


def test_ids_of_notes_after_two_brackets(bench: Desk) -> None:
    """With every name to type; brackets are closed."""
    items = {item.label: item for item in complete(bench, *at(f"see [[s{C}", "a.md"))}

    assert set(items) == {"sqs", "lambda", "batch", "messaging"}
    assert items["sqs"].text == "sqs]]"
    assert "Amazon Simple Queue Service" in items["sqs"].words
    document, place = at(f"see [[s{C}", "a.md")
    assert document.between(items["sqs"].span) == "s"
    assert items["sqs"].span.end == place


def test_brackets_that_stand_already_are_not_added(bench: Desk) -> None:
    """Editors close them."""
    assert {item.text for item in complete(bench, *at(f"[[{C}]]", "a.md"))} == {"sqs", "lambda", "batch", "messaging"}


def test_anchors_of_a_note(bench: Desk) -> None:
    """Its sections and facts; after [[# those of the note itself."""
    other = {item.text for item in complete(bench, *at(f"[[sqs#{C}", "a.md"))}
    assert other >= {"basics]]", "visibility-timeout]]", "fact-message-size-max]]"}
    assert {item.text for item in complete(bench, *at(f"[[#{C}]]", own(bench)))} == {text[:-2] for text in other}


def test_sources_after_a_caret(bench: Desk) -> None:
    """In notes only."""
    assert {item.text for item in complete(bench, *at(f"It is so.[^{C}", own(bench)))} == {"anna-2019]", "models]"}
    assert complete(bench, *at(f"It is so.[^{C}", "a.md")) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"category: {C}", {"compute", "topics", "storage"}),
        (f"    kind: l{C}", {"limit", "quota", "default"}),
        (f"status: {{state: {C}", {"current", "retired"}),
        (f"status: {{state: retired, instead: {C}", {"sqs", "lambda"}),
        (f"    sources: [models, {C}", {"models", "anna-2019"}),
    ],
)
def test_words_of_the_front_matter(line: str, words: set[str], bench: Desk) -> None:
    """Where they belong."""
    assert {item.text for item in complete(bench, *at(HEAD + line, own(bench)))} >= words


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (f"if [[ {C}", "a.sh"),
        (f"x = [[{C}", "a.py"),
        (f"category: {C}", "a.md"),
        (f"[[nope#{C}", "a.md"),
        (f"plain{C}", "a.md"),
        (f"[[a]] {C}", "a.md"),
    ],
)
def test_nothing_is_offered_elsewhere(text: str, path: str, bench: Desk) -> None:
    """Code has brackets of its own."""
    assert complete(bench, *at(text, path)) == []


def test_the_body_has_no_fields(bench: Desk) -> None:
    """Behind the front matter a line is text."""
    assert complete(bench, *at(f"{HEAD}---\n\ncategory: {C}", own(bench))) == []
