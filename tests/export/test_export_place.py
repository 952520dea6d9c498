"""Where exports go: whole or not at all, and never over what kb did not write."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import InputError, KnowledgeBase
from kb.export.kinds import KINDS, export
from kb.export.place import LIST, Place, archive

Run = Callable[..., "subprocess.CompletedProcess[str]"]
FROM_NOTES = [name for name, kind in KINDS.items() if kind.make]


def contents(path: Path) -> dict[str, bytes]:
    if path.is_file():
        return {"": path.read_bytes()}
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


@pytest.mark.parametrize("name", KINDS)
def test_an_export_is_written_again_over_itself(name: str, kb: KnowledgeBase, built: Path, tmp_path: Path) -> None:
    """With the same bytes."""
    target = tmp_path / "new" / KINDS[name].target
    export(kb, name, target, built)
    first = contents(target)
    export(kb, name, target, built)

    assert first
    assert contents(target) == first
    assert [path.name for path in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("name", KINDS)
def test_what_kb_did_not_write_is_left_alone(name: str, kb: KnowledgeBase, built: Path, tmp_path: Path) -> None:
    """A file, a folder, and an export of another kind."""
    target = tmp_path / KINDS[name].target
    target.write_text("mine")
    with pytest.raises(InputError):
        export(kb, name, target, built)
    assert target.read_text() == "mine"
    target.unlink()

    target.mkdir()
    (target / "mine.txt").write_text("mine")
    with pytest.raises(InputError):
        export(kb, name, target, built)
    assert contents(target) == {"mine.txt": b"mine"}


def test_a_renewed_folder_loses_what_is_gone_and_keeps_what_was_added(tmp_path: Path) -> None:
    """Files that kb wrote and no longer writes go, with their folders; one's own stay."""
    target = tmp_path / "out"
    Place(target, "markdown", b"", folder=True).write({"a.md": b"a", "old/b.md": b"b"})
    (target / "mine.md").write_text("mine")
    Place(target, "markdown", b"", folder=True).write({"a.md": b"A", "c.md": b"c"})

    assert contents(target) == {
        "a.md": b"A",
        "c.md": b"c",
        "mine.md": b"mine",
        LIST: b"kb-export-markdown\na.md\nc.md\n",
    }
    assert not (target / "old").exists()


def test_ones_own_file_in_a_folder_is_not_written_over(tmp_path: Path) -> None:
    """It is named, and nothing changes."""
    target = tmp_path / "out"
    Place(target, "markdown", b"", folder=True).write({"a.md": b"a"})
    (target / "new.md").write_text("mine")
    with pytest.raises(InputError, match="kb did not write it"):
        Place(target, "markdown", b"", folder=True).write({"a.md": b"A", "new.md": b"new"})

    assert (target / "new.md").read_text() == "mine"
    assert (target / "a.md").read_text() == "a"


def test_a_list_that_was_tampered_with_removes_nothing_outside(tmp_path: Path) -> None:
    """Only names that stay inside the folder count."""
    (tmp_path / "precious").write_text("mine")
    target = tmp_path / "out"
    Place(target, "markdown", b"", folder=True).write({"a.md": b"a"})
    with (target / LIST).open("a") as file:
        file.write(f"../precious\n{tmp_path / 'precious'}\n")
    Place(target, "markdown", b"", folder=True).write({"a.md": b"a"})

    assert (tmp_path / "precious").read_text() == "mine"


@pytest.mark.parametrize("name", ["docset", "devdocs", "markdown"])
def test_folders_can_be_packed(name: str, kb: KnowledgeBase, built: Path, tmp_path: Path) -> None:
    """The same files, in one folder; packed again over itself."""
    folder, packed = tmp_path / KINDS[name].target, tmp_path / f"{KINDS[name].target}.tgz"
    export(kb, name, folder, built)
    export(kb, name, packed, built)
    before = packed.read_bytes()
    export(kb, name, packed, built)

    assert packed.read_bytes() == before
    with tarfile.open(packed) as tar:
        tar.extractall(tmp_path / "unpacked", filter="data")
    found = contents(tmp_path / "unpacked" / folder.name)
    assert {path: data for path, data in contents(folder).items() if path != LIST} == found


