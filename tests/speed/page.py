"""Write figures into the performance page: python tests/speed/page.py FIGURES... (the files peers.py and imports.py wrote)

Each table of docs/performance.md stands between two comments that name it; the words around it are left alone.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from imports import imports_table
from tables import (
    build_table,
    changed_table,
    folders_table,
    latest,
    losses_table,
    memory_table,
    process_table,
    read,
    warm_table,
)

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"


def main() -> None:
    """Replace what stands between the comments."""
    runs = latest(sys.argv[1:])
    tables = {
        "machine": machine(runs[-1]),
        "folders": folders_table(runs),
        "process": process_table(runs),
        "memory": memory_table(runs),
        "p50": warm_table(runs, "p50"),
        "p95": warm_table(runs, "p95"),
        "build": build_table(runs),
        "changed": changed_table(runs),
        "losses": losses_table(runs),
    }
    for figures in read(sys.argv[1:]):
        if figures["kind"] == "imports":
            tables["imports"] = imports_table(figures)
    text = PAGE.read_text(encoding="utf-8")
    for name, content in tables.items():
        marks = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", re.S)
        if not marks.search(text):
            raise SystemExit(f"{PAGE.name} has no place for {name}")
        text = marks.sub(lambda found, new=content: f"{found[1]}\n{new}\n{found[2]}", text)  # type: ignore[misc]
    PAGE.write_text(text, encoding="utf-8")
    print(f"{PAGE.name}: {', '.join(tables)}")


def machine(run: dict[str, Any]) -> str:
    """Return what was measured on, and the versions."""
    about = dict(run["about"])
    cores = about.pop("cores")
    return f"Measured on a machine with {cores} cores: {', '.join(f'{name} {version}' for name, version in about.items())}."


if __name__ == "__main__":
    main()
