"""Problems: every error as application/problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kb.api.encode import encoded
from kb.errors import IndexUnusable, KbError, NotFound

MEDIA = "application/problem+json"


class Refused(HTTPException):
    """A request that cannot be answered, and which parameter is at fault."""

    def __init__(self, status: int, detail: str, *, parameter: str = "", nearest: Iterable[str] = ()) -> None:
        super().__init__(status, detail)
        self.parameter = parameter
        self.nearest = tuple(nearest)


def problem(
    status: int, detail: str, *, parameter: str = "", nearest: tuple[str, ...] = (), allow: str = ""
) -> Response:
    """Return a response that says what went wrong."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail or title}
    more = {"parameter": parameter} if parameter else {}
    names = {"nearest": list(nearest)} if nearest else {}
    headers = {"Allow": allow} if allow else {}
    return Response(encoded(body | more | names), status, headers, MEDIA)


def on_http(request: Request, error: Exception) -> Response:
    """Answer what the framework or a handler refused."""
    assert isinstance(error, HTTPException)
    status = 404 if error.status_code == HTTPStatus.UNAUTHORIZED else error.status_code  # a file nobody may read
    if isinstance(error, Refused):
        return problem(status, error.detail, parameter=error.parameter, nearest=error.nearest)
    return problem(status, f"there is no {request.url.path[:200]}" if status == HTTPStatus.NOT_FOUND else error.detail)


def on_kb(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette passes both
    """Answer an error of kb: a name that is not there, or notes and an index that cannot be read just now."""
    if isinstance(error, NotFound):
        return problem(404, str(error), nearest=error.nearest)
    assert isinstance(error, KbError)
    detail = f"{error.reason}; run: {error.remedy}" if isinstance(error, IndexUnusable) else str(error)
    return problem(503, detail)


def on_crash(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """Answer a mistake of ours, which the log tells more of."""
    return problem(500, "this is a mistake of kb serve; its log says more")
