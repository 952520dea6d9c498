"""Pages of facts across notes: all limits and their files, what changed, what contradicts, what sources contributed."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import KnowledgeBase
from kb.api.conflict import Conflict, Side, open_conflicts
from kb.merge.accepted import Accepted
from kb.notes.note import Status
from kb.site.facts import (
    LIMITS,
    changes_page,
    conflicts_page,
    contributions,
    csv_text,
    data_files,
    limits_data,
    limits_page,
    source_page,
    sources_page,
)
from kb.site.lists import list_pages
from kb.site.pages import Library
from tests.conftest import ROOT, VAULT, Tree

HOSTILE = '<img src=x onerror=alert(1)> "><script>alert(1)</script>'


def library_of(base: str) -> Library:
    kb = KnowledgeBase(base)
    return Library(dict(sorted(kb.folder.notes.items())), kb.folder.sources, kb.comparisons)


@pytest.fixture(scope="module")
def library() -> Library:
    return library_of(str(VAULT))


@pytest.fixture(scope="module")
def ours() -> Library:
    return library_of(str(ROOT))


def test_every_limit_stands_in_the_files(ours: Library) -> None:
    """The JSON and the CSV hold each limit, quota and default of every note, and nothing else."""
    wanted = {
        (note.id, fact.anchor, fact.value) for note in ours.notes.values() for fact in note.facts if fact.kind in LIMITS
    }
    files = data_files(ours)
    data = json.loads(files["assets/kb/data/limits.json"])
    rows = list(csv.DictReader(io.StringIO(files["assets/kb/data/limits.csv"].lstrip("\ufeff"))))

    assert {(data["notes"][row[0]][0], f"fact-{row[1]}", row[4]) for row in data["rows"]} == wanted
    assert len(rows) == len(wanted) == len(data["rows"])
    assert f"{len(wanted):,} limits, quotas and defaults" in limits_page(ours)


def test_a_row_says_kind_date_check_and_sources(library: Library) -> None:
    """Columns are what limits.js reads."""
    data = limits_data(library)
    rows = {row[1]: row for row in data["rows"]}
    size, retention = rows["message-size-max"], rows["message-retention-max"]

    assert data["notes"][size[0]] == ["sqs", "Amazon SQS", "Application integration", "services/sqs/"]
    assert (data["kinds"][size[6]], size[7], data["against"][size[8]], size[9]) == (
        "hard limit",
        "2026-11-21",
        "botocore 1.44.5",
        ["models"],
    )
    assert (retention[7], data["against"][retention[8]], retention[9]) == ("2019-12-22", "", ["anna-2019"])


def test_limits_can_be_found_without_a_script(library: Library) -> None:
    """Each note with limits is linked with their number, and all are there as a file."""
    page = limits_page(library)

    assert "- [Amazon SQS](../services/sqs/#limits): 2" in page
    assert 'href="../assets/kb/data/limits.csv" download' in page


@given(st.lists(st.lists(st.text(st.characters(blacklist_categories=["Cs"])), min_size=1), min_size=1))
def test_a_spreadsheet_takes_every_cell_for_text(rows: list[list[str]]) -> None:
    """No cell starts what a spreadsheet would calculate, and no text is lost."""
    read = list(csv.reader(io.StringIO(csv_text(rows).removeprefix("\ufeff"), newline="")))

    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    for row in read:
        for cell in row:
            assert not cell.strip().startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
            assert not cell.startswith(("\t", "\r"))


def test_the_timeline_has_every_value_with_its_date_and_sources(library: Library) -> None:
    """From, to, when, and who said it."""
    page = changes_page(library)

    assert "### Changed after 2019" in page
    assert '<a href="../services/sqs/#fact-message-size-max">Amazon SQS: Largest message</a>' in page
    was, now = (
        page.index(
            '<li class="kb-was"><span class="kb-value">256 KB</span> <span class="kb-date">December 2019</span><sup'
        ),
        page.index(
            '<li class="kb-now"><span class="kb-value">1 MiB</span> <span class="kb-date">checked 2026-11-21</span><sup'
        ),
    )
    assert was < now
    assert '<span id="source-anna-2019"></span>' in page


def test_the_timeline_leaves_no_change_out(ours: Library) -> None:
    """Each fact with a history and each service that is not current, once."""
    page = changes_page(ours)
    facts = [fact for note in ours.notes.values() for fact in note.facts if fact.history]

    assert page.count('<li class="kb-change"') == len(facts)
    assert page.count('class="kb-was"') == sum(len(fact.history) for fact in facts)
    assert page.count('<li class="kb-ended"') == sum(note.status.state != "current" for note in ours.notes.values())


def test_services_that_ended_come_first_the_newest_on_top(library: Library) -> None:
    """Each with its date and what to use instead."""
    notes = dict(library.notes)
    notes["batch"] = replace(notes["batch"], status=Status("retired", "2024-05-26", "lambda"))
    notes["sqs"] = replace(notes["sqs"], status=Status("closed-to-new-customers", "2025-01", "a pigeon"))
    page = changes_page(replace(library, notes=notes))

    assert page.index("closed to new customers</strong>; instead: a pigeon.") < page.index(
        'retired</strong>; instead: <a href="../services/lambda/">AWS Lambda</a>.'
    )
    assert '<time class="kb-when" datetime="2024-05-26">26 May 2024</time>' in page


def test_conflicts_none_not_looked_for_open_and_accepted(library: Library) -> None:
    """Each side with its note, sources and date; those let stand with the reason."""
    one = Side("sqs", "fact-message-size-max", "Messages of 1 MiB.", ("models",), "2026-11-21")
    other = Side("sqs", "basics", "Messages of 256 KB.", ("anna-2019",), "2019-12-22")
    accepted = [
        Accepted("k1", "conflict", "sqs#basics", "lambda", "both hold | for a reason", "2026-11-21"),
        Accepted("k2", "duplicate", "sqs", "sqs", "said twice", "2026-11-21"),
    ]
    page = conflicts_page(library, [Conflict(one, other, "size: 1 MiB / 256 KB")], accepted)

    assert "None open." in conflicts_page(library)
    assert "Not looked for" in conflicts_page(library, None)
    assert "1 open." in page
    assert '<a href="../services/sqs/#fact-message-size-max">Amazon SQS</a>: Messages of 1 MiB.<sup' in page
    assert "as of 22 December 2019" in page
    assert "both hold &#124; for a reason | 2026-11-21 |" in page
    assert "said twice" not in page


def test_hostile_statements_stay_text(library: Library) -> None:
    """Whatever a note, a reason or a title holds, it makes no element."""
    import markdown

    side = Side("sqs", "", HOSTILE, (), "")
    sqs = replace(library.notes["sqs"], title=f"T {HOSTILE}"[:80], status=Status("retired", "2024", HOSTILE))
    facts = tuple(replace(fact, label=HOSTILE, value=HOSTILE, detail=HOSTILE) for fact in sqs.facts)
    sources = {
        id: replace(source, title=HOSTILE, author=HOSTILE, about=HOSTILE) for id, source in library.sources.items()
    }
    hostile = replace(library, notes={**library.notes, "sqs": replace(sqs, facts=facts)}, sources=sources)
    pages = list_pages(
        hostile, [Conflict(side, side, HOSTILE)], [Accepted("k", "conflict", HOSTILE, HOSTILE, HOSTILE, HOSTILE)]
    )

    for path, text in pages.items():
        html = markdown.markdown(text, extensions=["tables", "admonition"])
        assert "<img" not in html, path
        assert "<script" not in html, path


def test_open_conflicts_know_their_sources(tree: Tree) -> None:
    """What kb conflicts finds, with where it stands and who says so."""
    note = (VAULT / "docs/services/sqs.md").read_text(encoding="utf-8")
    wrong = note.replace("## Basics\n", "## Basics\n\n- The longest message retention is 4 hours.[^models]", 1)
    assert wrong != note
    files: dict[str, Any] = {
        f"docs/{path.relative_to(VAULT / 'docs')}": path.read_bytes() for path in (VAULT / "docs").rglob("*.md")
    }
    base = tree({**files, "docs/services/sqs.md": wrong})
    found = [c for c in open_conflicts(KnowledgeBase(str(base))) if "4 hours" in c.a.text + c.b.text]

    assert found
    sides = {side.anchor: side for side in (found[0].a, found[0].b)}
    assert sides["basics"].sources == ("models",)
    assert sides["fact-message-retention-max"].sources == ("anna-2019",)
    assert sides["fact-message-retention-max"].as_of == "2019-12-22"


def test_what_a_source_contributed_adds_up(ours: Library) -> None:
    """Counted once more, by hand: facts, statements, earlier values, and what rests on it alone."""
    found = contributions(ours)
    for id in list(ours.sources)[::17]:
        facts = [(note.id, fact) for note in ours.notes.values() for fact in note.facts]
        statements = [(n.id, s) for n in ours.notes.values() for section in n.sections for s in section.statements]
        assert sum(one.facts for one in found[id].values()) == sum(id in fact.sources for _, fact in facts)
        assert sum(one.statements for one in found[id].values()) == sum(id in s.citations for _, s in statements)
        assert sum(one.earlier for one in found[id].values()) == sum(
            id in e.sources for _, fact in facts for e in fact.history
        )
        assert sum(one.alone for one in found[id].values()) == sum(fact.sources == (id,) for _, fact in facts) + sum(
            s.citations == (id,) for _, s in statements
        )


def test_the_page_of_a_source_says_what_it_contributed(library: Library) -> None:
    """Per note, with the sum; the overview has the same sum."""
    page = source_page(library.sources["anna-2019"], library, contributions(library)["anna-2019"])

    assert (
        '<th scope="row"><a href="../../services/sqs/">Amazon SQS</a></th><td class="kb-number">2</td><td class="kb-number">4</td>'
        in page
    )
    assert '<th scope="row">All ' in page
    assert 'href="../sources/anna-2019/"' in sources_page(library) or 'href="anna-2019/"' in sources_page(library)
    assert "Nothing yet." in source_page(library.sources["anna-2019"], library, {})


def test_a_base_without_facts_has_its_pages(tree: Tree) -> None:
    """Empty pages say so."""
    base = tree(
        {
            "docs/services/x.md": "---\nid: x\ntitle: X\ncategory: shoes\nsummary: A thing.\n---\n\nX is a thing that is there.\n"
        }
    )
    pages = list_pages(library_of(str(base)))

    assert "None recorded yet." in pages["limits"]
    assert "0 values" in pages["changes"]
    assert "Map of 1 notes" in pages["graph"]
    assert "None prepared yet." in pages["compare/index"]
