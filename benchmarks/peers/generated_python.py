"""Plain Python, generated from the policy, with an index: about as fast as CPython can be."""

from __future__ import annotations

import platform
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeAlias

from benchmarks.policies import Case, Policy, Rule, Scalar, Test

NAME = "generated Python"
INSTALL = ""

Bucket: TypeAlias = Callable[[Case, Callable[[int], None]], None]


def version() -> str:
    """That of Python."""
    return platform.python_version()


def build(policy: Policy) -> _Generated:
    """One function for each value of a fact that is the most selective of some rule."""
    buckets: defaultdict[tuple[str, Scalar], list[Rule]] = defaultdict(list)
    rest: list[Rule] = []
    for rule in policy.rules:
        opener = next((t for t in rule.tests if t.operator == "in"), None)
        if opener is None:
            rest.append(rule)
            continue
        for value in opener.values:
            buckets[opener.fact, value].append(rule)
    index: defaultdict[str, dict[Scalar, Bucket]] = defaultdict(dict)
    for (fact, value), rules in buckets.items():
        index[fact][value] = _function(rules, fact)
    return _Generated(tuple(index.items()), _function(rest, ""))


class _Generated:
    """An index from values of facts to functions, and a function for the rules without."""

    def __init__(self, index: tuple[tuple[str, dict[Scalar, Bucket]], ...], rest: Bucket) -> None:
        self._index = index
        self._rest = rest

    def fired(self, case: Case) -> frozenset[int]:
        """The rules that fire."""
        found: list[int] = []
        note = found.append
        for fact, functions in self._index:
            function = functions.get(case[fact])
            if function is not None:
                function(case, note)
        self._rest(case, note)
        return frozenset(found)


def _function(rules: list[Rule], given: str) -> Bucket:
    """The rules as source, compiled; what is `given` by the index is not tested again."""
    lines = ["def judge(case, note):", "    pass"]
    for rule in rules:
        tests = " and ".join(_source(test) for test in rule.tests if test.fact != given)
        lines.append(f"    if {tests or 'True'}: note({rule.number})")
    names: dict[str, Any] = {}
    exec("\n".join(lines), names)  # noqa: S102  source of our own making is the point
    function: Bucket = names["judge"]
    return function


def _source(test: Test) -> str:
    value = f"case[{test.fact!r}]"
    if test.operator == "in":
        return f"{value} == {test.values[0]!r}" if len(test.values) == 1 else f"{value} in {set(test.values)!r}"
    return f"{value} {'>=' if test.operator == 'at_least' else '<='} {test.values[0]!r}"
