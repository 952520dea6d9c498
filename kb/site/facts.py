"""Pages of facts across notes: all limits, what changed, what contradicts, and what each source contributed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kb.api.conflict import Conflict, Side
from kb.facts.comparison import fact_date
from kb.merge.accepted import Accepted
from kb.notes.fact import Fact
from kb.notes.note import Note, category_title
from kb.notes.source import Source, spoken_date
from kb.site.pages import Library
from kb.site.text import Linker, address, by_title, cell, inline, page_of, raw, safe

LIMITS = {"limit": "hard limit", "quota": "can be raised", "default": "default"}
"""The kinds of facts that the page of all limits shows, and what it calls them."""
DATA = "assets/kb/data"
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]")
_TITLES = tuple("Service,Id,Limit,Holds for,Value,Detail,Kind,As of,Checked against,Sources,Page".split(","))
_NOT_LOOKED = "Not looked for when this site was built; in the terminal: `kb conflicts`, and `kb build --conflicts`."
_NONE_OPEN = "None open. What is settled stands as an earlier value of its fact."
STATES = {"renamed": "renamed", "closed-to-new-customers": "closed to new customers", "retired": "retired"}


def limits_page(library: Library) -> str:
    """Return the page of all limits: a filter over rows that the browser draws, and where to find them without it."""
    counts = Counter(note.id for note, _ in _limits(library))
    notes = sorted((library.notes[id] for id in counts), key=by_title)
    by_service = [f"- [{cell(n.title)}]({address('limits', page_of(n), 'limits')}): {counts[n.id]}" for n in notes]
    lines = [
        "# All limits",
        "",
        f'<p class="kb-summary">{sum(counts.values()):,} limits, quotas and defaults of {len(counts)} notes, each with its date.</p>',
        "",
    ]
    if not counts:
        return "\n".join([*lines, "None recorded yet.", ""])
    rows = (
        '<div class="kb-limits" data-base="../"><div class="kb-tools"></div><p class="kb-told" role="status"></p>'
        '<table class="kb-table kb-rows" role="table" aria-label="Limits"></table></div>'
    )
    files = "".join(f' <a href="../{DATA}/limits.{kind}" download>{kind.upper()}</a>' for kind in ("csv", "json"))
    below = [f'<p class="kb-files">All of them as a file:{files}</p>', "", "## By service", "", *by_service, ""]
    return "\n".join([*lines, rows, "", *below])


def limits_data(library: Library) -> dict[str, Any]:
    """Return all limits in columns, names once; what limits.js reads."""
    rows: list[list[Any]] = []
    notes: dict[str, list[str]] = {}
    against: dict[str, int] = {"": 0}
    for note, fact in _limits(library):
        if note.id not in notes:
            notes[note.id] = [note.id, note.title, category_title(note.category), page_of(note) + "/"]
        check = against.setdefault(fact.checked.against if fact.checked else "", len(against))
        anchor = fact.anchor.removeprefix("fact-")
        date = fact_date(fact, library.sources)
        place = list(notes).index(note.id)
        rows.append([place, anchor, fact.label, fact.scope, fact.value, fact.detail, list(LIMITS).index(fact.kind), date, check, list(fact.sources)])  # fmt: skip
    return {"kinds": list(LIMITS.values()), "notes": list(notes.values()), "against": list(against), "rows": rows}


def _limits(library: Library) -> Iterator[tuple[Note, Fact]]:
    for note in sorted(library.notes.values(), key=by_title):
        for fact in note.facts:
            if fact.kind in LIMITS:
                yield note, fact


def _limit_rows(library: Library) -> Iterator[tuple[str, ...]]:
    for note, fact in _limits(library):
        checked = fact.checked.against if fact.checked else ""
        date = fact_date(fact, library.sources)
        sources = " ".join(fact.sources)
        page = f"{page_of(note)}/#{fact.anchor}"
        yield (
            note.title,
            fact.id,
            fact.label,
            fact.scope,
            fact.value,
            fact.detail,
            LIMITS[fact.kind],
            date,
            checked,
            sources,
            page,
        )


def data_files(library: Library) -> dict[str, str]:
    """Return the files that these pages read beside the API, by their paths in the site."""
    return {
        f"{DATA}/limits.json": _json(limits_data(library)),
        f"{DATA}/limits.csv": csv_text([_TITLES, *_limit_rows(library)]),
        f"{DATA}/references.json": _json({source.id: source.reference for source in library.sources.values()}),
    }


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV that a spreadsheet takes for texts only: what could start a formula gets an apostrophe."""
    return "\ufeff" + "".join(",".join(_csv_cell(text) for text in row) + "\r\n" for row in rows)


