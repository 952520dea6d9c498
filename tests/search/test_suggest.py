"""Suggest: names that start so, then completions of the last word."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kb import KnowledgeBase
from kb.search.suggest import suggest


def texts(kb: KnowledgeBase, text: str, limit: int = 8) -> list[str]:
    return [suggestion.text for suggestion in suggest(kb.searcher, text, limit)]


@pytest.mark.parametrize("text", ["", " ", "\n", "---", "?!", "\0"])
def test_nothing_typed_suggests_nothing(bundled: KnowledgeBase, text: str) -> None:
    """Not even what most people look for."""
    assert suggest(bundled.searcher, text) == []


def test_names_come_first(bundled: KnowledgeBase) -> None:
    """One of each note, with the note it means; then words."""
    found = suggest(bundled.searcher, "dyn")

    assert (found[0].text, found[0].kind, found[0].note) == ("dynamodb", "name", "dynamodb")
    assert [one.kind for one in found] == sorted(one.kind for one in found)
    assert len({one.note for one in found if one.kind == "name"}) == sum(one.kind == "name" for one in found)


def test_a_name_may_be_typed_as_one_likes(bundled: KnowledgeBase) -> None:
    """Case and spaces do not matter, as in a search."""
    assert texts(bundled, "Dynamo D")[0] == texts(bundled, "dynamod")[0] == "dynamodb"


def test_notes_own_names_come_before_others(bundled: KnowledgeBase) -> None:
    """A nickname is no match for a service that is called so."""
    assert texts(bundled, "lambda")[:2] == ["lambda", "lambda-edge"]


def test_the_last_word_is_completed(bundled: KnowledgeBase) -> None:
    """By the commonest word first; what stands before it stays as it was typed."""
    assert "SQS  retention" in texts(bundled, "SQS  Ret")


def test_words_of_one_term_are_suggested_once(bundled: KnowledgeBase) -> None:
    """They would find the same."""
    found = texts(bundled, "the queu")

    assert "the queue" in found
    assert "the queues" not in found


@pytest.mark.parametrize("text", ["sqs r", "sqs retention ", "sqs xyzzy"])
def test_other_ends_are_not_completed(bundled: KnowledgeBase, text: str) -> None:
    """One letter is too little to go by; a word that has ended is done; an unknown one has no end."""
    assert texts(bundled, text) == []


def test_a_limit_holds(bundled: KnowledgeBase) -> None:
    """Of all kinds together."""
    assert texts(bundled, "se", 3) == texts(bundled, "se")[:3]
    assert texts(bundled, "se", 0) == []


def test_suggesting_is_light() -> None:
    """It loads nothing that a keystroke would have to wait for."""
    script = "import sys, kb.search.suggest; print({'typing', 'dataclasses', 'whoosh'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout.strip() == "set()"
