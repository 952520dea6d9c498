"""The map of services: one bubble a note, placed near those it links with; a picture, and the same as a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from math import cos, pi, sin, sqrt

from kb.notes.note import CATEGORIES, Note, category_title
from kb.site.pages import Library
from kb.site.text import address, page_of, raw

MOST = 250
"""How many bubbles a picture can hold; of a larger base, the notes with most neighbours."""
COLOURS = 13
"""How many there are for categories of services; topics have one of their own."""
DRAWN = 2
"""How many lines of each bubble are always drawn; the others appear when it is pointed at or focused."""
_ROUNDS = 320
_GAP = 5.0
_HINT = "Point at a bubble, or move to it with Tab, to see what it links with; Enter opens it."
_WIDE = 1.5
"""Pushed apart more sideways than up and down: screens are wide."""
_FONT = 11.0
_LETTER = 0.57
"""Width of a letter in heights of it, on the safe side for sans-serif."""


@dataclass(slots=True)
class Bubble:
    """A note on the map."""

    note: Note
    colour: int
    near: list[tuple[int, str]]
    """How often it links with each neighbour, either way; those most often first."""
    lines: tuple[str, ...]
    r: float
    x: float = 0.0
    y: float = 0.0
    pulls: list[tuple[Bubble, float]] = field(default_factory=list, repr=False)


def graph_page(library: Library) -> str:
    """Return the page of the map: the picture, who is in which colour, and the same as a list."""
    bubbles = layout(library)
    lines = [
        "# Map of services",
        "",
        '<p class="kb-summary">Each bubble is a note; the more others it links with, the larger.</p>',
        "",
    ]
    if not bubbles:
        return "\n".join([*lines, "No notes yet.", ""])
    window = (
        f'<div class="kb-graph">{_legend(bubbles)}<a class="kb-skip" href="#as-a-list">Skip the picture</a>'
        f'<p class="kb-told" aria-hidden="true">{_HINT}</p><div class="kb-frame">{picture(bubbles)}</div></div>'
    )
    return "\n".join([*lines, window, "", "## As a list", "", *_list(bubbles, library), ""])


def layout(library: Library) -> list[Bubble]:
    """Return the bubbles with their places, in the order of categories and titles; the same for the same notes."""
    weights = _weights(library)
    chosen = sorted(library.notes, key=lambda id: (-len(weights[id]), id))[:MOST]
    colours = _order(library.notes[id].category for id in chosen)
    bubbles = {id: _bubble(library.notes[id], weights[id], colours.index(library.notes[id].category)) for id in chosen}
    for bubble in bubbles.values():
        bubble.near = [(weight, id) for weight, id in bubble.near if id in bubbles]
        bubble.pulls = [(bubbles[id], sqrt(weight)) for weight, id in bubble.near]
    ordered = sorted(bubbles.values(), key=lambda b: (b.colour, _short(b.note).casefold(), b.note.id))
    _start(ordered, colours)
    for step in range(_ROUNDS):
        _pull(ordered, 1 - step / _ROUNDS)
        _part(ordered, min(1.0, 0.4 + step / _ROUNDS))  # small at first, so that they can pass each other
    for _ in range(200):
        if not _part(ordered, 1):
            break
    return ordered


def picture(bubbles: Sequence[Bubble]) -> str:
    """Return the map as SVG on one line: lines below, links in front, nothing that a strict policy forbids."""
    left, top = min(b.x - b.r for b in bubbles) - 8, min(b.y - b.r for b in bubbles) - 8
    right, bottom = max(b.x + b.r for b in bubbles) + 8, max(b.y + b.r for b in bubbles) + 8
    number = {b.note.id: at for at, b in enumerate(bubbles)}
    drawn = sorted({tuple(sorted((at, number[id]))) for at, b in enumerate(bubbles) for _, id in b.near[:DRAWN]})
    edges = "".join(_edge(bubbles[a], bubbles[b]) for a, b in drawn)
    nodes = "".join(_node(bubble, [number[id] for _, id in bubble.near]) for bubble in bubbles)
    box = f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"
    return (
        f'<svg viewBox="{box}" width="{right - left:.0f}" height="{bottom - top:.0f}" role="group" '
        f'aria-label="Map of {len(bubbles)} notes and their links"><g class="kb-edges">{edges}</g>'
        f'<g class="kb-edges-near"></g>{nodes}</svg>'
    )


def _weights(library: Library) -> dict[str, Counter[str]]:
    """Return how often each note links with each other, either way."""
    weights: dict[str, Counter[str]] = {id: Counter() for id in library.notes}
    for link in library.links:
        if link.source != link.target:
            weights[link.source][link.target] += 1
            weights[link.target][link.source] += 1
    return weights


def _order(categories: object) -> list[str]:
    used = set(categories)  # type: ignore[call-overload]
    return [c for c in CATEGORIES if c in used] + sorted(used - CATEGORIES.keys())


def _short(note: Note) -> str:
    name = (note.names.short or (note.title.partition(" (")[0],))[0] if note.kind == "service" else note.title
    return name.partition(" (")[0].removeprefix("Amazon ").removeprefix("AWS ") or note.title


def _bubble(note: Note, weights: Counter[str], colour: int) -> Bubble:
    near = sorted(((weight, id) for id, weight in weights.items()), key=lambda pair: (-pair[0], pair[1]))
    lines = _wrapped(_short(note))
    return Bubble(note, colour, near, lines, max(14 + 4.6 * sqrt(len(near)), _room(lines)))


def _wrapped(text: str) -> tuple[str, ...]:
    """Return the lines of a label that need the smallest circle."""
    words = text.split()
    best: tuple[str, ...] = (text,)
    for width in range(4, len(text)):
        lines: list[str] = []
        for word in words:
            if lines and len(lines[-1]) + 1 + len(word) <= width:
                lines[-1] += " " + word
            else:
                lines.append(word)
        if _room(tuple(lines)) < _room(best):
            best = tuple(lines)
    return best


def _room(lines: tuple[str, ...]) -> float:
    """Return the radius of the circle that a label fits in."""
    half = len(lines) / 2
    corners = ((len(line) * _LETTER / 2, max(abs(at - half), abs(at + 1 - half))) for at, line in enumerate(lines))
    return 4 + _FONT * max(sqrt(x * x + (y * 1.1) ** 2) for x, y in corners)


def _start(bubbles: Sequence[Bubble], categories: Sequence[str]) -> None:
    """Put categories around an ellipse, those that link most next to each other, and notes around their category."""
    ring = _ring(bubbles, len(categories))
    seen: Counter[int] = Counter()
    for bubble in bubbles:
        angle = 2 * pi * ring.index(bubble.colour) / len(ring)
        seen[bubble.colour] += 1
        turn, out = seen[bubble.colour] * 2.399963, 26 * sqrt(seen[bubble.colour])
        # Rounded: sine and cosine may differ in the last bit between machines, and the layout would grow the difference.
        bubble.x = round(520 * cos(angle) + out * cos(turn), 3)
        bubble.y = round(300 * sin(angle) + out * sin(turn), 3)


def _ring(bubbles: Sequence[Bubble], count: int) -> list[int]:
    """Return the categories as a chain in which each is followed by the one that it links with most."""
    between: Counter[tuple[int, int]] = Counter()
    for bubble in bubbles:
        for other, _ in bubble.pulls:
            between[bubble.colour, other.colour] += 1
    ring = [0]
    while len(ring) < count:
        ring.append(min(set(range(count)) - set(ring), key=lambda c: (-between[ring[-1], c], c)))
    return ring


def _pull(bubbles: Sequence[Bubble], heat: float) -> None:
    """Move each bubble a little towards its neighbours, its category and the middle."""
    sums = [[0.0, 0.0, 0.0] for _ in range(1 + max((b.colour for b in bubbles), default=0))]
    for b in bubbles:
        mass = sums[b.colour]
        mass[0], mass[1], mass[2] = mass[0] + b.x, mass[1] + b.y, mass[2] + 1
    moves = []
    for b in bubbles:
        x = y = total = 0.0
        for other, weight in b.pulls:
            x, y, total = x + weight * (other.x - b.x), y + weight * (other.y - b.y), total + weight
        mass = sums[b.colour]
        share = 0.02 / (total or 1)
        moves.append(
            (
                heat * (share * x + 0.35 * (mass[0] / mass[2] - b.x) - 0.0001 * b.r * b.x),
                heat * (share * y + 0.35 * (mass[1] / mass[2] - b.y) - 0.001 * b.r * b.y),
            )
        )
    for b, (x, y) in zip(bubbles, moves, strict=True):
        b.x, b.y = b.x + x, b.y + y


def _part(bubbles: Sequence[Bubble], grown: float) -> bool:
    """Push bubbles apart that overlap, the smaller one further; return whether there were any."""
    row = sorted(bubbles, key=lambda b: b.x - b.r * grown)
    overlap = False
    for at, a in enumerate(row):
        for b in row[at + 1 :]:
            if b.x - b.r * grown > a.x + a.r * grown + _GAP:
                break
            x, y, wanted = b.x - a.x, b.y - a.y, (a.r + b.r) * grown + _GAP
            square = x * x + y * y
            if square >= wanted * wanted - 0.01:
                continue
            overlap = True
            apart = sqrt(square)
            x, y, apart = (x, y, apart) if apart > 0.001 else (1.0, 0.0, 1.0)
            push = (wanted - apart) / apart * 0.6
            share = b.r * b.r / (a.r * a.r + b.r * b.r)
            x, y = x * push * _WIDE, y * push / _WIDE
            a.x, a.y = a.x - x * share, a.y - y * share
            b.x, b.y = b.x + x * (1 - share), b.y + y * (1 - share)
    return overlap


def _edge(a: Bubble, b: Bubble) -> str:
    """Return a line that bends a little, so that many do not look like one."""
    x, y = (a.x + b.x) / 2 - (b.y - a.y) * 0.12, (a.y + b.y) / 2 + (b.x - a.x) * 0.12
    return f'<path d="M{a.x:.0f} {a.y:.0f}Q{x:.0f} {y:.0f} {b.x:.0f} {b.y:.0f}"/>'


def _node(bubble: Bubble, near: list[int]) -> str:
    note = bubble.note
    size = min(_FONT * bubble.r / (_room(bubble.lines) + 2), 20.0)
    top = bubble.y - (len(bubble.lines) - 1) * size * 0.55 + size * 0.35
    text = " ".join(  # a name that is spoken must hold the words that are seen
        f'<tspan x="{bubble.x:.1f}" y="{top + at * size * 1.1:.1f}">{raw(line)}</tspan>'
        for at, line in enumerate(bubble.lines)
    )
    seen = " ".join(bubble.lines)
    name = note.title if f" {seen} " in f" {note.title} " else f"{seen}: {note.title}"
    told = escape(f"{name}, {category_title(note.category)}, links with {len(near)}")
    return (
        f'<a class="kb-node kb-c{_hue(bubble)}" href="{address("graph", page_of(note))}" aria-label="{told}" '
        f'data-of="{escape(note.category)}" data-near="{" ".join(map(str, near))}"><title>{told}</title>'
        f'<circle cx="{bubble.x:.1f}" cy="{bubble.y:.1f}" r="{bubble.r:.1f}"/>'
        f'<text font-size="{size:.1f}">{text}</text></a>'
    )


def _hue(bubble: Bubble) -> int:
    return COLOURS if bubble.note.category == "topics" else bubble.colour % COLOURS


def _legend(bubbles: Sequence[Bubble]) -> str:
    """Return a button a category, which brings it out."""
    firsts = {bubble.colour: bubble for bubble in reversed(bubbles)}
    buttons = "".join(
        f'<button type="button" class="kb-c{_hue(one)}" data-of="{escape(one.note.category)}" aria-pressed="false">'
        f"{raw(category_title(one.note.category))}</button>"
        for _, one in sorted(firsts.items())
    )
    return f'<div class="kb-legend" role="group" aria-label="Bring out a category">{buttons}</div>'


def _list(bubbles: Sequence[Bubble], library: Library) -> list[str]:
    """Return each note with the notes it links with, most often first."""

    def link(id: str) -> str:
        return f'<a href="{address("graph", page_of(library.notes[id]))}">{raw(library.notes[id].title)}</a>'

    lines = []
    for colour in sorted({bubble.colour for bubble in bubbles}):
        inside = [bubble for bubble in bubbles if bubble.colour == colour]
        items = "".join(
            f"<li>{link(b.note.id)}: {', '.join(link(id) for _, id in b.near) or 'no links'}</li>" for b in inside
        )
        title = f"{raw(category_title(inside[0].note.category))} ({len(inside)})"
        lines += [f'<details class="kb-graph-list"><summary>{title}</summary><ul>{items}</ul></details>', ""]
    return lines
