"""Pages that list: categories, A to Z, topics, sources, comparisons."""

from __future__ import annotations

from collections.abc import Iterable

from kb.facts.comparison import Cell, Comparison, fill
from kb.notes.note import CATEGORIES, Note
from kb.notes.source import Source, spoken_date
from kb.site.pages import Library
from kb.site.text import Linker, address, cell, page_of, raw, safe


def list_pages(library: Library) -> dict[str, str]:
    """Return every page that is not a note and not written by hand, by its path without .md."""
    pages = {
        "services/index": _services(library),
        "a-z": _a_to_z(library),
        "sources/index": _sources(library),
        "compare/index": _comparisons(library),
    }
    if any(note.kind == "topic" for note in library.notes.values()):
        pages["topics/index"] = _topics(library)
    for category in categories(library.notes.values()):
        pages[f"categories/{category}"] = _category(category, library)
    for comparison in library.comparisons.values():
        pages[f"compare/{comparison.id}"] = comparison_page(comparison, library)
    for source in library.sources.values():
        pages[f"sources/{source.id}"] = _source(source, library)
    return pages


def categories(notes: Iterable[Note]) -> list[str]:
    """Return the categories that hold a service, in the fixed order."""
    used = {note.category for note in notes if note.kind == "service"}
    return [category for category in CATEGORIES if category in used]


def comparison_page(comparison: Comparison, library: Library) -> str:
    """Return a comparison: what to decide by, then the table, every cell dated and cited."""
    page = f"compare/{comparison.id}"
    linker = Linker(page, library.notes, library.sources, library.mentions)
    table = fill(comparison, library.notes, library.sources)
    heads = [f"[{cell(c.title)}]({address(page, page_of(library.notes[c.note]))})" for c in table.columns]
    lines = [f"# {safe(comparison.title)}", "", f'<p class="kb-summary">{raw(comparison.summary)}</p>', ""]
    if comparison.decision:
        lines += [safe(comparison.decision), ""]
    lines += ["|  | " + " | ".join(heads) + " |", "| --- |" + " --- |" * len(heads)]
    for row in table.rows:
        cells = [_cell(found, page, library, linker) for found in row.cells]
        lines.append(f"| **{cell(row.label)}** | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", "## Sources", "", *linker.source_list(), ""])


def _cell(found: Cell | None, page: str, library: Library, linker: Linker) -> str:
    if found is None:
        return '<span class="kb-gap">not recorded</span>'
    target = address(page, page_of(library.notes[found.note]), found.anchor)
    state = f"checked {found.as_of}" if found.checked else f"as of {found.as_of}"
    detail = f"<br>{cell(found.detail)}" if found.detail else ""
    return f'{cell(found.value)}{linker.citations(found.sources)}{detail}<br><a class="kb-date" href="{target}">{state}</a>'


def _services(library: Library) -> str:
    lines = [
        "# Services",
        "",
        f"{sum(n.kind == 'service' for n in library.notes.values())} notes; [A to Z](../a-z/).",
        "",
    ]
    for category in categories(library.notes.values()):
        lines += [
            f"## [{CATEGORIES[category]}](../categories/{category}/)",
            "",
            *_entries("services/index", _in(category, library)),
            "",
        ]
    return "\n".join(lines)


def _category(category: str, library: Library) -> str:
    tables = [
        c
        for c in library.comparisons.values()
        if any(library.notes[k.note].category == category for k in c.columns if k.note in library.notes)
    ]
    lines = [f"# {CATEGORIES[category]}", "", *_entries(f"categories/{category}", _in(category, library)), ""]
    if tables:
        lines += [
            "## Comparisons",
            "",
            *(f"- [{cell(c.title)}](../../compare/{c.id}/): {cell(c.summary)}" for c in tables),
            "",
        ]
    return "\n".join(lines)


def _topics(library: Library) -> str:
    topics = [note for note in library.notes.values() if note.kind == "topic"]
    return "\n".join(["# Topics", "", "What belongs to no one service.", "", *_entries("topics/index", topics), ""])


