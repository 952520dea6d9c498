"""The search of the site understands text exactly as Python does: the same words, names, quantities and spellings."""
# ruff: noqa: RUF001 - letters that look alike are what is tested

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest

from kb import KnowledgeBase
from kb.facts.quantity import UNITS, find_quantities
from kb.index.analyse import MAX_QUERY, STOPWORDS, chunks, content, surfaces
from kb.links.key import EVERYDAY, key
from kb.links.resolve import PATTERNS, recognise
from kb.search import spelling
from kb.search.searcher import _clean
from kb.search.snippet import snippet
from tests.conftest import ROOT

pytestmark = pytest.mark.timeout(300)
PARITY = Path(__file__).parent / "search/parity.mjs"
SEED = 20261121
# How often each function is compared, at least.
FLOORS = {
    "constants": 1, "chunks": 6000, "surfaces": 100, "content": 6000, "clean": 500, "findQuantities": 6000, "key": 6000, "casefold": 2000,
    "toLowerCase": 2000, "recognise": 6000, "snippet": 2000, "distance": 2000, "isEnglish": 1000, "places": 1000, "respell": 500,
}  # fmt: skip

WORDS = """
retention queue the what's don't it's AWS’s naïve café Straße GROSSE ẞ STRASSE ﬁle ΑΣ ὈΔΥΣΣΕΎΣ ΣΊΣΥΦΟΣ σοφός İstanbul ISPARTA ılık DİYARBAKIR ŉ ǅ ǆ
очередь Ёлка 日本語 キュー ｷｭｰ ＡＷＳ ｌａｍｂｄａ Ｓ３ １２ ٣٤ ४२ 𝟏𝟎 ² ½ Ⅻ ⑤ ㊅ é e\u0301 I\u0307 n\u0303o \u0301x กำ हिन्दी قائمة עברית Ꭰꭰ ᏸ ჯᲯ 𐐀𐐨 ꟊ 👍 👩‍💻 🇩🇪 ❤️ ﷽
C++ c# F#x node.js --dry-run --no-verify- --- _private __init__ _ ARNs VPCs IDs RCUs S3s A１s ec2's EC2’S _'s o'clock rock'n'roll constructor __proto__ toString
""".split()
IDENTIFIERS = """
s3:GetObject sqs:* dynamodb:Batch* iam:PassRole AWS::EC2::VPC AWS::S3::Bucket AWS::EC2::VPCÜberEndpoint AWS::SQS::Queue.Arn AWS::Lambda::Function:: AWS::Foo
arn:aws:s3:::bucket/key arn:aws-cn:sqs:cn-north-1:123456789012:queue arn:aws:lambda:eu-west-1:123456789012:function:f:$LATEST arn:aws-us-gov:iam::1:role/x
10.0.0.0/16 192.168.0.1/32 0.0.0.0/0 fe80::1 2001:db8::/32 sqs.amazonaws.com ec2.amazonaws.com.cn lambda.amazonaws.com aws_s3_bucket aws_s3_bucket.b.arn
aws_sqs_queue aws_lambda_function.x["a"] aws-cdk-lib/aws-sqs aws_cdk.aws_lambda @aws-cdk/aws-s3 @aws-sdk/client-dynamodb @aws-sdk/lib-storage service/sqs
github.com/aws/aws-sdk-go-v2/service/s3 software.amazon.awssdk.services.sqs.SqsClient com.amazonaws.services.s3 aws_sdk_s3 aws-sdk-sqs AWS.DynamoDB AWS.S3({})
boto3.client('sqs') boto3.resource("dynamodb") session.client(service_name='s3') create_client('lambda',region_name='x') t3.micro db.r6g.large us-east-1a
GetObjectACL ReceiveMessageWaitTimeSeconds HTTPSListener IPv6Address S3Bucket DynamoDBStreams x-amz-server-side-encryption SHA-256 TLSv1.3 0xDEADBEEF v1.2.3
EC2 X-Ray Route53 ROUTE_53 dynamo-db API_GATEWAY QuickSight OpenSearch 2.11 eventbridge:PutEvents ÀbcDéf fooBarBAZqux ABCdef1GHi9 1a2B3c 日本語S3 S3日本語Queue
""".split()
SENTENCES = [
    "9" * 400 + " s",
    "9" * 308 + " weeks",
    "aws s3 cp a b", "aws\x1csqs\x85list-queues", "new AWS.S3()", "new  AWS.SQS( {\n} )", "\ufeffsqs", "\x1f sqs \u2003", " Amazon SQS\u3000",
    "boto3.client( service_name = 'sqs' , region_name='x')", "arn:aws:s3:::a\nb", "ＡＷＳ Lambda", "Ｓ３", "DYNAMO DB", "ſqs", "SQſ", "ıam", "İAM", "aws: sqs",
    "1,000,000 requests", "1,00 1,0000 12,345.678 1,234,5", "99.999999999%", "1234567890123456789012345678901234567890 bytes", "1e5 s", "5 % 5% 5percent",
    "0.0001220703125 bytes", "0.0003662109375 %", "0.0006103515625 %", "0.1234567890125 b", "0.00001 s", "0.000012 %", "0.0000001 ms", "0.00000000000001 %",
    "1.00000000000001 %", "0.0000000000005 ms", "0.5KB", "٣ minutes", "１５ minutes", "１，０００ s", "𝟗𝟗 days", "15-minutes 15--minutes", "3.5.1 s", "v3 s 3 s3",
    "-5 s", "5 s5", "5 sß", "1 000 s", "9007199254740993 ms", "0.30000000000000004 s", "1.1 h 2.2 h 3.3 min", "", " ", "\n", "---", "a" * 1500, "ΑΣ'Σ ΑΣ. ΑΣ:Α",
]  # fmt: skip
LETTERS = (
    "abcdefghij",
    "ABCDEFGHIJ",
    "aAbBcCsS",
    "αβγσςΣΑΩά",
    "ıİiIşŞğ",
    "äöüßẞſ",
    "ａｂＡＢ１２",
    "éñ̈̂",
    "0123456789",
    "٠١٢٣५६७",
    "Ꭰꭰᏸ",
    "𝟎𝟙𝐀𝑎",
)
MARKS = [
    *" \t\n.,:;/@'’-_#%+()[]{}<>\"=*?!&|\\~^$`…–—“”«»·•€\xa0\x1c\x85\u200b\u200d\u2028\u3000\ufeff\ufe0f\u0301\u0345\xad",
    "::",
    "--",
    "++",
    ", ",
]
GLUE = ["", "", "", " ", " ", " ", "-", "_", "/", ":", "::", ".", ",", "'", "’", "\n"]
ASSIGNED = [chr(point) for point in range(0x110000) if unicodedata.category(chr(point)) not in ("Cn", "Cs", "Co")]
"""What both tables of Unicode know."""

