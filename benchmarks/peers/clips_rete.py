"""CLIPS, the Rete engine in C, by way of the package clipspy: a case is one fact of a template."""

from __future__ import annotations

import importlib
import importlib.metadata
from typing import Any

from benchmarks.policies import Case, Policy, Rule, Scalar, Test

NAME = "CLIPS"
INSTALL = "pip install clipspy"


def version() -> str:
    """That of the package."""
    importlib.import_module("clips")
    return importlib.metadata.version("clipspy")


def build(policy: Policy) -> _Clips:
    """An environment with the template and the rules."""
    clips: Any = importlib.import_module("clips")
    environment = clips.Environment()
    found: list[int] = []
    environment.define_function(found.append, "note")
    environment.build(f"(deftemplate case {' '.join(f'(slot {fact.name})' for fact in policy.facts)})")
    for rule in policy.rules:
        environment.build(_rule(rule))
    return _Clips(environment, found)


class _Clips:
    """An environment; rules that fire call Python with their number."""

    def __init__(self, environment: Any, found: list[int]) -> None:
        self._environment = environment
        self._template = environment.find_template("case")
        self._found = found

    def fired(self, case: Case) -> frozenset[int]:
        """The rules that fire: the fact is asserted, the agenda run, the fact retracted."""
        self._found.clear()
        fact = self._template.assert_fact(**case)
        self._environment.run()
        fact.retract()
        return frozenset(self._found)


def _rule(rule: Rule) -> str:
    return f"(defrule r{rule.number} (case {' '.join(map(_slot, rule.tests))}) => (note {rule.number}))"


def _slot(test: Test) -> str:
    if test.operator == "in":
        return f"({test.fact} {'|'.join(map(_value, test.values))})"
    name, compare = test.fact, ">=" if test.operator == "at_least" else "<="
    return f"({name} ?{name}&:({compare} ?{name} {test.values[0]}))"


def _value(value: Scalar) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).upper()
