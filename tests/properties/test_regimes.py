"""Two packs side by side: one country's law never changes what the other's says, and no course evades either.

Orders are those of the examples and of both packs' cases, changed at random by what the pack beside knows.
"""

from __future__ import annotations

import contextlib
import copy
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from licet import Evaluator, InputError
from licet.authoring.cases import cases_in
from licet.decision.model import Decision, RegimeDecision
from licet.infer.durable import available
from licet.infer.resolve import OUTCOMES, RELEASE
from licet.policy.cache import default_cache, load_pack
from licet.policy.model import Pack
from licet.policy.source import load_document
from licet.policy.terms import All, Offer
from tests import generate
from tests.generate import Asked, Crossings
from tests.properties.test_verdicts import differs, otherwise

ROOT = Path(__file__).parents[2]
FIRST, BESIDE, EXAMPLES = ROOT / "policies" / "us_ear", ROOT / "policies" / "cn_countermeasures", ROOT / "examples"
#: Days on which the law of the pack beside is another.
DAYS = tuple(
    map(
        date.fromisoformat,
        "2019-06-10 2021-01-09 2025-04-20 2025-06-01 2025-09-01 2025-11-11 2026-05-01 2026-10-05 2026-11-12".split(),
    )
)
US, CN = "us", "cn"


