"""A host of static files as Netlify and Cloudflare Pages are: it sends exactly what the site's _headers says."""

from __future__ import annotations

import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit


def rules_of(site: Path) -> list[tuple[str, dict[str, str]]]:
    """Read _headers: patterns with one star at the end, each with its headers."""
    rules: list[tuple[str, dict[str, str]]] = []
    for line in (site / "_headers").read_text(encoding="utf-8").split("\n"):
        if line.startswith("/"):
            rules.append((line, {}))
        elif line.strip():
            name, _, value = line.strip().partition(": ")
            rules[-1][1][name] = value
    return rules


def matches(pattern: str, address: str) -> bool:
    return address.startswith(pattern[:-1]) if pattern.endswith("*") else address == pattern


class Files(SimpleHTTPRequestHandler):
    """Files with the headers of the rules that match; says what was asked for, and can be slow."""

    server: Host  # type: ignore[assignment]

    def do_GET(self) -> None:
        address = urlsplit(self.path).path
        self.server.asked.append(address)
        if address in self.server.slow:
            time.sleep(self.server.slow[address])
        super().do_GET()

    def end_headers(self) -> None:
        address = urlsplit(self.path).path
        found = {"Cache-Control": "public, max-age=0, must-revalidate"}  # what these hosts send unless told otherwise
        for pattern, headers in self.server.rules:
            found |= headers if matches(pattern, address) else {}
        for name, value in found.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Host(ThreadingHTTPServer):
    """Serves a folder until it is stopped: then there is no network."""

    daemon_threads = True

    def __init__(self, site: Path, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), partial(Files, directory=str(site)))
        self.rules = rules_of(site) if (site / "_headers").is_file() else []
        self.asked: list[str] = []
        self.slow: dict[str, float] = {}
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.is_up = True
        Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away while it is answered is no error."""

    def stop(self) -> None:
        """Be gone."""
        if self.is_up:
            self.shutdown()
            self.server_close()
            self.is_up = False
