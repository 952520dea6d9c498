"""Random edits: the server's text stays the model's, and what it publishes is what the feature finds in that text."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsprotocol import types as lsp

from kb import KnowledgeBase
from kb.editors.desk import Desk
from kb.editors.diagnose import diagnose
from kb.editors.document import open_document
from kb.editors.lsp import COMMANDS, FEATURES
from kb.editors.server import Server

ENCODINGS = ("utf-8", "utf-16", "utf-32")
WIDTHS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
HEAD = "---\nid: sqs\ntitle: Queue\ncategory: compute\nsummary: A queue.\nstatus: {state: current}\n---\n\nA queue.[^models]\n\n"
PIECES = st.sampled_from(
    ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85", "\U0001f600", "\u20ac", "\u00e9", " ", "- [[nope]].[^models]\n", "[[sqs]]", "## Basics\n", "a"]
)  # fmt: skip
EDIT = st.tuples(st.floats(0, 1), st.floats(0, 0.2), st.lists(PIECES, max_size=5).map("".join))
"""Where, how much is taken away, both as shares of the text, and what comes there."""


def position(text: str, offset: int, encoding: str) -> dict[str, int]:
    """Return an offset as a position of the protocol, counted apart from kb."""
    ends = [match.end() for match in re.finditer(r"\r\n|\r|\n", text) if match.end() <= offset]
    codec, width = WIDTHS[encoding]
    start = ends[-1] if ends else 0
    return {"line": len(ends), "character": len(text[start:offset].encode(codec)) // width}


def edit(text: str, change: tuple[float, float, str], encoding: str) -> tuple[str, dict[str, Any]]:
    """Return a text after an edit, and the edit as the protocol says it."""
    cuts = [i for i in range(len(text) + 1) if text[i - 1 : i + 1] != "\r\n"]
    start = cuts[int(change[0] * (len(cuts) - 1))]
    end = cuts[min(int((change[0] + change[1]) * (len(cuts) - 1)), len(cuts) - 1)]
    where = {"start": position(text, start, encoding), "end": position(text, end, encoding)}
    return text[:start] + change[2] + text[end:], {"range": where, "text": change[2]}


@pytest.fixture(params=ENCODINGS, scope="module")
def server(request: pytest.FixtureRequest, workbench: Path) -> Iterator[tuple[Server, str]]:
    """A server that was introduced to a client, without the process around it."""
    server = Server(KnowledgeBase(str(workbench)), "", FEATURES, COMMANDS)
    general = lsp.GeneralClientCapabilities(position_encodings=[lsp.PositionEncodingKind(request.param)])
    params = lsp.InitializeParams(lsp.ClientCapabilities(general=general))
    list(server.protocol.lsp_initialize(params))
    yield server, request.param
    server.worker.shutdown()


@given(text=st.lists(PIECES, max_size=20).map("".join), edits=st.lists(st.lists(EDIT, max_size=3), max_size=5))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_text_is_the_models(
    text: str, edits: list[list[tuple[float, float, str]]], server: tuple[Server, str]
) -> None:
    """After each notification, of any number of changes that build on each other."""
    kb, encoding = server
    uri = "file:///made-up/a.md"
    item = lsp.TextDocumentItem(uri, "markdown", 1, text)
    list(kb.protocol.lsp_text_document__did_open(lsp.DidOpenTextDocumentParams(item)))
    for version, changes in enumerate(edits, start=2):
        events = []
        for change in changes:
            text, event = edit(text, change, encoding)
            start, end = (lsp.Position(**event["range"][name]) for name in ("start", "end"))
            events.append(lsp.TextDocumentContentChangePartial(lsp.Range(start, end), event["text"]))
        identifier = lsp.VersionedTextDocumentIdentifier(version, uri)
        list(kb.protocol.lsp_text_document__did_change(lsp.DidChangeTextDocumentParams(identifier, events)))
        assert kb.protocol.texts[uri].document.text == text
        assert kb.protocol.texts[uri].version == version


class Process:
    """A server process that a note is open in."""

    def __init__(self, base: Path, encoding: str) -> None:
        self.desk = Desk(KnowledgeBase(str(base)))
        self.path = self.desk.root / "services/sqs.md"
        self.encoding = encoding
        self.version = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kb", "--base", str(base), "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.send(
            "initialize",
            {"processId": None, "rootUri": None, "capabilities": {"general": {"positionEncodings": [encoding]}}},
            id=1,
        )
        assert self.read()["result"]["capabilities"]["positionEncoding"] == encoding
        self.send("initialized", {})

    def send(self, method: str, params: Any, **more: Any) -> None:
        assert self.process.stdin
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def read(self) -> Any:
        assert self.process.stdout
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return json.loads(self.process.stdout.read(length))

    def published(self) -> list[tuple[Any, ...]]:
        """Return what is said of the last version."""
        while True:
            message = self.read()
            if (
                message.get("method") == "textDocument/publishDiagnostics"
                and message["params"]["version"] == self.version
            ):
                return [(d["range"], d["message"], d["code"]) for d in message["params"]["diagnostics"]]

    def found(self, text: str) -> list[tuple[Any, ...]]:
        """Return what the feature finds in a text, counted in the units of the client."""
        document = open_document(text, str(self.path), "markdown")
        starts = [0]
        for line in document.lines:
            starts.append(starts[-1] + len(line))
        found = []
        for finding in diagnose(self.desk, document):
            ends = (finding.span.start, finding.span.end)
            start, end = (position(text, starts[place.line] + place.column, self.encoding) for place in ends)
            found.append(({"start": start, "end": end}, finding.message, finding.code))
        return found


@pytest.fixture(params=ENCODINGS, scope="module")
def process(request: pytest.FixtureRequest, workbench: Path) -> Iterator[Process]:
    """A server process per encoding."""
    process = Process(workbench, request.param)
    yield process
    process.process.kill()
    process.process.communicate()


@given(edits=st.lists(EDIT, min_size=1, max_size=8))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_published_is_what_the_feature_finds(edits: list[tuple[float, float, str]], process: Process) -> None:
    """After a burst of edits: every finding, where the model has it."""
    text = HEAD + "- \U0001f600 [[nope]] and [[lambda#nope]].[^models]\r\n- [[sqs]] \u20ac[[gone]].[^none]\n"
    process.version += 1
    item = {"uri": process.path.as_uri(), "languageId": "markdown", "version": process.version, "text": text}
    process.send("textDocument/didOpen", {"textDocument": item})
    assert process.published() == process.found(text)
    for change in edits:
        text, event = edit(text, change, process.encoding)
        process.version += 1
        identifier = {"uri": process.path.as_uri(), "version": process.version}
        process.send("textDocument/didChange", {"textDocument": identifier, "contentChanges": [event]})
    assert process.published() == process.found(text)
