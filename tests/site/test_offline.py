"""The site without a network: after one visit, after an update, and as an app."""

from __future__ import annotations

import json
import shutil
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kb import KnowledgeBase
from kb.publish.offline import kept_files, write_worker
from kb.site.build import build_site
from tests.site.hosts import Host

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.timeout(300),
]
KEEPING = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
KEPT = "caches.keys().then((names) => Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({url}) => url)))).then((all) => all.flat())"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, indexed_vault: Path) -> Path:
    """A site of the small vault, to copy."""
    base = Path(shutil.copytree(indexed_vault, tmp_path_factory.mktemp("small") / "vault"))
    (base / "docs/index.md").write_text("# Home\n")
    build_site(KnowledgeBase(str(base)), base / "site", strict=False)
    return base / "site"


@pytest.fixture
def copy(small: Path, tmp_path: Path) -> Path:
    """A copy of the small site, to change at will."""
    return Path(shutil.copytree(small, tmp_path / "site"))


@pytest.fixture
def hosted() -> Iterator[Callable[..., Host]]:
    """Serves folders."""
    hosts: list[Host] = []

    def start(site: Path, port: int = 0) -> Host:
        hosts.append(Host(site, port))
        return hosts[-1]

    yield start
    for host in hosts:
        host.stop()


