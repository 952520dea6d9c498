"""Meaning: blend what units mean into what words found, by vectors made beforehand.

The sum: half the words' score as a share of the best, half the cosine's distance
from the average in sixths of a standard deviation. Ranks are not blended: that hurt.
"""

from __future__ import annotations

import os

from kb.errors import IndexUnusable, VectorsMissing
from kb.index.store import SHIPPED, VECTORS
from kb.semantic.arrays import np
from kb.semantic.model import load
from kb.semantic.vectors import Vectors, read_vectors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kb.search.rank import Ranking
    from kb.search.searcher import Searcher
    from kb.semantic.vectors import Mask, Matrix

WORDS = 0.5
"""Share of the words; the rest is meaning."""
SPREAD = 6
SURE = 0.5
"""A cosine from which on a unit is shown though hardly any word of the query is known."""


class Meaning:
    """The vectors of the units of an export, and the model that makes one of a query."""

    def __init__(self, export: Searcher) -> None:
        """Map the vectors.

        Raises:
            MissingExtra: the extra `semantic` is not installed.
            VectorsMissing: no unit has a vector.
        """
        rows = export.rows("select number, key from unit order by number")
        self.numbers = np.array([number for number, _ in rows], np.int64)
        keys = [key for _, key in rows]
        self.stores = [(vectors, vectors.places(keys)) for vectors in _stores(export.folder)]
        if not any((places >= 0).any() for _, places in self.stores):
            path = os.path.join(export.folder, VECTORS)
            raise VectorsMissing(path, "these notes have no vectors yet", "kb index --vectors")
        self.export = export
        self.model = load()

    def cosines(self, text: str) -> Matrix:
        """Return how alike a text and each unit are; not a number where a unit has no vector."""
        return self._against(self.model.encode([text])[0])

    def _against(self, query: Matrix) -> Matrix:
        found = np.full(len(self.numbers), np.nan, np.float32)
        for vectors, places in self.stores:
            there = places >= 0
            found[there] = vectors.cosines(query)[places[there]]
        return found

    def blend(
        self, ranking: Ranking, text: str, limit: int, permitted: set[int] | None
    ) -> tuple[list[tuple[float, int]], int]:
        """Return negative score and unit, best first, and how many were found."""
        cosines = self.cosines(text)
        if ranking.floored() and not np.nanmax(cosines) >= SURE:
            return [], 0
        spread = float(np.nanstd(cosines)) or 1.0
        scores = np.nan_to_num((cosines - np.nanmean(cosines)) / spread / SPREAD).astype(np.float64) * (1 - WORDS)
        by_words = ranking.all()
        top = max((-score for score, _ in by_words), default=0.0) or float(self.export.scale)
        if by_words:
            places = np.searchsorted(self.numbers, [number for _, number in by_words])
            scores[places] += np.array([-score for score, _ in by_words]) * (WORDS / top)
        if permitted is not None:
            scores[~np.isin(self.numbers, list(permitted))] = -np.inf
        order = np.lexsort((self.numbers, -scores))[:limit]
        best = [(-float(scores[at]) * top / WORDS, int(self.numbers[at])) for at in order if scores[at] > 0]
        return best, max(ranking.total(permitted), len(best))

    def alike(self, numbers: range | None, text: str, limit: int) -> list[tuple[float, str]]:
        """Return the notes nearest to a text, or to the units of a note, best first, by their nearest unit."""
        if numbers is None:
            cosines = self.cosines(text)
        else:
            mine = np.isin(self.numbers, list(numbers))
            centre = np.mean([self._rows(mine)], axis=1)[0]
            cosines = self._against(centre / (np.linalg.norm(centre) or 1.0))
            cosines[mine] = np.nan
        best: dict[str, float] = {}
        notes = [row[0] for row in self.export.rows("select note from unit order by number")]
        for note, cosine in zip(notes, cosines.tolist(), strict=True):
            if cosine > best.get(note, -1.0):  # never for a unit without a vector
                best[note] = cosine
        return sorted(((score, note) for note, score in best.items()), key=lambda pair: (-pair[0], pair[1]))[:limit]

    def _rows(self, wanted: Mask) -> Matrix:
        keys = [row[0] for row in self.export.rows("select key from unit order by number")]
        chosen = [key for key, is_wanted in zip(keys, wanted, strict=True) if is_wanted]
        return np.concatenate([vectors.rows(chosen)[1] for vectors, _ in self.stores])


def _stores(folder: str) -> list[Vectors]:
    found = []
    for path in (os.path.join(folder, VECTORS), SHIPPED):
        try:
            found.append(read_vectors(path))
        except IndexUnusable:
            continue  # a cache: what is missing counts as unknown
    return found
