"""kb-search.js in a real browser: in a page and in a worker, over HTTP."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from kb import KnowledgeBase
from kb.site.shards import write_shards
from tests.conftest import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PAGE = """<!doctype html><script type="module">
import { open } from "./js/kb-search.js"
window.kb = open("index/")
window.lost = open("nowhere/").catch((error) => error.message)
const worker = new Worker("worker.js", { type: "module" })
window.fromWorker = new Promise((done) => { worker.onmessage = ({ data }) => done(data) })
</script>"""
WORKER = """import { open } from "./js/kb-search.js"
const kb = await open(new URL("index/", import.meta.url))
postMessage(await kb.search("message retention"))
"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address(indexed_vault: Path, tmp_path: Path) -> Iterator[str]:
    """A page, a worker, the modules and the shards of the small vault, served."""
    shutil.copytree(ROOT / "kb/site/search", tmp_path / "js")
    write_shards(KnowledgeBase(str(indexed_vault)).searcher, tmp_path / "index")
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "worker.js").write_text(WORKER, encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(address: str) -> Iterator[Any]:
    """The page in Chromium; in CI it must be there."""
    if CHROMIUM is None:
        assert not os.environ.get("CI"), "CI installs Chromium"
        pytest.skip("no Chromium on this machine; CI runs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page()
        page.goto(address)
        page.wait_for_function("window.fromWorker")
        yield page
        chromium.close()


@pytest.mark.browser
def test_page_and_worker_find_what_python_finds(page: Any, indexed_vault: Path) -> None:
    """The same hits; and a folder that is not there is named."""
    python = KnowledgeBase(str(indexed_vault)).searcher.search("message retention")
    found = page.evaluate("async () => (await kb).search('message retention')")

    assert [hit["id"] for hit in found["hits"]] == [hit.id for hit in python.hits]
    assert page.evaluate("() => fromWorker") == found
    assert page.evaluate("() => lost").endswith("nowhere/manifest.json of the search index cannot be loaded: HTTP 404")
