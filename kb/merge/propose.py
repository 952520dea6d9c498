"""Propose: turn outlines of raw notes into a plan - what is known already, what is new, what contradicts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from kb.merge.judge import choose_judge
from kb.merge.match import TWICE, Known, Match, Pool, Step, judged, names_in
from kb.merge.place import Placement, Placer
from kb.merge.plan import Entry, Plan, Status, digest
from kb.merge.relate import Related
from kb.merge.statement import Statement, understand
from kb.notes.fact import slug
from kb.notes.note import SECTIONS, Note
from kb.sources.outline import Outline, Raw

_LINK = re.compile(r"(?:\W*(?:\[[^\[\]]*\]\([^()\s]*\)|<?https?://\S+))+\W*")
SURE = 0.5
"""A new statement placed with less confidence is proposed, not accepted."""
SHORTEST = 3
"""A statement of fewer words says too little to be a duplicate of anything; it is proposed, not accepted."""
ALIKE = 0.85
"""Two raw statements contradict each other from this share of common words on; what they are about, no note tells."""
CITED = 0.75
"""A known statement that is less likely the same is proposed to be cited, not accepted."""
NEAR = 0.25
"""From this likelihood on a person should look whether it is the same."""


class Proposer:
    """Compares raw statements with notes, and with those before them."""

    def __init__(self, notes: Iterable[Note], root: Path, semantic: bool | None = None) -> None:
        """Take in what the notes say; `semantic` as for `choose_judge`."""
        self.notes = {note.id: note for note in notes}
        self.names = {note.id: names_in(note) for note in self.notes.values()}
        self.root = root
        self.placer = Placer(self.notes.values())
        self.pool = Pool()
        self.pool.add_notes(self.notes.values())
        self.semantic = semantic

    def propose(self, outlines: Iterable[Outline], about: dict[str, str], step: Step = lambda *_: None) -> Plan:
        """Return the plan of an import; `about` are source, title, author, date and licence."""
        raws = [
            (raw, self._above(outline, raw))
            for outline in outlines
            for raw in outline.statements
            if raw.block != "code"
        ]
        placed = []
        asked: list[tuple[Statement, list[Known]]] = []
        for done, (raw, above) in enumerate(raws, start=1):
            placement = self.placer.place(raw.text, above)
            placed.append((raw, placement))
            asked.append(self._asked(raw, placement))
            step("placing", done, len(raws))
        judge = choose_judge(self.pool.rarity, self.semantic, sum(bool(candidates) for _, candidates in asked))
        found = judged(asked, judge, step)
        entries = [
            self._entry(raw, placement, statement, matches)
            for (raw, placement), (statement, _), matches in zip(placed, asked, found, strict=True)
        ]
        targets = {entry.target.partition("#")[0] for entry in entries} & self.notes.keys()
        digests = {id: digest(self.root / self.notes[id].path) for id in sorted(targets)}
        return Plan(entries=tuple(entries), digests=digests, **about)

    def _above(self, outline: Outline, raw: Raw) -> tuple[str, ...]:
        """Return the headings above a statement; the title of its file is one where it names a note."""
        if outline.title in raw.headings[:1] or not self.placer.names_some(outline.title):
            return raw.headings
        return (outline.title, *raw.headings)

    def _asked(self, raw: Raw, placement: Placement) -> tuple[Statement, list[Known]]:
        """Return a statement with what may be the same, in the notes or said before it."""
        statement = under_heading(raw, self.names.get(placement.note, ()))
        if not placement.note or is_label(raw.text, statement):
            return statement, []
        candidates = self.pool.candidates(statement, placement.note)
        self.pool.add(Known(f"{raw.path}:{raw.line}", placement.note, statement, raw=True))
        return statement, candidates

    def _entry(self, raw: Raw, placed: Placement, statement: Statement, matches: list[Match]) -> Entry:
        origin = _origin(raw, placed)
        if not placed.note:
            return Entry(False, "unplaced", "", raw.text, origin)
        note = self.notes[placed.note]
        if is_label(raw.text, statement):
            return Entry(False, "label", f"{note.id}#{section_for(note, raw)}", raw.text, origin)
        nearest = next((match for match in matches if not _unlikely(raw, statement, match)), None)
        status = _status(nearest)
        if nearest is None or status == "new":
            accepted = placed.confidence >= SURE and len(statement.words) >= SHORTEST
            return Entry(accepted, "new", f"{note.id}#{section_for(note, raw, matches)}", raw.text, origin)
        target = note.id if nearest.known.raw else nearest.known.id
        accepted = status == "known" and not nearest.known.raw and nearest.related.score >= CITED
        return Entry(accepted, status, target, raw.text, origin, _matched(nearest, note))


def _unlikely(raw: Raw, statement: Statement, match: Match) -> bool:
    """Tell whether somebody only lists things beside each other: rows of a table, steps, options of a question."""
    known, kind = match.known, match.related.kind
    if not known.raw or kind == "different":
        return False
    same_file = known.id.rpartition(":")[0] == raw.path
    if kind == "conflict":
        return same_file or raw.block == "table" or match.related.score < ALIKE
    if same_file:
        return (statement.words, statement.values) != (known.statement.words, known.statement.values)
    return match.related.score < TWICE


def under_heading(raw: Raw, names: Collection[str] = ()) -> Statement:
    """Return a raw statement understood; where it names no scope, the heading above it may."""
    statement = understand(raw.text, names)
    if statement.scopes or not raw.headings:
        return statement
    return replace(statement, scopes=understand(raw.headings[-1], names).scopes)


def is_label(text: str, statement: Statement) -> bool:
    """Tell whether a line only names what the lines below it are about: "Pros:", "EC2", "Why?", a link."""
    bare = text.strip().rstrip("*_` ")
    if _LINK.fullmatch(bare):
        return True
    return bare.endswith((":", "?")) or (len(statement.words) < 2 and not statement.values)


def _status(nearest: Match | None) -> Status:
    if nearest is None:
        return "new"
    if nearest.related.kind == "duplicate":
        return "known"
    if nearest.related.kind == "conflict":
        return "conflict"
    return "near" if nearest.related.score >= NEAR else "new"


def section_for(note: Note, raw: Raw, matches: Sequence[Match] = ()) -> str:
    """Return the address of the section of a note that a new statement goes to.

    That is one with its heading; or where what is nearest to it stands; or the last of the note's own.
    """
    anchors = {section.anchor for section in note.sections if section.anchor}
    standard = {slug(title) for title in SECTIONS}
    for heading in reversed(raw.headings):
        if slug(heading) in anchors or slug(heading) in standard - {"limits", "see-also"}:
            return slug(heading)
    for match in matches:
        anchor = match.known.id.partition("#")[2]
        if not match.known.raw and anchor in anchors - {"see-also"}:
            return anchor
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
