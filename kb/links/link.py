"""Links between notes: written as [[id]], or found as first mentions of a name in a section."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kb.errors import LinkError, NoteError
from kb.links.key import EVERYDAY
from kb.links.names import names_of
from kb.links.table import NameTable
from kb.notes.note import Note

WIKILINK = re.compile(r"\[\[([^\]|#]*)(?:#([^\]|]*))?(?:\|([^\]]*))?\]\]")
# What a mention is never looked for in: code, links, addresses.
_OPAQUE = re.compile(r"(`+)(?:(?!\1).)*?\1(?!`)|\[\[[^\]]*\]\]|!?\[[^\]]*\]\([^)]*\)|<[^>]*>|https?://\S+")
Target = Callable[[str, str, str], str]
"""Makes the Markdown of a link from note id, anchor and text."""


@dataclass(frozen=True, slots=True)
class Link:
    """One note speaks of another."""

    source: str
    target: str
    anchor: str
    section: str
    """Anchor of the section it stands in."""
    line: int


class Mentions:
    """Finds names of other notes in prose; longest match wins.

    A name counts only as it is cased, and needs a capital: "Config" is not "config". An everyday word such as
    "Batch" also needs to stand inside the sentence, or behind "AWS" or "Amazon".
    """

    def __init__(self, table: NameTable) -> None:
        self.notes: dict[str, str] = {}
        for note in table.notes:
            for name in names_of(note):
                alone = table.by_name(name.key) == [note.id]
                if alone and name.rank != "id" and any(c.isupper() for c in name.text):
                    self.notes[name.text] = note.id
        words = sorted(self.notes, key=lambda text: (-len(text), text))
        alternatives = "|".join(re.escape(word) for word in words) or r"(?!)"
        self.pattern = re.compile(rf"(?<![\w/.:@-])({alternatives})(?![\w/:@-]|\.\w)")

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and note of each mention outside code and links."""
        hidden = [match.span() for match in _OPAQUE.finditer(text)]
        for match in self.pattern.finditer(text):
            start, end = match.span()
            if any(a < end and start < b for a, b in hidden):
                continue
            name = match.group()
            if name.casefold() in EVERYDAY and _starts_sentence(text, start):
                continue
            yield start, end, self.notes[name]


def _starts_sentence(text: str, start: int) -> bool:
    before = text[:start].removesuffix("AWS ").removesuffix("Amazon ")
    if len(before) < start:
        return False
    before = before.rstrip(" *_(\"'")
    return not before or before[-1] in ".:;!?"


def links_of(note: Note, mentions: Mentions) -> Iterator[Link]:
    """Yield each link of a note: written ones, and the first mention of each other note in a section."""
    for section in note.sections:
        seen: set[str] = {note.id}
        for statement in section.statements:
            if statement.block == "code":
                continue
            for match in WIKILINK.finditer(statement.text):
                target = match.group(1) or note.id
                seen.add(target)
                yield Link(note.id, target, match.group(2) or "", section.anchor, statement.line)
            for _, _, target in mentions.find(statement.text):
                if target not in seen:
                    seen.add(target)
                    yield Link(note.id, target, "", section.anchor, statement.line)


def link_text(text: str, seen: set[str], mentions: Mentions, target: Target) -> str:
    """Return a statement with written links and first mentions turned into Markdown links; adds to `seen`."""
    pieces: list[tuple[int, int, str]] = []
    for match in WIKILINK.finditer(text):
        note = match.group(1)
        seen.add(note)
        pieces.append((*match.span(), target(note, match.group(2) or "", match.group(3) or "")))
    for start, end, note in mentions.find(text):
        if note not in seen:
            seen.add(note)
            pieces.append((start, end, target(note, "", text[start:end])))
    for start, end, markdown in sorted(pieces, reverse=True):
        text = text[:start] + markdown + text[end:]
    return text


def backlinks(links: Iterable[Link]) -> dict[str, list[str]]:
    """Return the notes that speak of each note, those that do it most first."""
    counts: dict[str, dict[str, int]] = {}
    for link in links:
        if link.source != link.target:
            counts.setdefault(link.target, {}).setdefault(link.source, 0)
            counts[link.target][link.source] += 1
    return {target: sorted(found, key=lambda note: (-found[note], note)) for target, found in counts.items()}


def check_links(note: Note, notes: dict[str, Note]) -> Iterator[NoteError]:
    """Yield a problem for each written link that leads to no note or to no heading of it."""
    for section in note.sections:
        for statement in section.statements:
            if statement.block == "code":
                continue
            for match in WIKILINK.finditer(re.sub(r"`[^`]*`", lambda m: " " * len(m.group()), statement.text)):
                target = notes.get(match.group(1) or note.id)
                if target is None:
                    yield LinkError(note.path, statement.line, "link", "the id of a note", match.group(1))
                elif match.group(2) and match.group(2) not in anchors(target):
                    yield LinkError(
                        note.path, statement.line, "link", f"a heading or fact of {target.id}", match.group(2)
                    )
    instead = note.status.instead
    if instead and re.fullmatch(r"[a-z0-9-]+", instead) and instead not in notes:
        yield LinkError(
            note.path, note.line_of("status.instead"), "status.instead", "the id of a note, or a name", instead
        )


def anchors(note: Note) -> set[str]:
    """Return every address inside a note."""
    rendered = {"limits"} if note.facts else set()
    return {s.anchor for s in note.sections if s.anchor} | {f.anchor for f in note.facts} | rendered | {"see-also"}
