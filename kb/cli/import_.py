"""`kb import`: raw notes in, as a plan that a person reviews; then the accepted part of it into the notes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb.base import KnowledgeBase
from kb.cli.index import Progress
from kb.errors import InputError


@click.command("import")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--source", metavar="ID", help="Id of the source that these files are.")
@click.option("--again", is_flag=True, help="The source is known already; compare with it and cite it.")
@click.option("--title", default="", help="Title of the source; its id if not given.")
@click.option("--author", default="not stated", show_default=True, help="Who wrote it.")
@click.option("--date", default="", help="When: YYYY, YYYY-MM or YYYY-MM-DD; today if not given.")
@click.option("--licence", default="not stated", show_default=True, help="Under which licence.")
@click.option("--plan", type=click.Path(path_type=Path), help="Write the plan to this file.")
@click.option(
    "--apply", "plan_to_apply", type=click.Path(path_type=Path), help="Write the accepted entries of this plan."
)
@click.option("--semantic", is_flag=True, help="Compare by meaning too; an error where that is not installed.")
@click.option("--no-semantic", is_flag=True, help="Compare by words and values only.")
@click.pass_obj
def command(
    base: str | None,
    /,
    paths: tuple[Path, ...],
    source: str | None,
    again: bool,
    plan: Path | None,
    plan_to_apply: Path | None,
    semantic: bool,
    no_semantic: bool,
    **about: str,
) -> int:
    """Compare raw notes (Markdown, HTML, text; files or folders) with the notes, and say what an import would bring.

    Nothing is written but the plan, which is Markdown to read and edit; --apply writes what it accepts.
    """
    kb = KnowledgeBase(base)
    if plan_to_apply:
        if paths or source or plan:
            raise click.UsageError("--apply takes a plan and nothing else")
        applied = kb.apply_plan(plan_to_apply)
        click.echo(f"{applied.statements:,} statements written into {applied.notes:,} notes")
        return 0
    if not paths or not source:
        raise click.UsageError("name files or folders and --source ID, or a plan with --apply")
    with Progress(not sys.stderr.isatty()) as progress:
        meant = semantic or (False if no_semantic else None)
        made, dropped = kb.propose(paths, _about(kb, source, again, about), progress.step, semantic=meant)
    click.echo(
        ", ".join(f"{count:,} {status}" for status, count in made.counts().items()) + f", {dropped:,} lines dropped"
    )
    if plan:
        from kb.merge.plan import write_plan
        from kb.notes.write import replace_file

        replace_file(plan, write_plan(made, {note.id: note.title for note in kb.folder.notes.values()}))
        click.echo(f"plan: {plan}; edit it, then: {kb.command(f'kb import --apply {plan}')}")
    return 0


def _about(kb: KnowledgeBase, source: str, again: bool, given: dict[str, str]) -> dict[str, str]:
    """Return what is said of the source; of a known one, what its page says."""
    from kb.notes.frontmatter import DATE, ID

    if again and source not in kb.sources:
        raise InputError(source, "no source has this id; leave --again out")
    if again:
        known = kb.sources[source]
        given = {"title": known.title, "author": known.author, "date": known.date, "licence": known.licence}
    elif source in kb.sources:
        raise InputError(source, "a source has this id already; take another, or say --again")
    if not ID.fullmatch(source):
        raise InputError(source, "an id has lower-case words with hyphens")
    if given["date"] and not DATE.fullmatch(given["date"]):
        raise InputError(given["date"], "a date is YYYY, YYYY-MM or YYYY-MM-DD")
    return {"source": source} | given | {"title": given["title"] or source, "date": given["date"] or _today()}


def _today() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()
