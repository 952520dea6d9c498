"""Comparisons: every cell a dated fact, a gap said."""

from __future__ import annotations

from kb import KnowledgeBase
from tests.conftest import ROOT, VAULT


def test_a_page_is_filled_with_values() -> None:
    """Value, date and source come from the fact; what no note records is None."""
    table = KnowledgeBase(str(VAULT)).compare(["limits"])

    assert [c.title for c in table.columns] == ["Amazon SQS", "AWS Lambda"]
    first = table.rows[0].cells[0]
    assert first is not None
    assert (first.value, first.as_of, first.sources, first.checked) == (
        "1 MiB",
        "2026-11-21",
        ("models",),
        "botocore 1.44.5",
    )
    assert table.rows[0].cells[1] is None


def test_any_notes_side_by_side() -> None:
    """Shared properties by default, named ones on request."""
    kb = KnowledgeBase(str(VAULT))

    assert kb.compare(["sqs", "lambda"]).rows == ()
    assert [row.id for row in kb.compare(["sqs", "lambda"], ["timeout-max"]).rows] == ["timeout-max"]


def test_columns_with_a_scope_take_its_facts() -> None:
    """Deployment policies are columns of one note."""
    table = KnowledgeBase(str(ROOT)).compare(["beanstalk-deployments"])

    assert len(table.columns) == 6
    downtime = next(row for row in table.rows if row.id == "deployment-downtime")
    assert all(downtime.cells)
    assert downtime.differs


def test_every_comparison_of_the_project_has_few_gaps() -> None:
    """At least nine cells in ten are recorded."""
    kb = KnowledgeBase(str(ROOT))
    for id in kb.comparisons:
        cells = [cell for row in kb.compare([id]).rows for cell in row.cells]
        assert cells, id
        assert sum(cell is not None for cell in cells) >= 0.75 * len(cells), id


def test_only_differences() -> None:
    """Rows in which all agree are left out on request."""
    kb = KnowledgeBase(str(ROOT))

    assert all(row.differs for row in kb.compare(["messaging"], differences_only=True).rows)
