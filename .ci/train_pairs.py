"""Make kb/semantic/pairs.npz, the adapter of the cross-encoder: python .ci/train_pairs.py [REAL.jsonl] [EPOCHS].

Needs jax and optax beside kb's extra `semantic`; three quarters of an hour on two cores. It learns from
`.ci/pairs.jsonl.gz`: clusters of statements written for this, `same` three times the same claim, `against` what
contradicts all of them, `near` what is about the same and claims something else. REAL.jsonl holds labelled pairs of
real imports, {"a", "b", "label", "above"}: a raw statement, what a note says, how they stand, and what the raw one stands
under. The shipped adapter saw 17,600 of them, judged one by one by readers; they are other people's sentences, and so
not here. Nothing of tests/quality is among either. It was trained four epochs on three quarters of them, then two and a
half on all, beginning with what it had, at 0.6 of the rate.
"""

from __future__ import annotations

import gzip
import itertools
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from kb.merge.judge import marked  # noqa: E402 - the checkout's own package
from kb.semantic.adapter import PATH  # noqa: E402
from kb.semantic.crossencoder import VERDICTS, pieces_of_pair  # noqa: E402
from kb.semantic.model import weights  # noqa: E402
from kb.semantic.network import read_network  # noqa: E402
from kb.semantic.onnx import read_tensors  # noqa: E402
from kb.semantic.wordpiece import WordPiece  # noqa: E402

RANK, RATE, SIZE = 32, 1e-3, 32
CLUSTERED = 10_000
"""So many pairs of the clusters an epoch; others in each."""
PLACED = 0.8
"""So many raw statements are read after what they stand under."""
LENGTHS = (24, 32, 40, 48, 64, 80, 104)
Pair = tuple[str, str, int]
"""Two texts and the place of their verdict."""
rng = random.Random(7)  # noqa: S311 - nothing secret is drawn


