"""Discovery: what lets search engines, browsers and other programs find a built site and what is on it.

Search engines and address bars insist on full addresses, so a sitemap and a search description are made only for a site that
knows its own: `site_url` in mkdocs.yml, or `kb build --url`. The home page says which it is.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from posixpath import relpath
from typing import Any
from urllib.parse import quote

from kb.base import KnowledgeBase
from kb.errors import QuantityError
from kb.facts.quantity import parse_quantity
from kb.index.unit import plain
from kb.notes.fact import Fact
from kb.notes.note import Note, category_title
from kb.notes.source import Source
from kb.publish.dates import note_date, whole
from kb.publish.feed import atom_feed
from kb.publish.llms import llms_full, llms_index

SITEMAP, SEARCH, FEED, LLMS, LLMS_FULL = "sitemap.xml", "opensearch.xml", "feed.xml", "llms.txt", "llms-full.txt"
ICON = "assets/kb/icons/icon-48.png"
_CANONICAL = re.compile(r'<link rel="?canonical"? href="([^"]+)"')
_TITLE = re.compile(r"<title>([^<]*)</title>")
_DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')
_START, _END = "<!--kb-->", "<!--/kb-->"
_EARLIER = re.compile(f"\n?{_START}.*?{_END}", re.S)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """What a site says of itself."""

    title: str
    description: str
    address: str
    """Its full address with a slash at the end; empty when it does not know it."""

    @property
    def short(self) -> str:
        """The title as search descriptions want it: at most 16 characters."""
        return self.title.split(" - ")[0][:16].strip() or "kb"


def write_discovery(kb: KnowledgeBase, folder: Path) -> None:
    """Write sitemap, search description, feed and llms.txt to a built site, and say in its pages where they are."""
    home = (folder / "index.html").read_text(encoding="utf-8")
    site = Site(_first(_TITLE, home), _first(_DESCRIPTION, home), _first(_CANONICAL, home))
    notes = {note.path.rpartition(".")[0]: note for note in kb.folder.notes.values()}
    addresses = {}
    for file in sorted(folder.rglob("*.html")):
        if file.name == "404.html":
            continue
        name = file.relative_to(folder).as_posix()
        page = re.sub(r"(?:^|/)index\.html$|\.html$", "", name)
        text = _EARLIER.sub("", file.read_bytes().decode())
        data = note_data(notes[page], kb, site) if page in notes else home_data(site) if not page else None
        file.write_bytes(told(text, name, site, data).encode())
        if found := _first(_CANONICAL, text):
            addresses[found] = note_date(notes[page], kb.folder.sources) if page in notes else ""
    texts: dict[str, str] = {
        FEED: atom_feed(kb, site.title, site.address),
        LLMS: llms_index(kb, site.title, site.description, site.address),
        LLMS_FULL: llms_full(kb, site.title, site.description),
    }
    if site.address:
        texts |= {SITEMAP: sitemap(addresses), SEARCH: search_description(site)}
        (folder / f"{SITEMAP}.gz").write_bytes(gzip.compress(texts[SITEMAP].encode(), mtime=0))
    for name in (SITEMAP, f"{SITEMAP}.gz", SEARCH) if not site.address else ():
        (folder / name).unlink(missing_ok=True)
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8", "replace"))


def told(page: str, name: str, site: Site, data: Json | None) -> str:
    """Return a page that says in its head where feed and search description are, and what it is about, as data."""
    root = relpath(".", name.rpartition("/")[0] or ".")
    # Not "alternate" alone: Material takes that for a translation and asks for a sitemap, which may not be there.
    lines = [_link("alternate feed", "application/atom+xml", f"{site.short}: what changed", f"{root}/{FEED}")]
    if site.address:
        lines.append(_link("search", "application/opensearchdescription+xml", site.short, f"{root}/{SEARCH}"))
    if data:
        lines.append(f'<script type="application/ld+json">{in_script(data)}</script>')
    head, end, rest = page.partition("</head>")
    return f"{head}\n{_START}{''.join(lines)}{_END}{end}{rest}" if end else page


def _link(relation: str, type: str, title: str, address: str) -> str:
    return f'<link rel="{relation}" type="{type}" title="{escape(title)}" href="{address.removeprefix("./")}">'


def in_script(data: Json) -> str:
    """Return JSON that can stand in a script element, whatever texts it holds."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def sitemap(addresses: Mapping[str, str]) -> str:
    """Return the sitemap of full addresses, each with the date of what it says, where there is one."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for address, date in sorted(addresses.items()):
        changed = f"<lastmod>{whole(date)}</lastmod>" if date else ""
        lines.append(f"<url><loc>{escape(unescape(address))}</loc>{changed}</url>")
    return "\n".join([*lines, "</urlset>", ""])


def search_description(site: Site) -> str:
    """Return the OpenSearch description: how a browser searches the site from its address bar."""
    base = escape(site.address)
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">',
            f"<ShortName>{escape(site.short)}</ShortName>",
            f"<Description>{escape((site.description or site.title)[:1024])}</Description>",
            "<InputEncoding>UTF-8</InputEncoding>",
            f'<Image width="48" height="48" type="image/png">{base}{ICON}</Image>',
            f'<Url type="text/html" template="{base}?q={{searchTerms}}"/>',
            f'<Url type="application/opensearchdescription+xml" rel="self" template="{base}{SEARCH}"/>',
            "</OpenSearchDescription>",
            "",
        ]
    )


def home_data(site: Site) -> Json:
    """Return what the site is, as JSON-LD: a site that can be searched, and data that can be taken away."""
    files = {"api/v1/facts.json": "application/json", LLMS_FULL: "text/markdown"}
    page: Json = {"@type": "WebSite", "name": site.title, "description": site.description}
    data: Json = {
        "@type": "Dataset",
        "name": f"{site.title}: facts",
        "description": f"{site.description} Limits, quotas, defaults and properties with dates and sources.",
        "isAccessibleForFree": True,
        "distribution": [
            {"@type": "DataDownload", "contentUrl": site.address + path, "encodingFormat": type}
            for path, type in files.items()
        ],
    }
    if site.address:
        page["url"] = data["url"] = site.address
        page["potentialAction"] = {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{site.address}?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        }
    return {"@context": "https://schema.org", "@graph": [page, data]}


def note_data(note: Note, kb: KnowledgeBase, site: Site) -> Json:
    """Return what the page of a note is about, as JSON-LD: an article on a service, its facts as properties."""
    sources = kb.folder.sources
    names = [name for name in note.names.every() if name != note.title]
    about: Json = {"@type": "SoftwareApplication" if note.kind == "service" else "Thing", "name": plain(note.title)}
    about |= {"alternateName": names} if names else {}
    about |= {"applicationCategory": category_title(note.category)} if note.kind == "service" else {}
    data: Json = {
        "@context": "https://schema.org",
        "@type": "TechArticle",
        "headline": plain(note.title),
        "description": plain(note.summary),
        "inLanguage": "en",
        "about": about,
    }
    if site.address:
        data["url"] = site.address + quote(note.path.rpartition(".")[0]) + "/"
    if date := note_date(note, sources):
        data["dateModified"] = whole(date)
    data |= {"mentions": [_property(fact) for fact in note.facts]} if note.facts else {}
    cited = sorted({id for section in note.sections for s in section.statements for id in s.citations})
    works = [_work(sources[id]) for id in cited if id in sources]
    return data | ({"citation": works} if works else {})


def _property(fact: Fact) -> Json:
    try:
        quantity = parse_quantity(fact.value)
    except QuantityError:
        return {"@type": "PropertyValue", "name": plain(fact.name), "value": plain(fact.value)}
    number = int(quantity.number) if quantity.number.is_integer() else quantity.number
    found: Json = {"@type": "PropertyValue", "name": plain(fact.name), "value": number}
    return found | ({"unitText": quantity.unit} if quantity.unit else {})


def _work(source: Source) -> Json:
    return {"@type": "CreativeWork", "name": source.title} | ({"url": source.url} if source.url else {})


def _first(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    return unescape(found.group(1)).strip() if found else ""
