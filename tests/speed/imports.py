"""List what a cold search imports, module by module: python tests/speed/imports.py [ROUNDS] [--base DIR] [--json FILE]

Run by hand. The floor is what `python -c pass` imports in the same environment, which kb cannot avoid.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from statistics import median

from tables import table

SEARCH = ["search", "sqs", "max", "message", "size", "--no-semantic"]
FLOOR = 0.3
"""Modules below so many milliseconds are counted, not listed."""


def main() -> None:
    """Measure, print, append the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", type=int, nargs="?", default=9)
    parser.add_argument("--base")
    parser.add_argument("--json")
    given = parser.parse_args()
    figures = measure(given.rounds, given.base)
    print(imports_table(figures))
    if given.json:
        with open(given.json, "a", encoding="utf-8") as handle:
            handle.write(json.dumps(figures) + "\n")


def measure(rounds: int, base: str | None) -> dict[str, object]:
    """Return the median time of each module that a search imports and a bare Python does not."""
    command = ["-m", "kb", *(["--base", base] if base else []), *SEARCH]
    bare = set(imported(["-c", "pass"]))
    runs = [imported(command) for _ in range(rounds)]
    own = {name: median(run[name] for run in runs if name in run) for name in runs[0] if name not in bare}
    ours = {*sys.stdlib_module_names, "kb", "org"}  # the copy module asks for Jython's org.python
    foreign = sorted({name.partition(".")[0] for name in own} - ours)
    return {"kind": "imports", "modules": own, "bare": len(bare), "foreign": foreign, "rounds": rounds}


def imported(arguments: list[str]) -> dict[str, float]:
    """Return the milliseconds each module takes by itself."""
    done = subprocess.run([sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True)
    lines = [
        line[len("import time:") :].split("|") for line in done.stderr.splitlines() if line.startswith("import time:")
    ]
    return {name.strip(): int(took) / 1000 for took, _, name in lines if took.strip().isdigit()}


def imports_table(figures: dict[str, object]) -> str:
    """Return the modules that take longest, the rest counted, and what is foreign."""
    modules = figures["modules"]
    assert isinstance(modules, dict)
    long = sorted(((took, name) for name, took in modules.items() if took >= FLOOR), reverse=True)
    others = sum(modules.values()) - sum(took for took, _ in long)
    rows = [[f"`{name}`", f"{took:.1f}"] for took, name in long]
    rows += [
        [f"{len(modules) - len(long)} others, each below {FLOOR} ms", f"{others:.1f}"],
        [f"**total**, {len(modules)} modules", f"**{sum(modules.values()):.1f}**"],
    ]
    foreign = figures["foreign"]
    assert isinstance(foreign, list)
    named = ", ".join(f"`{name}`" for name in foreign) or "none"
    return f"{table(['module', 'ms by itself'], rows)}\n\nPackages from outside the standard library and kb: {named}."


if __name__ == "__main__":
    main()
