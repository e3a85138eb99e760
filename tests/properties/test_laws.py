"""The laws of a decision, on random packs and orders.

Each law is a function that says how a world breaks it, or nothing; the fuzzer runs the same functions on other seeds.
What a law makes an exception of is left out of its worlds by `Leave`, and said there.
"""

from __future__ import annotations

import copy
import os
import pprint
import random
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from unittest import mock

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import licet
from licet.decision.line import outcome_of
from licet.decision.model import Decision
from licet.evaluator import Evaluator
from licet.infer.resolve import RELEASE
from licet.policy.model import Rule
from licet.policy.terms import Lift
from licet.transaction.facts import Case
from licet.transaction.model import Item
from licet.transaction.read import InputError, Read
from tests import generate
from tests.generate import LINE, STATED, TOP, Data, Leave, World, reduced, world

Outcomes = dict[str, str]
STRICT = ("go", "hold", "stop")
PLAIN = Leave()
Breaks: TypeAlias = Callable[[World], str | None]
LAWS: dict[str, tuple[Breaks, Leave]] = {}
#: How many worlds each law is tried on here; the fuzzer tries more.
EXAMPLES: dict[str, int] = {}


def law(leave: Leave = PLAIN, *, examples: int = 100) -> Callable[[Breaks], Breaks]:
    """Enter a law: a function that says how a world breaks it."""

    def enter(breaks: Breaks) -> Breaks:
        LAWS[breaks.__name__] = (breaks, leave)
        EXAMPLES[breaks.__name__] = examples
        return breaks

    return enter


def hold_to(name: str, seed: int) -> None:
    """Try a law on the world of a seed; a failure shows a world small enough to read."""
    breaks, leave = LAWS[name]
    found = world(seed, leave)
    if breaks(found) is None:
        return
    small = reduced(found, lambda w: breaks(w) is not None)
    rules = {i: {k: d[k] for k in d if k not in {"title", "because", "reviewed"}} for i, d in small.rules()}
    shown = pprint.pformat({"order": small.order, "rules": rules, "as_of": small.as_of, "known_on": small.known_on})
    raise AssertionError(f"{name}, seed {seed}: {breaks(small)}\n{shown}")


# --- what the laws are said with -------------------------------------------------------------------------------------


def evaluate(found: World, evaluator: Evaluator | None = None, *, shelf_life: bool = False) -> Decision:
    return (evaluator or found.evaluator()).evaluate(
        found.order, as_of=found.as_of, known_on=found.known_on, shelf_life=shelf_life
    )


def outcomes(found: World, evaluator: Evaluator | None = None, *, assumptions: bool = True) -> Outcomes:
    """The outcome of each line under the world's own pack, without reasons."""
    evaluator = evaluator or found.evaluator()
    read = evaluator.read(found.order)
    return {i.id: outcome_on(evaluator, read, i, found, found.as_of, assumptions) for i in read.transaction.items}


def outcome_on(evaluator: Evaluator, read: Read, item: Item, found: World, day: date, assumptions: bool = True) -> str:
    pack = evaluator.packs[0]
    return outcome_of(pack.judge(pack.screen(read.transaction), item, day, found.known_on, assumptions=assumptions))


def releases(found: Outcomes) -> dict[str, str]:
    return {line: RELEASE[outcome] for line, outcome in found.items()}


def looser(before: Outcomes, after: Outcomes) -> str | None:
    """The lines on which the release is milder than before, in words."""
    was, now = releases(before), releases(after)
    milder = [line for line in was if line in now and STRICT.index(now[line]) < STRICT.index(was[line])]
    return f"{[(line, before[line], after[line]) for line in milder]}" if milder else None


def rng_of(found: World, *more: object) -> random.Random:
    return random.Random("/".join(str(x) for x in (found.seed, *more)))


# --- law 1: fail closed ----------------------------------------------------------------------------------------------


@contextmanager
def failing(fact: str) -> Iterator[None]:
    """Every test of the fact raises."""
    sound = Case.test

    def test(self: Case, number: int) -> int:
        if self.order.program.tests[number].fact == fact:
            raise ArithmeticError("this test cannot be judged")
        return sound(self, number)

    with mock.patch.object(Case, "test", test):
        yield


