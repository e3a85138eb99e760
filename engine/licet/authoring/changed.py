"""A compiled pack with some of its rules exchanged, at the cost of those rules alone.

The rules that go keep their numbers, and never hold; those that come get new ones. All else is shared with the pack as
it stands: tables, listings, the tests and gates of every other rule. A rule that comes keeps the stage of the one that
goes, which is right as long as it reads and sets no fact that the other did not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TypeVar

from msgspec.structs import replace

from licet.compile.build import compile_pack
from licet.compile.guards import Asked, Gate
from licet.compile.program import CompiledRule, Program, Tree
from licet.compile.shortcuts import Shortcuts, reached
from licet.compile.view import View, Views
from licet.evaluator import Evaluator, PackEvaluator
from licet.infer.reference import ReferenceBackend
from licet.lists.snapshot import Snapshot
from licet.policy.in_force import NOT_IN_FORCE, in_force
from licet.policy.model import Fact, Pack, Rule, Scope
from licet.policy.terms import SetFact, Test
from licet.regimes import Regimes

_NEVER: Tree = ("any", ())
K = TypeVar("K")


class Standing:
    """A pack as it stands, and what every change of it shares."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.law = PackEvaluator(pack, "reference")
        self.rules: Mapping[str, Rule] = {rule.id: rule for rule in pack.rules}
        program = self.law.program
        self._numbers = {_key(test): number for number, test in enumerate(program.tests)}
        self._bare = replace(pack, rules=(), tables={}, lists=())

    def exchanged(self, rules: Iterable[Rule]) -> Changed:
        """The pack with these rules in the place of those of the same ids."""
        coming = {rule.id: rule for rule in rules}
        program = self.law.program
        going = frozenset(rule.index for name in coming for rule in program.by_rule[name])
        small = compile_pack(replace(self._bare, rules=tuple(coming.values())))
        tests = [*program.tests]
        numbers = dict(enumerate(self._number(test, tests) for test in small.tests))
        new = tuple(
            dataclasses.replace(
                rule,
                index=len(program.rules) + place,
                stage=program.by_rule[rule.id][0].stage,
                tree=_renumbered(rule.tree, numbers),
                claims=tuple(_renumbered(claim, numbers) for claim in rule.claims),
            )
            for place, rule in enumerate(small.rules)
        )
        return Changed(self, coming, tuple(tests), going, new)

    def _number(self, test: Test, tests: list[Test]) -> int:
        number = self._numbers.get(_key(test))
        if number is None:
            number = len(tests)
            tests.append(test)
        return number

    @cached_property
    def touched(self) -> Mapping[str, frozenset[str]]:
        """By fact of which something is assumed, all that may hang on it."""
        shortcuts = self.law.program.shortcuts
        listed = shortcuts.conditional
        said = frozenset[str]().union(*(reached(name, shortcuts.readers) for name in listed))
        return {fact.name: shortcuts.made_of[fact.name] | said for fact in shortcuts.assumable}


def _key(test: Test) -> tuple[str, str, str]:
    return test.fact, test.op, repr(test.operand)


def _renumbered(tree: Tree, numbers: Mapping[int, int]) -> Tree:
    if isinstance(tree, int):
        return numbers[tree - 1] + 1 if tree > 0 else -numbers[-tree - 1] - 1
    return tree[0], tuple(_renumbered(child, numbers) for child in tree[1])


class Changed:
    """The pack with some rules exchanged: what went and what came."""

    def __init__(
        self,
        standing: Standing,
        coming: Mapping[str, Rule],
        tests: tuple[Test, ...],
        going: frozenset[int],
        new: tuple[CompiledRule, ...],
    ) -> None:
        self.standing = standing
        self.tests = tests
        self.going = going
        self.new = new
        self._coming = coming

    @property
    def old(self) -> Iterator[CompiledRule]:
        """The compiled rules that went."""
        rules = self.standing.law.program.rules
        return (rules[number] for number in sorted(self.going))

    @cached_property
    def pack(self) -> Pack:
        """The pack with the rules that came."""
        stood = self.standing.pack
        return replace(stood, rules=tuple(self._coming.get(rule.id, rule) for rule in stood.rules))

    @cached_property
    def law(self) -> PackEvaluator:
        """The changed pack as an evaluator uses it. Of the days ahead it knows those of the pack as it stood."""
        program = self._program()
        return _ChangedPack(self.standing.law, program, _ChangedViews(self, program))

    @cached_property
    def evaluator(self) -> Evaluator:
        """An evaluator of the changed pack; see `law`."""
        return evaluator_of(self.law)

    @cached_property
    def thorough(self) -> Evaluator:
        """An evaluator of the changed pack made from nothing, for which the days ahead are its own."""
        return Evaluator([self.pack], backend="reference")

    def _program(self) -> Program:
        stood = self.standing.law.program
        kept = (
            dataclasses.replace(r, tree=_NEVER, claims=(), effects=()) if r.index in self.going else r
            for r in stood.rules
        )
        rules = (*kept, *self.new)
        by_rule = dict(stood.by_rule)
        by_rule.update((name, tuple(rule for rule in self.new if rule.id == name)) for name in self._coming)
        setters = dict(stood.setters)
        for rule in self.new:
            for effect in rule.effects:
                if isinstance(effect, SetFact):
                    setters[effect.fact] = (*setters.get(effect.fact, ()), rule.index)
        return dataclasses.replace(
            stood,
            pack=self.pack,
            tests=self.tests,
            rules=rules,
            setters=setters,
            by_rule=by_rule,
            shortcuts=_Exchanged(self, rules),
        )


