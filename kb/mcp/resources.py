"""Resources: every note, and the facts of every note, at an address that an assistant's user can pick."""

from __future__ import annotations

import json
from typing import NamedTuple
from urllib.parse import unquote

from kb.api.shapes import SCHEMA_VERSION, fact_shape
from kb.errors import IndexUnusable, NotFound
from kb.mcp.answer import CUT, cursor_at, part, quoted, seen, start_of
from kb.mcp.fetch import FACTS, NOTE, markdown, note_uri
from kb.mcp.shelf import Shelf
from kb.search.suggest import suggest

MARKDOWN, JSON = "text/markdown", "application/json"
TEMPLATES = (
    (NOTE + "{id}", "note", "A note", "A note as Markdown, with its facts, and its sources as footnotes.", MARKDOWN),
    (FACTS + "{id}", "facts", "Facts of a note", "The facts of a note, each with value, date and sources.", JSON),
)
"""Address, name, title, description and kind of content."""
PAGE = 100
LARGEST = 200_000
"""Characters of one resource."""
_MOST_FACTS = 500


class Listed(NamedTuple):
    """A note as it is listed."""

    uri: str
    name: str
    title: str
    summary: str


class Content(NamedTuple):
    """What a resource holds."""

    text: str
    kind: str


def resources(shelf: Shelf, cursor: str | None) -> tuple[list[Listed], str | None]:
    """Return a page of notes by id, and the cursor of the next.

    Raises:
        InputError: it is no cursor, or the notes changed.
    """
    notes = shelf.notes()
    about = ("resources", len(notes))
    start = start_of(cursor, *about)
    shown = notes[start : start + PAGE]
    then = start + PAGE if start + PAGE < len(notes) else None
    listed = [Listed(note_uri(id), seen(id), seen(title), seen(summary)) for id, title, summary in shown]
    return listed, cursor_at(then, *about)


def content(shelf: Shelf, uri: str) -> Content:
    """Return what a resource holds.

    Raises:
        NotFound: there is none of this address.
    """
    for start, read in ((NOTE, _note), (FACTS, _facts)):
        id = unquote(uri.removeprefix(start))
        if uri.startswith(start) and "#" not in id:
            return read(shelf, id)
    raise NotFound("resource", uri[:500])


def completions(shelf: Shelf, template: str, typed: str) -> list[str]:
    """Return the ids of notes that a text may be the start of: ids that start so, names that do, ids that hold it.

    Raises:
        NotFound: there is no such template.
    """
    if template not in [known[0] for known in TEMPLATES]:
        raise NotFound("resource template", template[:500])
    ids = [id for id, _, _ in shelf.notes()]
    start = typed.casefold()
    named: list[str] = []
    if start:
        try:
            named = [one.note for one in suggest(shelf.searched.searcher, typed, PAGE) if one.note]
        except IndexUnusable:
            named = []
    found = [id for id in ids if id.startswith(start)] + named + [id for id in ids if start in id]
    return list(dict.fromkeys(found))


def _note(shelf: Shelf, id: str) -> Content:
    kb = shelf.kb
    text = seen(markdown(kb, kb.note(id)))
    shown, then = part(text, 0, LARGEST)
    return Content(shown + (f"\n\n{CUT.strip()}" if then else ""), MARKDOWN)


def _facts(shelf: Shelf, id: str) -> Content:
    kb = shelf.kb
    note = kb.note(id)
    shapes = [fact_shape(fact, note, kb.date_of(fact)) for fact in note.facts[:_MOST_FACTS]]
    shapes = [shape | {"url": shelf.url(shape["url"])} for shape in shapes]
    whole = {"schema_version": SCHEMA_VERSION, "note": note.id, "facts": [quoted(shape) for shape in shapes]}
    return Content(json.dumps(whole, ensure_ascii=False), JSON)
