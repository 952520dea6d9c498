"""Search the ranked export: exact name, words, prefix of the last word; a plain query is a sum of impacts.

Nothing here imports Whoosh, typing or dataclasses: this is what a cold `kb search` loads.
"""

from __future__ import annotations

import sys
from array import array

from kb.index import store
from kb.index.analyse import MAX_QUERY, chunks, content
from kb.links.key import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from kb.links.resolve import Resolved


class Hit:
    """One search result: a unit with its score."""

    __slots__ = ("as_of", "checked", "heading", "id", "kind", "note", "parts", "score", "snippet", "sources", "text", "title", "url", "value")

    def __init__(self, id: str, note: str, title: str, heading: str, kind: str, text: str, value: str, snippet: str, score: float,
                 url: str, sources: tuple[str, ...], as_of: str, checked: str, parts: dict[str, float]) -> None:
        self.id = id
        self.note = note
        self.title = title
        self.heading = heading
        self.kind = kind
        self.text = text
        self.value = value
        self.snippet = snippet
        self.score = score
        self.url = url
        self.sources = sources
        self.as_of = as_of
        self.checked = checked
        self.parts = parts
        """What the score is made of."""


class Result:
    """What a search found."""

    __slots__ = ("answer", "corrected", "hits", "ignored", "query", "recognised", "total")

    def __init__(self, query: str, hits: list[Hit], total: int, answer: Hit | None = None, recognised: Resolved | None = None) -> None:
        self.query = query
        self.corrected: str | None = None
        """The query that was searched instead, when spelling was corrected."""
        self.total = total
        self.hits = hits
        self.answer = answer
        """The fact that answers the query, when one does; always the first hit."""
        self.recognised = recognised
        """The name or identifier that the whole query is."""
        self.ignored: tuple[str, ...] = ()
        """Operators that name nothing."""


class Filters:
    """Only units of these notes, categories and kinds; empty for all."""

    __slots__ = ("category", "kind", "service")

    def __init__(self, service: tuple[str, ...] = (), category: tuple[str, ...] = (), kind: tuple[str, ...] = ()) -> None:
        self.service = service
        self.category = category
        self.kind = kind

    def __bool__(self) -> bool:
        return bool(self.service or self.category or self.kind)


# How much a unit gains when its note is named in the query, when it is the note itself, when it holds every word.
NAMED = 0.55
NAMED_LEAD = 0.35
COVERAGE = 0.75
PART_WEIGHT = 0.3
NAME_WORD_WEIGHT = 0.35
PREFIX_WEIGHT = 0.8
PREFIX_WORDS = 40
LONGEST_NAME = 6
SNIPPET = 240
KINDS = ("fact", "section", "note")
_SUFFIXES = ("ations", "ation", "ments", "ment", "ings", "ing", "ions", "ers", "ied", "ies", "ion", "er", "ed", "es", "ly", "s", "d")


