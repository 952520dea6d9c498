"""`kb mcp` as a process: it starts, is cancelled, left and misused, sees notes that change, and ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Tree
from tests.mcp.conftest import Assistant

SLOW = "Resources:\n" + "".join(
    f"  F{n}: {{Type: 'AWS::Lambda::Function', Properties: {{Timeout: 3}}}}\n" for n in range(14_000)
)
"""Takes a second or more to check."""


class Wire:
    """The server's pipes, one message a line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def write(self, text: str) -> None:
        """Send what may be no message at all."""
        assert self.process.stdin
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def send(self, **message: Any) -> None:
        """Send a message."""
        self.write(json.dumps({"jsonrpc": "2.0", **message}))

    def call(self, number: int, tool: str, /, **arguments: Any) -> None:
        """Ask for a call of a tool."""
        self.send(id=number, method="tools/call", params={"name": tool, "arguments": arguments})

    def answer(self) -> Any:
        """The next message."""
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def eventually(self, true: Callable[[Any], bool], tool: str, /, **arguments: Any) -> bool:
        """Ask until something is so: the server looks for changes now and then."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            self.call(99, tool, **arguments)
            if true(self.answer()["result"]):
                return True
            time.sleep(0.3)
        return False

    def leave(self) -> tuple[int, float]:
        """Close the server's input; its exit status, and the seconds until it ended."""
        assert self.process.stdin
        start = time.monotonic()
        self.process.stdin.close()
        return self.process.wait(30), time.monotonic() - start


@contextmanager
def wired(base: Path, *options: str) -> Iterator[Wire]:
    """A server that has been greeted."""
    command = [sys.executable, "-m", "kb", "--base", str(base), "mcp", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8", cwd="/"
    ) as process:
        wire = Wire(process)
        try:
            info = {"name": "test", "version": "1"}
            greeting = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info}
            wire.send(id=0, method="initialize", params=greeting)
            assert wire.answer()["result"]["serverInfo"]["name"] == "kb"
            wire.send(method="notifications/initialized")
            yield wire
        finally:
            process.kill()


def said(wire: Wire) -> str:
    """What the server wrote for people; it must have ended."""
    assert wire.process.stderr
    return wire.process.stderr.read()


def test_bad_messages_are_survived_and_the_server_ends_with_its_client(library: Path) -> None:
    """No line brings it down; half a character is mended; when its input ends, so does it, quietly."""
    with wired(library) as wire:
        for line in ("not json", "[]", "{}", "\x00", '{"jsonrpc":"2.0","id":1}', "[" * 5000):
            wire.write(line)
        wire.send(id=2, method="tools/nothing")
        assert wire.answer()["error"]["code"] == -32601
        wire.send(id=3, method="tools/call", params={"name": ["search"]})
        assert wire.answer()["error"]["code"] == -32602
        wire.write(
            '{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"search","arguments":{"query":"sqs \\ud83d"}}}'
        )
        found = wire.answer()
        assert (found["id"], found["result"]["isError"]) == (4, False)

        assert wire.leave()[0] == 0
        assert "Traceback" not in said(wire)


def test_a_cancelled_check_is_not_answered_and_holds_nothing_up(library: Path) -> None:
    """A search behind it is answered first; a client that leaves meanwhile is not waited for."""
    with wired(library) as wire:
        wire.call(1, "check_template", text=SLOW)
        wire.send(method="notifications/cancelled", params={"requestId": 1, "reason": "enough"})
        wire.call(2, "search", query="sqs")
        assert wire.answer()["id"] == 2
        wire.call(3, "check_template", text=SLOW)
        wire.call(4, "facts", service="sqs")
        assert wire.answer()["id"] == 4
        status, seconds = wire.leave()

        assert status == 0
        assert seconds < 20
        assert "Traceback" not in said(wire)


def test_a_client_that_dies_takes_the_server_with_it(library: Path) -> None:
    """With both pipes gone and answers still to write."""
    with wired(library) as wire:
        assert wire.process.stdout
        wire.call(1, "search", query="sqs")
        wire.process.stdout.close()
        for number in range(2, 9):
            wire.call(number, "fetch", id="sqs")
        assert wire.leave()[0] == 0
        assert "Traceback" not in said(wire)


