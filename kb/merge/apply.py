"""Apply: write the accepted entries of a plan into the notes, through the normaliser; all of a note or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kb.errors import InputError
from kb.merge.plan import Entry, Plan, digest
from kb.notes.fact import Fact, slug
from kb.notes.folder import Folder
from kb.notes.note import SECTIONS, Note, Section, Statement
from kb.notes.rules import normalise
from kb.notes.source import Source
from kb.notes.write import save_note, write_source


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a plan did."""

    notes: int
    statements: int
    """Written now; those that stood there already are not counted."""


def apply_plan(plan: Plan, folder: Folder, where: str) -> Applied:
    """Write the accepted entries; a second time changes nothing.

    Raises:
        InputError: an entry names no note or section, or a note changed since the plan was made; nothing is written then.
    """
    accepted: dict[str, list[Entry]] = {}
    for entry in plan.entries:
        if entry.accepted:
            accepted.setdefault(entry.target.partition("#")[0], []).append(entry)
    changed = {}
    count = 0
    for id, entries in accepted.items():
        note = folder.notes.get(id)
        if note is None:
            raise InputError(where, f"the target {entries[0].target!r} is no note")
        merged = note
        for entry in entries:
            merged = _merged(merged, entry, plan.source, where)
        if merged != note:
            if digest(folder.root / note.path) != plan.digests.get(id, ""):
                raise InputError(where, f"{note.path} changed since the plan was made; import again")
            changed[id] = (merged, len(entries))
    sources = folder.sources
    if changed and plan.source not in sources:
        source = Source(plan.source, plan.title, plan.author, plan.date, "stated", plan.licence, "notes", "")
        sources = {**sources, plan.source: source}
        write_source(folder.root / "sources" / f"{plan.source}.md", source)
    for merged, entries_count in changed.values():
        save_note(folder.root / merged.path, normalise(merged), sources)
        count += entries_count
    return Applied(len(changed), count)


def _merged(note: Note, entry: Entry, source: str, where: str) -> Note:
    anchor = entry.target.partition("#")[2]
    fact = next((fact for fact in note.facts if fact.anchor == anchor), None)
    if fact is not None:
        return replace(note, facts=tuple(_cited(f, source) if f is fact else f for f in note.facts))
    if entry.status == "known" and (cited := _statement_cited(note, anchor, entry, source)):
        return cited
    section = note.section(anchor) or _new_section(anchor, entry, where)
    if any(_bare(entry.text) == _bare(statement.text) for statement in section.statements):
        return note
    added = Statement(entry.text, (source,))
    grown = replace(section, statements=(*section.statements, added))
    if note.section(anchor):
        return replace(note, sections=tuple(grown if s.anchor == anchor else s for s in note.sections))
    return replace(note, sections=(*note.sections, grown))


def _bare(text: str) -> str:
    """Return what the normaliser leaves of a statement, its end apart: it may add a full stop."""
    return " ".join(text.split()).rstrip(". ").casefold()


def _cited(fact: Fact, source: str) -> Fact:
    return fact if source in fact.sources else replace(fact, sources=tuple(sorted({*fact.sources, source})))


def _statement_cited(note: Note, anchor: str, entry: Entry, source: str) -> Note | None:
    """Return the note with the source cited at the statement that says the same."""
    known = entry.matches.partition("): ")[2]
    sections = []
    found = False
    for section in note.sections:
        statements = []
        for statement in section.statements:
            hit = section.anchor == anchor and " ".join(statement.text.split()) == known
            found = found or hit
            cites = tuple(sorted({*statement.citations, source})) if hit else statement.citations
            statements.append(replace(statement, citations=cites))
        sections.append(replace(section, statements=tuple(statements)))
    return replace(note, sections=tuple(sections)) if found else None


def _new_section(anchor: str, entry: Entry, where: str) -> Section:
    title = next((title for title in SECTIONS if slug(title) == anchor), "")
    if not title:
        raise InputError(where, f"the target {entry.target!r} is no section of its note")
    return Section(title, 2, anchor)
