"""App: the static documents, live search and the site as one ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from typing import TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import StatelessLifespan

from kb.api.encode import encoded
from kb.api.openapi import DEFAULT_HITS, DEFAULT_SUGGESTIONS, MODES
from kb.api.shapes import resolved_shape, result_shape, suggestions_shape
from kb.errors import KbError
from kb.search.hit import KINDS, Filters
from kb.search.suggest import suggest
from kb.serve.headers import FOR_GOOD, FRESH
from kb.serve.pages import Pages
from kb.serve.parameters import Parameters
from kb.serve.problems import Refused, on_crash, on_http, on_kb
from kb.serve.snapshot import Snapshot, is_for_good

T = TypeVar("T")
_MEDIA = {".json": "application/json", ".md": "text/markdown; charset=utf-8", ".bin": "application/octet-stream"}
_JSON = _MEDIA[".json"]
_DESCRIBED = {"Link": '</openapi.json>; rel="service-desc"'}


class Desk:
    """Answers requests from the snapshot there is, in two threads of its own: one searches, one makes documents."""

    def __init__(self, snapshot: Snapshot, pages: Pages) -> None:
        self.snapshot = snapshot
        self.before: Snapshot | None = None
        """The last one: an open page may still ask for its shards."""
        self.pages = pages
        self._search = ThreadPoolExecutor(1, "kb-search")
        self._read = ThreadPoolExecutor(1, "kb-read")

    def replace(self, snapshot: Snapshot) -> None:
        """Answer from another snapshot from now on."""
        self.before, self.snapshot = self.snapshot, snapshot

    async def searching(self, call: Callable[[], T]) -> T:
        """Run something that uses the index; one after the other."""
        return await asyncio.get_running_loop().run_in_executor(self._search, call)

    async def reading(self, call: Callable[[], T]) -> T:
        """Run something that uses the notes; one after the other."""
        return await asyncio.get_running_loop().run_in_executor(self._read, call)

    async def search(self, request: Request) -> Response:
        """Answer /api/v1/search."""
        asked = Parameters(request, ("q", "limit", "service", "category", "kind", "mode", "explain"))
        query, limit = asked.text("q"), asked.limit(DEFAULT_HITS)
        filters = asked.several("service"), asked.several("category"), asked.several("kind")
        words = asked.choice("mode", MODES, MODES[0]) == "words"
        explain = asked.choice("explain", ("true", "false"), "false") == "true"
        snapshot = self.snapshot

        def found() -> bytes:
            _check(snapshot, *filters)
            result = snapshot.live.search(query, limit, *filters, semantic=False if words else None)
            return encoded(result_shape(result, explain))

        return answer(request, await self.searching(found))

    async def suggest(self, request: Request) -> Response:
        """Answer /api/v1/suggest."""
        asked = Parameters(request, ("q", "limit"))
        query, limit = asked.text("q"), asked.limit(DEFAULT_SUGGESTIONS)
        found = await self.searching(partial(suggest, self.snapshot.live.searcher, query, limit))
        return answer(request, encoded(suggestions_shape(query, found)))

    async def complete(self, request: Request) -> Response:
        """Answer /suggest, as the address bars of browsers ask (OpenSearch suggestions)."""
        query = Parameters(request, ("q",)).text("q")
        found = await self.searching(partial(suggest, self.snapshot.live.searcher, query))
        return answer(request, encoded([query, [one.text for one in found]]), "application/x-suggestions+json")

    async def resolve(self, request: Request) -> Response:
        """Answer /api/v1/resolve."""
        name = Parameters(request, ("name",)).text("name")
        resolved = await self.searching(partial(self.snapshot.live.resolve, name))
        return answer(request, encoded(resolved_shape(resolved)))

    async def describe(self, request: Request) -> Response:
        """Answer /openapi.json."""
        snapshot = self.snapshot
        return answer(request, await self.reading(lambda: snapshot.description))

    async def _file(self, snapshot: Snapshot, path: str) -> bytes | None:
        return snapshot.file(path) if snapshot.has_made(path) else await self.reading(partial(snapshot.file, path))

    async def document(self, request: Request) -> Response:
        """Answer with a static document."""
        path = request.path_params["path"]
        data = await self._file(self.snapshot, path)
        if data is None and self.before and is_for_good(path):
            data = await self._file(self.before, path)
        if data is None:
            raise Refused(
                404, f"there is no /api/v1/{path[:200]}; /api/v1/index.json and /openapi.json say what there is"
            )
        media = _MEDIA[path[path.rindex(".") :]]
        return answer(request, data, media, FOR_GOOD if is_for_good(path) else FRESH)


def application(desk: Desk, lifespan: StatelessLifespan[Starlette] | None = None) -> Starlette:
    """Return the application; it still wants a guard around it."""
    routes = [
        Route("/openapi.json", desk.describe),
        Route("/suggest", desk.complete),
        Route("/api/v1/search", desk.search),
        Route("/api/v1/suggest", desk.suggest),
        Route("/api/v1/resolve", desk.resolve),
        Route("/api/v1/{path:path}", desk.document),
        Mount("/", desk.pages),
    ]
    handlers = {HTTPException: on_http, KbError: on_kb, Exception: on_crash}
    return Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)


def answer(request: Request, data: bytes, media: str = _JSON, cache: str = FRESH) -> Response:
    """Return bytes, or 304 when the client has them."""
    tag = f'"{sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": cache, **_DESCRIBED}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type=media)


def _check(snapshot: Snapshot, services: tuple[str, ...], categories: tuple[str, ...], kinds: tuple[str, ...]) -> None:
    """Refuse filters that name nothing, with what was meant, where that is known."""
    from kb.links.resolve import nearest, recognise

    searcher = snapshot.live.searcher
    for id in services:
        if searcher.span(id) is None:
            found = recognise(id, searcher)
            near = found.notes if found else nearest(id, searcher.name_texts())
            raise Refused(400, f"no note has the id {id[:80]!r}", parameter="service", nearest=near)
    for field in searcher.unknown_filters(Filters(category=categories)):
        name = field.partition(":")[2]
        raise Refused(400, f"no note is in the category {name[:80]!r}", parameter="category")
    for kind in kinds:
        if kind not in KINDS:
            raise Refused(400, f"'kind' must be one of {', '.join(KINDS)}", parameter="kind")
