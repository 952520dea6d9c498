"""Every kind of page, examined by axe-core in a real Chromium: names, roles, landmarks, headings, contrast, sizes of targets."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
# The small ones of each kind, where there is a choice: what is on them is on the large ones, many times.
PAGES = {
    "home": "", "search": "?q=sqs+max+message+size", "service": "services/sqs/", "retired service": "services/codestar/", "topic": "topics/docker/", "services": "services/", "category": "categories/media/", "A to Z": "a-z/", "comparisons": "compare/",
    "comparison": "compare/query-scan/", "any services": "compare/any/?services=sqs,sns", "limits": "limits/", "changes": "changes/",
    "graph": "graph/", "source": "sources/training-2020/", "sources": "sources/", "about": "commands/", "404": "404.html",
}  # fmt: skip
DESK_ONLY = ("service", "A to Z", "changes", "services", "topic", "comparisons", "sources", "about")
CONTRAST = ("home", "retired service", "comparison", "404")
WIDE, PHONE = (1280, 900), (390, 844)
# Those of WCAG 2.2 are off by default.
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
CONTEXT = {"exclude": [[".md-code__nav"]]}
"""The theme's copy buttons on code stand in landmarks without names."""


@pytest.mark.parametrize(
    ("size", "scheme", "names", "options"),
    [
        (WIDE, "light", tuple(PAGES), OPTIONS),
        (PHONE, "dark", tuple(name for name in PAGES if name not in DESK_ONLY), OPTIONS),
        (WIDE, "dark", CONTRAST, {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}),
        (PHONE, "light", CONTRAST, {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}),
    ],
    ids=["desktop-light", "phone-dark", "desktop-dark-contrast", "phone-light-contrast"],
)
def test_axe_finds_nothing(
    size: tuple[int, int], scheme: Any, names: tuple[str, ...], options: dict[str, Any], browser: Any, served: str
) -> None:
    """On any kind of page, on a desk and on a phone, in light and dark."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, service_workers="block"
    )
    found: list[str] = []
    for name in names:
        page = context.new_page()
        page.goto(f"{served}/{PAGES[name]}")
        page.wait_for_timeout(200)  # what a page loads for itself
        for violation in Axe().run(page, context=CONTEXT, options=options).response["violations"]:
            where = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
            found.append(f"{name}: {violation['id']} ({len(violation['nodes'])}): {violation['help']}: {where}")
        page.close()
    context.close()

    assert found == []


def test_axe_would_find_something(browser: Any, served: str) -> None:
    """It does look: a page that is made worse is not passed."""
    page = browser.new_page(service_workers="block")
    page.goto(f"{served}/")
    page.evaluate("""() => {
      document.querySelector(".kb-ask label").remove()
      document.querySelector(".kb-held").style.color = "#bbb"
    }""")
    found = {violation["id"] for violation in Axe().run(page, options=OPTIONS).response["violations"]}
    page.close()

    assert "color-contrast" in found
