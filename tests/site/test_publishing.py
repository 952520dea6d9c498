"""Publishing: the policy and the headers, in Chromium, in nginx and for CloudFront; the workflow for GitHub Pages."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb import InputError
from kb.cli.build import command as build_command
from kb.publish.headers import ASK, FOREVER, KEPT, OPEN, POLICY, SECURITY, write_headers
from tests.conftest import ROOT
from tests.site.hosts import Host, matches, rules_of

DOC = (ROOT / "docs/publishing.md").read_text(encoding="utf-8")
THEME = """<html><head><meta charset="utf-8"><script>scope=new URL("{}",location)</script></head>
<body><script type="application/json">{{"a": 1}}</script><script src="x.js"></script>{}</body></html>"""


@pytest.fixture(scope="module")
def policy(site: Path) -> str:
    """The policy as the header says it."""
    return rules_of(site)[0][1]["Content-Security-Policy"]


def addresses(site: Path) -> list[str]:
    return [f"/{path.relative_to(site).as_posix()}" for path in site.rglob("*") if path.is_file()]


def headers_of(address: str, policy: str) -> dict[str, str]:
    """Return every header that a file should come with."""
    free = {"Access-Control-Allow-Origin": "*"} if address.startswith(OPEN) else {}
    kept = FOREVER if KEPT.search(address) else ASK
    return {"Content-Security-Policy": policy, **SECURITY, "Cache-Control": kept, **free}


def pages_of(folder: Path, **bodies: str) -> Path:
    """Write a site of a theme with one inline script, and pages with a body each."""
    for name, body in {"404": "", **bodies}.items():
        base = "/" if name == "404" else ".." if name.count("_") else "."
        page = folder / f"{name.replace('_', '/')}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(THEME.format(base, body), encoding="utf-8")
    return folder


def test_the_policy_permits_the_scripts_of_the_theme_and_no_other(tmp_path: Path) -> None:
    """By hash, one for each way to the home page; it stands in the head, before any script."""
    policy = write_headers(pages_of(tmp_path, index="", a_b=""))
    scripts = [f'scope=new URL("{base}",location)' for base in ("/", ".", "..")]
    hashes = sorted(b64encode(sha256(script.encode()).digest()).decode() for script in scripts)

    assert re.findall(r"'sha256-([^']+)'", policy) == hashes
    assert "unsafe" not in policy
    page = (tmp_path / "a/b.html").read_text()
    assert page.index("charset") < page.index(f'content="{policy}"') < page.index("<script")


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>", "<SCRIPT type=module>alert(1)</SCRIPT >", "<style>a{}</style>", '<p style="color:red">', "<p onclick=alert(1)>", '<img title="a>b" ONERROR="x">',
        '<script>scope=new URL("//evil.example/",location)</script>', "<svg><style>a{}</style></svg>",
        '<script data-src="x">alert(1)</script>', '<script data-type="application/json">alert(1)</script>',
    ],
)  # fmt: skip
def test_what_the_policy_would_refuse_fails_the_build(body: str, tmp_path: Path) -> None:
    """Named with its page; and when it is not to fail, it is still not permitted."""
    pages_of(tmp_path, index="", bad=body)
    with pytest.raises(InputError, match=r"bad\.html: "):
        write_headers(tmp_path)

    assert write_headers(tmp_path, strict=False) == write_headers(pages_of(tmp_path, index="", bad=""))


@pytest.mark.parametrize(
    "body",
    ["<p title='style=x onclick=y'>style=z</p>", "&lt;script&gt;a&lt;/script&gt;", "<code>&lt;p style=x&gt;</code>", "<p data-style=x>", '<script type="application/ld+json">{"a":"<b onclick=x>"}</script>'],
)  # fmt: skip
def test_what_only_looks_like_it_does_not(body: str, tmp_path: Path) -> None:
    """Text, other attributes, data."""
    assert write_headers(pages_of(tmp_path, index=body))


def test_writing_the_headers_again_changes_nothing(site: Path, tmp_path: Path) -> None:
    """Same pages, same bytes."""
    copy = Path(shutil.copytree(site, tmp_path / "site", ignore=shutil.ignore_patterns("api", "lunr")))
    policy = write_headers(copy)
    first = {path: path.read_bytes() for path in copy.rglob("*.html")}

    assert write_headers(copy) == policy
    assert {path: path.read_bytes() for path in copy.rglob("*.html")} == first
    assert (copy / "index.html").read_bytes() == (site / "index.html").read_bytes()


def test_the_rules_for_hosts_give_every_file_its_headers(site: Path, policy: str) -> None:
    """For every file: no header twice, which hosts would join with a comma; what may be kept for good has a hash in its name."""
    rules = rules_of(site)
    for address in addresses(site):
        found = [pair for pattern, headers in rules if matches(pattern, address) for pair in headers.items()]
        expected = headers_of(address, policy)
        assert len({name for name, _ in found}) == len(found), address
        assert {"Cache-Control": ASK, **dict(found)} == expected, address
    assert len(rules) < 100
    assert all(len(line) < 2000 for line in (site / "_headers").read_text().split("\n"))


def test_what_is_kept_for_good_is_named_by_its_content(site: Path) -> None:
    """Shards and the theme's bundles; never what is replaced under the same name."""
    kept = [address for address in addresses(site) if KEPT.search(address)]

    assert any("/bundle." in address for address in kept)
    shards = [path for path in (site / "api/v1/search").iterdir() if path.name != "manifest.json"]
    assert {f"/api/v1/search/{path.name}" for path in shards} <= set(kept)
    for path in shards:
        if not path.name.startswith("bloom"):
            assert sha256(path.read_bytes()).hexdigest()[:8] in path.name
    assert not [address for address in kept if address.endswith((".html", "manifest.json", "sw.js", "kb.css"))]


