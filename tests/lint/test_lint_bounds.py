"""Differential: the bounds of the rules against cfn-lint's schemas and botocore's models. A disagreement is listed with its reason, or a fact is wrong."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from kb.facts.models import ApiModels, Schemas
from kb.lint.calls import OTHER_NAMES, js_service
from kb.lint.rule import Rules

EXCEPTIONS = {
    "lambda#timeout-max": "5,400 s hold for managed instances; the rule asks that CapacityProviderConfig is not set",
    "lambda#memory-max": "32,768 MB hold for managed instances, as above",
    "lambda#ephemeral-storage-max": "32,768 MB hold for managed instances, as above",
    "kms#deletion-waiting-period-min": "the model of ScheduleKeyDeletion gives 1 to 365, its documentation and CloudFormation 7 to 30",
    "kms#deletion-waiting-period-max": "as above",
    "kinesis#message-retention-min": "the schema starts at 1; a stream keeps 24 hours at least",
}


def said(rules: Rules) -> list[tuple[str, str, str, Decimal | None, Decimal | None]]:
    """Rule, model, place, lowest and highest value."""
    found = []
    for rule in rules.all:
        bounds = rule.binding
        for address in rule.binding.addresses:
            names = [step.name for step in address.steps[1:]]
            if address.dialect == "boto3" and "Attributes" in names:
                continue  # a map of texts: the model knows no bounds of its keys
            if address.dialect in ("cloudformation", "boto3"):
                joined = ("." if address.dialect == "cloudformation" else "/").join([address.resource, *names])
                low = min([*bounds.values, *bounds.also, *([] if bounds.min is None else [bounds.min])], default=None)
                high = max([*bounds.values, *([] if bounds.max is None else [bounds.max])], default=None)
                found.append((rule.key, address.dialect, joined, low, high))
    return found


def test_bounds_are_those_of_the_models(rules: Rules) -> None:
    """Wherever a model has bounds at the address itself; the address exists in any case."""
    models = {"cloudformation": Schemas(), "boto3": ApiModels()}
    differing = set()
    compared = 0
    for key, dialect, place, low, high in said(rules):
        there = models[dialect].at(place)
        for ours, theirs in ((low, there.min), (high, there.max)):
            if ours is not None and theirs:
                compared += 1
                if ours != Decimal(theirs):
                    differing.add(key)
                    assert key in EXCEPTIONS, f"{key} at {place}: {ours}, the model says {theirs}"
    assert compared > 200
    assert differing == set(EXCEPTIONS), "an exception is no longer needed"


@pytest.mark.timeout(300)
def test_cfn_lint_agrees_on_what_kb_allows(rules: Rules) -> None:
    """The lowest and highest value that a rule allows is no range error (E3034, E3717) of cfn-lint."""
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs

    from tests.lint.templates import VALUE, files

    for pick in (min, max):
        resources: dict[str, object] = {}
        for rule in rules.all:
            values = [v for v in (*rule.binding.values, rule.binding.min, rule.binding.max) if v is not None]
            for address in rule.binding.addresses:
                if address.dialect == "cloudformation" and not rule.measures_length and not rule.binding.also:
                    text = dict(files(address, ""))["template.json"].replace(f'"{VALUE}"', f"{pick(values):f}")
                    resources[f"It{len(resources)}"] = json.loads(text)["Resources"]["It"]
        whole = json.dumps({"Resources": resources}, indent=1)
        matches = lint(whole, config=ManualArgs(regions=["us-east-1"]))
        ranged = [m for m in matches if m.rule.id in ("E3034", "E3717")]
        lines = whole.split("\n")
        assert not ranged, [(m.message, lines[m.linenumber - 1]) for m in ranged]
        assert len(resources) > 80


def test_services_of_the_javascript_sdks_are_known(rules: Rules) -> None:
    """By their service id, which names the packages of version 3."""
    models = ApiModels()
    for resource in rules.resources("boto3"):
        client = resource.partition("/")[0]
        package = models._session.get_service_model(client).service_id.lower().replace(" ", "-")
        assert js_service(package).replace("-", "") == client.replace("-", ""), (package, client)
    assert set(OTHER_NAMES.values()) <= models.clients
