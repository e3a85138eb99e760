"""How long an answer holds: to the end of what it relies on, or to the day before it would change.

Only days that can matter are judged: those on which something turns that this order meets. What it meets is read off
the last judgement, so that a day is passed over only if nothing it could reach has changed since.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from licet.compile.program import Program
from licet.compile.turns import KeyedRow, Turn
from licet.decision.line import Judgement, outcome_of
from licet.screening.screened import Screened
from licet.truth import is_paragraph_of
from licet.values import FALSE

_DAY = timedelta(days=1)


def days_ahead(program: Program, screened: Screened, as_of: date) -> Iterator[tuple[date, Turn | None]]:
    """The coming days on which the order could be judged otherwise, with what turns; None for the order's own days."""
    own = {day for day in screened.days if day > as_of}
    own |= {limit + _DAY for limit in _limits(program) if as_of <= limit < date.max}
    law = program.turning_days[bisect_right(program.turning_days, as_of) :]
    for day in sorted({*own, *law}):
        yield day, None if day in own else program.turns[day]


def _limits(program: Program) -> Iterator[date]:
    """The last days on which the pack, its lists and its tables are kept."""
    pack = program.pack
    yield pack.manifest.holds_after
    aged = [*(x.holds_after for x in pack.lists), *(table.holds_after for table in pack.tables.values())]
    yield from (limit for limit in aged if limit is not None)


def first_change(
    days: Iterable[tuple[date, Turn | None]], judgement: Judgement, judge_on: Callable[[date], Judgement]
) -> date | None:
    """The first of the days on which the outcome is another."""
    outcome = outcome_of(judgement)
    for day, turn in days:
        if turn is not None and not _matters(turn, judgement):
            continue
        judgement = judge_on(day)
        if outcome_of(judgement) != outcome:
            return day
    return None


def _matters(turn: Turn, judgement: Judgement) -> bool:
    """Whether anything that turns can reach the order."""
    if turn.always or turn.listings & judgement.screened.met:
        return True
    if turn.rows and any(_reached(row, judgement) for row in turn.rows):
        return True
    return any(_could_hold(rule, judgement) for rule in turn.rules)


def _could_hold(rule_id: str, judgement: Judgement) -> bool:
    """Whether the rule's condition is true or open in some case, in force or not."""
    return any(
        case.scope == rule.scope and case.seen(rule.tree) != FALSE
        for rule in judgement.program.by_rule[rule_id]
        for case in judgement.found.cases
    )


def _reached(row: KeyedRow, judgement: Judgement) -> bool:
    """Whether the order speaks of the row's country and classification."""
    words = judgement.words
    return all(str(c) in words for c in row.countries) and all(
        any(is_paragraph_of(str(c), word) or is_paragraph_of(word, str(c)) for word in words)
        for c in row.classifications
    )


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
        relied = (found, row.period if row is not None else None)
        ends += [period.through for period in relied if period is not None and period.through is not None]
    return min(ends, default=None)


def earliest(*days: date | None) -> date | None:
    """The earliest of the days that are given."""
    return min((d for d in days if d is not None), default=None)


def day_before(day: date | None) -> date | None:
    """The day before, or None."""
    return day - _DAY if day is not None else None
