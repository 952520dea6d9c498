"""Build the site with MkDocs."""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
from pathlib import Path

from kb.base import KnowledgeBase
from kb.errors import IndexMissing, InputError, MissingExtra
from kb.locate import find_base


def build_site(kb: KnowledgeBase, target: Path, *, strict: bool = True) -> int:
    """Write the site to a folder and return how many pages it has.

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

    settings = _settings(kb)
    warnings = _Warnings(logging.WARNING)
    logging.getLogger("mkdocs").addHandler(warnings)
    try:
        config = load_config(str(settings), docs_dir=kb.docs, site_dir=str(target), strict=strict)
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        config.plugins.on_shutdown()
    except (Abort, ConfigurationError) as error:
        raise InputError(
            str(settings), "\n  ".join([f"the site could not be built: {error}", *warnings.texts[:20]])
        ) from None
    finally:
        logging.getLogger("mkdocs").removeHandler(warnings)
    _write_search(kb, target)
    return sum(1 for _ in target.rglob("*.html"))


def _write_search(kb: KnowledgeBase, target: Path) -> None:
    """Put kb-search.js and the shards it reads beside the pages: assets/kb/search/ and api/v1/search/."""
    from kb.errors import IndexUnusable
    from kb.site.shards import write_shards

    try:
        if kb.stale():
            raise IndexMissing(kb.index, "it is not up to date")
    except IndexUnusable:
        kb.build()
        kb.forget()
    write_shards(kb.searcher, target / "api" / "v1" / "search")
    modules = target / "assets" / "kb" / "search"
    modules.mkdir(parents=True, exist_ok=True)
    for file in sorted((Path(__file__).parent / "search").glob("*.*s")):
        shutil.copyfile(file, modules / file.name)


class _Warnings(logging.Handler):
    """Keeps what MkDocs warns of, to say why a strict build failed."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def _settings(kb: KnowledgeBase) -> Path:
    """Return the mkdocs.yml of the base, or the one that comes with kb."""
    for folder in (kb.root.parent, kb.root, Path(find_base()[0]).parent):
        if (folder / "mkdocs.yml").is_file():
            return folder / "mkdocs.yml"
    raise InputError(str(kb.root.parent), "no mkdocs.yml")
