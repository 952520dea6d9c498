"""Find the figures of the ranking: field boosts, lengths, coverage, names. Run by hand; prints, changes nothing.

    python tests/quality/tune.py [ROUNDS]

Coordinate descent over GRID on the questions of the fixture, with five-fold cross-validation: each fold is tuned on the
other four and scored on itself, so that the printed gain is what unseen questions would have got. A figure is worth
changing only when the folds agree on it.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kb import KnowledgeBase
from kb.evaluate.questions import Question, read_questions
from kb.index import impacts as impacts_module
from kb.index.content import protected_words
from kb.index.impacts import FIELDS, Occurrences, averages
from kb.index.unit import units_of
from kb.index.whoosh import Stemmer
from kb.links.names import claims, identifier_claims
from kb.search import query as query_module
from kb.search import rank as rank_module
from kb.search.query import Query
from kb.search.rank import Ranking
from kb.search.searcher import Searcher

FOLDS = 5
Figures = dict[str, float]
GRID: dict[str, tuple[float, ...]] = {
    "K1": (2.0, 3.0, 4.0, 6.0, 9.0),
    "head.boost": (2.0, 2.6, 3.2, 4.0, 5.0, 6.0),
    "names.boost": (0.3, 0.6, 0.9, 1.2),
    "asked.boost": (1.0, 1.5, 2.0, 2.6, 3.2),
    "extra.boost": (0.8, 1.2, 1.6),
    "head.b": (0.2, 0.4, 0.6),
    "asked.b": (0.0, 0.15, 0.3, 0.45, 0.6),
    "text.b": (0.15, 0.3, 0.4, 0.5, 0.65),
    "NAMED": (0.25, 0.4, 0.55, 0.7, 0.9),
    "COVERAGE": (0.45, 0.6, 0.75, 0.9),
    "PAIR_WEIGHT": (0.0, 0.2, 0.4, 0.7, 1.0),
    "NAME_WORD_WEIGHT": (0.2, 0.35, 0.5, 0.8),
}


class Trial(Searcher):
    """The bundled index with other impacts."""

    def prepare(self, kb: KnowledgeBase) -> None:
        """Count the words of every unit once."""
        notes = kb.folder.notes.values()
        names = ((name.text, name.rank) for found in claims(notes).values() for name in found)
        stemmer = Stemmer(protected_words(names, (id for _, id in identifier_claims(notes))))
        self.units = [unit for path in sorted(n.path for n in notes) for unit in self._units(kb, path)]
        self.occurrences = Occurrences(stemmer)
        for number, unit in enumerate(self.units):
            self.occurrences.add(number, unit)
        self.average = averages(self.occurrences.totals(range(len(self.units))), len(self.units))

    def _units(self, kb: KnowledgeBase, path: str) -> Iterable[object]:
        note = next(n for n in kb.folder.notes.values() if n.path == path)
        return units_of(note, kb.sources)

    def use(self, figures: Figures) -> None:
        """Score with these figures."""
        impacts_module.K1 = figures["K1"]
        for name in ("NAMED", "COVERAGE", "PAIR_WEIGHT"):
            setattr(rank_module, name, figures[name])
        query_module.NAME_WORD_WEIGHT = figures["NAME_WORD_WEIGHT"]
        self.occurrences.fields = tuple(
            replace(f, boost=figures.get(f"{f.name}.boost", f.boost), b=figures.get(f"{f.name}.b", f.b)) for f in FIELDS
        )
        self.norms = self.occurrences.norms(self.average)
        self.known: dict[str, tuple[array[int], array[int]]] = {}

    def postings(self, term: str) -> tuple[array[int], array[int]]:
        """Return the impacts of a term under the figures in use."""
        if term not in self.known:
            found = self.occurrences.impacts(term, self.norms)
            self.known[term] = array("I", found), array("H", found.values())
        return self.known[term]

    def reciprocal(self, question: Question) -> float:
        """Return 1 / rank of the first right hit, half of it when it is not the first."""
        ranking = Ranking(self.corrected(question.query), self)
        for rank, (_, number) in enumerate(ranking.best(10), start=1):
            unit = self.units[number]
            text = f"{unit.heading}\n{unit.text}"
            if unit.note in question.service and all(re.search(must, text, re.IGNORECASE) for must in question.must):
                return 1.0 if rank == 1 else 0.75 / rank
        return 0.0

    def corrected(self, text: str) -> Query:
        """Return the query as the search understands it."""
        understood = Query(text, self)
        better = self._corrected(text, understood) if understood.unknown else None
        return Query(better, self) if better else understood


def default() -> Figures:
    """Return the figures as they are in the code."""
    fields = {f"{f.name}.{key}": getattr(f, key) for f in FIELDS for key in ("boost", "b")}
    named = {name: getattr(rank_module, name) for name in ("NAMED", "COVERAGE", "PAIR_WEIGHT")}
    return fields | named | {"K1": impacts_module.K1, "NAME_WORD_WEIGHT": query_module.NAME_WORD_WEIGHT}


class Scores:
    """Each question's score under figures, computed once."""

    def __init__(self, trial: Trial, questions: list[Question]) -> None:
        self.trial, self.questions = trial, questions
        self.known: dict[tuple[tuple[str, float], ...], list[float]] = {}

    def of(self, figures: Figures, places: list[int]) -> float:
        """Return the mean over some of the questions."""
        key = tuple(sorted(figures.items()))
        if key not in self.known:
            self.trial.use(figures)
            self.known[key] = [self.trial.reciprocal(question) for question in self.questions]
        return sum(self.known[key][place] for place in places) / len(places)


def descend(scores: Scores, places: list[int], start: Figures, rounds: int) -> Figures:
    """Improve one figure after the other until none improves."""
    best = dict(start)
    for _ in range(rounds):
        before = dict(best)
        for name, values in GRID.items():
            best[name] = max((best[name], *values), key=lambda value: scores.of({**best, name: value}, places))
        if best == before:
            break
    return best


def main() -> None:
    """Tune, print the gain on held-out folds, and the figures that all questions together favour."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    kb = KnowledgeBase()
    trial = Trial(kb.index)
    trial.prepare(kb)
    questions = [q for q in read_questions(Path(__file__).parent / "queries.jsonl") if q.service]
    scores, start = Scores(trial, questions), default()
    every = list(range(len(questions)))
    print(f"now: {scores.of(start, every):.4f} on {len(questions)} questions")
    gains = []
    for fold in range(FOLDS):
        held = [place for place in every if place % FOLDS == fold]
        tuned = descend(scores, [place for place in every if place % FOLDS != fold], start, rounds)
        gains.append(scores.of(tuned, held) - scores.of(start, held))
        changed = {name: value for name, value in tuned.items() if value != start[name]}
        print(f"fold {fold}: held-out gain {gains[-1]:+.4f}  {changed}", flush=True)
    print(f"mean held-out gain {sum(gains) / FOLDS:+.4f}")
    tuned = descend(scores, every, start, rounds)
    changed = {name: value for name, value in tuned.items() if value != start[name]}
    print(f"all: {scores.of(tuned, every):.4f}  {changed}")


if __name__ == "__main__":
    main()
