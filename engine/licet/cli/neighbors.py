"""What stands beside a rule in the law: what bars, lifts or reviews what it does, and the facts that it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from licet.infer.resolve import bars_authorization
from licet.policy.conditions import tests_in
from licet.policy.model import Fact, Lookup, Pack, Rule
from licet.policy.terms import Bar, Effect, Except, Lift, Require, Review, SetFact
from licet.values import show

_MOST = 12
Speaks = Callable[[Effect], bool]


def neighbors(rule: Rule, pack: Pack) -> Iterator[tuple[str, list[str]]]:
    """Under its title each kind of neighbor that the rule has: a few of them, and how many more there are."""
    for effect in rule.effects:
        match effect:
            case Lift():
                yield "barred by", _rules(pack, _bars(effect, pack))
            case Require(reason=str(reason)):
                yield "lifted by", _rules(pack, _lifts(reason, rule))
                yield "reviewed by", _rules(pack, _reviews(reason))
            case Bar():
                yield "except", _rules(pack, _excepts(rule))
            case _:
                pass


def _bars(lift: Lift, pack: Pack) -> Speaks:
    authorizations = pack.vocabulary.authorizations
    kinds = {lift.authorization: authorizations[lift.authorization].kind}

    def speaks(e: Effect) -> bool:
        whole = isinstance(e, Bar) and (
            not e.reasons or not lift.reasons or not set(e.reasons).isdisjoint(lift.reasons)
        )
        return whole and isinstance(e, Bar) and bars_authorization(e, lift.authorization, kinds)

    return speaks


def _lifts(reason: str, rule: Rule) -> Speaks:
    return lambda e: isinstance(e, Lift) and (reason in e.reasons or rule.id in e.rules)


def _reviews(reason: str) -> Speaks:
    return lambda e: isinstance(e, Review) and reason in e.reasons


def _excepts(rule: Rule) -> Speaks:
    return lambda e: isinstance(e, Except) and rule.id in e.bars


def _rules(pack: Pack, speaks: Speaks) -> list[str]:
    found = [f"{rule.title} [{rule.id}]" for rule in pack.rules if any(map(speaks, rule.effects))]
    more = [f"({len(found) - _MOST} more)"] if len(found) > _MOST else []
    return found[:_MOST] + more


# --- facts -----------------------------------------------------------------------------------------------------------


def facts_read(rule: Rule, pack: Pack) -> Iterator[str]:
    """Each fact that the rule reads: what it means, and where it comes from."""
    names = [test.fact for when in (rule.when, *rule.claimed_by) for test in tests_in(when)]
    names += [e.each for e in rule.effects if isinstance(e, Require) and e.each]
    names += [e.policy_fact for e in rule.effects if isinstance(e, Review) and e.policy_fact]
    for name in dict.fromkeys(names):
        fact = pack.vocabulary.facts.get(name)
        if fact is not None:
            yield f"{name}: {fact.meaning} ({_origin(fact, pack)})"


def _origin(fact: Fact, pack: Pack) -> str:
    """Where a fact comes from."""
    if isinstance(fact.derive, Lookup):
        return f"looked up in {fact.derive.table}"
    if fact.derive is not None:
        return "derived"
    if fact.rated is not None:
        return f"the levels of {fact.rated} that rules reach"
    if fact.of_regime is not None:
        return f"of the verdict of regime {fact.of_regime.regime}"
    if fact.is_set:
        setting = [r.id for r in pack.rules if any(isinstance(e, SetFact) and e.fact == fact.name for e in r.effects)]
        return f"set by {', '.join(setting)}" if len(setting) <= _MOST else f"set by {len(setting)} rules"
    if fact.assume_because is not None:
        return f"stated; {show(fact.assume)} where nobody states it"
    return "of the listing" if fact.scope == "listing" else "stated"
