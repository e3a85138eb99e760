"""A line through the stages: judged rules become set facts, set facts feed later rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from licet.compile.program import CompiledRule, Program
from licet.infer.backend import Backend
from licet.infer.reference import judge_each
from licet.infer.resolve import Ruling, resolve
from licet.policy.model import Fact
from licet.policy.stages import AUTHORIZED, REQUIRED
from licet.policy.terms import Lift, Rate, Require, SetFact
from licet.transaction.facts import Case
from licet.values import FALSE, TRUE, UNKNOWN, Truth, Unknown, Value, asks_of, set_of


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule that is true or open in a case."""

    rule: CompiledRule
    case: int
    truth: Truth


@dataclass(slots=True)
class Inference:
    """What the stages found for one line."""

    cases: list[Case]
    judged: list[Judged] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    _effective: tuple[int, list[Judged]] = (0, [])  # with how many were judged then: none is ever taken back
    _rulings: tuple[int, list[Ruling]] = (0, [])

    @property
    def every_case(self) -> tuple[Case, ...]:
        """The case of the transaction, and those of the line."""
        return self.cases[0].at("transaction"), *self.cases

    def covers(self, above: int, below: int) -> bool:
        """Whether the case numbered `below` is the case `above`, or below it."""
        return self.cases[above].covers(self.cases[below])

    def related(self, a: int, b: int) -> bool:
        """Whether one case is the other or above it."""
        return self.covers(a, b) or self.covers(b, a)

    def unclaimed(self) -> list[Judged]:
        """The rules whose condition is true or open and of which some claim is not made: they say nothing."""
        program = self.cases[0].order.program
        return [
            Judged(rule, number, truth)
            for stage in range(len(program.stages))
            for number, case in enumerate(self.cases)
            if (gate := program.shortcuts.claimed.get((stage, case.scope))) is not None
            for rule, truth in judge_each(gate.reached(case), case)[0]
            if rule.id not in self.errors and any(case.seen(claim) != TRUE for claim in rule.claims)
        ]

    def effective(self) -> list[Judged]:
        """What was judged, with displaced rules weakened."""
        if self._effective[0] != len(self.judged):
            self._effective = len(self.judged), self._weakened()
        return self._effective[1]

    def _weakened(self) -> list[Judged]:
        by_displaced: dict[str, list[Judged]] = {}
        for j in self.judged:
            for d in j.rule.source.displaces:
                by_displaced.setdefault(d.rule, []).append(j)
        memo: dict[tuple[int, int], Truth] = {}

        def truth(j: Judged) -> Truth:
            key = (j.rule.index, j.case)
            if key not in memo:
                over = [truth(d) for d in by_displaced.get(j.rule.id, ()) if self.related(d.case, j.case)]
                memo[key] = min(j.truth, TRUE - max(over, default=FALSE))
            return memo[key]

        weakened = [Judged(j.rule, j.case, truth(j)) for j in self.judged]
        return [j for j in weakened if j.truth != FALSE]

    def rulings(self) -> list[Ruling]:
        """Every effect of every effective rule."""
        if self._rulings[0] != len(self.judged):
            found = [
                Ruling(rule=j.rule.id, case=j.case, truth=j.truth, effect=effect)
                for j in self.effective()
                for effect in j.rule.effects
            ]
            self._rulings = len(self.judged), found
        return self._rulings[1]


def infer(program: Program, cases: list[Case], backend: Backend) -> Inference:
    """Which rules hold in the cases of a line, stage by stage."""
    found = Inference(cases)
    for stage in range(len(program.stages)):
        for name, at in program.fact_stage.items():
            if at == stage:
                _make_known(program, found, name)
        for number, case in enumerate(cases):
            gate = program.shortcuts.gates.get((stage, case.scope))
            held, errors = backend.judge(stage, case.scope, gate.reached(case), case) if gate else ([], {})
            found.errors.update(errors)
            for rule, truth in held:
                try:
                    claimed = _claimed(rule, case)
                except Exception as error:  # noqa: BLE001  # a claim that raises holds the line, and its rule is named
                    found.errors[rule.id] = f"{type(error).__name__}: {error}"
                else:
                    found.judged += [Judged(rule, number, truth)] if claimed else []
    for name, at in program.fact_stage.items():
        if at >= len(program.stages):
            _make_known(program, found, name)
    return found


def _claimed(rule: CompiledRule, case: Case) -> bool:
    """Whether the order states every claim the rule asks for; an open claim is none."""
    return all(case.judge(claim) == TRUE for claim in rule.claims)


