"""datalogic, JSONLogic in Rust: a compiled expression for each rule, all put to one parsed case."""

from __future__ import annotations

import importlib
import importlib.metadata
from typing import Any

from benchmarks.policies import Case, Policy, Rule, Test

NAME = "datalogic"
INSTALL = "pip install datalogic-py"


def version() -> str:
    """That of the package."""
    importlib.import_module("datalogic_py")
    return importlib.metadata.version("datalogic-py")


def build(policy: Policy) -> _Datalogic:
    """The expressions, compiled, and a session to evaluate them in."""
    datalogic: Any = importlib.import_module("datalogic_py")
    engine = datalogic.Engine()
    rules = [engine.compile(_expression(rule)) for rule in policy.rules]
    return _Datalogic(rules, engine.session(), datalogic.DataHandle)


class _Datalogic:
    """Compiled expressions."""

    def __init__(self, rules: list[Any], session: Any, handle: Any) -> None:
        self._rules = rules
        self._evaluate = session.evaluate_many
        self._handle = handle

    def fired(self, case: Case) -> frozenset[int]:
        """The rules that fire."""
        answers = self._evaluate(self._rules, self._handle(case))
        return frozenset(number for number, answer in enumerate(answers) if answer == "true")


def _expression(rule: Rule) -> dict[str, Any]:
    return {"and": [_test(test) for test in rule.tests]}


def _test(test: Test) -> dict[str, Any]:
    fact = {"var": test.fact}
    if test.operator == "in":
        return {"===": [fact, test.values[0]]} if len(test.values) == 1 else {"in": [fact, list(test.values)]}
    return {">=" if test.operator == "at_least" else "<=": [fact, test.values[0]]}
