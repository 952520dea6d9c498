"""Source: a document people wrote, which statements cite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SourceKind = Literal["notes", "documentation", "api-model", "announcement"]
SOURCE_KINDS: tuple[SourceKind, ...] = ("notes", "documentation", "api-model", "announcement")
DATED = ("stated", "estimated", "consulted")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Source:
    """A document that statements cite."""

    id: str
    title: str
    author: str
    date: str
    """YYYY, YYYY-MM or YYYY-MM-DD."""
    dated: str
    """How the date is known: stated, estimated, or the day a living document was consulted."""
    licence: str
    kind: SourceKind
    path: str
    url: str = ""
    about: str = ""
    """What it covers, Markdown."""

    @property
    def reference(self) -> str:
        """The text of the footnote that cites it: author, title, date."""
        author = f"{self.author}, " if self.author != "not stated" else ""
        about = {"estimated": "about ", "consulted": "consulted "}.get(self.dated, "")
        return f"{author}{self.title}, {about}{spoken_date(self.date)}."


def spoken_date(date: str) -> str:
    """Return a date as a sentence says it: "22 December 2019", "December 2019", "2019"."""
    year, month, day = [*date.split("-"), "", ""][:3]
    name = MONTHS[int(month) - 1] if month.isdigit() and 1 <= int(month) <= 12 else ""
    return " ".join(part for part in (day.lstrip("0"), name, year) if part)
