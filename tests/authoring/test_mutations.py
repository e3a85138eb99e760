"""Small changes to the law, the score that they give, and the changes that are known to alter no answer."""

import random
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from licet import Evaluator
from licet.authoring.cases import run_case
from licet.authoring.mutate import Verdict, Workbench, equivalents, error_of, judged, main, score
from licet.authoring.mutations import mutants
from licet.authoring.run import read_cases
from licet.policy.load import PolicyError, assemble_trusted, pack_files, read_files
from licet.policy.source import load_document
from tests.docs.test_language import MORE, written

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
@pytest.mark.parametrize("jobs", [1, 2])
def test_the_score_names_what_no_case_notices(small: Path, jobs: int) -> None:
    verdicts = score(small, None, jobs=jobs)
    assert {v.what for v in verdicts if not v.noticed} == {
        "in_force.0.from: 2020-01-10 -> 2020-01-09",  # no case on the day before
        "when.destination.in: without HK",  # and none for Hong Kong
    }
    assert {v.by for v in verdicts if v.noticed} == {"ns: first day"}
    assert {v.seen for v in verdicts if not v.noticed} == {0}
    assert score(small, None, only="elsewhere", jobs=jobs) == []


def test_days_of_knowledge_are_moved_when_asked_for() -> None:
    told = {"from": date(2020, 1, 10), "filed": date(2020, 1, 9), "published": date(2020, 1, 13), "cite": "85 FR 1"}
    data = {**RULE, "in_force": [told]}
    extra = [m for m in mutants(data, "rule", known=True) if m.what not in changes(data)]
    assert [m.what for m in extra] == [
        "in_force.0.filed: 2020-01-09 -> 2020-01-08",  # from the first of the two it was known
        "in_force.0.filed: 2020-01-09 -> 2020-01-10",
    ]
    assert {m.sort for m in extra} == {"day known"}


def test_only_a_case_of_the_day_sees_what_was_known(small: Path) -> None:
    law = small / "ns" / "rule.yaml"
    law.write_text(law.read_text(encoding="utf-8").replace("cite: 85 FR 1}", "published: 2020-01-08, cite: 85 FR 1}"))
    verdicts = [v for v in _verdicts(small, known=True) if v.sort == "day known"]
    assert [(v.noticed, v.seen) for v in verdicts] == [(False, 0)] * 2
    cases = small / "ns" / "cases.yaml"
    told = (
        "  - name: known on the day\n    known_on: 2020-01-08\n"
        "    expect: {release: stop, outcome: license_required, determined_by: [ns]}\n"
    )
    cases.write_text(cases.read_text(encoding="utf-8") + told, encoding="utf-8")
    assert [v.by for v in _verdicts(small, known=True) if v.sort == "day known"] == ["", "ns: known on the day"]


def _verdicts(folder: Path, *, known: bool = False) -> list[Verdict]:
    bench = Workbench(folder, None)
    return list(judged(bench, bench.targets(known=known), 1))


def test_a_change_that_takes_too_long_is_not_noticed(small: Path) -> None:
    bench = Workbench(small, None)
    found = next(judged(bench, bench.targets(), 1, 1e-6))
    assert (found.noticed, found.by) == (False, "out of time")


