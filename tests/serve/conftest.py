"""Fixtures of the server: a small site, and a real `kb serve` over it and the small vault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import serving
from tests.serve.client import Client


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of three files, not to be changed."""
    folder = tmp_path_factory.mktemp("small-site")
    for name, text in (("index.html", "home"), ("404.html", "<p>lost</p>"), ("services/sqs/index.html", "queues")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    policy = "default-src 'none'; script-src 'self'; frame-ancestors 'none'"
    (folder / "_headers").write_text(f"/*\n  Content-Security-Policy: {policy}\n", encoding="utf-8")
    (folder / "worker.js").write_text("postMessage(1)", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def address(indexed_vault: Path, small_site: Path) -> Iterator[str]:
    """The server of the small vault and the small site."""
    with serving(indexed_vault, "--site", str(small_site)) as address:
        yield address


@pytest.fixture(scope="session")
def client(address: str) -> Client:
    """Someone who asks it."""
    return Client(address)
