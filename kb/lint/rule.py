"""Rules: the facts of a base that bind settings, by the resource they bind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from kb.errors import QuantityError, UnreadableNote
from kb.facts.binding import UNITS, Address, Binding, binding_of
from kb.facts.comparison import fact_date
from kb.lint.finding import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from kb.notes.fact import Fact
    from kb.notes.note import Note
    from kb.notes.source import Source

_BINDS = re.compile(r"[\s,{\"']binds[\"']?\s*:")
_PLURAL = {"ms": "milliseconds", "s": "seconds", "min": "minutes", "h": "hours", "B": "bytes"}


@dataclass(frozen=True)
class Rule:
    """One fact that binds a setting."""

    note: str
    title: str
    """Title of the note: AWS Lambda."""
    folder: str
    """Where the site has the note: services."""
    fact: Fact
    binding: Binding
    as_of: str

    @cached_property
    def key(self) -> str:
        """What findings and ignore comments call the rule: lambda#timeout-max."""
        return f"{self.note}#{self.fact.anchor.removeprefix('fact-')}"

    @cached_property
    def names(self) -> frozenset[str]:
        """Every word that turns the rule off: its key, note#fact whatever the scope, the note."""
        return frozenset((self.key, f"{self.note}#{self.fact.id}", self.note))

    @property
    def url(self) -> str:
        """Where the site has the fact, relative to its root."""
        return f"{self.folder}/{self.note}/#{self.fact.anchor}"

    @property
    def severity(self) -> Severity:
        """Whether AWS raises it on request."""
        return "quota" if self.fact.kind == "quota" else "limit"

    @property
    def measures_length(self) -> bool:
        """Whether it binds how long a text is."""
        return self.binding.unit == "characters"

    def against(self, value: Decimal, shown: str) -> str:
        """Say what is wrong with a value that the binding does not allow; `shown` is how the text has it."""
        bounds, unit = self.binding, self.binding.unit
        if bounds.values:
            return f"{shown} is none of the possible values, {_listed(bounds.values)}"
        if bounds.max is not None and value > bounds.max:
            return f"{shown} is more than {amount(bounds.max, unit)}"
        if bounds.min is not None and value < bounds.min:
            return f"{shown} is less than {amount(bounds.min, unit)}"
        return f"{shown} is no multiple of {bounds.step:f}"

    def reason(self) -> str:
        """Say which fact it is and whether it can be raised."""
        fact = self.fact
        kind, raised = ("a quota", ", can be raised") if self.severity == "quota" else ("a hard limit", "")
        said = fact.value if fact.kind in ("limit", "quota") else fact.detail.rstrip(".") or f"default {fact.value}"
        return f"{kind} of {self.title} ({fact.label}: {said}{'' if raised.strip(', ') in said else raised})"


class Rules:
    """The rules of a base, found by dialect and resource."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.all = tuple(rules)
        self._by_resource: dict[str, dict[str, list[tuple[Rule, Address]]]] = {}
        for rule in self.all:
            for address in rule.binding.addresses:
                found = self._by_resource.setdefault(address.dialect, {})
                found.setdefault(address.resource, []).append((rule, address))

    @classmethod
    def of(cls, notes: Iterable[Note], sources: Mapping[str, Source]) -> Rules:
        """Collect the rules of notes; facts whose `binds` are malformed are left to `kb check`."""
        found = []
        for note in notes:
            for fact in note.facts:
                try:
                    binding = binding_of(fact)
                except QuantityError:
                    continue
                if binding:
                    folder = note.path.rpartition("/")[0]
                    found.append(Rule(note.id, note.title, folder, fact, binding, fact_date(fact, sources)))
        return cls(found)

    @classmethod
    def read(cls, root: Path, sources: Mapping[str, Source]) -> Rules:
        """Read the rules of a base from the heads of those notes that have any; nothing else is parsed."""
        from kb.notes import frontmatter
        from kb.notes.folder import note_files
        from kb.notes.read import parse_note, read_text

        notes = []
        for file, path, kind in note_files(root):
            if kind == "page":  # of a folder of any Markdown: it has no facts
                continue
            try:
                text = read_text(file, path)
                head = text.removesuffix(frontmatter.split(text)[1])
                note = parse_note(head, path, kind).note if _BINDS.search(head) else None
            except UnreadableNote:  # kb check tells its author
                continue
            notes += [note] if note else []
        return cls.of(notes, sources)

    def resources(self, dialect: str) -> Mapping[str, list[tuple[Rule, Address]]]:
        """Return the rules of a dialect by resource, each with the address that binds there."""
        return self._by_resource.get(dialect, {})

    def without(self, names: Iterable[str]) -> Rules:
        """Return the rules that none of these names turns off."""
        off = frozenset(names)
        return Rules(rule for rule in self.all if not rule.names & off)

    def unknown(self, names: Iterable[str]) -> list[str]:
        """Return the names that are no rule's."""
        known = frozenset(name for rule in self.all for name in rule.names)
        return [name for name in names if name not in known]


def converted(value: Decimal, unit: str, binding: Binding) -> Decimal | None:
    """Return an amount in the unit of a binding; None where the units do not compare."""
    if unit in ("", binding.unit):
        return value
    if not binding.unit:
        return None
    (dimension, factor), (wanted, divisor) = UNITS[unit], UNITS[binding.unit]
    return value * factor / divisor if dimension == wanted else None


def amount(value: Decimal, unit: str) -> str:
    """Write a number with its unit in words: 1,200 seconds."""
    return f"{value:,f} {_PLURAL.get(unit, unit)}".rstrip()


def _listed(values: tuple[Decimal, ...]) -> str:
    if len(values) > 8:
        return ", ".join(f"{value:f}" for value in values[:4]) + f" ... {values[-1]:f}"
    return ", ".join(f"{value:f}" for value in values)
