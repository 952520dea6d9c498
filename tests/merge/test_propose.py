"""An import proposed: what is known, new, contradicting, unplaced; and what came of it when it is applied."""

from __future__ import annotations

from pathlib import Path

from kb.merge.apply import apply_plan
from kb.merge.plan import Plan, read_plan, write_plan
from kb.merge.propose import Proposer
from kb.notes.folder import read_folder
from kb.sources.read import raw_files, read_source_file

ABOUT = {"source": "mine-2026", "title": "Mine", "author": "Me", "date": "2026-11", "licence": "MIT"}
RAW = """# My notes

## SQS

- Largest message: 1 MiB
- Largest message: 256 KB
- Poison messages of one tenant hold up all others unless each tenant has a queue

## Motivation

- Sleep well before
"""


def planned(vault: Path, raw: str = "raw.md") -> Plan:
    """Return what an import of a file or folder proposes, by words."""
    outlines = [read_source_file(file, "mine-2026", relative) for file, relative in raw_files([vault / raw])]
    folder = read_folder(vault / "docs")
    return Proposer(folder.notes.values(), folder.root, semantic=False).propose(outlines, ABOUT)


def test_raw_notes_become_a_plan_and_then_statements(vault: Path) -> None:
    """Known, conflicting, new and unplaced ones; the accepted ones are written, twice makes no difference."""
    (vault / "raw.md").write_text(RAW)
    plan, folder = planned(vault), read_folder(vault / "docs")

    assert [(entry.status, entry.accepted, entry.target.partition("#")[0]) for entry in plan.entries] == [
        ("known", True, "sqs"),
        ("conflict", False, "sqs"),
        ("new", True, "sqs"),
        ("unplaced", False, ""),
    ]
    assert plan.entries[1].matches.startswith("sqs#fact-message-size-max")
    assert "supports the note" in plan.entries[1].matches
    file = vault / "plan.md"
    file.write_text(write_plan(plan, {}))
    assert apply_plan(read_plan(file), folder, str(file)).statements == 2
    assert apply_plan(read_plan(file), read_folder(vault / "docs"), str(file)).statements == 0
    assert "Poison messages" in (vault / "docs/services/sqs.md").read_text()


def test_what_is_listed_beside_each_other_is_no_conflict(vault: Path) -> None:
    """Rows of a table and lines of one file differ on purpose; two files may contradict each other."""
    (vault / "raw").mkdir()
    (vault / "raw" / "a.md").write_text(
        "# SQS\n\n- Longest delay of a batch: 7 minutes\n- Longest delay of a batch: 9 minutes\n"
    )
    (vault / "raw" / "b.md").write_text("# SQS\n\n- Longest delay of a batch: 20 minutes\n")
    (vault / "raw" / "c.md").write_text(
        "# SQS\n\n| Longest delay | of a batch |\n| --- | --- |\n| yes | 30 minutes |\n"
    )
    plan = planned(vault, "raw")

    assert [entry.origin.partition(":")[0] for entry in plan.entries if entry.status == "conflict"] == ["b.md"]


def test_lines_of_one_file_are_the_same_only_where_that_is_sure(vault: Path) -> None:
    """Options of a question share most words; said again, word by word, is said twice. A bare link says nothing."""
    (vault / "raw.md").write_text(
        "# SQS\n\n- Retries of a consumer pass through the broker of team one\n- Retries of a consumer pass through the broker of team two\n"
        "- Retries of a consumer pass through the broker of team two\n- [Retries](https://example.org/retries)\n"
    )
    plan = planned(vault)

    assert [entry.status for entry in plan.entries if entry.status in ("known", "label")] == ["known", "label"]
    assert not any(entry.accepted for entry in plan.entries if entry.status == "known")


def test_a_new_statement_stands_beside_what_is_nearest(vault: Path) -> None:
    """Under its own heading if the note has that; else where the note speaks of it."""
    (vault / "raw.md").write_text(
        "# SQS\n\n- Long polling waits for sockets of small routers in offices\n\n## Gotchas\n\n- Long polling waits for sockets of old routers in attics\n"
    )
    plan = planned(vault)

    assert [(entry.status, entry.target) for entry in plan.entries] == [("new", "sqs#basics"), ("new", "sqs#gotchas")]


def test_the_name_of_a_file_places_what_names_nothing(vault: Path) -> None:
    """Notes in a vault are called by their file; a file whose name names no service adds nothing."""
    (vault / "raw").mkdir()
    for name in ("3. SQS timers.md", "Confusion.md"):
        (vault / "raw" / name).write_text("## Behaviour\n\n- The warm-up of a worker is not counted by the aggregate\n")
    plan = planned(vault, "raw")

    assert {entry.origin.partition(":")[0]: entry.target.partition("#")[0] for entry in plan.entries} == {
        "3. SQS timers.md": "sqs",
        "Confusion.md": "",
    }


def test_what_is_taken_over_can_stand_alone(vault: Path) -> None:
    """An item of a list keeps what it stands under; who tells of himself, or instructs, is not accepted."""
    (vault / "raw.md").write_text(
        "# SQS\n\n- Broker of team one\n  - Hands every parcel to the courier in brown\n  - The broker of team one sleeps in winter nights\n"
        "- I once watched the broker of team one sleep\n- Click the orange button of the broker and choose courier\n"
        "- It wakes up when a parcel smells of oranges\n- <b>brown</b> `run-courier --hat`\n"
    )
    plan = planned(vault)

    assert [(entry.accepted, entry.text) for entry in plan.entries if entry.status == "new"] == [
        (True, "Broker of team one: Hands every parcel to the courier in brown"),
        (True, "The broker of team one sleeps in winter nights"),
        (False, "I once watched the broker of team one sleep"),
        (False, "Click the orange button of the broker and choose courier"),
        (False, "It wakes up when a parcel smells of oranges"),
        (False, "**brown** `run-courier --hat`"),
    ]
    assert [entry.origin.partition("held back: ")[2] for entry in plan.entries if entry.status == "new"] == [
        "",
        "",
        "somebody tells of himself",
        "a step to take",
        "it speaks of what stands above",
        "hardly any words",
    ]


def test_another_note_may_say_it(vault: Path) -> None:
    """What stands under one service and is said in the note of another is known there; a value that differs there is none of its business."""
    (vault / "raw.md").write_text(
        "# SQS\n\n- A function that writes to the bucket that triggers it calls itself again and again\n- Longest run: 3 minutes\n"
    )
    plan = planned(vault)

    assert [(entry.status, entry.target.partition("#")[0]) for entry in plan.entries] == [
        ("known", "lambda"),
        ("new", "sqs"),
    ]


def test_notes_on_another_provider_are_held_back(vault: Path) -> None:
    """By the name of the file, its title or a heading, whatever its text names; and nothing known there is accepted."""
    (vault / "raw").mkdir()
    lines = "## Queues\n\n- The largest message of SQS is 1 MiB\n- Workers lease a message for a while before they delete it for good\n"
    (vault / "raw" / "azure-notes.md").write_text(lines)
    (vault / "raw" / "mine.md").write_text(f"# AZ-900\n\n{lines}")
    plan = planned(vault, "raw")

    assert {(entry.status, entry.accepted) for entry in plan.entries} == {("unplaced", False)}
    assert all("another provider" in entry.origin for entry in plan.entries)
