"""Match: what among many statements comes near one of them, and how the two stand to each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kb.merge.relate import Rarity, Related, relate
from kb.merge.statement import Statement, said_by, understand
from kb.notes.note import Note

CANDIDATES = 12
"""So many statements that share the rarest words are compared in full."""
COMMON = 400
"""A word that more statements of a note hold brings nothing together."""
Alike = Callable[[str, str], float]


@dataclass(frozen=True, slots=True)
class Known:
    """A statement with its address."""

    id: str
    """note#anchor of the fact or section it stands in."""
    note: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class Match:
    """What a statement was found to be near to."""

    known: Known
    related: Related


class Pool:
    """Statements of many notes, found by the words they share."""

    def __init__(self, alike: Alike | None = None) -> None:
        self.alike = alike
        self.rarity = Rarity()
        self.statements: list[Known] = []
        self.holding: dict[tuple[str, str], list[int]] = {}
        """Per note and word, the places of the statements that hold it."""

    def add(self, known: Known) -> None:
        """Put a statement in."""
        place = len(self.statements)
        self.statements.append(known)
        self.rarity.counts.update(known.statement.words)
        self.rarity.total += 1
        for word in known.statement.words:
            self.holding.setdefault((known.note, word), []).append(place)

    def add_notes(self, notes: Iterable[Note]) -> None:
        """Put in everything that notes say."""
        for note in notes:
            for id, text in said_by(note):
                self.add(Known(id, note.id, understand(text, names_in(note))))

    def matches(self, statement: Statement, note: str, before: int | None = None) -> Iterator[Match]:
        """Yield what comes near a statement in a note, the nearest first; `before` leaves out later places."""
        shared: Counter[int] = Counter()
        for word in statement.words:
            places = self.holding.get((note, word), ())
            if len(places) <= COMMON:
                weight = self.rarity.of(word)
                for place in places:
                    if before is None or place < before:
                        shared[place] += weight  # type: ignore[assignment]
        nearest = sorted(
            shared.most_common(CANDIDATES), key=lambda pair: pair[0]
        )  # what notes say comes before what is new
        found = [
            Match(self.statements[place], relate(statement, self.statements[place].statement, self.rarity, self.alike))
            for place, _ in nearest
        ]
        yield from sorted(found, key=lambda match: (match.related.kind == "different", -round(match.related.score, 3)))


def names_in(note: Note) -> tuple[str, ...]:
    """Return the words that only say which note a statement is about."""
    return (note.id.replace("-", " "), note.title, *note.names.every())
