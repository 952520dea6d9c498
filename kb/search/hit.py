"""Hit, Result and Filters: what a search gives and takes. Plain classes: dataclasses would double a cold search."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kb.links.resolve import Resolved

KINDS = ("fact", "section", "note")


class Hit:
    """One search result: a unit with its score."""

    __slots__ = (
        "as_of", "checked", "heading", "id", "kind", "note", "parts", "score", "snippet", "sources", "text", "title", "url", "value",
    )  # fmt: skip

    def __init__(
        self,
        id: str,
        note: str,
        title: str,
        heading: str,
        kind: str,
        text: str,
        value: str,
        url: str,
        sources: tuple[str, ...],
        as_of: str,
        checked: str,
    ) -> None:
        self.id = id
        self.note = note
        self.title = title
        """Title of the note."""
        self.heading = heading
        self.kind = kind
        """fact, section or note."""
        self.text = text
        """The whole unit."""
        self.value = value
        """Value of a fact."""
        self.url = url
        """Address relative to the site."""
        self.sources = sources
        self.as_of = as_of
        self.checked = checked
        """What a fact was checked against; empty when it was not."""
        self.snippet = text
        """The part of the text that holds most of the query."""
        self.score = 0.0
        self.parts: dict[str, float] = {}
        """What the score is made of."""


class Result:
    """What a search found."""

    __slots__ = ("answer", "comparison", "corrected", "hits", "ignored", "query", "recognised", "total")

    def __init__(
        self, query: str, hits: list[Hit], total: int, answer: Hit | None = None, recognised: Resolved | None = None
    ) -> None:
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
        self.comparison: tuple[str, ...] = ()
        """What `kb compare` takes to set them side by side: the id of a comparison page, or the notes."""


class Filters:
    """Only units of these notes, categories and kinds; empty for all."""

    __slots__ = ("category", "kind", "service")

    def __init__(
        self, service: tuple[str, ...] = (), category: tuple[str, ...] = (), kind: tuple[str, ...] = ()
    ) -> None:
        self.service = service
        self.category = category
        self.kind = kind

    def __bool__(self) -> bool:
        return bool(self.service or self.category or self.kind)
