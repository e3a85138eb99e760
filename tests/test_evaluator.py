"""The public Python API, as a stranger uses it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from licet import Decision, Evaluator, InputError, PolicyError, Transaction
from licet.infer.choose import BackendUnavailableError

ROOT = Path(__file__).parent.parent
PATCH = ROOT / "examples" / "05_patch_for_existing_network.json"


@pytest.fixture(scope="module")
def evaluator() -> Evaluator:
    return Evaluator.load(ROOT / "policies" / "us_ear")


def patch() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(PATCH.read_bytes())
    return data


def encoded(decision: Decision) -> bytes:
    return msgspec.json.encode(decision)


def test_bytes_text_data_and_values_are_the_same_order(evaluator: Evaluator) -> None:
    raw = PATCH.read_bytes()
    value = msgspec.convert(patch(), Transaction)
    expected = evaluator.evaluate(raw, as_of="2019-11-04")
    assert evaluator.evaluate(raw.decode(), as_of=date(2019, 11, 4)) == expected
    assert evaluator.evaluate(patch(), as_of="2019-11-04") == expected
    assert evaluator.evaluate(value, as_of="2019-11-04").lines == expected.lines


def test_the_order_s_own_date_is_the_default_and_never_today(evaluator: Evaluator) -> None:
    assert evaluator.evaluate(patch()).as_of == date(2019, 11, 4)
    undated = {**patch(), "date": None}
    with pytest.raises(InputError) as refused:
        evaluator.evaluate(undated)
    assert [f.code for f in refused.value.findings] == ["no-date"]
    assert evaluator.evaluate(undated, as_of="2019-11-04").release == "go"


def test_every_problem_of_an_order_is_told_at_once(evaluator: Evaluator) -> None:
    order = patch()
    order["destination"] = "China"
    order["items"][0]["quantity"] = -1
    order["items"][0]["facts"]["network_statos"] = "new"
    with pytest.raises(InputError) as refused:
        evaluator.evaluate(order, as_of="2019-11-04")
    assert {f.code for f in refused.value.findings} >= {"unknown-country", "unknown-fact"}
    assert len(refused.value.findings) == 3


def test_same_input_same_bytes(evaluator: Evaluator) -> None:
    once = encoded(evaluator.evaluate(patch(), as_of="2019-11-04"))
    assert encoded(evaluator.evaluate(patch(), as_of="2019-11-04")) == once
    fresh = Evaluator.load(ROOT / "policies" / "us_ear")
    assert encoded(fresh.evaluate(patch(), as_of="2019-11-04")) == once


def test_many_threads_share_an_evaluator(evaluator: Evaluator) -> None:
    days = [f"2019-{month:02d}-15" for month in range(1, 13)] * 4
    alone = [encoded(evaluator.evaluate(patch(), as_of=day)) for day in days]
    fresh = Evaluator.load(ROOT / "policies" / "us_ear")
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda day: encoded(fresh.evaluate(patch(), as_of=day)), days))
    assert together == alone


def test_a_decision_survives_its_json(evaluator: Evaluator) -> None:
    decision = evaluator.evaluate(patch(), as_of="2019-11-04")
    assert msgspec.json.decode(encoded(decision), type=Decision) == decision


def test_a_decision_cannot_be_changed(evaluator: Evaluator) -> None:
    decision = evaluator.evaluate(patch(), as_of="2019-11-04")
    with pytest.raises(AttributeError):
        decision.release = "go"  # type: ignore[misc]


def test_without_a_shelf_life_the_rest_is_the_same(evaluator: Evaluator) -> None:
    whole = evaluator.evaluate(patch(), as_of="2019-11-04").lines[0]
    quick = evaluator.evaluate(patch(), as_of="2019-11-04", shelf_life=False).lines[0]
    assert quick.valid_until is None
    assert msgspec.structs.replace(whole, valid_until=None) == quick


def test_an_order_of_next_year_holds_since_the_law_in_the_pack_is_older(evaluator: Evaluator) -> None:
    order = json.loads((ROOT / "examples" / "10_connectors_to_unlisted_customer.json").read_bytes())
    decision = evaluator.evaluate(order, as_of="2027-01-15")
    assert decision.release == "hold"
    assert {h.code for h in decision.lines[0].holds} == {"pack-stale", "list-stale"}
    assert evaluator.evaluate(order, as_of="2026-11-22").release == "go"


def test_no_assumptions_asks_instead(evaluator: Evaluator) -> None:
    order = json.loads((ROOT / "examples" / "10_connectors_to_unlisted_customer.json").read_bytes())
    decision = evaluator.evaluate(order, as_of="2019-11-04", assumptions=False)
    assert decision.release == "hold"
    assert "diversion_known" in {q.fact for q in decision.lines[0].questions}
    assert decision.lines[0].assumptions == ()


def test_unusable_input_to_the_api_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackendUnavailableError, match="unknown backend `magic`"):
        Evaluator.load(ROOT / "policies" / "us_ear", backend="magic")
    with pytest.raises(PolicyError):
        Evaluator.load(tmp_path)


def test_without_a_pack_everything_holds() -> None:
    order = (ROOT / "examples" / "01_connectors_to_huawei.json").read_bytes()
    assert Evaluator([]).evaluate(order, as_of="2019-05-15").release == "hold"


def test_a_doubt_about_a_table_row_reaches_the_decision(evaluator: Evaluator) -> None:
    order = json.loads((ROOT / "examples" / "10_connectors_to_unlisted_customer.json").read_bytes())
    assert evaluator.evaluate(order, as_of="2019-11-04", shelf_life=False).lines[0].doubts == ()
    order["items"][0]["eccn"] = "1B233.c"
    (line,) = evaluator.evaluate(order, as_of="2019-11-04", shelf_life=False).lines
    assert line.outcome == "license_required"
    assert [d.code for d in line.doubts] == ["part_774/control_reasons"]
