"""What the search box is told, and how the site gets it: in Node and Python, without a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import InputError, KnowledgeBase
from kb.index.analyse import chunks, content
from kb.links.resolve import nearest
from kb.site.box import WORKER, with_worker
from kb.site.build import build_site
from kb.site.bundle import bundle
from kb.site.shards import write_shards
from kb.site.tree import write_pages
from tests.conftest import ROOT

SEARCH = ROOT / "kb/site/search"
SCRIPT = Path(__file__).parent / "search/box.mjs"
SEED = 20261123
TAG = re.compile(
    r'</?mark(?: data-md-highlight)?>|</?p(?: class="kb-hit-(?:value|origin)")?>|<div class="kb-answer">|</div>|</?strong>'
)
NASTY = [
    "<img src=x onerror=alert(1)>", "</article><script>alert(1)</script>", "<mark", "&lt;b&gt;", "a & b", "\"'`", "queue", "<b>queue</b>",
    "javascript:alert(1)", "queues &amp; messages", "\u2028", "",
]  # fmt: skip
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=60))
hits = st.fixed_dictionaries({
    "kind": st.sampled_from(["fact", "section", "note"]), "title": texts, "heading": texts, "text": texts, "snippet": texts, "value": texts,
    "as_of": texts, "checked": texts, "sources": st.lists(texts, max_size=2), "isAnswer": st.booleans(),
})  # fmt: skip


def run(node: str, **asked: Any) -> dict[str, Any]:
    """Let Node answer."""
    done = subprocess.run(
        [node, str(SCRIPT)], input=json.dumps(asked), capture_output=True, text=True, encoding="utf-8", timeout=100, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@given(shown=st.lists(st.tuples(hits, st.lists(texts, max_size=3)), min_size=40, max_size=60))
@settings(max_examples=4, deadline=None)
def test_what_a_note_says_is_never_markup(node: str, shown: list[tuple[dict[str, Any], list[str]]]) -> None:
    """Whatever stands in it: the only tags are ours, and without them it reads as it was written."""
    made = run(node, hits=shown)["hits"]
    for (hit, _), html in zip(shown, made, strict=True):
        for part in (html["title"], html["text"]):
            assert "<" not in TAG.sub("", part), part
        title = hit["title"] if hit["kind"] == "note" else hit["heading"]
        assert unescape(TAG.sub("", html["title"])) == unescape(escaped(title))
        if hit["kind"] == "fact":
            assert escaped(hit["value"]) in html["text"]
        else:
            assert escaped(hit["snippet"]) in TAG.sub("", html["text"])


def escaped(text: str) -> str:
    for letter, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(letter, entity)
    return text


def test_words_are_marked_in_every_form(node: str) -> None:
    """Other endings, and nothing that only begins alike."""
    hit = {
        "kind": "section",
        "heading": "Timeouts, times & retention",
        "snippet": "It retains",
        "as_of": "",
        "sources": [],
    }
    (html,) = run(node, hits=[[hit, ["timeout", "retention"]]])["hits"]

    assert (
        html["title"] == "<mark data-md-highlight>Timeouts</mark>, times &amp; <mark data-md-highlight>retention</mark>"
    )


def test_filters_are_read_out_of_a_query(node: str) -> None:
    """Those that name something; the others are told. Any other text stays as it is."""
    asked = [
        "retention kind:fact", "category:compute  retention", "x service:sqs limit:30", "kind:fact", "x kind:what category:none service:y",
        "s3:GetObject  AWS::SQS::Queue", "limit:0 x limit:9999", "x limit:y", "kind:",
    ]  # fmt: skip
    found = run(node, filters=asked)["filters"]

    assert [one["words"] for one in found] == [
        "retention", "retention", "x", "", "x", "s3:GetObject  AWS::SQS::Queue", "x", "x", "kind:",
    ]  # fmt: skip
    assert [one["filters"]["kind"] for one in found[:2]] == [["fact"], []]
    assert found[1]["filters"]["category"] == ["compute"]
    assert (found[2]["filters"]["service"], found[2]["limit"]) == (["sqs"], 30)
    assert found[4]["ignored"] == ["kind:what", "category:none", "service:y"]
    assert found[6]["limit"] == 50
    assert found[7]["ignored"] == ["limit:y"]


def test_nearest_names_are_those_of_the_terminal(node: str, bundled: KnowledgeBase) -> None:
    """For names with letters changed, added and left out."""
    random = Random(SEED)
    names = bundled.searcher.name_texts()
    queries = [
        " ".join(misspelled(random, random.choice(names)) for _ in range(random.choice([1, 1, 2, 3])))
        for _ in range(150)
    ]

    def near(query: str) -> list[str]:
        tries = [query[:80], *(group[0] for group in content(chunks(query[:1000]))[:8])]
        return list(dict.fromkeys(name for text in tries for name in nearest(text, names)))[:5]

    expected = [near(query) for query in queries]
    assert run(node, near={"names": names, "queries": queries})["near"] == expected
    assert sum(map(bool, expected)) > 100


def misspelled(random: Random, name: str) -> str:
    letters = list(name)
    for _ in range(random.randrange(4)):
        at = random.randrange(len(letters) + 1)
        letters[at : at + random.randrange(2)] = random.choice(["", "x", "ab", "\xe9", "\U0001f600"])
    return "".join(letters)


@pytest.fixture(scope="module")
def told(
    node: str, bundled: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[str, dict[str, Any]]]:
    """What the box is told for every tenth query of the fixture and some of its own, by the modules and by their bundle."""
    folder = tmp_path_factory.mktemp("box")
    write_shards(bundled.searcher, folder / "shards")
    (folder / "bundle.mjs").write_text(bundle(SEARCH, "box"), encoding="utf-8")
    lines = (ROOT / "tests/quality/queries.jsonl").read_text(encoding="utf-8").splitlines()[::10]
    asked = [
        *(json.loads(line)["query"] for line in lines),
        "sqs",
        "retention kind:fact",
        "zzqq lambada",
        "kind:fact",
        "visibility tim",
        "<b>",
    ]
    report = run(node, folder=str(folder / "shards"), bundle=str(folder / "bundle.mjs"), texts=asked)
    assert report["bundled"] == report["answers"]
    return list(zip(asked, report["answers"], strict=True))


def test_results_keep_to_the_contract_of_material(
    told: list[tuple[str, dict[str, Any]]], bundled: KnowledgeBase
) -> None:
    """Each item holds one page, the last, which is not what Enter opens; what was found stands in its order."""
    for text, data in told:
        scores = []
        for group in data["items"]:
            assert [entry for entry in group if "#" not in entry["location"]] == group[-1:], text
            assert {entry["score"] for entry in group[:-1]} <= {group[0]["score"]}
            assert len(group) == 1 or group[-1]["score"] < group[0]["score"]
            scores.append(group[0]["score"])
        assert scores == sorted(scores, reverse=True)
        found = [entry["location"] for group in data["items"] for entry in (group[:-1] or group)]
        if ":" not in text:
            assert found == [hit.url for hit in bundled.searcher.search(text).hits], text


def test_what_is_told_beside_the_results(told: list[tuple[str, dict[str, Any]]]) -> None:
    """Suggestions, nearest names, filters, and what completes the last word."""
    by_text = dict(told)

    assert by_text["zzqq lambada"]["kb"]["nearest"] == ["lambda", "AWS Lambda", "lambda-edge"]
    assert by_text["retention kind:fact"]["kb"]["filters"]["kind"] == ["fact"]
    assert by_text["kind:fact"]["kb"]["filters"]["kind"] == ["fact"]
    assert by_text["kind:fact"]["kb"]["words"] == ""
    assert by_text["visibility tim"]["suggest"][0].startswith("time")
    assert all(["topics", "Topics"] in data["kb"]["categories"] for data in by_text.values())


def test_a_bundle_is_one_module(node: str, tmp_path: Path) -> None:
    """Modules in the order they need each other, names of their own, lists of exports."""
    (tmp_path / "one.js").write_text(
        'import { two, three } from "./t-wo.js"\nconst own = 1\nexport const one = own + two() + three\n'
    )
    (tmp_path / "t-wo.js").write_text(
        'import { three } from "./three.js"\n/** A comment. */\nconst own = 10\nexport function two() {\n  return own\n}\nexport { three }\n'
    )
    (tmp_path / "three.js").write_text("export const three = 100\n")
    (tmp_path / "made.mjs").write_text(bundle(tmp_path, "one"))
    done = subprocess.run(
        [node, "-e", "import('./made.mjs').then(({ one }) => console.log(one))"], cwd=tmp_path, capture_output=True, text=True, check=True
    )  # fmt: skip

    assert done.stdout.strip() == "111"
    assert "comment" not in (tmp_path / "made.mjs").read_text()


@pytest.mark.parametrize("before", ["", "../..", "/kb"])
def test_the_worker_of_a_page_is_replaced(before: str) -> None:
    """Whatever hash it has and wherever the page lies; only the one that is started."""
    address = f"{before}/assets/javascripts/workers/search.0a1b2c3d.min.js".lstrip("/" if not before else "")
    page = f'<p>"search": "none"</p><script id="__config">{{"base": "..", "search": "{address}"}}</script>'
    made = with_worker(page)

    assert made == page.replace("assets/javascripts/workers/search.0a1b2c3d.min.js", WORKER)
    assert with_worker(made) is None


@pytest.fixture
def small(vault: Path) -> Path:
    """A vault with a home page and settings of its own."""
    (vault / "docs/index.md").write_text("# Home\n")
    shutil.copytree(ROOT / "overrides", vault / "overrides")
    return vault


def settings_with(small: Path, plugin: Any) -> None:
    made = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    (small / "mkdocs.yml").write_text(yaml.safe_dump(made | {"plugins": ["search", plugin]}, sort_keys=False))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_the_stock_search_is_a_setting(small: Path, tmp_path: Path) -> None:
    """Material's own worker, and the index it needs; a setting that there is not is named."""
    settings_with(small, {"kb": {"search": "stock"}})
    site = tmp_path / "out"
    build_site(KnowledgeBase(str(small)), site, strict=False)

    assert re.search(
        r'"search": "\.\./\.\./assets/javascripts/workers/search\.\w+\.min\.js"',
        (site / "services/sqs/index.html").read_text(),
    )
    assert json.loads((site / "search/search_index.json").read_text())["docs"]
    write_pages(KnowledgeBase(str(small)), tmp_path / "tree")  # for generators that know no plugins
    assert "plugins:\n- search\nmarkdown_extensions:" in (tmp_path / "tree/mkdocs.yml").read_text()
    settings_with(small, {"kb": {"search": "other"}})
    with pytest.raises(InputError, match="search"):
        build_site(KnowledgeBase(str(small)), site, strict=False)
