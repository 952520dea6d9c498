"""Comparisons, all limits, the timeline and the map in a real browser: by pointer, by keyboard, on a phone, from an address."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kb import KnowledgeBase
from kb.api.shapes import table_shape
from kb.facts.comparison import fill
from kb.site.facts import limits_data
from kb.site.pages import Library
from tests.conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return KnowledgeBase(str(ROOT))


def heads(page: Page) -> list[str]:
    return page.locator(".kb-comparison thead th:visible").all_inner_texts()[1:]


def labels(page: Page) -> list[str]:
    return page.locator(".kb-comparison tbody tr:visible th").all_inner_texts()


def taken(page: Page, name: str) -> str:
    """Press a download button and return the file."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name, exact=True).click()
    return Path(download.value.path()).read_bytes().decode()


# Comparisons.


def test_head_and_first_column_stay(page: Page, served: str) -> None:
    """Scrolled inside its frame, the table keeps both in view."""
    page.set_viewport_size({"width": 800, "height": 700})
    page.goto(f"{served}/compare/messaging/")
    page.locator(".kb-frame").evaluate("(frame) => frame.scrollTo(250, 600)")
    frame, head, first = (
        page.locator(place).bounding_box()
        for place in (".kb-frame", ".kb-comparison thead th >> nth=0", ".kb-comparison tbody tr >> nth=8 >> th")
    )

    assert frame
    assert head
    assert first
    assert abs(head["y"] - frame["y"]) <= 2
    assert abs(head["x"] - frame["x"]) <= 2
    assert abs(first["x"] - frame["x"]) <= 2


def test_rows_and_columns_are_hidden_and_the_address_says_so(page: Page, served: str) -> None:
    """What is left stands in the page, in the address, and after a reload."""
    page.goto(f"{served}/compare/messaging/")
    before = labels(page)
    page.get_by_text("Show columns").click()
    page.get_by_label("EventBridge", exact=True).uncheck()
    page.keyboard.press("Escape")
    page.get_by_text("Show rows").click()
    page.get_by_label("Throughput", exact=True).uncheck()
    page.locator("h1").click()

    assert page.locator(".kb-choose[open]").count() == 0
    for _ in range(2):
        assert "EventBridge" not in heads(page)
        assert labels(page) == [label for label in before if label != "Throughput"]
        assert page.locator(".kb-told").inner_text() == f"{len(before) - 1} of {len(before)} rows, 4 of 5 columns."
        assert page.url.endswith("?hide=throughput&without=eventbridge")
        page.reload()
        page.get_by_text("Show rows").wait_for()
    page.get_by_text("Show rows").click()
    page.get_by_role("button", name="All").click()
    assert labels(page) == before


def test_only_differences_leaves_out_what_is_the_same(page: Page, served: str, kb: KnowledgeBase) -> None:
    """Those of kb compare --differences-only; of the columns that are shown."""
    table = next(
        t
        for t in (fill(c, kb.folder.notes, kb.sources) for c in kb.comparisons.values())
        if not all(r.differs for r in t.rows)
    )
    page.goto(f"{served}/compare/{table.id}/")
    page.get_by_label("Only differences").check()

    assert labels(page) == [row.label for row in table.rows if row.differs]
    assert "differences=yes" in page.url


def test_rows_are_sorted_and_a_row_orders_the_columns(page: Page, served: str) -> None:
    """A to Z; by the size of a value, either way, gaps last; then as written again."""
    page.goto(f"{served}/compare/messaging/?sort=name")
    page.locator(".kb-tools select").first.wait_for()
    assert labels(page) == sorted(labels(page), key=str.casefold)
    written = heads(page)
    row = page.get_by_role("button", name="Longest message retention")

    def values() -> list[str]:
        return page.locator('tr[data-id="message-retention-max"] td .kb-value').all_inner_texts()

    row.focus()
    page.keyboard.press("Enter")
    up = values()
    assert up.index("14 days") < up.index("365 days")
    assert page.locator('tr[data-id="message-retention-max"] th').get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Enter")
    assert values().index("365 days") < values().index("14 days")
    assert "by=-message-retention-max" in page.url
    page.keyboard.press("Enter")
    assert heads(page) == written


