"""Lint a text, a file or folders: what kind of text it is, what it sets, and which rules that breaks."""

from __future__ import annotations

import gc
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kb.errors import InputError
from kb.lint.finding import Finding, Span
from kb.lint.ignore import Ignored
from kb.lint.rule import Rules, amount, converted

if TYPE_CHECKING:
    from kb.lint.template import Hit
    from kb.lint.tree import Reader

KINDS = {
    "yaml": "yaml", "yml": "yaml", "json": "json", "tf": "hcl", "tofu": "hcl", "py": "python", "ts": "typescript",
    "mts": "typescript", "cts": "typescript", "tsx": "tsx", "js": "tsx", "jsx": "tsx", "mjs": "tsx", "cjs": "tsx",
}  # fmt: skip
"""Endings of the files that are read, and the language in them; .template is YAML or JSON."""
NO_TEMPLATES = {"md", "rst", "txt", "html", "xml", "svg", "sh", "env", "ini", "conf", "toml", "sql", "service"}
"""What a file of another program is filled in from ends in, before .template."""
HINTS = {
    "yaml": r"AWS::|^\s*[\"']?provider[\"']?\s*:", "json": r"AWS::|aws_|\"provider\"", "hcl": "aws_",
    "python": "boto|aws_cdk", "typescript": "aws-sdk|aws-cdk", "tsx": "aws-sdk|aws-cdk",
}  # fmt: skip
"""A file with none of these has nothing that a rule binds, and what is wrong with it is not ours to say."""
SKIPPED = {"node_modules", "__pycache__", "venv", "site-packages"}
_OPEN_BRACKETS = 2000
_CODE_CHARACTERS = 2_000_000
MAX_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one text."""

    findings: tuple[Finding, ...] = ()
    whole: bool = True
    """False where the text has errors, or is too large or deep: then it was checked as far as it can be read."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of files and folders."""

    findings: tuple[Finding, ...]
    files: int
    """How many were checked."""
    broken: tuple[str, ...]
    """Files with errors in them, checked as far as they can be read."""
    problems: tuple[InputError, ...]
    """What could not be read."""


def lint_text(text: str, path: str, rules: Rules) -> tuple[Finding, ...]:
    """Return the findings of a text, in order; `path` tells by its ending what it is, it is not opened.

    Raises:
        MissingExtra: the extra `lint` is not installed.
    """
    return check_text(text, path, rules).findings


def check_text(text: str, path: str, rules: Rules) -> Checked:
    """Return the findings of a text and whether it is whole; nothing for a text of another kind.

    Raises:
        MissingExtra: the extra `lint` is not installed.
    """
    language = language_of(path, text)
    if not language or not re.search(HINTS[language], text, re.M):
        return Checked()
    if _unreasonable(text, language):
        return Checked(whole=False)
    collecting = gc.isenabled()
    gc.disable()  # a large text is a million small objects, none of them garbage: twice as fast without
    try:
        return _checked_text(text.removeprefix("\ufeff"), path, language, rules)
    finally:
        if collecting:
            gc.enable()


def _checked_text(text: str, path: str, language: str, rules: Rules) -> Checked:
    hits, reader, whole = _hits(text, path, language, rules)
    ignored = Ignored(text)
    found: dict[Span, Finding] = {}
    for hit in sorted(hits, key=_weight):
        finding = _finding(hit, reader, path)
        lines = range(finding.span.line, finding.span.end_line + 1) if finding else ()
        if finding and not ignored.covers(hit.rule, lines):
            found.setdefault(finding.span, finding)
    return Checked(tuple(found[span] for span in sorted(found)), whole)


def lint_paths(paths: Iterable[str], rules: Rules) -> Report:
    """Check files, and the files of folders whose kind is known; one that cannot be read never hides the others.

    Raises:
        MissingExtra: the extra `lint` is not installed.
    """
    findings: list[Finding] = []
    problems: list[InputError] = []
    broken: list[str] = []
    count = 0
    for path, named in _files(paths, problems):
        try:
            checked = _checked(path, rules)
        except InputError as error:
            if named or not isinstance(error.__cause__, _Binary):  # a folder may hold binary files
                problems.append(error)
            continue
        count += 1
        findings += checked.findings
        broken += [] if checked.whole else [path]
    return Report(tuple(findings), count, tuple(broken), tuple(problems))


def language_of(path: str, text: str = "") -> str:
    """Return what a file holds, by its ending; without one, by how the text looks; empty for what is not read."""
    name = path.replace("\\", "/").rpartition("/")[2]
    stem, _, suffix = name.rpartition(".")
    inner = stem.rpartition(".")[2].lower() if "." in stem else ""
    if suffix.lower() == "template" and (inner in KINDS or inner in NO_TEMPLATES):
        return KINDS.get(inner, "")
    if suffix.lower() == "template" or (not stem and not suffix.startswith("-")):
        start = text[:5000].lstrip("\ufeff \t\r\n")
        if start.startswith("{"):
            return "json"
        if suffix.lower() == "template" or not name:
            for language, pattern in (
                ("hcl", r"(?m)^(?:resource|module|variable|provider|terraform|data|locals)\b[^:\n]*\{"),
                ("python", r"(?m)^(?:import \w|from [\w.]+ import |def |class \w)[^{;]*$"),
                ("typescript", r"(?m)^(?:import .* from |const |export |let )"),
            ):
                if re.search(pattern, start) and suffix.lower() != "template":
                    return language
            return "yaml"
    return KINDS.get(suffix.lower(), "") if stem else ""


