"""The MkDocs plugin: hands the pages over and sets the navigation; everything else is in pages and lists."""

from __future__ import annotations

import re
from importlib.resources import files as package_files
from typing import Any

from mkdocs.config.base import Config
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from kb.base import KnowledgeBase
from kb.notes.fact import slug
from kb.notes.note import CATEGORIES
from kb.site.lists import categories, list_pages
from kb.site.pages import Library, note_page

log = get_plugin_logger("kb")
ASSETS = tuple(sorted(file.name for file in (package_files("kb.site") / "assets").iterdir() if file.is_file()))
"""Style sheets and modules that every page loads."""
ABOUT = (
    ("Commands", "commands.md"),
    ("Note format", "note-format.md"),
    ("Architecture", "architecture.md"),
    ("Performance", "performance.md"),
    ("Contributing", "contributing.md"),
)
_RELATIVE = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]*)/(#[^)]*)?\)")


def slugify(title: str, separator: str) -> str:  # noqa: ARG001 - Python-Markdown passes both
    """Return the address of a heading; the signature is Python-Markdown's."""
    return slug(title)


def _module(name: str) -> ExtraScriptValue:
    script = ExtraScriptValue(f"assets/kb/{name}")
    script.type = "module"
    return script


class NoOptions(Config):  # type: ignore[no-untyped-call]  # MkDocs has no annotations there
    """The plugin has no options."""


class KbPlugin(BasePlugin[NoOptions]):  # type: ignore[no-untyped-call]
    """Turns a docs folder of notes into pages."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read the notes, set headings' addresses and the navigation."""
        kb = KnowledgeBase(config.docs_dir)
        self.about = [{title: path} for title, path in ABOUT if (kb.root / path).is_file()]
        self.library = Library(dict(sorted(kb.folder.notes.items())), kb.folder.sources, kb.comparisons)
        for problem in kb.problems:
            log.warning(str(problem))
        self.pages = {f"{path}.md": text for path, text in list_pages(self.library).items()}
        self.pages |= {note.path: note_page(note, self.library) for note in self.library.notes.values()}
        toc = config.mdx_configs.setdefault("toc", {})
        toc.update({"slugify": slugify, "permalink": True, "toc_depth": 3})
        config.extra_css = [*config.extra_css, *(f"assets/kb/{name}" for name in ASSETS if name.endswith(".css"))]
        config.extra_javascript = [
            *config.extra_javascript,
            *(_module(name) for name in ASSETS if name.endswith(".js")),
        ]
        if not config.nav:
            config.nav = self._nav()
        return config

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Put every page and asset in the place of what docs holds under the same name."""
        for path, text in self.pages.items():
            if old := files.get_file_from_path(path):
                files.remove(old)
            files.append(File.generated(config, path, content=text))
        for name in ASSETS:
            content = (package_files("kb.site") / "assets" / name).read_text(encoding="utf-8")
            files.append(File.generated(config, f"assets/kb/{name}", content=content))
        return files

    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Point links between pages at files, as MkDocs wants them, so that it checks them."""
        if page.file.src_uri not in self.pages:
            return markdown
        note = self.library.notes.get(page.file.name)
        if note and note.path == page.file.src_uri:
            page.meta["description"] = note.summary
        if page.file.src_uri.startswith("compare/"):
            page.meta["hide"] = ["toc"]  # the room is for the table

        def to_file(match: re.Match[str]) -> str:
            return f"]({self._file(page.file.src_uri, match.group(1))}{match.group(2) or ''})"

        return _RELATIVE.sub(to_file, markdown)

    def _file(self, page: str, address: str) -> str:
        """Return the source file a relative address of a page leads to, relative to the page's file."""
        from posixpath import dirname, join, normpath, relpath

        folder = page.removesuffix("index.md").removesuffix(".md").rstrip("/")
        target = normpath(join(folder, address))
        file = f"{target}.md" if f"{target}.md" in self.pages else f"{target}/index.md"
        return relpath(file, dirname(page) or ".")

    def _nav(self) -> list[Any]:
        services: list[Any] = ["services/index.md"]
        for category in categories(self.library.notes.values()):
            notes = [n for n in self.library.notes.values() if n.kind == "service" and n.category == category]
            services.append(
                {CATEGORIES[category]: [{"Overview": f"categories/{category}.md"}, *({n.title: n.path} for n in notes)]}
            )
        services.append({"A to Z": "a-z.md"})
        topics = [note.path for note in self.library.notes.values() if note.kind == "topic"]
        nav: list[Any] = [{"Home": "index.md"}, {"Services": services}]
        if topics:
            nav.append({"Topics": ["topics/index.md", *topics]})
        nav.append({"Compare": ["compare/index.md", *(c.path for c in self.library.comparisons.values())]})
        nav.append({"Sources": ["sources/index.md", *(s.path for s in self.library.sources.values())]})
        if self.about:
            nav.append({"About": self.about})
        return nav
