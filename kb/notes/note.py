"""Note, Section and Statement: what one Markdown file says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kb.notes.fact import Fact

State = Literal["current", "renamed", "closed-to-new-customers", "retired"]
Kind = Literal["service", "topic", "page"]
Block = Literal["bullet", "number", "paragraph", "code", "table", "html"]

STATES: tuple[State, ...] = ("current", "renamed", "closed-to-new-customers", "retired")
CATEGORIES = {
    "compute": "Compute",
    "storage": "Storage",
    "database": "Databases",
    "networking": "Networking and content delivery",
    "application-integration": "Application integration",
    "analytics": "Analytics",
    "developer-tools": "Developer tools",
    "management": "Management and governance",
    "security": "Security, identity and compliance",
    "machine-learning": "Machine learning",
    "media": "Media",
    "migration": "Migration and transfer",
    "iot": "Internet of things",
    "topics": "Topics",
}


def category_title(category: str) -> str:
    """Return what a category is called; one of a base's own goes by its id."""
    return CATEGORIES.get(category) or category.replace("-", " ").capitalize()


SECTIONS = (
    "Basics",
    "Features",
    "Limits",
    "Security",
    "Operations",
    "Cost",
    "Tips",
    "Gotchas",
    "Alternatives",
    "See also",
)
RENDERED_SECTIONS = ("Limits", "See also")
IDENTIFIER_KINDS = ("boto3", "cloudformation", "terraform", "iam", "cli")


@dataclass(frozen=True, slots=True)
class Statement:
    """One bullet, paragraph, code block or table, with the sources it cites."""

    text: str
    """Markdown on one line, citations left out; code and tables keep their lines."""
    citations: tuple[str, ...] = ()
    """Source ids, sorted."""
    block: Block = "bullet"
    """Which construct of Markdown it stands in."""
    depth: int = 0
    """How deep a bullet is nested; 0 for the outermost."""
    info: str = ""
    """Language of a code block."""
    line: int = 0
    """Line of the file, from 1; 0 for a made statement."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its statements; the lead has level 1 and no title."""

    title: str
    level: int
    """1 for the lead, 2 or 3 for headings."""
    anchor: str
    """Address of the section inside its note; empty for the lead."""
    statements: tuple[Statement, ...] = ()
    line: int = 0
    parent: str = ""
    """Title of the H2 section that an H3 section stands in."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a service is called."""

    official: str = ""
    short: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    former: tuple[str, ...] = ()

    def every(self) -> tuple[str, ...]:
        """Return all names, official first."""
        return ((self.official,) if self.official else ()) + self.short + self.also + self.former


@dataclass(frozen=True, slots=True)
class Status:
    """Whether one can still start using a service."""

    state: State = "current"
    since: str = ""
    """Date of the change, ISO."""
    instead: str = ""
    """Id of a note, or a name, to use instead."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One Markdown file: a normalised note of a service or a topic, or any page of a plain folder."""

    id: str
    title: str
    category: str
    summary: str
    kind: Kind
    path: str
    """Path of the file relative to the base, with forward slashes."""
    names: Names = Names()
    identifiers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Pairs of kind (boto3, cloudformation ...) and identifiers, in the order of IDENTIFIER_KINDS."""
    status: Status = Status()
    facts: tuple[Fact, ...] = ()
    asked: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Pairs of fact id or section anchor and the ways people ask for it."""
    sections: tuple[Section, ...] = ()
    """In the order of the file; the lead first."""
    lines: tuple[tuple[str, int], ...] = field(default=(), compare=False, repr=False)
    """Front matter path ("facts[2].value") and its line in the file."""

    @property
    def lead(self) -> str:
        """The opening paragraphs as one text."""
        return " ".join(s.text for s in self.sections[0].statements) if self.sections else ""

    def section(self, anchor: str) -> Section | None:
        """Return the section with this anchor."""
        return next((s for s in self.sections if s.anchor == anchor), None)

    def line_of(self, path: str) -> int:
        """Return the line of a front matter field, or of the nearest field above it."""
        lines = dict(self.lines)
        while path:
            if path in lines:
                return lines[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return 1
