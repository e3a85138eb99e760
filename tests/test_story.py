"""The Huawei story end to end: every order of the table, on its day, through every backend there is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from licet import Evaluator
from licet.infer.durable import available

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
REQUIREMENT, REVIEW = "part_744/744_11_a/requirement", "part_744/744_11_a/review"
C1_MAY, C1_AUGUST = "part_744/supp_7_huawei_tgl/c_1_2019_05", "part_744/supp_7_huawei_tgl/c_1_2019_08"

ROWS: list[tuple[str, str, str | None, str, dict[str, Any]]] = [
    ("01", "2019-05-15", None, "no_license_required", {}),
    ("01", "2019-05-17", None, "license_required", {"review": "presumption_of_denial", "not_in_force": {"TGL.c.1"}}),
    ("02", "2019-06-10", None, "authorized", {"used": {"TGL.c.1"}, "until": "2019-08-18"}),
    ("03", "2019-06-10", None, "hold", {"questions": ["certified_by_exporter"]}),
    ("02", "2019-08-19", None, "license_required", {"near": {"TGL.c.1": ["certified_by_party"]}}),
    ("02", "2019-09-10", None, "license_required", {"near": {"TGL.c.1": ["certified_by_party"]}}),
    ("04", "2019-08-18", None, "authorized", {"used": {"TGL.c.4"}}),
    ("04", "2019-08-19", None, "license_required", {"near": {"TGL.c.4": ["in_force"]}}),
    ("05", "2019-11-04", None, "authorized", {"used": {"TGL.c.1"}, "until": "2019-11-18"}),
    (
        "06",
        "2019-11-04",
        None,
        "license_required",
        {"review": "presumption_of_denial", "near": {"TGL.c.1": ["network_status"]}},
    ),
    ("07", "2019-11-04", None, "license_required", {"used": {"TGL.c.1"}, "stands": {"NS2"}}),
    ("08", "2019-11-04", None, "license_required", {"review": "case_by_case"}),
    ("09", "2019-11-04", None, "license_required", {"review": "presumption_of_denial"}),
    ("10", "2019-11-04", None, "no_license_required", {"questions": []}),
    ("05", "2020-08-14", None, "license_required", {"near": {"TGL.c.1": ["in_force"]}}),
    ("05", "2020-03-11", "2020-03-11", "authorized", {"used": {"TGL.c.1"}, "until": "2020-04-01"}),
    ("05", "2020-03-11", "2020-03-12", "authorized", {"used": {"TGL.c.1"}, "until": "2020-05-15"}),
]


@pytest.fixture(scope="module", params=["reference", "durable"])
def evaluator(request: pytest.FixtureRequest) -> Evaluator:
    if request.param == "durable" and not available():
        pytest.skip("durable-rules cannot be imported by this Python")
    return Evaluator.load([ROOT / "policies" / "us_ear"], backend=request.param)


@pytest.mark.parametrize(("number", "as_of", "known_on", "outcome", "more"), ROWS)
def test_the_table(
    evaluator: Evaluator, number: str, as_of: str, known_on: str | None, outcome: str, more: dict[str, Any]
) -> None:
    order = next(EXAMPLES.glob(f"{number}_*.json")).read_bytes()
    decision = evaluator.evaluate(order, as_of=as_of, known_on=known_on)
    (line,) = decision.lines
    in_state = {s: {a.id for a in line.authorizations if a.state == s} for s in ("used", "not_in_force")}
    found: dict[str, Any] = {
        "review": line.review,
        "used": in_state["used"],
        "near": {a.id: [r.fact for r in a.failed] for a in line.authorizations if a.state == "failed"},
        "stands": {r.reason for r in line.requirements if r.state == "stands"},
        "questions": [q.fact for q in line.questions],
        "until": decision.valid_until.isoformat() if decision.valid_until else None,
    }
    assert decision.outcome == outcome
    assert more.pop("not_in_force", set()) <= in_state["not_in_force"]
    assert {name: found[name] for name in more} == more


def test_the_determining_rules_are_those_and_no_more(evaluator: Evaluator) -> None:
    def rules(number: str, as_of: str) -> set[str]:
        order = next(EXAMPLES.glob(f"{number}_*.json")).read_bytes()
        return set(evaluator.evaluate(order, as_of=as_of, shelf_life=False).lines[0].determined_by)

    assert rules("01", "2019-05-17") == {REQUIREMENT, REVIEW}
    assert rules("02", "2019-06-10") == {REQUIREMENT, C1_MAY}
    assert rules("05", "2019-11-04") == {REQUIREMENT, C1_AUGUST}
    assert rules("07", "2019-11-04") == {"part_738/chart", "part_742/ns_china"}


def test_the_patch_day_by_day(evaluator: Evaluator) -> None:
    """The order went under the license while it was in force, and on no other day since the listing."""
    read = evaluator.read((EXAMPLES / "05_patch_for_existing_network.json").read_bytes())
    turns: list[tuple[str, str]] = []
    for ordinal in range(date(2019, 5, 1).toordinal(), date(2020, 9, 30).toordinal() + 1):
        day = date.fromordinal(ordinal)
        outcome = evaluator.outcome(read, day)
        if not turns or turns[-1][1] != outcome:
            turns.append((day.isoformat(), outcome))
    assert turns == [
        ("2019-05-01", "no_license_required"),
        ("2019-05-16", "license_required"),
        ("2019-05-20", "authorized"),
        ("2020-08-14", "license_required"),
    ]
