"""Finding: one value that AWS does not allow, or allows only after a quota was raised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["limit", "quota"]
SEVERITIES: dict[Severity, str] = {"limit": "hard limit", "quota": "quota, can be raised"}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Where something stands: lines and columns count from 1, columns in code points, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A value, what is wrong with it, and the fact that says so."""

    path: str
    span: Span
    """The value, with its quotes."""
    rule: str
    """Key of the rule: lambda#timeout-max."""
    severity: Severity
    message: str
    """What is wrong and why, in one sentence."""
    detail: str
    """What the fact says besides: what it holds for, its clause."""
    fact: str
    """Address of the fact: lambda#fact-timeout-max."""
    url: str
    """Where the site has it, relative to its root: services/lambda/#fact-timeout-max."""
    as_of: str
    """Date of the fact."""
    replacement: str = ""
    """Text to put in place of the span so that the value is allowed; empty when there is no certain one."""
