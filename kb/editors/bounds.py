"""Which facts stand behind a property in code: by what facts bind, and by the places they were checked at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.errors import QuantityError
from kb.facts.binding import binding_of
from kb.links.key import key
from kb.notes.fact import Fact
from kb.notes.note import Note

_UNIT = re.compile(r"(?:in)?(?:milliseconds|millis|seconds|secs?|minutes|hours|days|bytes|kb|mb|gb|mib|gib)\Z")
_CHANGES = re.compile(r"(?:update|modify)(\w+?)(?:configuration|attributes?|settings)?")
# Properties of so many different things that only the exact resource or call tells which is meant.
_GENERIC = frozenset(
    "name names type size count value values key keys id ids timeout period limit policy role description state status "
    "message data body code version attributes parameters options tags mode target targets rules principal".split()
)


@dataclass(frozen=True, slots=True)
class Place:
    """One property that a fact is about."""

    owner: str
    """Type of the resource, or client/Operation; lower case."""
    name: str
    """Key of the last part of the property's path."""
    note: str
    fact: Fact


class Bounds:
    """Looks up the facts of a property by its owner, or by the service alone where that is certain."""

    def __init__(self, notes: Iterable[Note]) -> None:
        self.owners: dict[str, list[Place]] = {}
        self.operations: dict[str, list[Place]] = {}
        self.services: dict[str, list[Place]] = {}
        for note in notes:
            for fact in note.facts:
                for owner, name in places_of(fact):
                    place = Place(owner.casefold(), key(name), note.id, fact)
                    self.owners.setdefault(place.owner, []).append(place)
                    self.services.setdefault(note.id, []).append(place)
                    if "/" in owner:
                        self.operations.setdefault(key(owner.partition("/")[2]), []).append(place)

    def of_owner(self, owner: str, name: str) -> list[Place]:
        """Return the facts of a property of a resource type."""
        return _once(_called(self.owners.get(owner.casefold(), []), name))

    def of_call(self, operation: str, name: str, notes: Iterable[str] = ()) -> list[Place]:
        """Return the facts of a parameter of an API operation; `notes` tell services apart that share its name."""
        found = _called(self.operations.get(key(operation), []), name)
        if not found and (changes := _CHANGES.fullmatch(key(operation))):  # takes what the creation of the same takes
            found = _called(self.operations.get(f"create{changes.group(1)}", []), name)
        wanted = set(notes)
        if wanted:
            return _once([place for place in found if place.note in wanted])
        return _once(found) if len({place.note for place in found}) == 1 else []

    def client_of(self, operation: str) -> str:
        """Return the client that has an API operation; empty when several do alike."""
        clients = Counter(place.owner.partition("/")[0] for place in self.operations.get(key(operation), ()))
        (first, most), (_, second) = (*clients.most_common(2), ("", 0), ("", 0))[:2]
        return first if most > 2 * second else ""

    def of_service(self, note: str, name: str, kind: str = "") -> list[Place]:
        """Return the facts of a property of some resource of a service, of this kind ("queue") where there are such."""
        found = _called(self.services.get(note, []), name)
        alike = [place for place in found if kind and key(kind).endswith(_last(place.owner))]
        return _once(alike or ([] if key(name) in _GENERIC else found))

    def limits_of(self, owner: str) -> list[Place]:
        """Return the facts about a resource type or an operation."""
        return self.owners.get(owner.casefold(), [])


def places_of(fact: Fact) -> Iterator[tuple[str, str]]:
    """Yield owner and property of every place in code that a fact is about; the property may be empty."""
    try:
        binding = binding_of(fact)
    except QuantityError:  # kb check tells its author
        binding = None
    for address in binding.addresses if binding else ():
        yield address.resource, address.setting
    at = fact.checked.at if fact.checked else ""
    if at.startswith("AWS::"):
        owner, _, path = at.partition(".")
        yield owner, path.split(".")[-1]
    elif "/" in at and "://" not in at:
        client, _, rest = at.partition("/")
        operation, _, path = rest.partition("/")
        yield f"{client}/{operation}", path.split("/")[-1]


def loose(name: str) -> str:
    """Return a property's key without its unit: visibility_timeout_seconds -> visibilitytimeout."""
    return _UNIT.sub("", key(name)) or key(name)


def _called(places: list[Place], name: str) -> list[Place]:
    exact = [place for place in places if place.name == key(name)]
    return exact or [place for place in places if place.name and loose(place.name) == loose(name)]


def _once(places: list[Place]) -> list[Place]:
    return list({(place.note, place.fact.anchor): place for place in places}.values())


def _last(owner: str) -> str:
    return key(re.split(r"[:/]", owner)[-1])
