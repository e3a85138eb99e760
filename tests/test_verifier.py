"""The separate verifier: it certifies what the engine decides, and refuses whatever has been changed since."""

import ast
import contextlib
import copy
import functools
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from licet import Evaluator
from licet.authoring.run import read_cases
from licet.evaluator import input_digest
from licet.fact_check import verify_facts
from licet.transaction.read import InputError
from licet.verifier import verify as verify_rules
from tests.generate import DERIVED, INSTEAD, RATED, TOLD, asking, world

ROOT = Path(__file__).resolve().parent.parent
PACK, EXAMPLES = ROOT / "policies" / "us_ear", ROOT / "examples"
VERIFIER, FACT_CHECK, FACT_DERIVE = (
    ROOT / "engine" / "licet" / name for name in ("verifier.py", "fact_check.py", "fact_derive.py")
)
DURABLE = importlib.util.find_spec("durable") is not None
BACKENDS = ["reference", pytest.param("durable", marks=pytest.mark.skipif(not DURABLE, reason="not installed here"))]

DAYS = (
    ("01", "2019-05-15", None),
    ("01", "2019-05-17", None),
    ("02", "2019-06-10", None),
    ("03", "2019-06-10", None),
    ("02", "2019-08-19", None),
    ("02", "2019-09-10", None),
    ("04", "2019-08-18", None),
    ("04", "2019-08-19", None),
    ("05", "2019-11-04", None),
    ("06", "2019-11-04", None),
    ("07", "2019-11-04", None),
    ("08", "2019-11-04", None),
    ("09", "2019-11-04", None),
    ("10", "2019-11-04", None),
    ("10", "2026-08-01", None),
    ("05", "2020-08-14", None),
    ("05", "2020-03-11", "2020-03-11"),
    ("05", "2020-03-11", "2020-03-12"),
)
MOST_LINES, MOST_WIDE = 250, 120  # of the certificate, blank ones aside: an auditor reads it in one sitting
MOST_LEFT = 23  # kinds of tampering that only the check of the facts refuses
SAMPLE = 60  # cases of the pack: all of them would take half an hour
MOST_KNOWN = 8  # values of a derived fact that are forged
Json = dict[str, Any]


def verify(decision: Json, packs: list[Path]) -> list[str]:
    """What either half finds wrong."""
    return verify_rules(decision, packs) + verify_facts(decision, packs)


@functools.cache
def evaluator(backend: str = "reference") -> Evaluator:
    return Evaluator.load(PACK, backend=backend)


def example(number: str) -> Json:
    found: Json = json.loads(next(EXAMPLES.glob(f"{number}_*.json")).read_text(encoding="utf-8"))
    return found


def decided(order: Any, *, backend: str = "reference", **how: Any) -> Json:
    made: Json = json.loads(msgspec.json.encode(evaluator(backend).evaluate(order, **how)))
    return made


# --- what the engine decides is certified -----------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("number", "as_of", "known_on"), DAYS)
def test_every_example_is_certified(number: str, as_of: str, known_on: str | None, backend: str) -> None:
    decision = decided(example(number), backend=backend, as_of=as_of, known_on=known_on)
    assert verify(decision, [PACK]) == []


@pytest.mark.parametrize("number", ["05", "10"])
def test_a_decision_without_assumptions_is_certified(number: str) -> None:
    decision = decided(example(number), as_of="2019-11-04", assumptions=False)
    assert verify(decision, [PACK]) == []


