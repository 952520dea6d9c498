"""Recognise what a place in any text names: what code calls a service, a [[link]], a name in prose, a part of an identifier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.editors.desk import Desk
from kb.editors.document import Document, Place, Span
from kb.links import resolve
from kb.links.key import EVERYDAY, key
from kb.links.link import WIKILINK
from kb.links.names import Name

REACH = 400
"""So many characters before and behind the place are looked at; a longer line is looked at in part."""
# What code writes, and how links.resolve knows it. The first that covers the place and means a note decides.
_CODE: tuple[tuple[str, str, str], ...] = (
    ("CloudFormation type", r"AWS::[A-Za-z]\w*(?:::\w+){0,3}", "{0}"),
    ("ARN", r"arn:aws[\w-]*:([\w-]+):[^\s\"'`,;)\]}<>]*", "arn:aws:{1}:"),
    ("secret reference", r"\{\{resolve:(ssm|secretsmanager)(?:-secure)?:[^}\s]*\}?\}?", "arn:aws:{1}:"),
    ("boto3 client", r"\b(?:client|resource|create_client)\(\s*(?:service_name\s*=\s*)?[\"'](\w[\w-]*)[\"']", 'client("{1}")'),
    ("JavaScript SDK", r"@aws-sdk/(?:client|lib)-([a-z0-9-]+)", "@aws-sdk/client-{1}"),
    ("JavaScript SDK v2", r"\baws-sdk/clients/(\w+)|\bAWS\.([A-Z]\w+)", "AWS.{1}"),
    ("CDK module", r"(?:aws-cdk-lib[/.]|aws_cdk\.|@aws-cdk/)aws[-_]([a-z0-9_-]+)", "aws-cdk-lib/aws-{1}"),
    ("CDK module", r"(?:software\.amazon\.awscdk\.services\.|\bAmazon\.CDK\.AWS\.|aws-cdk-go/awscdk/v2/aws)(\w+)", "aws-cdk-lib/aws-{1}"),
    ("Java SDK", r"(?:software\.amazon\.awssdk|com\.amazonaws|aws\.sdk\.kotlin)\.services\.(\w+)(?:\.\w+)*", "service/{1}"),
    ("Go SDK", r"aws-sdk-go(?:-v2)?/service/(\w+)", "service/{1}"),
    (".NET SDK", r"\b(?:Amazon|AWSSDK)\.([A-Z]\w+)", "service/{1}"),
    ("Ruby SDK", r"\bAws::([A-Z]\w+)(?:::\w+)*", "service/{1}"),
    ("PHP SDK", r"\bAws\\{1,2}(\w+)(?:\\\w+)*", "service/{1}"),
    ("Rust SDK", r"\baws[-_]sdk[-_]([a-z0-9]+)", "aws-sdk-{1}"),
    ("Pulumi module", r"\baws\.([a-z]\w*)\.[A-Z]\w*|[\"'`\s]aws:(\w+)/\w+:\w+", "service/{1}"),
    ("Terraform type", r"\baws_[a-z0-9]\w*", "{0}"),
    ("CDK module", r"\baws_([a-z0-9]+)\b", "aws-cdk-lib/aws-{1}"),
    ("CloudWatch namespace", r"\bAWS/(\w+)", "service/{1}"),
    ("CLI command", r"\baws(?:\s+--[\w-]+(?:[= ][^\s-]\S*)?)*\s+([a-z][a-z0-9-]+)(?:\s+[a-z][a-z0-9-]+)?", "aws {1}"),
    ("IAM action", r"(?<![\w:.-])([a-z][a-z0-9-]+):(?:\*|[A-Z][\w*?]*)", "{1}:X"),
)  # fmt: skip
CODE = tuple((what, re.compile(pattern), form) for what, pattern, form in _CODE)
_HOST = re.compile(r"[\w*.${}-]+\.amazonaws\.com(?:\.cn)?")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
SAM = {
    "Function": "AWS::Lambda::Function",
    "Api": "AWS::ApiGateway::RestApi",
    "HttpApi": "AWS::ApiGatewayV2::Api",
    "SimpleTable": "AWS::DynamoDB::Table",
    "StateMachine": "AWS::StepFunctions::StateMachine",
    "LayerVersion": "AWS::Lambda::LayerVersion",
}
"""What SAM makes of its types: the limits of that hold."""
# Names in running text and as parts of identifiers: "Step Functions", ordersQueueSqsArn, lambda_client.
AROUND = 40
"""So many lines before and behind tell whether a text is about AWS; so do the first ones."""
WINDOW = 6
"""Words of the longest name."""
_WORD = re.compile(r"[^\W_]+(?:[-_.][^\W_]+)*(?:['\u2019]s\b)?")
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])\d*|[A-Z]?[a-z]+\d*|[A-Z]+\d*|\d+|[^\W\da-zA-Z_]+")
_EVIDENCE = re.compile(r"\baws\b|\bamazon|boto3|AWS::|arn:aws|aws[_-]|cloudformation|lambda_handler", re.I)
_PYTHON_LAMBDA = re.compile(r"lambda\b\s*(?:[\w*,=\s]*:|$)")
STRONG = ("id", "title", "official", "short", "former", "without prefix")
Part = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of text that names something the notes know."""

    span: Span
    text: str
    what: str
    """What it was recognised as: "CloudFormation type", "name", "part of a name"."""
    notes: tuple[str, ...]
    anchor: str = ""
    """The heading or fact of the note that a [[link]] leads to."""


