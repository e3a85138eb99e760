"""Stretches of time: a day lies in another one when the law turns, or a date that the order states comes to pass."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

from licet import Evaluator
from licet.compile.program import Program
from licet.signature.eras import Eras, days_in

ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)


@cache
def program() -> Program:
    return Evaluator.load(ROOT / "policies" / "us_ear", backend="reference").packs[0].program


def test_every_day_on_which_the_law_turns_begins_a_stretch() -> None:
    eras = Eras([program()])
    for day in program().turning_days:
        assert eras.of_law(day - DAY) != eras.of_law(day), day
    holds_after = program().pack.manifest.holds_after
    assert eras.of_law(holds_after) != eras.of_law(holds_after + DAY)


def test_between_them_nothing_does() -> None:
    eras = Eras([program()])
    days = [date(2026, 1, 1) + n * DAY for n in range(300)]
    assert len({eras.of_law(day) for day in days}) < 150


def test_a_date_turns_when_it_comes_and_the_day_after() -> None:
    assert days_in(b"from 2019-05-16 on, an order of 2019-13-45") == [date(2019, 5, 16), date(2019, 5, 17)]
    assert days_in(b"9999-12-31") == [date.max]
    assert days_in(b"no date") == []


def test_without_law_there_is_one_stretch() -> None:
    assert Eras([]).of_law(date(2019, 5, 16)) == 0
