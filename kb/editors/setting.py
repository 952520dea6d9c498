"""Setting: the property at a place - in a template, a Terraform block, a call, a command line - and the facts about it.

Nothing is parsed: indentation and brackets around the place tell what it belongs to, so half-typed text works too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.editors import recognise
from kb.editors.bounds import Bounds
from kb.editors.bounds import Place as Bound
from kb.editors.desk import Desk
from kb.editors.document import Document, Place, Span

ABOVE = 600
"""So many lines above a place are looked at."""
LONGEST = 2000
"""Longer lines are no code that people read."""
_KEY = re.compile(r"(?P<dash>\s*(?:-\s+)*)(?P<quote>[\"']?)(?P<key>[\w:.$/*-]+)(?P=quote)\s*:(?=\s|$)")
_ASSIGNED = re.compile(r"(?<![\w.$-])[\"']?([A-Za-z_]\w*)[\"']?\s*(?:=(?![=>~])|\?:|:(?![:=]))")
_VALUE = re.compile(r"[\s\w.\"'()*+-]*")
_OPTION = re.compile(r"(?<!\S)--([a-z][a-z0-9-]+)")
_COMMAND = re.compile(r"\baws(?:\s+--[\w-]+(?:[= ][^\s-]\S*)?)*\s+([a-z][a-z0-9-]+)\s+([a-z][a-z0-9-]+)")
_MARKS = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|(?<![:\w\"'])(?:#|//)[^\n]*|[{}()\[\]]")
_BLOCK = re.compile(r"(?:resource|data)\s+\"(aws_\w+)\"\s+\"[^\"]*\"\s*\Z")
_NAMED = re.compile(r"\"(\w+)\"\s*:\s*\Z")
_TYPE = re.compile(r"[\"']?Type[\"']?\s*:\s*[\"']?(AWS::[\w:]+)")
_CALLEE = re.compile(r"([A-Za-z_][\w.]*?)\s*(?:<[^<>]*>)?\s*\Z")


@dataclass(frozen=True, slots=True)
class Setting:
    """A property in code, and the facts that say what it may be."""

    span: Span
    name: str
    owner: str
    """What it is a property of: AWS::SQS::Queue, aws_sqs_queue, CreateQueue."""
    facts: tuple[Bound, ...]
    on_name: bool
    """Whether the place is on the name, not on the value."""


def setting(desk: Desk, document: Document, place: Place) -> Setting | None:
    """Return the property at a place that facts are known about."""
    place = document.within(place)
    line = document.line(place.line)
    if len(line) > LONGEST:
        return None
    named = _option(line, place.column) or _assigned(line, place.column)
    if named is None:
        return None
    name, start, end = named
    bounds = desk.bounds
    if line[start : start + 2] == "--":
        owner, facts = _of_command(desk, bounds, document, place, name)
    else:
        owner, facts = _of_template(bounds, document, place.line, name)
        if not facts:
            quoted = line[start - 1 : start] in ("'", '"')
            owner, facts = _of_brackets(desk, bounds, document, Place(place.line, start - quoted), name)
    if not facts:
        return None
    span = Span(Place(place.line, start), Place(place.line, end))
    return Setting(span, name, owner, tuple(facts), start <= place.column <= end)


def _assigned(line: str, column: int) -> tuple[str, int, int] | None:
    """Return the name that a column assigns to, or whose plain value the column is on."""
    for match in reversed([m for m in _ASSIGNED.finditer(line) if m.start(1) <= column]):
        on_name = column <= match.end(1)
        if on_name or _VALUE.fullmatch(line, match.end(), column):
            return match.group(1), *match.span(1)
        break
    return None


def _option(line: str, column: int) -> tuple[str, int, int] | None:
    return next(
        ((m.group(1), *m.span()) for m in _OPTION.finditer(line) if m.start() <= column <= m.end()),
        None,
    )


def _of_command(desk: Desk, bounds: Bounds, document: Document, place: Place, option: str) -> tuple[str, list[Bound]]:
    """Look an option of `aws SERVICE OPERATION` up, also on the lines a backslash continues."""
    first = place.line
    while first > max(place.line - 30, 0) and document.line(first - 1).rstrip().endswith("\\"):
        first -= 1
    text = " ".join(document.line(number).rstrip(" \\") for number in range(first, place.line + 1))
    found = list(_COMMAND.finditer(text))
    if not found:
        return "", []
    service, operation = found[-1].groups()
    notes = next((token.notes for token in recognise.in_line(desk, f"aws {service}")), ())
    return f"aws {service} {operation}", bounds.of_call(operation, option, notes) if notes else []


def _of_template(bounds: Bounds, document: Document, number: int, name: str) -> tuple[str, list[Bound]]:
    """Look a property of a YAML template up, by the keys it is indented under."""
    path = _path(document, number)
    keys = [key for key, _, _ in path]
    if not keys or keys[-1] != name:
        return "", []
    if keys[0] == "Globals" and len(keys) > 2:
        return _of_type(bounds, f"AWS::Serverless::{keys[1]}", name)
    if keys[0] in ("functions", "provider") and len(keys) > (keys[0] == "functions") + 1:
        found = bounds.of_owner("functions", name) or bounds.of_owner("AWS::Lambda::Function", name)
        return "AWS::Lambda::Function", found
    if "Properties" in keys[:-1]:
        at = keys.index("Properties")
        return _of_type(bounds, _type_beside(document, *path[at][1:]), name)
    return "", []


def _of_type(bounds: Bounds, type: str, name: str) -> tuple[str, list[Bound]]:
    found = bounds.of_owner(type, name)
    if not found and type.startswith("AWS::Serverless::"):
        found = bounds.of_owner(recognise.SAM.get(type.rpartition(":")[2], ""), name)
    return type, found


def _path(document: Document, number: int) -> list[tuple[str, int, int]]:
    """Return the keys a line stands under, outermost first, its own last, each with its line and column."""
    match = _KEY.match(document.line(number))
    if not match:
        return []
    path: list[tuple[str, int, int]] = []
    bound = LONGEST
    for above in range(number, max(number - ABOVE, -1), -1):
        line = document.line(above)
        match = _KEY.match(line) if line.strip() and len(line) <= LONGEST else None
        if match and match.start("quote") < bound:
            path.insert(0, (match["key"], above, match.start("quote")))
            dash = match["dash"].find("-")
            bound = dash + 1 if dash >= 0 else match.start("quote")
            if not bound:
                break
    return path


def _type_beside(document: Document, number: int, column: int) -> str:
    """Return the Type that stands beside Properties, above or below it."""
    for step in (-1, 1):
        for at in range(number + step, number + step * ABOVE, step):
            line = document.line(at)
            key = _KEY.match(line)
            indent = key.start("quote") if key else len(line) - len(line.lstrip())
            if not 0 <= at < len(document.lines) or line.strip() and indent < column:
                break
            if indent == column and (match := _TYPE.match(line, column)):
                return match.group(1)
    return ""


def _of_brackets(desk: Desk, bounds: Bounds, document: Document, place: Place, name: str) -> tuple[str, list[Bound]]:
    """Look a property up by the brackets around it: a Terraform block, a JSON template, a call."""
    first = max(place.line - ABOVE, 0)
    text = "".join(line for line in document.lines[first : place.line] if len(line) <= LONGEST)
    text += document.lines[place.line][: place.column]
    heads = [(text[at], text[max(at - 200, 0) : at], at) for at in _open_brackets(text)]
    for _, head, _ in heads:
        if block := _BLOCK.search(head):
            return block.group(1), _of_terraform(desk, bounds, block.group(1), name)
    for mark, head, at in heads:
        named = _NAMED.search(head)
        if mark == "{" and named and named.group(1) != "Properties":
            kind = _TYPE.search(_shallow(text[at + 1 :] + _rest(document, place)))
            if kind:
                return _of_type(bounds, kind.group(1), name)
        callee = _CALLEE.search(head)
        called = callee.group(1) if callee and (mark == "(" or "." in callee.group(1)) else ""
        if called and (found := _of_callee(desk, bounds, called, name)):
            return called, found
    return "", []


def _open_brackets(text: str) -> list[int]:
    """Return where the brackets stand that are open at the end of a text, the innermost first."""
    stack: list[int] = []
    for match in _MARKS.finditer(text):
        mark = match.group()
        if mark in "{([":
            stack.append(match.start())
        elif mark in "})]" and stack:
            stack.pop()
    return stack[::-1]


def _shallow(text: str) -> str:
    """Return what stands in a bracket itself, without what is nested in it, up to where it closes."""
    depth, position = 0, 0
    kept: list[str] = []
    for match in _MARKS.finditer(text[:20_000]):
        mark = match.group()
        if mark in "{([":
            if depth == 0:
                kept.append(text[position : match.start()])
            depth += 1
        elif mark in "})]":
            if depth == 0:
                return "".join((*kept, text[position : match.start()]))
            depth -= 1
            position = match.end()
    return "".join((*kept, text[position:] if depth == 0 else ""))


def _rest(document: Document, place: Place) -> str:
    lines = document.lines[place.line : place.line + 60]
    return "".join((lines[0][place.column :], *lines[1:])) if lines else ""


def _of_terraform(desk: Desk, bounds: Bounds, type: str, name: str) -> list[Bound]:
    found = bounds.of_owner(type, name)
    notes = next((token.notes for token in recognise.in_line(desk, type)), ())
    return found or [place for note in notes for place in bounds.of_service(note, name, type)]


def _of_callee(desk: Desk, bounds: Bounds, callee: str, name: str) -> list[Bound]:
    """Look a parameter up by what is called: client.create_queue, new CreateQueueCommand, sqs.Queue."""
    module, _, function = callee.rpartition(".")
    operation = re.sub(r"(?:Command|Input|Request|Async)\Z", "", function)
    notes = recognise.notes_of(desk, module) if module else ()
    construct = bounds.of_owner(f"aws_{module.rpartition('.')[2].strip('_')}.{function}", name)
    if found := construct or bounds.of_call(operation, name, notes) or bounds.of_call(operation, name):
        return found
    if not notes and (client := bounds.client_of(operation)):
        notes = next((token.notes for token in recognise.in_line(desk, f'client("{client}"')), ())
    return [place for note in notes for place in bounds.of_service(note, name, function)]
