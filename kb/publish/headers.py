"""Headers a host sends with the site: a strict Content-Security-Policy, and how long a browser may keep what.

Every page carries the policy too, for hosts where no header can be set. The only inline scripts it permits are those of the
theme, by their hash: they are taken from 404.html, where nothing of a note stands, so that a script which got into a page in
another way is neither permitted nor published.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

from kb.errors import InputError

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
"""What a page may load; the hashes of the theme's scripts are added to script-src, frame-ancestors to the header."""
SECURITY = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every file, beside the policy."""
OPEN = ("/api/", "/assets/kb/search/")
"""What pages of other sites may read: the API and the search."""
KEPT = re.compile(
    r"/(?:assets/(?:javascripts|stylesheets)/(?:.*/)?|api/v1/search/)[^/]*[.-][0-9a-f]{8}(?:-\d+)?(?:\.min)?\.(?:js|css|bin|json)(?:\.map)?$"
)
"""Addresses with a hash of the content in them: a browser never needs to ask for them again."""
FOREVER = "public, max-age=31536000, immutable"
ASK = "no-cache"
_META = '<meta http-equiv="Content-Security-Policy" content="{}">'
_OLD_META = re.compile(r'\n?<meta http-equiv="Content-Security-Policy"[^>]*>')
_CHARSET = re.compile(r'<meta charset="?utf-8"?\s*/?>', re.I)
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.S | re.I)
_DATA = re.compile(r"""(?:^|\s)type=["']?application/(?:ld\+)?json\b""", re.I)
_ELSEWHERE = re.compile(r"(?:^|\s)src\s*=", re.I)
_BASE = re.compile(r'new URL\("(?!//)[\w./~%-]*",\s*location\)')
_SUSPECT = re.compile(r"<style\b|[\s\"'/](?:style|on[a-z]+)\s*=", re.I)


def write_headers(site: Path, *, strict: bool = True) -> str:
    """Put the policy into every page and write the headers for hosts to the site's folder; return the policy.

    Raises:
        InputError: a page holds a script or style that the policy refuses, and `strict` is set.
    """
    own = {_anywhere(script) for script in _scripts(_read(site / "404.html"))}
    pages = {page: _read(page) for page in sorted(site.rglob("*.html"))}
    permitted: set[str] = set()
    refused: list[str] = []
    for page, text in pages.items():
        for script in _scripts(text):
            if _anywhere(script) in own:
                permitted.add(script)
            else:
                refused.append(f"{page.relative_to(site)}: an inline script: {' '.join(script.split())[:80]}")
        refused += [f"{page.relative_to(site)}: {what}" for what in _styles(text)]
    if refused and strict:
        raise InputError(str(site), "the site's policy refuses\n  " + "\n  ".join(refused[:20]))
    policy = _policy(permitted)
    meta = "\n" + _META.format(policy)
    for page, text in pages.items():
        page.write_bytes(in_head(text, meta).encode())
    _write_hosts(site, f"{policy}; frame-ancestors 'none'")
    return policy


def in_head(page: str, text: str) -> str:
    """Return a page with a text in its head, after what says how it is encoded."""
    found = _CHARSET.search(page) or re.search("<head[^>]*>", page)
    return page[: found.end()] + text + page[found.end() :] if found else page


def without_policy(page: str) -> str:
    """Return a page without the policy that `write_headers` put in."""
    return _OLD_META.sub("", page)


