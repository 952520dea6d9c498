"""Read any Markdown file as a note of kind "page": its headings are the sections, nothing is required of it.

Only the block structure is parsed; inline Markdown becomes running text by a few replacements, because a guide of
thousands of pages has to be read in seconds.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kb.errors import NoteError, UnreadableNote
from kb.notes import frontmatter
from kb.notes.fact import slug
from kb.notes.note import Block, Note, Section, Statement
from kb.notes.read import MAX_FILE_BYTES
from kb.notes.walk import markdown_below

_MARKDOWN = MarkdownIt("commonmark").enable("table").disable("inline")
_TAGS = "a abbr b blockquote br center code dd del details div dl dt em font h[1-6] hr i img ins kbd li ol p pre s script small span strong style sub summary sup table tbody td tfoot th thead tr u ul video".split()
_TAG = re.compile(rf"</?(?:{'|'.join(_TAGS)})(?:\s[^<>\n]*)?/?>|<!--.*?-->", re.I | re.S)
_NAME = re.compile(r"<a\s+(?:name|id)=[\"']([\w.-]+)[\"']\s*(?:/>|>\s*</a>)", re.I)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_MARKER = re.compile(r"^\s*(?:>\s*)*(?:[-*+\u2022]|\d{1,4}[.)])\s+(?:\[[ xX]\]\s+)?", re.M)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+[\"'][^)]*)?\)")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)")
_NUMBERED = re.compile(r"^\d+(?:[-_.]\d+)*[-_. ]+(?=\D)")
BLOCKS: dict[str, Block] = {"fence": "code", "code_block": "code", "table_open": "table", "html_block": "html"}


def page_files(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield each Markdown file below a folder with its relative path, in a fixed order; hidden folders and links are left out."""
    for entry in markdown_below(str(root)):
        file = Path(entry.path)
        yield file, file.relative_to(root).as_posix()


def read_page(file: Path, path: str) -> tuple[Note | None, tuple[NoteError, ...]]:
    """Read one page; bytes that are not UTF-8 are replaced and reported."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            found = f"{file.stat().st_size:,} bytes"
            return None, (UnreadableNote(path, 1, "file", f"at most {MAX_FILE_BYTES:,} bytes", found),)
        raw = file.read_bytes()
    except OSError as error:
        return None, (UnreadableNote(path, 1, "file", "a readable file", error.strerror or str(error)),)
    try:
        return parse_page(raw.decode("utf-8-sig"), path), ()
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problem = UnreadableNote(path, line, "file", "UTF-8 text", f"byte 0x{raw[error.start]:02x}")
        return parse_page(raw.decode("utf-8", "replace"), path), (problem,)


def parse_page(text: str, path: str) -> Note:
    """Return the text of any Markdown file as a note: title, lead, and a section per heading."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")
    yaml_text, body, first_line = frontmatter.split(text)
    sections = _sections(body, first_line)
    heading = (
        next((s.title for s in sections if s.title), "") if sections[0].title or not sections[0].statements else ""
    )
    title = stated_title(yaml_text) or heading or title_of(path)
    if sections[0].title in ("", title):  # what stands under the title is the lead
        lead = Section("", 1, "", sections[0].statements, sections[0].line)
        sections = [lead, *sections[1:]]
    else:
        sections = [Section("", 1, ""), *sections]
    folder, slash, _ = path.partition("/")
    category = folder if slash else ""
    return Note(os.path.splitext(path)[0], title, category, "", "page", path, sections=_addressed(sections))


def title_of(path: str) -> str:
    """Return a title from a file's name: "01-04_key-facts.md" -> "Key facts"; an index is called by its folder."""
    *folders, name = path.split("/")
    stem = os.path.splitext(name)[0]
    if stem.lower() in ("readme", "index", "_index") and folders:
        stem = folders[-1]
    bare = re.sub(r"[-_]+", " ", _NUMBERED.sub("", stem)).strip() or stem
    return bare[:1].upper() + bare[1:]


def plain(markdown: str) -> str:
    """Return lines of Markdown as running text: no tags, markers, link targets or escapes."""
    text = _LINK.sub(r"\1", _TAG.sub("", _MARKER.sub("", markdown)))
    return "\n".join(line.strip() for line in _ESCAPE.sub(r"\1", text).split("\n") if line.strip())


def _sections(body: str, first_line: int) -> list[Section]:
    """Cut a body at its headings; the first section has no title unless the body starts with a heading."""
    lines = body.split("\n")
    tokens = [t for t in _MARKDOWN.parse(body) if t.level == 0 and t.map or t.type == "inline" and t.level == 1]
    sections: list[Section] = []
    statements: list[Statement] = []
    title, level, line, anchor = "", 1, first_line, ""
    for token, following in zip_longest(tokens, tokens[1:]):
        start, end = token.map or (0, 0)
        if token.type == "heading_open" and following is not None:
            if title or statements:
                sections.append(Section(title, level, anchor, tuple(statements), line))
            statements = []
            name = _NAME.search(following.content)
            title, level, line = _title(following.content), int(token.tag[1]), first_line + start
            anchor = name.group(1) if name else ""
        elif token.type not in ("inline", "hr"):
            statements += _statement(token, lines[start:end], first_line + start)
    return [*sections, Section(title, level, anchor, tuple(statements), line)]


def _title(markdown: str) -> str:
    return " ".join(_EMPHASIS.sub("", plain(markdown)).split())


def _statement(token: Token, lines: list[str], line: int) -> list[Statement]:
    block = BLOCKS.get(token.type, "paragraph")
    text = token.content.rstrip("\n") if block == "code" else plain("\n".join(lines))
    return [Statement(text, (), block, line=line)] if text.strip() else []


def _addressed(sections: list[Section]) -> tuple[Section, ...]:
    """Return the sections with an address each, unique in the page, and the headings above them."""
    used: dict[str, int] = {}
    above: list[tuple[int, str]] = []
    found = [sections[0]]
    for section in sections[1:]:
        anchor = section.anchor or slug(section.title) or "section"
        used[anchor] = used.get(anchor, 0) + 1
        anchor = anchor if used[anchor] == 1 else f"{anchor}-{used[anchor] - 1}"
        level = max(section.level, 2)
        above = [entry for entry in above if entry[0] < level]
        parent = " > ".join(title for _, title in above)
        found.append(Section(section.title, level, anchor, section.statements, section.line, parent))
        above.append((level, section.title))
    return tuple(found)


def stated_title(yaml_text: str | None) -> str:
    """Return the title that front matter states, when it can be read."""
    if not yaml_text or "title" not in yaml_text or len(yaml_text) > frontmatter.MAX_BYTES:
        return ""
    try:
        data = yaml.safe_load(yaml_text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return ""
    title = data.get("title") if isinstance(data, dict) else None
    return " ".join(title.split()) if isinstance(title, str) else ""
