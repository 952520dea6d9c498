"""Statement to compare: the words, values, polarity, direction and scope of what is said."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kb.facts.quantity import Quantity, find_quantities

if TYPE_CHECKING:
    from kb.notes.fact import Fact
    from kb.notes.note import Note

_WORD = re.compile(r"[^\W_]+(?:[-.'\u2019][^\W_]+)*(?:\+\+)?%?")
_CODE = re.compile(r"[`*_\[\]]|\]\([^)]*\)|\\(?=[!-/:-@\[-`{-~])")
_STOPWORDS = frozenset(
    """a about after all also an and any are as at be because been being but by can could do does each either etc every for from get
    has have how if in into is it its itself like make many may more most much must need of on once one only or other our out over own per
    should so some such than that the their them then there these they this those through to too until use used uses using via was we what
    when where which while who will with within without would you your i eg ie""".split()
)
_NAMING = re.compile(r"([A-Za-z][\w+#.-]*)(:?)[ \xa0]+v?$")
"""The word before a number, if the number belongs to it: version 14, layer 7, step 3, Amazon Linux 2."""
_MEASURING = frozenset(
    "max maximum min minimum limit limits limited default defaults than least most exactly about around roughly nearly almost plus equals "
    "equal between first last every another additional allows allowed supports contain contains holds keeps takes lasts costs returns reads".split()
)
"""Words after which a number counts."""
_NUMBERED = frozenset(
    "version versions v step steps layer scenario phase part chapter section table figure example option port ports http https error errors status "
    "code codes tls ssl level tier type class generation day week lesson question release beta linux mysql postgresql oracle python java node server".split()
)
"""Words after which a number never counts."""
_COUNTING = _STOPWORDS | _MEASURING
_LONGEST = 7
"""A bare number of more digits in a row is an identifier."""
_LARGE = re.compile(r"(?<![\w.,])(\d{1,3}(?:\.\d{1,3})?)(?: (thousand|million|billion)\b|([KM])(?= [a-z]))")
_TIMES = {"t": 1_000, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_VERSION = re.compile(r"\.\w")
_COUNTED = re.compile(
    r"\+?\s+(?:(?:[a-z]+(?:ed|ing|al|ic|ive|y)|[a-z]+-[a-z]+|[a-z]+ent|max|maximum|min|more|new|other|different)\s+){0,3}([A-Za-z][A-Za-z-]+)"
)
_NEGATION = re.compile(
    r"\b(?:not(?! only)|no|nothing|never|cannot|can't|can\u2019t|isn't|isn\u2019t|aren't|doesn't|doesn\u2019t|don't|don\u2019t|won't|neither|nor|none|"
    r"unsupported|impossible|unable|non|disabled|lacks?|fails? to)\b",
    re.I,
)
TELLING = 50
"""Smaller bare numbers stand for many things."""
NEGATIONS = frozenset(
    "not no never cannot can't isn't aren't doesn't don't won't neither nor none non unsupported impossible unable".split()
)
DIRECTIONS = {
    "default": r"by default|\bdefaults?\b|out of the box|unless (?:set|changed)|when nothing is set|initially",
    "max": r"\bmax(?:imum|imal)?\b|\bup to\b|at most|(?:no|not) more than|not more\b|at the latest|\bunder #|\b(?:below|within|(?:less|smaller|fewer|shorter) than)\b|\blimit(?:ed|s)?\b|\blongest\b|\blargest\b|\bbiggest\b|\bhighest\b|\bcap(?:ped)?\b|\bmost\b|\bquota\b|upper|\bfrom # to #|\bbetween # (?:and|to) #",
    "min": r"\bmin(?:imum|imal)?\b|at least|no less than|\bshortest\b|\bsmallest\b|\blowest\b|\bstarts? (?:at|from)\b",
}
_DIRECTION = {name: re.compile(pattern, re.I) for name, pattern in DIRECTIONS.items()}
# Words of which a statement can hold only one: who says the other contradicts.
OPPOSITES = (
    ("stateful", "stateless"), ("regional", "global"), ("regional", "zonal"), ("synchronous", "asynchronous"), ("public", "private"),
    ("push", "pull"), ("hard", "soft"), ("ordered", "unordered"), ("encrypted", "unencrypted"), ("enabled", "disabled"),
    ("strong", "eventual"), ("strongly", "eventually"), ("allow", "deny"), ("managed", "unmanaged"), ("durable", "ephemeral"),
    ("persistent", "ephemeral"), ("mutable", "immutable"), ("free", "charged"), ("inbound", "outbound"), ("required", "optional"),
    ("automatic", "manual"), ("automatically", "manually"), ("relational", "nosql"), ("serverless", "provisioned"),
)  # fmt: skip
_SCOPES = re.compile(
    r"\b(?:per|each|every) (?:region|account|az|availability zone|second|minute|hour|day|month|shard|partition|table|function|queue|topic|stream|"
    r"bucket|object|instance|cluster|vpc|subnet|user|api|stage|client|volume|request|call|batch|message|item|record|topic|policy|role|group|"
    r"node|task|service|stack|template|rule|domain|index|consumer|key)s?\b"
    r"|\b(?:standard|fifo|express|rest|http|websocket|provisioned|on-demand|serverless|classic|application|network|gateway|inbound|outbound|"
    r"ingress|egress|inline|managed|synchronous|asynchronous|async|sync|read|write|reads|writes|local|global|primary|secondary|free|paid|"
    r"advanced|basic|enhanced|shared|dedicated|spot|reserved|public|private|compressed|uncompressed|zipped|unzipped|"
    r"gp2|gp3|io1|io2|st1|sc1|mysql|postgresql|oracle|aurora|windows|linux|lambda|console|api|cli|sdk)\b",
    re.I,
)

RATES = frozenset({"per second", "per minut", "per hour", "per day", "per month"})
"""Scopes that say how often, beside those that say of what."""


@dataclass(frozen=True, slots=True)
class Property:
    """What a fact is about, with its value of today and what was said before."""

    words: frozenset[str]
    """Stems of the words that name it."""
    now: frozenset[str]
    """Quantities of its value, in comparable form."""
    was: frozenset[str]
    """Quantities of the values it had."""
    alone: frozenset[str] = frozenset()
    """Those of them that its note gives for nothing else today."""
    asked: tuple[frozenset[str], ...] = ()
    """Stems of the words that people ask for it with, by phrase."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said, ready to be compared."""

    text: str
    words: frozenset[str]
    """Stems of the words that say something; numbers left out."""
    values: frozenset[str]
    """Quantities in comparable form, "time:900000"."""
    negated: bool
    """Whether an odd number of negations stands in it."""
    directions: frozenset[str]
    """default, max, min."""
    scopes: frozenset[str]
    """Per what, and of which kind."""
    property: Property | None = None
    """Of a fact."""
    above: str = ""
    """Of a raw one: the list item or heading it stands under."""

    def terms(self) -> frozenset[str]:
        """The words, and the values whatever they count: by these a statement is found."""
        return self.words | {bare(value) for value in self.values}

    def counted(self) -> frozenset[str]:
        """Return the stems of the words that its numbers count."""
        return frozenset(noun for value in self.values if (noun := value.partition(" ")[2]))


