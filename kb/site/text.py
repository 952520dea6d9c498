"""Make Markdown of notes safe and linked for a page: untrusted text in, Markdown for Python-Markdown out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from posixpath import relpath

from markdown_it import MarkdownIt

from kb.index.unit import plain
from kb.links.link import Mentions, link_text
from kb.notes.note import Note, Statement
from kb.notes.source import Source

_CODE = re.compile(r"(`+)(?:(?!\1).)*?\1(?!`)", re.S)
_MARKDOWN_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
_SAFE_ADDRESS = re.compile(r"https?://|mailto:|[\w./#-]+$")


def address(from_page: str, to_page: str, anchor: str = "") -> str:
    """Return the relative address from one page ("services/sqs/") to another."""
    if from_page == to_page and anchor:
        return f"#{anchor}"
    path = relpath(to_page or ".", from_page or ".")
    return ("./" if path == "." else path + "/") + (f"#{anchor}" if anchor else "")


def safe(markdown: str) -> str:
    """Return Markdown in which no raw HTML, script address or attribute list is left."""
    return _outside_code(markdown, _escaped)


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _links_checked(text.replace("{:", "{&#58;").replace("{#", "{&#35;"))


def _links_checked(text: str) -> str:
    return _MARKDOWN_LINK.sub(_checked_link, text)


def _outside_code(markdown: str, change: Callable[[str], str]) -> str:
    parts: list[str] = []
    position = 0
    for match in [*_CODE.finditer(markdown), None]:
        parts.append(change(markdown[position : match.start() if match else len(markdown)]))
        if match:
            parts.append(match.group())
            position = match.end()
    return "".join(parts)


def _checked_link(match: re.Match[str]) -> str:
    image, text, target = match.groups()
    return text if image or not _SAFE_ADDRESS.match(target) else f"[{text}]({target})"


def cell(text: str) -> str:
    """Return text that can stand in a cell of a Markdown table."""
    return safe(text).replace("|", "&#124;").replace("\n", " ")


def raw(text: str) -> str:
    """Return text for the inside of an HTML element, where Markdown is not looked at."""
    return escape(plain(text).replace("\n", " "))


def inline(text: str) -> str:
    """Return one line of Markdown as HTML for the inside of an element: code, emphasis and safe links, nothing raw."""
    return str(_renderer().renderInline(_outside_code(" ".join(text.split()), _links_checked)))


@cache
def _renderer() -> MarkdownIt:
    """The renderer of fact values: it escapes HTML itself and follows no address that `safe` would not."""
    made = MarkdownIt("commonmark", {"html": False}).disable(["image", "autolink", "entity"])
    made.validateLink = lambda url: bool(_SAFE_ADDRESS.match(url))  # type: ignore[method-assign]
    return made


class Linker:
    """Writes statements of one note: links resolved, citations numbered, nothing raw."""

    def __init__(
        self, page: str, notes: Mapping[str, Note], sources: Mapping[str, Source], mentions: Mentions, self_id: str = ""
    ) -> None:
        self.page = page
        self.notes = notes
        self.sources = sources
        self.mentions = mentions
        self.self_id = self_id
        self.numbers: dict[str, int] = {}

    def target(self, note: str, anchor: str, text: str) -> str:
        """Return the link to a note, or its words when the note does not exist."""
        found = self.notes.get(note or self.self_id)
        if found is None:
            return text or note
        return f"[{text or cell(found.title)}]({address(self.page, page_of(found), anchor)})"

    def statement(self, statement: Statement, seen: set[str]) -> str:
        """Return a statement as Markdown with links and citations; `seen` are notes not to link again."""
        return link_text(safe(statement.text), seen, self.mentions, self.target) + self.citations(statement.citations)

    def citations(self, ids: tuple[str, ...]) -> str:
        """Return the citations as small numbers that lead to the list of sources."""
        links = []
        for id in ids:
            if id in self.sources:
                number = self.numbers.setdefault(id, len(self.numbers) + 1)
                links.append(
                    f'<a href="#source-{escape(id)}" title="{escape(self.sources[id].reference)}">{number}</a>'
                )
        return f'<sup class="kb-cite">{" ".join(links)}</sup>' if links else ""

    def source_list(self) -> list[str]:
        """Return the list of sources cited so far, as Markdown lines."""
        lines = []
        for id, number in self.numbers.items():
            link = f"[{cell(self.sources[id].reference)}]({address(self.page, f'sources/{id}')})"
            lines.append(f'{number}. <span id="source-{escape(id)}"></span>{link}')
        return lines


def page_of(note: Note) -> str:
    """Return the page of a note: "services/sqs"."""
    return note.path.removesuffix(".md")


def by_title(note: Note) -> tuple[str, str]:
    """Return what notes are listed by: the title without the name of its maker."""
    return note.title.removeprefix("Amazon ").removeprefix("AWS ").casefold(), note.id
