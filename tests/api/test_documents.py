"""The static API: every document is what its schema says, says what the notes say, and is the same twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from kb import InputError, KnowledgeBase
from kb.api.conflict import Conflict, Side
from kb.api.documents import RESOLVE_KINDS, Documents
from kb.api.schema import alone
from kb.api.schemas import DEFINITIONS, PUBLISHED
from kb.api.write import api_files, write_api
from tests.conftest import ROOT, Tree

SCHEMA_OF = {"notes": "note", "facts": "facts", "comparisons": "comparison", "resolve": "resolve"}
"""By the folder of a document; others have their own name."""
CONFLICT = Conflict(
    Side("sqs", "basics", "It lasts 12 hours.", ("anna-2019",), "2019-12-22"), Side("sqs", "", "A day.", (), ""), "time"
)


@pytest.fixture(scope="module")
def kb(indexed_vault: Path) -> KnowledgeBase:
    """The small vault."""
    return KnowledgeBase(str(indexed_vault))


@pytest.fixture(scope="module")
def files(kb: KnowledgeBase) -> dict[str, bytes]:
    """Its files."""
    return dict(api_files(Documents(kb, (CONFLICT,))))


@pytest.fixture(scope="module")
def bundled_documents() -> Documents:
    """The documents of the bundled notes, as data."""
    return Documents(KnowledgeBase(str(ROOT)))


def read(files: dict[str, bytes], path: str) -> Any:
    return json.loads(files[path])


def wrong(files: dict[str, bytes]) -> Iterator[str]:
    """Where documents are not what their schemas say, or have no schema."""
    validators = {name: jsonschema_rs.validator_for(read(files, f"schemas/{name}.json")) for name in PUBLISHED}
    for path in files:
        folder, _, name = path.removesuffix(".json").rpartition("/")
        if path.endswith(".json") and folder.split("/")[0] != "schemas" and path != "openapi.json":
            schema = validators[SCHEMA_OF.get(folder.split("/")[0], name)]
            yield from (
                f"{path}: {error.instance_path}: {error.message}" for error in schema.iter_errors(read(files, path))
            )


def test_every_document_is_what_its_schema_says(files: dict[str, bytes]) -> None:
    """Of the small vault, with a conflict; the schemas themselves are schemas."""
    for name in PUBLISHED:
        Draft202012Validator.check_schema(read(files, f"schemas/{name}.json"))
    assert len(files) >= 40
    assert list(wrong(files)) == []


def test_every_document_of_the_bundled_notes_too(bundled_documents: Documents) -> None:
    """Whatever occurs there."""
    files = dict(api_files(bundled_documents))

    assert len(files) > 1000
    assert list(wrong(files)) == []


@pytest.mark.parametrize("path", ["index.json", "notes/sqs.json", "facts.json", "changes.json"])
def test_a_schema_allows_nothing_else(files: dict[str, bytes], path: str) -> None:
    """A field more, a field less, another version."""
    name = {"notes/sqs": "note"}.get(path.removesuffix(".json"), path.removesuffix(".json"))
    schema, data = Draft202012Validator(read(files, f"schemas/{name}.json")), read(files, path)

    assert schema.is_valid(data)
    assert not schema.is_valid({**data, "extra": 1})
    assert not schema.is_valid({**data, "schema_version": 2})
    for field in data:
        assert not schema.is_valid({key: value for key, value in data.items() if key != field}), field


def test_a_note_says_all_it_holds(files: dict[str, bytes], indexed_vault: Path) -> None:
    """Names, facts with their history, who links with whom; beside it the Markdown as it is."""
    note = read(files, "notes/sqs.json")

    assert note["names"]["official"] == "Amazon Simple Queue Service"
    assert note["facts"][0]["history"] == [{"value": "256 KB", "as_of": "2019-12", "sources": ["anna-2019"]}]
    assert note["facts"][0]["url"] == "services/sqs/#fact-message-size-max"
    assert {"note": "lambda", "anchor": None, "section": "visibility-timeout"} in note["links"]
    assert note["backlinks"] == ["lambda"]
    assert files[note["markdown"]] == (indexed_vault / "docs/services/sqs.md").read_bytes()


def test_the_index_names_every_note_with_its_hash(files: dict[str, bytes]) -> None:
    """Whoever keeps a copy fetches only what changed."""
    index = read(files, "index.json")

    assert index["counts"] == {"notes": 4, "facts": 4, "sources": 2, "comparisons": 1}
    assert [note["id"] for note in index["notes"]] == ["batch", "lambda", "messaging", "sqs"]
    for note in index["notes"]:
        assert note["sha256"] == sha256(files[note["path"]]).hexdigest()


def test_facts_comparisons_sources_and_changes(files: dict[str, bytes]) -> None:
    """One property in every service, cells with their dates, who cites what, what it was before."""
    assert [fact["note"] for fact in read(files, "facts/message-size-max.json")["facts"]] == ["sqs"]
    assert len(read(files, "facts.json")["facts"]) == 4
    assert read(files, "comparisons.json")["comparisons"][0]["notes"] == ["sqs", "lambda"]
    assert read(files, "comparisons/limits.json")["rows"][0]["cells"][1] is None
    cited = {source["id"]: source["cited_by"] for source in read(files, "sources.json")["sources"]}
    assert cited["anna-2019"][0] == {"note": "sqs", "count": 6}
    assert read(files, "changes.json")["facts"][0]["earlier"][0]["value"] == "256 KB"
    conflicts = read(files, "conflicts.json")
    assert conflicts["conflicts"][0]["sides"][1]["anchor"] is None
    assert conflicts["looked_for"]


def test_that_nobody_looked_for_conflicts_is_said(indexed_vault: Path) -> None:
    """An empty list would say that there are none."""
    kb = KnowledgeBase(str(indexed_vault))
    for found, looked_for in ((None, False), ((), True)):
        data = dict(Documents(kb, found).all())["conflicts.json"]
        assert data == {"schema_version": 1, "conflicts": [], "looked_for": looked_for}


def test_the_newest_change_comes_first(bundled_documents: Documents) -> None:
    """Of facts and of services."""
    changes = bundled_documents.changes()
    facts, notes = ([one[date] for one in changes[of]] for of, date in (("facts", "as_of"), ("notes", "since")))

    assert len(facts) > 100
    assert facts == sorted(facts, reverse=True)
    assert notes == sorted(notes, reverse=True)
    assert len(set(notes)) > 2


def test_names_and_identifiers_lead_to_notes(files: dict[str, bytes]) -> None:
    """By what is compared of them."""
    resolved = {kind: read(files, f"resolve/{kind}.json")["entries"] for kind in RESOLVE_KINDS}

    assert resolved["name"]["simplequeue"] == ["sqs"]
    assert resolved["cloudformation"]["aws::sqs"] == ["sqs"]
    assert resolved["terraform"]["aws_sqs"] == ["sqs"]


def test_the_description_is_openapi_and_names_exactly_the_files(files: dict[str, bytes]) -> None:
    """Every file has its path there, and every path its files; the search's own are written beside."""
    description = read(files, "openapi.json")
    described = set()
    for path, item in description["paths"].items():
        parameters = item["get"].get("parameters", [])
        names = parameters[0]["schema"].get("enum", []) if parameters else [""]
        described |= {path.replace(f"{{{parameters[0]['name']}}}", name) if parameters else path for name in names}

    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []
    assert described - {"/search/manifest.json"} == {f"/{path}" for path in files}
    assert description["servers"] == [{"url": "../v1"}]


