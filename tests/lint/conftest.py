"""The rules of the project's own notes, read once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb import KnowledgeBase
from kb.lint.rule import Rules
from kb.lint.run import lint_text
from tests.conftest import ROOT

Found = Callable[[str, str], list[tuple[int, int, str]]]


@pytest.fixture(scope="session")
def rules() -> Rules:
    kb = KnowledgeBase(str(ROOT))
    return Rules.of(kb.folder.notes.values(), kb.sources)


@pytest.fixture(scope="session")
def found(rules: Rules) -> Found:
    """Line, column and rule of each finding of a text."""

    def lint(text: str, path: str) -> list[tuple[int, int, str]]:
        return [(f.span.line, f.span.column, f.rule) for f in lint_text(text, path, rules)]

    return lint
