"""Reports of findings: lines for people, JSON, SARIF for code scanning, and GitHub's annotations."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from kb.lint.finding import SEVERITIES, Finding, Span
from kb.lint.rule import Rule, Rules
from kb.lint.run import Report

SCHEMA_VERSION = 1
SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"limit": "error", "quota": "note"}
_COMMANDS = {"limit": "error", "quota": "notice"}

Address = Callable[[str, str], str]
"""Makes, of a fact's address (lambda#fact-timeout-max) and its place on the site, what a reader can follow."""


def text_lines(report: Report, address: Address) -> Iterator[str]:
    """Yield two lines for each finding: place and message, then where the fact is."""
    for finding in report.findings:
        place = f"{finding.path}:{finding.span.line}:{finding.span.column}"
        yield f"{place}: {finding.message} [{finding.rule}]"
        yield f"    as of {finding.as_of}, {address(finding.fact, finding.url)}"


def summary(report: Report) -> str:
    """Return what was found, in one line."""
    counts = Counter(finding.severity for finding in report.findings)
    found = ", ".join(f"{counts[s]} beyond a {'hard limit' if s == 'limit' else 'quota'}" for s in SEVERITIES)
    return f"{report.files} file{'' if report.files == 1 else 's'} checked: {found}"


def json_shape(report: Report, address: Address) -> dict[str, Any]:
    """Return a report as JSON data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "files": report.files,
        "findings": [
            finding_shape(finding) | {"link": address(finding.fact, finding.url)} for finding in report.findings
        ],
        "broken": list(report.broken),
        "problems": [{"path": problem.path, "reason": problem.reason} for problem in report.problems],
    }


def finding_shape(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON data; lines and columns count from 1, the end is exclusive."""
    span = finding.span
    return {
        "path": finding.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "detail": finding.detail or None,
        "fact": finding.fact,
        "url": finding.url,
        "as_of": finding.as_of,
        "replacement": finding.replacement or None,
    }


def github_lines(report: Report) -> Iterator[str]:
    """Yield a workflow command for each finding, which GitHub shows beside the changed line."""
    for finding in report.findings:
        span = finding.span
        fields = {"file": relative(finding.path), "line": span.line, "endLine": span.end_line}
        if span.line == span.end_line:  # GitHub takes columns on one line only
            fields |= {"col": span.column, "endColumn": span.end_column}
        fields["title"] = f"kb {finding.rule}"
        said = ",".join(f"{name}={_property(str(value))}" for name, value in fields.items())
        yield f"::{_COMMANDS[finding.severity]} {said}::{_data(f'{finding.message} (kb show {finding.fact})')}"
    for problem in report.problems:
        yield f"::error file={_property(relative(problem.path))}::{_data(problem.reason)}"


def sarif(report: Report, rules: Rules, version: str, address: Address) -> dict[str, Any]:
    """Return a report as a SARIF 2.1.0 log."""
    used = {finding.rule for finding in report.findings}
    described = [rule for rule in rules.all if rule.key in used]
    places = {rule.key: position for position, rule in enumerate(described)}
    driver = {
        "name": "kb lint",
        "version": version,
        "rules": [_sarif_rule(rule, address) for rule in described],
    }
    notices = [{"level": "error", "message": {"text": str(problem)}} for problem in report.problems] + [
        {"level": "warning", "message": {"text": f"{path}: checked as far as it can be read"}} for path in report.broken
    ]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The folder kb lint ran in."}}},
        "results": [_sarif_result(finding, places[finding.rule]) for finding in report.findings],
        "invocations": [{"executionSuccessful": not report.problems, "toolExecutionNotifications": notices}],
    }
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def relative(path: str) -> str:
    """Return a path as seen from the current folder, with slashes, where it lies below it."""
    try:
        seen = os.path.relpath(path)
    except ValueError:  # another drive
        return path
    return (path if seen.startswith("..") else seen).replace(os.sep, "/")


def _sarif_rule(rule: Rule, address: Address) -> dict[str, Any]:
    fact = rule.fact
    link = address(f"{rule.note}#{fact.anchor}", rule.url)
    said = f"{rule.title}: {rule.reason()}."
    shape: dict[str, Any] = {
        "id": rule.key,
        "shortDescription": {"text": f"{rule.title}: {fact.name}"},
        "fullDescription": {"text": f"{said} {fact.detail}".strip()},
        "help": {"text": f"{said} As of {rule.as_of}. {link}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.severity, rule.note], "precision": "very-high", "as_of": rule.as_of},
    }
    return shape | ({"helpUri": link} if link.startswith("http") else {})


def _sarif_result(finding: Finding, position: int) -> dict[str, Any]:
    place = _artifact(finding.path)
    shape: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": position,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": {"artifactLocation": place, "region": _region(finding.span)}}],
    }
    if finding.replacement:
        put = {"deletedRegion": _region(finding.span), "insertedContent": {"text": finding.replacement}}
        change = {"artifactLocation": place, "replacements": [put]}
        shape["fixes"] = [{"description": {"text": f"Set to {finding.replacement}"}, "artifactChanges": [change]}]
    return shape


def _artifact(path: str) -> dict[str, str]:
    seen = relative(path)
    if os.path.isabs(seen):
        return {"uri": "file://" + quote(seen.replace(os.sep, "/"))}
    return {"uri": quote(seen), "uriBaseId": "SRCROOT"}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
