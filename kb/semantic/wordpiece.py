"""Cut text into the word pieces of BERT (uncased), as the `tokenizer.json` of all-MiniLM-L6-v2 says.

The vocabulary beside this module is that model's `vocab.txt`, compressed: made by Google for BERT, taken over by
Microsoft (MiniLM) and sentence-transformers (all-MiniLM-L6-v2), all under the Apache License 2.0.
"""

from __future__ import annotations

import os
import re
import unicodedata
import zlib

_VOCABULARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vocab.txt.gz")
_SPECIAL = re.compile(r"(\[(?:PAD|UNK|CLS|SEP|MASK)\])")
_UNKNOWN, _FIRST, _LAST = "[UNK]", "[CLS]", "[SEP]"
MOST = 256
"""A text has at most so many pieces, first and last mark included; the model never saw longer ones."""
LONGEST = 100
"""A word of more characters is unknown as a whole."""
_REMEMBERED = 50_000
"""Words; a server that runs for weeks begins anew then."""
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


class WordPiece:
    """The tokeniser; words are remembered, so that a second text costs less."""

    __slots__ = ("_known", "_vocabulary")

    def __init__(self) -> None:
        with open(_VOCABULARY, "rb") as file:
            lines = zlib.decompress(file.read(), 31).decode().split("\n")
        self._vocabulary = dict(zip(lines[:-1], range(len(lines)), strict=False))
        self._known: dict[str, list[int]] = {}

    def pieces(self, text: str) -> list[int]:
        """Return the numbers of the pieces of a text, between the marks for its start and end."""
        found = [self._vocabulary[_FIRST]]
        for part in _SPECIAL.split(text):
            if _SPECIAL.fullmatch(part):
                found.append(self._vocabulary[part])
                continue
            for word in part.translate(_FORMS).split():
                found += self._word(word)
                if len(found) >= MOST:
                    break
        return [*found[: MOST - 1], self._vocabulary[_LAST]]

    def _word(self, word: str) -> list[int]:
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[word] = self._cut(word)
        return known

    def _cut(self, word: str) -> list[int]:
        """Take the longest known beginning off a word until nothing is left; unknown as a whole when that fails."""
        found: list[int] = []
        start = 0
        while start < len(word) <= LONGEST:
            mark = "##" if start else ""
            for end in range(len(word), start, -1):
                number = self._vocabulary.get(mark + word[start:end])
                if number is not None:
                    found.append(number)
                    start = end
                    break
            else:
                break
        return found if start == len(word) else [self._vocabulary[_UNKNOWN]]


class _Forms(dict[int, str]):
    """What becomes of each character before words are split at spaces; worked out when it is first met.

    Character by character is enough: what depends on neighbours (the final sigma, the order of accents) either is not
    done by the reference or falls away with the accents.
    """

    def __missing__(self, code: int) -> str:
        self[code] = form = _form(chr(code))
        return form


def _form(char: str) -> str:
    """Drop control characters and accents, lower the case, set ideographs and punctuation apart."""
    if char.isspace() and (char in "\t\n\r" or unicodedata.category(char) != "Cc"):
        return " "
    if char == "\ufffd" or unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs"):
        return ""
    plain = "".join(part for part in unicodedata.normalize("NFD", char) if unicodedata.category(part) != "Mn")
    form = "".join(f" {part} " if _is_punctuation(part) else part.lower() for part in plain)
    return f" {form} " if any(first <= ord(char) <= last for first, last in _IDEOGRAPHS) else form


def _is_punctuation(char: str) -> bool:
    """Tell whether a character stands as a piece of its own: all of ASCII's signs, and what Unicode calls punctuation."""
    return unicodedata.category(char)[0] == "P" or (char.isascii() and not char.isalnum() and not char.isspace())


_FORMS = _Forms()
