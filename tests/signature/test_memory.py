"""What is remembered: bounded, exact, and counted."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from licet import Evaluator
from licet.signature.forms import Form, Probe
from licet.signature.memory import Memory, Remembered
from licet.signature.parts import Part
from licet.signature.scales import Numbers
from licet.signature.signer import SignedLine

ROOT = Path(__file__).parents[2]
GO, STOP = Remembered(("no_license_required",), (2,)), Remembered(("license_required",), (2,))


def line(value: float | None = None, quantity: float | None = None, part: int = 1) -> SignedLine:
    return SignedLine(Part(part, b"", (), None), (None, None), value, quantity)


def probe(*terms: int, threshold: int = 2500) -> Probe:
    return Probe(Form(Decimal(0), tuple((term, Decimal(1)) for term in terms)), Numbers([Decimal(threshold)]))


def test_what_is_kept_is_found_again() -> None:
    memory = Memory()
    assert memory.find(("a",), [line()], 0) is None
    memory.keep(("a",), [line()], 0, GO, [])
    assert memory.find(("a",), [line(9)], 0) is GO
    assert memory.find(("b",), [line()], 0) is None
    assert memory.counts.kept == 1


def test_orders_are_counted() -> None:
    memory = Memory()
    assert memory.counts.rate == 0
    for known in (False, True, False):
        memory.was_known() if known else memory.was_new()
    assert (memory.counts.asked, memory.counts.known) == (3, 1)
    assert memory.counts.rate == pytest.approx(1 / 3)


def test_a_probe_tells_lines_apart() -> None:
    memory = Memory()
    memory.keep(("a",), [line(2000)], 0, GO, [probe(0)])
    memory.keep(("a",), [line(3000)], 0, STOP, [probe(0)])
    assert [memory.find(("a",), [line(v)], 0) for v in (1, 2499.99, 2500, 2501)] == [GO, GO, None, STOP]


def test_a_probe_of_all_lines_sums_them() -> None:
    memory = Memory()
    memory.keep(("a",), [line(2000), line(100)], 0, GO, [probe(2)])
    assert memory.find(("a",), [line(1000), line(1499)], 0) is GO
    assert memory.find(("a",), [line(1000), line(1600)], 0) is None
    assert memory.find(("a",), [line(1000), line(None)], 0) is None


def test_without_probes_every_measure_is_another() -> None:
    memory = Memory()
    memory.keep(("a",), [line(2000, 1)], 0, GO, None)
    assert memory.find(("a",), [line(2000, 1)], 0) is GO
    assert memory.find(("a",), [line(2000, 2)], 0) is None
    assert memory.find(("a",), [line(2000, 1), line(part=2)], 0) is None


def test_a_new_probe_forgets_what_did_not_ask_it() -> None:
    memory = Memory()
    memory.keep(("a",), [line(2000, 5)], 0, GO, [probe(0)])
    memory.keep(("a",), [line(3000, 5000)], 0, STOP, [probe(1)])
    assert memory.find(("a",), [line(2000, 5)], 0) is None
    assert memory.find(("a",), [line(3000, 5001)], 0) is STOP
    memory.keep(("a",), [line(2000, 5)], 0, GO, [probe(0)])
    assert memory.find(("a",), [line(2000, 6)], 0) is GO


def test_it_does_not_grow_without_end() -> None:
    memory = Memory(size=16)
    for number in range(1000):
        memory.keep((number,), [line()], 0, GO, [])
    assert memory.counts.kept <= 16
    assert memory.find((999,), [line()], 0) is GO
    assert memory.find((0,), [line()], 0) is None


def test_decisions_that_quote_a_measure_serve_only_the_same() -> None:
    quoting = Remembered(("license_required",), (2,), {(2000, 1, date(2019, 5, 16)): ()})
    assert quoting.serve((2000, 1, date(2019, 5, 16))) == ()
    assert quoting.serve((2001, 1, date(2019, 5, 16))) is None
    assert quoting.serve((2000, 1, date(2019, 5, 17))) is None
    assert Remembered(("license_required",), (2,), {None: ()}).serve((2001, 1, None)) == ()


def test_decisions_that_quote_add_up_to_a_bound() -> None:
    memory = Memory()
    for day in range(1000):
        memory.keep(("a",), [line()], 0, Remembered(("hold",), (2,), {(None, None, day): ()}), [])
    found = memory.find(("a",), [line()], 0)
    assert found is not None
    assert found.serve((None, None, 999)) == ()
    assert len(found.decisions) <= 64


def _order() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "examples" / "01_connectors_to_huawei.json").read_text(encoding="utf-8"))
    return found


def test_an_order_that_was_changed_is_not_explained() -> None:
    evaluator = Evaluator.load(ROOT / "policies" / "us_ear", backend="reference")
    order = _order()
    _, remembered = (evaluator.judge(order, as_of="2019-05-17") for _ in range(2))
    order["destination"] = "DE"
    with pytest.raises(ValueError, match="the order was changed after it was judged"):
        _ = remembered.lines


def test_a_verdict_on_text_is_that_on_its_data() -> None:
    evaluator = Evaluator.load(ROOT / "policies" / "us_ear", backend="reference")
    order = _order()
    verdicts = [evaluator.judge(o, as_of="2019-05-17") for o in (order, json.dumps(order), json.dumps(order).encode())]
    assert {(v.release, v.outcome, v.transaction) for v in verdicts} == {("stop", "license_required", order["id"])}
    assert verdicts[0].lines == verdicts[1].lines == verdicts[2].lines
    assert evaluator.remembered.known > 0
    assert repr(verdicts[0]) == f"<Verdict '{order['id']}' as of 2019-05-17: stop (license_required)>"
