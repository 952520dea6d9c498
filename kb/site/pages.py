"""Pages of notes as Markdown: pure functions of what the knowledge base holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kb.facts.comparison import Comparison, fact_date
from kb.links.link import Link, Mentions, backlinks, links_of
from kb.links.table import NameTable
from kb.notes.fact import KINDS, Fact
from kb.notes.note import CATEGORIES, SECTIONS, Note, Section
from kb.notes.source import Source, spoken_date
from kb.site.calculators import calculators
from kb.site.text import Linker, address, cell, page_of, raw, safe

KEY_FACTS = 5
RELATED = 6


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
    lines += _section(lead, linker, note)
    lines += _key_facts(note, library)
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
    status = note.status
    if status.state == "current":
        return []
    words = {"renamed": "Renamed", "closed-to-new-customers": "Closed to new customers", "retired": "Retired"}[
        status.state
    ]
    instead = (
        f" Use {linker.target(status.instead, '', '') if status.instead in linker.notes else cell(status.instead)} instead."
        if status.instead
        else ""
    )
    detail = f" {cell(status.detail)}" if status.detail else ""
    return [
        f'!!! warning "{words} since {spoken_date(status.since)}"',
        "",
        f"   {instead}{detail or ' See below.' if not instead else detail}",
        "",
    ]


def _section(section: Section, linker: Linker, note: Note) -> list[str]:
    lines = [f"{'#' * section.level} {safe(section.title)}", ""] if section.level > 1 else []
    seen = {note.id}
    previous = ""
    for statement in section.statements:
        indent = "    " * statement.depth
        if previous and (statement.block not in ("bullet", "number") or previous not in ("bullet", "number")):
            lines.append("")
        if statement.block == "code":
            lines += [
                f"{indent}```{statement.info if statement.info.isalnum() else ''}",
                *(indent + line for line in statement.text.split("\n")),
                f"{indent}```",
            ]
        elif statement.block == "table":
            lines += safe(statement.text).split("\n")
        elif statement.block == "html":
            lines += ["```html", statement.text, "```"]
        else:
            marker = {"bullet": "- ", "number": "1. "}.get(statement.block, "")
            lines.append(indent + marker + linker.statement(statement, seen))
        previous = statement.block
    return [*lines, ""]


def _key_facts(note: Note, library: Library) -> list[str]:
    if not note.facts:
        return []
    items = [
        f'<a class="kb-fact" href="#{fact.anchor}"><span class="kb-fact-label">{raw(fact.name)}</span>'
        f'<span class="kb-fact-value">{raw(fact.value)}</span><span class="kb-fact-date">{_dated(fact, library)}</span></a>'
        for fact in note.facts[:KEY_FACTS]
    ]
    return [
        '<div class="kb-key-facts" role="group" aria-label="Key facts">',
        *items,
        "</div>",
        "",
        f"[All {len(note.facts)} facts](#limits)",
        "",
    ]


def _dated(fact: Fact, library: Library) -> str:
    if fact.checked:
        return f"checked {fact.checked.date}"
    return f"as of {fact_date(fact, library.sources)}, not checked"


def _limits(note: Note, library: Library, linker: Linker) -> list[str]:
    if not note.facts:
        return []
    lines = ["## Limits", "", "| Fact | Value | Kind | Date |", "| --- | --- | --- | --- |"]
    for fact in note.facts:
        value = f"**{cell(fact.value)}**" + (f"<br>{cell(fact.detail)}" if fact.detail else "")
        for earlier in fact.history:
            value += f'<br><span class="kb-earlier">earlier: {cell(earlier.value)} ({spoken_date(earlier.as_of)}){linker.citations(earlier.sources)}</span>'
        lines.append(
            f'| <span id="{fact.anchor}"></span>{cell(fact.name)} | {value}{linker.citations(fact.sources)} | {KINDS[fact.kind]} | {_check(fact, library)} |'
        )
    return [*lines, ""]


def _check(fact: Fact, library: Library) -> str:
    if not fact.checked:
        return f"as of {fact_date(fact, library.sources)}, not checked"
    check = fact.checked
    bounds = " ".join(f"{word} {bound}" for word, bound in (("min", check.min), ("max", check.max)) if bound)
    stands = cell(f"{check.at}: {check.quote or bounds}").replace('"', "&quot;")
    text = f'<span title="{stands}">checked against {cell(check.against)}</span>, {check.date}'
    return f'<a href="{check.at}">checked against {cell(check.against)}</a>, {check.date}' if _web(check.at) else text


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
    if note.category in CATEGORIES and note.kind == "service":
        lines.append(f"- Category: [{CATEGORIES[note.category]}]({address(here, f'categories/{note.category}')})")
    return ["## See also", "", *lines, ""] if lines else []
