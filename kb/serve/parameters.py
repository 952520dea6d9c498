"""Parameters: the query of a request, read strictly - nothing unknown, repeated, or out of bounds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from starlette.requests import Request

from kb.api.openapi import LONGEST_QUERY, MOST_HITS
from kb.serve.problems import Refused

_NUMBER = re.compile("[1-9][0-9]{0,3}")


class Parameters:
    """The parameters of one request."""

    def __init__(self, request: Request, known: Sequence[str]) -> None:
        self.given = request.query_params
        for name in self.given:
            if name not in known:
                shown = name[:80]
                near = get_close_matches(shown, known, n=1)
                raise Refused(400, f"there is no parameter {shown!r}; there are {', '.join(known)}", nearest=near)

    def text(self, name: str) -> str:
        """Return a text that must be given, of a length that is allowed.

        Raises:
            Refused: it is missing, repeated, or too long.
        """
        value = self._once(name)
        if value is None:
            raise Refused(400, f"the parameter {name!r} is missing", parameter=name)
        if len(value) > LONGEST_QUERY:
            reason = f"{name!r} has {len(value)} characters; at most {LONGEST_QUERY} are looked at"
            raise Refused(400, reason, parameter=name)
        return value

    def limit(self, default: int) -> int:
        """Return how many are wanted.

        Raises:
            Refused: it is no whole number from 1 on, or too large.
        """
        value = self._once("limit")
        if value is None:
            return default
        if not _NUMBER.fullmatch(value) or int(value) > MOST_HITS:
            raise Refused(400, f"'limit' must be a whole number from 1 to {MOST_HITS}", parameter="limit")
        return int(value)

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        """Return one of several words.

        Raises:
            Refused: it is another.
        """
        value = self._once(name)
        if value is not None and value not in choices:
            raise Refused(400, f"{name!r} must be one of {', '.join(choices)}", parameter=name)
        return default if value is None else value

    def several(self, name: str) -> tuple[str, ...]:
        """Return the values of a parameter that may be repeated, each once."""
        return tuple(dict.fromkeys(self.given.getlist(name)))

    def _once(self, name: str) -> str | None:
        values = self.given.getlist(name)
        if len(values) > 1:
            raise Refused(400, f"the parameter {name!r} is given {len(values)} times", parameter=name)
        return values[0] if values else None
