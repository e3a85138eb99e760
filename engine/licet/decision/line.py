"""One line of a transaction, judged: from an inference to a `LineDecision`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from msgspec.structs import replace

from licet.compile.program import Program
from licet.decision import model
from licet.decision.authorizations import in_play
from licet.decision.doubts import row_doubts
from licet.decision.questions import open_questions
from licet.decision.sources import assumptions, determining_readings, listed_parties, records, sources, support
from licet.decision.words import words_of
from licet.infer.resolve import RELEASE, Requirement, Resolution, Ruling, resolve, strictest
from licet.infer.run import Inference
from licet.policy.model import Risk
from licet.policy.terms import REVIEW_POLICIES, Flag, Lift, Notice, Oblige, Offer, Rate, Review, SetFact
from licet.screening.screened import Screened
from licet.transaction.facts import Case
from licet.transaction.model import Resolution as Settlement
from licet.values import FALSE, TRUE, UNKNOWN, Truth, Unknown, encode


@dataclass(frozen=True, kw_only=True)  # no slots: `words` is kept once computed
class Judgement:
    """A line's inference and what it came to; everything that a decision is written from."""

    program: Program
    screened: Screened
    found: Inference
    rulings: tuple[Ruling, ...]
    resolution: Resolution
    holds: tuple[model.Remark, ...]

    @property
    def top(self) -> Case:
        """The case of the line alone."""
        return self.found.cases[0]

    @property
    def binds(self) -> Truth:
        """Whether the pack binds the release of the line, or only advises."""
        manifest = self.program.pack.manifest
        if manifest.binds_where is None:
            return TRUE if manifest.binds else FALSE
        return self.top.truth_of(manifest.binds_where)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every text that the order states or that was made of it, and all by which tables are read."""
        cases = self.found.every_case
        keys = self.program.shortcuts.keys
        read = [case.own_value(fact) for case in cases for fact in keys if fact.scope == case.scope]
        computed = (value for case in cases for value in case.known_values())
        return self.screened.texts.union(words_of(read), words_of(computed))


def judge_line(program: Program, found: Inference, stale: Sequence[model.Remark], screened: Screened) -> Judgement:
    """The inference resolved to an outcome. `stale` are reasons to hold that come from the age of the law."""
    rulings = tuple(found.rulings())
    holds = (*stale, *_failures(found))
    settlements = found.cases[0].order.transaction.resolutions

    def settled(flag: Ruling) -> bool:
        return any(_settles(s, flag, found.cases[flag.case]) for s in settlements)

    resolution = resolve(
        rulings,
        covers=found.covers,
        kinds=program.shortcuts.kinds,
        subject=_subject(program, found.cases[0]),
        settled=settled,
        held=bool(holds) or not program.rules,
    )
    return Judgement(
        program=program, screened=screened, found=found, rulings=rulings, resolution=resolution, holds=holds
    )


def _subject(program: Program, case: Case) -> Truth:
    """Whether the line is within the pack's jurisdiction."""
    manifest = program.pack.manifest
    value = case.value(manifest.jurisdiction_fact)
    if value is None or isinstance(value, Unknown):
        return UNKNOWN
    return TRUE if value == manifest.jurisdiction_subject else FALSE


def _failures(found: Inference) -> list[model.Remark]:
    """A rule or fact that failed holds the line, and is named."""
    remarks = [
        model.Remark(code="rule-failed", message=f"rule `{rule}` could not be judged: {error}", subject=rule)
        for rule, error in sorted(found.errors.items())
    ]
    for case in found.every_case:
        remarks += [model.Remark(code="fact-failed", message=error, subject=case.subject) for error in case.errors]
    return remarks


def _settles(settlement: Settlement, flag: Ruling, case: Case) -> bool:
    """Whether a recorded resolution names this flag; one that names a party or item settles it only there."""
    if settlement.flag != flag.rule:
        return False
    party = case.party.id if case.party else None
    item = case.item.id if case.item else None
    return all(not named or named == own for named, own in ((settlement.party, party), (settlement.item, item)))


def outcome_of(judgement: Judgement) -> str:
    """The line's outcome alone, without reasons."""
    return judgement.resolution.outcome