def _policy(scripts: Iterable[str]) -> str:
    hashes = sorted(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
    rules = POLICY | {"script-src": " ".join([POLICY["script-src"], *hashes])}
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _read(page: Path) -> str:
    return without_policy(page.read_bytes().decode()) if page.is_file() else ""


def _scripts(page: str) -> Iterator[str]:
    """Yield the inline scripts of a page; data is none."""
    for attributes, text in _SCRIPT.findall(page):
        if text.strip() and not _DATA.search(attributes) and not _ELSEWHERE.search(attributes):
            yield text


def _anywhere(script: str) -> str:
    """Return a script as it stands in any folder: the theme writes the way to the home page into one."""
    return _BASE.sub("", script)


def _styles(page: str) -> list[str]:
    """Return the inline styles and event handlers of a page."""
    if not _SUSPECT.search(_SCRIPT.sub("", page)):
        return []
    found = _Inline()
    found.feed(page)
    return found.found


class _Inline(HTMLParser):
    """Finds what the policy refuses beside scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "style":
            self.found.append("a style element")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.found.append(f"<{tag} {name}={str(value)[:60]!r}>")


def _write_hosts(site: Path, policy: str) -> None:
    """Write the headers for Netlify and Cloudflare Pages, for nginx and for CloudFront."""
    addresses = sorted(f"/{path.relative_to(site).as_posix()}" for path in site.rglob("*") if path.is_file())
    always = {"Content-Security-Policy": policy, **SECURITY}
    rules = [("/*", always), *((f"{place}*", {"Access-Control-Allow-Origin": "*"}) for place in OPEN)]
    rules += [(pattern, {"Cache-Control": FOREVER}) for pattern in _patterns(addresses)]
    lines = [f"{path}\n" + "".join(f"  {name}: {value}\n" for name, value in found.items()) for path, found in rules]
    (site / "_headers").write_text("\n".join(lines), encoding="utf-8")
    (site / "_headers.nginx").write_text(_nginx(policy), encoding="utf-8")
    (site / "_headers.cloudfront.json").write_text(json.dumps(_cloudfront(policy), indent=1) + "\n", encoding="utf-8")


def _patterns(addresses: list[str]) -> list[str]:
    """Return patterns with one star, at the end, that hold all addresses to keep and no other."""
    patterns = {
        re.sub(r"[0-9a-f]{8}(?:-\d+)?(?:\.min)?\.[\w.]+$", "*", address)
        for address in addresses
        if KEPT.search(address)
    }
    others = [address for address in addresses if not KEPT.search(address)]
    return sorted(p for p in patterns if not any(address.startswith(p[:-1]) for address in others))


def _nginx(policy: str) -> str:
    kept = KEPT.pattern.replace("(?:", "(")
    return "\n".join(
        [
            "# Included in the http block; the server block adds the headers, see docs/publishing.md.",
            f'map $uri $kb_policy {{ default "{policy}"; }}',
            f'map $uri $kb_cache {{ "~{kept}" "{FOREVER}"; default "{ASK}"; }}',
            f'map $uri $kb_origin {{ "~^({"|".join(OPEN)})" "*"; default ""; }}',
            "",
        ]
    )


def _cloudfront(policy: str) -> dict[str, object]:
    """Return a response headers policy; CloudFront has fields of its own for what it knows."""
    known = ("Referrer-Policy", "Strict-Transport-Security", "X-Content-Type-Options")
    others = [
        {"Header": name, "Value": value, "Override": True} for name, value in SECURITY.items() if name not in known
    ]
    return {
        "Name": "kb",
        "Comment": "Security headers of the kb site",
        "SecurityHeadersConfig": {
            "ContentSecurityPolicy": {"Override": True, "ContentSecurityPolicy": policy},
            "ContentTypeOptions": {"Override": True},
            "ReferrerPolicy": {"Override": True, "ReferrerPolicy": SECURITY["Referrer-Policy"]},
            "StrictTransportSecurity": {"Override": True, "AccessControlMaxAgeSec": 31536000},
        },
        "CustomHeadersConfig": {"Quantity": len(others), "Items": others},
        "CorsConfig": {
            "AccessControlAllowOrigins": {"Quantity": 1, "Items": ["*"]},
            "AccessControlAllowHeaders": {"Quantity": 1, "Items": ["*"]},
            "AccessControlAllowMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
            "AccessControlAllowCredentials": False,
            "OriginOverride": True,
        },
    }
