"""`kb show`: a note, or one section or fact of it."""

from __future__ import annotations

import json

import click

from kb.base import KnowledgeBase
from kb.cli import output
from kb.cli.render import fact_line, facts_table, rendered
from kb.errors import NotFound
from kb.index.unit import unlinked
from kb.links.link import anchors
from kb.links.resolve import nearest
from kb.notes.note import Note, Section


@click.command("show")
@click.argument("note")
@click.option("--json", "as_json", is_flag=True, help="Print the note as JSON.")
@click.option("--markdown", is_flag=True, help="Print the Markdown of the note as it is.")
@click.pass_obj
def command(base: str | None, note: str, as_json: bool, markdown: bool) -> int:
    """Show NOTE: an id, a name or an identifier; NOTE#SECTION shows one section or fact.

    For example: kb show sqs, kb show ddb#gotchas, kb show AWS::Lambda::Function.
    """
    kb = KnowledgeBase(base)
    name, _, anchor = note.partition("#")
    found = kb.note(name)
    if markdown:
        output.page((kb.root / found.path).read_text(encoding="utf-8"))
    elif as_json:
        from kb.api.shapes import fact_shape, note_shape

        shape = note_shape(found) | {"facts": [fact_shape(f, found, kb.date_of(f)) for f in found.facts]}
        output.page(json.dumps(shape, ensure_ascii=False, indent=2))
    elif anchor:
        output.page(rendered(_part(kb, found, anchor)))
    else:
        output.page(rendered(_whole(kb, found)))
    return 0


def _whole(kb: KnowledgeBase, note: Note) -> list[object]:
    parts: list[object] = [f"# {note.title}\n\n{note.summary}"]
    if note.status.state != "current":
        instead = f"; use {note.status.instead}" if note.status.instead else ""
        parts.append(f"**{note.status.state.replace('-', ' ').capitalize()}** since {note.status.since}{instead}.")
    for section in note.sections:
        parts.append(_section(section))
        if section.level == 1 and note.facts:
            parts.append(facts_table(kb, note.facts))
    return parts


def _part(kb: KnowledgeBase, note: Note, anchor: str) -> list[object]:
    fact = next((f for f in note.facts if anchor in (f.anchor, f.id)), None)
    if fact:
        return [f"# {note.title}", fact_line(kb, fact)]
    if anchor == "limits" and note.facts:
        return [f"# {note.title}", facts_table(kb, note.facts)]
    section = note.section(anchor)
    if section is None or not anchor:
        raise NotFound(
            "section", f"{note.id}#{anchor}", tuple(f"{note.id}#{a}" for a in nearest(anchor, anchors(note)))
        )
    children = [s for s in note.sections if s.level == 3 and s.parent == section.title] if section.level == 2 else []
    return [f"# {note.title}", *(_section(s) for s in (section, *children))]


def _section(section: Section) -> str:
    lines = [f"{'#' * section.level} {section.title}", ""] if section.level > 1 else []
    for statement in section.statements:
        indent = "  " * statement.depth
        sources = f" *({', '.join(statement.citations)})*" if statement.citations else ""
        if statement.block == "code":
            lines += ["", f"```{statement.info}", statement.text, "```", ""]
        elif statement.block == "table":
            lines += ["", statement.text, ""]
        elif statement.block == "paragraph":
            lines += [unlinked(statement.text) + sources, ""]
        else:
            lines.append(f"{indent}- {unlinked(statement.text)}{sources}")
    return "\n".join(lines)
