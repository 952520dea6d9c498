"""Fixtures: the bundled notes and a small workbench as desks, and texts with a mark where the cursor stands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.editors.desk import Desk
from kb.editors.document import Document, Place, open_document
from tests.conftest import VAULT

BINDS = "    binds: {cloudformation: 'AWS::Lambda::Function.Timeout', terraform: aws_lambda_function.timeout, min: 1, max: 900}\n"


@pytest.fixture(scope="session")
def desk(bundled: KnowledgeBase) -> Desk:
    """The bundled notes, all read."""
    found = Desk(bundled)
    found.load()
    return found


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small vault with a fact that binds a value, and its index; not to be changed."""
    base = tmp_path_factory.mktemp("editors") / "base"
    shutil.copytree(VAULT, base, ignore=shutil.ignore_patterns(".kb"))
    note = base / "docs/services/lambda.md"
    note.write_text(note.read_text().replace("    sources: [models]\n", f"    sources: [models]\n{BINDS}", 1))
    KnowledgeBase(str(base)).build()
    return base


@pytest.fixture(scope="session")
def bench(workbench: Path) -> Desk:
    """The workbench as a desk."""
    found = Desk(KnowledgeBase(str(workbench)))
    found.load()
    return found


def at(text: str, path: str = "", language: str = "") -> tuple[Document, Place]:
    """Return a text as a document, and the place where a caret (\u25ae) stood in it."""
    before, _, after = text.partition("\u25ae")
    line = before.count("\n")
    return open_document(before + after, path, language), Place(line, len(before) - (before.rfind("\n") + 1))
