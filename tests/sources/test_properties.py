"""Whatever is written, every line of it comes out as something, and soon."""

# ruff: noqa: RUF001 - the odd characters are what is tested

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.sources.html import read_html
from kb.sources.markdown import read_markdown
from kb.sources.outline import Outline
from kb.sources.text import read_pasted

READERS = (read_markdown, read_pasted, read_html)
MARKUP = st.text(st.sampled_from(list("ab12 .:#*-+_`~>|[]()!<>/&={}%^\\\t\n\n•–ü")), max_size=120)
PIECES = st.lists(
    st.sampled_from(
        ["# A\n", "## B", "- x\n", "  - y\n", "1. z\n", "> q\n", "```\n", "    code\n", "| a | b |\n", "|---|---|\n", "\n", "<div>\n", "</div>", "<!-- c\n", "-->", "<li>i", "<td>t", "<pre>\n", "**Bold**\n", "{% raw %}\n", "{{ v }}", "![p](u)", "[[w|x]]", "text ", "---\n", "• b\n", "a\tb\n", "$ ls -l\n", "{\n", "}\n", "Key:\n", "  v: 1\n", "Title\n\n", "[a]: /u\n", "#tag\n", "> [!note] T\n", "Skip to content\n", "%%\n", "%% c %% ", "end.7 ", "{{c1::a::b}} ", "** d\n", "== E\n", "= T\n", ":PROPERTIES:\n", ":END:\n", "[^1]: f\n", "id:: 1\n", "((abcdefgh1)) ", "[source]\n----\n", "!!! note\n", "#+BEGIN_SRC\n", "> [!note]\n", "1.2.3 Title\n", "Line one\nLine two  \nline three\\\n", "#separator:tab\n"]
    ),
    max_size=24,
).map("".join)  # fmt: skip


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]{1,}", text.casefold()))


def said(outline: Outline) -> str:
    parts = [s.text for s in outline.statements] + [h.title for h in outline.headings]
    return "\n".join([*parts, *(d.text for d in outline.dropped)])


@pytest.mark.parametrize("read", READERS)
@settings(max_examples=300, deadline=None)
@given(text=MARKUP | PIECES)
def test_every_line_is_accounted_for(read: object, text: str) -> None:
    """Any text is read without an error, and each line is a statement, a heading or a drop."""
    outline = read(text, "s", "notes.md")  # type: ignore[operator]

    assert outline.unaccounted() == []
    assert outline.lines == text.count("\n") + 1
    assert all(1 <= s.line <= s.end <= outline.lines and s.text for s in outline.statements)


@settings(max_examples=300, deadline=None)
@given(text=st.lists(st.sampled_from(["- a{}\n", "  - b{}\n", "c{}\n", "# d{}\n", "\n", "e{}: \n", "    f{}\n", "• g{}\n", "H{}\n\n", "1. i{}\n"]), max_size=20))  # fmt: skip
def test_every_word_is_kept(text: list[str]) -> None:
    """Each word of lists, headings, paragraphs and code is in what is said or dropped, in every reader of text."""
    filled = "".join(piece.format(number) for number, piece in enumerate(text))
    for read in (read_markdown, read_pasted):
        assert words(filled) - {"1"} <= words(said(read(filled, "s", "notes.md")))


HOSTILE = {
    "a bullet nested 500 deep": "".join("  " * n + f"- item {n}\n" for n in range(500)),
    "a quote nested 5000 deep": ">" * 5000 + " deep",
    "a list in a list on one line": "- " * 5000 + "deep",
    "a 5 MB single line": "word " * 1_000_000,
    "a 5 MB line of brackets": "![[" * 1_700_000,
    "100,000 tags that never close": "<a " * 100_000,
    "50,000 lists that never close": "<ul><li>x" * 50_000,
    "10,000 tables on one line": "<table><tr><th>a</th></tr><tr><td>b</td></tr></table> " * 10_000,
    "2,000 blocks of HTML on long lines": ("<p>" + "a " * 50 + "\n\n") * 2_000,
    "text deeper than the parser goes": "<div>" * 3_000 + "\nfar down\n" + "</div>" * 3_000,
    "backticks": "` `` ``` " * 2_000,
    "stars": "*a **b " * 2_500,
    "open templates": "{{ {% " * 3_000,
    "open pictures": "![a](b " * 2_500,
    "bars": "|" * 15_000 + "\n" + "|-" * 7_000 + "\n" + "|x" * 7_000,
    "a wide table": ("| a " * 60 + "|\n" + "|---" * 60 + "|\n" + ("| b " * 60 + "|\n") * 300),
    "many rules": "---\n" * 5_000,
    "many fragments": "<p>a\n\n" * 3_000,
    "many headings": "".join(f"# a{n}\n\nb\n\n" for n in range(5_000)),
    "open braces": "{\n" * 5_000,
    "indented lines": "• a\n" + "   b c\n" * 5_000,
    "colons": "a: b\n" * 5_000,
    "link definitions": "[a]: b\n" * 5_000,
    "tabs": "\t" * 5_000 + "x\n" + "a\tb\n" * 5_000,
    "spaces": " " * 19_000 + "x",
    "numbers": "1.1." * 4_000,
    "deep indents": "\n".join(" " * (n % 300) + f"• x{n}" for n in range(3_000)),
    "long spaces inside": "- a" + " " * 19_000 + "b\n",
    "bold": "**" + "a" * 19_000,
    "ampersands": "&" * 19_000,
    "comments": "<!--" * 4_000,
    "percent signs": "%%a " * 4_000 + "\n" + "%%\n" * 5_000 + ":PROPERTIES:\n" * 5_000,
    "clozes": "{{c1::a::" * 2_000 + "}}" * 100,
    "block references": "[a](((" * 3_000,
    "reference numbers": "a b word.1 " * 1_500 + "\n" + "word-" * 3_000 + ".[1][1]" * 500,
    "equals signs": "= a\n" * 5_000 + "== b " * 3_000,
    "lines of slides": "Amazon keeps messages for\n" * 5_000 + "one\n" * 5_000,
    "skip": "skip to " * 2_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("read", READERS)
def test_hostile_input_is_read_in_seconds(name: str, read: object) -> None:
    """No input makes a reader fail, lose a line, or take time out of proportion."""
    started = time.process_time()
    outline = read(HOSTILE[name], "s", "notes.md")  # type: ignore[operator]

    assert outline.unaccounted() == []
    assert time.process_time() - started < 6


@pytest.mark.parametrize("read", [read_markdown, read_pasted])
def test_nothing_is_lost_in_deep_nesting(read: object) -> None:
    """All 500 items of a list nested 500 deep are said."""
    outline = read(HOSTILE["a bullet nested 500 deep"], "s", "notes.md")  # type: ignore[operator]

    assert {f"item {n}" for n in range(500)} <= {s.text for s in outline.statements}


def test_html_deeper_than_the_parser_goes_is_not_lost() -> None:
    """lxml stops at 2,048 levels; the lines below are said all the same."""
    outline = read_html(HOSTILE["text deeper than the parser goes"], "s", "notes.html")

    assert "far down" in [s.text for s in outline.statements]
