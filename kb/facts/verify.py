"""Check facts and identifiers against AWS's models as installed: does what a note says still stand there?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from kb.errors import NotFound
from kb.facts.models import ApiModels, Place, Schemas
from kb.notes.fact import Check, Fact
from kb.notes.note import Note

Outcome = Literal["holds", "changed", "gone", "by hand"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one check or one identifier."""

    note: str
    subject: str
    """Anchor of the fact, or kind and identifier."""
    outcome: Outcome
    """holds; changed: other words or bounds stand there; gone: the place is no more; by hand: not in a model."""
    where: str
    old: str = ""
    new: str = ""


class Verifier:
    """Holds the models and looks things up in them."""

    def __init__(self) -> None:
        self.api = ApiModels()
        self.schemas = Schemas()

    def facts(self, notes: Iterable[Note]) -> Iterator[Finding]:
        """Yield a finding for every fact that carries a check."""
        for note in notes:
            for fact in note.facts:
                if fact.checked:
                    yield self.fact(note, fact, fact.checked)

    def fact(self, note: Note, fact: Fact, check: Check) -> Finding:
        """Return what became of one check."""
        models = self._models(check)
        where = f"{check.against}: {check.at}"
        if models is None:
            return Finding(note.id, fact.anchor, "by hand", where)
        where = f"{models.name} {models.version}: {check.at}"
        try:
            place = models.at(check.at)
        except NotFound:
            return Finding(note.id, fact.anchor, "gone", where, check.quote)
        old, new = _differing(check, place)
        return Finding(note.id, fact.anchor, "changed" if old else "holds", where, old, new)

    def identifiers(self, notes: Iterable[Note]) -> Iterator[Finding]:
        """Yield a finding for every identifier of a service that is not retired."""
        for note in notes:
            if note.status.state == "retired":
                continue
            for kind, identifiers in note.identifiers:
                for identifier in identifiers:
                    known = self._known(kind, identifier)
                    if known is not None:
                        yield Finding(note.id, f"{kind} {identifier}", "holds" if known else "gone", kind, identifier)

    def renewed(self, note: Note) -> Note:
        """Return a note with version and date renewed on every check that holds."""
        today = datetime.now(UTC).date().isoformat()
        facts = []
        for fact in note.facts:
            if fact.checked and self.fact(note, fact, fact.checked).outcome == "holds":
                models = self._models(fact.checked)
                assert models is not None
                check = replace(fact.checked, against=f"{models.name} {models.version}", date=today)
                facts.append(replace(fact, checked=check))
            else:
                facts.append(fact)
        return replace(note, facts=tuple(facts))

    def _models(self, check: Check) -> ApiModels | Schemas | None:
        known: dict[str, ApiModels | Schemas] = {"botocore": self.api, "cfn-lint": self.schemas}
        return known.get(check.against.partition(" ")[0])

    def _known(self, kind: str, identifier: str) -> bool | None:
        """Tell whether an identifier exists; None for kinds that no model lists."""
        if kind == "boto3":
            return identifier in self.api.clients
        if kind == "cloudformation":
            return any(name == identifier or name.startswith(f"{identifier}::") for name in self.schemas.types)
        if kind == "iam":
            return identifier in self.schemas.iam_prefixes
        return None


def _differing(check: Check, place: Place) -> tuple[str, str]:
    """Return what the check says and what stands there instead; two empty texts when it still stands."""
    for word, said, stands in (("min", check.min, place.min), ("max", check.max, place.max)):
        if said and said != stands:
            return f"{word} {said}", f"{word} {stands or 'none'}"
    quote = " ".join(check.quote.split())
    if quote and quote not in place.text:
        return quote, _nearest(quote, place.text)
    return "", ""


def _nearest(quote: str, text: str) -> str:
    """Return the passage of a text that shares the longest run with a quote."""
    from difflib import SequenceMatcher

    match = SequenceMatcher(None, text, quote, autojunk=False).find_longest_match()
    return text[max(0, match.a - 40) : match.a + len(quote) + 40].strip() if match.size > 3 else text[:120]
