"""Pages that list: categories, A to Z, topics; and the pages of other modules, all in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote_plus

from kb.api.conflict import Conflict
from kb.facts.comparison import Cell, Comparison, Row, Table, fill
from kb.merge.accepted import Accepted
from kb.notes.fact import slug
from kb.notes.note import CATEGORIES, Note, category_title
from kb.notes.source import spoken_date
from kb.site.facts import changes_page, conflicts_page, contributions, limits_page, source_page, sources_page
from kb.site.graph import graph_page
from kb.site.pages import Library
from kb.site.text import Linker, address, by_title, cell, inline, page_of, raw, safe

HOME = """---
hide: [navigation, toc]
---

# Notes, looked up

<!-- kb search -->

<!-- kb browse -->
"""
"""The home page of a base that has none."""
_FORM = (
    '<form class="kb-ask" role="search" aria-label="The notes"><label for="kb-ask">Search the notes</label>'
    '<input id="kb-ask" name="q" type="search" placeholder="Service, limit, error, question" '
    'autocapitalize="off" autocomplete="off" spellcheck="false" required><button type="submit">Search</button></form>'
)
_SEARCH = re.compile(r"<!-- kb search(?:: ([^\n]*?))? -->")
_ANY = "Every property that two of them record, side by side; each value with its date and sources."
_NO_SCRIPT = (
    '<p class="kb-none">Choosing needs JavaScript. The <a href="../">comparisons that are prepared</a> do without; '
    "in the terminal: <code>kb compare sqs sns kinesis</code></p>"
)


def list_pages(
    library: Library, conflicts: Iterable[Conflict] | None = (), accepted: Iterable[Accepted] = ()
) -> dict[str, str]:
    """Return every page that is not a note and not written by hand, by its path without .md."""
    pages = {
        "services/index": _services(library),
        "a-z": _a_to_z(library),
        "sources/index": sources_page(library),
        "changes": changes_page(library),
        "conflicts": conflicts_page(library, conflicts, accepted),
        "graph": graph_page(library),
        "limits": limits_page(library),
        "compare/index": _comparisons(library),
        "compare/any": any_page(library),
        **{f"compare/{one.id}": comparison_page(one, library) for one in library.comparisons.values()},
    }
    if any(note.kind == "topic" for note in library.notes.values()):
        pages["topics/index"] = _topics(library)
    for category in categories(library.notes.values()):
        pages[f"categories/{category}"] = _category(category, library)
    contributed = contributions(library)
    for source in library.sources.values():
        pages[f"sources/{source.id}"] = source_page(source, library, contributed[source.id])
    return pages


def home_page(markdown: str, library: Library) -> str:
    """Return the text of the home page with its marks filled in: `<!-- kb search: a | b -->` and `<!-- kb browse -->`."""
    markdown = _SEARCH.sub(lambda match: _search(match.group(1) or "", library), markdown)
    return markdown.replace("<!-- kb browse -->", "\n".join(_browse(library)))


def _search(examples: str, library: Library) -> str:
    """Return what the notes hold, a search form, and examples to click."""
    notes = library.notes.values()
    checked = [fact.checked.date for note in notes for fact in note.facts if fact.checked]
    counts = [(sum(note.kind == kind for note in notes), f"{kind}s") for kind in ("service", "topic", "page")]
    held = " and ".join(f"{count} {kind}" for count, kind in counts if count)
    facts = f"{sum(len(note.facts) for note in notes):,} dated facts about {held}"
    last = f"; {len(checked):,} of them checked, the last on {spoken_date(max(checked))}" if checked else ""
    links = " ".join(
        f'<a href="?q={quote_plus(text)}">{escape(text)}</a>' for text in map(str.strip, examples.split("|")) if text
    )
    return "\n".join(
        [
            _FORM,
            "",
            *([f'<p class="kb-examples"><span>For example</span> {links}</p>', ""] if links else []),
            f'<p class="kb-held">{facts}{last}.</p>',
            "",
        ]
    )


def _browse(library: Library) -> list[str]:
    """Return the categories with how many notes each holds, as links."""
    lines = [
        f"- [{category_title(category)}](categories/{category}/)&nbsp;{len(_in(category, library))}"
        for category in categories(library.notes.values())
    ]
    return ["## By category", "", *lines, ""] if lines else []


def categories(notes: Iterable[Note]) -> list[str]:
    """Return the categories that hold a service, in the fixed order, then those of the base's own."""
    used = {note.category for note in notes if note.kind == "service"}
    return [category for category in CATEGORIES if category in used] + sorted(used - CATEGORIES.keys())


