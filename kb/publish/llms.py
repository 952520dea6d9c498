"""llms.txt: the site for language models - what there is, and everything in one file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from kb.base import KnowledgeBase
from kb.notes.note import CATEGORIES, Note, category_title
from kb.publish.plain import note_markdown, without_links

_WHAT = """Every fact has a kind (hard limit, quota, default, price, property), its sources, and the date it was checked on. \
The files below are Markdown with the facts in their front matter. {api}index.json lists the same as JSON, and {api}facts.json \
holds every fact; both are described in {api}openapi.json."""


def llms_index(kb: KnowledgeBase, title: str, description: str, address: str) -> str:
    """Return llms.txt: a title, what it is, and a list of notes per category, as llmstxt.org has it."""
    api = f"{address}api/v1/"
    lines = [f"# {_line(title)}", "", f"> {_line(description or title)}", "", _WHAT.format(api=api), ""]
    for category, notes in by_category(kb.folder.notes.values()):
        lines += [f"## {category_title(category) or 'Notes'}", ""]
        for note in notes:
            summary = f": {_line(note.summary)}" if note.summary else ""
            lines.append(f"- [{_line(note.title)}]({api}notes/{quote(note.id)}.md){summary}")
        lines.append("")
    lines += ["## Optional", "", f"- [Everything in one file]({address}llms-full.txt): all notes as plain Markdown"]
    lines += [
        f"- [{_line(c.title)}]({api}comparisons/{c.id}.json): {_line(c.summary)}" for c in kb.comparisons.values()
    ]
    return "\n".join([*lines, f"- [Sources]({api}sources.json): what the statements rest on", ""])


def llms_full(kb: KnowledgeBase, title: str, description: str) -> str:
    """Return llms-full.txt: every note as plain Markdown, without links and citations."""
    notes = [note for _, found in by_category(kb.folder.notes.values()) for note in found]
    texts = [note_markdown(note, kb.folder.sources, without_links, cited=False) for note in notes]
    return "\n".join([f"# {_line(title)}", "", f"> {_line(description or title)}", "", *texts])


def by_category(notes: Iterable[Note]) -> Iterator[tuple[str, list[Note]]]:
    """Yield each category with its notes by title: the known ones in their order, then those of the base's own."""
    sorted_notes = sorted(notes, key=lambda note: (note.title.casefold(), note.id))
    used = {note.category for note in sorted_notes}
    for category in [*(c for c in CATEGORIES if c in used), *sorted(used - CATEGORIES.keys())]:
        yield category, [note for note in sorted_notes if note.category == category]


def _line(text: str) -> str:
    """Return a text that can stand in a link or heading of one line."""
    return " ".join(text.replace("[", "(").replace("]", ")").split())
