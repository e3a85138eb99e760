"""The time algebra: the one place that answers "in force on this date?"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from licet.policy.terms import Period, Timeline
from licet.values import FALSE, TRUE, UNKNOWN, Truth

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InForce:
    """Whether something is in force, the period relied on, and why it is unresolved where it is."""

    truth: Truth
    period: Period | None = None
    why: str | None = None


NOT_IN_FORCE = InForce(FALSE)


def in_force(timeline: Timeline, as_of: date, known_on: date | None = None) -> InForce:
    """Whether the timeline is in force on `as_of`, by what was known on `known_on` (`None`: all that is known now).

    The latest known period that covers the date is the one relied on. A later version of the same text supersedes
    this one from its own start. A stay suspends, and what it suspended resumes by itself the day after. From the day
    a period's status is unresolved, the answer is unknown.
    """
    if any(_known(later.known, known_on) and later.start <= as_of for later in timeline.superseded):
        return NOT_IN_FORCE
    covering = [p for p in timeline.periods if _known(p.known, known_on) and _covers(p, as_of, known_on)]
    if not covering:
        return NOT_IN_FORCE
    period = max(covering, key=lambda p: (p.start or date.min, p.through or date.max))
    if period.unresolved is not None and as_of >= period.unresolved:
        return InForce(UNKNOWN, period, period.unresolved_because)
    return InForce(TRUE, period)


def _known(day: date | None, known_on: date | None) -> bool:
    return known_on is None or day is None or day <= known_on


def _covers(period: Period, as_of: date, known_on: date | None) -> bool:
    if period.start is not None and as_of < period.start:
        return False
    if period.through is not None and as_of > period.through:
        return False
    if period.ended is not None and as_of >= period.ended and _known(period.ended_known, known_on):
        return False
    return not any(
        _known(stay.known, known_on) and stay.start <= as_of and (stay.through is None or as_of <= stay.through)
        for stay in period.stays
    )


def turning_days(timeline: Timeline) -> set[date]:
    """The days on which `in_force` may answer differently from the day before."""
    days = {later.start for later in timeline.superseded}
    for period in timeline.periods:
        days.update(day for day in (period.start, period.ended, period.unresolved) if day is not None)
        if period.through is not None and period.through < date.max:
            days.add(period.through + _DAY)
        for stay in period.stays:
            days.add(stay.start)
            if stay.through is not None and stay.through < date.max:
                days.add(stay.through + _DAY)
    return days


def knowing_days(timeline: Timeline) -> set[date]:
    """The days on which something about the timeline became known."""
    days = {later.known for later in timeline.superseded}
    for period in timeline.periods:
        days |= {period.known, period.ended_known} | {stay.known for stay in period.stays}
    return {day for day in days if day is not None}


def span(timeline: Timeline) -> tuple[date | None, date | None]:
    """First and last day of the timeline, `None` where open-ended; superseding and ending counted."""
    starts = [p.start for p in timeline.periods]
    first = None if any(s is None for s in starts) else min((s for s in starts if s is not None), default=None)
    lasts = [_last(p) for p in timeline.periods]
    last = None if any(x is None for x in lasts) else max((x for x in lasts if x is not None), default=None)
    for later in timeline.superseded:
        before = later.start - _DAY
        last = before if last is None else min(last, before)
    return first, last


def _last(period: Period) -> date | None:
    days = [day for day in (period.through, period.ended - _DAY if period.ended else None) if day is not None]
    return min(days) if days else None
