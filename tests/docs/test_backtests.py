"""The page of back-tests: every case stands in its tables, with the answer that the case expects."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
import yaml

from tests.docs.pages import DOCS, ROOT

CASES = ROOT / "policies" / "us_ear" / "backtests"
TEXT = (DOCS / "backtests.md").read_text(encoding="utf-8")
KINDS = {"enforcement": "Enforcement cases", "guidance": "Guidance"}


def section(title: str) -> list[list[str]]:
    """The rows of the tables under a heading, without their heads."""
    text = TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line.removeprefix("|").removesuffix("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]


def cases(kind: str) -> list[tuple[str, str, dict[str, Any]]]:
    document = yaml.safe_load((CASES / kind / "cases.yaml").read_text(encoding="utf-8"))
    day = document["base"]["date"]
    return [(case["name"], str(case.get("as_of", day)), case["expect"]) for case in document["cases"]]


def test_every_file_of_cases_has_its_table() -> None:
    assert {path.parent.relative_to(CASES).as_posix() for path in CASES.rglob("cases.yaml")} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_names_every_case_with_its_day_and_answer(kind: str) -> None:
    expected = [(name, day, f"`{e['release']}`, `{e['outcome']}`") for name, day, e in cases(kind)]
    assert [(row[0], row[2], row[4]) for row in section(KINDS[kind])] == expected


def test_every_source_is_described_and_used() -> None:
    used = {row[1] for title in KINDS.values() for row in section(title)}
    assert used == {row[0] for row in section("Sources")}


def test_the_summary_counts_the_rows() -> None:
    rows = [row for title in KINDS.values() for row in section(title)]
    kinds = Counter(re.split(r"[:(]|, by", row[5])[0] for row in rows)
    counted = [int(row[-1]) for row in section("Summary")]
    assert counted == [kinds["yes"], kinds["in part"], kinds["no, stricter"], kinds["no"]]
    wrong = [row for row in rows if row[5].startswith("no:")]
    assert all(row[4].startswith("`go`") for row in wrong)
