"""Numbers exactly or between bounds: a threshold is met exactly, and never by a rounding before the last step."""

from __future__ import annotations

from decimal import Decimal

import pytest

from licet.transaction.arithmetic import STEPS, as_number, divided, times
from licet.values import Interval


def exactly(number: int) -> Interval:
    return Interval(Decimal(number), Decimal(number))


@pytest.mark.parametrize(("part", "whole", "percent"), [(24, 96, 25), (3, 3, 100), (7, 70, 10), (0, 7, 0)])
def test_a_share_is_exact(part: int, whole: int, percent: int) -> None:
    share = divided(times(exactly(part), exactly(100)), exactly(whole))
    assert share is not None
    assert as_number(share) == percent


def test_nothing_is_divided_by_what_may_be_zero() -> None:
    assert STEPS["quotient"](exactly(1), Interval(Decimal(-1), Decimal(1))) is None
    assert STEPS["quotient"](exactly(1), Interval(None, Decimal(1))) is None


def test_bounds_stay_bounds() -> None:
    halved = divided(Interval(Decimal(2), Decimal(4)), Interval(Decimal(1), Decimal(2)))
    assert halved == Interval(Decimal(1), Decimal(4))
    unbounded = divided(Interval(None, Decimal(4)), exactly(2))
    assert unbounded is not None
    assert (unbounded.low, unbounded.high) == (None, None)
