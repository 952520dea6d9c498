"""`kb index`: build or refresh the search index."""

from __future__ import annotations

import sys
import time
from typing import Self

import click

from kb.base import KnowledgeBase

STRIDE = 16
"""Every so many steps the bar moves."""
FEW = 500
"""So many vectors are made without being asked for."""
VECTORS_PER_MINUTE = 2500


@click.command("index")
@click.option("--full", is_flag=True, help="Forget what was indexed before.")
@click.option("--vectors", is_flag=True, help="Also make many vectors for searching by meaning; it takes minutes.")
@click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
@click.pass_obj
def command(base: str | None, full: bool, vectors: bool, quiet: bool) -> int:
    """Bring the search index up to date with the notes.

    Only changed notes are indexed again. Searches go on meanwhile, on the old index until the new one is complete.
    """
    kb = KnowledgeBase(base)
    started = time.perf_counter()
    with Progress(quiet or not sys.stderr.isatty()) as progress:
        stats = kb.build(full=full, step=progress.step)
    click.echo(f"{stats} in {time.perf_counter() - started:.1f} s", err=True)
    _embed(kb, vectors, quiet or not sys.stderr.isatty())
    for problem in stats.problems:
        click.echo(f"kb: {problem}", err=True)
    return int(bool(stats.problems))


def _embed(kb: KnowledgeBase, asked: bool, silent: bool) -> None:
    """Make the vectors that are missing: a few at once, many when asked for."""
    from kb.semantic.model import available

    if not asked and not available():
        return
    from kb.index.embed import missing

    count = len(missing(kb.index))
    if count > FEW and not asked:
        minutes = round(count / VECTORS_PER_MINUTE) or 1
        line = kb.command("kb index --vectors")
        click.echo(f"{count:,} units have no vector yet; to search by meaning (about {minutes} min): {line}", err=True)
    elif count or asked:
        started = time.perf_counter()
        with Progress(silent) as progress:
            made = kb.embed(progress.step)
        click.echo(f"{made:,} vectors made in {time.perf_counter() - started:.1f} s", err=True)


class Progress:
    """A progress bar on standard error, or nothing when it is silent."""

    def __init__(self, silent: bool) -> None:
        self.silent = silent

    def __enter__(self) -> Self:
        if not self.silent:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
            from rich.progress import Progress as Bar

            self.bar = Bar(
                TextColumn("{task.description:9}"),
                BarColumn(),
                MofNCompleteColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self.tasks: dict[str, int] = {}
            self.bar.start()
        return self

    def step(self, what: str, done: int, total: int) -> None:
        """Show how far a stage is."""
        if not self.silent and (done % STRIDE == 0 or done == total):
            if what not in self.tasks:
                self.tasks[what] = self.bar.add_task(what)
            self.bar.update(self.tasks[what], completed=done, total=total)  # type: ignore[arg-type]

    def __exit__(self, *exception: object) -> None:
        if not self.silent:
            self.bar.stop()
