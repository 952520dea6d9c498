"""Score the search on a retrieval collection: corpus.jsonl, queries.jsonl and qrels.tsv, as BEIR lays them out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log2
from pathlib import Path

from kb.errors import InputError
from kb.notes.note import Note, Section, Statement

DEPTH = 100
FILES = ("corpus.jsonl", "queries.jsonl", "qrels.tsv")


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, queries, and which document answers which query how well."""

    folder: Path
    queries: tuple[tuple[str, str], ...]
    """Id and text, of the queries that have a judgement."""
    judgements: dict[str, dict[str, int]]
    """Per query, the grade of each document; 0 for a wrong one."""

    def notes(self) -> Iterator[Note]:
        """Yield the documents as pages."""
        for data in _lines(self.folder / "corpus.jsonl"):
            title, text = str(data.get("title", "")), str(data.get("text", ""))
            lead = Section("", 1, "", (Statement(text, block="paragraph"),))
            yield Note(str(data["_id"]), title, "", "", "page", "", sections=(lead,))


@dataclass(frozen=True, slots=True)
class CollectionScore:
    """The figures of a collection."""

    queries: int
    ndcg_10: float
    """Normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002)."""
    map_100: float
    """Mean average precision of the first hundred."""
    recall_100: float


def is_collection(path: Path) -> bool:
    """Tell whether a path is a folder with the files of a collection."""
    return path.is_dir() and all((path / name).is_file() for name in FILES)


def read_collection(folder: Path) -> Collection:
    """Read queries and judgements.

    Raises:
        InputError: a file cannot be read, or a line of it is not what it should be.
    """
    judgements: dict[str, dict[str, int]] = {}
    path = folder / "qrels.tsv"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"cannot be read: {error}") from None
    for number, line in enumerate(lines, start=1):
        parts = line.split("\t")
        if len(parts) == 3 and parts[2].strip().lstrip("-").isdigit():
            judgements.setdefault(parts[0], {})[parts[1]] = int(parts[2])
        elif line.strip() and number > 1:
            raise InputError(f"{path}:{number}", "expected query id, document id and grade, with tabs between")
    texts = ((str(data["_id"]), str(data.get("text", ""))) for data in _lines(folder / "queries.jsonl"))
    return Collection(folder, tuple((id, text) for id, text in texts if id in judgements), judgements)


def score(collection: Collection, search: Callable[[str, int], list[str]]) -> CollectionScore:
    """Ask every query; `search` returns the ids of the best documents."""
    gains = precisions = recalls = 0.0
    for id, text in collection.queries:
        grades = collection.judgements[id]
        found = [grades.get(document, 0) for document in search(text, DEPTH)]
        relevant = sum(grade > 0 for grade in grades.values()) or 1
        ideal = _gain(sorted(grades.values(), reverse=True)[:10])
        right = [place for place, grade in enumerate(found, start=1) if grade > 0]
        gains += _gain(found[:10]) / ideal if ideal else 0.0
        precisions += sum(count / place for count, place in enumerate(right, start=1)) / relevant
        recalls += len(right) / relevant
    count = len(collection.queries) or 1
    return CollectionScore(len(collection.queries), gains / count, precisions / count, recalls / count)


def _gain(grades: list[int]) -> float:
    return sum(max(grade, 0) / log2(place + 1) for place, grade in enumerate(grades, start=1))


def _lines(path: Path) -> Iterator[dict[str, object]]:
    """Yield the objects of a file with one JSON object a line, each with an _id."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    data = json.loads(line)
                    if not isinstance(data, dict) or "_id" not in data:
                        raise InputError(f"{path}:{number}", "expected an object with _id, title and text")
                    yield data
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"cannot be read: {error}") from None
