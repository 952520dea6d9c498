"""Locate: the docs folder and the index folder of a base."""

from __future__ import annotations

import os

from kb.errors import InputError

ENVIRONMENT = "KB_BASE"
_HERE = os.path.dirname(os.path.abspath(__file__))


def find_base(base: str | None = None) -> tuple[str, str]:
    """Return the docs folder and the index folder of a base.

    Looks at the argument, then KB_BASE, then the notes bundled with the package, then the checkout it runs from.

    Raises:
        InputError: the folder does not exist, or there are no notes anywhere.
    """
    given = base or os.environ.get(ENVIRONMENT)
    if given:
        root = os.path.abspath(given)
        if not os.path.isdir(root):
            raise InputError(given, "no such folder")
        return _docs(root), _index_folder(root)
    for root in (os.path.join(_HERE, "bundle"), os.path.dirname(_HERE)):
        if os.path.isdir(os.path.join(root, "docs", "services")):
            return os.path.join(root, "docs"), _index_folder(root)
    raise InputError(_HERE, "no notes are bundled; name a folder with --base")


def _docs(root: str) -> str:
    inner = os.path.join(root, "docs")
    return inner if os.path.isdir(os.path.join(inner, "services")) else root


def _index_folder(root: str) -> str:
    """Return `root`/.kb, or a folder of the user's cache where the base cannot be written."""
    inside = os.path.join(root, ".kb")
    if os.path.isdir(inside) or os.access(root, os.W_OK):
        return inside
    from hashlib import sha256

    from platformdirs import user_cache_dir

    return os.path.join(user_cache_dir("kb"), sha256(root.encode()).hexdigest()[:16])
