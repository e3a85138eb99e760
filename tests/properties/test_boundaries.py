"""The pack's own boundaries, taken from its files: around every date and threshold each rule turns as it should.

What is in force on a day is worked out here from the files' plain data, apart from the engine's own algebra.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

import pytest

from licet.authoring.cases import LawCase
from licet.authoring.run import read_cases
from licet.decision.line import Judgement
from licet.evaluator import Evaluator, PackEvaluator
from licet.policy import conditions
from licet.policy.load import PolicyFile, pack_files
from licet.policy.model import Fact, Rule
from licet.policy.source import load_document
from licet.policy.terms import Test
from licet.resources import policies_dir
from licet.values import FALSE, TRUE, UNKNOWN, Truth
from tests.generate import Data

DAY = timedelta(days=1)
FOLDER = policies_dir() / "us_ear"
EXAMPLES = policies_dir().parent / "examples"
#: Firing cases tried for each rule: the rest differ in what a boundary does not ask.
CASES = 3
THRESHOLDS = ("at_least", "at_most", "more_than", "less_than", "on_or_after", "on_or_before")


@cache
def evaluator() -> Evaluator:
    return Evaluator.load([FOLDER], backend="reference")


def the_pack() -> PackEvaluator:
    return evaluator().packs[0]


@cache
def files() -> dict[tuple[str, str], Data]:
    """The plain data of rules and general licenses."""

    def data(file: PolicyFile) -> Data:
        document, _ = load_document(file.raw, file.shown)
        assert document is not None
        found: Data = document.data
        return found

    return {(f.kind, f.id): data(f) for f in pack_files(FOLDER) if f.kind in {"rule", "general_license"}}


@cache
def cases() -> dict[str, list[LawCase]]:
    found: dict[str, list[LawCase]] = {}
    for case in read_cases(FOLDER, EXAMPLES):
        found.setdefault(case.home, []).append(case)
    return found


@cache
def firing(name: str) -> tuple[LawCase, ...]:
    """The first cases of a rule's own that make it fire."""
    return tuple(islice((case for case in cases().get(name, ()) if fires(name, case)), CASES))


def fires(name: str, case: LawCase) -> bool:
    found = judgements(case, case.order, day_of(case, case.order))
    return any(j.rule.id == name and j.truth == TRUE for x in found for j in x.found.judged)


def rules() -> list[str]:
    return sorted(f.id for f in pack_files(FOLDER) if f.kind == "rule")


def judgements(case: LawCase, order: Any, day: date) -> Iterator[Judgement]:
    """Every line of the order judged on the day."""
    read = evaluator().read(order)
    screened = the_pack().screen(read.transaction)
    for item in read.transaction.items:
        yield the_pack().judge(screened, item, day, case.known_on, assumptions=case.assumptions)


def day_of(case: LawCase, order: Any) -> date:
    given = case.as_of or order["date"]
    return given if isinstance(given, date) else date.fromisoformat(given)


# --- being in force, from plain data ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plain:
    """First day, first day without, when known, stays as such pairs, and the day from which it is unresolved."""

    first: date
    without: date
    known: date
    stays: tuple[tuple[date, date, date], ...]
    unresolved: date


def known(data: Data) -> date:
    return min([data[k] for k in ("filed", "published") if k in data], default=date.min)


def after(through: date | None) -> date:
    return through + DAY if through is not None else date.max


def plain(data: Data) -> Plain:
    ended = data.get("ended", {}).get("from", date.max)
    stays = tuple((s["from"], after(s.get("through")), known(s)) for s in data.get("stayed", ()))
    unresolved = data.get("unresolved", {}).get("from", date.max)
    return Plain(data.get("from", date.min), min(after(data.get("through")), ended), known(data), stays, unresolved)


def periods(rule: Data) -> list[Plain]:
    """The periods of a rule; a wording of a general license lives through the license's, from its own first day."""
    if isinstance(rule["in_force"], list):
        return [plain(p) for p in rule["in_force"]]
    own = rule["in_force"]
    whole = files()["general_license", own["general_license"]]
    last = min(own.get("ended", {}).get("from", date.max), whole.get("ended", {}).get("from", date.max))
    found = [plain(p) for p in whole["periods"]]
    return [
        Plain(max(p.first, own["from"]), min(p.without, last), max(p.known, known(own)), p.stays, p.unresolved)
        for p in found
        if p.without > own["from"]
    ]


def superseded(name: str) -> list[tuple[date, date]]:
    """The first days of later versions of the rule's text, and when they could be known."""
    rule = files()["rule", name]
    others = [
        d for (k, n), d in files().items() if k == "rule" and n != name and d.get("text") == rule.get("text", name)
    ]
    starts = [min(periods(d), key=lambda p: p.first) for d in others]
    own = min(p.first for p in periods(rule))
    return [(p.first, p.known) for p in starts if p.first > own]


