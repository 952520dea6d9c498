"""The shape of the code: who may import whom, how long things are, where engines are known."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "kb"
# A stage imports only from stages of a lower rank; stages of one rank do not know each other.
LAYERS = [
    {"errors"}, {"notes"}, {"links", "facts", "semantic"}, {"sources"}, {"merge"}, {"index"}, {"search"}, {"evaluate"}, {"locate"}, {"base", "starter"}, {"api", "publish"}, {"site", "export", "lint"}, {"editors", "mcp"}, {"serve"}, {"cli"}, {"__main__"},
]  # fmt: skip
RANK = {stage: rank for rank, stages in enumerate(LAYERS) for stage in stages}
ONLY_IN = {
    "whoosh": "index/whoosh.py",
    "mkdocs": "site",
    "click": "cli",
    "rich": "cli",
    "pygls": "editors",
    "mcp": "mcp",
    "pydantic": "mcp",
    "lsprotocol": "editors",
    "botocore": "facts/models.py",
    "cfnlint": "facts/models.py",
    "numpy": "semantic",
}
FILES = sorted(PACKAGE.rglob("*.py"))


def stage(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> list[tuple[str, int]]:
    """Every module a file imports, anywhere in it, with its line."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            found.append((node.module or "", node.lineno))
    return found


@pytest.mark.parametrize(
    "path", [p for p in FILES if p != PACKAGE / "__init__.py"], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_imports_point_backwards_only(path: Path) -> None:
    """A module imports from lower stages or its own, never the front door (which names everything, lazily)."""
    wrong = []
    for module, line in imports(path):
        parts = module.split(".")
        if parts[0] != "kb":
            continue
        if len(parts) == 1:
            wrong.append(f"line {line}: imports the front door")
        elif parts[1] != stage(path) and RANK[parts[1]] >= RANK[stage(path)]:
            wrong.append(f"line {line}: {stage(path)} imports {parts[1]}")
    assert not wrong


def test_every_folder_has_a_rank() -> None:
    """No stage stands outside the flow."""
    assert {stage(path) for path in FILES} - {"__init__", *RANK} == set()


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_known_in_one_place(library: str) -> None:
    """Whoosh, MkDocs, click and rich can each be replaced by changing one place."""
    for path in FILES:
        where = str(path.relative_to(PACKAGE))
        if any(module.split(".")[0] == library for module, _ in imports(path)):
            assert where.startswith(ONLY_IN[library]), where


def test_nothing_below_a_face_prints() -> None:
    """Only the terminal writes to the terminal."""
    for path in FILES:
        if stage(path) not in ("cli", "__main__"):
            text = path.read_text(encoding="utf-8")
            assert not [word for word in ("print(", "sys.stdout", "sys.stderr") if word in text], path


def test_sizes_stay_readable() -> None:
    """Modules have at most 400 lines, functions 60, stages 12 modules, folders one level."""
    counts: dict[str, int] = {}
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 400, path
        assert len(path.relative_to(PACKAGE).parts) <= 2, path
        counts[stage(path)] = counts.get(stage(path), 0) + (path.name != "__init__.py")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 60, f"{path}:{node.lineno} {node.name}"
    assert all(count <= 12 for name, count in counts.items() if name != "cli"), counts


def test_names_say_something() -> None:
    """No drawers for odds and ends."""
    assert not [p for p in FILES if p.stem.rstrip("s") in ("util", "helper", "common", "misc", "manager", "core")]
