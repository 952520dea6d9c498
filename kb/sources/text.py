"""Read plain text pasted from a web page or an editor: lists, headings, code and tables are told by their look."""

from __future__ import annotations

import re

from kb.notes.page import title_of
from kb.sources import bullets, chrome, look
from kb.sources.inline import LONGEST, says_something, without_marks
from kb.sources.outline import Block, Draft, Outline
from kb.sources.table import is_header, row

_STRONG = re.compile(r"\s*[•●○◦▪▫■□‣\u2043➢➤]")
_RULE = re.compile(r"\s*(?:[-=_*~#+.·]\s?){3,}\s*")
_PICTURE = re.compile(
    r"image|\[image(?::[^\]]*)?\]|(?:figure|fig\.) ?\d*|enter image description here|\S+\.(?:png|jpe?g|gif|svg)", re.I
)
_ANKI = re.compile(r"#(?:separator|html|columns|notetype|deck|tags|guid)[\w ]*:.*")  # the head of its exports
_BANNER = re.compile(r"\s*/\*{3,}\s*")
_BANNER_END = re.compile(r"\s*\*{3,}/\s*")
_FENCE = re.compile(r"\s*(?:```|~~~)")
LONGEST_CODE = 2_000


def read_pasted(text: str, source: str, path: str, mended: int = 0) -> Outline:
    """Return what pasted text says."""
    draft = Draft(source, path, text.split("\n"))
    reader = _Reader(draft)
    reader.read()
    first = draft.headings[0] if draft.headings else None
    opening = first and all(first.line < statement.line for statement in draft.statements[:1])
    return draft.outline(first.title if first and opening else title_of(path), mended)


