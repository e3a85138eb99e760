"""Rules to numbered tests, trees and stages."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator

from licet.compile.program import CompiledRule, Program, Tree
from licet.compile.row_days import RowDays
from licet.compile.shortcuts import Shortcuts
from licet.compile.turns import turns_of
from licet.policy.conditions import tests_in
from licet.policy.model import SCOPES, Pack, Rule, Scope
from licet.policy.stages import stages_of
from licet.policy.terms import All, AnyOf, Condition, Effect, Not, Require, Review, SetFact, Test


def compile_pack(pack: Pack) -> Program:
    """The program of a pack.

    Raises `CyclicRulesError` where no order of stages exists; `licet check` reports it as a finding.
    """
    numbering = _Numbering()
    variants = [v for rule in sorted(pack.rules, key=lambda r: r.id) for v in _variants(rule, pack)]
    stages, fact_stage = stages_of(pack.rules, pack.vocabulary)
    compiled = tuple(
        _compile(index, variant, stages[variant.rule.id], numbering, pack) for index, variant in enumerate(variants)
    )
    last = max((rule.stage for rule in compiled), default=0)
    setters: dict[str, list[int]] = {}
    for rule in compiled:
        for effect in rule.effects:
            if isinstance(effect, SetFact):
                setters.setdefault(effect.fact, []).append(rule.index)
    by_rule: dict[str, list[CompiledRule]] = {}
    for rule in compiled:
        by_rule.setdefault(rule.id, []).append(rule)
    return Program(
        pack=pack,
        tests=tuple(numbering.tests),
        rules=compiled,
        stages=tuple(tuple(r for r in compiled if r.stage == s) for s in range(last + 1)),
        setters={fact: tuple(n) for fact, n in setters.items()},
        fact_stage=fact_stage,
        turns=(turns := turns_of(pack)),
        turning_days=tuple(turns),
        row_days=RowDays(turns),
        by_rule={rule_id: tuple(rules) for rule_id, rules in by_rule.items()},
        shortcuts=Shortcuts(pack, numbering.tests, compiled),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Variant:
    """A rule with `each` and `policy: {fact}` resolved to one value, as extra tests."""

    rule: Rule
    effects: tuple[Effect, ...]
    tests: tuple[Test, ...]

    def reads(self) -> Iterator[str]:
        for test in (*tests_in(self.rule.when), *self.rule.claimed_by, *self.tests):
            yield test.fact


def _variants(rule: Rule, pack: Pack) -> list[_Variant]:
    """The rule once for every value that a fact may give one of its effects."""
    facts = pack.vocabulary.facts
    plain: list[Effect] = []
    variants: list[_Variant] = []
    for effect in rule.effects:
        if isinstance(effect, Require) and effect.each is not None:
            variants += [
                _Variant(rule, (Require(reason=r),), (Test(fact=effect.each, op="contains", operand=r),))
                for r in facts[effect.each].values
            ]
        elif isinstance(effect, Review) and effect.policy_fact is not None:
            variants += [
                _Variant(
                    rule,
                    (Review(reasons=effect.reasons, policy=p),),
                    (Test(fact=effect.policy_fact, op="is", operand=p),),
                )
                for p in facts[effect.policy_fact].values
            ]
        else:
            plain.append(effect)
    return ([_Variant(rule, tuple(plain), ())] if plain else []) + variants


class _Numbering:
    """Tests by number: equal tests share one."""

    def __init__(self) -> None:
        self.tests: list[Test] = []
        self._numbers: dict[tuple[str, str, str], int] = {}

    def literal(self, test: Test) -> int:
        key = (test.fact, test.op, repr(test.operand))
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.tests)
            self.tests.append(test)
        return number + 1


def _compile(index: int, variant: _Variant, stage: int, numbering: _Numbering, pack: Pack) -> CompiledRule:
    rule = variant.rule
    when: Condition = All((rule.when, *variant.tests)) if variant.tests else rule.when
    reads = tuple(dict.fromkeys(variant.reads()))
    written = [e.fact for e in variant.effects if isinstance(e, SetFact)]
    return CompiledRule(
        index=index,
        id=rule.id,
        scope=scope_of((*reads, *written), pack),
        stage=stage,
        tree=tree_of(when, numbering.literal),
        claims=tuple(tree_of(test, numbering.literal) for test in rule.claimed_by),
        effects=variant.effects,
        timeline=rule.timeline,
        reads=reads,
        source=rule,
    )


def scope_of(facts: Iterable[str], pack: Pack) -> Scope:
    """The narrowest scope among the facts; `item` at the least, since a line is what is judged."""
    ranks = [SCOPES.index(pack.vocabulary.facts[name].scope) for name in facts]
    return SCOPES[max([1, *ranks])]


def tree_of(condition: Condition, literal: Callable[[Test], int], *, negated: bool = False) -> Tree:
    """The condition in negation normal form, over the numbers that `literal(test)` gives."""
    match condition:
        case Test():
            number = literal(condition)
            return -number if negated else number
        case Not(of=inner):
            return tree_of(inner, literal, negated=not negated)
        case All(of=children) | AnyOf(of=children):
            conjunction = isinstance(condition, All) != negated
            return ("all" if conjunction else "any", tuple(tree_of(c, literal, negated=negated) for c in children))
