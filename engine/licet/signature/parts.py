"""The parts of an order, each known by a number: an order book says the same things over and over.

What is seen of a part is worked out once; after that its very data, as bytes, leads to the number.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from itertools import count
from typing import Any

import msgspec

from licet.signature.eras import days_in

_KEPT = 20_000
#: What is longer is not kept, so that what is kept has a bound; no part of an honest order is.
_LONGEST = 20_000
#: One for all parts of all kinds, so that no two are taken for one another.
_NUMBERS = count()
#: Plain data in a fixed form that keeps types apart: version 2 writes equal data alike, however shared.
_FORM = 2
#: Data in the form that is quickest to make. It writes a `Decimal` or a `date` like the text that says the same, and as
#: which it is read wherever a number or a date is asked for.
_written = msgspec.msgpack.Encoder().encode


class Part(msgspec.Struct, frozen=True, eq=False):
    """A part of an order: its number, what is seen of it, the days that it states, and whatever its kind adds."""

    number: int
    seen: bytes
    days: Sequence[date]
    more: Any


class Parts:
    """The parts of one kind. Threads may share them.

    `see` gives what is seen of a part's data: itself where that is all of it, a copy where it leaves things out; and
    what else there is to know of the part.
    """

    def __init__(self, see: Callable[[Any], tuple[Any, Any]]) -> None:
        self._see = see
        self._by_data: dict[bytes, Part] = {}
        self._by_sight: dict[bytes, Part] = {}

    def of(self, data: Any) -> Part:
        """The part with the data; raises `ValueError` or `TypeError` for what is no plain data."""
        written = _written(data)
        return self._by_data.get(written) or self._learn(written, data)

    def _learn(self, written: bytes, data: Any) -> Part:
        seen, more = self._see(data)
        sight = marshal.dumps((seen, more), _FORM)
        if len(written) > _LONGEST:
            return Part(next(_NUMBERS), sight, days_in(sight), more)
        part = self._by_sight.get(sight)
        if part is None:
            if len(self._by_sight) >= _KEPT:
                self._by_sight.clear()
            part = self._by_sight.setdefault(sight, Part(next(_NUMBERS), sight, days_in(sight), more))
        if len(self._by_data) >= _KEPT:
            self._by_data.clear()
        with suppress(ValueError):  # only what is plain is known again, so that text is never taken for a number
            marshal.dumps(data, _FORM)
            self._by_data[written] = part
        return part
