"""What lets other programs find the site: feed, sitemap, search description, llms.txt and data, each read as its readers do."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kb import InputError, KnowledgeBase
from kb.notes.fact import Earlier
from kb.publish.discovery import FEED, LLMS, LLMS_FULL, SEARCH, SITEMAP, in_script, write_discovery
from kb.publish.feed import atom_feed
from kb.site.build import build_site
from tests.conftest import ROOT, VAULT

ADDRESS = "https://example.org/kb/"
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
TOLD = {"content-location": ADDRESS + FEED, "content-type": "application/atom+xml"}
HOSTILE = '</script><script>alert(1)</script> <b>&amp; "x"</b> [y](javascript:alert(1))'
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"), pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.timeout(300),
]  # fmt: skip


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The small vault with a hostile summary and a hostile fact."""
    base = Path(shutil.copytree(VAULT, tmp_path_factory.mktemp("discovery") / "vault"))
    (base / "docs/index.md").write_text("# Home\n")
    note = base / "docs/services/batch.md"
    text = note.read_text()
    assert "summary: " in text
    hostile = HOSTILE.replace("'", "''")
    text = re.sub(r"^summary: .*$", f"summary: '{hostile}'", text, flags=re.M)
    note.write_text(text)
    return KnowledgeBase(str(base))


