"""The search box in a real browser: Material's box, our worker; below a folder of a host that sends the site's own headers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from kb import KnowledgeBase
from kb.search.hit import Filters
from tests.conftest import ROOT
from tests.site.wire import FOLDER, Wire

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
COLD_BYTES = 150_000
COLD_REQUESTS = 40
STUB_BYTES = 1_000
QUERIES = 30
SEED = 20261123
HIT = ".md-search-result__link"
# Those of WCAG 2.2 are off by default.
AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}


@pytest.fixture(scope="module")
def wire(site: Path) -> Iterator[Wire]:
    """The site below a folder."""
    wire = Wire(site)
    yield wire
    wire.stop()


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    """What the terminal searches."""
    return KnowledgeBase(str(ROOT))


class Box:
    """The search box of a page, used as a person does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.input = page.locator("[data-md-component=search-query]")
        self.hits = page.locator(HIT)
        self.meta = page.locator(".md-search-result__meta")
        self.status = page.locator(".kb-search-status")
        self.notices = page.locator(".kb-search-notices")

    def open(self) -> None:
        self.page.keyboard.press("/")
        self.page.wait_for_function("() => document.activeElement.name === 'query'")

    def type(self, text: str, delay: int = 10) -> None:
        self.open()
        self.page.keyboard.type(text, delay=delay)
        self.wait(text)

    def fill(self, text: str) -> None:
        self.input.fill(text)
        self.wait(text)

    def wait(self, text: str) -> None:
        """Wait until what is shown is what was found for a text."""
        self.page.locator(f"[data-md-component=search][data-kb-asked={json.dumps(text)}]").wait_for(state="attached")

    def found(self) -> list[str]:
        """The addresses of what was found, relative to the site, in their order."""
        items: list[list[str]] = self.page.evaluate(
            "() => [...document.querySelectorAll('.md-search-result__item')]"
            f".map((item) => [...item.querySelectorAll(':scope > {HIT}')].map(({{ href }}) => href))"
        )
        urls = [urlsplit(url) for item in items for url in (item[1:] if len(item) > 1 else item)]
        return [f"{url.path.removeprefix(FOLDER)}{'#' if url.fragment else ''}{url.fragment}" for url in urls]

    def focused(self) -> str:
        found: str = self.page.evaluate("document.activeElement.getAttribute('href') ?? document.activeElement.name")
        return found


@pytest.fixture
def visit(browser: Any, wire: Wire) -> Iterator[Callable[..., Box]]:
    """Open a page in a profile of its own; an error in the console or a request to elsewhere fails the test."""
    errors: list[str] = []
    contexts = []

    def is_wrong(message: Any) -> bool:
        return message.type == "error" and not (wire.lost and "404" in message.text)

    def opened(path: str = "", **options: Any) -> Box:
        context = browser.new_context(
            **({"viewport": {"width": 1280, "height": 900}, "service_workers": "block"} | options)
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if is_wrong(message) else None)
        page.on("request", lambda asked: errors.append(asked.url) if not asked.url.startswith(wire.address) else None)
        page.goto(wire.address + path)
        page.locator("[data-md-component=search][data-kb-asked]").wait_for(state="attached")
        return Box(page)

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def test_what_is_typed_is_answered_first_with_value_date_and_source(visit: Callable[..., Box]) -> None:
    """The fact, marked words, and a link to its source."""
    box = visit("services/s3/")
    box.type("sqs max message size")
    answer = box.page.locator(".md-search-result__item").first

    assert answer.locator(".kb-answer strong").inner_text() == "1 MiB"
    assert re.search(r"Checked against botocore [\d.]+, \d{4}-\d\d-\d\d", answer.inner_text())
    source = answer.locator(".kb-answer-sources a").evaluate("({ href }) => href")
    assert source.endswith(f"{FOLDER}sources/aws-api-models/")
    assert "Messages" in answer.locator("mark").all_inner_texts()
    answer.locator(".kb-answer").click()
    box.page.wait_for_url("**/services/sqs/?h=*#fact-message-size-max")


