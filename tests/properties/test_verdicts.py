"""What is remembered is what would be judged: `judge` against `evaluate`, on random packs and on the pack's own cases.

Orders are asked for more than once and with other measures, names and ids, so that what one order left behind answers
another: if a signature left out something that the law sees, an answer here would be another's.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from licet import Evaluator, InputError
from licet.authoring.run import read_cases
from licet.decision.model import LineDecision, RegimeDecision
from tests import generate
from tests.generate import world

ROOT = Path(__file__).parents[2]
PACK = ROOT / "policies" / "us_ear"
AMOUNTS = (0, 0.1, 1, 100, 2499.99, 2500, 2500.01, 3000, 4999.99, 5000, 5000.01, 60_000)
QUANTITIES = (1, 5, 10, 100, 101, 100_000)


def told(regime: RegimeDecision) -> RegimeDecision:
    """What a verdict tells of a regime: not what was read, which courses there are, nor how long it holds."""
    lines = tuple(
        msgspec.structs.replace(
            line,
            readings=(),
            cases=(),
            courses=(),
            valid_until=None,
            ratings=tuple(msgspec.structs.replace(rating, readings=()) for rating in line.ratings),
        )
        for line in regime.lines
    )
    return msgspec.structs.replace(regime, lines=lines, valid_until=None, binding_until=None)


def differs(evaluator: Evaluator, order: Any, **law: Any) -> str | None:
    """How the verdict on an order is not the decision, if it is not."""
    try:
        decision = evaluator.evaluate(copy.deepcopy(order), shelf_life=False, courses=False, **law)
    except InputError as refused:
        with pytest.raises(InputError) as error:
            evaluator.judge(order, **law)
        return None if error.value.findings == refused.findings else f"refused otherwise: {error.value}"
    verdict = evaluator.judge(order, **law)
    if (verdict.release, verdict.outcome) != (decision.release, decision.outcome):
        return f"{verdict} instead of {decision.release} ({decision.outcome})"
    for one, other in zip(verdict.regimes, map(told, decision.regimes), strict=True):
        if one != other:
            return f"{one}\ninstead of\n{other}"
    return None


def otherwise(rng: random.Random, order: Any) -> Any:
    """The order with other measures, names, an id of its own, or a second line."""
    made = copy.deepcopy(order)
    made["id"] = rng.choice(("o1", "o2"))
    for item in made["items"]:
        if isinstance(item.get("value"), dict) or rng.random() < 0.1:
            currency = {"currency": rng.choice(("USD", "USD", "EUR"))} if rng.random() < 0.2 else {}
            item["value"] = {"amount": rng.choice(AMOUNTS), **currency}
        if "quantity" in item or rng.random() < 0.1:
            item["quantity"] = rng.choice(QUANTITIES)
        if rng.random() < 0.1:
            item["description"] = "as ordered"
    for party in made["parties"]:
        if rng.random() < 0.2:
            party["name"] = rng.choice(("Gamma Ltd", "Delta Oy", "Huawei Technologies Co., Ltd.", "--"))
    if rng.random() < 0.1:
        second = copy.deepcopy(made["items"][0])
        second["id"] = rng.choice(("second", second["id"]))
        made["items"].append(second)
    return made


def others(seed: int, order: Any, number: int) -> Iterator[Any]:
    """The order as it is, changed in several ways, and as it is once more."""
    rng = random.Random(seed)
    yield order
    for _ in range(number):
        yield otherwise(rng, order)
    yield order


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_verdicts_are_decisions_on_random_packs(first: int) -> None:
    for seed in range(first, first + 10):
        found = world(seed)
        evaluator = found.evaluator()
        for number in range(6):
            asked = generate.asking(found, number)
            rng = random.Random(number)
            for order in others(number, json.loads(json.dumps(asked.order)), 3):
                for days in (0, rng.choice((-1, 1)), rng.randint(-40, 40)):
                    day = asked.as_of + timedelta(days=days)
                    wrong = differs(evaluator, order, as_of=day, known_on=asked.known_on)
                    assert wrong is None, f"seed {seed}, order {number}, {day}: {wrong}\n{order}"
        assert evaluator.remembered.known > 0


def test_verdicts_are_decisions_on_cases_of_the_pack() -> None:
    evaluator = Evaluator.load(PACK, backend="reference")
    rng = random.Random(7)
    cases = [case for case in read_cases(PACK, ROOT / "examples") if case.as_of or case.order.get("date")]
    for number, case in enumerate(rng.sample(cases, 40)):
        day = case.as_of or date.fromisoformat(str(case.order["date"]))
        for order in others(number, json.loads(json.dumps(case.order, default=str)), 4):
            law = {"as_of": day, "known_on": case.known_on, "assumptions": case.assumptions}
            wrong = differs(evaluator, order, **law)
            assert wrong is None, f"{case.id}, {day}: {wrong}\n{order}"
            day += timedelta(days=rng.choice((0, 0, 1, -1, 30, 366)))
    counts = evaluator.remembered
    assert counts.rate > 0.2  # most were changed on purpose


def test_threads_share_what_is_remembered() -> None:
    found = world(3)
    evaluator = found.evaluator()
    orders = [json.loads(json.dumps(generate.asking(found, number).order)) for number in range(8)]
    asked = [order for number, order in enumerate(orders) for order in others(number, order, 4)]
    expected = [_release(found.evaluator(), order, found.as_of) for order in asked]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda order: _release(evaluator, order, found.as_of), asked * 6))
    assert got == expected * 6


def _release(evaluator: Evaluator, order: Any, as_of: Any) -> tuple[str, tuple[LineDecision, ...]] | str:
    try:
        verdict = evaluator.judge(order, as_of=as_of)
    except InputError as error:
        return str(error)
    return verdict.release, verdict.lines
