"""The documentation is tested: every command, option and error appears; the README's commands run as written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

import kb
from kb import errors
from kb.cli.main import COMMANDS, group
from kb.notes.fact import KINDS
from kb.notes.note import CATEGORIES, SECTIONS, STATES
from kb.notes.read import FACT_FIELDS, NOTE_FIELDS
from tests.conftest import ROOT

COMMANDS_PAGE = (ROOT / "docs/commands.md").read_text()
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    """With a heading of its own, and help for the command and each option."""
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert command.help
    section = COMMANDS_PAGE.partition(f"## kb {name}\n")[2].partition("\n## ")[0]
    assert section, name
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    for option in (*command.params, *(option for part in inner for option in part.params)):
        if isinstance(option, click.Option):
            assert option.help, option.name
            for flag in (*option.opts, *option.secondary_opts):
                assert f"`{flag}" in section, f"kb {name} {flag}"


def test_general_options_and_variables_are_documented() -> None:
    """What holds for every command."""
    for word in ("--base", "KB_BASE", "--version", "--help", "NO_COLOR", "KB_PAGER", "Exit status"):
        assert word in COMMANDS_PAGE


def test_every_error_is_documented() -> None:
    """The architecture page lists the tree."""
    page = (ROOT / "docs/architecture.md").read_text()
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, Exception):
            assert f"`{name}`" in page, name


def test_every_field_and_word_of_the_note_format_is_documented() -> None:
    """Fields, kinds, states, categories, sections."""
    page = (ROOT / "docs/note-format.md").read_text()
    for word in (*NOTE_FIELDS, *FACT_FIELDS, *KINDS, *STATES, *CATEGORIES):
        assert f"`{word}`" in page, word
    assert all(title in page for title in SECTIONS)


def test_every_folder_has_its_question() -> None:
    """The architecture page answers what each folder is for."""
    page = (ROOT / "docs/architecture.md").read_text()
    for folder in (ROOT / "kb").iterdir():
        if folder.is_dir() and (folder / "__init__.py").exists():
            assert f"? `kb/{folder.name}/`" in page, folder.name


def test_the_json_of_a_hit_is_documented(run_kb) -> None:  # type: ignore[no-untyped-def]
    """Every key a program gets."""
    import json

    shape = json.loads(run_kb("search", "sqs", "largest", "message", "--json").stdout)
    for key in (*shape, *shape["hits"][0]):
        assert re.search(rf"\b{key}\b", COMMANDS_PAGE), key


def console_lines(text: str) -> list[str]:
    return [
        line[2:]
        for block in re.findall(r"```console\n(.*?)```", text, re.S)
        for line in block.split("\n")
        if line.startswith("$ ")
    ]


def test_the_commands_of_the_readme_run(bundled: kb.KnowledgeBase) -> None:
    """Each `kb` line works as written, on the bundled notes."""
    base = str(Path(bundled.docs).parent)
    lines = [line for line in console_lines(README) if line.startswith("kb ")]
    assert len(lines) >= 7
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "KB_BASE": base}
    for line in lines:
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=environment, check=False)
        assert (done.returncode, bool(done.stdout)) == (0, True), f"{line}: {done.stderr}"


def test_the_python_of_the_readme_runs(bundled: kb.KnowledgeBase) -> None:
    """The example prints the value with its date."""
    (code,) = re.findall(r"```python\n(.*?)```", README, re.S)
    environment = {**os.environ, "KB_BASE": str(Path(bundled.docs).parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)

    assert done.stdout.startswith("15 minutes 20")


@pytest.mark.timeout(900)
@pytest.mark.skipif(not os.environ.get("CI"), reason="installs kb from scratch, minutes; CI runs it")
def test_the_first_command_of_the_readme_on_a_clean_clone(tmp_path: Path) -> None:
    """A bare Python, one line, an answer; from any folder, and nothing is written there."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    line = next(line for line in console_lines(README) if "pip install" in line and "kb search" in line)
    done = subprocess.run(["bash", "-c", line], cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    expected = README.partition(f"$ {line}\n")[2].partition("\n...")[0]
    assert " ".join(expected.split()) in " ".join(done.stdout.split())

    command = clone / ".venv/bin/kb"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run([str(command), "search", '"visibility timeout"'], cwd=elsewhere, check=True, capture_output=True)
    subprocess.run([str(command), "doctor"], cwd=elsewhere, check=True, capture_output=True)
    assert list(elsewhere.iterdir()) == []
    subprocess.run([str(command), "build", "-o", str(tmp_path / "out")], cwd=elsewhere, check=True, capture_output=True)
    assert (tmp_path / "out/services/sqs/index.html").is_file()
    shutil.rmtree(clone)


def test_the_top_level_is_what_was_agreed() -> None:
    """Nothing but the fixed names, LICENSE, CHANGELOG.md and dot-folders."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    top = {name.split("/")[0] for name in tracked if name}

    assert {name for name in top if name[0] != "."} <= {
        "mkdocs.yml", "pyproject.toml", "README.md", "docs", "kb", "tests", "overrides", "LICENSE", "CHANGELOG.md",
    }  # fmt: skip
