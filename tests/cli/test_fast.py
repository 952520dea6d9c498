"""The short way of a search: same options as click's, nothing heavy imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kb.cli.fast import OPTIONS, parse
from kb.cli.search import command

HEAVY = {"click", "rich", "yaml", "whoosh", "markdown_it", "json", "typing", "dataclasses", "pathlib", "inspect", "logging", "asyncio", "importlib.metadata", "platformdirs", "kb.notes", "kb.index.whoosh"}  # fmt: skip


def test_it_knows_the_options_of_the_command() -> None:
    """An option added to one is added to the other, with the same keyword and the same shape."""
    known = {name: option for option in command.params for name in option.opts if name.startswith("-")}

    assert set(known) == set(OPTIONS)
    for name, (keyword, shape) in OPTIONS.items():
        assert known[name].name == keyword
        assert (shape == "flag") == bool(getattr(known[name], "is_flag", False))
        assert (shape in ("texts", "choice")) == known[name].multiple


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("search sqs size", (None, ["sqs", "size"], {})),
        ("--base D search sqs -n 3", ("D", ["sqs"], {"limit": 3})),
        ("search --limit=3 sqs --json", (None, ["sqs"], {"limit": 3, "as_json": True})),
        ("search x --service a --service b --kind fact", (None, ["x"], {"service": ("a", "b"), "kind": ("fact",)})),
        ("search --dry-run -fifo", (None, ["--dry-run", "-fifo"], {})),
        ("search -- --json", (None, ["--json"], {})),
        ("search", None),
        ("search --help", None),
        ("search x --limit", None),
        ("search x --limit ten", None),
        ("search x --limit 0", None),
        ("search x --kind banana", None),
        ("search x --limt 3", None),
        ("show x", None),
        ("", None),
    ],
)
def test_lines_it_reads_and_lines_it_leaves(line: str, expected: object) -> None:
    """What is unusual goes to click."""
    assert parse(line.split()) == expected


@pytest.mark.parametrize(
    "query", ["sqs largest message", "AWS::SQS::Queue", "how long does it survive if nobody reads"]
)
def test_a_search_imports_nothing_it_does_not_need(query: str, indexed_vault: Path) -> None:
    """Start-up time is made of imports."""
    code = (
        "import sys; sys.argv = ['kb', '--base', sys.argv[1], 'search', *sys.argv[2].split()]\n"
        "from kb.__main__ import main\n"
        "try: main()\nexcept SystemExit as done: assert done.code == 0, done.code\n"
        "sys.stderr.write('\\n'.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(indexed_vault), query], capture_output=True, text=True, check=True
    )

    assert not HEAVY & set(done.stderr.split("\n"))
    assert done.stdout
