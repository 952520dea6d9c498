"""Shards: the ranked export as static files that kb-search.js loads when a query needs them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.search.searcher import Searcher
from kb.site import shards
from kb.site.shards import write_shards
from tests.conftest import ROOT


@pytest.fixture
def export(indexed_vault: Path) -> Searcher:
    """The index of the small vault."""
    return KnowledgeBase(str(indexed_vault)).searcher


@pytest.fixture
def written(export: Searcher, tmp_path: Path) -> Path:
    """Its shards."""
    write_shards(export, tmp_path / "shards")
    return tmp_path / "shards"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def failure(node: str, folder: Path | str) -> str:
    """What kb-search.js says when it cannot search a folder."""
    script = f"import {{ open }} from {json.dumps(str(ROOT / 'kb/site/search/kb-search.js'))}; await (await open(process.argv[1])).search('queue')"
    command = [node, "--input-type=module", "-e", script, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=30, check=False)
    assert done.returncode
    return done.stderr


def change(folder: Path, **fields: object) -> None:
    """Write other fields into the manifest."""
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **fields}), encoding="utf-8")


def test_the_same_export_gives_the_same_bytes(export: Searcher, written: Path, tmp_path: Path) -> None:
    """In every file, under the same name."""
    write_shards(export, tmp_path / "again")

    assert contents(tmp_path / "again") == contents(written)


def test_the_manifest_says_what_there_is(export: Searcher, written: Path) -> None:
    """Format, scale, units, and the number and bytes of each kind of shard."""
    manifest = json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    names = [path.name.partition("-")[0] for path in written.iterdir() if path.name != "manifest.json"]

    assert (manifest["format"], manifest["scale"], manifest["units"]) == (shards.FORMAT, export.scale, export.size)
    assert {kind: count for kind, (count, _) in manifest["sizes"].items()} == {
        kind: names.count(kind) for kind in names
    }


def test_the_names_of_shards_hold_their_hash(written: Path) -> None:
    """A name stands for its content for good."""
    hashed = [path for path in written.iterdir() if path.name != "manifest.json" and not path.name.startswith("bloom")]

    assert all(shards._hash(path.read_bytes()) == path.stem.partition("-")[2] for path in hashed)


def test_old_shards_are_removed(export: Searcher, written: Path) -> None:
    """What another export left is not shipped again; other files stay."""
    (written / "words-00000000.bin").write_bytes(b"old")
    (written / "CNAME").write_text("kb.example", encoding="utf-8")
    write_shards(export, written)

    assert not (written / "words-00000000.bin").exists()
    assert (written / "CNAME").exists()


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, b"\x00"), (127, b"\x7f"), (128, b"\x80\x01"), (300, b"\xac\x02"), (65_536, b"\x80\x80\x04")],
)
def test_numbers_take_as_many_bytes_as_they_need(number: int, written: bytes) -> None:
    """Seven bits a byte, the low ones first."""
    assert shards._varints([number]) == written


def test_a_missing_folder_is_named(node: str, tmp_path: Path) -> None:
    """With its path and why it cannot be read."""
    assert "nowhere/manifest.json of the search index cannot be read: ENOENT" in failure(node, tmp_path / "nowhere")


def test_a_missing_shard_is_named(node: str, written: Path) -> None:
    """A site that was half copied says which file it lacks."""
    core = next(written.glob("core-*.json"))
    core.unlink()

    assert f"{core.name} of the search index cannot be read" in failure(node, written)


def test_a_newer_format_is_refused(node: str, written: Path) -> None:
    """An old page says that it must be loaded anew."""
    change(written, format=shards.FORMAT + 1)

    assert f"has format {shards.FORMAT + 1}, this kb-search.js reads {shards.FORMAT}" in failure(node, written)


def test_a_damaged_shard_is_named(node: str, written: Path) -> None:
    """What is cut short is not taken for what it was."""
    for path in written.glob("words-*.bin"):
        path.write_bytes(path.read_bytes()[:-9])

    assert "of the search index is damaged: it is cut short" in failure(node, written)


def test_another_page_in_its_place_is_no_manifest(node: str, written: Path) -> None:
    """As servers send that do not say 404."""
    (written / "manifest.json").write_text("<!doctype html>", encoding="utf-8")

    assert "manifest.json of the search index is damaged" in failure(node, written)
