"""A note as plain Markdown, for readers that know nothing of kb: no front matter, facts as a list, links of one's choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from kb.facts.comparison import fact_date
from kb.index.unit import fact_text, unlinked
from kb.links.link import Mentions, Target, link_text
from kb.notes.fact import Fact
from kb.notes.note import SECTIONS, Note, Section, Statement
from kb.notes.source import Source, spoken_date
from kb.notes.write import write_body

Rewrite = Callable[[Section], Section]
"""What becomes of the links of a section."""
STATES = {"renamed": "Renamed", "closed-to-new-customers": "Closed to new customers", "retired": "Retired"}


def note_markdown(note: Note, sources: Mapping[str, Source], rewrite: Rewrite, *, cited: bool = True) -> str:
    """Return a note as Markdown: title, summary, status, sections, facts under Limits, names; sources as footnotes."""
    lead, *rest = note.sections or (Section("", 1, ""),)
    head = [f"# {note.title}", ""]
    head += [note.summary, ""] if note.summary else []
    head += [f"**{_status(note)}**", ""] if note.status.state != "current" else []
    sections = [lead, *_with_facts(rest, note, sources), *_names(note)]
    sections = [rewrite(section) for section in sections]
    if not cited:
        sections = [_uncited(section) for section in sections]
    return "\n".join([*head, write_body(sections, sources)])


def without_links(section: Section) -> Section:
    """Return a section with its links as their words."""
    return _mapped(section, unlinked)


def with_links(mentions: Mentions, target: Target, note: str) -> Rewrite:
    """Return what turns written links, and the first mention of another note in a section, into Markdown links."""

    def rewrite(section: Section) -> Section:
        seen = {note}
        return _mapped(section, lambda text: link_text(text, seen, mentions, target))

    return rewrite


def _mapped(section: Section, change: Callable[[str], str]) -> Section:
    statements = (s if s.block in ("code", "html") else replace(s, text=change(s.text)) for s in section.statements)
    return replace(section, statements=tuple(statements))


def _uncited(section: Section) -> Section:
    return replace(section, statements=tuple(replace(s, citations=()) for s in section.statements))


def _status(note: Note) -> str:
    status = note.status
    instead = f" Use {status.instead} instead." if status.instead else ""
    detail = f" {status.detail}" if status.detail else ""
    return f"{STATES[status.state]} since {spoken_date(status.since)}.{instead}{detail}"


def _with_facts(sections: list[Section], note: Note, sources: Mapping[str, Source]) -> list[Section]:
    """Return sections with the facts where the page has them: under Limits, in the fixed order."""
    if not note.facts:
        return sections
    after = SECTIONS[SECTIONS.index("Limits") + 1 :]
    top = [at for at, section in enumerate(sections) if section.level == 2 and section.title in after]
    place = top[0] if top else len(sections)
    statements = tuple(_fact(fact, sources) for fact in note.facts)
    return [*sections[:place], Section("Limits", 2, "limits", statements), *sections[place:]]


def _fact(fact: Fact, sources: Mapping[str, Source]) -> Statement:
    check = fact.checked
    date = f"checked against {check.against}, {check.date}" if check else f"as of {fact_date(fact, sources)}"
    earlier = {id for before in fact.history for id in before.sources}
    return Statement(f"{fact_text(fact)} ({date})", tuple(sorted({*fact.sources, *earlier})))


def _names(note: Note) -> list[Section]:
    names = note.names.every()
    lines = [f"Also called: {', '.join(names)}"] if names else []
    lines += [f"{kind}: {', '.join(f'`{text}`' for text in found)}" for kind, found in note.identifiers]
    return [Section("Names", 2, "names", tuple(Statement(line) for line in lines))] if lines else []
