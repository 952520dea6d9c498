"""Write the ranked export as static files for kb-search.js: a manifest, and shards that are loaded when a query needs them.

Shards have a hash of their content in their names, so that a browser keeps them for good; manifest.json alone is asked for
anew. What the format holds is said by the functions that write it, and by shards.js, which reads it.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from kb.index.export import unpacked
from kb.notes.note import CATEGORIES, category_title
from kb.search import spelling
from kb.search.reader import Export

FORMAT = 1
MANIFEST = "manifest.json"
WORD_BYTES = 3500
"""A word shard is closed when it is about so long."""
TEXTS = 16
"""Units whose texts stand in one shard."""
BLOOM_BYTES = 2048
"""Pieces of the Bloom filter: a word is looked up in at most seven."""
_STRAIGHT = 1.6
"""By so much a word shard may grow past its size, in search of a place where no term is cut in two."""
_COLUMNS = ("heading", "text", "value", "sources", "as_of", "checked", "unit.url")


@dataclass(frozen=True, slots=True)
class Shards:
    """What was written."""

    files: dict[str, tuple[int, int]]
    """Per kind of shard, how many there are and their bytes."""

    @property
    def bytes(self) -> int:
        """All of them together."""
        return sum(size for _, size in self.files.values())


@dataclass(slots=True)
class _Term:
    """An index term."""

    number: int
    postings: dict[int, int] = field(default_factory=dict)
    """Its impact in each unit."""
    pairs: dict[int, dict[int, int]] = field(default_factory=dict)
    """The same of the pairs that it begins, by the number of the second term."""

    @property
    def is_whole(self) -> bool:
        """Whether it stands wherever its pairs do; a stem that is a common word stands nowhere."""
        return all(postings.keys() <= self.postings.keys() for postings in self.pairs.values())

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        return 2 + 3 * len(self.postings) + sum(3 + 3 * len(postings) for postings in self.pairs.values())


def write_shards(export: Export, folder: Path) -> Shards:
    """Write an export as shards; files that an earlier export left are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    files = shard_files(export)
    for old in set(folder.iterdir()) - {folder / name for name in files}:
        if old.suffix in (".bin", ".json"):
            old.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return Shards(_sizes(files))


def shard_files(export: Export) -> dict[str, bytes]:
    """Return an export as shards and the manifest, by their names."""
    files: dict[str, bytes] = {}

    def put(kind: str, shards: Iterable[bytes], ending: str = "bin") -> str:
        """Keep shards of a kind and return their hashes in a row."""
        hashes = ""
        for data in shards:
            name = _hash(data)
            files[f"{kind}-{name}.{ending}"] = data
            hashes += name
        return hashes

    starts, words = _word_shards(export)
    letters = dict(_letter_shards(export))
    manifest = {
        "format": FORMAT,
        "scale": export.scale,
        "units": export.size,
        "highest": int(export.meta["highest"]),
        "core": put("core", [_json(_core(export))], "json"),
        "word_starts": starts,
        "words": put("words", words),
        "letters": "".join(letters),
        "letter_words": put("letters", letters.values()),
        "texts_each": TEXTS,
        "texts": put("texts", _text_shards(export), "json"),
    }
    bloom = _bloom()
    manifest["bloom"] = _hash(bloom) if bloom else ""
    manifest["bloom_bytes"] = BLOOM_BYTES
    for piece, at in enumerate(range(0, len(bloom), BLOOM_BYTES)):
        files[f"bloom-{_hash(bloom)}-{piece}.bin"] = bloom[at : at + BLOOM_BYTES]
    manifest["sizes"] = _sizes(files)
    files[MANIFEST] = _json(manifest)
    return files


def _sizes(files: dict[str, bytes]) -> dict[str, tuple[int, int]]:
    """Return how many files of each kind there are, and their bytes."""
    sizes: dict[str, tuple[int, int]] = {}
    for name, data in files.items():
        count, total = sizes.get(kind := name.removesuffix(".json").partition("-")[0], (0, 0))
        sizes[kind] = count + 1, total + len(data)
    return sizes


# Core: what every query needs.