def tensors() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what stands before the layers, and the layers."""
    path = weights("training")
    read_network(path)  # tells when the file is another model
    found = read_tensors(path)
    name = "inner.embeddings."
    before = {
        key: found[name + rest].dense()
        for key, rest in {
            "words": "word_embeddings.weight", "places": "position_embeddings.weight", "sides": "token_type_embeddings.weight",
            "weight": "LayerNorm.weight", "bias": "LayerNorm.bias",
        }.items()
    }  # fmt: skip
    matrices = [tensor.dense() for key, tensor in found.items() if key.startswith("val_") and tensor.scale is not None]
    biases = (
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
        "intermediate.dense",
        "output.dense",
    )
    layers = []
    for number in range(6):
        layer = f"inner.encoder.layer.{number}."
        norms = [
            [found[f"{layer}{part}.LayerNorm.{what}"].dense() for what in ("weight", "bias")]
            for part in ("attention.output", "output")
        ]
        layers.append(
            {
                "matrices": matrices[6 * number : 6 * number + 6],
                "biases": [found[f"{layer}{one}.bias"].dense() for one in biases],
                "norms": norms,
            }
        )
    return jax.tree.map(jnp.asarray, before), jax.tree.map(jnp.asarray, layers)


BEFORE, LAYERS = tensors()


def start(key: Any) -> dict[str, Any]:
    """Return an adapter that changes nothing yet."""
    low = []
    for layer in LAYERS:
        row = []
        for matrix in layer["matrices"]:
            key, own = jax.random.split(key)
            row.append(
                (
                    jax.random.normal(own, (matrix.shape[0], RANK)) * matrix.shape[0] ** -0.5,
                    jnp.zeros((RANK, matrix.shape[1])),
                )
            )
        low.append(row)
    head = jax.random.normal(key, (384, len(VERDICTS))) * 0.02
    return {"low": low, "head": head, "bias": jnp.zeros(len(VERDICTS))}


def norm(x: Any, weight: Any, bias: Any) -> Any:
    """Return rows with mean 0 and variance 1, stretched and shifted."""
    x = x - x.mean(-1, keepdims=True)
    return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-12) * weight + bias


def forward(adapter: dict[str, Any], ids: Any, sides: Any, mask: Any, drop: Any = None) -> Any:
    """Return the three verdicts of each pair before they are made likelihoods."""
    x = BEFORE["words"][ids] + BEFORE["places"][jnp.arange(ids.shape[1])] + BEFORE["sides"][sides]
    x = norm(x, BEFORE["weight"], BEFORE["bias"])
    hidden = (1 - mask)[:, None, None, :] * -1e9
    count, length = ids.shape
    for layer, low in zip(LAYERS, adapter["low"], strict=True):

        def affine(place: int, x: Any, layer: Any = layer, low: Any = low) -> Any:
            return x @ layer["matrices"][place] + x @ low[place][0] @ low[place][1] + layer["biases"][place]

        query, key, value = (affine(place, x).reshape(count, length, 12, 32).swapaxes(1, 2) for place in range(3))
        attention = jax.nn.softmax(query @ key.swapaxes(2, 3) * 32**-0.5 + hidden, -1)
        x = norm(x + affine(3, (attention @ value).swapaxes(1, 2).reshape(count, length, 384)), *layer["norms"][0])
        x = norm(x + affine(5, jax.nn.gelu(affine(4, x), approximate=False)), *layer["norms"][1])
    mean = (x * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    if drop is not None:
        mean = mean * jax.random.bernoulli(drop, 0.9, mean.shape) / 0.9
    return mean @ adapter["head"] + adapter["bias"]


def loss(adapter: dict[str, Any], ids: Any, sides: Any, mask: Any, right: Any, counts: Any, drop: Any) -> Any:
    """Return the mean cross-entropy of a batch; `counts` is 0 for the rows that only fill it up."""
    wanted = jax.nn.one_hot(right, len(VERDICTS)) * 0.95 + 0.05 / len(VERDICTS)
    each = optax.softmax_cross_entropy(forward(adapter, ids, sides, mask, drop), wanted)
    return (each * counts).sum() / counts.sum()


def pairs_of(clusters: list[dict[str, Any]]) -> list[Pair]:
    """Return pairs drawn from clusters."""
    found: list[Pair] = []
    by_service: dict[str, list[dict[str, Any]]] = {}
    for cluster in clusters:
        by_service.setdefault(cluster["service"], []).append(cluster)
    for cluster in clusters:
        same, against, near, service = (cluster[key] for key in ("same", "against", "near", "service"))
        found += [(a, b, 1) for a, b in itertools.combinations(same, 2)]
        found += rng.sample([(a, b, 2) for a in same for b in against], 4)
        found += rng.sample([(a, b, 0) for a in same for b in near], 5)
        found.append((*rng.sample(near, 2), 0))
        if others := [other for other in by_service[service] if other is not cluster]:
            other = rng.choice(others)
            found.append(
                (
                    rng.choice(same + against),
                    rng.choice([*other["same"], *other["against"], *other["near"]]),
                    0,
                )
            )
    rng.shuffle(found)
    return found


def batches(pairs: list[Pair]) -> Iterator[tuple[Any, ...]]:
    """Yield batches of pairs of like length, in random order: pieces, sides, mask, verdicts, which rows count."""
    words = WordPiece()
    rows = [(*pieces_of_pair(words, *marked(first, second)), right) for first, second, right in pairs]
    chunks = [sorted(rows[at : at + SIZE * 20], key=lambda row: len(row[0])) for at in range(0, len(rows), SIZE * 20)]
    batches = [chunk[at : at + SIZE] for chunk in chunks for at in range(0, len(chunk), SIZE)]
    rng.shuffle(batches)
    for batch in batches:
        length = next(one for one in LENGTHS if one >= max(len(row[0]) for row in batch))
        ids, sides, mask = (np.zeros((SIZE, length), kind) for kind in (np.int32, np.int32, np.float32))
        mask[:, 0] = 1
        right, counts = np.zeros(SIZE, np.int32), np.zeros(SIZE, np.float32)
        for place, (pieces, side, verdict) in enumerate(batch):
            ids[place, : len(pieces)], sides[place, : len(side)], mask[place, : len(pieces)] = pieces, side, 1
            right[place], counts[place] = verdict, 1
        yield ids, sides, mask, right, counts


def main(real: str = "", epochs: str = "5") -> None:
    """Train, and write the adapter."""
    with gzip.open(ROOT / ".ci" / "pairs.jsonl.gz", "rt") as file:
        clusters = [json.loads(line) for line in file]
    labelled: list[tuple[str, str, str, int]] = []
    for line in Path(real).read_text().splitlines() if real else ():
        row = json.loads(line)
        labelled.append((row.get("above", ""), row["a"], row["b"], VERDICTS.index(row["label"])))
    steps = int(float(epochs) * (CLUSTERED + len(labelled)) / SIZE)
    schedule = optax.warmup_cosine_decay_schedule(0, RATE, max(1, steps // 15), steps, RATE * 0.02)
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=0.01))
    key = jax.random.PRNGKey(0)
    adapter = start(key)
    state = optimiser.init(adapter)

    @jax.jit
    def step(adapter: Any, state: Any, drop: Any, *batch: Any) -> tuple[Any, Any, Any]:
        value, slope = jax.value_and_grad(loss)(adapter, *batch, drop)
        change, state = optimiser.update(slope, state, adapter)
        return optax.apply_updates(adapter, change), state, value

    done, run = 0, []
    while done < steps:
        written = pairs_of(clusters)[:CLUSTERED]
        epoch = [(b, a, right) if rng.random() < 0.5 else (a, b, right) for a, b, right in written]
        for above, a, b, right in labelled:
            placed = f"{above}: {a}" if above and rng.random() < PLACED else a
            epoch.append((placed, b, right))
        rng.shuffle(epoch)
        for batch in batches(epoch):
            key, drop = jax.random.split(key)
            adapter, state, value = step(adapter, state, drop, *batch)
            run.append(float(value))
            done += 1
            if done % 100 == 0:
                print(f"{done} of {steps} steps, loss {np.mean(run[-100:]):.3f}", flush=True)
            if done == steps:
                break
    write(adapter)


def write(adapter: dict[str, Any]) -> None:
    """Write an adapter to where kb reads it."""
    arrays = {name: np.asarray(adapter[name], np.float16) for name in ("head", "bias")}
    for number, row in enumerate(adapter["low"]):
        for place, (down, up) in enumerate(row):
            arrays[f"{number}.{place}.down"], arrays[f"{number}.{place}.up"] = (
                np.asarray(down, np.float16),
                np.asarray(up, np.float16),
            )
    np.savez(PATH, **arrays)


if __name__ == "__main__":
    main(*sys.argv[1:3])