def recognise(desk: Desk, document: Document, place: Place) -> Token | None:
    """Return what stands at a place: code before links before names, so that the most exact reading wins."""
    place = document.within(place)
    line, offset = _near(document, place)
    column = place.column - offset
    for token in (*_code(desk, line, column), *_links(desk, line, column)):
        return _moved(token, place.line, offset)
    found = _named(desk, document, line, column, place.line)
    return _moved(found, place.line, offset) if found else None


def in_line(desk: Desk, line: str) -> Iterator[Token]:
    """Yield everything that code names in a line, each place once, without names in prose."""
    taken: list[tuple[int, int]] = []
    for what, pattern, form in CODE:
        for match in pattern.finditer(line):
            start, end = match.span()
            if not any(a < end and start < b for a, b in taken) and (notes := _meaning(desk, match, form)):
                taken.append((start, end))
                yield _token(match.group(), start, end, what, notes)


def _near(document: Document, place: Place) -> tuple[str, int]:
    """Return what stands around a place on its line, and the column it starts in."""
    line = document.line(place.line)
    start = max(place.column - REACH, 0) if len(line) > 2 * REACH else 0
    return line[start : place.column + REACH] if start or len(line) > 2 * REACH else line, start


def _code(desk: Desk, line: str, column: int) -> Iterator[Token]:
    if "amazonaws.com" in line:
        yield from _hosts(desk, line, column)
    imports = "aws_cdk" in line
    for what, pattern, form in CODE:
        if imports and what == "Terraform type":
            continue
        for match in pattern.finditer(line):
            if match.start() <= column <= match.end() and (notes := _meaning(desk, match, form)):
                yield _token(match.group(), match.start(), match.end(), what, notes)


def _meaning(desk: Desk, match: re.Match[str], form: str) -> tuple[str, ...]:
    """Return the notes of what a pattern found, by the form links.resolve knows it in."""
    first = next((group for group in match.groups() if group), "")
    found = resolve.recognise(form.format(match.group(), first), desk.names)
    made = SAM.get(match.group().removeprefix("AWS::Serverless::"))
    if found and made and (real := resolve.recognise(made, desk.names)):
        return tuple(dict.fromkeys((*real.notes, *found.notes)))
    return found.notes if found else ()


def _hosts(desk: Desk, line: str, column: int) -> Iterator[Token]:
    """Yield a service principal or endpoint: the label nearest to amazonaws.com that names a service."""
    for match in _HOST.finditer(line):
        if match.start() <= column <= match.end():
            labels = match.group().partition(".amazonaws.com")[0].split(".")
            for label in reversed([label for label in labels if not _REGION.fullmatch(label)]):
                found = resolve.recognise(f"{label}.amazonaws.com", desk.names)
                if found:
                    what = "service principal" if len(labels) == 1 else "endpoint"
                    yield _token(match.group(), match.start(), match.end(), what, found.notes)
                    break


def _links(desk: Desk, line: str, column: int) -> Iterator[Token]:
    for match in WIKILINK.finditer(line):
        if match.start() <= column <= match.end() and desk.note(match.group(1)):
            token = _token(match.group(), match.start(), match.end(), "link", (match.group(1),))
            yield Token(token.span, token.text, token.what, token.notes, match.group(2) or "")


