"""GoRules ZEN, in Rust: one decision table, a row for each rule, whose rows that hold are collected."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
from typing import Any

from benchmarks.policies import Case, Policy, Test

NAME = "GoRules ZEN"
INSTALL = "pip install zen-engine"


def version() -> str:
    """That of the package."""
    importlib.import_module("zen")
    return importlib.metadata.version("zen-engine")


def build(policy: Policy) -> _Zen:
    """The decision, from its graph."""
    engine: Any = importlib.import_module("zen").ZenEngine()
    decision = engine.create_decision(json.dumps(_graph(policy)))
    return _Zen(decision, engine)


class _Zen:
    """A decision; its engine is kept as long as it is."""

    def __init__(self, decision: Any, engine: Any) -> None:
        self._evaluate = decision.evaluate
        self._engine = engine

    def fired(self, case: Case) -> frozenset[int]:
        """The rules that fire."""
        return frozenset(int(row["rule"]) for row in self._evaluate(case)["result"])


def _graph(policy: Policy) -> dict[str, Any]:
    """Input, table, output."""
    columns = [{"id": f.name, "name": f.name, "field": f.name, "type": "expression"} for f in policy.facts]
    blank = {fact.name: "" for fact in policy.facts}
    rows = [
        {"_id": str(r.number), **blank, **{t.fact: _cell(t) for t in r.tests}, "out": str(r.number)}
        for r in policy.rules
    ]
    table = {
        "hitPolicy": "collect",
        "inputs": columns,
        "outputs": [{"id": "out", "name": "rule", "field": "rule", "type": "expression"}],
        "rules": rows,
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": table, "position": {"x": 1, "y": 0}},
        {"id": "end", "name": "end", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "a", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "b", "type": "edge", "sourceId": "table", "targetId": "end"},
    ]
    return {"nodes": nodes, "edges": edges}


def _cell(test: Test) -> str:
    if test.operator == "in":
        return ", ".join(json.dumps(value) for value in test.values)
    return f"{'>=' if test.operator == 'at_least' else '<='} {test.values[0]}"
