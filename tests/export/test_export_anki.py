"""The Anki deck, imported by Anki itself."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

from kb import InputError, KnowledgeBase
from kb.export.anki import anki_deck


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Any]:
    """An empty collection of Anki."""
    opened = Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


def take(collection: Any, deck: bytes, folder: Path) -> Any:
    """Import a deck and return Anki's account of it."""
    (folder / "deck.apkg").write_bytes(deck)
    request = ImportAnkiPackageRequest(package_path=str(folder / "deck.apkg"), options=ImportAnkiPackageOptions())
    return collection.import_anki_package(request).log


def fields(collection: Any, id: str) -> dict[str, str]:
    (found,) = collection.find_notes(f'Id:"{id}"')
    return dict(collection.get_note(found).items())


def test_anki_takes_every_fact_as_a_card_once(kb: KnowledgeBase, collection: Any, tmp_path: Path) -> None:
    """A second import of the same deck adds nothing; decks are categories."""
    facts = sum(len(note.facts) for note in kb.folder.notes.values())
    first, second = (take(collection, anki_deck(kb), tmp_path) for _ in range(2))

    assert (len(first.new), len(second.new), len(second.duplicate)) == (facts, 0, facts)
    assert collection.card_count() == facts
    names = {deck.name for deck in collection.decks.all_names_and_ids()}
    assert {"AWS services (kb)::Compute", "AWS services (kb)::Application integration"} <= names


def test_the_front_asks_as_people_ask_and_the_back_answers(kb: KnowledgeBase, collection: Any, tmp_path: Path) -> None:
    """Question and fact in front; value, date, sources and what used to be true behind."""
    take(collection, anki_deck(kb), tmp_path)
    retention = fields(collection, "sqs#fact-message-retention-max")
    size = fields(collection, "sqs#fact-message-size-max")
    (found,) = collection.find_notes('Id:"sqs#fact-message-retention-max"')
    (card,) = collection.get_note(found).cards()

    assert retention["Question"] == "how long does a message survive if nobody reads it"
    assert retention["Date"] == "Hard limit, as of 2019-12-22, not checked"
    assert "how long does a message survive" in card.question()
    assert "14 days" not in card.question()
    assert "14 days" in card.answer()
    assert (size["Value"], size["Earlier"]) == ("1 MiB", "256 KB (December 2019)")
    assert size["Date"] == "Hard limit, checked against botocore 1.44.5, 2026-11-21"


def test_a_changed_value_renews_its_card_and_keeps_the_progress(
    kb: KnowledgeBase, base: Path, collection: Any, tmp_path: Path
) -> None:
    """The card is known by the fact, not by what it says."""
    take(collection, anki_deck(kb), tmp_path)
    (note,) = collection.find_notes('Id:"sqs#fact-message-size-max"')
    (card,) = collection.get_note(note).cards()
    collection.sched.set_due_date([card.id], "30")

    later = KnowledgeBase(str(base))
    sqs = later.folder.notes["sqs"]
    check = sqs.facts[0].checked
    assert check is not None
    fact = replace(sqs.facts[0], value="2 MiB", checked=replace(check, date="2027-01-05"))
    later.folder.notes["sqs"] = replace(sqs, facts=(fact, *sqs.facts[1:]))
    log = take(collection, anki_deck(later), tmp_path)

    assert [len(log.new), len(log.updated)] == [0, 5]  # newer deck, every note of it
    assert fields(collection, "sqs#fact-message-size-max")["Value"] == "2 MiB"
    assert [c.ivl for c in collection.get_note(note).cards()] == [30]


def test_text_of_notes_stays_text(kb: KnowledgeBase, collection: Any, tmp_path: Path) -> None:
    """Nothing in a note becomes a tag of a card."""
    take(collection, anki_deck(kb), tmp_path)
    hostile = fields(collection, "hostile#fact-size-dor")

    assert hostile["Question"] == "what is &lt;u&gt;it&lt;/u&gt;"
    assert hostile["Service"] == "Hostile &lt;b&gt;note&lt;/b&gt;"
    assert hostile["Value"] == "5 | &quot;6&quot; &amp; &lt;i&gt;7&lt;/i&gt;"


def test_the_same_notes_give_the_same_bytes(kb: KnowledgeBase, base: Path, tmp_path: Path) -> None:
    """No clock in it, whichever hand packs it."""
    deck = anki_deck(kb)
    (tmp_path / "deck.apkg").write_bytes(deck)

    assert deck == anki_deck(KnowledgeBase(str(base)))
    with zipfile.ZipFile(tmp_path / "deck.apkg") as packed:
        assert {info.date_time for info in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_notes_without_facts_make_no_deck(tmp_path: Path) -> None:
    """It is said, not written empty."""
    (tmp_path / "page.md").write_text("# A page\n\nText.\n")

    with pytest.raises(InputError, match="no facts"):
        anki_deck(KnowledgeBase(str(tmp_path)))
