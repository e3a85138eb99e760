"""Tests in words: as they read after a fact's name, and after `wanted`."""

from __future__ import annotations

import pytest

from licet.decision.wording import predicate, wanted
from licet.policy.terms import TableColumn, Test

GROUPS = TableColumn(table="part_740/country_groups", column="country", where=(("group", "A:5"),))


@pytest.mark.parametrize(
    ("op", "operand", "plain", "negated"),
    [
        ("is", "CN", "is CN", "is not CN"),
        ("in", ("A", "B"), "is one of A, B", "is not one of A, B"),
        ("in", GROUPS, "is in Groups (group A:5)", "is not in Groups (group A:5)"),
        ("contains", "EI", "has EI", "does not have EI"),
        ("any_in", ("MT1", "EI"), "has one of MT1, EI", "has none of MT1, EI"),
        ("only_in", ("MT1",), "has only MT1", "does not have only MT1"),
        ("only_in", (), "is empty", "is not empty"),
        ("within", "5A002", "is 5A002 or a paragraph of it", "is not 5A002 or a paragraph of it"),
        ("within", ("1A1", "1A2"), "is 1A1, 1A2 or a paragraph of them", "is none of 1A1, 1A2 nor a paragraph of them"),
        ("known", True, "is stated", "is not stated"),
        ("known", False, "is not stated", "is stated"),
    ],
)
def test_a_test_reads_as_a_sentence(op: str, operand: object, plain: str, negated: str) -> None:
    test = Test(fact="x", op=op, operand=operand)  # type: ignore[arg-type]  # every kind of operand
    assert predicate(test, called=lambda _: "Groups") == plain
    assert predicate(test, negated=True, called=lambda _: "Groups") == negated


@pytest.mark.parametrize(
    ("op", "operand", "negated", "text"),
    [
        ("is", "CN", False, "CN"),
        ("is", "CN", True, "not CN"),
        ("contains", "EI", False, "to have EI"),
        ("contains", "EI", True, "not to have EI"),
        ("any_in", ("A", "B"), True, "to have none of A, B"),
        ("only_in", (), False, "empty"),
        ("in", GROUPS, False, "in table part_740/country_groups (group A:5)"),
    ],
)
def test_what_a_test_wanted(op: str, operand: object, negated: bool, text: str) -> None:
    test = Test(fact="x", op=op, operand=operand)  # type: ignore[arg-type]  # every kind of operand
    assert wanted(test, negated=negated) == text
