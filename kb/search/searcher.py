"""Search the ranked export: exact name, words, start of the last word, spelling, and meaning where it is installed.

Nothing here imports Whoosh, numpy, typing or dataclasses: this is what a cold `kb search` loads.
"""

from __future__ import annotations

from kb.index.analyse import MAX_QUERY
from kb.search.compared import compared
from kb.search.hit import Filters, Hit, Result
from kb.search.query import Query
from kb.search.rank import Ranking, points
from kb.search.reader import Export
from kb.search.snippet import snippet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kb.search.meaning import Meaning


class Searcher(Export):
    """A ranked export that answers queries."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self._meaning: Meaning | None = None

    def search(
        self,
        query: str,
        limit: int = 10,
        filters: Filters | None = None,
        allowed: set[str] | None = None,
        *,
        semantic: bool = False,
    ) -> Result:
        """Return the best units for a query; `allowed` are the ids an operator query selected.

        `semantic` blends in what units mean. No query raises; one without a single word finds nothing.

        Raises:
            IndexDamaged: a page of the export cannot be read.
            MissingExtra: `semantic` was asked for and is not installed.
        """
        text = _clean(query)
        understood = Query(text, self)
        corrected = None
        if understood.unknown:
            corrected = self._corrected(text, understood)
            understood = Query(corrected, self) if corrected else understood
        permitted = self.permitted(filters or Filters(), allowed)
        ranking = Ranking(understood, self, 0 if semantic or permitted is not None else limit)
        if ranking.floored():
            ranked, total = [], 0
        else:
            ranked, total = ranking.best(limit, permitted), ranking.total(permitted)
        if semantic and understood.words and not understood.whole and not self._certain(ranked, ranking):
            ranked, total = self.meaning.blend(ranking, corrected or text, limit, permitted)
        hits = [self._hit(number, score, ranking) for score, number in ranked]
        answer = hits[0] if self._certain(ranked, ranking) else None
        result = Result(query, hits, total, answer, understood.recognised)
        result.corrected = corrected
        result.comparison = compared(corrected or text, self)
        return result

    @property
    def meaning(self) -> Meaning:
        """What units mean.

        Raises:
            MissingExtra: the extra is not installed.
        """
        if self._meaning is None:
            from kb.search.meaning import Meaning

            self._meaning = Meaning(self)
        return self._meaning

    def _hit(self, number: int, score: float, ranking: Ranking) -> Hit:
        hit = self.hit(number)
        hit.snippet = snippet(hit.text, [surface for word in ranking.query.words for surface in word.group])
        hit.score = points(-score, self)
        hit.parts = ranking.parts(number)
        rest = round(hit.score - sum(hit.parts.values()), 2)
        if rest:
            hit.parts["meaning"] = rest
        return hit

    def _certain(self, ranked: list[tuple[float, int]], ranking: Ranking) -> bool:
        """Tell whether the first hit answers the query: a fact of a named note that holds all that was asked."""
        if not ranked or not ranking.asked or ranking.held(ranked[0][1]) != 1:
            return False
        first = self.hit(ranked[0][1])
        return first.kind == "fact" and first.note in ranking.query.named

    def _corrected(self, text: str, query: Query) -> str | None:
        """Return a query with its unknown words respelled, or None when none could be."""
        from kb.search.spelling import respell

        corrected = text
        for at, word in reversed(query.unknown):
            tries = [corrected[:at] + better + corrected[at + len(word) :] for better in respell(word, self)]
            corrected = max(tries, key=self._promise) if len(tries) > 1 else tries[0] if tries else corrected
        return corrected if corrected != text else None

    def _promise(self, text: str) -> float:
        """Return the score of the best hit for a text: of two spellings the one that goes with the other words."""
        ranked = Ranking(Query(text, self), self, 1).best(1)
        return -ranked[0][0] if ranked else 0.0


def _clean(query: str) -> str:
    """Return a query without what no text holds: NUL, lone surrogates, and anything past the longest query."""
    return query[:MAX_QUERY].replace("\0", " ").encode("utf-8", "replace").decode("utf-8").strip()
