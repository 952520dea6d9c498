"""How pages look and are used: what the first screen says, copying, keys, print, colours, weight; and hostile notes."""

from __future__ import annotations

import re
import shutil
import warnings
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kb import InputError, KnowledgeBase
from kb.site.build import build_site
from kb.site.pages import KEY_FACTS, Library, note_page
from kb.site.tree import library_of
from tests.conftest import ROOT, VAULT
from tests.site.wire import Wire

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"), pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.timeout(300),
]  # fmt: skip
LARGE = ("", "services/dynamodb/", "compare/messaging/", "a-z/", "sources/")
VARIED = ("", "services/sqs/", "services/codestar/", "compare/messaging/", "limits/")
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
MOST_BYTES = 250_000
MOST_SHIFT = 0.1
DARKNESS = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).reduce((sum, part) => sum + Number(part), 0)"
SHIFT = """window.shift = 0
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shift += entry.value })
  .observe({ type: "layout-shift", buffered: true })"""


@pytest.fixture(scope="module")
def library() -> Library:
    return library_of(KnowledgeBase(str(ROOT)))


@pytest.fixture(scope="module")
def wire(site: Path) -> Iterator[Wire]:
    """The site below a folder of a host that compresses."""
    wire = Wire(site)
    yield wire
    wire.stop()


def test_every_fact_says_when(library: Library) -> None:
    """A date, or that there is none, beside each value: in the boxes at the top and in the table."""
    for note in library.notes.values():
        page = note_page(note, library)
        rows = re.findall(r"<tr id=.*?</tr>", page)
        boxes = re.findall(r'<div class="kb-fact">.*?</div>', page)
        assert (len(rows), len(boxes)) == (len(note.facts), min(KEY_FACTS, len(note.facts))), note.id
        for part in [*rows, *boxes]:
            assert re.search(r'class="kb-dated[^>]*>(checked \d{4}-|as of \d{4}|not checked)', part), part


def test_what_is_no_longer_offered_says_so_above_its_facts(library: Library) -> None:
    """Retired, closed, renamed: in words, with the date, before anything one could take for current."""
    words = {
        "retired": "Retired since",
        "closed-to-new-customers": "Closed to new customers since",
        "renamed": "Renamed",
    }
    changed = [note for note in library.notes.values() if note.status.state != "current"]

    assert len(changed) > 10
    for note in changed:
        page = note_page(note, library)
        banner = page.index(f'!!! warning "{words[note.status.state]}')
        assert banner < page.index('<section class="kb-key-facts"'), note.id
        assert "See below" not in page, note.id


def test_headings_and_landmarks_of_every_page(site: Path) -> None:
    """A language, a title, one main part, one first heading, no level left out."""
    for file in site.rglob("*.html"):
        html = file.read_text(encoding="utf-8")
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", html)]
        assert '<html lang="en"' in html, file
        assert (html.count("<main "), levels.count(1)) == (1, 1), file
        assert levels[0] == 1, file
        assert all(after <= before + 1 for before, after in pairwise(levels)), (file, levels)
        assert re.search(r"<title>[^<]+</title>", html), file


