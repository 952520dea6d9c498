"""The key of a text: what its vector is kept under; and whether a file has it, told without numpy."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

KEY = 8
HEADER, COUNT = 64, 48
"""Bytes of the header of a file of vectors, and where it states the count; see vectors.py."""


def text_key(text: str) -> bytes:
    """Return the key of a text: the first 8 bytes of its SHA-256."""
    from hashlib import sha256

    return sha256(text.encode("utf-8", "surrogatepass")).digest()[:KEY]


def known(path: str, keys: list[bytes]) -> int:
    """Return how many of the keys a file of vectors holds, without numpy; 0 when there is no such file."""
    try:
        with open(path, "rb") as file:
            count = int.from_bytes(file.read(HEADER)[COUNT:][:8], "little")
            return sum(_holds(file, count, key) for key in keys)
    except OSError:
        return 0


def _holds(file: BinaryIO, count: int, key: bytes) -> bool:
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        file.seek(HEADER + middle * KEY)
        if file.read(KEY) < key:
            low = middle + 1
        else:
            high = middle
    file.seek(HEADER + low * KEY)
    return low < count and file.read(KEY) == key
