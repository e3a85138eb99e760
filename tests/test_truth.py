"""The truth of one test on one value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from licet.truth import OPERATORS, paragraphs, truth
from licet.values import FALSE, TRUE, UNKNOWN, Interval, MaybeSet, Unknown, Value

D = Decimal


@pytest.mark.parametrize(
    ("op", "operand", "value", "expected"),
    [
        ("is", "a", "a", TRUE),
        ("is", "a", "b", FALSE),
        ("is", None, None, TRUE),
        ("is", "a", None, FALSE),
        ("is", None, "a", FALSE),
        ("in", ("a", "b"), "b", TRUE),
        ("in", frozenset({"a"}), "b", FALSE),
        ("at_least", D(5), D(5), TRUE),
        ("at_least", D(5), D("4.99"), FALSE),
        ("more_than", D(5), D(5), FALSE),
        ("at_most", D(5), D(5), TRUE),
        ("less_than", D(5), D(5), FALSE),
        ("on_or_after", date(2019, 5, 16), date(2019, 5, 16), TRUE),
        ("on_or_after", date(2019, 5, 16), date(2019, 5, 15), FALSE),
        ("on_or_before", date(2019, 5, 16), date(2019, 5, 16), TRUE),
        ("on_or_before", date(2019, 5, 16), date(2019, 5, 17), FALSE),
        ("contains", "a", frozenset({"a", "b"}), TRUE),
        ("contains", "c", frozenset({"a", "b"}), FALSE),
        ("any_in", ("c", "b"), frozenset({"a", "b"}), TRUE),
        ("any_in", ("c",), frozenset(), FALSE),
        ("contains", "a", MaybeSet(frozenset({"b"}), frozenset({"a"})), UNKNOWN),
        ("contains", "b", MaybeSet(frozenset({"b"}), frozenset({"a"})), TRUE),
        ("contains", "z", MaybeSet(frozenset({"b"}), frozenset({"a"})), FALSE),
        ("at_least", D(50), Interval(D(50), D(60)), TRUE),
        ("at_least", D(50), Interval(D(40), D(60)), UNKNOWN),
        ("at_least", D(50), Interval(D(40), D(49)), FALSE),
        ("at_least", D(50), Interval(D(40), None), UNKNOWN),
        ("less_than", D(50), Interval(None, D(49)), TRUE),
        ("less_than", D(50), Interval(None, D(50)), UNKNOWN),
        ("is", D(50), Interval(D(40), D(60)), UNKNOWN),
        ("is", D(70), Interval(D(40), D(60)), FALSE),
        ("at_least", D(50), None, FALSE),
    ],
)
def test_a_test_on_a_value(op: str, operand: Value, value: Value, expected: int) -> None:
    assert truth(op, operand, value) == expected


@pytest.mark.parametrize(
    ("op", "operand", "given", "expected"),
    [
        ("within", "3A001.b", "3A001.b.2", TRUE),
        ("within", "3A001.b", "3A001.b", TRUE),
        ("within", "3A001.b", "3A001", UNKNOWN),
        ("within", "3A001.b", "3A001.c", FALSE),
        ("within", "3A001.b", "3A001.bb", FALSE),
        ("within", ("1A004.c", "1A995"), "1A004", UNKNOWN),
        ("is", "3A001.b", "3A001.b.2", FALSE),
        ("is", "3A001.b.2", "3A001", UNKNOWN),
        ("in", ("3A001.b.2", "1A995"), "1A995", TRUE),
    ],
)
def test_a_parent_classification_leaves_its_paragraphs_open(op: str, operand: Value, given: str, expected: int) -> None:
    assert truth(op, operand, given, eccn=True) == expected


@pytest.mark.parametrize("op", sorted(set(OPERATORS) - {"known"}))
def test_an_unknown_value_makes_every_test_unknown(op: str) -> None:
    assert truth(op, "a", Unknown("not stated")) == UNKNOWN


@pytest.mark.parametrize("op", sorted(set(OPERATORS) - {"known"}))
def test_a_value_known_to_be_none_fails_every_test(op: str) -> None:
    assert truth(op, "a", None) == FALSE


def test_known_asks_only_whether_the_fact_is_stated() -> None:
    assert truth("known", operand=True, value="a") == TRUE
    assert truth("known", operand=True, value=None) == TRUE
    assert truth("known", operand=True, value=Unknown("x")) == FALSE
    assert truth("known", operand=False, value=Unknown("x")) == TRUE


def test_a_paragraph_is_its_own_and_below() -> None:
    assert list(paragraphs("5A001.b.2")) == ["5A001.b.2", "5A001.b", "5A001"]
