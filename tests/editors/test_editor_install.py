"""Plug-ins into folders without touching what is another's, and settings that their programs can read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from kb.cli.plugins import MARK, PLUGINS, install, shipped
from kb.cli.snippets import SNIPPETS
from kb.errors import InputError

NAMES = sorted(PLUGINS)


def content(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != MARK
    }


@pytest.mark.parametrize("name", NAMES)
def test_installing_again_brings_up_to_date(tmp_path: Path, name: str) -> None:
    """Files of an older kb go, files of the user stay."""
    plugin, target = PLUGINS[name], tmp_path / "deep/kb"
    assert install(plugin, target) == len(shipped(plugin))
    assert sorted(content(target)) == shipped(plugin)
    (target / "old.lua").write_text("old")
    import hashlib

    with (target / MARK).open("a") as mark:
        mark.write(f"{hashlib.sha256(b'old').hexdigest()}  old.lua\n")
    (target / "mine.txt").write_text("mine")
    install(plugin, target)
    assert sorted(content(target)) == sorted([*shipped(plugin), "mine.txt"])


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    """A file, a folder, a link of another, and our own file that its user changed."""
    plugin = PLUGINS["emacs"]
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "kb.el").write_text("theirs")
    (tmp_path / "file").write_text("theirs")
    (tmp_path / "away").symlink_to(theirs)
    for link in (False, True):
        for name in ("theirs", "file", "away"):
            with pytest.raises(InputError, match=r"is not kb's"):
                install(plugin, tmp_path / name, link=link)
    assert (theirs / "kb.el").read_text() == (tmp_path / "file").read_text() == "theirs"
    assert content(theirs) == {"kb.el": b"theirs"}

    install(plugin, tmp_path / "ours")
    (tmp_path / "ours/kb.el").write_text("changed")
    for link in (False, True):
        with pytest.raises(InputError, match="changed since kb wrote it"):
            install(plugin, tmp_path / "ours", link=link)
    (tmp_path / "ours/kb.el").unlink()
    (tmp_path / "ours/kb.el").symlink_to(theirs / "kb.el")
    with pytest.raises(InputError):
        install(plugin, tmp_path / "ours")
    assert (theirs / "kb.el").read_text() == "theirs"


def test_link_and_back(tmp_path: Path) -> None:
    """A copy becomes a link and a link a copy; what kb ships is never written to."""
    plugin, target = PLUGINS["nvim"], tmp_path / "kb"
    before = content(plugin.source)
    install(plugin, target)
    install(plugin, target, link=True)
    assert target.resolve() == plugin.source.resolve()
    install(plugin, target)
    assert not target.is_symlink()
    assert content(target) == content(plugin.source) == before


def test_a_mark_from_elsewhere_deletes_nothing(tmp_path: Path) -> None:
    """Names in it that lead out of the folder are not followed."""
    import hashlib

    out, target = tmp_path / "out.txt", tmp_path / "kb"
    out.write_text("x")
    target.mkdir()
    sum_ = hashlib.sha256(b"x").hexdigest()
    (target / MARK).write_text(f"{sum_}  ../out.txt\n{sum_}  {out}\nno line\n")
    install(PLUGINS["emacs"], target)
    assert out.read_text() == "x"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Is an error of kb, not of Python."""
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        install(PLUGINS["nvim"], tmp_path / "file/kb")


def kb(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "NVIM_APPNAME"):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "kb", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(os.name == "nt", reason="folders of Unix")
def test_the_command_says_where_and_what_next(tmp_path: Path) -> None:
    """The folder on standard output; what the init file needs on standard error, with the notes that were named."""
    notes = tmp_path / "my notes"
    done = kb(tmp_path, "--base", str(notes), "editor", "install", "emacs")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path}/.emacs.d/kb\n")
    assert f'(add-to-list \'load-path "{tmp_path}/.emacs.d/kb")' in done.stderr
    assert f'(setq kb-command \'("{sys.executable}" "-m" "kb" "--base" "{notes}" "lsp"))' in done.stderr
    done = kb(tmp_path, "editor", "install", "nvim")
    assert done.stdout == f"{tmp_path}/.local/share/nvim/site/pack/kb/start/kb\n"
    assert f'cmd = {{ "{sys.executable}", "-m", "kb", "lsp" }}' in done.stderr
    done = kb(tmp_path, "editor", "install", "nvim", "--to", "here")
    assert f'runtimepath:prepend("{tmp_path}/here")' in done.stderr
    done = kb(tmp_path, "editor", "install", "ed")
    assert done.returncode == 2
    assert "'nvim'" in done.stderr


def words(found: object) -> list[str]:
    """Return the one command line that settings hold."""
    if isinstance(found, dict):
        if "command" in found:
            first = found["command"]
            return [*(first if isinstance(first, list) else [first]), *found.get("args", ())]
        return next((line for value in found.values() if (line := words(value))), [])
    return []


@pytest.mark.parametrize("name", SNIPPETS)
def test_settings_name_the_command(name: str) -> None:
    """Read as their program reads them, with an awkward path."""
    command = ["/a b/\u00e9\"'/kb", "--base", "C:\\notes"]
    text = SNIPPETS[name].write(command)
    if name == "jetbrains":
        import shlex

        line = next(line for line in text.splitlines() if line.startswith("Command: "))
        assert shlex.split(line.removeprefix("Command: ")) == [*command, "lsp"]
        return
    found = tomllib.loads(text) if name == "helix" else json.loads(text)
    assert words(found) == [*command, "mcp" if name in ("zed", "claude", "cursor") else "lsp"]
    if name == "helix":
        assert all(language["language-servers"][-1] == "kb" for language in found["language"])


def test_the_command_prints_settings_alone(tmp_path: Path) -> None:
    """So that they can be sent to a file."""
    done = kb(tmp_path, "editor", "config", "claude")
    assert json.loads(done.stdout)["mcpServers"]["kb"]["args"] == ["-m", "kb", "mcp"]
    assert ".mcp.json" in done.stderr
