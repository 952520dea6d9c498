"""Pages, parts and cursors: nothing is lost between two of them, and none is larger than it may be."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import InputError
from kb.mcp.answer import CUT, LONGEST, MOST, ROOM, cursor_at, page, part, quoted, seen, start_of


@given(st.lists(st.integers(0, 9000), max_size=40), st.integers(1, 15))
def test_pages_follow_each_other(sizes: list[int], limit: int) -> None:
    """Together they are the whole, each of at most so many items and characters."""
    items = [{"id": number, "text": "x" * size} for number, size in enumerate(sizes)]
    found: list[object] = []
    start: int | None = 0
    while start is not None:
        shown, start = page(items, start, limit)
        assert bool(shown) == bool(items)
        assert len(shown) <= limit
        assert len(shown) == 1 or len(json.dumps(shown)) <= ROOM + 2 * len(shown) + 2
        found += shown
    assert [item["id"] for item in found] == list(range(len(items)))  # type: ignore[index]


@given(st.text(st.sampled_from("ab \n"), max_size=300), st.integers(1, 60))
def test_parts_follow_each_other(text: str, most: int) -> None:
    """Together they are the whole, but for the one space or line end they are cut at."""
    found, start = "", 0
    while True:
        shown, then = part(text, start, most)
        assert len(shown) <= most
        found += shown
        if then is None:
            break
        assert then > start
        found += text[start + len(shown) : then]
        start = then
    assert found == text


@given(st.integers(0, 10**8), st.text(max_size=20), st.text(max_size=20))
def test_a_cursor_belongs_to_its_arguments(start: int, one: str, other: str) -> None:
    """It leads back to its place, and is refused with other arguments."""
    cursor = cursor_at(start, "tool", one)
    assert start_of(cursor, "tool", one) == start
    if repr(one) != repr(other):
        with pytest.raises(InputError, match="ask again"):
            start_of(cursor, "tool", other)


@pytest.mark.parametrize("cursor", ["", "0", "-1-00000000", "1-xyz", "1-00000000\n", "\u0661-00000000", "9" * 90])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    """Whatever it looks like."""
    with pytest.raises(InputError, match="cursor"):
        start_of(cursor, "tool")


def test_what_nobody_sees_is_left_out() -> None:
    """Characters of tags, direction and nothing; what scripts need stays."""
    assert seen("a\u202eb\u200bc\U000e0041d\x00e\x1bf\ufeffg\ud800h\u2028i") == "abcdefghi"
    kept = "Stra\u00dfe \u65e5\u672c \u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f468\u200d\U0001f469 a\tb\nc"
    assert seen(kept) == kept


def test_texts_and_lists_end() -> None:
    """However long a note makes them."""
    found = quoted({"text": "x" * 10**6, "list": ["y\u202e"] * 10**4, "n": 1.5, "none": None})
    assert found == {"text": "x" * LONGEST + CUT, "list": ["y"] * MOST, "n": 1.5, "none": None}