def test_notes_that_change_are_answered(vault: Path) -> None:
    """Without an index it is built, as kb search does; a changed note is read anew, and the index said to be stale."""
    note = vault / "docs/services/sqs.md"
    with wired(vault) as wire:
        wire.call(1, "search", query="message retention", limit=1)
        found = wire.answer()["result"]["structuredContent"]
        assert (found["results"][0]["value"], found["stale"]) == ("14 days", 0)
        wire.call(2, "facts", service="sqs", name="retention")
        assert wire.answer()["result"]["structuredContent"]["facts"][0]["value"] == "14 days"
        wire.call(3, "fetch", id="sqs", max_chars=500)
        cursor = wire.answer()["result"]["structuredContent"]["next_cursor"]

        note.write_text(note.read_text(encoding="utf-8").replace("14 days", "15 days"), encoding="utf-8")
        (vault / "docs/services/batch.md").unlink()
        assert wire.eventually(
            lambda found: found["structuredContent"]["facts"][0]["value"] == "15 days",
            "facts",
            service="sqs",
            name="retention",
        )
        wire.call(5, "search", query="message retention", limit=1)
        assert wire.answer()["result"]["structuredContent"]["stale"] == 2
        wire.call(6, "fetch", id="sqs", max_chars=500, cursor=cursor)
        assert "notes changed" in wire.answer()["result"]["content"][0]["text"]
        wire.send(id=7, method="resources/list")
        assert [one["name"] for one in wire.answer()["result"]["resources"]] == ["lambda", "messaging", "sqs"]
        assert wire.leave()[0] == 0


def test_any_folder_of_pages_is_served(tree: Tree) -> None:
    """Ids with slashes and spaces are addresses of resources all the same; a damaged index is a reason, not a crash."""
    base = tree(
        {"pages/guide/first steps.md": "# First steps\n\nTurn the key.\n", "pages/other.md": "# Other\n\nText.\n"}
    )
    with wired(base / "pages") as wire:
        wire.call(1, "search", query="turn the key")
        (hit, *_) = wire.answer()["result"]["structuredContent"]["results"]
        assert hit["note"] == "guide/first steps"
        wire.send(id=2, method="resources/read", params={"uri": hit["uri"]})
        assert "Turn the key." in wire.answer()["result"]["contents"][0]["text"]
        wire.call(3, "fetch", id=hit["id"])
        assert "Turn the key." in wire.answer()["result"]["structuredContent"]["text"]
        wire.call(4, "fetch", id="../pages/other")
        assert wire.answer()["result"]["isError"]

        (index,) = base.rglob("kb.sqlite")
        index.write_bytes(b"no index")
        assert wire.eventually(lambda found: "run: kb" in found["content"][0]["text"], "search", query="turn the key")
        wire.call(6, "fetch", id="other")
        assert "Text." in wire.answer()["result"]["structuredContent"]["text"]
        assert wire.leave()[0] == 0


def test_it_is_described_to_the_registry(run_kb) -> None:  # type: ignore[no-untyped-def]
    """By a name that the README carries, in the version of the package, in words short enough; the command it gives runs."""
    described = json.loads(run_kb("mcp", "--server-json", base=None).stdout)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (package,) = described["packages"]

    assert f"<!-- mcp-name: {described['name']} -->" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.fullmatch(r"[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+", described["name"])
    assert 0 < len(described["description"]) <= 100
    assert described["version"] == package["version"] == project["version"]
    assert (package["registryType"], package["identifier"]) == ("pypi", project["name"])
    assert package["identifier"] in project["scripts"]  # uvx runs the command of that name
    assert package["transport"] == {"type": "stdio"}
    (extra,) = package["runtimeArguments"]
    assert extra["value"] == f"{project['name']}[mcp]"
    assert "mcp" in project["optional-dependencies"]
    assert [argument["value"] for argument in package["packageArguments"]] == ["mcp"]
    assert [variable["name"] for variable in package["environmentVariables"]] == ["KB_BASE"]


@pytest.mark.parametrize("missing", ["mcp", "mcp_types", "pydantic"])
def test_without_the_extra_it_says_so(missing: str, library: Path) -> None:
    """Which pip install makes it whole; a base that is none is told first."""
    code = f"import sys; sys.modules[{missing!r}] = None; from kb.cli.main import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "--base", str(library), "mcp"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'aws-kb[mcp]'" in done.stderr


def test_a_base_that_is_none_is_an_error(run_kb, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Before anything is served."""
    done = run_kb("mcp", base=tmp_path / "nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere" in done.stderr


def test_a_cancelled_call_of_the_client_leaves_the_session_usable(assistant: Assistant) -> None:
    """The SDK's own way of giving up: a timeout."""
    with pytest.raises(Exception, match=r"[Tt]imed out"):
        assistant.portal.call(assistant.client.call_tool, "check_template", {"text": SLOW}, 0.01)
    assert assistant.ask("search", query="sqs")["total"] > 0
