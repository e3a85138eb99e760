"""Timelines asked often: between two turning days the answer is the same, so that each answer is computed once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date

from licet.policy.in_force import InForce, in_force, knowing_days, turning_days
from licet.policy.terms import Timeline

#: Which stretch of time a day lies in, and which stretch of knowledge.
Epoch = tuple[int, int]


class Calendar:
    """The days on which something turns, and those on which something became known."""

    __slots__ = ("_knowing", "_turning")

    def __init__(self, timelines: Iterable[Timeline]) -> None:
        kept = list(timelines)
        self._turning: Sequence[date] = sorted({day for t in kept for day in turning_days(t)})
        self._knowing: Sequence[date] = sorted({day for t in kept for day in knowing_days(t)})

    def epoch(self, as_of: date, known_on: date | None) -> Epoch:
        """The stretch in which a day lies; nothing differs within one."""
        knowing = len(self._knowing) if known_on is None else bisect_right(self._knowing, known_on)
        return bisect_right(self._turning, as_of), knowing


class Clock:
    """One timeline, with the answers it has given."""

    __slots__ = ("_answers", "_calendar", "_timeline")

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._calendar = Calendar([timeline])
        self._answers: dict[Epoch, InForce] = {}

    def at(self, as_of: date, known_on: date | None) -> InForce:
        """Whether the timeline is in force; see `in_force`."""
        epoch = self._calendar.epoch(as_of, known_on)
        answer = self._answers.get(epoch)
        if answer is None:
            answer = self._answers[epoch] = in_force(self._timeline, as_of, known_on)
        return answer
