"""Write a note as the one text that stands for it: same note, same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from kb.notes.fact import Check, Fact
from kb.notes.note import Note, Section, Statement
from kb.notes.source import Source

# Plain YAML is written only where every YAML reader agrees on what it means.
_PLAIN = re.compile(r"[A-Za-z0-9(/.+~$][^\n\[\]{},#&*!|>%@`\"':?]*|(?:19|20)\d\d(?:-\d\d){0,2}")
_NOT_TEXT = re.compile(
    r"~|null|true|false|yes|no|on|off|y|n|[-+]?[\d_,.]+(?:e[-+]?\d+)?|0x[\da-f]+|0o?[0-7]+|\.(?:inf|nan)", re.I
)
_WHOLE = re.compile(r"0|-?[1-9]\d*")


def write_note(note: Note, sources: Mapping[str, Source]) -> str:
    """Return the text of a note; `sources` give the footnotes their words."""
    text = "\n".join(["---", *_front_matter(note), "---", "", write_body(note.sections, sources)])
    return text.rstrip("\n") + "\n"


def write_body(sections: Iterable[Section], sources: Mapping[str, Source]) -> str:
    """Return the Markdown of sections, the footnotes they cite at its end."""
    sections = list(sections)
    parts = [line for section in sections for line in _section(section)]
    parts += [f"[^{id}]: {sources[id].reference}" for id in cited(sections) if id in sources]
    return "\n".join(parts).rstrip("\n") + "\n"


def save_note(file: Path, note: Note, sources: Mapping[str, Source]) -> None:
    """Write a note's file: beside it, then renamed over, so that a reader never sees half a note."""
    replace_file(file, write_note(note, sources))


def write_source(file: Path, source: Source) -> None:
    """Write the page of a source."""
    fields = ("id", "title", "author", "date", "dated", "licence", "kind", "url")
    lines = [f"{name}: {scalar(getattr(source, name))}" for name in fields if getattr(source, name)]
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, "\n".join(["---", *lines, "---", "", source.about]).rstrip() + "\n")


def replace_file(file: Path, text: str) -> None:
    """Replace the content of a file at once."""
    beside = file.with_name(f".{file.name}.tmp")
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(file)


def cited(sections: Iterable[Section]) -> list[str]:
    """Return the source ids that the body cites, sorted."""
    return sorted({id for section in sections for statement in section.statements for id in statement.citations})


def _front_matter(note: Note) -> list[str]:
    lines = [
        f"id: {scalar(note.id)}",
        f"title: {scalar(note.title)}",
        f"category: {scalar(note.category)}",
        f"summary: {scalar(note.summary)}",
    ]
    names = [
        f"{key}: {_flow(value)}"
        for key, value in (
            ("official", note.names.official),
            ("short", note.names.short),
            ("also", note.names.also),
            ("former", note.names.former),
        )
        if value
    ]
    if names:
        lines.append(f"names: {{{', '.join(names)}}}")
    if note.identifiers:
        lines.append(f"identifiers: {{{', '.join(f'{kind}: {_flow(values)}' for kind, values in note.identifiers)}}}")
    status = note.status
    lines.append(
        "status: " + _mapping(state=status.state, since=status.since, instead=status.instead, detail=status.detail)
    )
    if note.facts:
        lines.append("facts:")
        for fact in note.facts:
            lines += _fact(fact)
    if note.asked:
        lines.append("asked:")
        lines += [f"  {key}: {_flow(phrases)}" for key, phrases in note.asked]
    return lines


def _fact(fact: Fact) -> list[str]:
    lines = [f"  - id: {scalar(fact.id)}"]
    for key, value in (
        ("label", fact.label),
        ("kind", fact.kind),
        ("value", fact.value),
        ("scope", fact.scope),
        ("detail", fact.detail),
    ):
        if value:
            lines.append(f"    {key}: {scalar(value)}")
    lines.append(f"    sources: {_flow(fact.sources)}")
    if fact.checked:
        lines.append(f"    checked: {_check(fact.checked)}")
    if fact.history:
        lines.append("    history:")
        lines += [
            f"      - {{value: {scalar(e.value)}, as_of: {e.as_of}, sources: {_flow(e.sources)}}}" for e in fact.history
        ]
    if fact.binds:
        lines.append("    binds: " + _mapping(**dict(fact.binds)))
    return lines


def _check(check: Check) -> str:
    return _mapping(
        against=check.against, at=check.at, quote=check.quote, min=check.min, max=check.max, date=check.date
    )


def _mapping(**fields: str) -> str:
    """Return a flow mapping; bounds are written as the numbers they are."""
    return (
        "{"
        + ", ".join(
            f"{key}: {value if key in ('min', 'max') and _WHOLE.fullmatch(value) else scalar(value)}"
            for key, value in fields.items()
            if value
        )
        + "}"
    )


def _flow(value: str | tuple[str, ...]) -> str:
    return scalar(value) if isinstance(value, str) else f"[{', '.join(scalar(v) for v in value)}]"


def scalar(text: str) -> str:
    """Return a text as a YAML scalar that reads back as itself, quoted only where it must be."""
    plain = _PLAIN.fullmatch(text) and text == text.strip() and " #" not in text
    if plain and not _NOT_TEXT.fullmatch(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def _section(section: Section) -> list[str]:
    lines = [f"{'#' * section.level} {section.title}", ""] if section.level > 1 else []
    previous: Statement | None = None
    number = 0
    for statement in section.statements:
        if previous and (
            statement.block not in ("bullet", "number") or statement.block != previous.block and not statement.depth
        ):
            lines.append("")
        number = number + 1 if statement.block == "number" and previous and previous.block == "number" else 1
        lines += _statement(statement, number)
        previous = statement
    return [*lines, ""] if section.statements else lines


def _statement(statement: Statement, number: int) -> list[str]:
    indent = "  " * statement.depth
    text = statement.text + "".join(f"[^{id}]" for id in statement.citations)
    if statement.block == "bullet":
        return [f"{indent}- {text}"]
    if statement.block == "number":
        return [f"{indent}{number}. {text}"]
    if statement.block == "code":
        ticks = max((len(run) for run in re.findall(r"`{3,}", statement.text)), default=2) + 1
        fence = "`" * ticks
        return [indent + line if line else "" for line in (fence + statement.info, *statement.text.split("\n"), fence)]
    return text.split("\n")
