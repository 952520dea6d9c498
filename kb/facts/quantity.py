"""Quantities: a number with a unit, made comparable (15 minutes = 900 s, 256 KB = 262,144 bytes).

KB and KiB count as the same, 1,024 bytes: AWS and those who write about it use both for it.
"""

from __future__ import annotations

import re

from kb.errors import QuantityError

_TIME = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "day": 86_400_000, "week": 604_800_000}
_SIZE = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4, "PB": 1024**5}
_SPELLINGS = {
    "ms": ("ms", "millisecond", "milliseconds", "msec"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "min": ("min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "day": ("day", "days"),
    "week": ("week", "weeks"),
    "B": ("b", "byte", "bytes"),
    "KB": ("kb", "kib", "kilobyte", "kilobytes", "kibibyte", "kibibytes"),
    "MB": ("mb", "mib", "megabyte", "megabytes", "mebibyte", "mebibytes"),
    "GB": ("gb", "gib", "gigabyte", "gigabytes", "gibibyte", "gibibytes"),
    "TB": ("tb", "tib", "terabyte", "terabytes", "tebibyte", "tebibytes"),
    "PB": ("pb", "pib", "petabyte", "petabytes", "pebibyte", "pebibytes"),
    "%": ("%", "percent"),
}
UNITS = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings}
LARGEST = 1e100
"""A longer row of digits is no quantity."""
_QUANTITY = re.compile(r"(?<![\w.,/-])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:[ -]?(%|[A-Za-z]+))?(?!\w)")


class Quantity:
    """A number with its unit, comparable by `base` within one `dimension`."""

    __slots__ = ("base", "dimension", "end", "number", "start", "unit")

    def __init__(self, number: float, unit: str, start: int = 0, end: int = 0) -> None:
        self.number = number
        self.unit = unit
        self.start = start
        self.end = end
        factor = _TIME.get(unit) or _SIZE.get(unit) or 1
        self.base = number * factor
        self.dimension = "time" if unit in _TIME else "size" if unit in _SIZE else "share" if unit == "%" else "count"

    @property
    def key(self) -> str:
        """The same text for equal quantities: "time:900000", "size:262144"."""
        base = int(self.base) if self.base == int(self.base) else round(self.base, 12)
        return f"{self.dimension}:{base}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"Quantity({self.number:g} {self.unit})"


def find_quantities(text: str) -> list[Quantity]:
    """Return every number with a known unit in a text, and every bare number with the unit ""."""
    found = []
    for match in _QUANTITY.finditer(text):
        unit = UNITS.get((match.group(2) or "").lower(), "")
        end = match.end() if unit else match.end(1)
        number = float(match.group(1).replace(",", ""))
        if number <= LARGEST:
            found.append(Quantity(number, unit, match.start(), end))
    return found


def spell(key: str) -> str:
    """Return a quantity's key as people write it, in the largest unit that leaves a whole number: 15 min, 256 KB."""
    dimension, _, number = key.partition(" ")[0].partition(":")
    base = float(number)
    units = {"time": _TIME, "size": _SIZE}.get(dimension, {})
    for unit, factor in sorted(units.items(), key=lambda item: -item[1]):
        if base >= factor and base % factor == 0:
            return f"{base / factor:,.15g} {unit}"
    return f"{base:,.15g}{'%' if dimension == 'share' else ' ms' if dimension == 'time' else ' B' if dimension == 'size' else ''}"


def parse_quantity(text: str) -> Quantity:
    """Return the one quantity a text is.

    Raises:
        QuantityError: it is not a number with an optional known unit.
    """
    found = find_quantities(text.strip())
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(text.strip())):
        raise QuantityError(text, "expected a number with a unit, such as 15 minutes or 256 KB")
    return found[0]
