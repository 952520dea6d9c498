"""A host as most are: below a folder of its address, it compresses text, sends the site's headers, and says what it sent."""

from __future__ import annotations

import gzip
import time
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

from tests.site.hosts import matches, rules_of

FOLDER = "/some/where/"
COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg")
HEADERS = 250
"""About so many bytes of headers come with each file."""


class Sent(BaseHTTPRequestHandler):
    """Sends one file."""

    server: Wire  # type: ignore[assignment]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        wire = self.server
        path = unquote(urlsplit(self.path).path)
        name = path.removeprefix(FOLDER)
        time.sleep(wire.slow.get(name, 0))
        body, kind = wire.file(name) if path.startswith(FOLDER) and name not in wire.lost else (None, "")
        wire.sent.append((name, HEADERS + len(body or b"")))
        self.send_response(200 if body is not None else 404)
        if kind.startswith(COMPRESSED):
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        for pattern, headers in wire.rules:
            for header, value in headers.items() if matches(pattern, f"/{name}") else ():
                self.send_header(header, value)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        pass


class Wire(ThreadingHTTPServer):
    """Serves a folder until it is stopped."""

    daemon_threads = True

    def __init__(self, site: Path) -> None:
        super().__init__(("127.0.0.1", 0), Sent)
        self.site = site
        self.sent: list[tuple[str, int]] = []
        """Names of files and bytes, in the order they were asked for."""
        self.lost: set[str] = set()
        """Names of files that are not found."""
        self.slow: dict[str, float] = {}
        """Seconds that a file takes."""
        self._files: dict[str, tuple[bytes | None, str]] = {}
        Thread(target=self.serve_forever, daemon=True).start()

    @cached_property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{FOLDER}"

    @cached_property
    def rules(self) -> list[tuple[str, dict[str, str]]]:
        return rules_of(self.site) if (self.site / "_headers").is_file() else []

    @property
    def bytes(self) -> int:
        return sum(size for _, size in self.sent)

    def file(self, name: str) -> tuple[bytes | None, str]:
        """Return a file as it is sent, and its type."""
        if name not in self._files:
            path = self.site / name
            path = path / "index.html" if path.is_dir() else path
            kind = guess_type(path.name)[0] or "application/octet-stream"
            body = path.read_bytes() if path.is_file() else None
            self._files[name] = (gzip.compress(body) if body and kind.startswith(COMPRESSED) else body, kind)
        return self._files[name]

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
