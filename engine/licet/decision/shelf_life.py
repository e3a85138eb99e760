"""How long an answer holds: to the end of what it relies on, or to the day before it would change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from licet.compile.program import Program
from licet.decision.line import Judgement
from licet.transaction.model import Transaction

_DAY = timedelta(days=1)


def days_ahead(program: Program, transaction: Transaction, as_of: date) -> Iterator[date]:
    """The coming days on which the order could be judged otherwise, in order."""
    own = [d for d in _dates_in(transaction) if d > as_of]
    law = program.turning_days[bisect_right(program.turning_days, as_of) :]
    manifest = program.pack.manifest
    limits = [manifest.holds_after, *(x.holds_after for x in (*program.pack.lists, *program.pack.tables.values()))]
    own += [limit + _DAY for limit in limits if limit is not None and limit >= as_of and limit < date.max]
    yield from sorted({*own, *law})


def _dates_in(transaction: Transaction) -> set[date]:
    """The order's own dates, and the days after: a license expires, a certification takes effect."""
    found: set[date] = set()
    for granted in transaction.licenses:
        found |= {granted.valid_from, granted.valid_through}
    found |= {s.on for s in transaction.statements if isinstance(s.on, date)}
    found |= {r.on for r in transaction.resolutions}
    return found | {d + _DAY for d in found if d < date.max}


def first_change(days: Iterable[date], outcome: str, outcome_on: Callable[[date], str]) -> date | None:
    """The first of the days on which the outcome is another."""
    for day in days:
        if outcome_on(day) != outcome:
            return day
    return None


def relied_until(judgement: Judgement, determined: Iterable[str]) -> date | None:
    """The earliest end of the dated periods that the answer relies on, renewed or not."""
    view = judgement.top.order.view
    rules = set(determined)
    ends: list[date] = []
    for j in judgement.found.judged:
        if j.rule.id not in rules:
            continue
        found = view.rules[j.rule.index].period
        row = judgement.found.cases[j.case].row
        for period in (found, row.period if row is not None else None):
            if period is not None and period.through is not None:
                ends.append(period.through)
    return min(ends, default=None)


def earliest(*days: date | None) -> date | None:
    """The earliest of the days that are given."""
    return min((d for d in days if d is not None), default=None)


def day_before(day: date | None) -> date | None:
    """The day before, or None."""
    return day - _DAY if day is not None else None
