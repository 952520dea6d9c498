"""The same tree of pages with Zensical, which follows Material for MkDocs: every page and the API are there."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kb import InputError, KnowledgeBase
from kb.site.build import finish_site
from kb.site.tree import write_pages
from tests.conftest import ROOT
from tests.site.hosts import Host

pytestmark = [pytest.mark.zensical, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own notes as a tree, built by Zensical, and finished as any site is."""
    pytest.importorskip("zensical", reason="not on this machine; CI installs it") if not os.environ.get("CI") else None
    tree = tmp_path_factory.mktemp("zensical") / "tree"
    kb = KnowledgeBase(str(ROOT))
    write_pages(kb, tree)
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"], cwd=tree, capture_output=True, text=True, check=False
    )
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    assert done.returncode == 0, said[-3000:]
    assert "No issues found" in said, said[-3000:]
    finish_site(kb, tree / "site")
    return tree / "site"


def names(site: Path, *suffixes: str) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*") if path.suffix in suffixes}


def test_every_page_is_there(built: Path, site: Path) -> None:
    """No more, no fewer than MkDocs writes."""
    assert names(built, ".html") == names(site, ".html")


def test_the_api_is_the_same(built: Path, site: Path) -> None:
    """Every byte of it, with the shards of the search and the module that reads them."""
    for folder in ("api/v1", "assets/kb/search"):
        files = {path.relative_to(site) for path in (site / folder).rglob("*") if path.is_file()}
        assert files == {path.relative_to(built) for path in (built / folder).rglob("*") if path.is_file()}
        assert [str(name) for name in sorted(files) if (site / name).read_bytes() != (built / name).read_bytes()] == []


def content(page: Path) -> tuple[list[str], set[str]]:
    """Return the headings of a page, and the ids of its article: what links lead to."""
    text = page.read_text(encoding="utf-8")
    article = text.partition("<article")[2].partition("</article>")[0]
    headings = [
        re.sub(r'<a class="headerlink".*?</a>|<[^>]+>', "", found)
        for found in re.findall(r"<h[1-3][^>]*>.*?</h[1-3]>", article, re.S)
    ]
    return [html.unescape(heading).strip() for heading in headings], {
        id for id in re.findall(r'\sid="([^"]+)"', article) if not id.startswith("__")
    }


def test_pages_say_the_same(built: Path, site: Path) -> None:
    """The same headings, and every address within a page leads to the same place."""
    different = [
        name
        for name in sorted(names(site, ".html"))
        if "404" not in name and content(built / name) != content(site / name)
    ]

    assert different == []


def test_headers_and_worker_are_there_too(built: Path) -> None:
    """The policy permits Zensical's own scripts; the service worker knows every page."""
    assert "sha256-" in (built / "_headers").read_text()
    worker = (built / "sw.js").read_text()
    assert all(f'"{name.removesuffix("index.html")}"' in worker for name in names(built, ".html"))


@pytest.mark.browser
def test_pages_of_zensical_work_under_the_policy(built: Path, browser: Any) -> None:
    """Its theme, our styles and scripts: nothing is refused but a style that Zensical's own search makes while it runs."""
    host = Host(built)
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            errors.append(message.text)
            if message.type == "error" and "Applying inline style" not in message.text
            else None
        ),
    )
    for path in ("", "services/dynamodb/", "compare/messaging/", "a-z/"):
        page.goto(f"{host.address}/{path}")
        page.wait_for_timeout(100)
        assert page.locator("h1").count() == 1
    page.goto(f"{host.address}/services/dynamodb/")
    page.locator('[data-calculator="rcu"] input[name="size"]').fill("9")
    assert "RCU" in page.locator('[data-calculator="rcu"] output').inner_text()
    page.close()
    host.stop()

    assert errors == []


def test_a_folder_that_holds_something_else_is_left_alone(vault: Path, tmp_path: Path) -> None:
    """A tree is made anew; anything else is not removed."""
    kb = KnowledgeBase(str(vault))
    write_pages(kb, tmp_path / "tree")
    (tmp_path / "tree/docs/old.md").write_text("old")
    assert write_pages(kb, tmp_path / "tree") == len(list((tmp_path / "tree/docs").rglob("*.md")))
    assert not (tmp_path / "tree/docs/old.md").exists()

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/diary.txt").write_text("dear")
    with pytest.raises(InputError, match="not empty"):
        write_pages(kb, tmp_path / "mine")
    assert (tmp_path / "mine/diary.txt").read_text() == "dear"
    shutil.rmtree(tmp_path / "mine")
