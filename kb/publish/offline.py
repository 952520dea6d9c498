"""Offline: a service worker that keeps the whole site, and what makes the site an app that can be installed."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from html import unescape
from importlib.resources import files as package_files
from pathlib import Path

from kb.publish.headers import KEPT

WORKER = "sw.js"
MANIFEST = "manifest.webmanifest"
ICONS = "assets/kb/icons"
COLOUR = "#ffffff"
_KINDS = frozenset(".html .css .js .json .bin .svg .png .webmanifest .md .csv .txt .woff2".split())
"""Endings of what a page loads or leads to; the rest is for downloading or for developers."""
_LEFT_OUT = re.compile(r"assets/javascripts/lunr/|(?:devdocs|docset)/|llms-full\.txt$|.*\.d\.ts$|_headers")
_API = re.compile(r"api/v1/([\w-]+)/")
_ATTRIBUTE = re.compile(rb"""=["'][^"'<>]*api/v1/([\w-]+)/""")
_SCRIPT = re.compile(rb"api/v1/([\w-]+)/")
_TITLE = re.compile(r"<title>([^<]*)</title>")
_DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)">')


def write_icons(site: Path) -> None:
    """Write the icons and the app manifest to a built site."""
    folder = site / ICONS
    folder.mkdir(parents=True, exist_ok=True)
    for icon in sorted((package_files("kb.publish") / "icons").iterdir(), key=lambda file: file.name):
        (folder / icon.name).write_bytes(icon.read_bytes())
    (site / MANIFEST).write_text(_json(_manifest(site)), encoding="utf-8")


def write_worker(site: Path) -> int:
    """Write the service worker to a built site; return how many files it will keep.

    To be called when nothing else of the site will change: the worker knows each file by its hash.
    """
    files = kept_files(site)
    data = {"kept": KEPT.pattern, "files": files}
    script = (package_files("kb.publish") / "worker" / WORKER).read_text(encoding="utf-8")
    (site / WORKER).write_text(f"const SITE = {_json(data)}{script}", encoding="utf-8")
    return len(files)


def kept_files(site: Path) -> dict[str, str]:
    """Return the addresses, relative to the site, that are kept offline, each with a hash of what stands there.

    Folders of the API with a file for each note or fact are kept only where a page or script of the site leads there.
    """
    content = {
        path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*")) if _is_kept(path)
    }
    asked = {found for name, data in content.items() for found in _asked(name, data)}
    files = {}
    for name, data in content.items():
        folder = _API.match(name)
        if not _LEFT_OUT.match(name) and (folder is None or folder.group(1).encode() in asked):
            files[re.sub(r"(^|/)index\.html$", r"\1", name)] = sha256(data).hexdigest()[:16]
    return files


def _is_kept(path: Path) -> bool:
    return path.suffix in _KINDS and path.name != WORKER and path.is_file()


def _asked(name: str, data: bytes) -> list[bytes]:
    """Return the folders of the API that a page or script asks for."""
    return (_ATTRIBUTE if name.endswith(".html") else _SCRIPT).findall(data) if name.endswith((".html", ".js")) else []


def _manifest(site: Path) -> dict[str, object]:
    """Return the app manifest, named as the home page is."""
    home = (site / "index.html").read_text(encoding="utf-8")
    title, description = (_text(pattern, home) for pattern in (_TITLE, _DESCRIPTION))

    def icon(name: str, size: str, purpose: str = "any") -> dict[str, str]:
        kind = "image/svg+xml" if name.endswith(".svg") else "image/png"
        return {"src": f"{ICONS}/{name}", "sizes": size, "type": kind, "purpose": purpose}

    return {
        "name": title or "kb",
        "short_name": title.split(" - ")[0][:12] or "kb",
        "description": description,
        "id": "./",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": COLOUR,
        "theme_color": COLOUR,
        "icons": [
            icon("icon-192.png", "192x192"),
            icon("icon-512.png", "512x512"),
            icon("icon-maskable-512.png", "512x512", "maskable"),
            icon("icon.svg", "any"),
        ],
    }


def _text(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    return unescape(found.group(1)).strip() if found else ""


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
