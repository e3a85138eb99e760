"""The durable backend: rules as conjunctions of literals, inferred by durable-rules.

A literal is a test, its negation, or a rule's being in force; one that is true or unknown is *possible*. An `any`
inside an `all` becomes a literal of its own, derived at an earlier level, never a product of alternatives. What is
possible comes back from the engine; which of it is true and which open is then read off the case's tests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from licet.compile.program import CompiledRule, Program, Tree, literals
from licet.infer.backend import Held
from licet.infer.durable import Clause, DurableMatcher, EngineError
from licet.infer.reference import judge_each
from licet.policy.model import Scope
from licet.transaction.facts import Case
from licet.values import FALSE, TRUE


class Matcher(Protocol):
    """Says which heads fire, given the possible literals."""

    def match(self, possible: Collection[int]) -> frozenset[int]:
        """The heads of clauses whose literals are all possible."""
        ...


@dataclass(slots=True)
class _Group:
    """The rules of one stage and scope: clauses by level, and the tests that each rule uses."""

    levels: list[list[Clause]] = field(default_factory=list)
    tests: dict[int, tuple[int, ...]] = field(default_factory=dict)


class DurableBackend:
    """Infers with durable-rules, and checks every firing against the rule it came from."""

    name = "durable"

    def __init__(self, program: Program) -> None:
        self._tests = len(program.tests)
        grouped: dict[tuple[int, Scope], list[CompiledRule]] = {}
        for rule in program.rules:
            grouped.setdefault((rule.stage, rule.scope), []).append(rule)
        self._groups = {key: self._group(rules, len(program.rules)) for key, rules in grouped.items()}
        self._matchers: dict[tuple[int, Scope], list[Matcher]] = {}  # of a group, once it is asked

    def judge(
        self, stage: int, scope: Scope, rules: Sequence[CompiledRule], case: Case
    ) -> tuple[list[Held], dict[str, str]]:
        """Those of the rules, all of one stage and scope, that are true or open in the case; see `Backend`."""
        law = case.order.view.rules
        current = [rule for rule in rules if law[rule.index].truth != FALSE]
        if not current:
            return [], {}
        try:
            fired = self._fired((stage, scope), current, case)
        except EngineError as error:
            return [], {rule.id: f"durable-rules: {error}" for rule in current}
        except Exception:  # noqa: BLE001  # a test that raises: each rule for itself, so that those it is in are named
            return judge_each(current, case)
        return self._judged(current, fired, case)

    def _judged(self, rules: Iterable[CompiledRule], fired: set[int], case: Case) -> tuple[list[Held], dict[str, str]]:
        held: list[Held] = []
        errors: dict[str, str] = {}
        for rule in rules:
            if rule.index not in fired:
                continue
            truth = min(case.order.view.rules[rule.index].truth, case.judge(rule.tree))
            if truth == FALSE:
                errors[rule.id] = "durable-rules fired a rule that is false"
            else:
                held.append((rule, truth))
        return held, errors

    def _fired(self, key: tuple[int, Scope], rules: Sequence[CompiledRule], case: Case) -> set[int]:
        group = self._groups[key]
        possible = {
            literal
            for test in sorted({test for rule in rules for test in group.tests[rule.index]})
            for literal, excluded in ((2 * test, FALSE), (2 * test + 1, TRUE))
            if case.test(test) != excluded
        }
        possible |= {self._in_force(rule.index) for rule in rules}
        fired: set[int] = set()
        if key not in self._matchers:
            self._matchers[key] = [DurableMatcher(level) for level in group.levels]
        for matcher in self._matchers[key]:
            heads = matcher.match(possible)
            fired |= {-head - 1 for head in heads if head < 0}
            possible |= {head for head in heads if head >= 0}
        return fired

    def _in_force(self, rule: int) -> int:
        return 2 * self._tests + rule

    def _group(self, rules: list[CompiledRule], total: int) -> _Group:
        """The clauses of a group. A rule's head is negative; a derived literal's is its own number."""
        group = _Group()
        compiler = _Clauses(first_free=2 * self._tests + total)
        for rule in rules:
            in_force = self._in_force(rule.index)
            alternatives = rule.tree[1] if not isinstance(rule.tree, int) and rule.tree[0] == "any" else (rule.tree,)
            for alternative in alternatives:
                depth, body = compiler.body(alternative)
                compiler.add(depth, (-rule.index - 1, (in_force, *body)))
        group.levels = compiler.levels
        group.tests = {rule.index: tuple(sorted({abs(x) - 1 for x in literals(rule.tree)})) for rule in rules}
        return group


class _Clauses:
    """Collects clauses by level; equal alternatives share one derived literal."""

    def __init__(self, first_free: int) -> None:
        self._free = first_free
        self._derived: dict[Tree, tuple[int, int]] = {}
        self.levels: list[list[Clause]] = []

    def add(self, depth: int, clause: Clause) -> None:
        while len(self.levels) <= depth:
            self.levels.append([])
        self.levels[depth].append(clause)

    def body(self, tree: Tree) -> tuple[int, tuple[int, ...]]:
        """The conjunction that a tree comes to, and the level at which all of it is known."""
        if isinstance(tree, int):
            return 0, (2 * (abs(tree) - 1) + (tree < 0),)
        if tree[0] == "all":
            parts = [self.body(child) for child in tree[1]]
            depth = max((d for d, _ in parts), default=0)
            return depth, tuple(dict.fromkeys(literal for _, body in parts for literal in body))
        return self._alternatives(tree)

    def _alternatives(self, tree: Tree) -> tuple[int, tuple[int, ...]]:
        """A literal that is possible when one of the alternatives is."""
        if tree not in self._derived:
            assert not isinstance(tree, int)  # noqa: S101  # only called on nodes
            parts = [self.body(child) for child in tree[1]]
            literal, depth = self._free, max((d for d, _ in parts), default=0)
            self._free += 1
            for _, body in parts:
                self.add(depth, (literal, body))
            self._derived[tree] = (depth + 1, literal)
        depth, literal = self._derived[tree]
        return depth, (literal,)