def write(judgement: Judgement) -> model.LineDecision:
    """The decision on the line, with its reasons and what they rest on."""
    line = reasons(judgement)
    readings = determining_readings(judgement.found, {*line.determined_by, *line.supported_by})
    rated = tuple(
        replace(rating, readings=determining_readings(judgement.found, {*rating.rules, *rating.steps}))
        for rating in line.ratings
    )
    return replace(line, readings=readings, ratings=rated, cases=records(judgement.found))


def reasons(judgement: Judgement) -> model.LineDecision:
    """The decision on the line with its reasons, but without what was read: all `readings` and `cases` are empty."""
    resolution = judgement.resolution
    outcome = resolution.outcome
    release = RELEASE[outcome]
    determined = determined_by(judgement)
    requirements = tuple(_requirement(judgement, r) for r in _distinct(resolution.requirements))
    questions, settled_by = open_questions(judgement) if release == "hold" else ((), ())
    supporting = support(judgement.program, judgement.found, set(determined))
    shown = {rule for r in requirements for rule in (r.rule, *r.lifted_by, *r.review_rules)}
    rated = ratings(judgement)
    shown |= {rule for r in rated for rule in (*r.rules, *r.steps)}
    return model.LineDecision(
        item=judgement.top.item.id if judgement.top.item else "",
        outcome=outcome,
        release=release,
        determined_by=determined,
        supported_by=tuple(sorted(supporting)),
        requirements=requirements,
        authorizations=_authorizations(judgement),
        review=_strictest_review(requirements),
        obligations=obligations(judgement) if release != "stop" else (),
        flags=_flags(judgement),
        notices=_notices(judgement),
        holds=(*judgement.holds, *(_unresolved(judgement, {*determined, *supporting}) if release == "hold" else ())),
        questions=questions,
        settled_by=settled_by,
        assumptions=assumptions(judgement.program, judgement.found),
        ratings=rated,
        sources=sources(judgement.program, judgement.top.order.view, {*determined, *supporting, *shown}),
        listed=listed_parties(judgement.found),
        doubts=row_doubts(judgement.found, {*determined, *supporting}),
    )


def _distinct(requirements: Iterable[Requirement]) -> list[Requirement]:
    """Requirements in a fixed order, one for each reason, rule and case."""
    unique = {(r.ruling.case, r.reason, r.ruling.rule): r for r in requirements}
    return [unique[key] for key in sorted(unique)]


def determined_by(judgement: Judgement) -> tuple[str, ...]:
    """The rules that determined the outcome, and no more."""
    resolution = judgement.resolution
    match resolution.outcome:
        case "prohibited":
            rules = {r.rule for r in resolution.prohibitions if r.truth == TRUE}
        case "license_required":
            standing = [r for r in resolution.requirements if r.stands == TRUE]
            rules = {rule for r in standing for rule in _standing_rules(r)} | _strictest_rules(judgement, standing)
        case "authorized":
            rules = {rule for r in resolution.requirements for rule in _lifted_rules(r)}
        case "hold":
            rules = _holding_rules(judgement)
        case _:
            rules = _jurisdiction_rules(judgement, TRUE)
    return tuple(sorted(rules))


def _strictest_rules(judgement: Judgement, standing: Sequence[Requirement]) -> set[str]:
    """The rules that give the strictest review policy of the line."""
    found = [_reviews(judgement, requirement) for requirement in standing]
    policies = [policy for policy, _ in found if policy is not None]
    strict = max(policies, key=REVIEW_POLICIES.index, default=None)
    return {r.rule for policy, giving in found if policy is not None and policy == strict for r in giving}


def _standing_rules(requirement: Requirement) -> set[str]:
    """The requirement, and the bars that kept a true lift from lifting it."""
    rules = {requirement.ruling.rule}
    for lift in requirement.lifts:
        if lift.truth == FALSE and lift.ruling.truth == TRUE:
            rules |= {bar.rule for bar in lift.bars if bar.truth == TRUE}
    return rules


def _lifted_rules(requirement: Requirement) -> set[str]:
    """The requirement, the lifts that discharge it, and the exceptions to bars that these needed."""
    used = [lift for lift in requirement.lifts if lift.truth == TRUE]
    exceptions = {r.rule for lift in used for r in lift.exceptions if r.truth == TRUE}
    return {requirement.ruling.rule} | {lift.ruling.rule for lift in used} | exceptions


