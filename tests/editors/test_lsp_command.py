"""`kb lsp` as a command: what it says to people, and what it needs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.conftest import ROOT


def test_help_says_who_starts_it(run_kb) -> None:  # type: ignore[no-untyped-def]
    """And where to read on."""
    done = run_kb("lsp", "--help")
    assert done.returncode == 0
    assert "Your editor starts it" in done.stdout


def test_without_the_extra_it_says_what_to_install() -> None:
    """One line, exit status 2."""
    code = "import sys; sys.modules['pygls'] = None; from kb.cli.main import run; sys.exit(run(['lsp']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr.startswith("kb: ")
    assert "aws-kb[lsp]" in done.stderr


def test_a_base_that_is_none_is_an_error(tmp_path: Path, run_kb) -> None:  # type: ignore[no-untyped-def]
    """Before anything is spoken."""
    done = run_kb("lsp", base=tmp_path / "nope")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no such folder" in done.stderr


def test_nobody_at_the_other_end(run_kb) -> None:  # type: ignore[no-untyped-def]
    """End of input ends it."""
    done = subprocess.run(
        [sys.executable, "-m", "kb", "lsp"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    assert (done.returncode, done.stdout) == (0, b"")


def test_features_do_not_load_the_protocol() -> None:
    """Other faces can use them without the extra; and the server answers before it reads notes."""
    code = (
        "import sys; import kb.editors.card, kb.editors.diagnose, kb.editors.navigate, kb.editors.complete, kb.editors.search;"
        "assert not {'pygls', 'lsprotocol'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    code = "import sys; import kb.editors.lsp; assert not {'yaml', 'markdown_it', 'kb.notes.read', 'numpy', 'whoosh'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_the_page_names_what_the_server_knows() -> None:
    """Requests, commands, modes, options; and its snippets can be read."""
    from kb.editors.lsp import COMMANDS, FEATURES
    from kb.editors.search import MODES

    page = (ROOT / "docs/editors.md").read_text()
    own = [name for name in FEATURES if name.startswith("kb/")]
    for word in (*COMMANDS, *own, *MODES, "--site", "--base", "codeLens", "diagnostics"):
        assert word in page, word
    for snippet in re.findall(r"```toml\n(.*?)```", page, re.S):
        assert tomllib.loads(snippet)
    assert "kb editor config" in page
