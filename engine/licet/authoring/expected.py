"""Whether a judgement shows what a case expects, without a decision being written: that would take most of the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from licet.authoring.cases import span
from licet.decision.authorizations import in_play
from licet.decision.line import Judgement, determined_by, obligations, ratings
from licet.decision.questions import open_questions
from licet.decision.sources import assumptions
from licet.infer.resolve import RELEASE, Lifted, Requirement, strictest, strictest_outcome
from licet.policy.terms import REVIEW_POLICIES, Lift, Notice
from licet.regimes import binding, released
from licet.values import TRUE

#: The expectations that a judgement alone does not show: they ask for those of other days, or of other orders.
UNSEEN = frozenset({"valid_until", "courses"})


def as_expected(judgements: Sequence[Judgement], expect: Mapping[str, Any]) -> bool:
    """Whether the judgements on an order's lines show all that is expected, but `UNSEEN`."""
    outcomes = [judgement.resolution.outcome for judgement in judgements]
    binds = binding(judgements)
    released_as, own = released([(strictest_outcome(outcomes), binds)]), strictest_outcome(outcomes)
    release, outcome = RELEASE[released_as], released_as if binds == TRUE else own
    if expect.get("binds", binds == TRUE) != (binds == TRUE):
        return False
    if expect.get("outcome", outcome) != outcome or expect.get("release", release) != release:
        return False
    lines = {j.top.item.id if j.top.item else "": own for j, own in zip(judgements, outcomes, strict=True)}
    if any(lines.get(item) != wanted for item, wanted in (expect.get("lines") or {}).items()):
        return False
    if any(_levels(judgements, risk) != {wanted} for risk, wanted in (expect.get("ratings") or {}).items()):
        return False
    judged = [j for judgement in judgements for j in judgement.found.judged]
    if not {j.rule.id for j in judged}.isdisjoint(expect.get("silent") or ()):
        return False
    return (
        all(set(expect[name]).issubset(found()) for name, found in _among(judgements) if name in expect)
        and all(set(expect[name]) == found() for name, found in _exactly(judgements, outcome) if name in expect)
        and ("review" not in expect or expect["review"] == _review(judgements))
        and ("near_misses" not in expect or _near(judgements) == {_miss(miss) for miss in expect["near_misses"]})
    )


def _among(judgements: Sequence[Judgement]) -> Iterator[tuple[str, Callable[[], set[str]]]]:
    """What cases name some of, each found when it is asked for."""
    judged = [j for judgement in judgements for j in judgement.found.judged]
    yield "fires", lambda: {j.rule.id for j in judged if j.truth == TRUE}
    going = [j for j in judgements if RELEASE[j.resolution.outcome] != "stop"]
    yield "obligations", lambda: {o.id for j in going for o in obligations(j)}
    yield "assumptions", lambda: {a.fact for j in judgements for a in assumptions(j.program, j.found)}


def _exactly(judgements: Sequence[Judgement], outcome: str) -> Iterator[tuple[str, Callable[[], set[str]]]]:
    """What cases name all of, each found when it is asked for."""
    deciding = [j for j in judgements if j.resolution.outcome == outcome]
    yield "determined_by", lambda: {rule for j in deciding for rule in determined_by(j)}
    requirements = [r for j in judgements for r in j.resolution.requirements]
    yield "reasons", lambda: {r.reason for r in requirements if r.stands == TRUE}
    yield "flags", lambda: {flag.rule for j in judgements for flag in j.resolution.open_flags}
    yield "authorizations", lambda: {_of(lift) for r in requirements for lift in r.lifts if lift.truth == TRUE}
    rulings = [r for j in judgements for r in j.rulings if r.truth == TRUE]
    yield "notices", lambda: {r.rule for r in rulings if isinstance(r.effect, Notice)}
    held = [j for j in judgements if RELEASE[j.resolution.outcome] == "hold"]
    yield "questions", lambda: {q.fact for j in held for q in open_questions(j)[0]}


def _levels(judgements: Sequence[Judgement], risk: str) -> set[str]:
    return {span(rating) for j in judgements for rating in ratings(j) if rating.risk == risk}


def _of(lift: Lifted) -> str:
    effect = lift.ruling.effect
    return effect.authorization if isinstance(effect, Lift) else ""


def _review(judgements: Sequence[Judgement]) -> str | None:
    standing = [(j, r) for j in judgements for r in j.resolution.requirements if r.stands == TRUE]
    policies = [policy for j, r in standing if (policy := _policy(j, r)) is not None]
    return max(policies, key=REVIEW_POLICIES.index, default=None)


def _policy(judgement: Judgement, requirement: Requirement) -> str | None:
    related = [r for r in judgement.rulings if judgement.found.related(r.case, requirement.ruling.case)]
    return strictest(requirement, related, REVIEW_POLICIES)[0]


def _near(judgements: Sequence[Judgement]) -> set[tuple[str, frozenset[str]]]:
    shown = (a for j in judgements for r in j.resolution.requirements for a in in_play(j.program, j.found, r))
    return {(a.id, frozenset(reading.fact for reading in a.failed)) for a in shown if a.state == "failed"}


def _miss(miss: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
    return miss["authorization"], frozenset(miss["failed"])
