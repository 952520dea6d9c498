"""Read YAML front matter safely, keeping the line of every field, and its typed fields, collecting every problem.

All scalars are read as text: `yes` stays "yes" and `2019-12` stays "2019-12". Anchors, tags,
duplicate keys, comments and deep nesting are refused, so that a hostile note costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import yaml

from kb.errors import FieldError, NoteError, UnreadableNote

Data = str | list["Data"] | dict[str, "Data"]

FENCE = "---"
MAX_BYTES = 512 * 1024
MAX_DEPTH = 6
_PLAIN_TAGS = {f"tag:yaml.org,2002:{t}" for t in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COMMENT = re.compile(r"^\s*#")
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
DATE = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


def split(text: str) -> tuple[str | None, str, int]:
    """Split a file into front matter and body.

    Returns the YAML (None when the file has no front matter), the body, and the line the body starts on.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return None, text, 1
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    return None, text, 1


def load(text: str, path: str) -> tuple[dict[str, Data], dict[str, int]]:
    """Return the front matter as plain data and the line of each field ("facts[2].value").

    Raises:
        UnreadableNote: it is too large, not YAML, not a mapping, or uses what notes must not use.
    """
    if len(text) > MAX_BYTES:
        raise UnreadableNote(path, 1, "front matter", f"at most {MAX_BYTES} characters", str(len(text)))
    for number, line in enumerate(text.split("\n")):
        if _COMMENT.match(line):
            raise UnreadableNote(path, number + 2, "front matter", "no comments (kb fmt would lose them)", line.strip())
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnreadableNote(path, _error_line(error), "front matter", "valid YAML", _problem(error)) from None
    if not isinstance(node, yaml.MappingNode):
        raise UnreadableNote(path, 2, "front matter", "a mapping of fields")
    return _Walk(path).mapping(node, "", 0)


def _error_line(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None)
    return int(mark.line) + 2 if mark else 1


def _problem(error: Exception) -> str:
    return str(getattr(error, "problem", "") or str(error).split("\n")[0])


class _Walk:
    """Turns YAML nodes into data, noting lines and refusing what could bite."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines: dict[str, int] = {}
        self.seen: set[int] = set()

    def refuse(self, node: yaml.Node, expected: str, found: str) -> UnreadableNote:
        return UnreadableNote(self.path, node.start_mark.line + 2, "front matter", expected, found)

    def mapping(self, node: yaml.MappingNode, where: str, depth: int) -> tuple[dict[str, Data], dict[str, int]]:
        self.enter(node, depth)
        result: dict[str, Data] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.refuse(key_node, "a plain key", "a collection as key")
            key = key_node.value
            if key in result:
                raise self.refuse(key_node, "each key once", key)
            name = f"{where}.{key}" if where else key
            self.lines[name] = key_node.start_mark.line + 2
            result[key] = self.value(value_node, name, depth + 1)
        return result, self.lines

    def value(self, node: yaml.Node, where: str, depth: int) -> Data:
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, where, depth)[0]
        self.enter(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.item(child, f"{where}[{i}]", depth + 1) for i, child in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:null" and node.value in ("", "~", "null"):
            return ""
        return str(node.value)

    def item(self, node: yaml.Node, where: str, depth: int) -> Data:
        self.lines[where] = node.start_mark.line + 2
        return self.value(node, where, depth)

    def enter(self, node: yaml.Node, depth: int) -> None:
        if id(node) in self.seen:
            raise self.refuse(node, "no YAML anchors or aliases", "an alias")
        self.seen.add(id(node))
        if node.tag not in _PLAIN_TAGS:
            raise self.refuse(node, "no YAML tags", node.tag)
        if depth > MAX_DEPTH:
            raise self.refuse(node, f"at most {MAX_DEPTH} levels", "deeper nesting")


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

    def text(
        self,
        key: str,
        *,
        required: bool = False,
        one_of: Iterable[str] = (),
        like: re.Pattern[str] | None = None,
        like_what: str = "",
        longest: int = 0,
    ) -> str:
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
