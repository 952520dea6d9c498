"""Keep vectors by the content they stand for: one file, mapped into memory, the same bytes for the same vectors.

The file: a header (magic, version, model, dimension, count, checksum of the rest), the sorted keys of 8 bytes, a
float32 scale for each row, the rows as int8. A row is stretched until its largest number is 127; the scale brings it
back to length 1, so what is read has exactly that length, and writing it again gives the same bytes.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
import zlib

from kb.errors import IndexDamaged, IndexMissing, IndexTooNew
from kb.semantic.arrays import np
from kb.semantic.model import MODEL
from kb.semantic.text import KEY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Places = NDArray[np.intp]

_MAGIC = b"kb vecs\n"
_VERSION = 1
_HEADER = struct.Struct("<8sII32sQI4x")
"""Magic, version, dimension, model, count, checksum; 64 bytes."""
_KEYS = np.dtype(">u8")
"""Big-endian numbers sort as their bytes do."""
_BLOCK = 2048
"""So many rows become floats at a time."""


class Vectors:
    """A file of vectors, open for as long as the object lives, even when the file is replaced."""

    __slots__ = ("_keys", "_rows", "_scales", "dimension")

    def __init__(self, keys: NDArray[np.uint64], scales: Matrix, rows: NDArray[np.int8]) -> None:
        self._keys = keys
        self._scales = scales
        self._rows = rows
        self.dimension = rows.shape[1]
        """Numbers in a vector."""

    def __len__(self) -> int:
        return len(self._keys)

    def places(self, keys: Sequence[bytes]) -> Places:
        """Return the row of each key, -1 where there is none."""
        wanted = np.frombuffer(b"".join(keys), _KEYS)
        found = np.searchsorted(self._keys, wanted)
        found[found == len(self._keys)] = 0
        if len(self._keys) == 0:
            return np.full(len(wanted), -1, np.intp)
        return np.where(self._keys[found] == wanted, found, -1)

    def keys(self) -> list[bytes]:
        """Return every key, sorted."""
        data = self._keys.tobytes()
        return [data[at : at + KEY] for at in range(0, len(data), KEY)]

    def rows(self, keys: Sequence[bytes]) -> tuple[NDArray[np.bool_], Matrix]:
        """Return which keys are there, and the vectors of those, in the order of the keys."""
        places = self.places(keys)
        found = places >= 0
        places = places[found]
        return found, self._rows[places] * self._scales[places, None]

    def cosines(self, query: Matrix) -> Matrix:
        """Return how alike each row and a vector of length 1 are, in the order of the rows (see `places`)."""
        out = np.empty(len(self), np.float32)
        for start in range(0, len(self), _BLOCK):
            stop = start + _BLOCK
            np.matmul(self._rows[start:stop].astype(np.float32), query, out=out[start:stop])
        out *= self._scales
        return out


def write_vectors(path: str, keys: Sequence[bytes], matrix: Matrix, model: str = MODEL) -> None:
    """Write vectors, of any length, under their keys; of a key that comes twice the first counts.

    The file is there whole or not at all.
    """
    if any(len(key) != KEY for key in keys) or len(keys) != len(matrix):
        raise ValueError("each row needs a key of 8 bytes")
    sorted_keys, order = np.unique(np.frombuffer(b"".join(keys), _KEYS), return_index=True)
    chosen = np.asarray(matrix, np.float32)[order]
    largest = np.abs(chosen).max(axis=1, keepdims=True, initial=1e-30)
    rows = np.rint(chosen * (127 / largest)).astype(np.int8)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float32))
    scales = (1 / np.maximum(lengths, 1)).astype("<f4")
    body = sorted_keys.tobytes() + scales.tobytes() + rows.tobytes()
    name = model.encode().ljust(32, b"\0")
    header = _HEADER.pack(_MAGIC, _VERSION, rows.shape[1], name, len(rows), zlib.crc32(body))
    _replace(path, header + body)


def _replace(path: str, content: bytes) -> None:
    """Write beside the file, then put the new one in its place."""
    beside = f"{path}.{os.getpid()}.new"
    try:
        with open(beside, "wb") as file:
            file.write(content)
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise


def read_vectors(path: str, model: str = MODEL) -> Vectors:
    """Map a file of vectors into memory.

    Raises:
        IndexMissing: there is none.
        IndexDamaged: it is cut short, changed, not a file of vectors, or of another model.
        IndexTooNew: a newer kb wrote it.
    """
    try:
        with open(path, "rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        raise IndexMissing(path, "no vectors") from None
    except (OSError, ValueError) as error:
        raise IndexDamaged(path, str(error)) from None
    view = memoryview(content)
    dimension, count = _check(path, view, model)
    scales_at = _HEADER.size + count * KEY
    rows_at = scales_at + count * 4
    return Vectors(
        np.frombuffer(view, _KEYS, count, _HEADER.size),
        np.frombuffer(view, "<f4", count, scales_at),
        np.frombuffer(view, np.int8, count * dimension, rows_at).reshape(count, dimension),
    )


def _check(path: str, view: memoryview, model: str) -> tuple[int, int]:
    """Return dimension and count when the header is ours and the rest is what it says."""
    if len(view) < _HEADER.size or view[: len(_MAGIC)] != _MAGIC:
        raise IndexDamaged(path, "not a file of vectors")
    _, version, dimension, name, count, checksum = _HEADER.unpack_from(view)
    if version > _VERSION:
        raise IndexTooNew(path, f"vectors of format {version}, this kb reads {_VERSION}")
    if name.rstrip(b"\0") != model.encode():
        raise IndexDamaged(path, "vectors of another model")
    if len(view) != _HEADER.size + count * (KEY + 4 + dimension) or zlib.crc32(view[_HEADER.size :]) != checksum:
        raise IndexDamaged(path, "vectors cut short or changed")
    return dimension, count
