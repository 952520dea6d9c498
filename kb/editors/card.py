"""Cards: what a hover shows - a service with the limits that matter at the place, or just the facts of a property."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kb.editors.desk import Desk
from kb.editors.document import Document, Place, Span
from kb.editors.recognise import Token, recognise
from kb.editors.setting import Setting, setting
from kb.index.unit import plain, unlinked
from kb.notes.fact import KINDS, Fact
from kb.notes.note import Note, Status

MOST_FACTS = 6
MOST_GOTCHAS = 2
LONGEST = 220
"""Characters of a gotcha that are shown."""
_CODE = re.compile(r"(`+)(?:(?!\1).)*?\1(?!`)", re.S)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_OPERATION = re.compile(r"[A-Z]\w+\Z")
_STEM = re.compile(r"-(?:max|min|default)\Z")


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of a card."""

    label: str
    value: str
    kind: str
    """In words: hard limit."""
    detail: str = ""
    earlier: str = ""
    """What it was before, and until when sources said so."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is known about what stands at a place."""

    span: Span
    title: str
    summary: str
    rows: tuple[Row, ...]
    dated: str
    """How old the rows are and what they were checked against."""
    address: str
    """Where the note is: a page, or the file."""
    note: str
    warning: str = ""
    """Said of a service that one can no longer start to use."""
    gotchas: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Titles of other notes that the same text means."""


def hover(desk: Desk, document: Document, place: Place) -> Card | None:
    """Return the card for a place: of a property only its facts, otherwise of what is named there."""
    found = setting(desk, document, place) if desk.complete else None
    if found and found.on_name:
        return _facts_card(desk, found)
    token = recognise(desk, document, place)
    if token:
        return token_card(desk, token)
    return _facts_card(desk, found) if found else None


def token_card(desk: Desk, token: Token) -> Card | None:
    """Return the card of what a token names; of a link to a fact just that fact."""
    note = desk.note(token.notes[0])
    if note is None:
        return None
    linked = [fact for fact in note.facts if fact.anchor == token.anchor]
    facts = linked or matter(desk, note, token.text)
    also = [other.title for id in token.notes[1:] if (other := desk.note(id))]
    return note_card(desk, note, token.span, facts, tuple(also), token.anchor)


def note_card(
    desk: Desk, note: Note, span: Span, facts: list[Fact], also: tuple[str, ...] = (), anchor: str = ""
) -> Card:
    """Return the card of a note with some of its facts."""
    gotchas = note.section("gotchas")
    statements = [s.text for s in gotchas.statements if s.block == "bullet"] if gotchas else []
    return Card(
        span, note.title, note.summary or clipped(plain(note.lead)), tuple(_row(fact) for fact in facts[:MOST_FACTS]),
        dated(desk, facts[:MOST_FACTS]), desk.address(note, anchor), note.id, _warning(note.status, desk),
        tuple(clipped(text) for text in statements[:MOST_GOTCHAS]), also,
    )  # fmt: skip


def _facts_card(desk: Desk, found: Setting) -> Card | None:
    note = desk.note(found.facts[0].note)
    if note is None:
        return None
    facts = [bound.fact for bound in found.facts if bound.note == note.id]
    stems = {_STEM.sub("", fact.id) for fact in facts}
    facts += [
        f for f in note.facts if f not in facts and _STEM.sub("", f.id) in stems and f.kind in ("default", "limit")
    ]
    rows = tuple(_row(fact, full=True) for fact in facts[:MOST_FACTS])
    where = f"`{found.name}` of {found.owner}, {note.title}"
    return Card(found.span, where, "", rows, dated(desk, facts), desk.address(note, facts[0].anchor), note.id)


def matter(desk: Desk, note: Note, text: str) -> list[Fact]:
    """Return the facts of a note by how much they matter for a text: those of its resource or operation, then limits."""
    owners = [text.split(".", maxsplit=1)[0]]
    if operation := _OPERATION.search(text):
        clients = dict(note.identifiers).get("boto3", ())
        owners += [f"{client}/{operation.group()}" for client in clients]
    near = [place.fact for owner in owners for place in desk.bounds.limits_of(owner)] if desk.complete else []
    rank = {"limit": 0, "quota": 0, "default": 1}
    here = [fact for fact in near if fact in note.facts]
    return list(
        dict.fromkeys(fact for facts in (here, note.facts) for fact in sorted(facts, key=lambda f: rank.get(f.kind, 2)))
    )


def dated(desk: Desk, facts: Iterable[Fact]) -> str:
    """Say how old some facts are: the oldest counts."""
    facts = list(facts)
    if not facts:
        return ""
    oldest = min(desk.kb.date_of(fact) for fact in facts)
    checks = {fact.checked.against for fact in facts if fact.checked}
    against = f", checked against {', '.join(sorted(checks))}" if all(fact.checked for fact in facts) else ""
    return f"As of {oldest}{against}."


def markdown(card: Card) -> str:
    """Return a card as Markdown in which nothing of a note is raw HTML, an image or a link."""
    heading = f"**{safe(card.title)}**" if card.summary else safe(card.title)
    blocks = [f"{heading}: {safe(card.summary)}" if card.summary else heading]
    if card.warning:
        blocks.append(f"*{safe(card.warning)}*")
    if card.rows:
        blocks.append("\n".join(_line(row) for row in card.rows))
    if card.gotchas:
        blocks.append("Gotchas:\n" + "\n".join(f"- {safe(text)}" for text in card.gotchas))
    if card.also:
        blocks.append(f"Also: {safe(', '.join(card.also))}")
    return "\n\n".join((*blocks, f"{safe(card.dated)} [Open the note](<{card.address}>)".strip()))


def plain_text(card: Card) -> str:
    """Return a card for a client that shows no Markdown."""
    text = re.sub(r"\[Open the note\]\(<(.*)>\)\Z", r"\1", markdown(card))
    return plain(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def safe(text: str) -> str:
    """Return Markdown of a note without HTML, links and images; code stays as it is."""
    parts, position = [], 0
    for code in [*_CODE.finditer(text), None]:
        prose = unlinked(text[position : code.start() if code else len(text)])
        prose = _LINK.sub(r"\1", prose).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts.append(prose.replace("[", "\\[").replace("]", "\\]"))
        if code:
            parts.append(code.group())
            position = code.end()
    return "".join(parts).replace("\n", " ")


def clipped(text: str) -> str:
    """Return as much of a statement as a hover has room for, up to the end of a sentence or a word."""
    if len(text) <= LONGEST:
        return text
    start = text[:LONGEST]
    stop = start.rfind(". ")
    return start[: stop + 1] if stop > LONGEST // 3 else start.rsplit(" ", 1)[0] + " ..."


def _row(fact: Fact, *, full: bool = False) -> Row:
    earlier = fact.history[0] if fact.history and full else None
    past = f"Earlier: {earlier.value} ({earlier.as_of})." if earlier else ""
    return Row(fact.name, fact.value, KINDS[fact.kind], sentence(fact.detail) if full else "", past)


def _line(row: Row) -> str:
    rest = " ".join(part for part in (row.detail, row.earlier) if part)
    return f"- {safe(row.label)}: **{safe(row.value)}** ({row.kind}){'. ' if rest else ''}{safe(rest)}"


def sentence(text: str) -> str:
    """Return a clause as a sentence."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".") if text else ""


def _warning(status: Status, desk: Desk) -> str:
    if status.state == "current":
        return ""
    other = desk.note(status.instead) if status.instead else None
    instead = f"; use {other.title if other else status.instead}" if status.instead else ""
    return f"{status.state.replace('-', ' ').capitalize()} since {status.since}{instead}."
