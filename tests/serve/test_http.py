"""`kb serve` as programs see it: paths, problems, caching, who may ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from kb import KnowledgeBase
from kb.api.schema import alone
from kb.api.schemas import DEFINITIONS
from kb.api.write import write_api
from kb.serve.headers import ALWAYS, DATA_POLICY
from kb.site.shards import write_shards
from tests.conftest import serving
from tests.serve.client import Answer, Client

LIVE = (
    "/api/v1/search?q=message+retention",
    "/api/v1/suggest?q=mes",
    "/api/v1/resolve?name=ddb",
    "/openapi.json",
    "/api/v1/index.json",
)


def holds(name: str, answer: Answer) -> None:
    """Fail unless an answer is what a schema says."""
    Draft202012Validator(alone(name, DEFINITIONS)).validate(answer.json)


def test_static_files_are_answered_byte_for_byte(client: Client, indexed_vault: Path, tmp_path: Path) -> None:
    """Notes, facts, schemas, the search shards: what a static host has, with its type."""
    kb = KnowledgeBase(str(indexed_vault))
    write_api(kb, tmp_path)
    write_shards(kb.searcher, tmp_path / "api/v1/search")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 50
    for path in files:
        answer = client.ask(f"/{path.relative_to(tmp_path).as_posix()}")
        media = {".json": "application/json", ".md": "text/markdown; charset=utf-8", ".bin": "application/octet-stream"}
        assert (answer.status, answer.body) == (200, path.read_bytes()), path
        assert answer.headers["content-type"] == media[path.suffix], path


def test_a_live_search_finds_what_the_terminal_finds(client: Client, indexed_vault: Path) -> None:
    """The same hits in the same shape; filters, limit, scores explained."""
    answer = client.ask("/api/v1/search?q=message+retention&limit=2&kind=fact&service=sqs&service=lambda&explain=true")
    result = KnowledgeBase(str(indexed_vault)).search("message retention", 2, ("sqs", "lambda"), (), ("fact",))

    holds("result", answer)
    assert [hit["id"] for hit in answer.json["hits"]] == [hit.id for hit in result.hits]
    assert answer.json["hits"][0]["parts"] == result.hits[0].parts
    assert answer.json["total"] == result.total


@pytest.mark.parametrize("query", ["", "%20", "%00", "%ff%fe", "%22message%20to%22", "-queue+message", "%F0%9F%A6%86"])
def test_any_query_is_answered(client: Client, query: str) -> None:
    """Nothing, control characters, bytes that are no text, operators."""
    answer = client.ask(f"/api/v1/search?q={query}")

    assert answer.status == 200
    holds("result", answer)


def test_suggestions_and_names(client: Client) -> None:
    """What may be meant while it is typed, in both forms; what a name means, or the nearest ones."""
    suggested, resolved = client.ask("/api/v1/suggest?q=mes&limit=1"), client.ask("/api/v1/resolve?name=aws_sqs_queue")
    unknown = client.ask("/api/v1/resolve?name=lamda")

    holds("suggestions", suggested)
    assert [one["text"] for one in suggested.json["suggestions"]] == ["messaging"]
    assert client.ask("/suggest?q=mes").json == ["mes", ["messaging", "message"]]
    holds("resolved", resolved)
    assert resolved.json["notes"] == ["sqs"]
    holds("problem", unknown)
    assert (unknown.status, unknown.json["nearest"][0]) == (404, "lambda")


@pytest.mark.parametrize(
    ("query", "parameter", "words"),
    [
        ("", "q", "missing"),
        ("q=a&q=b", "q", "2 times"),
        (f"q={'x' * 201}", "q", "at most 200"),
        ("q=a&limit=0", "limit", "from 1 to 50"),
        ("q=a&limit=51", "limit", "from 1 to 50"),
        ("q=a&limit=%C2%B2", "limit", "from 1 to 50"),
        ("q=a&limit=5.0", "limit", "from 1 to 50"),
        ("q=a&limit=", "limit", "from 1 to 50"),
        ("q=a&service=nothing", "service", "no note has the id 'nothing'"),
        ("q=a&category=nothing", "category", "no note is in the category 'nothing'"),
        ("q=a&kind=page", "kind", "fact, section, note"),
        ("q=a&mode=best", "mode", "auto, words"),
        ("q=a&explain=1", "explain", "true, false"),
    ],
)
def test_a_bad_parameter_is_named(client: Client, query: str, parameter: str, words: str) -> None:
    """With what would be right."""
    answer = client.ask(f"/api/v1/search?{query}")

    holds("problem", answer)
    assert (answer.status, answer.json["status"], answer.json["parameter"]) == (400, 400, parameter)
    assert words in answer.json["detail"]


def test_what_was_meant_is_told(client: Client) -> None:
    """A name where an id is wanted; a mistyped parameter."""
    assert client.ask("/api/v1/search?q=a&service=Amazon+SQS").json["nearest"] == ["sqs"]
    assert client.ask("/api/v1/search?q=a&limt=3").json["nearest"] == ["limit"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing.json", 404),
        ("GET", "/api/v1/notes/..%2f..%2f..%2fpyproject.json", 404),
        ("GET", "/api/v1/search/words-00000000.bin", 404),
        ("GET", "/api/v2/index.json", 404),
        ("GET", "/nothing", 404),
        ("GET", "/%00", 404),
        ("GET", f"/{'x' * 300}", 404),
        ("GET", "/..%2f..%2fetc/passwd", 404),
        ("POST", "/api/v1/search?q=a", 405),
        ("DELETE", "/index.html", 405),
        ("OPTIONS", "/nothing", 405),
    ],
)
def test_every_error_is_a_problem(client: Client, method: str, path: str, status: int) -> None:
    """As application/problem+json; a method that is not there says which are."""
    answer = client.ask(path, method)

    holds("problem", answer)
    assert (answer.status, answer.json["status"], answer.headers["content-type"]) == (
        status,
        status,
        "application/problem+json",
    )
    assert answer.headers.get("allow") == ("GET, HEAD" if status == 405 else None)


@pytest.mark.parametrize("path", [*LIVE, "/", "/nothing", "/worker.js", "/services/sqs"])
def test_every_answer_has_the_security_headers(client: Client, path: str) -> None:
    """Pages, data and errors alike; only data is kept from loading anything at all."""
    answer = client.ask(path, Accept="text/html")
    policy = answer.headers["content-security-policy"]

    assert {name: answer.headers.get(name.lower()) for name in ALWAYS} == dict(ALWAYS)
    assert "frame-ancestors 'none'" in policy
    assert (policy == DATA_POLICY) == ("json" in answer.headers.get("content-type", ""))
    assert ("script-src 'self'" in policy) == (path in ("/", "/nothing", "/worker.js", "/services/sqs"))
    assert "server" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", [*LIVE[:2], *LIVE[3:], "/index.html"])
def test_what_the_client_has_is_not_sent_again(client: Client, path: str) -> None:
    """304 for the same tag, also a weak one or among others; HEAD tells the same without a body."""
    first = client.ask(path)
    tag = first.headers["etag"]

    for known in (tag, f'"other", W/{tag}', "*"):
        again = client.ask(path, If_None_Match=known)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert client.ask(path, If_None_Match='"other"').body == first.body
    assert first.headers["cache-control"] == "no-cache"
    head = client.ask(path, "HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(first.body)))


def test_shards_are_kept_for_good(client: Client) -> None:
    """Their names hold their hash; the manifest that names them is asked for anew."""
    manifest = client.ask("/api/v1/search/manifest.json")
    core = client.ask(f"/api/v1/search/core-{manifest.json['core']}.json")

    assert manifest.headers["cache-control"] == "no-cache"
    assert core.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_the_site_stands_on_the_same_port(client: Client) -> None:
    """Pages, their folders, its own page for people who are lost; half a file is never asked for."""
    assert client.ask("/").body == b"home"
    assert client.ask("/services/sqs/").body == b"queues"
    assert client.ask("/services/sqs").headers["location"].endswith("/services/sqs/")
    assert client.ask("/worker.js").headers["content-type"].startswith("text/javascript")
    lost = client.ask("/nothing", Accept="text/html")
    assert (lost.status, lost.body) == (404, b"<p>lost</p>")
    part = client.ask("/", Range="bytes=99-1")
    assert (part.status, "accept-ranges" in part.headers) == (200, False)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("LOCALHOST", 200),
        ("[::1]:8000", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("192.168.0.7", 403),
        ("", 403),
    ],
)
def test_only_who_names_this_machine_is_answered(client: Client, host: str, status: int) -> None:
    """A web page elsewhere cannot read it by naming this machine its own way."""
    for path in ("/", "/api/v1/index.json"):
        answer = client.ask(path, Host=host)
        assert answer.status == status
        if status == 403:
            holds("problem", answer)


def test_other_machines_may_be_let_in(indexed_vault: Path) -> None:
    """On purpose: by address, or by a name that was given."""
    with serving(indexed_vault, "--no-site", "--host", "0.0.0.0", "--allow-host", "kb.example") as address:
        asked = Client(address.replace("0.0.0.0", "127.0.0.1"))
        answers = {
            host: asked.ask("/api/v1/index.json", Host=host).status
            for host in ("kb.example:80", "192.168.0.7", "evil.example")
        }

    assert answers == {"kb.example:80": 200, "192.168.0.7": 200, "evil.example": 403}