def _named(desk: Desk, document: Document, line: str, column: int, number: int) -> Token | None:
    """Return the name that covers a column of a line: whole words before parts of an identifier, the longest first."""
    sure = _about_aws(document, number)
    words: list[Part] = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(line)]
    at = next((i for i, (_, start, end) in enumerate(words) if start <= column <= end), None)
    if at is None:
        return None
    for first, last in _windows(at, len(words)):
        run = words[first:last]
        text = line[run[0][1] : run[-1][2]]
        if last - first == 1 or re.fullmatch(r"[\w.'-]+(?:[ \t]+[\w.'-]+)*", text):
            note = _note(desk, text, sure, whole=True)
            if note and not (text == "lambda" and _PYTHON_LAMBDA.match(line, run[0][1])):
                return _token(text, run[0][1], run[-1][2], "name", (note,))
    return _part(desk, *words[at][:2], column, sure=sure)


def notes_of(desk: Desk, name: str) -> tuple[str, ...]:
    """Return the notes that a variable or module is called after: self.sqs_client, aws_lambda, _lambda."""
    last = name.rpartition(".")[2].strip("_")
    found = resolve.recognise(last, desk.names) or resolve.recognise(
        f"aws-cdk-lib/{last.replace('_', '-')}", desk.names
    )
    if found:
        return found.notes
    part = _part(desk, last, 0, 0, sure=True)
    return part.notes if part else ()


def _part(desk: Desk, word: str, start: int, column: int, *, sure: bool) -> Token | None:
    """Return the parts of an identifier that are a name, those at the column first: myStepFunctionsRole -> StepFunctions."""
    parts: list[Part] = [(m.group(), start + m.start(), start + m.end()) for m in _PART.finditer(word)]
    if len(parts) < 2:
        return None
    at = next((i for i, (_, first, end) in enumerate(parts) if first <= column <= end), len(parts) - 1)
    elsewhere = (window for other in range(len(parts)) if other != at for window in _windows(other, len(parts)))
    for first, last in (*_windows(at, len(parts)), *elsewhere):
        run = parts[first:last]
        text = word[run[0][1] - start : run[-1][2] - start]
        if note := _note(desk, text, sure, whole=False):
            return _token(text, run[0][1], run[-1][2], "part of a name", (note,))
    return None


def _windows(at: int, count: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of words that hold one of them, the longest first."""
    for size in range(min(WINDOW, count), 0, -1):
        for first in range(max(at - size + 1, 0), min(at, count - size) + 1):
            yield first, first + size


def _note(desk: Desk, text: str, sure: bool, *, whole: bool) -> str:
    """Return the note that a text is a name of, where it can hardly be anything else; otherwise empty."""
    text = re.sub(r"['\u2019]s\Z", "", text)
    for form in (text, text.removesuffix("s")):
        for name in desk.names.names.get(key(form), ()) if form else ():
            if _counts(desk, name, form, sure, whole):
                return name.note
    return ""


def _counts(desk: Desk, name: Name, text: str, sure: bool, whole: bool) -> bool:
    """Tell whether a text that reads like a name is meant as one.

    As it is cased, with a capital, it is; otherwise only in a text about AWS, and never an everyday or English word.
    """
    letters = key(text)
    many = len(text.split()) > 1
    if letters in EVERYDAY or not many and name.note in desk.topics:
        return False
    exact = (text == name.text or name.rank == "id") and any(c.isupper() for c in text)
    if exact and name.rank in STRONG or many and name.rank in STRONG:
        return whole or sum(c.isupper() for c in text) > 1 or sure
    if not sure or len(letters) < 3 and not any(c.isdigit() for c in letters):
        return False
    from kb.search.spelling import is_english

    return exact or many or letters == key(name.note) or not is_english(letters)


def _about_aws(document: Document, number: int) -> bool:
    """Tell whether a text speaks of AWS, by the lines around a line and the first ones."""
    near = document.lines[max(number - AROUND, 0) : number + AROUND]
    return any(_EVIDENCE.search(line[:1000]) for line in (*near, *document.lines[:AROUND]))


def _token(text: str, start: int, end: int, what: str, notes: tuple[str, ...]) -> Token:
    return Token(Span(Place(0, start), Place(0, end)), text, what, notes)


def _moved(token: Token, line: int, offset: int) -> Token:
    """Return a token found in a part of a line at its place in the document."""
    start, end = Place(line, token.span.start.column + offset), Place(line, token.span.end.column + offset)
    return Token(Span(start, end), token.text, token.what, token.notes, token.anchor)
