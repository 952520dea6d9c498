"""Documents: every JSON document of the API as data, made from the notes alone - the same for files and the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import quote

from kb.api.conflict import Conflict, conflict_shape
from kb.api.encode import encoded
from kb.api.shapes import (
    SCHEMA_VERSION,
    Shape,
    comparison_shape,
    earlier_shape,
    fact_shape,
    note_shape,
    note_url,
    source_shape,
    status_shape,
    table_shape,
)
from kb.base import KnowledgeBase
from kb.facts.comparison import fill
from kb.links.link import Link, Mentions, backlinks, links_of
from kb.notes.note import IDENTIFIER_KINDS, Note

RESOLVE_KINDS = ("name", *IDENTIFIER_KINDS)
"""The kinds of names and identifiers there is a list of."""


@dataclass(frozen=True)
class Documents:
    """The documents of one knowledge base, by their paths below /api/v1/."""

    kb: KnowledgeBase
    conflicts: tuple[Conflict, ...] | None = None
    """Statements that cannot both hold; None where nobody looked."""

    def all(self) -> Iterator[tuple[str, Shape]]:
        """Yield every document with its path, the notes first."""
        for note in self.notes:
            yield f"notes/{note.id}.json", self.whole[note.id]
        yield "facts.json", _listed("facts", [fact for note in self.notes for fact in self.facts[note.id]])
        for id, facts in self.properties.items():
            yield f"facts/{id}.json", _listed("facts", facts)
        yield "comparisons.json", _listed("comparisons", map(comparison_shape, self.kb.comparisons.values()))
        for id in self.kb.comparisons:
            yield f"comparisons/{id}.json", self.comparison(id)
        yield "sources.json", self.sources()
        found = _listed("conflicts", map(conflict_shape, self.conflicts or ()))
        yield "conflicts.json", found | {"looked_for": self.conflicts is not None}
        yield "changes.json", self.changes()
        for kind in RESOLVE_KINDS:
            yield f"resolve/{kind}.json", self.resolve(kind)
        yield "index.json", self.index()

    @cached_property
    def notes(self) -> list[Note]:
        """The notes by their ids."""
        return [note for _, note in sorted(self.kb.folder.notes.items())]

    @cached_property
    def facts(self) -> dict[str, list[Shape]]:
        """The facts of each note."""
        return {note.id: [fact_shape(f, note, self.kb.date_of(f)) for f in note.facts] for note in self.notes}

    @cached_property
    def properties(self) -> dict[str, list[Shape]]:
        """The facts of each id, one property in every service."""
        found: dict[str, list[Shape]] = {}
        for facts in self.facts.values():
            for fact in facts:
                found.setdefault(fact["id"], []).append(fact)
        return dict(sorted(found.items()))

    @cached_property
    def links(self) -> dict[str, list[Link]]:
        """The links of each note to other notes."""
        mentions, known = Mentions(self.kb.names), self.kb.folder.notes
        return {n.id: [one for one in links_of(n, mentions) if one.target in known] for n in self.notes}

    @cached_property
    def backlinks(self) -> dict[str, list[str]]:
        """The notes that speak of each note."""
        return backlinks(link for links in self.links.values() for link in links)

    @cached_property
    def whole(self) -> dict[str, Shape]:
        """Each note with all that belongs to it."""
        return {note.id: self.note(note) for note in self.notes}

    def note(self, note: Note) -> Shape:
        """Return a note with its facts, and with what it links to and what links to it."""
        links = [(link.target, link.anchor or None, link.section or None) for link in self.links[note.id]]
        return note_shape(note) | {
            "markdown": f"notes/{quote(note.id)}.md",
            "facts": self.facts[note.id],
            "links": [{"note": to, "anchor": anchor, "section": at} for to, anchor, at in dict.fromkeys(links)],
            "backlinks": self.backlinks.get(note.id, []),
        }

    def comparison(self, id: str) -> Shape:
        """Return a comparison page with its values."""
        comparison = self.kb.comparisons[id]
        table = table_shape(fill(comparison, self.kb.folder.notes, self.kb.folder.sources))
        return table | {
            "summary": comparison.summary,
            "decision": comparison.decision,
            "url": f"compare/{id}/",
        }

    def sources(self) -> Shape:
        """Return every source, with the notes that cite it, those that do it most first."""
        uses: dict[str, dict[str, int]] = {}
        for note in self.notes:
            for id in _cited(note):
                uses.setdefault(id, {}).setdefault(note.id, 0)
                uses[id][note.id] += 1
        found = sorted(self.kb.folder.sources.items())
        return _listed("sources", (source_shape(source, _most(uses.get(id, {}))) for id, source in found))

    def changes(self) -> Shape:
        """Return what changed over time: facts that sources once gave otherwise, and services that are not what they were."""
        facts = [self._changed(note, at) for note in self.notes for at, fact in enumerate(note.facts) if fact.history]
        notes = [
            {"note": note.id, "title": note.title, "url": note_url(note), **status_shape(note)}
            for note in self.notes
            if note.status.state != "current"
        ]
        return {
            "schema_version": SCHEMA_VERSION,
            "facts": _newest(facts, "as_of"),
            "notes": _newest(notes, "since"),
        }

    def _changed(self, note: Note, position: int) -> Shape:
        fact, shape = note.facts[position], self.facts[note.id][position]
        kept = ("note", "id", "anchor", "url", "label", "scope", "kind", "value", "as_of", "sources")
        earlier = sorted(fact.history, key=lambda one: one.as_of)
        return {key: shape[key] for key in kept} | {
            "title": note.title,
            "earlier": [earlier_shape(one) for one in earlier],
        }

    def resolve(self, kind: str) -> Shape:
        """Return every name, or every identifier of a kind, as it is compared, with the notes that it means."""
        names = self.kb.names
        if kind == "name":
            entries = {key: names.by_name(key) for key in names.names}
        else:
            entries = {text: notes for (of, text), notes in names.identifiers.items() if of == kind}
        return {"schema_version": SCHEMA_VERSION, "kind": kind, "entries": entries}

    def index(self) -> Shape:
        """Return what there is: counts, and every note with the hash of its document."""
        return {
            "schema_version": SCHEMA_VERSION,
            "generator": _generator(),
            "counts": {
                "notes": len(self.notes),
                "facts": sum(map(len, self.facts.values())),
                "sources": len(self.kb.folder.sources),
                "comparisons": len(self.kb.comparisons),
            },
            "notes": [self._entry(note) for note in self.notes],
        }

    def _entry(self, note: Note) -> Shape:
        return {
            "id": note.id,
            "title": note.title,
            "kind": note.kind,
            "category": note.category,
            "summary": note.summary,
            "status": note.status.state,
            "url": note_url(note),
            "path": f"notes/{quote(note.id)}.json",
            "sha256": sha256(encoded(self.whole[note.id])).hexdigest(),
        }


def _listed(name: str, items: Iterable[Shape]) -> Shape:
    return {"schema_version": SCHEMA_VERSION, name: list(items)}


def _cited(note: Note) -> Iterator[str]:
    """Yield each source of each statement and fact of a note."""
    for section in note.sections:
        for statement in section.statements:
            yield from statement.citations
    for fact in note.facts:
        yield from fact.sources


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def _newest(shapes: list[Shape], date: str) -> list[Shape]:
    """Return what has a date, the newest first; of one date in the order given."""
    return sorted(shapes, key=lambda shape: shape[date] or "", reverse=True)


def _generator() -> str:
    try:
        return f"kb {version('aws-kb')}"
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "kb"
