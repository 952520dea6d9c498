"""Fixtures of the site: Node, which runs its scripts."""

from __future__ import annotations

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def node() -> str:
    """Node; in CI it must be there."""
    found = shutil.which("node")
    if found is None:
        assert not os.environ.get("CI"), "CI installs Node"
        pytest.skip("no Node on this machine; CI runs it")
    return found
