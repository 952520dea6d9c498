"""The index on disk: one SQLite file to read, a Whoosh folder beside it, and the lock of a build.

A build writes beside and renames over, so that a reader sees the old index or the new one, never half.
"""

from __future__ import annotations

import os
import sqlite3

from kb.errors import BuildBusy, IndexDamaged, IndexMissing, IndexTooNew, IndexUnusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = 4
NARROW = 65_535
"""Up to so many units, unit numbers take two bytes."""
EXPORT = "kb.sqlite"
ENGINE = "whoosh"
LOCK = "lock"
VECTORS = "vectors.bin"
SHIPPED = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "semantic", "notes.vectors")
"""The vectors of the bundled notes, made by .ci/ship_vectors.py."""
PENDING = "pending"
"""A file that stands while the engine may be ahead of the export."""


def open_export(folder: str) -> sqlite3.Connection:
    """Open the ranked export for reading.

    Raises:
        IndexMissing: there is none.
        IndexDamaged: it is cut short, or not an index.
        IndexTooNew: a newer kb wrote it.
    """
    path = os.path.join(folder, EXPORT)
    try:
        size = os.path.getsize(path)
    except OSError:
        raise IndexMissing(path, "there is no index yet") from None
    connection = sqlite3.connect(f"file:{_quoted(path)}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    try:
        version, pages, page_size = (
            connection.execute(f"pragma {name}").fetchone()[0] for name in ("user_version", "page_count", "page_size")
        )
        complete = connection.execute("select value from meta where key = 'complete'").fetchone()
    except sqlite3.Error as error:
        connection.close()
        raise IndexDamaged(path, f"the index is damaged ({error})", "kb index --full") from None
    if version > FORMAT:
        connection.close()
        raise IndexTooNew(path, f"the index has format {version}, this kb reads {FORMAT}", "kb index --full")
    if version < FORMAT or complete is None or pages * page_size > size:
        connection.close()
        raise IndexDamaged(path, "the index is half-written or of an older format", "kb index --full")
    return connection


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


class Building:
    """Holds the lock of a build; the system frees it when the process dies.

    Raises:
        BuildBusy: another process holds it.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        os.makedirs(self.folder, exist_ok=True)
        self.handle = open(os.path.join(self.folder, LOCK), "a", encoding="utf-8")
        try:
            import fcntl

            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # Windows
            import msvcrt

            try:
                msvcrt.locking(self.handle.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            except OSError:
                raise BuildBusy(self.folder) from None
        except OSError:
            self.handle.close()
            raise BuildBusy(self.folder) from None

    def __exit__(self, *exception: object) -> None:
        self.handle.close()


def pending(folder: str) -> bool:
    """Tell whether a build died between the engine and the export."""
    return os.path.exists(os.path.join(folder, PENDING))


def mark_pending(folder: str) -> None:
    """Say that the engine may be ahead of the export from now on."""
    with open(os.path.join(folder, PENDING), "w", encoding="utf-8"):
        pass


def clear_pending(folder: str) -> None:
    """Say that engine and export agree."""
    os.unlink(os.path.join(folder, PENDING))


def built(folder: str) -> dict[str, str]:
    """Return the content hash each note was indexed with; empty when the export cannot tell."""
    try:
        connection = open_export(folder)
        try:
            return dict(connection.execute("select note, digest from built"))
        finally:
            connection.close()
    except (IndexUnusable, sqlite3.Error):
        return {}


def note_stamps(docs: str) -> Iterator[tuple[str, int, int]]:
    """Yield path, size and time of change of each note and source file, to tell whether the index is stale.

    Of a plain folder: of each Markdown file below it.
    """
    names = ("services", "topics", "sources", "compare")
    if not any(os.path.isdir(os.path.join(docs, name)) for name in names[:2]):
        from kb.notes.walk import markdown_below

        for entry in markdown_below(docs):
            stat = entry.stat()
            yield os.path.relpath(entry.path, docs).replace(os.sep, "/"), stat.st_size, stat.st_mtime_ns
        return
    for name in names:
        try:
            entries = sorted(os.scandir(os.path.join(docs, name)), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if entry.name.endswith(".md") and entry.name != "index.md" and entry.is_file():
                stat = entry.stat()
                yield f"{name}/{entry.name}", stat.st_size, stat.st_mtime_ns
