"""Propose: turn outlines of raw notes into a plan - what is known already, what is new, what contradicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from kb.merge.match import Alike, Known, Match, Pool, names_in
from kb.merge.place import Placement, Placer
from kb.merge.plan import Entry, Plan, Status, digest
from kb.merge.relate import Related
from kb.merge.statement import understand
from kb.notes.fact import slug
from kb.notes.note import SECTIONS, Note
from kb.sources.outline import Outline, Raw

SURE = 0.5
"""A new statement placed with less confidence is proposed, not accepted."""
SHORTEST = 3
"""A statement of fewer words says too little to be a duplicate of anything; it is proposed, not accepted."""
NEAR = 0.45
Step = Callable[[int, int], None]


class Proposer:
    """Compares raw statements with notes, and with those before them."""

    def __init__(self, notes: Iterable[Note], root: Path, alike: Alike | None = None) -> None:
        self.notes = {note.id: note for note in notes}
        self.root = root
        self.placer = Placer(self.notes.values())
        self.pool = Pool(alike)
        self.pool.add_notes(self.notes.values())

    def propose(self, outlines: Iterable[Outline], about: dict[str, str], step: Step = lambda *_: None) -> Plan:
        """Return the plan of an import; `about` are source, title, author, date and licence."""
        raws = [raw for outline in outlines for raw in outline.statements if raw.block != "code"]
        entries = []
        for done, raw in enumerate(raws, start=1):
            entries.append(self._entry(raw))
            step(done, len(raws))
        targets = {entry.target.partition("#")[0] for entry in entries} & self.notes.keys()
        digests = {id: digest(self.root / self.notes[id].path) for id in sorted(targets)}
        return Plan(entries=tuple(entries), digests=digests, **about)

    def _entry(self, raw: Raw) -> Entry:
        placed = self.placer.place(raw.text, raw.headings)
        if not placed.note:
            return Entry(False, "unplaced", "", raw.text, _origin(raw, placed))
        note = self.notes[placed.note]
        statement = understand(raw.text, names_in(note))
        nearest = next(self.pool.matches(statement, note.id), None)
        status = _status(nearest)
        self.pool.add(Known(f"{raw.path}:{raw.line}", note.id, statement))
        if status == "new" or nearest is None:
            accepted = placed.confidence >= SURE and len(statement.words) >= SHORTEST
            return Entry(accepted, "new", f"{note.id}#{section_for(note, raw)}", raw.text, _origin(raw, placed))
        target = nearest.known.id if "#" in nearest.known.id or nearest.known.id == note.id else note.id
        return Entry(status == "known", status, target, raw.text, _origin(raw, placed), _matched(nearest, note))


def _status(nearest: Match | None) -> Status:
    if nearest is None:
        return "new"
    if nearest.related.kind == "duplicate":
        return "known"
    if nearest.related.kind == "conflict":
        return "conflict"
    return "near" if nearest.related.score >= NEAR else "new"


def section_for(note: Note, raw: Raw) -> str:
    """Return the address of the section of a note that a new statement goes to: one with its heading, or the last of its own."""
    anchors = {section.anchor for section in note.sections if section.anchor}
    standard = {slug(title) for title in SECTIONS}
    for heading in reversed(raw.headings):
        if slug(heading) in anchors or slug(heading) in standard - {"limits", "see-also"}:
            return slug(heading)
    own = [s.anchor for s in note.sections if s.anchor and s.anchor not in standard]
    return own[-1] if own else "features"


def _origin(raw: Raw, placed: Placement) -> str:
    above = f" ({' > '.join(raw.headings)})" if raw.headings else ""
    why = f"; placed {placed.confidence:.2f} by {placed.why}" if placed.note else f"; {placed.why}"
    return f"{raw.path}:{raw.line}{above}{why}"


def _matched(match: Match, note: Note) -> str:
    related: Related = match.related
    checked = next((f.checked for f in note.facts if match.known.id == f"{note.id}#{f.anchor}" and f.checked), None)
    support = (
        f"; {checked.against} of {checked.date} supports the note" if checked and related.kind == "conflict" else ""
    )
    return f"{match.known.id} {related.score:.2f} ({related.why}{support}): {match.known.statement.text}"
