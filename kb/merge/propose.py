"""Propose: turn outlines of raw notes into a plan - what is known already, what is new, what contradicts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from kb.merge.conflict import is_aside
from kb.merge.judge import choose_judge
from kb.merge.match import TWICE, Known, Match, Pool, Step, judged, names_in
from kb.merge.place import Placement, Placer
from kb.merge.plan import Entry, Plan, Status, digest
from kb.merge.relate import Related
from kb.merge.statement import Statement, understand, without_markup
from kb.notes.fact import slug
from kb.notes.note import SECTIONS, Note
from kb.sources.outline import Outline, Raw

_LINK = re.compile(r"(?:\W*(?:\[[^\[\]]*\]\([^()\s]*\)|<?https?://\S+))+\W*")
_MEASURED = re.compile(r"^(?:time|size|share):| ")
"""A value with a unit, or with the word that it counts."""
_WORDS = re.compile(r"[\W_]+")
_PERSONAL = re.compile(r"\b(?:I|I['\u2019](?:m|ve|d|ll)|[Mm]y|[Mm]e|[Ww]e|[Oo]urs?|[Uu]s|[Ll]et['\u2019]s)\b")
"""Who tells of himself tells nothing of a service."""
_STEP = re.compile(
    r"\W*(?:(?:then|now|next|first|finally|and),? )?(?:click|run|open|go to|navigate|download|install|select|choose|enter|type|copy|paste|save|launch|sign|log"
    r"|press|wait|check|make|move|create|attach|add|change|set|remember|note|see|read|try|visit|execute|start|stop|edit|update|upload|give|name)\b",
    re.I,
)
"""Who begins so tells what to do in an exercise."""
_DANGLING = re.compile(
    r"\W*(?:it|its|they|their|this|these|those|such|that|here|there|then|so|and|but|also|which|same|both|e\.g)\b", re.I
)
"""Who begins so speaks of what stands above."""
_CODE = re.compile(r"`[^`]*`|\S*[/\\]\S+|<[^<>]*>")
SURE = 0.5
"""A new statement placed with less confidence is proposed, not accepted."""
FEWEST, MOST = 3, 40
"""Of the lines under a heading, so many must stand there to tell together, and so many are read."""
ELSEWHERE_SAID = 4
"""So many statements of each other note that a statement may belong to are compared."""
LONGEST_HEAD = 60
"""A list item or heading of so many letters tells what stands under it."""
LABEL = 4
"""An item of fewer words above others, without a value, names what they are about."""
SHORTEST = 3
"""A statement of fewer words says too little to be a duplicate of anything; it is proposed, not accepted."""
ALIKE = 0.85
"""Two raw statements contradict each other from this share of common words on; what they are about, no note tells."""
CITED = 0.75
"""A known statement that is less likely the same is proposed to be cited, not accepted."""
NEAR = 0.1
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
            (raw, self._headings(outline, raw))
            for outline in outlines
            for raw in outline.statements
            if raw.block != "code"
        ]
        placements = self._placed(raws, step)
        asked = [self._asked(raw, placement) for (raw, _), placement in zip(raws, placements, strict=True)]
        judge = choose_judge(self.pool.rarity, self.semantic, sum(bool(candidates) for _, candidates in asked))
        found = judged(asked, judge, step)
        entries = [
            self._entry(raw, placement, statement, matches)
            for (raw, _), placement, (statement, _), matches in zip(raws, placements, asked, found, strict=True)
        ]
        targets = {entry.target.partition("#")[0] for entry in entries} & self.notes.keys()
        digests = {id: digest(self.root / self.notes[id].path) for id in sorted(targets)}
        return Plan(entries=tuple(entries), digests=digests, **about)

    def _placed(self, raws: Sequence[tuple[Raw, tuple[str, ...]]], step: Step) -> list[Placement]:
        """Return where each statement belongs; the rest under a heading may tell of one that does not say it."""
        placements = []
        groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        for place, (raw, headings) in enumerate(raws):
            placements.append(self.placer.place(raw.text, headings, raw.parents))
            groups.setdefault((raw.path, headings), []).append(place)
            step("placing", place + 1, len(raws))
        for (_, headings), group in groups.items():
            if len(group) >= FEWEST and not all(placements[place].note for place in group):
                texts = [raws[place][0].text for place in group[:MOST]]
                beside = [placements[place].note for place in group if placements[place].note]
                together = self.placer.place_together(texts, headings, beside)
                for place in group:
                    placements[place] = placements[place] if placements[place].note else together
        return placements

    def _headings(self, outline: Outline, raw: Raw) -> tuple[str, ...]:
        """Return the headings above a statement; the title of its file is one where it names a note."""
        file = _WORDS.sub(" ", raw.path)
        if self.placer.is_elsewhere(file):
            return (file, *raw.headings)
        if outline.title in raw.headings[:1] or not self._tells(outline.title):
            return raw.headings
        return (outline.title, *raw.headings)

    def _tells(self, title: str) -> bool:
        return self.placer.names_some(title) or self.placer.is_elsewhere(title)

    def _asked(self, raw: Raw, placement: Placement) -> tuple[Statement, list[Known]]:
        """Return a statement with what may be the same, in the notes or said before it."""
        statement = understand(raw.text, self.names.get(placement.note, ()), above(raw))
        if not placement.note or is_label(raw, statement):
            return statement, []
        candidates = self.pool.candidates(statement, placement.note)
        for other in placement.others:
            candidates += (one for one in self.pool.candidates(statement, other, ELSEWHERE_SAID) if not one.raw)
        self.pool.add(Known(f"{raw.path}:{raw.line}", placement.note, statement, raw=True))
        return statement, candidates

    def _entry(self, raw: Raw, placed: Placement, statement: Statement, matches: list[Match]) -> Entry:
        origin = _origin(raw, placed)
        if not placed.note:
            return Entry(False, "unplaced", "", raw.text, origin)
        note = self.notes[placed.note]
        if is_label(raw, statement):
            return Entry(False, "label", f"{note.id}#{section_for(note, raw)}", raw.text, origin)
        likely = (match for match in matches if not _unlikely(raw, statement, match, placed.note))
        nearest = next(likely, None)
        status = _status(nearest)
        if nearest is None or status == "new":
            why = "its place is not sure" if placed.confidence < SURE else held_back(raw, statement)
            origin += f"; held back: {why}" if why else ""
            return Entry(not why, "new", f"{note.id}#{section_for(note, raw, matches)}", in_full(raw), origin)
        target = note.id if nearest.known.raw else nearest.known.id
        same_note = not nearest.known.raw and nearest.known.note == note.id
        accepted = status == "known" and same_note and nearest.related.score >= CITED
        text = raw.text if status == "known" else in_full(raw)
        return Entry(accepted, status, target, text, origin, _matched(nearest, note))


def _unlikely(raw: Raw, statement: Statement, match: Match, note: str) -> bool:
    """Tell whether somebody only lists things beside each other: rows of a table, steps, options of a question.

    Another note may say the same, but what is like it there is about something else.
    """
    known, kind = match.known, match.related.kind
    if known.note != note:
        return kind != "duplicate" or match.related.score < SURE
    if not known.raw or kind == "different":
        return False
    same_file = known.id.rpartition(":")[0] == raw.path
    if kind == "conflict":
        counted = all(_MEASURED.search(value) for value in statement.values)
        return same_file or raw.block == "table" or match.related.score < ALIKE or not counted
    if same_file:
        return (statement.words, statement.values) != (known.statement.words, known.statement.values)
    return match.related.score < TWICE


def above(raw: Raw) -> str:
    """Return what a raw statement stands under: the nearest list item or heading, if that is short."""
    return _head(raw.parents) or _head(raw.headings)


def _head(texts: Sequence[str]) -> str:
    heads = (without_markup(text).partition(":")[0].strip(" .") for text in reversed(texts))
    return next((head for head in heads if head and len(head) <= LONGEST_HEAD), "")


def in_full(raw: Raw) -> str:
    """Return a raw statement with the list item that it would lack in a note: "Spot: Price depends on demand"."""
    head = _head(raw.parents[-1:])
    return raw.text if not head or head.lower() in raw.text.lower() else f"{head}: {raw.text}"


def held_back(raw: Raw, statement: Statement) -> str:
    """Return why a new statement says nothing of its own, if so: a fragment, a step, talk, a row, what speaks of the line above."""
    said = _WORDS.split(_CODE.sub(" ", raw.text).strip())
    if min(len(statement.words), len([word for word in said if word.isalpha()])) < SHORTEST:
        return "hardly any words"
    if _PERSONAL.search(raw.text):
        return "somebody tells of himself"
    if _STEP.match(raw.text):
        return "a step to take"
    if is_aside(raw.text):
        return "a question, an example, a calculation, or what was"
    if raw.block == "table":
        return "a row of a table"
    if in_full(raw) != raw.text:
        return ""
    return "it speaks of what stands above" if _DANGLING.match(raw.text) or raw.text[0].islower() else ""


def is_label(raw: Raw, statement: Statement) -> bool:
    """Tell whether a line only names what the lines below it are about: "Pros:", "EC2", "Why?", a link."""
    bare = raw.text.strip().rstrip("*_` ")
    if _LINK.fullmatch(bare) or bare.endswith((":", "?")):
        return True
    return len(statement.words) < (LABEL if raw.leads else 2) and not statement.values


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
