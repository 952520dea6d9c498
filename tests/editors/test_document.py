"""A text keeps step with the editor's, whatever the line ends, characters and units."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.editors.document import Document, Encoding, Place, Span, column_of, open_document, split_lines, units_of

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
TEXT = st.text(alphabet="ab \r\n\u2028\x0b\x85\u00e9\u20ac\U0001f600\ud83d[", max_size=40)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ("",)),
        ("a", ("a",)),
        ("a\n", ("a\n", "")),
        ("a\r\nb\rc\nd", ("a\r\n", "b\r", "c\n", "d")),
        ("\r\r\n\n", ("\r", "\r\n", "\n", "")),
        ("a\u2028b\x0bc\x85d\x1ce", ("a\u2028b\x0bc\x85d\x1ce",)),
    ],
)
def test_lines_end_where_the_protocol_says(text: str, lines: tuple[str, ...]) -> None:
    """At CR LF, LF and CR, and at no other character."""
    assert split_lines(text) == lines


@pytest.mark.parametrize(
    ("encoding", "units"),
    [("utf-8", [0, 1, 3, 6, 10, 11]), ("utf-16", [0, 1, 2, 3, 5, 6]), ("utf-32", [0, 1, 2, 3, 4, 5])],
)
def test_columns_and_units(encoding: Encoding, units: list[int]) -> None:
    """An a, an e with accent, a euro, an emoji, a b."""
    line = "a\u00e9\u20ac\U0001f600b"
    assert [units_of(line, column, encoding) for column in range(6)] == units
    assert [column_of(line, unit, encoding) for unit in units] == [0, 1, 2, 3, 4, 5]
    assert column_of(line, 999, encoding) == 5


def test_a_place_inside_a_character_is_before_it() -> None:
    """No client asks for it, and nothing breaks."""
    assert column_of("\U0001f600b", 1, "utf-16") == 0
    assert column_of("\u20acb", 2, "utf-8") == 0


@given(TEXT, st.integers(0, 60), st.sampled_from(ENCODINGS))
def test_units_there_and_back(text: str, column: int, encoding: Encoding) -> None:
    """Every column is found again, also beside half a character."""
    line = text.replace("\r", "").replace("\n", "")
    column = min(column, len(line))
    assert column_of(line, units_of(line, column, encoding), encoding) == column


def position(text: str, offset: int) -> Place:
    """Return the place of an offset, counted by itself."""
    ends = [match.end() for match in re.finditer(r"\r\n|\r|\n", text) if match.end() <= offset]
    return Place(len(ends), offset - (ends[-1] if ends else 0))


@given(st.data())
@settings(max_examples=300)
def test_edits_are_those_of_a_string(data: st.DataObject) -> None:
    """After any edits the text is the one made by slicing a string, and its lines are those of that text."""
    text = data.draw(TEXT)
    document = open_document(text)
    for _ in range(data.draw(st.integers(1, 6))):
        cuts = [i for i in range(len(text) + 1) if text[i - 1 : i + 1] != "\r\n"]
        start, end = sorted((data.draw(st.sampled_from(cuts)), data.draw(st.sampled_from(cuts))))
        fresh = data.draw(TEXT)
        document = document.edited(Span(position(text, start), position(text, end)), fresh)
        text = text[:start] + fresh + text[end:]
        assert document.text == text
        assert document.lines == split_lines(text)


@pytest.mark.parametrize(
    ("place", "nearest"),
    [((0, 99), (0, 2)), ((-1, 0), (0, 0)), ((9, 9), (1, 1)), ((0, -4), (0, 0)), ((0, 3), (0, 2))],
)
def test_places_outside_are_moved_inside(place: tuple[int, int], nearest: tuple[int, int]) -> None:
    """Behind the end of a line: its end, which is before CR LF."""
    assert open_document("ab\r\nc").within(Place(*place)) == Place(*nearest)


def test_a_span_that_ends_before_it_starts_is_turned() -> None:
    """An edit never loses text that it does not name."""
    assert open_document("abcd").edited(Span(Place(0, 3), Place(0, 1)), "-").text == "a-d"


def test_between() -> None:
    """Over lines, with their ends."""
    document = Document(split_lines("ab\r\ncd\nef"))
    assert document.between(Span(Place(0, 1), Place(2, 1))) == "b\r\ncd\ne"
    assert document.between(Span(Place(0, 0), Place(0, 2))) == "ab"
