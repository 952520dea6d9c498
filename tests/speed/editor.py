"""Time the language server as an editor sees it. Run by hand: python tests/speed/editor.py [RUNS]

Start to the answer of `initialize`, then hovers over a template and a program; `kb lint` of one small file.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TEXTS = {
    "t.yaml": "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      VisibilityTimeout: 30\n",
    "t.tf": 'resource "aws_lambda_function" "f" {\n  timeout = 30\n  memory_size = 128\n}\n',
    "t.py": 'import boto3\nsqs = boto3.client("sqs")\nsqs.receive_message(MaxNumberOfMessages=10)\n# Step Functions\n',
}


class Editor:
    """A client that waits for each answer."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "kb", "lsp"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.number = 0

    def send(self, method: str, params: Any, **more: Any) -> None:
        """Send a message."""
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def ask(self, method: str, params: Any) -> float:
        """Send a request and return the milliseconds to its answer."""
        self.number += 1
        started = time.perf_counter()
        self.send(method, params, id=self.number)
        out = self.process.stdout
        assert out
        while True:
            length = 0
            while (line := out.readline().strip()) != b"":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if json.loads(out.read(length)).get("id") == self.number:
                return (time.perf_counter() - started) * 1000


def session() -> tuple[float, list[float]]:
    """Return the time to the first answer, and those of hovers at every fourth column once the notes are read."""
    started = time.perf_counter()
    editor = Editor()
    editor.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    first = (time.perf_counter() - started) * 1000
    editor.send("initialized", {})
    hovers = []
    for name, text in TEXTS.items():
        uri = f"file:///made-up/{name}"
        editor.send(
            "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "", "version": 1, "text": text}}
        )
    document = {"textDocument": {"uri": "file:///made-up/t.yaml"}}
    editor.ask("textDocument/codeLens", document)  # waits until every note is read
    for _ in range(5):
        for name, text in TEXTS.items():
            for number, line in enumerate(text.splitlines()):
                for column in range(0, len(line), 4):
                    place = {
                        "textDocument": {"uri": f"file:///made-up/{name}"},
                        "position": {"line": number, "character": column},
                    }
                    hovers.append(editor.ask("textDocument/hover", place))
    editor.ask("shutdown", None)
    editor.send("exit", None)
    editor.process.wait(10)
    return first, hovers


def lint() -> float:
    """Return the milliseconds that `kb lint` takes for one template."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "t.yaml")
        file.write_text(TEXTS["t.yaml"], encoding="utf-8")
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "kb", "lint", str(file)], capture_output=True, check=True)
        return (time.perf_counter() - started) * 1000


def main() -> None:
    """Print medians and the 95th percentile."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    sessions = [session() for _ in range(runs)]
    firsts = sorted(first for first, _ in sessions)
    hovers = sorted(hover for _, found in sessions for hover in found)
    lints = [lint() for _ in range(runs)]
    print(f"initialize  median {statistics.median(firsts):6.1f} ms  max {firsts[-1]:6.1f} ms  ({runs} starts)")
    p95 = hovers[int(len(hovers) * 0.95)]
    print(
        f"hover       median {statistics.median(hovers):6.2f} ms  p95 {p95:6.2f} ms  max {hovers[-1]:6.2f} ms  ({len(hovers)})"
    )
    print(f"kb lint     median {statistics.median(lints):6.1f} ms")


if __name__ == "__main__":
    main()