def _core(export: Export) -> dict[str, Any]:
    """Return notes with their names and identifiers, which units there are, and how rare words are.

    A note is [id, title, kind, category, url, first unit, last unit, {rank: names}, {kind: identifiers}]; notes stand in
    order of their ids. `runs` are the units as start, length, note and kind of each run, starts and notes as the
    difference to the one before. `rarity` is what a word counts that 0, 1, ... units hold; only figures that occur.
    `categories` are pairs of id and title, in their fixed order, then those of the base's own.
    """
    query = export.rows
    notes = [
        [*row, {}, {}] for row in query("select id, title, kind, category, url, first, last from note order by id")
    ]
    place = {note[0]: at for at, note in enumerate(notes)}
    for note, rank, text in query("select note, rank, text from name order by note, rank, key"):
        notes[place[note]][7].setdefault(rank, []).append(text)
    for note, kind, identifier in query("select note, kind, id from identifier order by note, kind, id"):
        notes[place[note]][8].setdefault(kind, []).append(identifier)
    kinds: list[str] = []
    runs: list[list[int]] = [[], [], [], []]
    before = (0, 0)
    for start, length, note, kind in _runs(query("select number, note, kind from unit order by number")):
        if kind not in kinds:
            kinds.append(kind)
        entry = (start - before[0], length, place[note] - before[1], kinds.index(kind))
        before = start, place[note]
        for column, value in zip(runs, entry, strict=True):
            column.append(value)
    width = array(export.wide).itemsize
    counts = [row[0] for row in query("select distinct length(units) / ? from posting order by 1", (width,))]
    rarity = {count: export.rarity(count) for count in [0, *counts]}
    used = {note[3] for note in notes if note[3]}
    categories = [*(category for category in CATEGORIES if category in used), *sorted(used - CATEGORIES.keys())]
    return {
        "notes": notes,
        "categories": [(category, category_title(category)) for category in categories],
        "comparisons": export.comparisons(),
        "kinds": kinds,
        "runs": runs,
        "rarity": [_differences(rarity), list(rarity.values())],
    }


def _runs(rows: Iterable[tuple[int, str, str]]) -> Iterator[tuple[int, int, str, str]]:
    """Yield start, length, note and kind of each run of units that follow each other."""
    keyed = groupby(enumerate(rows), key=lambda entry: (entry[1][0] - entry[0], entry[1][1], entry[1][2]))
    for (_, note, kind), run in keyed:
        numbers = [row[0] for _, row in run]
        yield numbers[0], len(numbers), note, kind


# Words: surfaces, their terms, and the postings of those.


def _word_shards(export: Export) -> tuple[list[str], list[bytes]]:
    """Return where each word shard starts, and the shards.

    A shard holds all surfaces from its start to that of the next, and the terms of these whole; a term with surfaces on
    both sides of a border stands in both shards.
    """
    words, terms = _vocabulary(export)
    last = {term: at for at, (_, term) in enumerate(words)}
    starts, shards = [""], []
    begun, weight, open_until = 0, 0, 0
    inside: set[str] = set()
    for at, (surface, term) in enumerate(words):
        full = weight > WORD_BYTES and open_until < at or weight > WORD_BYTES * _STRAIGHT
        if full:
            shards.append(_word_shard(words[begun:at], terms))
            starts.append(_start(words[at - 1][0], surface))
            begun, weight, open_until, inside = at, 0, 0, set()
        weight += 4 + (0 if term in inside else terms[term].weight)
        inside.add(term)
        open_until = max(open_until, last[term])
    shards.append(_word_shard(words[begun:], terms))
    return starts, shards


def _vocabulary(export: Export) -> tuple[list[tuple[str, str]], dict[str, _Term]]:
    """Return surfaces with their terms, in order, and the postings of each term."""
    words: list[tuple[str, str]] = export.rows("select surface, term from word order by surface")
    terms: dict[str, _Term] = {}
    for _, term in words:
        terms.setdefault(term, _Term(len(terms)))
    for term, units, impacts in export.rows("select term, units, impacts from posting order by term"):
        first, _, second = term.partition(" ")
        if first in terms and not second:
            terms[first].postings = unpacked(units, impacts, export.wide)
        elif first in terms and second in terms:  # otherwise no query can ask for it
            terms[first].pairs[terms[second].number] = unpacked(units, impacts, export.wide)
    return words, terms


def _start(before: str, first: str) -> str:
    """Return the shortest text after one surface and not after the next, to find the shard by."""
    return next(first[:size] for size in range(1, len(first) + 1) if first[:size] > before)


def _word_shard(words: list[tuple[str, str]], terms: dict[str, _Term]) -> bytes:
    """Return the bytes of a word shard: the texts, then numbers, then impacts, their high bytes first.

    Numbers, each column whole: of each surface the letters it shares with the one before, and the letters its term lacks;
    of each term its number (the difference to the one before), how many units hold it, and the distances between these;
    how many pairs it begins, twice (and 1 more if their units are not among its own); of each pair the second term, and
    its units, as places among those of the first, or as they are.
    """
    own = [terms[term] for term in dict.fromkeys(term for _, term in words)]
    pairs = [(term, term.pairs[second]) for term in own for second in sorted(term.pairs)]
    before = [_shared(before, surface) for before, surface in pairwise(["", *(surface for surface, _ in words)])]
    lacking = [_shared(surface, term) for surface, term in words]
    columns = [
        [len(words)],
        before,
        [_width(surface) - shared for (surface, _), shared in zip(words, lacking, strict=True)],
        [_signed(after - before) for before, after in pairwise([-1, *(term.number for term in own)])],
        [len(term.postings) for term in own],
        [gap for term in own for gap in _differences(term.postings)],
        [2 * len(term.pairs) + (not term.is_whole) for term in own],
        [gap for term in own for gap in _differences(sorted(term.pairs))],
        [len(postings) for _, postings in pairs],
        [gap for term, postings in pairs for gap in _differences(_places(term, postings))],
    ]
    impacts = [
        value for postings in [*(term.postings for term in own), *(p for _, p in pairs)] for value in postings.values()
    ]
    rests = [surface[shared:] for (surface, _), shared in zip(words, before, strict=True)]
    text = "\n".join([*rests, *(term[shared:] for (_, term), shared in zip(words, lacking, strict=True))]).encode()
    numbers = b"".join(map(_varints, columns))
    return _varints([len(text)]) + text + numbers + bytes(v >> 8 for v in impacts) + bytes(v & 255 for v in impacts)


