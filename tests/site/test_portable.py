"""The site from disk: a folder that needs no server, opened in Chromium by its file:// address."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from kb import InputError
from kb.publish.modules import classic
from kb.publish.portable import make_portable, portable_page

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def folder(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own site as a folder to carry about, in one whose name is hard to write as an address."""
    target = tmp_path_factory.mktemp("portable") / "kb & 100% ü"
    shutil.copytree(site, target)
    make_portable(target)
    return target


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """A page that fails the test on an error in its console or a request to anything but a file."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            errors.append(message.text)
            if message.type == "error" and "nowhere.json" not in message.location["url"]
            else None
        ),
    )
    page.on(
        "request", lambda request: None if request.url.startswith(("file:", "data:")) else errors.append(request.url)
    )
    yield page
    page.close()
    assert errors == []


@pytest.mark.browser
def test_it_searches_and_leads_to_what_it_found(opened: Any, folder: Path) -> None:
    """As typed, by keyboard alone, and by an address with a query; links between pages lead to pages."""
    opened.goto((folder / "index.html").as_uri())
    opened.get_by_placeholder("Search").first.click()
    opened.keyboard.type("sqs visibility timeout", delay=5)
    opened.locator(".md-search-result__link").first.wait_for(timeout=20_000)
    assert "12 hours" in opened.locator(".md-search-result__list").inner_text()
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/services/sqs/index.html**")
    assert opened.locator("h1").inner_text().startswith("Amazon SQS")

    opened.goto(f"{(folder / 'services/s3/index.html').as_uri()}?q=lambda+timeout")
    opened.locator(".md-search-result__link").first.wait_for(timeout=20_000)
    opened.locator(".md-search-result__link").first.click()
    opened.wait_for_url("**/services/lambda/index.html**")
    opened.locator(".md-tabs__link", has_text="Sources").click()
    opened.wait_for_url("**/sources/index.html")


@pytest.mark.browser
def test_what_pages_compute_and_fetch_works(opened: Any, folder: Path) -> None:
    """A calculator, and a comparison of services of one's choice, which fetches their notes."""
    opened.goto((folder / "services/dynamodb/index.html").as_uri())
    opened.locator('[data-calculator="rcu"] input[name="size"]').fill("9")
    assert "30 RCU" in opened.locator('[data-calculator="rcu"] output').inner_text()
    for path in ("compare/messaging", "limits", "changes", "graph", "a-z"):
        opened.goto((folder / path / "index.html").as_uri())
        assert opened.locator("h1").count() == 1
    opened.goto(f"{(folder / 'compare/any/index.html').as_uri()}?services=sqs,sns")
    opened.wait_for_timeout(500)
    read = opened.evaluate(
        "fetch('../../api/v1/facts.json').then((found) => found.json()).then((facts) => facts.schema_version)"
    )
    assert read == 1
    lost = opened.evaluate("fetch('../../nowhere.json').then(() => 'there', (error) => error.name)")
    assert lost == "TypeError"


def test_every_link_leads_to_a_file(folder: Path) -> None:
    """No folder, which a browser would list; nothing that only a host understands is left."""
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert 'type="module"' not in text
        assert 'http-equiv="Content-Security-Policy"' not in text
        assert 'rel="manifest"' not in text
        for address in re.findall(r'<(?:a|form)\s[^>]*?(?:href|action)="([^"]+)"', text):
            path = re.split(r"[?#]", address)[0]
            if path and not re.match(r"[a-z]+:", path):
                assert (page.parent / unquote(path)).is_file(), f"{page}: {address}"
    assert not [name for name in ("sw.js", "404.html", "_headers", "manifest.webmanifest") if (folder / name).exists()]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("..", "../index.html"), (".", "./index.html"), ("./", "./index.html"), ("../sqs/#a", "../sqs/index.html#a"), ("../../?q=x", "../../index.html?q=x"),
        ("a/b/", "a/b/index.html"), ("#x", "#x"), ("x.json", "x.json"), ("../a.svg", "../a.svg"), ("https://a.example/", "https://a.example/"), ("mailto:a@b", "mailto:a@b"),
        ("javascript:void(0)", "javascript:void(0)"),
    ],
)  # fmt: skip
def test_links_to_folders_become_links_to_pages(link: str, expected: str) -> None:
    """And nothing else does."""
    assert f'<a class="b" href="{expected}">' in portable_page(f'<head></head><a class="b" href="{link}">x</a>', "../")


