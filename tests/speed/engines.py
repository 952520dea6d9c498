"""The engines that peers.py compares, one job a process: python engines.py JOB ENGINE ARGUMENTS, figures as JSON.

Every engine gets the same units as kb - id, heading, text - stems English, keeps positions and stores what it shows. The
peers are asked for any of the words that are not kb's stop words, so that no engine wins by its list of them.
"""

from __future__ import annotations

import json
import marshal
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

Unit = tuple[str, str, str]
Search = Callable[[str], object]
WARM_UP = 20
"""So many queries come before the clock starts."""
_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"(?:- )?[A-Z][^|`<\[]{20,}\.")
_TURN = re.compile(r" \(turn \d+\)")


def words(query: str) -> list[str]:
    """Return the words of a query, stop words left out unless there are no others."""
    from kb.index.analyse import STOPWORDS

    found = _WORD.findall(query.lower())
    return [word for word in found if word not in STOPWORDS] or found


def units(file: str) -> Iterator[Unit]:
    """Yield the units that `cut` wrote, one at a time: a list of them would be the largest thing in memory."""
    with open(file, "rb") as handle:
        while True:
            try:
                yield marshal.load(handle)
            except EOFError:
                return


def cut(folder: str, file: str) -> dict[str, int]:
    """Read the notes of a folder as kb does and write their units."""
    from pathlib import Path

    from kb.index.unit import units_of
    from kb.notes.folder import note_files, read_any, read_sources

    root = Path(folder)
    sources, _ = read_sources(root)
    notes = count = size = 0
    with open(file, "wb") as handle:
        for found in note_files(root):
            note = read_any(*found).note
            notes += note is not None
            for unit in units_of(note, sources) if note else ():
                marshal.dump((unit.id, unit.heading, unit.text), handle)
                count += 1
                size += len(unit.heading.encode()) + len(unit.text.encode())
    return {"notes": notes, "units": count, "bytes": size}


class Kb:
    """kb itself; its build also reads and cuts the files, which the peers get done."""

    @staticmethod
    def build(folder: str, target: str) -> None:
        from pathlib import Path

        from kb.index.build import build

        build(Path(folder), target, full=True)

    @staticmethod
    def open(target: str) -> Search:
        from kb.search.searcher import Searcher

        searcher = Searcher(target)
        return lambda query: searcher.search(query, 10).hits


class Fts5:
    """SQLite's full-text index."""

    PROCESS = """
import sqlite3, sys
connection = sqlite3.connect(f"file:{sys.argv[1]}/fts5.sqlite?mode=ro", uri=True)
asked = " OR ".join(f'"{word}"' for word in sys.argv[2:])
sql = "select id, heading, substr(text, 1, 200) from units where units match ? order by rank limit 10"
for row in connection.execute(sql, (asked,)):
    print(*row)
"""

    @staticmethod
    def build(file: str, target: str) -> None:
        import sqlite3

        os.makedirs(target)
        connection = sqlite3.connect(f"{target}/fts5.sqlite")
        connection.execute("create virtual table units using fts5(id unindexed, heading, text, tokenize='porter')")
        connection.executemany("insert into units values (?, ?, ?)", units(file))
        connection.execute("insert into units(units) values ('optimize')")
        connection.commit()
        connection.close()

    @staticmethod
    def open(target: str) -> Search:
        import sqlite3

        connection = sqlite3.connect(f"file:{target}/fts5.sqlite?mode=ro", uri=True)
        sql = "select id, heading, text from units where units match ? order by rank limit 10"
        return lambda query: connection.execute(sql, (" OR ".join(f'"{w}"' for w in words(query)),)).fetchall()


class Tantivy:
    """tantivy, a Rust library, through its Python package; one thread writes."""

    PROCESS = """
import sys
import tantivy
index = tantivy.Index.open(sys.argv[1])
searcher = index.searcher()
for _, address in searcher.search(index.parse_query(" ".join(sys.argv[2:]), ["heading", "text"]), 10).hits:
    unit = searcher.doc(address)
    print(unit["id"][0], unit["heading"][0], unit["text"][0][:200])
"""

    @staticmethod
    def build(file: str, target: str) -> None:
        import tantivy  # type: ignore[import-not-found,unused-ignore]

        os.makedirs(target)
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw")
        for name in ("heading", "text"):
            schema.add_text_field(name, stored=True, tokenizer_name="en_stem")
        index = tantivy.Index(schema.build(), path=target)
        writer = index.writer(128_000_000, 1)
        for id, heading, text in units(file):
            writer.add_document(tantivy.Document(id=[id], heading=[heading], text=[text]))
        writer.commit()
        writer.wait_merging_threads()

    @staticmethod
    def open(target: str) -> Search:
        import tantivy  # type: ignore[import-not-found,unused-ignore]

        index = tantivy.Index.open(target)
        searcher = index.searcher()

        def search(query: str) -> list[tuple[str, ...]]:
            asked = index.parse_query(" ".join(words(query)), ["heading", "text"])
            found = (searcher.doc(address) for _, address in searcher.search(asked, 10).hits)
            return [(unit["id"][0], unit["heading"][0], unit["text"][0]) for unit in found]

        return search


