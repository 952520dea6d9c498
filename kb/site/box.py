"""The search box of the site: Material's own, answered by our worker instead of Material's."""

from __future__ import annotations

import json
import re
from pathlib import Path

WORKER = "assets/kb/search/worker.js"
_STOCK = re.compile(r'("search": "[^"]*?)assets/javascripts/workers/search\.[\w.]+\.js(?=")')


def with_worker(html: str) -> str | None:
    """Return a page that starts our worker in the place of Material's, or None where it starts none."""
    page, count = _STOCK.subn(rf"\g<1>{WORKER}", html)
    return page if count == 1 else None


def empty_index(site: Path) -> None:
    """Take the documents out of the index that every page fetches for Material's worker: ours does not read them."""
    path = site / "search" / "search_index.json"
    if path.is_file():
        index = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**index, "docs": []}), encoding="utf-8")
