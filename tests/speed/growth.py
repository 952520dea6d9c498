"""Draw how engines grow with the notes: python tests/speed/growth.py FIGURES... (the files peers.py --json wrote)

Writes docs/performance-growth.svg by hand: the same figures give the same bytes, and nothing needs to be installed.
The greys and colours are chosen to be read on white and on black.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

from tables import BUNDLED, label, latest, measured, number

TARGET = Path(__file__).parents[2] / "docs" / "performance-growth.svg"
PANELS = (
    ("One query, whole process", "ms", "process"),
    ("Warm query, p95", "ms", "warm p95"),
    ("Building the index", "s", "build"),
)
COLOURS = {
    "kb": "#d6336c",
    "SQLite FTS5": "#1c7ed6",
    "tantivy": "#2f9e44",
    "Whoosh": "#e8590c",
    "ripgrep": "#9c6ade",
}
WIDTH, HEIGHT = 300, 250
"""Of one panel's axes."""
LEFT, TOP, GAP = 50, 56, 68
GREY = "#848484"


def main() -> None:
    """Draw the folders that have no name of their own."""
    runs = [run for run in latest(sys.argv[1:]) if run["folder"] != BUNDLED]
    if len(runs) < 2:
        raise SystemExit("the figures of two folders or more are needed")
    TARGET.write_text(drawing(runs), encoding="utf-8")
    print(TARGET.name)


def drawing(runs: list[dict[str, Any]]) -> str:
    """Return the whole picture."""
    width, height = LEFT + len(PANELS) * (WIDTH + GAP), TOP + HEIGHT + 44
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f'<g font-family="sans-serif" font-size="12" fill="{GREY}">',
        "<title>How kb and its peers grow with the number of units</title>",
        *_legend(runs),
    ]
    for position, (title, unit, measure) in enumerate(PANELS):
        parts.append(f'<g transform="translate({LEFT + position * (WIDTH + GAP)} {TOP})">')
        parts += [*_panel(f"{title}, {unit}", measure, runs), "</g>"]
    return "\n".join([*parts, "</g>", "</svg>"]) + "\n"


def _legend(runs: list[dict[str, Any]]) -> list[str]:
    names = [name for name in COLOURS if any(name in measured(run, "process") for run in runs)]
    return [
        f'<g transform="translate({LEFT + 125 * position} 16)"><rect y="-4" width="18" height="4" fill="{COLOURS[name]}"/>'
        f'<text x="24" y="3">{name}</text></g>'
        for position, name in enumerate(names)
    ]


def _panel(title: str, measure: str, runs: list[dict[str, Any]]) -> list[str]:
    """Return one pair of axes, both logarithmic, and a line per engine."""
    values = [measured(run, measure) for run in runs]
    every = [value for found in values for value in found.values()]
    low, high = math.floor(math.log10(min(every))), math.ceil(math.log10(max(every)))
    first, last = (math.log10(runs[at]["units"]) for at in (0, -1))

    def x(units: float) -> float:
        return round(12 + (math.log10(units) - first) / (last - first) * (WIDTH - 24), 1)

    def y(value: float) -> float:
        return round(HEIGHT - (math.log10(value) - low) / (high - low) * HEIGHT, 1)

    parts = [f'<text y="-12" font-size="13" font-weight="bold">{title}</text>']
    for power in range(low, high + 1):
        at = y(10**power)
        parts += [
            f'<path d="M0 {at}H{WIDTH}" stroke="{GREY}" stroke-opacity=".35"/>',
            f'<text x="-6" y="{at + 4}" text-anchor="end">{10**power:g}</text>',
        ]
    for run in runs:
        parts.append(f'<text x="{x(run["units"])}" y="{HEIGHT + 20}" text-anchor="middle">{label(run)}</text>')
    for name, colour in COLOURS.items():
        points = [
            (x(run["units"]), y(found[name]), found[name])
            for run, found in zip(runs, values, strict=True)
            if name in found
        ]
        if points:
            line = "L".join(f"{left} {top}" for left, top, _ in points)
            parts.append(
                f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="{3 if name == "kb" else 1.8}"/>'
            )
            parts += [
                f'<circle cx="{left}" cy="{top}" r="3.5" fill="{colour}"><title>{name}: {number(value)}</title></circle>'
                for left, top, value in points
            ]
    return parts


if __name__ == "__main__":
    main()