def amounts(values: Collection[str]) -> dict[str, dict[str, float]]:
    """Return comparable quantities with their numbers by what they measure or count: time, size, share, or the word that is counted."""
    found: dict[str, dict[str, float]] = {}
    for value in values:
        key, _, noun = value.partition(" ")
        dimension, _, number = key.partition(":")
        found.setdefault(f"{dimension} {noun}".strip(), {})[value] = float(number)
    return found


def among(values: Collection[str], others: Collection[str]) -> frozenset[str]:
    """Return the values that are among others; a large number is the same whatever it counts, a small one where that is not said."""
    bares = set(map(bare, others))
    return frozenset(
        value
        for value in values
        if value in others or bare(value) in others or (is_telling(value) and bare(value) in bares)
    )


def same_numbers(values: Collection[str], others: Collection[str]) -> frozenset[str]:
    """Return the values that are among others, whatever either counts."""
    bares = set(map(bare, others))
    return frozenset(value for value in values if bare(value) in bares)


def bare(value: str) -> str:
    """Return a comparable quantity without the word that it counts."""
    return value.partition(" ")[0]


def is_telling(value: str) -> bool:
    """Tell whether a value is seldom met by chance: it has a unit or is a large number."""
    dimension, _, number = bare(value).partition(":")
    return dimension != "count" or float(number) >= TELLING


def understand(text: str, names: Collection[str] = (), above: str = "") -> Statement:
    """Return a statement understood; `names` are words that only say which service it is about.

    Where it names no scope, what it stands under may.
    """
    plain = _plain(text)
    numbered, left_out = _names(tuple(names))
    plain = numbered.sub("", plain) if numbered else plain
    counted = _counted(plain)
    quantities, values = [one for one, _ in counted], frozenset(key for _, key in counted)
    words = set()
    for match in _WORD.finditer(plain):
        word = match.group().lower().replace("\u2019", "'")
        inside = any(q.start <= match.start() < q.end for q in quantities)
        if not inside and word not in _STOPWORDS and word not in left_out and not word.isdigit():
            words |= {
                stem(part) for part in (word.split("-") if "-" in word else [word]) if part and part not in _STOPWORDS
            }
    masked = plain
    for quantity in reversed(quantities):  # "5 min" is no minimum
        masked = f"{masked[: quantity.start]}#{masked[quantity.end :]}"
    directions = frozenset(name for name, pattern in _DIRECTION.items() if pattern.search(masked))
    scopes = _scopes(plain) or _scopes(above)
    negated = len(_NEGATION.findall(plain)) % 2 == 1
    return Statement(text, frozenset(words), values, negated, directions, scopes, above=above)


def without_markup(text: str) -> str:
    """Return a text without the marks of Markdown."""
    return _CODE.sub("", text)


