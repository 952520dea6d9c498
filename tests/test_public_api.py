"""The front door of the package."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import kb
from kb import errors


def test_all_is_sorted_and_every_name_resolves() -> None:
    """Every public name can be imported, and the list is in order."""
    assert list(kb.__all__) == sorted(kb.__all__)
    for name in kb.__all__:
        assert getattr(kb, name).__name__ == name


def test_every_error_is_public_and_drawn() -> None:
    """Each error class is exported and stands in the tree at the head of errors.py."""
    classes = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
    assert classes <= set(kb.__all__)
    assert all(name in (errors.__doc__ or "") for name in classes)


def test_unknown_names_are_refused() -> None:
    """A misspelt name is an AttributeError, as for any module."""
    assert not hasattr(kb, "KnowledgeBse")


def test_every_public_function_has_a_docstring() -> None:
    """First line says what it is or does, ends like a sentence."""
    for path in Path(kb.__file__).parent.rglob("*.py"):
        module = ast.parse(path.read_text(encoding="utf-8"))
        inside = [
            node
            for outer in module.body
            if isinstance(outer, ast.ClassDef) and outer.name[0] != "_"
            for node in outer.body
        ]
        for node in (*module.body, *inside):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith(("_", "on_")):
                doc = ast.get_docstring(node)
                assert doc, f"{path}:{node.lineno} {node.name}"
                assert doc.split("\n")[0][-1] in ".?", f"{path}:{node.lineno} {node.name}: {doc}"


def test_importing_the_package_imports_nothing_else() -> None:
    """`import kb` costs nothing."""
    code = "import sys, kb; print([m for m in sys.modules if m.startswith('kb.')], 'dataclasses' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "[] False"
    )
