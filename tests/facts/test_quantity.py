"""Quantities: one value, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import QuantityError
from kb.facts.quantity import find_quantities, parse_quantity

SAME = [
    ("15 minutes", "900 seconds"), ("15 min", "900s"), ("256 KB", "256KiB"), ("1 MiB", "1,048,576 bytes"), ("14 days", "1,209,600 seconds"),
    ("1 hour", "60 minutes"), ("2 weeks", "14 days"), ("500 ms", "0.5 s"), ("99.9%", "99.9 percent"), ("1,000", "1000"), ("1 TB", "1,024 GB"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), SAME)
def test_the_same_in_other_units(a: str, b: str) -> None:
    """Values compare by what they mean."""
    assert parse_quantity(a) == parse_quantity(b)


@pytest.mark.parametrize(("a", "b"), [("15 minutes", "15 seconds"), ("1 KB", "1 ms"), ("5", "5%"), ("256 KB", "1 MiB")])
def test_different_values_differ(a: str, b: str) -> None:
    """Neither number nor unit alone makes two values equal."""
    assert parse_quantity(a) != parse_quantity(b)


@pytest.mark.parametrize("text", ["", "many", "5 to 10", "v1.2.3", "10.0.0.0/16", "abc5", "5 apples", "1,00"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    """A range, a version, an address, a plain word."""
    with pytest.raises(QuantityError):
        parse_quantity(text)


def test_quantities_in_running_text() -> None:
    """Each is found with its place; numbers inside names are not."""
    text = "At most 20 seconds or 1,000 messages of 256 KB on db.r6g.large."

    assert [(text[q.start : q.end], q.key) for q in find_quantities(text)] == [
        ("20 seconds", "time:20000"), ("1,000", "count:1000"), ("256 KB", "size:262144"),
    ]  # fmt: skip


@given(st.integers(0, 10**9), st.sampled_from(["s", "KB", "days", "%", ""]))
def test_what_is_written_is_read(number: int, unit: str) -> None:
    """Grouped or not, with a space or not."""
    assert parse_quantity(f"{number:,} {unit}".strip()) == parse_quantity(f"{number}{unit}")


@given(st.text())
def test_no_text_raises(text: str) -> None:
    """Looking for quantities never fails."""
    find_quantities(text)


def test_a_row_of_digits_is_no_quantity() -> None:
    """Numbers that no float holds are left alone."""
    assert find_quantities("9" * 400 + " s, " + "9" * 308 + " weeks, 2 s")[0].key == "time:2000"
