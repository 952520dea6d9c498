"""On a terminal: colour, links, width, pager; in a pipe: none of it."""

from __future__ import annotations

import os
import pty
import re
import struct
import subprocess
import sys
import termios
from fcntl import ioctl
from pathlib import Path


def on_terminal(arguments: list[str], columns: int = 80, rows: int = 40, **environment: str) -> str:
    """Run kb with a pseudo-terminal as its output and return what it wrote."""
    leader, follower = pty.openpty()
    ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    settings = {"TERM": "xterm-256color", "PAGER": "cat", **environment}
    with subprocess.Popen(
        [sys.executable, "-m", "kb", *arguments], stdout=follower, stderr=subprocess.DEVNULL, env=os.environ | settings
    ) as process:
        os.close(follower)
        written = b""
        while chunk := _read(leader):
            written += chunk
        process.wait()
    os.close(leader)
    return written.decode()


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:
        return b""


def bare(text: str) -> str:
    return re.sub(r"\x1b\]8;;[^\x1b]*\x1b\\|\x1b\[[\d;]*m", "", text)


def test_colour_and_links_on_a_terminal(indexed_vault: Path) -> None:
    """Headings are bold and lead to the note's file."""
    written = on_terminal(["--base", str(indexed_vault), "search", "polling"])

    assert "\x1b[1;36m" in written
    assert f"\x1b]8;;file://{indexed_vault}/docs/services/sqs.md\x1b\\" in written


def test_no_colour_when_it_is_not_wanted(indexed_vault: Path) -> None:
    """NO_COLOR and TERM=dumb are honoured, for every command."""
    for arguments in (["search", "polling"], ["show", "sqs"], ["compare", "limits"], ["list"]):
        for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            assert "\x1b" not in on_terminal(["--base", str(indexed_vault), *arguments], **environment), arguments


def test_a_narrow_terminal_is_not_overrun(indexed_vault: Path) -> None:
    """Nothing is wider than the terminal."""
    for arguments in (["search", "sqs", "message"], ["show", "sqs"], ["compare", "limits"], ["facts", "sqs"], ["list"]):
        lines = bare(on_terminal(["--base", str(indexed_vault), *arguments], columns=40)).splitlines()
        assert lines
        assert max(map(len, lines)) <= 40, (arguments, max(lines, key=len))


def test_long_output_goes_through_the_pager(indexed_vault: Path, tmp_path: Path) -> None:
    """Only when it is longer than the terminal."""
    pager = tmp_path / "pager"
    pager.write_text(f"#!{sys.executable}\nimport sys; print('PAGED', len(sys.stdin.read()) > 0)\n")
    pager.chmod(0o755)

    assert "PAGED True" in on_terminal(["--base", str(indexed_vault), "show", "sqs"], rows=10, PAGER=str(pager))
    assert "PAGED" not in on_terminal(
        ["--base", str(indexed_vault), "search", "polling", "-n", "1"], rows=40, PAGER=str(pager)
    )
    assert "Gotchas" in bare(
        on_terminal(["--base", str(indexed_vault), "show", "sqs"], rows=10, PAGER="/does/not/exist")
    )


def test_a_reader_that_leaves_early_is_no_error(indexed_vault: Path) -> None:
    """`kb show sqs | head -1` ends quietly."""
    command = f"{sys.executable} -m kb --base {indexed_vault} show sqs | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_an_ascii_locale_is_no_error(indexed_vault: Path) -> None:
    """Output falls back to what the terminal can show."""
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    for arguments in (["search", "caf\u00e9 long polling"], ["show", "sqs"], ["search", "polling", "--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "kb", "--base", str(indexed_vault), *arguments],
            capture_output=True,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_completion_completes_in_bash(indexed_vault: Path) -> None:
    """The script that is printed completes commands and options."""
    folder = Path(sys.executable).parent
    script = (
        f'export PATH={folder}:$PATH; eval "$(kb completion bash)"; COMP_WORDS=(kb se); COMP_CWORD=1; '
        "_kb_completion kb; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["search", "serve"]


def test_progress_is_shown_on_a_terminal_only(vault: Path) -> None:
    """In a pipe there is only the closing line."""
    done = subprocess.run(
        [sys.executable, "-m", "kb", "--base", str(vault), "index"], capture_output=True, text=True, check=True
    )

    assert done.stdout == ""
    assert done.stderr.startswith("4 notes, 12 units")
    assert "\x1b" not in done.stderr