def settled(most: int) -> settings:
    return settings(
        max_examples=most,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


SEEDS = st.integers(0, 2**32)


@cache
def packs() -> tuple[Pack, Pack]:
    return load_pack(FIRST, default_cache()), load_pack(BESIDE, default_cache())


@cache
def both(backend: str = "reference") -> Evaluator:
    return Evaluator(packs(), backend=backend)


@cache
def alone() -> Evaluator:
    return Evaluator(packs()[:1], backend="reference")


def _data(path: Path) -> Any:
    document, problems = load_document(path.read_bytes(), path.name)
    assert document is not None, problems
    return document.data


def _example(path: Path) -> Asked:
    order = _data(path)
    day = order.get("date")
    return Asked(order=order, as_of=DAYS[-2] if day is None else date.fromisoformat(str(day)))


def _cases(pack: Path, most: int) -> Iterator[Asked]:
    """Orders of a sample of a pack's cases."""
    files = sorted(pack.rglob("cases.yaml"))
    for path in random.Random(1).sample(files, most):
        home = path.parent.relative_to(pack).as_posix()
        for case in itertools.islice(cases_in(_data(path), home, path.name, EXAMPLES), 4):
            order = {name: value for name, value in case.order.items() if name != "resolutions"}
            if case.as_of is not None:
                yield Asked(order=order, as_of=case.as_of, known_on=case.known_on, assumptions=case.assumptions)


@cache
def crossings() -> Crossings:
    """Every example, and of the cases of both packs a sample, changed."""
    examples = map(_example, sorted(EXAMPLES.rglob("*.json")))
    return Crossings(*packs(), [*examples, *_cases(FIRST, 60), *_cases(BESIDE, 80)], DAYS)


def decided(asked: Asked, evaluator: Evaluator | None = None, **how: Any) -> Decision | None:
    """The decision on an order; nothing for an order that cannot be judged."""
    try:
        return (evaluator or both()).evaluate(copy.deepcopy(asked.order), **{"shelf_life": False, **asked.law, **how})
    except InputError:
        return None


def of(decision: Decision, regime: str) -> RegimeDecision:
    (found,) = (r for r in decision.regimes if r.regime == regime)
    return found


def strictness(outcome: str) -> int:
    return OUTCOMES.index(outcome)


def test_most_orders_can_be_judged_and_they_are_of_every_kind() -> None:
    """What the laws below are tried on: without this they might hold of nothing."""
    found: Counter[str] = Counter()
    for seed in range(80):
        decision = decided(crossings().asked(seed))
        if decision is None:
            continue
        beside = of(decision, CN)
        found.update({"judged", f"us {of(decision, US).release}", f"cn {beside.release}"})
        found.update({"binds"} if beside.binds else {"may bind"} if beside.may_bind else {"advises"})
        found.update({"stricter together"} if decision.outcome != of(decision, US).outcome else set())
        found.update({"rated"} if any(line.ratings for line in beside.lines) else set())
        found.update({"courses"} if any(line.courses for line in beside.lines) else set())
    assert found["judged"] > 60
    kinds = "us go,us hold,us stop,cn go,cn hold,cn stop,binds,may bind,advises,stricter together,rated,courses"
    scarce = [kind for kind in kinds.split(",") if found[kind] < 3]
    assert not scarce, found


@settled(60)
@given(seed=SEEDS)
def test_another_regime_never_changes_an_outcome(seed: int) -> None:
    _another_regime(crossings().asked(seed), shelf_life=False)


@settled(10)
@given(seed=SEEDS)
def test_another_regime_never_changes_how_long_an_outcome_holds(seed: int) -> None:
    _another_regime(crossings().asked(seed), shelf_life=True)


def _another_regime(asked: Asked, *, shelf_life: bool) -> None:
    decision = decided(asked, shelf_life=shelf_life)
    if decision is None:
        return
    own = alone().evaluate(crossings().without(asked.order), **asked.law, shelf_life=shelf_life)
    assert msgspec.json.encode(of(decision, US)) == msgspec.json.encode(of(own, US))
    _together(decision, own, of(decision, CN), "bound")


def _together(decision: Decision, own: Decision, beside: RegimeDecision, bound: str) -> None:
    """The release is that of the first pack, made stricter by one beside it only where it binds, or may."""
    recorded = [line.cases[0].facts[bound] for line in beside.lines]
    assert beside.binds == (True in recorded)
    assert beside.may_bind == (not beside.binds and any(isinstance(value, dict) for value in recorded))
    if not beside.counts:
        assert (decision.release, decision.outcome) == (own.release, own.outcome)
        assert decision.valid_until == own.valid_until or beside.binding_until is not None
    counted = beside.outcome if beside.binds else min(beside.outcome, "hold", key=strictness)
    expected = max([own.outcome, *([counted] if beside.counts else [])], key=strictness)
    assert (decision.outcome, decision.release) == (expected, RELEASE[expected])
    assert strictness(decision.outcome) >= strictness(own.outcome)


@pytest.mark.parametrize("first", range(0, 20, 10))
def test_random_packs_side_by_side(first: int) -> None:
    """The same of packs that say anything; and verdicts are decisions, of orders that share a line, too."""
    for seed in range(first, first + 10):
        found = generate.world(seed)
        beside = found.beside()
        one, two = found.evaluator(), found.evaluator(beside)
        assert beside.manifest.binds_where is not None
        for number in range(3):
            asked = generate.asking(found, number)
            rng = random.Random(seed)
            law: dict[str, Any] = {"as_of": asked.as_of, "known_on": asked.known_on}
            for order in _sharing_a_line(rng, asked.order):
                assert differs(two, order, **law) is None, (seed, order)
            with contextlib.suppress(InputError):
                decision, own = (x.evaluate(asked.order, **law, shelf_life=number == 0) for x in (two, one))
                assert msgspec.json.encode(of(decision, "rg")) == msgspec.json.encode(of(own, "rg"))
                _together(decision, own, of(decision, "by"), beside.manifest.binds_where.fact)


def _sharing_a_line(rng: random.Random, order: Any) -> Iterator[Any]:
    """The order, and others with the same first line beside various second ones; then all of them again."""
    plain = json.loads(json.dumps(order))
    made = [plain, *(plain | {"items": [plain["items"][0], generate.item(rng, 2, 1)]} for _ in range(3))]
    yield from [*made, *made]


@settled(20)
@given(seed=SEEDS)
def test_verdicts_are_decisions_of_both(seed: int) -> None:
    asked, rng = crossings().asked(seed), random.Random(seed)
    for order in (asked.order, otherwise(rng, asked.order), asked.order):
        assert differs(both(), order, **asked.law) is None


@pytest.mark.skipif(not available(), reason="durable-rules cannot be imported here")
@settled(25)
@given(seed=SEEDS)
def test_the_backends_agree_on_both(seed: int) -> None:
    asked = crossings().asked(seed)
    one, other = decided(asked), decided(asked, both("durable"))
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert msgspec.json.encode(one.regimes) == msgspec.json.encode(other.regimes)


REACHES = ("in_china", "chinese_abroad", "foreign_with_china_unit", "foreign_only")


@settled(40)
@given(seed=SEEDS)
def test_leaving_out_who_acts_never_loosens(seed: int) -> None:
    """Where nothing is assumed: what does not go with some answer does not go without one."""
    releases = _by_reach(seed)
    assert releases[None] != "go" or {*releases.values()} == {"go"}


def test_who_acts_is_what_some_orders_hang_on() -> None:
    """What the law above is tried on: orders that go for a foreign actor, and for nobody in China."""
    found = [_by_reach(seed) for seed in range(40)]
    assert [r for r in found if r["foreign_only"] == "go" != r["in_china"]], found


def _by_reach(seed: int) -> dict[str | None, str]:
    """By who acts, whether an order goes that says all else that could be assumed."""
    asked = _refused(random.Random(seed), crossings().asked(seed, change=0.2))
    order = _spelled_out(asked.order)
    stated = {name: value for name, value in order.get("facts", {}).items() if name != "actor_reach"}
    said = {reach: stated | ({"actor_reach": reach} if reach else {}) for reach in (None, *REACHES)}
    return {reach: _release(replace(asked, order=order | {"facts": f}, assumptions=False)) for reach, f in said.items()}


def _spelled_out(order: Any) -> Any:
    """The order with the value of everything that would be assumed, as if it had been stated."""
    made = copy.deepcopy(order)
    homes = {"transaction": [made], "item": made["items"], "party": made["parties"], "listing": []}
    for fact in (fact for pack in packs() for fact in pack.vocabulary.facts.values() if fact.assume_because):
        value = json.loads(msgspec.json.encode(fact.assume, enc_hook=sorted))
        for home in homes[fact.scope]:
            if fact.stated:
                home["facts"] = {fact.name: value} | (home.get("facts") or {})
            elif fact.read is not None and "." not in fact.read:
                home.setdefault(fact.read, value)
    return made


def _release(asked: Asked) -> str:
    """Whether an order goes, without the reasons; one that cannot be judged does not."""
    try:
        read = both().read(copy.deepcopy(asked.order))
    except InputError:
        return "stop"
    return RELEASE[both().outcome(read, asked.as_of, asked.known_on, assumptions=asked.assumptions)]


@settled(10)
@given(seed=SEEDS)
def test_the_order_of_packs_does_not_matter(seed: int) -> None:
    """Packs are judged by what they ask and not by their names, which say in which order they stand."""
    asked = crossings().asked(seed)
    one, other = decided(asked, shelf_life=True), decided(asked, _shuffled(), shelf_life=True)
    assert (one is None) == (other is None)
    if one is None or other is None:
        return
    assert [r.regime for r in one.regimes] == [r.regime for r in reversed(other.regimes)]
    assert (one.outcome, one.release, one.valid_until) == (other.outcome, other.release, other.valid_until)
    for regime in (US, CN):
        told = (msgspec.structs.replace(of(d, regime), pack="", notices=()) for d in (one, other))
        first, second = ([_unnamed(line) for line in r.lines] for r in told)
        assert first == second


@cache
def _shuffled() -> Evaluator:
    """The packs under names that sort the other way round."""
    first, beside = packs()
    named = msgspec.structs.replace(beside, manifest=msgspec.structs.replace(beside.manifest, id="zz"))
    return Evaluator([named, first], backend="reference")


def _unnamed(line: Any) -> Any:
    """The line without what names its pack."""
    return msgspec.structs.replace(line, holds=[hold.code for hold in line.holds])


@settled(30)
@given(seed=SEEDS)
def test_no_course_ships_what_a_regime_stops(seed: int) -> None:
    """Whatever rules offer: a course that ships is put to the packs anew, and each lets the line go."""
    rng = random.Random(seed)
    asked = _refused(rng, crossings().asked(seed, change=rng.choice((0.2, 1))))
    decision = decided(asked, _generous())
    for place, line in enumerate(of(decision, CN).lines if decision is not None else ()):
        others = [course for course in line.courses if not course.proceeds]
        for course in [
            *(course for course in line.courses if course.proceeds),
            *rng.sample(others, min(1, len(others))),
        ]:
            anew = decided(_on_course(asked, course), courses=False)
            assert anew is not None
            for side in course.sides:
                regime = of(anew, side.regime)
                if len(regime.lines) == 1:  # of other lines the course tells what they are now
                    assert (side.outcome, side.release) == (regime.outcome, regime.release)
                if course.proceeds:
                    assert regime.lines[place].release == "go", (course.id, side.regime)


def test_courses_that_ship_are_found_and_left_out() -> None:
    """What the law above is tried on: courses that ship at once, on another day, and orders that have none."""
    found: Counter[str] = Counter()
    for seed in range(80):
        decision = decided(_refused(random.Random(seed), crossings().asked(seed, change=0.2)), _generous())
        for line in of(decision, CN).lines if decision is not None else ():
            shipping = [course for course in line.courses if course.proceeds]
            found.update("later" if course.on else "now" for course in shipping)
            found.update(() if shipping else ("never",))
    assert min(found["now"], found["later"], found["never"]) >= 2, found


def test_waiting_is_for_the_day_on_which_it_may_go() -> None:
    """A general license that was three days ahead."""
    order = _data(EXAMPLES / "05_patch_for_existing_network.json") | {"proposal": "refuse"}
    decision = decided(Asked(order=order, as_of=date(2019, 5, 17)))
    assert decision is not None
    assert decision.release == "stop"
    days = [course.on for course in of(decision, CN).lines[0].courses if course.proceeds]
    assert days == [date(2019, 5, 20)]


def _refused(rng: random.Random, asked: Asked) -> Asked:
    """The order, refused more often than not: then there is another course to take; or of somebody who is bound."""
    order = copy.deepcopy(asked.order) | {"proposal": rng.choice(("refuse", "suspend", "proceed"))}
    if rng.random() < 0.4:
        order["facts"] = (order.get("facts") or {}) | {"actor_reach": "in_china"}
        rng.choice(order["parties"])["name"], _ = rng.choice(crossings().names[1])
    return replace(asked, order=order)


@cache
def _generous() -> Evaluator:
    """The packs, of which the one beside offers every course of its vocabulary always."""
    first, beside = packs()
    every = Offer(courses=tuple(beside.vocabulary.courses))
    made = [
        msgspec.structs.replace(rule, when=All(()), effects=(every,))
        if any(isinstance(effect, Offer) for effect in rule.effects)
        else rule
        for rule in beside.rules
    ]
    return Evaluator([first, msgspec.structs.replace(beside, rules=tuple(made))], backend="reference")


def _on_course(asked: Asked, course: Any) -> Asked:
    """The order as it would be on a course."""
    stated = {name: value for name, value in course.states.items() if name != "proposal"}
    order = copy.deepcopy(asked.order)
    order["proposal"] = course.states.get("proposal", order.get("proposal", "proceed"))
    for item in order["items"]:
        item["facts"] = {**(item.get("facts") or {}), **stated}
    law = asked.law | {"as_of": course.on or asked.as_of}
    return Asked(order=order, **law)