Check = tuple[str, list[Any], Any]
"""A function by its JavaScript name, its arguments, and Python's result."""
Answers = dict[str, dict[str, Any]]
T = TypeVar("T")


def piece(random: Random) -> str:
    """One word, identifier, quantity, mark or whatever Unicode has."""
    makers: list[Callable[[], str]] = [
        lambda: random.choice(WORDS),
        lambda: random.choice(IDENTIFIERS),
        lambda: quantity(random),
        lambda: "".join(random.choices(random.choice(LETTERS), k=random.randint(1, 8))),
        lambda: "".join(random.choices("".join(LETTERS), k=random.randint(1, 8))),
        lambda: random.choice(MARKS),
        lambda: "".join(random.choices(ASSIGNED, k=random.randint(1, 3))),
    ]
    return random.choice(makers)()


def quantity(random: Random) -> str:
    """A number in any spelling with a unit in any spelling."""
    number = random.choice([random.randrange(10), random.randrange(10_000), random.randrange(10**8)])
    written = random.choice([str(number), f"{number:,}", f"{number}.{random.randrange(10**6)}", f"0.{number:0>12}"])
    unit = random.choice([*UNITS, "GiBs", "requests", "k", ""])
    return written + random.choice(["", " ", " ", "-", "  "]) + random.choice([unit, unit.upper(), unit.title()])


def mixture(random: Random, most: int) -> str:
    """Pieces, one after another; never a number so long that it is none."""
    text = "".join(piece(random) + random.choice(GLUE) for _ in range(random.randint(1, most)))
    return re.sub(r"([\d,]{60})[\d,]+", r"\1", text)


def typo(random: Random, word: str) -> str:
    """A word with one or two edits, or two words in one."""
    for _ in range(random.randint(1, 2)):
        at = random.randrange(len(word))
        letter = random.choice("abcdefghijklmnopqrstuvwxyz")
        word = (
            random.choice(
                [word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :]]
            )
            or letter
        )
    return word


