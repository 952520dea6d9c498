"""Vectors of units: those that kb ships, and those of one's own notes in a file beside the index."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from kb.index import store
from kb.index.unit import Unit, units_of
from kb.notes.folder import kind_at, read_any, read_sources
from kb.notes.note import Note
from kb.semantic.text import text_key

BATCH = 64
Step = Callable[[str, int, int], None]


def missing(target: str) -> dict[bytes, str]:
    """Return the units without a vector: key and path of the note's file."""
    known = set(_keys(os.path.join(target, store.VECTORS))) | set(_keys(store.SHIPPED))
    with closing(store.open_export(target)) as connection:
        rows = connection.execute("select key, path from unit join built on built.note = unit.note")
        return {key: path for key, path in rows if key not in known}


def embed(root: Path, target: str, step: Step = lambda *_: None) -> int:
    """Make the vectors that are missing and return their number; those that nothing needs any more are dropped.

    Raises:
        MissingExtra: the extra `semantic` is not installed.
    """
    wanted = missing(target)
    return _embed(_texts(root, wanted), target, step) if wanted else 0


def embed_notes(notes: Iterable[Note], target: str, step: Step = lambda *_: None) -> int:
    """Make the vectors of notes that come from elsewhere than a folder.

    Raises:
        MissingExtra: the extra `semantic` is not installed.
    """
    return _embed([unit for note in notes for unit in units_of(note, {})], target, step)


def _embed(texts: list[Unit], target: str, step: Step) -> int:
    from kb.semantic.arrays import np
    from kb.semantic.model import load
    from kb.semantic.vectors import read_vectors, write_vectors

    model, parts = load(), []
    for start in range(0, len(texts), BATCH):
        parts.append(model.encode([unit.meaning for unit in texts[start : start + BATCH]]))
        step("embedding", min(start + BATCH, len(texts)), len(texts))
    keys, path = [text_key(unit.meaning) for unit in texts], os.path.join(target, store.VECTORS)
    with closing(store.open_export(target)) as connection:
        needed = [row[0] for row in connection.execute("select key from unit")]
    if _keys(path):
        found, rows = read_vectors(path).rows(needed)
        keys += [key for key, there in zip(needed, found, strict=True) if there]
        parts.append(rows)
    write_vectors(path, keys, np.concatenate(parts))
    return len(texts)


def _texts(root: Path, wanted: dict[bytes, str]) -> list[Unit]:
    sources, _ = read_sources(root)
    found: dict[bytes, Unit] = {}
    for path in sorted(set(wanted.values())):
        note = read_any(root / path, path, kind_at(root, path)).note
        for unit in units_of(note, sources) if note else ():
            key = text_key(unit.meaning)
            if key in wanted:
                found[key] = unit
    return list(found.values())


def _keys(path: str) -> list[bytes]:
    from kb.errors import IndexUnusable
    from kb.semantic.vectors import read_vectors

    try:
        return read_vectors(path).keys()
    except IndexUnusable:
        return []
