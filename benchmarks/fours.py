"""Orders of four lines: four cases of the stream in one order, as an ERP system sends them.

The peers judge a case at a time, so that four cases cost them four times one. Of an order licet reads once what its
lines share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import ours
from benchmarks.measure import Pace, best, pace
from benchmarks.policies import Case, policy, repeating
from licet import Evaluator

LINES = 4
ROUNDS = 7


def figures(rules: int, orders: int) -> list[tuple[str, Sequence[str]]]:
    """Cases a second of seen orders, on every backend: the release alone, and with the reasons of each line."""
    made = policy(rules)
    stream = repeating(made, LINES * orders)
    groups = [stream[n : n + LINES] for n in range(0, len(stream), LINES)]
    given = [_order(cases) for cases in groups]
    rows: list[tuple[str, Sequence[str]]] = [
        (f"orders of {LINES} lines, {rules:,} rules", ("verdict, cases/s", "with reasons, cases/s"))
    ]
    for backend in ours.backends():
        judge = Evaluator.load(ours.pack_of(made), backend=backend, cache=None).judge
        for order, cases in zip(given, groups, strict=True):
            _check(judge(order), [made.fired(case) for case in cases])
        rates = [_best(ask, given) * LINES for ask in (judge, lambda order, judge=judge: judge(order).lines)]
        rows.append((f"licet {backend}", [f"{rate:,.0f}" for rate in rates]))
    return rows


def _best(ask: Callable[[Any], Any], given: Sequence[Any]) -> float:
    found: list[Pace] = [pace(ask, given) for _ in range(ROUNDS)]
    return best(found).rate


def _order(cases: Sequence[Case]) -> dict[str, Any]:
    """One order with a line for each case."""
    made = ours.order(cases[0])
    lines = [ours.order(case)["items"][0] for case in cases]
    return {**made, "items": [{**line, "id": str(number)} for number, line in enumerate(lines, 1)]}


def _check(verdict: Any, truth: Sequence[frozenset[int]]) -> None:
    """Raise where a line has other requirements than the rules that fire."""
    found = [frozenset(int(r.rule.rpartition("rule_")[2]) for r in line.requirements) for line in verdict.lines]
    if found != list(truth):
        raise RuntimeError("an order of several lines has wrong requirements")
