"""`kb check`: every kind of problem is found, with its line, and the project's notes have none."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import KnowledgeBase
from tests.conftest import ROOT

GOOD = (ROOT / "tests/vault/docs/services/sqs.md").read_text()
# What is done to the note, then field and part of what was expected.
BROKEN = {
    "unknown id": ("id: sqs\n", "id: sqss\n", "id", "the file's name"),
    "missing summary": ("summary: Managed message queue; each message is handled by one consumer.\n", "", "summary", "it is missing"),
    "mistyped category": ("category: application-integration", "category: aplication-integration", "category", "a category of your own"),
    "unknown source in a fact": ("sources: [models]", "sources: [nobody]", "facts[0].sources", "docs/sources"),
    "unknown source in a statement": ("share.[^anna-2019]", "share.[^nobody]", "citation", "docs/sources"),
    "statement without a source": ("share.[^anna-2019]", "share.", "citation", "at least one source"),
    "link to no note": ("Lambda polls", "[[lamda]] polls", "link", "the id of a note"),
    "link to no heading": ("Lambda polls", "[[lambda#nowhere]] polls", "link", "a heading or fact of lambda"),
    "number glued to its unit": ("value: 1 MiB", "value: 1MiB", "facts[0].value", "a space"),
    "unit in the wrong case": ("value: 1 MiB", "value: 1 mb", "facts[0].value", "in capitals"),
    "thousands in the wrong place": ("value: 1 MiB", "value: '10,48 MiB'", "facts[0].value", "commas every three digits"),
    "limit without a number": ("value: 1 MiB", "value: large", "facts[0].value", "a number"),
    "name claimed twice": ("short: [SQS]", "short: [SQS, Batch]", "names", "of one note only"),
    "identifier claimed twice": ("boto3: [sqs]", "boto3: [sqs, batch]", "identifiers.boto3", "of one note only"),
    "fact twice": ("id: message-retention-max\n    label", "id: message-size-max\n    label", "facts[1].id", "each fact once per scope"),
    "section out of order": ("## Basics", "## Tips\n\n- Tip.[^models]\n\n## Basics", "section", "the order"),
    "unknown section": ("## Gotchas", "## Traps", "section", "one of Basics"),
    "typed limits": ("## Gotchas", "## Limits", "section", "rendered"),
    "heading twice": ("### Visibility timeout", "### Basics", "heading", "unique"),
    "statement twice": ("raise the timeout.[^anna-2019]", "raise the timeout.[^anna-2019]\n- A message goes to one consumer; with several workers, each takes its share.[^models]", "statement", "each statement once"),
    "raw HTML": ("## Gotchas", "<script>alert(1)</script>\n\n## Gotchas", "body", "no raw HTML"),
    "heading too deep": ("### Visibility timeout", "#### Visibility timeout", "heading", "level 2 or 3"),
    "unknown phrase key": ("gotchas: [same", "gotchos: [same", "asked", "a fact id or the anchor"),
    "no lead": ("Amazon SQS keeps messages until one consumer has handled them. Take it to decouple two services.[^anna-2019]\n", "", "lead", "two or three sentences"),
    "check without a place": ("quote: 1 MiB, ", "", "facts[0].checked.quote", "what stands at the place"),
    "malformed date": ("as_of: 2019-12", "as_of: Dec 2019", "facts[0].history[0].as_of", "a date"),
    "retired without a date": ("state: current", "state: retired", "status.since", "a date"),
}  # fmt: skip


def test_a_good_vault_has_no_problems(vault: Path) -> None:
    """Clean notes pass."""
    assert KnowledgeBase(str(vault)).check() == []


@pytest.mark.parametrize(("old", "new", "field", "expected"), BROKEN.values(), ids=BROKEN)
def test_each_kind_of_problem_is_found(old: str, new: str, field: str, expected: str, vault: Path) -> None:
    """File, line, field and what was expected are told."""
    assert old in GOOD
    (vault / "docs/services/sqs.md").write_text(GOOD.replace(old, new, 1))
    problems = KnowledgeBase(str(vault)).check()

    assert any(p.field == field and expected in p.expected and p.line >= 1 for p in problems), [
        str(p) for p in problems
    ]


def test_the_notes_of_the_project_have_no_problems() -> None:
    """`kb check` holds for the bundled notes."""
    assert [str(p) for p in KnowledgeBase(str(ROOT)).check()] == []


def test_a_broken_source_page_is_reported(vault: Path) -> None:
    """Sources are checked like notes."""
    (vault / "docs/sources/models.md").write_text("---\nid: models\ntitle: T\n---\n")
    fields = {p.field for p in KnowledgeBase(str(vault)).check()}

    assert {"author", "date", "dated", "licence", "kind"} <= fields


def test_a_comparison_that_names_nothing_is_reported(vault: Path) -> None:
    """Columns and rows must exist."""
    page = vault / "docs/compare/limits.md"
    page.write_text(page.read_text().replace("note: lambda", "note: lamda").replace("timeout-max", "no-such-fact"))

    assert {"columns", "rows"} <= {p.field for p in KnowledgeBase(str(vault)).check()}
