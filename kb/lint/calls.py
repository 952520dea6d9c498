"""Calls of AWS SDKs and CDK constructs in Python, TypeScript and JavaScript, and what rules say of their arguments.

Only names whose import, or whose making as a client, stands in the file are followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb.facts.binding import Address
from kb.lint.code import CodeReader, inner
from kb.lint.rule import Rule, Rules
from kb.lint.template import Hit
from kb.lint.tree import exactly, loosely, matches, settings

if TYPE_CHECKING:
    from tree_sitter import Node

Bound = list[tuple[Rule, Address]]
PYTHON = """
(import_statement) @import
(import_from_statement) @import
(assignment left: (_) @name right: (call) @made)
(with_item value: (as_pattern (call) @made alias: (as_pattern_target (_) @name)))
(call function: (_) @called arguments: (argument_list) @arguments)
"""
TYPESCRIPT = """
(import_statement) @import
(variable_declarator name: (_) @name value: (_) @made)
(assignment_expression left: (_) @name right: (_) @made)
(public_field_definition name: (property_identifier) @field value: (_) @made)
(call_expression function: (_) @called arguments: (arguments) @arguments)
(new_expression constructor: (_) @called arguments: (arguments) @arguments)
"""
OTHER_NAMES = {
    "cloudwatchlogs": "logs", "sfn": "stepfunctions", "elasticloadbalancingv2": "elbv2", "eventbridge": "events",
    "cloudwatchevents": "events", "cognitoidentityprovider": "cognito-idp",
    "cognitoidentityserviceprovider": "cognito-idp", "configservice": "config", "lexmodelsv2": "lexv2-models",
}  # fmt: skip
"""What the SDKs for JavaScript call services whose boto3 client has another name."""
_MAKERS = ("client", "resource", "create_client")


class Program:
    """The imports, clients and calls of one file."""

    def __init__(self, reader: CodeReader, language: str) -> None:
        self.reader = reader
        self.imports: dict[str, str] = {}
        """Local name to where it comes from: aws_cdk.aws_lambda.Function, aws_sdk.sqs.CreateQueueCommand."""
        self.clients: dict[str, str] = {}
        """Local name, self.name or this.name to the boto3 name of its service."""
        self.calls: list[tuple[Node, Node]] = []
        made: list[tuple[str, Node]] = []
        for found in matches(reader.source, language, PYTHON if language == "python" else TYPESCRIPT):
            if "import" in found:
                self.imports.update(imported(reader, found["import"][0]))
            elif "called" in found:
                self.calls.append((found["called"][0], found["arguments"][0]))
            else:
                name, value = found.get("name", found.get("field"))[0], found["made"][0]  # type: ignore[index]
                self.imports.update(required(reader, name, value))
                local = f"this.{reader.source.text(name)}" if "field" in found else reader.source.text(name)
                made.append((local, value))
        for local, value in made:
            service = self.service(value)
            if service:
                self.clients[local] = service if self.clients.get(local, service) == service else ""

    def origin(self, dotted: str) -> str:
        """Return where a name comes from: sqs.Queue -> aws_cdk.aws_sqs.Queue; empty when it is not imported."""
        first, dot, rest = dotted.partition(".")
        return f"{self.imports[first]}{dot}{rest}" if first in self.imports else ""

    def service(self, value: Node) -> str:
        """Return the service of the client that a call makes; empty when it makes none."""
        arguments = value.child_by_field_name("arguments")
        called = value.child_by_field_name("function") or value.child_by_field_name("constructor")
        if called is None or arguments is None:
            return ""
        if value.type == "new_expression":
            family, _, name = self.origin(self.reader.dotted(called)).partition(".")
            return js_service(name.partition(".")[0]) if family in ("aws_sdk", "aws_sdk_v2") else ""
        maker = called.child_by_field_name("attribute")
        if maker is None or self.reader.source.text(maker) not in _MAKERS:
            return ""
        keywords = dict(self.reader.entries(arguments) or ())
        given = [*arguments.named_children[:1], *([keywords["service_name"]] if "service_name" in keywords else [])]
        return next((text for node in given if (text := self.reader.string(node))), "")


def calls(reader: CodeReader, language: str, rules: Rules) -> Iterator[Hit]:
    """Yield the literal arguments that rules bind."""
    program = Program(reader, language)
    constructs, operations = _constructs(rules), _operations(rules)
    for called, arguments in program.calls:
        given = _given(arguments)
        if given is None:
            continue
        name = program.origin(reader.dotted(called))
        if name.startswith("aws_cdk."):
            bound = constructs.get(name.removeprefix("aws_cdk."), [])
        else:
            bound = operations.get(_operation(program, called, name), [])
        for rule, address in bound:
            for value in settings(reader, given, address.steps, exactly if address.dialect == "boto3" else loosely):
                literal = reader.literal(value)
                # A construct takes a Duration: a bare number there is of another kind.
                bare = literal is not None and not literal.unit and address.dialect == "cdk"
                if literal is not None and not (bare and rule.binding.unit in ("ms", "s", "min", "h", "days")):
                    yield Hit(rule, address, literal)


def js_service(name: str) -> str:
    """Return the boto3 name of what a JavaScript SDK calls a service: CloudWatchLogs, cloudwatch-logs -> logs."""
    plain = loosely(name).replace("-", "")
    return OTHER_NAMES.get(plain, plain)


def imported(reader: CodeReader, node: Node) -> Iterator[tuple[str, str]]:
    """Yield each local name that an import brings, with its origin."""
    source = node.child_by_field_name("source")
    if source is not None:
        yield from _js_imported(reader, node, js_module(reader.string(source) or ""))
        return
    module = node.child_by_field_name("module_name")
    prefix = f"{reader.source.text(module)}." if module is not None else ""
    for name in node.children_by_field_name("name"):
        alias, named = name.child_by_field_name("alias"), name.child_by_field_name("name")
        full = reader.source.text(named if named is not None else name)
        if alias is not None:
            yield reader.source.text(alias), prefix + full
        else:  # import aws_cdk.aws_sqs binds aws_cdk
            yield (full, prefix + full) if prefix else (full.partition(".")[0], full.partition(".")[0])


def required(reader: CodeReader, name: Node, value: Node) -> Iterator[tuple[str, str]]:
    """Yield each local name of `const x = require("y")`, with its origin."""
    called, arguments = value.child_by_field_name("function"), value.child_by_field_name("arguments")
    if called is None or arguments is None or reader.source.text(called) != "require" or not arguments.named_children:
        return
    module = js_module(reader.string(arguments.named_children[0]) or "")
    if module and name.type == "identifier":
        yield reader.source.text(name), module
    for part in name.named_children if module and name.type == "object_pattern" else ():
        key, local = part.child_by_field_name("key"), part.child_by_field_name("value")
        if part.type == "shorthand_property_identifier_pattern":
            yield reader.source.text(part), f"{module}.{reader.source.text(part)}"
        elif key is not None and local is not None:
            yield reader.source.text(local), f"{module}.{reader.source.text(key)}"


def js_module(name: str) -> str:
    """Return a package of AWS in the spelling of Python: aws-cdk-lib/aws-sqs -> aws_cdk.aws_sqs; empty for others."""
    if name.startswith("@aws-sdk/client-"):
        return f"aws_sdk.{name.removeprefix('@aws-sdk/client-')}"
    if name == "aws-sdk" or name.startswith("aws-sdk/clients/"):
        return name.replace("aws-sdk/clients/", "aws_sdk_v2.").replace("aws-sdk", "aws_sdk_v2")
    if name in ("aws-cdk-lib", "@aws-cdk/core"):
        return "aws_cdk"
    for prefix in ("aws-cdk-lib/", "@aws-cdk/"):
        if name.startswith(prefix):
            return f"aws_cdk.{name.removeprefix(prefix).replace('-', '_')}"
    return ""


def _js_imported(reader: CodeReader, node: Node, module: str) -> Iterator[tuple[str, str]]:
    ahead = list(node.named_children) if module else []
    while ahead:
        part = ahead.pop()
        if part.type in ("import_clause", "named_imports"):
            # import AWS from "aws-sdk" is the module itself
            yield from ((reader.source.text(child), module) for child in part.children if child.type == "identifier")
            ahead += part.named_children
        elif part.type in ("namespace_import", "import_require_clause"):
            yield from ((reader.source.text(c), module) for c in part.named_children if c.type == "identifier")
        elif part.type == "import_specifier":
            name, alias = part.child_by_field_name("name"), part.child_by_field_name("alias")
            if name is not None:
                local = reader.source.text(alias if alias is not None else name)
                yield local, f"{module}.{reader.source.text(name)}"


def _given(arguments: Node) -> Node | None:
    """Return the keyword arguments of Python, or the last object among the arguments of JavaScript."""
    if arguments.type == "argument_list":
        return arguments
    return next((child for child in reversed(arguments.named_children) if inner(child).type == "object"), None)


def _operation(program: Program, called: Node, name: str) -> tuple[str, str]:
    """Return service and operation of an SDK call."""
    family, _, rest = name.partition(".")
    if family == "aws_sdk" and rest.endswith("Command"):  # new CreateQueueCommand({...})
        service, _, command = rest.partition(".")
        return js_service(service).replace("-", ""), loosely(command.removesuffix("Command"))
    method = called.child_by_field_name("attribute") or called.child_by_field_name("property")
    made = called.child_by_field_name("object")
    if method is None or made is None:
        return "", ""
    client = program.clients.get(program.reader.dotted(made)) or program.service(made)
    return client.replace("-", ""), loosely(program.reader.source.text(method))


def _operations(rules: Rules) -> dict[tuple[str, str], Bound]:
    found: dict[tuple[str, str], Bound] = {}
    for resource, bound in rules.resources("boto3").items():
        service, _, operation = resource.partition("/")
        found.setdefault((service.replace("-", ""), loosely(operation)), []).extend(bound)
    return found


def _constructs(rules: Rules) -> dict[str, Bound]:
    """Return the rules of constructs; those of CloudFormation hold for the Cfn constructs made from it."""
    found = {name: list(bound) for name, bound in rules.resources("cdk").items()}
    for kind, bound in rules.resources("cloudformation").items():
        _, _, rest = kind.partition("::")
        service, _, resource = rest.partition("::")
        found.setdefault(f"aws_{service.lower()}.Cfn{resource}", []).extend(bound)
    return found