def _csv_cell(text: str) -> str:
    guarded = f"'{text}" if _FORMULA.match(text) else text
    return '"' + guarded.replace('"', '""') + '"'


# What changed.


def changes_page(library: Library) -> str:
    """Return the timeline: services that were renamed, closed or retired, then values that sources gave otherwise."""
    linker = Linker("changes", library.notes, library.sources, library.mentions)
    changed = [(note, fact) for note in library.notes.values() for fact in note.facts if fact.history]
    states = [note for note in library.notes.values() if note.status.state != "current"]
    lines = [
        "# What changed",
        "",
        f'<p class="kb-summary">{len(states)} services that are not what they were, and {len(changed)} values that sources gave otherwise.</p>',
        "",
        "A source was right when it was written, and a value holds on the day it was checked. When it changed in between is not recorded.",
        "",
    ]
    if states:
        lines += ["## Services", "", *_states(states, linker), ""]
    if changed:
        lines += ["## Values", "", '<div class="kb-tools kb-sift" data-items=".kb-change"></div>', ""]
        years = sorted({_last_year(fact) for _, fact in changed}, reverse=True)
        for year in years:
            entries = [(note, fact) for note, fact in changed if _last_year(fact) == year]
            entries.sort(key=lambda pair: (by_title(pair[0]), pair[1].name.casefold()))
            items = "".join(_change(note, fact, library, linker) for note, fact in entries)
            lines += [f"### Changed after {year}", "", f'<ol class="kb-timeline">{items}</ol>', ""]
    if linker.numbers:
        lines += ["## Sources", "", *linker.source_list()]
    return "\n".join([*lines, ""])


def _last_year(fact: Fact) -> str:
    return max(earlier.as_of for earlier in fact.history)[:4]


def _states(notes: Sequence[Note], linker: Linker) -> list[str]:
    items = ""
    for note in sorted(notes, key=lambda n: (n.status.since, n.id), reverse=True):
        status = note.status
        instead = linker.notes.get(status.instead)
        use = (
            f'<a href="{address("changes", page_of(instead))}">{raw(instead.title)}</a>'
            if instead
            else raw(status.instead)
        )
        former = f"; formerly {raw(', '.join(note.names.former))}" if note.names.former else ""
        then = former if status.state == "renamed" else f"; instead: {use}" if use else ""
        detail = f" {inline(status.detail)}" if status.detail else ""
        items += (
            f'<li class="kb-ended"><time class="kb-when" datetime="{raw(status.since)}">{raw(spoken_date(status.since))}</time>'
            f'<span><a href="{address("changes", page_of(note))}">{raw(note.title)}</a> <strong>{STATES[status.state]}</strong>'
            f"{then}.{detail}</span></li>"
        )
    return [f'<ol class="kb-timeline">{items}</ol>']


def _change(note: Note, fact: Fact, library: Library, linker: Linker) -> str:
    """Return a fact with all its values, the oldest first."""
    steps = [
        _step("kb-was", earlier.value, spoken_date(earlier.as_of), linker.citations(earlier.sources))
        for earlier in sorted(fact.history, key=lambda earlier: earlier.as_of)
    ]
    date = fact_date(fact, library.sources)
    now = f"checked {date}" if fact.checked else f"as of {date}"
    steps.append(_step("kb-now", fact.value, now, linker.citations(fact.sources)))
    target = address("changes", page_of(note), fact.anchor)
    return (
        f'<li class="kb-change" data-group="{raw(category_title(note.category))}">'
        f'<a href="{target}">{raw(note.title)}: {raw(fact.name)}</a><ol class="kb-steps">{"".join(steps)}</ol></li>'
    )


