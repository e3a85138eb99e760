"""Every authorization that bears on a requirement: used, barred, open, failed, unclaimed, or not in force."""

from __future__ import annotations

from datetime import timedelta

from licet.compile.program import CompiledRule, Program
from licet.decision.model import Authorization, Reading
from licet.decision.trees import failures
from licet.decision.wording import lifetime
from licet.infer.resolve import Lifted, Requirement
from licet.infer.run import Inference
from licet.policy.in_force import span
from licet.policy.terms import Lift
from licet.transaction.facts import Case
from licet.values import FALSE, TRUE, UNKNOWN

#: How long after its end, and before its beginning, an authorization is still, or already, named.
NEAR_AFTER, NEAR_BEFORE = timedelta(days=365), timedelta(days=31)


def in_play(program: Program, found: Inference, requirement: Requirement) -> list[Authorization]:
    """The authorizations that bear on the requirement, those that hold first."""
    shown = [_held(program, found, lifted) for lifted in requirement.lifts]
    held = {(lifted.ruling.rule, lifted.ruling.case) for lifted in requirement.lifts}
    if requirement.stands == FALSE:
        return shown
    for number, case in enumerate(found.cases):
        if not found.covers(number, requirement.ruling.case):
            continue
        texts = program.shortcuts.lifts(requirement.reason, requirement.ruling.rule, case.scope)
        candidates = [_version(case, versions) for versions in texts]
        shown += [
            a for rule in _bearing(candidates, case) if (rule.id, number) not in held for a in _not_held(rule, case)
        ]
    return shown


def _bearing(candidates: list[CompiledRule], case: Case) -> list[CompiledRule]:
    """The rules that bear on the day: of those with the same claim, one not in force only where none is."""
    law = case.order.view.rules
    claimed_today = {rule.claims for rule in candidates if rule.claims and law[rule.index].truth != FALSE}
    return [rule for rule in candidates if law[rule.index].truth != FALSE or rule.claims not in claimed_today]


def _held(program: Program, found: Inference, lifted: Lifted) -> Authorization:
    effect = lifted.ruling.effect
    assert isinstance(effect, Lift)  # noqa: S101  # `Lifted` is only made of lifts
    state = {TRUE: "used", UNKNOWN: "open", FALSE: "barred"}[lifted.truth]
    return Authorization(
        id=effect.authorization,
        title=program.by_rule[lifted.ruling.rule][0].source.title,
        rule=lifted.ruling.rule,
        subject=found.cases[lifted.ruling.case].subject,
        state=state,
        reasons=("all",) if effect.everything else effect.reasons,
        barred_by=tuple(sorted({bar.rule for bar in lifted.bars})),
    )


def _version(case: Case, versions: list[CompiledRule]) -> CompiledRule:
    """The version in force; else the last that was, else the first to come."""
    order, law = case.order, case.order.view.rules
    for rule in versions:
        if law[rule.index].truth != FALSE:
            return rule
    by_start = sorted(versions, key=lambda rule: str(span(rule.timeline)[0] or ""))
    begun = [rule for rule in by_start if (span(rule.timeline)[0] or order.as_of) <= order.as_of]
    return begun[-1] if begun else by_start[0]


def _not_held(rule: CompiledRule, case: Case) -> list[Authorization]:
    """The rule as a near miss, as unclaimed, or as lately ended or about to begin; nothing where it has no bearing."""
    claimed = bool(rule.claims) and all(case.seen(claim) == TRUE for claim in rule.claims)
    in_force = case.order.view.rules[rule.index].truth != FALSE
    fails = case.seen(rule.tree) == FALSE
    if claimed:
        state = "failed"
    elif fails or not rule.claims or not (in_force or _near_its_time(rule, case)):
        return []
    else:
        state = "unclaimed" if in_force else "not_in_force"
    effect = next(e for e in rule.effects if isinstance(e, Lift))
    return [
        Authorization(
            id=effect.authorization,
            title=rule.source.title,
            rule=rule.id,
            subject=case.subject,
            state=state,
            reasons=effect.reasons,
            failed=tuple(_failed(rule, case, in_force=in_force)) if claimed else (),
            in_force=lifetime(rule.timeline),
        )
    ]


def _near_its_time(rule: CompiledRule, case: Case) -> bool:
    """Whether the rule ended within the year before the day, or begins within a month: others nobody misses."""
    first, last = span(rule.timeline)
    day, none = case.order.as_of, timedelta(0)
    ended = last is not None and none < day - last <= NEAR_AFTER
    return ended or (first is not None and none < first - day <= NEAR_BEFORE)


def _failed(rule: CompiledRule, case: Case, *, in_force: bool) -> list[Reading]:
    found = failures(case, rule.tree)
    if not in_force:
        law = Reading(
            fact="in_force", subject=rule.id, value=case.order.as_of.isoformat(), wanted=lifetime(rule.timeline)
        )
        found.insert(0, law)
    return found
