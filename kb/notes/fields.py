"""Read typed fields out of front matter, collecting every problem instead of stopping at the first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.errors import FieldError, NoteError
from kb.notes.frontmatter import Data

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
DATE = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


class Fields:
    """One mapping of the front matter, read field by field."""

    def __init__(
        self, path: str, data: dict[str, Data], lines: dict[str, int], problems: list[NoteError], where: str = ""
    ) -> None:
        self.path = path
        self.data = data
        self.lines = lines
        self.problems = problems
        self.where = where

    def name(self, key: str) -> str:
        """Return the full name of a field: "facts[2].value"."""
        return f"{self.where}.{key}" if self.where else key

    def problem(self, key: str, expected: str, found: object = "") -> None:
        """Record that a field is not what was expected."""
        name = self.name(key)
        line = self.lines.get(name) or self.lines.get(self.where) or 1
        self.problems.append(FieldError(self.path, line, name, expected, str(found)))

    def only(self, *known: str) -> None:
        """Record every field that is not known here."""
        for key in self.data:
            if key not in known:
                self.problem(key, f"one of the fields {', '.join(known)}", key)

    def text(self, key: str, *, required: bool = False, one_of: Iterable[str] = (), like: re.Pattern[str] | None = None,
             like_what: str = "", longest: int = 0) -> str:
        """Return a text field on one line; empty when it is absent or wrong."""
        value = self.data.get(key, "")
        if not isinstance(value, str):
            self.problem(key, "text", type(value).__name__)
            return ""
        value = " ".join(value.split())
        if not value:
            if required:
                self.problem(key, like_what or "a text, it is missing")
            return ""
        allowed = tuple(one_of)
        if allowed and value not in allowed:
            self.problem(key, f"one of {', '.join(allowed)}", value)
            return ""
        if like and not like.fullmatch(value):
            self.problem(key, like_what, value)
            return ""
        if longest and len(value) > longest:
            self.problem(key, f"at most {longest} characters", f"{len(value)} characters")
        return value

    def id(self, key: str, *, required: bool = False) -> str:
        """Return an id field."""
        return self.text(key, required=required, like=ID, like_what="an id (lower-case words with hyphens)")

    def date(self, key: str, *, required: bool = False) -> str:
        """Return a date field: YYYY, YYYY-MM or YYYY-MM-DD."""
        return self.text(key, required=required, like=DATE, like_what="a date (YYYY, YYYY-MM or YYYY-MM-DD)")

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Return a list of texts, each once, in the order given."""
        value = self.data.get(key, [])
        if isinstance(value, str):
            value = [value] if value else []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.problem(key, "a list of texts", type(value).__name__)
            return ()
        texts = [" ".join(item.split()) for item in value if isinstance(item, str)]
        texts = [text for text in texts if text]
        if required and not texts:
            self.problem(key, "at least one entry, it is missing")
        return tuple(dict.fromkeys(texts))

    def inner(self, key: str) -> Fields | None:
        """Return a nested mapping, or None when it is absent."""
        value = self.data.get(key)
        if value is None or value == "":
            return None
        if not isinstance(value, dict):
            self.problem(key, "a mapping", type(value).__name__)
            return None
        return Fields(self.path, value, self.lines, self.problems, self.name(key))

    def each(self, key: str) -> list[Fields]:
        """Return the mappings of a list."""
        value = self.data.get(key)
        if value is None or value == "":
            return []
        if not isinstance(value, list):
            self.problem(key, "a list", type(value).__name__)
            return []
        found = []
        for position, item in enumerate(value):
            if isinstance(item, dict):
                found.append(Fields(self.path, item, self.lines, self.problems, f"{self.name(key)}[{position}]"))
            else:
                self.problem(f"{key}[{position}]", "a mapping", item)
        return found