class Listener:
    """The tables of an index, keeping every question with its answer.

    What the index does not know it sometimes claims to know, so that rare turns are taken as well.
    """

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.answers: Answers = {"byName": {}, "byIdentifier": {}, "alike": {}, "holds": {}}

    def by_name(self, name_key: str) -> list[str]:
        return self._kept(
            "byName", lambda random: self.kb.searcher.by_name(name_key) or invented(random, "name", 30), name_key
        )

    def by_identifier(self, kind: str, identifier: str) -> list[str]:
        def ask(random: Random) -> list[str]:
            return self.kb.searcher.by_identifier(kind, identifier) or invented(random, kind, 8)

        return self._kept("byIdentifier", ask, kind, identifier)

    def name_texts(self) -> list[str]:
        return self.kb.searcher.name_texts()

    def alike(self, word: str, edits: int) -> list[tuple[str, bool, int]]:
        def ask(random: Random) -> list[tuple[str, bool, int]]:
            more = {typo(random, word) for _ in range(random.choice([0, 0, 3, 9]))}
            return self.kb.searcher.alike(word, edits) + [
                (other, random.random() < 0.2, random.randrange(3)) for other in sorted(more)
            ]

        return self._kept("alike", ask, word, edits)

    def holds(self, surface: str) -> bool:
        return self._kept("holds", lambda random: self.kb.searcher.holds(surface) or random.random() < 0.1, surface)

    def _kept(self, name: str, ask: Callable[[Random], T], *question: object) -> T:
        asked = "\t".join(map(str, question))
        if asked not in self.answers[name]:
            self.answers[name][asked] = ask(Random(name + asked))
        answer: T = self.answers[name][asked]
        return answer


def invented(random: Random, what: str, one_in: int) -> list[str]:
    """Notes that are not there, once in so many times."""
    return [f"{what}-{random.randrange(1000)}"] if random.randrange(one_in) == 0 else []


def at(text: str, point: int) -> int:
    """Where a code point stands, as JavaScript counts."""
    return len(text[:point].encode("utf-16-le", "surrogatepass")) // 2


def understood(text: str, listener: Listener) -> Iterator[Check]:
    """Everything that is asked of a text."""
    found = chunks(text)
    yield "chunks", [text], [(at(text, start), group) for start, group in found]
    yield "content", [text], content(found)
    yield "findQuantities", [text], [
        (at(text, q.start), at(text, q.end), q.number, q.unit, q.key) for q in find_quantities(text)
    ]  # fmt: skip
    yield "key", [text], key(text)
    resolved = recognise(text, listener)
    yield "recognise", [text], resolved and (resolved.text, resolved.as_what, resolved.notes)


def constants() -> Check:
    """What stands in both languages."""
    both = {"STOPWORDS": sorted(STOPWORDS), "UNITS": UNITS, "EVERYDAY": sorted(EVERYDAY), "PATTERNS": PATTERNS}
    return "constants", [], {**both, "MAX_QUERY": MAX_QUERY}


def of_characters(random: Random) -> Iterator[Check]:
    """Every character there is, in some company."""
    for start in range(0, len(ASSIGNED), 128):
        block = "".join(ASSIGNED[start : start + 128])
        yield "key", [block], key(block)
        yield "casefold", [block], block.casefold()
        yield "toLowerCase", [block], block.lower()
    for _ in range(1500):
        text = "".join(random.choices([*LETTERS[3], *LETTERS[4], *MARKS, *WORDS, random.choice(ASSIGNED)], k=8))
        yield "casefold", [text], text.casefold()
        yield "toLowerCase", [text], text.lower()
        raw = random.choice(["\ud83d", "\udc4d", "\0", " ", "\x1c"]) + text * random.choice([1, 40])
        yield "clean", [raw], _clean(raw)


def of_snippets(random: Random, texts: list[str]) -> Iterator[Check]:
    """Lines of units, of anything, and long ones of few letters, with words that stand in them or do not."""
    mixed = [mixture(random, 12) for _ in range(400)]
    makers: list[Callable[[], str]] = [
        lambda: random.choice(texts),
        lambda: "".join(random.choices(mixed, k=random.randint(1, 9))),
        lambda: (
            "".join(random.choices(random.choice(["ab ", "abİ 👍 ", "abc"]), k=random.randint(230, 420)))
            + " wanted here"
        ),
    ]
    for _ in range(4000):
        text = random.choice(makers)()
        said = surfaces(text) or ["nothing"]
        words = [*random.choices(said, k=random.randint(0, 4)), random.choice([*WORDS, "wanted"]).lower()]
        if random.random() < 0.5:
            place = random.randrange(len(text))
            words = [text[place : place + 4].lower()]
        yield "snippet", [text, words], snippet(text, words)


