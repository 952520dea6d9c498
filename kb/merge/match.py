"""Match: which of many statements come near one of them; how they stand to each other, a judge says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kb.merge.conflict import is_aside
from kb.merge.rarity import Rarity
from kb.merge.relate import Related
from kb.merge.statement import Statement, bare, is_telling, said_by
from kb.notes.note import Note

CANDIDATES = 8
"""So many statements that share the rarest words are judged."""
COMMON = 400
"""A word that more statements of a note hold brings nothing together."""
BATCH = 2048
"""So many pairs are judged at once."""
TWICE = 0.9
"""From this likelihood on a note, or two files of raw notes, say the same twice; a note and a raw one need less."""
KINDS = ("duplicate", "conflict", "different")
Pair = tuple[Statement, Statement]
Judge = Callable[[Sequence[Pair]], list[Related]]
Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Known:
    """A statement with its address."""

    id: str
    """note#anchor of the fact or section it stands in, or file:line of a raw one."""
    note: str
    statement: Statement
    raw: bool = False
    """Whether it stands in raw notes, not in a note."""

    @property
    def is_fact(self) -> bool:
        """Whether it is a fact of a note."""
        return "#fact-" in self.id


@dataclass(frozen=True, slots=True)
class Match:
    """What a statement was found to be near to."""

    known: Known
    related: Related


class Pool:
    """Statements of many notes, found by the words they share."""

    def __init__(self) -> None:
        self.rarity = Rarity()
        self.statements: list[Known] = []
        self.holding: dict[tuple[str, str], list[int]] = {}
        """Per note and word or value, the places of the statements that hold it."""
        self.former: dict[tuple[str, str], list[int]] = {}
        """Per note and value, whatever it counts, the places of the facts that had it."""

    def add(self, known: Known) -> None:
        """Put a statement in."""
        place = len(self.statements)
        self.statements.append(known)
        self.rarity.add(known.statement)
        for term in known.statement.terms():
            self.holding.setdefault((known.note, term), []).append(place)
        for value in known.statement.property.was if known.statement.property else ():
            self.former.setdefault((known.note, bare(value)), []).append(place)

    def add_notes(self, notes: Iterable[Note]) -> None:
        """Put in everything that notes say."""
        for note in notes:
            said = list(said_by(note, names_in(note)))
            today = {bare(value) for _, statement in said for value in _given(statement)}
            for id, statement in said:
                self.add(Known(id, note.id, _remembering(statement, today)))

    def candidates(self, statement: Statement, note: str, most: int = CANDIDATES) -> list[Known]:
        """Return the statements of a note that share the rarest words and values with this one, and the facts that had its values."""
        shared: dict[int, float] = {}
        for term in statement.terms():
            places = self.holding.get((note, term), ())
            if 0 < len(places) <= COMMON:
                weight = self.rarity.of(term)
                for place in places:
                    shared[place] = shared.get(place, 0.0) + weight
        nearest = [place for place, _ in Counter(shared).most_common(most)]
        former = [place for value in sorted(statement.values) for place in self.former.get((note, bare(value)), ())]
        return [self.statements[place] for place in dict.fromkeys(nearest + former)]


def judged(asked: Sequence[tuple[Statement, list[Known]]], judge: Judge, step: Step) -> Iterator[list[Match]]:
    """Yield for each statement its candidates with how they stand to it: the same, then contradictions, then the rest, nearest first."""
    total = len(asked)
    batch: list[tuple[Statement, list[Known]]] = []
    for done, one in enumerate(asked, start=1):
        batch.append(one)
        if done == total or sum(len(candidates) for _, candidates in batch) >= BATCH:
            found = iter(
                judge([(statement, known.statement) for statement, candidates in batch for known in candidates])
            )
            for _, candidates in batch:
                yield sorted((Match(known, next(found)) for known in candidates), key=_rank)
            batch = []
            step("comparing", done, total)


def _rank(match: Match) -> tuple[int, bool, float]:
    """Order what was found: a value that the notes remember, the same, contradictions, the rest; nearest first."""
    kind = -1 if match.related.history == "changed" else KINDS.index(match.related.kind)
    return kind, match.known.raw, -round(match.related.score, 3)


def pairs(pool: Pool, kind: str, judge: Judge, step: Step = lambda *_: None) -> Iterator[tuple[Known, Match]]:
    """Yield the pairs of statements of one note that are of a kind, "duplicate" or "conflict", each once.

    What a note tells as history contradicts what it says today on purpose.
    """
    places = {id(known): place for place, known in enumerate(pool.statements)}

    def earlier(known: Known) -> list[Known]:
        """Return candidates that come before; two facts are of two properties or scopes."""
        near = pool.candidates(known.statement, known.note)
        return [one for one in near if places[id(one)] < places[id(known)] and not (one.is_fact and known.is_fact)]

    asked = [(known.statement, earlier(known)) for known in pool.statements]
    for known, matches in zip(pool.statements, judged(asked, judge, step), strict=True):
        for match in matches:
            of_kind = _twice(known, match) if kind == "duplicate" else not match.related.history
            if match.related.kind == kind and of_kind:
                yield known, match


def _twice(known: Known, match: Match) -> bool:
    """Tell whether one of two statements of a note is superfluous: not a table beside its text, not two examples."""
    texts = (known.statement.text, match.known.statement.text)
    return match.related.score >= TWICE and not any(is_aside(text) or text.startswith("|") for text in texts)


def _given(statement: Statement) -> frozenset[str]:
    """Return the values that a statement gives as today's."""
    if statement.property:
        return statement.property.now
    return frozenset() if is_aside(statement.text) else statement.values


def _remembering(statement: Statement, today: Container[str]) -> Statement:
    """Return a fact with those of its former values that its note gives for nothing else today."""
    if not statement.property or not statement.property.was:
        return statement
    alone = frozenset(value for value in statement.property.was if bare(value) not in today and is_telling(value))
    return replace(statement, property=replace(statement.property, alone=alone))


def names_in(note: Note) -> tuple[str, ...]:
    """Return the words that only say which note a statement is about."""
    return (note.id.replace("-", " "), note.title, *note.names.every())
