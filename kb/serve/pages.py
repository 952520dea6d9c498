"""Pages: the files of the built site, from a folder that a rebuild replaces."""

from __future__ import annotations

import mimetypes
from http import HTTPStatus
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from kb.serve.headers import DATA, POLICY, site_policy
from kb.serve.problems import Refused

for _media, _suffix in (("text/javascript", ".js"), ("application/manifest+json", ".webmanifest")):
    mimetypes.add_type(_media, _suffix)  # what the system says of them differs


class Pages:
    """The site as it is now; nothing until there is one."""

    def __init__(self) -> None:
        self._files: StaticFiles | None = None

    def show(self, folder: Path) -> None:
        """Serve this folder from now on."""
        self._files = _Folder(folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file."""
        if scope["type"] != "http":
            return
        if self._files is None:
            raise Refused(404, "no site is served here; the API stands at /api/v1/index.json")
        plain = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"range"]}
        await self._files(plain, receive, send)


class _Folder(StaticFiles):
    """Tells people with the site's own page that there is nothing, and programs with a problem; sends the site's policy."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True)
        self.policy = site_policy(folder)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == HTTPStatus.NOT_FOUND and "text/html" not in Headers(scope=scope).get("accept", ""):
            raise HTTPException(404)
        if not response.headers.get("content-type", "").startswith(DATA):
            response.headers[POLICY] = self.policy
        if "accept-ranges" in response.headers:
            del response.headers["accept-ranges"]
        return response