def _step(kind: str, value: str, date: str, citations: str) -> str:
    return f'<li class="{kind}"><span class="kb-value">{inline(value)}</span> <span class="kb-date">{raw(date)}</span>{citations}</li>'


# Contradictions.


def conflicts_page(
    library: Library, conflicts: Iterable[Conflict] | None = (), accepted: Iterable[Accepted] = ()
) -> str:
    """Return the pairs of statements that cannot both hold, then those that somebody let stand; None: nobody looked."""
    linker = Linker("conflicts", library.notes, library.sources, library.mentions)
    opened = sorted(conflicts or (), key=lambda c: (c.a.note, c.a.anchor, c.b.note, c.b.anchor, c.a.text))
    stand = sorted(
        (one for one in accepted if one.kind == "conflict"), key=lambda one: (one.date, one.key), reverse=True
    )
    lines = [
        "# Open conflicts",
        "",
        '<p class="kb-summary">Pairs of statements of these notes that cannot both hold.</p>',
        "",
        _NOT_LOOKED if conflicts is None else f"{len(opened)} open." if opened else _NONE_OPEN,
        "",
    ]
    if opened:
        items = "".join(_conflict(conflict, library, linker) for conflict in opened)
        lines += [f'<ol class="kb-conflicts">{items}</ol>', ""]
    if stand:
        lines += [
            "## Looked at and let stand",
            "",
            "| One | Other | Why it stands | Since |",
            "| --- | --- | --- | --- |",
        ]
        lines += [
            f"| {_place(one.a, library)} | {_place(one.b, library)} | {cell(one.reason)} | {cell(one.date)} |"
            for one in stand
        ]
        lines.append("")
    lines += ["What sources once said otherwise: [what changed](../changes/).", ""]
    if linker.numbers:
        lines += ["## Sources", "", *linker.source_list(), ""]
    return "\n".join(lines)


def _conflict(conflict: Conflict, library: Library, linker: Linker) -> str:
    sides = "".join(_side(side, library, linker) for side in (conflict.a, conflict.b))
    return f'<li class="kb-conflict"><p class="kb-why">{raw(conflict.why)}</p><ul>{sides}</ul></li>'


def _side(side: Side, library: Library, linker: Linker) -> str:
    note = library.notes.get(side.note)
    title = raw(note.title if note else side.note)
    where = f'<a href="{address("conflicts", page_of(note), side.anchor)}">{title}</a>' if note else title
    date = f' <span class="kb-date">as of {raw(spoken_date(side.as_of))}</span>' if side.as_of else ""
    return f"<li>{where}: {inline(side.text)}{linker.citations(side.sources)}{date}</li>"


def _place(place: str, library: Library) -> str:
    """Return the address of a statement as a link to it, where it is one."""
    id, _, anchor = place.partition("#")
    note = library.notes.get(id)
    return (
        f"[{cell(note.title)}]({address('conflicts', page_of(note))})" + (f" ({cell(anchor)})" if anchor else "")
        if note
        else cell(place)
    )


# Sources.


@dataclass(slots=True)
class Contribution:
    """What a source contributed to a note."""

    facts: int = 0
    statements: int = 0
    earlier: int = 0
    """Values that it gave and that hold no more."""
    alone: int = 0
    """Facts and statements that rest on it alone."""

    def add(self, other: Contribution) -> None:
        """Count another one in."""
        self.facts += other.facts
        self.statements += other.statements
        self.earlier += other.earlier
        self.alone += other.alone


Contributions = dict[str, dict[str, Contribution]]


