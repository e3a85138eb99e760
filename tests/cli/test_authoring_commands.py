"""check, test, rules, show, fields, new: what authors use."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from licet.cli.law_words import effect
from licet.policy.terms import Bar, Except, Flag, Lift, Oblige, Prohibit, Rate, Require, Review, SetFact
from tests.cli.conftest import BAD, FAILED, GO, Licet
from tests.docs.pages import ROOT


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """A copy of the packs and the examples that their cases name."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    return tmp_path / "policies"


def test_check_passes_and_counts(licet: Licet) -> None:
    done = licet("check", ROOT / "policies")
    assert done.code == GO
    assert "us_ear: " in done.out
    assert " cases: no findings" in done.out


@pytest.mark.slow
def test_check_asks_for_cases_beside_each_rule(licet: Licet, policies: Path) -> None:
    (policies / "us_ear" / "part_740" / "civ" / "cases.yaml").unlink()
    done = licet("check", policies)
    assert done.code == BAD
    assert "error[missing-cases]: no cases stand beside the rule `part_740/civ`" in done.out
    assert re.search(r"part_740/civ/rule\.yaml:\d+:1: error.*\n +\d+ \| title: ", done.out)
    assert "1 finding" in done.out


@pytest.mark.parametrize(
    ("form", "begins"), [("json", '{\n  "findings"'), ("sarif", '{\n  "$schema"'), ("github", "::error file=")]
)
def test_check_speaks_other_formats(form: str, begins: str, licet: Licet, broken_pack: Path) -> None:
    done = licet("check", broken_pack, "--format", form)
    assert (done.code, done.err) == (BAD, "")
    assert done.out.startswith(begins)
    if form != "github":
        json.loads(done.out)


def test_check_of_what_is_no_pack(licet: Licet, tmp_path: Path) -> None:
    assert "no-pack" in licet("check", tmp_path).out
    assert licet("check", tmp_path / "nowhere").code == BAD


def test_cases_pass(licet: Licet) -> None:
    done = licet("test", "--filter", "part_740/civ")
    assert done.code == GO
    assert ", 0 failed" in done.out
    assert not done.err


def test_an_empty_selection_proves_nothing(licet: Licet) -> None:
    done = licet("test", "--filter", "no such case")
    assert (done.code, "no-cases" in done.err) == (BAD, True)


def test_a_broken_pack_has_no_cases_to_run(licet: Licet, broken_pack: Path) -> None:
    assert licet("test", broken_pack).code == BAD


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_failing_case_is_shown_at_its_line(jobs: str, licet: Licet, policies: Path) -> None:
    path = policies / "us_ear" / "part_740" / "civ" / "cases.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("release: go", "release: stop", 1), encoding="utf-8")
    done = licet("test", policies, "--filter", "part_740/civ", "--jobs", jobs)
    assert done.code == FAILED
    assert "part_740/civ/cases.yaml:" in done.out
    assert "release: expected stop, got go" in done.out
    assert "1 failed" in done.out


