"""Calculators: capacity units and partitions of DynamoDB, shards of Kinesis, a queue's timeout for a Lambda function.

Formulas as in the notes: an item is rounded up by itself, to 4 KB for a read and 1 KB for a write; an eventually
consistent read costs half, a transactional one double (AWS, DynamoDB Developer Guide, capacity mode).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal

from kb.errors import QuantityError
from kb.facts.quantity import find_quantities, parse_quantity

Consistency = Literal["strong", "eventual", "transactional"]
KB = 1024
MB = 1024 * KB
GB = 1024 * MB
READ_UNIT = 4 * KB
WRITE_UNIT = KB
PARTITION_READS = 3000
PARTITION_WRITES = 1000
PARTITION_SIZE = 10 * GB
SHARD_IN = MB
SHARD_RECORDS = 1000
SHARD_OUT = 2 * MB
LAMBDA_FACTOR = 6
ITEM_MAX = 400 * KB
RECORD_MAX = 10 * MB
FUNCTION_MAX = 900
_READ_FACTOR: dict[Consistency, Fraction] = {
    "strong": Fraction(1),
    "eventual": Fraction(1, 2),
    "transactional": Fraction(2),
}
_RATE = re.compile(r"([\d.,]+)\s*(?:items?|records?|reads?|writes?|requests?)?\s*(?:/|per\s)\s*(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a calculator says, and how it came to it."""

    value: int
    unit: str
    steps: tuple[str, ...]


def read_units(rate: Fraction, size: int, consistency: Consistency = "strong") -> Answer:
    """Return the read capacity units for so many items a second of so many bytes."""
    _within(size, ITEM_MAX, "an item is at most 400 KB")
    each = ceil(Fraction(size, READ_UNIT))
    value = ceil(rate * each * _READ_FACTOR[consistency])
    how = {"strong": "", "eventual": " / 2 (eventually consistent)", "transactional": " x 2 (transactional)"}[
        consistency
    ]
    return Answer(value, "RCU", (
        f"one item of {_size(size)} is rounded up to {each} x 4 KB",
        f"{_number(rate)} items/s x {each}{how} = {_number(rate * each * _READ_FACTOR[consistency])}, rounded up to {value}",
    ))  # fmt: skip


def write_units(rate: Fraction, size: int, *, transactional: bool = False) -> Answer:
    """Return the write capacity units for so many items a second of so many bytes."""
    _within(size, ITEM_MAX, "an item is at most 400 KB")
    each = ceil(Fraction(size, WRITE_UNIT))
    exact = rate * each * (2 if transactional else 1)
    how = " x 2 (transactional)" if transactional else ""
    return Answer(ceil(exact), "WCU", (
        f"one item of {_size(size)} is rounded up to {each} x 1 KB",
        f"{_number(rate)} items/s x {each}{how} = {_number(exact)}, rounded up to {ceil(exact)}",
    ))  # fmt: skip


def partitions(reads: int, writes: int, size: int) -> Answer:
    """Return the partitions of a table by its provisioned throughput and by its size in bytes."""
    by_throughput = Fraction(reads, PARTITION_READS) + Fraction(writes, PARTITION_WRITES)
    by_size = Fraction(size, PARTITION_SIZE)
    value = max(ceil(by_throughput), ceil(by_size), 1)
    return Answer(value, "partitions", (
        f"by throughput: {reads} RCU / 3,000 + {writes} WCU / 1,000 = {_number(by_throughput)}",
        f"by size: {_size(size)} / 10 GB = {_number(by_size)}",
        f"the larger one, rounded up: {value}",
    ))  # fmt: skip


def shards(rate: Fraction, size: int, consumers: int = 1) -> Answer:
    """Return the shards of a stream for so many records a second of so many bytes, read by consumers that share them."""
    _within(size, RECORD_MAX, "a record is at most 10 MB")
    incoming = rate * size
    parts = {
        f"in by size: {_size(incoming)}/s / 1 MB/s": Fraction(incoming, SHARD_IN),
        f"in by number: {_number(rate)} records/s / 1,000": Fraction(rate, SHARD_RECORDS),
        f"out: {_size(incoming)}/s x {consumers} / 2 MB/s": Fraction(incoming * consumers, SHARD_OUT),
    }
    value = max(1, *(ceil(part) for part in parts.values()))
    steps = tuple(f"{text} = {_number(part)}" for text, part in parts.items())
    return Answer(value, "shards", (*steps, f"the largest, rounded up: {value}"))


def queue_timeout(function_timeout: int) -> Answer:
    """Return the visibility timeout, in seconds, for a queue that a Lambda function of so many seconds reads."""
    _within(function_timeout, FUNCTION_MAX, "a function that a queue starts runs at most 15 minutes")
    value = function_timeout * LAMBDA_FACTOR
    return Answer(value, "seconds", (f"{LAMBDA_FACTOR} x the function's timeout of {function_timeout} s",))


def rate(text: str) -> Fraction:
    """Return a rate per second: "10/s", "120/min", "300/30s", "10 items per second"; a bare number is per second.

    Raises:
        QuantityError: it is none of these.
    """
    match = _RATE.fullmatch(text.strip())
    number, span = match.groups() if match else (text.strip(), "1 s")
    if not re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", number):
        raise QuantityError(text, "expected a rate such as 10/s, 120/min or 300/30s")
    found = find_quantities(span if span[:1].isdigit() else f"1 {span}")
    if len(found) != 1 or found[0].dimension != "time" or not found[0].base:
        raise QuantityError(text, "expected a rate such as 10/s, 120/min or 300/30s")
    return Fraction(number.replace(",", "")) * 1000 / Fraction(str(found[0].base))


def size(text: str) -> int:
    """Return a size in bytes: "6KB", "512 bytes".

    Raises:
        QuantityError: it is not a size.
    """
    return ceil(Fraction(str(_of(text, "size", "a size such as 6KB or 512 bytes"))))


def seconds(text: str) -> int:
    """Return a duration in whole seconds: "30s", "2 minutes".

    Raises:
        QuantityError: it is not a duration.
    """
    return ceil(Fraction(str(_of(text, "time", "a duration such as 30s or 2 minutes"))) / 1000)


def _within(value: int, most: int, reason: str) -> None:
    if value > most:
        raise QuantityError(f"{value:,}", reason)


def _of(text: str, dimension: str, expected: str) -> float:
    quantity = parse_quantity(text)
    if quantity.dimension != dimension:
        raise QuantityError(text, f"expected {expected}")
    return quantity.base


def _number(value: Fraction) -> str:
    return f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.2f}"


def _size(value: int | Fraction) -> str:
    for unit, name in ((GB, "GB"), (MB, "MB"), (KB, "KB")):
        if value >= unit:
            return f"{_number(Fraction(value) / unit)} {name}"
    return f"{_number(Fraction(value))} bytes"


CALCULATORS: dict[str, tuple[str, Callable[..., Answer]]] = {
    "rcu": ("dynamodb", read_units),
    "wcu": ("dynamodb", write_units),
    "partitions": ("dynamodb", partitions),
    "shards": ("kinesis", shards),
    "visibility-timeout": ("sqs", queue_timeout),
}
"""Each calculator with the note whose page shows it."""
