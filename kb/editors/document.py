"""Document: a text as an editor holds it - lines, places in code points, edits, and the units clients count in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_HALF = re.compile("[\ud800-\udfff]")
_CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2)}
PROSE = ("markdown", "mdx", "plaintext", "text", "asciidoc", "restructuredtext", "org", "latex", "quarto", "rmd")
PROSE_SUFFIXES = (".md", ".markdown", ".mdx", ".txt", ".rst", ".adoc", ".org")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a text: line from 0, and column from 0 in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text; the end is not part of it."""

    start: Place
    end: Place

    def holds(self, place: Place) -> bool:
        """Tell whether a place is inside, or at either end."""
        return self.start <= place <= self.end


@dataclass(frozen=True)
class Document:
    """One version of a text. Lines end at CR LF, LF or CR, as the protocol says, and at nothing else."""

    lines: tuple[str, ...] = ("",)
    """With their ends; the last has none, and is empty when the text ends with one."""
    path: str = ""
    """Where the file lies; empty when it is no file."""
    language: str = ""
    """As the editor calls it: yaml, terraform, python."""

    @cached_property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.lines)

    @cached_property
    def prose(self) -> bool:
        """Whether people read it as running text."""
        return self.language in PROSE or not self.language and self.path.lower().endswith(PROSE_SUFFIXES)

    @property
    def end(self) -> Place:
        """The place behind the last character."""
        return Place(len(self.lines) - 1, len(self.lines[-1]))

    def line(self, number: int) -> str:
        """Return a line without its end; empty when there is none."""
        return self.lines[number].rstrip("\r\n") if 0 <= number < len(self.lines) else ""

    def within(self, place: Place) -> Place:
        """Return the nearest place that exists."""
        if place.line < 0:
            return Place(0, 0)
        if place.line >= len(self.lines):
            return self.end
        return Place(place.line, max(0, min(place.column, len(self.line(place.line)))))

    def between(self, span: Span) -> str:
        """Return the text of a span."""
        start, end = self.within(span.start), self.within(span.end)
        if start.line == end.line:
            return self.lines[start.line][start.column : end.column]
        middle = self.lines[start.line + 1 : end.line]
        return "".join((self.lines[start.line][start.column :], *middle, self.lines[end.line][: end.column]))

    def edited(self, span: Span, text: str) -> Document:
        """Return the document with a span replaced; only the lines around it are split anew."""
        start, end = sorted((self.within(span.start), self.within(span.end)))
        first, last = max(start.line - 1, 0), min(end.line + 2, len(self.lines))
        before = "".join((*self.lines[first : start.line], self.lines[start.line][: start.column]))
        after = "".join((self.lines[end.line][end.column :], *self.lines[end.line + 1 : last]))
        fresh = split_lines(before + text + after)
        if last < len(self.lines):
            fresh = fresh[:-1]  # split_lines adds what follows the last line end; here that is the next line
        return replace(self, lines=(*self.lines[:first], *fresh, *self.lines[last:]))

    def rewritten(self, text: str) -> Document:
        """Return the document with another text."""
        return replace(self, lines=split_lines(text))


def open_document(text: str, path: str = "", language: str = "") -> Document:
    """Return a text as a document."""
    return Document(split_lines(text), path, language)


def split_lines(text: str) -> tuple[str, ...]:
    """Return the lines of a text with their ends, one more behind the last end."""
    lines = _LINE.findall(text)
    if not lines or lines[-1][-1] in "\r\n":
        lines.append("")
    return tuple(lines)


def column_of(line: str, units: int, encoding: Encoding) -> int:
    """Return the column that lies so many units of an encoding into a line; inside a character: before it."""
    if encoding == "utf-32" or line.isascii():
        return min(max(units, 0), len(line))
    if _HALF.search(line):
        return _count(line, units, encoding)
    codec, width = _CODECS[encoding]
    return len(line.encode(codec)[: max(units, 0) * width].decode(codec, "ignore"))


def units_of(line: str, column: int, encoding: Encoding) -> int:
    """Return how many units of an encoding lie before a column of a line."""
    if encoding == "utf-32" or line.isascii():
        return min(column, len(line))
    codec, width = _CODECS[encoding]
    return len(line[:column].encode(codec, "surrogatepass")) // width


def _count(line: str, units: int, encoding: Encoding) -> int:
    """Do column_of for a line that holds half a character, which no codec decodes."""
    codec, width = _CODECS[encoding]
    passed = 0
    for column, character in enumerate(line):
        passed += len(character.encode(codec, "surrogatepass")) // width
        if passed > units:
            return column
    return len(line)
