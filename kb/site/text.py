"""Make Markdown of notes safe and linked for a page: untrusted text in, Markdown for Python-Markdown out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html import escape
from posixpath import relpath

from markdown_it import MarkdownIt

from kb.index.unit import plain
from kb.links.link import Mentions, link_text
from kb.notes.note import Note, Statement
from kb.notes.source import Source

_CODE = r"(?<!`)(?P<ticks>`+)(?!`)(?P<code>[^\n]+?)(?<!`)(?P=ticks)(?!`)"
_SPAN = r"(?<!`)`[^`\n]+`(?!`)"
_TARGET = r"(?:[^()\s<>\"'`\\]|\([^()\s<>\"'`\\]*\))*"
_PIECES = re.compile(
    rf"\\(?P<escaped>[!-/:-@\[-`{{-~])|{_CODE}|(?P<written>\[\[[^\[\]`]*\]\])"
    rf"|(?P<image>!)?\[(?P<text>(?:[^\[\]`]|{_SPAN})*)\]\((?P<target>{_TARGET})(?:\s[^()`]*)?\)"
    r"|(?P<mark>[&<>`\[\]]|!(?=\S)|\{(?=[:#%]))"
)
"""What of a text Markdown might read as more than words; all of it is met from left to right, so nothing hides in another."""
_DANGEROUS = "`[]<>&!{"
_SAFE_ADDRESS = re.compile(r"https?://|mailto:|[\w./#-]+$")


def address(from_page: str, to_page: str, anchor: str = "") -> str:
    """Return the relative address from one page ("services/sqs/") to another."""
    if from_page == to_page and anchor:
        return f"#{anchor}"
    path = relpath(to_page or ".", from_page or ".")
    return ("./" if path == "." else path + "/") + (f"#{anchor}" if anchor else "")


def safe(markdown: str) -> str:
    """Return Markdown in which code, emphasis, links between notes and links to the web are left, and nothing raw.

    Parsers differ in where code begins and what a bracket may mean. So none gets to choose: of backticks and brackets
    only those are left that stand for a whole span or link, and all others are written as entities.
    """
    return _PIECES.sub(_made_safe, markdown)


def _made_safe(match: re.Match[str]) -> str:
    if escaped := match["escaped"]:
        return _entity(escaped) if escaped in _DANGEROUS else match.group()
    if code := match["code"]:
        return _code(code, match)
    if written := match["written"]:
        return escape(written, quote=False)
    if (text := match["text"]) is not None:
        return _link(text, match["target"], is_image=bool(match["image"]))
    return _ENTITIES.get(match["mark"]) or _entity(match["mark"])


_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def _entity(character: str) -> str:
    return f"&#{ord(character)};"


def _code(code: str, match: re.Match[str]) -> str:
    """Return a code span that every parser reads as one: backticks inside stand as entities, in an element."""
    if "`" in code or "\\" in (match.string[match.start() - 1 : match.start()], code[0]):
        code = code[1:-1] if code[0] == code[-1] == " " and code.strip() else code
        return f"<code>{''.join(c if c.isalnum() or c == ' ' else _entity(c) for c in code)}</code>"
    return f"`{code}`"


def _link(text: str, target: str, *, is_image: bool) -> str:
    if is_image or not _SAFE_ADDRESS.match(target):
        return safe(text)
    target = target.replace("(", "%28").replace(")", "%29").replace("&", "&amp;")
    return f"[{safe(text)}]({target})"


def cell(text: str) -> str:
    """Return text that can stand in a cell of a Markdown table."""
    return safe(text).replace("|", "&#124;").replace("\n", " ")


def raw(text: str) -> str:
    """Return text for the inside of an HTML element, where Markdown is not looked at."""
    return escape(plain(text).replace("\n", " "))


def inline(text: str) -> str:
    """Return one line of Markdown as HTML for the inside of an element: code, emphasis and safe links, nothing raw."""
    return str(_renderer().renderInline(" ".join(text.split())))


def fenced(text: str, info: str = "", indent: str = "") -> list[str]:
    """Return code as lines between fences that nothing in it can close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [
        f"{indent}{fence}{info if info.isalnum() else ''}",
        *(indent + line for line in text.split("\n")),
        indent + fence,
    ]


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
