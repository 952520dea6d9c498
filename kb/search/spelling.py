"""Spelling: what an unknown word of a query may have meant. Only asked when the exact stages do not know the word.

A word is never corrected when the index, a name or plain English knows it; nor when it holds anything but letters.
"""

from __future__ import annotations

import os
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.search.reader import Export

BITS = 1 << 20
_HASHES = 7
_WORDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "words.bloom")
SHORTEST = 4
TRIES = 4
"""So many candidates are tried with the rest of the query."""
LONG = 8
"""From this length on two edits are allowed, below it one."""


def respell(word: str, export: Export) -> list[str]:
    """Return the known words, or the pair of words, that an unknown word may stand for; none to leave it alone."""
    if not is_plain(word) or is_english(word):
        return []
    return _nearest(word, export) or _split(word, export)


def is_plain(word: str) -> bool:
    """Tell whether a word is one that may be misspelled: letters only, and not too few."""
    return len(word) >= SHORTEST and word.isascii() and word.isalpha()


def is_english(word: str) -> bool:
    """Tell whether a word is in the list of words that are never corrected (by a Bloom filter, wrong 1 time in 400)."""
    filled = _filter()
    return bool(filled) and all(filled[place >> 3] >> (place & 7) & 1 for place in places(word))


@lru_cache(1)
def _filter() -> bytes:
    """Return the filter, read once; empty where it is not shipped."""
    try:
        with open(_WORDS, "rb") as file:
            return file.read()
    except OSError:
        return b""


def places(word: str) -> Iterator[int]:
    """Yield the bits that stand for a word: double hashing with 32-bit FNV-1a, the same in every language."""
    first, second = _fnv(word, 0x811C9DC5), _fnv(word, 0x9747B28C) | 1
    for turn in range(_HASHES):
        yield (first + turn * second) % BITS


def _fnv(word: str, value: int) -> int:
    for byte in word.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def _nearest(word: str, export: Export) -> list[str]:
    """Return the known words with the fewest edits: names first, then the commonest."""
    most = 2 if len(word) >= LONG else 1
    found = [
        (edits, not names, -count, candidate)
        for candidate, names, count in export.alike(word, most)
        if (edits := distance(word, candidate, most)) <= most
    ]
    found.sort()
    return [entry[3] for entry in found[:TRIES] if entry[:2] == found[0][:2]]


def _split(word: str, export: Export) -> list[str]:
    """Return two known words that make up a joined one: fifoqueue -> fifo queue."""
    for at in range(len(word) - 3, 2, -1):
        if export.holds(word[:at]) and export.holds(word[at:]):
            return [f"{word[:at]} {word[at:]}"]
    return []


def distance(a: str, b: str, most: int) -> int:
    """Return the edits between two words (insert, delete, replace, swap neighbours), or most + 1 when there are more.

    Optimal string alignment; rows are cut short as soon as every entry exceeds `most`.
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    second_last: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            edits = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                edits = min(edits, second_last[j - 2] + 1)
            row.append(edits)
        if min(row) > most:
            return most + 1
        second_last, last = last, row
    return min(last[-1], most + 1)
