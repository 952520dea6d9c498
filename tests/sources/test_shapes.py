"""Shapes of raw notes, as case files: what is given, and the outline that is read from it."""

from __future__ import annotations

import pytest

from kb.sources.html import read_html
from kb.sources.markdown import read_markdown
from kb.sources.outline import Outline
from kb.sources.text import read_pasted
from tests.conftest import cases

SIGNS = {"bullet": "-", "number": "1.", "paragraph": "p", "code": "code", "table": "row", "quote": ">"}


def drawn(outline: Outline) -> str:
    """Draw an outline: headings with their level, statements with their sign, depth and lines, drops with the reason."""
    entries = [(h.line, f"{h.line} h{h.level} {h.title}") for h in outline.headings]
    for s in outline.statements:
        lines = str(s.line) if s.line == s.end else f"{s.line}-{s.end}"
        entries.append((s.line, f"{lines} {'  ' * s.depth}{SIGNS[s.block]} {s.text!r}"))
    entries += [(d.line, f"{d.line} dropped, {d.reason}: {d.text}") for d in outline.dropped]
    assert outline.unaccounted() == []
    return "\n".join(text for _, text in sorted(entries, key=lambda entry: entry[0]))


@pytest.mark.parametrize(("given", "expected"), cases("sources/markdown.md"))
def test_markdown(given: str, expected: str) -> None:
    """Each dialect of Markdown reads as its author meant it."""
    assert drawn(read_markdown(given, "s", "notes.md")) == expected


@pytest.mark.parametrize(("given", "expected"), cases("sources/dialects.md"))
def test_what_other_tools_leave_in_markdown(given: str, expected: str) -> None:
    """Copies with references, flashcards, outliners and other markup languages give statements, and lose nothing."""
    assert drawn(read_markdown(given, "s", "notes.md")) == expected


@pytest.mark.parametrize(("given", "expected"), cases("sources/mdx.md"))
def test_mdx(given: str, expected: str) -> None:
    """The code of MDX is dropped, the text in its components is said."""
    assert drawn(read_markdown(given, "s", "notes.mdx")) == expected


@pytest.mark.parametrize(("given", "expected"), [*cases("sources/text.md"), *cases("sources/pasted.md")])
def test_pasted_text(given: str, expected: str) -> None:
    """Text copied from a page reads as the page did, without the frame of the page."""
    assert drawn(read_pasted(given, "s", "notes.txt")) == expected


@pytest.mark.parametrize(("given", "expected"), cases("sources/html.md"))
def test_web_pages(given: str, expected: str) -> None:
    """The text of a web page is kept in its structure, its frame is dropped with the reason."""
    assert drawn(read_html(given, "s", "notes.html")) == expected


def test_numbers_of_references_on_a_web_page_go() -> None:
    """What an encyclopedia puts behind its sentences is no part of them."""
    page = "<p>SQS came in 2004.<sup><a href='#c1'>[1]</a></sup> It keeps messages.<sup>2</sup></p><li>By TLS 1.2</li>"
    outline = read_html(page, "s", "notes.html")

    assert [s.text for s in outline.statements] == ["SQS came in 2004. It keeps messages.", "By TLS 1.2"]
    assert [d.text for d in outline.dropped] == ["[1]", "2"]


def test_statements_know_the_headings_above_them() -> None:
    """The headings above a statement are those that are open, outermost first."""
    outline = read_markdown("# A\n\n## B\n\n- x\n\n## C\n\n**D**\n\n- y\n\n# E\n\nz", "s", "notes.md")

    assert [s.headings for s in outline.statements] == [("A", "B"), ("A", "C", "D"), ("E",)]


@pytest.mark.parametrize(
    ("text", "title"),
    [("---\ntitle: My notes\n---\n# A\n", "My notes"), ("# A\n\nb", "A"), ("b", "Key facts"), ("---\ntitle: [\n---\nx", "Key facts")],
)  # fmt: skip
def test_the_title_is_what_the_file_says_or_its_name(text: str, title: str) -> None:
    """Front matter names a file, else its first heading, else its name."""
    assert read_markdown(text, "s", "01_key-facts.md").title == title


def test_files_called_notes_are_named_by_their_folder() -> None:
    """A folder of notes.md files does not give a list of sources called Notes."""
    assert read_markdown("x", "s", "07-VPC-Basics/notes.md").title == "VPC Basics"
