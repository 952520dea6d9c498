"""Pages as pure functions: what stands on them, and that nothing raw gets through."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb import KnowledgeBase
from kb.notes.note import Block, Section, Statement, Status
from kb.site.lists import list_pages
from kb.site.pages import Library, note_page
from kb.site.text import address, inline, safe
from tests.conftest import VAULT


@pytest.fixture(scope="module")
def library() -> Library:
    kb = KnowledgeBase(str(VAULT))
    return Library(kb.folder.notes, kb.folder.sources, kb.comparisons)


def test_a_note_page_answers_in_its_first_lines(library: Library) -> None:
    """Title, summary, key facts with date, lead; then sections."""
    page = note_page(library.notes["sqs"], library)

    assert page.startswith("# Amazon SQS\n")
    assert (
        page.index("kb-summary")
        < page.index("kb-key-facts")
        < page.index("## Basics")
        < page.index("## Limits")
        < page.index("## Gotchas")
    )
    assert '<span class="kb-fact-value">1 MiB</span><span class="kb-dated kb-checked">checked 2026-11-21</span>' in page


def test_every_fact_has_its_row_with_date_check_and_history(library: Library) -> None:
    """Checked says against what; not checked says so; earlier values stay."""
    page = note_page(library.notes["sqs"], library)

    assert '<tr id="fact-message-size-max"><th scope="row">Largest message</th>' in page
    assert "earlier: 256 KB (December 2019)" in page
    assert (
        '<span class="kb-dated kb-checked">checked 2026-11-21</span></summary>against botocore 1.44.5, <code>' in page
    )
    assert "as of 2019-12-22, not checked" in page
    assert 'id="fact-deduplication-interval-fifo-queue"' in page


def test_links_backlinks_related_comparisons_and_sources(library: Library) -> None:
    """What belongs to the note is one click away."""
    page = note_page(library.notes["lambda"], library)

    assert "[Amazon SQS](../sqs/#visibility-timeout)" in page
    assert "- Compared in: [SQS or Lambda](../../compare/limits/)" in page
    assert "- Linked from: [AWS Batch](../batch/), [Amazon SQS](../sqs/)" in page
    assert (
        '1. <span id="source-models"></span>[Amazon Web Services, API models, consulted 21 November 2026.](../../sources/models/)'
        in page
    )


def test_a_retired_service_says_so_first(library: Library) -> None:
    """State, date and what to use instead stand above everything."""
    note = replace(library.notes["batch"], status=Status("retired", "2024-05-26", "lambda"))
    page = note_page(note, library)

    assert page.index('!!! warning "Retired since 26 May 2024"') < page.index("AWS Batch runs jobs")
    assert "Use [AWS Lambda](../lambda/) instead." in page


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "![x](https://evil.example/x.png)", "x{: onclick=alert(1) }",
    "[x](data:text/html;base64,PHNjcmlwdD4=)", "<a href='x'>y</a>", "&lt;script&gt;", "`<b>`", "a | b", "{# x #}", "<!-- x -->", "[x](vbscript:x)",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str, library: Library) -> None:
    """Rendered as a statement, a fact and a title, it makes no element, attribute or request."""
    import markdown

    sqs = library.notes["sqs"]
    lead = replace(sqs.sections[0], statements=(Statement(f"Text {text} end.", ("models",), "paragraph"),))
    facts = tuple(replace(fact, label=f"L {text}", value=f"V {text}", detail=text, scope="") for fact in sqs.facts[:1])
    note = replace(sqs, title=f"T {text}", summary=f"S {text}", sections=(lead, *sqs.sections[1:]), facts=facts)
    html = markdown.markdown(note_page(note, library), extensions=["tables", "admonition", "attr_list"])

    for forbidden in (
        "<script",
        "<img",
        "onerror=alert(1)>",
        '="javascript:',
        'onclick="',
        '="data:text',
        '="vbscript:',
        "<!--",
        "<a href='x'",
        "<b>",
    ):
        assert forbidden not in html, forbidden


PIECES = (
    "` `` ``` \\` \\ <img\u00a0src=x\u00a0onerror=h> <b> </b> <script>h</script> <iframe\u00a0src=x> [x](javascript:h) [x] [x][y] ![i](http://e/x) [[sqs]] [[sqs|x]] "
    "[[sqs|x\\]] [[zz|[y]] {:\u00a0onclick=h} {#h} &lt;img&gt; & < > * ** _ | <javascript:h> [x](<javascript:h>) ( ) ] [ ! Lambda <!-- --> </p> </table> </summary>"
).replace("\u00a0", "\t").split(" ")  # fmt: skip
PARTS = [*(piece.replace("\t", " ") for piece in PIECES), "\n", " ", "    ", "[y]: javascript:h", "~~~", "!!! note"]
ELEMENTS = frozenset(
    "h1 h2 h3 p a em strong code pre span div ul ol li table thead tbody tr th td sup section dl dt dd details summary q input form label "
    "select option output br hr blockquote".split()
)
BLOCKS: tuple[Block, ...] = ("bullet", "paragraph", "number", "code", "html", "table")


class Elements(HTMLParser):
    """Collects what no note may bring: elements, attributes and addresses that are not ours."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.wrong.append(tag)
        for name, value in attrs:
            scheme = (value or "").strip().lower().startswith(("javascript:", "data:", "vbscript:"))
            if name.startswith("on") or name == "style" or (name in ("href", "src", "action") and scheme):
                self.wrong.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}")


