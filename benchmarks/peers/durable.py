"""durable-rules as it comes: one ruleset, a case one fact, its comparisons the library's own, the C functions called.

The library crashes and hangs outside narrow limits, so a policy is tried in a process of its own first.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
from collections.abc import Sequence
from typing import Any

from benchmarks.peers import CannotLoad
from benchmarks.policies import Case, Policy, Rule, Test

NAME = "durable-rules, raw"
INSTALL = "pip install durable-rules"
UNSAFE = True

# Past these it loops for ever while loading, and refuses.
MOST_FIRST_CONDITIONS = 512
MOST_RULES = 4096
HANDLED = 0
NOT_HANDLED = 1


def version() -> str:
    """That of the package."""
    importlib.import_module("durable_rules_engine")
    return importlib.metadata.version("durable-rules")


def build(policy: Policy) -> Ruleset:
    """One ruleset with all the rules."""
    openers = {(first.fact, value) for first in (_in_order(r)[0] for r in policy.rules) for value in first.values}
    if len(openers) > MOST_FIRST_CONDITIONS or len(policy.rules) > MOST_RULES:
        raise CannotLoad(f"{len(openers)} distinct first conditions; past {MOST_FIRST_CONDITIONS} it hangs")
    return Ruleset(policy.rules)


class Ruleset:
    """A ruleset the library has loaded, and its one session."""

    made = 0

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Load the rules, under a name not used before."""
        self._engine: Any = importlib.import_module("durable_rules_engine")
        Ruleset.made += 1
        definition = json.dumps({f"r{rule.number}": {"all": [{"m": _conjunction(rule)}]} for rule in rules})
        self._handle = self._engine.create_ruleset(f"bench{Ruleset.made}", definition)

    def fired(self, case: Case) -> frozenset[int]:
        """The rules that fire: the fact is asserted, what waits is drained, the fact retracted."""
        return frozenset(self.drained(json.dumps({"sid": "s", "id": "f", **case})))

    def drained(self, fact: str) -> list[int]:
        """The numbers of the rules that fire for the fact, some of them more than once."""
        engine, handle = self._engine, self._handle
        result, state = engine.assert_fact(handle, fact)
        if result == NOT_HANDLED:
            return []
        if result != HANDLED:
            raise RuntimeError(f"durable-rules answers {result}")
        _, message = engine.start_action_for_state(handle, state)
        found: list[int] = []
        while message is not None:
            found.append(int(message[3 : message.index('"', 3)]))  # {"r17":{"m":{...}}}
            message = engine.complete_and_start_action(handle, state)
        engine.retract_fact(handle, '{"sid":"s","id":"f"}')
        return found


def _conjunction(rule: Rule) -> dict[str, Any]:
    return {"$and": [_test(test) for test in _in_order(rule)]}


def _in_order(rule: Rule) -> list[Test]:
    """The tests of the rule, texts first: of their values there are few enough for the library."""
    return sorted(rule.tests, key=lambda test: test.type != "enum")


def _test(test: Test) -> dict[str, Any]:
    if test.operator == "in":
        either = [{test.fact: value} for value in test.values]
        return either[0] if len(either) == 1 else {"$or": either}
    return {"$gte" if test.operator == "at_least" else "$lte": {test.fact: test.values[0]}}
