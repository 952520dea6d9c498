"""Read the weights of an ONNX file: the part of the format that all-MiniLM-L6-v2 needs, without any ONNX library.

An ONNX file is one protobuf message: the model holds a graph, the graph its `initializers`, each with a name, its
dimensions, a type and the raw bytes. The file is mapped into memory; bytes nobody asks for are never read.
Weights stored as 8-bit integers come as a pair, `NAME_q` and `NAME_scale`, symmetric around zero.
"""

from __future__ import annotations

import math
import mmap

from kb.errors import InputError
from kb.semantic.arrays import np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

_GRAPH, _INITIALIZER = 7, 5
_DIMENSION, _TYPE, _NAME, _RAW = 1, 2, 8, 9
_TYPES = {1: "<f4", 3: "i1"}
"""Types of weights; indices and constants of other types are left out."""
_BYTES = {1: 8, 5: 4}
"""Lengths of the fixed wire types."""


class Tensor:
    """One named array of weights."""

    __slots__ = ("scale", "values")

    def __init__(self, values: NDArray[Any], scale: NDArray[np.float32] | None = None) -> None:
        self.values = values
        """As stored: a view into the file, float32 or int8."""
        self.scale = scale
        """What int8 values are to be multiplied by; its shape fits theirs."""

    def dense(self) -> NDArray[np.float32]:
        """Return the weights as an array of float32 of their own."""
        return np.array(self.values if self.scale is None else self.values * self.scale, np.float32)

    def rows(self, places: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return some rows as float32; only these are read from the file."""
        found = self.values[places].astype(np.float32)
        if self.scale is not None:
            found *= self.scale[places]
        return found


def read_tensors(path: str) -> dict[str, Tensor]:
    """Return the weights of an ONNX file by name, in the order of the file; `_q` and `_scale` are joined.

    Raises:
        InputError: the file cannot be read, is cut short or is not an ONNX model.
    """
    try:
        with open(path, "rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise InputError(path, str(error)) from None
    try:
        arrays = dict(_initializers(memoryview(content)))
    except (IndexError, ValueError):
        raise InputError(path, "cut short, or not an ONNX model") from None
    return _join(arrays)


def _join(arrays: dict[str, NDArray[Any]]) -> dict[str, Tensor]:
    tensors = {}
    for name, array in arrays.items():
        bare = name.removesuffix("_q")
        if bare != name:
            tensors[bare] = Tensor(array, arrays.get(f"{bare}_scale"))
        elif not name.endswith("_scale"):
            tensors[name] = Tensor(array)
    return tensors


def _initializers(content: memoryview) -> Iterator[tuple[str, NDArray[Any]]]:
    for number, graph in _fields(content, 0, len(content)):
        if number == _GRAPH:
            for part, place in _fields(content, *_span(graph)):
                if part == _INITIALIZER:
                    yield from _tensor(content, *_span(place))


def _tensor(content: memoryview, start: int, stop: int) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield one initializer, if it holds weights. Its bytes must be as many as its dimensions say."""
    shape: list[int] = []
    name, kind, raw = "", 0, (start, start)
    for number, value in _fields(content, start, stop):
        if number == _DIMENSION:
            shape += [value] if isinstance(value, int) else _varints(content, *value)
        elif number == _TYPE and isinstance(value, int):
            kind = value
        elif number == _NAME:
            name = bytes(content[slice(*_span(value))]).decode()
        elif number == _RAW:
            raw = _span(value)
    if kind in _TYPES:
        dtype = np.dtype(_TYPES[kind])
        count = math.prod(shape)
        if count * dtype.itemsize != raw[1] - raw[0]:
            raise ValueError(name)
        yield name, np.frombuffer(content, dtype, count, raw[0]).reshape(shape)


def _span(value: int | tuple[int, int]) -> tuple[int, int]:
    if isinstance(value, int):
        raise ValueError(value)  # noqa: TRY004 - the file is wrong, not the caller
    return value


def _varints(content: memoryview, start: int, stop: int) -> list[int]:
    found = []
    while start < stop:
        value, start = _varint(content, start)
        found.append(value)
    return found


def _fields(content: memoryview, start: int, stop: int) -> Iterator[tuple[int, int | tuple[int, int]]]:
    """Yield the fields of one message: the number of each, and an integer or the place of its bytes."""
    while start < stop:
        key, start = _varint(content, start)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, start = _varint(content, start)
            yield number, value
            continue
        length = _BYTES.get(wire, 0)
        if wire == 2:
            length, start = _varint(content, start)
        elif not length:
            raise ValueError(wire)
        if start + length > stop:
            raise ValueError(number)
        yield number, (start, start + length)
        start += length


def _varint(content: memoryview, at: int) -> tuple[int, int]:
    """Return a whole number, seven bits a byte, and the place after it."""
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError(at)
