"""How the answer to an order changes over a span of days, and which law changes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from licet.compile.program import Program
from licet.decision.model import Decision, LineDecision
from licet.decision.shelf_life import days_ahead
from licet.evaluator import Evaluator
from licet.policy.model import Listing
from licet.policy.terms import Period, Timeline
from licet.transaction.read import Read

_DAY = timedelta(days=1)
_TRIED = ("used", "open", "barred", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One piece of law that turned: a rule, a listing or a table, what happened to it, and its source."""

    what: str
    name: str
    title: str
    happened: str
    cite: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Days on which the answer, and the law that it relies on, stay the same; both ends inclusive.

    `tried` are the rules of the authorizations that were claimed, `near_misses` those that fail, each with the facts.
    """

    start: date
    through: date
    outcome: str
    release: str
    authorizations: tuple[str, ...]
    reasons: tuple[str, ...]
    review: str | None
    determined_by: tuple[str, ...]
    relied_on: tuple[str, ...]
    tried: tuple[str, ...]
    near_misses: tuple[str, ...]
    changed_by: tuple[Change, ...] = ()


def timeline(
    evaluator: Evaluator,
    order: Read,
    start: date,
    end: date,
    *,
    known_on: date | None = None,
    assumptions: bool = True,
) -> tuple[Interval, ...]:
    """The intervals of a span, in order and without gaps; `start` and `end` are inclusive.

    Each extension of a period that the answer relies on begins an interval of its own, also where the outcome stays.
    """
    found: list[Interval] = []
    last: Decision | None = None
    for day in _candidates(evaluator, order, start, end):
        decision = evaluator.evaluate(
            order, as_of=day, known_on=known_on, assumptions=assumptions, shelf_life=False, courses=False
        )
        interval = _interval(decision, day, end)
        if not found or last is None:
            found.append(interval)
        elif not _same(found[-1], interval):
            found[-1] = replace(found[-1], through=day - _DAY)
            found.append(replace(interval, changed_by=_changes(evaluator, day, last, decision)))
        last = decision
    return tuple(found)


def _candidates(evaluator: Evaluator, order: Read, start: date, end: date) -> list[date]:
    """The first day, and every later one on which some pack that may bind the release could answer otherwise."""
    days = {start}
    for pack in evaluator.packs:
        manifest = pack.program.pack.manifest
        if not manifest.binds and manifest.binds_where is None:
            continue
        for day, _ in days_ahead(pack.program, pack.screen(order.transaction), start):
            if day > end:
                break
            days.add(day)
    return sorted(days)


def _lines(decision: Decision) -> list[LineDecision]:
    """The lines of every pack that binds the release."""
    return [line for regime in decision.regimes if regime.counts for line in regime.lines]


def _interval(decision: Decision, start: date, through: date) -> Interval:
    lines = _lines(decision)
    relied = [s.period for line in lines for s in line.sources if s.rule in line.determined_by and s.period]
    reviews = [line.review for line in lines if line.review is not None]
    return Interval(
        start=start,
        through=through,
        outcome=decision.outcome,
        release=decision.release,
        authorizations=_once(a.id for line in lines for a in line.authorizations if a.state == "used"),
        reasons=_once(r.reason for line in lines for r in line.requirements if r.state != "lifted"),
        review=_strictest(reviews),
        determined_by=_once(rule for line in lines for rule in line.determined_by),
        relied_on=tuple(dict.fromkeys(relied)),
        tried=_once(a.rule for line in lines for a in line.authorizations if a.state in _TRIED),
        near_misses=_once(
            f"{a.id}: {', '.join(r.fact for r in a.failed)}"
            for line in lines
            for a in line.authorizations
            if a.state == "failed"
        ),
    )


def _strictest(reviews: list[str]) -> str | None:
    from licet.policy.terms import REVIEW_POLICIES

    return max(reviews, key=REVIEW_POLICIES.index, default=None)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _same(left: Interval, right: Interval) -> bool:
    return replace(left, start=right.start, through=right.through, changed_by=()) == right


# --- what changed it -------------------------------------------------------------------------------------------------


def _changes(evaluator: Evaluator, day: date, before: Decision, after: Decision) -> tuple[Change, ...]:
    """The law that turned on the day and that either answer speaks of; the most telling first."""
    listings = {case.listing for d in (before, after) for line in _lines(d) for case in line.cases if case.listing}
    counting = {regime.pack for decision in (before, after) for regime in decision.regimes if regime.counts}
    programs = [pack.program for pack in evaluator.packs if pack.program.pack.manifest.id in counting]
    spoken, supporting = _spoken(before) | _spoken(after), _supporting(before) | _supporting(after)
    found = [
        change
        for program in programs
        for change in (*_listing_changes(program, day, listings), *_rule_changes(program, day, spoken))
    ]
    found = found or [change for program in programs for change in _rule_changes(program, day, supporting)]
    found = found or [change for program in programs for change in _other_changes(program, day)]
    if not found and all(day not in program.turns for program in programs):
        found = [Change(what="order", name="order", title="a date that the order states", happened="came")]
    return tuple(dict.fromkeys(found))


def _supporting(decision: Decision) -> set[str]:
    """The rules that set what the answer rests on."""
    return {rule for line in _lines(decision) for rule in line.supported_by}


def _spoken(decision: Decision) -> set[str]:
    """The rules that determined the answer, or that lift, nearly lift or once lifted what it requires."""
    rules: set[str] = set()
    for line in _lines(decision):
        rules |= set(line.determined_by)
        rules |= {a.rule for a in line.authorizations if a.state in _TRIED}
    return rules


def _rule_changes(program: Program, day: date, spoken: set[str]) -> Iterator[Change]:
    for rule in program.pack.rules:
        if rule.id in spoken:
            for happened, cite in _happened(rule.timeline, day):
                later = next((s.by for s in rule.timeline.superseded if s.start == day), None)
                cite = cite or _begins(program, later, day)  # noqa: PLW2901  # the source is the later wording's
                yield Change(what="rule", name=rule.id, title=rule.title, happened=happened, cite=cite)


def _begins(program: Program, rule_id: str | None, day: date) -> str | None:
    """The source of the period of a rule that begins on the day."""
    rule = program.by_id(rule_id) if rule_id is not None else None
    periods = rule.timeline.periods if rule is not None else ()
    return next((p.cite for p in periods if p.start == day), None)


def _listing_changes(program: Program, day: date, spoken: set[str]) -> Iterator[Change]:
    for party_list in program.pack.lists:
        for listing in party_list.listings:
            if f"{listing.list}/{listing.id}" in spoken:
                for happened, cite in _listed(listing, day):
                    yield Change(
                        what="listing",
                        name=f"{listing.list}/{listing.id}",
                        title=listing.name,
                        happened=happened,
                        cite=cite,
                    )


def _listed(listing: Listing, day: date) -> Iterator[tuple[str, str | None]]:
    first = min((p.start for p in listing.timeline.periods if p.start is not None), default=None)
    for happened, cite in _happened(listing.timeline, day):
        begins = happened in ("in force", "extended")
        yield ("added" if begins and day == first else "changed" if begins else happened), cite


def _other_changes(program: Program, day: date) -> Iterator[Change]:
    """Where no rule or listing turned: rows of tables, or the age of the law."""
    turn = program.turns.get(day)
    for table in dict.fromkeys(row.table for row in turn.rows) if turn is not None else ():
        yield Change(what="table", name=table, title=program.pack.tables[table].title, happened="changed")
    manifest = program.pack.manifest
    kept: list[tuple[str, date | None]] = [(f"pack {manifest.id}", manifest.holds_after)]
    kept += [(f"party list {x.list}", x.holds_after) for x in program.pack.lists]
    aged = [name for name, limit in kept if limit is not None and limit + _DAY == day]
    for name in aged:
        yield Change(what="age", name=name, title="the law in it", happened="is not kept any longer")


def _happened(found: Timeline, day: date) -> Iterator[tuple[str, str | None]]:
    """What happened to a timeline on a day; a new period that takes over from one that ends is one event."""
    begun = [p for p in found.periods if p.start == day]
    if any(s.start == day for s in found.superseded):
        yield "superseded by a later wording", None
        return
    for period in begun:
        yield ("extended" if _covered(found, day - _DAY) else "in force"), period.cite
    if not begun:
        for period in found.periods:
            yield from _ending(period, day)


def _covered(found: Timeline, day: date) -> bool:
    return any((p.start is None or p.start <= day) and (p.through is None or day <= p.through) for p in found.periods)


def _ending(period: Period, day: date) -> Iterator[tuple[str, str | None]]:
    if period.through is not None and period.through + _DAY == day:
        yield "ended", period.cite
    if period.ended == day:
        yield "ended", period.ended_cite or period.cite
    if period.unresolved == day:
        yield f"unresolved: {period.unresolved_because}", period.cite
    for stay in period.stays:
        if stay.start == day:
            yield "stayed", stay.cite or period.cite
        if stay.through is not None and stay.through + _DAY == day:
            yield "resumed after a stay", stay.cite or period.cite
