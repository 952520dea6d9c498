"""Word pieces: the same numbers as the reference tokeniser, for every text."""

from __future__ import annotations

import gzip
import hashlib
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.semantic import wordpiece
from kb.semantic.wordpiece import MOST, WordPiece

FIRST, LAST = 101, 102
# Recorded from Hugging Face tokenizers 0.23 with the model's own tokenizer.json, marks left out.
RECORDED: dict[str, list[int]] = {
    "": [],
    "   \t\n": [],
    "How long can a queue keep messages?": [2129, 2146, 2064, 1037, 24240, 2562, 7696, 1029],
    "Naïve café, RÉSUMÉ": [15743, 7668, 1010, 13746],
    "ΟΔΥΣΣΕΥΣ": [1169, 29722, 29735, 29733, 29733, 29723, 29735, 29733],
    "东京 is 東京": [100, 1755, 2003, 1879, 1755],
    "s3:GetObject on arn:aws:s3:::bucket/*": [1055, 2509, 1024, 2131, 16429, 20614, 2006, 12098, 2078, 1024, 22091, 2015, 1024, 1055, 2509, 1024, 1024, 1024, 13610, 1013, 1008],
    "x\x00y\ufffdz\u200bw": [1060, 2100, 2480, 2860],
    "don't e-mail U.S.A.": [2123, 1005, 1056, 1041, 1011, 5653, 1057, 1012, 1055, 1012, 1037, 1012],
    "\uff21\uff4d\uff41\uff5a\uff4f\uff4e\u3000\uff33\uff31\uff33": [100, 100],  # full width: "Amazon SQS"
    "e\u0301cole İstanbul": [12431, 9960],
    "한국어": [1469, 30006, 30021, 29991, 30014, 30020, 29999, 30008],
    "🚀 launch": [100, 4888],
    "[MASK] and [sep] [CLS]": [103, 1998, 1031, 19802, 1033, 101],
    "a" * 100 + " " + "a" * 101: [13360, *[11057] * 48, 2050, 100],
    "256KB=0x40000; 99.99% $1.50 ~`^|": [17273, 2243, 2497, 1027, 1014, 2595, 29537, 8889, 1025, 5585, 1012, 5585, 1003, 1002, 1015, 1012, 2753, 1066, 1036, 1034, 1064],
    "क्या हाल": [1315, 29868, 29876, 1339, 29876, 29870],
    "t3.micro m5.2xlarge": [1056, 2509, 1012, 12702, 1049, 2629, 1012, 1016, 2595, 8017, 3351],
}  # fmt: skip
WORDS = WordPiece()


@pytest.mark.parametrize(("text", "pieces"), RECORDED.items())
def test_pieces_are_those_of_the_reference(text: str, pieces: list[int]) -> None:
    """Accents, scripts, signs, control characters and marks in the text come out as recorded."""
    assert WORDS.pieces(text) == [FIRST, *pieces, LAST]


@given(st.text(st.characters(exclude_categories=()), max_size=400))
def test_every_text_has_pieces(text: str) -> None:
    """No character, not even half of a pair, is too strange; there are never too many pieces."""
    pieces = WORDS.pieces(text)

    assert (pieces[0], pieces[-1]) == (FIRST, LAST)
    assert len(pieces) <= MOST
    assert all(0 <= piece < 30522 for piece in pieces)


def test_a_long_text_is_cut() -> None:
    """At 256 pieces, and without looking at what follows."""
    started = time.perf_counter()
    pieces = WORDS.pieces("queue " * 100_000)

    assert len(pieces) == MOST
    assert pieces[-2:] == [24240, LAST]
    assert time.perf_counter() - started < 1


def test_the_vocabulary_is_the_models() -> None:
    """Its bytes are those of the model's vocab.txt, and its compression names no time."""
    packed = Path(wordpiece.__file__).with_name("vocab.txt.gz").read_bytes()
    digest = hashlib.sha256(gzip.decompress(packed)).hexdigest()

    assert digest == "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
    assert packed[4:8] == bytes(4)
