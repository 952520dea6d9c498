"""`kb serve`: preview the built site on this machine."""

from __future__ import annotations

import errno
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click

from kb.errors import InputError


@click.command("serve")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("site"))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    "-p",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
def command(folder: Path, host: str, port: int) -> int:
    """Serve the built site in FOLDER (see kb build) until interrupted."""
    if not (folder / "index.html").is_file():
        raise InputError(str(folder), "no built site here; run: kb build")
    try:
        server = PreviewServer((host, port), partial(Preview, directory=str(folder)))
    except OSError as error:
        reason = (
            f"port {port} is taken; choose another with --port"
            if error.errno == errno.EADDRINUSE
            else str(error.strerror)
        )
        raise InputError(f"{host}:{port}", reason) from None
    with server:
        click.echo(f"http://{host}:{server.server_port}/  (Ctrl+C stops it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("", err=True)
    return 0


class PreviewServer(ThreadingHTTPServer):
    """Serves only requests that name this machine, so that no web page can reach in through a foreign name."""

    daemon_threads = True

    def allowed(self, host: str) -> bool:
        """Return whether a Host header names the address listened on."""
        name = host.rsplit(":", 1)[0].strip("[]").lower()
        return name in ("127.0.0.1", "localhost", "::1", str(self.server_address[0]))


class Preview(SimpleHTTPRequestHandler):
    """Files of the site, never cached, so that a rebuild shows at once."""

    def do_GET(self) -> None:
        """Send a file."""
        if self._checked():
            super().do_GET()

    def do_HEAD(self) -> None:
        """Send the headers of a file."""
        if self._checked():
            super().do_HEAD()

    def _checked(self) -> bool:
        server = self.server
        if isinstance(server, PreviewServer) and server.allowed(self.headers.get("Host", "")):
            return True
        self.send_error(403, "this server answers to its own address only")
        return False

    def end_headers(self) -> None:
        """Forbid keeping what may change."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing per request."""
