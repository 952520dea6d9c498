"""Articles: what a built site says on its pages, without the frame around it, links ready to be pointed elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import join, normpath
from typing import Any
from urllib.parse import unquote, urlsplit

from kb.base import KnowledgeBase
from kb.errors import InputError, MissingExtra
from kb.index.unit import plain
from kb.notes.fact import Fact
from kb.notes.note import Note, Section

LISTS = ("services", "topics", "compare", "sources", "a-z")
"""Pages that list others; those there are."""
_NEEDS_A_SERVER = "script style link form button input select dialog template nav noscript iframe object".split()
_OF_THE_FRAME = ("headerlink", "md-content__button", "md-source-file", "md-tags", "kb-tools", "kb-told", "kb-edit")
_OF_NUMBERS = ("kb-value", "kb-number", "kb-fact-value")
_OUTSIDE = ("http", "https", "mailto")


@dataclass(frozen=True, slots=True)
class Article:
    """The text of one page."""

    page: str
    """Its address on the site without slashes around: "services/sqs"."""
    base: str
    """The folder that its links count from."""
    title: str
    body: Any
    """The element that holds it (lxml)."""

    @property
    def anchors(self) -> dict[str, Any]:
        """The elements that can be linked to, by their ids."""
        return {element.get("id"): element for element in self.body.iter("*") if element.get("id")}


def check_lxml() -> None:
    """Find out, before a site is built, whether pages can be taken from it.

    Raises:
        MissingExtra: lxml is not installed.
    """
    try:
        import lxml.html  # noqa: F401
    except ImportError:
        raise MissingExtra("export", "taking pages from the site") from None


def read_articles(kb: KnowledgeBase, site: Path) -> dict[str, Article]:
    """Return the articles of notes, comparisons, sources and lists by their pages.

    Raises:
        InputError: the folder holds no site of these notes.
    """
    articles = {}
    for page, file in _files(kb, site):
        base = page if file.name == "index.html" else page.rpartition("/")[0]
        articles[page] = Article(page, base, *_read(file))
    return articles


def pages_of(kb: KnowledgeBase) -> list[str]:
    """Return the pages that a site of these notes has to have."""
    paths = [note.path for _, note in sorted(kb.folder.notes.items())]
    paths += [comparison.path for comparison in kb.comparisons.values()]
    paths += [source.path for _, source in sorted(kb.folder.sources.items())]
    return [path.rpartition(".")[0] for path in paths]


def _files(kb: KnowledgeBase, site: Path) -> Iterator[tuple[str, Path]]:
    for page in pages_of(kb):
        file = _file(site, page)
        if file is None:
            raise InputError(str(site), f"no built site of these notes, {page} is missing; run: kb build")
        yield page, file
    categories = sorted({f"categories/{note.category}" for note in kb.folder.notes.values()})
    for page in (*LISTS, *categories):
        if file := _file(site, page):
            yield page, file


def _file(site: Path, page: str) -> Path | None:
    """Return the file of a page, in either form that sites have."""
    found = (site / page / "index.html", site / f"{page}.html")
    return next((file for file in found if file.is_file()), None)


def _read(file: Path) -> tuple[str, Any]:
    """Return the title and the article of a page."""
    from lxml import etree, html

    document = html.document_fromstring(file.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    article = next(iter(document.xpath("//article")), None)
    if article is None:
        raise InputError(str(file), "not a page of a site that kb built")
    for element in [*article.iter(*_NEEDS_A_SERVER, etree.Comment), *_framed(article)]:
        if element.getparent() is not None:
            element.drop_tree()
    _anchor(article)
    _break(article)
    heading = next(article.iter("h1"), None)
    return (heading.text_content().strip() if heading is not None else file.parent.name), article


def _anchor(article: Any) -> None:
    """Put addresses on what has text: readers that draw pages their own way (Emacs) lose those of others."""
    for element in list(article.iter("span", "a")):
        parent = element.getparent()
        empty = not len(element) and not (element.text or "").strip() and not element.get("href")
        first = element.getprevious() is None and not (parent.text or "").strip()
        if element.get("id") and empty and first and not parent.get("id"):
            parent.set("id", element.get("id"))
            element.drop_tree()
    for row in article.iter("tr"):
        cell = next(row.iterchildren("th", "td"), None)
        if row.get("id") and cell is not None and not cell.get("id"):
            cell.set("id", row.attrib.pop("id"))


def _break(article: Any) -> None:
    """Put what the site's style sets on a line of its own on one: other readers have no style that does it."""
    for element in list(article.iter("span", "a")):
        classes, before = element.get("class", "").split(), element.getprevious()
        ours = any(name.startswith("kb-") and name not in _OF_NUMBERS for name in classes)
        if ours and before is not None and before.tag != "br" and not (before.tail or "").strip():
            before.tail = None
            element.addprevious(element.makeelement("br"))
    for summary in article.iter("summary"):
        summary.tail = f" {(summary.tail or '').lstrip()}"


def _framed(article: Any) -> list[Any]:
    return [element for element in article.iter("*") if set(element.get("class", "").split()) & set(_OF_THE_FRAME)]


def point(article: Article, pages: Iterable[str], link: Callable[[str, str], str]) -> None:
    """Point links at `link(page, anchor)` of the pages that go along; of others the words stay.

    Pictures that are files of the site are left out: only what stands in the page goes along.
    """
    known = set(pages)
    for element in list(article.body.iter("a")):
        href = element.get("href", "")
        parts = urlsplit(href)
        if not href or parts.scheme in _OUTSIDE:
            continue
        page = _page(article, unquote(parts.path))
        if parts.scheme or parts.netloc or page not in known:
            del element.attrib["href"]
        elif page == article.page:
            element.set("href", f"#{parts.fragment}")
        else:
            element.set("href", link(page, parts.fragment))
    for picture in list(article.body.iter("img", "picture", "video", "audio")):
        if not picture.get("src", "").startswith("data:"):
            picture.drop_tree()


def _page(article: Article, path: str) -> str:
    """Return the page that a relative address leads to."""
    if not path:
        return article.page
    return normpath(join(article.base, path)).removesuffix("index.html").removesuffix(".html").rstrip("/")


def titled_sections(note: Note) -> list[Section]:
    """Return the sections of a note that have a heading and something to say."""
    return [section for section in note.sections if section.level > 1 and section.anchor and section.statements]


def listed(note: Note, part: Fact | Section) -> str:
    """Return what a fact or section is listed as, as people type it: "SQS Largest message".

    Zeal finds what stands in a name as it is typed, so nothing but a space stands between.
    """
    short = next(iter(note.names.short), "") or note.title.removeprefix("Amazon ").removeprefix("AWS ")
    return f"{short or note.title} {title_of(part)}"


def title_of(part: Fact | Section) -> str:
    """Return what a fact or section is called on the page of its note."""
    return plain(part.name if isinstance(part, Fact) else part.title)


def inner_html(article: Article) -> str:
    """Return the HTML inside an article."""
    from html import escape

    from lxml import html

    children = "".join(html.tostring(child, encoding="unicode") for child in article.body)
    return (escape(article.body.text or "") + children).strip() + "\n"
