"""Walking conditions."""

from __future__ import annotations

from collections.abc import Iterator

from licet.policy.terms import All, AnyOf, Condition, Not, Test


def tests_in(condition: Condition) -> Iterator[Test]:
    """Every test of a condition, in the order written."""
    match condition:
        case Test():
            yield condition
        case Not(of=inner):
            yield from tests_in(inner)
        case All(of=children) | AnyOf(of=children):
            for child in children:
                yield from tests_in(child)