def test_one_process_does_the_work_of_others_that_cannot_start(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    bench = Workbench(small, None)
    alone = list(judged(bench, bench.targets(), 1))
    monkeypatch.setattr("licet.authoring.mutate.ProcessPoolExecutor", refuse)
    assert list(judged(bench, bench.targets(), 2)) == alone
    assert "no more processes" in capsys.readouterr().err


def test_a_sample_has_an_error_and_comes_back(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def ran(*options: str) -> tuple[int, str]:
        code = main([str(small), "--jobs", "1", "--equivalents", str(small / "none"), *options])
        return code, capsys.readouterr().out.partition("known to change nothing")[0]

    whole, drawn = ran(), ran("--sample", "3", "--seed", "7")
    assert "4 of 6 mutants noticed: 66.7 %" in whole[1]
    assert " of 3 mutants noticed: " in drawn[1]
    assert "±" in drawn[1]
    assert drawn == ran("--sample", "3", "--seed", "7")
    assert [ran("--at-least", least)[0] for least in ("66", "67")] == [0, 1]
    assert error_of(0.8, 400, 10_000) == pytest.approx(0.0392, abs=0.001)
    assert error_of(0.8, 400, 400) == 0


def test_an_equivalent_that_a_case_notices_is_none(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = small.parent / "equivalent.txt"
    said.write_text("ns: then.require: a notice instead  # so they say\n", encoding="utf-8")
    assert main([str(small), "--jobs", "1", "--equivalents", str(said)]) == 1
    assert "said to change nothing, and `ns: first day` notices it" in capsys.readouterr().out


def test_a_case_that_fails_already_notices_nothing(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = small / "ns" / "cases.yaml"
    cases.write_text(cases.read_text(encoding="utf-8").replace("release: stop", "release: go"), encoding="utf-8")
    assert main([str(small), "--jobs", "1", "--equivalents", str(small / "none")]) == 1
    shown = capsys.readouterr().out
    assert "1 cases fail as the law stands and notice nothing, such as ns: first day" in shown
    assert "0 of 6 mutants noticed" in shown


# --- the short way and the long one ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack of the page on the policy language, which has everything that a pack can have."""
    more = {path.relative_to(MORE).as_posix(): path.read_text(encoding="utf-8") for path in MORE.rglob("*.yaml")}
    return written(tmp_path_factory.mktemp("page"), more)


@pytest.mark.slow
def test_the_verdicts_are_those_of_packs_made_from_nothing(page: Path) -> None:
    bench = Workbench(page, ROOT / "examples")
    assert bench.failing == []
    files = pack_files(page)
    data = read_files(files, page.name).data
    entries = [(f, data[f"{f.kind}:{f.id}:{f.shown.rpartition('/')[2]}"]) for f in files if f.kind != "cases"]
    cases = read_cases(page, ROOT / "examples")
    targets = bench.targets(known=True)
    for file, mutant in random.Random(20).sample(targets, 120):
        changed = [(f, mutant.data if f == file else entry) for f, entry in entries]
        try:
            evaluator = Evaluator([assemble_trusted(changed, page.name, "0" * 64)], backend="reference")
        except PolicyError:
            noticed = True
        else:
            noticed = any(run_case(evaluator, case).failures for case in cases)
        assert bench.judge((file, mutant)).noticed == noticed, f"{file.id}: {mutant.what}"


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


def test_every_equivalent_is_a_change_that_is_tried_and_stands_once() -> None:
    named = [change for change, _ in listed()]
    homes = {change.partition(": ")[0] for change in named}
    files = [f for f in pack_files(PACK) if f.kind in {"rule", "general_license"} and f.id in homes]
    read = [(f, load_document(f.raw, f.shown)[0]) for f in files]
    tried = {f"{f.id}: {m.what}" for f, found in read if found is not None for m in mutants(found.data, f.kind)}
    assert sorted(set(named) - tried) == []
    assert len(named) == len(set(named))


def rows(path: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a file, every scalar as text."""
    found: list[dict[str, Any]] = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)[name]  # noqa: S506
    return found


@cache
def listings() -> list[dict[str, Any]]:
    return [entry for path in sorted(PACK.glob("**/listings/*.yaml")) for entry in rows(path, "listings")]


#: What a reason that rests on the pack's data comes to.
RESTING: dict[str, Callable[[], bool]] = {
    "every listing of the pack covers every item": lambda: (
        not any("scope" in row for entry in listings() for row in entry["rows"])
    ),
}


@pytest.mark.slow
def test_reasons_that_rest_on_the_data_of_the_pack_hold() -> None:
    resting = {reason for _, reason in listed() if "of the pack" in reason}
    assert resting == set(RESTING)
    assert [reason for reason in sorted(resting) if not RESTING[reason]()] == []
