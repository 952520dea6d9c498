"""Resolve any way of naming a service to its note: names, ids, and what code calls it."""

from __future__ import annotations

import re

from kb.errors import NotFound
from kb.links.key import key

TYPE_CHECKING = False
if TYPE_CHECKING:  # the search path reads this module: typing would cost it milliseconds
    from collections.abc import Iterable
    from typing import Protocol

    class Table(Protocol):
        """Where names and identifiers are looked up: the notes in memory, or the ranked export."""

        def by_name(self, name_key: str) -> list[str]:
            """Return the notes with this name, by its key."""

        def by_identifier(self, kind: str, identifier: str) -> list[str]:
            """Return the notes that claim this identifier."""

        def name_texts(self) -> Iterable[str]:
            """Return every name as it is written."""


# What an identifier looks like in code, and which kind of identifier its first group is. The first that matches decides.
PATTERNS: tuple[tuple[str, str, str], ...] = (
    ("CloudFormation type", "cloudformation", r"(AWS::\w+(?:::[\w:]*)?)(?:\.[\w.]*)?"),
    ("ARN", "iam", r"arn:aws[\w-]*:([\w-]+):.*"),
    ("service principal", "iam", r"([\w-]+)\.amazonaws\.com(?:\.cn)?"),
    (
        "boto3 client",
        "boto3",
        r"(?:[\w.]*\.)?(?:client|resource|create_client)\(\s*(?:service_name\s*=\s*)?[\"']([\w-]+)[\"'].*\)?",
    ),
    ("CDK module", "cdk", r"(?:aws-cdk-lib[/.]|aws_cdk\.|@aws-cdk/)aws[-_]([\w-]+)"),
    ("JavaScript SDK", "boto3", r"@aws-sdk/(?:client|lib)-([\w-]+)"),
    ("Java SDK", "boto3", r"(?:software\.amazon\.awssdk|com\.amazonaws)\.services\.(\w+).*"),
    ("Go SDK", "boto3", r"(?:github\.com/aws/aws-sdk-go(?:-v2)?/)?service/(\w+)"),
    ("Rust SDK", "boto3", r"aws[-_]sdk[-_]([\w-]+)"),
    ("JavaScript SDK v2", "boto3", r"(?:new\s+)?AWS\.(\w+)(?:\(.*)?"),
    ("CLI command", "cli", r"aws\s+([\w-]+)(?:\s+.*)?"),
    ("IAM action", "iam", r"([a-z][\w-]*):(?:\*|[A-Z][\w*?]*)"),
    ("Terraform type", "terraform", r"(aws_\w+)(?:\.[\w.\[\]\"-]+)?"),
)


class Resolved:
    """What a text was recognised as, and the notes it means."""

    __slots__ = ("as_what", "notes", "text")

    def __init__(self, text: str, as_what: str, notes: tuple[str, ...]) -> None:
        self.text = text
        self.as_what = as_what
        self.notes = notes


def recognise(text: str, table: Table) -> Resolved | None:
    """Return what a text names, or None: an exact name first, then the forms code uses."""
    text = text.strip()
    if notes := table.by_name(key(text)):
        return Resolved(text, "name", tuple(notes))
    for what, kind, pattern in PATTERNS:
        match = re.fullmatch(pattern, text, re.S)
        if match and (notes := _owners(kind, match.group(1), table)):
            return Resolved(text, what, tuple(notes))
    for kind in ("boto3", "cli", "iam", "cloudformation"):
        if notes := table.by_identifier(kind, text.casefold()):
            return Resolved(text, f"{kind} identifier", tuple(notes))
    return None


def resolve(text: str, table: Table) -> Resolved:
    """Return what a text names.

    Raises:
        NotFound: nothing is called that; carries the nearest names.
    """
    found = recognise(text, table)
    if found:
        return found
    raise NotFound("name or identifier", text, nearest(text, table.name_texts()))


def nearest(text: str, names: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return the names that come closest to a text."""
    from difflib import get_close_matches

    by_lower = {name.casefold(): name for name in names}
    return tuple(by_lower[match] for match in get_close_matches(text.casefold()[:80], by_lower, n=limit, cutoff=0.6))


def _owners(kind: str, found: str, table: Table) -> list[str]:
    identifier = found.casefold()
    if kind == "terraform":
        parts = identifier.split("_")
        for size in range(len(parts), 1, -1):
            if notes := table.by_identifier(kind, "_".join(parts[:size])):
                return notes
        return []
    if kind == "cloudformation":
        return _longest_type(found, table)
    kinds = ("boto3", "iam", "cli") if kind in ("iam", "cli", "boto3", "cdk") else (kind,)
    for candidate in (kind, *kinds):
        if notes := table.by_identifier(candidate, identifier):
            return notes
    bare = key(identifier)
    return next(
        (notes for k in kinds if (notes := table.by_identifier(k, bare))), table.by_name(bare) if kind != "iam" else []
    )


def _longest_type(found: str, table: Table) -> list[str]:
    """Return the notes of the longest claimed start of a CloudFormation type: AWS::EC2::VPC before AWS::EC2."""
    for size in range(len(found), len("AWS::"), -1):
        if size == len(found) or found[size] == ":" or found[size].isupper():
            notes = table.by_identifier("cloudformation", found[:size].rstrip(":").casefold())
            if notes:
                return notes
    return []
