"""Walk a folder for Markdown files; light, because a search asks whether any of them changed."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = (".md", ".markdown", ".mdx")
SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})


def markdown_below(root: str) -> Iterator[os.DirEntry[str]]:
    """Yield each Markdown file below a folder, in a fixed order; hidden folders and links are left out."""
    try:
        entries = sorted(os.scandir(root), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name[0] != "." and entry.name.lower().endswith(SUFFIXES) and entry.is_file(follow_symlinks=False):
            yield entry
    for entry in entries:
        if entry.name[0] not in "._" and entry.name not in SKIPPED and entry.is_dir(follow_symlinks=False):
            yield from markdown_below(entry.path)