def contributions(library: Library) -> Contributions:
    """Return what each source contributed to each note that cites it."""
    found: Contributions = {id: {} for id in library.sources}
    for note in library.notes.values():
        for what, ids in _cited(note):
            for id in dict.fromkeys(ids):
                if id in found:
                    one = found[id].setdefault(note.id, Contribution())
                    setattr(one, what, getattr(one, what) + 1)
                    one.alone += what != "earlier" and len(ids) == 1
    return found


def _cited(note: Note) -> Iterator[tuple[str, tuple[str, ...]]]:
    for section in note.sections:
        for statement in section.statements:
            yield "statements", statement.citations
    for fact in note.facts:
        yield "facts", fact.sources
        for earlier in fact.history:
            yield "earlier", earlier.sources


def total(found: Iterable[Contribution]) -> Contribution:
    """Return the sum of contributions."""
    summed = Contribution()
    for one in found:
        summed.add(one)
    return summed


_COUNTS = ("Facts", "Statements", "Alone", "Earlier")
_COUNTED = "*Alone* counts what no other source says; *earlier* counts values that hold no more."


def sources_page(library: Library) -> str:
    """Return the overview of sources: who, when, under which licence, and what each contributed."""
    found = contributions(library)
    rows = []
    for source in sorted(library.sources.values(), key=lambda s: (s.kind != "notes", s.id)):
        link = f'<a href="{address("sources", f"sources/{source.id}")}">{raw(source.title)}</a>'
        texts = (raw(source.author), raw(_date(source)), raw(source.licence))
        rows.append((link, *texts, str(len(found[source.id])), *_counts(total(found[source.id].values()))))
    table = _table("Sources", ("Source", "Author", "Date", "Licence", "Notes", *_COUNTS), rows, 5)
    return "\n".join(["# Sources", "", f"Every statement cites one of these. {_COUNTED}", "", table, ""])


def source_page(source: Source, library: Library, found: dict[str, Contribution]) -> str:
    """Return the page of a source: what it is, and what it contributed to which note."""
    url = source.url if source.url.startswith("https://") and not set(source.url) & set('<>" ') else ""
    lines = [
        f"# {safe(source.title)}",
        "",
        safe(source.about),
        "",
        f"- Author: {cell(source.author)}",
        f"- Date: {_date(source)}",
        f"- Licence: {cell(source.licence)}",
        *([f"- Address: <{url}>"] if url else []),
        "",
        "## What it contributed",
        "",
    ]
    if not found:
        return "\n".join([*lines, "Nothing yet.", ""])
    rows = [
        (
            f'<a href="{address(f"sources/{source.id}", page_of(library.notes[id]))}">{raw(library.notes[id].title)}</a>',
            *_counts(one),
        )
        for id, one in sorted(found.items(), key=lambda pair: (-pair[1].facts - pair[1].statements, pair[0]))
    ]
    if len(rows) > 1:
        rows.append((f"All {len(found)} notes", *_counts(total(found.values()))))
    return "\n".join([*lines, _COUNTED, "", _table("What it contributed", ("Note", *_COUNTS), rows, 4), ""])


def _counts(one: Contribution) -> tuple[str, ...]:
    return str(one.facts), str(one.statements), str(one.alone), str(one.earlier)


def _table(name: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: int) -> str:
    """Return a table of HTML cells on one line, the last so many of each row numbers; the first is the row's head."""

    def line(cells: Sequence[str], tag: str) -> str:
        made = [f"<td>{text}</td>" if tag == "td" else f'<th scope="col">{text}</th>' for text in cells[:-numbers]]
        made += [
            f'<{tag} class="kb-number"{" scope=col" if tag == "th" else ""}>{text}</{tag}>' for text in cells[-numbers:]
        ]
        return "".join(made)

    body = "".join(f'<tr><th scope="row">{row[0]}</th>{line(row[1:], "td")}</tr>' for row in rows)
    return (
        f'<div class="kb-frame" role="region" tabindex="0" aria-label="{name}"><table class="kb-table"><thead><tr>'
        f"{line(heads, 'th')}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _date(source: Source) -> str:
    return {"estimated": "about ", "consulted": "consulted "}.get(source.dated, "") + spoken_date(source.date)
