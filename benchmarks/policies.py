"""Policies and cases that belong to no engine: what every engine is given, and the answers it must give.

`policy(rules)` draws a policy from a seed: every rule a conjunction of two to four tests on different facts, chosen so
that about three rules fire for a case whatever the number of rules. Facts are short texts, booleans, whole numbers and
days (written as whole numbers, 20190516, so that every engine can order them); all values are equally likely.

`repeating` is a stream like an order book's: of its cases one in a hundred is distinct. The distinct ones come once
each, then others among them at random. `fresh` is a stream in which no two cases are alike.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

Scalar: TypeAlias = str | int | bool
Case: TypeAlias = dict[str, Scalar]

FIRING = 3
DISTINCT = 100
MOST_VALUES = 12
FIRST_DAY = date(2016, 1, 1)
DAYS = 3650
NUMBERS = 1000
SIZES = {"class": 200, "country": 100, "customer": 60, "use": 40, "plant": 20, "unit": 12, "route": 10, "kind": 8}
SMALL = {"term": 6, "mode": 5, "grade": 4}
BOOLEANS = ("military", "civil", "resale", "repair", "listed")
AMOUNTS = ("value", "quantity", "weight", "speed", "range")
DATES = ("ordered", "signed", "built", "shipped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact, and the values that it takes, in order."""

    name: str
    type: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test of one fact: `in` (one of the values), `at_least` or `at_most` (the one value)."""

    fact: str
    type: str
    operator: str
    values: tuple[Scalar, ...]
    share: float

    def holds(self, value: Scalar) -> bool:
        """Whether it is true of the value."""
        if self.operator == "in":
            return value in self.values
        return value >= self.values[0] if self.operator == "at_least" else value <= self.values[0]  # type: ignore[operator]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule, which fires when all its tests hold; the test that fewest cases pass comes first."""

    number: int
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Facts, and the rules on them."""

    facts: tuple[Fact, ...]
    rules: tuple[Rule, ...]

    def fired(self, case: Case) -> frozenset[int]:
        """The rules that fire: the truth that every engine is held to."""
        return frozenset(rule.number for rule in self.rules if all(t.holds(case[t.fact]) for t in rule.tests))


def policy(rules: int, seed: int = 1) -> Policy:
    """The policy with so many rules, the same on every machine."""
    rng = random.Random(f"policy {seed} {rules}")
    made = facts()
    share = min(FIRING / rules, 0.9)
    return Policy(facts=made, rules=tuple(_rule(number, made, share, rng) for number in range(rules)))


def facts() -> tuple[Fact, ...]:
    """The 25 facts."""
    words = [
        Fact(name=name, type="enum", values=tuple(f"{name[:2]}{n}" for n in range(size)))
        for name, size in (SIZES | SMALL).items()
    ]
    truths = [Fact(name=name, type="boolean", values=(False, True)) for name in BOOLEANS]
    numbers = [Fact(name=name, type="number", values=tuple(range(NUMBERS))) for name in AMOUNTS]
    calendar = tuple(_written(FIRST_DAY + timedelta(days=n)) for n in range(DAYS))
    return (*words, *truths, *numbers, *(Fact(name=name, type="date", values=calendar) for name in DATES))


def repeating(policy: Policy, count: int, seed: int = 1) -> list[Case]:
    """A stream of cases of which one in a hundred is distinct."""
    rng = random.Random(f"repeating {seed}")
    pool = [_case(policy, rng) for _ in range(max(count // DISTINCT, 1))]
    return [*pool, *rng.choices(pool, k=count - len(pool))]


def fresh(policy: Policy, count: int, seed: int = 1) -> list[Case]:
    """A stream in which every case is new."""
    rng = random.Random(f"fresh {seed}")
    return [_case(policy, rng) for _ in range(count)]


def _case(policy: Policy, rng: random.Random) -> Case:
    return {fact.name: rng.choice(fact.values) for fact in policy.facts}


def _rule(number: int, facts: tuple[Fact, ...], share: float, rng: random.Random) -> Rule:
    """A rule that fires for about the share of cases; its last test makes up for what the others miss."""
    tests = [_test(fact, wanted, rng) for fact, wanted in _split(facts, share, rng)]
    reached = 1.0
    for test in tests:
        reached *= test.share
    tests.append(_threshold(_of(facts, ("number", "date"), tests, rng), share / reached, rng))
    return Rule(number=number, tests=tuple(sorted(tests, key=lambda test: test.share)))


def _split(facts: tuple[Fact, ...], share: float, rng: random.Random) -> Iterator[tuple[Fact, float]]:
    """The facts of all tests but the last, and the share of cases that each test should pass.

    The first is a text and takes half of the work, as a classification or a country does in law.
    """
    others = rng.sample([f for f in facts if f.name not in SIZES], rng.randint(0, 2))
    opening = share**0.5
    yield rng.choice([f for f in facts if f.name in SIZES and len(f.values) * opening <= MOST_VALUES]), opening
    for fact in others:
        yield fact, share ** (0.5 / (len(others) + 1))


def _of(facts: tuple[Fact, ...], types: tuple[str, ...], taken: list[Test], rng: random.Random) -> Fact:
    used = {test.fact for test in taken}
    return rng.choice([f for f in facts if f.type in types and f.name not in used])


def _test(fact: Fact, share: float, rng: random.Random) -> Test:
    """A test of the fact that about the share of cases pass."""
    if fact.type in {"number", "date"}:
        return _threshold(fact, share, rng)
    size = len(fact.values)
    count = min(max(round(share * size), 1), size - 1)
    values = tuple(rng.sample(fact.values, count))
    return Test(fact=fact.name, type=fact.type, operator="in", values=values, share=count / size)


def _threshold(fact: Fact, share: float, rng: random.Random) -> Test:
    """A threshold that about the share of cases pass, on a grid of 50: thresholds in law are round, and repeat."""
    size = len(fact.values)
    steps = min(max(round(share * 50), 1), 49)
    at = size * steps // 50
    operator, value = rng.choice((("at_most", fact.values[at - 1]), ("at_least", fact.values[size - at])))
    return Test(fact=fact.name, type=fact.type, operator=operator, values=(value,), share=at / size)


def _written(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day