def _holding_rules(judgement: Judgement) -> set[str]:
    """The open rules that could change the answer, the flags that hold, and the rules that failed."""
    rules = {r.rule for r in open_rulings(judgement)} | set(judgement.found.errors)
    rules |= {flag.rule for flag in judgement.resolution.open_flags}
    return rules or _jurisdiction_rules(judgement, UNKNOWN)


def open_rulings(judgement: Judgement) -> list[Ruling]:
    """The rulings that are open and that the outcome hangs on."""
    resolution = judgement.resolution
    found = [r for r in resolution.prohibitions if r.truth == UNKNOWN]
    for requirement in resolution.requirements:
        if requirement.stands != UNKNOWN:
            continue
        if requirement.ruling.truth == UNKNOWN:
            found.append(requirement.ruling)
        for lift in requirement.lifts:
            if lift.truth == UNKNOWN:
                open_bars = [r for r in (*lift.bars, *lift.exceptions) if r.truth == UNKNOWN]
                found += ([lift.ruling] if lift.ruling.truth == UNKNOWN else []) + open_bars
    return found + [f for f in resolution.open_flags if f.truth == UNKNOWN]


def _jurisdiction_rules(judgement: Judgement, at_least: Truth) -> set[str]:
    """The rules that say whether the line is within the pack's jurisdiction."""
    fact = judgement.program.pack.manifest.jurisdiction_fact
    return {
        r.rule
        for r in judgement.rulings
        if isinstance(r.effect, SetFact) and r.effect.fact == fact and r.truth >= at_least
    }


def _reviews(judgement: Judgement, requirement: Requirement) -> tuple[str | None, list[Ruling]]:
    related = [r for r in judgement.rulings if judgement.found.related(r.case, requirement.ruling.case)]
    return strictest(requirement, related, REVIEW_POLICIES)


def _open_reviews(judgement: Judgement, requirement: Requirement) -> tuple[str, ...]:
    """The review policies that open facts could still bring, mildest first."""
    open_policies = {
        str(r.effect.policy)
        for r in judgement.rulings
        if isinstance(r.effect, Review)
        and r.truth == UNKNOWN
        and requirement.reason in r.effect.reasons
        and judgement.found.related(r.case, requirement.ruling.case)
    }
    return tuple(sorted(open_policies, key=REVIEW_POLICIES.index))


def _requirement(judgement: Judgement, requirement: Requirement) -> model.Requirement:
    policy, giving = _reviews(judgement, requirement) if requirement.stands != FALSE else (None, [])
    return model.Requirement(
        reason=requirement.reason,
        title=judgement.program.pack.vocabulary.reasons[requirement.reason].title,
        subject=judgement.found.cases[requirement.ruling.case].subject,
        state={FALSE: "lifted", UNKNOWN: "open", TRUE: "stands"}[requirement.stands],
        rule=requirement.ruling.rule,
        lifted_by=tuple(sorted({lift.ruling.rule for lift in requirement.lifts if lift.truth == TRUE})),
        review=policy,
        review_rules=tuple(sorted({r.rule for r in giving})),
        review_possible=_open_reviews(judgement, requirement) if requirement.stands != FALSE else (),
        certain=requirement.ruling.truth == TRUE,
    )


def reviewed(judgement: Judgement) -> str | None:
    """The strictest policy by which an application for what stands would be reviewed."""
    standing = [r for r in judgement.resolution.requirements if r.stands == TRUE]
    policies = [policy for policy, _ in (_reviews(judgement, r) for r in standing) if policy is not None]
    return max(policies, key=REVIEW_POLICIES.index, default=None)


def _strictest_review(requirements: Sequence[model.Requirement]) -> str | None:
    known = [r.review for r in requirements if r.state == "stands" and r.review is not None]
    return max(known, key=REVIEW_POLICIES.index, default=None)


def _authorizations(judgement: Judgement) -> tuple[model.Authorization, ...]:
    shown: dict[model.Authorization, None] = {}
    for requirement in _distinct(judgement.resolution.requirements):
        shown.update(dict.fromkeys(in_play(judgement.program, judgement.found, requirement)))
    order = ("used", "open", "barred", "failed", "unclaimed", "not_in_force")
    return tuple(sorted(shown, key=lambda a: (order.index(a.state), a.id, a.subject)))