@pytest.fixture(scope="module")
def known(kb: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its site, which knows where it will stand."""
    target = tmp_path_factory.mktemp("known")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        build_site(kb, target, strict=False, address=ADDRESS.rstrip("/"))
    return target


def data_of(page: Path) -> Any:
    (text,) = DATA.findall(page.read_text())
    return json.loads(text)


def pages(site: Path) -> list[str]:
    """The addresses of all pages."""
    found = (file.relative_to(site).as_posix() for file in site.rglob("*.html") if file.name != "404.html")
    return sorted(name.removesuffix("index.html") for name in found)


def test_the_sitemap_lists_every_page_with_its_date(known: Path) -> None:
    """Full addresses, each once; the date is that of what the page says, not of the build."""
    tree = etree.fromstring((known / SITEMAP).read_bytes())
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = {url.findtext("s:loc", namespaces=names): url.findtext("s:lastmod", namespaces=names) for url in tree}

    assert sorted(found) == [ADDRESS + page for page in pages(known)]
    assert found[f"{ADDRESS}services/sqs/"] == "2026-11-21"
    assert found[ADDRESS] is None
    assert gzip.decompress((known / f"{SITEMAP}.gz").read_bytes()) == (known / SITEMAP).read_bytes()


def test_the_search_description_leads_to_the_search(known: Path) -> None:
    """As OpenSearch 1.1 wants it, and every page says where it is."""
    tree = etree.fromstring((known / SEARCH).read_bytes())
    names = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    templates = {url.get("type"): url.get("template") for url in tree.findall("o:Url", names)}
    image = str(tree.findtext("o:Image", namespaces=names))

    assert tree.tag == "{http://a9.com/-/spec/opensearch/1.1/}OpenSearchDescription"
    assert 0 < len(str(tree.findtext("o:ShortName", namespaces=names))) <= 16
    assert 0 < len(str(tree.findtext("o:Description", namespaces=names))) <= 1024
    assert templates["text/html"] == f"{ADDRESS}?q={{searchTerms}}"
    assert templates["application/opensearchdescription+xml"] == ADDRESS + SEARCH
    assert (known / image.removeprefix(ADDRESS)).is_file()
    for page in pages(known):
        file = known / page
        text = (file / "index.html" if file.is_dir() else file).read_text()
        for kind, name in (("opensearchdescription", SEARCH), ("atom", FEED)):
            (link,) = re.findall(
                rf'<link rel="[\w ]+" type="application/{kind}\+xml" title="[^"]+" href="([^"]+)">', text
            )
            assert urljoin(ADDRESS + page, link) == ADDRESS + name


def test_the_data_of_a_note_says_what_the_note_says(known: Path) -> None:
    """An article on a service: names, facts as properties, quantities as numbers, sources, date."""
    data = data_of(known / "services/sqs/index.html")
    facts = {fact["name"]: fact for fact in data["mentions"]}

    assert (data["@context"], data["@type"], data["headline"]) == ("https://schema.org", "TechArticle", "Amazon SQS")
    assert data["url"] == f"{ADDRESS}services/sqs/"
    assert data["dateModified"] == "2026-11-21"
    assert data["about"] == {
        "@type": "SoftwareApplication",
        "name": "Amazon SQS",
        "alternateName": ["Amazon Simple Queue Service", "SQS", "simple queue"],
        "applicationCategory": "Application integration",
    }
    assert facts["Largest message"] == {
        "@type": "PropertyValue",
        "name": "Largest message",
        "value": 1,
        "unitText": "MB",
    }
    assert {work["@type"] for work in data["citation"]} == {"CreativeWork"}


def test_the_home_page_offers_search_and_data(known: Path, site: Path) -> None:
    """What is offered is there; without an address of its own a site does not claim one."""
    website, dataset = data_of(known / "index.html")["@graph"]

    assert website["potentialAction"]["target"]["urlTemplate"] == f"{ADDRESS}?q={{search_term_string}}"
    assert (website["@type"], website["url"], dataset["@type"]) == ("WebSite", ADDRESS, "Dataset")
    for file in dataset["distribution"]:
        assert (known / file["contentUrl"].removeprefix(ADDRESS)).is_file()
    assert "potentialAction" not in data_of(site / "index.html")["@graph"][0]


def test_text_of_notes_stays_text(known: Path, kb: KnowledgeBase) -> None:
    """A summary that tries to end the script comes back as it was, and no element of it stands in the page."""
    page = (known / "services/batch/index.html").read_text()

    assert "alert(1)" in data_of(known / "services/batch/index.html")["description"]
    assert "<script>alert" not in page
    assert "](javascript" not in (known / LLMS).read_text()
    sqs = kb.folder.notes["sqs"]
    fact = replace(sqs.facts[0], value="\x00\x1b" + HOSTILE, history=(Earlier(HOSTILE, "2019", ()),))
    hostile = KnowledgeBase(kb.base)
    hostile.folder.notes["sqs"] = replace(sqs, title=HOSTILE, facts=(fact,))
    etree.fromstring(atom_feed(hostile, HOSTILE, "").encode())


@given(
    st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=5)
)
def test_data_in_a_script_reads_back_and_cannot_leave_it(data: Any) -> None:
    """Whatever the texts hold."""
    text = in_script(data)

    assert not set(text) & set("<>&")
    assert json.loads(text) == data


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_the_feed_reads_as_atom(kb: KnowledgeBase, address: str) -> None:
    """By a real reader: entries with id, title, date, link; the changed value and what was said before."""
    feed = feedparser.parse(atom_feed(kb, "kb", address).encode(), response_headers=TOLD)
    entries = {entry.title: entry for entry in feed.entries}
    changed = entries["Amazon SQS, Largest message: 1 MiB"]

    assert (feed.bozo, feed.version) == (False, "atom10")
    assert all(e.id.startswith("urn:uuid:") and e.title and e.updated_parsed and e.link for e in feed.entries)
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    assert feed.feed.updated == max(entry.updated for entry in feed.entries) == "2026-11-21T00:00:00Z"
    assert changed.link == f"{ADDRESS}services/sqs/#fact-message-size-max"
    assert "Earlier: 256 KB (December 2019)" in changed.content[0].value
    assert "Amazon SQS: 1 fact checked" in entries
    assert feed.entries[0].title.startswith("Amazon SQS, ")  # of one day, changes first


def test_an_entry_keeps_its_id_until_the_value_changes(kb: KnowledgeBase) -> None:
    """A newer check moves its date; another value is another entry; where the site stands does not matter."""

    def entries(of: KnowledgeBase, address: str = "") -> dict[str, str]:
        found = feedparser.parse(atom_feed(of, "kb", address).encode()).entries
        return {entry.id: entry.updated for entry in found if "Largest message" in entry.title}

    def changed(**values: Any) -> dict[str, str]:
        other = KnowledgeBase(kb.base)
        sqs = other.folder.notes["sqs"]
        other.folder.notes["sqs"] = replace(sqs, facts=(replace(sqs.facts[0], **values), *sqs.facts[1:]))
        return entries(other)

    check = kb.folder.notes["sqs"].facts[0].checked
    assert check is not None
    (id,) = entries(kb)

    assert entries(kb, "https://elsewhere.example/") == entries(kb)
    assert changed(checked=replace(check, date="2027-02-03")) == {id: "2027-02-03T00:00:00Z"}
    assert id not in changed(value="2 MiB")
    assert changed(history=()) == {}


@pytest.mark.filterwarnings("ignore")
def test_llms_txt_is_read_by_its_own_reader(site: Path) -> None:
    """Title, summary, sections of links; every link of it leads to a file of the site."""
    from llms_txt import parse_llms_file

    kb = KnowledgeBase(str(ROOT))
    read = parse_llms_file((site / LLMS).read_text())
    links = [link for section in read.sections.values() for link in section]

    assert (read.title, bool(read.summary)) == ("kb - AWS services, looked up", True)
    assert list(read.sections)[-1] == "Optional"
    assert len(links) == len(kb.folder.notes) + len(kb.comparisons) + 2
    for link in links:
        assert (site / unquote(link.url)).is_file(), link
    for path in re.findall(r"[\w./]+\.json", read.info):
        assert (site / path).is_file(), path


def test_llms_full_txt_holds_every_note_and_fact(site: Path) -> None:
    """As plain text with the dates of the facts, without links and footnotes."""
    kb = KnowledgeBase(str(ROOT))
    text = (site / LLMS_FULL).read_text()
    lines = text.split("\n")

    assert [f"# {note.title}" for note in kb.folder.notes.values() if f"# {note.title}" not in lines] == []
    assert len(re.findall(r"^- .*\((?:checked against .*|as of [\d-]+)\)$", text, re.M)) == sum(
        len(note.facts) for note in kb.folder.notes.values()
    )
    assert "[^" not in text
    assert "](" not in re.sub(r"`[^`\n]*`", "", text)


def test_a_site_without_an_address_has_no_sitemap(site: Path) -> None:
    """Search engines and address bars want full addresses: nothing is better than something wrong."""
    assert not list(site.glob("sitemap*"))
    assert not (site / SEARCH).exists()
    assert SEARCH not in (site / "index.html").read_text()
    assert all((site / name).is_file() for name in (FEED, LLMS, LLMS_FULL))


def test_written_twice_it_is_the_same(known: Path, kb: KnowledgeBase, tmp_path: Path) -> None:
    """Nothing is told twice, and no clock has a part in it."""
    again = Path(shutil.copytree(known, tmp_path / "again"))
    write_discovery(kb, again)
    files = {path.relative_to(known) for path in known.rglob("*") if path.is_file()}

    assert {path.relative_to(again) for path in again.rglob("*") if path.is_file()} == files
    assert [name for name in files if (known / name).read_bytes() != (again / name).read_bytes()] == []


def test_an_address_that_is_none_is_refused(kb: KnowledgeBase, tmp_path: Path) -> None:
    """With what is wrong about it."""
    with pytest.raises(InputError, match="site_url"):
        build_site(kb, tmp_path, address="example.org/kb")
