"""A rule in words: its condition as an indented outline, its effects as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from licet.cli.words import name, plain, policy
from licet.decision.wording import TableName, period, predicate
from licet.policy.model import Rule, Vocabulary
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
    Offer,
    Prohibit,
    Rate,
    Require,
    Review,
    SetFact,
    Test,
)
from licet.values import show

Outline = Iterator[tuple[int, str]]
_FEW = 3


def condition(when: Condition, called: TableName | None = None, depth: int = 0) -> Outline:
    """The condition, one test a line, each with its depth; tables by their titles where `called` knows them."""
    match when:
        case Test():
            yield depth, f"{name(when.fact)} {plain(predicate(when, called=called))}"
        case Not(of=Test() as test):
            yield depth, f"{name(test.fact)} {plain(predicate(test, negated=True, called=called))}"
        case Not():
            yield depth, "not:"
            yield from condition(when.of, called, depth + 1)
        case All() | AnyOf():
            yield depth, "all of:" if isinstance(when, All) else "any of:"
            for child in when.of:
                yield from condition(child, called, depth + 1)


def effect(does: Effect, terms: Vocabulary | None = None) -> str:  # noqa: C901  # a table, one line for each effect
    """What an effect does, as a sentence; in the words of a vocabulary where there is one."""
    match does:
        case Require(each=None):
            return f"requires a license, for the reason {_reason(str(does.reason), terms)}"
        case Require():
            return f"requires a license, for each reason in {does.each}"
        case Review():
            which = policy(does.policy) if does.policy else f"the policy in {does.policy_fact}"
            return f"an application meets {which}, for {_reasons(does.reasons, terms)}"
        case Lift():
            return f"{_authorization(does.authorization, terms)} lifts {_lifted(does, terms)}"
        case Bar():
            return _bar(does, terms)
        case Except():
            return f"lifts the bars of {_list(does.bars)}"
        case Prohibit():
            return f"prohibits: no license or exception of the pack lifts it ({_reason(does.reason, terms)})"
        case SetFact():
            return f"sets {does.fact} to {show(does.value)}"
        case Oblige():
            return f"obliges: {_obligations(does.obligations, terms)}"
        case Flag():
            return f"red flag, holds until settled: {does.message}"
        case Notice():
            return f"notice: {does.message}"
        case Rate():
            return f"rates {does.risk} as {does.level}"
        case Offer():
            return f"offers: {_courses(does.courses, terms)}"


def _courses(courses: tuple[str, ...], terms: Vocabulary | None) -> str:
    return "; ".join(terms.courses[c].title for c in courses) if terms is not None else _list(courses)


def _reason(reason: str, terms: Vocabulary | None) -> str:
    known = terms.reasons.get(reason) if terms is not None else None
    return f"{known.title} ({reason})" if known is not None else reason


def _reasons(reasons: tuple[str, ...], terms: Vocabulary | None) -> str:
    """The reasons: a group that is there as a whole by its name, and those beside it."""
    groups = terms.reason_groups if terms is not None else {}
    whole = [(group, members) for group, members in groups.items() if len(members) > 1 and set(members) <= set(reasons)]
    if not whole:
        return _list([_reason(r, terms) for r in reasons] if len(reasons) <= _FEW else reasons)
    group, members = max(whole, key=lambda found: len(found[1]))
    beside = tuple(r for r in reasons if r not in members)
    return f"every reason of the group {group}" + (f", {_reasons(beside, terms)}" if beside else "")


def _authorization(authorization: str, terms: Vocabulary | None) -> str:
    known = terms.authorizations.get(authorization) if terms is not None else None
    return f"{known.title} ({authorization})" if known is not None else authorization


def _obligations(obligations: tuple[str, ...], terms: Vocabulary | None) -> str:
    return "; ".join(terms.obligations[o].title for o in obligations) if terms is not None else _list(obligations)


def _lifted(lift: Lift, terms: Vocabulary | None) -> str:
    if lift.everything:
        return "every requirement"
    parts = [f"requirements for {_reasons(lift.reasons, terms)}"] if lift.reasons else []
    parts += [f"what these rules require: {_list(lift.rules)}"] if lift.rules else []
    return " and ".join(parts)


def _bar(bar: Bar, terms: Vocabulary | None) -> str:
    named = [*(f"every {kind.replace('_', ' ')}" for kind in bar.kinds), *bar.authorizations]
    spared = f" but {_list(bar.all_but)}" if bar.all_but else ""
    reasons = f", for {_reasons(bar.reasons, terms)}" if bar.reasons else ""
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
