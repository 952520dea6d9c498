"""Clean the inline Markdown of one statement: tags, templates and pictures go, code, links and bold stay."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from html import unescape

Drops = list[tuple[str, str]]

# Longer pieces are only put on one line: nobody wrote them by hand, and patterns that look ahead would take minutes.
LONGEST = 20_000
TAGS = "a abbr address article aside b big blockquote body br button center cite code col colgroup dd del details dfn div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label li link main mark meta nav ol p picture pre q s samp script section small source span strike strong style sub summary sup svg table tbody td tfoot th thead time title tr tt u ul var video".split()
TAG = re.compile(rf"</?(?:{'|'.join(TAGS)})(?=[\s/>])[^<>]*>", re.I)
_COMMENT = re.compile(r"<!--.*?-->|%%(?=\S).*?%%", re.S)
_PICTURE = re.compile(r"!\[[^\]\n]{0,400}\]\([^)\n]{0,2000}\)(?:\{:?[^{}\n]{0,200}\})?|<img\b[^<>]*>", re.I)
_REFERENCE_PICTURE = re.compile(r"!\[([^\[\]\n]{0,400})\]\[[^\[\]\n]{0,200}\]")
_EMBED = re.compile(r"!\[\[[^\[\]\n]{1,400}\]\]")
_WIKI = re.compile(r"\[\[([^\[\]|\n]{1,400}?)(?:\\?\|([^\[\]\n]{1,400}))?\]\]")
_TEMPLATE = re.compile(
    r"\{%-?[^\n]{0,400}?-?%\}|\{\{[^{}\n]{0,400}\}\}|(?<!\w)\{:[^{}\n]{0,200}\}|(?<=[)*`])\{:[^{}\n]{0,200}\}"
)
_EMPTY_LINK = re.compile(r"\[\s*\]\([^()\n]{0,2000}\)")
_BLOCK_ID = re.compile(r"\s\^[A-Za-z0-9-]{2,40}$")
_FOOTNOTE = re.compile(r"\[\^[\w.-]{1,80}\](?![+*?{])(?::[ \t]*)?")  # [^/]+ is a pattern, not a mark
_MARKED = re.compile(r"==(?=\S)([^=\n]{1,400}?)(?<=\S)==")
_TASK = re.compile(r"^\[[ xX-]\]\s+")
WORD = re.compile(r"\w|[^\x00-\x7f\s]")
_SHOWN = {"code": "`", "kbd": "`", "tt": "`", "samp": "`", "b": "**", "strong": "**"}


def clean(text: str) -> tuple[str, Drops]:
    """Return inline Markdown on one line, and what was taken out of it, each with the reason."""
    if len(text) > LONGEST:
        return " ".join(text.split()), []
    drops: Drops = []
    parts = [part if code else _plain(part, drops) for part, code in _spans(_TASK.sub("", text.strip()))]
    joined = _BLOCK_ID.sub("", " ".join("".join(parts).split()))
    drops += [(found.group(), "empty link") for found in _EMPTY_LINK.finditer(joined)]
    return _EMPTY_LINK.sub("", joined).strip(), drops


def says_something(text: str) -> bool:
    """Tell whether a statement has a word, a number or a letter-like sign left."""
    return bool(WORD.search(text))


def without_templates(text: str) -> str:
    """Return a text without Jekyll and kramdown markup."""
    return _TEMPLATE.sub("", text)


def _plain(part: str, drops: Drops) -> str:
    """Clean what stands between code spans."""

    def take(reason: str) -> re.Pattern[str]:
        return {"comment": _COMMENT, "template": _TEMPLATE, "picture": _PICTURE, "embed": _EMBED}[reason]

    for reason in ("comment", "embed", "template", "picture"):
        if _maybe(reason, part):
            drops += [(found.group(), reason) for found in take(reason).finditer(part)]
            part = take(reason).sub(" ", part)
    if "![" in part:
        drops += [(found.group(), "picture") for found in _REFERENCE_PICTURE.finditer(part)]
        part = _REFERENCE_PICTURE.sub(" ", part)
    if "[^" in part:
        drops += [(found.group(), "footnote mark") for found in _FOOTNOTE.finditer(part)]
        part = _FOOTNOTE.sub("", part)
    if "[[" in part:
        part = _WIKI.sub(lambda m: m[2] or m[1].strip("#").replace("#", " > "), part)
    if "<" in part:
        part = TAG.sub(_tag, part)
    if "&" in part:
        part = unescape(part)
    return _MARKED.sub(r"\1", part) if "==" in part else part


def _maybe(reason: str, part: str) -> bool:
    """Tell cheaply whether a pattern can match at all."""
    marks = {"comment": ("-->", "%%"), "embed": ("![[",), "template": ("{",), "picture": ("![", "<img", "<IMG")}
    return any(mark in part for mark in marks[reason])


def _tag(match: re.Match[str]) -> str:
    name = re.split(r"[\s/>]", match.group().lstrip("</"), maxsplit=1)[0].lower()
    if name in _SHOWN:
        return _SHOWN[name]
    if name == "sup" and not match.group().startswith("</"):
        return "^"
    return " " if name in {"br", "p", "div", "li", "td", "tr", "hr"} else ""


def _spans(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text, and whether each is a code span."""
    runs = [(m.start(), m.end()) for m in re.finditer("`+", text)]
    places: dict[int, list[int]] = {}
    for start, end in runs:
        places.setdefault(end - start, []).append(start)
    position = 0
    for start, end in runs:
        if start < position:
            continue
        same = places[end - start]
        closing = bisect_right(same, start)
        if closing < len(same):
            yield text[position:start], False
            position = same[closing] + end - start
            yield text[start:position], True
    yield text[position:], False
