"""Write for people on a terminal and for programs in a pipe: colour, links and the pager only on a terminal."""

from __future__ import annotations

import os
import sys

BOLD, DIM, GREEN, YELLOW, CYAN = "1", "2", "32", "33", "36"


def on_terminal() -> bool:
    """Return whether standard output is a terminal a person reads."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def coloured() -> bool:
    """Return whether to write colour: on a terminal, unless NO_COLOR is set."""
    return on_terminal() and not os.environ.get("NO_COLOR")


def style(text: str, *codes: str) -> str:
    """Return a text in colour, where colour is wanted."""
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes and text and coloured() else text


def link(text: str, address: str) -> str:
    """Return a text as a terminal hyperlink (OSC 8), where output is a terminal."""
    return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\" if on_terminal() and coloured() else text


def width() -> int:
    """Return the columns to write in: the terminal's, at most 120; 100 in a pipe."""
    try:
        columns = int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        return 100
    return max(20, min(columns, 120))


def wrap(text: str, indent: str, columns: int) -> list[str]:
    """Return a text as lines of at most so many columns; a word that is longer is broken."""
    room = columns - len(indent)
    words = [word[at : at + room] for word in text.split() for at in range(0, len(word), room)]
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) + 1 <= columns:
            lines[-1] += " " + word
        else:
            lines.append(indent + word)
    return lines


def page(text: str) -> None:
    """Write a text, through the pager when it is longer than the terminal."""
    if not text.endswith("\n"):
        text += "\n"
    if on_terminal() and text.count("\n") >= _rows() and _through_pager(text):
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except UnicodeEncodeError:
        sys.stdout.buffer.write(text.encode(sys.stdout.encoding or "ascii", "replace"))
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _rows() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).lines
    except OSError:
        return 24


def _through_pager(text: str) -> bool:
    import shlex
    import shutil
    import subprocess

    command = shlex.split(os.environ.get("KB_PAGER") or os.environ.get("PAGER") or "less -FRX")
    if not command or shutil.which(command[0]) is None:
        return False
    environment = {**os.environ, "LESS": os.environ.get("LESS", "FRX")}
    try:
        subprocess.run(command, input=text.encode(), env=environment, check=False)
    except (OSError, KeyboardInterrupt):
        return False
    return True
