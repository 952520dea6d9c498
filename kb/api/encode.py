"""Encode JSON data as bytes: the same data, the same bytes."""

from __future__ import annotations

import json
from typing import Any


def encoded(data: Any) -> bytes:
    """Return JSON in UTF-8 with sorted keys, on one line that ends; what no text can hold becomes a question mark."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"
