"""Compare the search box with Material's stock search and with Pagefind: python tests/speed/box.py [ROUNDS]

Run by hand, with the python of an environment that holds kb with its extras `site` and `dev`; Pagefind (`pip install
'pagefind[bin]'`) is left out where it is not installed. Builds the site twice, with our search and with the stock one, has
Pagefind index the same pages, and asks each the same queries in a fresh Chromium profile, over a host that compresses. All
take turns in every round; the table has medians.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from kb import KnowledgeBase  # noqa: E402 - the path first
from kb.site.build import build_site  # noqa: E402
from tests.site.conftest import CHROMIUM, QUIET  # noqa: E402
from tests.site.wire import Wire  # noqa: E402

QUERIES = ("sqs max message size", "dynamodb partition throughput", "how long are messages kept", "lambda timeout")
PAGE = "services/s3/"
BLANK = "blank.html"
SHOWN = 10
KEYS = 80
"""Milliseconds between two keys of somebody who types."""
SETTLED = 1200
"""Milliseconds after which nothing more is drawn."""
RESULTS = "() => document.querySelectorAll('.md-search-result__link').length > 0"
WATCH = """() => {
  window.tasks = [0]
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ entryTypes: ["longtask"] })
}"""
ASK = """(query) => new Promise((done) => {
  const input = document.querySelector("[data-md-component=search-query]")
  const list = document.querySelector(".md-search-result__list")
  input.focus()
  const start = performance.now()
  new MutationObserver(() => {
    if (list.querySelector("a")) requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)))
  }).observe(list, { childList: true })
  input.value = query
  for (const name of ["input", "keyup"]) input.dispatchEvent(new Event(name))
})"""
LISTEN = """() => {
  const input = document.querySelector("[data-md-component=search-query]")
  const list = document.querySelector(".md-search-result__list")
  window.key = window.drawn = 0
  input.addEventListener("keyup", () => (window.key = performance.now()))
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => (window.drawn = performance.now())))).observe(list, { childList: true })
  input.focus()
}"""
OPENED = """() => new Promise((done) => {
  const wait = () => (document.querySelector(".md-search-result__link") ? requestAnimationFrame(() => setTimeout(() => done(performance.now()))) : setTimeout(wait, 2))
  wait()
})"""
PAGEFIND = """async ([query, shown]) => {
  const start = performance.now()
  const pagefind = await import(new URL("pagefind/pagefind.js", document.baseURI))
  const { results } = await pagefind.search(query)
  await Promise.all(results.slice(0, shown).map((result) => result.data()))
  return performance.now() - start
}"""
Figures = dict[str, list[float]]
COLUMNS = {
    "page": "bytes with the page, kB", "query": "bytes with the query, kB", "requests": "requests of the query", "ms": "first results, ms",
    "typed": "results after the last key, ms", "link": "results of a link, ms", "task": "longest task, ms",
}  # fmt: skip


def main() -> None:
    """Build, measure, print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory(prefix="kb-box-") as work:
        sites = built(Path(work))
        figures = measured(sites, rounds)
    print("| | " + " | ".join(COLUMNS.values()) + " |")
    print("| --- |" + " --- |" * len(COLUMNS))
    for name, found in figures.items():
        cells = [
            f"{median(found[key]):.0f} ({min(found[key]):.0f} - {max(found[key]):.0f})" if found[key] else "-"
            for key in COLUMNS
        ]
        print(f"| {name} | {' | '.join(cells)} |")


