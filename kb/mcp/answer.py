"""Answers of a bearable size: pages with a cursor for what follows, and text of notes without what nobody can see."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from kb.api.shapes import Shape
from kb.errors import InputError

ROOM = 24_000
"""Characters of JSON that the items of one answer may take."""
LONGEST = 4_000
"""Characters of one text of an item."""
MOST = 100
"""Entries of one list of an item."""
CUT = " [cut]"
# Control characters, marks that turn the direction of writing, tags and selectors: what a person who reviews a note
# does not see, an assistant must not read. Joiners stay, scripts need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e01ef]"
)
_CURSOR = re.compile(r"([0-9]{1,9})-([0-9a-f]{8})")


def cursor_at(start: int | None, *about: object) -> str | None:
    """Return what asks for the items from `start` on of the answer about something; None when there are no more."""
    return None if start is None else f"{start}-{_mark(about)}"


def start_of(cursor: str | None, *about: object) -> int:
    """Return the item that a cursor stands at; the first without one.

    Raises:
        InputError: it is no cursor, or belongs to other arguments, or to a note that has changed.
    """
    if cursor is None:
        return 0
    match = _CURSOR.fullmatch(cursor)
    if match is None or match[2] != _mark(about):
        reason = "not the next_cursor of a call with these arguments, or the notes changed; ask again without it"
        raise InputError("cursor", reason)
    return int(match[1])


def page(items: Sequence[Shape], start: int, limit: int) -> tuple[list[Shape], int | None]:
    """Return the items from `start` on that fit into one answer, at least one, and where the next page starts."""
    shown: list[Shape] = []
    room = ROOM
    for item in items[start : start + limit]:
        kept = quoted(item)
        room -= len(json.dumps(kept, ensure_ascii=False))
        if shown and room < 0:
            break
        shown.append(kept)
    then = start + len(shown)
    return shown, then if shown and then < len(items) else None


def part(text: str, start: int, most: int) -> tuple[str, int | None]:
    """Return a text from `start` on, cut at the end of a line or word, and where it goes on."""
    end = start + most
    if end >= len(text):
        return text[start:], None
    for mark in ("\n", " "):
        cut = text.rfind(mark, start + most // 2, end)
        if cut >= 0:
            return text[start:cut], cut + 1
    return text[start:end], end


def quoted(data: Any) -> Any:
    """Return JSON data with its texts as a reader of the page sees them, and neither texts nor lists without end."""
    if isinstance(data, str):
        text = seen(data)
        return text if len(text) <= LONGEST else text[:LONGEST] + CUT
    if isinstance(data, dict):
        return {key: quoted(value) for key, value in list(data.items())[:MOST]}
    return [quoted(value) for value in data[:MOST]] if isinstance(data, list) else data


def seen(text: str) -> str:
    """Return a text without the characters that nobody sees."""
    return _UNSEEN.sub("", text)


def _mark(about: tuple[object, ...]) -> str:
    return f"{crc32(repr(about).encode('utf-8', 'replace')):08x}"