def test_what_is_shown_can_be_taken_away(page: Page, served: str, kb: KnowledgeBase) -> None:
    """CSV and JSON hold the visible cells with date, check and sources; gaps are said."""
    page.goto(f"{served}/compare/messaging/?without=amazon-mq")
    page.get_by_role("button", name="JSON").wait_for()
    wanted = table_shape(fill(kb.comparisons["messaging"], kb.folder.notes, kb.sources))
    got = json.loads(taken(page, "JSON"))
    rows = list(csv.reader(io.StringIO(taken(page, "CSV").removeprefix("\ufeff"))))

    assert got["columns"] == wanted["columns"][:4]
    assert [row["property"] for row in got["rows"]] == [row["property"] for row in wanted["rows"]]
    for row, other in zip(got["rows"], wanted["rows"], strict=True):
        for cell, one in zip(row["cells"], other["cells"][:4], strict=True):
            assert (cell is None) == (one is None)
            for part in ("as_of", "checked", "sources", "fact"):
                assert cell is None or cell[part] == one[part]
    assert len(rows) == len(wanted["rows"]) + 1
    assert rows[0][:5] == ["Property", "SQS", "SQS: as of", "SQS: checked against", "SQS: sources"]
    size = next(row for row in rows if row[0] == "Largest message")
    assert size[1:4] == ["1 MiB", "2026-11-21", "botocore 1.44.5"]
    assert any("not recorded" in row for row in rows) == any(None in row["cells"][:4] for row in wanted["rows"])


# Any services.


def test_any_services_from_the_address(page: Page, served: str, kb: KnowledgeBase) -> None:
    """Names and ids; the table is that of kb compare, every cell with date and sources."""
    page.goto(f"{served}/compare/any/?services=sqs,Simple+Notification+Service")
    page.locator(".kb-comparison").wait_for()
    wanted = kb.compare(["sqs", "sns"])

    assert heads(page) == ["Amazon SQS", "Amazon SNS"]
    assert labels(page) == [row.label for row in wanted.rows]
    assert page.url.endswith("?services=sqs,sns")
    cells = page.locator(".kb-comparison td")
    for at in range(0, cells.count(), 7):
        cell = cells.nth(at)
        gap = cell.locator(".kb-gap").count()
        assert gap or (cell.locator(".kb-date").count() and cell.locator(".kb-cite a").count())
    page.locator(".kb-comparison .kb-date").first.click()
    page.wait_for_url("**/services/s*/#fact-*")


def test_any_services_by_keyboard(page: Page, served: str) -> None:
    """Type, Enter, type, Enter; remove with Space; what is unknown is said."""
    page.goto(f"{served}/compare/any/")
    box = page.get_by_label("Service", exact=True)
    for name in ("kinesis", "Amazon SQS", "xyzzy"):
        box.fill(name)
        page.keyboard.press("Enter")
    page.locator(".kb-comparison").wait_for()

    assert heads(page) == ["Amazon Kinesis Data Streams", "Amazon SQS"]
    page.wait_for_function("document.querySelector('.kb-told').textContent.startsWith('Nothing is called')")
    page.get_by_role("button", name="Remove Amazon Kinesis Data Streams").focus()
    page.keyboard.press("Space")
    page.wait_for_url("**/?services=sqs")
    assert box.evaluate("(input) => input === document.activeElement")
    page.wait_for_function("document.querySelectorAll('.kb-comparison thead th').length === 2")


def test_nothing_can_be_typed_before_somebody_listens(browser: Any, served: str) -> None:
    """Enter would send the form: the page loads again and the choice is lost."""
    page = browser.new_page()
    page.route("**/pages/any.js", lambda route: route.abort())
    page.goto(f"{served}/compare/any/")

    assert page.get_by_label("Service", exact=True).is_disabled()
    assert page.get_by_role("button", name="Add", exact=True).is_disabled()
    page.close()


def test_what_only_one_records_is_there_when_asked_for(page: Page, served: str, kb: KnowledgeBase) -> None:
    """The choice stands in the address."""
    page.goto(f"{served}/compare/any/?services=sqs,sns")
    page.get_by_label("Also what only one records").check()
    every = {fact.id for id in ("sqs", "sns") for fact in kb.folder.notes[id].facts}
    page.wait_for_function(f"document.querySelectorAll('.kb-comparison tbody tr').length === {len(every)}")

    assert "all=yes" in page.url


