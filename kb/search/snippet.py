"""Snippet: the part of a hit's text that holds most of the query."""

from __future__ import annotations

SNIPPET = 240


def snippet(text: str, words: list[str]) -> str:
    """Return the statement of a text that holds most of the words, cut to a line or two."""
    starts = [word[: max(4, len(word) - 3)] for word in words if len(word) > 1]
    best, best_count = "", -1
    for line in text.split("\n"):
        lower = line.lower()
        count = sum(start in lower for start in starts)
        if count > best_count:
            best, best_count = line, count
    if len(best) <= SNIPPET:
        return best
    lower = best.lower()
    first = min((at for start in starts if (at := lower.find(start)) >= 0), default=0)
    begin = 0 if first < SNIPPET * 2 // 3 else best.rfind(" ", 0, first - 40) + 1
    end = begin + SNIPPET
    cut = best[begin:end].rsplit(" ", 1)[0] if end < len(best) else best[begin:]
    return ("..." if begin else "") + cut + ("..." if end < len(best) else "")
