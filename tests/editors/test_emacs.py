"""Emacs with kb.el: it compiles clean, shows a card beside another server and by Eglot, marks values, searches."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PLUGIN = ROOT / "kb/editors/emacs"
EMACS = shutil.which("emacs")
pytestmark = pytest.mark.skipif(
    EMACS is None and not os.environ.get("CI"), reason="Emacs is not installed; CI installs it"
)
TEMPLATE = "# \U0001f600\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Timeout: 1200\n"
OPEN = (
    '(find-file "template.yaml") (setq major-mode (quote yaml-mode)) (goto-char (point-min)) (search-forward "Lambda")'
)


def emacs(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Emacs without anyone's settings."""
    environment = {**os.environ, "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [EMACS or "emacs", "-q", "--no-site-file", "--batch", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip


def evaluated(folder: Path, base: Path, *forms: str) -> dict[str, str]:
    """Run forms with kb.el loaded and return what they `say`."""
    (folder / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    command = " ".join(json.dumps(word) for word in (sys.executable, "-m", "kb", "--base", str(base), "lsp"))
    script = folder / "script.el"
    script.write_text(
        "(package-initialize) (require (quote kb)) (require (quote json)) (setq create-lockfiles nil)\n"
        f"(setq kb-command (list {command}))\n"
        '(set-language-environment "UTF-8")\n'
        '(defun say (name text) (princ (concat "\\n" (json-encode (list name text)) "\\n")))\n'
        "(defun wait-for (done) (let ((end (+ (float-time) 30))) (while (and (not (funcall done)) (< (float-time) end)) (accept-process-output nil 0.05))))\n"
        + "\n".join(forms)
        + "\n(kb-shutdown)\n",
        encoding="utf-8",
    )
    done = emacs(folder, "-L", str(PLUGIN), "-l", str(script))
    assert done.returncode == 0, done.stderr
    return dict(json.loads(line) for line in done.stdout.splitlines() if line.startswith("["))


def test_it_compiles_without_a_warning(tmp_path: Path) -> None:
    """In the oldest Emacs that it names, as packages are made."""
    shutil.copy(PLUGIN / "kb.el", tmp_path)
    done = emacs(tmp_path, "--eval", "(setq byte-compile-error-on-warn t)", "-f", "batch-byte-compile", "kb.el")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "kb.elc").is_file()


def test_card_and_marks_beside_another_server(tmp_path: Path, workbench: Path) -> None:
    """ElDoc gets the card of what is at point, Flymake the value over its limit, also after a change."""
    said = evaluated(
        tmp_path,
        workbench,
        OPEN,
        "(kb-mode 1) (setq card nil marks nil)",
        "(kb-eldoc (lambda (text &rest _) (setq card text)))",
        "(wait-for (lambda () card))",
        '(say "card" card)',
        "(kb-flymake (lambda (found &rest _) (setq marks found)))",
        "(wait-for (lambda () marks))",
        '(say "marked" (buffer-substring (flymake-diagnostic-beg (car marks)) (flymake-diagnostic-end (car marks))))',
        '(say "message" (flymake-diagnostic-text (car marks)))',
        '(goto-char (point-min)) (search-forward "1200") (replace-match "120") (setq marks 1)',
        "(kb-flymake (lambda (found &rest _) (setq marks found)))",
        "(wait-for (lambda () (null marks)))",
        '(say "after" (format "%S" marks))',
    )
    assert "AWS Lambda" in said["card"]
    assert said["marked"] == "1200"
    assert "900" in said["message"] or "15 minutes" in said["message"]
    assert said["after"] == "nil"


def test_search_visits_the_chosen_note(tmp_path: Path, workbench: Path) -> None:
    """The hits are offered in the server's order, the preview shows the one at hand, the chosen one is visited."""
    said = evaluated(
        tmp_path,
        workbench,
        '(setq completing-read-function (lambda (_ table &rest _) (setq offered (all-completions "" table)) (car offered)))',
        '(say "preview" (with-selected-window (kb--shown (car (kb-find "largest message"))) (thing-at-point (quote line))))',
        '(kb-search "largest message")',
        '(say "offered" (car offered))',
        '(say "file" (file-name-nondirectory buffer-file-name))',
        '(say "line" (thing-at-point (quote line)))',
    )
    assert said["offered"] == "Amazon SQS: Largest message"
    assert said["file"] == "sqs.md"
    assert said["line"] == said["preview"]
    assert "message" in said["line"].lower()


def test_hover_by_eglot(tmp_path: Path, workbench: Path) -> None:
    """As the one server of a buffer."""
    if "nil" in emacs(tmp_path, "--eval", '(progn (package-initialize) (princ (locate-library "eglot")))').stdout:
        pytest.fail("eglot is missing: apt-get install elpa-eglot")
    said = evaluated(
        tmp_path,
        workbench,
        "(kb-eglot-add (quote (yaml-mode))) (setq eglot-sync-connect 20 eglot-autoshutdown t)",
        OPEN,
        "(apply (function eglot) (eglot--guess-contact))",
        "(setq card (plist-get (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover (eglot--TextDocumentPositionParams)) :contents))",
        '(say "card" (format "%s" (plist-get card :value)))',
        "(eglot-shutdown (eglot--current-server-or-lose) nil 3)",
    )
    assert "AWS Lambda" in said["card"]


def test_a_command_that_is_not_there_is_said(tmp_path: Path, workbench: Path) -> None:
    """With what to do about it."""
    said = evaluated(
        tmp_path,
        workbench,
        '(setq kb-command (list "no-such-kb" "lsp"))',
        '(condition-case problem (kb-find "sqs") (error (say "problem" (error-message-string problem))))',
    )
    assert "pip install 'aws-kb[lsp]'" in said["problem"].replace("\u2019", "'").replace("\u2018", "'")