class _Reader:
    """Goes down the lines once; each step takes the lines of one thing."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.lines = draft.lines
        self.frame = chrome.page_frame(self.lines)
        self.levels = bullets.Levels()
        self.depth = -1
        self.content = 0
        self.position = 0
        self.after_heading = False
        self.widest = self.width()
        self.items = [self.looks_like_item(line) for line in self.lines]
        self.run_ends = self.ends_of_runs()

    def width(self) -> int:
        """Return where the lines of the file are wrapped, when they are: few lines are longer, many end just before."""
        lengths = sorted(len(line.rstrip()) for line in self.lines if len(line.strip()) > look.WRAP_SHORTEST)
        return lengths[int(len(lengths) * 0.98)] if len(lengths) > 3 else LONGEST

    def read(self) -> None:
        while self.position < len(self.lines):
            self.step(self.lines[self.position])

    def step(self, line: str) -> None:
        """Read what starts on this line."""
        if not line.strip():
            self.position += 1
        elif len(line) > LONGEST:
            self.draft.say(" ".join(line.split()), "paragraph", 0, self.position + 1)
            self.position += 1
        elif self.position in self.frame:
            self.drop(1, self.frame[self.position])
        elif _RULE.fullmatch(line[:200]):
            self.drop(1, "rule")
        elif _ANKI.fullmatch(line):
            self.drop(1, "front matter")
        elif _PICTURE.fullmatch(line.strip()[:200]):
            self.drop(1, "picture")
        elif count := self.banner() or self.fenced() or self.tabbed():
            self.position += count
        elif self.depth >= 0 and bullets.indent(line) >= self.content > 0 and not self.is_item(self.position):
            self.inside_item()
        elif self.is_item(self.position) and not self.numbered_heading():
            self.item()
        else:
            self.outside()

    def drop(self, count: int, reason: str) -> None:
        self.draft.drop_lines(self.position + 1, self.position + count, reason)
        self.position += count

    def say(self, text: str, block: Block, depth: int, count: int) -> None:
        """Say the next lines as one statement."""
        joined, drops = (text, []) if block == "code" else without_marks(" ".join(text.split()))
        self.draft.drop_parts(self.position + 1, drops)
        if says_something(joined) or block == "code":
            self.draft.say(joined, block, depth, self.position + 1, self.position + count)
            self.position += count
        else:
            self.drop(count, "markup")
        self.after_heading = False

    def looks_like_item(self, line: str) -> bool:
        return bool(bullets.marker(line[:LONGEST].strip()) and not _RULE.fullmatch(line[:200]))

    def is_item(self, position: int) -> bool:
        return self.items[position]

    def ends_of_runs(self) -> list[int]:
        """Return for each line where the lines without a blank or an item end that it stands in."""
        ends, end = [0] * len(self.lines), len(self.lines)
        for position in range(len(self.lines) - 1, -1, -1):
            if not self.lines[position].strip() or self.items[position]:
                end = position
            ends[position] = end
        return ends

    def next_filled(self, position: int) -> int:
        """Return the next line with something on it that belongs to the text, or the end."""
        while position < len(self.lines) and (not self.lines[position].strip() or position in self.frame):
            position += 1
        return position

    def fenced(self) -> int:
        """Say a block between fences, and return how many lines it has."""
        if not _FENCE.match(self.lines[self.position]):
            return 0
        for count, line in enumerate(self.lines[self.position + 1 : self.position + LONGEST_CODE], 2):
            if _FENCE.match(line):
                code = "\n".join(self.lines[self.position + 1 : self.position + count - 1])
                if code.strip():
                    self.draft.say(code, "code", self.depth + 1, self.position + 1, self.position + count)
                else:
                    self.draft.drop_lines(self.position + 1, self.position + count, "empty code block")
                return count
        return 0

    def banner(self) -> int:
        """Open a heading that stands in a box of comment signs, and return how many lines the box has."""
        above, title, below = (self.lines[self.position : self.position + 3] + [""] * 3)[:3]
        if not (_BANNER.fullmatch(above) and _BANNER_END.match(below[:200]) and says_something(title)):
            return 0
        self.draft.heading(" ".join(title.strip(" */").split()), look.PLAIN, self.position + 2)
        self.draft.drop_lines(self.position + 1, self.position + 1, "rule")
        rest = _BANNER_END.sub("", below)
        if not rest.strip():
            self.draft.drop_lines(self.position + 3, self.position + 3, "rule")
            return 3
        self.lines[self.position + 2] = rest
        return 2

    def tabbed(self) -> int:
        """Say rows whose cells are apart by tabs, and return how many lines they have."""
        end = self.position
        while (
            end < len(self.lines)
            and len(self.lines[end]) < LONGEST
            and "\t" in self.lines[end].strip()
            and not self.is_item(end)
        ):
            end += 1
        if end - self.position < 2:
            return 0
        rows = [[cell.strip() for cell in line.strip("\n ").split("\t")] for line in self.lines[self.position : end]]
        headed = is_header(rows[0]) and not self.lines[0].startswith("#separator:")
        if headed:
            self.draft.drop_lines(self.position + 1, self.position + 1, "table header")
        for number, values in enumerate(rows[headed:], self.position + 1 + headed):
            if said := row(rows[0], values) if headed else row(values[:-1][:1], values[1:] or values):
                self.draft.say(said, "table", 0, number)
            else:
                self.draft.drop_lines(number, number, "empty table row")
        return end - self.position

    def item(self) -> None:
        """Say an item of a list with the lines that go on with its sentence."""
        line = self.lines[self.position]
        block, text = bullets.split_marker(line)
        self.depth = self.levels.depth(bullets.indent(line))
        self.content = bullets.indent(line) + 1
        count = 1
        while self.position + count < len(self.lines) and self.goes_on(text, self.position + count):
            text = f"{text} {self.lines[self.position + count].strip()}".strip()
            count += 1
        self.say(text, block or "bullet", self.depth, count)

    def goes_on(self, text: str, position: int) -> bool:
        line = self.lines[position]
        if not line.strip() or self.is_item(position) or position in self.frame or len(line) > LONGEST:
            return False
        if not text:
            return True
        if look.looks_like_code(line) or self.ends_like_code(position):
            return False
        return look.continues(self.lines[position - 1].strip(), line.strip(), self.widest)

    def ends_like_code(self, position: int) -> bool:
        """Tell whether the indented lines from here end with a line of spaces, as code in a list does when it is copied."""
        end = self.run_ends[position]
        return bool(
            end < len(self.lines)
            and self.lines[end]
            and not self.lines[end].strip()
            and self.lines[position][:1] == " "
        )

    def inside_item(self) -> None:
        """Say what stands below an item, as far in as its text: code, or another paragraph of it."""
        start = bullets.indent(self.lines[self.position])
        if look.looks_like_code(self.lines[self.position]) or self.ends_like_code(self.position):
            self.code(start, self.depth + 1)
            return
        end = self.position + 1
        while end < len(self.lines) and self.goes_on("-", end) and bullets.indent(self.lines[end]) >= start:
            end += 1
        self.say(" ".join(self.lines[self.position : end]), "paragraph", self.depth + 1, end - self.position)

    def code(self, column: int, depth: int) -> None:
        """Say the lines that are indented at least this far as code."""
        end = self.position + 1
        limit = min(len(self.lines), self.position + LONGEST_CODE)
        while end < limit and not self.ends_code(end, column):
            end += 1
        while not self.lines[end - 1].strip():
            end -= 1
        lines = self.lines[self.position : end]
        margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
        self.say("\n".join(line[margin:].rstrip() for line in lines), "code", depth, end - self.position)

    def ends_code(self, position: int, column: int) -> bool:
        line = self.lines[position]
        return bool(line.strip()) and (
            bullets.indent(line) < column or bool(_STRONG.match(line)) or position in self.frame or len(line) > LONGEST
        )

    def numbered_heading(self) -> bool:
        """Tell whether a line like "2. Title" is a heading: it stands alone, and no other number is next to it."""
        line, following = self.lines[self.position], self.next_filled(self.position + 1)
        if not look.NUMBERED_ONCE.fullmatch(line.rstrip()) or line.rstrip()[-1] in ".,;:" or len(line.split()) > 9:
            return False
        before = self.position - 1
        while before >= 0 and not self.lines[before].strip():
            before -= 1
        alone = self.position == 0 or not self.lines[self.position - 1].strip()
        neighbours = [self.lines[n].strip() for n in (before, following) if 0 <= n < len(self.lines)]
        return alone and following < len(self.lines) and not any(bullets.NUMBER.match(text) for text in neighbours)

    def outside(self) -> None:
        """Read lines outside of lists: a heading, code, or a paragraph."""
        self.levels, self.depth, self.content = bullets.Levels(), -1, 0
        line = self.lines[self.position]
        following = self.lines[self.position + 1] if self.position + 1 < len(self.lines) else ""
        if look.UNDERLINE.fullmatch(following.strip()[:200]) and len(line) < 120 and not look.is_drawn(line):
            self.heading(line.strip(), look.UNDERLINED if following.strip()[0] == "=" else look.PLAIN, 2)
        elif count := self.code_outside(line, following):
            self.draft.close(look.LEAD)
            self.say("\n".join(self.lines[self.position : self.position + count]), "code", 0, count)
        elif level := self.heading_level(line.strip(), following):
            self.heading(line.strip(), level, 1)
        else:
            self.paragraph()

    def heading_level(self, text: str, following: str) -> int:
        following_at = self.next_filled(self.position + 1)
        listed = following_at < len(self.lines) and self.is_item(following_at)
        parent = following.startswith("\t") and not self.lines[self.position].startswith("\t")
        chapter = look.NUMBERED.fullmatch(text) and not look.NUMBERED.match(following.strip())
        if following.strip() and not (listed or parent or chapter and look.NESTED.match(text)):
            return 0
        if following_at == len(self.lines) and self.position and self.lines[self.position - 1].strip():
            return 0  # the last of several lines heads nothing
        listed = listed or parent
        if self.numbered_heading():
            return look.PLAIN
        level = look.level(text, listed=listed, after_heading=self.after_heading)
        first = not (self.draft.headings or self.draft.statements)
        return (
            look.TITLE
            if first and level in {look.PLAIN, look.MINOR} and self.heads_all(text, following_at, listed)
            else level
        )

    def heads_all(self, text: str, following_at: int, listed: bool) -> bool:
        """Tell whether the first heading is that of the whole file: another one follows at once, or its words say so."""
        if listed or following_at == len(self.lines):
            return False
        line = self.lines[following_at].strip()
        return bool(look.names_a_file(text) or look.level(line, listed=False, after_heading=True) or line == text)

    def heading(self, text: str, level: int, count: int) -> None:
        title = look.without_number(text.removesuffix(":").strip())
        if says_something(title):
            self.draft.heading(title, level, self.position + 1, self.position + count)
            self.position += count
            self.after_heading = True
        else:
            self.drop(count, "markup")

    def code_outside(self, line: str, following: str) -> int:
        """Return how many lines from here are code outside of a list."""
        end = self.position
        drawn, yaml = look.is_drawn(line), look.opens_yaml(line.rstrip(), following)
        indented = bullets.indent(line) >= 4 and (
            drawn or look.looks_like_code(line) or self.ends_like_code(self.position)
        )
        if not (drawn or yaml or indented or look.looks_like_code(line)):
            return 0
        opened = 0
        while end < min(len(self.lines), self.position + LONGEST_CODE):
            text = self.lines[end][:LONGEST]
            opened += text.count("{") - text.count("}")
            if not text.strip() and opened <= 0 or (_STRONG.match(text) and not drawn):
                break
            if end > self.position and yaml and text[:1] not in " -" and not look.opens_yaml(text, "  a: b"):
                break
            if not (
                drawn
                or yaml
                or indented
                or opened > 0
                or look.looks_like_code(text)
                or text[:1] == " "
                or text.strip() in {"}", "]"}
            ):
                break
            end += 1
        while end > self.position and not self.lines[end - 1].strip():
            end -= 1
        return max(end - self.position, 1)

    def paragraph(self) -> None:
        """Say a line with those that go on with its sentence."""
        end = self.position + 1
        while end < len(self.lines) and self.goes_on("-", end) and not self.tab_ahead(end):
            end += 1
        self.draft.close(look.LEAD)
        lines = [line.rstrip(" ") for line in self.lines[self.position : end]]
        width = self.widest if self.widest <= look.WRAP_LONGEST else 0
        for said in look.broken(lines, width):
            self.say(" ".join(line.strip() for line in said), "paragraph", 0, len(said))

    def tab_ahead(self, position: int) -> bool:
        return "\t" in self.lines[position].strip()
