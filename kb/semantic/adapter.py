"""The adapter that makes a judge of pairs out of the sentence model: thin matrices whose products are added to its own.

Low-rank adaptation (Hu et al. 2021, arXiv:2106.09685): of each of the 36 matrices only a sum of rank 32 was learned,
and the head that reads the mean of the last layer. The file beside this module is a .npz of 16-bit floats: `0.0.down`,
`0.0.up` ... `5.5.up`, `head`, `bias`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from zipfile import BadZipFile

from kb.errors import InputError
from kb.semantic.arrays import np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Low = tuple[Matrix, Matrix]
    """Two matrices, tall and thin, wide and flat; their product is added to a matrix of the model."""

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pairs.npz")
_LAYERS, _MATRICES = 6, 6


@dataclass(frozen=True, slots=True)
class Adapter:
    """What was learned beside the model."""

    low: Sequence[Sequence[Low]]
    """For each layer and matrix: query, key, value, output, widen, narrow."""
    head: Matrix
    """From the mean row to the three verdicts."""
    bias: Matrix


def read_adapter(path: str = PATH) -> Adapter:
    """Return the adapter of a file.

    Raises:
        InputError: the file cannot be read or is damaged.
    """
    try:
        with open(path, "rb") as file, np.load(file) as stored:
            arrays = {name: stored[name].astype(np.float32) for name in stored.files}
        low = [
            [(arrays[f"{layer}.{place}.down"], arrays[f"{layer}.{place}.up"]) for place in range(_MATRICES)]
            for layer in range(_LAYERS)
        ]
        return Adapter(low, arrays["head"], arrays["bias"])
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise InputError(path, f"not an adapter: {error}") from None
