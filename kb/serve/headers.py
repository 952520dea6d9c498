"""Headers: the one list of what every response says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kb.publish.headers import ASK, FOREVER, SECURITY

POLICY = "Content-Security-Policy"
FRESH = ASK
"""Asked for anew each time, and answered with 304 when it is the same."""
FOR_GOOD = FOREVER
"""For names that hold the hash of their content."""
ALWAYS: Mapping[str, str] = {
    **{name: value for name, value in SECURITY.items() if name != "Strict-Transport-Security"},  # it is plain HTTP
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""On every response: nothing is guessed, framed, or read by another site."""
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""What data may load that is opened in a browser: nothing."""
PAGE_POLICY = "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
"""What pages may load of a site that came without a policy."""
DATA = ("application/json", "application/problem+json", "application/octet-stream", "text/markdown", "text/plain")


def headers_of(media: str) -> dict[str, str]:
    """Return the headers of a response by its media type; what it says itself goes before them."""
    return {**ALWAYS, POLICY: DATA_POLICY if media.startswith(DATA) else PAGE_POLICY, "Cache-Control": FRESH}


def site_policy(site: Path) -> str:
    """Return the policy that a built site came with, for every host to send."""
    try:
        lines = (site / "_headers").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return PAGE_POLICY
    found = (line.partition(f"{POLICY}:")[2].strip() for line in lines)
    return next(filter(None, found), PAGE_POLICY)
