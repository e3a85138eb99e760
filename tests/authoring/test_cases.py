"""Cases that stand for several: what `each` makes of one entry."""

from typing import Any

import pytest

from licet.authoring.cases import CaseError, LawCase, cases_in

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