@pytest.fixture
def visitor(browser: Any) -> Iterator[Any]:
    """A page in a browser profile of its own, with nothing kept."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def visit(page: Any, address: str) -> None:
    """Open a page once and wait until the site is kept."""
    page.goto(address)
    until(lambda: page.evaluate(KEEPING))


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.mark.browser
def test_after_one_visit_the_whole_site_and_its_search_work(visitor: Any, site: Path, hosted: Any) -> None:
    """With the host gone: pages of every kind, the search, a deep link, an address without its slash, one that is none."""
    host = hosted(site)
    visit(visitor, f"{host.address}/")
    host.stop()
    errors: list[str] = []
    visitor.on("pageerror", lambda error: errors.append(str(error)))

    for path in ("services/sqs/", "compare/messaging/", "a-z/", "sources/", "topics/", "services/lambda"):
        visitor.goto(f"{host.address}/{path}")
        assert visitor.locator("h1").inner_text() == first_heading(site / path / "index.html"), path
    visitor.goto(f"{host.address}/services/lambda/index.html")
    assert visitor.locator("h1").inner_text().startswith("AWS Lambda")
    visitor.goto(f"{host.address}/?q=visibility+timeout")
    visitor.locator(".md-search-result__link").first.wait_for(timeout=20_000)
    visitor.goto(f"{host.address}/services/s3/")
    visitor.get_by_placeholder("Search").first.click()
    visitor.keyboard.type("dead letter queue", delay=5)
    visitor.locator(".md-search-result__link").first.wait_for(timeout=20_000)
    links = visitor.locator(".md-search-result__link").evaluate_all("all => all.map((link) => link.href)")
    assert any("/services/sqs/" in link for link in links)
    missing = visitor.goto(f"{host.address}/nothing/")
    assert missing.status == 404
    assert errors == []


def first_heading(page: Path) -> str:
    import re
    from html import unescape

    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.read_text(encoding="utf-8"), re.S)
    assert found is not None
    text = re.sub(r'<a class="headerlink".*?</a>', "", found.group(1), flags=re.S)
    return unescape(re.sub(r"<[^>]+>", "", text)).strip() + "¶"


@pytest.mark.browser
def test_an_update_fetches_what_changed_and_removes_what_is_old(visitor: Any, copy: Path, hosted: Any) -> None:
    """One page of a new build: one file is fetched, its old content is gone, and offline shows the new one."""
    host = hosted(copy)
    visit(visitor, f"{host.address}/")
    before = set(visitor.evaluate(KEPT))
    page = copy / "services/sqs/index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("</h1>", " renewed</h1>", 1), encoding="utf-8")
    write_worker(copy)
    host.asked.clear()
    visitor.goto(f"{host.address}/a-z/")
    wanted = {f"{host.address}/.kept/{hash}" for hash in kept_files(copy).values()}
    until(lambda: set(visitor.evaluate(KEPT)) == wanted)
    after = set(visitor.evaluate(KEPT))

    assert len(before - after) == len(after - before) == 1
    assert [path for path in host.asked if path.startswith("/services/")] == ["/services/sqs/"]
    host.stop()
    visitor.goto(f"{host.address}/services/sqs/")
    assert "renewed" in visitor.locator("h1").inner_text()


@pytest.mark.browser
def test_online_shows_what_the_host_has_now(visitor: Any, copy: Path, hosted: Any) -> None:
    """A rebuilt page is shown at once, although another is kept; a host that does not answer in time has it shown."""
    host = hosted(copy)
    visit(visitor, f"{host.address}/")
    page = copy / "services/sqs/index.html"
    kept = page.read_text(encoding="utf-8")
    page.write_text(kept.replace("</h1>", " renewed</h1>", 1), encoding="utf-8")
    visitor.goto(f"{host.address}/services/sqs/")
    assert "renewed" in visitor.locator("h1").inner_text()

    host.slow["/services/sqs/"] = 30
    visitor.goto(f"{host.address}/services/sqs/", timeout=20_000)
    assert "renewed" not in visitor.locator("h1").inner_text()


@pytest.mark.browser
def test_a_mixture_of_two_builds_is_not_kept(visitor: Any, copy: Path, hosted: Any) -> None:
    """A file that is not what the worker was told is not taken for it; the build before stays."""
    host = hosted(copy)
    visit(visitor, f"{host.address}/")
    before = set(visitor.evaluate(KEPT))
    page = copy / "services/sqs/index.html"
    page.write_text(page.read_text(encoding="utf-8") + "<!-- new -->", encoding="utf-8")
    write_worker(copy)
    page.write_text(page.read_text(encoding="utf-8") + "<!-- newer -->", encoding="utf-8")
    visitor.goto(f"{host.address}/a-z/")
    until(lambda: host.asked.count("/services/sqs/") == 2)
    until(lambda: visitor.evaluate("navigator.serviceWorker.getRegistration().then((found) => !found.installing)"))

    assert set(visitor.evaluate(KEPT)) == before
    host.stop()
    visitor.goto(f"{host.address}/services/sqs/")
    assert "new" not in visitor.content().split("</html>")[1]


@pytest.mark.browser
def test_a_site_below_a_folder_keeps_to_itself(visitor: Any, copy: Path, hosted: Any) -> None:
    """As on GitHub Pages: its pages work offline, other sites of the same host are left alone."""
    (copy.parent / "other.html").write_text("<title>Other</title>")
    host = hosted(copy.parent)
    visit(visitor, f"{host.address}/site/")
    visitor.goto(f"{host.address}/other.html")
    assert not visitor.evaluate("Boolean(navigator.serviceWorker.controller)")
    host.stop()
    visitor.goto(f"{host.address}/site/services/sqs/")
    assert visitor.locator("h1").inner_text().startswith("Amazon SQS")


@pytest.mark.browser
def test_who_saves_data_is_spared(browser: Any, small: Path, hosted: Any) -> None:
    """No worker where the browser is told to save data."""
    host = hosted(small)
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
    page = context.new_page()
    page.goto(f"{host.address}/")
    page.wait_for_timeout(3000)
    workers = page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")
    context.close()

    assert workers == 0
    assert "/sw.js" not in host.asked


@pytest.mark.browser
def test_the_site_can_be_installed(visitor: Any, small: Path, hosted: Any) -> None:
    """Chromium finds nothing to complain of."""
    host = hosted(small)
    visit(visitor, f"{host.address}/")
    session = visitor.context.new_cdp_session(visitor)
    manifest = session.send("Page.getAppManifest")

    assert manifest["errors"] == []
    assert manifest["url"] == f"{host.address}/manifest.webmanifest"
    # A profile of a test is one in private mode, where nothing is installed.
    complaints = [error["errorId"] for error in session.send("Page.getInstallabilityErrors")["installabilityErrors"]]
    assert set(complaints) <= {"in-incognito"}


def test_the_manifest_names_icons_that_are_there(small: Path) -> None:
    """With the sizes they say."""
    manifest = json.loads((small / "manifest.webmanifest").read_text())

    assert manifest["short_name"] == "kb"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        data = (small / icon["src"]).read_bytes()
        if icon["type"] == "image/png":
            assert "{}x{}".format(*struct.unpack(">II", data[16:24])) == icon["sizes"]


def test_what_is_kept_is_what_pages_need(site: Path) -> None:
    """Every page, every shard, no map, nothing that is only downloaded; a size that a phone can bear."""
    files = kept_files(site)
    pages = {path.relative_to(site).as_posix().removesuffix("index.html") for path in site.rglob("*.html")}
    shards = {path.relative_to(site).as_posix() for path in (site / "api/v1/search").iterdir()}

    assert pages | shards | {"manifest.webmanifest"} <= files.keys()
    assert not [name for name in files if name.endswith((".map", ".gz", ".xml")) or name.startswith("_headers")]
    assert "sw.js" not in files