def _unreasonable(text: str, language: str) -> bool:
    """Tell whether a text would take minutes: a bundle that a program wrote, or brackets that nobody closes."""
    opened = sum(text.count(mark) for mark in "([{") - sum(text.count(mark) for mark in ")]}")
    return opened > _OPEN_BRACKETS or (language in ("python", "typescript", "tsx") and len(text) > _CODE_CHARACTERS)


def _hits(text: str, path: str, language: str, rules: Rules) -> tuple[list[Hit], Reader, bool]:
    from kb.lint.tree import Source

    if language == "hcl":
        from kb.lint.terraform import read_hcl, terraform

        hcl, whole = read_hcl(text)
        return list(terraform(hcl, rules)), hcl, whole
    if language in ("yaml", "json"):
        return _document_hits(text, path, language, rules)
    from kb.lint.calls import calls
    from kb.lint.code import CodeReader

    source = Source(text, language)
    code = CodeReader(source)
    return list(calls(code, language, rules)), code, not source.root.has_error


def _document_hits(text: str, path: str, language: str, rules: Rules) -> tuple[list[Hit], Reader, bool]:
    from kb.lint.document import JsonReader, YamlReader, read_yaml
    from kb.lint.template import cloudformation, serverless
    from kb.lint.terraform import terraform_json
    from kb.lint.tree import Source

    reader: YamlReader | JsonReader
    if language == "json":
        source = Source(text, "json")
        reader, whole = JsonReader(source), not source.root.has_error
    else:
        reader, whole = read_yaml(text)
    root: Any = reader.root
    if root is None:
        return [], reader, whole
    if path.lower().endswith(".tf.json"):
        return list(terraform_json(reader, root, rules)), reader, whole
    return [*cloudformation(reader, root, rules), *serverless(reader, root, rules)], reader, whole


def _weight(hit: Hit) -> tuple[bool, int]:
    """Order the rules of one value: hard limits first, then those that hold under most conditions."""
    return hit.rule.severity == "quota", -sum(len(step.conditions) for step in hit.address.steps)


def _finding(hit: Hit, reader: Reader, path: str) -> Finding | None:
    rule, literal = hit.rule, hit.literal
    if rule.measures_length:
        value = None if literal.text is None else Decimal(len(literal.text))
    else:
        value = None if literal.number is None else converted(literal.number, literal.unit, rule.binding)
    if value is None or rule.binding.allows(value):
        return None
    fact = rule.fact
    given = (value, "characters") if rule.measures_length else (literal.number or value, literal.unit)
    shown = amount(*given).replace(",", "")
    return Finding(
        path=path,
        span=reader.span(literal.node),
        rule=rule.key,
        severity=rule.severity,
        message=f"{hit.address.setting} {rule.against(value, shown)}, {rule.reason()}",
        detail=fact.detail,
        fact=f"{rule.note}#{fact.anchor}",
        url=rule.url,
        as_of=rule.as_of,
        replacement=_replacement(hit, value, reader.written(literal.node)),
    )


def _replacement(hit: Hit, value: Decimal, text: str) -> str:
    """Return the nearest allowed value as the text writes values."""
    allowed = None if hit.rule.measures_length else hit.rule.binding.nearest(value)
    if allowed is None or hit.literal.number is None:
        return ""
    if value:
        allowed = allowed * hit.literal.number / value  # into the unit of the text
    if allowed != allowed.to_integral_value() and "." not in text:
        return ""
    plain = f"{allowed.normalize():f}"
    return f"{text[0]}{plain}{text[0]}" if text[:1] in ("'", '"', "`") else plain


def _files(paths: Iterable[str], problems: list[InputError]) -> Iterator[tuple[str, bool]]:
    """Yield each file once, and whether it was named itself; links to folders are not followed inside folders."""
    seen: set[str] = set()
    for given in dict.fromkeys(paths):
        if not os.path.isdir(given):
            yield given, True
            continue
        for folder, inner, names in os.walk(given, onerror=lambda error: problems.append(_unreadable(error))):
            inner[:] = sorted(name for name in inner if not name.startswith(".") and name not in SKIPPED)
            for name in sorted(names):
                path = os.path.join(folder, name)
                known = language_of(path)
                if known and os.path.isfile(path) and (real := os.path.realpath(path)) not in seen:
                    seen.add(real)
                    yield os.path.normpath(path), False


def _checked(path: str, rules: Rules) -> Checked:
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise InputError(path, "not a file")
        if found.st_size > MAX_BYTES:
            raise InputError(path, f"larger than {MAX_BYTES // 1024**2} MiB")
        with open(path, "rb") as file:
            raw = file.read()
        text = raw.decode("utf-8")
    except OSError as error:
        raise _unreadable(error, path) from None
    except UnicodeDecodeError as error:
        raise InputError(path, f"not UTF-8 text (byte {error.start})") from _Binary()
    if "\0" in text:
        raise InputError(path, "not text (it holds NUL bytes)") from _Binary()
    return check_text(text, path, rules)


class _Binary(ValueError):
    """Marks what is no text, which a folder may well hold."""


def _unreadable(error: OSError, path: str = "") -> InputError:
    return InputError(path or str(error.filename), (error.strerror or str(error)).lower())
