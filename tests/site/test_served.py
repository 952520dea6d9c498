"""The built site and `kb serve` over it: what is served is what was built."""

from __future__ import annotations

import http.client
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest


@pytest.mark.timeout(300)
def test_static_bytes_are_served_bytes(site: Path, served: str) -> None:
    """Every file of the API, of which the server has its own, and the pages; of the many small files of facts some."""
    files = [path for path in sorted(site.rglob("*")) if path.is_file()]
    facts = [path for path in files if path.is_relative_to(site / "api/v1/facts")]
    assert len(facts) > 1000
    left_out = {*facts} - {*facts[::20]}
    with closing(http.client.HTTPConnection(urlsplit(served).netloc, timeout=30)) as connection:
        for path in (path for path in files if path not in left_out):
            address = "/" + quote(path.relative_to(site).as_posix())
            connection.request("GET", address)
            response = connection.getresponse()
            assert (response.status, response.read() == path.read_bytes()) == (200, True), address