class _Exchanged(Shortcuts):
    """The shortcuts of a changed pack: those of the pack as it stood, and the rules that came."""

    def __init__(self, changed: Changed, rules: Sequence[CompiledRule]) -> None:
        super().__init__(changed.pack, changed.tests, rules)
        self._changed = changed
        self._stood = changed.standing.law.program.shortcuts

    @cached_property
    def gates(self) -> Mapping[tuple[int, Scope], Gate]:
        return self._with(self._stood.gates, {r.index: (r.stage, r.scope) for r in self._changed.new})

    @cached_property
    def claimed(self) -> Mapping[tuple[int, Scope], Gate]:
        return self._with(self._stood.claimed, {r.index: (r.stage, r.scope) for r in self._changed.new if r.claims})

    @cached_property
    def assuming(self) -> Mapping[Scope, Gate]:
        return self._with(self._stood.assuming, {r.index: r.scope for r in self._changed.new})

    @cached_property
    def assumed_by(self) -> Sequence[frozenset[str]]:
        touched = self._changed.standing.touched
        new = (
            frozenset(name for name, made in touched.items() if not made.isdisjoint(rule.reads))
            for rule in self._changed.new
        )
        return (*self._stood.assumed_by, *new)

    @cached_property
    def conditional(self) -> frozenset[str]:
        return self._stood.conditional

    @cached_property
    def recorded(self) -> Mapping[Scope, tuple[str, ...]]:
        return self._stood.recorded

    @cached_property
    def assumable(self) -> tuple[Fact, ...]:
        return self._stood.assumable

    @cached_property
    def readers(self) -> Mapping[str, frozenset[str]]:
        return self._stood.readers

    @cached_property
    def made_of(self) -> Mapping[str, frozenset[str]]:
        return self._stood.made_of

    @cached_property
    def keys(self) -> tuple[Fact, ...]:
        return self._stood.keys

    def _with(self, gates: Mapping[K, Gate], places: Mapping[int, K]) -> Mapping[K, Gate]:
        """The gates with the rules that came, each always reached: it is then judged in full, like every other."""
        coming: dict[K, list[CompiledRule]] = {}
        for rule in self._changed.new:
            if rule.index in places:
                coming.setdefault(places[rule.index], []).append(rule)
        return {**gates, **{key: _Widened(gates.get(key), tuple(rules)) for key, rules in coming.items()}}


class _Widened(Gate):
    """A gate, and rules that are always reached."""

    def __init__(self, gate: Gate | None, always: tuple[CompiledRule, ...]) -> None:
        super().__init__((), {})
        self._gate = gate
        self._always = always

    def reached(self, case: Asked) -> list[CompiledRule]:
        return [*(self._gate.reached(case) if self._gate is not None else ()), *self._always]


class _ChangedViews(Views):
    """The views of the pack as it stood, in which the rules that went are never in force."""

    def __init__(self, changed: Changed, program: Program) -> None:
        self._stood = changed.standing.law.views
        self._new = changed.new
        self._going = changed.going
        self._changed_program = program

    def at(self, as_of: date, known_on: date | None) -> View:
        stood = self._stood.at(as_of, known_on)
        rules = [*stood.rules, *(in_force(rule.timeline, as_of, known_on) for rule in self._new)]
        for number in self._going:
            rules[number] = NOT_IN_FORCE
        tables = {name: stood.table(name) for name in self._changed_program.pack.tables}
        return View(self._changed_program, tuple(rules), tables)


class _ChangedPack(PackEvaluator):
    """The evaluator of a changed program, which screens as the pack did that stood."""

    def __init__(self, stood: PackEvaluator, program: Program, views: Views) -> None:
        self.program = program
        self.views = views
        self.index = stood.index
        self.backend = ReferenceBackend()


class _One(Evaluator):
    """An evaluator of one pack that is compiled already."""

    def __init__(self, law: PackEvaluator) -> None:
        self._packs = (law,)
        self._regimes = Regimes(self._packs)
        self._spoken = (law.program.pack,)
        self.backend = law.backend.name
        self.lists = Snapshot()


def evaluator_of(law: PackEvaluator) -> Evaluator:
    """An evaluator of one pack that is compiled already."""
    return _One(law)
