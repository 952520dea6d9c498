"""The tree of pages for any generator: Markdown files, links between files, navigation, settings.

MkDocs gets it from the plugin, in memory; Zensical, or what comes after it, from a folder that `write_pages` writes.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Container, Iterable
from html import escape
from importlib.resources import files as package_files
from pathlib import Path
from posixpath import dirname, join, normpath, relpath
from typing import Any

import yaml

from kb.api.conflict import Conflict
from kb.base import KnowledgeBase
from kb.errors import InputError
from kb.index.unit import plain
from kb.locate import find_base
from kb.merge.accepted import read_accepted
from kb.notes.fact import slug
from kb.notes.note import category_title
from kb.site.facts import data_files
from kb.site.lists import HOME, categories, home_page, list_pages
from kb.site.pages import Library, note_page

ASSETS = tuple(sorted(file.name for file in (package_files("kb.site") / "assets").iterdir() if file.is_file()))
"""Style sheets and modules that every page loads."""
SCRIPTS = tuple(sorted(file.name for file in (package_files("kb.site") / "assets" / "pages").iterdir()))
"""Modules that kb-pages.js loads where a page needs one."""
ABOUT = (
    ("Commands", "commands.md"),
    ("Importing notes", "importing.md"),
    ("API", "api.md"),
    ("Editors", "editors.md"),
    ("Exports", "exports.md"),
    ("Note format", "note-format.md"),
    ("Architecture", "architecture.md"),
    ("Performance", "performance.md"),
    ("Publishing", "publishing.md"),
    ("Contributing", "contributing.md"),
)
SETTINGS = "mkdocs.yml"
_RELATIVE = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]*)/(#[^)]*)?\)")


def slugify(title: str, separator: str) -> str:  # noqa: ARG001 - Python-Markdown passes both
    """Return the address of a heading; the signature is Python-Markdown's."""
    return slug(title)


def library_of(kb: KnowledgeBase) -> Library:
    """Return everything pages are made from."""
    return Library(dict(sorted(kb.folder.notes.items())), kb.folder.sources, kb.comparisons)


def site_pages(library: Library, docs: Path, conflicts: Iterable[Conflict] | None = None) -> dict[str, str]:
    """Return every page that is made from notes, by the path of its file; links are addresses of the site."""
    listed = list_pages(library, conflicts, read_accepted(docs).values())
    pages = {f"{path}.md": text for path, text in listed.items()}
    home = docs / "index.md"
    pages["index.md"] = home_page(home.read_text(encoding="utf-8") if home.is_file() else HOME, library)
    return pages | {note.path: note_page(note, library) for note in library.notes.values()}


def asset_files(library: Library) -> dict[str, str]:
    """Return every file that pages load or read, by its path in the site."""
    folder = package_files("kb.site") / "assets"
    names = (*ASSETS, *(f"pages/{name}" for name in SCRIPTS))
    return {f"assets/kb/{name}": (folder / name).read_text(encoding="utf-8") for name in names} | data_files(library)


def front_matter(path: str, library: Library) -> dict[str, Any]:
    """Return what the theme is told of a page beside its text."""
    meta: dict[str, Any] = {}
    note = library.notes.get(path.rpartition("/")[2].removesuffix(".md"))
    if note and note.path == path:
        meta["description"] = escape(plain(note.summary))  # the theme writes it into an attribute as it is
    if path.startswith(("compare/", "sources/")) or path == "limits.md":
        meta["hide"] = ["toc"]  # the room is for the table
    if path == "graph.md":
        meta["hide"] = ["navigation", "toc"]
    return meta


def with_files(path: str, markdown: str, pages: Container[str]) -> str:
    """Return Markdown in which links between pages lead to files, as generators want them, so that they check them."""

    def to_file(match: re.Match[str]) -> str:
        folder = path.removesuffix("index.md").removesuffix(".md").rstrip("/")
        target = normpath(join(folder, match.group(1)))
        file = f"{target}.md" if f"{target}.md" in pages else normpath(f"{target}/index.md")
        return f"]({relpath(file, dirname(path) or '.')}{match.group(2) or ''})"

    return _RELATIVE.sub(to_file, markdown)


