"""The MkDocs plugin: hands the pages over and sets the navigation; everything else is in pages and lists."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from mkdocs.config.base import Config
from mkdocs.config.config_options import Choice, ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from kb.api.conflict import Conflict
from kb.base import KnowledgeBase
from kb.locate import find_base
from kb.site.box import empty_index, with_worker
from kb.site.tree import (
    ASSETS,
    about_pages,
    asset_files,
    front_matter,
    library_of,
    markdown_settings,
    navigation,
    site_pages,
    with_files,
)

log = get_plugin_logger("kb")


def _module(name: str) -> ExtraScriptValue:
    script = ExtraScriptValue(f"assets/kb/{name}")
    script.type = "module"
    return script


def _edit_template(address: str) -> str:
    if (
        not address.startswith(("https://", "http://"))
        or address.replace("{path}", "").count("{")
        or "{path}" not in address
    ):
        raise ConfigurationError(f"KB_EDIT_URL: expected an address with {{path}} in it, found {address!r}")
    return address


class Options(Config):  # type: ignore[no-untyped-call]  # MkDocs has no annotations there
    """What can be set under `kb` in mkdocs.yml."""

    search = Choice(("kb", "stock"), default="kb")
    """What answers in the search box: kb-search.js, or Material's own search."""


class KbPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """Turns a docs folder of notes into pages."""

    conflicts: Iterable[Conflict] | None = None
    """Statements that cannot both hold; None where nobody looked."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read the notes, set headings' addresses and the navigation."""
        kb = KnowledgeBase(config.docs_dir)
        self.library = library_of(kb)
        for problem in kb.problems:
            log.warning(str(problem))
        self.pages = site_pages(self.library, kb.root, self.conflicts)
        for name, options in markdown_settings().items():
            config.mdx_configs.setdefault(name, {}).update(options)
        config.extra_css = [*config.extra_css, *(f"assets/kb/{name}" for name in ASSETS if name.endswith(".css"))]
        config.extra_javascript = [
            *config.extra_javascript,
            *(_module(name) for name in ASSETS if name.endswith(".js")),
        ]
        templates = str(Path(find_base()[0]).parent / "overrides")
        if templates not in config.theme.dirs:  # those of a base itself come first
            config.theme.dirs.insert(int(bool(config.theme.custom_dir)), templates)
        if edit := os.environ.get("KB_EDIT_URL"):
            config.edit_uri_template = _edit_template(edit)
        if not config.nav:
            config.nav = navigation(self.library, about_pages(kb.root))
        return config

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Put every page and asset in the place of what docs holds under the same name."""
        for path, text in self.pages.items():
            made = File.generated(config, path, content=text)
            if old := files.get_file_from_path(path):
                files.remove(old)
                made.generated_by = None  # there is a file to edit
            files.append(made)
        for path, text in asset_files(self.library).items():
            files.append(File.generated(config, path, content=text))
        return files

    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Point links between pages at files, as MkDocs wants them, so that it checks them."""
        if page.file.src_uri not in self.pages:
            return markdown
        page.meta.update(front_matter(page.file.src_uri, self.library))
        return with_files(page.file.src_uri, markdown, self.pages)

    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        """Let our worker answer in the search box."""
        return self._searched(output, page.file.src_uri)

    def on_post_template(self, output_content: str, template_name: str, config: MkDocsConfig) -> str:
        """Do the same in pages that come from no Markdown: 404.html."""
        return self._searched(output_content, template_name) if template_name.endswith(".html") else output_content

    @event_priority(-100)  # after the search plugin, whose file it is
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Spare every visit the index of the search that is not used."""
        if self.config.search == "kb":
            empty_index(Path(config.site_dir))

    def _searched(self, html: str, name: str) -> str:
        if self.config.search == "stock":
            return html
        page = with_worker(html)
        if page is None:
            log.warning("%s: no search worker to take the place of; set 'search: stock' for the plugin kb", name)
        return page or html
