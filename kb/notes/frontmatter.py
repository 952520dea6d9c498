"""Read YAML front matter safely, keeping the line of every field.

All scalars are read as text: `yes` stays "yes" and `2019-12` stays "2019-12". Anchors, tags,
duplicate keys, comments and deep nesting are refused, so that a hostile note costs nothing.
"""

from __future__ import annotations

import re

import yaml

from kb.errors import UnreadableNote

Data = str | list["Data"] | dict[str, "Data"]

FENCE = "---"
MAX_BYTES = 512 * 1024
MAX_DEPTH = 6
_PLAIN_TAGS = {f"tag:yaml.org,2002:{t}" for t in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COMMENT = re.compile(r"^\s*#")


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
