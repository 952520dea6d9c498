"""Diagnose and fix: what is wrong with a note, and which values of a template or program a fact does not allow."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kb.editors.card import sentence
from kb.editors.desk import Desk
from kb.editors.document import Document, Place, Span, split_lines
from kb.errors import BodyError, DuplicateError, FieldError, LinkError, MissingExtra, NoteError, UnreadableNote
from kb.facts.check import check_facts
from kb.facts.contradict import contradictions
from kb.links.key import key
from kb.links.link import anchors, check_links
from kb.links.resolve import nearest
from kb.links.table import NameTable
from kb.notes.check import check_note
from kb.notes.note import Note
from kb.notes.read import Reading, parse_note
from kb.notes.rules import normalise
from kb.notes.write import write_note

if TYPE_CHECKING:
    from kb.lint.finding import Finding as Lint

Severity = Literal["error", "warning", "information"]
MOST = 1000
"""Findings of one text."""
_CODES = {LinkError: "link", FieldError: "field", BodyError: "body", DuplicateError: "duplicate"}
# What an editor calls a language, for a text without a file name.
_SUFFIXES = {
    "yaml": "yaml", "json": "json", "jsonc": "json", "terraform": "tf", "hcl": "tf", "opentofu": "tf", "python": "py",
    "typescript": "ts", "typescriptreact": "tsx", "javascript": "js", "javascriptreact": "jsx", "cloudformation": "template",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edit:
    """A span and the text to put in its place."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to mend a finding."""

    title: str
    edits: tuple[Edit, ...]
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, where, and how to mend it."""

    span: Span
    code: str
    """Kind of the problem, or the rule: lambda#timeout-max."""
    message: str
    severity: Severity
    fixes: tuple[Fix, ...] = ()
    address: str = ""
    """Where the fact is that says so."""


def diagnose(desk: Desk, document: Document) -> tuple[Finding, ...]:
    """Return what is wrong with a text: of a note its format, links, sources and values, of code the values it sets."""
    if "\0" in document.text:
        return ()  # no text that a person edits
    kind = desk.kind(document.path)
    found = _of_note(desk, document) if kind and kind != "page" else _of_code(desk, document)
    return tuple(sorted(found, key=lambda finding: finding.span)[:MOST])


def fixes(findings: Iterable[Finding], span: Span) -> list[tuple[Finding, Fix]]:
    """Return the fixes of the findings that touch a span."""
    touched = [f for f in findings if f.span.start <= span.end and span.start <= f.span.end]
    return [(finding, fix) for finding in touched for fix in finding.fixes]


def formatted(desk: Desk, document: Document) -> str | None:
    """Return a note as `kb fmt` writes it, with the line ends it has; None when it is no note or cannot be read whole."""
    reading = _read(desk, document)
    if reading is None or reading.note is None or reading.problems:
        return None
    text = write_note(normalise(reading.note), desk.sources)
    return text.replace("\n", "\r\n") if document.lines[0].endswith("\r\n") else text


def formatting(desk: Desk, document: Document) -> tuple[Edit, ...] | None:
    """Return the one edit that formats a note, of the lines between the first and the last that change."""
    text = formatted(desk, document)
    if text is None:
        return None
    old, new = document.lines, split_lines(text)
    if old == new:
        return ()
    first = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)) - 1)
    same = 0
    while same < min(len(old), len(new)) - first and old[-1 - same] == new[-1 - same]:
        same += 1
    last = len(old) - same
    end = Place(last, 0) if last < len(old) else document.end
    return (Edit(Span(Place(first, 0), end), "".join(new[first : len(new) - same])),)


def _read(desk: Desk, document: Document) -> Reading | None:
    kind = desk.kind(document.path)
    if kind is None or kind == "page":
        return None
    path = desk.inside(document.path)
    try:
        return parse_note(_plain(document.text), path, kind)
    except UnreadableNote as error:
        return Reading(path, None, (error,))


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _of_note(desk: Desk, document: Document) -> Iterator[Finding]:
    reading = _read(desk, document)
    if reading is None:
        return
    problems = list(reading.problems)
    note = reading.note
    if note:
        notes = {**desk.every(), note.id: note}
        problems += [*check_note(note, desk.sources), *check_facts(note), *check_links(note, notes)]
        problems += [clash for clash in NameTable(notes.values()).clashes() if clash.path == note.path]
    for problem in problems:
        span = _where(document, problem)
        code = next((code for kind, code in _CODES.items() if isinstance(problem, kind)), "unreadable")
        said = f"{problem.field}: expected {problem.expected}" + (f", found {problem.found!r}" if problem.found else "")
        severity: Severity = "warning" if isinstance(problem, BodyError) else "error"
        mended = _mended(desk, document, note, problem, span) if note else ()
        yield Finding(span, code, said, severity, tuple(mended))
    yield from _contradicting(desk, document, note) if note else ()


