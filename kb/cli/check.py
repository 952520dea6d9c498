"""`kb check`: report every problem of every note."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kb.base import KnowledgeBase
from kb.errors import NoteError


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
@click.pass_obj
def command(base: str | None, paths: tuple[Path, ...], as_json: bool) -> int:
    """Report every problem of every note, or only of the notes in PATHS.

    All notes are read either way: ids, names and links are checked across them. Exit status 1 when there are problems.
    """
    kb = KnowledgeBase(base)
    problems = kb.check()
    if paths:
        wanted = [path.resolve() for path in paths]
        problems = [p for p in problems if any((kb.root / p.path).resolve().is_relative_to(path) for path in wanted)]
    if as_json:
        click.echo(json.dumps({"schema_version": 1, "problems": [_shape(p) for p in problems]}, indent=2))
    else:
        for problem in problems:
            click.echo(str(problem))
        click.echo(f"{len(problems)} problems", err=True)
    return int(bool(problems))


def _shape(problem: NoteError) -> dict[str, object]:
    return {
        "kind": type(problem).__name__,
        "path": problem.path,
        "line": problem.line,
        "field": problem.field,
        "expected": problem.expected,
        "found": problem.found,
    }
