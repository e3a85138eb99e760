"""The whole official list, imported and joined: the examples get the same answers, however names are typed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from licet import Evaluator
from licet.lists.catalog import load_catalog
from licet.lists.importing import Origin, keep_list
from licet.lists.read import read_list
from licet.lists.snapshot import read_sources
from licet.lists.store import Store
from licet.resources import policies_dir

ROOT = Path(__file__).parents[2]
FILE = ROOT.parent / "shared" / "data" / "csl" / "consolidated.csv"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FILE.exists(), reason="the Consolidated Screening List is not beside the checkout"),
]
HUAWEI, HISILICON = "Huawei Technologies Co., Ltd.", "HiSilicon Technologies Co., Ltd."
TYPED = {
    HUAWEI: [
        "Huawei Technologies", "HUAWEI TECH CO LTD", "Hua Wei Technologies Co", "Huawei Technolgies Co., Ltd.",
        "Technologies Huawei Co Ltd", "华为技术有限公司", "華為技術有限公司", "华为",
    ],
    HISILICON: ["Hi Silicon Technologies", "HISILICON TECH CO LTD", "Hisilicon Technologys Co.,Ltd", "海思半导体"],
    "Dahua Technology": ["Zhejiang Dahua Technology Co Ltd", "Da Hua Technology", "浙江大华技术股份有限公司"],
    "Sugon": ["Sugon Information Industry Co Ltd", "中科曙光"],
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lists")
    raw = FILE.read_bytes()
    read = read_list(raw, "csv", load_catalog(), path="consolidated.csv")
    origin = Origin(source="csl", address="a file", at=datetime(2026, 8, 1, tzinfo=UTC), stated_clock=date(2026, 7, 31))
    canary = read_sources(policies_dir() / "lists").canary("csl")
    assert keep_list(Store(folder), read, raw, origin, canary).version is not None
    return folder


@pytest.fixture(scope="module")
def evaluator(store: Path) -> Evaluator:
    return Evaluator.load(ROOT / "policies" / "us_ear", lists=store)


@cache
def alone() -> Evaluator:
    return Evaluator.load(ROOT / "policies" / "us_ear", lists=None)


def orders() -> list[Any]:
    return [json.loads(path.read_bytes()) for path in sorted((ROOT / "examples").glob("[01]*.json"))]


@pytest.mark.parametrize("order", orders(), ids=lambda order: order["id"])
def test_the_examples_get_the_same_answers_however_names_are_typed(order: Any, evaluator: Evaluator) -> None:
    expected = alone().judge(order).outcome
    if order.get("date", "") <= "2026-08-08":
        assert evaluator.judge(order).outcome == expected
    for place, party in enumerate(order["parties"]):
        for name in TYPED.get(party["name"], ()):
            typed = json.loads(json.dumps(order))
            typed["parties"][place]["name"] = name
            assert evaluator.judge(typed).outcome == expected, name


def test_what_only_the_official_list_knows_stops(evaluator: Evaluator) -> None:
    order = orders()[9]  # an unlisted customer in China, who gets connectors
    order["date"] = "2026-08-05"
    assert evaluator.judge(order).outcome == "no_license_required"
    for name in ("Hangzhou Hikvision Digital Technology Co., Ltd.", "Yangtze Memory Technologies", "长江存储"):
        order["parties"][1]["name"] = name
        assert evaluator.judge(order).release == "stop", name
        assert alone().judge(order).release == "stop" or "Yangtze" in name or "长江" in name


def test_what_differs_from_the_packs_own_lists_is_known(evaluator: Evaluator) -> None:
    told = {(d.list, d.listing): d.what for d in evaluator.differences}
    slip = told["bis_entity_list", "huawei_technologies_dusseldorf_gmbh"]
    assert slip == "review policy: presumption_of_denial here, case_by_case there"
    assert len([what for what in told.values() if what == "listed here, not found there"]) < 40
    assert {what for what in told.values() if what.startswith("removed")} <= {"removed here, listed there"}


def test_a_list_that_is_too_old_holds(evaluator: Evaluator) -> None:
    order = orders()[9] | {"date": "2026-08-31"}
    verdict = evaluator.judge(order)
    assert verdict.release == "hold"
    assert {hold.code for hold in verdict.lines[0].holds} == {"list-stale"}