@settings(deadline=None, max_examples=30)
@given(
    st.dictionaries(st.text("abc/", min_size=1, max_size=150).map(lambda name: f"x{name}y"), st.binary(), max_size=5)
)
def test_the_same_files_make_the_same_archive(files: dict[str, bytes]) -> None:
    """In whatever order they come."""
    assert archive(files, "a", "mark") == archive(dict(reversed(files.items())), "a", "mark")


@pytest.mark.parametrize(
    ("name", "target", "reason"),
    [
        ("docset", "out", "must end in .docset or .tgz"),
        ("anki", "out.zip", "must end in .apkg"),
        ("json", "file/out.json", "not a folder, nothing can be written below it"),
        ("pdf", "out.pdf", "no such export; there are docset, devdocs, anki, sqlite, markdown, json"),
    ],
)
def test_wrong_targets_are_told_before_any_work(name: str, target: str, reason: str, kb: KnowledgeBase, tmp_path: Path) -> None:  # fmt: skip
    """No site is built for them."""
    (tmp_path / "file").write_text("mine")

    def build(folder: Path) -> None:
        raise AssertionError(folder)

    with pytest.raises(InputError, match=reason):
        export(kb, name, tmp_path / target, build=build)


def test_a_device_is_no_place(kb: KnowledgeBase) -> None:
    """It is neither read to its end nor replaced."""
    with pytest.raises(InputError, match="neither a file nor a folder"):
        export(kb, "json", Path("/dev/zero"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(kb: KnowledgeBase, tmp_path: Path) -> None:
    """Before any work."""
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="no permission to write there"):
        export(kb, "json", tmp_path / "out.json")
    tmp_path.chmod(0o700)


def test_without_a_site_a_docset_says_so(kb: KnowledgeBase, tmp_path: Path) -> None:
    """The library does not build one unasked."""
    with pytest.raises(InputError, match="made of a built site"):
        export(kb, "docset", tmp_path / "out.docset")


@pytest.mark.parametrize(("name", "module"), [("anki", "genanki"), ("docset", "lxml"), ("devdocs", "lxml")])
def test_a_missing_extra_is_named(name: str, module: str, base: Path, tmp_path: Path) -> None:
    """What to install, exit status 2; nothing is written, no site is built."""
    code = f"import sys; sys.modules[{module!r}] = None; from kb.__main__ import main; sys.exit(main())"
    arguments = ["--base", str(base), "export", name, "--out", str(tmp_path / KINDS[name].target)]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'aws-kb[export]'" in done.stderr
    assert "building" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", FROM_NOTES)
def test_the_command_says_where_it_wrote(name: str, run_kb: Run, base: Path, tmp_path: Path) -> None:
    """One line on standard output: the place."""
    done = run_kb("export", name, "--out", str(tmp_path / KINDS[name].target), base=base)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{tmp_path / KINDS[name].target}\n"
    assert Path(done.stdout.strip()).exists()


def test_the_command_builds_a_site_when_none_is_named(run_kb: Run, base: Path, tmp_path: Path) -> None:
    """And leaves nothing of it behind."""
    work = tmp_path / "work"
    work.mkdir()
    done = run_kb("export", "docset", "-o", str(tmp_path / "kb.docset"), base=base, TMPDIR=str(work))

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "kb.docset/Contents/Resources/docSet.dsidx").is_file()
    assert not list(work.iterdir())


def test_the_command_tells_of_notes_it_could_not_read(run_kb: Run, vault: Path, tmp_path: Path) -> None:
    """The rest is exported."""
    (vault / "docs/services/broken.md").write_bytes(b"---\nid: [\n---\n")
    done = run_kb("export", "json", "-o", str(tmp_path / "kb.json"), base=vault)

    assert done.returncode == 0
    assert "1 problems in the notes; to see them: kb check" in done.stderr
    assert b'"id": "sqs"' in (tmp_path / "kb.json").read_bytes()
