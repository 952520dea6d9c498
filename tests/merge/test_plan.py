"""Plans: written, edited, read back, applied."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import InputError, KnowledgeBase
from kb.merge.apply import Applied, apply_plan
from kb.merge.plan import Entry, Plan, digest, read_plan, write_plan
from kb.notes.folder import read_folder

ABOUT = {"source": "mine-2026", "title": "Mine", "author": "Me", "date": "2026-11", "licence": "MIT"}


def plan_of(vault: Path, *entries: Entry) -> Plan:
    used = {entry.target.partition("#")[0] for entry in entries}
    notes = {id: f"services/{id}.md" for id in ("sqs", "batch") if id in used}
    return Plan(entries=entries, digests={id: digest(vault / "docs" / path) for id, path in notes.items()}, **ABOUT)


def written(vault: Path, plan: Plan) -> Path:
    file = vault / "plan.md"
    file.write_text(write_plan(plan, {"sqs": "Amazon SQS"}))
    return file


def applied(vault: Path, file: Path) -> Applied:
    return apply_plan(read_plan(file), read_folder(vault / "docs"), str(file))


NEW = Entry(True, "new", "batch#alternatives", "Take Fargate for jobs of a few minutes.", "notes.md:3")
REFUSED = Entry(False, "new", "batch#alternatives", "Nobody wants this.", "notes.md:4")


def test_a_plan_reads_back_as_it_was_written(vault: Path) -> None:
    """Entry by entry."""
    plan = plan_of(vault, NEW, REFUSED, Entry(False, "unplaced", "", "Sleep well.", "notes.md:5"))

    assert read_plan(written(vault, plan)) == plan


@given(st.text(min_size=1, max_size=80))
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """White space apart, and texts of which nothing is left."""
    kept = " ".join(text.replace("\x1c", " ").split())
    if not kept or any(c in text for c in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029") or "\ud800" <= max(text) <= "\udfff":
        return
    plan = Plan(entries=(Entry(True, "new", "a#b", kept, "x:1"),), **ABOUT)
    file = tmp_path_factory.mktemp("plan") / "plan.md"
    file.write_text(write_plan(plan, {}), encoding="utf-8")

    assert read_plan(file).entries[0].text == kept


def test_accepted_entries_are_written_once(vault: Path) -> None:
    """With their citation and the source's page; refused ones are not; a second time changes nothing."""
    file = written(vault, plan_of(vault, NEW, REFUSED))
    assert applied(vault, file).statements == 1

    note = (vault / "docs/services/batch.md").read_text()
    assert "- Take Fargate for jobs of a few minutes.[^mine-2026]" in note
    assert "[^mine-2026]: Me, Mine, November 2026." in note
    assert "Nobody" not in note
    assert (vault / "docs/sources/mine-2026.md").is_file()
    assert applied(vault, file).notes == 0
    assert (vault / "docs/services/batch.md").read_text() == note
    assert KnowledgeBase(str(vault)).check() == []


def test_what_is_known_gets_the_citation(vault: Path) -> None:
    """Of a fact, and of a statement."""
    fact = Entry(
        True, "known", "sqs#fact-message-size-max", "1 MiB is the most", "x:1", "sqs#fact-message-size-max 0.9 (a): b"
    )
    said = Entry(
        True,
        "known",
        "batch#alternatives",
        "x",
        "x:2",
        "batch#alternatives 0.9 (same): For short jobs take AWS Lambda.",
    )
    applied(vault, written(vault, plan_of(vault, fact, said)))

    assert "mine-2026" in KnowledgeBase(str(vault)).folder.notes["sqs"].facts[0].sources
    assert "take AWS Lambda.[^anna-2019][^mine-2026]" in (vault / "docs/services/batch.md").read_text()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("# Import plan", "# Shopping list"), r"plan\.md:1: expected a plan"),
        (("- [x] new", "- [y] new"), r"plan\.md:\d+: expected an entry"),
        (("] new ->", "] maybe ->"), "expected one of new, known"),
        (("batch#alternatives", "nowhere#alternatives"), "is no note"),
        (("batch#alternatives", "batch#nowhere"), "is no section"),
        (("  text: Take", "  text: Take\n  text: Take"), "'text' twice"),
        (("licence: MIT\n", ""), "lacks licence"),
    ],
)
def test_a_plan_edited_into_nonsense_writes_nothing(change: tuple[str, str], message: str, vault: Path) -> None:
    """A clear error with the line; the notes stay as they are."""
    file = written(vault, plan_of(vault, NEW))
    file.write_text(file.read_text().replace(*change))
    before = (vault / "docs/services/batch.md").read_bytes()

    with pytest.raises(InputError, match=message):
        applied(vault, file)
    assert (vault / "docs/services/batch.md").read_bytes() == before


def test_a_plan_for_notes_that_changed_since_writes_nothing(vault: Path) -> None:
    """Import again."""
    file = written(vault, plan_of(vault, NEW))
    note = vault / "docs/services/batch.md"
    note.write_text(note.read_text().replace("short jobs", "tiny jobs"))

    with pytest.raises(InputError, match="changed since the plan was made"):
        applied(vault, file)
