"""Any Markdown file as a page: titles, sections, addresses; nothing is required of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.unit import units_of
from kb.notes.folder import find_note, is_plain, read_folder
from kb.notes.page import page_files, parse_page, plain, read_page


@pytest.mark.parametrize(
    ("text", "path", "title"),
    [
        ("# Hello *there*\n\nText", "a.md", "Hello there"),
        ("---\ntitle: From the front\n---\n# Other\n", "a.md", "From the front"),
        ("---\ntitle: [broken\n---\n# Other\n", "a.md", "Other"),
        ("Setext\n======\n\ntext", "a.md", "Setext"),
        ("no heading", "guide/01-02_key-facts.md", "Key facts"),
        ("no heading", "guides/Lambda/README.md", "Lambda"),
        ("", "x.md", "X"),
        ('# Quotas<a name="limits"></a>\n', "a.md", "Quotas"),
        ("lead\n\n# Later\n", "a-b.md", "A b"),
        ("## `code` \\(escaped\\)\n", "a.md", "`code` (escaped)"),
    ],
)
def test_titles(text: str, path: str, title: str) -> None:
    """The front matter's, the first heading's, otherwise the file's name."""
    assert parse_page(text, path).title == title


def test_sections_have_addresses_and_parents() -> None:
    """Named anchors are kept, equal headings are told apart, deep ones know what they stand under."""
    page = parse_page(
        '# T\n\nlead\n\n## A<a name="a-1"></a>\n\nx\n\n### B\n\ny\n\n## B\n\nz\n\n```sh\n# no heading\n```\n', "g/p.md"
    )

    assert [(s.title, s.anchor, s.parent) for s in page.sections] == [
        ("", "", ""),
        ("A", "a-1", ""),
        ("B", "b", "A"),
        ("B", "b-1", ""),
    ]
    assert (page.id, page.category, page.kind) == ("g/p", "g", "page")
    assert [u.id for u in units_of(page, {})] == ["g/p", "g/p#a-1", "g/p#b", "g/p#b-1"]
    assert page.sections[3].statements[1].block == "code"


def test_a_file_with_several_titles_loses_none() -> None:
    """The first heading is the title, the others are sections."""
    page = parse_page("# One\n\na\n\n# Two\n\nb\n", "p.md")

    assert [s.title for s in page.sections] == ["", "Two"]
    assert [s.text for s in page.sections[0].statements] == ["a"]


def test_running_text() -> None:
    """No tags, link targets, markers or escapes."""
    assert plain("- [ ] see [docs](http://x/y 'T') <br/> a\\-b <!-- no -->\n  1. **two**") == "see docs  a-b\n**two**"


def test_a_folder_without_services_is_plain(tmp_path: Path) -> None:
    """Every Markdown file below it counts; hidden folders, node_modules and links do not."""
    for name in ("a/b.md", ".git/c.md", "node_modules/d.md", "e.markdown", "f.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# T\n\ntext")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link.md").symlink_to(tmp_path / "a/b.md")

    assert is_plain(tmp_path)
    assert [path for _, path in page_files(tmp_path)] == ["e.markdown", "a/b.md"]
    assert list(read_folder(tmp_path).notes) == ["e", "a/b"]
    assert find_note(tmp_path, "a/b") is not None
    assert find_note(tmp_path, "../x") is None


def test_bytes_that_are_no_text_are_reported(tmp_path: Path) -> None:
    """The page is read all the same."""
    (tmp_path / "a.md").write_bytes(b"# T\n\ncaf\xe9")
    note, problems = read_page(tmp_path / "a.md", "a.md")

    assert note is not None
    assert problems[0].line == 3
    assert note.sections[0].statements[0].text == "caf\ufffd"


@given(st.text(alphabet=st.sampled_from("#-*`>|[]()<>a \n\\1.=:"), max_size=200))
def test_no_text_raises(text: str) -> None:
    """Whatever stands in a file, it is a page whose units have different ids."""
    ids = [unit.id for unit in units_of(parse_page(text, "p.md"), {})]

    assert len(ids) == len(set(ids))
