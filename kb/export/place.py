"""Place: where an export goes - a file, a folder or a .tgz - written whole, and never over what kb did not write."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from kb.errors import InputError

LIST = ".kb-export"
"""File in an exported folder: which export it is, and which files kb wrote."""
STAMP = 315_532_800
"""1980-01-01, the date of every file in an archive: same notes, same bytes."""
_LOOKED_AT = 4096


class Place:
    """Where an export goes; `mark` is what every file of this export holds at its start or end."""

    def __init__(self, target: Path, export: str, mark: bytes, *, folder: bool = False) -> None:
        self.target, self.export, self.folder = target, export, folder and target.suffix != ".tgz"
        self.mark = f"kb-export-{export}".encode() if folder else mark

    def check(self) -> None:
        """Find out, before any work is done, whether the export can be written.

        Raises:
            InputError: something else is there already, or the folder above cannot be written.
        """
        above = next(parent for parent in self.target.absolute().parents if parent.exists() or parent.is_symlink())
        if not above.is_dir():
            raise InputError(str(above), "not a folder, nothing can be written below it")
        if not os.access(above, os.W_OK):
            raise InputError(str(above), "no permission to write there")
        if self.target.is_symlink() or self.target.exists():
            self._check_what_is_there()

    def _check_what_is_there(self) -> None:
        if self.target.exists() and not (self.target.is_dir() or self.target.is_file()):
            raise InputError(str(self.target), "neither a file nor a folder")
        if self.target.is_dir() is not self.folder:
            raise InputError(str(self.target), f"there is a {'file' if self.folder else 'folder'} of that name")
        try:
            ours = self._is_ours()
        except OSError as error:
            raise InputError(str(self.target), error.strerror or str(error)) from None
        if not ours:
            raise InputError(
                str(self.target), f"exists and is not a {self.export} export of kb; remove it, or choose another --out"
            )

    def _is_ours(self) -> bool:
        if self.folder:
            return not any(self.target.iterdir()) or self._listed() is not None
        with self.target.open("rb") as file:
            start = file.read(_LOOKED_AT)
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LOOKED_AT))
            return self.mark in start or self.mark in file.read()

    def write(self, content: bytes | Mapping[str, bytes]) -> None:
        """Write one file, or files by their path in the folder; what an earlier export left there is removed.

        Raises:
            InputError: it cannot be written.
        """
        self.check()
        try:
            if isinstance(content, bytes):
                self._write_file(content)
            elif self.folder:
                self._write_folder(content)
            else:
                self._write_file(archive(content, self.target.stem, self.mark.decode()))
        except OSError as error:
            raise InputError(str(self.target), error.strerror or str(error)) from None

    def _write_file(self, data: bytes) -> None:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        beside = self.target.with_name(f".{self.target.name}.tmp")
        try:
            beside.write_bytes(data)
            beside.replace(self.target)
        finally:
            beside.unlink(missing_ok=True)

    def _write_folder(self, files: Mapping[str, bytes]) -> None:
        before = self._listed() or set()
        for name in sorted(files.keys() - before):
            if (self.target / name).exists():
                raise InputError(str(self.target / name), "is in the way; kb did not write it")
        self._list(before | files.keys())
        for name, data in files.items():
            path = self.target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        for name in sorted(before - files.keys()):
            (self.target / name).unlink(missing_ok=True)
            self._remove_empty((self.target / name).parent)
        self._list(files.keys())

    def _remove_empty(self, folder: Path) -> None:
        while folder != self.target and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent

    def _list(self, names: Iterable[str]) -> None:
        self.target.mkdir(parents=True, exist_ok=True)
        lines = [self.mark.decode(), *sorted(names)]
        (self.target / LIST).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")

    def _listed(self) -> set[str] | None:
        """Return the files that an earlier export of this kind wrote; None if there is none."""
        try:
            mark, *names = (self.target / LIST).read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            return None
        return {name for name in names if name and _stays_inside(name)} if mark == self.mark.decode() else None


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def archive(files: Mapping[str, bytes], folder: str, mark: str) -> bytes:
    """Return files as a .tgz with one folder in it; the same bytes for the same files."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, data in sorted(files.items()):
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size, info.mtime = len(data), STAMP
            tar.addfile(info, io.BytesIO(data))
    packed = io.BytesIO()
    with gzip.GzipFile(filename=mark, mode="wb", fileobj=packed, mtime=STAMP) as file:
        file.write(plain.getvalue())
    return packed.getvalue()
