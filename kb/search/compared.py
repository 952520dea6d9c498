"""Compared: which comparison a query asks for - "sqs vs sns", "nacl or security group"."""

from __future__ import annotations

from kb.index.analyse import chunks
from kb.links.key import key
from kb.search.query import named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kb.search.reader import Export

CUES = frozenset("vs versus or difference differences compare compared comparison between against than".split())
LONGEST = 4


def compared(text: str, export: Export) -> tuple[str, ...]:
    """Return what `kb compare` takes: the page with most of what the query names, or the notes it names; else nothing."""
    found = chunks(text)
    words = [group[0] for _, group in found]
    if not CUES.intersection(words):
        return ()
    said = named(found, export, everyday=True)
    notes = tuple(note for note, run in said.items() if export.names_whole("".join(run)))
    runs = {key("".join(words[at : at + size])) for size in range(1, LONGEST + 1) for at in range(len(words))}
    best: tuple[int, int, str] = (0, 0, "")
    for id, columns in export.comparisons():
        count = sum(
            any(name in runs or name.removesuffix("s") in runs or f"{name}s" in runs for name in names)
            or (not scoped and note in notes)
            for note, scoped, names in columns
        )
        best = max(best, (count, -len(columns), id))
    if best[0] >= 2:
        return (best[2],)
    return notes if len(notes) >= 2 else ()
