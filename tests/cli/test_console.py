"""Console transcripts: commands on the small vault, their output and exit status.

A transcript holds `$ kb ...` lines, each followed by what it writes to standard output, then lines starting with `!`
for standard error, then `[exit N]` unless it is 0. KB_UPDATE=1 rewrites them; read the difference before committing.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "console"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def played(text: str, run: Run, base: Path) -> str:
    lines = []
    given = text.splitlines()
    for line, following in zip(given, [*given[1:], ""], strict=True):
        if not line.startswith("$ kb"):
            if line.startswith("# ") and following.startswith("$ kb"):
                lines.append(line)
            continue
        done = run(*shlex.split(line[4:]))
        lines += [line, *done.stdout.rstrip("\n").split("\n")] if done.stdout else [line]
        lines += [f"! {error}" for error in done.stderr.rstrip("\n").split("\n") if error]
        if done.returncode:
            lines.append(f"[exit {done.returncode}]")
        lines.append("")
    return "\n".join(lines).replace(str(base), "BASE")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda p: p.stem)
def test_transcript(path: Path, run_kb: Run, indexed_vault: Path) -> None:
    """The commands do what the transcript says."""
    now = played(path.read_text(encoding="utf-8"), run_kb, indexed_vault)
    if os.environ.get("KB_UPDATE"):
        path.write_text(now, encoding="utf-8")

    assert now == path.read_text(encoding="utf-8")
