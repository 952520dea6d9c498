"""kb-search.js finds exactly what Python finds: the same hits in the same order, with the same scores and parts."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kb import KnowledgeBase
from kb.api.shapes import result_shape
from kb.links.resolve import Resolved, recognise
from kb.search import compared, query, rank, reader, spelling, suggest
from kb.search.hit import KINDS, Filters, Result
from kb.search.searcher import Searcher
from kb.site import shards as writer
from kb.site.shards import write_shards
from tests.conftest import ROOT, Tree
from tests.site.test_search_text import IDENTIFIERS, WORDS, mixture, quantity, typo

pytestmark = pytest.mark.timeout(300)
RANKING = Path(__file__).parent / "search/ranking.mjs"
MODULES = ROOT / "kb/site/search"
SEED = 20261122
GENERATED = 2400
COLD_BYTES = 150_000
IMPORTED = {"STOPWORDS", "UNITS", "EVERYDAY", "TYPE_CHECKING", "MAX_QUERY"}
PRUNING = {"LONG", "FEW"}
"""They say when Python leaves out what cannot be among the best; JavaScript is fast enough without."""
Search = tuple[str, dict[str, Any]]


def written_queries() -> list[str]:
    """The queries that search quality is measured by."""
    lines = (ROOT / "tests/quality/queries.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["query"] for line in lines]


class Maker:
    """Makes queries of what an export holds, and of anything else."""

    def __init__(self, export: Searcher, random: Random) -> None:
        self.random = random
        column = export._column
        self.words = column("select surface from word order by surface")
        self.plain = column("select surface from word where surface not glob '*[^a-z]*' order by surface")
        self.names = export.name_texts() or ["queue"]
        self.identifiers = column("select id from identifier order by kind, id") or ["sqs"]
        self.headings = column("select heading from unit order by number")
        self.notes = column("select id from note order by id")
        self.categories = column("select distinct category from note order by category")

    def common(self) -> str:
        """A word of some heading: in many units, often with the one after it."""
        return self.random.choice(self.random.choice(self.headings).split() or ["queue"])

    def neighbours(self) -> str:
        """Words that follow each other in a heading."""
        words = self.random.choice(self.headings).split()
        start = self.random.randrange(max(len(words) - 1, 1))
        return " ".join(words[start : start + self.random.randint(2, 4)])

    def typo(self) -> str:
        """A word or name, misspelled."""
        return typo(
            self.random, self.random.choice([*self.random.choices(self.plain, k=3), self.random.choice(self.names)])
        )

    def joined(self) -> str:
        """Two words in one."""
        return self.random.choice(self.plain) + self.random.choice(self.plain)

    def start(self) -> str:
        """The start of a word."""
        word = self.random.choice([*self.random.choices(self.words, k=4), self.random.choice(self.names)])
        return word[: self.random.randint(1, 6)]

    def identifier(self) -> str:
        """What code calls a service, or a part of it."""
        known = self.random.choice(self.identifiers)
        forms = (
            known,
            f"aws {known} {self.common()}",
            f"{known}:{self.common().title()}",
            f"AWS::{known}",
            f"arn:aws:{known}:::x",
        )
        return self.random.choice([self.random.choice(IDENTIFIERS), *forms])

    def asked(self) -> str:
        """What people ask: of one service, or to compare two."""
        one, other = self.random.choices(self.names, k=2)
        return self.random.choice(
            [f"{one} vs {other}", f"{one} or {other}", f"{one} {self.random.choice(self.headings)}"]
        )

    def ended(self) -> str:
        """A word with an ending that the index may not know."""
        return self.random.choice(self.plain) + self.random.choice(reader._OFF)

    def anything(self) -> str:
        """Any characters."""
        return self.random.choice([mixture(self.random, 6), self.random.choice(WORDS), quantity(self.random)])

    def query(self) -> str:
        """One query of several pieces."""
        random = self.random
        makers: list[Callable[[], str]] = [
            lambda: random.choice(self.plain), lambda: random.choice(self.words), lambda: random.choice(self.names), lambda: quantity(random),
            lambda: random.choice(["what is the", "how", "vs", "max", "limit", "15 minutes", "\U0001d7cf\U0001d7d3 minutes", "256 KB"]),
            self.common, self.common, self.neighbours, self.neighbours, self.typo, self.joined, self.start, self.identifier, self.asked, self.ended, self.anything,
        ]  # fmt: skip
        return " ".join(random.choice(makers)() for _ in range(random.choice([1, 2, 2, 3, 3, 4, 7])))

    def options(self) -> dict[str, Any]:
        """Filters for one query in three, and a limit."""
        random = self.random
        made: dict[str, Any] = {"limit": random.choice([1, 3, 10, 10, 10])}
        if random.random() < 0.33:
            made["service"] = random.sample([*self.notes, "nothing"], k=random.choice([0, 0, 1, 3]))
            made["category"] = random.sample([*self.categories, "nothing"], k=random.choice([0, 0, 1, 2]))
            made["kind"] = random.sample(KINDS, k=random.choice([0, 1, 2]))
        return made


def shaped(result: Result) -> dict[str, Any]:
    """A result as kb-search.js gives it."""
    return {**result_shape(result, explain=True), "recognised": named(result.recognised)}


def named(found: Resolved | None) -> dict[str, Any] | None:
    return {"text": found.text, "as": found.as_what, "notes": list(found.notes)} if found else None


def found_by_python(export: Searcher, search: Search) -> dict[str, Any]:
    text, options = search
    filters = Filters(*(tuple(options.get(name, ())) for name in ("service", "category", "kind")))
    return shaped(export.search(text, options["limit"], filters))


def difference(python: Any, javascript: Any, where: str = "result") -> str | None:
    """Return where two results first differ, and how; None when they are equal."""
    if isinstance(python, dict) and isinstance(javascript, dict):
        names = [*python, *(name for name in javascript if name not in python)]
        parts = [(f"{where}.{name}", python.get(name, "nothing"), javascript.get(name, "nothing")) for name in names]
    elif isinstance(python, list) and isinstance(javascript, list) and len(python) == len(javascript):
        parts = [(f"{where}[{at}]", *both) for at, both in enumerate(zip(python, javascript, strict=True))]
    elif python == javascript:
        return None
    else:
        return f"{where}\n  Python:     {ascii(python)[:400]}\n  JavaScript: {ascii(javascript)[:400]}"
    return next((found for name, one, other in parts if (found := difference(one, other, name))), None)


def assert_equal(asked: list[Any], python: list[Any], javascript: list[Any]) -> None:
    """Fail with the first difference."""
    wrong = [(one, found) for one, p, j in zip(asked, python, javascript, strict=True) if (found := difference(p, j))]
    if wrong:
        pytest.fail(f"{len(wrong)} of {len(asked)} differ, the first: {wrong[0][0]!a}\n{wrong[0][1]}")


def test_a_difference_would_be_seen() -> None:
    """With where it is, and both values."""
    python = {"total": 2, "hits": [{"id": "sqs"}, {"id": "sns", "score": 1.0}]}
    javascript = {"total": 2.0, "hits": [{"id": "sqs"}, {"id": "sns"}]}

    assert difference(python, javascript) == "result.hits[1].score\n  Python:     1.0\n  JavaScript: 'nothing'"


def run(node: str, folder: Path, **given: Any) -> dict[str, Any]:
    """Let Node search; return what it wrote."""
    asked = json.dumps({"folder": str(folder), **given})
    done = subprocess.run(
        [node, str(RANKING)], input=asked, capture_output=True, text=True, encoding="utf-8", timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.fixture(scope="module")
def shards(bundled: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled index as shards."""
    folder = tmp_path_factory.mktemp("shards")
    write_shards(bundled.searcher, folder)
    return folder


