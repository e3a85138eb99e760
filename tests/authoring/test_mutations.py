"""Small changes to the law, the score that they give, and the changes that are known to alter no answer."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from licet.authoring.mutate import equivalents, score
from licet.authoring.mutations import mutants
from licet.policy.load import pack_files, read_files

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "policies" / "us_ear"
EQUIVALENT = ROOT / "tests" / "equivalent_mutants.txt"

RULE = {
    "in_force": [{"from": date(2020, 1, 10), "cite": "85 FR 1"}],
    "when": {"all": [{"destination": {"in": ["CN", "HK"]}}, {"value": {"at_least": 5}}, {"not": {"published": True}}]},
    "then": {"require": {"reason": "NS"}},
}

# --- what is changed -------------------------------------------------------------------------------------------------


def changes(data: Any, kind: str = "rule") -> list[str]:
    return [mutant.what for mutant in mutants(data, kind)]


def test_every_part_of_a_rule_is_changed() -> None:
    assert changes(RULE) == [
        "in_force.0.from: 2020-01-10 -> 2020-01-09",
        "in_force.0.from: 2020-01-10 -> 2020-01-11",
        "when.all.0.destination: negated",
        "when.all.0.destination.in: without CN",
        "when.all.0.destination.in: without HK",
        "when.all.1.value: negated",
        "when.all.1.value: at_least -> more_than",
        "when.all.1.value.at_least: 5 -> 4",
        "when.all.1.value.at_least: 5 -> 6",
        "when.all.2.not.published: negated",
        "when.all.0: left out (destination)",
        "when.all.1: left out (value)",
        "when.all.2: left out (not)",
        "then.require: a notice instead",
    ]


def test_effects_claims_and_review_policies_are_changed() -> None:
    lifting = {
        "in_force": [],
        "when": {"listed": True},
        "claimed_by": {"activity": "networks"},
        "then": {"lift": {"authorization": "TGL", "reasons": ["a", "b"]}, "oblige": ["x", "y"]},
    }
    assert changes(lifting) == [
        "when.listed: negated",
        "then.lift: left out",
        "then.lift.reasons: without a",
        "then.lift.reasons: without b",
        "then.oblige: left out",
        "then.oblige: without x",
        "then.oblige: without y",
        "the claim is not asked for",
    ]
    reviewing = {**RULE, "then": {"review": {"policy": "case_by_case", "reasons": ["a"]}}}
    assert [w for w in changes(reviewing) if "policy" in w] == [
        "then.review.policy -> presumption_of_approval",
        "then.review.policy -> presumption_of_denial",
    ]


def test_the_dates_of_a_general_license_are_moved() -> None:
    general = {
        "periods": [{"from": date(2019, 5, 20), "through": date(2019, 8, 19)}],
        "ended": {"from": date(2020, 8, 17)},
    }
    assert [what.split(":")[0] for what in changes(general, "general_license")] == [
        *["periods.0.from"] * 2,
        *["periods.0.through"] * 2,
        *["ended.from"] * 2,
    ]


@pytest.mark.parametrize("then", [{"require": {"reason": "NS"}}, {"notice": {"message": "look at it"}}])
def test_a_change_changes_something_and_leaves_the_law_alone(then: dict[str, Any]) -> None:
    law = {**RULE, "then": then}
    before = repr(law)
    assert all(mutant.data != law for mutant in mutants(law, "rule"))
    assert repr(law) == before


def test_a_notice_is_not_exchanged_for_a_notice() -> None:
    assert not [w for w in changes({**RULE, "then": {"notice": {"message": "look at it"}}}) if w.startswith("then")]


# --- the score -------------------------------------------------------------------------------------------------------

FILES = {
    "pack.yaml": """
title: a small pack
regime: us
binds: true
jurisdiction: {fact: jurisdiction, subject: subject}
current_through: 2030-12-31
holds_after: 2030-12-31
""",
    "vocabulary.yaml": """
facts:
  destination: {scope: transaction, type: country, read: destination, meaning: m, cite: c}
  jurisdiction: {scope: item, type: enum, values: [subject, not_subject], set: {default: subject}, meaning: m, cite: c}
reasons:
  NS: {title: national security, cite: 15 CFR 742.4}
authorizations: {}
obligations: {}
risks: {}
""",
    "ns/rule.yaml": """
