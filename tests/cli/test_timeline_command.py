"""`licet timeline`: every turn on its day, and how it is drawn."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise

import pytest

from licet.cli.draw import _cells, _numbers
from licet.evaluator import Evaluator
from licet.timeline import Interval, timeline
from tests.cli.conftest import BAD, EXAMPLES, GO, Licet, example

PATCH = example("05")
SPAN = ("--from", "2019-05-01", "--to", "2020-09-30")
TURNS = {
    "2019-05-16": "84 FR 22961",
    "2019-05-20": "84 FR 23468",
    "2019-08-19": "84 FR 43487",
    "2019-11-18": "84 FR 64018",
    "2020-02-13": "85 FR 8722",
    "2020-03-10": "85 FR 14416",
    "2020-05-15": "85 FR 29610",
    "2020-08-14": "85 FR 29610",
}


def test_every_turn_of_the_general_license_is_on_its_day(licet: Licet) -> None:
    done = licet("timeline", PATCH, *SPAN, "--format", "json")
    assert done.code == GO
    found = json.loads(done.out)
    by_day = {i["start"]: i for i in found["intervals"]}
    for day, cite in TURNS.items():
        assert cite in {change["cite"] for change in by_day[day]["changed_by"]}, day
    assert by_day["2019-05-16"]["release"] == "stop"
    assert by_day["2019-11-18"]["release"] == "go"
    assert by_day["2020-08-14"]["near_misses"] == ["TGL.c.1: in_force"]
    assert (found["from"], found["to"]) == ("2019-05-01", "2020-09-30")


def test_intervals_have_no_gaps_and_agree_with_evaluation() -> None:
    evaluator = Evaluator.load(backend="reference")
    read = evaluator.read(PATCH.read_bytes())
    found = timeline(evaluator, read, date(2019, 5, 1), date(2020, 9, 30))
    for left, right in pairwise(found):
        assert (right.start - left.through).days == 1
        assert right.changed_by, right.start
    for interval in found:
        for day in (interval.start, interval.through):
            assert evaluator.evaluate(read, as_of=day, shelf_life=False).outcome == interval.outcome


def test_what_was_not_yet_known_is_no_turn() -> None:
    evaluator = Evaluator.load(backend="reference")
    read = evaluator.read(PATCH.read_bytes())
    found = timeline(evaluator, read, date(2019, 11, 1), date(2020, 9, 30), known_on=date(2019, 11, 1))
    assert [i.start for i in found if i.release == "go"] == [date(2019, 11, 1)]


def test_a_span_without_a_turn_is_one_interval(licet: Licet) -> None:
    done = licet("timeline", PATCH, "--from", "2019-11-04", "--to", "2019-11-04", "--format", "json")
    assert len(json.loads(done.out)["intervals"]) == 1


def test_the_end_of_the_kept_law_is_a_turn(licet: Licet) -> None:
    done = licet("timeline", example("10"), "--from", "2026-12-30", "--to", "2027-01-02")
    assert "hold" in done.out
    assert "the law in it: is not kept any longer [pack us_ear]" in done.out


def test_the_bar(licet: Licet, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = licet("timeline", PATCH, *SPAN).out
    assert "█ go   ▒ hold   ░ stop" in wide
    assert "\x1b" not in wide
    bar = wide.splitlines()[2]
    assert len(bar) == 100
    monkeypatch.setenv("COLUMNS", "50")
    assert len(_bar(licet("timeline", PATCH, *SPAN).out)) == 50
    monkeypatch.setattr("licet.cli.draw.blocks", lambda _: False)
    assert set(_bar(licet("timeline", PATCH, *SPAN).out)) <= {" ", "#", ".", "="}


def _bar(text: str) -> str:
    return text.splitlines()[2]


def _interval(start: date, through: date) -> Interval:
    return Interval(
        start=start,
        through=through,
        outcome="hold",
        release="hold",
        authorizations=(),
        reasons=(),
        review=None,
        determined_by=(),
        relied_on=(),
        tried=(),
        near_misses=(),
    )


@pytest.mark.parametrize("width", [3, 4, 40, 98])
def test_every_interval_has_a_cell(width: int) -> None:
    long, short = _interval(date(2000, 1, 1), date(2020, 1, 1)), _interval(date(2020, 1, 2), date(2020, 1, 2))
    cells = _cells([long, short, short], width)
    assert sum(cells) == max(width, 3)
    assert min(cells) >= 1
    assert cells[0] == max(cells)


def test_numbers_stand_below_their_intervals() -> None:
    assert _numbers([3, 1, 1, 4]) == "1  234"
    assert _numbers([2] * 9 + [1, 1, 3]).endswith("9 12") is False


def test_bad_input(licet: Licet, tmp_path: object) -> None:
    assert licet("timeline", EXAMPLES, *SPAN).code == BAD
    bad = licet("timeline", "-", *SPAN, "--format", "json", stdin=b"{}")
    assert (bad.code, json.loads(bad.out)["format"]) == (BAD, "licet-findings-1")
    assert licet("timeline", PATCH, *SPAN, "--policies", EXAMPLES).code == BAD
