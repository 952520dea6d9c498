"""Kinds: every export by its name, with where it goes and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb.base import KnowledgeBase
from kb.errors import InputError
from kb.export import anki, articles, database, devdocs, docset, document, markdown
from kb.export.place import Place

Content = bytes | Mapping[str, bytes]
BuildSite = Callable[[Path], object]
"""Builds the site into a folder."""
ARCHIVE = ".tgz"


@dataclass(frozen=True, slots=True)
class Kind:
    """One export."""

    name: str
    title: str
    target: str
    """Where it goes when nothing else is said."""
    make: Callable[[KnowledgeBase], Content] | None = None
    """What makes it of the notes."""
    of_site: Callable[[KnowledgeBase, Path], Content] | None = None
    """What makes it of a built site."""
    mark: bytes = b""
    """What every file of this export holds; empty for folders, which hold a list of their files."""
    endings: tuple[str, ...] = ()
    """The programs that read it insist on one of these; empty for any."""

    def place(self, target: Path | None) -> Place:
        """Return where it goes.

        Raises:
            InputError: the name does not end as the programs that read it want.
        """
        path = target or Path(self.target)
        if self.endings and path.suffix not in self.endings:
            raise InputError(str(path), f"must end in {' or '.join(self.endings)}")
        return Place(path, self.name, self.mark, folder=not self.mark)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("docset", "Dash and Zeal", "kb.docset", of_site=docset.docset, endings=(".docset", ARCHIVE)),
        Kind("devdocs", "DevDocs, and editors that read it", "kb-devdocs", of_site=devdocs.devdocs),
        Kind("anki", "Anki, facts as cards", "kb.apkg", anki.anki_deck, mark=anki.MARK, endings=(".apkg",)),
        Kind("sqlite", "one SQLite file", "kb.sqlite", database.sqlite_database, mark=database.MARK),
        Kind("markdown", "a folder of plain Markdown", "kb-markdown", markdown.markdown_folder),
        Kind("json", "one JSON file", "kb.json", document.json_document, mark=document.MARK),
    )
}


def export(
    kb: KnowledgeBase, name: str, target: Path | None = None, site: Path | None = None, build: BuildSite | None = None
) -> Path:
    """Write an export and return where; of a site that is built already, or that `build` builds for it.

    Raises:
        InputError: there is no such export, or it cannot be written there, or there is no site to make it of.
        MissingExtra: it needs an extra that is not installed.
    """
    if name not in KINDS:
        raise InputError(name, f"no such export; there are {', '.join(KINDS)}")
    kind = KINDS[name]
    place = kind.place(target)
    place.check()
    if kind.make:
        place.write(kind.make(kb))
    elif kind.of_site:
        articles.check_lxml()
        with _site(site, build) as folder:
            place.write(kind.of_site(kb, folder))
    return place.target


@contextmanager
def _site(site: Path | None, build: BuildSite | None) -> Iterator[Path]:
    """Give a built site; one that is built for the occasion is removed again."""
    from tempfile import TemporaryDirectory

    if site:
        yield site
    elif build:
        with TemporaryDirectory(prefix="kb-site-") as folder:
            build(Path(folder))
            yield Path(folder)
    else:
        raise InputError("site", "this export is made of a built site; name one")
