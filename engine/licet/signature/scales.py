"""Scales: the places that a stated value can take between the values that the law asks for.

Two values at the same place pass the same tests, so that nothing the law says can tell them apart. A place is written
as `bytes`, which no JSON has, so that it is never taken for a value.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from math import inf
from typing import Any, Protocol

from licet.policy.terms import Test
from licet.transaction.stated import day_of

#: Numbers of ordinary size; others go the long way, where they are checked.
LEAST, MOST = 1e-9, 10**15
_DIGITS = -9
_KEPT = 10_000


class Scale(Protocol):
    """Says at which place a stated value is.

    `known` are places that were found before, of values of the `kinds`; others are to be asked for.
    """

    kinds: frozenset[type]
    known: dict[Any, bytes]

    def place(self, raw: Any) -> bytes | None:
        """The place of the value; nothing where it has to be taken as it is."""
        ...


class Numbers:
    """Numbers among the thresholds of the tests on them: 2n between two, 2n + 1 at the one numbered n."""

    kinds: frozenset[type] = frozenset({int, float})

    def __init__(self, thresholds: Iterable[Decimal]) -> None:
        self.known: dict[Any, bytes] = {}
        self.exact = sorted(set(thresholds))
        self._floats = [*map(float, self.exact), inf]
        self._places = [b"%d" % place for place in range(2 * len(self.exact) + 1)]
        #: A float stands for the shortest decimal that reads as it, so it must be clear on which side that is.
        self.usable = all(Decimal(repr(f)) == t for f, t in zip(self._floats, self.exact, strict=False))

    def __eq__(self, other: object) -> bool:
        """Scales with the same thresholds are the same."""
        return isinstance(other, Numbers) and self.exact == other.exact

    def __hash__(self) -> int:
        """By the thresholds."""
        return hash(tuple(self.exact))

    def place(self, raw: Any) -> bytes | None:
        """The place of an `int`, a `float` or a `Decimal` of ordinary size, 0 or more."""
        kind = type(raw)
        if kind is int or kind is float:
            if LEAST <= raw <= MOST or raw == 0:
                floats = self._floats
                below = bisect_left(floats, raw)
                place = self._places[2 * below + (1 if floats[below] == raw else 0)]
                if len(self.known) < _KEPT:
                    self.known[raw] = place
                return place
            return None
        if kind is Decimal and raw.is_finite() and 0 <= raw <= MOST and raw.adjusted() >= _DIGITS:
            return self.of(raw)
        return None

    def of(self, number: Decimal) -> bytes:
        """The place of a number that has been checked."""
        return self._places[bisect_left(self.exact, number) + bisect_right(self.exact, number)]


class Dates:
    """Dates, as ISO 8601 text, among those that the tests name."""

    kinds: frozenset[type] = frozenset({str})

    def __init__(self, days: Iterable[date]) -> None:
        self._days = sorted(set(days))
        self.known: dict[Any, bytes] = {}

    def place(self, raw: Any) -> bytes | None:
        """The place of a date in text."""
        day = day_of(raw)
        if day is None:
            return None
        place = b"%d" % (bisect_left(self._days, day) + bisect_right(self._days, day))
        if len(self.known) < _KEPT:
            self.known[raw] = place
        return place


class Texts:
    """Texts of which only some are asked for: those, and all others."""

    kinds: frozenset[type] = frozenset({str})

    def __init__(self, asked: Iterable[str]) -> None:
        self.known: dict[Any, bytes] = {text: text.encode("utf-8", "surrogatepass") for text in asked}

    def place(self, raw: Any) -> bytes | None:
        """The text where the law names it, else merely that there is one."""
        return self.known.get(raw, b"") if type(raw) is str else None


def scale_of(kind: str, tests: Iterable[Test]) -> Scale | None:
    """The scale of a fact of a type under tests with constants; nothing where its values must be taken as they are."""
    named = [value for test in tests if test.op != "known" for value in _operands(test)]
    match kind:
        case "number" | "money" if all(isinstance(value, Decimal) for value in named):
            scale = Numbers(named)
            return scale if scale.usable else None
        case "date" if all(isinstance(value, date) for value in named):
            return Dates(named)
        case "text" if all(isinstance(value, str) for value in named):
            return Texts(named)
        case _:
            return None


def _operands(test: Test) -> list[Any]:
    operand = test.operand
    found = list(operand) if isinstance(operand, (tuple, frozenset)) else [operand]
    return [value for value in found if value is not None]
