"""`licet verify` and `licet replay`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import BAD, GO, STOP, Data, Licet, example


@pytest.fixture
def decision(licet: Licet, tmp_path: Path) -> Path:
    path = tmp_path / "decision.json"
    done = licet("evaluate", example("05"), "--as-of", "2019-11-04", "--format", "json", "--no-assumptions")
    path.write_text(done.out, encoding="utf-8")
    return path


def changed(path: Path, **changes: object) -> Path:
    data: Data = {**json.loads(path.read_bytes()), **changes}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_an_honest_decision_is_verified_and_the_same(licet: Licet, decision: Path) -> None:
    assert licet("verify", decision).code == GO
    done = licet("replay", decision)
    assert (done.code, done.out.endswith(": the same\n")) == (GO, True)
    assert licet("replay", decision, "--backend", "reference").code == GO


def test_a_forged_decision_is_refused_and_different(licet: Licet, decision: Path) -> None:
    released = "hold" if json.loads(decision.read_bytes())["release"] == "go" else "go"
    changed(decision, release=released)
    refused = licet("verify", decision)
    assert (refused.code, "refused" in refused.out) == (STOP, True)
    done = licet("replay", decision)
    assert done.code == STOP
    assert "/release: " in done.out


def test_other_law_is_named_and_whether_the_answer_stays(licet: Licet, decision: Path) -> None:
    data = json.loads(decision.read_bytes())
    changed(decision, provenance={**data["provenance"], "packs": {"us_ear": "0" * 64, "gone": "1" * 64}})
    done = licet("replay", decision)
    assert done.code == STOP
    assert "pack us_ear: sha256 000000000000… then" in done.out
    assert "pack gone: sha256 111111111111… then, absent now" in done.out
    assert "the answer is still" in done.out
    changed(decision, outcome="prohibited")
    assert "then, now it is" in licet("replay", decision).out


def test_several_decisions(licet: Licet, tmp_path: Path) -> None:
    path = tmp_path / "decisions.json"
    path.write_text(licet("evaluate", example("05"), example("06"), "--format", "json").out, encoding="utf-8")
    assert licet("replay", path).out.count("the same") == 2


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", "{}", '{"format": "licet-decision-1"}', '[{"format": "licet-findings-1"}]']
)
def test_what_is_no_decision(text: str, licet: Licet, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    for command in ("verify", "replay"):
        done = licet(command, path)
        assert (done.code, "error[" in done.err) == (BAD, True)


def test_files_that_are_not_there(licet: Licet, tmp_path: Path) -> None:
    assert "no-such-file" in licet("verify", tmp_path / "x").err
    assert "is-a-folder" in licet("replay", tmp_path).err


def test_an_order_that_cannot_be_judged_any_longer(licet: Licet, decision: Path) -> None:
    changed(decision, input={"id": "x"})
    assert licet("replay", decision).code == BAD


def test_dates_that_are_none(licet: Licet, decision: Path) -> None:
    changed(decision, as_of="yesterday")
    done = licet("replay", decision)
    assert (done.code, "bad-date" in done.err) == (BAD, True)