@law(examples=100)
def a_rule_that_raises_holds_and_is_named(found: World) -> str | None:
    evaluator = found.evaluator()
    fact = rng_of(found).choice(sorted(generate.SPOKEN))
    before = evaluate(found, evaluator)
    with failing(fact):
        after = evaluate(found, evaluator)
    readers = {r.id for r in evaluator.packs[0].program.rules if fact in r.reads}
    for line, was in zip(after.lines, before.lines, strict=True):
        named = {h.subject for h in line.holds if h.code == "rule-failed"}
        if not named <= readers:
            return f"{named - readers} named, and cannot have failed"
        if named and line.release == "go":
            return f"{line.item}: {named} failed, and the line goes"
        if not named and line.outcome != was.outcome:
            return f"{line.item}: {was.outcome} became {line.outcome}, and no failed rule is named"
    return None


@law()
def without_rules_all_is_held(found: World) -> str | None:
    empty = replace(found, files=tuple(f for f in found.files if f[0] != "rule"))
    wrong = {line: o for line, o in outcomes(empty).items() if o != "hold"}
    return f"{wrong}" if wrong else None


@law(Leave(known=False))
def without_facts_nothing_goes(found: World) -> str | None:
    """An order that states nothing at all does not go where, with what it did state, it must stop."""
    bare = found.with_order(bared(found.order))
    full, none = releases(outcomes(found)), releases(outcomes(bare))
    wrong = [line for line in full if full[line] == "stop" and none[line] == "go"]
    return f"{wrong} stop, and go when nothing is stated" if wrong else None


def assumed(name: str) -> bool:
    return "absent" in STATED[name] or "claim" in STATED[name]


def bared(order: Data) -> Data:
    """The order without its facts; parties, licenses, claims and what replaces an assumption stay."""
    bare = {k: v for k, v in order.items() if k not in TOP}
    bare["items"] = [{k: v for k, v in i.items() if k not in LINE} for i in order["items"]]
    bare["parties"] = copy.deepcopy(order["parties"])
    for thing in (bare, *bare["items"], *bare["parties"]):
        if "facts" in thing:
            thing["facts"] = {n: v for n, v in thing["facts"].items() if assumed(n)}
    return bare


# --- laws 2 and 3: layers --------------------------------------------------------------------------------------------


@law()
def a_requirement_stands_unless_a_lift_names_it(found: World) -> str | None:
    """Every lift shown for a requirement names it; with all lifts gone from the pack, nothing is authorized."""
    decision = evaluate(found)
    by_id = {rule.id: rule for rule in found.pack().rules}
    for line in decision.lines:
        for requirement in line.requirements:
            for lift in requirement.lifted_by:
                if not names(by_id[lift], requirement.reason, requirement.rule):
                    return f"`{lift}` lifted {requirement.reason} of `{requirement.rule}`, which it does not name"
            if (requirement.state == "lifted") != bool(requirement.lifted_by):
                return f"{requirement.reason} is {requirement.state}, lifted by {requirement.lifted_by}"
    liftless = replace(found, files=tuple((k, i, lifting_nothing(d) if k == "rule" else d) for k, i, d in found.files))
    authorized = [line for line, outcome in outcomes(liftless).items() if outcome == "authorized"]
    return f"{authorized} authorized by nothing" if authorized else None


def lifting_nothing(rule: Data) -> Data:
    """The rule without its lift; it keeps its id, since others may name it."""
    if "lift" not in rule["then"]:
        return rule
    return {k: v for k, v in rule.items() if k != "claimed_by"} | {"then": {"notice": {"message": "lifts nothing"}}}


def names(rule: Rule, reason: str, required_by: str) -> bool:
    lifts = [e for e in rule.effects if isinstance(e, Lift)]
    return any(e.everything or reason in e.reasons or required_by in e.rules for e in lifts)


@law(Leave(later=False))
def a_lift_lifts_only_what_it_names(found: World) -> str | None:
    """Taking a reason out of the pack's lifts never loosens, and a requirement for it stands."""
    reason = rng_of(found).choice(generate.REASONS)
    narrowed = replace(
        found, files=tuple((k, i, without_reason(d, reason) if k == "rule" else d) for k, i, d in found.files)
    )
    evaluator = narrowed.evaluator()
    loosened = looser(outcomes(found), outcomes(narrowed, evaluator))
    if loosened:
        return f"without {reason} in any lift: {loosened}"
    for line in evaluate(narrowed, evaluator).lines:
        for requirement in line.requirements:
            if requirement.reason == reason and requirement.lifted_by:
                return f"{reason} is lifted by {requirement.lifted_by}, of which none names it"
    return None


def without_reason(rule: Data, reason: str) -> Data:
    """The rule, its lift without the reason; a lift of all then names the others, and one by rule lifts nothing."""
    lift = rule["then"].get("lift")
    if lift is None:
        return rule
    named = generate.REASONS if lift.get("reasons") == "all" else lift.get("reasons", ())
    kept = [r for r in named if r != reason]
    if not kept:
        return lifting_nothing(rule)
    return rule | {"then": rule["then"] | {"lift": {"authorization": lift["authorization"], "reasons": kept}}}


