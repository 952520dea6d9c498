"""Find malformed values and units in the facts of a note."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.errors import FieldError, NoteError, QuantityError
from kb.facts.binding import binding_of
from kb.notes.note import Note

_UNNUMBERED = re.compile(
    r"\d|\b(?:unlimited|none|no|not|one|two|three|four|five|six|seven|eight|nine|ten|twelve|once|single|any|all|yes|only|same|by)\b",
    re.I,
)
_GLUED = re.compile(r"(?<![\w.:/-])\d[\d,.]*(?:[KMGTP]i?B|ms|minutes?|hours?|days?|seconds?)\b")
_WRONG_CASE = re.compile(r"(?<=\d )(?:[kmgt]b|[KMGT]b|kB)\b(?!/|ps|it)")
_BAD_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})*,(?:\d{1,2}|\d{4,})(?![\w,.])|(?<![\w.,])\d{4,},\d{3}\b")


def check_facts(note: Note) -> Iterator[NoteError]:
    """Yield a problem for each value that is not written as the format says."""
    for position, fact in enumerate(note.facts):
        where = f"facts[{position}].value"
        line = note.line_of(where)
        if fact.kind in ("limit", "quota") and not _UNNUMBERED.search(fact.value):
            yield FieldError(
                note.path, line, where, f"a number or a word such as unlimited, for a {fact.kind}", fact.value
            )
        for pattern, expected in (
            (_GLUED, "a space between number and unit"),
            (_WRONG_CASE, "KB, MB, GB or TB in capitals"),
            (_BAD_THOUSANDS, "commas every three digits"),
        ):
            if match := pattern.search(fact.value):
                yield FieldError(note.path, line, where, expected, match.group())
        try:
            binding_of(fact)
        except QuantityError as error:
            field = f"facts[{position}].binds"
            yield FieldError(note.path, note.line_of(field), field, error.reason.removeprefix("expected "), error.text)
