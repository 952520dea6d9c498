"""Outline: what one raw file says - its headings and statements - and what was left out of it, line by line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

Block = Literal["bullet", "number", "paragraph", "code", "table", "quote"]


@dataclass(frozen=True, slots=True)
class Raw:
    """One statement as its author wrote it."""

    text: str
    """Running Markdown on one line, with inline code, links and bold; code keeps its lines."""
    block: Block
    """Which construct it stands in; a table has one statement per row."""
    depth: int
    """How deep it is nested in lists; 0 for the outermost."""
    line: int
    """First line in the file, from 1."""
    end: int
    """Last line in the file."""
    headings: tuple[str, ...]
    """The headings above it, outermost first."""
    source: str
    """Id of the source the file belongs to."""
    path: str
    """Path of the file, as it was given."""
    parents: tuple[str, ...] = ()
    """The list items it is nested in, outermost first."""
    leads: bool = False
    """Whether anything is nested in it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading and where it stands."""

    title: str
    level: int
    """1 for the outermost; 7 for a bold line on its own, 8 for a lead line with a colon."""
    line: int
    end: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """A line, or a part of one, that is no statement."""

    line: int
    text: str
    """What stood there; for a picture, its Markdown with the words that describe it."""
    reason: str
    """Why it is none: "page chrome", "navigation", "picture", "rule", "comment" ..."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One file as headings and statements; nothing of it is lost."""

    source: str
    path: str
    title: str
    """What the file calls itself, or what its name says."""
    statements: tuple[Raw, ...]
    """In the order of the file."""
    headings: tuple[Heading, ...]
    dropped: tuple[Dropped, ...]
    lines: int
    """How many lines the file has."""
    mended: int = 0
    """Lines whose characters had been through a wrong encoding and were put right."""
    filled: tuple[int, ...] = field(default=(), repr=False)
    """The lines that are not blank."""

    def unaccounted(self) -> list[int]:
        """Return the lines with something on them that no statement, heading or drop covers: none, if all is well."""
        covered = {d.line for d in self.dropped}
        for line, end in [(s.line, s.end) for s in self.statements] + [(h.line, h.end) for h in self.headings]:
            covered.update(range(line, end + 1))
        return [line for line in self.filled if line not in covered]


class Draft:
    """An outline while a file is being read: headings open and close, statements and drops are added."""

    def __init__(self, source: str, path: str, lines: list[str]) -> None:
        self.source = source
        self.path = path
        self.lines = lines
        self.statements: list[Raw] = []
        self.headings: list[Heading] = []
        self.dropped: list[Dropped] = []
        self.above: list[Heading] = []
        self._trail: list[tuple[str, ...]] = []
        self._starts: list[int] = []
        self._said = 0

    def heading(self, title: str, level: int, line: int, end: int = 0) -> None:
        """Open a heading; those of its level and below are closed. One that is said twice in a row counts once."""
        last = self.headings[-1] if self.headings else None
        silent = self._said == len(self.statements)
        if last and silent and last.title.casefold() == title.casefold() and level >= last.level:
            self.drop_lines(line, end or line, "repeated heading")
            return
        opened = Heading(title, level, line, end or line)
        self.above = [*(h for h in self.above if h.level < level), opened]
        self.headings.append(opened)
        self._trail.append(tuple(h.title for h in self.above))
        self._starts.append(line)
        self._said = len(self.statements)

    def close(self, level: int) -> None:
        """Close the headings of a level and below without opening another."""
        self.above = [h for h in self.above if h.level < level]

    def say(self, text: str, block: Block, depth: int, line: int, end: int = 0, above: tuple[str, ...] | None = None) -> None:  # fmt: skip
        """Add a statement under the open headings, or under those given."""
        headings = tuple(h.title for h in self.above) if above is None else above
        self.statements.append(Raw(text, block, depth, line, end or line, headings, self.source, self.path))

    def drop(self, line: int, text: str, reason: str) -> None:
        """Say that something on a line is no statement."""
        self.dropped.append(Dropped(line, text.strip(), reason))

    def drop_parts(self, line: int, parts: Iterable[tuple[str, str]]) -> None:
        """Say of each part of a line, given with its reason, that it is no statement."""
        for text, reason in parts:
            self.drop(line, text, reason)

    def drop_lines(self, line: int, end: int, reason: str) -> None:
        """Say that whole lines are no statements; blank ones need no word."""
        for number in range(line, min(end, len(self.lines)) + 1):
            if self.lines[number - 1].strip():
                self.drop(number, self.lines[number - 1], reason)

    def at(self, line: int) -> tuple[str, ...]:
        """Return the headings above a line, whatever is open now."""
        position = bisect_right(self._starts, line)
        return self._trail[position - 1] if position else ()

    def outline(self, title: str, mended: int = 0) -> Outline:
        """Close the draft; statements that were added late move to their line."""
        return Outline(
            self.source,
            self.path,
            title,
            _nested(sorted(self.statements, key=lambda s: s.line)),
            tuple(self.headings),
            tuple(sorted(self.dropped, key=lambda d: d.line)),
            len(self.lines),
            mended,
            tuple(number for number, line in enumerate(self.lines, 1) if line.strip()),
        )


def _nested(statements: Iterable[Raw]) -> tuple[Raw, ...]:
    """Return statements in their order, each with the list items it is nested in."""
    nested: list[Raw] = []
    open_items: list[int] = []
    for raw in statements:
        while open_items and (
            nested[open_items[-1]].depth >= raw.depth or nested[open_items[-1]].headings != raw.headings
        ):
            open_items.pop()
        if open_items:
            nested[open_items[-1]] = replace(nested[open_items[-1]], leads=True)
        nested.append(replace(raw, parents=tuple(nested[place].text for place in open_items)))
        if raw.block in ("bullet", "number"):
            open_items.append(len(nested) - 1)
        elif raw.depth == 0:
            open_items.clear()
    return tuple(nested)