def test_a_hostile_address_stays_text(page: Page, served: str) -> None:
    """It makes no element, and is told as what it is."""
    page.goto(f"{served}/compare/any/?services={HOSTILE},sqs&hide={HOSTILE}&by={HOSTILE}&sort={HOSTILE}")
    page.locator(".kb-comparison").wait_for()

    assert HOSTILE in page.locator(".kb-told").inner_text()
    assert page.locator("img[src=x]").count() == 0
    assert heads(page) == ["Amazon SQS"]


def test_facts_that_do_not_come_are_told(browser: Any, served: str) -> None:
    """A failure is said, and trying again works."""
    page = browser.new_page()
    page.route("**/api/v1/notes/sns.json", lambda route: route.abort())
    page.goto(f"{served}/compare/any/?services=sqs,sns")
    page.get_by_text("could not be loaded").wait_for()
    page.unroute("**/api/v1/notes/sns.json")
    page.get_by_label("Service", exact=True).fill("lambda")
    page.keyboard.press("Enter")
    page.locator(".kb-comparison").wait_for()
    found = heads(page)
    page.close()

    assert found == ["Amazon SQS", "Amazon SNS", "AWS Lambda"]


# All limits.


def rows_of(page: Page) -> list[str]:
    return page.locator(".kb-rows tbody tr:not(.kb-space)").all_inner_texts()


def test_limits_are_filtered_and_the_address_says_so(page: Page, served: str) -> None:
    """By words, service, category and kind; cleared with one press; an address gives the same."""
    page.goto(f"{served}/limits/")
    page.locator(".kb-rows td a").first.wait_for()
    page.get_by_label("Service", exact=True).select_option("sqs")
    page.get_by_role("searchbox", name="Filter").fill("retention")
    page.get_by_label("Kind", exact=True).select_option("hard limit")

    assert page.url.endswith("?filter=retention&service=sqs&kind=hard+limit")
    found = rows_of(page)
    assert found
    assert all("SQS" in row and "hard limit" in row for row in found)
    assert page.locator(".kb-told").inner_text().startswith(f"{len(found)} of ")
    page.reload()
    page.locator(".kb-rows td a").first.wait_for()
    assert rows_of(page) == found
    page.locator(".kb-tools").get_by_role("button", name="Clear").click()
    assert page.url.endswith("/limits/")
    page.get_by_label("Category", exact=True).select_option("Storage")
    assert "S3" in " ".join(rows_of(page)) or "EBS" in " ".join(rows_of(page))
    page.get_by_role("searchbox", name="Filter").fill("xyzzy")
    assert rows_of(page) == []
    assert "Fewer words" in page.locator(".kb-told").inner_text()


def test_a_limit_leads_to_its_fact_and_the_shown_ones_can_be_taken(page: Page, served: str) -> None:
    """The link has the fact's address; the file has the rows that are shown, in their order."""
    page.goto(f"{served}/limits/?service=sqs&sort=-limit")
    page.locator(".kb-rows td a").first.wait_for()
    links = page.locator(".kb-rows td a").all_inner_texts()
    rows = list(csv.DictReader(io.StringIO(taken(page, "CSV").removeprefix("\ufeff"))))

    assert [row["Limit"] for row in rows] == links == sorted(links, key=str.lower, reverse=True)
    assert [row["Limit"] for row in rows] == [row["label"] for row in json.loads(taken(page, "JSON"))]
    assert page.locator('th[aria-sort="descending"]').inner_text() == "Limit"
    page.locator(".kb-rows td a").first.click()
    page.wait_for_url("**/services/sqs/#fact-*")


def many(kb: KnowledgeBase, count: int) -> dict[str, Any]:
    data = limits_data(Library(dict(sorted(kb.folder.notes.items())), kb.folder.sources, kb.comparisons))
    rows = [[row[0], row[1], f"{row[2]} {at}", *row[3:]] for at, row in enumerate(data["rows"] * 4)]
    return data | {"rows": rows[:count]}


