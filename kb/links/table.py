"""The table of names held in memory, made from notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.errors import DuplicateError, NoteError
from kb.links.names import claims, identifier_claims
from kb.notes.note import Note


class NameTable:
    """Looks names and identifiers up among notes; see links.resolve.Table."""

    def __init__(self, notes: Iterable[Note]) -> None:
        self.notes = list(notes)
        self.names = claims(self.notes)
        self.identifiers = identifier_claims(self.notes)

    def by_name(self, name_key: str) -> list[str]:
        """Return the notes with this name, by its key."""
        return [name.note for name in self.names.get(name_key, [])]

    def by_identifier(self, kind: str, identifier: str) -> list[str]:
        """Return the notes that claim this identifier."""
        return self.identifiers.get((kind, identifier), [])

    def name_texts(self) -> list[str]:
        """Return every name as it is written."""
        return [name.text for names in self.names.values() for name in names]

    def clashes(self) -> Iterator[NoteError]:
        """Yield a problem for each name or identifier that two notes claim."""
        by_id = {note.id: note for note in self.notes}
        for names in self.names.values():
            for name in names[1:]:
                note = by_id[name.note]
                yield DuplicateError(
                    note.path,
                    note.line_of("names"),
                    "names",
                    f"a name of one note only (also {names[0].note})",
                    name.text,
                )
        for (kind, identifier), owners in self.identifiers.items():
            for owner in owners[1:]:
                note = by_id[owner]
                yield DuplicateError(
                    note.path,
                    note.line_of(f"identifiers.{kind}"),
                    f"identifiers.{kind}",
                    f"an identifier of one note only (also {owners[0]})",
                    identifier,
                )