def navigation(library: Library, about: list[Any]) -> list[Any]:
    """Return the navigation as lists of titles and files."""
    services: list[Any] = ["services/index.md"]
    for category in categories(library.notes.values()):
        notes = [note for note in library.notes.values() if note.kind == "service" and note.category == category]
        overview = {"Overview": f"categories/{category}.md"}
        services.append(
            {escape(category_title(category)): [overview, *({escape(note.title): note.path} for note in notes)]}
        )
    services.append({"A to Z": "a-z.md"})
    topics = [note.path for note in library.notes.values() if note.kind == "topic"]
    nav: list[Any] = [{"Home": "index.md"}, {"Services": services}]
    if topics:
        nav.append({"Topics": ["topics/index.md", *topics]})
    nav.append({"Compare": ["compare/index.md", "compare/any.md", *(c.path for c in library.comparisons.values())]})
    nav.append({"Explore": ["limits.md", "changes.md", "conflicts.md", "graph.md"]})
    nav.append({"Sources": ["sources/index.md", *(s.path for s in library.sources.values())]})
    return [*nav, {"About": about}] if about else nav


def about_pages(docs: Path) -> list[Any]:
    """Return the pages about kb itself that a base has, for the navigation."""
    return [{title: path} for title, path in ABOUT if (docs / path).is_file()]


def markdown_settings() -> dict[str, Any]:
    """Return the settings of Python-Markdown's extensions that pages count on."""
    return {
        "toc": {"slugify": slugify, "permalink": True, "toc_depth": 3},
        "tables": {"use_align_attribute": True},  # a style attribute is refused by the site's policy
    }


def write_pages(kb: KnowledgeBase, folder: Path) -> int:
    """Write the tree to a folder, with an mkdocs.yml that Zensical reads too; return how many pages it has.

    The folder is made anew, so what an earlier tree left is gone. Building it gives the pages; `finish_site` adds the rest.

    Raises:
        InputError: there is no mkdocs.yml to take the theme from, or the folder holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / SETTINGS).is_file():
        raise InputError(str(folder), "not empty, and no tree of pages; name a new folder")
    shutil.rmtree(folder, ignore_errors=True)
    settings = find_settings(kb)
    library = library_of(kb)
    pages = site_pages(library, kb.root)
    for source in sorted(kb.root.rglob("*")):
        name = source.relative_to(kb.root).as_posix()
        if source.is_file() and name not in pages and not any(part.startswith(".") for part in name.split("/")):
            _write(folder / "docs" / name, source.read_bytes())
    for path, text in pages.items():
        head = yaml.safe_dump(front_matter(path, library), allow_unicode=True, sort_keys=False, width=10**6)
        body = with_files(path, text, pages)
        _write(folder / "docs" / path, (f"---\n{head}---\n\n{body}" if head != "{}\n" else body).encode())
    for path, text in asset_files(library).items():
        _write(folder / "docs" / path, text.encode())
    given = yaml.safe_load(settings.read_text(encoding="utf-8"))
    if custom := given.get("theme", {}).get("custom_dir"):
        shutil.copytree(settings.parent / custom, folder / custom)
    made = _settings(given, navigation(library, about_pages(kb.root)))
    _write(folder / SETTINGS, yaml.dump(made, allow_unicode=True, sort_keys=False).encode())
    return sum(1 for _ in (folder / "docs").rglob("*.md"))


def find_settings(kb: KnowledgeBase) -> Path:
    """Return the mkdocs.yml of the base, or the one that comes with kb.

    Raises:
        InputError: there is none.
    """
    for folder in (kb.root.parent, kb.root, Path(find_base()[0]).parent):
        if (folder / SETTINGS).is_file():
            return folder / SETTINGS
    raise InputError(str(kb.root.parent), "no mkdocs.yml")


def _settings(given: dict[str, Any], nav: list[Any]) -> dict[str, Any]:
    """Return settings that say in words what the plugin does otherwise."""
    extensions = given.get("markdown_extensions", [])
    named: dict[str, Any] = {}
    for entry in extensions:
        named |= entry if isinstance(entry, dict) else {entry: {}}
    for name, options in markdown_settings().items():
        named[name] = {**(named.get(name) or {}), **options}
    scripts: list[Any] = [{"path": f"assets/kb/{name}", "type": "module"} for name in ASSETS if name.endswith(".js")]
    return given | {
        "docs_dir": "docs",
        "plugins": [
            one for one in given.get("plugins", []) if one != "kb" and not (isinstance(one, dict) and "kb" in one)
        ],
        "markdown_extensions": [{name: options} if options else name for name, options in named.items()],
        "extra_css": [*given.get("extra_css", []), *(f"assets/kb/{name}" for name in ASSETS if name.endswith(".css"))],
        "extra_javascript": [*given.get("extra_javascript", []), *scripts],
        "nav": given.get("nav") or nav,
    }


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
