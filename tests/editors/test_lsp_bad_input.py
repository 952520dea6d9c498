"""What no client should send, what users do to files, and clients that die: no crash, nothing stale, nothing run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.editors.test_lsp import TEMPLATE

URI = "file:///made-up/t.yaml"
WATCH = {"didChangeWatchedFiles": {"dynamicRegistration": True}}


class Client:
    """Speaks to a server byte by byte, so that it can say what no library would."""

    def __init__(self, base: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kb", "--base", str(base), "lsp"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.number = 0
        self.others: list[dict[str, Any]] = []
        """What came and was not asked for."""

    def raw(self, body: bytes, length: int | None = None) -> None:
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body) if length is None else length, body))
        self.process.stdin.flush()

    def send(self, method: str, params: Any = None, **more: Any) -> None:
        self.raw(json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode())

    def ask(self, method: str, params: Any = None) -> dict[str, Any]:
        """Return the answer to a request."""
        self.number += 1
        self.send(method, params, id=self.number)
        return self.answer(self.number)

    def answer(self, number: int) -> dict[str, Any]:
        while True:
            message = self.read()
            if message.get("id") == number and "method" not in message:
                return message
            self.others.append(message)

    def read(self) -> dict[str, Any]:
        assert self.process.stdout
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        assert length, "the server is gone"
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message

    def diagnostics(self, uri: str, version: int | None) -> list[dict[str, Any]]:
        """Return what is published for a version of a text."""
        while True:
            found = [m["params"] for m in self.others if m.get("method") == "textDocument/publishDiagnostics"]
            for params in found:
                if params["uri"] == uri and params.get("version") == version:
                    return list(params["diagnostics"])
            self.others.append(self.read())

    def start(self, capabilities: Any = None, **more: Any) -> dict[str, Any]:
        answer = self.ask(
            "initialize", {"processId": None, "rootUri": None, "capabilities": capabilities or {}, **more}
        )
        self.send("initialized", {})
        return answer

    def open(self, text: str, uri: str = URI, language: str = "yaml", version: int = 1) -> None:
        self.send(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": language, "version": version, "text": text}},
        )

    def change(self, text: str, version: int, uri: str = URI) -> None:
        self.send(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]},
        )

    def hover(self, line: int = 0, character: int = 6, uri: str = URI) -> Any:
        answer = self.ask(
            "textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        )
        return answer.get("result")

    def works(self) -> bool:
        """Tell whether the server still answers as it should."""
        self.open("AWS::SQS::Queue", "file:///made-up/works.yaml")
        found = self.hover(uri="file:///made-up/works.yaml")
        return "Amazon SQS" in found["contents"]["value"]

    def leave(self) -> int:
        """Say goodbye and return the exit status."""
        self.ask("shutdown")
        self.send("exit")
        return self.process.wait(10)


@pytest.fixture
def start(workbench: Path) -> Iterator[Callable[..., Client]]:
    """Start servers; none outlives the test."""
    clients: list[Client] = []

    def begin(base: Path = workbench, **more: Any) -> Client:
        clients.append(Client(base))
        if more.pop("introduced", True):
            clients[-1].start(**more)
        return clients[-1]

    yield begin
    for client in clients:
        client.process.kill()
        client.process.communicate()


def test_messages_that_are_none(start: Callable[..., Client]) -> None:
    """Broken JSON, other JSON, unknown methods, wrong parameters, headers of other kinds."""
    client = start()
    for body in (
        b"{",
        b"[]",
        b"7",
        b"null",
        b'"x"',
        b'{"jsonrpc": "1.0"}',
        b'{"jsonrpc": "2.0"}',
        b"\xff\xfe",
        b'{"jsonrpc": "2.0", "method": 7}',
    ):
        client.raw(body)
    client.send("nonsense/notification", {"a": 1})
    client.send("$/setTrace", {"value": "loud"})
    client.send("textDocument/didOpen", {"textDocument": 7})
    assert client.ask("nonsense/request", {})["error"]["code"] == -32601
    assert client.process.stdin
    client.process.stdin.write(b"Content-Type: x\r\nContent-Length: 2\r\n\r\n{}")
    assert client.works()
    assert client.leave() == 0


QUESTIONS = [
    ("kb/search", None),
    ("kb/search", {"query": 7}),
    ("kb/search", {"query": "a", "mode": "magic"}),
    ("kb/search", {"type_name": "import os", "query": ["a"]}),
    ("kb/related", {"uri": URI, "range": {"start": "x"}}),
    (
        "kb/related",
        {"uri": URI, "range": {"start": {"line": -1, "character": 0}, "end": {"line": 0, "character": 0}}},
    ),
    ("kb/related", 7),
    ("workspace/executeCommand", {"command": "rm -rf /", "arguments": []}),
    ("workspace/executeCommand", {"command": "kb.search", "arguments": [[1]]}),
]


def test_bad_questions_are_answered_with_an_error(start: Callable[..., Client]) -> None:
    """And the next question is answered."""
    client = start()
    for method, params in QUESTIONS:
        assert "error" in client.ask(method, params), (method, params)
        assert client.works()


def test_requests_out_of_order(start: Callable[..., Client]) -> None:
    """Before the introduction an error, for texts that are not open nothing, after the end silence."""
    client = start(introduced=False)
    assert (
        client.ask("textDocument/hover", {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}})[
            "error"
        ]["code"]
        == -32002
    )
    assert client.ask("kb/search", {"query": "queue"})["error"]["code"] == -32002
    client.open("AWS::SQS::Queue")
    assert "capabilities" in client.start()["result"]
    client.change("x", 2, "file:///never/opened.yaml")
    client.send("textDocument/didClose", {"textDocument": {"uri": "file:///never/opened.yaml"}})
    client.send("$/cancelRequest", {"id": 4711})
    assert client.hover(uri="file:///never/opened.yaml") is None
    client.hover(10**6, 10**6)
    assert client.works()
    assert client.leave() == 0


def test_cancelled_requests_are_answered_as_such_or_in_full(start: Callable[..., Client]) -> None:
    """Each exactly once, and none holds up the next."""
    client = start()
    for number in range(100, 130):
        client.send("kb/search", {"query": "queue"}, id=number)
        client.send("$/cancelRequest", {"id": number})
    assert client.works()
    answers = [message for message in client.others if message.get("id") in range(100, 130)]
    while len(answers) < 30:
        message = client.read()
        answers += [message] if message.get("id") in range(100, 130) else []
    assert sorted(message["id"] for message in answers) == list(range(100, 130))
    assert {message["error"]["code"] for message in answers if "error" in message} <= {-32800}


def test_nothing_stale_is_shown(start: Callable[..., Client]) -> None:
    """While versions follow each other, only what holds for the last is said in the end."""
    client = start()
    client.open(TEMPLATE)
    for version in range(2, 30):
        client.change(TEMPLATE if version % 2 else TEMPLATE.replace("1200", "12"), version)
    client.change(TEMPLATE.replace("1200", "12"), 30)
    assert client.diagnostics(URI, 30) == []
    client.change(TEMPLATE, 31)
    client.send("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert client.diagnostics(URI, None) == []
    assert client.works()
    shown = [
        m["params"]
        for m in client.others
        if m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == URI
    ]
    assert shown[-1]["diagnostics"] == []
    assert [one for one in shown if one.get("version") == 31] == []


TEXTS = {
    "empty": "", "binary": "\0\1\2\xff", "half-typed": "Resources:\n  F:\n    Type: AWS::La", "open list": "a: [", "open JSON": '{"a": ',
    "line ends": "\r\r\n\n", "half a character": "\ud83d", "one word": "x" * 100_000, "nested lists": "- " * 5000, "brackets": "[" * 5000,
}  # fmt: skip


def test_texts_of_every_kind(start: Callable[..., Client]) -> None:
    """Every feature answers, whatever the text is and whatever it is called."""
    client = start()
    place = {"line": 0, "character": 3}
    for number, text in enumerate(TEXTS.values()):
        for name in ("t.yaml", "t.json", "t.py", "t.tf"):
            uri = f"file:///made-up/{number}/{name}"
            client.open(text, uri, "yaml")
            client.diagnostics(uri, 1)
            for method, params in (
                ("hover", {"position": place}), ("completion", {"position": place}), ("definition", {"position": place}),
                ("references", {"position": place, "context": {"includeDeclaration": True}}), ("documentLink", {}), ("codeLens", {}),
                ("formatting", {"options": {"tabSize": 2, "insertSpaces": True}}),
                ("codeAction", {"range": {"start": place, "end": place}, "context": {"diagnostics": []}}),
            ):  # fmt: skip
                assert "error" not in client.ask(f"textDocument/{method}", {"textDocument": {"uri": uri}, **params}), (
                    method
                )
    assert client.works()


def test_texts_that_are_no_files(start: Callable[..., Client]) -> None:
    """Whatever the editor calls them."""
    client = start()
    for uri in ("untitled:Untitled-1", "git:/x.yaml?{}", "", "http://[", "file://host/share/x.yaml", "file:///%00"):
        client.open(TEMPLATE, uri)
        client.diagnostics(uri, 1)  # by then the notes are read
        assert client.hover(4, 8, uri), uri
        assert len(client.diagnostics(uri, 1)) == 1, uri
    assert client.works()


def test_a_template_of_five_megabytes(start: Callable[..., Client]) -> None:
    """It is followed edit by edit, and looked up in, while it is being checked."""
    client = start()
    block = "  Q{}:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: 5\n"
    text = "Resources:\n" + "".join(block.format(number) for number in range(70_000))
    assert len(text) > 5_000_000
    client.open(text)
    place = {"line": 100_002, "character": 4}
    change = {"range": {"start": place, "end": place}, "text": "AWS::Lambda::Function "}
    client.send("textDocument/didChange", {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [change]})
    assert "AWS Lambda" in client.hover(100_002, 10)["contents"]["value"]
    assert "Amazon SQS" in client.hover(100_002, 60)["contents"]["value"]
    client.diagnostics(URI, 2)
    assert client.works()


def test_a_client_that_dies(start: Callable[..., Client]) -> None:
    """The server goes too: after its death, and in the middle of a message."""
    for last in (b"", b"Content-Length: 500\r\n\r\n{"):
        client = start()
        client.open(TEMPLATE)
        assert client.process.stdin
        assert client.process.stdout
        client.process.stdin.write(last)
        client.process.stdin.close()
        client.process.stdout.close()
        client.process.stdin = None
        client.process.stdout = None
        client.process.wait(20)


def test_a_server_that_is_still_reading_leaves_at_once(start: Callable[..., Client]) -> None:
    """An editor that is closed right after it was opened does not wait."""
    client = start()
    assert client.leave() == 0


def test_a_note_renamed_under_the_server(vault: Path, start: Callable[..., Client]) -> None:
    """Links in open texts are checked anew when the client tells; without telling the old place is never named."""
    client = start(vault, capabilities={"workspace": WATCH})
    note = vault / "docs/services/sqs.md"
    uri = note.as_uri()
    client.open(note.read_text().replace("raise the timeout", "see [[batch]]"), uri, "markdown")
    assert client.diagnostics(uri, 1) == []
    assert [m["method"] for m in client.others if "id" in m and "method" in m] == ["client/registerCapability"]

    old, new = vault / "docs/services/batch.md", vault / "docs/services/aws-batch.md"
    new.write_text(old.read_text().replace("id: batch", "id: aws-batch", 1))
    old.unlink()
    client.open("AWS::Batch::JobQueue")
    place = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 7}}
    assert client.ask("textDocument/definition", place)["result"] is None
    client.others = [m for m in client.others if m.get("method") != "textDocument/publishDiagnostics"]
    changes = [{"uri": old.as_uri(), "type": 3}, {"uri": new.as_uri(), "type": 1}]
    client.send("workspace/didChangeWatchedFiles", {"changes": changes})
    (finding,) = client.diagnostics(uri, 1)
    assert "batch" in finding["message"]
    assert client.ask("textDocument/definition", place)["result"]["uri"] == new.as_uri()


def test_a_workspace_cannot_choose_what_runs_or_what_is_read(tmp_path: Path, start: Callable[..., Client]) -> None:
    """Its settings, its files and its options change nothing but what may be turned off."""
    ran = tmp_path / "ran"
    evil = tmp_path / "kb.py"
    evil.write_text(f"open({str(ran)!r}, 'w')")
    (tmp_path / ".kb").mkdir()
    (tmp_path / "docs/services").mkdir(parents=True)
    client = start(
        rootUri=tmp_path.as_uri(),
        workspaceFolders=[{"uri": tmp_path.as_uri(), "name": "evil"}],
        initializationOptions={"base": str(tmp_path), "command": ["sh", "-c", f"touch {ran}"], "diagnostics": "no"},
    )
    client.send("workspace/didChangeConfiguration", {"settings": {"kb": {"server": {"command": ["touch", str(ran)]}}}})
    client.open(TEMPLATE, (tmp_path / "t.yaml").as_uri())
    assert len(client.diagnostics((tmp_path / "t.yaml").as_uri(), 1)) == 1
    assert client.works()
    assert not ran.exists()


def test_what_may_be_turned_off(start: Callable[..., Client]) -> None:
    """Diagnostics and lenses."""
    client = start(initializationOptions={"diagnostics": False, "codeLens": False})
    client.open(TEMPLATE)
    assert client.ask("textDocument/codeLens", {"textDocument": {"uri": URI}})["result"] == []
    assert not [m for m in client.others if m.get("method") == "textDocument/publishDiagnostics"]


def test_an_index_that_cannot_be_used_is_said(vault: Path, start: Callable[..., Client]) -> None:
    """Searching says what to run; hovers do not need it."""
    (vault / ".kb").mkdir()
    (vault / ".kb/kb.sqlite").write_bytes(b"no index")
    client = start(vault)
    assert client.works()
    error = client.ask("kb/search", {"query": "queue"})["error"]
    assert "kb" in error["message"]
    assert "index --full" in error["message"]


def test_standard_output_holds_nothing_but_messages(start: Callable[..., Client]) -> None:
    """Whatever was asked before."""
    client = start()
    client.ask("kb/search", {"query": '"visibility timeout" -lambda'})
    client.ask("shutdown")
    client.send("exit")
    output, _ = client.process.communicate(timeout=10)
    assert output == b""
