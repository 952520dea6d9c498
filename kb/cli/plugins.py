"""Plug-ins of editors as kb ships them: where each belongs, and putting it there without touching what is another's."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from kb.errors import InputError

SHIPPED = Path(__file__).parent.parent / "editors"
MARK = ".kb-installed"
"""File that lists, with their hashes, the files that kb put into a folder."""

MADE = ("node_modules", "dist", "__pycache__")
"""Folders that building a plug-in makes."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plug-in for one editor."""

    name: str
    after: str
    """What to do once it is there; {target} is the folder, {python} what runs kb."""

    @property
    def source(self) -> Path:
        """Return the folder that kb ships."""
        return SHIPPED / self.name

    def target(self) -> Path:
        """Return the folder of this user that the plug-in belongs into."""
        return {"nvim": _nvim, "emacs": _emacs, "vscode": _vscode}[self.name]()


# A plug-in for another editor gets its folder in kb/editors, its place in `target` and a line here.
PLUGINS = {
    plugin.name: plugin
    for plugin in (
        Plugin("nvim", "Neovim 0.11 or newer finds it by itself; :helptags ALL, then :help kb"),
        Plugin(
            "emacs",
            "Add to your init file:\n\n(add-to-list 'load-path \"{target}\")\n(require 'kb)\n"
            "(add-hook 'prog-mode-hook #'kb-mode)",
        ),
        Plugin(
            "vscode",
            "Its extension is built there, with Node 20 or newer:\n\n"
            'cd "{target}" && npm ci --ignore-scripts && KB_PYTHON="{python}" npm run package && code --install-extension dist/aws-kb.vsix',
        ),
    )
}


def install(plugin: Plugin, target: Path, *, link: bool = False) -> int:
    """Copy a plug-in into a folder, or link the folder to it; return how many files it has.

    Raises:
        InputError: something stands there that kb did not write, or that changed since, or it cannot be written.
    """
    files = shipped(plugin)
    try:
        if target.is_symlink() and target.resolve() == plugin.source.resolve():
            target.unlink()
        _refuse(target, files, link=link)
        if link:
            if target.exists():
                shutil.rmtree(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(plugin.source, target_is_directory=True)
        else:
            _copy(plugin.source, target, files)
    except OSError as error:
        raise InputError(str(target), f"cannot be written: {error.strerror or error}") from None
    return len(files)


def shipped(plugin: Plugin) -> list[str]:
    """Return the files of a plug-in, as paths below its folder.

    Raises:
        InputError: this kb came without them.
    """
    files: list[str] = []
    for folder, inner, names in os.walk(plugin.source):
        inner[:] = [name for name in inner if name not in MADE]
        files += [Path(folder, name).relative_to(plugin.source).as_posix() for name in names if name[-4:] != ".elc"]
    files.sort()
    if not files:
        raise InputError(str(plugin.source), "the plug-in is missing; install kb again")
    return files


def _refuse(target: Path, files: list[str], *, link: bool) -> None:
    """Raise where something stands in the way."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise InputError(str(target), "is not kb's; move it away or choose another place with --to")
    ours = _marked(target)
    for name in files if not link else _inside(target):
        path = target / name
        if (path.exists() or path.is_symlink()) and (path.is_symlink() or ours.get(name) != _hash(path)):
            what = "changed since kb wrote it" if name in ours else "is not kb's"
            raise InputError(str(path), f"{what}; move it away or choose another place with --to")


def _inside(target: Path) -> list[str]:
    """Return what stands in a folder besides the mark, as files."""
    if not target.is_dir():
        return []
    found = (p for p in target.rglob("*") if not p.is_dir() or p.is_symlink())
    return sorted(name for p in found if (name := p.relative_to(target).as_posix()) != MARK)


def _copy(source: Path, target: Path, files: list[str]) -> None:
    gone = {name: sum_ for name, sum_ in _marked(target).items() if name not in files}
    for name, sum_ in gone.items():  # of an older kb
        if (path := target / name).is_file() and _hash(path) == sum_:
            path.unlink()
    for name in files:
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, path)
    lines = [f"{_hash(source / name)}  {name}\n" for name in files]
    (target / MARK).write_text("".join(lines), encoding="utf-8")


def _marked(target: Path) -> dict[str, str]:
    """Return the files that kb put into a folder, with their hashes."""
    try:
        lines = (target / MARK).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.split("  ", 1) for line in lines if "  " in line)
    return {name: sum_ for sum_, name in pairs if ".." not in Path(name).parts and not Path(name).is_absolute()}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _nvim() -> Path:
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    name = os.environ.get("NVIM_APPNAME") or "nvim"
    if os.name == "nt":
        data, name = os.environ.get("LOCALAPPDATA", "~/AppData/Local"), f"{name}-data"
    return Path(data).expanduser() / name / "site/pack/kb/start/kb"


def _vscode() -> Path:
    from platformdirs import user_data_path

    return user_data_path("kb", appauthor=False) / "vscode"


def _emacs() -> Path:
    old, new = Path("~/.emacs.d").expanduser(), Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    return (new / "emacs" if (new / "emacs").is_dir() and not old.is_dir() else old) / "kb"