def _contradicting(desk: Desk, document: Document, note: Note) -> Iterator[Finding]:
    for found in contradictions(note):
        fact = found.fact
        span = _find(document, found.line - 1, found.quantity)
        said = f"the fact {fact.name} says {fact.value} ({desk.kb.date_of(fact)}), the sentence {found.quantity}"
        mend = Fix(f"Write {fact.value}", (Edit(span, fact.value),))
        yield Finding(span, f"{note.id}#{fact.anchor}", said, "information", (mend,), desk.address(note, fact.anchor))


def _mended(desk: Desk, document: Document, note: Note, problem: NoteError, span: Span) -> Iterator[Fix]:
    """Yield what a note's author may have meant."""
    found = problem.found
    offered: Iterable[str] = ()
    if isinstance(problem, LinkError) and "docs/sources" in problem.expected:
        offered = nearest(found, desk.sources)
    elif isinstance(problem, LinkError) and problem.expected.startswith("a heading"):
        target = desk.note(problem.expected.rsplit(" ", 1)[1])
        known = note if target is None or target.id == note.id else target
        offered = nearest(found, sorted(anchors(known)))
    elif isinstance(problem, LinkError):
        named = desk.names.by_name(key(found))
        offered = dict.fromkeys([*named, *nearest(found, list(desk.every()))])
    elif isinstance(problem, FieldError) and problem.expected.startswith("one of "):
        offered = nearest(found, re.split(r",? ", problem.expected)[2:])
    elif isinstance(problem, FieldError) and problem.field.endswith(".value"):
        text = formatted(desk, document)
        if text is not None and text != document.text:
            yield Fix("Write the note as kb fmt does", (Edit(Span(Place(0, 0), document.end), text),))
    if document.between(span) == found:
        for number, text in enumerate(offered):
            yield Fix(f"Change to {text}", (Edit(span, text),), preferred=number == 0)


def _where(document: Document, problem: NoteError) -> Span:
    """Return where a problem stands: what was found, or the line."""
    found = problem.found
    for form in (f"[[{found}", f"#{found}", f"[^{found}]", found.removesuffix("...")) if found else ():
        line = document.line(problem.line - 1)
        start = line.find(form)
        if form and start >= 0:
            start += form.find(found.removesuffix("..."))
            return Span(Place(problem.line - 1, start), Place(problem.line - 1, start + len(found.removesuffix("..."))))
    return _find(document, problem.line - 1, "")


def _find(document: Document, number: int, text: str) -> Span:
    """Return where a text stands on a line or below it in the same paragraph; otherwise the whole line."""
    number = max(min(number, len(document.lines) - 1), 0)
    for below in range(number, min(number + 20, len(document.lines))):
        start = document.line(below).find(text) if text else -1
        if start >= 0:
            return Span(Place(below, start), Place(below, start + len(text)))
    line = document.line(number)
    start = len(line) - len(line.lstrip())
    return Span(Place(number, start), Place(number, max(start, len(line.rstrip()))))


def _of_code(desk: Desk, document: Document) -> Iterator[Finding]:
    """Yield what `kb lint` finds; nothing where its extra is not installed."""
    from kb.lint.ignore import ignore_comment
    from kb.lint.run import lint_text

    name = os.path.basename(document.path)
    if "." not in name and document.language in _SUFFIXES:
        name = f"{name or 'text'}.{_SUFFIXES[document.language]}"
    if "." not in name:
        return
    text = re.sub(r"\r(?!\n)", "\n", document.text)
    try:
        found = lint_text(text, name, desk.rules)
    except MissingExtra:
        return
    for one in found:
        yield _linted(desk, document, one, ignore_comment(one.rule, name))


def _linted(desk: Desk, document: Document, found: Lint, comment: str) -> Finding:
    start = Place(found.span.line - 1, found.span.column - 1)
    span = Span(document.within(start), document.within(Place(found.span.end_line - 1, found.span.end_column - 1)))
    mends = []
    if found.replacement:
        mends.append(Fix(f"Set to {found.replacement}", (Edit(span, found.replacement),), preferred=True))
    if comment:
        behind = Place(span.end.line, len(document.line(span.end.line)))
        mends.append(Fix(f"Ignore {found.rule} here", (Edit(Span(behind, behind), f"  {comment}"),)))
    id, _, anchor = found.fact.partition("#")
    note = desk.note(id)
    said = " ".join(
        part for part in (f"{found.message.rstrip('.')}.", sentence(found.detail), f"As of {found.as_of}.") if part
    )
    severity: Severity = "warning" if found.severity == "limit" else "information"
    return Finding(span, found.rule, said, severity, tuple(mends), desk.address(note, anchor) if note else "")
