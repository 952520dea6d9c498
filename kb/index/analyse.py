"""The cloud analyser: text to surfaces, the same when indexing and when searching.

A surface is what can be looked up. An identifier yields itself whole, joined and in parts (`s3:GetObject` gives
s3:getobject, s3getobject, s3, getobject, get, object), a quantity also its comparable form (15 minutes = 900 s gives time:900000).
"""

from __future__ import annotations

import re
from functools import lru_cache

from kb.facts.quantity import UNITS, find_quantities

STOPWORDS = frozenset(
    """a about after again all also am an and any are as at be because been before being between both but by can cannot could
    did do does doing done don't during each else for from get gets getting give given got had has have having he her here
    how i if i'm in into is isn't it its it's just know let like make makes may me might mine more most much must my need needs no nor
    not of off on once one only or other our out over own please put same say see she should show so some such tell than that
    the their them then there these they this those through to too under until up upon us use used using versus very vs want was we
    were what what's when where which while who whom why will with without would you your""".split()
)
_CHUNK = re.compile(
    r"(?:(?<![\w-])--(?=[a-z]))?"
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?%?|\w+(?:(?:::|:::|[.:/@'\u2019-])\w+)*(?:\+\+|#(?!\w)|%)?)"
)
_SEPARATORS = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"[A-Z]+\d*(?![a-z])|[A-Z]?[a-z]+\d*|\d+|[^\W\d_A-Za-z]+")
_HUMP = re.compile(r"[a-z\d][A-Z]|[A-Z]{2}[a-z]{2}")
_PLURAL_ACRONYM = re.compile(r"[A-Z][A-Z\d]+s")
MAX_QUERY = 1000


def chunks(text: str) -> list[tuple[int, list[str]]]:
    """Return each chunk of a text as its start and its surfaces, the whole one first."""
    found = [(match.start(), _surfaces(match.group())) for match in _CHUNK.finditer(text) if match.group().strip("_")]
    for quantity in find_quantities(text):
        if quantity.unit:
            number = int(quantity.number) if quantity.number == int(quantity.number) else quantity.number
            found.append((quantity.start, [f"{number}{quantity.unit.lower()}", quantity.key]))
    found.sort(key=_start)
    return found


@lru_cache(16)
def chunks_of(text: str) -> list[tuple[int, list[str]]]:
    """Return the chunks of a text, kept for the next who asks for the same: a unit is read by two writers."""
    return chunks(text)


def surfaces(text: str) -> list[str]:
    """Return every surface of a text in order."""
    return [surface for _, group in chunks_of(text) for surface in group]


def _start(chunk: tuple[int, list[str]]) -> int:
    return chunk[0]


@lru_cache(1 << 16)
def _surfaces(chunk: str) -> list[str]:
    if chunk[0].isdigit() and "," in chunk:
        chunk = chunk.replace(",", "")
    if _PLURAL_ACRONYM.fullmatch(chunk):
        return [chunk.lower(), chunk[:-1].lower()]
    whole = chunk.lower().replace("\u2019", "'")
    if whole.endswith("'s"):
        whole, chunk = whole[:-2], chunk[:-2]
    if whole in UNITS or whole.isalpha() and not _HUMP.search(chunk):
        return [whole]
    if "'" in whole:
        return [whole, whole.replace("'", "")]
    found = [whole]
    bare = whole.lstrip("-")
    pieces = [piece for piece in _SEPARATORS.split(chunk) if piece]
    if len(pieces) > 1 or bare != whole:
        joined = "".join(pieces).lower()
        found += [bare] if joined.isdecimal() else [bare, joined]
    for piece in pieces:
        found.append(piece.lower())
        if _HUMP.search(piece):
            found += [part.lower() for part in _CAMEL.findall(piece)]
    return list(dict.fromkeys(found))


def content(found: list[tuple[int, list[str]]]) -> list[list[str]]:
    """Return the surfaces of each chunk that says something, common words left out."""
    return [group for _, group in found if group[0] not in STOPWORDS]
