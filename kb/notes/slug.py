"""Turn a heading into its address."""

from __future__ import annotations


def slug(title: str) -> str:
    """Return the address of a heading: lower case, letters and digits, hyphens between words."""
    kept = "".join(c if c.isalnum() or c in " -_" else "" for c in title.lower())
    return "-".join(kept.replace("-", " ").split())
