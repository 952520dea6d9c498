"""Place: which note a raw statement belongs to, by the names and identifiers in it and above it, and by its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from math import log

from kb.links.key import EVERYDAY, key
from kb.links.names import names_of
from kb.links.resolve import recognise
from kb.links.table import NameTable
from kb.merge.statement import said_by, understand
from kb.notes.note import Note

# What speaks for a note: a heading that is its name, or holds it; the text beginning with it, holding it, holding an
# identifier of it; and how well the words go with what the note says.
HEADING_IS = 3.0
HEADING_HOLDS = 2.2
OUTER = 0.7
"""Of a heading further out, per level."""
TEXT_BEGINS = 3.6
TEXT_HOLDS = 0.8
IDENTIFIER = 1.8
WORDS = 2.2
TOPIC = 0.3
"""Of a heading that names a topic: chapters are called so, and hold what many services do."""
HALF = 0.5
"""Of a topic named in a text: services are what statements are about."""
LESSER = 0.75
"""Of a name a note is also found by."""
ENOUGH = 1.1
"""Below this nothing is placed."""
LIKELY = 0.6
"""Where nothing but words speaks for a note, so much of them must."""
FEWEST = 3
"""So many words of a text must go with a note to count in full."""
NOTHING = "nothing names a service, and its words do not tell"
K1, B = 1.2, 0.6
BEGINNING = len("the amazon ")
_MARKS = "*_`[:. "
_IDENTIFIER = re.compile(
    r"AWS::\w+(?:::\w+)*|arn:aws[\w-]*:[\w-]+:\S*|\b[a-z][a-z0-9-]{1,30}:[A-Z]\w+|\baws_[a-z0-9_]+|\b[a-z0-9-]+\.amazonaws\.com"
    r"|boto3\.client\([^)]*\)|\baws [a-z0-9-]+ [a-z0-9-]+"
)
_METHOD = re.compile(r"\b([a-z][a-z0-9]{1,20})\.([a-z]+(?:_[a-z]+)+)\b")


ELSEWHERE = re.compile(
    r"\b(?:Azure|AZ-?\d{3}|Google Cloud|GCP|BigQuery|Alibaba Cloud|Oracle Cloud|IBM Cloud|Cloudflare|DigitalOcean)\b",
    re.I,
)
"""Names of other providers: what stands under them is not about the services that the notes are about."""
_BOTH = re.compile(r"\b(?:AWS|Amazon)\b")
"""Who names them beside this one compares."""
GUESSED = 0.4
"""Confidence at most, where a text is about another provider, or only the lines beside it tell."""
ALONE, AMONG = 0.35, 0.2
"""So well the words of the lines under one heading must go with a note; less where most of them that are placed are there."""
OTHERS = 2
"""So many other notes may say it too."""
CLEARLY = 1.15
"""So many times better than with the second."""

Vote = Callable[[str, float, str], None]
"""Speaks for a note, with a weight and the reason."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a statement belongs."""

    note: str
    """Empty when it could not be placed."""
    confidence: float
    """0 to 1."""
    why: str
    others: tuple[str, ...] = ()
    """Notes that less speaks for, likeliest first."""


