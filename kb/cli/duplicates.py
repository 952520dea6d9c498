"""`kb duplicates`: what the notes say twice."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from kb.base import KnowledgeBase
from kb.cli import output

if TYPE_CHECKING:
    from kb.merge.match import Known, Match

MEANING = [
    click.Option(["--semantic"], is_flag=True, help="Compare by meaning too; an error where that is not installed."),
    click.Option(["--no-semantic"], is_flag=True, help="Compare by words and values only."),
]
OPTIONS = [
    *MEANING,
    click.Option(["--json", "as_json"], is_flag=True, help="Print the pairs as JSON."),
    click.Option(["--accept"], metavar="KEY", help="Let the pair with this key stand; needs --reason."),
    click.Option(["--reason"], default="", help="Why it stands."),
]


@click.command("duplicates", params=list(OPTIONS))
@click.pass_obj
def command(base: str | None, /, **options: object) -> int:
    """List pairs of statements of one note that say the same.

    Exit status 1 when there are any that nobody accepted.
    """
    return report(base, "duplicate", **options)  # type: ignore[arg-type]


def report(
    base: str | None, kind: str, as_json: bool, accept: str | None, reason: str, semantic: bool, no_semantic: bool
) -> int:
    """Print the pairs of a kind, or record one as accepted."""
    kb = KnowledgeBase(base)
    from kb.cli.index import Progress

    with Progress(not sys.stderr.isatty()) as progress:
        found = kb.pairs(kind, progress.step, semantic=semantic or (False if no_semantic else None))
    if accept:
        return _accept(kb, kind, accept, reason, found)
    if as_json:
        shape = {"schema_version": 1, "kind": kind, "pairs": [_shape(*pair) for pair in found]}
        output.page(json.dumps(shape, ensure_ascii=False, indent=2))
    else:
        lines = [line for pair in found for line in _lines(*pair)]
        output.page("\n".join([*lines, f"{len(found)} open {kind}s, {len(kb.accepted)} accepted pairs"]))
    return int(bool(found))


def _shape(key: str, a: Known, match: Match) -> dict[str, object]:
    return {
        "key": key,
        "a": {"id": a.id, "text": a.statement.text},
        "b": {"id": match.known.id, "text": match.known.statement.text},
        "score": round(match.related.score, 3),
        "why": match.related.why,
    }


def _lines(key: str, a: Known, match: Match) -> list[str]:
    columns = output.width()
    head = f"{output.style(key, output.CYAN)}  {match.related.score:.2f}  {match.related.why}"
    sides = [(a.id, a.statement.text), (match.known.id, match.known.statement.text)]
    return [head, *(line for id, text in sides for line in output.wrap(f"{id}: {text}", "  ", columns))]


def _accept(kb: KnowledgeBase, kind: str, key: str, reason: str, found: list[tuple[str, Known, Match]]) -> int:
    """Record a pair that stands."""
    from datetime import UTC, datetime

    from kb.errors import NotFound
    from kb.merge.accepted import Accepted, accept

    pair = next(((a, m) for one, a, m in found if one == key), None)
    if pair is None:
        raise NotFound(f"open {kind}", key, tuple(one for one, _, _ in found[:3]))
    accept(kb.root, Accepted(key, kind, pair[0].id, pair[1].known.id, reason, datetime.now(UTC).date().isoformat()))
    click.echo(f"accepted: {key}")
    return 0