def test_every_header_and_directive_is_documented() -> None:
    """With its value."""
    for name, value in SECURITY.items():
        assert f"| `{name}` |" in DOC
        assert value in DOC
    for name, value in POLICY.items():
        assert f"| `{name}` | `{value}`" in DOC, name
    assert FOREVER in DOC


# In Chromium, from a host that sends exactly these headers.

KINDS = (
    "", "services/", "services/dynamodb/", "services/sqs/", "topics/", "categories/compute/", "compare/", "compare/messaging/", "compare/any/", "limits/", "changes/", "conflicts/",
    "graph/", "a-z/", "sources/", "sources/aws-docs-sqs/", "commands/", "publishing/", "nothing/of/this/name/",
)  # fmt: skip
WATCH = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`refused: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"""


@pytest.fixture(scope="module")
def host(site: Path) -> Iterator[Host]:
    """The site with its headers."""
    host = Host(site)
    yield host
    host.stop()


@pytest.fixture
def watched(browser: Any) -> Iterator[Any]:
    """A page that fails the test on a violation or any error in its console."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    page.add_init_script(WATCH)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    yield page
    page.close()
    assert [error for error in errors if "404 (File not found)" not in error] == []


def test_every_kind_of_page_is_among_those_visited(site: Path) -> None:
    """A new kind of page must be added to KINDS."""
    there = {path.relative_to(site).parts[0] for path in site.rglob("*.html")}
    about = {path.stem for path in (ROOT / "docs").glob("*.md")}
    visited = {kind.split("/")[0] for kind in KINDS if kind} | {"index.html", "404.html"}

    assert there - about - visited == set()
    assert all((site / kind / "index.html").is_file() for kind in KINDS if "nothing" not in kind)


@pytest.mark.browser
def test_no_page_breaks_the_policy(watched: Any, host: Host) -> None:
    """Pages of every kind, wide and narrow."""
    for kind in KINDS:
        response = watched.goto(f"{host.address}/{kind}")
        assert "default-src 'none'" in response.headers["content-security-policy"]
        watched.wait_for_timeout(60)
    watched.set_viewport_size({"width": 360, "height": 740})
    watched.goto(f"{host.address}/services/sqs/")
    watched.wait_for_timeout(200)


@pytest.mark.browser
def test_what_a_reader_does_does_not_break_it_either(watched: Any, host: Host) -> None:
    """Searching, sharing, copying, changing colours, the calculators; and they work."""
    watched.goto(f"{host.address}/services/dynamodb/")
    watched.locator('[data-calculator="rcu"] input[name="size"]').fill("9")
    assert "RCU" in watched.locator('[data-calculator="rcu"] output').inner_text()
    before = watched.evaluate("document.body.getAttribute('data-md-color-media')")
    watched.locator("form[data-md-component=palette] label:visible").click()
    assert watched.evaluate("document.body.getAttribute('data-md-color-media')") != before
    watched.goto(f"{host.address}/commands/")
    if watched.locator(".md-clipboard, .md-code__button").count():
        watched.locator(".md-clipboard, .md-code__button").first.click(force=True)
    watched.goto(f"{host.address}/?q=visibility+timeout")
    watched.locator(".md-search-result__link").first.wait_for(timeout=20_000)
    watched.locator(".md-search-result__link").first.click()
    watched.wait_for_url("**/services/sqs/**")
    watched.locator("mark").first.wait_for()
    watched.goto(f"{host.address}/?q=lambda")
    watched.locator(".md-search-result__link").first.wait_for(timeout=20_000)
    watched.locator("[data-md-component=search-share]").click()


@pytest.mark.browser
@pytest.mark.parametrize("sent", [True, False], ids=["header", "page alone"])
def test_the_policy_stops_what_got_into_a_page(sent: bool, browser: Any, site: Path, tmp_path: Path) -> None:
    """Inline scripts, handlers and styles, and requests to elsewhere; by the header, and where a host sends none."""
    bad = '<script>document.title="run"</script><img src="x:" onerror="document.title=\'run\'"><p id="p" style="color:red">x</p><script src="https://evil.example/x.js"></script>'
    page_text = (site / "a-z/index.html").read_text(encoding="utf-8").replace("</main>", f"{bad}</main>", 1)
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.html").write_text(page_text, encoding="utf-8")
    for name in ("_headers",) if sent else ():
        shutil.copyfile(site / name, tmp_path / name)
    host = Host(tmp_path)
    page = browser.new_page()
    refused: list[str] = []
    page.add_init_script(WATCH)
    page.on("console", lambda message: refused.append(message.text) if "refused:" in message.text else None)
    page.goto(f"{host.address}/a/")
    page.wait_for_timeout(200)
    title, colour = page.title(), page.evaluate("getComputedStyle(document.getElementById('p')).color")
    page.close()
    host.stop()

    assert title != "run"
    assert colour != "rgb(255, 0, 0)"
    directives = {text.split()[1] for text in refused}
    assert {"script-src-elem", "script-src-attr", "style-src-attr"} <= directives
    assert any("evil.example" in text for text in refused)


# nginx, with the configuration of the documentation.


@pytest.fixture(scope="module")
def nginx(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """nginx as documented; in CI it must be there."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        assert not os.environ.get("CI"), "CI installs nginx"
        pytest.skip("no nginx on this machine; CI runs it")
    folder = tmp_path_factory.mktemp("nginx")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (config,) = re.findall(r"```nginx\n(.*?)```", DOC, re.S)
    config = config.replace("/srv/kb", str(site)).replace("listen 80;", f"listen 127.0.0.1:{port};")
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}pid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{config}}}\n"
    )
    process = subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-g", "daemon off;"])
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            assert process.poll() is None, (folder / "error.log").read_text()
            time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


def test_nginx_as_documented_sends_these_headers(nginx: str, site: Path, policy: str) -> None:
    """For a page, a style sheet, a bundle, a shard, its manifest and the worker; with types a browser takes."""
    some = {
        "/services/sqs/": "text/html; charset=utf-8", "/assets/kb/kb.css": "text/css; charset=utf-8", "/api/v1/search/manifest.json": "application/json; charset=utf-8",
        "/sw.js": "application/javascript; charset=utf-8", "/manifest.webmanifest": "application/manifest+json", "/api/v1/notes/sqs.md": "text/markdown; charset=utf-8",
    }  # fmt: skip
    some |= {next(a for a in addresses(site) if "/search/words-" in a): "application/octet-stream"}
    some |= {
        next(
            a for a in addresses(site) if "/javascripts/bundle." in a and a.endswith("js")
        ): "application/javascript; charset=utf-8"
    }
    for address, kind in some.items():
        with urllib.request.urlopen(nginx + address, timeout=10) as response:
            sent = dict(response.headers.items())
        assert {name: sent.get(name) for name in headers_of(address, policy)} == headers_of(address, policy), address
        assert ("Access-Control-Allow-Origin" in sent) == ("Access-Control-Allow-Origin" in headers_of(address, policy))
        assert sent["Content-Type"] == kind
    for address in ("/nothing/", "/_headers", "/_headers.nginx"):
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(nginx + address, timeout=10)
        assert missing.value.code == 404
        missing.value.close()
        assert missing.value.headers["Content-Security-Policy"] == policy


# S3 and CloudFront: as AWS's own models and tools take it.


def test_cloudfront_takes_the_headers(site: Path, policy: str) -> None:
    """The file is valid for CreateResponseHeadersPolicy and holds every header."""
    import botocore.session
    from botocore.validate import validate_parameters

    config = json.loads((site / "_headers.cloudfront.json").read_text())
    model = (
        botocore.session.get_session().get_service_model("cloudfront").operation_model("CreateResponseHeadersPolicy")
    )
    validate_parameters({"ResponseHeadersPolicyConfig": config}, model.input_shape)
    text = json.dumps(config)

    assert config["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"] == policy
    assert all(
        value in text or name in ("Strict-Transport-Security", "X-Content-Type-Options")
        for name, value in SECURITY.items()
    )


def test_the_copy_to_s3_keeps_what_the_headers_keep(site: Path) -> None:
    """The patterns of the documented command, as the AWS CLI reads them: the last that matches decides."""
    line = next(line for line in DOC.split("\n") if line.startswith("$ aws s3 cp"))
    words = shlex.split(line)
    filters = [(words[at], words[at + 1]) for at in range(len(words)) if words[at] in ("--include", "--exclude")]

    assert words[words.index("--cache-control") + 1] == FOREVER
    for address in addresses(site):
        taken = [kind for kind, pattern in filters if fnmatch.fnmatch(address[1:], pattern)][-1] == "--include"
        assert taken == bool(KEPT.search(address)), address


def test_the_function_for_cloudfront_finds_pages(node: str, tmp_path: Path) -> None:
    """A folder is its page, one without a slash is sent there, files stay."""
    (code,) = re.findall(r"```js\n(// kb-pages.*?)```", DOC, re.S)
    asked = ["/", "/services/sqs/", "/services/sqs", "/kb.css", "/a.b/c/", "/api/v1/facts.json"]
    script = f"{code}\nconsole.log(JSON.stringify({asked}.map((uri) => {{ const r = handler({{request: {{uri}}}}); return r.uri ?? r.headers.location.value }})))"
    (tmp_path / "f.js").write_text(script)
    found = json.loads(subprocess.run([node, tmp_path / "f.js"], capture_output=True, check=True, text=True).stdout)

    assert found == [
        "/index.html",
        "/services/sqs/index.html",
        "/services/sqs/",
        "/kb.css",
        "/a.b/c/index.html",
        "/api/v1/facts.json",
    ]


# GitHub Pages.


def test_the_workflow_builds_with_commands_that_exist() -> None:
    """Options of kb build, extras of pyproject.toml; no more rights than are needed, no secrets."""
    text = (ROOT / ".github/workflows/pages.yml").read_text()
    workflow = yaml.safe_load(text)
    build, deploy = workflow["jobs"]["build"], workflow["jobs"]["deploy"]
    (line,) = [step["run"] for step in build["steps"] if "kb --base" in step.get("run", "")]
    options = {flag for option in build_command.params for flag in (*option.opts, *option.secondary_opts)}

    assert {word for word in shlex.split(line) if word.startswith("--")} - {"--base"} <= options
    assert any(".[site,import]" in step.get("run", "") for step in build["steps"])  # import: what finds conflicts
    assert "--conflicts" in line
    assert workflow["permissions"] == {}
    assert build["permissions"] == {"contents": "read", "pages": "read"}
    assert deploy["permissions"] == {"pages": "write", "id-token": "write"}
    upload = next(step for step in build["steps"] if "upload-pages-artifact" in step.get("uses", ""))
    assert f"--output {upload['with']['path']} " in line
    assert "secrets." not in text
    assert not [run for job in (build, deploy) for step in job["steps"] if "${{" in (run := step.get("run", ""))]
