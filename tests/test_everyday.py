"""Twenty everyday orders, with no more than what the records of an exporter hold: most are answered, few are held.

Their answers stand beside the law, in policies/us_ear/everyday/cases.yaml; here is what a shipping clerk would notice.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from licet import Evaluator
from licet.decision.model import Decision

ROOT = Path(__file__).resolve().parent.parent
ORDERS = sorted((ROOT / "examples" / "everyday").glob("*.json"))
MOST_QUESTIONS = 2
MOST_HELD = 0.2


@cache
def evaluator() -> Evaluator:
    return Evaluator.load([ROOT / "policies" / "us_ear"])


@cache
def decided(order: Path) -> Decision:
    return evaluator().evaluate(json.loads(order.read_text(encoding="utf-8")))


def test_there_are_twenty() -> None:
    assert len(ORDERS) == 20


@pytest.mark.parametrize("order", ORDERS, ids=lambda path: path.stem)
def test_who_is_held_is_asked_little(order: Path) -> None:
    decision = decided(order)
    (line,) = decision.regimes[0].lines
    if decision.release == "hold":
        assert 1 <= len(line.questions) <= MOST_QUESTIONS
        assert all(question.ask for question in line.questions)
    else:
        assert line.questions == ()


def test_few_are_held() -> None:
    held = [order.stem for order in ORDERS if decided(order).release == "hold"]
    assert len(held) <= MOST_HELD * len(ORDERS), held
    assert {decided(order).release for order in ORDERS} == {"go", "hold", "stop"}
