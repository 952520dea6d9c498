"""The key of a text: what its vector is kept under."""

from __future__ import annotations

KEY = 8


def text_key(text: str) -> bytes:
    """Return the key of a text: the first 8 bytes of its SHA-256."""
    from hashlib import sha256

    return sha256(text.encode("utf-8", "surrogatepass")).digest()[:KEY]