title: a license is required
because: [{cite: 15 CFR 742.4}]
in_force: [{from: 2020-01-10, cite: 85 FR 1}]
reviewed: {on: 2026-11-22, by: nobody}
when: {destination: {in: [CN, HK]}}
then: {require: {reason: NS}}
""",
    "ns/cases.yaml": """
base:
  id: t
  date: 2020-01-10
  activity: export
  origin: US
  destination: CN
  parties: [{id: buyer, roles: [end_user], name: Example Holdings, country: CN}]
  items: [{id: "1", eccn: EAR99}]
cases:
  - name: first day
    expect: {release: stop, outcome: license_required, determined_by: [ns]}
""",
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "small" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip(), encoding="utf-8")
    return tmp_path / "small"


@pytest.mark.slow
def test_the_score_names_what_no_case_notices(small: Path) -> None:
    verdicts = score(small, None, jobs=1)
    assert {v.what for v in verdicts if not v.noticed} == {
        "in_force.0.from: 2020-01-10 -> 2020-01-09",  # no case on the day before
        "when.destination.in: without HK",  # and none for Hong Kong
    }
    assert {v.by for v in verdicts if v.noticed} == {"ns: first day"}
    assert score(small, None, only="elsewhere", jobs=1) == []


# --- the changes that alter no answer --------------------------------------------------------------------------------


def test_equivalents_are_read_with_their_reasons(tmp_path: Path) -> None:
    path = tmp_path / "equivalent.txt"
    assert equivalents(path) == frozenset()
    path.write_text("# a remark\n\nns: when.all.0: left out  # implied by the other\n", encoding="utf-8")
    assert equivalents(path) == {"ns: when.all.0: left out"}
    path.write_text("ns: when.all.0: left out\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="no reason given"):
        equivalents(path)


def listed() -> list[tuple[str, str]]:
    lines = [x for x in EQUIVALENT.read_text(encoding="utf-8").splitlines() if x and not x.startswith("#")]
    return [(change, reason) for change, _, reason in (line.partition("  # ") for line in lines)]


@pytest.mark.slow
def test_every_equivalent_is_a_change_that_is_tried_and_stands_once() -> None:
    files = [f for f in pack_files(PACK) if f.kind in {"rule", "general_license"}]
    loaded = read_files(pack_files(PACK), PACK.name)
    tried = {
        f"{f.id}: {mutant.what}"
        for f in files
        for mutant in mutants(loaded.data[f"{f.kind}:{f.id}:{f.shown.rpartition('/')[2]}"], f.kind)
    }
    named = [change for change, _ in listed()]
    assert sorted(set(named) - tried) == []
    assert len(named) == len(set(named))


def rows(path: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a file, every scalar as text."""
    found: list[dict[str, Any]] = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)[name]  # noqa: S506
    return found


@cache
def listings() -> list[dict[str, Any]]:
    return [entry for path in sorted(PACK.glob("**/listings/*.yaml")) for entry in rows(path, "listings")]


@cache
def reasons() -> list[set[str]]:
    return [set(row["reasons"]) for row in rows(PACK / "part_774" / "control_reasons" / "table.yaml", "rows")]


def column_changes(reason: str) -> Iterator[tuple[str, re.Match[str]]]:
    for change, why in listed():
        if found := re.fullmatch(reason, why):
            yield change.rpartition(" ")[2], found


def test_columns_said_to_be_absent_are_absent() -> None:
    absent = {column for column, _ in column_changes("no entry of the table of reasons has the column")}
    assert absent == {"RS1", "MT1", "NP1", "CB1", "CC1"}
    assert not absent & set[str]().union(*reasons())


def test_columns_said_to_come_with_another_do() -> None:
    pairs = {(column, found[2]) for column, found in column_changes(r"every entry with (\w+) has (\w+)")}
    assert pairs == {("CB2", "NS2"), ("EI", "NS1")}
    assert all(other in row for column, other in pairs for row in reasons() if column in row)


@pytest.mark.slow
def test_what_is_said_of_the_listings_holds() -> None:
    days = [row["from"] for entry in listings() for row in entry["rows"]]
    assert min(days) == "2016-03-08"
    assert not [entry["id"] for entry in listings() if any("scope" in row for row in entry["rows"])]
    assert "other" not in {entry["group"] for entry in listings()}
    assert len(list(PACK.glob("**/list.yaml"))) == 1
