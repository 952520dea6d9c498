"""`kb serve` as a process: it starts, notices notes that change, builds the site, says what is wrong, and stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.serve.run import _bound
from tests.conftest import ROOT, Tree, serving
from tests.serve.client import Client

SQS = "docs/services/sqs.md"


def eventually(true: Callable[[], bool], seconds: float = 40) -> bool:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.2)
    return False


def failure(*options: str, base: Path) -> tuple[int, str]:
    """Exit status and words of a server that does not start."""
    command = [sys.executable, "-m", "kb", "--base", str(base), "serve", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


def test_a_changed_note_is_answered(vault: Path, tmp_path: Path) -> None:
    """By search and documents; a note that is broken meanwhile takes nothing else away."""
    note, said = vault / SQS, tmp_path / "said"
    with serving(vault, "--no-site", said=said) as address:
        client = Client(address)
        shards = client.ask("/api/v1/search/manifest.json").json
        note.write_text(note.read_text(encoding="utf-8").replace("14 days", "15 days"), encoding="utf-8")

        assert eventually(lambda: b"15 days" in client.ask("/api/v1/search?q=sqs+message+retention&limit=1").body)
        assert b"15 days" in client.ask("/api/v1/notes/sqs.json").body
        assert b"15 days" in client.ask("/api/v1/notes/sqs.md").body
        assert client.ask("/api/v1/search/manifest.json").json["texts"] != shards["texts"]
        assert client.ask(f"/api/v1/search/texts-{shards['texts'][:8]}.json").status == 200

        note.write_bytes(b"\xff")
        assert eventually(lambda: client.ask("/api/v1/notes/sqs.json").status == 404)
        assert client.ask("/api/v1/search?q=lambda").json["total"] > 0
        note.unlink()
        assert eventually(lambda: said.read_text(encoding="utf-8").count("notes changed") == 3)


@pytest.mark.timeout(300)
def test_the_site_is_built_once_and_again_when_a_note_changes(vault: Path, tmp_path: Path) -> None:
    """Into the user's cache: the second start takes it from there."""
    (vault / "docs/index.md").write_text("# Home\n", encoding="utf-8")
    first, second = tmp_path / "first", tmp_path / "second"
    with serving(vault, said=first) as address:
        client = Client(address)
        assert b"14 days" in client.ask("/services/sqs/").body
        assert client.ask("/api/v1/notes/sqs.json").status == 200
    assert "building the site" in first.read_text(encoding="utf-8")

    with serving(vault, said=second) as address:
        client = Client(address)
        assert b"14 days" in client.ask("/services/sqs/").body
        note = vault / SQS
        note.write_text(note.read_text(encoding="utf-8").replace("14 days", "15 days"), encoding="utf-8")
        assert eventually(lambda: b"15 days" in client.ask("/services/sqs/").body, 120)
    assert "building the site" not in second.read_text(encoding="utf-8")
    sites = list((Path(os.environ["XDG_CACHE_HOME"]) / "kb/sites").glob("*/*"))
    assert len([site for site in sites if (site / "index.html").is_file()]) == len(sites)


def test_conflicts_are_looked_for_where_asked(vault: Path) -> None:
    """It takes a while for many notes, so otherwise none are listed."""
    note = vault / SQS
    said = "- Long polling waits up to 20 seconds for a message"
    text = note.read_text(encoding="utf-8")
    note.write_text(
        text.replace(said, f"- Long polling waits up to 25 seconds for a message.[^models]\n{said}"), encoding="utf-8"
    )
    found = {}
    for options in ((), ("--conflicts",)):
        with serving(vault, "--no-site", *options) as address:
            found[options] = Client(address).ask("/api/v1/conflicts.json").json["conflicts"]

    assert found[()] == []
    assert {side["note"] for conflict in found[("--conflicts",)] for side in conflict["sides"]} == {"sqs"}


def test_an_answer_does_not_wait_for_its_second_half() -> None:
    """What asyncio goes by to turn Nagle's algorithm off."""
    with _bound("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_a_taken_port_is_said(address: str, indexed_vault: Path) -> None:
    """With what to do about it."""
    status, said = failure("--no-site", "--port", address.rsplit(":", 1)[1], base=indexed_vault)

    assert status == 2
    assert "choose another with --port" in said


def test_what_cannot_be_served_is_said(indexed_vault: Path, tmp_path: Path) -> None:
    """A folder without a site, an address of another machine, options that exclude each other."""
    assert failure("--site", str(tmp_path), base=indexed_vault) == (
        2,
        f"kb: {tmp_path}: no built site here; run: kb build -o {tmp_path}\n",
    )
    status, said = failure("--no-site", "--host", "203.0.113.7", base=indexed_vault)
    assert (status, "203.0.113.7:8000" in said) == (2, True)
    assert "exclude each other" in failure("--no-site", "--site", str(tmp_path), base=indexed_vault)[1]


def test_a_site_that_cannot_be_built_is_said(tree: Tree) -> None:
    """With what the build says."""
    base = tree({"docs/services/a.md": "no note\n", "mkdocs.yml": "site_name: [\n"})
    status, said = failure("--port", "0", base=base)

    assert status == 2
    assert "the site could not be built" in said
    assert "Traceback" not in said


def test_a_missing_extra_is_said(indexed_vault: Path) -> None:
    """Where Starlette is not installed."""
    code = (
        "import sys; from kb.errors import MissingExtra; from kb.serve.run import Options, serve\n"
        "try: serve(sys.argv[1], Options(), print, print)\n"
        "except MissingExtra as error: print(error.extra)"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-c", code, str(indexed_vault)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.split() == ["serve"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_told(indexed_vault: Path, number: signal.Signals) -> None:
    """At once, without a traceback."""
    command = [sys.executable, "-u", "-m", "kb", "--base", str(indexed_vault), "serve", "--no-site", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = process.stdout.readline().split()[0]
        Client(address.rstrip("/")).ask("/api/v1/index.json")
        process.send_signal(number)
        _, said = process.communicate(timeout=10)

    assert process.returncode == (0 if number == signal.SIGINT else -number)
    assert said.strip() == ""
