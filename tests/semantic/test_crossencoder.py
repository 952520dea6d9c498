"""The cross-encoder: what it says of plain cases, the same whatever stands beside them; damaged files are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import InputError
from kb.semantic.adapter import PATH, read_adapter
from kb.semantic.arrays import np
from kb.semantic.crossencoder import VERDICTS, CrossEncoder, load_cross_encoder

PLAIN = [
    ("Once created, the tenancy of a VPC is fixed.", "VPC tenancy can't be changed later", "duplicate"),
    ("Every message is delivered at least once.", "A queue is named by its URL.", "different"),
    (
        "Deleted tables can be restored for a month.",
        "A deleted table is gone for good, it cannot be restored.",
        "conflict",
    ),
]


@pytest.fixture(scope="module")
def judge() -> CrossEncoder:
    """One judge for all tests."""
    return load_cross_encoder()


@pytest.mark.parametrize(("a", "b", "verdict"), PLAIN)
def test_plain_cases(judge: CrossEncoder, a: str, b: str, verdict: str) -> None:
    """Told by meaning alone."""
    likely = judge.likelihoods([(a, b)])[0]

    assert VERDICTS[int(likely.argmax())] == verdict, likely
    assert likely.sum() == pytest.approx(1, abs=1e-4)


def test_the_company_makes_no_difference(judge: CrossEncoder) -> None:
    """Texts of other lengths in the same batch change nothing."""
    pairs = [(a, b) for a, b, _ in PLAIN]
    together = judge.likelihoods(pairs)
    alone = np.concatenate([judge.likelihoods([pair]) for pair in pairs])

    assert np.allclose(together, alone, atol=1e-4)


def test_the_second_may_say_more(judge: CrossEncoder) -> None:
    """What a short text says a long one says as well, but not the other way round."""
    short = "An interface endpoint puts a network interface into your subnet."
    long = "An interface endpoint puts a network interface into your subnet, costs money by the hour and by the GB, and is limited to 10 Gbps for each zone."
    within, beyond = judge.likelihoods([(short, long), (long, short)])[:, VERDICTS.index("duplicate")]

    assert within > beyond


def test_nothing_and_much_are_judged(judge: CrossEncoder) -> None:
    """No pairs, empty texts, texts far longer than what is read."""
    assert judge.likelihoods([]).shape == (0, 3)
    assert np.isfinite(judge.likelihoods([("", ""), ("word " * 5000, "")])).all()


def test_a_damaged_adapter_is_told(tmp_path: Path) -> None:
    """Cut short, none at all, and one that lacks a part."""
    whole = Path(PATH).read_bytes()
    cut, absent, other = tmp_path / "cut.npz", tmp_path / "absent.npz", tmp_path / "other.npz"
    cut.write_bytes(whole[:5000])
    np.savez(other, head=np.zeros(3))
    for path in (cut, absent, other):
        with pytest.raises(InputError):
            read_adapter(str(path))
