"""Parts of orders: known again by their data, told apart by what is seen of them, bounded."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from licet.signature import parts
from licet.signature.parts import Parts


def without_name(data: dict[str, Any]) -> tuple[Any, str]:
    return {key: value for key, value in data.items() if key != "name"}, "more"


def test_parts_that_look_alike_are_one() -> None:
    made = Parts(without_name)
    one, two, three = (made.of({"name": name, "on": day}) for name, day in (("a", 1), ("b", 1), ("a", 2)))
    assert one is two
    assert one.number != three.number
    assert made.of({"name": "b", "on": 1}) is one
    assert one.more == "more"


def test_types_are_kept_apart() -> None:
    made = Parts(without_name)
    assert len({made.of({"on": value}).number for value in (1, True, 1.0, "1", b"1", None)}) == 6


def test_parts_of_different_kinds_have_different_numbers() -> None:
    assert Parts(without_name).of({"on": 1}).number != Parts(without_name).of({"on": 1}).number


def test_the_days_of_a_part_are_those_that_are_seen() -> None:
    part = Parts(without_name).of({"name": "2020-01-01", "on": "2019-05-16"})
    assert part.days == [date(2019, 5, 16), date(2019, 5, 17)]


def test_what_is_kept_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_KEPT", 10)
    made = Parts(without_name)
    numbers = {made.of({"on": n}).number for n in range(100)}
    assert len(numbers) == 100
    assert len(made._by_data) <= 10
    assert len(made._by_sight) <= 10


def test_what_is_very_long_is_not_kept() -> None:
    made = Parts(without_name)
    first, second = (made.of({"on": "x" * 30_000}) for _ in range(2))
    assert first.number != second.number
    assert first.seen == second.seen
    assert not made._by_data


@pytest.mark.parametrize(("data", "error"), [(object(), TypeError), (2**70, OverflowError), ("\ud800", ValueError)])
def test_what_is_no_plain_data_is_refused(data: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Parts(without_name).of({"on": data})


def test_a_text_is_not_known_by_a_decimal_that_says_the_same() -> None:
    made = Parts(lambda data: ({"is_number": type(data["on"]) is Decimal}, None))
    number, text = made.of({"on": Decimal(5)}), made.of({"on": "5"})
    assert number is not text