def _make_known(program: Program, found: Inference, name: str) -> None:
    fact = program.pack.vocabulary.facts[name]
    if name == REQUIRED:
        required = [(r.effect.reason, r.truth) for r in found.rulings() if isinstance(r.effect, Require)]
        _put(found, fact, _members(required))
    elif name == AUTHORIZED:
        _put(found, fact, _members(_lifts_used(program, found)))
    elif fact.rated is not None:
        _put(found, fact, _levels(program, found, fact.rated))
    else:
        for number, case in enumerate(found.cases):
            if case.scope == fact.scope:
                case.put(name, _set_value(program, found, number, fact))


def _put(found: Inference, fact: Fact, value: Value) -> None:
    """Give a fact of the line its value."""
    for case in found.cases:
        if case.scope == fact.scope:
            case.put(fact.name, value)


def _members(found: Iterable[tuple[str | None, Truth]]) -> Value:
    truths: dict[str, Truth] = {}
    for member, truth in found:
        truths[str(member)] = max(truths.get(str(member), FALSE), truth)
    sure = frozenset(m for m, t in truths.items() if t == TRUE)
    return set_of(sure, frozenset(m for m, t in truths.items() if t != FALSE))


def _levels(program: Program, found: Inference, risk: str) -> Value:
    """The levels of a risk that are reached: the highest that is rated, and all below it."""
    levels = program.pack.vocabulary.risks[risk].levels
    rated = [(r.effect.level, r.truth) for r in found.rulings() if isinstance(r.effect, Rate) and r.effect.risk == risk]
    if any(_rates(program, rule, risk) for rule in found.errors):
        rated.append((levels[-1], UNKNOWN))
    return _members((level, truth) for top, truth in rated for level in levels[: levels.index(top) + 1])


def _rates(program: Program, rule_id: str, risk: str) -> bool:
    return any(isinstance(e, Rate) and e.risk == risk for rule in program.by_rule[rule_id] for e in rule.effects)


def _lifts_used(program: Program, found: Inference) -> list[tuple[str | None, Truth]]:
    kinds = program.shortcuts.kinds
    resolution = resolve(
        found.rulings(), covers=found.covers, kinds=kinds, subject=TRUE, settled=lambda _: True, held=False
    )
    return [
        (lift.ruling.effect.authorization, min(lift.truth, requirement.ruling.truth))
        for requirement in resolution.requirements
        for lift in requirement.lifts
        if isinstance(lift.ruling.effect, Lift) and lift.truth != FALSE
    ]


def _set_value(program: Program, found: Inference, number: int, fact: Fact) -> Value:
    """The value that rules set: agreed by all that are true, and by all that are open."""
    sure: dict[Value, list[Judged]] = {}
    maybe: dict[Value, list[Judged]] = {}
    for j in found.effective():
        if j.case != number:
            continue
        for effect in j.rule.effects:
            if isinstance(effect, SetFact) and effect.fact == fact.name:
                (sure if j.truth == TRUE else maybe).setdefault(effect.value, []).append(j)
    if len(sure) > 1:
        return Unknown("rules set it to different values: " + ", ".join(_names(sure)), ())
    candidates = {*sure, *maybe} if sure or not fact.has_default else {*maybe, fact.default}
    erring = {rule for rule in found.errors if _sets(program, rule, fact.name)}
    if erring:
        return Unknown("a rule that sets it failed: " + ", ".join(sorted(erring)), ())
    if len(candidates) == 1 and (sure or fact.has_default):
        return candidates.pop()
    if not maybe:
        return Unknown("no rule settles it", (fact.name,))
    return Unknown("the rules that set it are open", _open_asks(found, maybe))


def _sets(program: Program, rule_id: str, fact: str) -> bool:
    return any(program.rules[n].id == rule_id for n in program.setters.get(fact, ()))


def _names(judged: Mapping[Value, list[Judged]]) -> list[str]:
    return sorted({j.rule.id for group in judged.values() for j in group})


def _open_asks(found: Inference, maybe: Mapping[Value, list[Judged]]) -> tuple[str, ...]:
    """The facts that would settle the open setters."""
    asks: dict[str, None] = {}
    for group in maybe.values():
        for j in group:
            case = found.cases[j.case]
            for name in j.rule.reads:
                asks.update(dict.fromkeys(asks_of(case.value(name))))
    return tuple(asks)
