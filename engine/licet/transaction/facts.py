"""Orders to cases: the line alone, the line against each party, and against each listing a party hit.

A case answers `value(fact)` and `test(number)`, each computed once. Facts of a wider scope are asked of the case above,
so that a line with many parties reads its own facts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from msgspec import UNSET

from licet.compile.program import Program, Tree
from licet.compile.view import View
from licet.policy.conditions import tests_in
from licet.policy.model import Conditional, Fact, ListingRow, OfRegime, Scope
from licet.policy.terms import All, AnyOf, Condition, Not, TableColumn, Test
from licet.screening.match import Hit
from licet.transaction.derive import derive
from licet.transaction.model import Item, Party, Transaction
from licet.transaction.stated import NOT_STATED, field_value, typed
from licet.truth import Operand, truth
from licet.values import FALSE, TRUE, UNKNOWN, Truth, Unknown, Value, asks_of


class Beside(Protocol):
    """What another regime says of the same line."""

    def told(self, what: str) -> Value:
        """Its outcome, its release, or whatever else a fact of another regime may ask."""
        ...


#: Of a pack judged by itself.
NO_REGIMES: Mapping[str, Beside] = {}


class Order:
    """A transaction on a day, under one pack: what all its cases share."""

    def __init__(
        self,
        program: Program,
        view: View,
        transaction: Transaction,
        as_of: date,
        *,
        assumptions: bool = True,
        regimes: Mapping[str, Beside] = NO_REGIMES,
    ) -> None:
        self.program = program
        self.view = view
        self.transaction = transaction
        self.as_of = as_of
        self.assumptions = assumptions
        self.regimes = regimes
        self.facts = program.pack.vocabulary.facts

    def is_stale(self, table: str) -> bool:
        """Whether a table is not kept to the day judged."""
        limit = self.program.pack.tables[table].holds_after
        return limit is not None and self.as_of > limit


class Case:
    """What rules judge; `scope` says how narrow it is."""

    def __init__(
        self,
        order: Order,
        scope: Scope,
        above: Case | None,
        *,
        item: Item | None = None,
        party: Party | None = None,
        hit: Hit | None = None,
        row: ListingRow | None = None,
    ) -> None:
        self.order = order
        self.scope: Scope = scope
        self.above = above
        self.item: Item | None = item if item is not None or above is None else above.item
        self.party: Party | None = party if party is not None or above is None else above.party
        self.hit = hit
        self.row = row
        self.owners: tuple[Value, ...] = ()  # of the party: the lists that have each of its owners
        self.assumed: dict[str, Value] = {}
        self.errors: list[str] = []
        self._values: dict[str, Value] = {}
        self._tests: dict[int, Truth] = {}

    @property
    def subject(self) -> str:
        """What the case is about, as decisions name it: `item`, `item/party` or `item/party/listing:basis`."""
        names = [self.item.id if self.item else ""]
        if self.party is not None:
            names.append(self.party.id)
        if self.hit is not None:
            names.append(f"{self.hit.listing.id}:{self.hit.basis}")
        return "/".join(names)

    def at(self, scope: Scope) -> Case:
        """This case, or the one above it, that holds facts of the scope."""
        case = self
        while case.scope != scope and case.above is not None:
            case = case.above
        return case

    def covers(self, other: Case) -> bool:
        """Whether `other` is this case or one below it."""
        below: Case | None = other
        while below is not None:
            if below is self:
                return True
            below = below.above
        return False

    def value(self, name: str) -> Value:
        """The value of a fact in this case."""
        fact = self.order.facts[name]
        return self.at(fact.scope).own_value(fact)

    def own_value(self, fact: Fact) -> Value:
        """The value of a fact of this case's own scope."""
        if fact.name not in self._values:
            self._values[fact.name] = Unknown("it depends on itself", (fact.name,))
            self._values[fact.name] = self._compute(fact)
        return self._values[fact.name]

    def asked(self) -> frozenset[str]:
        """The names of this case's own facts that have been asked for."""
        return frozenset(self._values)

    def known_values(self) -> tuple[Value, ...]:
        """The values of this case's own facts that have been asked for."""
        return tuple(self._values.values())

    def put(self, name: str, value: Value) -> None:
        """Give a fact the value that rules set."""
        self._values[name] = value

    def test(self, number: int) -> Truth:
        """The truth of one of the program's tests."""
        known = self._tests.get(number)
        if known is None:
            fact = self.order.facts[self.order.program.tests[number].fact]
            known = self._tests[number] = self.at(fact.scope).own_test(number, fact)
        return known

    def own_test(self, number: int, fact: Fact) -> Truth:
        """The truth of a test on a fact of this case's own scope."""
        known = self._tests.get(number)
        if known is None:
            test = self.order.program.tests[number]
            known = self._truth(test, self.order.view.operand(number), self.own_value(fact), fact)
            self._tests[number] = known
        return known

    def _truth(self, test: Test, operand: Operand, value: Value, fact: Fact) -> Truth:
        """The truth of a test; unknown where it asks a table that is not kept to the day."""
        if isinstance(test.operand, TableColumn) and self.order.is_stale(test.operand.table):
            return UNKNOWN
        return truth(test.op, operand, value, eccn=fact.type == "eccn")

    def truth_of(self, test: Test) -> Truth:
        """The truth of a test that is not among the program's."""
        fact = self.order.facts[test.fact]
        return self._truth(test, self.order.view.resolve(test), self.value(test.fact), fact)

    def judge(self, tree: Tree) -> Truth:
        """The truth of a tree of tests, by Kleene's logic."""
        if isinstance(tree, int):
            return self.test(tree - 1) if tree > 0 else TRUE - self.test(-tree - 1)
        kind, children = tree
        result = TRUE if kind == "all" else FALSE
        for child in children:
            result = min(result, self.judge(child)) if kind == "all" else max(result, self.judge(child))
            if result == (FALSE if kind == "all" else TRUE):
                break
        return result

    def seen(self, tree: Tree) -> Truth:
        """The truth of a tree as an explanation needs it: open where a test raises."""
        try:
            return self.judge(tree)
        except Exception:  # noqa: BLE001  # the rule has been named and the line held, or neither reads it
            return UNKNOWN

    def holds(self, condition: Condition | None) -> Truth:
        """The truth of a condition that is not among the program's rules, such as a listing's."""
        if condition is None:
            return TRUE
        return _kleene(condition, self)

    def _compute(self, fact: Fact) -> Value:
        try:
            if fact.derive is not None:
                return derive(fact, self)
            if fact.of_regime is not None:
                return self._of_regime(fact.of_regime)
            if fact.is_set:
                return fact.default if fact.has_default else Unknown("no rule settles it", (fact.name,))
            stated = self._stated(fact)
        except Exception as error:  # noqa: BLE001  # whatever goes wrong must hold the line, never end the run
            self.errors.append(f"fact `{fact.name}`: {error}")
            return Unknown(f"it could not be computed: {error}", (fact.name,))
        if not isinstance(stated, Unknown):
            return stated
        if stated.why == NOT_STATED and fact.assume_because is not None and self.order.assumptions:
            self.assumed[fact.name] = fact.assume
            return fact.assume
        return Unknown(stated.why, stated.asks or (fact.name,))

    def _of_regime(self, of: OfRegime) -> Value:
        verdict = self.order.regimes.get(of.regime)
        return (
            Unknown(f"no verdict of regime `{of.regime}` is at hand", ()) if verdict is None else verdict.told(of.what)
        )

    def is_silent(self, name: str) -> bool:
        """Whether the order says nothing of a fact, itself or through what it is computed from."""
        value = self.value(name)
        return isinstance(value, Unknown) and value.why == NOT_STATED

    def _stated(self, fact: Fact) -> Value:
        if fact.name == "as_of":
            return self.order.as_of
        if fact.scope == "listing":
            return self._of_listing(fact)
        raw = self._raw(fact)
        rates = self.order.transaction.rates
        if raw is UNSET:
            return Unknown(NOT_STATED, (fact.name,))
        return field_value(raw, rates) if fact.read is not None else typed(fact, raw, rates)

    def _raw(self, fact: Fact) -> Any:
        transaction = self.order.transaction
        home = {"transaction": transaction, "item": self.item, "party": self.party}[fact.scope]
        if fact.read is None:
            own = home.facts.get(fact.name, UNSET) if home is not None else UNSET
            return transaction.facts.get(fact.name, UNSET) if own is UNSET and fact.scope == "item" else own
        raw: Any = home
        for name in fact.read.split("."):
            raw = getattr(raw, name, UNSET) if raw is not None else None
        return raw

    def _of_listing(self, fact: Fact) -> Value:
        hit, row = self.hit, self.row
        if hit is None or row is None:
            return Unknown("no listing", (fact.name,))
        match fact.read:
            case "covers_item":
                return self._first(row.scope, fact.name)
            case "review_policy":
                return self._first(row.review, fact.name)
            case "hit_basis":
                return hit.basis
            case "hit_confirmed":
                return True if hit.confirmed else Unknown(hit.because, (fact.name,))
            case "row_from":
                return row.period.start
            case "listed_from":
                return min((r.period.start for r in hit.listing.rows if r.period.start), default=None)
            case "footnotes":
                return frozenset(row.footnotes)
            case "list" | "id" | "name" | "country" as name:
                value: Value = getattr(hit.listing, name)
                return value
            case attribute:
                return hit.listing.attributes.get(str(attribute), Unknown("the listing does not say", ()))

    def _first(self, rows: tuple[Conditional, ...], name: str) -> Value:
        """The value of the first row that holds; unknown where open rows before it would say otherwise."""
        possible: list[Value] = []
        asks: list[str] = []
        for row in rows:
            held = self.holds(row.when)
            if held == UNKNOWN:
                possible.append(row.value)
                asks += [a for t in _tests(row.when) for a in asks_of(self.value(t.fact))]
            elif held == TRUE:
                if all(p == row.value for p in possible):
                    return row.value
                return Unknown("the listing's condition is open", tuple(dict.fromkeys(asks)) or (name,))
        return Unknown("the listing says nothing for this item", tuple(dict.fromkeys(asks)) or (name,))


def _tests(condition: Condition | None) -> list[Test]:
    return [] if condition is None else list(tests_in(condition))


def _kleene(condition: Condition, case: Case) -> Truth:
    match condition:
        case Test():
            return case.truth_of(condition)
        case Not(of=inner):
            return TRUE - _kleene(inner, case)
        case All(of=children):
            return min((_kleene(c, case) for c in children), default=TRUE)
        case AnyOf(of=children):
            return max((_kleene(c, case) for c in children), default=FALSE)
