"""The engine port: what kb asks of a search engine; Whoosh is one, an OpenSearch cluster can be another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from kb.index.unit import Unit


class Engine(Protocol):
    """Keeps units, scores their words, and selects what an operator query matches."""

    def exists(self) -> bool:
        """Return whether there is an index to open."""

    def write(
        self,
        changed: Iterable[tuple[str, str, Iterable[Unit]]],
        gone: Iterable[str],
        *,
        full: bool,
        progress: Callable[[], None] = ...,
    ) -> None:
        """Replace the units of changed notes (id, content hash, units) and drop the notes that are gone."""

    def digests(self) -> dict[str, str]:
        """Return the content hash each note was indexed with."""

    def scores(self) -> Iterator[tuple[str, dict[str, float]]]:
        """Yield each term, in order, with the score of every unit that holds it."""

    def select(self, wanted: Any) -> set[str]:
        """Return the ids of the units that a query matches."""
