"""Guard: lets in who names this machine and only reads, and puts the security headers on every response."""

from __future__ import annotations

from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.serve.headers import headers_of
from kb.serve.problems import problem

READS = ("GET", "HEAD")
"""The methods there are."""
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


class Guard:
    """Stands around the application.

    A page elsewhere can make a browser send requests to this machine under a name of its own (DNS rebinding) and read the
    answers; it cannot choose what the browser writes into Host, so names that are not ours are refused.
    """

    def __init__(self, app: ASGIApp, host: str, names: tuple[str, ...] = ()) -> None:
        self.app = app
        self.names = LOCAL | {host.lower(), *(name.lower() for name in names)}
        self.is_open = host.lower() not in LOCAL
        """Whether other machines may ask: then any address will do, for a name is needed to rebind it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in headers_of(headers.get("content-type", "")).items():
                    headers.setdefault(name, value)
            await send(message)

        await (self._refusal(scope) or self.app)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        """Return what a request is refused with, or None to let it through."""
        host = Headers(scope=scope).get("host", "")
        if not self.allows(host):
            return problem(403, f"this server does not answer to the name {host[:80]!r}")
        if scope["method"] not in READS:
            return problem(405, f"this server is only read: {', '.join(READS)}", allow=", ".join(READS))
        return None

    def allows(self, host: str) -> bool:
        """Tell whether a Host header names this machine."""
        name = host.lower()
        if name.startswith("["):
            name = name[1:].partition("]")[0]
        elif name.count(":") == 1:
            name = name.partition(":")[0]
        return name in self.names or self.is_open and _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
