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
_NO_UNIT = r"(?!(?:[KMGTP]i?B|[KMGT]bps|[GM]Hz|vCPUs?)\b)"  # 1.5 GB is no chapter
NUMBERED = re.compile(rf"(\d{{1,2}}(?:\.\d{{1,2}}){{1,4}})\.?\s+{_NO_UNIT}[A-Z(].{{0,78}}")
NESTED = re.compile(r"\d{1,2}(?:\.\d{1,2}){2}")
NUMBERED_ONCE = re.compile(r"(?:\d{1,2}[.)]|[IVX]{1,4}\.)\s+[A-Z].{0,78}")
UNDERLINE = re.compile(r"([=\-~_*])\1{2,}")
_VERB = re.compile(r"\b(?:are|is|was|were|has|have|can|should|must|will)\b", re.I)
_TITLE = re.compile(
    r"\b(?:notes?|guide|cheat ?sheet|course|tutorial|all about|summary|services|technologies|overview|exam|certifi\w+|study|101|handbook|faq)\b",
    re.I,
)
_NUMBER = re.compile(rf"^(?!\d+\.0\b)(?:\d{{1,2}}(?:\.\d{{1,2}})+\.?|\d{{1,2}}[.)])\s+{_NO_UNIT}(?=\w)")
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
_HARD_BREAK = re.compile(r"(?: {2,}|(?<=\S)\\|\s*<br ?/?>\s*)$")
# A row of a table or a property stands alone; a statement starts with a capital, a number or an emoji, bold or not.
_ALONE = re.compile(r"\s*(?:\|(?!\|)|[\[(]?[A-Za-z][\w -]{0,40}::\s)")
_STARTS = re.compile(r"[*_\"\u201c`$~>\u2265\u2264]{0,3}(?:[^\W_a-z]|[\u2190-\u2bff\U0001f000-\U0001faff])")
_ORDINARY = re.compile(
    r"[*_]{0,3}(?:A|[A-Z][a-z]+)(?:-[A-Za-z]+)*(?:'[a-z]+)?[,:*_]{0,4}$|[\u2190-\u2bff\U0001f000-\U0001faff]"
)
WRAP_SHORTEST, WRAP_LONGEST, NAME_ROOM = 50, 120, 12


def level(text: str, *, listed: bool, after_heading: bool) -> int:
    """Return the level of the heading a line is, 0 when it is none.

    `listed` says that a list follows, `after_heading` that a heading stands right above it.
    """
    words = text.split()
    if not text or len(text) > 300 or not any(map(str.isalnum, text)) or looks_like_code(text):
        return 0
    if chapter := chapter_level(text):
        return chapter
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


def chapter_level(text: str) -> int:
    """Return the level of a heading like "1.2.3 Title", 0 when a line is none."""
    if not NUMBERED.fullmatch(text) or _NOT_A_TITLE.search(text):
        return 0
    return CAPITALS + text.split(maxsplit=1)[0].strip(".").count(".")


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
    return line[:1].islower() or len(above) >= max(WRAP_SHORTEST, widest - 25) or bool(_GOES_ON.search(above))


def broken(lines: list[str], width: int = 0) -> list[list[str]]:
    """Cut the lines of a paragraph, wrapped at a width if at all, where its author began a new one on purpose.

    That is where a line begins like a statement below one that ends without a stop although the next word had found
    room on it; and everywhere, when every line begins so, or when each line but the last has a hard break. In notes
    that are all in small letters a small letter begins a statement, when no line at all was filled.
    """
    found = [[lines[0]]]
    for cut, line in zip(_cuts(lines, width), lines[1:], strict=True):
        if cut:
            found[-1][-1] = _HARD_BREAK.sub("", found[-1][-1])
            found.append([line])
        else:
            found[-1].append(line)
    return found


def _cuts(lines: list[str], width: int) -> list[bool]:
    """Tell for each line but the first whether it is a statement of its own."""
    if len(lines) > 2 and all(_HARD_BREAK.search(above) for above in lines[:-1]):
        return [not _GOES_ON.search(_HARD_BREAK.sub("", above)) for above in lines[:-1]]
    longest = max(len(line.rstrip()) for line in lines)
    # Two lines that go on in small letters show prose, and with it where it is wrapped.
    prose = longest >= WRAP_SHORTEST and sum(line.lstrip()[:1].islower() for line in lines[1:]) > 1
    width = width or min(longest if prose else max(79, longest), 100)
    pairs = list(pairwise(lines))
    begins = [_begins(above, line) for above, line in pairs]
    fits = [begins[n] and _has_room(*pair, width) for n, pair in enumerate(pairs)]
    if any(fits) and all(begins):
        return begins
    if len(lines) > 2 and all(line[:1].islower() and _is_open_ended(line) for line in lines):
        small = [len(above.rstrip()) + 1 + len(line.split(maxsplit=1)[0]) <= longest for above, line in pairs]
        return small if all(small) else fits
    return fits


def _begins(above: str, line: str) -> bool:
    """Tell whether a line begins like a statement below one that does not end like one that goes on."""
    if _ALONE.match(line):
        return True
    end = _HARD_BREAK.sub("", above)
    if _GOES_ON.search(end.rstrip()) or end == above and not _is_open_ended(end):
        return False
    opens = any(end.count(left) > end.count(right) for left, right in (("(", ")"), ("[", "]"), ("<!--", "-->")))
    return not opens and end.count("%%") % 2 == 0 and bool(_STARTS.match(line.strip()))


def _is_open_ended(line: str) -> bool:
    """Tell whether a line ends without a stop, and not in a word that has another behind it."""
    return not _SENTENCE_END.search(line.rstrip()) and not _GOES_ON.search(line.rstrip())


def _has_room(above: str, line: str, width: int) -> bool:
    """Tell whether the first word of a line had found room on the line above.

    A name or a number may stand within a sentence: it needs more, for nobody leaves so much when wrapping.
    """
    word, end = line.split(maxsplit=1)[0], above.rstrip()
    room = 0 if _HARD_BREAK.search(above) or _ORDINARY.match(word) or _ALONE.match(line) else NAME_ROOM
    return len(end) + 1 + len(word) + room <= width or len(end) > WRAP_LONGEST or bool(_HARD_BREAK.search(above))
