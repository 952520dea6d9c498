"""Fact: a statement with structure, and the check that confirmed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["limit", "quota", "default", "price", "property"]
KINDS: dict[Kind, str] = {
    "limit": "hard limit",
    "quota": "quota, can be raised",
    "default": "default",
    "price": "price",
    "property": "property",
}


@dataclass(frozen=True, slots=True)
class Check:
    """Where and when a value was confirmed against what AWS publishes."""

    against: str
    """What it was checked against: "botocore 1.44.5", "cfn-lint 1.58.0", "AWS documentation"."""
    at: str
    """The place: client/Operation/member, AWS::Type.Property, or an address."""
    date: str
    """ISO date of the check."""
    quote: str = ""
    """Words that stand at the place."""
    min: str = ""
    max: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What sources said before."""

    value: str
    as_of: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One property of a service with its value, sources and dates."""

    id: str
    label: str
    kind: Kind
    value: str
    sources: tuple[str, ...]
    scope: str = ""
    """What the value holds for, when not for everything."""
    detail: str = ""
    """A short clause that the value needs to be understood."""
    checked: Check | None = None
    history: tuple[Earlier, ...] = ()
    binds: tuple[tuple[str, str], ...] = ()
    """Pairs such as ("cloudformation", "AWS::SQS::Queue.DelaySeconds"), ("max", "900")."""

    @property
    def anchor(self) -> str:
        """Address of the fact inside its note; unique there."""
        return "fact-" + self.id + ("-" + slug(self.scope) if self.scope else "")

    @property
    def name(self) -> str:
        """The label with its scope, as a sentence would say it."""
        return f"{self.label} ({self.scope})" if self.scope else self.label


def slug(title: str) -> str:
    """Return the address of a heading: lower case, letters and digits, hyphens between words."""
    kept = "".join(c if c.isalnum() or c in " -_" else "" for c in title.lower())
    return "-".join(kept.replace("-", " ").split())
