"""Which rules a case can reach: rules by their guard, so that most of them are never visited.

A guard is a conjunct of a rule's condition, or of its claim: where it is false, so is the rule, whatever else is
unknown. Guards that name values of one fact are found by that value, the others are judged once for all rules that
share them. What comes back is never too little, and is then judged in full.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from licet.compile.program import CompiledRule, Tree
from licet.policy.model import Fact
from licet.policy.terms import FactOperand, TableColumn, Test
from licet.truth import paragraphs
from licet.values import TRUE, UNKNOWN, Interval, MaybeSet, Truth, Unknown, Value

#: The values, by fact, of which one must be met: with any other known value a tree is false.
Keys = Mapping[str, frozenset[Value]]


class Asked(Protocol):
    """What a gate asks of a case."""

    def value(self, name: str) -> Value:
        """The value of a fact."""
        ...

    def judge(self, tree: Tree) -> Truth:
        """The truth of a tree."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The values of a fact, or a literal, without which a rule cannot hold; a claim must be sure."""

    chance: float
    fact: str = ""
    values: frozenset[Value] = frozenset()
    literal: int = 0
    claim: bool = False


class Words:
    """The tests and facts of a program, as guards are chosen from them."""

    def __init__(self, tests: Sequence[Test], facts: Mapping[str, Fact]) -> None:
        self.tests = tests
        self.facts = facts
        self._found: dict[int, tuple[Guard, ...]] = {}

    def gate(
        self, rules: Iterable[CompiledRule], *, claims: bool, avoid: Collection[str] = (), dated: bool = True
    ) -> Gate:
        """The rules by the guard that each meets most rarely, on none of the facts to avoid.

        With `claims`, rules of which some claim is not made are left out too. Without `dated`, what tables say is no
        guard: what is left out then is left out on every day.
        """

        def usable(guard: Guard) -> bool:
            if not guard.literal:
                return guard.fact not in avoid
            test = self.tests[abs(guard.literal) - 1]
            return test.fact not in avoid and (dated or not isinstance(test.operand, TableColumn))

        def best(rule: CompiledRule) -> Guard | None:
            found = (g for g in self._all(rule) if (claims or not g.claim) and usable(g))
            return min(found, key=lambda g: g.chance, default=None)

        return Gate([(rule, best(rule)) for rule in rules], self.facts)

    def _all(self, rule: CompiledRule) -> tuple[Guard, ...]:
        if rule.index not in self._found:
            claims = [guard for claim in rule.claims for guard in self._guards(claim, claim=True)]
            self._found[rule.index] = (*claims, *self._guards(rule.tree, claim=False))
        return self._found[rule.index]

    def _guards(self, tree: Tree, *, claim: bool) -> Iterator[Guard]:
        for name, values in self.keys(tree).items():
            chance = 0.0 if claim else _chance(self.facts[name], values)
            yield Guard(chance=chance, fact=name, values=values, claim=claim)
        for literal in _conjuncts(tree):
            test = self.tests[abs(literal) - 1]
            chance = 0.0 if claim else 0.3 if isinstance(test.operand, TableColumn) and literal > 0 else 0.6
            yield Guard(chance=chance, literal=literal, claim=claim)

    def keys(self, tree: Tree) -> Keys:
        """The values that a tree hangs on: of an `all` those of every part, of an `any` what its parts share."""
        if isinstance(tree, int):
            return self._keys_of_test(self.tests[tree - 1]) if tree > 0 else {}
        parts = [self.keys(child) for child in tree[1]]
        if not parts:
            return {}
        if tree[0] == "any":
            shared = set(parts[0]).intersection(*parts[1:])
            return {name: frozenset(v for part in parts for v in part[name]) for name in sorted(shared)}
        found: dict[str, frozenset[Value]] = {}
        for part in parts:
            for name, values in part.items():
                if name not in found or len(values) < len(found[name]):
                    found[name] = values
        return found

    def _keys_of_test(self, test: Test) -> Keys:
        operand = test.operand
        if isinstance(operand, (TableColumn, FactOperand)) or operand is None:
            return {}
        members = operand if isinstance(operand, (tuple, frozenset)) else (operand,)
        kind = self.facts[test.fact].type
        if (kind == "set" and test.op in {"contains", "any_in"}) or (kind == "eccn" and test.op in _PARAGRAPH):
            return {test.fact: frozenset(str(member) for member in members)}
        listed = test.op == "in" and isinstance(operand, tuple)
        single = test.op == "is" and len(members) == 1
        return {test.fact: frozenset(members)} if kind not in {"set", "eccn"} and (listed or single) else {}