class Searcher:
    """Reads one ranked export; open for as long as its file exists, even when a build replaces it."""

    def __init__(self, folder: str) -> None:
        self.connection = store.open_export(folder)
        self.meta = dict(self.connection.execute("select key, value from meta"))
        self.scale = float(self.meta["scale"])
        self.size = int(self.meta["units"])
        self.wide = "I" if self.size > 65_535 else "H"

    # The table of names, see links.resolve.Table.

    def by_name(self, name_key: str) -> list[str]:
        """Return the notes with this name, by its key."""
        return [row[0] for row in self.connection.execute("select note from name where key = ? order by note", (name_key,))]

    def by_identifier(self, kind: str, identifier: str) -> list[str]:
        """Return the notes that claim this identifier."""
        return [row[0] for row in self.connection.execute("select note from identifier where kind = ? and id = ? order by note", (kind, identifier))]

    def name_texts(self) -> list[str]:
        """Return every name as it is written."""
        return [row[0] for row in self.connection.execute("select text from name order by text")]

    def stale(self, docs: str) -> int:
        """Return how many notes and sources changed, came or went since the index was built."""
        if self.meta.get("frozen"):
            return 0
        known = set(self.connection.execute("select path, size, changed from stamp"))
        return len({stamp[0] for stamp in known ^ set(store.note_stamps(docs))})

    def search(self, query: str, limit: int = 10, filters: Filters | None = None, allowed: set[str] | None = None) -> Result:
        """Return the best units for a query; `allowed` are the ids an operator query selected.

        No query raises; one without a single word finds nothing.
        """
        from kb.links.resolve import recognise

        text = query[:MAX_QUERY].replace("\0", " ").strip()
        recognised = recognise(text, self) if text else None
        found = chunks(text)
        named = self._named(text, found) if not recognised else dict.fromkeys(recognised.notes, ())
        groups = content(found) if recognised is None or recognised.as_what != "name" else [group for _, group in found]
        weighted = [self._group(group, last=position == len(groups) - 1) for position, group in enumerate(groups)]
        in_names = {surface for words in named.values() for surface in words}
        scores, masks = self._sum(weighted, [group[0] in in_names for group in groups])
        wanted = [] if recognised else [position for position, group in enumerate(groups) if group[0] not in in_names and weighted[position]]
        ranked = self._rank(scores, masks, named, wanted, recognised, filters or Filters(), allowed)
        stems = [surface for group in groups for surface in group]
        hits = [self._hit(number, score, parts, stems) for score, number, parts in ranked[:limit]]
        return Result(query, hits, len(ranked), self._answer(hits, ranked, named, wanted, masks), recognised)

    def units(self, ids: Iterable[str]) -> list[Hit]:
        """Return units by id, in the order of the index."""
        wanted = set(ids)
        rows = self.connection.execute("select number, id from unit order by number").fetchall()
        return [self._hit(number, 0.0, {}, []) for number, id in rows if id in wanted]

    def _named(self, text: str, found: list[tuple[int, list[str]]]) -> dict[str, tuple[str, ...]]:
        """Return the notes whose names stand in the query, the longest name first, with the words that name them."""
        words = [group[0] for _, group in found if not group[0].startswith(("time:", "size:", "share:"))]
        named: dict[str, tuple[str, ...]] = {}
        start = 0
        while start < len(words):
            for size in range(min(LONGEST_NAME, len(words) - start), 0, -1):
                run = words[start : start + size]
                notes = self._by_run(run)
                if notes:
                    for note in notes:
                        named[note] = named.get(note, ()) + tuple(run)
                    start += size - 1
                    break
            start += 1
        return named

    def _by_run(self, run: list[str]) -> list[str]:
        name = key("".join(run))
        if len(name) < 2:
            return []
        notes = self.by_name(name)
        if not notes and len(name) > 4 and name.endswith("s"):
            notes = self.by_name(name[:-1])
        return notes or (self.by_identifier("boto3", run[0]) or self.by_identifier("iam", run[0].partition(":")[0]) if len(run) == 1 and ":" in run[0] else [])

    def _group(self, group: list[str], last: bool) -> list[tuple[str, float]]:
        """Return the index terms one chunk of the query stands for, with their weights."""
        terms: dict[str, float] = {}
        whole_known = False
        for position, surface in enumerate(group):
            term = self._term(surface)
            if term is not None:
                weight = 1.0 if position == 0 else PART_WEIGHT if whole_known else 1.0 / (len(group) - 1)
                whole_known = whole_known or position == 0
                terms[term] = max(terms.get(term, 0.0), weight)
        if not terms and last:
            terms = self._prefixed(group[0])
        return sorted(terms.items())

    def _term(self, surface: str) -> str | None:
        row = self.connection.execute("select term from word where surface = ?", (surface,)).fetchone()
        if row is None:
            row = self._inflected(surface)
        return row[0] if row else None

    def _inflected(self, surface: str) -> tuple[str] | None:
        """Return the term of another form of an unknown word: deploying -> deploy; there is no stemmer at query time."""
        if not surface.isalpha():
            return None
        for suffix in _SUFFIXES:
            if surface.endswith(suffix) and len(surface) - len(suffix) > 2:
                bare = surface[: -len(suffix)]
                forms = (bare, bare + "e", bare + "y", bare[:-1] if bare[-1] == bare[-2] else bare, bare + "ing", bare + "ed", bare + "s")
                for form in forms:
                    row = self.connection.execute("select term from word where surface = ?", (form,)).fetchone()
                    if row:
                        return (row[0],)
        return None

    def _prefixed(self, start: str) -> dict[str, float]:
        if len(start) < 2:
            return {}
        rows = self.connection.execute(
            "select distinct term from word where surface >= ? and surface < ? limit ?", (start, start + "\U0010ffff", PREFIX_WORDS)
        )
        return {row[0]: PREFIX_WEIGHT for row in rows}

    def _sum(self, weighted: list[list[tuple[str, float]]], names_note: list[bool]) -> tuple[dict[int, float], dict[int, int]]:
        """Return per unit the sum of impacts and the set of query chunks it holds, as bits."""
        scores: dict[int, float] = {}
        masks: dict[int, int] = {}
        for position, terms in enumerate(weighted):
            bit = 1 << position
            factor = NAME_WORD_WEIGHT if names_note[position] else 1.0
            best: dict[int, float] = {}
            for term, weight in terms:
                for number, impact in self._postings(term):
                    best[number] = best.get(number, 0.0) + impact * weight * factor
            for number, score in best.items():
                scores[number] = scores.get(number, 0.0) + score
                masks[number] = masks.get(number, 0) | bit
        return scores, masks

    def _postings(self, term: str) -> Iterable[tuple[int, int]]:
        row = self.connection.execute("select units, impacts from posting where term = ?", (term,)).fetchone()
        if row is None:
            return ()
        numbers, impacts = array(self.wide, row[0]), array("H", row[1])
        if sys.byteorder == "big":
            numbers.byteswap()
            impacts.byteswap()
        return zip(numbers, impacts)

    def _rank(self, scores: dict[int, float], masks: dict[int, int], named: dict[str, tuple[str, ...]], wanted: list[int],
              recognised: Resolved | None, filters: Filters, allowed: set[str] | None) -> list[tuple[float, int, dict[str, float]]]:
        """Return score, unit and parts of the score, best first; equal scores in the order of the index."""
        spans = self._spans(named)
        if recognised or (named and not wanted):
            for first, last in spans.values():
                for number in range(first, last + 1):
                    scores.setdefault(number, 0.0)
        permitted = self._permitted(filters, allowed)
        if allowed is not None and not scores:
            scores = dict.fromkeys(permitted or (), 1.0)
        top = max(scores.values(), default=1.0) or 1.0
        bits = sum(1 << position for position in wanted)
        ranked = []
        for number, score in scores.items():
            if permitted is not None and number not in permitted:
                continue
            parts = {"words": score / self.scale}
            total = score
            if bits:
                share = (masks.get(number, 0) & bits).bit_count() / len(wanted)
                total *= 1 - COVERAGE * (1 - share)
                parts["coverage"] = (total - score) / self.scale
            for first, last in spans.values():
                if first <= number <= last:
                    bonus = NAMED * top * ((masks.get(number, 0) & bits).bit_count() / len(wanted) if bits else 1.0)
                    if number == first and not bits:
                        bonus += (1.0 if recognised else NAMED_LEAD) * top
                    total += bonus
                    parts["named"] = bonus / self.scale
            if total > 0:
                ranked.append((total / self.scale, number, parts))
        ranked.sort(key=_order)
        return ranked

    def _spans(self, notes: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Return the first and last unit of each note; its lead comes first."""
        spans = {}
        for note in notes:
            row = self.connection.execute("select min(number), max(number) from unit where note = ?", (note,)).fetchone()
            if row and row[0] is not None:
                spans[note] = (row[0], row[1])
        return spans

    def _permitted(self, filters: Filters, allowed: set[str] | None) -> set[int] | None:
        if allowed is None and not filters:
            return None
        conditions, values = ["1"], []
        for column, wanted in (("unit.note", filters.service), ("note.category", filters.category), ("unit.kind", filters.kind)):
            if wanted:
                conditions.append(f"{column} in ({','.join('?' * len(wanted))})")
                values += list(wanted)
        rows = self.connection.execute(
            f"select unit.number, unit.id from unit join note on note.id = unit.note where {' and '.join(conditions)}", values  # noqa: S608 - columns are ours
        )
        return {number for number, id in rows if allowed is None or id in allowed}

    def _hit(self, number: int, score: float, parts: dict[str, float], words: list[str]) -> Hit:
        row = self.connection.execute(
            "select unit.id, unit.note, note.title, heading, unit.kind, text, value, unit.url, sources, as_of, checked "
            "from unit join note on note.id = unit.note where number = ?", (number,),
        ).fetchone()
        id, note, title, heading, kind, text, value, url, sources, as_of, checked = row
        return Hit(id, note, title, heading, kind, text, value, snippet(text, words), round(score, 3), url, tuple(sources.split()), as_of, checked,
                   {name: round(part, 3) for name, part in parts.items()})

    def _answer(self, hits: list[Hit], ranked: list[tuple[float, int, dict[str, float]]], named: dict[str, tuple[str, ...]],
                wanted: list[int], masks: dict[int, int]) -> Hit | None:
        """Return the first hit when it is a fact of a named note that holds most of what was asked."""
        if not hits or hits[0].kind != "fact" or hits[0].note not in named or not wanted:
            return None
        bits = sum(1 << position for position in wanted)
        held = (masks.get(ranked[0][1], 0) & bits).bit_count()
        return hits[0] if held * 3 >= len(wanted) * 2 else None


def _order(entry: tuple[float, int, dict[str, float]]) -> tuple[float, int]:
    return -entry[0], entry[1]


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
