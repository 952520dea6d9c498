"""Comparisons: services by properties, every cell a fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.errors import LinkError, NoteError, UnreadableNote
from kb.notes import frontmatter
from kb.notes.fact import Fact
from kb.notes.frontmatter import Fields
from kb.notes.note import Note
from kb.notes.read import read_text
from kb.notes.source import Source


@dataclass(frozen=True, slots=True)
class Column:
    """What is compared: a note, or the facts of a note for one scope."""

    note: str
    scope: str
    title: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A page of docs/compare: what to put side by side."""

    id: str
    title: str
    summary: str
    columns: tuple[Column, ...]
    rows: tuple[str, ...]
    """Fact ids; empty for every fact that two columns share."""
    decision: str
    """Markdown: which to take when."""
    path: str


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of one property of one column."""

    note: str
    anchor: str
    value: str
    detail: str
    as_of: str
    checked: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One property across the columns; None where no note records it."""

    id: str
    """Fact id."""
    label: str
    cells: tuple[Cell | None, ...]

    @property
    def differs(self) -> bool:
        """Whether two columns disagree."""
        return len({cell.value if cell else "" for cell in self.cells}) > 1


@dataclass(frozen=True, slots=True)
class Table:
    """A comparison with its values filled in."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def read_comparisons(root: Path, notes: Mapping[str, Note]) -> tuple[dict[str, Comparison], list[NoteError]]:
    """Return the comparison pages below a docs folder and their problems."""
    found: dict[str, Comparison] = {}
    problems: list[NoteError] = []
    for file in sorted((root / "compare").glob("*.md")):
        path = f"compare/{file.name}"
        if file.name == "index.md":
            continue
        try:
            comparison, more = _read(read_text(file, path), path)
        except UnreadableNote as error:
            problems.append(error)
            continue
        problems += [*more, *_check(comparison, notes)]
        found[comparison.id] = comparison
    return found, problems


def _read(text: str, path: str) -> tuple[Comparison, list[NoteError]]:
    yaml_text, body, _ = frontmatter.split(text)
    if yaml_text is None:
        raise UnreadableNote(path, 1, "front matter", "--- on the first line, fields, and a closing ---")
    data, lines = frontmatter.load(yaml_text, path)
    fields = Fields(path, data, lines, [])
    fields.only("id", "title", "summary", "columns", "rows")
    columns = tuple(
        Column(c.id("note", required=True), c.text("scope"), c.text("title")) for c in fields.each("columns")
    )
    if len(columns) < 2:
        fields.problem("columns", "at least two columns")
    comparison = Comparison(
        fields.id("id", required=True) or Path(path).stem,
        fields.text("title", required=True),
        fields.text("summary", required=True),
        columns,
        fields.texts("rows"),
        body.strip(),
        path,
    )
    return comparison, fields.problems


def _check(comparison: Comparison, notes: Mapping[str, Note]) -> Iterable[NoteError]:
    for column in comparison.columns:
        if column.note not in notes:
            yield LinkError(comparison.path, 1, "columns", "the id of a note", column.note)
        elif column.scope and all(fact.scope != column.scope for fact in notes[column.note].facts):
            yield LinkError(comparison.path, 1, "columns", f"a scope of a fact of {column.note}", column.scope)
    for row in comparison.rows:
        if not any(
            fact.id == row for column in comparison.columns if column.note in notes for fact in notes[column.note].facts
        ):
            yield LinkError(comparison.path, 1, "rows", "the id of a fact of one of the columns", row)


def fill(comparison: Comparison, notes: Mapping[str, Note], sources: Mapping[str, Source]) -> Table:
    """Return a comparison with its values; rows in the order of the page."""
    columns = tuple(
        Column(c.note, c.scope, c.title or c.scope or notes[c.note].title)
        for c in comparison.columns
        if c.note in notes
    )
    wanted = comparison.rows or shared_properties(columns, notes)
    rows = [_row(property, columns, notes, sources) for property in wanted]
    return Table(comparison.id, comparison.title, columns, tuple(row for row in rows if any(row.cells)))


def compare(
    ids: Iterable[str], notes: Mapping[str, Note], sources: Mapping[str, Source], properties: Iterable[str] = ()
) -> Table:
    """Return the table of any notes; all properties that two of them share unless some are named."""
    columns = tuple(Column(id, "", notes[id].title) for id in ids)
    wanted = tuple(properties) or shared_properties(columns, notes)
    rows = [_row(property, columns, notes, sources) for property in wanted]
    return Table("", " / ".join(c.title for c in columns), columns, tuple(row for row in rows if any(row.cells)))


def shared_properties(columns: Iterable[Column], notes: Mapping[str, Note]) -> tuple[str, ...]:
    """Return the properties that at least two columns record, those of most columns first."""
    counts: dict[str, int] = {}
    for column in columns:
        for id in dict.fromkeys(
            fact.id for fact in notes[column.note].facts if not column.scope or fact.scope == column.scope
        ):
            counts[id] = counts.get(id, 0) + 1
    return tuple(sorted((id for id, count in counts.items() if count > 1), key=lambda id: -counts[id]))


def _row(property: str, columns: tuple[Column, ...], notes: Mapping[str, Note], sources: Mapping[str, Source]) -> Row:
    cells = tuple(_cell(property, column, notes[column.note], sources) for column in columns)
    label = next(
        (fact.label for column in columns for fact in notes[column.note].facts if fact.id == property), property
    )
    return Row(property, label, cells)


def _cell(property: str, column: Column, note: Note, sources: Mapping[str, Source]) -> Cell | None:
    facts = [fact for fact in note.facts if fact.id == property]
    if column.scope:
        facts = [fact for fact in facts if fact.scope == column.scope] or [fact for fact in facts if not fact.scope]
    if not facts:
        return None
    value = "; ".join(
        f"{fact.value} ({fact.scope})" if fact.scope and fact.scope != column.scope else fact.value for fact in facts
    )
    ids = tuple(sorted({id for fact in facts for id in fact.sources}))
    checks = [fact.checked for fact in facts if fact.checked]
    date = min(fact_date(fact, sources) for fact in facts)  # the cell is no newer than its oldest part
    detail = facts[0].detail if len(facts) == 1 else ""
    return Cell(
        note.id, facts[0].anchor, value, detail, date, checks[0].against if len(checks) == len(facts) else "", ids
    )


def fact_date(fact: Fact, sources: Mapping[str, Source]) -> str:
    """Return the date of a fact: of its check, otherwise of its newest source."""
    if fact.checked:
        return fact.checked.date
    return max((sources[id].date for id in fact.sources if id in sources), default="")
