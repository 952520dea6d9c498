"""`kb mcp` as the other SDK meets it: the TypeScript client from npm, which holds answers against their schemas."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "typescript"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command of the client, its packages from npm; in CI they must be there."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        assert not os.environ.get("CI"), "CI installs Node and npm"
        pytest.skip("no Node with npm on this machine; CI runs it")
    folder = tmp_path_factory.mktemp("typescript")
    for name in ("package.json", "package-lock.json", "client.mjs"):
        shutil.copy(HERE / name, folder)
    quiet = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"]
    done = subprocess.run([npm, "ci", *quiet], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode and not os.environ.get("CI"):
        pytest.skip("npm reaches no registry")
    assert done.returncode == 0, done.stderr
    return [node, str(folder / "client.mjs")]


def test_the_typescript_client_is_answered(client: list[str], library: Path) -> None:
    """Tools with their schemas, a mistake, a resource and a completion."""
    server = [sys.executable, "-m", "kb", "--base", str(library), "mcp"]
    done = subprocess.run([*client, *server], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    names = ["search", "fetch", "facts", "compare", "check_template"]
    assert seen == {
        "server": "kb",
        "tools": [[name, True, "object"] for name in names],
        "first": "sqs#fact-message-size-max",
        "title": "Amazon SQS",
        "isError": True,
        "finding": "lambda#timeout-max",
        "resource": True,
        "completed": ["sqs"],
    }
