"""Compare kb with other engines on one folder of Markdown: python tests/speed/peers.py FOLDER [ROUNDS] [--json FILE] [--query TEXT]

Run by hand, with the python of an environment that holds kb (without its extra `semantic`) and tantivy; what is not
installed is left out. Works on a copy of the folder. Everything takes turns, so that a change of the machine's speed hits all
alike; medians and ratios count. --json appends the figures to a file, which page.py turns into the performance page.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engines import ENGINES, touch, units, words
from tables import BUNDLED, FLOOR, peers_tables

from kb.index.store import note_stamps
from kb.locate import find_base
from kb.notes.page import page_files

HERE = Path(__file__).parent
KB = str(Path(sys.executable).with_name("kb"))
QUERY = "dynamodb read capacity units"
BUNDLED_QUERY = "sqs max message size"
DRAWN = 200
SEED = 7
PATIENCE = 60
"""Seconds of building after which an engine is not built again."""
_PEAK = """
import os, sys
_, status, used = os.wait4(os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ), 0)
os.write(2, b"\\npeak %d" % used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def main() -> None:
    """Measure, print the tables, append the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    parser.add_argument("--json")
    parser.add_argument("--query")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kb-speed-") as work:
        figures = Comparison(given.folder, Path(work), given.rounds, given.query).run()
    print(peers_tables([figures]))
    if given.json:
        with open(given.json, "a", encoding="utf-8") as handle:
            handle.write(json.dumps(figures) + "\n")


class Comparison:
    """One folder, copied, and the engines that are installed."""

    def __init__(self, folder: str, work: Path, rounds: int, query: str | None) -> None:
        self.work, self.rounds = work, rounds
        self.notes = work / "notes"
        docs = Path(find_base(folder)[0])
        copy(docs, self.notes)
        self.bundled = (docs / "services").is_dir()
        self.query = query or (BUNDLED_QUERY if self.bundled else QUERY)
        self.name = BUNDLED if self.bundled else docs.name
        self.units = work / "units"
        self.engines = [name for name in ENGINES if name != "tantivy" or importlib.util.find_spec("tantivy")]
        if "tantivy" not in self.engines:
            print("tantivy is not installed in this environment, and left out")
        self.has_ripgrep = bool(shutil.which("rg"))
        if not self.has_ripgrep:
            print("rg is not installed, and left out")

    def run(self) -> dict[str, Any]:
        """Return all figures."""
        say("cutting")
        counted = json.loads(job("cut", str(self.notes), str(self.units))[0])
        return {
            "kind": "peers",
            "folder": self.name,
            **counted,
            "rounds": self.rounds,
            "about": about(),
            "query": self.query,
            "build": self.build(),
            "changed": self.changed(),
            "process": self.processes(),
            "warm": {kind: self.warm(kind, queries) for kind, queries in self.queries().items()},
        }

    def index(self, engine: str) -> str:
        """Return where the index of an engine stands."""
        return str(self.notes / ".kb" if engine == "kb" else self.work / engine.replace(" ", "-").lower())

    def build(self) -> dict[str, Any]:
        """Build every index; those that take long less often."""
        found: dict[str, Any] = {name: {"seconds": [], "mib": []} for name in self.engines}
        for turn in range(self.rounds):
            for name in self.engines:
                if sum(found[name]["seconds"]) < PATIENCE:
                    say(f"building {turn + 1}: {name}")
                    shutil.rmtree(self.index(name), ignore_errors=True)
                    source = str(self.notes if name == "kb" else self.units)
                    out, mib = job("build", name, source, self.index(name))
                    found[name]["seconds"].append(json.loads(out)["seconds"])
                    found[name]["mib"].append(mib)
        for name in self.engines:
            files = [file for file in Path(self.index(name)).rglob("*") if file.is_file()]
            found[name]["bytes"] = sum(file.stat().st_size for file in files)
        found["kb"]["export"] = (self.notes / ".kb" / "kb.sqlite").stat().st_size
        return found

    def changed(self) -> dict[str, list[float]]:
        """Change one note and index it again: in a process that runs, and as a command."""
        say("one changed note")
        out, _ = job("change", "kb", str(self.notes), self.index("kb"), str(self.rounds))
        files = sorted(
            path for path, _, _ in note_stamps(str(self.notes)) if not path.startswith(("sources/", "compare/"))
        )
        times = []
        for turn in range(self.rounds + 1):
            touch(str(self.notes / files[len(files) // 2]), 100 + turn)
            times.append(timed([KB, "--base", str(self.notes), "index", "--quiet"]))
        return {"in process": json.loads(out)["ms"], "process": times[1:]}

    def processes(self) -> dict[str, Any]:
        """Ask one query of each, a process each time."""
        commands = dict(self.commands())
        found: dict[str, Any] = {name: {"ms": []} for name in commands}
        for turn in range(self.rounds * 3 + 1):
            say(f"processes {turn}")
            for name, command in commands.items():
                took = timed(command)
                if turn:  # the first turn warms the disk cache
                    found[name]["ms"].append(took)
        for name, command in commands.items():
            done = measured(command)
            if name != FLOOR and not done.stdout.strip():
                raise SystemExit(f"{name} finds nothing for {self.query!r}")
            found[name]["mib"] = memory(done)
        return found

    def commands(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the command line of each engine; every one must find something."""
        asked = words(self.query)
        yield FLOOR, [sys.executable, "-c", "pass"]
        yield "kb", [KB, "--base", str(self.notes), "search", *self.query.split(), "--no-semantic"]
        if self.has_ripgrep:
            first, *others = (f"rg -ilF -e {word}" for word in asked)  # files with all words: each rg takes those left
            yield (
                "ripgrep",
                ["sh", "-c", " | ".join([f"{first} -0 {self.notes}", *(f"xargs -0 -r {rg} -0" for rg in others)])],
            )
        for name in self.engines:
            if name != "kb":
                yield name, [sys.executable, "-c", ENGINES[name].PROCESS, self.index(name), *asked]

    def warm(self, kind: str, queries: list[str]) -> dict[str, Any]:
        """Ask many queries in a row, a process per engine and round."""
        file = self.work / "queries.json"
        file.write_text(json.dumps(queries))
        found: dict[str, Any] = {name: {"p50": [], "p95": [], "mib": []} for name in self.engines}
        for turn in range(self.rounds):
            for name in self.engines:
                say(f"{kind} {turn + 1}: {name}")
                out, mib = job("warm", name, self.index(name), str(file))
                for key, value in json.loads(out).items():
                    found[name][key].append(value)
                found[name]["mib"].append(mib)
        return found

    def queries(self) -> dict[str, list[str]]:
        """Return queries of 1-4 words drawn from headings, and for the bundled notes the questions of the quality tests."""
        draw = random.Random(SEED)
        headings = sorted({tuple(words(heading)) for _, heading, _ in units(str(self.units))} - {()})
        drawn: dict[str, None] = {}
        while len(drawn) < min(DRAWN, len(headings)):
            heading = draw.choice(headings)
            count = min(draw.randint(1, 4), len(heading))
            start = draw.randint(0, len(heading) - count)
            drawn[" ".join(heading[start : start + count])] = None
        found = {"drawn": list(drawn)}
        if self.bundled:
            lines = (HERE.parent / "quality" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
            found["questions"] = [json.loads(line)["query"] for line in lines]
        return found


def copy(docs: Path, target: Path) -> None:
    """Copy the Markdown of a folder."""
    for file, path in page_files(docs):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target / path)


def job(*arguments: str) -> tuple[str, float]:
    """Run a job of engines.py; its output and its peak memory in MiB."""
    done = measured([sys.executable, str(HERE / "engines.py"), *arguments])
    return done.stdout.decode(), memory(done)


def measured(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run a process from a small one that notes its memory: a child begins as large as its parent."""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", _PEAK, *command], capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"failed: {' '.join(command)}\n{done.stderr.decode()}")
    return done


def memory(done: subprocess.CompletedProcess[bytes]) -> float:
    """Return the peak memory of what `measured` ran, in MiB."""
    return int(done.stderr.rpartition(b"peak ")[2]) / 1024


def timed(command: list[str]) -> float:
    """Return the milliseconds from the start of a process to its end."""
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - started) * 1000


def about() -> dict[str, str]:
    """Return what was measured on."""
    found = {"cores": str(os.cpu_count()), "Python": platform.python_version(), "SQLite FTS5": sqlite3.sqlite_version}
    for name, package in (("tantivy", "tantivy"), ("Whoosh", "whoosh-reloaded")):
        try:
            found[name] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    if shutil.which("rg"):
        found["ripgrep"] = subprocess.run(
            ["rg", "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[1]
    return found


def say(what: str) -> None:
    """Show on standard error what is going on."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{what}")


if __name__ == "__main__":
    main()