class Whoosh:
    """Whoosh as its own documentation uses it, without what kb puts on top."""

    PROCESS = """
import sys
from whoosh import index
from whoosh.qparser import MultifieldParser, OrGroup
opened = index.open_dir(sys.argv[1])
with opened.searcher() as searcher:
    parser = MultifieldParser(["heading", "text"], opened.schema, group=OrGroup)
    for hit in searcher.search(parser.parse(" ".join(sys.argv[2:])), limit=10):
        print(hit["id"], hit["heading"], hit["text"][:200])
"""

    @staticmethod
    def build(file: str, target: str) -> None:
        from whoosh import fields, index
        from whoosh.analysis import StemmingAnalyzer

        os.makedirs(target)
        english = StemmingAnalyzer(expression=r"\w+(\.?\w+)*")
        schema = fields.Schema(
            id=fields.ID(stored=True, unique=True),
            heading=fields.TEXT(analyzer=english, stored=True),
            text=fields.TEXT(analyzer=english, stored=True),
        )
        writer = index.create_in(target, schema).writer(limitmb=256)
        for id, heading, text in units(file):
            writer.add_document(id=id, heading=heading, text=text)
        writer.commit(optimize=True)

    @staticmethod
    def open(target: str) -> Search:
        from whoosh import index
        from whoosh.qparser import MultifieldParser, OrGroup

        opened = index.open_dir(target)
        searcher = opened.searcher()
        parser = MultifieldParser(["heading", "text"], opened.schema, group=OrGroup)

        def search(query: str) -> list[dict[str, str]]:
            hits = searcher.search(parser.parse(" ".join(words(query))), limit=10)
            return [hit.fields() for hit in hits]

        return search


ENGINES: dict[str, Any] = {"kb": Kb, "SQLite FTS5": Fts5, "tantivy": Tantivy, "Whoosh": Whoosh}


def build(engine: str, source: str, target: str) -> dict[str, float]:
    """Build an index anew; the seconds."""
    started = time.perf_counter()
    ENGINES[engine].build(source, target)
    return {"seconds": time.perf_counter() - started}


def warm(engine: str, target: str, queries: str) -> dict[str, float]:
    """Ask the queries of a JSON file one after the other; milliseconds that half and 95 % of them stay below."""
    with open(queries, encoding="utf-8") as handle:
        asked = json.load(handle)
    search = ENGINES[engine].open(target)
    for query in asked[:WARM_UP]:
        search(query)
    times = []
    for query in asked:
        started = time.perf_counter()
        search(query)
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return {"p50": times[len(times) // 2], "p95": times[len(times) * 95 // 100]}


def change(_: str, folder: str, target: str, rounds: str) -> dict[str, list[float]]:
    """Change one note again and again and index it in this process; milliseconds, the first time left out."""
    from pathlib import Path

    from kb.index.build import build as bring_up_to_date
    from kb.notes.folder import note_files

    files = [file for file, _, _ in note_files(Path(folder))]
    times = []
    for turn in range(int(rounds) + 1):
        touch(str(files[len(files) // 2]), turn)
        started = time.perf_counter()
        stats = bring_up_to_date(Path(folder), target)
        times.append((time.perf_counter() - started) * 1000)
        assert stats.changed == 1, stats
    return {"ms": times[1:]}


def touch(file: str, turn: int) -> None:
    """Write the turn into the last sentence of a note that stands in a list or a paragraph."""
    with open(file, encoding="utf-8") as handle:
        lines = _TURN.sub("", handle.read()).split("\n")
    at = max((at for at, line in enumerate(lines) if _SENTENCE.match(line)), default=-1)
    before, dot, after = lines[at].partition("[^")[0].rpartition(".")
    cited = lines[at][len(before) + len(dot) + len(after) :]
    lines[at] = f"{before} (turn {turn}){dot}{after}{cited}"
    with open(file, "w", encoding="utf-8") as handle:
        handle.write("\n".join(lines))


if __name__ == "__main__":
    job: Any = {"cut": cut, "build": build, "warm": warm, "change": change}[sys.argv[1]]
    print(json.dumps(job(*sys.argv[2:])))