def _places(term: _Term, postings: dict[int, int]) -> list[int]:
    """Return where the units of a pair stand among those of its first term."""
    if not term.is_whole:
        return list(postings)
    among = list(term.postings)
    return [bisect_left(among, number) for number in postings]


# Letters: all plain words with the same first letter, for spelling and type-ahead.


def _letter_shards(export: Export) -> Iterator[tuple[str, bytes]]:
    """Yield each letter and the bytes of its shard: the words, then numbers.

    Numbers, each column whole: how many words there are; of each the letters it shares with the one before; how far back
    the word before it with the same term stands (0: there is none), twice, and 1 more if plain English knows the word; and
    of each without one before, how many units hold it.
    """
    rows = export.rows(
        "select surface, word.term, coalesce(length(units) / ?, 0) from word left join posting on posting.term = word.term "
        "where surface not glob '*[^a-z]*' order by surface",
        (array(export.wide).itemsize,),
    )
    for letter, words in groupby(rows, key=lambda row: row[0][:1]):
        texts, shared, back, counts = [], [], [], []
        seen: dict[str, int] = {}
        before = ""
        for at, (surface, term, count) in enumerate(words):
            shared.append(_shared(before, surface))
            texts.append(surface[shared[-1] :])
            back.append(2 * (at - seen[term] if term in seen else 0) + spelling.is_english(surface))
            counts += [] if term in seen else [count]
            seen[term], before = at, surface
        text = "\n".join(texts).encode()
        columns = ([len(texts)], shared, back, counts)
        yield letter, _varints([len(text)]) + text + b"".join(map(_varints, columns))


def _bloom() -> bytes:
    try:
        return Path(spelling.__file__).with_name("words.bloom").read_bytes()
    except OSError:
        return b""


# Texts: what is shown of a unit.


def _text_shards(export: Export) -> Iterator[bytes]:
    """Yield the texts of so many unit numbers each: per column of `_COLUMNS`, the values of the units there are.

    An id stands without that of the note; an address only where it is not that of the note with the anchor of the id.
    """
    sql = f"select number, note, note.url, unit.id, {', '.join(_COLUMNS)} from unit join note on note.id = unit.note order by number"  # noqa: S608 - columns are ours
    rows = export.rows(sql)
    by_shard = {at: list(found) for at, found in groupby(rows, key=lambda row: row[0] // TEXTS)}
    for at in range(int(export.meta["highest"]) // TEXTS + 1):
        columns: list[list[str]] = [[] for _ in range(len(_COLUMNS) + 1)]
        for _, note, note_url, id, *shown in by_shard.get(at, []):
            anchor = id.removeprefix(note)
            if shown[-1] == note_url + anchor:
                shown[-1] = ""
            for column, item in zip(columns, [anchor, *shown], strict=True):
                column.append(item)
        yield _json(columns)


# Bytes.


def _differences(numbers: Iterable[int]) -> list[int]:
    """Return how many numbers are left out before each: 3 4 9 gives 3 0 4."""
    return [number - before - 1 for before, number in pairwise([-1, *numbers])]


def _signed(number: int) -> int:
    """Return a number as one that is not negative: 0 -1 1 -2 2 gives 0 1 2 3 4."""
    return number * 2 if number >= 0 else -number * 2 - 1


def _varints(numbers: Iterable[int]) -> bytes:
    """Return numbers in as many bytes as they need, seven bits each, the low ones first."""
    data = bytearray()
    for number in numbers:
        rest = number
        while rest > 127:
            data.append(rest & 127 | 128)
            rest >>= 7
        data.append(rest)
    return bytes(data)


def _shared(before: str, text: str) -> int:
    """Return how many letters two texts begin with alike, ASCII only: beyond, languages count differently."""
    size = 0
    for one, other in zip(before, text, strict=False):
        if one != other or one > "\x7f":
            break
        size += 1
    return size


def _width(text: str) -> int:
    """Return the length of a text as JavaScript counts it."""
    return len(text.encode("utf-16-le")) // 2


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()[:8]
