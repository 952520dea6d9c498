"""What is compared of a name."""

from __future__ import annotations


def key(text: str) -> str:
    """Return what is compared of a name: lower case, letters and digits only ("Dynamo DB" = "dynamodb")."""
    return "".join(c for c in text.casefold() if c.isalnum())
