"""Fixtures of the site: the project's own, built once; a server for it; Chromium, and Node, which runs its scripts."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kb import KnowledgeBase
from kb.site.build import build_site
from tests.conftest import ROOT, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own site, built strictly; not to be changed."""
    target = tmp_path_factory.mktemp("site")
    with warnings.catch_warnings():  # those of the theme
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        build_site(KnowledgeBase(str(ROOT)), target)
    return target


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    """The site behind `kb serve`."""
    with serving(ROOT, "--site", str(site)) as address:
        yield address


@pytest.fixture(scope="module")  # not session: while it runs, no other test can run an event loop
def browser() -> Iterator[Any]:
    """A real Chromium; in CI it must be there."""
    if CHROMIUM is None:
        assert not os.environ.get("CI"), "CI installs Chromium"
        pytest.skip("no Chromium on this machine; CI runs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Page]:
    """A page that fails the test on an error in its console or a request to elsewhere."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            errors.append(request.url) if not request.url.startswith(("http://127.0.0.1", "data:", "blob:")) else None
        ),
    )
    yield page
    page.close()
    assert errors == []


@pytest.fixture(scope="session")
def node() -> str:
    """Node; in CI it must be there."""
    found = shutil.which("node")
    if found is None:
        assert not os.environ.get("CI"), "CI installs Node"
        pytest.skip("no Node on this machine; CI runs it")
    return found
