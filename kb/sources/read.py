"""Find raw files and read each with the reader that fits it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from kb.errors import InputError
from kb.notes.walk import SKIPPED
from kb.sources.decode import read_text
from kb.sources.outline import Outline

MARKDOWN = (".md", ".markdown", ".mdx")
HTML = (".html", ".htm", ".xhtml")
TEXT = (".txt", ".text")
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.I | re.S)
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:[\w#\s-].*\n|\s*\n)*?---[ \t]*\n")
_HEADING = re.compile(r"^#{1,6}[ \t]*[^\s#!].*$", re.M)
_FENCE = re.compile(r"^(?:```|~~~)", re.M)
_PASTED = re.compile(r"^\s*[•▪◦●■]", re.M)


def read_source_file(path: Path, source: str, relative: str) -> Outline:
    """Return what a raw file says: Markdown, a web page, or text pasted from one, told by its name and its look.

    Raises:
        InputError: it cannot be read as text, or is too large.
    """
    text, mended = read_text(path, relative)
    suffix = path.suffix.lower()
    if suffix in HTML or (suffix not in MARKDOWN and _PAGE.match(text[:4096])):
        from kb.sources.html import read_html

        return read_html(text, source, relative, mended)
    if suffix in MARKDOWN or looks_like_markdown(text):
        from kb.sources.markdown import read_markdown

        return read_markdown(text, source, relative, mended)
    from kb.sources.text import read_pasted

    return read_pasted(text, source, relative, mended)


def looks_like_markdown(text: str) -> bool:
    """Tell whether text that is not named so is Markdown: front matter, headings with #, or fences.

    An export of Anki has lines with # as well.
    """
    if text.startswith("#separator:") or len(_PASTED.findall(text, 0, 200_000)) > 5:
        return False
    if _FRONT_MATTER.match(text[:20_000]):
        return True
    return len(_HEADING.findall(text, 0, 200_000)) >= 2 or len(_FENCE.findall(text, 0, 200_000)) >= 2


def raw_files(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each raw file among paths and below folders, with its name relative to what was given, in a fixed order.

    Hidden files and links inside folders are left out, so that no loop of links is followed.

    Raises:
        InputError: a path does not exist, is a loop of links, or is neither a file nor a folder.
    """
    for path in paths:
        try:
            path.stat()
        except (OSError, ValueError) as error:
            reason = (
                "does not exist" if isinstance(error, FileNotFoundError) else getattr(error, "strerror", "") or error
            )
            raise InputError(str(path), str(reason)) from None
        if path.is_dir():
            yield from _below(path, "")
        elif path.is_file():
            yield path, path.name
        else:
            raise InputError(str(path), "is neither a file nor a folder")


def _below(folder: Path, prefix: str) -> Iterator[tuple[Path, str]]:
    """Yield the raw files of a folder, then those of the folders in it."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise InputError(str(folder), f"cannot be read: {error.strerror}") from None
    shown = [entry for entry in entries if not entry.name.startswith(".") and not entry.is_symlink()]
    for entry in shown:
        if entry.is_file() and entry.name.lower().endswith((*MARKDOWN, *HTML, *TEXT)):
            yield Path(entry.path), prefix + entry.name
    for entry in shown:
        if entry.is_dir() and entry.name not in SKIPPED:
            yield from _below(Path(entry.path), f"{prefix}{entry.name}/")
