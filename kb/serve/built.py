"""Built: the site of a base in a folder of the user's cache, built by a process of its own when it is not there."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

from kb.base import KnowledgeBase
from kb.errors import InputError, MissingExtra
from kb.locate import find_base
from kb.serve.stamps import Stamp, digest, stamps

PACKAGE = Path(__file__).parent.parent
KEPT = 2
"""So many sites of a base stay: the one that is shown, and the one before it."""
_BEGUN = "making-"
_LONG = 3600
"""Seconds that no build takes."""
_SAID = 12
"""Lines of a failed build that are told."""


class BuiltSite:
    """The site of a base, by what it is made of."""

    def __init__(self, kb: KnowledgeBase, *, conflicts: bool = False) -> None:
        """Find out what the site is made of; `conflicts` looks for them, for their page.

        Raises:
            MissingExtra: MkDocs or Material is not installed.
        """
        if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("material") is None:
            raise MissingExtra("site", "showing the site (kb serve --no-site serves the API alone)")
        from platformdirs import user_cache_dir

        self.docs = kb.docs
        self.more = ("--conflicts",) if conflicts else ()
        self.base = ("--base", os.path.abspath(kb.base)) if kb.base else ()
        self.folder = Path(user_cache_dir("kb")) / "sites" / sha256(str(kb.root).encode()).hexdigest()[:16]
        roots = dict.fromkeys((kb.root.parent, kb.root, Path(find_base()[0]).parent))
        self.made_of = (str(kb.root), *(str(root / name) for root in roots for name in ("mkdocs.yml", "overrides")))

    def stamps(self) -> frozenset[Stamp]:
        """Return the stamps of what the site is made of."""
        return stamps(self.made_of)

    def place(self, found: frozenset[Stamp]) -> Path:
        """Return the folder of the site that is made of this; kb's own code counts too."""
        own = stamps((str(PACKAGE),))
        return self.folder / digest(found | own, sys.version, *self.more)

    async def build(self, found: frozenset[Stamp]) -> Path:
        """Return the folder of the site, built unless it is there.

        Raises:
            InputError: it could not be built; says why.
        """
        place = self.place(found)
        if not place.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=_BEGUN, ignore_cleanup_errors=True) as made:
                await self._run(Path(made) / "site")
                try:
                    (Path(made) / "site").rename(place)
                except OSError:  # another server was faster
                    if not place.is_dir():
                        raise
            self._tidy(place)
        return place

    async def _run(self, target: Path) -> None:
        """Run `kb build` as a process of its own, so that answers do not wait for it."""
        paths = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH", "")])]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "kb", *self.base, "build", "--no-strict", "-o", str(target), *self.more,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)}, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            _, said = await process.communicate()
        except asyncio.CancelledError:
            process.terminate()
            await process.wait()
            raise
        if process.returncode:
            lines = said.decode("utf-8", "replace").strip().splitlines()
            reason = "\n".join(lines[-_SAID:]).removeprefix("kb: ") or f"exit status {process.returncode}"
            raise InputError(self.docs, f"the site could not be built\n{reason}")

    def _tidy(self, shown: Path) -> None:
        """Remove all sites but the newest, and what builds left that were killed."""
        ages = {site: time.time() - site.stat().st_mtime for site in self.folder.iterdir() if site != shown}
        begun = [site for site in ages if site.name.startswith(_BEGUN)]
        others = sorted(ages.keys() - set(begun), key=ages.__getitem__)
        for old in [*others[KEPT - 1 :], *(site for site in begun if ages[site] > _LONG)]:
            shutil.rmtree(old, ignore_errors=True)
