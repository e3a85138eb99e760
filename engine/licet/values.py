"""What a fact can be, and the three truth values.

A fact's value is a plain Python value (`bool`, `str`, `Decimal`, `date`, `frozenset`), `None` (known to be none), or
one of the partly known values below. Truth is an `int` so that Kleene's logic is `min`, `max` and `2 - x`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

Truth = int
FALSE: Final[Truth] = 0
UNKNOWN: Final[Truth] = 1
TRUE: Final[Truth] = 2


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value nobody has stated, and why; `asks` are the facts that would settle it."""

    why: str
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MaybeSet:
    """A set of which some members are sure and others only possible."""

    sure: frozenset[str]
    maybe: frozenset[str]
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """A number known only to lie between two bounds, both inclusive; `None` is unbounded."""

    low: Decimal | None
    high: Decimal | None
    asks: tuple[str, ...] = ()


Scalar = bool | str | Decimal | date
Value = Scalar | frozenset[str] | None | Unknown | MaybeSet | Interval


def set_of(sure: frozenset[str], possible: frozenset[str], asks: tuple[str, ...] = ()) -> frozenset[str] | MaybeSet:
    """The set with these sure members, and possibly with those; a known one where nothing more is possible."""
    return MaybeSet(sure, possible - sure, asks) if possible - sure else sure


def asks_of(value: Value) -> tuple[str, ...]:
    """The facts that would settle a partly known value; empty for a known one."""
    if isinstance(value, (Unknown, MaybeSet, Interval)):
        return value.asks
    return ()


def encode(value: Value) -> object:
    """The value as JSON data, the form that certificates record."""
    match value:
        case Unknown():
            return {"unknown": value.why}
        case MaybeSet():
            return {"sure": sorted(value.sure), "maybe": sorted(value.maybe)}
        case Interval():
            return {"at_least": _number(value.low), "at_most": _number(value.high)}
        case frozenset():
            return sorted(value)
        case bool() | str() | None:
            return value
        case Decimal():
            return _number(value)
        case date():
            return value.isoformat()


def _number(value: Decimal | None) -> str | None:
    """A decimal without trailing zeros or exponent, so that equal numbers are equal text."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def show(value: Value) -> str:
    """The value as a person reads it in a message."""
    match value:
        case Unknown():
            return f"unknown ({value.why})"
        case MaybeSet():
            return "at least {" + ", ".join(sorted(value.sure)) + "}"
        case Interval():
            return f"between {_number(value.low) or '?'} and {_number(value.high) or '?'}"
        case frozenset():
            return "{" + ", ".join(sorted(value)) + "}"
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return _number(value) or ""
        case date():
            return value.isoformat()
        case str():
            return value