def test_no_script_or_style_of_ours_stands_in_a_page(site: Path) -> None:
    """What a strict policy would refuse: the theme's own scripts are known by how they begin, data is no script."""
    theme = re.compile(r'__md_scope=|var palette=|var target=|\{"')
    for file in site.rglob("*.html"):
        html = file.read_text(encoding="utf-8")
        assert not re.search(r"<style|<[a-z][^<>]* style=|<[a-z][^<>]* on[a-z]+=", html), file
        for attributes, text in re.findall(r"<script([^>]*)>(.*?)</script>", html, re.S):
            assert "src=" in attributes or theme.match(text.strip()), (file, text[:80])


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_home_page_searches_in_its_first_screen(size: Any, browser: Any, served: str) -> None:
    """What it is, a box, examples; typing goes on in the search box, an example answers at once."""
    page = browser.new_page(viewport=size)
    page.goto(f"{served}/")
    for part in ("h1", ".kb-ask input", ".kb-examples a >> nth=-1", ".kb-held"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= size["height"], part
    page.locator(".kb-ask input").click()
    page.keyboard.type("visibility timeout", delay=20)
    assert page.locator("[data-md-component=search-query]").input_value() == "visibility timeout"
    page.locator(".md-search-result__link").first.wait_for()

    page.goto(f"{served}/")
    example = page.locator(".kb-examples a").first
    words = example.inner_text()
    example.click()
    page.locator(".md-search-result__link").first.wait_for()
    assert page.locator("[data-md-component=search-query]").input_value() == words
    page.goto(f"{served}/{page.locator('.kb-examples a').first.get_attribute('href')}")
    page.locator(".md-search-result__link").first.wait_for()
    page.close()


@pytest.mark.browser
def test_a_phone_shows_the_key_facts_first(browser: Any, served: str) -> None:
    """Name, summary and the boxes need no scrolling; rows of facts stand below each other, readable."""
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{served}/services/sqs/")
    box = page.locator(".kb-key-facts dl").bounding_box()
    assert box["y"] + box["height"] <= PHONE["height"]
    row = page.locator("#fact-message-size-max")
    name, value = (row.locator(part).bounding_box() for part in ("th", ".kb-value"))
    assert value["y"] >= name["y"] + name["height"]
    assert value["x"] == pytest.approx(name["x"], abs=1)
    assert row.locator(".kb-value").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 15
    page.close()


@pytest.mark.browser
def test_a_fact_is_copied_with_its_source(browser: Any, served: str) -> None:
    """From its row and from the boxes; a heading gives its address; it is said that it happened."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{served}/services/sqs/")
    expected = [
        "Amazon SQS, Longest message retention: 14 days (hard limit, checked 2026-11-21)",
        "Source: Aditya Hajare, AWS Technologies, 22 December 2019.",
        f"{served}/services/sqs/#fact-message-retention-max",
    ]
    for button in ('.kb-fact [data-kb-copy="fact-message-retention-max"]', "#fact-message-retention-max .kb-copy"):
        page.evaluate("navigator.clipboard.writeText('')")
        page.locator(button).click()
        page.locator(".md-dialog--active[role=status]").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert [line for line in expected if line not in copied] == [], copied
    page.locator("#security .headerlink").click(force=True)
    assert page.evaluate("navigator.clipboard.readText()") == page.url == f"{served}/services/sqs/#security"
    context.close()


@pytest.mark.browser
def test_what_a_fact_was_checked_against_opens(page: Page, served: str) -> None:
    """By a key, below the date: model, place and words."""
    page.goto(f"{served}/services/sqs/")
    check = page.locator("#fact-message-size-max details")
    check.locator("summary").focus()
    page.keyboard.press("Enter")

    assert check.locator("q").is_visible()
    assert "botocore 1.44.5, sqs/CreateQueue/Attributes" in check.inner_text()


def walk(page: Page, stops: int) -> list[list[str]]:
    """Press Tab and give the classes of what had the focus, each with a ring round it or, if it is drawn by a label, that."""
    seen = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        ring = page.evaluate("""() => {
          const at = document.activeElement
          const shown = at.matches(".md-option") ? document.querySelector(".md-option.focus-visible ~ label:not([hidden])") : at
          const style = getComputedStyle(shown)
          return at.matches("input[type=text]") || parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none"
        }""")
        assert ring, page.evaluate("document.activeElement.outerHTML")
        seen.append(page.evaluate("[...document.activeElement.classList]"))
    return seen


@pytest.mark.browser
def test_keys_reach_everything(browser: Any, served: str) -> None:
    """The way past the head first, a ring round what has the focus; on a phone the menu and the search open by keys."""
    page = browser.new_page(viewport=DESK)
    page.goto(f"{served}/services/sqs/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.md-skip')")
    head = walk(page, 14)
    assert {"md-logo", "md-option", "md-search__input", "md-tabs__link"} <= {name for names in head for name in names}

    page.goto(f"{served}/services/sqs/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    walk(page, 2)
    assert page.evaluate("document.activeElement.closest('.kb-fact') !== null"), "past head and menus at once"
    page.close()

    phone = browser.new_page(viewport=PHONE)
    phone.goto(f"{served}/services/sqs/")
    for name, toggle in (("Menu", "#__drawer"), ("Search", "#__search")):
        phone.get_by_role("button", name=name, exact=True).focus()
        phone.keyboard.press("Enter")
        assert phone.locator(toggle).is_checked(), name
        phone.reload()
    phone.close()


@pytest.mark.browser
def test_a_page_prints_its_facts_and_nothing_else(browser: Any, served: str) -> None:
    """No head, no menus, no buttons; the table with its dates stays, on white paper whatever the screen shows."""
    page = browser.new_page(color_scheme="dark")
    page.goto(f"{served}/services/codestar/")
    assert page.evaluate(DARKNESS) < 120
    page.emulate_media(media="print")

    assert page.evaluate(DARKNESS) == 3 * 255
    for gone in (".md-header", ".md-tabs", ".md-sidebar--primary", ".md-path", "#limits .headerlink", ".kb-copy"):
        assert not page.locator(gone).first.is_visible(), gone
    for kept in (".kb-fact-value", ".kb-facts .kb-value", ".kb-facts .kb-dated", ".admonition"):
        assert page.locator(kept).first.is_visible(), kept
    page.close()


@pytest.mark.browser
def test_the_dark_scheme_never_flashes(browser: Any, served: str) -> None:
    """Dark for those who want it dark, before and without any script; a choice made here wins."""
    for script in (False, True):
        page = browser.new_page(color_scheme="dark", java_script_enabled=script)
        page.goto(f"{served}/services/sqs/")
        assert page.evaluate(DARKNESS) < 120, script
        if script:
            page.get_by_label(re.compile("^Colours: as the system")).press("Enter")
            assert page.evaluate(DARKNESS) > 700
            page.reload(wait_until="commit")
            page.wait_for_selector(".md-content")
            assert page.evaluate(DARKNESS) > 700
        page.close()


@pytest.mark.browser
@pytest.mark.parametrize(("size", "paths"), [(DESK, LARGE), (PHONE, VARIED)], ids=["desk", "phone"])
def test_pages_are_light_and_stand_still(size: Any, paths: tuple[str, ...], browser: Any, wire: Wire) -> None:
    """At most 250 kB over the wire, all of it from here, no error, hardly a shift; the search comes when it is used."""
    for path in paths:
        context = browser.new_context(viewport=size, service_workers="block")
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error, wrong=wrong: wrong.append(str(error)))
        page.on("console", lambda said, wrong=wrong: wrong.append(said.text) if said.type != "log" else None)
        page.on(
            "request", lambda asked, wrong=wrong: wrong.append(asked.url) if wire.address not in asked.url else None
        )
        page.add_init_script(SHIFT)
        wire.sent.clear()
        page.goto(wire.address + path)
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(300)
        sent = sum(size for name, size in wire.sent if "search" not in name)

        assert [text for text in wrong if "blocked by Playwright" not in text] == [], path
        assert 50_000 < sent <= MOST_BYTES, (path, wire.sent)
        assert page.evaluate("window.shift") < MOST_SHIFT, path
        context.close()


@pytest.mark.browser
def test_a_page_that_is_not_there_searches_for_it(browser: Any, served: str) -> None:
    """The words of the address stand in a box; the links lead home."""
    page = browser.new_page()
    page.goto(f"{served}/services/visibility-timeout/")

    assert page.locator(".kb-ask input").input_value() == "visibility timeout"
    page.locator(".kb-ask button").click()
    page.locator(".md-search-result__link").first.wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="A to Z", exact=True).last.click()
    assert page.url == f"{served}/a-z/"
    page.close()


BAD = '<script>hacked=1</script><img src=x onerror="hacked=1">'
WORSE = '"><svg onload=hacked=1> </script><script>hacked=1</script> [y](javascript:hacked=1) {{ config }} &lt;b&gt;'


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """The small vault with markup and scripts in every text that a note, a source or a comparison can hold."""
    base = Path(
        shutil.copytree(VAULT, tmp_path_factory.mktemp("hostile") / "vault", ignore=shutil.ignore_patterns(".kb"))
    )
    changes = {
        "services/sqs.md": [("title: Amazon SQS", f"title: 'A {BAD}'"), ("official: Amazon Simple Queue Service", f"official: 'N {BAD}'"),
            (r"summary: [^\n]*", f"summary: 'S {WORSE}'"), ("status: {state: current}", f"status: {{state: retired, since: 2025-01, instead: '{BAD}', detail: '{WORSE}'}}"),
            ("label: Largest message", f"label: 'L {BAD}'"), ("value: 1 MiB", f"value: '{WORSE}'\n    detail: '{BAD}'"), ("quote: 1 MiB", f"quote: '{BAD}'"),
            ("scope: FIFO queue", f"scope: '{BAD}'"), ("value: 256 KB", f"value: '{BAD}'"), ("## Basics", f"## B {BAD}"),
            ("- A message goes", f"- {WORSE} A message goes"), ("## Gotchas", f"- \\`{BAD}\\`\n\n## Gotchas")],
        "topics/messaging.md": [("title: Messaging patterns", f"title: 'T {BAD}'")],
        "sources/anna-2019.md": [("title: [^\n]*", f"title: 'Q {BAD}'"), ("author: [^\n]*", f"author: '{WORSE}'"), ("Notes on queues", BAD)],
        "compare/limits.md": [("title: [^\n]*", f"title: 'C {BAD}'"), ("summary: [^\n]*", f"summary: '{WORSE}'"), ("Take", BAD)],
    }  # fmt: skip
    for name, parts in changes.items():
        text = (base / "docs" / name).read_text(encoding="utf-8")
        for old, new in parts:
            text, count = re.subn(old, lambda _, new=new: new, text)
            assert count, (name, old)
        (base / "docs" / name).write_text(text, encoding="utf-8")
    target = tmp_path_factory.mktemp("site")
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        patch.setenv("KB_EDIT_URL", "https://git.example/edit/docs/{path}")
        build_site(KnowledgeBase(str(base)), target, strict=False)
    wire = Wire(target)
    wire.rules = []  # no policy that would stop what got through
    yield wire
    wire.stop()


HOSTILE_PAGES = ("", "services/sqs/", "services/lambda/", "services/", "categories/application-integration/", "a-z/", "topics/", "topics/messaging/",
    "compare/", "compare/limits/", "compare/any/?services=sqs,lambda", "conflicts/", "limits/", "changes/", "graph/", "sources/", "sources/anna-2019/")  # fmt: skip


@pytest.mark.browser
def test_hostile_notes_stay_text(browser: Any, hostile: Wire) -> None:
    """On any page that shows them, and in the search: nothing runs, no element comes to be, nothing is asked for."""
    page = browser.new_page(service_workers="block")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in HOSTILE_PAGES:
        page.goto(hostile.address + path)
        page.wait_for_timeout(100)
        assert page.evaluate("typeof hacked") == "undefined", path
        found = page.evaluate(
            "[...document.querySelectorAll('[onerror], [onload], img, article script')].map((e) => e.outerHTML)"
        )
        assert found == [], path
        assert page.evaluate("[...document.querySelectorAll('a[href^=javascript]:not(.md-search a)')].length") == 0, (
            path
        )
    page.goto(f"{hostile.address}?q=message")
    page.locator(".md-search-result__link").first.wait_for()
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.locator(".md-search-result img, .md-search-result script").count() == 0
    assert [url for url in asked if not url.startswith(hostile.address) or url.endswith("/x")] == []

    page.goto(f"{hostile.address}services/sqs/")
    assert BAD in page.locator("h1").inner_text()
    assert WORSE.partition(" [y]")[0] in page.locator(".kb-summary").inner_text()
    assert BAD in page.title()
    page.close()


def test_a_page_that_has_a_file_can_be_edited(hostile: Wire, vault: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """By the address that KB_EDIT_URL gives; pages that are made have none; nonsense is refused."""
    pages = {
        path: (hostile.site / path / "index.html").read_text() for path in ("services/sqs", "sources/models", "a-z")
    }

    assert '<a href="https://git.example/edit/docs/services/sqs.md" rel="edit">' in pages["services/sqs"]
    assert '<a href="https://git.example/edit/docs/sources/models.md" rel="edit">' in pages["sources/models"]
    assert 'rel="edit"' not in pages["a-z"]
    for wrong in ("git.example/{path}", "https://git.example/", "https://git.example/{path}{x}"):
        monkeypatch.setenv("KB_EDIT_URL", wrong)
        with pytest.raises(InputError, match="KB_EDIT_URL"):
            build_site(KnowledgeBase(str(vault)), tmp_path / "out")