def longest_task(trace: bytes) -> float:
    """Return the longest task of the page's main thread in milliseconds of its own work, whatever else the machine does."""
    events = json.loads(trace)["traceEvents"]
    main = {
        (e["pid"], e["tid"]) for e in events if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        e["tdur"] / 1000 for e in events if e["name"] == "RunTask" and "tdur" in e and (e["pid"], e["tid"]) in main
    ]
    assert tasks
    return float(max(tasks))


def test_three_thousand_limits_keep_the_page_light(page: Page, browser: Any, served: str, kb: KnowledgeBase) -> None:
    """Loading, typing, sorting and scrolling never hold the page for 50 ms; few rows are drawn at a time."""
    data = json.dumps(many(kb, 3000))
    page.route("**/assets/kb/data/limits.json", lambda route: route.fulfill(body=data, content_type="application/json"))
    times: dict[str, float] = {}

    def timed(name: str, act: Callable[[], object]) -> None:
        browser.start_tracing(page=page, categories=["toplevel", "disabled-by-default-devtools.timeline", "__metadata"])
        act()
        page.wait_for_timeout(250)
        times[name] = longest_task(browser.stop_tracing())

    def load() -> None:
        page.goto(f"{served}/limits/")
        page.locator(".kb-rows td a").first.wait_for()

    page.goto(f"{served}/a-z/")  # what every page loads
    timed("load", load)
    assert page.locator(".kb-told").inner_text() == "3,000 limits."
    box = page.get_by_role("searchbox", name="Filter")
    box.focus()
    for letter in "tim":
        timed(f"type {letter}", partial(page.keyboard.press, letter))
    box.fill("")
    for name in ("Limit", "Value"):
        timed(f"sort {name}", page.get_by_role("button", name=name, exact=True).click)
    for share in (0.1, 0.5, 0.51, 1, 0):
        place = f"(table) => scrollTo(0, table.offsetTop + {share} * (table.offsetHeight - innerHeight))"
        timed(f"scroll {share}", partial(page.locator(".kb-rows").evaluate, place))
        assert 0 < page.locator(".kb-rows tbody tr:not(.kb-space)").count() <= 240
    assert max(times.values()) < 50, times


def test_the_last_limit_is_reached_and_printing_has_all(page: Page, served: str, kb: KnowledgeBase) -> None:
    """Scrolled to its end the table ends with the last row; for paper every row is drawn."""
    data = many(kb, 400)
    page.route("**/assets/kb/data/limits.json", lambda route: route.fulfill(json=data))
    page.goto(f"{served}/limits/")
    page.locator(".kb-rows td a").first.wait_for()
    last = data["rows"][-1][2]
    for _ in range(4):
        page.locator(".kb-files").scroll_into_view_if_needed()
        page.wait_for_timeout(100)
    assert page.get_by_role("link", name=last, exact=True).is_visible()
    assert page.locator("[aria-rowindex='401']").count() == 1
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".kb-rows tbody tr:not(.kb-space)").count() == 400


def test_hostile_limits_stay_text(page: Page, served: str, kb: KnowledgeBase) -> None:
    """Whatever the data holds, it makes no element."""
    data = many(kb, 30)
    data["notes"] = [[id, HOSTILE, HOSTILE, url] for id, _, _, url in data["notes"]]
    data["rows"] = [
        [place, anchor, HOSTILE, HOSTILE, HOSTILE, f"`{HOSTILE}`", *rest]
        for place, anchor, _, _, _, _, *rest in data["rows"]
    ]
    page.route("**/assets/kb/data/limits.json", lambda route: route.fulfill(json=data))
    page.goto(f"{served}/limits/")
    page.locator(".kb-rows td a").first.wait_for()

    assert page.locator(".kb-rows td a").first.inner_text() == HOSTILE
    assert page.locator("img[src=x]").count() == 0


# The timeline.


def test_the_timeline_is_filtered(page: Page, served: str) -> None:
    """By words and category; years without entries go; the address says so."""
    page.goto(f"{served}/changes/")
    page.get_by_role("searchbox", name="Filter").fill("aurora storage")
    shown = page.locator(".kb-change:visible")

    assert shown.count() >= 1
    assert all("Aurora" in text for text in shown.all_inner_texts())
    years = page.locator("h3:visible").all_inner_texts()
    assert 0 < len(years) <= shown.count()
    assert page.url.endswith("?filter=aurora+storage")
    page.reload()
    page.get_by_role("searchbox", name="Filter").wait_for()
    assert page.get_by_role("searchbox", name="Filter").input_value() == "aurora storage"
    page.get_by_role("searchbox", name="Filter").fill("")
    page.get_by_label("Category", exact=True).select_option("Compute")
    assert 0 < page.locator(".kb-change:visible").count() < page.locator(".kb-change").count()


