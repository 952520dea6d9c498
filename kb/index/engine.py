"""The engine port: what kb asks of a search engine; Whoosh is one, an OpenSearch cluster can be another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Changes(Protocol):
    """Changes that take effect together."""

    def replace(self, note: str, units: Mapping[str, Iterable[str]]) -> None:
        """Put in the units of a note, ids and terms, in place of those it had."""

    def drop(self, note: str) -> None:
        """Take out the units of a note."""


class Engine(Protocol):
    """Keeps which unit holds which word, and selects by that."""

    def exists(self) -> bool:
        """Return whether there is an index to open."""

    def writing(self, *, full: bool) -> AbstractContextManager[Changes]:
        """Open for changes that take effect when the block ends well; `full` forgets what was there."""

    def select(self, wanted: Any) -> set[str]:
        """Return the ids of the units that a query matches."""
