"""Build hook: put the notes, the site's settings and a ready index into the wheel.

An installed kb then answers at once, from any folder, and writes nothing. Editable installs use the checkout.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds kb/bundle to the wheel: docs, overrides, mkdocs.yml and .kb, the index of these notes."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the index and name what goes in."""
        if version == "editable":
            return
        root = Path(self.root)
        self.made = Path(tempfile.mkdtemp(prefix="kb-bundle-"))
        sys.path.insert(0, str(root))
        from kb.index.build import build

        stats = build(root / "docs", str(self.made / "index"), full=True, frozen=True)
        (self.made / "index" / "lock").unlink()
        self.app.display_info(f"bundled {stats}")
        build_data["force_include"] |= {
            str(root / "docs"): "kb/bundle/docs",
            str(root / "overrides"): "kb/bundle/overrides",
            str(root / "mkdocs.yml"): "kb/bundle/mkdocs.yml",
            str(self.made / "index"): "kb/bundle/.kb",
        }

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was made."""
        if made := getattr(self, "made", None):
            shutil.rmtree(made, ignore_errors=True)