# --- law 4: order ----------------------------------------------------------------------------------------------------


@law(examples=80)
def order_does_not_matter(found: World) -> str | None:
    """Shuffled rules, files, listings, rows, parties and lines give the same lines."""
    rng = rng_of(found)
    files = [
        (k, i, shuffled(rng, d, {"rows", "listings", "periods", "in_force", "all", "any"})) for k, i, d in found.files
    ]
    rng.shuffle(files)
    order = shuffled(rng, found.order, {"parties", "items", "statements", "owners", "components", "resolutions"})
    was, now = (evaluate(w, shelf_life=True) for w in (found, replace(found, files=tuple(files), order=order)))
    lines, others = ({x.item: x for x in d.lines} for d in (was, now))
    for item in lines:
        before, after = settled_lines(lines[item]), settled_lines(others[item])
        for name in before:
            if before[name] != after[name]:
                return f"{item}: {name} was {before[name]}, is {after[name]}"
    return None if (was.outcome, was.valid_until) == (now.outcome, now.valid_until) else "another outcome"


def settled_lines(line: Any) -> Mapping[str, Any]:
    """What of a line may not hang on any order; the tests that conditions list are shown as written."""
    fields = msgspec.structs.asdict(line)
    fields["readings"] = set(line.readings)
    fields["ratings"] = [
        msgspec.structs.replace(rating, readings=sorted(map(repr, rating.readings))) for rating in line.ratings
    ]
    fields["settled_by"] = set(line.settled_by)
    fields["questions"] = {(q.fact, q.subject) for q in line.questions}
    fields["authorizations"] = {msgspec.structs.replace(a, failed=()) for a in line.authorizations}
    return fields


def shuffled(rng: random.Random, data: Any, lists: set[str], name: str = "") -> Any:
    """The data, with the lists of these names in another order; rows that are read in order stay."""
    if isinstance(data, dict):
        return {k: shuffled(rng, v, lists, k) for k, v in data.items()}
    if not isinstance(data, list):
        return data
    children = [shuffled(rng, child, lists) for child in data]
    if name in lists:
        rng.shuffle(children)
    return children


@law(examples=80)
def a_rule_stated_twice_counts_once(found: World) -> str | None:
    """A copy of a rule, named wherever the rule is named, changes no outcome and determines beside the rule."""
    name, data = rng_of(found).choice(found.rules())
    twin = f"{name}_again"
    named = replace(
        found,
        files=tuple((k, i, naming(d, name, twin) if k == "rule" else d) for k, i, d in found.files),
        order=naming(found.order, name, twin),
    )
    was, now = (evaluate(w, shelf_life=True) for w in (found, named.with_rules((twin, naming(data, name, twin)))))
    for before, after in zip(was.lines, now.lines, strict=True):
        if before.outcome != after.outcome or before.valid_until != after.valid_until:
            return f"{name} twice: {before.outcome} {before.valid_until} became {after.outcome} {after.valid_until}"
        if set(before.determined_by) != {name if r == twin else r for r in after.determined_by}:
            return f"{name} twice: determined by {after.determined_by}, not {before.determined_by}"
    return None


def naming(data: Any, name: str, twin: str) -> Any:
    """The data, naming the twin beside the rule: in lifts, exceptions, displacements and resolutions."""
    if isinstance(data, dict):
        return {k: naming(v, name, twin) for k, v in data.items()}
    if not isinstance(data, list):
        return data
    children = [naming(child, name, twin) for child in data]
    for child in data:
        if child == name:
            children.append(twin)
        elif isinstance(child, dict) and name in (child.get("rule"), child.get("flag")):
            children.append({k: twin if v == name else v for k, v in child.items()})
    return children


# --- law 5: monotone -------------------------------------------------------------------------------------------------

#: Rules that read what earlier stages found may answer a new requirement with a lift, and `displaces` is the exception.
MONOTONE = Leave(later=False, displaces=False)


@law(MONOTONE)
def a_new_requirement_never_loosens(found: World) -> str | None:
    rng = rng_of(found)
    return looser(outcomes(found), outcomes(found.with_rules(("new/need", generate.requirement(rng)))))


@law(MONOTONE)
def a_new_bar_never_loosens(found: World) -> str | None:
    rng = rng_of(found)
    return looser(outcomes(found), outcomes(found.with_rules(("new/bar", generate.barring(rng)))))


