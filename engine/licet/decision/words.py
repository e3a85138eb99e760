"""The texts of values made of an order: with those it states, what decides whether a table row can reach it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from licet.values import MaybeSet, Value


def words_of(values: Iterable[Value]) -> Iterator[str]:
    """The texts among values, and in sets among them."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, frozenset):
            yield from value
        elif isinstance(value, MaybeSet):
            yield from value.sure | value.maybe
