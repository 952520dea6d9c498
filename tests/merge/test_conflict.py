"""What keeps two statements from both being true today, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.merge.conflict import find_conflict
from kb.merge.rarity import Rarity
from kb.merge.statement import understand, understand_fact
from kb.notes.fact import Earlier, Fact

SIZE = Fact(
    id="message-size",
    label="Largest message",
    kind="limit",
    value="1 MiB",
    sources=("a",),
    detail="Attributes included; at most 10 of them.",
    history=(Earlier("256 KB", "2020-12", ("b",)),),
)
REPLICAS = Fact(
    id="replicas",
    label="Replicas",
    scope="standard",
    kind="quota",
    value="15",
    sources=("a",),
    history=(Earlier("5", "2019", ("b",)),),
)
CORRECTED = understand(
    "Contrary to some notes, a bucket name cannot have 1,024 characters; that is the limit of a key."
)


LONG_CLAIM = (
    "Workers poll the queue and hand every message on to the function that the team named in the table of the project, where "
    "every region keeps a copy with its own keys and alarms. A batch is 256 KB. Whoever sends one waits, the largest first."
)


@pytest.mark.parametrize(
    ("claim", "fact", "why"),
    [
        ("messages up to 256kb", SIZE, "once said, since changed: 256 KB / 1 MB"),
        ("Max size of a message is 0.25 MB", SIZE, "once said, since changed: 256 KB / 1 MB"),
        ("at most 5 replicas", REPLICAS, "once said, since changed: 5 / 15"),
        ("Largest message: 2 MB", SIZE, "2 MB / 1 MB"),
    ],
)
def test_contradicts(claim: str, fact: Fact, why: str) -> None:
    """A value that the fact remembers as a former one, in any unit; another value where nearly all words agree."""
    found = find_conflict(understand(claim), understand_fact(fact), Rarity())

    assert found is not None
    assert found.why == why
    assert find_conflict(understand_fact(fact), understand(claim), Rarity()) == found or not found.history


@pytest.mark.parametrize(
    ("claim", "fact"),
    [
        ("messages up to 1 MB", SIZE),
        ("messages up to 1 MB, once 256 KB", SIZE),
        ("A batch of 10 messages of 256 KB", SIZE),
        ("Example: the largest message of 256 KB costs 4 requests", SIZE),
        ("Earlier (2020) the largest message was 256 KB", SIZE),
        ("smallest message: 256 KB at least", SIZE),
        ("at most 5 replicas (express)", REPLICAS),
        ("Is the largest message 256 KB?", SIZE),
        ("Under message size enter 256 KB", SIZE),
        (
            LONG_CLAIM,
            SIZE,
        ),
    ],
)
def test_contradicts_not(claim: str, fact: Fact) -> None:
    """Today's value, an example, what is told as history, another direction, another scope, a question."""
    assert find_conflict(understand(claim), understand_fact(fact), Rarity()) is None


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("A bucket name can have up to 1,024 characters", True),
        ("A bucket name has 3 to 63 characters", False),
        ("Contrary to some notes a bucket name cannot have 1,024 characters", False),
    ],
)
def test_corrected(claim: str, found: bool) -> None:
    """What another statement tells as said by some contradicts it; who tells the same does not."""
    conflict = find_conflict(understand(claim), CORRECTED, Rarity())

    assert bool(conflict) is found


def test_without_and_instead_are_no_denials() -> None:
    """Half a sentence that goes without something, or tells what there is instead, denies nothing."""
    a = understand("Retries are included in SDK calls")
    b = understand("Retries are not included in calls without SDK")
    c = understand("Some disks do not come with the root volume, they come with a store instead")
    d = understand("Some disks come with a store instead of the root volume")

    assert find_conflict(a, b, Rarity()) is None
    assert find_conflict(c, d, Rarity()) is None


def test_heading_gives_the_scope() -> None:
    """A statement that names no scope takes that of what it stands under."""
    assert find_conflict(understand("At most 5 replicas", (), "Limits"), understand_fact(REPLICAS), Rarity())
    assert find_conflict(understand("At most 5 replicas", (), "Express"), understand_fact(REPLICAS), Rarity()) is None


def test_a_row_of_a_table_is_read_cell_by_cell() -> None:
    """A value belongs to what its column names; the others say what the row is about."""
    fact = understand_fact(SIZE)

    assert find_conflict(understand("Queue: plain; Largest message: 256 KB; Price: low"), fact, Rarity())
    assert find_conflict(understand("Machine: small; Largest burst: 256 KB; Price: low"), fact, Rarity()) is None


def test_what_is_remembered_alone_needs_words_in_a_longer_claim() -> None:
    """Beside a few words a size the note knows only as a former one is enough; a longer claim has to name something."""
    fact = understand_fact(SIZE)
    fact = replace(fact, property=replace(fact.property, alone=fact.property.was)) if fact.property else fact

    assert find_conflict(understand("up to 256 KB"), fact, Rarity())
    assert (
        find_conflict(understand("Training a model on pictures of cats and dogs takes up to 256 KB"), fact, Rarity())
        is None
    )


def test_operations_and_rates_are_told_apart() -> None:
    """What holds of one operation says nothing of another; how often is no scope beside of what."""
    batch, transaction, pillars = (
        understand_fact(replace(REPLICAS, label=label, scope=scope, value=now, history=(Earlier(was, "2019", ("b",)),)))
        for label, scope, now, was in (
            ("Most items of TransactWriteItems", "", "100 items", "25 items"),
            ("How fast it grows", "per function", "1,000 executions", "500 instances"),
            ("What it rests on", "", "6 pillars", "5 pillars"),
        )
    )

    assert find_conflict(understand("BatchWriteItem: up to 25 items"), batch, Rarity()) is None
    assert find_conflict(understand("TransactWriteItems: up to 25 items"), batch, Rarity())
    assert find_conflict(understand("it grows fast: 500 more instances per minute"), transaction, Rarity())
    assert find_conflict(understand("the framework has 5 pillars"), pillars, Rarity())
    assert find_conflict(understand("the framework has 5 lenses"), pillars, Rarity()) is None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("PostgreSQL version 14 supports it", set()),
        ("MySQL 8\\.0\\.28 and later", set()),
        ("Continue with step 3 of the guide", set()),
        ("Layer 7 of OSI", set()),
        ("Amazon Linux 2", set()),
        ("account 110948597952 in eu-west-1", set()),
        ("In 2019 there were 5 rules", {"count:5 rule"}),
        ("a maximum of 5", {"count:5"}),
        ("Replicas: 15", {"count:15"}),
        ("11,500,000 requests", {"count:11500000 request"}),
        ("280+ edge locations", {"count:280 edg"}),
        ("HTTP status code: 413", set()),
        ("after the burst 500 more instances", {"count:500 instanc"}),
    ],
)
def test_numbers_that_count_are_told_from_those_that_name(text: str, values: set[str]) -> None:
    """A version, a step, a layer, an account are no values that could contradict."""
    assert understand(text).values == values
