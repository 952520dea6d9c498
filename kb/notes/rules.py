"""The normaliser: an ordered table of named rules, each from note to note.

Rules tidy what has one right form and never lose a word; what needs a decision is left to `kb check`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from kb.notes.fact import Fact
from kb.notes.note import SECTIONS, Note, Section, Statement

Rule = Callable[[Note], Note]

_PUNCTUATION = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2026": "...",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u200b": "",
        "\ufeff": "",
    }
)
_GLUED = re.compile(
    r"(?<![\w.])(\d[\d,.]*)(KiB|MiB|GiB|TiB|PiB|KB|kB|kb|Kb|MB|Mb|mb|GB|Gb|gb|TB|Tb|tb|PB|ms|min|minutes?|hours?|days?|seconds?)\b"
)
_LOOSE_SIZE = re.compile(r"(?<=\d )(kb|Kb|kB|mb|Mb|gb|Gb|tb|Tb)\b(?!/)")
_THOUSANDS = re.compile(r"(?<![\w.,:/-])(\d{5,})(?![\w.:/-])")


def plain_punctuation(note: Note) -> Note:
    """Straight quotes, plain hyphens and spaces, so that a search for a word finds it."""

    def tidy(statement: Statement) -> Statement:
        if statement.block in ("code", "table", "html"):
            return statement
        return replace(statement, text=" ".join(statement.text.translate(_PUNCTUATION).split()))

    return replace(_each_statement(note, tidy), summary=note.summary.translate(_PUNCTUATION))


def closing_stop(note: Note) -> Note:
    """A statement that starts like a sentence ends like one."""

    def close(statement: Statement) -> Statement:
        text = statement.text
        if (
            statement.block in ("bullet", "number", "paragraph")
            and text[:1].isupper()
            and (text[-1:].isalnum() or text[-1:] in ")`")
        ):
            return replace(statement, text=text + ".")
        return statement

    return _each_statement(note, close)


def quantities(note: Note) -> Note:
    """Fact values write a number, a space and the unit: 256KB becomes 256 KB, 120000 becomes 120,000."""

    def tidy(value: str) -> str:
        value = _GLUED.sub(r"\1 \2", value.translate(_PUNCTUATION))
        value = _LOOSE_SIZE.sub(lambda match: match.group().upper(), value)
        return _THOUSANDS.sub(lambda match: f"{int(match.group()):,}", value)

    def fact(fact: Fact) -> Fact:
        history = tuple(replace(earlier, value=tidy(earlier.value)) for earlier in fact.history)
        return replace(fact, value=tidy(fact.value), history=history, label=fact.label.translate(_PUNCTUATION))

    return replace(note, facts=tuple(fact(f) for f in note.facts))


def history_newest_first(note: Note) -> Note:
    """Earlier values stand newest first."""

    def order(fact: Fact) -> Fact:
        return replace(fact, history=tuple(sorted(fact.history, key=lambda earlier: earlier.as_of, reverse=True)))

    return replace(note, facts=tuple(order(f) for f in note.facts))


def names_once(note: Note) -> Note:
    """A name stands in the first of official, short, also, former that claims it."""
    seen = {note.names.official.casefold()} if note.names.official else set()

    def fresh(names: tuple[str, ...]) -> tuple[str, ...]:
        kept = tuple(name for name in names if name.casefold() not in seen)
        seen.update(name.casefold() for name in kept)
        return tuple(
            {name.casefold(): name for name in reversed(kept)}[key] for key in dict.fromkeys(n.casefold() for n in kept)
        )

    return replace(
        note,
        names=replace(
            note.names,
            short=fresh(note.names.short),
            former=fresh(note.names.former),
            also=fresh(note.names.also),
        ),
    )


def same_statement_once(note: Note) -> Note:
    """The same words twice in one section become one statement with the citations of both."""

    def merge(section: Section) -> Section:
        kept: dict[tuple[str, str], Statement] = {}
        for position, statement in enumerate(section.statements):
            key = (
                (statement.text, "")
                if statement.block == "bullet" and not statement.depth
                else (statement.text, str(position))
            )
            if key in kept:
                citations = tuple(sorted({*kept[key].citations, *statement.citations}))
                kept[key] = replace(kept[key], citations=citations)
            else:
                kept[key] = statement
        return replace(section, statements=tuple(kept.values()))

    return replace(note, sections=tuple(merge(s) for s in note.sections))


def no_empty_sections(note: Note) -> Note:
    """A heading with nothing under it goes."""
    parents = {s.parent for s in note.sections if s.level == 3 and s.statements}
    return replace(
        note,
        sections=tuple(
            s for s in note.sections if s.level == 1 or s.statements or (s.level == 2 and s.title in parents)
        ),
    )


def sections_in_order(note: Note) -> Note:
    """Sections stand in the fixed order, each with its H3 sections behind it."""
    rank = {title: position for position, title in enumerate(SECTIONS)}

    def place(section: Section) -> int:
        return -1 if section.level == 1 else rank.get(section.parent or section.title, len(SECTIONS))

    return replace(note, sections=tuple(sorted(note.sections, key=place)))


def asked_in_order(note: Note) -> Note:
    """Phrases stand in the order of the facts and sections they ask for."""
    keys = ["lead", *(f.id for f in note.facts), *(s.anchor for s in note.sections)]
    rank = {key: position for position, key in reversed(list(enumerate(keys)))}
    return replace(note, asked=tuple(sorted(note.asked, key=lambda pair: rank.get(pair[0], len(keys)))))


RULES: tuple[tuple[str, Rule], ...] = (
    ("plain-punctuation", plain_punctuation),
    ("closing-stop", closing_stop),
    ("quantities", quantities),
    ("history-newest-first", history_newest_first),
    ("names-once", names_once),
    ("same-statement-once", same_statement_once),
    ("no-empty-sections", no_empty_sections),
    ("sections-in-order", sections_in_order),
    ("asked-in-order", asked_in_order),
)


def normalise(note: Note) -> Note:
    """Apply every rule in order; applying them twice changes nothing."""
    for _, rule in RULES:
        note = rule(note)
    return note


def _each_statement(note: Note, change: Callable[[Statement], Statement]) -> Note:
    return replace(
        note,
        sections=tuple(
            replace(s, statements=tuple(change(statement) for statement in s.statements)) for s in note.sections
        ),
    )