def test_the_same_ten_as_in_the_terminal(visit: Callable[..., Box], kb: KnowledgeBase) -> None:
    """For queries of every style, in the same order, with the same spelling corrected and as many in all."""
    lines = (ROOT / "tests/quality/queries.jsonl").read_text(encoding="utf-8").splitlines()
    queries = [json.loads(line)["query"] for line in lines]
    box = visit()
    box.open()
    for query in queries[:: len(queries) // QUERIES]:
        box.fill(query)
        python = kb.searcher.search(query)

        assert box.found() == [hit.url for hit in python.hits], query
        corrected = box.page.locator(".kb-search-corrected")
        assert (corrected.inner_text() if corrected.count() else None) == python.corrected, query
        assert box.page.locator(".kb-answer").count() == int(python.answer is not None), query


def test_a_link_to_a_query_opens_its_results(visit: Callable[..., Box], kb: KnowledgeBase) -> None:
    """With its filters; closing the box takes the query out of the address."""
    query = "message retention kind:fact"
    box = visit(f"?q={quote(query)}")
    box.wait(query)

    assert box.found() == [hit.url for hit in kb.searcher.search("message retention", 10, Filters(kind=("fact",))).hits]
    assert box.page.locator("select[data-filter=kind]").input_value() == "fact"
    box.page.keyboard.press("Escape")
    box.page.wait_for_function("() => !location.search")


def test_a_link_works_when_the_box_comes_after_the_results(visit: Callable[..., Box], wire: Wire) -> None:
    """On a slow line the worker may have answered before anything listens."""
    wire.slow["assets/kb/kb-search-box.js"] = 3
    try:
        box = visit("?q=lamda+timeout")
    finally:
        wire.slow.clear()

    box.wait("lamda timeout")
    assert "Showing results for lambda timeout" in box.notices.inner_text()


def test_the_keyboard_is_enough(visit: Callable[..., Box]) -> None:
    """/ opens, arrows walk over what was found and not over its pages, Enter opens, Tab reaches the filters, Escape closes."""
    box = visit()
    box.type("sqs max message size")
    found = box.found()
    box.page.keyboard.press("ArrowUp")
    assert box.focused().endswith(found[-1].partition("#")[2])
    for expected in ("query", found[0], found[1]):
        box.page.keyboard.press("ArrowDown")
        assert box.focused().endswith(expected.partition("#")[2] or expected)
    box.page.keyboard.type("s")
    assert box.input.input_value() == "sqs max message sizes"

    for _ in range(9):
        box.page.keyboard.press("Tab")
        if box.page.evaluate("document.activeElement.dataset.filter === 'kind'"):
            break
    assert box.page.locator("select[data-filter=kind]").is_visible()
    box.page.keyboard.press("ArrowDown")
    box.wait("sqs max message sizes kind:fact")
    box.page.keyboard.press("Escape")
    box.page.wait_for_function("() => !document.getElementById('__search').checked")
    assert not box.page.locator("select[data-filter=kind]").is_visible()


def test_tab_leaves_the_box_after_its_last_part(visit: Callable[..., Box]) -> None:
    """And closes it; shift and Tab from the field as well."""
    box = visit()
    box.type("zzqq lambada")
    for _ in range(12):
        box.page.keyboard.press("Tab")
        if not box.page.evaluate("document.getElementById('__search').checked"):
            break
    assert not box.page.evaluate("document.querySelector('.md-search').contains(document.activeElement)")
    box.open()
    box.page.keyboard.press("Shift+Tab")
    assert not box.page.evaluate("document.getElementById('__search').checked")


def test_enter_opens_the_best_as_soon_as_it_is_there(visit: Callable[..., Box]) -> None:
    """Even when it is pressed before anything was found."""
    box = visit()
    box.open()
    box.page.keyboard.type("lambda longest timeout")
    box.page.keyboard.press("Enter")

    box.page.wait_for_url("**/services/lambda/?h=*#fact-timeout-max")


def test_filters_narrow_and_stand_in_the_query(visit: Callable[..., Box], kb: KnowledgeBase) -> None:
    """By kind and category, as in the terminal; suggestions keep them, taking them back gives all."""
    box = visit()
    box.type("message retention")
    all_of_it = box.found()
    box.page.get_by_role("combobox", name="Kind").select_option("Facts")
    box.wait("message retention kind:fact")
    box.page.get_by_role("combobox", name="Category").select_option("Analytics")
    box.wait("message retention kind:fact category:analytics")

    narrowed = kb.searcher.search("message retention", 10, Filters(category=("analytics",), kind=("fact",)))
    assert box.found() == [hit.url for hit in narrowed.hits]
    assert narrowed.hits
    box.page.get_by_role("combobox", name="Kind").select_option("All kinds")
    box.page.get_by_role("combobox", name="Category").select_option("All categories")
    box.wait("message retention")
    assert box.found() == all_of_it

    box.fill("message retention service:sqs")
    service = kb.searcher.search("message retention", 10, Filters(service=("sqs",)))
    assert box.found() == [hit.url for hit in service.hits]
    box.fill("message retention category:nothing")
    assert "category:nothing" in box.notices.inner_text()
    assert box.found() == all_of_it


def test_more_results_can_be_asked_for(visit: Callable[..., Box], kb: KnowledgeBase) -> None:
    """Thirty, the first ten as before."""
    box = visit()
    box.type("message retention")
    box.page.get_by_role("button", name="Show up to 30 results").click()
    box.wait("message retention limit:30")
    box.page.locator(".md-search__scrollwrap").evaluate("(element) => element.scrollTo(0, element.scrollHeight)")

    expected = [hit.url for hit in kb.searcher.search("message retention", 30).hits]
    assert box.found()[:10] == expected[:10]
    assert box.meta.inner_text().startswith("30 of ")


def test_a_typo_is_announced(visit: Callable[..., Box]) -> None:
    """To the eye and to a screen reader, with the answer."""
    box = visit()
    box.type("lamda longest timeout")

    assert "Showing results for lambda longest timeout" in box.notices.inner_text()
    box.page.wait_for_function("() => document.querySelector('.kb-search-status').textContent")
    assert box.status.get_attribute("role") == "status"
    assert box.status.inner_text().startswith("Showing results for lambda longest timeout. Longest timeout")
    assert "15 minutes" in box.status.inner_text()


def test_what_is_typed_is_completed(visit: Callable[..., Box]) -> None:
    """In the field, where the right arrow takes it, and as buttons."""
    box = visit()
    box.type("visibility tim")
    box.page.wait_for_function("() => document.querySelector('.md-search__suggest').textContent.length > 14")
    completed = box.page.locator(".md-search__suggest").inner_text()
    box.page.keyboard.press("ArrowRight")
    box.wait(completed)
    assert completed.startswith("visibility time")

    box.fill("dyn")
    names = box.notices.get_by_role("group", name="Suggestions").get_by_role("button")
    names.get_by_text("dynamodb", exact=True).click()
    box.wait("dynamodb")
    assert box.focused() == "query"
    assert box.found()[0] == "services/dynamodb/"


def test_what_is_pasted_is_found(visit: Callable[..., Box]) -> None:
    """Material by itself listens to keys alone."""
    box = visit()
    box.open()
    box.input.evaluate("(input) => { input.value = 'aws_sqs_queue'; input.dispatchEvent(new Event('input')) }")
    box.wait("aws_sqs_queue")

    assert box.found()[0] == "services/sqs/"
    assert "Terraform type" in box.notices.inner_text()


def test_nothing_found_gives_the_nearest_names(visit: Callable[..., Box], run_kb: Callable[..., Any]) -> None:
    """The same as the terminal gives; one searches it. Where nothing is near, the list of all names."""
    box = visit()
    box.type("zzqq lambada")
    told = run_kb("search", "zzqq lambada", base=ROOT).stderr
    names = told.partition("nearest names: ")[2].strip().split(", ")
    buttons = box.notices.get_by_role("group", name="Nearest names").get_by_role("button")

    assert box.meta.inner_text() == "Nothing found for “zzqq lambada”"
    assert buttons.all_inner_texts() == names
    buttons.first.click()
    box.wait(names[0])
    assert box.found()[0] == "services/lambda/"
    box.fill("qqqqqqqq")
    assert box.notices.get_by_role("link", name="A to Z").count() == 1


def test_a_comparison_is_offered(visit: Callable[..., Box]) -> None:
    """A page of its own where there is one, else one made for the query."""
    box = visit()
    box.type("sqs or sns or kinesis")
    box.notices.get_by_role("link").click()
    box.page.wait_for_url("**/compare/*/")

    box.type("athena vs cognito")  # no page sets these side by side
    box.notices.get_by_role("link", name="Amazon Athena, Amazon Cognito").click()
    box.page.wait_for_url("**/compare/any/?services=athena,cognito")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_in_light_and_dark(scheme: str, visit: Callable[..., Box]) -> None:
    """Nothing is cut off, everything can be read."""
    box = visit(viewport={"width": 360, "height": 740}, has_touch=True, color_scheme=scheme)
    box.page.locator("header").get_by_role("button", name="Search", exact=True).first.tap()
    box.page.keyboard.type("lamda longest timeout")
    box.wait("lamda longest timeout")

    width = "(selector) => Math.max(...[...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect().right))"
    for part in (
        ".kb-search-panel *",
        ".kb-answer",
        ".kb-hit-origin",
        ".kb-answer-sources a",
        ".md-search-result__link",
    ):
        assert box.page.evaluate(width, part) <= 360, part
        assert box.page.locator(part).first.is_visible(), part
    for text in ("lamda longest timeout", "zzqq lambada", "retention service:sqs kind:fact"):
        box.fill(text)
        box.page.wait_for_timeout(400)  # until the box has faded in
        assert Axe().run(box.page, ".md-search", AXE).response["violations"] == [], text
    box.fill("lamda longest timeout")
    box.page.locator(".kb-answer").first.tap()
    box.page.wait_for_url("**/services/lambda/?h=*#fact-timeout-max")


@pytest.mark.parametrize("delay", [0, 100])
def test_a_first_query_costs_little(delay: int, visit: Callable[..., Box], wire: Wire) -> None:
    """A page loads no index; the first query on a cold cache, its code included, stays below its budget, typed fast or slowly."""
    wire.sent.clear()
    box = visit("services/s3/")
    while not (loaded := dict(wire.sent)).get("search/search_index.json"):
        box.page.wait_for_timeout(50)
    assert loaded["search/search_index.json"] <= STUB_BYTES
    assert not [name for name in loaded if name.startswith("api/v1/search/")]

    wire.sent.clear()
    box.type("how long are messages kept in sqs", delay=delay)
    assert wire.bytes <= COLD_BYTES
    assert len(wire.sent) <= COLD_REQUESTS
    wire.sent.clear()
    box.fill("how long are messages kept in sqs queues")
    box.fill("how long are messages kept in sqs")
    assert wire.bytes <= COLD_BYTES / 5


WORKER = """async ([texts, gaps]) => {
  const worker = new Worker(new URL("assets/kb/search/worker.js", document.baseURI))
  const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))
  const answered = new Promise((done, fail) => {
    worker.onmessage = ({ data: { type, data } }) => {
      if (type === 3 && data.kb.error) fail(new Error(data.kb.error))
      if (type === 3 && data.kb.asked === texts.at(-1)) done(data.items.length)
    }
  })
  for (const [at, text] of texts.entries()) {
    worker.postMessage({ type: 2, data: text })
    await wait(gaps[at])
  }
  const found = await Promise.race([answered, wait(20000)])
  worker.terminate()
  return found ?? "no answer"
}"""


def test_the_last_text_is_always_answered(visit: Callable[..., Box]) -> None:
    """Whatever came before it, at any pace, cold or warm: no text waits for files that another gave up."""
    random = Random(SEED)
    box = visit()
    for _ in range(12):
        text = random.choice(["how long are messages kept", "dynamodb throughput", "lamda timeout kind:fact", "sqs"])
        typed = [text[:size] for size in range(1, len(text) + 1)]
        texts = [*typed, *(random.choice(typed) for _ in range(random.randrange(4))), text]
        pace = random.choice([0, 20, 60, 120])

        found = box.page.evaluate(WORKER, [texts, [random.uniform(0, 2) * pace for _ in texts]])
        assert isinstance(found, int), texts
        assert found > 0, texts


def test_a_search_that_cannot_be_loaded_says_so_and_tries_again(
    visit: Callable[..., Box], wire: Wire, kb: KnowledgeBase
) -> None:
    """A lost file is named; once it is there, the next query works."""
    box = visit()
    wire.lost.add("api/v1/search/manifest.json")
    try:
        box.type("message retention")
        assert "manifest.json" in box.meta.inner_text()
        assert not box.page.locator(".kb-search-panel").is_visible()
    finally:
        wire.lost.clear()
    box.fill("message retention sqs")

    assert box.found() == [hit.url for hit in kb.searcher.search("message retention sqs").hits]