def test_javascript_finds_the_same_for_written_queries(node: str, bundled: KnowledgeBase, shards: Path) -> None:
    """Ids, order, scores, parts, snippets, total, answer and corrected query."""
    searches: list[Search] = [(text, {"limit": 10}) for text in written_queries()]
    found = run(node, shards, searches=searches)["searches"]

    assert_equal(searches, [found_by_python(bundled.searcher, search) for search in searches], found)


def test_javascript_finds_the_same_for_any_query(node: str, bundled: KnowledgeBase, shards: Path) -> None:
    """With typos, starts of words, identifiers, quantities, any characters, and filters."""
    maker = Maker(bundled.searcher, Random(SEED))
    searches = [(maker.query(), maker.options()) for _ in range(GENERATED)]
    python = [found_by_python(bundled.searcher, search) for search in searches]

    assert_equal(searches, python, run(node, shards, searches=searches)["searches"])
    assert sum(bool(result["hits"]) for result in python) > GENERATED / 2
    for field, share in (("corrected", 20), ("recognised", 50), ("comparison", 100), ("answer", 400)):
        assert sum(bool(result[field]) for result in python) > GENERATED / share, field


def test_javascript_suggests_the_same(node: str, bundled: KnowledgeBase, shards: Path) -> None:
    """For starts of names, of words, and of anything."""
    maker = Maker(bundled.searcher, Random(SEED))
    makers = [maker.start, maker.anything, lambda: f"{maker.common()} {maker.start()}", maker.query]
    asked = [(text, limit) for limit in (8, 3) for make in makers for text in [make() for _ in range(200)]]
    asked += [(name[:size], 8) for name in maker.names[::7] for size in range(8)]
    python = [
        [{"text": one.text, "kind": one.kind, "note": one.note} for one in suggest.suggest(bundled.searcher, *question)]
        for question in asked
    ]

    assert_equal(asked, python, run(node, shards, suggestions=asked)["suggestions"])


