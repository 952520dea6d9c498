"""The engine port: what kb asks of a search engine; Whoosh is one, an OpenSearch cluster can be another."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from kb.index.unit import Unit


class Changes(Protocol):
    """Changes that take effect together."""

    def replace(self, note: str, units: Iterable[Unit]) -> None:
        """Put in the units of a note, in place of those it had."""

    def drop(self, note: str) -> None:
        """Take out the units of a note."""


class Engine(Protocol):
    """Keeps units and selects what an operator query matches."""

    def exists(self) -> bool:
        """Return whether there is an index to open."""

    def writing(self, *, full: bool) -> AbstractContextManager[Changes]:
        """Open for changes that take effect when the block ends well; `full` forgets what was there."""

    def select(self, wanted: Any) -> set[str]:
        """Return the ids of the units that a query matches."""
