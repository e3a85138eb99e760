"""The memo: what an analyst finds in it, and what does not stand in the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import EXAMPLES, GO, HOLD, STOP, Licet, example


def everyday(number: str) -> Path:
    (path,) = (EXAMPLES / "everyday").glob(f"{number}_*")
    return path


def part(memo: str, title: str) -> str:
    """A section of a memo as Markdown, whatever its depth."""
    text = memo.partition(f"## {title}\n")[2]
    return text.partition("\n#")[0]


@pytest.fixture(scope="module")
def memos() -> dict[Path, str]:
    return {}


def explained(path: Path, licet: Licet, memos: dict[Path, str], code: int) -> str:
    """The memo on an order, made once."""
    if path not in memos:
        done = licet("explain", path, "--format", "markdown")
        assert done.code == code
        memos[path] = done.out
    return memos[path]


def test_the_facts_of_the_order_stand_first(licet: Licet, memos: dict[Path, str]) -> None:
    memo = explained(example("12"), licet, memos, GO)
    order = part(memo, "The order")
    for fact in ("from US to DE", "Oderland Funktechnik GmbH (DE)", "ECCN 5A001.b.5", "4 pieces", "USD 88,000"):
        assert fact in order
    assert "statement: sta consignee, by Oderland Funktechnik GmbH, 2026-08-20" in order
    assert memo.index("## The order") < memo.index("## Line 1")


def test_a_go_reads_only_what_is_known_and_mattered(licet: Licet, memos: dict[Path, str]) -> None:
    read = part(explained(example("12"), licet, memos, GO), "Values read")
    assert "unknown" not in read
    assert "civil_telecommunications" not in read
    assert "- License Exception STA, Country Group A:5 `part_740/sta/c_1_i`\n  - " in read
    assert "the consignee has been told the ECCN of the item: yes" in read
    assert "in Country Groups (group A:5)" in read
    assert "part_734/us_origin" not in read, "one reason for being subject is enough"


def test_what_lifts_is_called_by_its_rule_and_says_what_did_not_bar_it(licet: Licet, memos: dict[Path, str]) -> None:
    required = part(explained(example("12"), licet, memos, GO), "Requirements")
    assert "(NS1; 15 CFR 742.4): lifted" in required
    assert "relied on: License Exception STA, Country Group A:5 (STA.c.1.i)" in required
    assert "not barred: a consignee without a statement" in required


def test_what_does_not_fit_is_no_near_miss_beside_what_may(licet: Licet, memos: dict[Path, str]) -> None:
    memo = explained(everyday("15"), licet, memos, HOLD)
    near = part(memo, "Near misses")
    assert "other paragraphs of ENC do not fit" in near
    assert "near miss:" not in near
    assert "one of: none, less_sensitive, other_government" in part(memo, "Questions that would settle it")
    assert "why: not stated" not in memo


def test_authorizations_not_tried_are_one_list(licet: Licet, memos: dict[Path, str]) -> None:
    memo = explained(everyday("09"), licet, memos, STOP)
    untried = part(memo, "Authorizations that were not tried").strip().splitlines()
    assert untried[0] == "- could be claimed, if their conditions are met:"
    assert [line for line in untried if line.startswith("  - TMP: ")] != []
    assert len(untried) < 8
    assert "in force since" not in "".join(untried)
    assert "nothing in the law of this pack is known to change it later" in memo


def test_requirements_of_one_reason_are_one(licet: Licet, memos: dict[Path, str]) -> None:
    memo = explained(everyday("12"), licet, memos, HOLD)
    required = part(memo, "Requirements")
    assert required.count("(russia_items;") == 1
    assert required.count("policy of denial") == 1
    assert "open: it may not be required" in required
    assert "(if no license turns out to be required)" in part(memo, "Obligations")


def test_a_requirement_names_its_rule_where_the_reason_says_too_little(licet: Licet, memos: dict[Path, str]) -> None:
    memo = explained(example("11"), licet, memos, STOP)
    assert "(entity_list; 15 CFR 744.11(a))" in part(memo, "Requirements")
    assert "license required for a foreign direct product" in part(memo, "Requirements")
    assert "Huawei Technologies Co., Ltd. meets Huawei Technologies Co., Ltd. on the Entity List by its name" in memo
    assert "RFF" not in part(memo, "Authorizations that were not tried"), "it was to come four years later"


def test_a_prohibition_has_its_section(licet: Licet) -> None:
    order = json.loads(everyday("09").read_bytes())
    order["date"] = "2026-03-02"
    order["parties"][1]["facts"] = {"on_denied_persons_list": True}
    done = licet("explain", "-", "--format", "markdown", stdin=json.dumps(order).encode())
    assert done.code == STOP
    found = part(done.out, "Prohibitions")
    assert "under a denial order" in found
    assert order["parties"][1]["name"] in found
    assert "764" in found


def test_the_list_says_its_name_once(licet: Licet, memos: dict[Path, str]) -> None:
    about = part(explained(example("12"), licet, memos, GO), "About the law of us_ear")
    assert about.count("- Entity List: kept current through") == 1
    assert "bis_entity_list" not in about
    assert about.count("reviewed by") == 1
