"""What is asked over a collection: sums, counts, shares, any, every, unions and the latest, three-valued."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import UNSET

from licet.policy.model import Collect, Fact
from licet.policy.terms import FactOperand, Test
from licet.transaction.arithmetic import as_interval, as_number, between, boolean, divided, plus, times
from licet.transaction.lookups import field_of
from licet.transaction.stated import field_value
from licet.truth import truth
from licet.values import FALSE, TRUE, UNKNOWN, Interval, MaybeSet, Truth, Unknown, Value, set_of

if TYPE_CHECKING:
    from licet.transaction.facts import Case

_PERCENT = Decimal(100)
Element = dict[str, Value]
Kept = tuple[Element, Truth]  # an element, and whether it is meant
_TRUTH: Mapping[bool | None, Truth] = {None: UNKNOWN, False: FALSE, True: TRUE}


def collect(fact: Fact, over: Collect, case: Case) -> Value:
    """What is asked over the elements of a collection in a case."""
    elements = _elements(over.of, case)
    if elements is None:
        if over.op in {"any", "every"} and over.none_given is not None:
            return over.none_given
        return Unknown(f"`{over.of}` is not stated", (fact.name,))
    meant = _meant(fact, over, elements, case)
    kept = [(element, within) for element, within in zip(elements, meant, strict=True) if within != FALSE]
    field = over.value or ""
    match over.op:
        case "any" | "every":
            return _quantified(fact, over, kept, case)
        case "share":
            return _share(fact, over, elements, kept)
        case "union":
            return _union(fact, kept, field)
        case "latest":
            return _latest(fact, kept, field, over.by or "")
        case "sum":
            return _sum(fact, kept, field)
        case "count":
            return _sum(fact, [({field: Decimal(1)}, w) for _, w in kept], field)


def meant(fact: Fact, over: Collect, case: Case) -> list[Truth]:
    """Of each element of a collection in a case, whether it is meant."""
    elements = _elements(over.of, case)
    return [] if elements is None else _meant(fact, over, elements, case)


def _meant(fact: Fact, over: Collect, elements: list[Element], case: Case) -> list[Truth]:
    for element in elements if over.fields else ():
        element.update({by.field: field_of(element, by, case.order, fact.name) for by in over.fields})
    return [_passes(over.where, element, case) for element in elements]


def _union(fact: Fact, kept: list[Kept], field: str) -> Value:
    """The values of a field, themselves single or sets; open what hangs on an element that may not be meant."""
    sure: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()
    for element, within in kept:
        value = element.get(field, Unknown("no such field"))
        if isinstance(value, str):
            value = frozenset({value})
        if value is None:
            continue
        if not isinstance(value, (frozenset, MaybeSet)):
            return Unknown(f"`{field}` of an element is not known", (fact.name,))
        own = value.sure if isinstance(value, MaybeSet) else value
        possible |= own | value.maybe if isinstance(value, MaybeSet) else own
        sure |= own if within == TRUE else frozenset()
    return set_of(sure, possible, (fact.name,))


def _latest(fact: Fact, kept: list[Kept], field: str, by: str) -> Value:
    """The field of the element with the latest day; unknown where the days do not tell, or that is not known."""
    if not kept:
        return Unknown("none is stated", (fact.name,))
    values = {element.get(field) for element, _ in kept if isinstance(element.get(field), (str, date, Decimal, bool))}
    if len(values) == 1 and all(w == TRUE and element.get(field) in values for element, w in kept):
        return values.pop()
    days = [element.get(by) for element, _ in kept]
    if any(w != TRUE for _, w in kept) or not all(isinstance(day, date) for day in days):
        return Unknown(f"`{by}` of an element is not known", (fact.name,))
    last = max(day for day in days if isinstance(day, date))
    found = [element.get(field) for (element, _), day in zip(kept, days, strict=True) if day == last]
    return found[0] if len(found) == 1 else Unknown("two are of the same day", (fact.name,))


def _quantified(fact: Fact, over: Collect, kept: list[Kept], case: Case) -> Value:
    if not kept:
        none_given = over.none_given
        return Unknown("none is stated", (fact.name,)) if none_given is None else none_given
    results = [(w, _passes(over.has, e, case)) for e, w in kept]
    some = max(min(w, h) for w, h in results)
    every = min(max(TRUE - w, h) for w, h in results)
    found = some if over.op == "any" else every
    if all(w != TRUE for w, _ in results) and found != _TRUTH[over.none_given]:
        found = UNKNOWN  # it may be that no element is meant
    return boolean(found, (fact.name,))


def _sum(fact: Fact, kept: list[Kept], field: str) -> Value:
    total = Interval(Decimal(0), Decimal(0))
    for element, within in kept:
        term = as_interval(element.get(field, Unknown("no such field")))
        if term is None:
            return Unknown(f"`{field}` of an element is not known", (fact.name,))
        if within == UNKNOWN:
            zero = Decimal(0)
            low = None if term.low is None else min(zero, term.low)
            high = None if term.high is None else max(zero, term.high)
            term = Interval(low, high)
        total = plus(total, term)
    return as_number(Interval(total.low, total.high, (fact.name,)))


def _share(fact: Fact, over: Collect, elements: list[Element], kept: list[Kept]) -> Value:
    field = over.value or ""
    whole = _sum(fact, [(e, TRUE) for e in elements], field)
    part = _sum(fact, kept, field)
    if not isinstance(whole, Decimal) or whole <= 0 or isinstance(part, Unknown):
        return Unknown("the whole is not known", (fact.name,))
    interval = as_interval(part)
    if interval is None:
        return part
    share = divided(times(interval, Interval(_PERCENT, _PERCENT)), Interval(whole, whole))  # divided last: rounded once
    return as_number(share) if share is not None else part


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
    return between(test.op, value, found, eccn=eccn)


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
        if name == "owners":
            element["listed_on"] = case.at("party").owners[len(elements)]
            if isinstance(element["share"], Unknown):
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
