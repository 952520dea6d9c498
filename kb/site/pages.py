"""Pages of notes as Markdown: pure functions of what the knowledge base holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape

from kb.facts.comparison import Comparison, fact_date
from kb.links.link import Link, Mentions, backlinks, links_of
from kb.links.table import NameTable
from kb.notes.fact import KINDS, Fact
from kb.notes.note import SECTIONS, Note, Section, category_title
from kb.notes.source import Source, spoken_date
from kb.site.calculators import calculators
from kb.site.text import Linker, address, cell, fenced, inline, page_of, raw, safe

KEY_FACTS = 6
RELATED = 6
_LONG = " kb-long"


@dataclass(frozen=True)
class Library:
    """Everything pages are made from, with the links worked out once."""

    notes: Mapping[str, Note]
    sources: Mapping[str, Source]
    comparisons: Mapping[str, Comparison]

    @cached_property
    def mentions(self) -> Mentions:
        """Names to link."""
        return Mentions(NameTable(self.notes.values()))

    @cached_property
    def links(self) -> list[Link]:
        """Every link between notes."""
        return [
            link for note in self.notes.values() for link in links_of(note, self.mentions) if link.target in self.notes
        ]

    @cached_property
    def backlinks(self) -> dict[str, list[str]]:
        """The notes that speak of each note."""
        return backlinks(self.links)

    @cached_property
    def near(self) -> dict[str, list[str]]:
        """The notes nearest to each: those that link with it both ways and often, or stand in a comparison with it."""
        weights: dict[str, dict[str, int]] = {id: {} for id in self.notes}

        def add(a: str, b: str, weight: int) -> None:
            if a != b and a in weights and b in weights:
                weights[a][b] = weights[a].get(b, 0) + weight

        for link in self.links:
            add(link.source, link.target, 2)
            add(link.target, link.source, 1)
        for comparison in self.comparisons.values():
            ids = {column.note for column in comparison.columns}
            for a in ids:
                for b in ids:
                    add(a, b, 4)
        return {id: sorted(found, key=lambda other: (-found[other], other))[:RELATED] for id, found in weights.items()}


def note_page(note: Note, library: Library) -> str:
    """Return the page of a note: what it is, key facts, sections, limits, what links here, sources."""
    linker = Linker(page_of(note), library.notes, library.sources, library.mentions, note.id)
    lines = [f"# {safe(note.title)}", "", f'<p class="kb-summary">{raw(note.summary)}</p>', "", *_status(note, linker)]
    lead, *rest = note.sections or (Section("", 1, ""),)
    lines += _key_facts(note, library) + _section(lead, linker, note)
    limits = _limits(note, library, linker)
    for section in rest:
        if limits and section.level == 2 and _after_limits(section.title):
            lines += limits
            limits = []
        lines += _section(section, linker, note)
    lines += limits + calculators(note.id) + _names(note) + _see_also(note, library)
    if linker.numbers:
        lines += ["## Sources", "", *linker.source_list(), ""]
    return "\n".join(lines)


def _after_limits(title: str) -> bool:
    return title not in SECTIONS or SECTIONS.index(title) > SECTIONS.index("Limits")


def _status(note: Note, linker: Linker) -> list[str]:
    """Return the banner of a service that is renamed, closed to new customers or retired."""
    status = note.status
    if status.state == "current":
        return []
    date = spoken_date(status.since)
    title = {
        "renamed": f"Renamed {'on' if date[:1].isdigit() and ' ' in date else 'in'} {date}" if date else "Renamed",
        "closed-to-new-customers": "Closed to new customers" + (f" since {date}" if date else ""),
        "retired": "Retired" + (f" since {date}" if date else ""),
    }[status.state]
    return [f'!!! warning "{title}"', "", f"    {_instead(note, linker) or 'See below.'}", ""]


def _instead(note: Note, linker: Linker) -> str:
    """Return what to use now, or what it is called now and was before."""
    status, texts = note.status, []
    known = status.instead in linker.notes
    other = linker.target(status.instead, "", "") if known else cell(status.instead)
    if status.instead and status.state != "renamed":
        texts.append(f"Use {other} instead.")
    elif status.instead and status.instead not in (note.title, note.names.official):
        texts.append(f"It is now called **{other}**.")
    if status.state == "renamed" and note.names.former and not status.detail:
        texts.append(f"Formerly {cell(note.names.former[0])}.")
    return " ".join([*texts, *([cell(status.detail)] if status.detail else [])])


def _section(section: Section, linker: Linker, note: Note) -> list[str]:
    lines = [f"{'#' * section.level} {safe(section.title)}", ""] if section.level > 1 else []
    seen = {note.id}
    previous = ""
    for statement in section.statements:
        indent = "    " * statement.depth
        if previous and (statement.block not in ("bullet", "number") or previous not in ("bullet", "number")):
            lines.append("")
        if statement.block == "code":
            lines += fenced(statement.text, statement.info, indent)
        elif statement.block == "table":
            lines += safe(statement.text).split("\n")
        elif statement.block == "html":
            lines += fenced(statement.text, "html")
        else:
            marker = {"bullet": "- ", "number": "1. "}.get(statement.block, "")
            lines.append(indent + marker + linker.statement(statement, seen))
        previous = statement.block
    return [*lines, ""]


def _key_facts(note: Note, library: Library) -> list[str]:
    """Return the facts that come first, each with its date, as boxes that lead to their rows."""
    if not note.facts:
        return []
    items = [
        f'<div class="kb-fact"><dt><a href="#{escape(fact.anchor)}">{raw(fact.name)}</a></dt>'
        f'<dd><span class="kb-fact-value{_LONG if len(fact.value) > 24 else ""}">{raw(fact.value)}</span>'
        f"{_dated(fact, library)}</dd></div>"
        for fact in note.facts[:KEY_FACTS]
    ]
    rest = len(note.facts) - len(items)
    more = f'<p class="kb-more"><a href="#limits">All {len(note.facts)} facts</a></p>' if rest > 0 else ""
    return ['<section class="kb-key-facts" aria-label="Key facts"><dl>', *items, f"</dl>{more}</section>", ""]


def _dated(fact: Fact, library: Library) -> str:
    if fact.checked:
        return f'<span class="kb-dated kb-checked">checked {raw(fact.checked.date)}</span>'
    date = fact_date(fact, library.sources)
    return f'<span class="kb-dated">{f"as of {raw(date)}, " if date else ""}not checked</span>'


def _limits(note: Note, library: Library, linker: Linker) -> list[str]:
    """Return every fact as a row: name, value with detail and history, kind, and what confirmed it when."""
    if not note.facts:
        return []
    head = "".join(f'<th scope="col">{title}</th>' for title in ("Fact", "Value", "Kind", "Date"))
    rows = [
        f'<tr id="{escape(fact.anchor)}"><th scope="row">{inline(fact.name)}</th><td>{_value(fact, linker)}</td>'
        f'<td class="kb-kind">{KINDS[fact.kind]}</td><td>{_check(fact, library)}</td></tr>'
        for fact in note.facts
    ]
    table = ['<table class="kb-facts">', f"<thead><tr>{head}</tr></thead><tbody>", *rows, "</tbody></table>"]
    return ["## Limits", "", *table, ""]


def _value(fact: Fact, linker: Linker) -> str:
    lines = [f'<strong class="kb-value">{inline(fact.value)}</strong>{linker.citations(fact.sources)}']
    if fact.detail:
        lines.append(f'<span class="kb-detail">{inline(fact.detail)}</span>')
    lines += [
        f'<span class="kb-earlier">earlier: {inline(earlier.value)} ({spoken_date(earlier.as_of)})'
        f"{linker.citations(earlier.sources)}</span>"
        for earlier in fact.history
    ]
    return "".join(lines)


def _check(fact: Fact, library: Library) -> str:
    """Return the date of a fact; for a checked one, what it was checked against opens below it."""
    if not fact.checked:
        return _dated(fact, library)
    check = fact.checked
    place = f'<a href="{escape(check.at)}">{raw(check.against)}</a>' if _web(check.at) else raw(check.against)
    where = "" if _web(check.at) else f", <code>{escape(check.at)}</code>"
    bounds = ", ".join(f"{word} {bound}" for word, bound in (("min", check.min), ("max", check.max)) if bound)
    stands = f": <q>{escape(check.quote)}</q>" if check.quote else f": {escape(bounds)}" if bounds else ""
    return (
        f'<details class="kb-check"><summary>{_dated(fact, library)}</summary>against {place}{where}{stands}</details>'
    )


def _web(place: str) -> bool:
    return place.startswith("https://") and not set(place) & set('"<>| ')


def _names(note: Note) -> list[str]:
    rows = [
        ("Also called", [*note.names.every()]),
        *((kind, [f"`{id}`" for id in found]) for kind, found in note.identifiers),
    ]
    former = f" (formerly {', '.join(cell(n) for n in note.names.former)})" if note.names.former else ""
    lines = [
        f"- {_KIND_TITLES.get(kind, kind)}: {', '.join(cell(v) for v in values)}{former if kind == 'Also called' else ''}"
        for kind, values in rows
        if values
    ]
    return ["## Names", "", *lines, ""] if lines else []


_KIND_TITLES = {
    "boto3": "boto3 client",
    "cloudformation": "CloudFormation",
    "terraform": "Terraform",
    "iam": "IAM prefix",
    "cli": "AWS CLI",
}


def _see_also(note: Note, library: Library) -> list[str]:
    here = page_of(note)

    def link(id: str) -> str:
        return f"[{cell(library.notes[id].title)}]({address(here, page_of(library.notes[id]))})"

    lines = []
    tables = [c for c in library.comparisons.values() if any(column.note == note.id for column in c.columns)]
    if tables:
        lines.append(
            "- Compared in: " + ", ".join(f"[{cell(c.title)}]({address(here, f'compare/{c.id}')})" for c in tables)
        )
    if near := library.near.get(note.id):
        lines.append("- Related: " + ", ".join(link(id) for id in near))
    if back := [id for id in library.backlinks.get(note.id, []) if id in library.notes]:
        lines.append("- Linked from: " + ", ".join(link(id) for id in back))
    if note.kind == "service":
        lines.append(f"- Category: [{category_title(note.category)}]({address(here, f'categories/{note.category}')})")
    return ["## See also", "", *lines, ""] if lines else []
