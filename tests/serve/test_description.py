"""The OpenAPI documents say what is there: schemathesis, which asks by them, finds nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.serve.client import Client


@pytest.mark.parametrize("path", ["/openapi.json", "/api/v1/openapi.json"])
def test_the_descriptions_are_openapi(client: Client, path: str) -> None:
    """Version 3.1, as its own rules have it."""
    description = client.ask(path).json

    assert description["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []


def test_the_server_describes_the_static_files_too(client: Client) -> None:
    """And on top of them only what it works out."""
    static, live = (client.ask(path).json["paths"] for path in ("/api/v1/openapi.json", "/openapi.json"))

    assert live.keys() - static.keys() == {"/search", "/suggest", "/resolve"}
    assert static.keys() <= live.keys()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("path", "phases", "examples"),
    [("/openapi.json", "examples,coverage,fuzzing", 4), ("/api/v1/openapi.json", "examples,fuzzing", 2)],
)
def test_schemathesis_finds_nothing(address: str, path: str, phases: str, examples: int, tmp_path: Path) -> None:
    """Right and wrong requests to every path, answered as described."""
    command = [
        str(Path(sys.executable).parent / "st"), "run", f"{address}{path}", "--url", f"{address}/api/v1", "--checks", "all",
        "--phases", phases, "--max-examples", str(examples), "--seed", "1", "--no-color", "--generation-database", "none",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, cwd=tmp_path)

    assert done.returncode == 0, done.stdout
    assert int(re.findall(r"Tested: (\d+)", done.stdout)[-1]) >= 14, done.stdout
