"""Signatures: what of an order the law can see, and nothing else."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from licet import Evaluator
from licet.signature.sight import Sight
from licet.signature.signer import Signed, Signer

ROOT = Path(__file__).parents[2]
ORDER = json.loads((ROOT / "examples" / "05_patch_for_existing_network.json").read_text(encoding="utf-8"))


@cache
def signer() -> Signer:
    packs = Evaluator.load(ROOT / "policies" / "us_ear", backend="reference").packs
    return Signer(Sight(pack.program for pack in packs), [pack.index for pack in packs])


def signed(**changes: Any) -> Signed | None:
    """The signature of the example with values set by path, `None` for what is left out."""
    order = copy.deepcopy(ORDER)
    for path, value in changes.items():
        *way, last = path.split("__")
        home: Any = order
        for name in way:
            home = home[int(name) if name.isdigit() else name]
        if value is None:
            home.pop(last, None)
        else:
            home[last] = value
    return signer().sign(order)


def keys(found: Signed | None) -> tuple[Any, list[Any]]:
    assert found is not None
    return [part.number for part in found.shared], [(line.part.number, line.places) for line in found.lines]


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "another"},
        {"items__0__description": "as ordered"},
        {"parties__0__name": "Another Exporter, Inc."},
        {"parties__0__address": "1 Main Street"},
        {"items__0__value": {"amount": 2499.5}},
    ],
)
def test_what_the_law_cannot_see_is_left_out(changes: dict[str, Any]) -> None:
    base = signed(items__0__value={"amount": 2000})
    assert keys(signed(**{"items__0__value": {"amount": 2000}, **changes})) == keys(base)


@pytest.mark.parametrize(
    "changes",
    [
        {"destination": "DE"},
        {"items__0__eccn": "5A002.a"},
        {"items__0__value": {"amount": 60_000}},
        {"items__0__value": {"amount": 2000, "currency": "EUR"}},
        {"items__0__value": {"amount": "2000"}},
        {"items__0__value": {"amount": True}},
        {"items__0__quantity": 1_000_000},
        {"parties__0__name": "Huawei Technologies Co., Ltd."},
        {"parties__0__name": "--"},
        {"parties__0__id": "somebody"},
        {"colour": "red"},
        {"items__0__description": 5},
    ],
)
def test_what_the_law_sees_is_not(changes: dict[str, Any]) -> None:
    base = signed(items__0__value={"amount": 2000})
    assert keys(signed(**{"items__0__value": {"amount": 2000}, **changes})) != keys(base)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": 5},
        {"items": []},
        {"items": [5]},
        {"parties": "nobody"},
        {"parties": ""},
        {"items": "5"},
        {"parties__1__id": ORDER["parties"][0]["id"]},
        {"facts": {"a": object()}},
        {"items": [ORDER["items"][0], ORDER["items"][0]]},
    ],
)
def test_what_no_signature_can_say_has_none(changes: dict[str, Any]) -> None:
    assert signed(**changes) is None


def test_an_order_is_not_changed_by_being_signed() -> None:
    order = copy.deepcopy(ORDER)
    signer().sign(order)
    assert order == ORDER
