"""Read the ranked export: names, words, postings, units."""

from __future__ import annotations

import os
import sys
from array import array
from math import log
from sqlite3 import DatabaseError

from kb.errors import IndexDamaged
from kb.index import store
from kb.links.key import key
from kb.search.hit import Filters, Hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# Endings taken off a word the index does not know, longest first; what is left is looked up with these put on.
_OFF = "ations ation ments ment ings ing ions ers ied ies ion er ed es ly s d".split()
_ON = ("", "e", "y", "ing", "ed", "s")
VECTOR_SAMPLES = 8
MOST_STAMPS = 2000
FEWEST_UNITS = 500
"""In a smaller collection a word is as rare as it would be in one of this size: two notes do not make it common."""
_UNIT = (
    "select unit.id, unit.note, note.title, heading, unit.kind, text, value, unit.url, sources, as_of, checked "
    "from unit join note on note.id = unit.note"
)


def _initials(text: str) -> str:
    words = text.split()
    return "".join(word[0] for word in words) if len(words) > 1 else text


class Export:
    """One ranked export, open for as long as its file exists, even when a build replaces it."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.connection = store.open_export(folder)
        self.path = f"{folder}/{store.EXPORT}"
        self.meta = dict(self.rows("select key, value from meta"))
        self.scale = float(self.meta["scale"])
        """Steps of an impact per point of score."""
        self.size = int(self.meta["units"])
        self.wide = "I" if int(self.meta["highest"]) > store.NARROW else "H"

    def close(self) -> None:
        """Close the file; the last reference that goes closes it too."""
        self.connection.close()

    def __del__(self) -> None:
        if hasattr(self, "connection"):
            self.connection.close()

    # The table of names, see links.resolve.Table.

    def by_name(self, name_key: str) -> list[str]:
        """Return the notes with this name, by its key."""
        return self._column("select note from name where key = ? order by note", name_key)

    def names_whole(self, text: str) -> bool:
        """Tell whether a name is a note's own (its id, title, official or short name), not one it is also found by."""
        ranks = self._column("select rank from name where key in (?, ?)", key(text), key(text)[:-1])
        return not ranks or any(rank not in ("also", "former") for rank in ranks)

    def title(self, note: str) -> str:
        """Return the title of a note; empty when there is none."""
        return "".join(self._column("select title from note where id = ?", note))

    def is_service(self, note: str) -> bool:
        """Tell whether a note is of a service, not of a topic."""
        return bool(self._column("select 1 from note where id = ? and kind = 'service'", note))

    def by_identifier(self, kind: str, identifier: str) -> list[str]:
        """Return the notes that claim this identifier."""
        return self._column("select note from identifier where kind = ? and id = ? order by note", kind, identifier)

    def name_texts(self) -> list[str]:
        """Return every name as it is written."""
        return self._column("select text from name order by text")

    def comparisons(self) -> list[tuple[str, list[tuple[str, bool, list[str]]]]]:
        """Return every comparison page: id and columns, each with note, whether it is about a part of it, and name keys."""
        found: dict[str, list[tuple[str, bool, list[str]]]] = {}
        for id, note, scope, name in self.rows("select id, note, scope, name from comparison"):
            names = [key(form) for text in (name, scope) if text for form in (text, _initials(text))]
            found.setdefault(id, []).append((note, bool(scope), names))
        return list(found.items())

    def stale(self, docs: str) -> int:
        """Return how many notes and sources changed, came or went since the index was built; 0 for a very large folder."""
        if self.meta.get("frozen"):
            return 0
        count = self.rows("select count(*) from stamp")[0][0]
        if count > MOST_STAMPS:  # asking the file system for each would take longer than the search
            return 0
        known = set(self.rows("select path, size, changed from stamp"))
        return len({stamp[0] for stamp in known ^ set(store.note_stamps(docs))})

    def term(self, surface: str) -> str | None:
        """Return the index term of a surface, or of another form of it: deploying -> deploy.

        There is no stemmer at query time: the export maps surfaces to terms, and an unknown form is looked up by its
        known relatives.
        """
        found = self._word(surface)
        if found is None and surface.isalpha() and surface.isascii():
            for ending in _OFF:
                bare = surface[: -len(ending)]
                if surface.endswith(ending) and len(bare) > 2:
                    doubled = (bare[:-1],) if bare[-1] == bare[-2] else ()
                    for form in (*(bare + on for on in _ON), *doubled):
                        found = found or self._word(form)
        return found

    def starting(self, start: str, limit: int) -> list[str]:
        """Return index terms of surfaces that start so."""
        sql = "select distinct term from word where surface >= ? and surface < ? order by surface limit ?"
        return self._column(sql, start, start + "\U0010ffff", limit)

    def holds(self, surface: str) -> bool:
        """Tell whether a surface is known as such."""
        return self._word(surface) is not None

    def alike(self, word: str, edits: int) -> list[tuple[str, bool, int]]:
        """Return known words that may be within so many edits: same first letter, about the same length.

        With each whether it names a note, and in how many units it stands.
        """
        low, high = max(len(word) - edits, 3), len(word) + edits
        sql = (
            "select surface, exists (select 1 from name where key = surface), coalesce(length(impacts) / 2, 0) "
            "from word left join posting on posting.term = word.term "
            "where surface >= ? and surface < ? and length(surface) between ? and ? and surface not glob '*[^a-z]*'"
        )
        return self.rows(sql, (word[0], word[0] + "\U0010ffff", low, high))

    def postings(self, term: str) -> tuple[array[int], array[int]]:
        """Return the numbers of the units that hold a term, in order, and its impacts in them."""
        row = self._row("select units, impacts from posting where term = ?", term)
        if row is None:
            return array(self.wide), array("H")
        numbers, impacts = array(self.wide, row[0]), array("H", row[1])
        if sys.byteorder == "big":
            numbers.byteswap()
            impacts.byteswap()
        return numbers, impacts

    def rarity(self, units: int) -> float:
        """Return what a word counts that so many units hold (Robertson and Sparck Jones 1976, kept above 0)."""
        return log(1 + (max(self.size, FEWEST_UNITS) - units + 0.5) / (units + 0.5))

    def span(self, note: str) -> tuple[int, int] | None:
        """Return the first and last unit of a note; its lead comes first."""
        row = self._row("select first, last from note where id = ?", note)
        return (row[0], row[1]) if row else None

    def permitted(self, filters: Filters, allowed: set[str] | None) -> set[int] | None:
        """Return the units that filters let through and an operator query selected; None for all."""
        if allowed is None and not filters:
            return None
        conditions, values = ["1"], []
        columns = (("unit.note", filters.service), ("note.category", filters.category), ("unit.kind", filters.kind))
        for column, wanted in columns:
            if wanted:
                conditions.append(f"{column} in ({','.join('?' * len(wanted))})")
                values += list(wanted)
        where = " and ".join(conditions)
        sql = f"select unit.number, unit.id from unit join note on note.id = unit.note where {where}"  # noqa: S608 - columns are ours
        return {number for number, id in self.rows(sql, values) if allowed is None or id in allowed}

    def unknown_filters(self, filters: Filters) -> tuple[str, ...]:
        """Return the categories of filters that no note has, as field:value."""
        known = self._column("select distinct category from note") if filters.category else []
        return tuple(f"category:{value}" for value in filters.category if value not in known)

    def hit(self, number: int) -> Hit:
        """Return a unit as a hit without a score."""
        row = self._row(f"{_UNIT} where number = ?", number)
        if row is None:
            raise self._damaged(f"unit {number} is missing")
        id, note, title, heading, kind, text, value, url, sources, as_of, checked = row
        return Hit(id, note, title, heading, kind, text, value, url, tuple(sources.split()), as_of, checked)

    def has_vectors(self) -> bool:
        """Tell whether units have vectors, by a few of them: those of the bundled notes are shipped, others one makes."""
        from kb.semantic.text import known

        step = max(int(self.meta["highest"]) // VECTOR_SAMPLES, 1)
        places = [step * sample for sample in range(VECTOR_SAMPLES + 1)]
        rows = self.rows(f"select key from unit where number in ({','.join('?' * len(places))})", places)  # noqa: S608 - marks only
        keys = [row[0] for row in rows]
        return any(known(path, keys) for path in (os.path.join(self.folder, store.VECTORS), store.SHIPPED))

    def texts(self, ids: set[str]) -> dict[str, tuple[str, str]]:
        """Return heading and text of units by their ids."""
        rows = self.rows("select number, id from unit")
        numbers = [(number, id) for number, id in rows if id in ids]
        found = {id: self._row("select heading, text from unit where number = ?", number) for number, id in numbers}
        return {id: (row[0], row[1]) for id, row in found.items() if row}

    def ids(self) -> list[str]:
        """Return the id of every unit, in order."""
        return self._column("select id from unit order by number")

    def _word(self, surface: str) -> str | None:
        row = self._row("select term from word where surface = ?", surface)
        return row[0] if row else None

    def _column(self, sql: str, *values: object) -> list[str]:
        return [row[0] for row in self.rows(sql, values)]

    def _row(self, sql: str, value: object) -> tuple[Any, ...] | None:
        rows = self.rows(sql, (value,))
        return rows[0] if rows else None

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises:
            IndexDamaged: a page of the file cannot be read.
        """
        try:
            return self.connection.execute(sql, values).fetchall()
        except DatabaseError as error:
            raise self._damaged(str(error)) from None

    def _damaged(self, reason: str) -> IndexDamaged:
        return IndexDamaged(self.path, f"the index is damaged ({reason})", "kb index --full")