# The map.


def test_the_map_by_keyboard(page: Page, served: str) -> None:
    """Skipped with one press, or walked through in order; a bubble brings out its neighbours and opens its note."""
    page.goto(f"{served}/graph/")
    page.locator(".kb-legend button").last.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip the picture"
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Tab")
    second = page.evaluate("document.activeElement.getAttribute('aria-label')")

    assert first != second
    assert "Compute" in first
    assert "Compute" in second
    near = page.locator(".kb-node:focus").get_attribute("data-near") or ""
    assert page.locator(".kb-node.kb-on").count() == len(near.split()) + 1
    assert page.locator(".kb-edges-near path").count() == len(near.split())
    assert page.locator(".kb-told").inner_text().startswith(second.split(",")[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/services/*/")


def test_the_map_by_pointer(page: Page, served: str) -> None:
    """Pointing brings out neighbours, leaving ends it; a category's button brings that out and stays."""
    page.goto(f"{served}/graph/")
    page.locator(".kb-node").nth(20).hover()
    assert page.locator("svg.kb-some .kb-from").count() == 1
    page.locator("h1").hover()
    assert page.locator("svg.kb-some").count() == 0
    button = page.get_by_role("button", name="Storage")
    button.click()
    stored = page.locator('.kb-node[data-of="storage"]').count()
    assert page.locator(".kb-node.kb-on").count() == stored > 3
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert page.locator("svg.kb-some").count() == 0


# Every page.

PAGES = {
    "compare/messaging/": ".kb-tools select",
    "compare/any/?services=sqs,sns,kinesis": ".kb-comparison",
    "limits/": ".kb-rows td",
    "changes/": ".kb-tools input",
    "conflicts/": "h1",
    "graph/": ".kb-node",
    "sources/hajare-2019/": ".kb-table",
}
"""What is there when a page is ready."""


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phones_scroll_only_down_and_text_can_be_read(path: str, scheme: Any, browser: Any, served: str) -> None:
    """No page is wider than a phone, in either scheme; text of tables and bubbles stands out from what is behind it."""
    phone = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    phone.goto(f"{served}/{path}")
    phone.locator(PAGES[path]).first.wait_for()
    width = phone.evaluate("document.documentElement.scrollWidth")
    low = phone.evaluate(CONTRAST)
    phone.close()

    assert width <= 360
    assert low == []


CONTRAST = """() => {
  const light = (color) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data
    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
  }
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor
      if (!color.endsWith(", 0)") && color !== "transparent") return color
    }
    return "white"
  }
  const low = []
  const measure = (name, ink, paper) => ratio(light(ink), light(paper)) < 4.5 && low.push(`${name}: ${ink} on ${paper}`)
  for (const node of document.querySelectorAll(".kb-node")) measure(node.ariaLabel, getComputedStyle(node.querySelector("text")).fill, getComputedStyle(node.querySelector("circle")).fill)
  for (const part of document.querySelectorAll(".kb-table :is(a, td, th, span), .kb-told, .kb-tools *, .kb-legend button")) measure(part.className || part.tagName, getComputedStyle(part).color, behind(part))
  return [...new Set(low)]
}"""


def test_without_scripts_everything_can_be_read(browser: Any, served: str) -> None:
    """Comparison, timeline, map and list stand in the page; where a script is needed, the page says what to do instead."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    found = {}
    for path, place in {
        "compare/messaging/": ".kb-comparison .kb-value",
        "compare/any/": "noscript .kb-none, .kb-none",
        "limits/": "#by-service ~ ul a, .md-typeset ul a[href*='#limits']",
        "changes/": ".kb-change",
        "graph/": ".kb-node",
    }.items():
        page.goto(f"{served}/{path}")
        found[path] = page.locator(place).first.is_visible()
    context.close()

    assert found == dict.fromkeys(found, True)
