"""Any folder of Markdown, as somebody meets it first: no index, no front matter, a handful of files."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def tea(tmp_path: Path) -> Path:
    (tmp_path / "drinks").mkdir()
    (tmp_path / "drinks/tea.md").write_text(
        "# Tea\n\nGreen tea brews at 80 degrees.\n\n## Black tea\n\nBlack tea brews 4 minutes.\n"
    )
    return tmp_path


def test_the_first_search_builds_the_index(tea: Path, run_kb: Run) -> None:
    """And says so; the second just answers."""
    first = run_kb("search", "how long black tea", base=tea)
    second = run_kb("search", "how long black tea", base=tea)

    assert "indexing" in first.stderr
    assert first.stdout.splitlines()[0] == "Tea > Black tea"
    assert "no date | drinks/tea#black-tea" in first.stdout
    assert (second.stdout, second.stderr) == (first.stdout, "")


def test_the_address_of_a_hit_is_its_file(tea: Path, run_kb: Run) -> None:
    """In JSON and behind links: folders once, whatever their depth."""
    (tea / "water.md").write_text("# Water\n\nBoils at 100 degrees.\n")
    found = json.loads(run_kb("search", "black tea minutes", "-n", "1", "--json", base=tea).stdout)["hits"][0]
    top = json.loads(run_kb("search", "water boils", "-n", "1", "--json", base=tea).stdout)["hits"][0]

    assert (found["id"], found["url"]) == ("drinks/tea#black-tea", "drinks/tea/#black-tea")
    assert top["url"] == "water/"


def test_a_folder_without_markdown_says_so(tmp_path: Path, run_kb: Run) -> None:
    """Not an empty index that finds nothing for ever."""
    for command in (["search", "tea"], ["index"]):
        done = run_kb(*command, base=tmp_path)
        assert done.returncode == 2
        assert "no Markdown" in done.stderr


def test_meaning_needs_vectors_of_these_files(tea: Path, run_kb: Run) -> None:
    """Said with the line to run, once; nothing is indexed again for it."""
    run_kb("search", "tea", base=tea)
    asked = run_kb("search", "tea", "--semantic", base=tea)

    assert asked.returncode == 2
    assert f"kb --base {tea} index --vectors" in asked.stderr
    assert "for the first time" not in asked.stderr
    assert "2 vectors made" in run_kb("index", "--vectors", base=tea).stderr
    assert run_kb("search", "tea", "--semantic", base=tea).returncode == 0


def test_pages_are_shown_and_kept_up_to_date(tea: Path, run_kb: Run) -> None:
    """By path and heading; a changed file is said, and indexed by itself."""
    run_kb("index", base=tea)
    assert "80 degrees" in run_kb("show", "drinks/tea", base=tea).stdout
    assert "4 minutes" in run_kb("show", "drinks/tea#black-tea", base=tea).stdout

    (tea / "drinks/tea.md").write_text("# Tea\n\nWhite tea brews at 75 degrees.\n")
    assert "1 notes changed" in run_kb("search", "tea", base=tea).stderr
    run_kb("index", base=tea)
    assert "White tea" in run_kb("search", "white tea", base=tea).stdout
