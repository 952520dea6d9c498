"""The map of services: every note once, nothing on top of each other, the same for the same notes, soon done."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from time import process_time

import pytest

from kb import KnowledgeBase
from kb.notes.note import Note, Section, Statement
from kb.site.graph import MOST, graph_page, layout, picture
from kb.site.pages import Library
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def ours() -> Library:
    kb = KnowledgeBase(str(ROOT))
    return Library(dict(sorted(kb.folder.notes.items())), kb.folder.sources, kb.comparisons)


def test_every_note_is_on_it_and_none_covers_another(ours: Library) -> None:
    """Bubbles touch nowhere, and larger ones have more neighbours."""
    bubbles = layout(ours)

    assert {bubble.note.id for bubble in bubbles} == set(ours.notes)
    for a, b in combinations(bubbles, 2):
        assert (a.x - b.x) ** 2 + (a.y - b.y) ** 2 >= (a.r + b.r) ** 2, (a.note.id, b.note.id)
    assert max(bubbles, key=lambda b: b.r).note.id == max(bubbles, key=lambda b: len(b.near)).note.id == "s3"


def test_neighbours_are_who_links_either_way(ours: Library) -> None:
    """As often as the notes link, those most often first."""
    sqs = next(bubble for bubble in layout(ours) if bubble.note.id == "sqs")
    wanted: dict[str, int] = {}
    for link in ours.links:
        for one, other in ((link.source, link.target), (link.target, link.source)):
            if one == "sqs" != other:
                wanted[other] = wanted.get(other, 0) + 1

    assert {id: weight for weight, id in sqs.near} == wanted
    assert [weight for weight, _ in sqs.near] == sorted(wanted.values(), reverse=True)


def test_the_same_notes_give_the_same_picture_in_good_time(ours: Library) -> None:
    """In any order of reading; in less than three seconds of work."""
    start = process_time()
    first = graph_page(ours)
    assert process_time() - start < 3

    assert graph_page(Library(dict(reversed(ours.notes.items())), ours.sources, ours.comparisons)) == first


def test_links_stand_in_order_with_titles(ours: Library) -> None:
    """By category, then by name; each says what it is, and nothing a strict policy refuses is used."""
    svg = picture(layout(ours))
    names = re.findall(r'aria-label="([^"]+), ([^",]+(?:, [^",]+)?), links with (\d+)"', svg)
    categories = list(dict.fromkeys(category for _, category, _ in names))

    assert len(names) == len(ours.notes)
    assert svg.count("<title>") == len(ours.notes)
    assert [category for _, category, _ in names] == sorted((c for _, c, _ in names), key=categories.index)
    assert "style=" not in svg
    assert " on" not in re.sub(r">[^<]*<|\"[^\"]*\"", "", svg)


def test_the_list_says_the_same_as_the_picture(ours: Library) -> None:
    """Each note with all it links with."""
    page = graph_page(ours)
    below = page.partition("## As a list")[2]
    for bubble in layout(ours)[::11]:
        item = re.search(rf'<li><a href="\.\./{bubble.note.path.removesuffix(".md")}/">[^<]*</a>: (.*?)</li>', below)
        assert item is not None, bubble.note.id
        assert item.group(1).count("<a ") == len(bubble.near)


def made(number: int, category: str = "compute", links: str = "") -> Note:
    lead = Section("", 1, "", (Statement(f"Text {links}", (), "paragraph"),))
    return Note(f"n{number}", f"Note {number}", category, "S.", "service", f"services/n{number}.md", sections=(lead,))


def test_bases_of_any_size_have_a_map() -> None:
    """None, one, two that do not link, and more than a picture holds: those with most neighbours."""
    assert "No notes yet." in graph_page(Library({}, {}, {}))
    for count in (1, 2, 3):
        assert len(layout(Library({f"n{i}": made(i) for i in range(count)}, {}, {}))) == count
    many = {f"n{i}": made(i, f"own-{i % 20}", f"[[n{i + 1}]]" if i > 60 else "") for i in range(MOST + 60)}
    bubbles = layout(Library(many, {}, {}))

    assert len(bubbles) == MOST
    assert {bubble.note.id for bubble in bubbles if bubble.near} == {f"n{i}" for i in range(61, MOST + 60)}


def test_a_hostile_title_stays_text() -> None:
    """In the picture and in the list."""
    note = replace(made(1), title='<script>x</script>" onload="x', category='"><b>')
    page = graph_page(Library({"n1": note}, {}, {}))

    assert "<script" not in page
    assert "<b>" not in page
    assert '" onload="' not in page