def _a_to_z(library: Library) -> str:
    """Every name of every note, so that whatever one calls a service leads to it."""
    named: dict[str, list[tuple[str, Note]]] = {}
    for note in library.notes.values():
        for name in dict.fromkeys((note.title, *note.names.every())):
            short = name.removeprefix("Amazon ").removeprefix("AWS ") or name
            letter = short[0].upper() if short[0].isalpha() else "#"
            named.setdefault(letter, []).append((short, note))
    lines = ["# A to Z", ""]
    for letter in sorted(named):
        lines += [f"## {letter}", ""]
        for short, id in sorted({(s, n.id) for s, n in named[letter]}, key=lambda pair: (pair[0].casefold(), pair[1])):
            target = library.notes[id]
            lines.append(
                f"- [{cell(short)}]({address('a-z', page_of(target))})"
                + ("" if short == target.title else f" - {cell(target.title)}")
            )
        lines.append("")
    return "\n".join(lines)


def _sources(library: Library) -> str:
    lines = [
        "# Sources",
        "",
        "Every statement cites one of these.",
        "",
        "| Source | Author | Date | Licence | Statements |",
        "| --- | --- | --- | --- | --- |",
    ]
    for source in sorted(library.sources.values(), key=lambda s: (s.kind != "notes", s.id)):
        date = {"estimated": "about ", "consulted": "consulted "}.get(source.dated, "") + spoken_date(source.date)
        uses = sum(_uses(source.id, note) for note in library.notes.values())
        lines.append(
            f"| [{cell(source.title)}](../sources/{source.id}/) | {cell(source.author)} | {date} | {cell(source.licence)} | {uses} |"
        )
    return "\n".join([*lines, ""])


def _source(source: Source, library: Library) -> str:
    date = {"estimated": "about ", "consulted": "consulted "}.get(source.dated, "") + spoken_date(source.date)
    used = sorted(
        ((uses, note) for note in library.notes.values() if (uses := _uses(source.id, note))),
        key=lambda pair: (-pair[0], pair[1].id),
    )
    link = (
        f"- Address: <{source.url}>" if source.url.startswith("https://") and not set(source.url) & set('<>" ') else ""
    )
    lines = [
        f"# {safe(source.title)}",
        "",
        safe(source.about),
        "",
        f"- Author: {cell(source.author)}",
        f"- Date: {date}",
        f"- Licence: {cell(source.licence)}",
        link,
        "",
        "## Cited by",
        "",
        *(
            f"- [{cell(note.title)}]({address(f'sources/{source.id}', page_of(note))}): {uses} statements and facts"
            for uses, note in used
        ),
    ]
    return "\n".join([*lines, "" if used else "Nothing yet.", ""])


def _uses(id: str, note: Note) -> int:
    return sum(id in s.citations for section in note.sections for s in section.statements) + sum(
        id in fact.sources for fact in note.facts
    )


def _comparisons(library: Library) -> str:
    lines = ["# Comparisons", "", "Services side by side; every cell is a fact with its date and source.", ""]
    lines += [f"- [{cell(c.title)}]({c.id}/): {cell(c.summary)}" for c in library.comparisons.values()]
    return "\n".join([*lines, "" if library.comparisons else "None yet.", ""])


def _in(category: str, library: Library) -> list[Note]:
    return [note for note in library.notes.values() if note.kind == "service" and note.category == category]


def _entries(page: str, notes: Iterable[Note]) -> list[str]:
    folder = page.removesuffix("/index")
    return [
        f"- [{cell(note.title)}]({address(folder, page_of(note))}): {cell(note.summary)}"
        + ("" if note.status.state == "current" else f" *({note.status.state.replace('-', ' ')})*")
        for note in sorted(notes, key=lambda n: n.title.removeprefix("Amazon ").removeprefix("AWS ").casefold())
    ]
