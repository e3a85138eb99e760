"""A compiled pack: numbered tests, rules as trees over them, and rules in stages.

Compiled once for all dates. Being in force is a literal of its own, judged by `view`; so are tests on table columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from licet.compile.row_days import RowDays
from licet.compile.turns import Turn
from licet.policy.model import Pack, Rule, Scope
from licet.policy.terms import Effect, Test, Timeline

if TYPE_CHECKING:
    from licet.compile.shortcuts import Shortcuts

#: A tree in negation normal form: a literal (test number + 1, negative where negated), or a node over trees.
Tree = int | tuple[str, tuple["Tree", ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """One variant of a rule: `each` and `policy: {fact: …}` make several variants of one rule."""

    index: int
    id: str
    scope: Scope
    stage: int
    tree: Tree
    claims: tuple[Tree, ...]
    effects: tuple[Effect, ...]
    timeline: Timeline
    reads: tuple[str, ...]
    source: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Everything that evaluation needs of a pack."""

    pack: Pack
    tests: tuple[Test, ...]
    rules: tuple[CompiledRule, ...]
    stages: tuple[tuple[CompiledRule, ...], ...]
    setters: Mapping[str, tuple[int, ...]]
    fact_stage: Mapping[str, int]
    turns: Mapping[date, Turn]
    turning_days: tuple[date, ...]
    row_days: RowDays
    by_rule: Mapping[str, tuple[CompiledRule, ...]]
    shortcuts: Shortcuts

    def by_id(self, rule_id: str) -> Rule | None:
        """The rule of that id, with or without the pack's name."""
        prefix = self.pack.manifest.id + "/"
        for rule in self.pack.rules:
            if rule.id == rule_id.removeprefix(prefix):
                return rule
        return None


def literals(tree: Tree) -> tuple[int, ...]:
    """Every literal of a tree, in order, repeated as written."""
    if isinstance(tree, int):
        return (tree,)
    return tuple(leaf for child in tree[1] for leaf in literals(child))
