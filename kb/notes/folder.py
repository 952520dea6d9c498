"""Read a folder of notes and sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.errors import InputError, NoteError
from kb.notes.frontmatter import ID
from kb.notes.note import Kind, Note
from kb.notes.page import page_files, read_page
from kb.notes.read import Reading, read_note, read_source
from kb.notes.source import Source
from kb.notes.walk import SUFFIXES

KINDS: tuple[tuple[str, Kind], ...] = (("services", "service"), ("topics", "topic"))
NoteFile = tuple[Path, str, Kind]
"""A file, its path relative to the root, and what kind of note it holds."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Folder:
    """What a docs folder holds: notes by id, sources by id, and the problems of the files that could not be read well."""

    root: Path
    notes: dict[str, Note]
    sources: dict[str, Source]
    problems: tuple[NoteError, ...]


def is_plain(root: Path) -> bool:
    """Tell whether a folder holds any Markdown, not kb's own notes: it has neither services/ nor topics/."""
    return not any((root / folder).is_dir() for folder, _ in KINDS)


def note_files(root: Path) -> Iterator[NoteFile]:
    """Yield each note file with its path relative to the root and its kind, in a fixed order."""
    if is_plain(root):
        for file, path in page_files(root):
            yield file, path, "page"
    for folder, kind in KINDS:
        for file in markdown_in(root, folder):
            yield file, f"{folder}/{file.name}", kind


def kind_at(root: Path, path: str) -> Kind:
    """Return what kind of note a relative path holds."""
    return "page" if is_plain(root) else "topic" if path.startswith("topics/") else "service"


def read_any(file: Path, path: str, kind: Kind) -> Reading:
    """Read a file as the kind of note it holds."""
    if kind == "page":
        return Reading(path, *read_page(file, path))
    return read_note(file, path, kind)


def markdown_in(root: Path, folder: str) -> list[Path]:
    """Return the Markdown files of a subfolder, sorted; links that lead out of the root are left out."""
    real = root.resolve()
    return [
        file
        for file in sorted((root / folder).glob("*.md"))
        if file.is_file() and file.resolve().is_relative_to(real) and file.name != "index.md"
    ]


def read_folder(root: Path, progress: Progress | None = None) -> Folder:
    """Read every note and source below a docs folder; one bad file never hides the others.

    Raises:
        InputError: the folder does not exist.
    """
    if not root.is_dir():
        raise InputError(str(root), "no such folder")
    sources, problems = read_sources(root)
    files = list(note_files(root))
    notes: dict[str, Note] = {}
    for position, (file, path, kind) in enumerate(files):
        reading = read_any(file, path, kind)
        problems += reading.problems
        if reading.note:
            notes.setdefault(reading.note.id, reading.note)
        if progress:
            progress(position + 1, len(files))
    return Folder(root, notes, sources, tuple(problems))


def read_sources(root: Path) -> tuple[dict[str, Source], list[NoteError]]:
    """Return every source below a docs folder by id, and what is wrong with their pages."""
    sources: dict[str, Source] = {}
    problems: list[NoteError] = []
    for file in markdown_in(root, "sources"):
        source, found = read_source(file, f"sources/{file.name}")
        problems += found
        if source:
            sources[source.id] = source
    return sources, problems


def find_note(root: Path, id: str) -> NoteFile | None:
    """Return the file of a note by its id, ready for read_any."""
    if is_plain(root):
        inside = not id.startswith("/") and ".." not in id.split("/") and "\0" not in id
        files = [root / f"{id}{suffix}" for suffix in SUFFIXES if inside and id]
        return next(((file, f"{id}{file.suffix}", "page") for file in files if file.is_file()), None)
    for folder, kind in KINDS if ID.fullmatch(id) else ():
        file = root / folder / f"{id}.md"
        if file.is_file():
            return file, f"{folder}/{file.name}", kind
    return None
