"""Tables and Markdown for the terminal, by rich."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from kb.base import KnowledgeBase
from kb.cli import output
from kb.facts.comparison import Table as Comparison
from kb.notes.fact import KINDS, Fact


def rendered(parts: Iterable[object]) -> str:
    """Return Markdown texts and tables as terminal text, in colour where that is wanted."""
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=output.width(),
        force_terminal=output.coloured(),
        no_color=not output.coloured(),
        highlight=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(Markdown(part, hyperlinks=output.coloured()) if isinstance(part, str) else part)
        console.print()
    return "\n".join(line.rstrip() for line in buffer.getvalue().rstrip().split("\n")) + "\n"


def facts_table(kb: KnowledgeBase, facts: Iterable[Fact]) -> Table:
    """Return facts as a table: what, value, kind, date."""
    table = _table("Fact", "Value", "Kind", "Date")
    for fact in facts:
        table.add_row(*fact_row(kb, fact))
    return table


def fact_row(kb: KnowledgeBase, fact: Fact) -> tuple[str, str, str, str]:
    """Return the cells of a fact: name, value, kind, date."""
    date = kb.date_of(fact)
    value = f"{fact.value} ({fact.detail.rstrip('.')})" if fact.detail else fact.value
    return fact.name, value, fact.kind, f"{date} checked" if fact.checked else date


def fact_line(kb: KnowledgeBase, fact: Fact) -> str:
    """Return a fact as Markdown with everything that is known of it."""
    lines = [f"**{fact.name}: {fact.value}**" + (f" ({KINDS[fact.kind]})" if fact.kind != "property" else ""), ""]
    if fact.detail:
        lines += [fact.detail, ""]
    lines.append(f"- as of {kb.date_of(fact)}, sources: {', '.join(fact.sources)}")
    if fact.checked:
        check = fact.checked
        stands = (
            f'"{check.quote}"'
            if check.quote
            else " ".join(f"{k} {v}" for k, v in (("min", check.min), ("max", check.max)) if v)
        )
        lines.append(f"- checked against {check.against} on {check.date}: {check.at} says {stands}")
    lines += [f"- earlier: {e.value} ({e.as_of}; {', '.join(e.sources)})" for e in fact.history]
    return "\n".join(lines)


def comparison_table(comparison: Comparison) -> Table:
    """Return a comparison as a table; a gap says so."""
    table = _table("", *(column.title for column in comparison.columns))
    for row in comparison.rows:
        cells = ["not recorded" if cell is None else f"{cell.value} [{cell.as_of[:7]}]" for cell in row.cells]
        table.add_row(row.label, *cells)
    return table


def listed(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return rows as a table on a terminal, as lines of tab-separated values in a pipe."""
    if not output.on_terminal():
        return "".join("\t".join(row) + "\n" for row in rows)
    table = _table(*header)
    for row in rows:
        table.add_row(*row)
    return rendered([table])


def _table(*header: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD if output.on_terminal() else box.ASCII2, pad_edge=False, show_lines=False)
    for position, title in enumerate(header):
        table.add_column(title, style="bold" if position == 0 else "", overflow="fold")
    return table
