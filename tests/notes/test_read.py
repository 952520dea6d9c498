"""Reading notes: what comes out, and what bad input gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import FieldError, UnreadableNote
from kb.notes.folder import read_folder
from kb.notes.read import parse_note, read_note
from tests.conftest import VAULT, Tree

HEAD = "id: x\ntitle: X\ncategory: compute\nsummary: An x.\n"


def test_a_note_is_read_with_its_parts() -> None:
    """Front matter, sections, statements and citations all arrive."""
    note = read_folder(VAULT / "docs").notes["sqs"]

    assert note.names.short == ("SQS",)
    assert [s.title for s in note.sections] == ["", "Basics", "Gotchas", "Visibility timeout"]
    assert note.sections[3].parent == "Gotchas"
    assert note.sections[1].statements[0].citations == ("anna-2019",)
    assert note.facts[0].checked is not None
    assert note.facts[0].history[0].value == "256 KB"
    assert note.facts[2].anchor == "fact-deduplication-interval-fifo-queue"


def test_a_byte_order_mark_and_windows_lines_do_not_matter(tree: Tree) -> None:
    """A file written on Windows reads like any other."""
    text = f"---\n{HEAD}---\n\nLead.[^a]\n"
    file = tree({"x.md": b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()}) / "x.md"

    assert read_note(file, "services/x.md").note == parse_note(text, "services/x.md").note


BAD = {
    "not UTF-8": (b"---\nid: x\n\xff\n---\n", 3, "UTF-8"),
    "a NUL byte": (b"---\nid: x\n---\n\0", 4, "text"),
    "no front matter": (b"# X\n", 1, "---"),
    "front matter never closed": (b"---\nid: x\n", 1, "---"),
    "broken YAML": (b"---\nid: [x\n---\n", 3, "valid YAML"),
    "a YAML tag": (b"---\nid: !!python/object/apply:os.system [ls]\n---\n", 2, "no YAML tags"),
    "an anchor bomb": (b"---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\n", 2, "no YAML anchors"),
    "deep nesting": (b"---\na: " + b"[" * 60 + b"]" * 60 + b"\n---\n", 2, "at most 6 levels"),
    "a key twice": (b"---\nid: x\nid: y\n---\n", 3, "each key once"),
    "a list as front matter": (b"---\n- x\n---\n", 2, "a mapping"),
    "a comment": (b"---\nid: x\n# why\n---\n", 3, "no comments"),
    "a huge file": (b"---\nid: x\n---\n" + b"x" * 50_000_000, 1, "at most"),
    "an empty file": (b"", 1, "---"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "line", "expected"), BAD.values(), ids=BAD)
def test_unreadable_notes_get_one_clear_error(content: bytes, line: int, expected: str, tree: Tree) -> None:
    """File, line and what was expected; nothing is raised."""
    reading = read_note(tree({"services/x.md": content}) / "services/x.md", "services/x.md")

    assert reading.note is None
    (problem,) = reading.problems
    assert isinstance(problem, UnreadableNote)
    assert problem.path == "services/x.md"
    assert expected in problem.expected
    assert problem.line == line


def test_a_huge_line_is_refused_and_named(tree: Tree) -> None:
    """A line of a megabyte is an error with its line, not a hang."""
    text = f"---\n{HEAD}---\n\nLead.\n\n{'x' * 1_000_000}\n"
    reading = read_note(tree({"services/x.md": text}) / "services/x.md", "services/x.md")

    assert [p.line for p in reading.problems] == [10]


def test_every_bad_field_is_reported_at_its_line() -> None:
    """One pass finds them all."""
    text = f"---\n{HEAD}nonsense: 1\nfacts:\n  - id: Bad Id\n    label: L\n    kind: rule\n    value: 1\n    sources: [a]\n---\n\nLead.\n"
    problems = parse_note(text, "services/x.md").problems

    assert [(p.line, p.field) for p in problems if isinstance(p, FieldError)] == [
        (6, "nonsense"), (8, "facts[0].id"), (10, "facts[0].kind"),
    ]  # fmt: skip


def test_missing_fields_are_reported() -> None:
    """An id, a title, a category and a summary must be there."""
    problems = parse_note("---\ntitle: X\n---\n", "services/x.md").problems

    assert [p.field for p in problems] == ["id", "category", "summary"]


def test_the_id_is_the_file_name() -> None:
    """A note answers to the name of its file."""
    (problem,) = parse_note(f"---\n{HEAD}---\n", "services/y.md").problems

    assert (problem.field, problem.found) == ("id", "x")


def test_one_bad_note_never_hides_the_others(vault: Path) -> None:
    """The rest of the folder is read."""
    (vault / "docs/services/bad.md").write_bytes(b"\xff\xfe")
    folder = read_folder(vault / "docs")

    assert set(folder.notes) == {"sqs", "lambda", "batch", "messaging"}
    assert [p.path for p in folder.problems] == ["services/bad.md"]


def test_a_link_that_leads_out_of_the_folder_is_not_followed(vault: Path, tmp_path: Path) -> None:
    """Notes cannot pull in files from elsewhere."""
    (tmp_path / "secret.md").write_text("---\nid: secret\n---\n")
    (vault / "docs/services/secret.md").symlink_to(tmp_path / "secret.md")

    assert "secret" not in read_folder(vault / "docs").notes
