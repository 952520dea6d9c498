"""What a fact binds in code: the settings it limits, how each tool calls them, and what they may be set to.

An address is a resource and the way to a setting in it: `AWS::SQS::Queue.DelaySeconds`, `aws_sqs_queue.delay_seconds`,
`sqs/CreateQueue/Attributes/DelaySeconds`, `aws_sqs.Queue.deliveryDelay`, `functions.*.timeout`. Conditions stand in
brackets after the step they are about: `[Type=gp2|gp3]`, `[Type!=gp3]`, `[Name]` (is set), `[!Name]` (is not set).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kb.errors import QuantityError
from kb.notes.fact import Fact

DIALECTS = ("cloudformation", "terraform", "sam", "serverless", "boto3", "cdk")
"""Who calls settings by names of their own; `boto3` stands for every SDK."""
BOUNDS = ("min", "max", "step", "values", "also", "unit")
UNITS = {
    "ms": ("time", Decimal("0.001")), "s": ("time", Decimal(1)), "min": ("time", Decimal(60)),
    "h": ("time", Decimal(3600)), "days": ("time", Decimal(86400)),
    "B": ("size", Decimal(1)), "KiB": ("size", Decimal(2**10)), "MiB": ("size", Decimal(2**20)),
    "GiB": ("size", Decimal(2**30)), "TiB": ("size", Decimal(2**40)), "characters": ("length", Decimal(1)),
}  # fmt: skip
"""Units a setting is counted in; with `characters` the length of a text is bound."""
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_STEP = re.compile(r"([\w:*-]+)((?:\[[^\[\]]*\])*)")
_CONDITION = re.compile(r"(!?)([\w:-]+)(?:(!?=)(.*))?")


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold beside a setting for the bounds to hold for it."""

    name: str
    wanted: tuple[str, ...] = ()
    """Values of `name`; none: it is only asked whether it is set."""
    negated: bool = False

    def __str__(self) -> str:
        if not self.wanted:
            return f"[{'!' if self.negated else ''}{self.name}]"
        return f"[{self.name}{'!' if self.negated else ''}={'|'.join(self.wanted)}]"


@dataclass(frozen=True, slots=True)
class Step:
    """One name on the way to a setting, `*` for any, and the conditions on what it names."""

    name: str
    conditions: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        return self.name + "".join(map(str, self.conditions))


@dataclass(frozen=True, slots=True)
class Address:
    """Where one tool has the setting; the first step is the resource."""

    dialect: str
    steps: tuple[Step, ...]

    @property
    def resource(self) -> str:
        """The type, class or operation: AWS::SQS::Queue, aws_sqs_queue, sqs/CreateQueue, aws_sqs.Queue, functions."""
        return self.steps[0].name

    @property
    def setting(self) -> str:
        """The name of the setting itself."""
        return self.steps[-1].name

    def __str__(self) -> str:
        return ("/" if self.dialect == "boto3" else ".").join(map(str, self.steps))


@dataclass(frozen=True, slots=True)
class Binding:
    """The bounds of a setting and the addresses they hold at."""

    addresses: tuple[Address, ...]
    min: Decimal | None = None
    max: Decimal | None = None
    step: Decimal | None = None
    values: tuple[Decimal, ...] = ()
    """The only values there are, ascending; none: any within the bounds."""
    also: tuple[Decimal, ...] = ()
    """Values outside the bounds with a meaning of their own, such as -1 for "without limit"."""
    unit: str = ""

    def allows(self, value: Decimal) -> bool:
        """Tell whether a setting may have this value."""
        if value in self.also or value in self.values:
            return True
        if self.values or (self.min is not None and value < self.min) or (self.max is not None and value > self.max):
            return False
        return self.step is None or value % self.step == 0

    def nearest(self, value: Decimal) -> Decimal | None:
        """Return the allowed value nearest to one that is not allowed."""
        if self.values:
            return min(self.values, key=lambda known: (abs(known - value), known))
        if self.max is not None and value > self.max:
            return self.max
        if self.min is not None and value < self.min:
            return self.min
        return value - value % self.step if self.step else None


def binding_of(fact: Fact) -> Binding | None:
    """Return what a fact binds, None when it binds nothing.

    Raises:
        QuantityError: its `binds` are not as the note format says.
    """
    said = dict(fact.binds)
    if not said:
        return None
    unit = said.get("unit", "")
    if unit and unit not in UNITS:
        raise QuantityError(unit, f"expected a unit of a setting: {', '.join(UNITS)}")
    binding = Binding(
        addresses=tuple(address for dialect in DIALECTS for address in addresses(dialect, said.get(dialect, ""))),
        min=_number(said.get("min")),
        max=_number(said.get("max")),
        step=_number(said.get("step")),
        values=tuple(sorted(_numbers(said.get("values", "")))),
        also=tuple(_numbers(said.get("also", ""))),
        unit=unit,
    )
    if binding.min is None and binding.max is None and not binding.values:
        raise QuantityError("", "expected a min, a max or values")
    if binding.step is not None and binding.step <= 0:
        raise QuantityError(str(binding.step), "expected a step above 0")
    if not binding.addresses:
        raise QuantityError("", f"expected an address: one of {', '.join(DIALECTS)}")
    return binding


def addresses(dialect: str, text: str) -> Iterator[Address]:
    """Yield the addresses in a text, which are separated by spaces.

    Raises:
        QuantityError: one is malformed.
    """
    for word in text.split():
        steps = tuple(_steps(word, "/" if dialect == "boto3" else "."))
        joined = {"boto3": "/", "cdk": "."}.get(dialect)  # client and operation, module and class
        if joined and len(steps) > 1:
            name = joined.join((steps[0].name, steps[1].name))
            steps = (Step(name, steps[1].conditions), *steps[2:])
        if len(steps) < 2:
            raise QuantityError(word, "expected a resource and a setting of it")
        yield Address(dialect, steps)


def _steps(word: str, separator: str) -> Iterator[Step]:
    position = 0
    while position <= len(word):
        match = _STEP.match(word, position)
        if match is None or (match.end() < len(word) and word[match.end()] != separator):
            raise QuantityError(word, f"expected names separated by {separator!r}, conditions in brackets")
        yield Step(match[1], tuple(_condition(text) for text in re.findall(r"\[([^\]]*)\]", match[2])))
        position = match.end() + 1


def _condition(text: str) -> Condition:
    match = _CONDITION.fullmatch(text)
    if match is None or (match[1] and match[3]):
        raise QuantityError(text, "expected a condition: Name, !Name, Name=a|b or Name!=a|b")
    wanted = tuple(match[4].split("|")) if match[3] else ()
    return Condition(match[2], wanted, bool(match[1]) or match[3] == "!=")


def _number(text: str | None) -> Decimal | None:
    return None if text is None else next(_numbers(text), None)


def _numbers(text: str) -> Iterator[Decimal]:
    for word in text.split():
        if not NUMBER.fullmatch(word):
            raise QuantityError(word, "expected a plain number")
        yield Decimal(word)