#: A listing at home clears namesakes abroad: docs/decisions/0006-namesakes.md.
@law(replace(MONOTONE, namesakes=False))
def a_new_listing_never_loosens(found: World) -> str | None:
    rng = rng_of(found)
    entry = generate.listing(rng, 99, rng.choice(generate.NAMES), rng.choice((None, "CN", "RU")))
    files = tuple((k, i, {"listings": [*d["listings"], entry]} if k == "listings" else d) for k, i, d in found.files)
    return looser(outcomes(found), outcomes(replace(found, files=files)))


@law(Leave(known=False))
def a_fact_less_leaves_the_answer_or_holds(found: World) -> str | None:
    """Taking facts out of an order leaves each release, or makes it a hold."""
    evaluator = found.evaluator()
    fewer = found.with_order(fewer_facts(found))
    was, now = releases(outcomes(found, evaluator)), releases(outcomes(fewer, evaluator))
    wrong = [(line, was[line], now[line]) for line in was if now[line] not in {was[line], "hold"}]
    return f"{wrong}" if wrong else None


def fewer_facts(found: World) -> Data:
    """The order with some of its facts taken out."""
    order = copy.deepcopy(found.order)
    for place, thing, fields in facts_in(order):
        for name in list(fields):
            home = thing.get("facts", {}) if name in STATED and "read" not in STATED[name] else thing
            if name in home and rng_of(found, place, name).random() < 0.3:
                del home[name]
    return order


def facts_in(order: Data) -> Iterator[tuple[str, Data, list[str]]]:
    """Each thing of an order that states facts, and the names under which it may state them."""

    def own(scope: str) -> list[str]:
        return [n for n in generate.facts_of(scope) if not assumed(n)]

    yield "order", order, [*TOP, *own("transaction")]
    for n, thing in enumerate(order["items"]):
        yield f"item{n}", thing, [*LINE, "components", *own("item")]
    for n, thing in enumerate(order["parties"]):
        yield f"party{n}", thing, ["country", *own("party")]


@law(examples=60)
def an_advising_pack_never_changes_the_release(found: World) -> str | None:
    other = world(found.seed + 1)
    manifest = next(d for k, _, d in other.files if k == "pack") | {"binds": False}
    files = [(k, i, manifest if k == "pack" else d) for k, i, d in other.files]
    alone = evaluate(found)
    for name in ("aa", "zz"):
        beside = evaluate(found, found.evaluator(other.pack(name, files)))
        if [getattr(alone, n) for n in RESULT] != [getattr(beside, n) for n in RESULT] or alone.lines != beside.lines:
            return f"advice named {name} made {alone.outcome} {beside.outcome}"
    return None


RESULT = ("release", "outcome", "valid_until")


# --- law 6: three-valued ---------------------------------------------------------------------------------------------


@law(Leave(known=False))
def what_is_settled_stays_settled(found: World) -> str | None:
    """Where an order goes or stops, it does so whatever the facts that it left out turn out to be."""
    evaluator = found.evaluator()
    was = releases(outcomes(found, evaluator))
    if set(was.values()) == {"hold"}:
        return None
    for attempt in range(4):
        full = found.with_order(completed(found, attempt))
        now = releases(outcomes(full, evaluator))
        wrong = [(line, was[line], now[line]) for line in was if was[line] != "hold" and now[line] != was[line]]
        if wrong:
            return f"{wrong} with {full.order}"
    return None


def completed(found: World, attempt: int) -> Data:
    """The order with facts that it left out, and classifications that it left coarse, stated."""
    order = copy.deepcopy(found.order)
    for place, thing, fields in facts_in(order):
        for name in fields:
            rng = rng_of(found, attempt, place, name)
            own = name in STATED and "read" not in STATED[name]
            home = thing.get("facts", {}) if own else thing
            if name in {"eccn", "i_other"} and isinstance(home.get(name), str):
                finer = [leaf for leaf in generate.LEAVES if leaf.startswith(home[name] + ".")]
                home[name] = rng.choice([home[name], *finer])
            elif name not in home and name != "components" and rng.random() < 0.7:
                value = (
                    generate.stated(rng, name)
                    if own
                    else generate.field_of(rng, {**TOP, **LINE, "country": "p_country"}[name])
                )
                if own:
                    thing.setdefault("facts", {})[name] = value
                elif value is not None:
                    thing[name] = value
    return order


# --- law 7: one clock ------------------------------------------------------------------------------------------------


