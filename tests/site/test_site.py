"""The built site: strict, self-contained, the same twice, and usable in a real browser."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kb import InputError, KnowledgeBase
from kb.facts.calculator import partitions, read_units, write_units
from kb.site.build import build_site
from tests.conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"), pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.timeout(300),
]  # fmt: skip


def test_every_note_has_its_page(site: Path) -> None:
    """Services, topics, comparisons, sources and lists."""
    kb = KnowledgeBase(str(ROOT))
    for note in kb.folder.notes.values():
        assert (site / note.path.removesuffix(".md") / "index.html").is_file(), note.id
    for path in (
        "a-z",
        "compare",
        "sources",
        "services",
        *(f"compare/{id}" for id in kb.comparisons),
        *(f"sources/{id}" for id in kb.sources),
    ):
        assert (site / path / "index.html").is_file(), path


def test_no_page_asks_for_anything_outside(site: Path) -> None:
    """No script, style, font, image or frame comes from another host."""
    wanted = re.compile(
        r"""<(?:script|img|iframe|source)[^>]+src=["']?(https?:)?//|<link(?![^>]+rel=["']?canonical)[^>]+href=["']?(?:https?:)?//|@import|url\(["']?https?:"""
    )
    for page in site.rglob("*.html"):
        assert not wanted.search(page.read_text(encoding="utf-8")), page
    for style in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", style.read_text(encoding="utf-8")), style


def test_every_internal_link_leads_somewhere(site: Path) -> None:
    """Pages and anchors exist."""
    ids = {page: set(re.findall(r'\sid="([^"]+)"', page.read_text(encoding="utf-8"))) for page in site.rglob("*.html")}
    for page in ids:
        if page.name == "404.html":
            continue
        for target in re.findall(r'<a\s[^>]*href="([^"]+)"', page.read_text(encoding="utf-8")):
            if re.match(r"(?:[a-z]+:)?//|mailto:|javascript:", target):
                continue
            address, _, anchor = target.partition("#")
            path = address.partition("?")[0]
            file = (page.parent / path).resolve() if path else page
            file = file / "index.html" if file.is_dir() else file
            assert file in ids or file.is_file(), f"{page}: {target}"
            assert not anchor or file not in ids or anchor in ids[file] or anchor.startswith("__"), f"{page}: {target}"


def test_two_builds_give_the_same_bytes(site: Path, tmp_path: Path) -> None:
    """Same notes, same pages; no clock has a part in it."""
    build_site(KnowledgeBase(str(ROOT)), tmp_path)
    files = {path.relative_to(site) for path in site.rglob("*") if path.is_file()}

    assert files == {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    different = [str(name) for name in sorted(files) if (site / name).read_bytes() != (tmp_path / name).read_bytes()]
    assert different == []


def test_a_dead_link_fails_the_build(vault: Path, tmp_path: Path) -> None:
    """Strict means that what kb check reports is not published."""
    (vault / "docs/index.md").write_text("# Home\n\n[nowhere](services/nothing.md)\n")

    with pytest.raises(InputError):
        build_site(KnowledgeBase(str(vault)), tmp_path / "out")


def test_notes_of_ones_own_become_a_site(vault: Path, tmp_path: Path) -> None:
    """Without a mkdocs.yml of their own they take the one that comes with kb."""
    (vault / "docs/index.md").write_text("# Home\n")
    for name in ("commands", "note-format", "architecture", "contributing"):
        (vault / f"docs/{name}.md").write_text(f"# {name}\n")

    assert build_site(KnowledgeBase(str(vault)), tmp_path / "out") > 10
    assert "Longest message retention" in (tmp_path / "out/services/sqs/index.html").read_text()


@pytest.mark.browser
def test_the_first_screen_of_a_note_answers(page: Page, served: str) -> None:
    """Summary and key facts are visible without scrolling."""
    page.goto(f"{served}/services/sqs/")

    assert page.locator(".kb-fact-value").first.inner_text() == "1 MiB"
    box = page.locator(".kb-key-facts").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 900


@pytest.mark.browser
def test_searching_in_the_page_finds_the_note(page: Page, served: str) -> None:
    """Typing finds, the first result opens."""
    page.goto(f"{served}/")
    page.get_by_placeholder("Search").first.click()
    page.keyboard.type("visibility timeout", delay=10)
    page.locator(".md-search-result__link").first.wait_for(timeout=20_000)

    assert page.locator(".md-search-result__link").count() > 0


@pytest.mark.browser
@pytest.mark.parametrize("path", ["services/dynamodb/", "compare/messaging/", "a-z/", ""])
def test_a_phone_scrolls_only_down(path: str, browser: Any, served: str) -> None:
    """No page is wider than a phone; wide tables scroll inside themselves."""
    phone = browser.new_page(viewport={"width": 360, "height": 740})
    phone.goto(f"{served}/{path}")
    width = phone.evaluate("document.documentElement.scrollWidth")
    phone.close()

    assert width <= 360


@pytest.mark.browser
def test_a_fact_can_be_linked(page: Page, served: str) -> None:
    """The address of a fact scrolls to its row."""
    page.goto(f"{served}/services/sqs/#fact-message-retention-max")
    page.wait_for_timeout(300)
    box = page.locator("#fact-message-retention-max").bounding_box()

    assert box is not None
    assert 0 <= box["y"] <= 900


CALCULATIONS = [
    ("rcu", {"rate": 10, "size": 6}, {"mode-unit": "0.5"}, read_units(Fraction(10), 6 * 1024, "eventual")),
    ("rcu", {"rate": 16, "size": 12}, {"mode-unit": "0.5"}, read_units(Fraction(16), 12 * 1024, "eventual")),
    ("wcu", {"rate": 120, "size": 2}, {"rate-unit": "60"}, write_units(Fraction(2), 2048)),
    ("wcu", {"rate": 6, "size": 4.5}, {}, write_units(Fraction(6), 4608)),
    ("partitions", {"rcu": 6000, "wcu": 2000, "size": 8}, {}, partitions(6000, 2000, 8 * 1024**3)),
]


@pytest.mark.browser
def test_the_calculators_of_a_page_agree_with_the_terminal(page: Page, served: str) -> None:
    """Same inputs, same answer; nonsense is told."""
    page.goto(f"{served}/services/dynamodb/")
    for name, numbers, choices, expected in CALCULATIONS:
        form = page.locator(f'[data-calculator="{name}"]')
        for field, number in numbers.items():
            form.locator(f'input[name="{field}"]').fill(str(number))
        for field, choice in choices.items():
            form.locator(f'select[name="{field}"]').select_option(choice)
        assert form.locator("output").inner_text().startswith(f"{expected.value:,} {expected.unit} - "), name
        for field in choices:
            form.locator(f'select[name="{field}"]').select_option(index=0)
    form.locator('input[name="size"]').fill("-1")
    assert "please" in form.locator("output").inner_text()
