"""The site as a folder that works from disk, to be carried about: pages, scripts and search without any server."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from importlib.resources import files as package_files
from pathlib import Path

from kb.errors import InputError
from kb.publish.headers import in_head, without_policy
from kb.publish.modules import classic
from kb.publish.offline import MANIFEST, WORKER, kept_files

RUNTIME = "assets/kb/portable.js"
_FOLDER_LINK = re.compile(
    r'(<(?:a|form|link)\b[^>]*?\s(?:href|action)=")((?:\.{1,2}/?|[\w.%~-]+/)(?:[\w.%~-]+/|\.\./?)*)([?#][^"]*)?(?=")'
)
_HAS_NO_SLASH = re.compile(r"(?:^|/)\.{1,2}$")
_MODULE = re.compile(r'<script\b([^>]*?)\ssrc="([^"]+)"([^>]*)>')
_IS_MODULE = re.compile(r"""\btype=["']?module\b""")
_APP_LINK = re.compile(r'\s*<link\b[^>]*\srel="?manifest\b[^>]*>')
_STOCK_SEARCH = re.compile(r'"search": "[^"]*assets/javascripts/workers/')
_TEXT = (".json", ".md", ".csv", ".txt")


def make_portable(site: Path) -> int:
    """Change a built site so that it works from disk as well as from a host; return how many pages it has.

    Raises:
        InputError: a script of the site is written in a way that cannot be run from disk.
    """
    if _STOCK_SEARCH.search((site / "index.html").read_text(encoding="utf-8")):
        raise InputError(
            str(site), "Material's own search cannot run from disk: leave out 'search: stock' in mkdocs.yml"
        )
    fetched = [name for name in kept_files(site) if name.endswith((*_TEXT, ".bin"))]
    for name in fetched:
        _write_file(site, name)
    scripts = sorted(
        path
        for path in (site / "assets/kb").rglob("*.js")
        if path != site / RUNTIME and not path.name.endswith(".file.js")
    )
    runtime = (package_files("kb.publish") / "worker" / "portable.js").read_text(encoding="utf-8")
    (site / RUNTIME).write_text(runtime + classic(site, scripts), encoding="utf-8")
    index = site / "search" / "search_index.json"
    if index.is_file():  # from disk Material wants it as a script
        (site / "search" / "search_index.js").write_text(
            f"var __index = {index.read_text(encoding='utf-8')}", encoding="utf-8"
        )
    for name in (
        WORKER,
        MANIFEST,
        "404.html",
        "_headers",
        "_headers.nginx",
        "_headers.cloudfront.json",
        "sitemap.xml.gz",
    ):
        (site / name).unlink(missing_ok=True)
    pages = sorted(site.rglob("*.html"))
    for page in pages:
        root = "../" * (len(page.relative_to(site).parts) - 1)
        page.write_bytes(portable_page(page.read_bytes().decode(), root).encode())
    return len(pages)


def portable_page(page: str, root: str) -> str:
    """Return a page whose links lead to files, and whose modules are run by portable.js; `root` leads to the home page."""

    def to_file(match: re.Match[str]) -> str:
        before, folder, rest = match.groups()
        slash = "/" if _HAS_NO_SLASH.search(folder) else ""
        return f"{before}{folder}{slash}index.html{rest or ''}"

    def handed_over(match: re.Match[str]) -> str:
        before, address, after = match.groups()
        return f'<script data-kb-module="{address}">' if _IS_MODULE.search(before + after) else match.group()

    page = _APP_LINK.sub("", without_policy(page))
    page = _MODULE.sub(handed_over, _FOLDER_LINK.sub(to_file, page))
    runtime = f'<script src="{root}{RUNTIME}"></script>'
    return page if runtime in page else in_head(page, f"\n{runtime}")


def _write_file(site: Path, name: str) -> None:
    """Put a file beside itself as a script; bytes, which nobody reads as a file, in its place."""
    path = site / name
    data = path.read_bytes()
    if path.suffix in _TEXT:
        content = f"{json.dumps(name)},{json.dumps(data.decode(), ensure_ascii=False)}"
    else:
        content = f"{json.dumps(name)},{json.dumps(b64encode(data).decode())},true"
        path.unlink()
    path.with_name(f"{path.name}.file.js").write_text(f"kb.file({content})\n", encoding="utf-8")