def comparison_page(comparison: Comparison, library: Library) -> str:
    """Return a comparison: what to decide by, then the table, every cell dated and cited."""
    page = f"compare/{comparison.id}"
    linker = Linker(page, library.notes, library.sources, library.mentions)
    table = fill(comparison, library.notes, library.sources)
    lines = [f"# {safe(comparison.title)}", "", f'<p class="kb-summary">{raw(comparison.summary)}</p>', ""]
    if comparison.decision:
        lines += [safe(comparison.decision), ""]
    lines += [_table(table, page, library, linker), ""]
    ids = [column.note for column in table.columns]
    if len(set(ids)) == len(ids) and not any(column.scope for column in table.columns):
        lines += [f'<p><a href="../any/?services={",".join(ids)}">Add or leave out services</a></p>', ""]
    return "\n".join([*lines, "## Sources", "", *linker.source_list(), ""])


def _table(table: Table, page: str, library: Library, linker: Linker) -> str:
    """Return the table as HTML on one line; `compare.js` adds what hides, sorts and downloads."""
    heads = "".join(
        f'<th scope="col" data-id="{escape(c.note + (f":{c.scope}" if c.scope else ""))}">'
        f'<a href="{address(page, page_of(library.notes[c.note]))}">{raw(c.title)}</a></th>'
        for c in table.columns
    )
    rows = "".join(_row(row, page, library, linker) for row in table.rows)
    return (
        f'<div class="kb-compare" data-name="{escape(table.id)}" data-title="{raw(table.title)}"><div class="kb-tools"></div><p class="kb-told" role="status"></p>'
        f'<div class="kb-frame" role="region" tabindex="0" aria-label="{raw(table.title)}"><table class="kb-table kb-comparison">'
        f'<thead><tr><th scope="col">Property</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div></div>'
    )


def _row(row: Row, page: str, library: Library, linker: Linker) -> str:
    cells = "".join(_cell(found, page, library, linker) for found in row.cells)
    return f'<tr data-id="{escape(row.id)}"><th scope="row">{raw(row.label)}</th>{cells}</tr>'


def _cell(found: Cell | None, page: str, library: Library, linker: Linker) -> str:
    if found is None:
        return '<td><span class="kb-gap">not recorded</span></td>'
    target = address(page, page_of(library.notes[found.note]), found.anchor)
    detail = f'<span class="kb-detail">{inline(found.detail)}</span>' if found.detail else ""
    facts = {"as-of": found.as_of, "checked": found.checked, "sources": " ".join(found.sources)}
    data = "".join(f' data-{name}="{escape(text)}"' for name, text in facts.items() if text)
    return (
        f'<td{data} data-fact="{escape(f"{found.note}#{found.anchor}")}"><span class="kb-value">{inline(found.value)}</span>'
        f'{linker.citations(found.sources)}{detail}<a class="kb-date" href="{target}">{_dated(found.as_of, found.checked)}</a></td>'
    )


def _dated(as_of: str, checked: str) -> str:
    return f"checked {as_of}" if checked else f"as of {as_of}"


def _comparisons(library: Library) -> str:
    lines = ["# Comparisons", "", "Services side by side; every cell is a fact with its date and source.", ""]
    lines += ["[Compare any services](any/): choose them yourself.", ""]
    lines += [f"- [{cell(c.title)}]({c.id}/): {cell(c.summary)}" for c in library.comparisons.values()]
    return "\n".join([*lines, "" if library.comparisons else "None prepared yet.", ""])


