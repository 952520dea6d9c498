"""`kb index`: build or refresh the search index."""

from __future__ import annotations

import sys
import time
from typing import Self

import click

from kb.base import KnowledgeBase


@click.command("index")
@click.option("--full", is_flag=True, help="Forget what was indexed before.")
@click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
@click.pass_obj
def command(base: str | None, full: bool, quiet: bool) -> int:
    """Bring the search index up to date with the notes.

    Only changed notes are indexed again. Searches go on meanwhile, on the old index until the new one is complete.
    """
    kb = KnowledgeBase(base)
    started = time.perf_counter()
    with Progress(quiet or not sys.stderr.isatty()) as progress:
        stats = kb.build(full=full, step=progress.step)
    click.echo(f"{stats} in {time.perf_counter() - started:.1f} s", err=True)
    for problem in stats.problems:
        click.echo(f"kb: {problem}", err=True)
    return int(bool(stats.problems))


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
        if not self.silent:
            if what not in self.tasks:
                self.tasks[what] = self.bar.add_task(what)
            self.bar.update(self.tasks[what], completed=done, total=total)  # type: ignore[arg-type]

    def __exit__(self, *exception: object) -> None:
        if not self.silent:
            self.bar.stop()
