"""The law and the values behind a decision: sources, readings, assumptions, and the certificate's records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from licet.compile.program import Program, Tree
from licet.compile.view import View
from licet.decision.model import Assumption, CaseRecord, ListedParty, Reading, Source
from licet.decision.trees import readings, without
from licet.decision.wording import period, value
from licet.infer.run import Inference
from licet.transaction.facts import Case
from licet.values import FALSE, encode


def sources(program: Program, view: View, rules: set[str]) -> tuple[Source, ...]:
    """The named rules with their citations, and the period each is in force by."""
    periods = {rule.id: period(view.rules[rule.index].period) for rule in program.rules}
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
                doubt=hit.listing.doubt,
            )
        )
    return tuple(shown)


def assumptions(program: Program, cases: Sequence[Case]) -> tuple[Assumption, ...]:
    """The assumptions relied on: those without which some rule would have been judged otherwise.

    An assumed fact that no rule reads itself was read by a derived fact or a listing, and counts as relied on.
    """
    facts = program.pack.vocabulary.facts
    assumed = {name for case in cases for name in (*case.assumed, *case.at("transaction").assumed)}
    if not assumed:
        return ()
    read: set[str] = set()
    relied: set[str] = set()
    for rule in program.rules:
        mine = assumed & set(rule.reads)
        read |= mine
        if mine - relied:
            relied |= _relied(rule.scope, rule.tree, mine, [c for c in cases if _in_force(c, rule.index)])
    return tuple(
        Assumption(fact=name, value=value(facts[name].assume), because=facts[name].assume_because or "")
        for name in sorted(relied | (assumed - read))
    )


def _in_force(case: Case, index: int) -> bool:
    return case.order.view.rules[index].truth != FALSE


def _relied(scope: str, tree: Tree, names: Iterable[str], cases: Iterable[Case]) -> set[str]:
    found: set[str] = set()
    for case in cases:
        if case.scope != scope:
            continue
        assumed_here = {n for n in names if n in case.at(case.order.facts[n].scope).assumed}
        for name in assumed_here:
            if without(case, tree, frozenset({name})) != case.seen(tree):
                found.add(name)
    return found


def records(found: Inference) -> tuple[CaseRecord, ...]:
    """What the certificate keeps: each case's facts, and its rules that are true or open."""
    kept: list[CaseRecord] = []
    for number, case in enumerate(found.cases):
        program = case.order.program
        names = [f for f in sorted(program.pack.vocabulary.facts) if _home(case, f)]
        rules: dict[str, int] = {}
        for j in found.judged:
            if j.case == number:
                rules[j.rule.id] = max(rules.get(j.rule.id, FALSE), j.truth)
        unclaimed = {j.rule.id for j in found.unclaimed if j.case == number}
        kept.append(
            CaseRecord(
                subject=case.subject,
                scope=case.scope,
                facts={name: encode(case.value(name)) for name in names},
                rules=dict(sorted(rules.items())),
                unclaimed=tuple(sorted(unclaimed)),
                listing=f"{case.hit.listing.list}/{case.hit.listing.id}" if case.hit else None,
            )
        )
    return tuple(kept)


def _home(case: Case, name: str) -> bool:
    """Whether the fact is the case's own; the line's case also holds the transaction's."""
    scope = case.order.facts[name].scope
    return scope == case.scope or (scope == "transaction" and case.scope == "item")
