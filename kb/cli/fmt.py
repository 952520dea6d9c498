"""`kb fmt`: write notes in their one right form."""

from __future__ import annotations

from pathlib import Path

import click

from kb.base import KnowledgeBase
from kb.errors import NoteError
from kb.notes.write import replace_file


@click.command("fmt")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; name the files that would change and exit with 1.")
@click.pass_obj
def command(base: str | None, paths: tuple[Path, ...], check: bool) -> int:
    """Write notes in their one right form; all notes when no PATHS are given.

    Running it twice changes nothing. A note with an error is left as it is.
    """
    kb = KnowledgeBase(base)
    changed, failed, total = 0, 0, 0
    for path in _files(kb, paths):
        total += 1
        try:
            before, after = kb.formatted(path)
        except NoteError as error:
            failed += 1
            click.echo(f"kb: {error}", err=True)
            continue
        if before != after:
            changed += 1
            click.echo(f"{'would change' if check else 'changed'} {path}")
            if not check:
                replace_file(path, after)
    click.echo(f"{total} notes, {changed} {'to change' if check else 'changed'}, {failed} with errors", err=True)
    return 2 if failed else int(check and changed > 0)


def _files(kb: KnowledgeBase, paths: tuple[Path, ...]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(
                file
                for name in ("services", "topics")
                for file in (path / name if (path / name).is_dir() else path).glob("*.md")
            )
        elif path.exists():
            files.append(path)
        else:
            raise click.UsageError(f"no such file or folder: {path}")
    return list(dict.fromkeys(files)) if paths else list(kb.note_paths())