@settings(max_examples=150, deadline=None)
@given(text=st.lists(st.sampled_from(PARTS), min_size=1, max_size=8).map("".join), block=st.sampled_from(BLOCKS))
@example(text=r"\`<script>h</script>\`", block="bullet")
@example(text="```\n<script>h</script>\n```", block="code")
@example(text="```\n<img src=x onerror=h>\n```", block="html")
@example(text="[y]: javascript:h", block="paragraph")
@example(text="[`x`](javascript:h) [x][y]", block="bullet")
@example(text="[![i](http://e/x)", block="bullet")
def test_no_text_becomes_an_element(text: str, block: Block, library: Library) -> None:
    """Whatever a parser takes backticks, backslashes and brackets for: nothing but what pages are made of comes to be."""
    import markdown

    sqs = library.notes["sqs"]
    one = text if block in ("code", "html", "table") else " ".join(text.split())
    line = " ".join(text.split())
    lead = Section("", 1, "", (Statement(one, ("models",), block, 0, "x"), Statement(one, (), block, 1, "x")))
    facts = tuple(replace(fact, label=f"L {line}", value=line, detail=line) for fact in sqs.facts[:1])
    more = Section(f"S {line}", 2, "s", lead.statements)
    note = replace(
        sqs,
        title=f"T {line}",
        summary=line,
        sections=(lead, more),
        facts=facts,
        status=Status("retired", "2024-05", line, line),
    )
    extensions = ["tables", "admonition", "attr_list", "pymdownx.superfences", "pymdownx.highlight"]
    found = Elements()
    found.feed(markdown.markdown(note_page(note, library), extensions=extensions))
    found.feed(inline(text))

    assert found.wrong == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b `c < d`", "a &lt; b `c < d`"),
        (r"\`<b>\`", "&#96;&lt;b&gt;&#96;"),
        ("`` a`b ``", "<code>a&#96;b</code>"),
        ("[`x`](https://a/b_(c)?x=1&y=2)", "[`x`](https://a/b_%28c%29?x=1&amp;y=2)"),
        ("a[1] of [y]", "a&#91;1&#93; of &#91;y&#93;"),
        ("[[sqs#x|that]] and ![x](https://a/b)", "[[sqs#x|that]] and x"),
    ],
)
def test_what_is_left_of_markdown(text: str, expected: str) -> None:
    """Code, with its characters, and links; nothing that could be read in two ways."""
    assert safe(text) == expected


@pytest.mark.parametrize(
    ("here", "there", "anchor", "expected"),
    [
        ("services/sqs", "services/lambda", "", "../lambda/"),
        ("services/sqs", "compare/limits", "", "../../compare/limits/"),
        ("a-z", "services/sqs", "x", "../services/sqs/#x"),
        ("services/sqs", "services/sqs", "limits", "#limits"),
    ],
)
def test_addresses_are_relative(here: str, there: str, anchor: str, expected: str) -> None:
    """The site works below any folder of any host."""
    assert address(here, there, anchor) == expected


def test_lists_name_every_note(library: Library) -> None:
    """Categories, A to Z, sources and comparisons leave nobody out."""
    pages = list_pages(library)

    assert all(note.title in pages["services/index"] for note in library.notes.values() if note.kind == "service")
    assert "Simple Queue Service](services/sqs/)" in pages["a-z"].replace("../", "")
    assert "Amazon SQS" in pages["categories/application-integration"]
    assert "Messaging patterns" in pages["topics/index"]
    assert "Anna Example" in pages["sources/index"]
    assert '<a href="../../services/sqs/">Amazon SQS</a>' in pages["sources/anna-2019"]


def test_a_gap_in_a_comparison_is_said(library: Library) -> None:
    """Never an empty cell; every value dated and cited."""
    page = list_pages(library)["compare/limits"]

    assert page.count('<span class="kb-gap">not recorded</span>') == 2
    assert '<span class="kb-value">1 MiB</span><sup class="kb-cite">' in page
    assert '<a class="kb-date" href="../../services/sqs/#fact-message-size-max">checked 2026-11-21</a>' in page


def test_pages_are_the_same_twice(library: Library, tmp_path: Path) -> None:
    """Same notes, same pages, in any order of reading."""
    kb = KnowledgeBase(str(VAULT))
    again = Library(dict(reversed(kb.folder.notes.items())), kb.folder.sources, kb.comparisons)

    assert note_page(library.notes["sqs"], library) == note_page(again.notes["sqs"], again)
