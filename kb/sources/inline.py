"""Clean the inline Markdown of one statement: tags, templates and pictures go, code, links and bold stay."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from html import unescape

Drops = list[tuple[str, str]]

# Longer pieces are only put on one line: nobody wrote them by hand, and patterns that look ahead would take minutes.
LONGEST = 20_000
LONGEST_TAGS = 200
TAGS = "a abbr address article aside b big blockquote body br button center cite code col colgroup dd del details dfn div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label li link main mark meta nav ol p picture pre q s samp script section small source span strike strong style sub summary sup svg table tbody td tfoot th thead time title tr tt u ul var video".split()
TAG = re.compile(rf"</?(?:{'|'.join(TAGS)})(?=[\s/>])[^<>]*>", re.I)
_COMMENT = re.compile(r"<!--.*?-->|(?<!\S)%%(?!%).*?%%", re.S)
_PICTURE = re.compile(r"!\[[^\]\n]{0,400}\]\([^)\n]{0,2000}\)(?:\{:?[^{}\n]{0,200}\})?|<img\b[^<>]*>", re.I)
_REFERENCE_PICTURE = re.compile(r"!\[([^\[\]\n]{0,400})\]\[[^\[\]\n]{0,200}\]")
_EMBED = re.compile(r"!\[\[[^\[\]\n]{1,400}\]\]")
_ORG_LINK = re.compile(r"\[\[[^\[\]\n]{1,400}\]\[([^\[\]\n]{1,400})\]\]")
_WIKI = re.compile(r"\[\[([^\[\]|\n]{1,400}?)(?:\\?\|([^\[\]\n]{1,400}))?\]\]")
_TEMPLATE = re.compile(
    r"\{%-?[^\n]{0,400}?-?%\}|\{\{(?!c\d+::)[^{}\n]{0,400}\}\}|(?<!\w)\{:[^{}\n]{0,200}\}|(?<=[)*`])\{:[^{}\n]{0,200}\}"
)
_EMPTY_LINK = re.compile(r"\[\s*\]\([^()\n]{0,2000}\)")
_BLOCK_ID = re.compile(r"\s\^[A-Za-z0-9-]{2,40}$")
_FOOTNOTE = re.compile(r"\[\^[\w.-]{1,80}\](?![+*?{])(?::[ \t]*)?")  # [^/]+ is a pattern, not a mark
_MARKED = re.compile(r"(?<![\w=])==(?=\S)([^=\n]{1,400}?)(?<=\S)==(?![\w=])")
_CLOZE = re.compile(r"\{\{c\d{1,3}::([^{}]{1,400}?)(?:::([^{}]{0,200}))?\}\}")
_TASK = re.compile(r"^\[[ xX/<>!?*-]\]\s+")
_TAGS_BEHIND = re.compile(r"(?:\s+#[A-Za-z][\w-]*(?:/[\w-]+)+)+$")  # one without a slash may be a word of the sentence
_FIELD = re.compile(r"(^|[\[(])([A-Za-z][\w -]{0,40})::\s+(?=\S)")
# Roam and Logseq point at a block by its id, alone or as the target of a link.
_BLOCK_REFERENCE = r"\(\((?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[a-z-]{0,8}[\dA-Z_])[\w-]{9})\)\)"
_REFERENCE = re.compile(rf"\[([^\[\]\n]{{1,400}})\]\({_BLOCK_REFERENCE}\)|{_BLOCK_REFERENCE}")
# The number of a reference, glued to the end of a sentence. A bare one counts only behind a closing sign or a word of
# letters alone, so that 1.7, t3.2 and max.10 stay, and only at the end or where the next sentence begins.
_CLOSED = "[)\"'\u201d\u2019*]{0,3}"
_CITED = re.compile(
    rf"(?<=[\w)\"'\u201d\u2019%`*])[.!?]{_CLOSED}"
    r"(\^?\[\d{1,3}\](?:[, ]{0,2}\[\d{1,3}\]){0,9}|[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{1,3})(?=\s|$)"
    r"|(?:(?<![\w./:@'-])(?!(?i:approx|art|chap|eq|figs?|incl|log|max|min|nos?|num|par|pos|ref|sect?|ver|vers|version|vol)\.)"
    rf"[A-Za-z][A-Za-z'\u2019-]{{2,40}}|[)\"'\u201d\u2019%`*])[.!?]{_CLOSED}"
    r"(\^?\d{1,3}(?:[,\u2013-]\d{1,3}){0,9}(?=\s+[\"\u201c(*]?[A-Z]|$)|\d{1,3}(?:,? \d{1,3}){1,9}$)"
)
WORD = re.compile(r"\w|[^\x00-\x7f\s]")
_SHOWN = {"code": "`", "kbd": "`", "tt": "`", "samp": "`", "b": "**", "strong": "**"}


def clean(text: str) -> tuple[str, Drops]:
    """Return inline Markdown on one line, and what was taken out of it, each with the reason."""
    if len(text) > LONGEST:
        return " ".join(text.split()), []
    text, drops = without_marks(_TASK.sub("", text.strip()))
    parts = [part if code else _plain(part, drops) for part, code in _spans(text)]
    joined = _FIELD.sub(r"\1\2: ", _BLOCK_ID.sub("", " ".join("".join(parts).split())))
    if tags := _TAGS_BEHIND.search(joined[-LONGEST_TAGS:]):
        drops.append((tags.group().strip(), "tags"))
        joined = joined.removesuffix(tags.group())
    drops += [(found.group(), "empty link") for found in _EMPTY_LINK.finditer(joined)]
    return _EMPTY_LINK.sub("", joined).strip(), drops


def says_something(text: str) -> bool:
    """Tell whether a statement has a word, a number or a letter-like sign left."""
    return bool(WORD.search(text))


def without_templates(text: str) -> str:
    """Return a text without Jekyll and kramdown markup."""
    return _TEMPLATE.sub("", text)


def without_marks(text: str) -> tuple[str, Drops]:
    """Return a text without what a copy or a flashcard left in it: numbers of references, highlights, clozes."""
    drops: Drops = []
    for _ in range(3 if "{{c" in text else 0):  # one may stand in another
        drops += [(found[2], "hint") for found in _CLOZE.finditer(text) if found[2]]
        text = _CLOZE.sub(r"\1", text)
    if "==" in text:
        text = "".join(part if code else _MARKED.sub(r"\1", part) for part, code in _spans(text))
    found = [mark for mark in _CITED.finditer(text) if text.count(" ", 0, mark.start()) >= 2]
    for mark in reversed(found):
        text = text[: mark.start(mark.lastindex or 0)] + text[mark.end() :]
    return text, drops + [(mark[mark.lastindex or 0], "reference number") for mark in found]


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
    part = _linked(part, drops)
    if "<" in part:
        part = TAG.sub(_tag, part)
    return unescape(part) if "&" in part else part


def _linked(part: str, drops: Drops) -> str:
    """Clean links that other tools write: to blocks, to pages of a wiki."""
    if "((" in part:
        drops += [(found.group(), "block reference") for found in _REFERENCE.finditer(part)]
        part = _REFERENCE.sub(lambda m: m[1] or "", part)
    if "[[" in part:
        part = _ORG_LINK.sub(r"\1", part)
        part = _WIKI.sub(lambda m: m[2] or m[1].strip("#").replace("#", " > "), part)
    return part


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
