"""Every rule at every address: what is out of bounds is found in its place, everything else never is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kb.facts.binding import Address, Binding
from kb.lint.rule import Rule, Rules
from kb.lint.run import lint_text
from tests.lint.templates import VALUE, files

EXPRESSIONS = {
    "yaml": ["!Ref Setting", "!If [Large, 1, 999999999]", "{Ref: Setting}", "${Setting}", "'{{resolve:ssm:x}}'", "*anchor", "", "~"],
    "yml": ["${self:custom.it}", "${env:IT, '999999999'}", ""],
    "json": ['{"Ref": "Setting"}', '{"Fn::If": ["Large", 1, 999999999]}', '"${Setting}"', "null", "true"],
    "tf": ["var.it", "local.large ? 1 : 999999999", '"${var.it}"', "max(999999999, 1)", "var.it * 999999999", "null", "<<EOT\n999999999\nEOT"],
    "py": ["IT", "int('999999999')", "f'{999999999}'", "999999999 if LARGE else 1", "IT * 999999999", "None", "Duration.seconds(IT)"],
    "ts": ["it", "Number('999999999')", "`${999999999}`", "large ? 999999999 : 1", "it * 999999999", "undefined", "Duration.parse('P999999D')"],
}  # fmt: skip


def outside(rule: Rule) -> list[str]:
    """Values just beyond the bounds, as text to put in a file."""
    bounds = rule.binding
    if rule.measures_length:
        return [f'"{"x" * (int(bounds.max) + 1)}"'] if bounds.max is not None else []
    found = [bounds.max + 1] if bounds.max is not None else [max(bounds.values) + 1] if bounds.values else []
    found += [bounds.min - 1] if bounds.min is not None else []
    return [f"{value:f}" for value in found if not bounds.allows(value)]


def inside(rule: Rule) -> list[str]:
    """The bounds themselves, and what is allowed besides."""
    bounds = rule.binding
    known = [*bounds.values, *bounds.also, *(v for v in (bounds.min, bounds.max) if v is not None)]
    return [f'"{"x" * int(value)}"' if rule.measures_length else f"{value:f}" for value in known]


def cases(rules: Rules) -> list[tuple[Rule, Address, str, str]]:
    return [
        (rule, address, name, text)
        for rule in rules.all
        for address in rule.binding.addresses
        for name, text in files(address, rule.binding.unit)
    ]


def put(text: str, value: str) -> str:
    quoted = f'"{VALUE}"'
    return text.replace(quoted, value) if quoted in text else text.replace(VALUE, value)


def test_enough_facts_are_bound(rules: Rules) -> None:
    """In every dialect."""
    assert len(rules.all) >= 60
    for dialect, least in {
        "cloudformation": 100,
        "terraform": 100,
        "boto3": 100,
        "cdk": 50,
        "sam": 10,
        "serverless": 10,
    }.items():
        assert len({rule.key for rule in rules.all for a in rule.binding.addresses if a.dialect == dialect}) >= least, (
            dialect
        )


def test_what_is_out_of_bounds_is_found_in_its_place(rules: Rules) -> None:
    """By every rule, at every address, in every language; the span is the value, and the fix heals it."""
    checked = 0
    for rule, address, name, text in cases(rules):
        for value in outside(rule):
            given = put(text, value)
            findings = lint_text(given, name, rules)
            if value == "0" and address.dialect == "terraform":  # the provider takes 0 for not set
                assert findings == (), (rule.key, given)
                continue
            assert len(findings) == 1, (rule.key, str(address), given[:400], findings)
            span = findings[0].span
            assert given.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1] == value, (rule.key, given)
            if findings[0].replacement:
                line = given.split("\n")
                row = line[span.line - 1]
                line[span.line - 1] = row[: span.column - 1] + findings[0].replacement + row[span.end_column - 1 :]
                assert lint_text("\n".join(line), name, rules) == (), (rule.key, line)
            else:
                assert rule.measures_length
            checked += 1
    assert checked > 1000


def test_what_is_allowed_is_never_found(rules: Rules) -> None:
    """The bounds themselves, and values with a meaning of their own."""
    for rule, address, name, text in cases(rules):
        for value in inside(rule):
            given = put(text, value)
            others = [f for f in lint_text(given, name, rules) if f.rule == rule.key]
            assert not others, (rule.key, str(address), given[:400], others)


def test_an_expression_is_never_found(rules: Rules) -> None:
    """References, variables, intrinsics, interpolation, conditionals, computed values."""
    for rule, address, name, text in cases(rules):
        for value in EXPRESSIONS[name.rpartition(".")[2]]:
            given = put(text, value)
            assert lint_text(given, name, rules) == (), (rule.key, str(address), given)


def test_what_conditions_ask_for_must_be_seen(rules: Rules) -> None:
    """Another value, an expression, or what a spread may bring: then the bounds may not hold."""
    for value in ("gp3", "!Ref Type"):
        text = f"Resources:\n  V:\n    Type: AWS::EC2::Volume\n    Properties:\n      Size: 20000\n      VolumeType: {value}\n"
        assert lint_text(text, "t.yaml", rules) == ()
    assert lint_text(text.replace("!Ref Type", "gp2"), "t.yaml", rules)[0].rule == "ebs#volume-size-max-gp2"
    for more in ("CapacityProviderConfig: {A: 1}", "<<: *shared", "Fn::Transform: {Name: It}"):
        text = (
            f"Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Timeout: 1200\n      {more}\n"
        )
        assert lint_text(text, "t.yaml", rules) == (), more
    assert (
        lint_text("import boto3\nboto3.client('lambda').create_function(Timeout=1200, **more)\n", "a.py", rules) == ()
    )


@pytest.mark.parametrize(
    ("value", "allowed", "nearest"),
    [("5", True, None), ("7", False, "6"), ("20", False, "9"), ("-1", True, None), ("0", False, "3")],
)
def test_bounds_with_a_step(value: str, allowed: bool, nearest: str | None) -> None:
    """And a value besides."""
    binding = (
        Binding((), Decimal(3), Decimal(9), Decimal(1), also=(Decimal(-1), Decimal(7)))
        if value == "5"
        else Binding((), Decimal(3), Decimal(9), Decimal(3), also=(Decimal(-1),))
    )

    assert binding.allows(Decimal(value)) == allowed
    if nearest:
        assert binding.nearest(Decimal(value)) == Decimal(nearest)
