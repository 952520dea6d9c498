"""Accepted: pairs of statements that somebody looked at and lets stand, with the reason, in docs/accepted.tsv."""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass, fields
from hashlib import sha256
from pathlib import Path

from kb.errors import InputError
from kb.notes.write import replace_file

FILE = "accepted.tsv"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A pair that stands."""

    key: str
    kind: str
    """duplicate or conflict."""
    a: str
    b: str
    """Addresses of the two statements when they were accepted, for who reads the file."""
    reason: str
    date: str
    """The day it was accepted, ISO."""


HEADER = tuple(field.name for field in fields(Accepted))


def pair_key(first: str, second: str) -> str:
    """Return what a pair is known by: a hash of both texts, in either order; a changed text is a new pair."""
    texts = sorted(re.sub(r"\W+", " ", text).casefold().strip() for text in (first, second))
    return sha256("\n".join(texts).encode()).hexdigest()[:10]


def read_accepted(root: Path) -> dict[str, Accepted]:
    """Return the accepted pairs of a docs folder by key.

    Raises:
        InputError: a line of the file has not the columns of its header.
    """
    file = root / FILE
    if not file.is_file():
        return {}
    found = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        cells = tuple(line.split("\t"))
        if cells == HEADER or not line.strip():
            continue
        if len(cells) != len(HEADER):
            raise InputError(f"{file}:{number}", f"expected {len(HEADER)} columns: {', '.join(HEADER)}")
        found[cells[0]] = Accepted(*cells)
    return found


def accept(root: Path, pair: Accepted) -> None:
    """Record a pair; accepting it again replaces its reason.

    Raises:
        InputError: the reason is empty, or the file is damaged.
    """
    if not pair.reason.strip():
        raise InputError(pair.key, "say why it stands, with --reason")
    known = read_accepted(root) | {pair.key: pair}
    lines = ["\t".join(HEADER)]
    lines += ["\t".join(" ".join(cell.split()) for cell in astuple(known[key])) for key in sorted(known)]
    replace_file(root / FILE, "\n".join(lines) + "\n")
