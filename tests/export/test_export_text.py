"""The Markdown folder and the JSON document."""

from __future__ import annotations

import json
import re
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from kb import KnowledgeBase
from kb.api.documents import Documents
from kb.export.document import json_document
from kb.export.markdown import INDEX, markdown_folder
from kb.notes.fact import slug


@pytest.fixture(scope="module")
def files(kb: KnowledgeBase) -> dict[str, str]:
    """The folder as text."""
    return {path: data.decode() for path, data in markdown_folder(kb).items()}


def test_every_note_comparison_and_source_has_its_file(files: dict[str, str], kb: KnowledgeBase) -> None:
    """And one file lists them all."""
    wanted = {note.path for note in kb.folder.notes.values()} | {source.path for source in kb.folder.sources.values()}
    wanted |= {comparison.path for comparison in kb.comparisons.values()}

    assert set(files) == wanted | {INDEX}
    assert all(f"]({path})" in files[INDEX] for path in wanted)


def test_every_link_leads_to_a_file_and_a_heading(files: dict[str, str]) -> None:
    """As a reader of plain Markdown follows it; nothing of kb's own form is left."""
    followed = 0
    for path, text in files.items():
        assert "[[" not in text, path
        inline = [token for token in MarkdownIt("commonmark").parse(text) if token.type == "inline"]
        links = [str(t.attrs["href"]) for token in inline for t in token.children or [] if t.type == "link_open"]
        for link in links:
            if link.startswith(("http", "javascript")):
                continue
            name, _, anchor = link.partition("#")
            target = normpath(join(dirname(path), unquote(name)))
            assert target in files, f"{path}: {link}"
            followed += 1
            headings = {slug(title) for title in re.findall(r"^#+ (.*)$", files[target], re.M)}
            assert not anchor or anchor in headings, f"{path}: {link}"
    assert followed > 10


def test_a_note_is_plain_markdown(files: dict[str, str]) -> None:
    """Title, summary, facts with their dates where the page has them, footnotes."""
    sqs = files["services/sqs.md"]

    assert sqs.startswith("# Amazon SQS\n\nManaged message queue;")
    assert sqs.index("## Basics") < sqs.index("## Limits") < sqs.index("## Gotchas") < sqs.index("## Names")
    assert (
        "- Largest message: 1 MiB (hard limit). Earlier: 256 KB (2019-12). (checked against botocore 1.44.5, 2026-11-21)[^anna-2019][^models]"
        in sqs
    )
    assert "[^models]: Amazon Web Services, API models, consulted 21 November 2026." in sqs
    assert "see [Amazon SQS](sqs.md#visibility-timeout) for the timeout" in files["services/lambda.md"]
    assert "[the largest message](sqs.md#limits)" in files["services/hostile.md"]
    assert "**Retired since 26 May 2024. Use lambda instead.**" in files["services/hostile.md"]
    assert "| Largest message | 1 MiB, checked 2026-11-21 | not recorded |" in files["compare/limits.md"]


def test_the_json_holds_what_the_api_answers(kb: KnowledgeBase) -> None:
    """Every note whole, in the shape of the API."""
    document = json.loads(json_document(kb))
    api = Documents(kb)

    assert document["export"] == "kb json"
    assert document["newest"] == "2026-11-21"
    assert [note["id"] for note in document["notes"]] == sorted(kb.folder.notes)
    assert {note["id"]: note for note in document["notes"]} == api.whole
    assert document["sources"] == api.sources()["sources"]
    assert document["comparisons"] == [api.comparison("limits")]


def test_the_same_notes_give_the_same_bytes(kb: KnowledgeBase, base: Path) -> None:
    """Of both."""
    again = KnowledgeBase(str(base))

    assert json_document(kb) == json_document(again)
    assert markdown_folder(kb) == markdown_folder(again)
