"""Stretches of time: a day lies in another one when the law turns, or a date that the order states comes to pass."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from licet import Evaluator
from licet.compile.program import Program
from licet.signature.eras import Eras

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


@pytest.mark.parametrize("part", [0, 1])
def test_a_date_turns_when_it_comes_and_the_day_after(part: int) -> None:
    data = [b"a party", b"an order of 2019-13-45"]
    data[part] += b" from 2019-05-16"
    found = [Eras([]).of_order(tuple(data), date(2019, 5, day)) for day in (14, 15, 16, 17, 18)]
    assert found == [0, 0, 1, 2, 2]


def test_without_dates_there_is_one_stretch() -> None:
    eras = Eras([])
    assert {eras.of_order((b"no date",), date(2000 + n, 1, 1)) for n in range(50)} == {0}
    assert eras.of_law(date(2019, 5, 16)) == 0
    assert eras.of_order((b"9999-12-31",), date.max) == 1