def test_cases_of_the_pack_are_certified() -> None:
    cases = read_cases(PACK, EXAMPLES)
    sample = cases[:: max(1, len(cases) // SAMPLE)]
    refused = {}
    for case in sample:
        how: Json = {"as_of": case.as_of, "known_on": case.known_on, "assumptions": case.assumptions}
        problems = verify(decided(case.order, **how), [PACK])
        if problems:
            refused[case.id] = problems
    assert len(sample) >= SAMPLE
    assert refused == {}


def test_a_decision_need_not_be_json_yet() -> None:
    decision = evaluator().evaluate(example("05"), as_of="2019-11-04")
    assert verify(msgspec.to_builtins(decision), [PACK]) == []


# --- what has been changed since is refused ---------------------------------------------------------------------------

FLAGGED = example("10") | {"facts": {"excluded_as": "itar"}}
ABROAD = example("07") | {"destination": "IR", "rates": {"EUR": 1.25}}  # where one rule displaces the country chart
ABROAD["items"][0]["value"] = {"amount": 2000, "currency": "EUR"}
BASES: dict[str, tuple[Any, dict[str, Any]]] = {
    "go": (example("05"), {"as_of": "2019-11-04"}),
    "late": (example("05"), {"as_of": "2020-03-11", "known_on": "2020-03-12"}),
    "stop": (example("06"), {"as_of": "2019-11-04"}),
    "review": (example("08"), {"as_of": "2019-11-04"}),
    "two": (example("07"), {"as_of": "2019-11-04"}),
    "hold": (example("03"), {"as_of": "2019-06-10"}),
    "flag": (FLAGGED, {"as_of": "2019-11-04"}),
    "plain": (example("10"), {"as_of": "2019-11-04"}),
    "displaced": (ABROAD, {"as_of": "2026-03-02"}),
}


@functools.cache
def base(name: str) -> str:
    order, how = BASES[name]
    return json.dumps(decided(order, **how))


def line(decision: Json) -> Json:
    found: Json = decision["regimes"][0]["lines"][0]
    return found


def case(decision: Json, part: str) -> Json:
    """The case of that subject, else the one whose subject has the part."""
    cases = line(decision)["cases"]
    named = [c for c in cases if c["subject"] == part] + [c for c in cases if part in c["subject"]]
    found: Json = named[0]
    return found


def wholes(decision: Json) -> Iterator[Json]:
    yield from (decision, decision["regimes"][0], line(decision))


def say(decision: Json, outcome: str, release: str) -> None:
    """Say another outcome everywhere, as a forger would."""
    for whole in wholes(decision):
        whole |= {"outcome": outcome, "release": release}


def another_order(decision: Json, **fields: Any) -> None:
    """Change the order and its digest too."""
    decision["input"] |= fields
    decision["provenance"]["input"] = input_digest(decision["input"])


def set_fact(part: str, name: str, value: Any) -> Callable[[Json], None]:
    def change(decision: Json) -> None:
        record = case(decision, part)
        assert record["facts"][name] != value
        record["facts"][name] = value

    return change


def drop_rule(part: str, rule: str) -> Callable[[Json], None]:
    return lambda decision: case(decision, part)["rules"].pop(rule)


def drop_cases(part: str) -> Callable[[Json], None]:
    def change(decision: Json) -> None:
        before = line(decision)["cases"]
        line(decision)["cases"] = [c for c in before if part not in c["subject"]]
        assert len(line(decision)["cases"]) < len(before)

    return change


def go_for_hold(decision: Json) -> None:
    say(decision, "authorized", "go")
    line(decision)["requirements"][0] |= {"state": "lifted", "lifted_by": line(decision)["determined_by"]}


def invent_lift(decision: Json) -> None:
    rule = "part_744/supp_7_huawei_tgl/c_2_2019_08"
    case(decision, LISTED)["rules"][rule] = 2
    line(decision)["requirements"][0] |= {"state": "lifted", "lifted_by": [rule]}
    say(decision, "authorized", "go")


def attribute_lift(decision: Json) -> None:
    used = [a for a in line(decision)["authorizations"] if a["state"] == "used"]
    used[0]["id"] = "TGL.c.2"


def soften(decision: Json) -> None:
    line(decision)["requirements"][0]["review"] = "approval"
    line(decision)["review"] = "approval"


def soften_by_fact(decision: Json) -> None:
    soften(decision)
    case(decision, "dahua_technology:")["facts"]["listing_review_policy"] = "approval"


def unflag(decision: Json) -> None:
    line(decision)["flags"] = []
    say(decision, "no_license_required", "go")


def settle(decision: Json) -> None:
    line(decision)["flags"][0]["settled"] = True
    say(decision, "no_license_required", "go")


def extend(decision: Json) -> None:
    for whole in wholes(decision):
        whole["valid_until"] = "2020-02-16"


def forget_date(decision: Json) -> None:
    for whole in wholes(decision):
        whole["valid_until"] = None


def rename_party(decision: Json) -> None:
    parties = copy.deepcopy(decision["input"]["parties"])
    parties[1]["name"] = "Harmless Telecommunications Co., Ltd."
    another_order(decision, parties=parties)


def settle_in_order(decision: Json) -> None:
    flag = line(decision)["flags"][0]["code"]
    decision["input"]["resolutions"] = [{"flag": flag, "by": "somebody", "on": "2019-11-01", "why": "looked at"}]
    settle(decision)


def undisplace(decision: Json) -> None:
    line(decision)["requirements"].append(line(decision)["requirements"][0] | {"rule": CHART, "reason": "NS2"})


def top(name: str, value: Any) -> Callable[[Json], None]:
    return lambda decision: decision.update({name: value})


def entry(field: str, name: str, value: Any) -> Callable[[Json], None]:
    return lambda decision: line(decision)[field][0].update({name: value})


def of_line(name: str, value: Any) -> Callable[[Json], None]:
    return lambda decision: line(decision).update({name: value})


CHART, EMBARGO = "part_738/chart", "part_746/746_7/items"
C1 = "part_744/supp_7_huawei_tgl/c_1_2019_08"
LISTED = "hisilicon_technologies_co_ltd:name"
REQUIREMENT, BAR = "part_744/744_11_a/requirement", "part_744/744_16_b"
TAMPERED: dict[str, tuple[str, Callable[[Json], Any], str]] = {
    "another classification": ("two", set_fact("1", "eccn", "EAR99"), "fact `eccn`: recorded as EAR99"),
    "another destination": ("stop", set_fact("1", "destination", "CA"), "fact `destination`"),
    "reasons for control emptied": ("two", set_fact("1", "chart_reasons", []), "fact `chart_reasons`"),
    "requirements of the chart emptied": ("two", set_fact("1", "chart_requirements", []), "fact `chart_requirements`"),
    "another role": ("stop", set_fact("1/hisilicon", "party_roles", ["forwarder"]), "fact `party_roles`"),
    "certified after all": ("hold", set_fact("1", "certified_by_exporter", True), "fact `certified_by_exporter`"),
    "a license after all": ("stop", set_fact("1", "license_covers_item", True), "fact `license_covers_item`"),
    "the entry does not cover the item": (
        "stop",
        set_fact(LISTED, "listing_covers_item", False),
        "`listing_covers_item`",
    ),
    "a namesake": ("stop", set_fact(LISTED, "hit_confirmed", {"unknown": "a namesake"}), "`hit_confirmed`"),
    "jurisdiction flipped": ("stop", set_fact("1", "jurisdiction", "not_subject"), "fact `jurisdiction`"),
    "not a listed party": ("stop", set_fact(LISTED, "listed_party", False), "fact `listed_party`"),
    "a fact missing": (
        "go",
        lambda d: case(d, "huawei_technologies")["facts"].pop("listed_party"),
        "stray facts: .*'listed_party'",
    ),
    "a fact invented": ("go", lambda d: case(d, "1")["facts"].update({"good_standing": True}), "stray facts: .*good_"),
    "requirement dropped": ("stop", of_line("requirements", []), r"required: recorded as \[\]"),
    "requirement's rule dropped": ("stop", drop_rule(LISTED, REQUIREMENT), f"`{REQUIREMENT}`: recorded as 0, .* 2"),
    "requirement lifted": ("stop", entry("requirements", "state", "lifted"), "required: .*'lifted'.*'stands'"),
    "bar dropped": ("stop", drop_rule(LISTED, BAR), f"rule `{BAR}`: recorded as 0, and comes to 2"),
    "line's case dropped": ("stop", lambda d: line(d)["cases"].pop(0), r"cannot be verified: KeyError: \('1',\)"),
    "party's case dropped": ("stop", drop_cases("1/hisilicon"), r"cases: .* \('1', 'hisilicon'\), \('1', 'seller'"),
    "listing hit dropped": ("stop", drop_cases(LISTED), "listings met: recorded as .*hisilicon_technologies"),
    "case invented": ("go", lambda d: case(d, "huawei_technologies").update({"subject": "1/x"}), "cases: .*as 1/x"),
    "case twice": ("go", lambda d: line(d)["cases"].append(line(d)["cases"][0]), "cases: .* 6.* 5"),
    "another listing": (
        "go",
        lambda d: case(d, "huawei_technologies").update({"listing": "a/b"}),
        "listings met: .*a/b as",
    ),
    "lift invented": ("stop", invent_lift, "c_2_2019_08`: recorded as 2, and comes to 0"),
    "lift by another authorization": ("go", attribute_lift, "authorizations: recorded as .*TGL.c.2"),
    "lift by another rule": ("go", entry("requirements", "lifted_by", [BAR]), "required: recorded as .*744_16_b"),
    "outcome changed": ("stop", top("outcome", "authorized"), "decision: .*'license_required'"),
    "release changed": ("stop", top("release", "go"), "decision: .*'go'.*'stop'"),
    "line's outcome changed": ("stop", of_line("outcome", "hold"), "outcome and release: .*'license_required'"),
    "stop made go": ("stop", lambda d: say(d, "authorized", "go"), "outcome and release: .*'license_required'"),
    "hold made go": ("hold", go_for_hold, "outcome and release: .*'hold'"),
    "another day": ("go", top("as_of", "2019-11-05"), "fact `as_of`"),
    "a day before the law": ("stop", top("as_of", "2019-05-15"), r"listings met: .* comes to \[\]"),
    "known on another day": ("late", top("known_on", "2020-03-11"), "valid_until"),
    "known before the listing": ("stop", top("known_on", "2019-05-01"), r"listings met: .* comes to \[\]"),
    "order changed": ("stop", lambda d: d["input"].update({"destination": "CA"}), "digest of the order"),
    "order and its digest changed": ("stop", lambda d: another_order(d, destination="CA"), "fact `destination`"),
    "party renamed": ("stop", rename_party, r"listings met: .* comes to \[\]"),
    "another transaction": ("go", top("transaction", "X-1"), "digest of the order.*X-1"),
    "another pack": ("go", lambda d: d["provenance"]["packs"].update({"us_ear": "0" * 64}), "packs, .*0000"),
    "pack forgotten": ("go", lambda d: d["provenance"].update({"packs": {}}), r"packs, .*recorded as \[{}"),
    "regime forgotten": ("stop", top("regimes", []), r"packs, .*\['us_ear'\]"),
    "pack does not bind": ("stop", lambda d: d["regimes"][0].update({"binds": False}), "whether it binds"),
    "flag removed": ("flag", unflag, r"flags: recorded as \[\]"),
    "flag settled": ("flag", settle, "flags: .*True.*False"),
    "resolution invented": ("flag", settle_in_order, "digest of the order"),
    "assumption hidden": ("plain", of_line("assumptions", []), "assumptions: .*bis_informed"),
    "assumption invented": ("go", of_line("assumptions", [{"fact": "eccn"}]), r"assumptions: recorded as \['eccn'\]"),
    "assumptions denied": ("plain", top("assumptions", False), "fact `diversion_known`"),
    "open rule shown as false": (
        "hold",
        lambda d: case(d, ":").update({"rules": {}}),
        "recorded as 0, and comes to 1",
    ),
    "unclaimed rule hidden": (
        "hold",
        lambda d: [c.update({"unclaimed": []}) for c in line(d)["cases"]],
        "unclaimed: recorded as",
    ),
    "review policy softened": ("review", soften, "review: recorded as approval, and comes to case_by_case"),
    "review policy of the entry softened": ("review", soften_by_fact, "fact `listing_review_policy`"),
    "lasts longer": ("go", extend, "period relied on .* comes to 2019-11-18"),
    "lasts forever": ("go", forget_date, "period relied on .* comes to 2019-11-18"),
    "lasts longer at the top": ("go", top("valid_until", "2020-02-16"), "the decision: .*2020-02-16.*2019-11-18"),
    "determined by a silent rule": (
        "go",
        of_line("determined_by", ["part_740/civ", REQUIREMENT, C1]),
        "determined_by: recorded as .*740/civ",
    ),
    "determined by less": ("go", of_line("determined_by", [REQUIREMENT]), f"determined_by: .* comes to .*{C1}"),
    "displaced rule stands": ("displaced", undisplace, f"required: recorded as .*{CHART}"),
    "displacing rule dropped": ("displaced", drop_rule("1", EMBARGO), f"`{EMBARGO}`: recorded as 0, and comes to 2"),
    "displaced rule dropped": ("displaced", drop_rule("1", CHART), f"`{CHART}`: recorded as 0, and comes to"),
    "dollars for euros": ("displaced", set_fact("1", "item_value", "2000"), "fact `item_value`: .* 2500"),
    "another rate": ("displaced", lambda d: another_order(d, rates={"EUR": 1}), "fact `item_value`: .* 2000"),
    "a product": ("displaced", set_fact("1", "lvs_year_limit", "36001"), "`lvs_year_limit`: .* 36000"),
    "line removed": ("stop", lambda d: d["regimes"][0].update({"lines": []}), "lines, whether it binds"),
    "another format": ("go", top("format", "licet-decision-0"), "licet-decision-0"),
    "not a decision": ("go", lambda d: d.clear(), "cannot be verified"),
    "nonsense inside": ("go", of_line("cases", [None]), "cannot be verified"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_is_changed_is_refused(name: str) -> None:
    which, change, message = TAMPERED[name]
    decision = json.loads(base(which))
    change(decision)
    problems = verify(decision, [PACK])
    assert problems
    assert any(re.search(message, problem) for problem in problems), problems


def test_the_certificate_alone_refuses_most_of_it() -> None:
    left = []
    for name, (which, change, _) in TAMPERED.items():
        decision = json.loads(base(which))
        change(decision)
        if not verify_rules(decision, [PACK]):
            left.append(name)
    assert len(TAMPERED) - len(left) >= 20
    assert len(left) <= MOST_LEFT, left


@pytest.mark.parametrize("name", BASES)
def test_what_is_not_changed_is_certified(name: str) -> None:
    assert verify(json.loads(base(name)), [PACK]) == []


def test_every_fact_that_is_flipped_is_refused() -> None:
    decision = json.loads(base("go"))
    facts = [(place, name) for place, record in enumerate(line(decision)["cases"]) for name in record["facts"]]
    accepted = []
    for place, name in facts[:: max(1, len(facts) // SAMPLE)]:
        forged = copy.deepcopy(decision)
        found = line(forged)["cases"][place]["facts"]
        found[name] = "forged" if _unknown(found[name]) else {"unknown": "?"}
        if not verify_facts(forged, [PACK]):
            accepted.append((place, name))
    assert accepted == []


def _unknown(value: Any) -> bool:
    return isinstance(value, dict)


def test_a_changed_law_is_another_law(tmp_path: Path) -> None:
    for path in PACK.rglob("*.yaml"):
        copied = tmp_path / "us_ear" / path.relative_to(PACK)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_bytes(path.read_bytes())
    decision = json.loads(base("stop"))
    assert verify(decision, [tmp_path / "us_ear"]) == []
    rule = tmp_path / "us_ear" / "part_744" / "744_11_a" / "requirement" / "rule.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("2008-08-21", "2028-08-21"), encoding="utf-8")
    assert "packs, their names" in verify(decision, [tmp_path / "us_ear"])[0]


def test_without_its_policy_nothing_is_certified(tmp_path: Path) -> None:
    assert verify(json.loads(base("go")), []) != []
    assert verify(json.loads(base("go")), [tmp_path]) != []


# --- two regimes: one pack asks what the other says, rates risks, and binds where a fact is so ------------------------

BESIDE = ROOT / "policies" / "cn_countermeasures"
BOTH = [PACK, BESIDE]
BOUND = example("06") | {"facts": {"actor_reach": "in_china"}}
#: How the answer on an order stands under the second pack: it advises, it binds, whether it binds is open; it expires.
BESIDES: dict[str, tuple[Any, dict[str, Any]]] = {
    "advised": (example("06"), {"as_of": "2026-10-05"}),
    "bound": (BOUND, {"as_of": "2026-10-05"}),
    "open": (example("06"), {"as_of": "2026-10-05", "assumptions": False}),
    "expires": (example("05"), {"as_of": "2019-11-04"}),
}
BESIDE_SAMPLE = 24  # cases of the second pack, besides the examples


@functools.cache
def both() -> Evaluator:
    return Evaluator.load(BOTH, backend="reference")


def decided_by_both(order: Any, **how: Any) -> Json:
    made: Json = json.loads(msgspec.json.encode(both().evaluate(order, **how)))
    return made


@functools.cache
def beside(name: str) -> str:
    order, how = BESIDES[name]
    return json.dumps(decided_by_both(order, **how))


def of_regime(decision: Json, regime: str) -> Json:
    found: Json = next(made for made in decision["regimes"] if made["regime"] == regime)
    return found


def in_regime(regime: str, name: str, value: Any) -> Callable[[Json], None]:
    def change(decision: Json) -> None:
        found = of_regime(decision, regime)
        assert found[name] != value
        found[name] = value

    return change


def in_line(regime: str, name: str, value: Any) -> Callable[[Json], None]:
    return lambda decision: of_regime(decision, regime)["lines"][0].update({name: value})


def in_case(name: str, value: Any) -> Callable[[Json], None]:
    def change(decision: Json) -> None:
        facts = of_regime(decision, "cn")["lines"][0]["cases"][0]["facts"]
        assert facts[name] != value
        facts[name] = value

    return change


def rerate(field: str, value: Any) -> Callable[[Json], None]:
    def change(decision: Json) -> None:
        rating = next(r for r in of_regime(decision, "cn")["lines"][0]["ratings"] if r["risk"] == "reciprocal_risk")
        assert rating[field] != value
        rating[field] = value

    return change


def outlast(decision: Json) -> None:
    for whole in (of_regime(decision, "cn"), of_regime(decision, "cn")["lines"][0]):
        whole["valid_until"] = "2019-12-01"


def advise_only(decision: Json) -> None:
    """The whole forgery: what binds is said not to, and the facts with it."""
    of_regime(decision, "cn")["binds"] = False
    in_case("bound", False)(decision)
    decision["valid_until"] = None


REACHED = "fact `exposure_reached`"
TAMPERED_BESIDE: dict[str, tuple[str, Callable[[Json], Any], str]] = {
    "a rating lowered": ("advised", rerate("level", "elevated"), "ratings: recorded as .*elevated"),
    "a possible level hidden": ("advised", rerate("at_most", "low"), "ratings: recorded as"),
    "a rating by another rule": ("advised", rerate("rules", ["exposure/none"]), "ratings: recorded as"),
    "a rating dropped": ("advised", in_line("cn", "ratings", []), r"ratings: recorded as \[\]"),
    "a reached level removed": ("advised", in_case("exposure_reached", ["none"]), REACHED),
    "a reached level invented": ("advised", in_case("exposure_reached", ["none", "possible", "clear"]), REACHED),
    "a possible level removed": (
        "advised",
        in_case("risk_reached", {"sure": ["low"], "maybe": ["elevated"]}),
        "fact `risk_reached`",
    ),
    "a possible level made sure": ("advised", in_case("risk_reached", ["elevated", "high", "low"]), "`risk_reached`"),
    "it binds, and is said not to": ("bound", in_regime("cn", "binds", False), "whether it binds"),
    "it advises, and is said to bind": ("advised", in_regime("cn", "binds", True), "whether it binds"),
    "it may bind, and is said not to": ("open", in_regime("cn", "may_bind", False), "whether it binds"),
    "it may bind, and is said to": ("open", in_regime("cn", "binds", True), "whether it binds"),
    "it advises, and is said to be open": ("advised", in_regime("cn", "may_bind", True), "whether it may"),
    "the other does not bind": ("bound", in_regime("us", "binds", False), "pack us_ear: .* whether it binds"),
    "whoever is bound is not": ("bound", advise_only, "fact `bound`"),
    "by the other regime's name": ("advised", in_regime("us", "regime", "eu"), "pack us_ear: its regime"),
    "US law lets it go": ("advised", in_case("us_release", "go"), "fact `us_release`: recorded as go, .* stop"),
    "US law says otherwise": ("advised", in_case("us_outcome", "prohibited"), "fact `us_outcome`"),
    "US law offers nothing": ("advised", in_case("us_could_apply", False), "fact `us_could_apply`"),
    "what it offers is hidden": ("advised", in_line("us", "authorizations", []), "fact `us_could_apply`"),
    "another line goes": ("advised", in_case("us_another_line_goes", True), "fact `us_another_line_goes`"),
    "what US law says is open": ("advised", in_case("us_release", {"unknown": "?"}), "fact `us_release`"),
    "another conduct": ("advised", in_case("conduct_taken", "C0"), "fact `conduct_taken`: recorded as C0, .* C1"),
    "no conduct": ("advised", in_case("conduct_taken", {"unknown": "not stated"}), "fact `conduct_taken`"),
    "it binds, and its end is forgotten": ("bound", top("valid_until", None), "the decision: valid_until"),
    "it only advises, and its end counts": ("advised", top("valid_until", "2026-11-09"), "the decision: valid_until"),
    "it outlasts what it asks": ("expires", outlast, "which no verdict asked ends before.* comes to 2019-11-18"),
    "a pack that always binds will not": ("advised", in_regime("us", "binding_until", "2026-10-09"), "binding_until"),
    "what may bind stops it": ("open", lambda d: d.update(outcome="prohibited", release="stop"), "the decision"),
    "what may bind lets it go": ("open", lambda d: d.update(outcome="authorized", release="go"), "the decision"),
}


@pytest.mark.parametrize("name", TAMPERED_BESIDE)
def test_what_is_changed_of_two_regimes_is_refused(name: str) -> None:
    which, change, message = TAMPERED_BESIDE[name]
    decision = json.loads(beside(which))
    change(decision)
    problems = verify(decision, BOTH)
    assert any(re.search(message, problem) for problem in problems), problems


@pytest.mark.parametrize("name", BESIDES)
def test_what_is_not_changed_of_two_regimes_is_certified(name: str) -> None:
    decision = json.loads(beside(name))
    standing = {made["regime"]: (made["binds"], made["may_bind"]) for made in decision["regimes"]}
    assert standing == {"us": (True, False), "cn": (name == "bound", name == "open")}
    assert verify(decision, BOTH) == []


def test_decisions_of_both_packs_are_certified() -> None:
    refused, asked = {}, list[tuple[str, Any, Json]]()
    asked += [(path.stem, json.loads(path.read_text(encoding="utf-8")), {}) for path in EXAMPLES.glob("*.json")]
    cases = [case for case in read_cases(BESIDE, EXAMPLES) if not case.regimes]
    for case in cases[:: max(1, len(cases) // BESIDE_SAMPLE)]:
        law = {"as_of": case.as_of, "known_on": case.known_on, "assumptions": case.assumptions}
        asked.append((case.id, case.order, law))
    for name, order, how in asked:
        problems = verify(decided_by_both(order, **how), BOTH)
        if problems:
            refused[name] = problems
    assert len(asked) > BESIDE_SAMPLE
    assert refused == {}


def test_the_lines_of_an_order_tell_one_another() -> None:
    """One line goes under US law, and the other may be declined alone: which one is said to go is recomputed."""
    order = copy.deepcopy(example("10"))
    order["items"].append(order["items"][0] | {"id": "2", "eccn": "9A610.x"})
    decision = decided_by_both(order, as_of="2026-10-05")
    lines = of_regime(decision, "cn")["lines"]
    goes = [made["cases"][0]["facts"]["us_another_line_goes"] for made in lines]
    assert goes == [False, True]
    assert verify(decision, BOTH) == []
    for made, was in zip(lines, goes, strict=True):
        made["cases"][0]["facts"]["us_another_line_goes"] = not was
    assert len([x for x in verify(decision, BOTH) if "fact `us_another_line_goes`" in x]) == len(lines)


# --- random worlds: all that a pack may say -------------------------------------------------------------------------

SEEDS = range(40)
Judged = tuple[Path, list[str]]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Judged]:
    """By seed, the folder of a world's pack, and its decisions on two orders."""

    @functools.cache
    def judge(seed: int) -> Judged:
        found, folder = world(seed), tmp_path_factory.mktemp("world") / "pk"
        write_pack(folder, found.files)
        digests, engine = digests_of(folder), found.evaluator()
        made = []
        for asked in (asking(found, number) for number in range(2)):
            how: Json = {"as_of": asked.as_of, "known_on": asked.known_on, "assumptions": seed % 4 != 0}
            with contextlib.suppress(InputError):
                decision: Json = json.loads(msgspec.json.encode(engine.evaluate(asked.order, **how)))
                decision["provenance"]["packs"] = digests
                made.append(json.dumps(decision))
        return folder, made

    return judge


def write_pack(folder: Path, files: Sequence[tuple[str, str, Any]]) -> None:
    """A world's files as those of a pack."""
    for number, (kind, name, data) in enumerate(files):
        path = folder / name / (f"listings/{number}.yaml" if kind == "listings" else f"{kind}.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, default=str), encoding="utf-8")


def digests_of(folder: Path) -> Json:
    """The digests of packs in a folder, as the verifier takes them: worlds are put together without files."""
    packs: Json = {}

    def see(_: Any, found: Json) -> list[Any]:
        packs.update(found)
        return []

    assert verify_rules({}, [folder], see) == []
    return {name: pack.digest for name, pack in packs.items()}


def test_random_worlds_are_certified(judged: Callable[[int], Judged]) -> None:
    refused = {}
    for seed in SEEDS:
        folder, decisions = judged(seed)
        problems = [problem for decision in decisions for problem in verify(json.loads(decision), [folder])]
        if problems:
            refused[seed] = problems
    assert refused == {}


def test_random_packs_side_by_side_are_certified(tmp_path: Path) -> None:
    """One asks what the other says of a line, and binds where a fact is so; what it asks is refused once changed."""
    refused, accepted, changed = {}, [], 0
    for seed in SEEDS:
        found, folders = world(seed), [tmp_path / str(seed) / name for name in ("pk", "by")]
        for folder, files in zip(folders, (found.files, found.files_beside()), strict=True):
            write_pack(folder, files)
        with contextlib.suppress(InputError):
            made = found.evaluator(found.beside()).evaluate(found.order, as_of=found.as_of, known_on=found.known_on)
            decision: Json = json.loads(msgspec.json.encode(made))
            decision["provenance"]["packs"] = digests_of(folders[0]) | digests_of(folders[1])
            if problems := verify(decision, folders):
                refused[seed] = problems
            facts = of_regime(decision, "by")["lines"][0]["cases"][0]["facts"]
            for name, value in {name: value for name, value in facts.items() if name in TOLD}.items():
                facts[name] = {"unknown": "?"} if value in (None, "hold", True) else None
                accepted += (
                    [] if any(f"fact `{name}`" in x for x in verify_facts(decision, folders)) else [(seed, name)]
                )
                facts[name], changed = value, changed + 1
    assert (refused, accepted) == ({}, [])
    assert changed > len(SEEDS)


DERIVATIONS = DERIVED | INSTEAD | RATED
DERIVED_BY = {
    "lookup": "d_reasons d_limit",
    "both": "d_both",
    "either": "d_either",
    "compare": "d_abroad d_below",
    "total": "d_more",
    "difference": "d_left",
    "quotient": "d_each",
    "sum": "d_sum d_owned",
    "sum with listed_on": "d_listed_share",
    "count": "d_count",
    "count with fields": "d_controlled",
    "share": "d_share",
    "any": "d_certified d_licensed",
    "every": "d_homes",
    "union": "d_ids",
    "latest": "d_citizen",
    "instead": "d_flag d_first d_set d_own",
    "rated": "levels",
}
TYPES = {"number": "6", "money": "6", "boolean": True, "set": ["R1"], "country": "NO"}


def forgeries(kind: str, value: Any) -> list[Any]:
    """What a forger could write for the value of a fact."""
    made: list[Any] = [None, {"unknown": "?"}, TYPES[kind]]
    if isinstance(value, bool):
        made.append(not value)
    elif isinstance(value, list):
        made += [[*value, "R9"], value[1:], {"sure": value[1:], "maybe": value[:1] or ["R9"]}]
    elif isinstance(value, str) and kind in {"number", "money"}:
        nearly = value + ("" if "." in value else ".") + "0000001"
        made += [value + "1", nearly, {"at_least": value, "at_most": value + "1"}]
    elif isinstance(value, dict) and "at_least" in value:
        made += [value | {"at_most": None}, value | {"at_least": None}, value["at_least"]]
    elif isinstance(value, dict) and "maybe" in value:
        made += [value["sure"], [*value["sure"], *value["maybe"]]]
    return [x for x in made if x != value and not (_unknown(value) and _unknown(x))]


@pytest.mark.parametrize("how", DERIVED_BY)
def test_a_derived_fact_that_is_changed_is_refused(how: str, judged: Callable[[int], Judged]) -> None:
    accepted, known = [], 0
    for name, seed in [(name, seed) for name in DERIVED_BY[how].split() for seed in SEEDS]:
        folder, decisions = judged(seed)
        for decision in decisions[:1]:
            records = line(json.loads(decision))["cases"]
            place = next((place for place, record in enumerate(records) if name in record["facts"]), None)
            value = records[place]["facts"][name] if place is not None else None
            if place is None or _unknown(value):
                continue
            known += 1
            for forgery in forgeries(DERIVATIONS[name]["type"], value) if known <= MOST_KNOWN else ():
                forged = json.loads(decision)
                line(forged)["cases"][place]["facts"][name] = forgery
                checked = verify_rules if name in RATED else verify_facts
                if not any(f"fact `{name}`" in problem for problem in checked(forged, [folder])):
                    accepted.append((seed, name, value, forgery))
    assert accepted == []
    assert known


# --- the verifier itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (VERIFIER, set()),
        (FACT_DERIVE, {"licet.verifier"}),
        (FACT_CHECK, {"licet.verifier", "licet.fact_derive"}),
    ],
)
def test_it_imports_nothing_of_the_engine(path: Path, allowed: set[str]) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in {*names} - allowed} <= {*sys.stdlib_module_names, "yaml"}
    assert not any(node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))


def test_it_can_be_read_in_one_sitting() -> None:
    lines = [line for line in VERIFIER.read_text(encoding="utf-8").splitlines() if line]
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= MOST_WIDE


@pytest.mark.parametrize(("change", "code", "said"), [(None, 0, "certified"), ("release", 2, "rules: the decision")])
def test_it_runs_by_itself(tmp_path: Path, change: str | None, code: int, said: str) -> None:
    decision = json.loads(base("stop"))
    if change is not None:
        decision[change] = "go"
    path = tmp_path / "decision.json"
    path.write_text(json.dumps(decision), encoding="utf-8")
    command = [sys.executable, "-m", "licet.fact_check", str(path), str(PACK.parent)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)
    assert (ran.returncode, said in ran.stdout) == (code, True), ran.stderr
