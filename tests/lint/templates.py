"""Write, for any address of a rule, the smallest file that sets it, in each of the languages that call it so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from kb.facts.binding import Address, Step
from kb.lint.calls import OTHER_NAMES

VALUE = "@value@"
AMOUNT = {"ms": "millis", "s": "seconds", "min": "minutes", "h": "hours", "days": "days",
          "B": "bytes", "KiB": "kibibytes", "MiB": "mebibytes", "GiB": "gibibytes"}  # fmt: skip


def nested(steps: tuple[Step, ...], value: Any) -> dict[str, Any]:
    """The mapping that leads to the value, with what the conditions want beside it."""
    made: dict[str, Any] = {}
    for condition in steps[0].conditions:
        if condition.wanted and not condition.negated:
            made[condition.name] = condition.wanted[0]
    if len(steps) > 1:
        name = "Any" if steps[1].name == "*" else steps[1].name
        made[name] = value if len(steps) == 2 else nested(steps[1:], value)
    return made


def files(address: Address, unit: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of files with VALUE where the setting is."""
    data = nested(address.steps, VALUE)
    if address.dialect in ("cloudformation", "sam"):
        template = {"Resources": {"It": {"Type": address.resource, "Properties": data}}}
        yield "template.json", json.dumps(template, indent=1)
        yield "template.yaml", "\n".join(yaml_lines(template, 0))
        if address.dialect == "cloudformation":
            _, service, resource = address.resource.split("::")
            yield (
                "l1.py",
                f"from aws_cdk import aws_{service.lower()} as x\nx.Cfn{resource}(self, 'It', **{{}}, {python(data)})\n".replace(
                    "**{}, ", ""
                ),
            )
    elif address.dialect == "serverless":
        whole = {"provider": {"name": "aws"}}
        whole.setdefault(address.resource, {}).update(data)
        yield "serverless.yml", "\n".join(yaml_lines(whole, 0))
    elif address.dialect == "terraform":
        yield "main.tf", f'resource "{address.resource}" "it" {{\n{hcl(data)}\n}}\n'
        yield "main.tf.json", json.dumps({"resource": {address.resource: {"it": data}}})
    elif address.dialect == "boto3":
        client, operation = address.resource.split("/")
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", operation).lower()
        yield "sdk.py", f"import boto3\nc = boto3.client('{client}')\nc.{snake}({python(data)})\n"
        package = next((other for other, known in OTHER_NAMES.items() if known == client), client)
        yield (
            "sdk.ts",
            f"import {{ {operation}Command as It }} from '@aws-sdk/client-{package}';\nclient.send(new It({script(data)}));\n",
        )
    else:
        module, name = address.resource.split(".")
        value = VALUE
        if unit in ("ms", "s", "min", "h", "days"):
            value = f"Duration.{AMOUNT[unit]}({VALUE})"
        data = nested(address.steps, value)
        yield (
            "app.ts",
            f"import {{ {module} as x, Duration }} from 'aws-cdk-lib';\nnew x.{name}(this, 'It', {script(data)});\n",
        )
        yield "app.py", f"from aws_cdk import {module} as x, Duration\nx.{name}(self, 'It', {python(data)})\n"


def yaml_lines(data: Any, indent: int) -> Iterator[str]:
    for name, value in data.items():
        if isinstance(value, dict):
            yield f"{' ' * indent}{name}:"
            yield from yaml_lines(value, indent + 2)
        else:
            yield f"{' ' * indent}{name}: {value}"


def hcl(data: dict[str, Any]) -> str:
    lines = []
    for name, value in data.items():
        quoted = value if VALUE in value else f'"{value}"'
        lines.append(f"{name} {{\n{hcl(value)}\n}}" if isinstance(value, dict) else f"{name} = {quoted}")
    return "\n".join(lines)


def python(data: dict[str, Any]) -> str:
    return ", ".join(f"{name}={literal(value)}" for name, value in data.items())


def script(data: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{name}: {literal(value)}" for name, value in data.items()) + "}"


def literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"'{name}': {literal(inner)}" for name, inner in value.items()) + "}"
    return value if VALUE in value else f"'{value}'"
