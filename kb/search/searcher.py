"""Search the ranked export: exact name, words, prefix of the last word; a plain query is a sum of impacts.

Nothing here imports Whoosh, typing or dataclasses: this is what a cold `kb search` loads.
"""

from __future__ import annotations

from sqlite3 import DatabaseError

from kb.errors import IndexDamaged
from kb.facts.quantity import UNITS
from kb.index.analyse import MAX_QUERY, chunks, content
from kb.links.key import EVERYDAY, key
from kb.search.hit import Filters, Hit, Result
from kb.search.reader import Export

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kb.links.resolve import Resolved

# Shares of the best score: what a unit gains when its note is named in the query, when it is that note's lead
# and nothing else was asked, when the whole query is its note's name; and loses when it holds none of the words.
NAMED = 0.55
NAMED_LEAD = 0.35
RECOGNISED = 1.0
COVERAGE = 0.75
# Weights of words: parts of an identifier that is known whole, words that name a service, words known by their start,
# number and unit of a quantity that is known as such.
PART_WEIGHT = 0.1
NAME_WORD_WEIGHT = 0.35
PREFIX_WEIGHT = 0.8
PREFIX_WORDS = 40
QUANTITY_WORD_WEIGHT = 0.2
LONGEST_NAME = 6
SNIPPET = 240
QUANTITY = ("time:", "size:", "share:")
LONGEST_QUANTITY = 14
"""Characters from the start of a quantity within which its number and unit stand."""


class Query:
    """A query understood: chunks of words as weighted index terms, and the notes it names."""

    __slots__ = ("asked", "groups", "named", "naming", "recognised", "terms", "unknown")

    def __init__(self, text: str, export: Export) -> None:
        from kb.links.resolve import recognise

        self.recognised: Resolved | None = recognise(text, export) if text else None
        found = chunks(text)
        if self.recognised:
            self.named: dict[str, tuple[str, ...]] = dict.fromkeys(self.recognised.notes, ())
        else:
            self.named = named(found, export)
        whole = self.recognised is not None and self.recognised.as_what == "name"
        self.groups = [group for _, group in found] if whole else content(found)
        """The surfaces of each chunk that says something."""
        last = len(self.groups) - 1
        self.terms = [weigh(group, position == last, export) for position, group in enumerate(self.groups)]
        words = {word for run in self.named.values() for word in run if export.names_whole("".join(run))}
        self.naming = [group[0] in words for group in self.groups]
        """Whether a chunk is part of a service's own name; a lesser one (nlb) may mean a part of it and is asked too."""
        self.asked = 0
        """The chunks that say what is asked about the service, as bits."""
        starts = {id(group): start for start, group in found}
        self.unknown = [(starts[id(g)], g[0]) for g, terms in zip(self.groups, self.terms, strict=True) if not terms]
        """Words, with where they start, that the index knows neither as such nor as the start of another."""
        self._quieten(found)
        for position, terms in enumerate(self.terms):
            if terms and not self.naming[position] and not self.recognised:
                self.asked |= 1 << position

    def _quieten(self, found: list[tuple[int, list[str]]]) -> None:
        """Where a quantity is known as such (15 minutes), let its number and unit count for little."""
        starts = [start for start, group in found if group in self.groups and group[-1].startswith(QUANTITY)]
        for position, group in enumerate(self.groups):
            start = next(start for start, other in found if other is group)
            near = any(0 <= start - begin <= LONGEST_QUANTITY for begin in starts)
            if near and not group[-1].startswith(QUANTITY) and (group[0] in UNITS or group[0][0].isdigit()):
                known = any(self.terms[at] for at, other in enumerate(self.groups) if other[-1].startswith(QUANTITY))
                if known:
                    self.terms[position] = [
                        (term, weight * QUANTITY_WORD_WEIGHT) for term, weight in self.terms[position]
                    ]


