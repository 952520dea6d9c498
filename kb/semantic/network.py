"""The network of all-MiniLM-L6-v2: six layers of BERT, 384 wide, from word pieces to one vector a text.

Texts of a batch lie behind one another in one matrix, a row for each piece, so nothing is padded or masked; only
attention looks at them apart, and texts of equal length share its products.
"""

from __future__ import annotations

from itertools import groupby

from kb.errors import InputError
from kb.semantic.arrays import np
from kb.semantic.onnx import read_tensors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kb.semantic.adapter import Low
    from kb.semantic.onnx import Tensor

    Matrix = NDArray[np.float32]
    Runs = Sequence[tuple[int, int]]

WIDTH = 384
_LAYERS = 6
_HEADS = 12
_EACH = WIDTH // _HEADS
_INNER = 4 * WIDTH
_WORDS = 30522
_EPSILON = 1e-12
_SHAPES = ((WIDTH, WIDTH),) * 4 + ((WIDTH, _INNER), (_INNER, WIDTH))
"""The matrices of a layer as they follow one another in the file: query, key, value, output, widen, narrow."""
_ROWS = 256
"""So many rows are bent at once; their 1.5 MB stay in the processor's cache."""


class Affine:
    """A matrix of 8-bit integers, what its columns are multiplied by, and what is added to its product.

    The integers become floats in a scratch buffer, anew for each batch. That costs a batch of a thousand pieces one
    part in a hundred. For a single query it is the faster way: floats for all layers are 42 MB of fresh memory, whose
    pages take 15 ms to come by, while the buffer stays in the processor's cache (load and first query: 31 -> 15 ms).
    """

    __slots__ = ("bias", "low", "parts", "scale")

    def __init__(self, parts: Sequence[Tensor], bias: Matrix, low: Sequence[Low] = ()) -> None:
        self.low = low
        """What an adapter adds to each part, as the two thin matrices whose product it is."""
        self.parts = [part.values for part in parts]
        self.scale = np.concatenate([part.scale.ravel() for part in parts if part.scale is not None])
        self.bias = bias

    def __call__(self, x: Matrix, scratch: Matrix) -> Matrix:
        """Multiply each row with the matrix, its parts side by side."""
        weight = scratch[: x.shape[1] * len(self.bias)].reshape(x.shape[1], len(self.bias))
        start = 0
        for part in self.parts:
            weight[:, start : start + part.shape[1]] = part
            start += part.shape[1]
        out = x @ weight
        out *= self.scale
        out += self.bias
        start = 0
        for down, up in self.low:
            out[:, start : start + up.shape[1]] += x @ down @ up
            start += up.shape[1]
        return out


class Norm:
    """Bring each row to mean 0 and variance 1, then stretch and shift it."""

    __slots__ = ("bias", "weight")

    def __init__(self, weight: Matrix, bias: Matrix) -> None:
        self.weight = weight
        self.bias = bias

    def __call__(self, x: Matrix) -> Matrix:
        """Change the rows in place."""
        x -= x.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", x, x)[:, None] / WIDTH
        x *= 1 / np.sqrt(variance + _EPSILON)
        x *= self.weight
        x += self.bias
        return x


class Layer:
    """Attention, then two matrices with a bend between; each is added to what it was given."""

    __slots__ = ("attend", "attended", "narrow", "narrowed", "output", "widen")

    def __init__(
        self, tensors: dict[str, Tensor], name: str, matrices: Sequence[Tensor], low: Sequence[Low] = ()
    ) -> None:
        attention = [_vector(tensors, f"{name}.attention.self.{part}.bias") for part in ("query", "key", "value")]
        root = _EACH**-0.5  # Each query is divided by the root of a head's width.
        queried = [(down, up * root) for down, up in low[:1]]
        self.attend = Affine(matrices[:3], np.concatenate(attention), [*queried, *low[1:3]])
        self.attend.scale[:WIDTH] *= root
        self.attend.bias[:WIDTH] *= root
        self.output = Affine(matrices[3:4], _vector(tensors, f"{name}.attention.output.dense.bias"), low[3:4])
        self.attended = _norm(tensors, f"{name}.attention.output.LayerNorm")
        self.widen = Affine(matrices[4:5], _vector(tensors, f"{name}.intermediate.dense.bias", _INNER), low[4:5])
        self.narrow = Affine(matrices[5:], _vector(tensors, f"{name}.output.dense.bias"), low[5:])
        self.narrowed = _norm(tensors, f"{name}.output.LayerNorm")

    def __call__(self, x: Matrix, runs: Runs, scratch: Matrix) -> Matrix:
        """Return the rows after this layer."""
        x = self.attended(x + self.output(_attention(self.attend(x, scratch), runs), scratch))
        return self.narrowed(x + self.narrow(_gelu(self.widen(x, scratch)), scratch))


