"""Rules by their guards: what a case does not reach cannot hold, and what it reaches does not grow with the pack."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from licet.compile.guards import Words
from licet.compile.program import CompiledRule, Tree
from licet.compile.row_days import RowDays
from licet.compile.turns import KeyedRow, Turn
from licet.decision.line import Judgement, outcome_of
from licet.decision.shelf_life import days_ahead, first_change
from licet.infer.reference import judge_each
from licet.policy.model import Fact
from licet.policy.terms import TableColumn, Test
from licet.truth import paragraphs
from licet.values import TRUE, Interval, MaybeSet, Truth, Unknown, Value
from tests import generate
from tests.generate import World, world
from tests.properties.test_laws import evaluate, failing

OPEN = Unknown("nobody says")


def fact(name: str, kind: str, **more: Any) -> Fact:
    return Fact(name=name, scope="item", type=kind, meaning=name, cite="made up", **more)


FACTS = {
    f.name: f
    for f in (
        fact("to", "country"),
        fact("entry", "eccn"),
        fact("roles", "set", of="enum", values=("buyer", "seller", "user", "maker", "other")),
        fact("known", "boolean", assume=False, assume_because="nothing is known"),
        fact("size", "number"),
        fact("claimed", "enum", values=("A", "B", "C"), claim=True),
    )
}


class Stated:
    """A case in which some facts are known."""

    def __init__(self, **values: Value) -> None:
        self.values = values
        self.judged: list[Tree] = []

    def value(self, name: str) -> Value:
        return self.values.get(name, OPEN)

    def judge(self, tree: Tree) -> Truth:
        self.judged.append(tree)
        return TRUE


def reached(tests: Sequence[Test], trees: Sequence[Tree], claims: Sequence[Tree], case: Stated) -> list[int]:
    """The numbers of the rules with these trees, all with the same claims, that the case reaches."""
    rules = [
        CompiledRule(
            index=index,
            id=f"rule_{index}",
            scope="item",
            stage=0,
            tree=tree,
            claims=tuple(claims),
            effects=(),
            timeline=None,  # type: ignore[arg-type]  # no guard hangs on time
            reads=(),
            source=None,  # type: ignore[arg-type]
        )
        for index, tree in enumerate(trees)
    ]
    return [rule.index for rule in Words(tests, FACTS).gate(rules, claims=True).reached(case)]


TESTS = (
    Test(fact="to", op="is", operand="XA"),
    Test(fact="to", op="in", operand=("XB", "XC")),
    Test(fact="entry", op="within", operand=("1A001", "2B002.b.1")),
    Test(fact="roles", op="any_in", operand=("buyer", "user")),
    Test(fact="known", op="is", operand=True),
    Test(fact="size", op="is", operand=Decimal(5)),
    Test(fact="claimed", op="is", operand="A"),
    Test(fact="to", op="is", operand=None),
)


@pytest.mark.parametrize(
    ("tree", "value", "expected"),
    [
        (1, {"to": "XA"}, True),
        (1, {"to": "XB"}, False),
        (1, {"to": None}, False),
        (1, {}, True),
        (("any", (1, 2)), {"to": "XC"}, True),
        (("any", (1, 2)), {"to": "XD"}, False),
        (("any", (1, 4)), {"to": "XD"}, True),
        (("all", (("any", (1, 2)), 6)), {"to": "XD", "size": Decimal(5)}, False),
        (("all", ()), {}, True),
        (("any", ()), {}, True),
        (3, {"entry": "1A001.c"}, True),
        (3, {"entry": "1A001"}, True),
        (3, {"entry": "2B002"}, True),
        (3, {"entry": "2B002.b"}, True),
        (3, {"entry": "2B002.b.2"}, False),
        (3, {"entry": "1A0011"}, False),
        (4, {"roles": frozenset({"seller", "user"})}, True),
        (4, {"roles": frozenset({"seller"})}, False),
        (4, {"roles": MaybeSet(frozenset({"seller"}), frozenset({"buyer"}))}, True),
        (4, {"roles": MaybeSet(frozenset({"seller"}), frozenset())}, False),
        (5, {"known": False}, False),
        (6, {"size": Interval(Decimal(1), Decimal(9))}, True),
        (6, {"size": Decimal("5.0")}, True),
        (6, {"size": Decimal(6)}, False),
        (-1, {"to": "XA"}, True),  # judged as a literal, which this case says is true
        (8, {"to": None}, True),
    ],
)
def test_a_rule_is_reached_unless_its_guard_is_false(tree: Tree, value: dict[str, Value], expected: bool) -> None:
    assert reached(TESTS, [tree], [], Stated(**value)) == ([0] if expected else [])


@pytest.mark.parametrize(("value", "expected"), [("A", [0]), ("B", []), (OPEN, []), (None, [])])
def test_a_claim_has_to_be_made(value: Value, expected: list[int]) -> None:
    assert reached(TESTS, [1], [7], Stated(to="XA", claimed=value)) == expected


def test_the_order_of_rules_stays() -> None:
    assert reached(TESTS, [6, 1, ("all", ()), 2], [], Stated(to="XA", size=Decimal(5))) == [0, 1, 2]


def test_a_literal_that_many_rules_share_is_judged_once() -> None:
    column = Test(fact="to", op="in", operand=TableColumn(table="groups", column="country"))
    case = Stated(to="XA")
    assert reached((column,), [1] * 50, [], case) == list(range(50))
    assert case.judged == [1]


@pytest.mark.parametrize("rules", [40, 400])
def test_what_is_reached_does_not_grow_with_the_rules(rules: int) -> None:
    tests = [Test(fact="to", op="is", operand="XA")]
    tests += [Test(fact="entry", op="within", operand=f"{n}A001") for n in range(rules)]
    trees: list[Tree] = [("all", (1, n + 2)) for n in range(rules)]
    assert reached(tests, trees, [], Stated(to="XA", entry="7A001.b")) == [7]


# --- against all rules -----------------------------------------------------------------------------------------------


def judgements(found: World) -> Iterator[Judgement]:
    evaluator = found.evaluator()
    pack = evaluator.packs[0]
    read = evaluator.read(found.order)
    for item in read.transaction.items:
        yield pack.judge(pack.screen(read.transaction), item, found.as_of, found.known_on, assumptions=True)


def asked(seeds: range) -> Iterator[World]:
    for seed in seeds:
        made = world(seed)
        yield from (generate.asking(made, number) for number in range(3))


def test_every_rule_that_holds_is_judged_or_unclaimed() -> None:
    """As if every rule were judged in every case: nothing more, nothing less, and in the same order."""
    unclaimed = 0
    for found in asked(range(120)):
        for judgement in judgements(found):
            inference, program = judgement.found, judgement.program
            full = [
                (rule, number, truth)
                for stage in program.stages
                for number, case in enumerate(inference.cases)
                for rule, truth in judge_each([rule for rule in stage if rule.scope == case.scope], case)[0]
            ]
            claimed = [all(inference.cases[n].judge(claim) == TRUE for claim in rule.claims) for rule, n, _ in full]
            assert [(j.rule, j.case, j.truth) for j in inference.judged] == [
                x for x, made in zip(full, claimed, strict=True) if made
            ], found.seed
            waiting = [x for x, made in zip(full, claimed, strict=True) if not made]
            assert [(j.rule, j.case, j.truth) for j in inference.unclaimed()] == waiting, found.seed
            unclaimed += len(waiting)
    assert unclaimed > 0


def test_a_claim_that_raises_ends_nothing() -> None:
    """Whether the rule is named or silent, a decision comes out."""
    for found in (world(seed) for seed in range(12)):
        with failing("claim"):
            assert evaluate(found).lines


def test_the_days_passed_over_change_nothing() -> None:
    """The first change is the same when every day on which anything at all turns is judged."""
    fewer = changed = 0
    for found in asked(range(40)):
        evaluator = found.evaluator()
        pack = evaluator.packs[0]
        screened = pack.screen(evaluator.read(found.order).transaction)
        for item in screened.transaction.items:
            judged: list[date] = []

            def judge_on(day: date, item: Any = item, judged: list[date] = judged) -> Judgement:
                judged.append(day)
                return pack.judge(screened, item, day, found.known_on, assumptions=True)  # noqa: B023  # used at once

            first = judge_on(found.as_of)
            days = list(days_ahead(pack.program, screened, found.as_of))
            change = first_change(days, first, judge_on)
            some = len(judged) - 1
            outcome = outcome_of(first)
            every = next((day for day, _ in days if outcome_of(judge_on(day)) != outcome), None)
            assert change == every, found.seed
            fewer += len(judged) - 1 - some > some
            changed += change is not None
    assert fewer > 0
    assert changed > 0


# --- rows ------------------------------------------------------------------------------------------------------------

DAY = date(2020, 1, 1)
WORDS = ["XA", "XB", "1A001", "1A001.b", "1A001.b.2", "2B002.a", "EAR", "a text. with dots. in it.", "1A001.b.2.c.d.e"]
ROWS = [
    KeyedRow("t", (), ()),
    KeyedRow("t", ("XA",), ()),
    KeyedRow("t", ("XB", "XA"), ()),
    KeyedRow("t", (), ("1A001.b",)),
    KeyedRow("t", (), ("1A001.b.2.c",)),
    KeyedRow("t", ("XA",), ("2B002",)),
    KeyedRow("t", (), ("2B002.a.1",)),
    KeyedRow("t", (), ("EAR",)),
]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_reached_by_its_words(row: KeyedRow) -> None:
    found = RowDays({DAY: Turn(rows=(row,))})
    for count in range(len(WORDS) + 1):
        for words in map(frozenset, itertools.combinations(WORDS, count)):
            expected = all(str(c) in words for c in row.countries) and all(
                any(word in paragraphs(str(c)) or str(c) in paragraphs(word) for word in words)
                for c in row.classifications
            )
            assert found.reaching(words, frozenset({"t"})) == ({DAY} if expected else set()), words
            assert found.reaching(words, frozenset({"another"})) == set()


def test_an_open_guard_is_no_guard() -> None:
    assert reached(TESTS, [1, 3, 4, 5, 6], [], Stated()) == [0, 1, 2, 3, 4]
