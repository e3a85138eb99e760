"""Numbers that the law computes from an order's measures, as linear forms: what tells one order from another.

A line's verdict hangs on its value and quantity, and on those of other lines, only through tests on numbers made of
them. Where such a number is a sum of measures and fixed numbers, its place among the thresholds is found without
judging the line again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from licet.policy.model import Arithmetic, Collect, Compare, Fact
from licet.signature.scales import Numbers, scale_of
from licet.signature.sight import LINES, QUANTITY, VALUE, PackSight
from licet.transaction.collect import meant
from licet.transaction.facts import Case
from licet.transaction.model import Money
from licet.values import FALSE, TRUE, Interval

#: The measures by number: of the line itself, then of all lines together.
OWN: Mapping[str, int] = {VALUE: 0, QUANTITY: 1}
ALL: Mapping[str, int] = {VALUE: 2, QUANTITY: 3}
_SIGNS = Numbers([Decimal(0)])


class NotLinearError(Exception):
    """A number hangs on an order's measures in a way that no linear form says."""


@dataclass(frozen=True, slots=True)
class Form:
    """A number: a constant (nothing: not a known number) and a multiple of each measure in it."""

    constant: Decimal | None
    terms: tuple[tuple[int, Decimal], ...] = ()

    def of(self, measures: Sequence[Decimal]) -> Decimal:
        """The number for given measures."""
        return sum((measures[number] * times for number, times in self.terms), self.constant or Decimal(0))

    def plus(self, other: Form, times: int = 1) -> Form:
        """The sum with a multiple of another form."""
        if self.constant is None or other.constant is None:
            return Form(None)
        terms = dict(self.terms)
        for number, factor in other.terms:
            terms[number] = terms.get(number, Decimal(0)) + times * factor
        return Form(self.constant + times * other.constant, tuple(sorted(terms.items())))

    def by(self, factor: Decimal) -> Form:
        """The multiple of the form."""
        if self.constant is None:
            return self
        return Form(self.constant * factor, tuple((number, times * factor) for number, times in self.terms))


@dataclass(frozen=True, slots=True)
class Probe:
    """A number made of an order's measures, and the thresholds on it."""

    form: Form
    scale: Numbers

    def place(self, measures: Sequence[Decimal]) -> bytes:
        """The place of the number among its thresholds."""
        return self.scale.of(self.form.of(measures))


def probes_of(case: Case, sight: PackSight, names: Sequence[str]) -> list[Probe]:
    """The probes of the facts named that are computed from measures.

    Raises `NotLinearError` where one of them is no sum of measures.
    """
    found: list[Probe] = []
    for name in names:
        fact, tests = case.order.facts[name], sight.tests.get(name, ())
        if not tests:
            continue  # seen only by facts made of it, which have probes of their own
        form = _Forms(case, sight).of(name)
        if not form.terms:
            continue
        scale = _SIGNS if isinstance(fact.derive, Compare) else scale_of(fact.type, tests)
        if not isinstance(scale, Numbers):
            raise NotLinearError(name)
        found.append(Probe(form, scale))
    return found


class _Forms:
    """The forms of facts in a case."""

    def __init__(self, case: Case, sight: PackSight) -> None:
        self._case = case
        self._sight = sight

    def of(self, name: str) -> Form:
        fact = self._case.order.facts[name]
        if fact.scope == "item" and fact.read in OWN:
            return self._own(fact)
        if name not in self._sight.computed:
            value = self._case.value(name)
            if isinstance(value, Interval):
                raise NotLinearError(name)
            return Form(value if isinstance(value, Decimal) else None)
        match fact.derive:
            case Arithmetic(op="total" | "difference" | "product" as op, terms=terms):
                return self._computed(op, [Form(t) if isinstance(t, Decimal) else self.of(t) for t in terms])
            case Compare(left=left, right=right):
                return self.of(left).plus(self.of(right), -1)
            case Collect(op="sum", of=of, value=value, has=()) as over if of == LINES and value in OWN:
                return self._sum(fact, over, str(value))
            case _:
                raise NotLinearError(name)

    def _own(self, fact: Fact) -> Form:
        """A measure of the line itself: one that is no plain number is part of the signature as it is."""
        item = self._case.item
        measure = getattr(item, str(fact.read), None)
        if isinstance(measure, Decimal) or (isinstance(measure, Money) and measure.currency == "USD"):
            return Form(Decimal(0), ((OWN[str(fact.read)], Decimal(1)),))
        value = self._case.value(fact.name)
        return Form(value if isinstance(value, Decimal) else None)

    @staticmethod
    def _computed(op: str, forms: Sequence[Form]) -> Form:
        steps: dict[str, Callable[[Form, Form], Form]] = {
            "total": Form.plus,
            "difference": lambda a, b: a.plus(b, -1),
            "product": _product,
        }
        result = forms[0]
        for form in forms[1:]:
            result = steps[op](result, form)
        return result

    def _sum(self, fact: Fact, over: Collect, field: str) -> Form:
        """The sum of a measure over all lines, or over the only one."""
        items = self._case.order.transaction.items
        if not over.where and not over.fields:
            return Form(Decimal(0), ((ALL[field], Decimal(1)),))
        if len(items) > 1 or any(test.fact in OWN for test in over.where):
            raise NotLinearError(fact.name)
        within = meant(fact, over, self._case)[0]
        if within not in {TRUE, FALSE}:
            raise NotLinearError(fact.name)
        return Form(Decimal(0), ((OWN[field], Decimal(1)),) if within == TRUE else ())


def _product(a: Form, b: Form) -> Form:
    """The product of a form with a constant."""
    if a.constant is None or b.constant is None:
        return Form(None)
    if a.terms and b.terms:
        raise NotLinearError
    return a.by(b.constant) if not b.terms else b.by(a.constant)