_PARAGRAPH = frozenset({"is", "in", "within"})
#: Of how many values a fact of a type commonly is one.
_COMMONLY = {"boolean": 2, "text": 40, "country": 200, "eccn": 500}


def _chance(fact: Fact, values: frozenset[Value]) -> float:
    """How likely it is, roughly, that the fact has one of the values."""
    if fact.assume_because is not None and fact.assume not in values:
        return 0.02
    if fact.has_default and fact.default not in values:
        return 0.05
    return min(0.9, len(values) / (len(fact.values) or _COMMONLY.get(fact.type, 20)))


def _conjuncts(tree: Tree) -> Iterator[int]:
    """The literals that all must hold for the tree to hold."""
    if isinstance(tree, int):
        yield tree
    elif tree[0] == "all":
        for child in tree[1]:
            yield from _conjuncts(child)


class Gate:
    """Some rules by their guards."""

    def __init__(self, rules: Iterable[tuple[CompiledRule, Guard | None]], facts: Mapping[str, Fact]) -> None:
        self._open: list[CompiledRule] = []
        self._literals: dict[tuple[int, bool], list[CompiledRule]] = {}
        self._keyed: dict[tuple[str, bool], _Keyed] = {}
        for rule, guard in rules:
            if guard is None:
                self._open.append(rule)
            elif guard.literal:
                self._literals.setdefault((guard.literal, guard.claim), []).append(rule)
            else:
                key = (guard.fact, guard.claim)
                if key not in self._keyed:
                    self._keyed[key] = _Keyed(paragraphs=facts[guard.fact].type == "eccn")
                self._keyed[key].add(rule, guard.values)

    def reached(self, case: Asked) -> list[CompiledRule]:
        """The rules whose guard the case does not rule out, in their order; all that hold are among them."""
        found = {rule.index: rule for rule in self._open}
        for (fact, claim), keyed in self._keyed.items():
            for rule in keyed.reached(case.value(fact), sure=claim):
                found[rule.index] = rule
        for (literal, claim), rules in self._literals.items():
            if _possible(case, literal, at_least=TRUE if claim else UNKNOWN):
                found.update((rule.index, rule) for rule in rules)
        return [found[index] for index in sorted(found)]


def _possible(case: Asked, literal: int, *, at_least: Truth) -> bool:
    """Whether a literal may hold; one that raises may, so that the rule is judged and named."""
    try:
        return case.judge(literal) >= at_least
    except Exception:  # noqa: BLE001  # whatever it is, judging the rule meets it again
        return True


class _Keyed:
    """Rules by the values of one fact that they ask for."""

    __slots__ = ("_all", "_below", "_by_value", "_paragraphs")

    def __init__(self, *, paragraphs: bool) -> None:
        self._paragraphs = paragraphs
        self._all: list[CompiledRule] = []
        self._by_value: dict[Value, list[CompiledRule]] = {}
        self._below: dict[Value, list[CompiledRule]] = {}

    def add(self, rule: CompiledRule, values: Iterable[Value]) -> None:
        """Add a rule that asks for one of the values."""
        self._all.append(rule)
        for value in values:
            self._by_value.setdefault(value, []).append(rule)
            for above in list(paragraphs(str(value)))[1:] if self._paragraphs else ():
                self._below.setdefault(above, []).append(rule)

    def reached(self, value: Value, *, sure: bool) -> Iterable[CompiledRule]:
        """The rules that may hold with the value; with one that is not known all, unless they ask to be sure."""
        if isinstance(value, Unknown):
            return () if sure else self._all
        if isinstance(value, Interval):
            return self._all
        if isinstance(value, (frozenset, MaybeSet)):
            members = value if isinstance(value, frozenset) else value.sure | value.maybe
            return [rule for member in members for rule in self._by_value.get(member, ())]
        if self._paragraphs and isinstance(value, str):
            exact = [rule for above in paragraphs(value) for rule in self._by_value.get(above, ())]
            return [*exact, *self._below.get(value, ())]
        return self._by_value.get(value, ())
