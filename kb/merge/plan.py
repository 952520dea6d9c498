"""Plan: what an import would do, statement by statement, as Markdown that a person reads and edits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Literal, get_args

from kb.errors import InputError

Status = Literal["new", "known", "near", "conflict", "label", "unplaced"]
STATUSES: tuple[Status, ...] = get_args(Status)
TITLE = "# Import plan"
HEADER = ("source", "title", "author", "date", "licence")
_ENTRY = re.compile(r"- \[(?P<mark>[ xX])\] (?P<status>\w+) -> ?(?P<target>[\w-]*(?:#[\w-]+)?)\s*")
_LINE = re.compile(r"  (?P<key>text|from|matches): (?P<value>.*)")
_NOTE = re.compile(r"## (?P<title>.*) \((?P<note>[\w-]*)(?: (?P<digest>[0-9a-f]{12}))?\)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One raw statement and what becomes of it."""

    accepted: bool
    status: Status
    target: str
    """note#section that takes it, or the fact or section that it matches."""
    text: str
    origin: str
    """file:line (headings), and why it was placed there."""
    matches: str = ""
    """Address, score, text and reason of what it came near to."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All entries of one import."""

    source: str
    title: str
    author: str
    date: str
    licence: str
    entries: tuple[Entry, ...]
    digests: dict[str, str] = field(default_factory=dict)
    """Per note, the hash of its file when the plan was made."""

    def counts(self) -> dict[str, int]:
        """Return how many entries there are of each status."""
        return {status: sum(entry.status == status for entry in self.entries) for status in STATUSES}


def digest(path: Path) -> str:
    """Return the hash of a note's file."""
    return sha256(path.read_bytes()).hexdigest()[:12]


def write_plan(plan: Plan, titles: dict[str, str]) -> str:
    """Return a plan as Markdown: the entries of a note under its title, what needs a decision first."""
    lines = [TITLE, "", *(f"{key}: {getattr(plan, key)}" for key in HEADER), ""]
    lines += [
        "Entries with [x] are written into the notes by `kb import --apply`; change the mark, the target or the text.",
        "",
    ]
    by_note: dict[str, list[Entry]] = {}
    for entry in plan.entries:
        by_note.setdefault(entry.target.partition("#")[0], []).append(entry)
    order = {"conflict": 0, "new": 1, "near": 2, "known": 3, "label": 4, "unplaced": 5}
    for note in sorted(by_note, key=lambda id: (id == "", id)):
        mark = f" {plan.digests[note]}" if note in plan.digests else ""
        lines += [f"## {titles.get(note, 'Unplaced')} ({note}{mark})", ""]
        for entry in sorted(by_note[note], key=lambda one: order[one.status]):
            lines += _entry_lines(entry)
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _entry_lines(entry: Entry) -> list[str]:
    lines = [f"- [{'x' if entry.accepted else ' '}] {entry.status} -> {entry.target}".rstrip()]
    parts = (("text", entry.text), ("from", entry.origin), ("matches", entry.matches))
    return lines + [f"  {key}: {' '.join(value.split())}" for key, value in parts if value]


def read_plan(path: Path) -> Plan:
    """Read a plan back.

    Raises:
        InputError: it is not a plan, or a line of it is not what it should be; with the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"cannot be read: {error}") from None
    if not lines or lines[0].strip() != TITLE:
        raise InputError(f"{path}:1", f"expected a plan, its first line is {TITLE!r}")
    reading = _Reading(path)
    for number, line in enumerate(lines[1:], start=2):
        reading.line(line, f"{path}:{number}")
    if missing := [key for key in HEADER if not reading.header.get(key)]:
        raise InputError(f"{path}:3", f"the plan lacks {', '.join(missing)}")
    return Plan(entries=_whole(reading.entries, path), digests=reading.digests, **reading.header)


class _Reading:
    """What the lines of a plan said so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header: dict[str, str] = {}
        self.digests: dict[str, str] = {}
        self.entries: list[Entry] = []

    def line(self, line: str, where: str) -> None:
        if match := _ENTRY.fullmatch(line):
            self.entries.append(_entry(match, where))
        elif match := _LINE.fullmatch(line):
            self._complete(match, where)
        elif match := _NOTE.fullmatch(line):
            self.digests |= {match["note"]: match["digest"]} if match["digest"] else {}
        elif not self.entries and line.partition(": ")[0] in HEADER:
            key, _, value = line.partition(": ")
            self.header[key] = value.strip()
        elif line.strip() and (self.entries or self.digests):
            raise InputError(where, "expected an entry (- [x] new -> note#section), its text, from or matches")

    def _complete(self, match: re.Match[str], where: str) -> None:
        if not self.entries:
            raise InputError(where, "a line of an entry before the first entry")
        entry, value = self.entries[-1], match["value"].strip()
        name = {"text": "text", "from": "origin", "matches": "matches"}[match["key"]]
        if getattr(entry, name):
            raise InputError(where, f"the entry has {match['key']!r} twice")
        whole = {"text": entry.text, "origin": entry.origin, "matches": entry.matches} | {name: value}
        self.entries[-1] = Entry(entry.accepted, entry.status, entry.target, **whole)


def _entry(match: re.Match[str], where: str) -> Entry:
    status = match["status"]
    if status not in STATUSES:
        raise InputError(where, f"expected one of {', '.join(STATUSES)}, found {status!r}")
    return Entry(match["mark"] != " ", status, match["target"], "", "")


def _whole(entries: Iterable[Entry], path: Path) -> tuple[Entry, ...]:
    found = tuple(entries)
    for entry in found:
        if not entry.text:
            raise InputError(str(path), f"an entry has no text: {entry.status} -> {entry.target}")
        if entry.accepted and not entry.target:
            raise InputError(str(path), f"accepted without a target: {entry.text[:60]!r}")
    return found
