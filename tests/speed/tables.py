"""Turn figures of peers.py into Markdown tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

Figures = dict[str, Any]
BUNDLED = "bundled notes"
FLOOR = "python -c pass"
MEASURES = ("process", "memory", "warm p50", "warm p95", "build", "build memory", "index size")
TITLES = {
    "process": "one query, whole process",
    "memory": "memory of one query",
    "warm p50": "warm query, p50",
    "warm p95": "warm query, p95",
    "build": "build",
    "build memory": "memory of the build",
    "index size": "index size",
}


def peers_tables(runs: list[Figures]) -> str:
    """Return every table of some folders."""
    parts = [
        ("One query, a process each time, ms", process_table(runs)),
        ("Its peak memory, MiB", memory_table(runs)),
        ("Many queries in one process, p50, ms", warm_table(runs, "p50")),
        ("Many queries in one process, p95, ms", warm_table(runs, "p95")),
        ("Building the index", build_table(runs)),
        ("One changed note, kb", changed_table(runs)),
        ("Where peers are better", losses_table(runs)),
    ]
    return "\n\n".join(f"### {title}\n\n{table}" for title, table in parts)


def folders_table(runs: list[Figures]) -> str:
    """Return what the folders hold, and the query that was asked of each."""
    rows = [
        [
            label(run),
            f"{run['notes']:,}",
            f"{run['units']:,}",
            f"{run['bytes'] / 1e6:.1f}",
            f"`{run['query']}`",
            str(run["rounds"]),
        ]
        for run in runs
    ]
    return table(["folder", "notes", "units", "MB of text", "the one query", "rounds"], rows)


def process_table(runs: list[Figures]) -> str:
    """Return whole processes: milliseconds, and the ratio to starting Python."""

    def cell(run: Figures, name: str) -> str:
        times = run["process"][name]["ms"]
        return f"{spread(times)}, {median(times) / median(run['process'][FLOOR]['ms']):.1f} x"

    return _grid(runs, "process", cell)


def memory_table(runs: list[Figures]) -> str:
    """Return the peak memory of one query's process, in MiB."""
    return _grid(runs, "process", lambda run, name: f"{run['process'][name]['mib']:.0f}")


def warm_table(runs: list[Figures], key: str) -> str:
    """Return p50 or p95 of warm queries; the questions of the bundled notes are a folder of their own."""
    return _grid(asked_apart(runs), "warm", lambda run, name: spread(run["warm"][name][key]))


def build_table(runs: list[Figures]) -> str:
    """Return seconds, units a second, size and memory of builds."""
    rows = []
    for name in _names(runs, "build"):
        for run in runs:
            if found := run["build"].get(name):
                seconds, size = median(found["seconds"]), found["bytes"] / 1e6
                part = f" ({found['export'] / 1e6:.1f} without Whoosh's part)" if "export" in found else ""
                rows.append(
                    [
                        _shown(name),
                        label(run),
                        spread(found["seconds"]),
                        f"{run['units'] / seconds:,.0f}",
                        f"{size:,.1f}{part}",
                        f"{size * 1e6 / run['bytes']:.1f}",
                        f"{median(found['mib']):.0f}",
                    ]
                )
    return table(["", "folder", "s", "units/s", "index, MB", "index / text", "peak MiB"], rows)


def changed_table(runs: list[Figures]) -> str:
    """Return what one changed note costs kb."""
    rows = [
        [
            label(run),
            *(
                f"{spread(times)}, at most {number(max(times))}"
                for times in (run["changed"]["in process"], run["changed"]["process"])
            ),
        ]
        for run in runs
    ]
    return table(["folder", "in a process that runs, ms", "`kb index` as a command, ms"], rows)


def losses_table(runs: list[Figures]) -> str:
    """Return every measure in which a peer is better than kb, and by how much."""
    rows = []
    for measure in MEASURES:
        for run in asked_apart(runs) if measure.startswith("warm") else runs:
            values = measured(run, measure)
            better = sorted((value, name) for name, value in values.items() if value < values["kb"])
            if better:
                names = ", ".join(f"{name} {values['kb'] / value:.1f} x" for value, name in better)
                rows.append([TITLES[measure], label(run), names])
    return table(["measure", "folder", "better than kb, by how much"], rows) if rows else "None."


def measured(run: Figures, measure: str) -> dict[str, float]:
    """Return the median of a measure by engine, starting Python left out."""
    if measure == "process":
        return {name: median(found["ms"]) for name, found in run["process"].items() if name != FLOOR}
    if measure == "memory":
        return {name: found["mib"] for name, found in run["process"].items() if name != FLOOR}
    if measure.startswith("warm"):
        return {name: median(found[measure[5:]]) for name, found in _warm(run).items()}
    key = {"build": "seconds", "build memory": "mib", "index size": "bytes"}[measure]
    return {
        name: median(value) if isinstance(value := found[key], list) else value for name, found in run["build"].items()
    }


def asked_apart(runs: list[Figures]) -> list[Figures]:
    """Return a run for each set of queries, as if each had a folder of its own."""
    return [{**run, "warm": found, "asked": kind} for run in runs for kind, found in run["warm"].items()]


def label(run: Figures) -> str:
    """Return what a folder is called: by its size, unless it has a name of its own."""
    name = run["folder"] if run["folder"] == BUNDLED else f"{round(run['units'] / 1000):,}k units"
    return f"{name}, questions" if run.get("asked") == "questions" else name


def spread(values: list[float]) -> str:
    """Return the median and, in brackets, the least; the bare value when there is but one."""
    return f"{number(median(values))} ({number(min(values))})" if len(values) > 1 else number(values[0])


def number(value: float) -> str:
    """Return a figure with two or three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def table(heads: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _grid(runs: list[Figures], part: str, cell: Callable[[Figures, str], str]) -> str:
    """Return a row per engine and a column per folder."""
    rows = [
        [_shown(name), *(cell(run, name) if name in run[part] else "" for run in runs)] for name in _names(runs, part)
    ]
    return table(["", *map(label, runs)], rows)


def _warm(run: Figures) -> Figures:
    found: Figures = run["warm"] if "asked" in run else run["warm"]["drawn"]
    return found


def _names(runs: list[Figures], part: str) -> list[str]:
    return list(dict.fromkeys(name for run in runs for name in run[part]))


def _shown(name: str) -> str:
    return "**kb**" if name == "kb" else f"`{name}`" if name == FLOOR else name


def read(files: list[str]) -> list[Figures]:
    """Return the figures of files, one a line."""
    return [json.loads(line) for file in files for line in Path(file).read_text(encoding="utf-8").splitlines()]


def latest(files: list[str]) -> list[Figures]:
    """Return the last run of each folder, small ones first."""
    runs = {run["folder"]: run for run in read(files) if run["kind"] == "peers"}
    return sorted(runs.values(), key=lambda run: run["units"])