def of_spelling(random: Random, texts: list[str], listener: Listener) -> Iterator[Check]:
    """Words, nearly words, and what is none."""
    known = sorted({word for text in texts for word in surfaces(text) if re.fullmatch("[a-z]{4,14}", word)})
    wrong = [typo(random, random.choice(known)) for _ in range(500)] + [
        a + b for a, b in zip(known[::9], known[4::9], strict=False)
    ]
    for word in [*wrong, *random.sample(known, 500), *WORDS]:
        yield "isEnglish", [word], spelling.is_english(word)
        yield "places", [word], list(spelling.places(word))
    for word in [*wrong, *WORDS, *random.sample(known, 50)]:
        yield "respell", [word], spelling.respell(word, listener)  # type: ignore[arg-type]  # a table as good as any
    for _ in range(3000):
        one, most = random.choice(known + WORDS), random.randrange(4)
        other = typo(random, one) if random.random() < 0.8 else random.choice(known)
        yield "distance", [one, other, most], spelling.distance(one, other, most)
        yield "distance", [one, one[::-1][:5], most], spelling.distance(one, one[::-1][:5], most)


def all_checks(kb: KnowledgeBase, listener: Listener) -> Iterator[Check]:
    """Everything that is compared."""
    random = Random(SEED)
    lines = (ROOT / "tests/quality/queries.jsonl").read_text(encoding="utf-8").splitlines()
    hits = [kb.searcher.hit(number) for number in range(0, len(kb.searcher.ids()), 5)]
    units = [text for hit in hits for text in (hit.heading, hit.text)]
    forms = [random.choice(IDENTIFIERS) + random.choice([*MARKS, *IDENTIFIERS]) for _ in range(400)]
    forms += [
        "AWS::" + "".join(random.choices([*"EQRZ", "EC2", "::", ":", "Über", "Ё", "ё", "x", "vpc", "Bucket"], k=5))
        for _ in range(300)
    ]
    written = [json.loads(line)["query"] for line in lines] + units + kb.searcher.name_texts()
    texts = [*written, *WORDS, *IDENTIFIERS, *SENTENCES, *MARKS, *forms, *(mixture(random, 12) for _ in range(4000))]
    yield constants()
    for text in dict.fromkeys(texts):
        yield from understood(text, listener)
    for text in units[:200]:
        yield "surfaces", [text], surfaces(text)
    yield from of_characters(random)
    yield from of_snippets(random, units)
    yield from of_spelling(random, units, listener)


@pytest.fixture(scope="module")
def node() -> str:
    """Node; in CI it must be there."""
    found = shutil.which("node")
    if found is None:
        assert not os.environ.get("CI"), "CI installs Node"
        pytest.skip("no Node on this machine; CI runs it")
    return found


def compare(node: str, checks: list[Check], answers: Answers) -> dict[str, Any]:
    """Let Node do the same; return per function how often it was called and what differs."""
    bloom = str(Path(spelling.__file__).parent / "words.bloom")
    tables = {name: list(known.items()) for name, known in answers.items()}
    given = json.dumps({"bloom": bloom, "answers": tables, "checks": checks})
    done = subprocess.run(
        [node, str(PARITY)], input=given, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.fixture(scope="module")
def report(node: str, bundled: KnowledgeBase) -> dict[str, Any]:
    """What Node makes of every check."""
    listener = Listener(bundled)
    checks = list(all_checks(bundled, listener))
    return compare(node, checks, listener.answers)


@pytest.mark.parametrize("name", FLOORS)
def test_javascript_agrees_with_python(name: str, report: dict[str, Any]) -> None:
    """Same text, same result, without exception."""
    found = report[name]

    assert not found["different"], f"{found['different']} of {found['count']} differ, the first:\n{found['first']}"
    assert found["count"] >= FLOORS[name]


def test_a_difference_would_be_seen(node: str) -> None:
    """With its arguments and both results."""
    found = compare(node, [("key", ["Straße"], "strase")], {})["key"]

    assert found["first"] == 'key("Stra\\u00dfe")\n  Python:     "strase"\n  JavaScript: "strasse"'
