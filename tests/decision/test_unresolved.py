"""A line that is held since nobody knows what law is in force says so, and asks nothing that no order can state."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import msgspec

from licet import Evaluator
from licet.fact_check import verify_facts
from licet.resources import pack_folders, policies_dir
from licet.verdicts import Verdict

ORDER: dict[str, Any] = {
    "id": "t",
    "activity": "export",
    "origin": "CN",
    "destination": "US",
    "parties": [
        {"id": "s", "roles": ["exporter"], "name": "Example Steel (Dalian)", "country": "CN"},
        {
            "id": "b",
            "roles": ["purchaser"],
            "name": "Hanwha Philly Shipyard Inc.",
            "country": "US",
        },
    ],
    "items": [{"id": "1", "kind": "commodity", "origin": "CN", "facts": {"prc_control": "none"}}],
    "facts": {"actor_reach": "in_china"},
}
RULE = "mofcom_orders/orders/no_2025_06"


@cache
def evaluator() -> Evaluator:
    return Evaluator.load([folder for folder in pack_folders(policies_dir()) if folder.name == "cn_countermeasures"])


def test_the_law_that_is_open_is_named() -> None:
    decision = evaluator().evaluate(ORDER, as_of="2026-11-12")
    (line,) = decision.lines
    (hold,) = line.holds
    assert (line.release, hold.code, hold.subject) == ("hold", "status-unresolved", RULE)
    assert "from 2026-11-10: status not known after this date" in hold.message
    assert (line.questions, line.settled_by) == ((), ())


def test_on_a_day_on_which_it_is_known_nothing_is_named() -> None:
    for day, release in (("2025-11-09", "stop"), ("2026-11-09", "go")):
        (line,) = evaluator().evaluate(ORDER, as_of=day).lines
        assert (line.release, line.holds) == (release, ()), day


def test_a_verdict_that_is_remembered_says_it_too() -> None:
    verdicts: list[Verdict] = [evaluator().judge(ORDER, as_of="2026-11-12") for _ in range(2)]
    assert [[hold.subject for hold in verdict.lines[0].holds] for verdict in verdicts] == [[RULE], [RULE]]


def test_law_that_is_known_is_not_certified_as_open() -> None:
    decision = json.loads(msgspec.json.encode(evaluator().evaluate(ORDER, as_of="2026-11-12")))
    packs = [folder for folder in pack_folders(policies_dir()) if folder.name == "cn_countermeasures"]
    assert verify_facts(decision, packs) == []
    decision["regimes"][0]["lines"][0]["holds"][0]["subject"] = "afsl/dealing_ban"
    assert [problem for problem in verify_facts(decision, packs) if "law unresolved" in problem]
