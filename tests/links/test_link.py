"""Links between notes: first mentions, written links, backlinks."""

from __future__ import annotations

import pytest

from kb.links.link import Mentions, backlinks, link_text, links_of
from kb.links.table import NameTable
from kb.notes.folder import read_folder
from tests.conftest import ROOT, VAULT, cases

NOTES = read_folder(VAULT / "docs").notes
MENTIONS = Mentions(NameTable(NOTES.values()))


def markdown(note: str, anchor: str, text: str) -> str:
    return f"[{text or note}]({note}{'#' + anchor if anchor else ''})"


@pytest.mark.parametrize(("given", "expected"), cases("mentions.md"))
def test_mentions(given: str, expected: str) -> None:
    """Each case comes out as expected."""
    assert link_text(given, set(), MENTIONS, markdown) == expected


def test_a_note_never_links_to_itself() -> None:
    """Its own name is plain text."""
    assert all(link.target != "sqs" for link in links_of(NOTES["sqs"], MENTIONS))


def test_links_and_backlinks_agree() -> None:
    """Who links here is who says so; the one that does it most comes first."""
    links = [link for note in NOTES.values() for link in links_of(note, MENTIONS)]

    assert {(link.source, link.target) for link in links} == {("sqs", "lambda"), ("lambda", "sqs"), ("batch", "lambda")}
    assert backlinks(links)["lambda"] == ["batch", "sqs"]


def test_only_the_first_mention_in_a_section_links() -> None:
    """One link per note and section, over all notes of the project."""
    notes = read_folder(ROOT / "docs").notes
    mentions = Mentions(NameTable(notes.values()))
    for note in notes.values():
        seen = [(link.section, link.target) for link in links_of(note, mentions) if not link.anchor]
        written = [s.text.count("[[") for section in note.sections for s in section.statements]
        assert len(seen) - len(set(seen)) <= sum(written)