@law(examples=100)
def same_inputs_same_bytes(found: World) -> str | None:
    """Two evaluators give the same bytes, without a clock, a network or a random number."""
    first = msgspec.json.encode(evaluate(found))
    refuse = mock.Mock(side_effect=AssertionError("an evaluation reads nothing but its inputs"))
    with (
        mock.patch.object(time, "time", refuse),
        mock.patch.object(time, "time_ns", refuse),
        mock.patch.object(random, "random", refuse),
        mock.patch.object(os, "urandom", refuse),
        mock.patch.object(socket, "socket", refuse),
    ):
        second = msgspec.json.encode(evaluate(found))
    return None if first == second else "other bytes"


def test_no_date_is_no_answer() -> None:
    """Without `as_of` and a date of the order's own, nothing is judged: never on today."""
    found = world(1)
    undated = {k: v for k, v in found.order.items() if k != "date"}
    with pytest.raises(InputError, match="no `date`"):
        found.evaluator().evaluate(undated)
    day = found.as_of.isoformat()
    dated = found.evaluator().evaluate(undated | {"date": day})
    assert (dated.as_of, dated.lines) == (found.as_of, found.evaluator().evaluate(undated, as_of=day).lines)


def test_the_engine_asks_no_clock() -> None:
    """No module of the engine but the command line names a clock or a random source."""
    asking = re.compile(
        r"\b(today|now|utcnow|time_ns|monotonic|perf_counter|urandom|uuid4)\(|^import (random|secrets)\b", re.MULTILINE
    )
    package = Path(licet.__file__).parent
    outside = {"cli", "authoring"}
    wrong = [
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if path.relative_to(package).parts[0] not in outside and asking.search(path.read_text(encoding="utf-8"))
    ]
    assert not wrong


# --- law 10: shelf life ----------------------------------------------------------------------------------------------


@law(examples=80)
def an_answer_keeps_until_it_says(found: World) -> str | None:
    """Through `valid_until` no day has another outcome; on the day after one has, or a period relied on has ended."""
    evaluator = found.evaluator()
    read = evaluator.read(found.order)
    decision = evaluate(found, evaluator, shelf_life=True)
    for line, item in zip(decision.lines, read.transaction.items, strict=True):
        last = line.valid_until or generate.LAST + timedelta(days=20)
        day = found.as_of
        while day < last:
            day += timedelta(days=1)
            if (then := outcome_on(evaluator, read, item, found, day)) != line.outcome:
                return f"{line.item}: {line.outcome} valid until {line.valid_until}, {then} on {day}"
        if line.valid_until is None:
            continue
        after = outcome_on(evaluator, read, item, found, line.valid_until + timedelta(days=1))
        if after == line.outcome and line.valid_until not in ends(evaluator, line.determined_by):
            return f"{line.item}: still {after} after {line.valid_until}, on which nothing ends"
    return None


def ends(evaluator: Evaluator, rules: tuple[str, ...]) -> set[date | None]:
    """The last days of the periods of these rules, and of the listings' rows."""
    pack = evaluator.packs[0].program.pack
    found = {p.through for r in pack.rules if r.id in rules for p in r.timeline.periods}
    return found | {r.period.through for x in pack.lists for entry in x.listings for r in entry.rows}


# --- the tests -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(LAWS))
def test_law(name: str) -> None:
    @settings(
        max_examples=EXAMPLES[name],
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 2**32))
    def holds(seed: int) -> None:
        hold_to(name, seed)

    holds()


def test_a_level_that_will_be_reached_ends_an_answer() -> None:
    """A rule that only rates may decide, through a fact that holds the levels."""
    head = {"title": "a rule", "because": [{"cite": "1 Rule 3"}], "reviewed": {"on": date(2020, 1, 1), "by": "nobody"}}

    def rule(start: date, when: Data, then: Data) -> Data:
        return head | {"in_force": [{"from": start, "cite": "1 FR 0"}], "when": when, "then": then}

    found = world(3)
    bare = replace(found, files=tuple(f for f in found.files if f[0] != "rule"), known_on=None, as_of=date(2020, 1, 5))
    rated = bare.with_rules(
        ("set/j", rule(date(2019, 1, 1), {"eccn": "EAR99"}, {"set": {"jurisdiction": "subject"}})),
        ("rate/r", rule(date(2020, 1, 20), {"eccn": "EAR99"}, {"rate": {"risk": "risk", "level": "high"}})),
        ("need/r", rule(date(2019, 1, 1), {"levels": {"contains": "low"}}, {"require": {"reason": "R1"}})),
    ).with_order({"id": "o", "parties": [], "items": [{"id": "i1", "eccn": "EAR99"}], "destination": "NO"})
    decision = evaluate(rated, shelf_life=True)
    assert (decision.outcome, decision.valid_until) == ("no_license_required", date(2020, 1, 19))
    assert outcomes(replace(rated, as_of=date(2020, 1, 20))) == {"i1": "license_required"}