def _plain(text: str) -> str:
    """Return a text without the marks of Markdown, its large numbers in digits: 10 million, 2M requests."""
    return _LARGE.sub(
        lambda match: f"{float(match[1]) * _TIMES[(match[2] or match[3])[0].lower()]:,.0f}", without_markup(text)
    )


def quantities_in(text: str) -> tuple[str, list[tuple[Quantity, str]]]:
    """Return a text without its marks, and the quantities in it with their comparable form."""
    plain = _plain(text)
    return plain, _counted(plain)


def _counted(plain: str) -> list[tuple[Quantity, str]]:
    return [(one, _value(one, plain)) for one in find_quantities(plain) if not _is_name(one, plain)]


@lru_cache(1 << 10)
def _names(names: tuple[str, ...]) -> tuple[re.Pattern[str] | None, frozenset[str]]:
    """Return what finds the names with a number in them (the 53 of Route 53 counts nothing), and the words of all."""
    numbered = "|".join(re.escape(name) for name in names if any(char.isdigit() for char in name))
    words = frozenset(word.lower() for name in names for word in _WORD.findall(name))
    return re.compile(rf"(?i)\b(?:{numbered})\b") if numbered else None, words


def _is_name(quantity: Quantity, text: str) -> bool:
    """Tell whether a number counts nothing: a year, an identifier, a version, or part of a name."""
    if quantity.unit:
        return False
    if 1990 <= quantity.number <= 2039 and quantity.number == int(quantity.number):
        return True
    if _VERSION.match(text, quantity.end):
        return True
    if quantity.end - quantity.start > _LONGEST and text[quantity.start : quantity.end].isdigit():
        return True
    before = _NAMING.search(text, 0, quantity.start)
    if before is None:
        return False
    word = before[1].lower()
    if word in _NUMBERED:
        return True
    return bool(word) and not before[2] and word not in _COUNTING and not _noun(quantity, text)


def _value(quantity: Quantity, text: str) -> str:
    """Return a quantity in comparable form; a bare number with the word that it counts: "count:5 replica"."""
    if quantity.unit:
        return quantity.key
    return f"{quantity.key} {_noun(quantity, text)}".strip()


def _noun(quantity: Quantity, text: str) -> str:
    """Return the stem of the word that a bare number counts."""
    after = _COUNTED.match(text, quantity.end)
    return stem(after.group(1).lower()) if after and after.group(1).lower() not in _STOPWORDS else ""


def fact_statement(fact: Fact) -> str:
    """Return what a fact says as a sentence."""
    detail = f" {fact.detail}" if fact.detail else ""
    return f"{fact.name}: {fact.value}.{detail}"


# A quota is what one has by default, and may be raised.
_KIND_SAYS = {"default": frozenset({"default"}), "limit": frozenset({"max"}), "quota": frozenset({"max", "default"})}


def understand_fact(fact: Fact, names: Collection[str] = (), asked: Iterable[str] = ()) -> Statement:
    """Return what a fact says, understood: of the scopes those that its name gives, not those of its detail.

    `asked` are ways to ask for it.
    """
    whole, named = understand(fact_statement(fact), names), understand(fact.name, names)
    now = understand(fact.value).values
    was = frozenset(value for earlier in fact.history for value in understand(earlier.value).values)
    directions = named.directions or _KIND_SAYS.get(fact.kind, frozenset())
    phrases = tuple(understand(phrase, names).words for phrase in asked) if was - now else ()
    about = Property(named.words, now, was - now, asked=phrases)
    return replace(whole, scopes=named.scopes, directions=directions, property=about)


def said_by(note: Note, names: Collection[str] = ()) -> Iterator[tuple[str, Statement]]:
    """Yield every statement of a note with its address: its facts, then its bullets and paragraphs."""
    asked = dict(note.asked)
    for fact in note.facts:
        yield f"{note.id}#{fact.anchor}", understand_fact(fact, names, asked.get(fact.id, ()))
    for section in note.sections:
        for statement in section.statements:
            if statement.block in ("bullet", "number", "paragraph", "table"):
                address = f"{note.id}#{section.anchor}" if section.anchor else note.id
                yield address, understand(statement.text, names)


def _scopes(text: str) -> frozenset[str]:
    return frozenset(_scope(match.group()) for match in _SCOPES.finditer(text))


def _scope(text: str) -> str:
    words = text.lower().replace("each ", "per ").replace("every ", "per ").split()
    words = [f"{word}hronous" if word in ("async", "sync") else word for word in words]
    return " ".join(stem(word) for word in words)


@lru_cache(1 << 16)
def stem(word: str) -> str:
    """Return the stem of a word in lower case (Porter 2)."""
    return _stemmer().stemWord(word)  # type: ignore[no-any-return]


@lru_cache(1)
def _stemmer():  # type: ignore[no-untyped-def]  # noqa: ANN202 - snowballstemmer has no types
    from kb.errors import MissingExtra

    try:
        from snowballstemmer import stemmer
    except ModuleNotFoundError:
        raise MissingExtra("import", "comparing statements") from None
    return stemmer("english")