class Searcher(Export):
    """A ranked export that answers queries."""

    def search(
        self, query: str, limit: int = 10, filters: Filters | None = None, allowed: set[str] | None = None
    ) -> Result:
        """Return the best units for a query; `allowed` are the ids an operator query selected.

        No query raises; one without a single word finds nothing.
        """
        try:
            return self._search(query, limit, filters or Filters(), allowed)
        except DatabaseError as error:
            raise IndexDamaged(self.path, f"the index is damaged ({error})", "kb index --full") from None

    def _search(self, query: str, limit: int, filters: Filters, allowed: set[str] | None) -> Result:
        text = _clean(query)
        understood = Query(text, self)
        corrected = None
        if understood.unknown:
            corrected = self._corrected(text, understood)
            understood = Query(corrected, self) if corrected else understood
        scores, masks = self._sum(understood)
        ranked, weigher = self._rank(understood, scores, masks, self.permitted(filters, allowed))
        words = [surface for group in understood.groups for surface in group]
        hits = []
        for total, number in ranked[:limit]:
            hit = self.hit(number)
            hit.score, hit.snippet = round(-total / self.scale, 3), snippet(hit.text, words)
            hit.parts = weigher.parts(number, scores.get(number, self.scale), masks.get(number, 0), self.scale)
            hits.append(hit)
        answer = hits[0] if hits and _answers(hits[0], understood, masks.get(ranked[0][1], 0)) else None
        result = Result(query, hits, len(ranked), answer, understood.recognised)
        result.corrected = corrected
        return result

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
        understood = Query(text, self)
        ranked, _ = self._rank(understood, *self._sum(understood), None)
        return -ranked[0][0] if ranked else 0.0

    def _sum(self, query: Query) -> tuple[dict[int, float], dict[int, int]]:
        """Return per unit the sum of impacts and the set of query chunks it holds, as bits."""
        scores: dict[int, float] = {}
        masks: dict[int, int] = {}
        for position, terms in enumerate(query.terms):
            bit = 1 << position
            factor = NAME_WORD_WEIGHT if query.naming[position] else 1.0
            for term, weight in terms:
                numbers, impacts = self.postings(term)
                share = weight * factor * self.rarity(len(numbers))
                for number, impact in zip(numbers, impacts, strict=True):
                    scores[number] = scores.get(number, 0.0) + impact * share
                    masks[number] = masks.get(number, 0) | bit
        return scores, masks

    def _rank(
        self, query: Query, scores: dict[int, float], masks: dict[int, int], permitted: set[int] | None
    ) -> tuple[list[tuple[float, int]], Weigher]:
        """Return score and unit, best first, equal scores in the order of the index; and what weighed them."""
        spans = [span for note in query.named if (span := self.span(note))]
        if not query.asked:
            for first, last in spans:
                for number in range(first, last + 1):
                    scores.setdefault(number, 0.0)
        if permitted is not None and not scores:
            scores = dict.fromkeys(permitted, self.scale)
        weigher = Weigher(query, spans, max(scores.values(), default=0.0) or self.scale)
        ranked = [
            (-total, number)
            for number, score in scores.items()
            if (permitted is None or number in permitted)
            and (total := weigher.total(number, score, masks.get(number, 0))) > 0
        ]
        ranked.sort()
        return ranked, weigher


class Weigher:
    """Turns the sum of a unit's impacts into its score: what it lacks of the query, and whether its note is named."""

    __slots__ = ("asked", "extra", "named", "shares", "spans")

    def __init__(self, query: Query, spans: list[tuple[int, int]], top: float) -> None:
        self.asked = query.asked
        self.spans = spans
        self.named = NAMED * top
        self.extra = 0.0 if query.asked else (RECOGNISED if query.recognised else NAMED_LEAD) * top
        self.shares: dict[int, float] = {0: 0.0 if query.asked else 1.0}

    def total(self, number: int, score: float, mask: int) -> float:
        """Return the score of a unit, in steps of impacts."""
        share = self.share(mask)
        score *= 1 - COVERAGE * (1 - share)
        for first, last in self.spans:
            if first <= number <= last:
                score += self.named * share + (self.extra if number == first else 0.0)
        return score

    def share(self, mask: int) -> float:
        """Return the share of what was asked that a unit holds."""
        bits = mask & self.asked
        share = self.shares.get(bits)
        if share is None:
            share = self.shares[bits] = bits.bit_count() / self.asked.bit_count()
        return share

    def parts(self, number: int, score: float, mask: int, scale: float) -> dict[str, float]:
        """Return what the score of a unit is made of, in points."""
        total = self.total(number, score, mask)
        lost = -score * COVERAGE * (1 - self.share(mask))
        parts = {"words": score, "coverage": lost, "named": total - score - lost}
        return {
            name: round(part / scale, 3) for name, part in parts.items() if name == "words" or round(part / scale, 3)
        }


