"""Run: bind, open the notes, show the site, answer, and notice when a note changes."""

from __future__ import annotations

import asyncio
import errno
import importlib.util
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kb.base import KnowledgeBase
from kb.errors import BuildBusy, InputError, KbError, MissingExtra
from kb.serve.built import BuiltSite
from kb.serve.stamps import Stamp, stamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from starlette.applications import Starlette

    from kb.serve.app import Desk

Tell = Callable[[str], None]
PAUSE = 1.0
"""Seconds between two looks at the notes."""
PATIENCE = 50
"""A look that takes long is taken the more rarely: at most 1 part of the time in so many."""
FAREWELL = 2
"""Seconds that open requests have when the server is stopped."""


@dataclass(frozen=True, slots=True)
class Options:
    """What `kb serve` was told."""

    host: str = "127.0.0.1"
    port: int = 8000
    site: Path | None = None
    """A folder that was built already; otherwise the site is built into the cache."""
    with_site: bool = True
    names: tuple[str, ...] = ()
    """Other names that this machine is asked by."""
    conflicts: bool = False
    """Whether to look for conflicts, for their page and document."""


def serve(base: str | None, options: Options, tell: Tell, ready: Tell) -> None:
    """Answer until interrupted; `tell` hears what happens, `ready` the address.

    Raises:
        MissingExtra: Starlette, uvicorn, or what builds the site is not installed.
        InputError: the address is taken, or there is no site.
        KbError: there are no notes, or no index can be built of them.
    """
    if importlib.util.find_spec("starlette") is None or importlib.util.find_spec("uvicorn") is None:
        raise MissingExtra("serve", "kb serve")
    if options.site and not (options.site / "index.html").is_file():
        raise InputError(str(options.site), f"no built site here; run: kb build -o {options.site}")
    with _bound(options.host, options.port) as listener:
        server = Server(base, options, tell)
        with suppress(KeyboardInterrupt):
            server.run(listener, ready)


class Server:
    """One base, its site, and who watches them."""

    def __init__(self, base: str | None, options: Options, tell: Tell) -> None:
        from kb.serve.app import Desk
        from kb.serve.pages import Pages
        from kb.serve.snapshot import Snapshot

        self.base, self.options, self.tell = base, options, tell
        kb = KnowledgeBase(base)
        self.built = BuiltSite(kb, conflicts=options.conflicts) if options.with_site and not options.site else None
        self.watched = self.built.made_of if self.built else (kb.docs,)
        self.seen = stamps(self.watched)
        if not os.path.isdir(kb.index):
            tell(f"indexing {kb.docs} for the first time")
        self.desk: Desk = Desk(Snapshot(base, conflicts=options.conflicts), Pages())

    def run(self, listener: socket.socket, ready: Tell) -> None:
        """Show the site, then answer until interrupted."""
        import uvicorn

        from kb.serve.app import application
        from kb.serve.guard import Guard

        if self.options.site:
            self.desk.pages.show(self.options.site)
        elif self.built:
            if not self.built.place(self.seen).is_dir():
                self.tell("building the site, which takes a while the first time")
            self.desk.pages.show(asyncio.run(self.built.build(self.seen)))
        app = Guard(application(self.desk, self._lifespan), self.options.host, self.options.names)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, ws="none", timeout_graceful_shutdown=FAREWELL
        )
        listener.listen()
        host, port = listener.getsockname()[:2]
        ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
        uvicorn.Server(config).run(sockets=[listener])

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._prepare()), asyncio.create_task(self._watch())]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _prepare(self) -> None:
        with suppress(KbError):  # whoever asks is told
            await self.desk.reading(self.desk.snapshot.prepare)

    async def _watch(self) -> None:
        """Look at the notes for as long as the server runs, and answer from them anew once they rest."""
        loop = asyncio.get_running_loop()
        pause, before = PAUSE, self.seen
        while True:
            await asyncio.sleep(pause)
            begun = loop.time()
            now = await asyncio.to_thread(stamps, self.watched)
            pause = max(PAUSE, PATIENCE * (loop.time() - begun))
            if now == before != self.seen:
                await self._refresh(now)
            before = now

    async def _refresh(self, now: frozenset[Stamp]) -> None:
        from kb.serve.snapshot import Snapshot

        try:
            fresh = await asyncio.to_thread(
                partial(Snapshot, self.base, changed=True, conflicts=self.options.conflicts)
            )
            await asyncio.to_thread(fresh.prepare)
            self.desk.replace(fresh)
            self.tell("notes changed, the index is up to date")
            if self.built:
                self.desk.pages.show(await self.built.build(now))
                self.tell("the site is up to date")
        except BuildBusy:
            return  # at the next look
        except (KbError, OSError) as error:
            self.tell(f"{error}; what was there is shown until the next change")
        self.seen = now


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address.

    It says that it is TCP: otherwise asyncio leaves Nagle's algorithm on, and an answer waits 40 ms for its second half.

    Raises:
        InputError: it is taken, or no address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise InputError(f"{host}:{port}", error.strerror or str(error)) from None
    try:
        if os.name == "posix":  # elsewhere it would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        reason = f"port {port} is taken; choose another with --port" if taken else error.strerror or str(error)
        raise InputError(f"{host}:{port}", reason) from None
    return listener