def in_force_on(name: str, day: date, known_on: date | None) -> Truth:
    """Whether a rule is in force, by comparing days."""
    knowing = known_on or date.max
    if any(first <= day and heard <= knowing for first, heard in superseded(name)):
        return FALSE
    covering = [
        p
        for p in periods(files()["rule", name])
        if p.first <= day < p.without
        and p.known <= knowing
        and not any(first <= day < without and heard <= knowing for first, without, heard in p.stays)
    ]
    if not covering:
        return FALSE
    return UNKNOWN if day >= max(covering, key=lambda p: (p.first, p.without)).unresolved else TRUE


def edges(name: str) -> list[date]:
    """Every day on which the rule's being in force may turn."""
    found = {first for first, _ in superseded(name)}
    for p in periods(files()["rule", name]):
        found |= {p.first, p.without, p.unresolved}
        found |= {day for first, without, _ in p.stays for day in (first, without)}
    return sorted(found - {date.min, date.max})


# --- the tests -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", rules())
def test_a_rule_turns_on_its_days(name: str) -> None:
    """Before, on and after each boundary, the rule speaks exactly where it is in force and its condition holds."""
    for case in firing(name):
        for edge in edges(name):
            for day in (edge - DAY, edge, edge + DAY):
                for judgement in judgements(case, case.order, day):
                    _speaks(name, judgement, in_force_on(name, day, case.known_on), f"{case.id}, {day}")


def _speaks(name: str, judgement: Judgement, in_force: Truth, where: str) -> None:
    said = {(j.rule.index, j.case): j.truth for j in (*judgement.found.judged, *judgement.found.unclaimed())}
    for rule in the_pack().program.rules:
        for number, narrow in enumerate(judgement.found.cases):
            if rule.id == name and rule.scope == narrow.scope:
                wanted = min(in_force, narrow.judge(rule.tree))
                assert said.get((rule.index, number), FALSE) == wanted, f"{where}, {narrow.subject}"


def test_the_boundaries_are_met() -> None:
    """The rules do speak near their boundaries, so that the test above sees something."""
    silent = [name for name in rules() if edges(name) and not firing(name)]
    assert not silent, f"no case of their own makes these fire: {silent}"
    spoke = 0
    for name in rules():
        for case in firing(name)[:1]:
            for edge in edges(name):
                spoke += any(j.rule.id == name for x in judgements(case, case.order, edge) for j in x.found.judged)
    assert spoke >= len(rules()) // 3


def thresholds() -> list[tuple[str, Test]]:
    return [(r.id, t) for r in the_pack().program.pack.rules for t in conditions.tests_in(r.when) if t.op in THRESHOLDS]


@pytest.mark.parametrize("name", rules())
def test_a_threshold_turns_on_its_value(name: str) -> None:
    """With the stated value just below, at and just above, each threshold is passed as its operator says."""
    rule = the_pack().program.by_id(name)
    assert rule is not None
    for test in conditions.tests_in(rule.when):
        for case in firing(name) if test.op in THRESHOLDS else ():
            _turns(rule, test, case)


def _turns(rule: Rule, test: Test, case: LawCase) -> None:
    fact = the_pack().program.pack.vocabulary.facts[test.fact]
    number = the_pack().program.tests.index(test)
    for step in (-1, 0, 1):
        value = beside(test.operand, step)
        order = copy.deepcopy(case.order)
        day = value if test.fact == "as_of" and isinstance(value, date) else day_of(case, order)
        if test.fact != "as_of" and not restated(order, fact, value):
            return
        for judgement in judgements(case, order, day):
            found = {c.test(number) for c in judgement.found.cases if c.at(fact.scope).scope == fact.scope}
            wanted = TRUE if passes(test.op, step) else FALSE
            told = {wanted} & found if fact.scope == "party" else found  # another party may say something else
            assert told == {wanted}, (rule.id, case.id, test, value)


def beside(operand: object, step: int) -> date | Decimal:
    """The operand, a day or a cent off."""
    if isinstance(operand, date):
        return operand + DAY * step
    assert isinstance(operand, Decimal)
    return operand + Decimal("0.01") * step


def passes(operator: str, step: int) -> bool:
    return {
        "at_least": step >= 0,
        "on_or_after": step >= 0,
        "at_most": step <= 0,
        "on_or_before": step <= 0,
        "more_than": step > 0,
        "less_than": step < 0,
    }[operator]


def restated(order: Data, fact: Fact, value: date | Decimal) -> bool:
    """State another value wherever the order states the fact; whether it does."""
    things = {"transaction": [order], "item": [*order["items"], order], "party": order["parties"]}[fact.scope]
    found = False
    for thing in things:
        home, name = thing.get("facts", {}), fact.name
        if fact.read is not None:
            *way, name = fact.read.split(".")
            home = thing
            for step in way:
                home = home.get(step) or {}
        if home.get(name) is not None:
            home[name] = {"amount": value, "currency": "USD"} if fact.type == "money" else value
            found = True
    return found


def test_some_thresholds_are_tried() -> None:
    assert {t.fact for _, t in thresholds()} >= {"as_of", "contract_date", "device_public_on"}
