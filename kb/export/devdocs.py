"""DevDocs: the pages as a DevDocs of one's own, and the programs that read from one, take them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from posixpath import relpath
from typing import Any
from urllib.parse import quote

from kb.base import KnowledgeBase
from kb.export.articles import inner_html, listed, point, read_articles, titled_sections
from kb.notes.fact import Fact, slug
from kb.notes.note import Section
from kb.publish.dates import newest_date, seconds

SLUG = "aws_kb"
NAME = "AWS services (kb)"
START = "services"
"""The page that opens first; DevDocs calls it index."""
Entry = dict[str, str]


def devdocs(kb: KnowledgeBase, site: Path) -> dict[str, bytes]:
    """Return the files of a DevDocs made of a built site: docs.json, and index, pages and meta of the one documentation.

    Raises:
        InputError: the folder holds no site of these notes.
    """
    articles = read_articles(kb, site)
    entries = _entries(kb)
    named = {entry["path"] for entry in entries}
    # A link leads only to pages that are listed.
    entries += [
        {"name": a.title, "path": _path(page), "type": _group(page)}
        for page, a in articles.items()
        if page not in named
    ]
    pages = {}
    for page, article in sorted(articles.items(), key=lambda item: (item[0] != START, item[0])):
        point(article, articles, lambda to, anchor, page=page: _link(to, anchor, page))  # type: ignore[misc]
        pages[_path(page)] = inner_html(article)
    database = _json(pages)
    newest = newest_date(kb.folder)
    meta = {
        "name": NAME,
        "slug": SLUG,
        "type": "simple",
        "version": "",
        "release": newest,
        "mtime": seconds(newest),
        "db_size": len(database),
    }
    return {
        "docs.json": _json([meta]),
        f"{SLUG}/meta.json": _json(meta),
        f"{SLUG}/index.json": _json({"entries": entries, "types": _types(entries)}),
        f"{SLUG}/db.json": database,
    }


def _entries(kb: KnowledgeBase) -> list[Entry]:
    """Return what can be looked up, each under the note that it belongs to."""
    found: list[Entry] = []
    for note in sorted(kb.folder.notes.values(), key=lambda note: (note.title.casefold(), note.id)):
        page = note.path.rpartition(".")[0]
        names = note.names
        every = dict.fromkeys((note.title, names.official, *names.short, *names.former))
        found += [{"name": name, "path": page, "type": note.title} for name in every if name]
        parts: list[Fact | Section] = [*note.facts, *titled_sections(note)]
        for part in parts:
            found.append({"name": listed(note, part), "path": f"{page}#{part.anchor}", "type": note.title})
    return found


def _group(page: str) -> str:
    """Return the heading that a page without a note of its own is listed under."""
    folder, slash, _ = page.partition("/")
    return {"compare": "Comparisons", "sources": "Sources"}.get(folder, "Lists") if slash else "Lists"


def _types(entries: list[Entry]) -> list[dict[str, Any]]:
    counts = Counter(entry["type"] for entry in entries)
    return [{"name": name, "count": count, "slug": slug(name)} for name, count in counts.items()]


def _path(page: str) -> str:
    return "index" if page == START else page


def _link(page: str, anchor: str, here: str) -> str:
    """Return the address of a page from another; DevDocs counts from the folder above the page."""
    path = relpath(_path(page), _path(here).rpartition("/")[0] or ".")
    return quote(path) + (f"#{quote(anchor)}" if anchor else "")


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
