"""Fixtures of the exports: the small vault with a hostile note in it, and its built site."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.site.build import build_site
from tests.conftest import VAULT

HOSTILE = """---
id: hostile
title: Hostile <b>note</b>
category: compute
summary: Made up, <script>alert(1)</script> for the tests.
status: {state: retired, since: 2024-05-26, instead: lambda}
facts:
  - id: size
    label: Size <img src=x onerror=alert(1)>
    kind: limit
    value: '5 | "6" & <i>7</i>'
    scope: "d'or"
    sources: [models]
asked:
  size: [what is <u>it</u>]
---

A note that tries things; see [[lambda]] and [[sqs#fact-message-size-max|the largest message]].[^models]

## Basics

- Text with `<script>` in code and a [bad link](javascript:alert(1)).[^models]

[^models]: Amazon Web Services, API models, consulted 21 November 2026.
"""


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small vault with a home page and a hostile note, not to be changed."""
    folder = Path(shutil.copytree(VAULT, tmp_path_factory.mktemp("export") / "vault"))
    (folder / "docs/index.md").write_text("# Home\n")
    (folder / "docs/services/hostile.md").write_text(HOSTILE)
    return folder


@pytest.fixture(scope="session")
def kb(base: Path) -> KnowledgeBase:
    """Its notes."""
    return KnowledgeBase(str(base))


@pytest.fixture(scope="session")
def built(kb: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its site."""
    target = tmp_path_factory.mktemp("built")
    build_site(kb, target, strict=False)
    return target
