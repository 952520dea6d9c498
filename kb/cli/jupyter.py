"""What JupyterLab is told of `kb lsp`: with jupyterlab-lsp beside it, the server is found without any settings."""

from __future__ import annotations

import sys
from typing import Any

LANGUAGES = ("python", "yaml", "json", "markdown", "typescript", "javascript", "hcl", "terraform")


def specs(_: object) -> dict[str, dict[str, Any]]:
    """Return how the server is started and for which languages; nothing where the extra `lsp` is missing.

    The entry point `jupyter_lsp_spec_v1` names this.
    """
    from importlib.util import find_spec

    if find_spec("pygls") is None:
        return {}
    return {
        "kb": {
            "version": 2,
            "display_name": "AWS notes (kb)",
            "argv": [sys.executable, "-m", "kb", "lsp"],
            "languages": list(LANGUAGES),
            "mime_types": ["text/x-python", "text/x-yaml", "application/json", "text/x-markdown"],
            "requires_documents_on_disk": False,
        }
    }