class Network:
    """The weights. They stay in the file, mapped into memory: of its 12 MB of words a text needs a few rows."""

    __slots__ = ("_layers", "_norm", "_places", "_sides", "_words")

    def __init__(self, tensors: dict[str, Tensor], low: Sequence[Sequence[Low]] = ((),) * _LAYERS) -> None:
        # The matrices of the layers have no telling names; they are known by their order.
        matrices = [tensor for name, tensor in tensors.items() if name.startswith("val_") and tensor.scale is not None]
        self._words = tensors["inner.embeddings.word_embeddings.weight"]
        if [one.values.shape for one in (self._words, *matrices)] != [(_WORDS, WIDTH), *_SHAPES * _LAYERS]:
            raise ValueError("matrices of other shapes")
        self._places = tensors["inner.embeddings.position_embeddings.weight"]
        self._sides = tensors["inner.embeddings.token_type_embeddings.weight"].dense()
        self._norm = _norm(tensors, "inner.embeddings.LayerNorm")
        self._layers = [
            Layer(tensors, f"inner.encoder.layer.{number}", matrices[6 * number : 6 * number + 6], low[number])
            for number in range(_LAYERS)
        ]

    def __call__(self, texts: Sequence[Sequence[int]]) -> Matrix:
        """Return one vector of length 1 for each text, given as pieces; texts of one length stand together."""
        pooled = self.means(texts)
        pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
        return pooled

    def means(self, texts: Sequence[Sequence[int]], sides: Sequence[Sequence[int]] = ()) -> Matrix:
        """Return the mean of each text's rows; `sides` tell for each piece of a pair which text it is of, 0 or 1."""
        lengths = [len(text) for text in texts]
        runs = [(length, len(list(group))) for length, group in groupby(lengths)]
        scratch = np.empty(WIDTH * _INNER, np.float32)
        x = self._words.rows(np.concatenate(texts))
        x += self._places.rows(np.concatenate([np.arange(length) for length in lengths]))
        x += self._sides[np.concatenate(sides)] if sides else self._sides[0]
        x = self._norm(x)
        for layer in self._layers:
            x = layer(x, runs, scratch)
        pooled: Matrix = np.add.reduceat(x, np.cumsum([0, *lengths[:-1]]))
        pooled /= np.array(lengths, np.float32)[:, None]
        return pooled


def read_network(path: str, low: Sequence[Sequence[Low]] = ((),) * _LAYERS) -> Network:
    """Return the network with the weights of an ONNX file, and what an adapter adds to each layer's matrices.

    Raises:
        InputError: the file cannot be read, is damaged or holds another model.
    """
    tensors = read_tensors(path)
    try:
        return Network(tensors, low)
    except (KeyError, ValueError) as error:
        raise InputError(path, f"not the weights of all-MiniLM-L6-v2: {error}") from None


def _attention(x: Matrix, runs: Runs) -> Matrix:
    """Mix the values of each text by how its keys fit its queries; `runs` are lengths and how many texts have them."""
    out = np.empty((len(x), WIDTH), np.float32)
    start = 0
    for length, count in runs:
        stop = start + length * count
        parts = x[start:stop].reshape(count, length, 3, _HEADS, _EACH)
        query, key, value = (parts[:, :, part].swapaxes(1, 2) for part in range(3))
        weights = query @ key.swapaxes(2, 3)
        weights -= weights.max(axis=3, keepdims=True)
        np.exp(weights, out=weights)
        mixed = weights @ value
        mixed /= weights.sum(axis=3, keepdims=True)
        out[start:stop].reshape(count, length, _HEADS, _EACH)[:] = mixed.swapaxes(1, 2)
        start = stop
    return out


def _gelu(x: Matrix) -> Matrix:
    """Bend in place: x times the normal distribution up to x.

    The distribution is (1 + tanh(x·p(x²))) / 2 with p fitted to it; the result is off by at most 2.6e-5, a thousandth
    of what the 8-bit weights are. Numpy has no erf, and its tanh is faster than its exp.
    """
    for start in range(0, len(x), _ROWS):
        rows = x[start : start + _ROWS]
        bounded = np.clip(rows, -5, 5)
        square = bounded * bounded
        inner = square * -0.00035151702
        inner += 0.037005648
        inner *= square
        inner += 0.79750788
        inner *= bounded
        np.tanh(inner, out=inner)
        inner += 1
        inner *= 0.5
        rows *= inner
    return x


def _norm(tensors: dict[str, Tensor], name: str) -> Norm:
    return Norm(_vector(tensors, f"{name}.weight"), _vector(tensors, f"{name}.bias"))


def _vector(tensors: dict[str, Tensor], name: str, width: int = WIDTH) -> Matrix:
    vector = tensors[name].dense()
    if vector.shape != (width,):
        raise ValueError(name)
    return vector
