"""Fixtures of the API: Node, and a folder with what a built site has of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.api.write import write_api
from kb.site.build import _write_search
from tests.site.conftest import browser, node

__all__ = ["browser", "node"]


@pytest.fixture(scope="session")
def api_site(indexed_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The API, kb-search.js and its shards of the small vault, without pages; not to be changed."""
    target = tmp_path_factory.mktemp("api-site") / "site"
    kb = KnowledgeBase(str(indexed_vault))
    write_api(kb, target)
    _write_search(kb, target)
    return target
