"""Search and related notes: by words, by meaning, and the answer says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import InputError, KnowledgeBase
from kb.api.shapes import result_shape
from kb.editors.desk import Desk
from kb.editors.document import Place, Span, open_document
from kb.editors.search import Asked, asked, found_shape, near_shape, related, search, selected


@pytest.mark.parametrize("mode", ["lexical", "semantic", "hybrid"])
def test_each_mode_answers_and_says_itself(mode: str, desk: Desk) -> None:
    """On notes with vectors."""
    found = search(desk, asked({"query": "how long can a message wait in a queue", "limit": 5, "mode": mode}))
    assert found.mode == mode
    assert len(found.result.hits) == 5
    assert "sqs" in {hit.note for hit in found.result.hits}


def test_meaning_alone_ranks_by_cosine(desk: Desk) -> None:
    """A paraphrase finds its fact; scores fall and are at most 1."""
    found = search(desk, Asked("how long may a function run before it is killed", 10, "semantic"))
    scores = [hit.score for hit in found.result.hits]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[0] <= 1
    assert "lambda" in {hit.note for hit in found.result.hits[:3]}


@pytest.mark.parametrize("mode", ["semantic", "hybrid"])
def test_without_vectors_words_are_used_and_said(mode: str, bench: Desk) -> None:
    """Never an error."""
    found = search(bench, asked({"query": "largest message", "mode": mode}))
    assert (found.mode, found.result.hits[0].id) == ("lexical", "sqs#fact-message-size-max")


def test_the_json_is_that_of_kb_search_with_places(bench: Desk) -> None:
    """The same keys as on every face, and where each hit stands."""
    found = search(bench, Asked("largest message", 2, "lexical"))
    shape = found_shape(bench, found)
    wanted = result_shape(found.result)

    assert {**shape, "hits": None} == {**wanted, "hits": None, "mode": "lexical", "stale": 0}
    assert [{k: v for k, v in hit.items() if k not in ("uri", "line")} for hit in shape["hits"]] == wanted["hits"]
    note = (bench.root / "services/sqs.md").read_text().split("\n")
    assert note[shape["hits"][0]["line"]] == "  - id: message-size-max"
    assert found_shape(bench, found, ("id", "uri", "nope"))["hits"][0].keys() == {"id", "uri"}


def test_filters(bench: Desk) -> None:
    """A service by any of its names, a kind."""
    found = search(bench, asked({"query": "queue", "service": "AWS Batch", "kind": ["note"]}))
    assert {(hit.note, hit.kind) for hit in found.result.hits} == {("batch", "note")}


@pytest.mark.parametrize(
    "params",
    [None, [], {}, {"query": 1}, {"query": "a", "mode": "magic"}, {"query": "a", "limit": 0}, {"query": "a", "limit": True},
     {"query": "a", "limit": "9"}, {"query": "a", "service": 1}, {"query": "a", "select": [1]}],
)  # fmt: skip
def test_bad_questions_get_an_error(params: object) -> None:
    """That says what was expected."""
    with pytest.raises(InputError):
        asked(params)


def test_the_limit_has_a_limit() -> None:
    """An answer stays small."""
    assert asked({"query": "a", "limit": 10**9}).limit == 100


def test_related_notes(desk: Desk, bench: Desk) -> None:
    """Of a note and of a text, by meaning or by words."""
    mode, near = related(desk, "sqs", 3)
    assert mode == "semantic"
    assert "sns" in [note.note for note in near]
    assert "sqs" not in [note.note for note in near]
    shape = near_shape(*related(bench, "a worker polls a queue for jobs", 2))
    assert (shape["mode"], len(shape["notes"])) == ("lexical", 2)
    assert shape["notes"][0]["uri"].startswith("file://")


def test_a_selection_or_its_line() -> None:
    """Without a selection the line of the cursor."""
    document = open_document("first line\nsecond line\n")
    assert selected(document, Span(Place(0, 6), Place(1, 6))) == "line\nsecond"
    assert selected(document, Span(Place(1, 3), Place(1, 3))) == "second line"


def test_the_first_search_of_a_folder_indexes_it(vault: Path) -> None:
    """As on the command line; a newer index is opened by the next search."""
    desk = Desk(KnowledgeBase(str(vault)))
    assert not desk.ready
    assert search(desk, Asked("largest message")).result.hits
    note = vault / "docs/services/sqs.md"
    note.write_text(note.read_text().replace("label: Largest message", "label: Heaviest parcel"))
    assert search(desk, Asked("heaviest parcel")).stale == 1
    KnowledgeBase(str(vault)).build()
    found = search(desk, Asked("heaviest parcel"))
    assert (found.stale, found.result.hits[0].id) == (0, "sqs#fact-message-size-max")


def test_a_plain_folder_is_searched_too(tree) -> None:  # type: ignore[no-untyped-def]
    """Its pages have no names and no facts."""
    root = tree({"guide/queues.md": "# Queues\n\nA queue keeps messages.\n"})
    desk = Desk(KnowledgeBase(str(root)))
    desk.load()
    shape = found_shape(desk, search(desk, Asked("queue")))
    assert shape["hits"][0]["uri"].endswith("/guide/queues.md")
