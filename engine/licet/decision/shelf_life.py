"""How long an answer holds: to the end of what it relies on, or to the day before it would change.

Only days that can matter are judged: those on which something turns that this order meets. What it meets is read off
the last judgement, so that a day is passed over only if nothing it could reach has changed since.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, timedelta

from licet.compile.program import CompiledRule, Program
from licet.compile.turns import Turn
from licet.decision.line import Judgement, outcome_of
from licet.screening.screened import Screened
from licet.transaction.facts import Case
from licet.values import FALSE

_DAY = timedelta(days=1)


def days_ahead(program: Program, screened: Screened, as_of: date) -> Iterator[tuple[date, Turn | None]]:
    """The coming days on which the order could be judged otherwise, with what turns; None for the order's own days."""
    own = {day for day in screened.days if day > as_of}
    own |= {limit + _DAY for limit in limits(program) if as_of <= limit < date.max}
    law = program.turning_days[bisect_right(program.turning_days, as_of) :]
    for day in sorted({*own, *law}):
        yield day, None if day in own else program.turns[day]


def limits(program: Program) -> Iterator[date]:
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
    return first_day(days, judgement, judge_on, lambda later: outcome_of(later) != outcome)


def first_rebinding(
    days: Iterable[tuple[date, Turn | None]], judgement: Judgement, judge_on: Callable[[date], Judgement]
) -> date | None:
    """The first of the days on which the pack binds that did not, or does not that did."""
    if judgement.program.pack.manifest.binds_where is None:
        return None
    binds = judgement.binds
    return first_day(days, judgement, judge_on, lambda later: later.binds != binds)


def first_day(
    days: Iterable[tuple[date, Turn | None]],
    judgement: Judgement,
    judge_on: Callable[[date], Judgement],
    wanted: Callable[[Judgement], bool],
) -> date | None:
    """The first of the days whose judgement is a wanted one, which that of today is not."""
    reach = _Reach(judgement)
    for day, turn in days:
        if turn is not None and not reach.meets(day, turn):
            continue
        judgement = judge_on(day)
        if wanted(judgement):
            return day
        reach.see(judgement)
    return None


class _Reach:
    """What of the law an order can meet, as last judged, until something that it meets turns.

    Rules that something lasting rules out, such as a destination or a claim, are not met, whatever turns; and tables
    are met only through the rules that are. So both hang only on which cases there are.
    """

    def __init__(self, judgement: Judgement) -> None:
        self._lasting: dict[Hashable, list[CompiledRule]] = {}
        self._told: tuple[frozenset[str], frozenset[str]] | None = None
        self.see(judgement)

    def see(self, judgement: Judgement) -> None:
        """Read off a later judgement what is met from then on."""
        program = judgement.program
        self._judgement = judgement
        self._rules: dict[str, list[tuple[CompiledRule, Case]]] = {}
        for case in judgement.found.cases:
            for rule in self._of(case):
                self._rules.setdefault(rule.id, []).append((rule, case))
        told = judgement.words, program.shortcuts.tables_of(self._rules)
        if told != self._told:
            self._told, self._row_days = told, program.row_days.reaching(*told)

    def _of(self, case: Case) -> list[CompiledRule]:
        """The rules that nothing lasting rules out in a case, or in the same case on another day."""
        hit = case.hit
        key = case.party.id if case.party else None, (hit.listing.list, hit.listing.id, hit.basis) if hit else None
        if key not in self._lasting:
            gate = case.order.program.shortcuts.lasting.get(case.scope)
            self._lasting[key] = gate.reached(case) if gate is not None else []
        return self._lasting[key]

    def meets(self, day: date, turn: Turn) -> bool:
        """Whether anything that turns on the day can reach the order."""
        if day in self._row_days or turn.listings & self._judgement.screened.met:
            return True
        if turn.rules & self._judgement.found.errors.keys() or turn.dated & self._rules.keys():
            return True
        return any(
            case.seen(rule.tree) != FALSE
            for rule_id in turn.rules & self._rules.keys()
            for rule, case in self._rules[rule_id]
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