@pytest.mark.slow
def test_a_new_rule_loads_and_its_cases_fail(licet: Licet, policies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(policies.parent)
    path = Path("policies/us_ear/part_740/something_new")
    done = licet("new", "rule", path)
    assert (done.code, done.out.count("made ")) == (GO, 2)
    assert licet("check", policies).code == GO
    cases = licet("test", policies, "--filter", "part_740/something_new")
    assert cases.code == FAILED
    assert "2 failed" in cases.out
    assert "something_new" in licet("show", "us_ear/part_740/something_new", "--policies", policies).out
    written = (path / "rule.yaml").read_bytes()
    again = licet("new", "rule", path)
    assert (again.code, "exists" in again.err) == (BAD, True)
    assert (path / "rule.yaml").read_bytes() == written


@pytest.mark.parametrize("path", ["nowhere/rule", "policies/us_ear/Part 1", "policies/us_ear/../../x"])
def test_a_new_rule_stays_inside_a_pack(
    path: str, licet: Licet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "policies" / "us_ear").mkdir(parents=True)
    (tmp_path / "policies" / "us_ear" / "pack.yaml").write_text("title: x\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert licet("new", "rule", path).code == BAD
    assert [p.name for p in tmp_path.rglob("*.yaml")] == ["pack.yaml"]


def test_a_new_rule_needs_a_manifest_that_says_what_it_judges(
    licet: Licet, broken_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(broken_pack.parent)
    done = licet("new", "rule", "broken/a_rule")
    assert (done.code, "no-jurisdiction" in done.err) == (BAD, True)


def test_rules_are_listed(licet: Licet) -> None:
    done = licet("rules")
    assert done.code == GO
    assert "us_ear/part_734/us_origin\n" in done.out
    some = licet("rules", "--filter", "CIVIL END USERS")
    assert some.out.splitlines()[0] == "us_ear/part_740/civ"
    assert licet("rules", "--filter", "zzz").code == BAD


@pytest.mark.parametrize("asked", ["part_740/civ", "us_ear/part_740/civ", "us_ear/part_740/civ/"])
def test_a_rule_is_shown(asked: str, licet: Licet) -> None:
    done = licet("show", asked)
    assert done.code == GO
    for part in (
        "because:",
        "when:",
        "claimed by:",
        "then:",
        "in force:",
        "reviewed:",
        "doubt:",
        "beside it",
        "rule.yaml",
    ):
        assert part in done.out


@pytest.mark.parametrize(
    ("asked", "meant"), [("part_740/cvi", "part_740/civ"), ("us_ear/part_740/cvi", "us_ear/part_740/civ")]
)
def test_an_unknown_rule_is_guessed(asked: str, meant: str, licet: Licet) -> None:
    done = licet("show", asked)
    assert (done.code, f"did you mean `{meant}`" in done.err) == (BAD, True)
    assert "part_744/744_11_a/review" in licet("show", "744_11_a").err
    assert "licet rules" in licet("show", "qqqqqqqq").err


def test_a_rule_is_shown_with_its_neighbors_and_what_its_facts_mean(licet: Licet) -> None:
    lvs = licet("show", "part_740/lvs").out
    assert "item_reasons does not have EI" in lvs
    assert "destination is in Country Groups (group B)" in lvs
    assert "every reason of the group" in lvs
    assert "[part_740/740_2/a_1]" in lvs.partition("barred by:")[2].partition("in force:")[0]
    assert "us_price_higher: the same kind of purchaser" in lvs
    assert "looked up in part_774/exceptions" in lvs
    chart = licet("show", "part_738/chart").out
    assert "set by " in chart.partition("the facts it reads:")[2]
    assert "reviewed by:" in licet("show", "part_746/746_8/a_5").out


def test_a_folder_of_rules_lists_them(licet: Licet) -> None:
    done = licet("show", "us_ear/part_744/744_21")
    assert done.code == GO
    assert "us_ear/part_744/744_21/a_1\n    license required" in done.out


def test_every_rule_can_be_shown(licet: Licet) -> None:
    ids = [line for line in licet("rules").out.splitlines() if not line.startswith(" ")]
    for rule in ids[::7]:
        assert licet("show", rule).code == GO


def test_facts_are_shown_with_where_to_state_them(licet: Licet) -> None:
    done = licet("fields", "destination")
    assert "state it: destination" in done.out
    every = licet("fields").out
    for where in (
        "items[].facts.",
        "parties[].",
        "rules set it",
        "licet derives it",
        "claims an authorization",
        "nobody states",
    ):
        assert where in every
    assert "network_operator" in licet("fields", "NETWORK").out
    unknown = licet("fields", "destinaton")
    assert (unknown.code, "did you mean `destination`" in unknown.err) == (BAD, True)


def test_reading_a_broken_pack(licet: Licet, broken_pack: Path) -> None:
    for command in (["rules"], ["show", "x"], ["fields"]):
        done = licet(*command, "--policies", broken_pack)
        assert (done.code, "pack.yaml" in done.err) == (BAD, True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Require(each="chart"), "requires a license, for each reason in chart"),
        (Review(reasons=("a",), policy_fact="p"), "an application meets the policy in p, for a"),
        (Lift(authorization="A", everything=True), "A lifts every requirement"),
        (
            Lift(authorization="A", reasons=("r",), rules=("x/y",)),
            "A lifts requirements for r and what these rules require: x/y",
        ),
        (Bar(kinds=("license_exception",), all_but=("G",)), "bars every license exception but G"),
        (Bar(reasons=("r",)), "bars every authorization, for r"),
        (Except(bars=("x",)), "lifts the bars of x"),
        (Prohibit(reason="d"), "prohibits: no license or exception of the pack lifts it (d)"),
        (SetFact(fact="f", value=None), "sets f to none"),
        (Oblige(obligations=("a", "b")), "obliges: a, b"),
        (Flag(message="m"), "red flag, holds until settled: m"),
        (Rate(risk="r", level="high"), "rates r as high"),
    ],
)
def test_effects_in_words(given: object, said: str) -> None:
    assert effect(given) == said  # type: ignore[arg-type]  # every kind of effect