MODULES = {
    "a.js": 'import { b as c, d } from "./sub/b.js"\nimport * as all from "./sub/b.js"\nexport const e = c() + d + all.d\nexport { d as f }\nexport const { g } = { g: 7 }\n',
    "sub/b.js": 'import { later } from "../c.js"\nexport function b() { return later() }\nexport let d = 2\n',
    "c.js": '/**\n * import { x } from "y"\n */\nexport async function* many() {}\nexport class K {}\nexport const url = import.meta.url\nexport function later() { return 1 }\nexport const lazy = () => import("./sub/b.js")\n',
}  # fmt: skip


def test_modules_as_functions_do_what_modules_do(node: str, tmp_path: Path, site: Path) -> None:
    """The same exports with the same values as Node's own import; also for every module of the search."""
    for name, text in MODULES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    shutil.copytree(site / "assets/kb/search", tmp_path / "search", ignore=shutil.ignore_patterns("worker.js"))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    paths = sorted(tmp_path.rglob("*.js"))
    (tmp_path / "all.cjs").write_text(
        "const modules = new Map(), loaded = new Map()\n"
        "const kb = { define: (path, run) => modules.set(path, run) }\n" + classic(tmp_path, paths) + "const { posix } = require('path')\n"
        "function load(path) {\n  if (!loaded.has(path)) {\n    const exports = {}\n    loaded.set(path, exports)\n"
        "    const beside = (name) => load(posix.join(posix.dirname(path), name))\n"
        "    modules.get(path)((found) => Object.defineProperties(exports, Object.getOwnPropertyDescriptors(found)), beside, async (name) => beside(name), `file:///${path}`, globalThis)\n"
        "  }\n  return loaded.get(path)\n}\n"
        "const shown = (found) => Object.fromEntries(Object.keys(found).sort().map((name) => [name, typeof found[name] === 'function' ? found[name].name : String(found[name]).replace(/^file:.*\\//, '')]))\n"
        f"const paths = {json.dumps([path.relative_to(tmp_path).as_posix() for path in paths])}\n"
        "Promise.all(paths.map((path) => import('./' + path))).then(async (real) => {\n"
        "  const lazy = await load('c.js').lazy()\n"
        "  console.log(JSON.stringify({ real: real.map(shown), ours: paths.map((path) => shown(load(path))), lazy: lazy.d }))\n})\n"
    )  # fmt: skip
    done = subprocess.run([node, tmp_path / "all.cjs"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)

    assert found["ours"] == found["real"]
    assert found["ours"][0] == {"e": "5", "f": "2", "g": "7"}
    assert found["lazy"] == 2
    assert len(found["real"]) > len(MODULES) + 10


@pytest.mark.parametrize(
    "text",
    ['export default 1\n', 'export * from "./b.js"\n', 'import a, { b } from "./b.js"\n', 'export { a } from "./b.js"\n', 'import { "a-b" as c } from "./b.js"\n', "export const [a] = [1]\n"],
)  # fmt: skip
def test_a_module_that_is_not_understood_is_named(text: str, tmp_path: Path) -> None:
    """Rather than written wrongly."""
    (tmp_path / "a.js").write_text(text)
    with pytest.raises(InputError, match=r"a\.js: cannot be run from disk"):
        classic(tmp_path, [tmp_path / "a.js"])


def test_the_stock_search_is_refused(tmp_path: Path) -> None:
    """It needs a real worker; a folder that does not search would not be noticed until it is used."""
    (tmp_path / "index.html").write_text(
        '<script>{"search": "../assets/javascripts/workers/search.1a.min.js"}</script>'
    )
    with pytest.raises(InputError, match="search: stock"):
        make_portable(tmp_path)


def test_the_command_makes_such_a_folder(run_kb: Any, tmp_path: Path) -> None:
    """kb build --portable."""
    done = run_kb("build", "--portable", "--no-strict", "-o", str(tmp_path / "out"))

    assert done.returncode == 0, done.stderr
    assert f"to look at it: open {tmp_path / 'out' / 'index.html'}" in done.stderr
    assert (tmp_path / "out/assets/kb/portable.js").is_file()
    assert (
        (tmp_path / "out/api/v1/search/manifest.json.file.js")
        .read_text()
        .startswith('kb.file("api/v1/search/manifest.json",')
    )
