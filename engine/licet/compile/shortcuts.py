"""What is looked up in a program so that nothing walks all of its rules: made when first asked for, then kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from licet.compile.guards import Gate, Words
from licet.compile.program import CompiledRule, literals
from licet.compile.walk import tables_in
from licet.policy.conditions import listing_conditions, tests_in
from licet.policy.model import SCOPES, Fact, Lookup, Pack, Scope
from licet.policy.read_derivations import derived_from
from licet.policy.stages import AUTHORIZED, REQUIRED
from licet.policy.terms import Effect, Lift, Notice, Oblige, Offer, Rate, Review, TableColumn, Test

#: What a listing's row in force says, by what facts of it read.
_OF_A_ROW = frozenset({"covers_item", "review_policy", "footnotes", "row_from"})
_CONDITIONAL = frozenset({"covers_item", "review_policy"})
#: Effects that never change an outcome, but for a rating that a fact holds.
BESIDE = (Review, Oblige, Notice, Rate, Offer)


class Shortcuts:
    """Rules and facts of a program, by what is asked of them."""

    def __init__(self, pack: Pack, tests: Sequence[Test], rules: Sequence[CompiledRule]) -> None:
        self._pack = pack
        self._rules = rules
        self._facts = pack.vocabulary.facts
        self._words = Words(tests, self._facts)
        self.kinds: Mapping[str, str] = {a.id: a.kind for a in pack.vocabulary.authorizations.values()}

    # --- rules that may speak ----------------------------------------------------------------------------------------

    @cached_property
    def gates(self) -> Mapping[tuple[int, Scope], Gate]:
        """By stage and scope, the rules that may hold with every claim made."""
        return {key: self._words.gate(rules, claims=True) for key, rules in self._staged(self._rules).items()}

    @cached_property
    def claimed(self) -> Mapping[tuple[int, Scope], Gate]:
        """By stage and scope, the rules with claims that may hold, claims aside."""
        claimed = self._staged(rule for rule in self._rules if rule.claims)
        return {key: self._words.gate(rules, claims=False) for key, rules in claimed.items()}

    @cached_property
    def assuming(self) -> Mapping[Scope, Gate]:
        """The rules that hang on something assumed, by what else they hang on."""
        rules = [rule for rule in self._rules if self.assumed_by[rule.index]]
        touched = {name for fact in self.assumable for name in self._touched(fact.name)}
        return self._scoped(rules, lambda found: self._words.gate(found, claims=False, avoid=touched))

    @cached_property
    def assumed_by(self) -> Sequence[frozenset[str]]:
        """By rule's number, the facts on which it may hang and of which something is assumed."""
        touched = {fact.name: self._touched(fact.name) for fact in self.assumable}
        return tuple(
            frozenset(name for name, made in touched.items() if not made.isdisjoint(rule.reads)) for rule in self._rules
        )

    def _touched(self, name: str) -> frozenset[str]:
        """What is made of an assumed fact, and all that listings may say of it."""
        made = self.made_of[name]
        if made.isdisjoint(self._of_conditions[1]):
            return made
        return made.union(*(reached(said, self.readers) for said in self.conditional))

    def _decides(self, effect: Effect) -> bool:
        """Whether an outcome may hang on an effect; on a rating where a fact holds the levels that it reaches."""
        held = isinstance(effect, Rate) and any(fact.rated == effect.risk for fact in self._facts.values())
        return held or not isinstance(effect, BESIDE)

    @cached_property
    def lasting(self) -> Mapping[Scope, Gate]:
        """The rules that may change an outcome on some day, by what is the same on every day."""
        turning = {name for name, fact in self._facts.items() if _turns(fact)}
        rules = [
            rule
            for rule in self._rules
            if rule.source.displaces or any(self._decides(effect) for effect in rule.effects)
        ]
        return self._scoped(rules, lambda found: self._words.gate(found, claims=True, avoid=turning, dated=False))

    @cached_property
    def lifting(self) -> Mapping[str, tuple[CompiledRule, ...]]:
        """The rules that lift a requirement, by its reason (`reason:`) and by its rule (`rule:`)."""
        found: dict[str, dict[int, CompiledRule]] = {}
        for rule in self._rules:
            for effect in rule.effects:
                if isinstance(effect, Lift):
                    for key in (*(f"reason:{r}" for r in effect.reasons), *(f"rule:{r}" for r in effect.rules)):
                        found.setdefault(key, {})[rule.index] = rule
        return {key: tuple(rules.values()) for key, rules in found.items()}

    def lifts(self, reason: str, rule_id: str, scope: Scope) -> list[list[CompiledRule]]:
        """The rules of a scope that lift a requirement of a reason made by a rule, by the text they are versions of."""
        keys = (f"reason:{reason}", f"rule:{rule_id}")
        found = {rule.index: rule for key in keys for rule in self.lifting.get(key, ()) if rule.scope == scope}
        texts: dict[str, list[CompiledRule]] = {}
        for index in sorted(found):
            texts.setdefault(found[index].source.text or found[index].id, []).append(found[index])
        return [texts[text] for text in sorted(texts)]

    # --- facts -------------------------------------------------------------------------------------------------------

    @cached_property
    def conditional(self) -> frozenset[str]:
        """The facts that conditions of a listing say."""
        return frozenset(name for name, fact in self._facts.items() if _conditional(fact))

    @cached_property
    def recorded(self) -> Mapping[Scope, tuple[str, ...]]:
        """The names of the facts that a case of a scope is recorded with; a line's hold the transaction's too."""
        homes: dict[Scope, tuple[Scope, ...]] = {scope: (scope,) for scope in SCOPES}
        homes["item"] = ("transaction", "item")
        return {
            scope: tuple(sorted(name for name, fact in self._facts.items() if fact.scope in homes[scope]))
            for scope in SCOPES
        }

    @cached_property
    def assumable(self) -> tuple[Fact, ...]:
        """The facts of which something is assumed, by name."""
        found = [fact for fact in self._facts.values() if fact.assume_because is not None]
        return tuple(sorted(found, key=lambda fact: fact.name))

    @cached_property
    def readers(self) -> Mapping[str, frozenset[str]]:
        """By fact, those that are computed from it."""
        found: dict[str, set[str]] = {}
        for name, fact in self._facts.items():
            for source in derived_from(fact):
                found.setdefault(source, set()).add(name)
        return {name: frozenset(reading) for name, reading in found.items()}

    @cached_property
    def made_of(self) -> Mapping[str, frozenset[str]]:
        """By fact of which something is assumed: itself, and every fact computed from it, even through others."""
        return {fact.name: reached(fact.name, self.readers) for fact in self.assumable}

    @cached_property
    def across_lines(self) -> bool:
        """Whether a line's answer may hang on what another regime says of the order's other lines; courses aside."""
        asking = [f.name for f in self._facts.values() if f.of_regime and f.of_regime.what == "another_line_goes"]
        made = frozenset[str]().union(*(reached(name, self.readers) for name in asking))
        binding = self._pack.manifest.binds_where
        return (
            not made.isdisjoint(self._of_conditions[1])
            or (binding is not None and binding.fact in made)
            or any(
                not made.isdisjoint(rule.reads) and any(not isinstance(effect, Offer) for effect in rule.effects)
                for rule in self._rules
            )
        )

    # --- tables ------------------------------------------------------------------------------------------------------

    @cached_property
    def keys(self) -> tuple[Fact, ...]:
        """The facts by which tables are read and that the order itself does not state."""
        read = {name for fact in self._facts.values() if isinstance(fact.derive, Lookup) for _, name in fact.derive.by}
        read |= {test.fact for test in self._words.tests if isinstance(test.operand, TableColumn)}
        found = [self._facts[name] for name in sorted(read)]
        return tuple(fact for fact in found if fact.derive is not None or fact.scope == "listing")

    @cached_property
    def tables(self) -> Mapping[str, frozenset[str]]:
        """By rule's id, the tables on which it hangs, through its tests and the facts that it reads."""
        found: dict[str, frozenset[str]] = {}
        for rule in self._rules:
            read = {number for tree in (rule.tree, *rule.claims) for number in literals(tree)}
            operands = [self._words.tests[abs(number) - 1].operand for number in read]
            own = frozenset(operand.table for operand in operands if isinstance(operand, TableColumn))
            own = own.union(*(self._fact_tables[name] for name in rule.reads))
            found[rule.id] = found.get(rule.id, own) | own
        return found

    def tables_of(self, rules: Iterable[str]) -> frozenset[str]:
        """The tables on which the rules of these ids hang, or the jurisdiction does."""
        jurisdiction = self._fact_tables[self._pack.manifest.jurisdiction_fact]
        return jurisdiction.union(*(self.tables[rule] for rule in rules))

    @cached_property
    def _fact_tables(self) -> Mapping[str, frozenset[str]]:
        """By fact, the tables that it is computed from, even through others."""
        tables, facts = self._of_conditions
        own = {n: tables if _conditional(f) else _tables(f.derive) for n, f in self._facts.items()}
        readers = {name: self.readers.get(name, frozenset()) for name in self._facts}
        readers |= {name: readers[name] | self.conditional for name in facts}
        found = dict.fromkeys(self._facts, frozenset[str]())
        for source, read in own.items():
            for name in reached(source, readers) if read else ():
                found[name] |= read
        return found

    @cached_property
    def _of_conditions(self) -> tuple[frozenset[str], frozenset[str]]:
        """The tables and facts that conditions of listings read."""
        conditions = tuple(listing_conditions(self._pack))
        facts = frozenset(test.fact for condition in conditions for test in tests_in(condition))
        return _tables(conditions), facts

    # --- rules by stage and scope ------------------------------------------------------------------------------------

    @staticmethod
    def _staged(rules: Iterable[CompiledRule]) -> dict[tuple[int, Scope], list[CompiledRule]]:
        found: dict[tuple[int, Scope], list[CompiledRule]] = {}
        for rule in rules:
            found.setdefault((rule.stage, rule.scope), []).append(rule)
        return found

    @staticmethod
    def _scoped(rules: Iterable[CompiledRule], gate: Callable[[list[CompiledRule]], Gate]) -> Mapping[Scope, Gate]:
        found: dict[Scope, list[CompiledRule]] = {}
        for rule in rules:
            found.setdefault(rule.scope, []).append(rule)
        return {scope: gate(rules) for scope, rules in found.items()}


def reached(name: str, readers: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The fact, and every fact that is computed from it, even through others."""
    found, waiting = {name}, [name]
    while waiting:
        new = set(readers.get(waiting.pop(), ())) - found
        found |= new
        waiting += sorted(new)
    return frozenset(found)


def _conditional(fact: Fact) -> bool:
    """Whether the fact is what conditions of a listing say."""
    return fact.scope == "listing" and fact.read in _CONDITIONAL


def _turns(fact: Fact) -> bool:
    """Whether the fact of an order may be another on another day."""
    made = (
        fact.derive is not None
        or fact.is_set
        or fact.of_regime is not None
        or fact.name in {"as_of", REQUIRED, AUTHORIZED}
    )
    return made or (fact.scope == "listing" and fact.read in _OF_A_ROW)


def _tables(term: object) -> frozenset[str]:
    """The tables that a condition or a derivation names anywhere."""
    return frozenset(table for table, _ in tables_in(term))
