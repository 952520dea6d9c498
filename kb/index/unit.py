"""Unit: what is indexed and found - a fact, a section, or a note's lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kb.links.names import names_of
from kb.notes.fact import KINDS, Fact
from kb.notes.note import Note, Section
from kb.notes.source import Source

_WIKILINK = re.compile(r"\[\[([^\]|]*)(?:\|([^\]]*))?\]\]")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_CODE = re.compile(r"(`+)(?:(?!\1).)*?\1(?!`)", re.S)
_EMPHASIS = re.compile(r"(?<!\w)(?:\*{1,3}|_{1,3})(?=\S)|(?<=\S)(?:\*{1,3}|_{1,3})(?!\w)")

FACT_PRIOR = 0.06
PRIOR = 0.18
PRIOR_FACTS = 20


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that a search can find."""

    id: str
    """note#anchor, or the note's id for its lead."""
    note: str
    title: str
    """Title of the note."""
    kind: str
    """fact, section or note."""
    heading: str
    text: str
    """What is shown and searched."""
    asked: str
    names: str
    """Everything the note is called."""
    category: str
    sources: tuple[str, ...]
    as_of: str
    """Date of the check, otherwise of the newest source."""
    checked: str
    """What it was checked against, empty when it was not."""
    url: str
    """Address relative to the site."""
    value: str = ""
    """Value of a fact."""
    extra: str = ""
    """Searched, not shown: identifiers of a note, the parent of a section."""
    head: str = ""
    """What is searched as the heading: of a fact its label and the words of its id, its scope left out."""
    prior: float = 1.0
    """Factor on its scores: facts that stand first in a note are what most people look up."""

    @property
    def meaning(self) -> str:
        """What its vector stands for: title, heading, text, and how people ask."""
        heading = "" if self.kind == "note" else f": {self.heading}"
        return f"{self.title}{heading}. {self.text} {self.asked.replace(chr(10), '; ')}".strip()


def units_of(note: Note, sources: dict[str, Source]) -> Iterator[Unit]:
    """Yield the units of a note: the lead, its facts, its sections."""
    cut = _Cut(note, sources)
    yield cut.lead()
    yield from (cut.fact(position, fact) for position, fact in enumerate(note.facts))
    yield from (cut.section(section) for section in note.sections if section.level > 1 and section.statements)


class _Cut:
    """Cuts one note into units."""

    def __init__(self, note: Note, sources: dict[str, Source]) -> None:
        self.note, self.sources = note, sources
        self.asked = {key: "\n".join(phrases) for key, phrases in note.asked}
        self.names = " ".join(dict.fromkeys(name.text for name in names_of(note)))
        self.place = _place(note)
        self.url = f"{note.id}/" if note.kind == "page" else f"{note.path.rsplit('/', 1)[0]}/{note.id}/"

    def lead(self) -> Unit:
        """Return the unit that stands for the note itself."""
        note = self.note
        identifiers = " ".join(identifier for _, found in note.identifiers for identifier in found)
        return self._unit(
            "note",
            "",
            note.title,
            plain(f"{note.summary} {note.lead}".strip()),
            _cited(note.sections[0]) if note.sections else (),
            asked=self.asked.get("lead", ""),
            names=self.names,  # of a page its heading says it
            extra=f"{identifiers} {_status(note)} {self.place}".strip(),
        )

    def fact(self, position: int, fact: Fact) -> Unit:
        """Return the unit of a fact, which stands so far down in its note."""
        keys = dict.fromkeys((fact.anchor.removeprefix("fact-"), fact.id))  # of the scope, and of every scope
        unit = self._unit(
            "fact",
            fact.anchor,
            fact.name,
            plain(fact_text(fact)),
            fact.sources,
            asked="\n".join(self.asked[key] for key in keys if key in self.asked),
            extra=f"{fact.scope} {initials(fact.scope)} {_kind_words(fact)}".strip(),
            value=fact.value,
            head=_head(fact),
            prior=1 + FACT_PRIOR + PRIOR * max(0.0, 1 - position / PRIOR_FACTS) - (PRIOR / 2 if fact.scope else 0),
        )
        return replace(unit, as_of=fact.checked.date, checked=fact.checked.against) if fact.checked else unit

    def section(self, section: Section) -> Unit:
        """Return the unit of a section."""
        return self._unit(
            "section",
            section.anchor,
            section.title,
            "\n".join(s.text if s.block in ("code", "table") else plain(s.text) for s in section.statements),
            _cited(section),
            asked=self.asked.get(section.anchor, ""),
            extra=f"{section.parent} {self.place}".strip(),
        )

    def _unit(
        self,
        kind: str,
        anchor: str,
        heading: str,
        text: str,
        cited: tuple[str, ...],
        *,
        asked: str,
        extra: str,
        names: str | None = None,
        value: str = "",
        head: str = "",
        prior: float = 1.0,
    ) -> Unit:
        note, address = self.note, f"#{anchor}" if anchor else ""
        return Unit(
            id=f"{note.id}{address}",
            note=note.id,
            title=note.title,
            kind=kind,
            heading=plain(heading),
            text=text,
            asked=asked,
            names=names if names is not None else self.names or note.title,
            category=note.category,
            sources=cited,
            as_of=as_of(cited, self.sources),
            checked="",
            url=f"{self.url}{address}",
            value=value,
            extra=extra,
            head=head or plain(heading),
            prior=prior,
        )