def named(found: list[tuple[int, list[str]]], export: Export) -> dict[str, tuple[str, ...]]:
    """Return the notes whose names stand in a query, the longest name first, with the words that name them."""
    words = [group[0] for _, group in found if not group[-1].startswith(QUANTITY)]
    result: dict[str, tuple[str, ...]] = {}
    start = 0
    while start < len(words):
        size = min(LONGEST_NAME, len(words) - start)
        while size and not (notes := _called(words[start : start + size], export)):
            size -= 1
        for note in notes if size else ():
            result[note] = result.get(note, ()) + tuple(words[start : start + size])
        start += size or 1
    plain = {note: run for note, run in result.items() if not (len(run) == 1 and run[0] in EVERYDAY)}
    services = {note: run for note, run in (plain or result).items() if export.is_service(note)}
    return services or plain or result  # "codecommit encryption" is about CodeCommit, not about the topic


def _called(run: list[str], export: Export) -> list[str]:
    name = key("".join(run))
    if len(name) < 2:
        return []
    notes = export.by_name(name)
    if not notes and len(name) > 4 and name.endswith("s"):
        notes = export.by_name(name[:-1])
    if not notes and len(run) == 1 and ":" in run[0]:
        notes = export.by_identifier("iam", run[0].partition(":")[0])
    return notes


def weigh(group: list[str], last: bool, export: Export) -> list[tuple[str, float]]:
    """Return the index terms one chunk of the query stands for, with their weights.

    An identifier that is known whole counts as such and a little in its parts; otherwise its parts share the weight.
    The last word, when it is unknown, stands for the words that start so.
    """
    terms: dict[str, float] = {}
    whole = export.term(group[0])
    if whole is not None:
        terms[whole] = 1.0
    for surface in group[1:]:
        term = export.term(surface)
        if term is not None:
            terms[term] = max(terms.get(term, 0.0), PART_WEIGHT if whole is not None else 1.0 / (len(group) - 1))
    if not terms and last and len(group[0]) > 1:
        terms = dict.fromkeys(export.starting(group[0], PREFIX_WORDS), PREFIX_WEIGHT)
    return sorted(terms.items())


def _answers(hit: Hit, query: Query, mask: int) -> bool:
    """Tell whether a hit is a fact of a named note that holds all that was asked."""
    return hit.kind == "fact" and hit.note in query.named and query.asked > 0 and mask & query.asked == query.asked


def _clean(query: str) -> str:
    """Return a query without what no text holds: NUL, lone surrogates, and anything past the longest query."""
    return query[:MAX_QUERY].replace("\0", " ").encode("utf-8", "replace").decode("utf-8").strip()


def snippet(text: str, words: list[str]) -> str:
    """Return the statement of a text that holds most of the words, cut to a line or two."""
    starts = [word[: max(4, len(word) - 3)] for word in words if len(word) > 1]
    best, best_count = "", -1
    for line in text.split("\n"):
        lower = line.lower()
        count = sum(start in lower for start in starts)
        if count > best_count:
            best, best_count = line, count
    if len(best) <= SNIPPET:
        return best
    lower = best.lower()
    first = min((at for start in starts if (at := lower.find(start)) >= 0), default=0)
    begin = 0 if first < SNIPPET * 2 // 3 else best.rfind(" ", 0, first - 40) + 1
    end = begin + SNIPPET
    cut = best[begin:end].rsplit(" ", 1)[0] if end < len(best) else best[begin:]
    return ("..." if begin else "") + cut + ("..." if end < len(best) else "")
