"""Calculators: the worked examples of the five sources, the wrong ones corrected."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import QuantityError
from kb.facts import calculator as c

READS = [
    ("10/s", "4KB", "strong", 10, "hajare-2019, example 1"),
    ("16/s", "12KB", "eventual", 24, "hajare-2019, example 2"),
    ("10/s", "6KB", "strong", 20, "hajare-2019, example 3: 6 KB count as 8 KB"),
    ("80/s", "3KB", "strong", 80, "cert-notes-2019"),
    ("80/s", "3KB", "eventual", 40, "cert-notes-2019"),
    ("25/s", "15KB", "strong", 100, "cert-notes-2019"),
    ("25/s", "15KB", "eventual", 50, "cert-notes-2019"),
    (
        "300/30s",
        "6KB",
        "eventual",
        10,
        "cert-notes-2019, whose 10 is the eventually consistent figure, not the consistent one",
    ),
    ("300/30s", "6KB", "strong", 20, "cert-notes-2019, corrected: strongly consistent it is 20"),
    ("10/s", "4KB", "transactional", 20, "exam-notes-2021: double"),
    ("1/s", "1KB", "eventual", 1, "half a unit is rounded up"),
]
WRITES = [
    ("10/s", "2KB", False, 20, "hajare-2019, example 1"),
    ("6/s", "4.5KB", False, 30, "hajare-2019, example 2"),
    ("120/min", "2KB", False, 4, "hajare-2019, example 3"),
    ("100/s", "512 bytes", False, 100, "cert-notes-2019"),
    ("10/10s", "15.5KB", False, 16, "cert-notes-2019 says 160: right only for 10 items a second"),
    ("10/s", "15.5KB", False, 160, "cert-notes-2019, as it was meant"),
    ("10/s", "3KB", False, 30, "exam-notes-2021 divides by 4 KB: writes count in 1 KB"),
    ("10/s", "3KB", True, 60, "exam-notes-2021, transactional, corrected alike"),
]


@pytest.mark.parametrize(("rate", "size", "how", "expected", "source"), READS, ids=[e[-1] for e in READS])
def test_read_units(rate: str, size: str, how: c.Consistency, expected: int, source: str) -> None:
    """Each example of a source comes out as it should."""
    assert c.read_units(c.rate(rate), c.size(size), how).value == expected


@pytest.mark.parametrize(("rate", "size", "double", "expected", "source"), WRITES, ids=[e[-1] for e in WRITES])
def test_write_units(rate: str, size: str, double: bool, expected: int, source: str) -> None:
    """Each example of a source comes out as it should."""
    assert c.write_units(c.rate(rate), c.size(size), transactional=double).value == expected


def test_partitions() -> None:
    """The larger of throughput and size, at least one."""
    assert c.partitions(6000, 2000, c.size("8GB")).value == 4
    assert c.partitions(100, 100, c.size("45GB")).value == 5
    assert c.partitions(0, 0, 0).value == 1


def test_shards() -> None:
    """By size in, by number in, by size out."""
    assert c.shards(c.rate("500/s"), c.size("3KB")).value == 2
    assert c.shards(c.rate("3,500/s"), c.size("100 bytes")).value == 4
    assert c.shards(c.rate("1000/s"), c.size("1KB"), 5).value == 3


def test_queue_timeout() -> None:
    """Six times the function's."""
    assert c.queue_timeout(c.seconds("30s")).value == 180


@pytest.mark.parametrize("text", ["", "ten/s", "10/KB", "10/", "/s", "10/0s", "-5/s", "10 per parsec", "1,0/s"])
def test_odd_rates_are_refused(text: str) -> None:
    """With what was expected."""
    with pytest.raises(QuantityError):
        c.rate(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10/s", 10),
        ("10", 10),
        ("120/min", 2),
        ("300/30s", 10),
        ("1,000 items per second", 1000),
        ("90 reads/ 1 hour", Fraction(1, 40)),
    ],
)
def test_rates(text: str, expected: Fraction) -> None:
    """All per second."""
    assert c.rate(text) == expected


@given(st.integers(1, 10**6), st.integers(1, 400 * 1024 - 1))
def test_what_must_hold_of_units(rate: int, size: int) -> None:
    """Eventual is half of strong, rounded up; transactional double; a larger item never costs less."""
    strong = c.read_units(Fraction(rate), size).value

    assert c.read_units(Fraction(rate), size, "eventual").value == -(-strong // 2)
    assert c.read_units(Fraction(rate), size, "transactional").value == 2 * strong
    assert c.read_units(Fraction(rate), size + 1).value >= strong