def test_javascript_resolves_the_same(node: str, bundled: KnowledgeBase, shards: Path) -> None:
    """Names and identifiers, in any form."""
    maker = Maker(bundled.searcher, Random(SEED))
    names = [*maker.names, *maker.identifiers, *IDENTIFIERS, *(maker.anything() for _ in range(200))]

    assert_equal(
        names, [named(recognise(name, bundled.searcher)) for name in names], run(node, shards, names=names)["names"]
    )


def page(random: Random, sections: int = 1) -> bytes:
    """A page in many scripts."""
    words = [*WORDS, *IDENTIFIERS, *(f"queue{n}" for n in range(90)), "\U00010428 \ufb00oo \uff41ws \U00010400\ufb00x"]
    texts = [" ".join(random.choices(words, k=size)).replace("#", "") for size in (3, 30, *((2, 40) * sections))]
    return "\n\n".join(
        f"{mark}{text}" for mark, text in zip(["# ", "", *(["## ", ""] * sections)], texts, strict=True)
    ).encode()


def test_javascript_finds_the_same_whatever_the_index_looks_like(
    node: str, tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words of many scripts; unit numbers with holes, after a page was changed and another removed; shards that cut terms in two."""
    monkeypatch.setattr(writer, "WORD_BYTES", 40)
    random = Random(SEED)
    docs = tree({f"docs/page-{n}.md": page(random) for n in range(99)}) / "docs"
    KnowledgeBase(str(docs)).build()
    (docs / "page-7.md").write_bytes(page(random, sections=2))
    (docs / "page-9.md").unlink()
    kb = KnowledgeBase(str(docs))
    assert kb.build().patched
    assert int(kb.searcher.meta["highest"]) > kb.searcher.size
    written = write_shards(kb.searcher, tmp_path / "shards")
    assert written.files["words"][0] > 20
    maker = Maker(kb.searcher, random)
    searches = [(maker.query(), maker.options()) for _ in range(400)]
    python = [found_by_python(kb.searcher, search) for search in searches]

    assert_equal(searches, python, run(node, tmp_path / "shards", searches=searches)["searches"])


def test_constants_are_the_same(node: str, shards: Path) -> None:
    """Every weight of the ranking, so that who tunes one does not forget the other."""
    javascript = run(node, shards)["constants"]

    for module in (query, rank):
        name = module.__name__.rpartition(".")[2]
        ours = {
            n: v
            for n, v in vars(module).items()
            if re.fullmatch("[A-Z_]+", n) and n not in {*IMPORTED, *PRUNING} and n[0] != "_"
        }
        assert javascript[name] == json.loads(json.dumps(ours))
    assert sorted(javascript["compared"]["CUES"]) == sorted(compared.CUES)
    assert javascript["compared"]["LONGEST"] == compared.LONGEST
    assert javascript["reader"] == {"OFF": reader._OFF, "ON": list(reader._ON)}
    assert javascript["spelling"] == {name: getattr(spelling, name) for name in ("SHORTEST", "TRIES", "LONG")}
    assert javascript["suggest"] == {"SHORTEST_START": suggest.SHORTEST_START, "LESSER": list(suggest.LESSER)}


def test_a_first_query_is_cheap(node: str, shards: Path) -> None:
    """Modules, manifest and shards together, compressed, for 19 of 20 queries."""
    loaded = run(node, shards, cold=written_queries())["cold"]
    size = {path.name: len(gzip.compress(path.read_bytes())) for path in shards.iterdir()}
    modules = sum(len(gzip.compress(path.read_bytes())) for path in MODULES.glob("*.js"))
    costs = sorted(modules + sum(size[name] for names in rounds for name in names) for rounds in loaded)

    assert costs[len(costs) * 19 // 20] <= COLD_BYTES
