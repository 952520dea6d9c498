"""`kb eval`: how good is the search, by a file of questions?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from kb.base import KnowledgeBase
from kb.cli import output


@click.command("eval")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--per-style", is_flag=True, help="Print the figures of each style of question.")
@click.option("--explain-misses", is_flag=True, help="List the questions whose first hit is not right, with what came.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.pass_obj
def command(base: str | None, file: Path, per_style: bool, explain_misses: bool, as_json: bool) -> int:
    """Score the search by the questions in FILE, one JSON object a line: id, query, style, service, must.

    A hit is right when its note is among `service` and its heading and text match every regular expression of `must`;
    a question without `service` must find nothing.
    """
    from kb.search.evaluate import answer, read_questions, scores

    kb = KnowledgeBase(base)
    answered = [answer(question, lambda text, limit: kb.search(text, limit).hits) for question in read_questions(file)]
    figures = scores(answered)
    misses = [one for one in answered if not one.right]
    if as_json:
        shape = {
            "schema_version": 1,
            "scores": [asdict(score) for score in figures],
            "misses": [
                {"id": m.question.id, "query": m.question.query, "rank": m.rank, "found": m.found} for m in misses
            ],
        }
        output.page(json.dumps(shape, ensure_ascii=False, indent=2))
        return 0
    click.echo(f"{'style':12} questions  Hit@1 (95 %)       Hit@3  Hit@10  MRR@10")
    for score in figures if per_style else figures[-1:]:
        interval = f"{score.hit_1:.3f} ({score.low:.2f}-{score.high:.2f})"
        click.echo(
            f"{score.style:12} {score.questions:9}  {interval:17}  {score.hit_3:.3f}  {score.hit_10:.3f}   {score.mrr_10:.3f}"
        )
    for miss in misses if explain_misses else ():
        click.echo(
            f"{miss.question.id}: {miss.question.query} - rank {miss.rank or 'none'}; came: {', '.join(miss.found) or 'nothing'}"
        )
    return 0
