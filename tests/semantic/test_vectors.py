"""The file of vectors: found again by content, the same bytes each time, told when damaged."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kb.errors import IndexDamaged, IndexMissing, IndexTooNew
from kb.semantic.arrays import np
from kb.semantic.text import known, text_key
from kb.semantic.vectors import read_vectors, write_vectors

TEXTS = [f"text {number}" for number in range(3000)]
KEYS = [text_key(text) for text in TEXTS]
MATRIX = np.random.default_rng(7).normal(size=(3000, 384)).astype(np.float32)
MATRIX /= np.linalg.norm(MATRIX, axis=1, keepdims=True)


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A file of 3000 vectors."""
    write_vectors(str(tmp_path / "vectors"), KEYS, MATRIX)
    return str(tmp_path / "vectors")


def test_a_key_is_the_content() -> None:
    """The first 8 bytes of the SHA-256 of the text; half a pair of characters has one too."""
    assert text_key("queue") == hashlib.sha256(b"queue").digest()[:8]
    assert len(text_key("\ud800")) == 8


def test_vectors_come_back(path: str) -> None:
    """In the order asked for, of length 1, less than .002 off in cosine."""
    found, rows = read_vectors(path).rows(KEYS)

    assert found.all()
    assert (1 - (rows * MATRIX).sum(axis=1)).max() < 0.002
    assert np.abs(np.linalg.norm(rows, axis=1) - 1).max() < 1e-5


def test_unknown_keys_are_told(path: str) -> None:
    """Rows are only those that were found; keys below and above all others are no trouble."""
    vectors = read_vectors(path)
    wanted = [bytes(8), KEYS[5], text_key("unknown"), b"\xff" * 8, KEYS[2]]
    found, rows = vectors.rows(wanted)

    assert found.tolist() == [False, True, False, False, True]
    assert rows.shape == (2, 384)
    assert (vectors.places(wanted) < 0).tolist() == [True, False, True, True, False]
    assert rows[1] @ MATRIX[2] > 0.998


def test_cosines_are_those_of_the_vectors(path: str) -> None:
    """One for each row; `places` says whose."""
    vectors = read_vectors(path)
    cosines = vectors.cosines(MATRIX[17])

    assert cosines.shape == (len(vectors),) == (3000,)
    assert np.abs(cosines[vectors.places(KEYS)] - MATRIX @ MATRIX[17]).max() < 0.005
    assert cosines.argmax() == vectors.places([KEYS[17]])[0]


def test_the_same_vectors_are_the_same_bytes(path: str, tmp_path: Path) -> None:
    """Whatever the order, with repetitions, and when what was read is written again."""
    again = tmp_path / "again"
    shuffled = np.random.default_rng(1).permutation(3000).tolist()
    write_vectors(str(again), [KEYS[place] for place in shuffled] + KEYS[:9], np.vstack([MATRIX[shuffled], MATRIX[:9]]))
    assert again.read_bytes() == Path(path).read_bytes()

    write_vectors(str(again), KEYS, read_vectors(path).rows(KEYS)[1])
    assert again.read_bytes() == Path(path).read_bytes()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["again", "vectors"]


def test_a_replaced_file_stays_readable(path: str) -> None:
    """A search that began before a build ends with the vectors it began with."""
    vectors = read_vectors(path)
    write_vectors(path, KEYS[:1], MATRIX[:1])

    assert len(vectors.cosines(MATRIX[0])) == 3000
    assert len(read_vectors(path)) == 1


def test_no_vectors_and_a_vector_of_zeros(tmp_path: Path) -> None:
    """Both are written and read; zeros are like nothing."""
    path = str(tmp_path / "few")
    write_vectors(path, [], np.empty((0, 384), np.float32))
    empty = read_vectors(path)
    assert (len(empty), empty.dimension) == (0, 384)
    assert empty.rows([KEYS[0]])[0].tolist() == [False]
    assert empty.cosines(MATRIX[0]).shape == (0,)

    write_vectors(path, KEYS[:1], np.zeros((1, 384), np.float32))
    assert read_vectors(path).cosines(MATRIX[0]).tolist() == [0]


def test_keys_and_rows_must_fit(tmp_path: Path) -> None:
    """A row without a key, or a key of another length, is a mistake of the caller; no file is left."""
    with pytest.raises(ValueError, match="key"):
        write_vectors(str(tmp_path / "wrong"), KEYS[:2], MATRIX[:3])
    with pytest.raises(ValueError, match="key"):
        write_vectors(str(tmp_path / "wrong"), [b"short"], MATRIX[:1])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("length", [0, 7, 8, 63, 64, 200, 100_000, -1])
def test_a_file_cut_short_is_told(length: int, path: str) -> None:
    """Wherever it ends, and when it is too long."""
    content = Path(path).read_bytes()
    for wrong in (content[:length], content + b"x"):
        Path(path).write_bytes(wrong)
        with pytest.raises(IndexDamaged):
            read_vectors(path)


@pytest.mark.parametrize("at", [0, 12, 20, 48, 56, 64, 90_000, -1])
def test_a_changed_byte_is_told(at: int, path: str) -> None:
    """In the header, the keys, the scales or the rows."""
    content = bytearray(Path(path).read_bytes())
    content[at] ^= 1
    Path(path).write_bytes(content)

    with pytest.raises(IndexDamaged):
        read_vectors(path)


def test_missing_newer_and_other_files_are_told_apart(path: str, tmp_path: Path) -> None:
    """Each is another error of the tree; vectors of another model are of no use."""
    with pytest.raises(IndexMissing):
        read_vectors(str(tmp_path / "missing"))
    with pytest.raises(IndexDamaged):
        read_vectors(str(tmp_path))
    with pytest.raises(IndexDamaged, match="another model"):
        read_vectors(path, model="other")
    content = bytearray(Path(path).read_bytes())
    content[8] = 2
    Path(path).write_bytes(content)
    with pytest.raises(IndexTooNew):
        read_vectors(path)


def test_keys_come_back_as_they_were(tmp_path: Path) -> None:
    """Sorted, byte for byte."""
    keys = [bytes(range(8, 0, -1)), bytes(range(8))]
    write_vectors(str(tmp_path / "v"), keys, np.eye(2, 4, dtype=np.float32))

    assert read_vectors(str(tmp_path / "v")).keys() == sorted(keys)


def test_keys_are_known_without_numpy(tmp_path: Path) -> None:
    """By bisection in the file."""
    keys = [text_key(str(number)) for number in range(100)]
    write_vectors(str(tmp_path / "v"), keys, np.ones((100, 4), np.float32))

    assert known(str(tmp_path / "v"), [*keys, text_key("other"), b"\0" * 8, b"\xff" * 8]) == 100
    assert known(str(tmp_path / "none"), keys) == 0
