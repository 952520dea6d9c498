"""The examples of the API page run as written: in a page, in a worker, in Node. The types name what there is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from kb.api.openapi import LONGEST_QUERY, MOST_HITS
from kb.api.schemas import PUBLISHED
from tests.conftest import ROOT

PAGE = (ROOT / "docs/api.md").read_text(encoding="utf-8")
TYPES = (ROOT / "kb/site/search/kb-search.d.ts").read_text(encoding="utf-8")


def example(language: str, holding: str) -> str:
    """The one example of a language that holds some words."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.S)
    (found,) = [block for block in blocks if holding in block]
    return found


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address(api_site: Path, tmp_path: Path) -> Iterator[str]:
    """The page and the worker of the examples beside the site's folders, as a static host has them."""
    shutil.copytree(api_site, tmp_path / "site")
    (tmp_path / "site/look.html").write_text(example("html", "kb.search"), encoding="utf-8")
    (tmp_path / "site/worker.js").write_text(example("js", "onmessage"), encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "site")))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/look.html"
    server.shutdown()
    server.server_close()


@pytest.mark.browser
def test_the_example_of_a_page_and_of_a_worker(address: str, browser: Any) -> None:
    """Typing finds; the worker answers with the same hits, and with suggestions."""
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    page.get_by_label("Look up").press_sequentially("message retention")
    page.locator("li", has_text="14 days").wait_for()
    link = page.locator("li a").first
    shown = page.locator("li a").all_inner_texts()
    ask = """() => new Promise((done) => {
      const worker = new Worker("worker.js", { type: "module" })
      worker.onmessage = ({ data }) => done(data)
      worker.postMessage({ id: 7, query: "message retention" })
    })"""
    answer = page.evaluate(ask)

    assert link.get_attribute("href") == "services/sqs/#fact-message-retention-max"
    assert answer["id"] == 7
    assert [f"{hit['title']}: {hit['heading']}" for hit in answer["result"]["hits"]][: len(shown)] == shown
    assert answer["suggestions"] == []
    page.close()
    assert errors == []


def test_the_example_of_node(api_site: Path, tmp_path: Path, node: str) -> None:
    """It prints the fact that answers, and the note of the identifier."""
    (tmp_path / "site").symlink_to(api_site)
    (tmp_path / "look.mjs").write_text(example("js", "console.log"), encoding="utf-8")
    done = subprocess.run([node, "look.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["Largest message: 1 MiB (hard limit). Earlier: 256 KB (2019-12).", "sqs"]


def test_the_module_is_taken_as_a_package(api_site: Path, tmp_path: Path, node: str) -> None:
    """Copied into node_modules it is imported by its name."""
    shutil.copytree(api_site / "assets/kb/search", tmp_path / "node_modules/kb-search")
    code = f"import {{ open }} from 'kb-search'; console.log((await open({json.dumps(str(api_site / 'api/v1/search'))})).size)"
    (tmp_path / "size.mjs").write_text(code, encoding="utf-8")
    done = subprocess.run([node, "size.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)

    assert (done.stdout, done.stderr) == ("12\n", "")
    assert (tmp_path / "node_modules/kb-search/kb-search.d.ts").is_file()


def test_the_types_name_what_the_module_has(api_site: Path, tmp_path: Path, node: str) -> None:
    """Exports, and what can be asked of a knowledge base; the page says it too."""
    code = (
        "import * as all from " + json.dumps(str(api_site / "assets/kb/search/kb-search.js")) + "\n"
        "const names = Object.getOwnPropertyNames(all.Kb.prototype).filter((name) => name !== 'constructor')\n"
        "console.log(JSON.stringify([Object.keys(all).sort(), names.sort()]))"
    )
    (tmp_path / "names.mjs").write_text(code, encoding="utf-8")
    done = subprocess.run([node, "names.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True)
    body = TYPES.partition("export declare class Kb {")[2].partition("\n}")[0]
    declared = re.findall(r"^export declare (?:function|class|const) (\w+)", TYPES, re.M)

    exported, methods = json.loads(done.stdout)
    assert sorted(declared) == exported
    assert all(f"`kb.{method}" in PAGE for method in methods), methods
    assert sorted(re.findall(r"^  (?:readonly )?(\w+)[(:]", body, re.M)) == methods


def test_the_page_names_every_document_and_bound(api_site: Path) -> None:
    """Paths, schemas' folder, caps."""
    root = api_site / "api/v1"
    for path in root.iterdir():
        assert f"`{path.name}" in PAGE, path.name
    assert all((root / f"schemas/{name}.json").is_file() for name in PUBLISHED)
    assert f"1 to {MOST_HITS}" in PAGE
    assert f"{LONGEST_QUERY} characters" in PAGE
