"""Dates of what is published: taken from the notes, never from the clock, so that the same notes give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from kb.facts.comparison import fact_date
from kb.notes.folder import Folder
from kb.notes.note import Note
from kb.notes.source import Source

NEVER = "2000-01-01"
"""Of notes without any date."""


def newest_date(folder: Folder) -> str:
    """Return the newest date that the notes know: of a check, or of a source."""
    checks = [fact_date(fact, folder.sources) for note in folder.notes.values() for fact in note.facts]
    return newest([*checks, *(source.date for source in folder.sources.values())])


def newest(dates: Iterable[str]) -> str:
    """Return the last of ISO dates; months and years count as their first day."""
    return max((date for date in dates if date), key=whole, default=NEVER)


def whole(date: str) -> str:
    """Return a date with month and day: "2019-12" -> "2019-12-01"."""
    return date + "-01-01"[len(date) - 4 :] if len(date) >= 4 else NEVER


def seconds(date: str) -> int:
    """Return a date as seconds since 1970."""
    return int(datetime.fromisoformat(whole(date)).replace(tzinfo=UTC).timestamp())


def note_date(note: Note, sources: Mapping[str, Source]) -> str:
    """Return the newest date that a note knows: of a check, or of a source it cites; empty when it has none."""
    cited = {id for section in note.sections for statement in section.statements for id in statement.citations}
    dates = [fact_date(fact, sources) for fact in note.facts] + [sources[id].date for id in cited if id in sources]
    return newest(dates) if any(dates) else ""
