"""Build the site with MkDocs."""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from kb.api.conflict import Conflict
from kb.api.write import write_api
from kb.base import KnowledgeBase
from kb.errors import IndexMissing, InputError, MissingExtra
from kb.publish.discovery import write_discovery
from kb.publish.headers import write_headers
from kb.publish.offline import write_icons, write_worker
from kb.site.bundle import bundle
from kb.site.tree import find_settings


def build_site(
    kb: KnowledgeBase,
    target: Path,
    *,
    strict: bool = True,
    conflicts: Sequence[Conflict] | None = None,
    address: str | None = None,
) -> int:
    """Write the site to a folder and return how many pages it has; `conflicts` are None where nobody looked for any.

    `address` is the full address the site will have; None takes `site_url` of mkdocs.yml.

    Raises:
        MissingExtra: MkDocs or Material is not installed.
        InputError: there is no mkdocs.yml, or the build failed.
    """
    if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("material") is None:
        raise MissingExtra("site", "building the site")
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort, ConfigurationError

    from kb.site.plugin import KbPlugin

    settings = find_settings(kb)
    known = {} if address is None else {"site_url": address}
    warnings = _Warnings(logging.WARNING)
    logging.getLogger("mkdocs").addHandler(warnings)
    try:
        config = load_config(str(settings), docs_dir=kb.docs, site_dir=str(target), strict=strict, **known)
        if isinstance(plugin := config.plugins.get("kb"), KbPlugin):
            plugin.conflicts = conflicts
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        config.plugins.on_shutdown()
    except (Abort, ConfigurationError) as error:
        raise InputError(
            str(settings), "\n  ".join([f"the site could not be built: {error}", *warnings.texts[:20]])
        ) from None
    finally:
        logging.getLogger("mkdocs").removeHandler(warnings)
    finish_site(kb, target, strict=strict, conflicts=conflicts)
    return sum(1 for _ in target.rglob("*.html"))


def finish_site(
    kb: KnowledgeBase, target: Path, *, strict: bool = True, conflicts: Sequence[Conflict] | None = None
) -> None:
    """Add what does not come from Markdown to pages that MkDocs or another generator built: API, search, headers, worker.

    Raises:
        InputError: a page holds an inline script or style, which the site's policy refuses, and `strict` is set.
    """
    write_api(kb, target, conflicts)
    _write_search(kb, target)
    write_icons(target)
    write_discovery(kb, target)
    write_headers(target, strict=strict)
    write_worker(target)  # last: it knows each file by a hash


def fresh_index(kb: KnowledgeBase) -> None:
    """Build the index of a base unless it is up to date."""
    from kb.errors import IndexUnusable

    try:
        if kb.stale():
            raise IndexMissing(kb.index, "it is not up to date")
    except IndexUnusable:
        kb.build()
        kb.forget()


def _write_search(kb: KnowledgeBase, target: Path) -> None:
    """Put kb-search.js and the shards it reads beside the pages: assets/kb/search/ and api/v1/search/."""
    from kb.site.shards import write_shards

    fresh_index(kb)
    write_shards(kb.searcher, target / "api" / "v1" / "search")
    modules = target / "assets" / "kb" / "search"
    modules.mkdir(parents=True, exist_ok=True)
    for file in sorted((Path(__file__).parent / "search").glob("*.*s*")):
        shutil.copyfile(file, modules / file.name)
    (modules / "bundle.js").write_text(bundle(Path(__file__).parent / "search", "box"), encoding="utf-8")


class _Warnings(logging.Handler):
    """Keeps what MkDocs warns of, to say why a strict build failed."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())