def fact_text(fact: Fact) -> str:
    """Return a fact as one line: "Largest message: 1 MiB (hard limit). Earlier: 256 KB (2019-12)."."""
    kind = f" ({KINDS[fact.kind]})" if fact.kind != "property" else ""
    parts = [f"{fact.name}: {fact.value}{kind}."]
    if fact.detail:
        parts.append(fact.detail[:1].upper() + fact.detail[1:].rstrip(".") + ".")
    if fact.history:
        parts.append("Earlier: " + "; ".join(f"{e.value} ({e.as_of})" for e in fact.history) + ".")
    return " ".join(parts)


def _head(fact: Fact) -> str:
    """Return the label of a fact with the words of its id that the label does not use."""
    label = fact.label.lower()
    return " ".join([plain(fact.label), *(word for word in fact.id.split("-") if word not in label)])


def _kind_words(fact: Fact) -> str:
    """Return what people say for the kind of a fact: a quota is asked for as limit too."""
    return "limit" if fact.kind == "quota" else ""


def as_of(ids: Iterable[str], sources: dict[str, Source]) -> str:
    """Return the newest date among sources."""
    return max((sources[id].date for id in ids if id in sources), default="")


def plain(markdown: str) -> str:
    """Return Markdown as running text: links as their words, no emphasis, no code marks."""
    parts = []
    position = 0
    for code in [*_CODE.finditer(markdown), None]:
        text = unlinked(markdown[position : code.start() if code else len(markdown)])
        parts.append(_EMPHASIS.sub("", _LINK.sub(r"\1", text)))
        if code:
            parts.append(code.group().strip("`"))
            position = code.end()
    return "".join(parts)


def unlinked(markdown: str) -> str:
    """Return Markdown with [[links]] as their words."""
    return _WIKILINK.sub(lambda match: match.group(2) or match.group(1), markdown)


def initials(name: str) -> str:
    """Return what people shorten a name of several words to: Global secondary index -> gsi."""
    words = name.split()
    return (
        "".join(word[0] for word in words).lower()
        if len(words) > 1 and all(word[0].isalpha() for word in words)
        else ""
    )


def _cited(section: Section) -> tuple[str, ...]:
    return tuple(sorted({id for statement in section.statements for id in statement.citations}))


def _place(note: Note) -> str:
    """Return the words of a page's path: a guide's folder says what its pages are about."""
    return note.id.replace("/", " ").replace("-", " ").replace("_", " ") if note.kind == "page" else ""


def _status(note: Note) -> str:
    return "" if note.status.state == "current" else f"{note.status.state.replace('-', ' ')} {note.status.instead}"
