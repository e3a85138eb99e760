"""Derived facts: look-ups, comparisons, arithmetic and collections, three-valued."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import UNSET

from licet.policy.model import Arithmetic, Both, Collect, Compare, Fact, Lookup, Row
from licet.policy.terms import FactOperand, Test
from licet.transaction.stated import field_value
from licet.truth import Operand, truth
from licet.values import FALSE, TRUE, UNKNOWN, Interval, MaybeSet, Truth, Unknown, Value, asks_of

if TYPE_CHECKING:
    from licet.transaction.facts import Case

_PERCENT = Decimal(100)
_OPPOSITE = {"is_not": "is"}


def derive(fact: Fact, case: Case) -> Value:
    """The value of a derived fact in a case."""
    match fact.derive:
        case Lookup() as lookup:
            return _lookup(fact, lookup, case)
        case Compare() as compare:
            return _compare(compare, case)
        case Arithmetic() as arithmetic:
            return _arithmetic(arithmetic, case)
        case Both() as both:
            return _both(both, case)
        case Collect() as collect:
            return _collect(fact, collect, case)
        case None:
            return Unknown("not derived", (fact.name,))


# --- tables ----------------------------------------------------------------------------------------------------------


def _lookup(fact: Fact, lookup: Lookup, case: Case) -> Value:
    table = case.order.program.pack.tables[lookup.table]
    if case.order.is_stale(table.id):
        return Unknown(f"table `{table.id}` is not kept past {table.holds_after}")
    for _, name in lookup.by:
        value = case.value(name)
        if not isinstance(value, str):
            return Unknown(f"`{name}` is not known", asks_of(value) or (name,))
    rows, below = looked_up(lookup, case)
    if rows or below:
        return _agreed(fact, lookup, rows, below, list(table.columns).index(lookup.column))
    if lookup.missing == "none":
        return None
    if lookup.missing == "value":
        return lookup.missing_value
    shown = ", ".join(f"`{case.value(name)}`" for _, name in lookup.by)
    return Unknown(f"{shown} is not in table `{table.id}`", (fact.name,))


def looked_up(lookup: Lookup, case: Case) -> tuple[list[Row], list[Row]]:
    """The rows that a look-up meets in a case, and those for paragraphs below a classification too coarse."""
    by = [(column, case.value(name)) for column, name in lookup.by]
    known = [(column, value) for column, value in by if isinstance(value, str)]
    return case.order.view.table(lookup.table).lookup(known) if len(known) == len(by) else ([], [])


def _agreed(fact: Fact, lookup: Lookup, rows: list[Row], below: list[Row], place: int) -> Value:
    """The one value of the rows; with a classification too coarse for the table, what all its paragraphs share.

    Where no row covers the classification itself, the table need not know all its paragraphs, so nothing is shared.
    """
    values = [row.values[place] for row in (*rows, *below)]
    asks = tuple(name for _, name in lookup.by) if below else (fact.name,)
    if not rows:
        return Unknown("the paragraph is needed", asks)
    if all(value == values[0] for value in values):
        return values[0]
    if fact.type == "set":
        sets = [v if isinstance(v, frozenset) else frozenset() for v in values]
        sure = frozenset.intersection(*sets)
        return MaybeSet(sure, frozenset.union(*sets) - sure, asks)
    return Unknown("the paragraph is needed" if below else "rows of the table disagree", asks)


# --- comparison and arithmetic ---------------------------------------------------------------------------------------


def _compare(compare: Compare, case: Case) -> Value:
    left, right = case.value(compare.left), case.value(compare.right)
    asks = tuple(dict.fromkeys((*asks_of(left), *asks_of(right))))
    if isinstance(right, (Unknown, MaybeSet, Interval)) or right is None:
        return Unknown(f"`{compare.right}` is not known", asks or (compare.right,))
    eccn = case.order.facts[compare.left].type == "eccn"
    result = _between(_OPPOSITE.get(compare.op, compare.op), right, left, eccn=eccn)
    if compare.op in _OPPOSITE:
        result = TRUE - result
    return _boolean(result, asks)


def _between(op: str, operand: Operand, value: Value, *, eccn: bool) -> Truth:
    """The truth of a test between two stated values; of two classifications either may be too coarse to tell."""
    result = truth(op, operand, value, eccn=eccn)
    if eccn and result == FALSE and isinstance(operand, str):
        return UNKNOWN if truth(op, value, operand, eccn=True) == UNKNOWN else FALSE
    return result


def _boolean(result: Truth, asks: tuple[str, ...]) -> Value:
    return Unknown("it depends on what is not stated", asks) if result == UNKNOWN else result == TRUE


def _arithmetic(arithmetic: Arithmetic, case: Case) -> Value:
    terms: list[Interval] = []
    for term in arithmetic.terms:
        value = term if isinstance(term, Decimal) else case.value(term)
        interval = _interval(value)
        if interval is None:
            return Unknown(f"`{term}` is not known", asks_of(value) or (str(term),))
        terms.append(interval)
    result = terms[0]
    for other in terms[1:]:
        step = _STEPS[arithmetic.op](result, other)
        if step is None:
            return Unknown("division by what may be zero")
        result = step
    return _number(result)


def _interval(value: Value) -> Interval | None:
    if isinstance(value, Interval):
        return value
    return Interval(value, value) if isinstance(value, Decimal) else None


def _number(interval: Interval) -> Value:
    return interval.low if interval.low is not None and interval.low == interval.high else interval


def _plus(a: Interval, b: Interval) -> Interval:
    low = None if a.low is None or b.low is None else a.low + b.low
    high = None if a.high is None or b.high is None else a.high + b.high
    return Interval(low, high, (*a.asks, *b.asks))


def _minus(a: Interval, b: Interval) -> Interval:
    low = None if a.low is None or b.high is None else a.low - b.high
    high = None if a.high is None or b.low is None else a.high - b.low
    return Interval(low, high, (*a.asks, *b.asks))


def _times(a: Interval, b: Interval) -> Interval:
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return Interval(None, None, (*a.asks, *b.asks))
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return Interval(min(corners), max(corners), (*a.asks, *b.asks))


def _divided(a: Interval, b: Interval) -> Interval | None:
    if b.low is None or b.high is None or b.low <= 0 <= b.high:
        return None
    return _times(a, Interval(1 / b.high, 1 / b.low, b.asks))


_STEPS: dict[str, Callable[[Interval, Interval], Interval | None]] = {
    "total": _plus,
    "difference": _minus,
    "product": _times,
    "quotient": _divided,
}


def _both(both: Both, case: Case) -> Value:
    left, right = case.value(both.left), case.value(both.right)
    if left is None or right is None or frozenset() in (left, right):
        return frozenset()
    (sure_l, all_l), (sure_r, all_r) = _bounds(left), _bounds(right)
    asks = tuple(dict.fromkeys((*asks_of(left), *asks_of(right))))
    if all_l is None and all_r is None:
        return Unknown("neither set is known", asks)
    possible = all_r if all_l is None else all_l if all_r is None else all_l & all_r
    sure = sure_l & sure_r
    if not possible or possible == sure:
        return sure
    return MaybeSet(sure, possible - sure, asks)


def _bounds(value: Value) -> tuple[frozenset[str], frozenset[str] | None]:
    """The sure members, and all possible ones (`None`: anything)."""
    if isinstance(value, frozenset):
        return value, value
    if isinstance(value, MaybeSet):
        return value.sure, value.sure | value.maybe
    return frozenset(), None


# --- collections -----------------------------------------------------------------------------------------------------

Element = Mapping[str, Value]
_TRUTH: Mapping[bool | None, Truth] = {None: UNKNOWN, False: FALSE, True: TRUE}


def _collect(fact: Fact, collect: Collect, case: Case) -> Value:
    elements = _elements(collect.of, case)
    if elements is None:
        if collect.op in {"any", "every"} and collect.none_given is not None:
            return collect.none_given
        return Unknown(f"`{collect.of}` is not stated", (fact.name,))
    kept = [(e, w) for e in elements if (w := _passes(collect.where, e, case)) != FALSE]
    if collect.op in {"any", "every"}:
        return _quantified(fact, collect, kept, case)
    if collect.op == "share":
        return _share(fact, collect, elements, kept)
    ones: Element = {"": Decimal(1)}
    field = collect.value or ""
    return _sum(fact, [(e if collect.op == "sum" else ones, w) for e, w in kept], field)


def _quantified(fact: Fact, collect: Collect, kept: list[tuple[Element, Truth]], case: Case) -> Value:
    if not kept:
        none_given = collect.none_given
        return Unknown("none is stated", (fact.name,)) if none_given is None else none_given
    results = [(w, _passes(collect.has, e, case)) for e, w in kept]
    some = max(min(w, h) for w, h in results)
    every = min(max(TRUE - w, h) for w, h in results)
    found = some if collect.op == "any" else every
    if all(w != TRUE for w, _ in results) and found != _TRUTH[collect.none_given]:
        found = UNKNOWN  # it may be that no element is meant
    return _boolean(found, (fact.name,))


def _sum(fact: Fact, kept: list[tuple[Element, Truth]], field: str) -> Value:
    total = Interval(Decimal(0), Decimal(0))
    for element, within in kept:
        term = _interval(element.get(field, Unknown("no such field")))
        if term is None:
            return Unknown(f"`{field}` of an element is not known", (fact.name,))
        if within == UNKNOWN:
            zero = Decimal(0)
            low = None if term.low is None else min(zero, term.low)
            high = None if term.high is None else max(zero, term.high)
            term = Interval(low, high)
        total = _plus(total, term)
    return _number(Interval(total.low, total.high, (fact.name,)))


def _share(fact: Fact, collect: Collect, elements: list[Element], kept: list[tuple[Element, Truth]]) -> Value:
    field = collect.value or ""
    whole = _sum(fact, [(e, TRUE) for e in elements], field)
    part = _sum(fact, kept, field)
    if not isinstance(whole, Decimal) or whole <= 0 or isinstance(part, Unknown):
        return Unknown("the whole is not known", (fact.name,))
    interval = _interval(part)
    return _number(_times(interval, Interval(_PERCENT / whole, _PERCENT / whole))) if interval else part


def _passes(tests: tuple[Test, ...], element: Element, case: Case) -> Truth:
    """Whether an element passes every test."""
    return min((_passes_one(test, element, case) for test in tests), default=TRUE)


def _passes_one(test: Test, element: Element, case: Case) -> Truth:
    found, eccn = element.get(test.fact, Unknown("no such field")), test.fact == "eccn"
    if not isinstance(test.operand, FactOperand):
        return truth(test.op, case.order.view.resolve(test), found, eccn=eccn)
    value = case.value(test.operand.fact)
    if isinstance(value, (Unknown, MaybeSet, Interval)):
        return UNKNOWN
    return _between(test.op, value, found, eccn=eccn)


def _elements(path: str, case: Case) -> list[Element] | None:
    """The collection's elements as field → value, or `None` where it is not stated."""
    root, name = path.split(".")
    home = {"transaction": case.order.transaction, "item": case.item, "party": case.party}[root]
    raw = getattr(home, name, UNSET)
    if raw is UNSET or raw is None:
        return None
    rates = case.order.transaction.rates
    elements: list[Element] = []
    for struct in raw:
        fields = zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True)
        element = {shown: field_value(getattr(struct, field), rates) for shown, field in fields}
        if name == "owners" and isinstance(element["share"], Unknown):
            element["share"] = _bounded(element["at_least"], element["at_most"])
        if name == "statements":
            roles = {p.id: frozenset[str](p.roles) for p in case.order.transaction.parties}
            element["by_roles"] = roles.get(str(element["by"]), frozenset())
        elements.append(element)
    return elements


def _bounded(low: Value, high: Value) -> Value:
    if not isinstance(low, Decimal) and not isinstance(high, Decimal):
        return Unknown("the share is not stated")
    return Interval(low if isinstance(low, Decimal) else Decimal(0), high if isinstance(high, Decimal) else _PERCENT)
