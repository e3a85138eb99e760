"""Reading a judged tree: which tests failed, which are open, and what would settle them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from licet.compile.program import Tree
from licet.decision.model import Reading
from licet.decision.wording import value, wanted
from licet.transaction.facts import Case
from licet.values import FALSE, TRUE, UNKNOWN, Truth, asks_of

#: An open fact: its name, and the subject whose fact it is.
Open = tuple[str, str]
_MOST_ALTERNATIVES = 16


def reading(case: Case, literal: int) -> Reading:
    """What a literal read, and what it wanted."""
    test = case.order.program.tests[abs(literal) - 1]
    home = case.at(case.order.facts[test.fact].scope)
    return Reading(
        fact=test.fact,
        subject=home.subject,
        value=value(home.value(test.fact)),
        wanted=wanted(test, negated=literal < 0),
    )


def readings(case: Case, tree: Tree) -> list[Reading]:
    """The values that decided a tree, each once."""
    return list(dict.fromkeys(reading(case, literal) for literal in _deciding(case, tree)))


def _deciding(case: Case, tree: Tree) -> Iterator[int]:
    """The literals by which a tree is as true as it is; all of them, since no order of theirs means anything."""
    if isinstance(tree, int):
        yield tree
        return
    truth = case.seen(tree)
    for child in tree[1]:
        if _matters(tree[0], truth, case.seen(child)):
            yield from _deciding(case, child)


def _matters(kind: str, truth: Truth, child: Truth) -> bool:
    """Whether a child of a node has a part in its truth; what holds in an open `all` is what makes it possible."""
    return child >= truth if kind == "all" and truth == UNKNOWN else child == truth


def failures(case: Case, tree: Tree) -> list[Reading]:
    """The tests on which a false tree failed."""
    if case.seen(tree) != FALSE:
        return []
    if isinstance(tree, int):
        return [reading(case, tree)]
    return list(dict.fromkeys(f for child in tree[1] for f in failures(case, child)))


def alternatives(case: Case, tree: Tree) -> list[frozenset[Open]]:
    """Sets of open facts, any one of which would let an open tree become true; fewest first, bounded."""
    if case.seen(tree) != UNKNOWN:
        return [frozenset()]
    if isinstance(tree, int):
        return [frozenset(_open_facts(case, tree))]
    parts = [alternatives(case, child) for child in tree[1] if case.seen(child) == UNKNOWN]
    if tree[0] == "any":
        found = {a for part in parts for a in part}
    else:
        found = {frozenset().union(*choice) for choice in product(*(p[:4] for p in parts[:8]))}
    return sorted(found, key=lambda a: (len(a), sorted(a)))[:_MOST_ALTERNATIVES]


def _open_facts(case: Case, literal: int) -> list[Open]:
    test = case.order.program.tests[abs(literal) - 1]
    facts = case.order.facts
    names = asks_of(case.value(test.fact)) or (test.fact,)
    return [(name, case.at(facts[name].scope).subject) for name in names if name in facts]


def without(case: Case, tree: Tree, facts: frozenset[str]) -> Truth:
    """The truth of a tree if nothing were known of some facts."""
    if isinstance(tree, int):
        test = case.order.program.tests[abs(tree) - 1]
        return UNKNOWN if test.fact in facts else case.seen(tree)
    truths = [without(case, child, facts) for child in tree[1]]
    return min(truths, default=TRUE) if tree[0] == "all" else max(truths, default=FALSE)
