"""`kb serve`: a preview for this machine only."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A server over a tiny site, as its own process."""
    (tmp_path / "index.html").write_text("<p>home</p>")
    command = [sys.executable, "-u", "-m", "kb", "serve", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = process.stdout.readline().split()[0]
        assert address.startswith("http://127.0.0.1:")
        yield int(address.rstrip("/").rsplit(":", 1)[1])
        process.terminate()


def answer(port: int, path: str, host: str | None = None, method: str = "GET") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers={"Host": host or f"127.0.0.1:{port}"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def test_it_serves_the_site(port: int) -> None:
    """Pages yes, what is not there no, nothing outside the folder, nothing but reading."""
    assert answer(port, "/") == (200, b"<p>home</p>")
    assert answer(port, "/nothing")[0] == 404
    assert answer(port, "/../../etc/passwd")[0] == 404
    assert answer(port, "/", method="POST")[0] == 501


def test_a_foreign_host_name_is_refused(port: int) -> None:
    """A web page elsewhere cannot read it by naming this machine its own way."""
    assert answer(port, "/", host="evil.example")[0] == 403
    assert answer(port, "/", host=f"localhost:{port}")[0] == 200


def test_a_taken_port_is_said(port: int, tmp_path: Path) -> None:
    """With what to do about it, exit status 2."""
    done = subprocess.run(
        [sys.executable, "-m", "kb", "serve", str(tmp_path), "--port", str(port)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "choose another with --port" in done.stderr