def obligations(judgement: Judgement) -> tuple[model.Obligation, ...]:
    """What proceeding obliges; a lift's obligations count only where that lift is used."""
    used = {
        (lift.ruling.rule, lift.ruling.case): min(lift.truth, requirement.ruling.truth)
        for requirement in judgement.resolution.requirements
        for lift in requirement.lifts
    }
    lifting = {(r.rule, r.case) for r in judgement.rulings if isinstance(r.effect, Lift)}
    certain: dict[str, Truth] = {}
    for r in judgement.rulings:
        if isinstance(r.effect, Oblige):
            key = (r.rule, r.case)
            truth = used.get(key, FALSE) if key in lifting else r.truth
            for name in r.effect.obligations if truth != FALSE else ():
                certain[name] = max(certain.get(name, FALSE), truth)
    terms = judgement.program.pack.vocabulary.obligations
    return tuple(
        model.Obligation(id=name, title=terms[name].title, cite=terms[name].cite, certain=certain[name] == TRUE)
        for name in sorted(certain)
    )


def _flags(judgement: Judgement) -> tuple[model.Remark, ...]:
    unsettled = {(r.rule, r.case) for r in judgement.resolution.open_flags}
    return tuple(
        model.Remark(
            code=r.rule,
            message=r.effect.message if r.truth == TRUE else f"{r.effect.message} (open)",
            subject=judgement.found.cases[r.case].subject,
            settled=(r.rule, r.case) not in unsettled,
        )
        for r in judgement.rulings
        if isinstance(r.effect, Flag)
    )


def _unresolved(judgement: Judgement, rules: set[str]) -> tuple[model.Remark, ...]:
    """What is not known of the law itself: rules that spoke, and of which nobody knows whether they are in force."""
    law = judgement.top.order.view.rules
    told: dict[model.Remark, None] = {}
    for judged in judgement.found.judged:
        state = law[judged.rule.index]
        period = state.period
        if judged.rule.id in rules and state.truth == UNKNOWN and period is not None and period.unresolved is not None:
            message = f"{judged.rule.source.title}, from {period.unresolved}: {period.unresolved_because}"
            told[model.Remark(code="status-unresolved", message=message, subject=judged.rule.id)] = None
    return tuple(sorted(told, key=lambda remark: remark.subject))


def _notices(judgement: Judgement) -> tuple[model.Remark, ...]:
    found = {
        model.Remark(code=r.rule, message=r.effect.message): None
        for r in judgement.rulings
        if isinstance(r.effect, Notice) and r.truth == TRUE
    }
    return tuple(sorted(found, key=lambda remark: remark.code))


def ratings(judgement: Judgement) -> tuple[model.Rating, ...]:
    """The highest level of each risk that some rule is sure of, and the highest that open rules leave possible."""
    rated: dict[str, list[tuple[str, Ruling]]] = {}
    for r in judgement.rulings:
        if isinstance(r.effect, Rate):
            rated.setdefault(r.effect.risk, []).append((r.effect.level, r))
    risks = judgement.program.pack.vocabulary.risks
    return tuple(
        _rating(judgement, risks[risk], rated[risk])
        for risk in risks
        if any(r.truth == TRUE for _, r in rated.get(risk, ()))
    )


def _rating(judgement: Judgement, risk: Risk, rated: Sequence[tuple[str, Ruling]]) -> model.Rating:
    top = max((level for level, r in rated if r.truth == TRUE), key=risk.levels.index)
    giving = {r.rule for level, r in rated if level == top and r.truth == TRUE}
    order = judgement.program.by_rule
    return model.Rating(
        risk=risk.id,
        title=risk.title,
        level=top,
        at_most=max((level for level, _ in rated), key=risk.levels.index),
        rules=tuple(sorted(giving)),
        steps=tuple(
            sorted(support(judgement.program, judgement.found, giving), key=lambda rule: (order[rule][0].stage, rule))
        ),
        facts={name: encode(judgement.top.value(name)) for name in risk.shows},
    )


def offered(judgement: Judgement) -> tuple[str, ...]:
    """The courses that are surely offered, in the order of the vocabulary."""
    said = [r.effect for r in judgement.rulings if isinstance(r.effect, Offer) and r.truth == TRUE]
    sure = {course for effect in said for course in effect.courses}
    return tuple(course for course in judgement.program.pack.vocabulary.courses if course in sure)
