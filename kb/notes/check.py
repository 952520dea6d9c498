"""Find what is wrong with one note by itself: sections, citations, facts, phrases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from kb.errors import BodyError, DuplicateError, FieldError, LinkError, NoteError
from kb.notes.note import CATEGORIES, RENDERED_SECTIONS, SECTIONS, Note, Section


def check_note(note: Note, sources: Collection[str]) -> list[NoteError]:
    """Return every problem of a note that can be told without the other notes."""
    return sorted(
        [*_category(note), *_sections(note), *_statements(note, sources), *_facts(note, sources), *_asked(note)],
        key=lambda problem: problem.line,
    )


def _category(note: Note) -> Iterator[NoteError]:
    """A base may have categories of its own; what nearly is one of ours is mistyped."""
    if note.category not in CATEGORIES and (near := get_close_matches(note.category, CATEGORIES, n=1, cutoff=0.8)):
        yield FieldError(
            note.path, note.line_of("category"), "category", f"{near[0]!r}, or a category of your own", note.category
        )


def _sections(note: Note) -> Iterator[NoteError]:
    if not note.lead:
        yield BodyError(note.path, 1, "lead", "two or three sentences before the first heading")
    last = -1
    for section in note.sections:
        if section.level == 2:
            if section.title in RENDERED_SECTIONS:
                yield BodyError(
                    note.path, section.line, "section", "no typed section of this name, it is rendered", section.title
                )
            elif section.title not in SECTIONS:
                allowed = ", ".join(title for title in SECTIONS if title not in RENDERED_SECTIONS)
                yield BodyError(note.path, section.line, "section", f"one of {allowed}", section.title)
            elif SECTIONS.index(section.title) < last:
                yield BodyError(note.path, section.line, "section", f"the order {', '.join(SECTIONS)}", section.title)
            else:
                last = SECTIONS.index(section.title)
    for anchor, count in Counter(s.anchor for s in note.sections).items():
        if count > 1:
            second = [s for s in note.sections if s.anchor == anchor][1]
            yield DuplicateError(
                note.path, second.line, "heading", "headings that are unique in the note", second.title
            )


def _statements(note: Note, sources: Collection[str]) -> Iterator[NoteError]:
    first: dict[str, int] = {}
    for section in note.sections:
        covered = False
        for statement in section.statements:
            if statement.block in ("code", "table"):
                if not covered:
                    yield BodyError(
                        note.path, statement.line, "statement", f"a cited statement before the {statement.block}"
                    )
                continue
            covered = bool(statement.citations)
            if not covered and not statement.text.endswith(":"):
                yield BodyError(note.path, statement.line, "citation", "at least one source", statement.text)
            for id in statement.citations:
                if id not in sources:
                    yield LinkError(note.path, statement.line, "citation", "the id of a page in docs/sources", id)
            key = " ".join(statement.text.casefold().rstrip(".").split())
            if key in first and len(key) > 20:
                yield DuplicateError(
                    note.path,
                    statement.line,
                    "statement",
                    f"each statement once (also on line {first[key]})",
                    statement.text,
                )
            first.setdefault(key, statement.line)


def _facts(note: Note, sources: Collection[str]) -> Iterator[NoteError]:
    seen: set[tuple[str, str]] = set()
    for position, fact in enumerate(note.facts):
        where = f"facts[{position}]"
        if (fact.id, fact.scope) in seen:
            yield DuplicateError(
                note.path, note.line_of(f"{where}.id"), f"{where}.id", "each fact once per scope", fact.name
            )
        seen.add((fact.id, fact.scope))
        for id in {*fact.sources, *(id for earlier in fact.history for id in earlier.sources)}:
            if id not in sources:
                yield LinkError(
                    note.path,
                    note.line_of(f"{where}.sources"),
                    f"{where}.sources",
                    "the id of a page in docs/sources",
                    id,
                )


def _asked(note: Note) -> Iterator[NoteError]:
    known = {
        "lead",
        *(f.id for f in note.facts),
        *(f.anchor.removeprefix("fact-") for f in note.facts),
        *_anchors(note.sections),
    }
    for key, phrases in note.asked:
        if key not in known:
            yield FieldError(
                note.path, note.line_of(f"asked.{key}"), "asked", "a fact id or the anchor of a section", key
            )
        for phrase in phrases:
            if len(phrase) > 120:
                yield FieldError(
                    note.path, note.line_of(f"asked.{key}"), "asked", "phrases of at most 120 characters", phrase
                )


def _anchors(sections: tuple[Section, ...]) -> set[str]:
    return {section.anchor for section in sections if section.anchor}
