"""Markdown: one folder of plain files that any editor, wiki or viewer takes, links between them included."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import dirname, relpath
from urllib.parse import quote

from kb.base import KnowledgeBase
from kb.facts.comparison import Cell, Comparison, fill
from kb.links.link import Mentions
from kb.notes.note import category_title
from kb.notes.source import Source, spoken_date
from kb.publish.llms import by_category
from kb.publish.plain import note_markdown, with_links

INDEX = "README.md"


def markdown_folder(kb: KnowledgeBase) -> dict[str, bytes]:
    """Return a file per note, comparison and source, and one that lists them, by their paths in the folder."""
    mentions = Mentions(kb.names)
    files = {INDEX: _index(kb)}
    for _, note in sorted(kb.folder.notes.items()):
        rewrite = with_links(mentions, _target(note.path, kb), note.id)
        files[note.path] = note_markdown(note, kb.folder.sources, rewrite)
    for comparison in kb.comparisons.values():
        files[comparison.path] = _comparison(comparison, kb)
    for source in kb.folder.sources.values():
        files[source.path] = _source(source)
    return {path: text.encode("utf-8", "replace") for path, text in files.items()}


def _target(page: str, kb: KnowledgeBase) -> Callable[[str, str, str], str]:
    """Return what makes links from a file to notes; one to no note becomes its words."""

    def target(note: str, anchor: str, text: str) -> str:
        found = kb.folder.notes.get(note)
        if found is None:
            return text or note or anchor
        # Facts stand in a list, which has no addresses of its own.
        place = "limits" if anchor.startswith("fact-") else anchor
        return _link(text or found.title, page, found.path, place)

    return target


def _link(text: str, page: str, path: str, anchor: str = "") -> str:
    address = quote(relpath(path, dirname(page) or "."))
    return f"[{text}]({address}{f'#{anchor}' if anchor else ''})"


def _index(kb: KnowledgeBase) -> str:
    lines = ["# Notes", ""]
    for category, notes in by_category(kb.folder.notes.values()):
        lines += [f"## {category_title(category)}", ""] if category else []
        lines += [f"- {_link(n.title, INDEX, n.path)}{f': {n.summary}' if n.summary else ''}" for n in notes]
        lines.append("")
    if kb.comparisons:
        lines += ["## Comparisons", ""]
        lines += [f"- {_link(c.title, INDEX, c.path)}: {c.summary}" for c in kb.comparisons.values()]
        lines.append("")
    if kb.folder.sources:
        lines += ["## Sources", ""]
        lines += [f"- {_link(s.title, INDEX, s.path)}" for _, s in sorted(kb.folder.sources.items())]
        lines.append("")
    return "\n".join(lines)


def _comparison(comparison: Comparison, kb: KnowledgeBase) -> str:
    notes = kb.folder.notes
    table = fill(comparison, notes, kb.folder.sources)
    heads = [_link(_cell(c.title), comparison.path, notes[c.note].path) for c in table.columns]
    lines = [f"# {comparison.title}", "", comparison.summary, ""]
    lines += [comparison.decision, ""] if comparison.decision else []
    lines += [f"| | {' | '.join(heads)} |", "| --- |" + " --- |" * len(heads)]
    for row in table.rows:
        lines.append(f"| {_cell(row.label)} | {' | '.join(_value(found) for found in row.cells)} |")
    return "\n".join([*lines, ""])


def _value(found: Cell | None) -> str:
    if found is None:
        return "not recorded"
    detail = f" ({found.detail.rstrip('.')})" if found.detail else ""
    return _cell(f"{found.value}{detail}, {'checked' if found.checked else 'as of'} {found.as_of}")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _source(source: Source) -> str:
    dated = {"estimated": "about ", "consulted": "consulted "}.get(source.dated, "")
    lines = [f"# {source.title}", "", source.about, ""]
    lines += [
        f"- Author: {source.author}",
        f"- Date: {dated}{spoken_date(source.date)}",
        f"- Licence: {source.licence}",
    ]
    lines += [f"- Address: <{source.url}>"] if source.url else []
    return "\n".join([*lines, ""])
