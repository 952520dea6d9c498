"""Fixtures: a small vault with its index, the bundled notes with theirs, and folders made from a mapping."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kb import KnowledgeBase

ROOT = Path(__file__).parent.parent
VAULT = Path(__file__).parent / "vault"
Tree = Callable[[dict[str, str | bytes]], Path]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees the user's settings or writes to the user's cache."""
    for name in ("KB_BASE", "KB_PAGER", "NO_COLOR", "COLUMNS", "PAGER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Write a folder from a mapping of path to content."""

    def write(files: dict[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A copy of the small vault, to change at will."""
    return Path(shutil.copytree(VAULT, tmp_path / "vault", ignore=shutil.ignore_patterns(".kb")))


@pytest.fixture(scope="session")
def indexed_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small vault with its index, not to be changed."""
    base = Path(shutil.copytree(VAULT, tmp_path_factory.mktemp("base") / "vault", ignore=shutil.ignore_patterns(".kb")))
    KnowledgeBase(str(base)).build()
    return base


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The project's own notes with a fresh index."""
    base = tmp_path_factory.mktemp("bundled")
    (base / "docs").symlink_to(ROOT / "docs")
    kb = KnowledgeBase(str(base))
    kb.build(full=True)
    return kb


@pytest.fixture
def run_kb(indexed_vault: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the kb command as its own process, on the small vault."""

    def run(*arguments: str, base: Path | None = indexed_vault, **environment: str) -> subprocess.CompletedProcess[str]:
        chosen = ["--base", str(base)] if base else []
        return subprocess.run(
            [sys.executable, "-m", "kb", *chosen, *arguments],
            capture_output=True, text=True, encoding="utf-8", timeout=60, check=False, env={**os.environ, **environment}, cwd="/",
        )  # fmt: skip

    return run


@contextmanager
def serving(base: Path | None, *options: str, said: Path | None = None, cwd: str = "/") -> Iterator[str]:
    """Run `kb serve` on a free port as its own process and give its address; `said` gets what it tells."""
    chosen = ["--base", str(base)] if base else []
    command = [sys.executable, "-u", "-m", "kb", *chosen, "serve", "--port", "0", *options]
    with (
        open(said or os.devnull, "w", encoding="utf-8") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=cwd) as process,
    ):
        assert process.stdout
        try:
            line = process.stdout.readline()
            assert line.startswith("http://"), said.read_text(encoding="utf-8") if said else command
            yield line.split()[0].rstrip("/")
        finally:
            process.terminate()


def cases(name: str) -> list[object]:
    """Read a Markdown case file: title, input and expected, separated by lines of one dot."""
    found = []
    for block in (Path(__file__).parent / "cases" / name).read_text(encoding="utf-8").split("\n\n===\n\n"):
        title, given, expected = (part.strip("\n") for part in f"{block}\n".split("\n.\n"))
        found.append(pytest.param(given, expected, id=title.strip()))
    return found
