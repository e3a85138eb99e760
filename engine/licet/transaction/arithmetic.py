"""Numbers known exactly or between bounds: what comparing and calculating makes of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from licet.truth import Operand, truth
from licet.values import FALSE, TRUE, UNKNOWN, Interval, Truth, Unknown, Value


def between(op: str, operand: Operand, value: Value, *, eccn: bool) -> Truth:
    """The truth of a test between two stated values; of two classifications either may be too coarse to tell."""
    result = truth(op, operand, value, eccn=eccn)
    if eccn and result == FALSE and isinstance(operand, str):
        return UNKNOWN if truth(op, value, operand, eccn=True) == UNKNOWN else FALSE
    return result


def boolean(result: Truth, asks: tuple[str, ...]) -> Value:
    """The truth as a value."""
    return Unknown("it depends on what is not stated", asks) if result == UNKNOWN else result == TRUE


def as_interval(value: Value) -> Interval | None:
    """The bounds of a number, or nothing where the value is none."""
    if isinstance(value, Interval):
        return value
    return Interval(value, value) if isinstance(value, Decimal) else None


def as_number(interval: Interval) -> Value:
    """The number that an interval stands for, or itself."""
    return interval.low if interval.low is not None and interval.low == interval.high else interval


def plus(a: Interval, b: Interval) -> Interval:
    """The sum of two intervals."""
    low = None if a.low is None or b.low is None else a.low + b.low
    high = None if a.high is None or b.high is None else a.high + b.high
    return Interval(low, high, (*a.asks, *b.asks))


def _minus(a: Interval, b: Interval) -> Interval:
    low = None if a.low is None or b.high is None else a.low - b.high
    high = None if a.high is None or b.low is None else a.high - b.low
    return Interval(low, high, (*a.asks, *b.asks))


def times(a: Interval, b: Interval) -> Interval:
    """The product of two intervals."""
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return Interval(None, None, (*a.asks, *b.asks))
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return Interval(min(corners), max(corners), (*a.asks, *b.asks))


def divided(a: Interval, b: Interval) -> Interval | None:
    """The quotient of two intervals, rounded once; nothing where the divisor may be zero or is not bounded."""
    if b.low is None or b.high is None or b.low <= 0 <= b.high:
        return None
    if a.low is None or a.high is None:
        return Interval(None, None, (*a.asks, *b.asks))
    corners = [x / y for x in (a.low, a.high) for y in (b.low, b.high)]
    return Interval(min(corners), max(corners), (*a.asks, *b.asks))


#: What each kind of arithmetic does with two numbers; nothing where that is not defined.
STEPS: dict[str, Callable[[Interval, Interval], Interval | None]] = {
    "total": plus,
    "difference": _minus,
    "product": times,
    "quotient": divided,
}
