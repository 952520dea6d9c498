"""Stamps: what tells that a file changed - its size and the time of its last change - for everything a site is made of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from kb.notes.walk import SKIPPED

Stamp = tuple[str, int, int]


def stamps(roots: tuple[str, ...]) -> frozenset[Stamp]:
    """Return the stamp of every file below folders, and of files; hidden ones and links to folders are left out."""
    return frozenset(stamp for root in roots for stamp in (_below(root) if os.path.isdir(root) else _of(root)))


def digest(found: frozenset[Stamp], *more: str) -> str:
    """Return a short text that is another one when any stamp is another."""
    return sha256(repr((sorted(found), more)).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _below(root: str) -> Iterator[Stamp]:
    try:
        entries = list(os.scandir(root))
    except OSError:
        return
    for entry in entries:
        if entry.name[0] == "." or entry.name in SKIPPED:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path)
        else:
            yield from _of(entry.path)


def _of(path: str) -> Iterator[Stamp]:
    try:
        found = Path(path).stat()
    except OSError:  # gone since it was listed, or a link to nowhere
        return
    yield path, found.st_size, found.st_mtime_ns
