"""Related: the notes that come nearest to a note or a text."""

from __future__ import annotations

from kb.search.query import Query
from kb.search.rank import Ranking
from kb.search.searcher import Searcher

UNITS = 60
"""So many of the best units say which notes are near, when only words can tell."""


def related(searcher: Searcher, note: str | None, text: str, limit: int, *, semantic: bool) -> list[tuple[float, str]]:
    """Return score and id of the nearest notes, best first; a note is not related to itself.

    With vectors a score is a cosine, to 1; with words it is a share of the best score.
    """
    span = searcher.span(note) if note else None
    if semantic:
        return searcher.meaning.alike(range(span[0], span[1] + 1) if span else None, text, limit)
    words = searcher.hit(span[0]).text if span else text
    found: dict[str, float] = {}
    for score, number in Ranking(Query(words, searcher), searcher).best(UNITS):
        name = searcher.hit(number).note
        if name != note and -score > found.get(name, 0.0):
            found[name] = -score
    top = max(found.values(), default=1.0)
    return sorted(((score / top, name) for name, score in found.items()), key=lambda pair: (-pair[0], pair[1]))[:limit]
