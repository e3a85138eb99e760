"""The texts of an order and of the values made of it: what decides whether a table row can reach it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from licet.values import MaybeSet, Value


def texts_in(data: Any) -> Iterator[str]:
    """Every text in plain data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for child in data.values():
            yield from texts_in(child)
    elif isinstance(data, (list, tuple)):
        for child in data:
            yield from texts_in(child)


def words_of(values: Iterable[Value]) -> Iterator[str]:
    """The texts among values, and in sets among them."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, frozenset):
            yield from value
        elif isinstance(value, MaybeSet):
            yield from value.sure | value.maybe
