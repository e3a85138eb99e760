"""A rule in words: its condition as an indented outline, its effects as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from licet.cli.words import name, plain, policy
from licet.decision.wording import period, wanted
from licet.policy.model import Rule
from licet.policy.terms import (
    All,
    AnyOf,
    Bar,
    Condition,
    Effect,
    Except,
    Flag,
    Lift,
    Not,
    Notice,
    Oblige,
    Prohibit,
    Rate,
    Require,
    Review,
    SetFact,
    Test,
)
from licet.values import show

Outline = Iterator[tuple[int, str]]


def condition(when: Condition, depth: int = 0) -> Outline:
    """The condition, one test a line, each with its depth."""
    match when:
        case Test():
            yield depth, f"{name(when.fact)} is {plain(wanted(when))}"
        case Not(of=Test() as test):
            yield depth, f"{name(test.fact)} is {plain(wanted(test, negated=True))}"
        case Not():
            yield depth, "not:"
            yield from condition(when.of, depth + 1)
        case All() | AnyOf():
            yield depth, "all of:" if isinstance(when, All) else "any of:"
            for child in when.of:
                yield from condition(child, depth + 1)


def effect(does: Effect) -> str:  # noqa: C901  # a table of every effect, one line each
    """What an effect does, as a sentence."""
    match does:
        case Require(each=None):
            return f"requires a license, for the reason {does.reason}"
        case Require():
            return f"requires a license, for each reason in {does.each}"
        case Review():
            which = policy(does.policy) if does.policy else f"the policy in {does.policy_fact}"
            return f"an application meets {which}, for {_list(does.reasons)}"
        case Lift():
            return f"{does.authorization} lifts {_lifted(does)}"
        case Bar():
            return _bar(does)
        case Except():
            return f"lifts the bars of {_list(does.bars)}"
        case Prohibit():
            return f"prohibits: no license is available ({does.reason})"
        case SetFact():
            return f"sets {does.fact} to {show(does.value)}"
        case Oblige():
            return f"obliges: {_list(does.obligations)}"
        case Flag():
            return f"red flag, holds until settled: {does.message}"
        case Notice():
            return f"notice: {does.message}"
        case Rate():
            return f"rates {does.risk} as {does.level}"


def _lifted(lift: Lift) -> str:
    if lift.everything:
        return "every requirement"
    parts = [f"requirements for {_list(lift.reasons)}"] if lift.reasons else []
    parts += [f"what these rules require: {_list(lift.rules)}"] if lift.rules else []
    return " and ".join(parts)


def _bar(bar: Bar) -> str:
    named = [*(f"every {kind.replace('_', ' ')}" for kind in bar.kinds), *bar.authorizations]
    spared = f" but {_list(bar.all_but)}" if bar.all_but else ""
    reasons = f", for {_list(bar.reasons)}" if bar.reasons else ""
    return f"bars {_list(named) if named else 'every authorization'}{spared}{reasons}"


def _list(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names)


def in_force(rule: Rule) -> Iterator[str]:
    """The periods of a rule, its stays and ends, and the wordings that supersede it."""
    for found in rule.timeline.periods:
        yield period(found) or "always"
        for stay in found.stays:
            through = f" through {stay.through}" if stay.through else " on"
            yield f"  stayed {stay.start}{through}" + (f" ({stay.cite})" if stay.cite else "")
        if found.ended is not None and (found.through is None or found.ended <= found.through):
            yield f"  ended {found.ended}" + (f" ({found.ended_cite})" if found.ended_cite else "")
        if found.unresolved is not None:
            yield f"  unresolved from {found.unresolved}: {found.unresolved_because}"
    for later in rule.timeline.superseded:
        yield f"superseded from {later.start} by {later.by}"
