"""Tell what belongs to a web page and not to its text: menus, buttons, banners, file listings of a code host."""

from __future__ import annotations

import re

CHROME = "page chrome"
NAVIGATION = "navigation"
LICENCE = "licence footer"

# What a whole line must be, markers left out; the first that fits names the reason.
RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(rf"(?:{pattern})[\s.:!]*", re.I))
    for reason, pattern in (
        (NAVIGATION, r"(?:skip|jump) to (?:main |the )?(?:content|navigation|search)|table of contents?|on this page|in this (?:article|page)"),
        (NAVIGATION, r"(?:« ?|← ?|\u2039 ?)?(?:previous|prev|older)(?: (?:post|page|article|entry))?(?: ?[/|·-] ?next(?: (?:post|page|article))?)?(?: ?[»→\u203a])?"),
        (NAVIGATION, r"(?:next|newer) (?:post|page|article|entry)(?: ?[»→\u203a])?|next ?[»→\u203a]|(?:back|return) to (?:top|home|blog)|↑ ?(?:back to )?top"),
        (NAVIGATION, r"home ?(?:[\u203a»>/|] ?[\w &-]{1,30}){1,6}|\[toc\]|\[\[_?toc_?\]\]|(?:toggle|open|close|show|hide) (?:the )?(?:menu|navigation|sidebar|table of contents?)|search (?:docs|this site)"),
        (CHROME, r"sign (?:in|up|out)(?: (?:to|for|with) [\w ]{1,30})?|log ?(?:in|out)|register|subscribe(?: to .{1,40})?|get started for free|create (?:a free )?account"),
        (CHROME, r"share(?: (?:this|on|via)[\w /,&:|·]{0,60})?|tweet(?: this)?|follow (?:me|us)(?: on .{1,40})?|like this|pin it|(?:facebook|twitter|linkedin|reddit|whatsapp)(?:[ ,|/·]+(?:facebook|twitter|linkedin|reddit|whatsapp|email|copy link))+"),
        (CHROME, r"(?:we|this (?:web)?site) uses? (?:essential )?cookies?\b.{0,300}|(?:accept|reject|decline|manage)(?: all)? cookies?|cookie (?:settings|preferences|notice|policy)|by continuing to (?:use|browse).{0,200}"),
        (CHROME, r"edit (?:this page|on github)(?: on git(?:hub|lab))?|view (?:on|source on) git(?:hub|lab)|improve this page|report (?:an|this) issue|was this (?:page|article) helpful\??(?: ?yes ?/? ?no)?|print\b(?: this)?(?: page)?|copy (?:link|code)"),
        (CHROME, r"raw ?[/|·]? ?blame(?: ?[/|·]? ?history)?|(?:raw|blame|open symbols panel|copy raw file|download raw file|file metadata and controls|code blame|preview ?code ?blame)|\d+ lines? \(\d+ (?:loc|sloc)\).*"),
        (CHROME, r"folders and files|namename|last commit (?:message|date)|latest commit.{0,20}|repository files navigation|go to file|add file|no (?:releases|packages) published|[\d,.]+k? (?:stars?|forks?|watching|watchers|commits?|branch(?:es)?|tags?|contributors?)|permalink|history commits?"),
        (CHROME, r"\d+ (?:min(?:ute)?s? read|claps?|comments?|likes?|shares?)|leave a (?:comment|reply)|(?:related|recommended|popular) (?:posts|articles)|read more|load more|show more|advertisement|sponsored"),
        (CHROME, r"this (?:article|post) was (?:originally )?(?:written|published|posted).{0,200}|powered by [\w .&]{1,60}|thanks for reading.{0,60}"),
        (LICENCE, r"(?:©|\(c\)|copyright) ?.{0,120}|all rights reserved.{0,40}|open-sourced software licen[sc]ed under .{0,80}|(?:released|licen[sc]ed|distributed) under (?:the |a )?(?:mit|apache|bsd|gpl|cc|creative commons).{0,120}|this (?:work|project) is licen[sc]ed under .{0,160}"),
    )
)  # fmt: skip
_SIDEBAR = frozenset(
    [
        *"about resources stars watchers forks releases packages languages readme license contributors activity code issues".split(),
        "pull requests",
        "actions",
        "security",
        "insights",
        "report repository",
        "custom properties",
        "code of conduct",
    ]
)
_COUNTED = frozenset("stars watchers forks releases packages languages".split())
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+(?: ?public)?", re.I)
_CODE_HOST = re.compile(r"folders and files|repository files navigation|latest commit|last commit message", re.I)
_PORTRAIT = re.compile(r"(.{2,60})['\u2019]s (?:picture|avatar|photo)", re.I)
LONGEST = 400


def reason(line: str) -> str:
    """Return why a line is no statement, or nothing when it may be one."""
    text = line.strip().strip("*•·#").strip()
    if not text or len(text) > LONGEST:
        return ""
    return next((why for why, rule in RULES if rule.fullmatch(text)), "")


def page_frame(lines: list[str]) -> dict[int, str]:
    """Return the lines, counted from 0, that frame a pasted page, with the reason for each.

    Words like "Resources" or "About" are headings in notes and labels on a code host; only the whole page tells.
    """
    filled = [n for n, line in enumerate(lines) if line.strip()]
    frame = {n: why for n in filled if (why := reason(lines[n]))}
    if sum(bool(_CODE_HOST.fullmatch(lines[n].strip())) for n in filled[:40]) >= 2:
        frame.update((n, CHROME) for n in filled[:3] if _REPOSITORY.fullmatch(lines[n].strip()))
        frame.update(_sidebar(lines, filled))
    frame.update(_author_box(lines, filled))
    return frame


def _sidebar(lines: list[str], filled: list[int]) -> dict[int, str]:
    """Return the column a code host shows beside a README: from "About" to the end."""
    for position in range(len(filled) - 1, max(len(filled) - 60, -1), -1):
        if lines[filled[position]].strip().casefold() == "about":
            rest = filled[position:]
            labels = [lines[n].strip().casefold() for n in rest]
            if len(_COUNTED.intersection(labels)) >= 2 and sum(label in _SIDEBAR for label in labels) >= 4:
                return dict.fromkeys(rest, CHROME)
    return {}


def _author_box(lines: list[str], filled: list[int]) -> dict[int, str]:
    """Return the box about the author that ends a blog post, when it starts with a portrait."""
    for position in filled[-8:]:
        if _PORTRAIT.fullmatch(lines[position].strip()):
            return {n: "picture" if n == position else "about the author" for n in filled if n >= position}
    return {}
