"""Docset: the pages as Dash and Zeal read them, with an index of names, facts, sections and identifiers."""

from __future__ import annotations

import plistlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html import escape
from importlib.resources import files as package_files
from pathlib import Path
from posixpath import relpath
from urllib.parse import quote

from kb.base import KnowledgeBase
from kb.export.articles import Article, inner_html, listed, point, read_articles, title_of, titled_sections
from kb.notes.note import Note

NAME = "AWS services (kb)"
KEYWORD = "kb"
"""What one types before a search to look in this docset alone: kb:visibility."""
STYLE = "docset.css"
START = "services"
"""The page that opens first."""
_DOCUMENTS = "Contents/Resources/Documents"
Entry = tuple[str, str, str, str, str]
"""Name, type as Dash calls them, page, anchor, and what it is called on that page."""


def docset(kb: KnowledgeBase, site: Path) -> dict[str, bytes]:
    """Return the files of a docset made of a built site, by their paths in it.

    Raises:
        InputError: the folder holds no site of these notes.
    """
    articles = read_articles(kb, site)
    entries = sorted({entry for entry in _entries(kb) if entry[2] in articles})
    anchors = {page: article.anchors for page, article in articles.items()}
    entries = [(*entry[:3], entry[3] if entry[3] in anchors[entry[2]] else "", entry[4]) for entry in entries]
    files = {
        "Contents/Info.plist": _plist(START if START in articles else next(iter(articles))),
        "Contents/Resources/docSet.dsidx": _index(entries),
        f"{_DOCUMENTS}/{STYLE}": (package_files("kb.export") / STYLE).read_bytes(),
    }
    for page, article in articles.items():
        point(article, articles, lambda to, anchor, page=page: _address(to, anchor, page))  # type: ignore[misc]
        _mark(article, [entry for entry in entries if entry[2] == page])
        files[f"{_DOCUMENTS}/{page}.html"] = _document(article).encode()
    return files


def _entries(kb: KnowledgeBase) -> Iterator[Entry]:
    """Yield what can be looked up."""
    for note in kb.folder.notes.values():
        page = note.path.rpartition(".")[0]
        for name in dict.fromkeys((note.title, *_names(note))):
            yield name, "Guide" if note.kind == "topic" else "Service", page, "", name
        for kind, found in note.identifiers:
            if kind in ("cloudformation", "terraform"):
                yield from ((identifier, "Resource", page, "", identifier) for identifier in found)
        for fact in note.facts:
            yield listed(note, fact), "Setting", page, fact.anchor, title_of(fact)
        for section in titled_sections(note):
            yield listed(note, section), "Section", page, section.anchor, title_of(section)
    for comparison in kb.comparisons.values():
        yield comparison.title, "Guide", comparison.path.removesuffix(".md"), "", comparison.title


def _names(note: Note) -> tuple[str, ...]:
    names = note.names
    return tuple(name for name in (names.official, *names.short, *names.former) if name)


def _plist(start: str) -> bytes:
    return plistlib.dumps(
        {
            "CFBundleIdentifier": "aws-kb",
            "CFBundleName": NAME,
            "DocSetPlatformFamily": KEYWORD,
            "DashDocSetFamily": "dashtoc",
            "dashIndexFilePath": f"{start}.html",
            "isDashDocset": True,
            "isJavaScriptEnabled": False,
        }
    )


def _index(entries: list[Entry]) -> bytes:
    """Return the SQLite file that Dash and Zeal search."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("create table searchIndex (id integer primary key, name text, type text, path text)")
        database.execute("create unique index anchor on searchIndex (name, type, path)")
        rows = [(name, type, _address(page, anchor)) for name, type, page, anchor, _ in entries]
        database.executemany("insert or ignore into searchIndex (name, type, path) values (?, ?, ?)", rows)
        database.commit()
        return database.serialize()


def _address(page: str, anchor: str, here: str | None = None) -> str:
    """Return the address of a page of the docset, from its root or from another page."""
    path = f"{page}.html" if here is None else relpath(f"{page}.html", here.rpartition("/")[0] or ".")
    return quote(path) + (f"#{quote(anchor)}" if anchor else "")


def _mark(article: Article, entries: list[Entry]) -> None:
    """Put marks into what has an address, from which Dash and Zeal make the table of contents of a page."""
    from lxml import etree

    anchors = article.anchors
    for _, type, _, anchor, title in entries:
        if anchor and anchor in anchors:
            element = anchors[anchor]
            mark = etree.Element(
                "a", {"class": "dashAnchor", "name": f"//apple_ref/cpp/{type}/{quote(title, safe='')}"}
            )
            mark.tail, element.text = element.text, None
            element.insert(0, mark)


def _document(article: Article) -> str:
    style = relpath(STYLE, article.page.rpartition("/")[0] or ".")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(article.title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="{style}">'
        f"</head><body>\n{inner_html(article)}</body></html>\n"
    )