class Placer:
    """Places statements among notes."""

    def __init__(self, notes: Iterable[Note]) -> None:
        self.notes = list(notes)
        self.table = NameTable(self.notes)
        self.kinds = {note.id: TOPIC if note.kind == "topic" else 1.0 for note in self.notes}
        self.weights: dict[str, tuple[str, float, bool]] = {}
        """Per name in lower case: note, weight, whether it needs a capital."""
        for note in self.notes:
            for name in names_of(note):
                lesser = name.rank in ("also", "former")
                entry = (note.id, LESSER if lesser else 1.0, name.text.lower() in EVERYDAY)
                known = self.weights.get(name.text.lower())
                if len(name.key) > 1 and (known is None or known[1] < entry[1]):
                    self.weights[name.text.lower()] = entry
        self.knows_one = not any(map(ELSEWHERE.search, self.weights))
        """Whether the notes are about one provider, none of those."""
        longest_first = sorted(self.weights, key=lambda text: (-len(text), text))
        self.pattern = re.compile(
            rf"(?<![\w-])({'|'.join(map(re.escape, longest_first)) or '(?!)'})(?:s|'s)?(?![\w-])", re.I
        )
        self._count_words()

    def _count_words(self) -> None:
        """Count which words go with which note."""
        self.words: dict[str, dict[str, int]] = {}
        self.sizes: dict[str, int] = {}
        for note in self.notes:
            phrases = [phrase for _, found in note.asked for phrase in found]
            texts = [note.summary, *(s.title for s in note.sections), *phrases]
            said = [*map(understand, texts), *(statement for _, statement in said_by(note))]
            counted = Counter(word for statement in said for word in statement.words)
            self.sizes[note.id] = counted.total()
            for word, count in counted.items():
                self.words.setdefault(word, {})[note.id] = count
        self.average = sum(self.sizes.values()) / (len(self.sizes) or 1)

    def place(self, text: str, headings: tuple[str, ...] = (), parents: tuple[str, ...] = ()) -> Placement:
        """Return the note a statement belongs to, given the headings and list items above it, the outermost first."""
        votes: Counter[str] = Counter()
        reasons: dict[str, str] = {}

        def vote(note: str, weight: float, why: str) -> None:
            votes[note] += weight  # type: ignore[assignment]
            reasons.setdefault(note, why)

        for level, heading in enumerate(reversed(headings)):
            self._by_heading(heading, OUTER**level, vote)
        self._by_parent(parents, vote)
        self._by_text(text, vote)
        named = bool(votes)
        above = any(map(self.is_elsewhere, headings))
        elsewhere = above or (self.is_elsewhere(text) and not any(map(self.names_some, headings)))
        if elsewhere and (above or not named):
            return Placement("", 0.0, "it is about another provider")
        by_words = self._by_words(" ".join((text, *headings, *parents[-1:])))
        for note, share in by_words.most_common(5):
            if named or share >= LIKELY:
                vote(note, share * WORDS, "words")
        placed = self._decided(votes, reasons)
        return replace(placed, confidence=min(placed.confidence, GUESSED)) if elsewhere else placed

    def place_together(self, texts: Iterable[str], headings: tuple[str, ...], beside: Collection[str]) -> Placement:
        """Return the note that all lines under one heading go with; `beside` are the notes of those that are placed."""
        if not any(map(self.is_elsewhere, headings)):
            by_words = self._by_words(" ".join((*texts, *headings[-1:]))).most_common(2)
            best, share = by_words[0] if by_words else ("", 0.0)
            second = by_words[1][1] if len(by_words) > 1 else 0.0
            most = Counter(beside).most_common(1)
            agree = bool(most) and most[0][0] == best
            if share >= AMONG if agree else share >= ALONE and share >= CLEARLY * second:
                return Placement(best, GUESSED * min(share, 1.0), "the lines beside it")
        return Placement("", 0.0, NOTHING)

    def is_elsewhere(self, text: str) -> bool:
        """Tell whether a text, such as a heading, is about another provider than the notes."""
        return self.knows_one and bool(ELSEWHERE.search(text)) and not _BOTH.search(text)

    def names_some(self, text: str) -> bool:
        """Tell whether a text, such as the title of a file, names a note."""
        return bool(self._named(text))

    def _decided(self, votes: Counter[str], reasons: dict[str, str]) -> Placement:
        ranked = sorted(votes.items(), key=lambda item: (-item[1], item[0]))
        if not ranked or ranked[0][1] < ENOUGH:
            return Placement("", 0.0, NOTHING)
        best, score = ranked[0]
        second = ranked[1][1] if len(ranked) > 1 else 0.0
        confidence = min(score / 3, 1.0) * (1 - 0.5 * second / score)
        others = tuple(note for note, _ in ranked[1 : OTHERS + 1])
        return Placement(best, round(confidence, 2), reasons[best], others)

    def _by_heading(self, heading: str, weight: float, vote: Vote) -> None:
        exact = self.table.by_name(key(heading))
        if exact:
            for note in exact:
                vote(note, HEADING_IS * weight * self.kinds[note], f"heading {heading!r}")
            return
        seen: set[str] = set()
        for at, (note, strength, _) in enumerate(self._named(heading)):
            if note not in seen:
                seen.add(note)
                vote(note, HEADING_HOLDS * weight * strength * self.kinds[note] / (at + 1), f"heading {heading!r}")

    def _by_parent(self, parents: tuple[str, ...], vote: Vote) -> None:
        """Speak for what the nearest list item above begins with: "EBS", "DynamoDB: NoSQL database"; one that holds a name only mentions it."""
        for parent in reversed(parents):
            exact = self.table.by_name(key(parent.strip(_MARKS)))
            begun = [note for note, _, start in self._named(parent.lstrip(_MARKS)) if start <= BEGINNING]
            for note in exact or begun[:1]:
                vote(note, (HEADING_IS if exact else HEADING_HOLDS) * self.kinds[note], f"list item {parent[:40]!r}")
            if exact or begun:
                return

    def _by_text(self, text: str, vote: Vote) -> None:
        seen: set[str] = set()
        for note, strength, start in self._named(text):
            if note not in seen:
                begins = start <= BEGINNING and not seen
                seen.add(note)
                weight = (TEXT_BEGINS if begins else TEXT_HOLDS) * strength / len(seen) ** 0.5
                vote(note, weight if self.kinds[note] == 1.0 else weight * HALF, "its text names it")
        marked = {match.group() for match in _IDENTIFIER.finditer(text)}
        marked |= {f'boto3.client("{match.group(1)}")' for match in _METHOD.finditer(text)}
        owners = [found.notes[0] for identifier in sorted(marked) if (found := recognise(identifier, self.table))]
        for note in dict.fromkeys(owners):
            vote(note, IDENTIFIER, "an identifier")

    def _named(self, text: str) -> list[tuple[str, float, int]]:
        """Return notes named in a text, with how strong the name is and where it stands."""
        found = []
        for match in self.pattern.finditer(text):
            note, strength, needs_capital = self.weights[match.group(1).lower()]
            if not needs_capital or match.group()[0].isupper():
                found.append((note, strength, match.start()))
        return found

    def _by_words(self, text: str) -> Counter[str]:
        """Return how well the words of a text go with each note, 0 to 1 (BM25 of the notes as documents)."""
        scores: Counter[str] = Counter()
        words = understand(text).words
        most = 9.0 * max(FEWEST - len(words), 0)  # one rare word proves little
        for word in words:
            held = self.words.get(word, {})
            rarity = log(1 + (len(self.notes) - len(held) + 0.5) / (len(held) + 0.5))
            most += rarity * (K1 + 1)
            for note, count in held.items():
                norm = K1 * (1 - B + B * self.sizes[note] / self.average)
                scores[note] += rarity * count * (K1 + 1) / (count + norm)  # type: ignore[assignment]
        return Counter({note: score / most for note, score in scores.items()}) if most else scores