def any_page(library: Library) -> str:
    """Return the page on which one chooses services to compare; the browser fills it from the API's notes."""
    notes = [note for note in library.notes.values() if note.facts]
    options = "".join(f'<option value="{raw(note.title)}" {_names(note)}></option>' for note in notes)
    lines = [
        "# Compare any services",
        "",
        f'<p class="kb-summary">{_ANY}</p>',
        "",
        f"<noscript>{_NO_SCRIPT}</noscript>",
        "",
    ]
    form = (
        '<form class="kb-pick"><label for="kb-pick-name">Service</label><input id="kb-pick-name" list="kb-pick-names" '
        'autocomplete="off" autocapitalize="off" spellcheck="false" placeholder="SQS, Lambda ..." disabled>'
        f'<datalist id="kb-pick-names">{options}</datalist><button type="submit" disabled>Add</button></form>'
    )
    rest = (
        '<ul class="kb-picked" aria-label="Chosen services"></ul><p class="kb-told" role="status"></p>'
        '<div class="kb-tools"></div><div class="kb-any-table"></div>'
    )
    return "\n".join(
        [*lines, f'<div class="kb-compare kb-any" data-base="../../" data-title="Comparison">{form}{rest}</div>', ""]
    )


def _names(note: Note) -> str:
    """Return what else a service may be typed as."""
    return f'data-id="{escape(note.id)}" data-names="{raw("|".join((note.id, *note.names.every())).lower())}"'


def _services(library: Library) -> str:
    lines = [
        "# Services",
        "",
        f"{sum(n.kind == 'service' for n in library.notes.values())} notes; [A to Z](../a-z/).",
        "",
    ]
    for category in categories(library.notes.values()):
        lines += [
            f"## [{category_title(category)}](../categories/{category}/)",
            "",
            *_entries("services/index", _in(category, library)),
            "",
        ]
    return "\n".join(lines)


def _category(category: str, library: Library) -> str:
    tables = [
        c
        for c in library.comparisons.values()
        if any(library.notes[k.note].category == category for k in c.columns if k.note in library.notes)
    ]
    lines = [f"# {category_title(category)}", "", *_entries(f"categories/{category}", _in(category, library)), ""]
    if tables:
        lines += [
            "## Comparisons",
            "",
            *(f"- [{cell(c.title)}](../../compare/{c.id}/): {cell(c.summary)}" for c in tables),
            "",
        ]
    return "\n".join(lines)


def _topics(library: Library) -> str:
    topics = [note for note in library.notes.values() if note.kind == "topic"]
    return "\n".join(["# Topics", "", "What belongs to no one service.", "", *_entries("topics/index", topics), ""])


def _a_to_z(library: Library) -> str:
    """Every name of every note, so that whatever one calls a service leads to it."""
    named: dict[str, list[tuple[str, Note]]] = {}
    for note in library.notes.values():
        for name in dict.fromkeys((note.title, *note.names.every())):
            short = name.removeprefix("Amazon ").removeprefix("AWS ") or name
            letter = short[0].upper() if short[0].isalpha() else "0-9"
            named.setdefault(letter, []).append((short, note))
    letters = "".join(f'<a href="#{slug(letter)}">{letter}</a>' for letter in sorted(named))
    lines = ["# A to Z", "", f'<nav class="kb-letters" aria-label="Letters">{letters}</nav>', ""]
    for letter in sorted(named):
        lines += [f"## {letter}", ""]
        for short, id in sorted({(s, n.id) for s, n in named[letter]}, key=lambda pair: (pair[0].casefold(), pair[1])):
            target = library.notes[id]
            lines.append(
                f"- [{cell(short)}]({address('a-z', page_of(target))})"
                + ("" if short == target.title else f" - {cell(target.title)}")
            )
        lines.append("")
    return "\n".join(lines)


def _in(category: str, library: Library) -> list[Note]:
    return [note for note in library.notes.values() if note.kind == "service" and note.category == category]


def _entries(page: str, notes: Iterable[Note]) -> list[str]:
    folder = page.removesuffix("/index")
    return [
        f"- **[{cell(note.title)}]({address(folder, page_of(note))})**{_state(note)}"
        f'<span class="kb-entry">{cell(note.summary)}</span>'
        for note in sorted(notes, key=by_title)
    ]


def _state(note: Note) -> str:
    state = note.status.state
    return "" if state == "current" else f'<span class="kb-state">{state.replace("-", " ")}</span>'
