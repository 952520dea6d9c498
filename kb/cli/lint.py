"""`kb lint`: values in templates and code that AWS does not allow."""

from __future__ import annotations

import json

import click

from kb.base import KnowledgeBase
from kb.cli import output
from kb.errors import InputError
from kb.lint import report as reports
from kb.lint.rule import Rules
from kb.lint.run import Report, lint_paths

_SHOWN = 10
FORMATS = ("text", "json", "sarif", "github")


@click.command("lint")
@click.argument("paths", nargs=-1)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How to print the findings.")
@click.option(
    "--fail-on",
    type=click.Choice(("limit", "quota", "never")),
    default="limit",
    help="What gives exit status 1: hard limits; quotas too; nothing.",
)
@click.option(
    "--ignore", multiple=True, metavar="RULE", help="Leave a rule out, such as lambda#timeout-max, or a note."
)
@click.option("--site", metavar="URL", help="Address of a kb site, for links to it. Also KB_SITE.", envvar="KB_SITE")
@click.option("--rules", "list_rules", is_flag=True, help="List the rules and the settings they are about.")
@click.pass_obj
def command(
    base: str | None,
    paths: tuple[str, ...],
    form: str,
    fail_on: str,
    ignore: tuple[str, ...],
    site: str,
    list_rules: bool,
) -> int:
    """Check the values that templates and code in PATHS set against the limits in the notes.

    Reads CloudFormation and SAM (YAML, JSON), Terraform, serverless.yml, and CDK constructs and AWS SDK calls in
    Python, TypeScript and JavaScript; folders are searched, the current one without PATHS. Only values that stand in
    the text count: what is computed or filled in later is left alone. `# kb: ignore[RULE]` turns a rule off on its
    line, `# kb: ignore-file[RULE]` in its file.
    """
    kb = KnowledgeBase(base)
    rules = Rules.read(kb.root, kb.sources)
    if unknown := rules.unknown(ignore):
        raise InputError(f"--ignore {unknown[0]}", "no such rule; kb lint --rules lists them")
    rules = rules.without(ignore)
    if list_rules:
        output.page("\n".join(_listed(rules)))
        return 0
    found = lint_paths(paths or (".",), rules)
    _print(found, rules, form, site or "", kb)
    for problem in found.problems:
        click.echo(f"kb: {problem}", err=True)
    if found.problems:
        return 2
    failing = {"limit": ("limit",), "quota": ("limit", "quota"), "never": ()}[fail_on]
    return int(any(finding.severity in failing for finding in found.findings))


def _print(found: Report, rules: Rules, form: str, site: str, kb: KnowledgeBase) -> None:
    def address(fact: str, url: str) -> str:
        return f"{site.rstrip('/')}/{url}" if site else kb.command(f"kb show {fact}")

    if form == "json":
        output.page(json.dumps(reports.json_shape(found, address), ensure_ascii=False, indent=2))
        return
    if form == "sarif":
        from importlib.metadata import version

        output.page(json.dumps(reports.sarif(found, rules, version("aws-kb"), address), ensure_ascii=False, indent=2))
        return
    lines = list(reports.github_lines(found) if form == "github" else reports.text_lines(found, address))
    if lines:
        output.page("\n".join(lines))
    for path in found.broken[:_SHOWN]:
        click.echo(f"{path}: has errors, checked as far as it can be read", err=True)
    if len(found.broken) > _SHOWN:
        click.echo(f"... and {len(found.broken) - _SHOWN} more files with errors", err=True)
    click.echo(reports.summary(found), err=True)


def _listed(rules: Rules) -> list[str]:
    lines = []
    for rule in rules.all:
        lines.append(f"{rule.key}: {rule.reason()}")
        lines += [f"    {address.dialect}: {address}" for address in rule.binding.addresses]
    return lines
