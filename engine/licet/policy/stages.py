"""The order in which rules are judged: a rule comes after every rule that sets a fact it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from licet.policy.conditions import tests_in
from licet.policy.model import Rule, Vocabulary
from licet.policy.terms import Bar, Except, Lift, Rate, Require, Review, SetFact

#: The facts that requirements and lifts make known.
REQUIRED, AUTHORIZED = "required_reasons", "authorized_by"


class CyclicRulesError(ValueError):
    """Rules feed one another in a circle; `rules` names them."""

    def __init__(self, rules: tuple[str, ...]) -> None:
        super().__init__("rules set facts for one another in a circle: " + ", ".join(rules))
        self.rules = rules


def reads(rule: Rule) -> Iterator[str]:
    """The facts that a rule reads, in its condition, its claims and its effects."""
    for test in (*tests_in(rule.when), *rule.claimed_by):
        yield test.fact
    for effect in rule.effects:
        if isinstance(effect, Require) and effect.each is not None:
            yield effect.each
        elif isinstance(effect, Review) and effect.policy_fact is not None:
            yield effect.policy_fact


def stages_of(rules: Sequence[Rule], vocabulary: Vocabulary) -> tuple[dict[str, int], dict[str, int]]:
    """The stage of each rule, and of each fact that rules make known.

    A rule is not judged before one that displaces it. Raises `CyclicRulesError` where there is no such order.
    """
    writers = _writers(rules, vocabulary)
    by_id = {rule.id: rule for rule in rules}
    displacers: dict[str, set[str]] = {}
    for rule in rules:
        for displaced in rule.displaces:
            displacers.setdefault(displaced.rule, set()).add(rule.id)
    stage: dict[str, int] = {}
    pending: list[str] = []

    def settle(rule_id: str) -> int:
        if rule_id in stage:
            return stage[rule_id]
        if rule_id in pending:
            raise CyclicRulesError(tuple(sorted(pending[pending.index(rule_id) :])))
        pending.append(rule_id)
        after = [settle(w) + 1 for fact in sorted(set(reads(by_id[rule_id]))) for w in sorted(writers.get(fact, ()))]
        beside = [settle(d) for d in sorted(displacers.get(rule_id, ()))]
        pending.pop()
        stage[rule_id] = max([0, *after, *beside])
        return stage[rule_id]

    for rule_id in sorted(by_id):
        settle(rule_id)
    return stage, {fact: 1 + max(stage[w] for w in by) for fact, by in writers.items() if by}


def told_by(vocabulary: Vocabulary) -> Mapping[str, tuple[str, ...]]:
    """By risk, the facts that hold the levels which it reaches."""
    rated = [fact for fact in vocabulary.facts.values() if fact.rated is not None]
    return {risk: tuple(f.name for f in rated if f.rated == risk) for risk in vocabulary.risks}


def _writers(rules: Sequence[Rule], vocabulary: Vocabulary) -> dict[str, set[str]]:
    """The rules that must have been judged before a fact is known."""
    writers: dict[str, set[str]] = {REQUIRED: set(), AUTHORIZED: set()}
    told = told_by(vocabulary)
    for rule in rules:
        for effect in rule.effects:
            if isinstance(effect, SetFact):
                writers.setdefault(effect.fact, set()).add(rule.id)
            elif isinstance(effect, Require):
                writers[REQUIRED].add(rule.id)
                writers[AUTHORIZED].add(rule.id)
            elif isinstance(effect, (Lift, Bar, Except)):
                writers[AUTHORIZED].add(rule.id)
            elif isinstance(effect, Rate):
                for fact in told.get(effect.risk, ()):
                    writers.setdefault(fact, set()).add(rule.id)
    return writers
