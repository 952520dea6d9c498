"""Cards: what a hover shows and how it reads."""

from __future__ import annotations

from dataclasses import replace

from kb.editors.card import Card, Row, clipped, hover, markdown, plain_text, safe
from kb.editors.desk import Desk
from kb.editors.document import Place, Span
from tests.editors.conftest import at

C = "\u25ae"


def card(desk: Desk, text: str) -> Card:
    found = hover(desk, *at(text))
    assert found is not None
    return found


def test_a_service_shows_what_it_is_its_limits_and_gotchas(desk: Desk) -> None:
    """The limits of the resource first, each with value and kind, and how old they are."""
    found = card(desk, f"Type: AWS::SQS::Que{C}ue")

    assert (found.title, found.note) == ("Amazon SQS", "sqs")
    assert found.summary.startswith("Managed message queue")
    assert Row("Longest visibility timeout", "12 hours", "hard limit") in found.rows
    assert 1 <= len(found.gotchas) <= 2
    assert "2026-" in found.dated
    assert "checked against" in found.dated
    assert found.address.endswith("/services/sqs.md")


def test_an_operation_shows_its_limits_first(desk: Desk) -> None:
    """What matters here, not what matters most."""
    rows = card(desk, f"sqs:Receive{C}Message").rows
    assert "Messages received in one call" in [row.label for row in rows[:4]]
    assert rows[0] != card(desk, f"AWS::S{C}QS::Queue").rows[0]


def test_a_property_shows_just_its_fact(desk: Desk) -> None:
    """With its default and what it was before; no gotchas, no other limits."""
    found = card(desk, f'resource "aws_lambda_function" "f" {{\n  time{C}out = 9')

    assert {row.label for row in found.rows} >= {
        "Longest timeout (run of one invocation)",
        "Timeout when nothing is set",
    }
    assert found.gotchas == ()
    assert "Earlier: 300 seconds" in markdown(found)
    assert "#L" in found.address


def test_a_link_to_a_fact_shows_that_fact(desk: Desk) -> None:
    """And a link to a note the note."""
    assert [row.label for row in card(desk, f"[[sqs#fact-message-size-max{C}]]").rows] == ["Largest message"]
    assert len(card(desk, f"[[sqs{C}]]").rows) > 3


def test_a_retired_service_says_so(desk: Desk) -> None:
    """With what to use instead."""
    assert "Retired since" in card(desk, f"AWS::QLDB::Led{C}ger").warning


def test_nothing_to_show(desk: Desk) -> None:
    """No card for an ordinary word."""
    assert hover(desk, *at(f"hel{C}lo")) is None


def test_a_site_takes_the_place_of_the_files(bench: Desk) -> None:
    """For teams that host it."""
    site = Desk(bench.kb, "https://kb.example.org/aws/")
    site.load()
    assert card(site, f"AWS::SQS::Que{C}ue").address == "https://kb.example.org/aws/services/sqs/"
    assert card(site, f"[[sqs#basics{C}]]").address == "https://kb.example.org/aws/services/sqs/#basics"


def test_before_every_note_is_read_names_have_cards(bench: Desk) -> None:
    """One note is read for it."""
    fresh = Desk(bench.kb)
    assert hover(fresh, *at(f"AWS::SQS::Que{C}ue"))
    assert set(fresh.notes) == {"sqs"}


def test_a_note_that_changed_is_read_again(vault, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """And one that is gone has no card; one half-typed keeps the last that could be read."""
    from kb import KnowledgeBase

    found = Desk(KnowledgeBase(str(vault)))
    found.load()
    note = vault / "docs/services/sqs.md"
    whole = note.read_text()
    assert "1 MiB" in markdown(card(found, f"AWS::S{C}QS::Queue"))
    note.write_text(whole.replace("value: 1 MiB", "value: 2 MiB"))
    assert "2 MiB" in markdown(card(found, f"AWS::S{C}QS::Queue"))
    note.write_text("---\nid: [")
    assert "2 MiB" in markdown(card(found, f"AWS::S{C}QS::Queue"))
    note.unlink()
    assert hover(found, *at(f"AWS::S{C}QS::Queue")) is None


def test_notes_are_untrusted() -> None:
    """No HTML, no image that would be fetched, no link of a note; code stays."""
    hostile = "<img src=x onerror=alert(1)> ![i](https://evil.example/x.png) [click](command:evil) `a<b` [[sqs|q]]"
    assert safe(hostile) == "&lt;img src=x onerror=alert(1)&gt; i click `a<b` q"
    span = Span(Place(0, 0), Place(0, 0))
    shown = markdown(
        Card(span, hostile, hostile, (Row(hostile, hostile, "limit"),), "", "file:///x.md", "x", gotchas=(hostile,))
    )
    assert "<img" not in shown
    assert "evil.example" not in shown
    assert "command:" not in shown


def test_plain_text_has_no_marks(desk: Desk) -> None:
    """For clients that show no Markdown."""
    text = plain_text(replace(card(desk, f"AWS::SQS::Que{C}ue"), summary="a `b` & <c>"))
    assert "Amazon SQS: a b & <c>" in text
    assert "**" not in text
    assert "Open the note" not in text
    assert "file://" in text


def test_long_statements_are_cut_at_a_sentence() -> None:
    """Or at a word."""
    assert clipped(
        "A first sentence that is long enough to stand by itself, and surely nobody misses the rest of it if it is. "
        + "b" * 300
    ).endswith("is.")
    assert clipped("word " * 100).endswith(" ...")
