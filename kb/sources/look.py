"""Tell by its look what a line of plain text is: a heading and of which level, code, the rest of a sentence."""

from __future__ import annotations

import re
from itertools import pairwise

TITLE, UNDERLINED, CAPITALS, PLAIN, MINOR, LEAD = 1, 2, 2, 3, 5, 8

_MINOR = frozenset(
    [*"overview introduction intro basics components concepts features benefits advantages disadvantages limitations limits quotas pricing cost costs examples example tips gotchas notes summary pros cons characteristics types configuration setup performance terminology architecture requirements prerequisites conclusion".split(), "core components", "key concepts", "key features", "use cases", "best practices", "how it works", "when to use", "core concepts", "important points", "limits and quotas", "when to use it"]
)  # fmt: skip
_CHAPTER = re.compile(
    r"(?:day|week|part|chapter|module|domain|unit|lecture|lesson)\s+(?:\d+|[ivx]+|one|two|three|four|five|six|seven)\b",
    re.I,
)
NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,4})\.?\s+[A-Z(].{0,78}")
NUMBERED_ONCE = re.compile(r"(?:\d{1,2}[.)]|[IVX]{1,4}\.)\s+[A-Z].{0,78}")
UNDERLINE = re.compile(r"([=\-~_*])\1{2,}")
_VERB = re.compile(r"\b(?:are|is|was|were|has|have|can|should|must|will)\b", re.I)
_TITLE = re.compile(
    r"\b(?:notes?|guide|cheat ?sheet|course|tutorial|all about|summary|services|technologies|overview|exam|certifi\w+|study|101|handbook|faq)\b",
    re.I,
)
_NUMBER = re.compile(r"^(?!\d+\.0\b)(?:\d{1,2}(?:\.\d{1,2})+\.?|\d{1,2}[.)])\s+(?=\w)")
_NOT_A_TITLE = re.compile(r"[.,;!…]$|[-=~]>|\s(?:=+|\|)\s|\.\s|://|^[\"'(\[{<]|\s\*\s|[^)]\)$(?<!\w\))")
_BOX = re.compile("[\u2500-\u259f]")
_CODE = re.compile(
    r"\s*(?:[$#>%]\s+\S|#!|//\s|/\*|<[\w/?!][^>]*>|[{}\[\]]+[,;]?\s*$|[\w.\"'-]+\s*[:=]\s*[{\[|>]\s*$|\"[^\"]+\"\s*:"
    r"|(?:sudo|yum|apt|apt-get|npm|pip|git|curl|docker|kubectl|export|cd|mkdir|chmod|ssh|aws|sam|eb|terraform)\s+[\w./-]*.*(?:\s-{1,2}\w|/|=|\.\w)"
    r"|(?:def|class|function|const|let|var|return|import|from)\s+\w+.*[(:;={]|[A-Z][A-Z0-9_]+=\S|!\w+\b|[\w-]+(?:::\w+)+|\w+\(.*\);?$|.*[;{\\]$|/[\w.-]+/[\w./-]+$)"
)
_YAML = re.compile(r"\s*(?:-\s+)?[\"']?[\w./:-]+[\"']?:(?:\s+\S.*)?$")
_YAML_HEAD = re.compile(r"[A-Za-z][\w.-]*:\s*$")
_SENTENCE_END = re.compile(r"[.!?:;][\"')\]]*$")
_GOES_ON = re.compile(r"(?:[,(/&-]|\b(?:and|or|the|an?|of|to|in|for|with|by|on|from|is|are|as|at|than|via))$", re.I)
WRAP_SHORTEST, WRAP_LONGEST = 50, 120


def level(text: str, *, listed: bool, after_heading: bool) -> int:
    """Return the level of the heading a line is, 0 when it is none.

    `listed` says that a list follows, `after_heading` that a heading stands right above it.
    """
    words = text.split()
    if not text or len(text) > 300 or not any(map(str.isalnum, text)) or looks_like_code(text):
        return 0
    if NUMBERED.fullmatch(text) and not _NOT_A_TITLE.search(text):
        return CAPITALS + words[0].strip(".").count(".")
    if text.endswith("?"):
        return MINOR if text[0].isupper() and ". " not in text else 0
    if len(words) > 10 or len(text) > 80 or _NOT_A_TITLE.search(text):
        return 0
    if text.endswith(":"):
        return LEAD if len(words) <= 6 and text[0].isupper() and listed and not _VERB.search(text) else 0
    if text.casefold() in _MINOR:
        return MINOR
    if text[0].islower() and not (listed and len(words) <= 3 and "," not in text):
        return 0
    if not listed and (after_heading or len(words) > 4) and not _is_title_case(words):
        return 0
    if _CHAPTER.match(text) or text.isupper() and sum(map(str.isalpha, text)) >= 9:
        return CAPITALS
    return PLAIN


def names_a_file(text: str) -> bool:
    """Tell whether a heading is about a whole file, going by words like notes, guide or overview."""
    return bool(_TITLE.search(text))


def without_number(title: str) -> str:
    """Return a heading without the number of its chapter."""
    return _NUMBER.sub("", title, count=1) or title


def _is_title_case(words: list[str]) -> bool:
    long = [word for word in words if len(word) > 3]
    return len(words) == 1 or sum(not word[0].islower() for word in long) >= 0.6 * len(long)


def looks_like_code(line: str) -> bool:
    """Tell whether a line is a command, a setting, JSON, a tag or a part of a drawing."""
    return bool(len(line) < 2000 and (_CODE.match(line) or _BOX.search(line)))


def is_drawn(line: str) -> bool:
    """Tell whether a line is part of a drawing of boxes."""
    return bool(_BOX.search(line))


def opens_yaml(line: str, following: str) -> bool:
    """Tell whether a mapping of YAML starts here: a bare key with an indented key or item below."""
    return bool(
        _YAML_HEAD.fullmatch(line)
        and following[:1] == " "
        and _YAML.fullmatch(following[:300])
        and not following.strip().endswith(".")
    )


def continues(above: str, line: str, widest: int) -> bool:
    """Tell whether a line goes on with the sentence above it, which was wrapped at a width."""
    if _SENTENCE_END.search(above) and not (widest <= WRAP_LONGEST and len(above) >= max(WRAP_SHORTEST, widest - 25)):
        return False
    return line[:1].islower() or len(above) >= max(WRAP_SHORTEST, widest - 25)


def broken(lines: list[str]) -> list[list[str]]:
    """Cut the lines of a paragraph where its author began a new one on purpose.

    That is where a line ends without a stop although the next word had found room on it, and that word is a capital.
    """
    width = min(max(79, *(len(line.rstrip()) for line in lines)), 100)
    found = [[lines[0]]]
    for above, line in pairwise(lines):
        word, end = line.split()[0], above.rstrip()
        fits = len(end) + 1 + len(word) <= width and not _GOES_ON.search(end)
        if fits and not _SENTENCE_END.search(end) and (word[0].isupper() or word[0].isdigit()):
            found.append([line])
        else:
            found[-1].append(line)
    return found
