"""The lawful courses that a pack offers for a line: the order as it would be then, judged under every regime."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from licet.decision import model
from licet.decision.line import Judgement, offered, outcome_of, ratings, reviewed
from licet.decision.shelf_life import days_ahead, first_day
from licet.infer.resolve import RELEASE
from licet.policy.model import Course
from licet.policy.terms import Offer
from licet.regimes import ByLaw, Judged, Regimes, judge_by
from licet.screening.screened import Screened
from licet.transaction.model import Item, Transaction
from licet.values import TRUE


@dataclass(frozen=True, kw_only=True)  # no slots: what orders would be is kept once screened
class Courses:
    """The courses for the lines of one order; `judged` is how they were judged as the order stands."""

    regimes: Regimes
    screened: Sequence[Screened]
    judged: Judged
    law: ByLaw

    @cached_property
    def _changed(self) -> dict[str, tuple[Transaction, list[Screened]]]:
        return {}

    def added(self, lines: Sequence[Sequence[model.LineDecision]]) -> list[list[model.LineDecision]]:
        """The decisions on every line under each pack, with the courses that the pack offers for it."""
        return [
            [replace(decision, courses=self.of(pack, place)) for pack, decision in enumerate(line)]
            for place, line in enumerate(lines)
        ]

    def of(self, pack: int, line: int) -> tuple[model.Course, ...]:
        """The courses that a pack offers for a line: the better first, and of equal ones as the vocabulary has them."""
        judgement = self.judged[line][pack]
        spoken = judgement.program.pack.vocabulary
        courses = [spoken.courses[course] for course in offered(judgement)]
        found = [made for course in courses if (made := self._on(course, judgement, line)) is not None]
        return tuple(sorted(found, key=lambda course: _rank(course, judgement)))

    def _on(self, course: Course, judgement: Judgement, line: int) -> model.Course | None:
        """What becomes of the line on a course; nothing where it is not to be had, or would ship what a law forbids."""
        transaction, screened = self._as_it_would_be(course)
        day = self._day(course, line)
        if day is None:
            return None
        others = [*self.judged[:line], *self.judged[line + 1 :]]
        found = self.regimes.judge_line(screened, transaction.items[line], others, self.law.on(day))
        if course.proceeds and not all(map(_goes, found)):
            return None
        made = model.Course(
            id=course.id,
            title=course.title,
            cite=course.cite,
            proceeds=course.proceeds,
            safe=False,
            rules=_offering(judgement, course.id),
            sides=tuple(_side(found[n], course) for n in self.regimes.in_turn),
            on=day if course.wait_for is not None else None,
            states=_states(course),
        )
        return replace(made, safe=not any(_rank(made, judgement)))

    def _as_it_would_be(self, course: Course) -> tuple[Transaction, list[Screened]]:
        """The order on a course, screened: its parties are those that they are."""
        if course.id not in self._changed:
            now = self.screened[0].transaction
            items = tuple(_with(item, course) for item in now.items)
            then = replace(now, items=items, proposal=course.proposal or now.proposal)
            self._changed[course.id] = then, [_rescreened(screened, then) for screened in self.screened]
        return self._changed[course.id]

    def _day(self, course: Course, line: int) -> date | None:
        """The day on which the course is open; none where the regime that it waits for never lets the line go."""
        if course.wait_for is None:
            return self.law.as_of
        for n, pack in enumerate(self.regimes.packs):
            if pack.program.pack.manifest.regime == course.wait_for:
                screened, item = self.screened[n], self.screened[n].transaction.items[line]

                def judge_on(day: date, n: int = n, screened: Screened = screened, item: Item = item) -> Judgement:
                    return judge_by(self.regimes.packs[n], screened, item, self.law.on(day), {})

                days = days_ahead(pack.program, screened, self.law.as_of)
                return first_day(days, self.judged[line][n], judge_on, _goes)
        return None


def _goes(judgement: Judgement) -> bool:
    return RELEASE[outcome_of(judgement)] == "go"


def _with(item: Item, course: Course) -> Item:
    return replace(item, facts={**item.facts, **course.facts}) if course.facts else item


def _rescreened(screened: Screened, transaction: Transaction) -> Screened:
    return dataclasses.replace(screened, transaction=transaction)


def _states(course: Course) -> dict[str, Any]:
    """What the order would say on the course."""
    return {**({"proposal": course.proposal} if course.proposal else {}), **course.facts}


def _side(judgement: Judgement, course: Course) -> model.Side:
    outcome, pack = outcome_of(judgement), judgement.program.pack
    manifest, risks = pack.manifest, pack.vocabulary.risks
    return model.Side(
        regime=manifest.regime,
        outcome=outcome,
        release=RELEASE[outcome],
        review=reviewed(judgement) if course.applies_to == manifest.regime else None,
        ratings=tuple(rating for rating in ratings(judgement) if risks[rating.risk].ranks),
    )


def _offering(judgement: Judgement, course: str) -> tuple[str, ...]:
    """The rules that offer the course."""
    said = [r for r in judgement.rulings if r.truth == TRUE]
    return tuple(sorted({r.rule for r in said if isinstance(r.effect, Offer) and course in r.effect.courses}))


def _rank(course: model.Course, offered_by: Judgement) -> tuple[int, ...]:
    """How bad a course is by the risks that rank: each at its sure level, then at the highest possible; 0 is none."""
    pack = offered_by.program.pack
    sides = (side for side in course.sides if side.regime == pack.manifest.regime)
    rated = {rating.risk: rating for side in sides for rating in side.ratings}
    ranking = [(risk.levels, rated.get(risk.id)) for risk in pack.vocabulary.risks.values() if risk.ranks]
    sure = [levels.index(rating.level) if rating is not None else 0 for levels, rating in ranking]
    possible = [levels.index(rating.at_most) if rating is not None else 0 for levels, rating in ranking]
    return (*sure, *possible)
