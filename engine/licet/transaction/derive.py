"""Derived facts: each computed once before the rules, three-valued."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from licet.policy.model import Arithmetic, Both, Collect, Compare, Either, Fact, Instead, Lookup
from licet.transaction.arithmetic import STEPS, as_interval, as_number, between, boolean
from licet.transaction.collect import collect
from licet.transaction.lookups import lookup
from licet.transaction.stated import NOT_STATED
from licet.values import TRUE, Interval, MaybeSet, Unknown, Value, asks_of, set_of

if TYPE_CHECKING:
    from licet.transaction.facts import Case

_OPPOSITE = {"is_not": "is"}


def derive(fact: Fact, case: Case) -> Value:
    """The value of a derived fact in a case."""
    match fact.derive:
        case Lookup() as by:
            return lookup(fact, by, case)
        case Compare() as compare:
            return _compare(compare, case)
        case Arithmetic() as arithmetic:
            return _arithmetic(arithmetic, case)
        case Either() as either:
            return _either(either, case)
        case Both() as both:
            return _both(both, case)
        case Instead() as instead:
            return _instead(instead, case)
        case Collect() as over:
            return collect(fact, over, case)
        case None:
            return Unknown("not derived", (fact.name,))


def _compare(compare: Compare, case: Case) -> Value:
    left, right = case.value(compare.left), case.value(compare.right)
    asks = tuple(dict.fromkeys((*asks_of(left), *asks_of(right))))
    if isinstance(right, (Unknown, MaybeSet, Interval)) or right is None:
        return Unknown(f"`{compare.right}` is not known", asks or (compare.right,))
    eccn = case.order.facts[compare.left].type == "eccn"
    result = between(_OPPOSITE.get(compare.op, compare.op), right, left, eccn=eccn)
    if compare.op in _OPPOSITE:
        result = TRUE - result
    return boolean(result, asks)


def _arithmetic(arithmetic: Arithmetic, case: Case) -> Value:
    terms: list[Interval] = []
    for term in arithmetic.terms:
        value = term if isinstance(term, Decimal) else case.value(term)
        interval = as_interval(value)
        if interval is None:
            return Unknown(f"`{term}` is not known", asks_of(value) or (str(term),))
        terms.append(interval)
    result = terms[0]
    for other in terms[1:]:
        step = STEPS[arithmetic.op](result, other)
        if step is None:
            return Unknown("division by what may be zero")
        result = step
    return as_number(result)


def _both(both: Both, case: Case) -> Value:
    left, right = case.value(both.left), case.value(both.right)
    if left is None or right is None or frozenset() in (left, right):
        return frozenset()
    (sure_l, all_l), (sure_r, all_r) = _bounds(left), _bounds(right)
    asks = tuple(dict.fromkeys((*asks_of(left), *asks_of(right))))
    if all_l is None:
        return Unknown("neither set is known", asks) if all_r is None else set_of(sure_l & sure_r, all_r, asks)
    return set_of(sure_l & sure_r, all_l if all_r is None else all_l & all_r, asks)


def _either(either: Either, case: Case) -> Value:
    left, right = case.value(either.left), case.value(either.right)
    (sure_l, all_l), (sure_r, all_r) = _bounds(left), _bounds(right)
    asks = tuple(dict.fromkeys((*asks_of(left), *asks_of(right))))
    if (all_l is None and left is not None) or (all_r is None and right is not None):
        return Unknown("one of the sets is not known", asks)
    return set_of(sure_l | sure_r, (all_l or frozenset()) | (all_r or frozenset()), asks)


def _instead(instead: Instead, case: Case) -> Value:
    """The first that is stated; what comes after it says nothing then."""
    value: Value = None
    for name in instead.of:
        value = case.value(name)
        if not case.is_silent(name):
            return value
    return Unknown(NOT_STATED, asks_of(value) or instead.of)


def _bounds(value: Value) -> tuple[frozenset[str], frozenset[str] | None]:
    """The sure members, and all possible ones (`None`: anything)."""
    if isinstance(value, frozenset):
        return value, value
    if isinstance(value, MaybeSet):
        return value.sure, value.sure | value.maybe
    return frozenset(), None