def test_what_there_is_none_of_is_not_described(tree: Tree) -> None:
    """A base without comparisons and facts has no such paths, and still valid documents."""
    kb = KnowledgeBase(str(tree({"notes/One page.md": "# One\n\nText.\n", "two.md": "# Two\n"})))
    files = dict(api_files(Documents(kb)))
    description = read(files, "openapi.json")

    assert list(wrong(files)) == []
    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []
    assert "/notes/{id}.json" in description["paths"]
    assert "/comparisons/{id}.json" not in description["paths"]
    assert files["notes/notes/One page.md"] == b"# One\n\nText.\n"
    assert read(files, "index.json")["notes"][0]["path"] == "notes/notes/One%20page.json"


def test_the_same_notes_give_the_same_bytes(kb: KnowledgeBase, indexed_vault: Path) -> None:
    """Keys sorted, one line that ends, text as it is."""
    one, other = (dict(api_files(Documents(KnowledgeBase(str(indexed_vault))))) for _ in range(2))

    assert one == other
    for path, data in one.items():
        if path.endswith(".json"):
            again = json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            assert data == f"{again}\n".encode(), path


def test_what_is_gone_is_removed(vault: Path, tmp_path: Path) -> None:
    """Files of notes that were deleted since, and nothing else."""
    write_api(KnowledgeBase(str(vault)), tmp_path)
    (tmp_path / "api/v1/notes/mine.txt").write_text("mine", encoding="utf-8")
    (vault / "docs/services/batch.md").unlink()
    written = write_api(KnowledgeBase(str(vault)), tmp_path)

    root = tmp_path / "api/v1"
    left = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert left - {"notes/mine.txt"} == dict(api_files(Documents(KnowledgeBase(str(vault))))).keys()
    assert written == len(left) - 1


def test_a_folder_that_cannot_be_written_is_named(kb: KnowledgeBase, tmp_path: Path) -> None:
    """And why."""
    (tmp_path / "api").write_text("a file", encoding="utf-8")

    with pytest.raises(InputError, match="api/v1"):
        write_api(kb, tmp_path)


def test_what_no_text_can_hold_is_written_all_the_same(kb: KnowledgeBase) -> None:
    """A lone surrogate, which YAML lets one write."""
    note = replace(kb.folder.notes["batch"], title="half \ud800 a pair")
    changed = KnowledgeBase(kb.base)
    changed.folder.notes["batch"] = note

    assert json.loads(dict(api_files(Documents(changed)))["notes/batch.json"])["title"] == "half ? a pair"


def test_a_schema_is_one_document(files: dict[str, bytes]) -> None:
    """What it refers to stands in it."""
    for name in PUBLISHED:
        schema = alone(name, DEFINITIONS)
        text = json.dumps(schema)
        assert all(f'"#/$defs/{inner}"' in text for inner in schema.get("$defs", {})), name
        assert text.count('"$ref"') == text.count('"#/$defs/'), name
