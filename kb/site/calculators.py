"""Calculators on the page of a note: forms made here, worked out in the browser by kb-calc.js with the same formulas."""

from __future__ import annotations

from kb.facts.calculator import CALCULATORS

_RATE = ("rate", "Items", "10", (("1", "per second"), ("60", "per minute"), ("3600", "per hour")))
_SIZE = ("size", "Size of one item", "6", (("1024", "KB"), ("1", "bytes"), ("1048576", "MB")))
_TABLE = ("size", "Size of the table", "20", (("1073741824", "GB"), ("1048576", "MB")))
_READ = ("mode", "Reads", "", (("1", "strongly consistent"), ("0.5", "eventually consistent"), ("2", "transactional")))
_WRITE = ("mode", "Writes", "", (("1", "standard"), ("2", "transactional")))
_TIME = ("time", "Timeout of the function", "30", (("1", "seconds"), ("60", "minutes")))
# Name, label, number to start with, choices of unit with their factors; a field without a number is a choice alone.
FORMS = {
    "rcu": ("Read capacity units", (_RATE, _SIZE, _READ)),
    "wcu": ("Write capacity units", (_RATE, _SIZE, _WRITE)),
    "partitions": ("Partitions", (("rcu", "Read capacity units", "6000", ()), ("wcu", "Write capacity units", "2000", ()), _TABLE)),
    "shards": ("Shards", (("rate", "Records", "500", _RATE[3]), ("size", "Size of one record", "3", _SIZE[3]), ("consumers", "Consumers", "1", ()))),
    "visibility-timeout": ("Visibility timeout for a Lambda function", (_TIME,)),
}  # fmt: skip


def calculators(note: str) -> list[str]:
    """Return the Calculators section of a note as Markdown lines; empty when it has none."""
    names = [name for name, (owner, _) in CALCULATORS.items() if owner == note]
    forms = [line for name in names for line in _form(name)]
    return ["## Calculators", "", *forms] if forms else []


def _form(name: str) -> list[str]:
    title, fields = FORMS[name]
    inputs = "".join(_field(name, *field) for field in fields)
    hint = f'<output aria-live="polite">In the terminal: kb calc {name} --help</output>'
    return [
        f'<form class="kb-calc" data-calculator="{name}" aria-label="{title}"><strong>{title}</strong>{inputs}{hint}</form>',
        "",
    ]


def _field(form: str, name: str, label: str, start: str, choices: tuple[tuple[str, str], ...]) -> str:
    """Return a labelled number, its unit, or a choice."""
    id = f"calc-{form}-{name}"
    options = "".join(f'<option value="{factor}">{text}</option>' for factor, text in choices)
    number = f'<input id="{id}" name="{name}" type="number" min="0" step="any" value="{start}">' if start else ""
    select = (
        f'<select id="{id if not start else id + "-unit"}" name="{name}-unit" aria-label="{label}, unit">{options}</select>'
        if choices
        else ""
    )
    return f'<span class="kb-calc-field"><label for="{id}">{label}</label>{number}{select}</span>'
