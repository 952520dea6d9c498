"""`kb eval`: how good is the search, by a file of questions or a retrieval collection?"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from kb.base import KnowledgeBase
from kb.cli import output
from kb.errors import InputError


@click.command("eval")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--per-style", is_flag=True, help="Print the figures of each style of question.")
@click.option("--explain-misses", is_flag=True, help="List the questions whose first hit is not right, with what came.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--semantic", is_flag=True, help="Search by meaning too; an error where that is not installed.")
@click.option("--no-semantic", is_flag=True, help="Search by words only.")
@click.pass_obj
def command(
    base: str | None,
    file: Path,
    per_style: bool,
    explain_misses: bool,
    as_json: bool,
    semantic: bool,
    no_semantic: bool,
) -> int:
    """Score the search by the questions in FILE, one JSON object a line: id, query, style, service, must.

    A hit is right when its note is among `service` and its heading and text match every regular expression of `must`;
    a question without `service` must find nothing. FILE may also be a folder with a retrieval collection (corpus.jsonl,
    queries.jsonl, qrels.tsv), which is indexed for the occasion, by words unless --semantic is given.
    """
    from kb.evaluate.collection import is_collection

    if is_collection(file):
        return _collection(file, as_json, semantic)
    if file.is_dir():
        raise InputError(
            str(file), "expected a file of questions, or a folder with corpus.jsonl, queries.jsonl, qrels.tsv"
        )
    return _questions(base, file, per_style, explain_misses, as_json, semantic or (False if no_semantic else None))


def _collection(folder: Path, as_json: bool, semantic: bool) -> int:
    from kb.evaluate.collection import read_collection, score
    from kb.index.build import build_from
    from kb.search.searcher import Searcher

    collection = read_collection(folder)
    with tempfile.TemporaryDirectory() as target:
        build_from(collection.notes(), target)
        if semantic:
            from kb.index.embed import embed_notes

            embed_notes(collection.notes(), target)
        searcher = Searcher(target)
        figures = score(
            collection, lambda text, limit: [hit.note for hit in searcher.search(text, limit, semantic=semantic).hits]
        )
        searcher.close()
    if as_json:
        output.page(json.dumps({"schema_version": 1} | asdict(figures), indent=2))
    else:
        click.echo("queries  nDCG@10  MAP@100  Recall@100")
        click.echo(f"{figures.queries:7}   {figures.ndcg_10:.4f}   {figures.map_100:.4f}      {figures.recall_100:.4f}")
    return 0


def _questions(
    base: str | None, file: Path, per_style: bool, explain_misses: bool, as_json: bool, semantic: bool | None
) -> int:
    from kb.evaluate.questions import answer, read_questions, scores

    kb = KnowledgeBase(base)
    questions = read_questions(file)
    answered = [answer(q, lambda text, limit: kb.search(text, limit, semantic=semantic).hits) for q in questions]
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
