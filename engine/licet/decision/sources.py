"""The law and the values behind a decision: sources, readings, assumptions, and the certificate's records."""

from __future__ import annotations

from collections.abc import Sequence

from licet.compile.program import CompiledRule, Program
from licet.compile.shortcuts import reached
from licet.compile.view import View
from licet.decision.model import Assumption, CaseRecord, ListedParty, Reading, Source
from licet.decision.trees import readings, without
from licet.decision.wording import period, value
from licet.infer.run import Inference
from licet.policy.conditions import tests_in
from licet.policy.model import Fact, Rule
from licet.policy.terms import Bar, Except, Lift, Notice, Require, Review
from licet.transaction.facts import Case
from licet.values import FALSE, encode


def sources(program: Program, view: View, rules: set[str]) -> tuple[Source, ...]:
    """The named rules with their citations, and the period each is in force by."""
    periods = {rule_id: period(view.rules[program.by_rule[rule_id][-1].index].period) for rule_id in rules}
    return tuple(
        Source(
            rule=rule.id,
            title=rule.title,
            citations=tuple(c.cite for c in rule.because),
            period=periods.get(rule.id),
            reviewed_by=rule.reviewed_by,
            doubt=rule.doubt,
        )
        for rule in program.pack.rules
        if rule.id in rules
    )


def determining_readings(found: Inference, rules: set[str]) -> tuple[Reading, ...]:
    """Every value that the determining rules read, once."""
    seen: dict[Reading, None] = {}
    for j in found.judged:
        if j.rule.id in rules:
            seen.update(dict.fromkeys(readings(found.cases[j.case], j.rule.tree)))
    return tuple(seen)


def support(program: Program, found: Inference, rules: set[str]) -> set[str]:
    """The rules that set the facts which the given rules read, and so on down."""
    supporting: set[str] = set()
    waiting = set(rules)
    while waiting:
        read = {name for rule_id in waiting for rule in program.by_rule[rule_id] for name in rule.reads}
        setters = {program.rules[number].id for name in read for number in program.setters.get(name, ())}
        spoke = {j.rule.id for j in found.judged if j.rule.id in setters}
        waiting = spoke - supporting - rules
        supporting |= waiting
    return supporting


def listed_parties(found: Inference) -> tuple[ListedParty, ...]:
    """The listings that parties met, with the version of each that is in force."""
    shown: list[ListedParty] = []
    for case in found.cases:
        hit, row = case.hit, case.row
        if hit is None or row is None:
            continue
        starts = [r.period.start for r in hit.listing.rows if r.period.start is not None]
        shown.append(
            ListedParty(
                party=hit.party,
                list=hit.listing.list,
                listing=hit.listing.id,
                name=hit.listing.name,
                basis=hit.basis,
                confirmed=bool(hit.confirmed),
                because=hit.because,
                listed_from=min(starts, default=None),
                row_from=row.period.start,
                cite=row.period.cite,
                doubt="; ".join(dict.fromkeys(d for d in (hit.listing.doubt, row.doubt) if d)) or None,
                score=None if hit.match is None else round(hit.match.score, 4),
                entry=hit.listing.entry,
            )
        )
    return tuple(shown)


def assumptions(program: Program, found: Inference) -> tuple[Assumption, ...]:
    """The assumptions relied on: those without which some rule that matters would have been judged otherwise.

    Asked of the law and the order alone, not of what happened to be read: a backend may read more than it needs.
    """
    shortcuts = program.shortcuts
    relied: set[str] = set()
    said = [effect for judged in found.effective() for effect in judged.rule.effects]
    required = frozenset(effect.reason for effect in said if isinstance(effect, Require))
    lifting = any(isinstance(effect, Lift) for effect in said)
    for case in found.cases:
        law = case.order.view.rules
        gate = shortcuts.assuming.get(case.scope)
        rules = [
            rule
            for rule in (gate.reached(case) if gate is not None else ())
            if law[rule.index].truth != FALSE and _matters(rule.source, required, lifting=lifting)
        ]
        names = frozenset[str]().union(*(shortcuts.assumed_by[rule.index] for rule in rules)) - relied
        relied |= {name for name in names if _relied(rules, case, case.order.facts[name])}
    return tuple(
        Assumption(fact=fact.name, value=value(fact.assume), because=fact.assume_because or "")
        for fact in shortcuts.assumable
        if fact.name in relied
    )


def _matters(rule: Rule, required: frozenset[str | None], *, lifting: bool) -> bool:
    """Whether the line's answer can hang on the rule.

    Not on notices, not on reviews of what is not required, nor on lifts and bars where nothing is claimed that lifts.
    """
    return bool(rule.displaces) or any(
        not required.isdisjoint(effect.reasons)
        if isinstance(effect, Review)
        else lifting
        if isinstance(effect, (Lift, Bar, Except))
        else not isinstance(effect, Notice)
        for effect in rule.effects
    )


def _relied(rules: Sequence[CompiledRule], case: Case, fact: Fact) -> bool:
    """Whether one of the rules would be judged otherwise, if nothing were known of a fact that is assumed there."""
    home = case.at(fact.scope)
    if home.scope != fact.scope:
        return False
    home.value(fact.name)
    if fact.name not in home.assumed:
        return False
    touched = _computed_from(fact.name, case)
    return any(
        without(case, rule.tree, touched) != case.seen(rule.tree)
        for rule in rules
        if not touched.isdisjoint(rule.reads)
    )


def _computed_from(name: str, case: Case) -> frozenset[str]:
    """The fact, and every derived fact or listing's condition that reads it, even through others."""
    shortcuts = case.order.program.shortcuts
    found = shortcuts.made_of[name]
    if case.row is None:
        return found
    saying = {fact: read for fact in shortcuts.conditional if (read := _conditions(case.order.facts[fact], case))}
    while new := [fact for fact, read in saying.items() if fact not in found and not read.isdisjoint(found)]:
        found = found.union(*(reached(fact, shortcuts.readers) for fact in new))
    return found


def _conditions(fact: Fact, case: Case) -> set[str]:
    """The facts that the conditions of the case's listing read, where the fact comes from them."""
    if fact.scope != "listing" or case.row is None:
        return set()
    rows = {"covers_item": case.row.scope, "review_policy": case.row.review}.get(str(fact.read), ())
    return {test.fact for row in rows if row.when is not None for test in tests_in(row.when)}


def records(found: Inference) -> tuple[CaseRecord, ...]:
    """What the certificate keeps: each case's facts, and its rules that are true or open."""
    kept: list[CaseRecord] = []
    waiting = found.unclaimed()
    for number, case in enumerate(found.cases):
        program = case.order.program
        rules: dict[str, int] = {}
        for j in found.judged:
            if j.case == number:
                rules[j.rule.id] = max(rules.get(j.rule.id, FALSE), j.truth)
        unclaimed = {j.rule.id for j in waiting if j.case == number}
        kept.append(
            CaseRecord(
                subject=case.subject,
                scope=case.scope,
                facts={name: encode(case.value(name)) for name in program.shortcuts.recorded[case.scope]},
                rules=dict(sorted(rules.items())),
                unclaimed=tuple(sorted(unclaimed)),
                listing=f"{case.hit.listing.list}/{case.hit.listing.id}" if case.hit else None,
            )
        )
    return tuple(kept)
