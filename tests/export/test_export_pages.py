"""The docset and the DevDocs files: every entry leads to a place, nothing raw gets through, pages show without a site."""

from __future__ import annotations

import json
import plistlib
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from posixpath import dirname, join, normpath

import pytest
from lxml import html

from kb import InputError, KnowledgeBase
from kb.export.articles import pages_of
from kb.export.devdocs import SLUG, devdocs
from kb.export.docset import docset

DOCUMENTS = "Contents/Resources/Documents/"


@pytest.fixture(scope="module")
def files(kb: KnowledgeBase, built: Path) -> dict[str, bytes]:
    """The docset."""
    return docset(kb, built)


@pytest.fixture(scope="module")
def rows(files: dict[str, bytes]) -> list[tuple[str, str, str]]:
    """Its index, asked as Zeal asks."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(files["Contents/Resources/docSet.dsidx"])
        return database.execute("select name, type, path from searchIndex order by id").fetchall()


@pytest.fixture(scope="module")
def served(kb: KnowledgeBase, built: Path) -> dict[str, bytes]:
    """The DevDocs files."""
    return devdocs(kb, built)


def test_the_docset_says_what_it_is(files: dict[str, bytes]) -> None:
    """What Dash and Zeal read first, and the page that opens."""
    said = plistlib.loads(files["Contents/Info.plist"])

    assert said["isDashDocset"] is True
    assert said["DocSetPlatformFamily"] == "kb"
    assert DOCUMENTS + said["dashIndexFilePath"] in files


def test_every_entry_of_the_docset_leads_to_a_place(files: dict[str, bytes], rows: list[tuple[str, str, str]]) -> None:
    """Page and anchor are there; names, facts, sections and identifiers are listed."""
    for name, _, path in rows:
        page, _, anchor = path.partition("#")
        assert f"{DOCUMENTS}{page}" in files, name
        assert not anchor or f'id="{anchor}"'.encode() in files[DOCUMENTS + page], path
    assert ("SQS Largest message", "Setting", "services/sqs.html#fact-message-size-max") in rows
    assert ("Amazon Simple Queue Service", "Service", "services/sqs.html") in rows
    assert ("SQS Visibility timeout", "Section", "services/sqs.html#visibility-timeout") in rows
    assert ("AWS::SQS", "Resource", "services/sqs.html") in rows
    assert ("SQS or Lambda", "Guide", "compare/limits.html") in rows
    assert all("#" in path for _, type, path in rows if type in ("Setting", "Section"))


def test_every_link_of_the_docset_leads_to_a_place(files: dict[str, bytes]) -> None:
    """Between pages, and to the style sheet; nothing is asked of the network, nothing runs."""
    for name, data in files.items():
        if not name.endswith(".html"):
            continue
        page = html.document_fromstring(data)
        assert not list(page.iter("script", "form", "button", "iframe")), name
        assert not [e for e in page.iter() if any(key.startswith("on") for key in e.attrib)], name
        for element in page.iter("a", "link", "img"):
            link = element.get("href") or element.get("src") or ""
            path, _, anchor = link.partition("#")
            if element.tag == "a" and re.match(r"https?:", link) or not link:
                continue
            target = normpath(join(dirname(name), path)) if path else name
            assert target in files, f"{name}: {link}"
            assert not anchor or f'id="{anchor}"'.encode() in files[target], f"{name}: {link}"


def test_the_table_of_contents_is_marked(files: dict[str, bytes]) -> None:
    """Marks as Dash reads them, inside what they mark: a row of a table stays a row."""
    page = html.document_fromstring(files[DOCUMENTS + "services/sqs.html"])
    marks = {mark.get("name"): mark.getparent() for mark in page.xpath("//a[@class='dashAnchor']")}

    assert marks["//apple_ref/cpp/Setting/Largest%20message"].tag in ("td", "th")
    assert "Largest message" in marks["//apple_ref/cpp/Setting/Largest%20message"].text_content()
    assert marks["//apple_ref/cpp/Section/Visibility%20timeout"].tag == "h3"


def test_every_entry_and_link_of_devdocs_leads_to_a_place(served: dict[str, bytes]) -> None:
    """By the rule its readers follow: counted from the folder of the page; a page is reached only if it is listed."""
    index, pages = json.loads(served[f"{SLUG}/index.json"]), json.loads(served[f"{SLUG}/db.json"])
    entries = {entry["path"] for entry in index["entries"]}
    assert "index" in pages
    for path in entries:
        page, _, anchor = path.partition("#")
        assert page in pages
        assert not anchor or f'id="{anchor}"' in pages[page], path
    for path, text in pages.items():
        for link in re.findall(r'<a [^>]*?href="([^"]*)"', text):
            to, _, anchor = link.partition("#")
            target = normpath(join(dirname(path), to)) if to else path
            assert link.startswith("https:") or target in entries, f"{path}: {link}"
            assert link.startswith("https:") or not anchor or f'id="{anchor}"' in pages[target], f"{path}: {link}"


def test_devdocs_says_what_it_has(served: dict[str, bytes]) -> None:
    """The list, sizes, dates and counts that its readers check."""
    (said,) = json.loads(served["docs.json"])
    index = json.loads(served[f"{SLUG}/index.json"])

    assert said == json.loads(served[f"{SLUG}/meta.json"])
    assert (said["slug"], said["release"], said["mtime"]) == (SLUG, "2026-11-21", 1795219200)
    assert said["db_size"] == len(served[f"{SLUG}/db.json"])
    assert sum(type["count"] for type in index["types"]) == len(index["entries"])
    assert {type["name"] for type in index["types"]} == {entry["type"] for entry in index["entries"]}
    assert {
        "name": "SQS Largest message",
        "path": "services/sqs#fact-message-size-max",
        "type": "Amazon SQS",
    } in index["entries"]


def test_text_of_notes_stays_text(files: dict[str, bytes], served: dict[str, bytes]) -> None:
    """In both: no element that a note wrote."""
    page = files[DOCUMENTS + "services/hostile.html"].decode()
    for text in (page, json.loads(served[f"{SLUG}/db.json"])["services/hostile"]):
        assert "<script" not in text
        assert "<img" not in text
        assert "javascript:" not in text
        assert "&lt;i&gt;7&lt;/i&gt;" in text


def test_the_same_site_gives_the_same_bytes(kb: KnowledgeBase, built: Path, files: dict[str, bytes], served: dict[str, bytes]) -> None:  # fmt: skip
    """Docset and DevDocs."""
    assert docset(kb, built) == files
    assert devdocs(kb, built) == served


def test_a_site_of_files_is_read_too(kb: KnowledgeBase, built: Path, tmp_path: Path, files: dict[str, bytes]) -> None:
    """Pages as sqs.html with links to files, as a site for file:// has them."""
    for page in pages_of(kb):
        text = (built / page / "index.html").read_text()
        file = tmp_path / f"{page}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        # Two folders up and down again become one up and a file.
        file.write_text(re.sub(r'href="\.\./((?:\.\./)?[\w./-]+?)/(#[^"]*)?"', r'href="\1.html\2"', text))

    def linked(found: dict[str, bytes]) -> set[str]:
        return set(re.findall(r'href="(\.\./[^"]*)"', found[DOCUMENTS + "compare/limits.html"].decode()))

    assert linked(docset(kb, tmp_path)) == linked(files) > {"../services/sqs.html"}


def test_another_folder_is_no_site(kb: KnowledgeBase, built: Path, tmp_path: Path) -> None:
    """Which page is missing, and what to run; a page that no kb wrote is named."""
    with pytest.raises(InputError, match=r"services/batch is missing; run: kb build"):
        docset(kb, tmp_path)
    for page in pages_of(kb):
        (tmp_path / page).mkdir(parents=True)
        (tmp_path / page / "index.html").write_text("<p>Something else</p>")
    with pytest.raises(InputError, match="not a page of a site that kb built"):
        devdocs(kb, tmp_path)
