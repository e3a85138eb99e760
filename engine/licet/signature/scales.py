"""Scales: the places that a stated value can take between the values that the law asks for.

Two values at the same place pass the same tests, so that nothing the law says can tell them apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from licet.policy.terms import Test

#: Numbers of ordinary size; others go the long way, where they are checked.
LEAST, MOST = 1e-9, 10**15
_DIGITS = -9
_KEPT = 10_000


class Scale(Protocol):
    """Says at which place a stated value is."""

    def place(self, raw: Any) -> Any:
        """The place of the value; nothing where it has to be taken as it is."""
        ...


class Numbers:
    """Numbers among the thresholds of the tests on them: 2n below the one numbered n, 2n + 1 at it."""

    def __init__(self, thresholds: Iterable[Decimal]) -> None:
        self.exact = sorted(set(thresholds))
        self._floats = [float(threshold) for threshold in self.exact]
        #: A float stands for the shortest decimal that reads as it, so it must be clear on which side that is.
        self.usable = all(Decimal(repr(f)) == t for f, t in zip(self._floats, self.exact, strict=True))

    def __eq__(self, other: object) -> bool:
        """Scales with the same thresholds are the same."""
        return isinstance(other, Numbers) and self.exact == other.exact

    def __hash__(self) -> int:
        """By the thresholds."""
        return hash(tuple(self.exact))

    def place(self, raw: Any) -> int | None:
        """The place of an `int`, a `float` or a `Decimal` of ordinary size, 0 or more."""
        kind = type(raw)
        if kind is int or kind is float:
            ordinary = LEAST <= raw <= MOST or raw == 0
            return bisect_left(self._floats, raw) + bisect_right(self._floats, raw) if ordinary else None
        if kind is Decimal and raw.is_finite() and 0 <= raw <= MOST and raw.adjusted() >= _DIGITS:
            return self.of(raw)
        return None

    def of(self, number: Decimal) -> int:
        """The place of a number that has been checked."""
        return bisect_left(self.exact, number) + bisect_right(self.exact, number)


class Dates:
    """Dates, as ISO 8601 text, among those that the tests name."""

    def __init__(self, days: Iterable[date]) -> None:
        self._days = sorted({day.isoformat() for day in days})
        self._known: dict[str, int] = {}

    def place(self, raw: Any) -> int | None:
        """The place of a date in text."""
        if type(raw) is not str:
            return None
        place = self._known.get(raw)
        if place is None and len(raw) == len("2019-05-16"):
            try:
                date.fromisoformat(raw)
            except ValueError:
                return None
            place = bisect_left(self._days, raw) + bisect_right(self._days, raw)
            if len(self._known) < _KEPT:
                self._known[raw] = place
        return place


class Texts:
    """Texts of which only some are asked for: those, and all others."""

    def __init__(self, asked: Iterable[str]) -> None:
        self._asked = frozenset(asked)

    def place(self, raw: Any) -> str | bool | None:
        """The text where the law names it, else merely that there is one."""
        if type(raw) is not str:
            return None
        return raw if raw in self._asked else True


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
