"""Every error kb raises, in one tree.

    KbError
    ├── InputError            a path cannot be read or is not what was asked for
    ├── NotFound              a name, id or anchor that no note has
    ├── NoteError             a note leaves the note format; says file, line, field, expected
    │   ├── UnreadableNote    its bytes or its YAML cannot be read at all
    │   ├── FieldError        a front matter field is missing or malformed
    │   ├── BodyError         the Markdown body leaves the format
    │   ├── LinkError         a link, citation or identifier leads nowhere or to two places
    │   └── DuplicateError    an id, name or identifier is claimed twice
    ├── QuantityError         a text is not a number with a unit
    ├── IndexUnusable         the index cannot be searched; says why and what to run
    │   ├── IndexMissing      there is none
    │   ├── VectorsMissing    its units have no vectors to search by meaning
    │   ├── IndexDamaged      it is half-written or not an index
    │   └── IndexTooNew       a newer kb wrote it
    ├── BuildBusy             another process builds the same index
    ├── EngineError           Whoosh failed on its own index
    └── MissingExtra          a command needs an extra that is not installed

Types and attributes are interface; message texts are not. The library raises, the faces translate.
"""

from __future__ import annotations


class KbError(Exception):
    """Base of everything kb raises on purpose; catch it to catch them all."""


class InputError(KbError):
    """A path that was given cannot be read, or is not what the command works on."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class NotFound(KbError):
    """No note answers to this name; `nearest` holds what comes close."""

    def __init__(self, kind: str, name: str, nearest: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.name = name
        self.nearest = nearest
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        super().__init__(f"no {kind} {name!r}{hint}")


class NoteError(KbError):
    """A note leaves the note format at `path`:`line`, in `field`, where `expected` should stand."""

    def __init__(self, path: str, line: int, field: str, expected: str, found: str = "") -> None:
        self.path = path
        self.line = line
        self.field = field
        self.expected = expected
        self.found = found if len(found) <= 80 else found[:77] + "..."
        tail = f", found {self.found!r}" if found else ""
        super().__init__(f"{path}:{line}: {field}: expected {expected}{tail}")


class UnreadableNote(NoteError):
    """The bytes or the YAML of a note cannot be read at all; nothing else of it is checked."""


class FieldError(NoteError):
    """A front matter field is missing, unknown or malformed."""


class BodyError(NoteError):
    """The Markdown body of a note leaves the format."""


class LinkError(NoteError):
    """A link or citation names something that does not exist."""


class DuplicateError(NoteError):
    """An id, name or identifier is claimed by two notes, or twice in one."""


class QuantityError(KbError):
    """A text is not a number with a unit."""

    def __init__(self, text: str, reason: str) -> None:
        self.text = text
        self.reason = reason
        super().__init__(f"{text!r}: {reason}")


class IndexUnusable(KbError):
    """The index at `path` cannot be searched: `reason`. `remedy` is the command that mends it."""

    def __init__(self, path: str, reason: str, remedy: str = "kb index") -> None:
        self.path = path
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{path}: {reason}; run: {remedy}")


class IndexMissing(IndexUnusable):
    """There is no index yet."""


class VectorsMissing(IndexUnusable):
    """The units of the index have no vectors."""


class IndexDamaged(IndexUnusable):
    """The index is half-written, cut short or not an index."""


class IndexTooNew(IndexUnusable):
    """The index was written by a newer kb in a format this one does not read."""


class BuildBusy(KbError):
    """Another process is building the index at `path`."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path}: another build is running")


class EngineError(KbError):
    """Whoosh failed on its own index at `path`; the index is rebuilt from the notes."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: the search engine failed: {reason}; run: kb index --full")


class MissingExtra(KbError):
    """A command needs an extra that is not installed."""

    def __init__(self, extra: str, purpose: str) -> None:
        self.extra = extra
        self.purpose = purpose
        super().__init__(f"{purpose} needs the extra {extra!r}; run: pip install 'aws-kb[{extra}]'")
