"""Cedar, in Rust, by way of the package cedarpy: a permit for each rule, facts in the context of the request."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
from typing import Any

from benchmarks.policies import Case, Policy, Rule, Test

NAME = "Cedar"
INSTALL = "pip install cedarpy"


def version() -> str:
    """That of cedarpy, which follows Cedar's."""
    importlib.import_module("cedarpy")
    return importlib.metadata.version("cedarpy")


def build(policy: Policy) -> _Cedar:
    """The policies, parsed once."""
    cedarpy: Any = importlib.import_module("cedarpy")
    text = "\n".join(map(_permit, policy.rules))
    return _Cedar(cedarpy.is_authorized, cedarpy.PolicySet.from_str(text), cedarpy.Entities.from_json_str("[]"))


class _Cedar:
    """The policies, and a request to put to them."""

    def __init__(self, is_authorized: Any, policies: Any, entities: Any) -> None:
        self._is_authorized = is_authorized
        self._policies = policies
        self._entities = entities

    def fired(self, case: Case) -> frozenset[int]:
        """The rules that fire: the permits that are the reasons of the answer."""
        request = {"principal": 'P::"p"', "action": 'Action::"go"', "resource": 'R::"r"', "context": case}
        found = self._is_authorized(request, self._policies, self._entities).diagnostics
        if found.errors:
            raise RuntimeError(str(found.errors))
        return frozenset(int(reason.removeprefix("policy")) for reason in found.reasons)


def _permit(rule: Rule) -> str:
    """The rule as a permit; Cedar numbers them in the order of the text, and so do we."""
    return f"permit(principal, action, resource) when {{ {' && '.join(map(_test, rule.tests))} }};"


def _test(test: Test) -> str:
    fact, values = f"context.{test.fact}", json.dumps(test.values)
    if test.operator == "in":
        return f"{fact} == {json.dumps(test.values[0])}" if len(test.values) == 1 else f"{values}.contains({fact})"
    return f"{fact} {'>=' if test.operator == 'at_least' else '<='} {test.values[0]}"
