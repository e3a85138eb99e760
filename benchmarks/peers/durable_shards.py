"""durable-rules inside the limits that keep it safe: rulesets of at most 60 rules, each asked about every case."""

from __future__ import annotations

import json
from collections.abc import Sequence

from benchmarks.peers.durable import INSTALL, UNSAFE, Ruleset, version
from benchmarks.policies import Case, Policy

NAME = "durable-rules, shards of 60"
MOST_RULES = 60

__all__ = ["INSTALL", "NAME", "UNSAFE", "build", "version"]


def build(policy: Policy) -> _Shards:
    """As many rulesets as it takes."""
    numbers = range(0, len(policy.rules), MOST_RULES)
    return _Shards([Ruleset(policy.rules[first : first + MOST_RULES]) for first in numbers])


class _Shards:
    """The rulesets."""

    def __init__(self, rulesets: Sequence[Ruleset]) -> None:
        self._rulesets = rulesets

    def fired(self, case: Case) -> frozenset[int]:
        """The rules that fire in any of them."""
        fact = json.dumps({"sid": "s", "id": "f", **case})
        return frozenset(number for ruleset in self._rulesets for number in ruleset.drained(fact))