def built(work: Path) -> dict[str, Path]:
    """Build the pages with each search."""
    sites = {"kb": work / "kb", "stock": work / "stock"}
    build_site(KnowledgeBase(str(ROOT)), sites["kb"])
    base = work / "base"
    base.mkdir()
    (base / "docs").symlink_to(ROOT / "docs")
    shutil.copytree(ROOT / "overrides", base / "overrides")
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    settings["plugins"] = ["search", {"kb": {"search": "stock"}}]
    (base / "mkdocs.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    build_site(KnowledgeBase(str(base)), sites["stock"])
    if importlib.util.find_spec("pagefind"):
        sites["pagefind"] = Path(shutil.copytree(sites["stock"], work / "pagefind"))
        subprocess.run(
            [sys.executable, "-m", "pagefind", "--site", str(sites["pagefind"])], check=True, stdout=subprocess.DEVNULL
        )
        (sites["pagefind"] / BLANK).write_text("<!doctype html><title>Pagefind</title>", encoding="utf-8")
    return sites


def measured(sites: dict[str, Path], rounds: int) -> dict[str, Figures]:
    """Ask every search every query, in turns."""
    from playwright.sync_api import sync_playwright

    wires = {name: Wire(site) for name, site in sites.items()}
    if "pagefind" in wires:
        wires["pagefind"].rules = []  # the site's policy permits no WebAssembly
    figures: dict[str, Figures] = {name: {key: [] for key in COLUMNS} for name in sites}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))

        def fresh(call: Callable[[Any], None]) -> None:
            context = chromium.new_context(service_workers="block")
            call(context.new_page())
            context.close()

        for query in QUERIES * rounds:
            for name, wire in wires.items():
                if name == "pagefind":
                    fresh(lambda page, wire=wire, query=query: _pagefind(page, wire, query, figures["pagefind"]))
                else:
                    fresh(lambda page, wire=wire, query=query, name=name: _box(page, wire, query, figures[name]))
                    fresh(lambda page, wire=wire, query=query, name=name: _typed(page, wire, query, figures[name]))
                    fresh(lambda page, wire=wire, query=query, name=name: _link(page, wire, query, figures[name]))
        chromium.close()
    for wire in wires.values():
        wire.stop()
    return figures


def _box(page: Any, wire: Wire, query: str, figures: Figures) -> None:
    """Ask in the box of a page that has been open for a while."""
    wire.sent.clear()
    page.goto(wire.address + PAGE, wait_until="networkidle")
    page.wait_for_timeout(1500)
    figures["page"].append(sum(size for name, size in wire.sent if "search" in name) / 1000)
    wire.sent.clear()
    page.evaluate(WATCH)
    figures["ms"].append(page.evaluate(ASK, query))
    page.wait_for_timeout(300)
    figures["query"].append(wire.bytes / 1000)
    figures["requests"].append(len(wire.sent))
    figures["task"].append(page.evaluate("() => Math.max(...window.tasks)"))


def _typed(page: Any, wire: Wire, query: str, figures: Figures) -> None:
    """Type the query into the box of a page that has been open for a while: from the last key to the last drawing."""
    page.goto(wire.address + PAGE, wait_until="networkidle")
    page.wait_for_timeout(1500)
    page.evaluate(LISTEN)
    page.keyboard.type(query, delay=KEYS)
    page.wait_for_timeout(SETTLED)
    figures["typed"].append(page.evaluate("() => Math.max(0, window.drawn - window.key)"))


def _link(page: Any, wire: Wire, query: str, figures: Figures) -> None:
    """Open a link to a query: from the start of the navigation to the results."""
    page.goto(f"{wire.address}{PAGE}?q={query.replace(' ', '+')}", wait_until="commit")
    figures["link"].append(page.evaluate(OPENED))


def _pagefind(page: Any, wire: Wire, query: str, figures: Figures) -> None:
    """Ask Pagefind by its API on an empty page, and load what ten results show."""
    page.goto(wire.address + BLANK, wait_until="networkidle")
    wire.sent.clear()
    figures["ms"].append(page.evaluate(PAGEFIND, [query, SHOWN]))
    figures["page"].append(0)
    figures["query"].append(wire.bytes / 1000)
    figures["requests"].append(len(wire.sent))


if __name__ == "__main__":
    main()
