"""`kb verify`: do the figures still stand in AWS's own models?"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict

import click

from kb.base import KnowledgeBase
from kb.cli import output


@click.command("verify")
@click.argument("services", nargs=-1)
@click.option("--all", "show_all", is_flag=True, help="List what holds too, and what only a person can check.")
@click.option("--update", is_flag=True, help="Renew version and date of every check that holds.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_obj
def command(base: str | None, services: tuple[str, ...], show_all: bool, update: bool, as_json: bool) -> int:
    """Check the facts and identifiers of SERVICES, or of all, against botocore and cfn-lint as installed.

    A finding: holds; changed (old, new, where); gone (the place is no more); by hand (checked against a page, not a
    model). Exit status 1 when something changed or is gone. Needs the extra `verify`; nothing is fetched.
    """
    kb = KnowledgeBase(base)
    findings = kb.verify(services, update=update)
    wrong = [finding for finding in findings if finding.outcome in ("changed", "gone")]
    if as_json:
        shape = {"schema_version": 1, "findings": [asdict(finding) for finding in findings]}
        output.page(json.dumps(shape, ensure_ascii=False, indent=2))
        return int(bool(wrong))
    for finding in findings if show_all else wrong:
        click.echo(f"{finding.outcome}: {finding.note} {finding.subject} ({finding.where})")
        if finding.outcome == "changed":
            click.echo(f"  note:  {finding.old}\n  model: {finding.new}")
    counts = Counter(finding.outcome for finding in findings)
    summary = ", ".join(f"{counts[outcome]} {outcome}" for outcome in ("holds", "changed", "gone", "by hand"))
    click.echo(f"{summary}{'; dates renewed' if update else ''}", err=True)
    return int(bool(wrong))
