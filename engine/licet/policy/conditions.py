"""Walking conditions."""

from __future__ import annotations

from collections.abc import Iterator

from licet.policy.model import Pack
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


def listing_conditions(pack: Pack) -> Iterator[Condition]:
    """Every condition in the rows of the pack's listings: on what they cover, and on how an application is reviewed."""
    for party_list in pack.lists:
        for listing in party_list.listings:
            for row in listing.rows:
                yield from (part.when for part in (*row.scope, *row.review) if part.when is not None)
