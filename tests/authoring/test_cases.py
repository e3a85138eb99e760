"""Cases that stand for several: what `each` makes of one entry."""

from datetime import date
from typing import Any

import pytest

from licet.authoring.cases import CaseError, LawCase, cases_in, run_case
from licet.authoring.expected import as_expected
from licet.evaluator import Evaluator

ORDER = {"destination": "CN", "items": [{"id": "1", "eccn": "EAR99"}]}


def cases(entry: dict[str, Any]) -> list[LawCase]:
    data = {"base": ORDER, "cases": [{"name": "shown", "expect": {"release": "go"}, **entry}]}
    return list(cases_in(data, "part_744/rule", "cases.yaml", None))


def test_a_case_for_each_value_and_its_name_says_which() -> None:
    found = cases({"with": {"destination": "DE"}, "each": {"items.0.eccn": ["0A501", "0A502"]}})
    assert [case.id for case in found] == ["part_744/rule: shown: 0A501", "part_744/rule: shown: 0A502"]
    assert [case.order["items"][0]["eccn"] for case in found] == ["0A501", "0A502"]
    assert {case.order["destination"] for case in found} == {"DE"}


def test_several_lists_go_side_by_side() -> None:
    found = cases({"each": {"items.0.eccn": ["0A501", "0A502"], "destination": ["FR", "JP"]}})
    assert [case.name for case in found] == ["shown: 0A501, FR", "shown: 0A502, JP"]
    assert [case.order["destination"] for case in found] == ["FR", "JP"]


def test_a_value_of_one_case_is_not_that_of_another() -> None:
    first, second = cases({"each": {"items.0.facts": [{"tags": ["a"]}, {"tags": ["b"]}]}})
    first.order["items"][0]["facts"]["tags"].append("c")
    assert second.order["items"][0]["facts"] == {"tags": ["b"]}
    assert "facts" not in ORDER["items"][0]


def test_lists_that_are_not_equally_long_are_refused() -> None:
    with pytest.raises(CaseError, match="case `shown`: the lists of `each` go side by side, and are not equally long"):
        cases({"each": {"items.0.eccn": ["0A501", "0A502"], "destination": ["FR"]}})


def test_a_path_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(CaseError, match=r"`items\.two\.eccn` leads nowhere"):
        cases({"each": {"items.two.eccn": ["0A501"]}})


ADVISES = {
    "pack.yaml": """
{title: advises, regime: test, binds: false, jurisdiction: {fact: reach, subject: subject}, current_through: 2026-01-01,
 holds_after: 2026-12-31}
""",
    "vocabulary.yaml": """
facts:
  reach: {scope: item, type: enum, values: [subject], set: {}, meaning: reach, cite: test}
  origin: {scope: transaction, type: country, read: origin, meaning: from, cite: test}
reasons: {bad: {title: bad, cite: test}}
risks: {harm: {levels: [low, high], title: harm, cite: test}}
""",
    "reach/rule.yaml": """
{title: reach, because: [{cite: test}], in_force: [{from: 2020-01-01, cite: test}],
 reviewed: {on: 2020-01-01, by: nobody},
 when: {not: {origin: DE}}, then: {set: {reach: subject}}}
""",
    "bad/rule.yaml": """
{title: bad, because: [{cite: test}], in_force: [{from: 2020-01-01, cite: test}],
 reviewed: {on: 2020-01-01, by: nobody},
 when: {origin: CN}, then: {require: {reason: bad}, rate: {risk: harm, level: high}}}
""",
}


@pytest.fixture(scope="module")
def advising(tmp_path_factory: pytest.TempPathFactory) -> Evaluator:
    """A pack that only advises."""
    home = tmp_path_factory.mktemp("packs") / "advises"
    for name, text in ADVISES.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Evaluator.load(home, backend="reference")


@pytest.mark.parametrize(
    ("expect", "failures"),
    [
        ({"outcome": "license_required", "determined_by": ["bad"], "ratings": {"harm": "high"}}, ()),
        ({"release": "hold"}, ()),
        ({"outcome": "hold"}, ("outcome: expected hold, got license_required",)),
        ({"determined_by": []}, ("determined_by: expected {}, got {bad}",)),
        ({"ratings": {"harm": "low"}}, ("ratings: expected harm low, got {high}",)),
        ({"ratings": {"other": "low"}}, ("ratings: expected other low, got none",)),
    ],
)
def test_cases_of_a_pack_that_advises_say_what_the_pack_says(
    advising: Evaluator, expect: dict[str, Any], failures: tuple[str, ...]
) -> None:
    order = {
        "id": "t",
        "date": "2021-01-01",
        "origin": "CN",
        "destination": "DE",
        "parties": [],
        "items": [{"id": "1"}],
    }
    (case,) = cases_in({"cases": [{"name": "shown", "order": order, "expect": expect}]}, "bad", "cases.yaml", None)
    assert run_case(advising, case).failures == failures
    transaction, (pack,) = advising.read(order).transaction, advising._packs
    screened, day = pack.screen(transaction), date(2021, 1, 1)
    judgements = [pack.judge(screened, item, day, None, assumptions=True) for item in transaction.items]
    assert as_expected(judgements, expect) == (not failures)
