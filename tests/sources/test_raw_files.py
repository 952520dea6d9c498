"""Finding raw files, choosing the reader, and refusing what is no text."""

# ruff: noqa: RUF001 - the odd characters are what is tested

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.errors import InputError
from kb.sources import decode
from kb.sources.read import raw_files, read_source_file
from tests.conftest import Tree


def texts(path: Path) -> list[str]:
    return [s.text for s in read_source_file(path, "s", path.name).statements]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.md", b"# T\n\n- x", ["x"]),
        ("a.txt", b"# T\n\ntext\n\n## U\n\n- x", ["text", "x"]),
        ("a.txt", b"---\ntitle: T\n---\n- x", ["x"]),
        ("a.html", b"<p>x</p>", ["x"]),
        ("a.txt", b"<!DOCTYPE html>\n<html><body><p>x", ["x"]),
        ("a.txt", "Title\n\n  • x".encode(), ["x"]),
        ("a.MD", b"- x\r\n- y\r\n", ["x", "y"]),
        ("a.md", b"\xef\xbb\xbf# T\r\n\r\n- x\r\n\t- y  \r\n\t\t- z\r\n", ["x", "y", "z"]),
        ("a.txt", b"#separator:tab\n#html:true\nq\ta\nr\tb", ["q: a", "r: b"]),
    ],
)
def test_the_reader_is_chosen_by_name_and_look(tree: Tree, name: str, content: bytes, expected: list[str]) -> None:
    """Markdown and web pages are known by their suffix, and without it by what they hold."""
    assert texts(tree({name: content}) / name) == expected


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.md", "# T\n\n- EBS\n  - Types:\n    - SSD\n  - one zone\n- EFS\n\nafter\n\n## U\n\n- alone"),
        ("a.txt", "T\n\n• EBS\n    • Types:\n        • SSD\n    • one zone\n• EFS\n\nafter\n\nU\n\n• alone"),
        ("a.html", "<h1>T</h1><ul><li>EBS<ul><li>Types:<ul><li>SSD</ul><li>one zone</ul><li>EFS</ul><p>after</p><h2>U</h2><ul><li>alone</ul>"),
    ],
)  # fmt: skip
def test_nested_statements_know_what_they_are_nested_in(tree: Tree, name: str, content: str) -> None:
    """In every format; a new heading or a paragraph closes the list."""
    outline = read_source_file(tree({name: content}) / name, "s", name)

    assert [(s.text, s.parents, s.leads) for s in outline.statements] == [
        ("EBS", (), True),
        ("Types:", ("EBS",), True),
        ("SSD", ("EBS", "Types:"), False),
        ("one zone", ("EBS",), False),
        ("EFS", (), False),
        ("after", (), False),
        ("alone", (), False),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xef\xbb\xbf- caf\xc3\xa9", "café"),
        ("- café – ok".encode("utf-16"), "café – ok"),
        ("- cafe ok, this is a longer text".encode("utf-16-le"), "cafe ok, this is a longer text"),
        ("- café “quoted” – €5".encode("cp1252"), "café “quoted” – €5"),
        ("- Очередь сообщений хранит сообщения до четырнадцати дней".encode("cp1251"), "Очередь сообщений хранит сообщения до четырнадцати дней"),
        ("- donâ€™t".encode(), "don’t"),
        ("- Î±".encode(), "α"),
        ("- fast β†’ πŸš€".encode(), "fast → 🚀"),
        (b"- a\rb", "a b"),
    ],
)  # fmt: skip
def test_encodings_are_found_and_mended(tree: Tree, content: bytes, expected: str) -> None:
    """A byte order mark, UTF-8, UTF-16, a guess, and text that had been through a wrong encoding."""
    assert texts(tree({"a.md": content}) / "a.md") == [expected]


def test_mended_lines_are_counted(tree: Tree) -> None:
    """The outline says how many lines were put right; lines that were right stay."""
    outline = read_source_file(tree({"a.md": "- donâ€™t\n- naïve “ok” • café\n".encode()}) / "a.md", "s", "a.md")

    assert outline.mended == 1
    assert outline.statements[1].text == "naïve “ok” • café"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"abc\0def\n", "NUL"),
        (b"line\nabc\0def\n", "line 2"),
        (bytes(range(256)) * 4, "not text"),
        (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR", "not text"),
        (b"\xff\xfea", "not text|encoding"),
        (b"\x01\x02\x03\x04" * 10, "control"),
    ],
)
@pytest.mark.parametrize("suffix", ["md", "txt", "html"])
def test_what_is_no_text_is_refused(tree: Tree, content: bytes, reason: str, suffix: str) -> None:
    """Binary files are an InputError that says why."""
    with pytest.raises(InputError, match=reason):
        texts(tree({f"a.{suffix}": content}) / f"a.{suffix}")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"   "])
@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html"])
def test_an_empty_file_is_an_empty_outline(tree: Tree, name: str, content: bytes) -> None:
    """Nothing in, nothing out."""
    outline = read_source_file(tree({name: content}) / name, "s", name)

    assert (outline.statements, outline.headings, outline.unaccounted()) == ((), (), [])


def test_a_file_of_100_mb_is_refused_unread(tmp_path: Path) -> None:
    """The size is checked before a byte is read."""
    with (tmp_path / "big.html").open("wb") as file:
        file.truncate(100 * 1024 * 1024)

    with pytest.raises(InputError, match=f"at most {decode.MAX_BYTES:,}"):
        texts(tmp_path / "big.html")


def test_a_folder_or_a_missing_file_is_refused(tmp_path: Path) -> None:
    """What cannot be read says so."""
    with pytest.raises(InputError, match="folder"):
        texts(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        texts(tmp_path / "no.md")


def test_files_are_found_in_a_fixed_order(tree: Tree) -> None:
    """Raw files of a folder come first, then its folders; hidden ones and other kinds are left out."""
    names = ["b.md", "a.txt", "z/c.html", "z/.d.md", ".git/e.md", "f.png", "y/g.markdown", "node_modules/h.md"]
    root = tree(dict.fromkeys(names, "x"))

    assert [name for _, name in raw_files([root])] == ["a.txt", "b.md", "y/g.markdown", "z/c.html"]
    assert [name for _, name in raw_files([root / "f.png", root / "z"])] == ["f.png", "c.html"]


def test_a_missing_path_is_refused(tmp_path: Path) -> None:
    """A path that does not exist is an InputError, not an empty list."""
    with pytest.raises(InputError, match="does not exist"):
        list(raw_files([tmp_path / "no"]))


def test_loops_of_links_end(tree: Tree) -> None:
    """A link to the folder above is left out; a link to itself that is given is an InputError."""
    root = tree({"a/b.md": "x"})
    (root / "a" / "loop").symlink_to(root, target_is_directory=True)
    (root / "self.md").symlink_to(root / "self.md")

    assert [name for _, name in raw_files([root])] == ["a/b.md"]
    with pytest.raises(InputError):
        list(raw_files([root / "self.md"]))
    with pytest.raises(InputError):
        texts(root / "self.md")


@pytest.mark.skipif(os.name == "nt", reason="needs named pipes")
def test_a_pipe_is_refused(tmp_path: Path) -> None:
    """What would block for ever is not opened."""
    os.mkfifo(tmp_path / "a.md")

    with pytest.raises(InputError, match="regular file"):
        texts(tmp_path / "a.md")
    with pytest.raises(InputError, match="neither"):
        list(raw_files([tmp_path / "a.md"]))
