"""What is compared of a name, and which names are everyday words."""

from __future__ import annotations

# Names that are also everyday words: only a capital, or nothing else being named, tells that the service is meant.
EVERYDAY = frozenset(
    "alarms amplify backup batch canaries config connect dashboards events forecast glue logs metrics organizations "
    "personalize proton transcribe transfer translate".split()
)


def key(text: str) -> str:
    """Return what is compared of a name: lower case, letters and digits only ("Dynamo DB" = "dynamodb")."""
    return "".join(c for c in text.casefold() if c.isalnum())
