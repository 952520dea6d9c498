"""Read a Markdown file into a Note or a Source, with every problem it has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from kb.errors import NoteError, UnreadableNote
from kb.notes import frontmatter
from kb.notes.fact import KINDS, Check, Earlier, Fact, Kind
from kb.notes.frontmatter import Fields
from kb.notes.markdown import parse_body
from kb.notes.note import IDENTIFIER_KINDS, STATES, Names, Note, State, Status
from kb.notes.note import Kind as NoteKind
from kb.notes.source import DATED, SOURCE_KINDS, Source, SourceKind

MAX_FILE_BYTES = 4 * 1024 * 1024
NOTE_FIELDS = ("id", "title", "category", "summary", "names", "identifiers", "status", "facts", "asked")
FACT_FIELDS = ("id", "label", "kind", "value", "scope", "detail", "sources", "checked", "history", "binds")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one file: the note, when it can be used, and its problems."""

    path: str
    note: Note | None
    problems: tuple[NoteError, ...] = ()


def read_text(file: Path, path: str) -> str:
    """Return the text of a file.

    Raises:
        UnreadableNote: it cannot be opened, is too large, or is not UTF-8.
    """
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise UnreadableNote(path, 1, "file", f"at most {MAX_FILE_BYTES:,} bytes", f"{file.stat().st_size:,} bytes")
        raw = file.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise UnreadableNote(path, 1, "file", "a readable file", error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableNote(path, line, "file", "UTF-8 text", f"byte 0x{raw[error.start]:02x}") from None
    if "\0" in text:
        raise UnreadableNote(path, text[: text.index("\0")].count("\n") + 1, "file", "text", "a NUL byte")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_note(file: Path, path: str, kind: NoteKind = "service") -> Reading:
    """Read one note; `path` is how the file is named in problems and addresses."""
    try:
        text = read_text(file, path)
        return parse_note(text, path, kind)
    except UnreadableNote as error:
        return Reading(path, None, (error,))


def parse_note(text: str, path: str, kind: NoteKind = "service") -> Reading:
    """Read the text of a note.

    Raises:
        UnreadableNote: there is no front matter, or it is not safe YAML.
    """
    fields, body, first_line = _open(text, path)
    problems = fields.problems
    fields.only(*NOTE_FIELDS)
    sections, body_problems = parse_body(body, path, first_line)
    problems += body_problems
    note_id = fields.id("id", required=True)
    stem = Path(path).stem
    if note_id and note_id != stem:
        fields.problem("id", f"the file's name, {stem}", note_id)
    note = Note(
        id=note_id or stem,
        title=fields.text("title", required=True, longest=80) or stem,
        category=fields.id("category", required=True),
        summary=fields.text("summary", required=True, longest=140, like_what="one sentence, it is missing"),
        kind=kind,
        path=path,
        names=_names(fields.inner("names")),
        identifiers=_identifiers(fields.inner("identifiers")),
        status=_status(fields.inner("status")),
        facts=tuple(fact for item in fields.each("facts") if (fact := _fact(item))),
        asked=_asked(fields.inner("asked")),
        sections=sections,
        lines=tuple(fields.lines.items()),
    )
    return Reading(path, note, tuple(problems))


def read_source(file: Path, path: str) -> tuple[Source | None, tuple[NoteError, ...]]:
    """Read one source page."""
    try:
        fields, body, _ = _open(read_text(file, path), path)
    except UnreadableNote as error:
        return None, (error,)
    fields.only("id", "title", "author", "date", "dated", "licence", "kind", "url")
    source = Source(
        id=fields.id("id", required=True) or Path(path).stem,
        title=fields.text("title", required=True),
        author=fields.text("author", required=True),
        date=fields.date("date", required=True),
        dated=fields.text("dated", required=True, one_of=DATED),
        licence=fields.text("licence", required=True),
        kind=cast(SourceKind, fields.text("kind", required=True, one_of=SOURCE_KINDS) or "notes"),
        path=path,
        url=fields.text("url"),
        about=body.strip(),
    )
    if source.id != Path(path).stem:
        fields.problem("id", f"the file's name, {Path(path).stem}", source.id)
    return source, tuple(fields.problems)


def _open(text: str, path: str) -> tuple[Fields, str, int]:
    yaml_text, body, first_line = frontmatter.split(text)
    if yaml_text is None:
        raise UnreadableNote(path, 1, "front matter", "--- on the first line, fields, and a closing ---")
    data, lines = frontmatter.load(yaml_text, path)
    return Fields(path, data, lines, []), body, first_line


def _names(fields: Fields | None) -> Names:
    if fields is None:
        return Names()
    fields.only("official", "short", "also", "former")
    return Names(fields.text("official"), fields.texts("short"), fields.texts("also"), fields.texts("former"))


def _identifiers(fields: Fields | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if fields is None:
        return ()
    fields.only(*IDENTIFIER_KINDS)
    return tuple((kind, found) for kind in IDENTIFIER_KINDS if (found := fields.texts(kind)))


def _status(fields: Fields | None) -> Status:
    if fields is None:
        return Status()
    fields.only("state", "since", "instead", "detail")
    state = cast(State, fields.text("state", required=True, one_of=STATES) or "current")
    since = fields.date("since", required=state != "current")
    return Status(state, since, fields.text("instead"), fields.text("detail"))


def _asked(fields: Fields | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if fields is None:
        return ()
    return tuple((key, phrases) for key in fields.data if (phrases := fields.texts(key)))


def _fact(fields: Fields) -> Fact | None:
    fields.only(*FACT_FIELDS)
    fact_id = fields.id("id", required=True)
    label = fields.text("label", required=True, longest=80)
    value = fields.text("value", required=True, longest=120)
    kind = cast(Kind, fields.text("kind", required=True, one_of=KINDS))
    fact = Fact(
        id=fact_id,
        label=label,
        kind=kind or "property",
        value=value,
        sources=tuple(sorted(fields.texts("sources", required=True))),
        scope=fields.text("scope", longest=60),
        detail=fields.text("detail", longest=240),
        checked=_check(fields.inner("checked")),
        history=tuple(_earlier(item) for item in fields.each("history")),
        binds=_binds(fields.inner("binds")),
    )
    return fact if fact_id and value else None


def _check(fields: Fields | None) -> Check | None:
    if fields is None:
        return None
    fields.only("against", "at", "quote", "min", "max", "date")
    check = Check(
        against=fields.text("against", required=True),
        at=fields.text("at", required=True),
        date=fields.date("date", required=True),
        quote=fields.text("quote"),
        min=fields.text("min"),
        max=fields.text("max"),
    )
    if not (check.quote or check.min or check.max):
        fields.problem("quote", "a quote, a min or a max: what stands at the place")
    return check


def _earlier(fields: Fields) -> Earlier:
    fields.only("value", "as_of", "sources")
    return Earlier(
        fields.text("value", required=True, longest=120),
        fields.date("as_of", required=True),
        tuple(sorted(fields.texts("sources", required=True))),
    )


def _binds(fields: Fields | None) -> tuple[tuple[str, str], ...]:
    if fields is None:
        return ()
    fields.only(
        *("cloudformation", "terraform", "sam", "serverless", "boto3", "cdk"),
        *("min", "max", "step", "values", "also", "unit"),
    )
    return tuple((key, value) for key in fields.data if (value := fields.text(key)))
