"""Print what a search found. No click, no rich: a search should cost little more than starting Python."""

from __future__ import annotations

import sys

from kb.base import KnowledgeBase
from kb.cli import output
from kb.cli.output import BOLD, CYAN, DIM, GREEN, YELLOW, style
from kb.errors import IndexMissing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kb.search.hit import Hit, Result


def run_search(
    base: str | None,
    words: list[str],
    *,
    limit: int = 10,
    service: tuple[str, ...] = (),
    category: tuple[str, ...] = (),
    kind: tuple[str, ...] = (),
    as_json: bool = False,
    explain: bool = False,
    semantic: bool = False,
    no_semantic: bool = False,
) -> int:
    """Search and print; returns the exit status: 0 found, 1 nothing found."""
    kb = KnowledgeBase(base)
    query = " ".join(words)
    meant = semantic or (False if no_semantic else None)
    try:
        result = kb.search(query, limit, service, category, kind, semantic=meant)
    except IndexMissing:
        if not kb.base:
            raise
        _first_build(kb)
        kb.forget()
        result = kb.search(query, limit, service, category, kind, semantic=meant)
    if changed := kb.stale():
        sys.stderr.write(f"kb: {changed} notes changed since the index was built; run: {kb.command('kb index')}\n")
    if as_json:
        import json

        from kb.api.shapes import result_shape

        output.page(json.dumps(result_shape(result, explain), ensure_ascii=False, indent=2))
    elif result.hits:
        output.page("\n".join(_lines(result, kb.docs, explain)))
    for value in result.ignored:
        field, _, name = value.partition(":")
        sys.stderr.write(f"kb: no {field} is called {name!r}\n")
    if not result.hits:
        _nothing(kb, query)
    return 0 if result.hits else 1


def _first_build(kb: KnowledgeBase) -> None:
    """Build the index of a folder that is searched for the first time."""
    from kb.cli.index import Progress

    sys.stderr.write(f"kb: indexing {kb.docs} for the first time\n")
    with Progress(not sys.stderr.isatty()) as progress:
        stats = kb.build(step=progress.step)
    sys.stderr.write(f"kb: {stats.notes:,} notes, {stats.units:,} units, kept in {kb.index}\n")


def _lines(result: Result, docs: str, explain: bool) -> list[str]:
    columns = output.width()
    lines: list[str] = []
    hits = list(result.hits)
    if result.corrected:
        lines += [f"Showing results for {style(result.corrected, BOLD)}", ""]
    if result.answer:
        lines += [*_answer(result.answer, columns, explain), ""]
        hits = hits[1:]
    for hit in hits:
        lines += _entry(hit, docs, columns, explain)
    if result.comparison:
        lines += ["", f"Side by side: kb compare {' '.join(result.comparison)}"]
    shown = len(result.hits)
    if result.total > shown:
        lines += ["", style(f"{shown} of {result.total} hits; --limit shows more", DIM)]
    return lines


def _answer(hit: Hit, columns: int, explain: bool) -> list[str]:
    label, _, rest = hit.text.partition(f": {hit.value}")
    kind, _, rest = rest.partition(".") if rest.startswith(" (") else ("", "", rest)
    lines = output.wrap(f"{label}: {hit.value}{kind}", "", columns)
    head = [style(line, BOLD, GREEN) for line in lines]
    body = output.wrap(rest.strip(" ."), "  ", columns)
    origin = output.wrap(f"{hit.title} | {dated(hit)} | {hit.id}", "  ", columns)
    return [*head, *body, *(style(line, DIM) for line in origin), *_parts(hit, explain)]


def _entry(hit: Hit, docs: str, columns: int, explain: bool) -> list[str]:
    heading = hit.title if hit.kind == "note" else f"{hit.title} > {hit.heading}"
    address = f"file://{docs}/{hit.url.partition('#')[0].rstrip('/')}.md"
    colour = YELLOW if hit.kind == "fact" else CYAN
    text = (
        hit.text.partition(": ")[2] if hit.kind == "fact" and hit.text.startswith(f"{hit.heading}: ") else hit.snippet
    )
    origin = output.wrap(f"{dated(hit)} | {hit.id}", "  ", columns)
    return [
        *(output.link(style(line, BOLD, colour), address) for line in output.wrap(heading, "", columns)),
        *output.wrap(text, "  ", columns),
        *(style(line, DIM) for line in origin),
        *_parts(hit, explain),
    ]


def _parts(hit: Hit, explain: bool) -> list[str]:
    if not explain:
        return []
    parts = ", ".join(f"{name} {part:+.2f}" for name, part in hit.parts.items())
    return [style(f"  score {hit.score:.2f} = {parts}", DIM)]


def dated(hit: Hit) -> str:
    """Return when and by whom a hit is vouched for."""
    sources = ", ".join(hit.sources)
    if not hit.as_of:
        return sources or "no date"
    when = (
        f"checked against {hit.checked}, {hit.as_of}"
        if hit.checked
        else f"as of {hit.as_of}, not checked"
        if hit.kind == "fact"
        else f"as of {hit.as_of}"
    )
    return f"{when} | {sources}" if sources else when


def _nothing(kb: KnowledgeBase, query: str) -> None:
    """Say that nothing was found, and what comes near."""
    from kb.index.analyse import chunks, content
    from kb.links.resolve import nearest

    if not query.strip():
        sys.stderr.write("kb: what to search for? For example: kb search sqs message size\n")
        return
    shown = query if len(query) <= 80 else query[:77] + "..."
    sys.stderr.write(f"nothing found for {shown!r}\n")
    names = kb.searcher.name_texts()
    tries = [query[:80], *(group[0] for group in content(chunks(query[:1000]))[:8])]
    near = list(dict.fromkeys(name for text in tries for name in nearest(text, names)))
    if near:
        sys.stderr.write(f"nearest names: {', '.join(near[:5])}\n")
    else:
        sys.stderr.write("kb list shows every note\n")
