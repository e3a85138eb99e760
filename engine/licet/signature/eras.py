"""The stretches of time in which nothing turns: within one, a line is judged alike on every day.

The law turns on the days of its periods, and where it names a day; an order's own dates turn when they come to pass,
and on the day after, since a license holds through its last day.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from licet.compile.program import Program
from licet.decision.authorizations import NEAR_AFTER, NEAR_BEFORE
from licet.decision.shelf_life import limits
from licet.policy.in_force import span

_DAY = timedelta(days=1)
_STATED = re.compile(rb"\d{4}-\d\d-\d\d")
_KEPT = 100_000


class Eras:
    """Numbers the stretches of time of some packs."""

    def __init__(self, programs: Iterable[Program], others: Iterable[date] = ()) -> None:
        """`others` are further days on which answers may turn."""
        self._law = sorted({*others, *(day for program in programs for day in _turning(program))})
        self._numbers: dict[date, int] = {}

    def of_law(self, as_of: date) -> int:
        """The stretch of the law in which a day lies."""
        number = self._numbers.get(as_of)
        if number is None:
            number = bisect_right(self._law, as_of)
            if len(self._numbers) < _KEPT:
                self._numbers[as_of] = number
        return number


def days_in(data: bytes) -> Sequence[date]:
    """The days that stand in data, and the days after: what is said of them may turn there."""
    return sorted({day for found in _STATED.findall(data) for day in _with_next(found)})


def _turning(program: Program) -> Iterator[date]:
    """The days on which the law turns, is no longer kept, or is near its time, which a decision says."""
    yield from program.turning_days
    yield from (limit + _DAY for limit in limits(program) if limit < date.max)
    for rule in program.rules:
        first, last = span(rule.timeline)
        if last is not None and last < date.max - NEAR_AFTER - _DAY:
            yield from (last + _DAY, last + NEAR_AFTER + _DAY)
        if first is not None and first > date.min + NEAR_BEFORE:
            yield from (first - NEAR_BEFORE, first)


def _with_next(text: bytes) -> tuple[date, ...]:
    try:
        day = date.fromisoformat(text.decode())
    except ValueError:
        return ()
    return (day, day + _DAY) if day < date.max else (day,)
