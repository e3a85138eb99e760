"""The orders of all cases, judged once; and, of a change to the law, which of them can see it.

A changed rule is not judged order by order. The cases of all orders (the line alone, against each party, against each
listing) stand in a row, a test is the set of those in which it is true and of those in which it is not false, a set is
the bits of one number, and a rule's condition is so many ands and ors of such numbers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from licet.authoring.cases import LawCase, Outcome, run_case
from licet.authoring.changed import Changed, Standing, evaluator_of
from licet.authoring.expected import UNSEEN, as_expected
from licet.authoring.said import Said, needs_met_in, said_by
from licet.compile.program import CompiledRule, Tree
from licet.compile.shortcuts import BESIDE
from licet.decision.line import Judgement
from licet.evaluator import Evaluator, PackEvaluator
from licet.policy.in_force import in_force
from licet.policy.model import SCOPES, Fact, Scope
from licet.policy.terms import Lift, TableColumn, Test, Timeline
from licet.screening.screened import Screened
from licet.transaction.facts import Case
from licet.transaction.read import InputError, Read, read_data
from licet.values import FALSE, TRUE, UNKNOWN, Truth, Value

#: The cases in which something is true, those in which it is not false, and those in which judging it may fail.
Where = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """A case of the pack's author, ready to be judged."""

    case: LawCase
    read: Read
    as_of: date
    screened: Screened

    def judged_by(self, law: PackEvaluator) -> list[Judgement]:
        """The judgements on the order's lines."""
        return [
            law.judge(
                self.screened,
                item,
                self.as_of,
                self.case.known_on,
                assumptions=self.case.assumptions,
                regimes=self.case.told,
            )
            for item in self.read.transaction.items
        ]

    def run(self, evaluator: Evaluator) -> Outcome:
        """The case run as always, its order read before."""
        return run_case(evaluator, dataclasses.replace(self.case, order=self.read))


class Orders:
    """The cases of a pack, judged as the law stands; those that fail are left out, and named."""

    def __init__(self, standing: Standing, cases: Iterable[LawCase]) -> None:
        self.standing = standing
        self.asked: list[Asked] = []
        self.failing: list[LawCase] = []
        self._row: dict[Scope, list[tuple[int, Case]]] = {scope: [] for scope in SCOPES}
        self._with: dict[tuple[str, str], set[int]] = {}
        for case in cases:
            self._add(case)
        self._sound: dict[int, bool] = {}
        self._having: dict[tuple[Scope, str, str], int] = {}
        self._tests: dict[tuple[Scope, str, str, str], Known] = {}
        self._kinds = standing.law.program.shortcuts.kinds
        self._facts = standing.pack.vocabulary.facts
        self._in_force: dict[tuple[Scope, Timeline], tuple[int, int]] = {}
        self._days = {scope: self._by_day(scope) for scope in SCOPES}
        self._every = {scope: (1 << len(row)) - 1 for scope, row in self._row.items()}

    def _add(self, case: LawCase) -> None:
        law = self.standing.law
        try:
            read = read_data(case.order, (self.standing.pack,))
        except InputError:
            self.failing.append(case)
            return
        day = case.as_of or read.transaction.date
        if day is None:
            self.failing.append(case)
            return
        asked = Asked(case, read, day, law.screen(read.transaction))
        judgements = asked.judged_by(law)
        if not as_expected(judgements, case.expect):
            self.failing.append(case)
            return
        number = len(self.asked)
        self.asked.append(asked)
        for judgement in judgements:
            for found in judgement.found.cases:
                self._row[found.scope].append((number, found))
            for need in needs_met_in(judgement):
                self._with.setdefault(need, set()).add(number)
        for name in case.expect:
            self._with.setdefault(("expected", name), set()).add(number)
        for name in (*case.expect.get("fires", ()), *case.expect.get("silent", ())):
            self._with.setdefault(("named", name), set()).add(number)

    # --- which orders can see a change -------------------------------------------------------------------------------

    def that_see(self, changed: Changed) -> list[int]:
        """The orders in which the rules that came do not speak as those that went; those of their own folder first."""
        old, new = list(changed.old), list(changed.new)
        seen = self._otherwise(old, new, changed.tests)
        turned = {rule.timeline for rule in old} != {rule.timeline for rule in new}
        seen |= self._by_structure(old, self.standing.law.program.tests, turned=turned)
        seen |= self._by_structure(new, changed.tests, turned=turned)
        homes = {rule.id for rule in new}

        def distance(number: int) -> tuple[int, int]:
            home = self.asked[number].case.home
            return (0 if home in homes else 1 if any(home.startswith(f"{h}/") for h in homes) else 2), number

        return sorted(seen, key=distance)

    def _otherwise(self, old: Sequence[CompiledRule], new: Sequence[CompiledRule], tests: Sequence[Test]) -> set[int]:
        """The orders in which something that the rules say is not as it was, and can matter."""
        before = self._says(old, self.standing.law.program.tests)
        after = self._says(new, tests)
        found: set[int] = set()
        for key in {*before, *after}:
            (true, maybe, failed), (is_true, is_maybe, fails) = before.get(key, NOWHERE), after.get(key, NOWHERE)
            scope, said = key
            differs = (true ^ is_true) | (maybe ^ is_maybe)
            found |= self._orders(scope, self._matters(said, scope, differs) | failed | fails)
        return found

    def _says(self, rules: Iterable[CompiledRule], tests: Sequence[Test]) -> dict[tuple[Scope, Said], Where]:
        """Where each thing that the rules say is true and where open."""
        found: dict[tuple[Scope, Said], Where] = {}
        for rule in rules:
            spoken = self._speaks(rule, tests)
            for said in said_by(rule, self._kinds):
                found[rule.scope, said] = _either(found.get((rule.scope, said), NOWHERE), spoken)
        return found

    def _matters(self, said: Said, scope: Scope, where: int) -> int:
        """Those of the cases in whose orders there is all that the piece needs."""
        for need in said.needs:
            if not where:
                break
            key = (scope, *need)
            if key not in self._having:
                row, numbers = self._row[scope], self._with.get(need, set())
                places = (place for place, (number, _) in enumerate(row) if number in numbers)
                self._having[key] = _bits(places, len(row))
            where &= self._having[key]
        return where

    def _by_structure(self, rules: Iterable[CompiledRule], tests: Sequence[Test], *, turned: bool) -> set[int]:
        """The orders of which something is expected that may hang on how a rule is made, not only on where it holds.

        `turned`: the days on which the rule is in force are others.
        """
        found: set[int] = set()
        for rule in rules:
            claims = bool(rule.claims) and any(isinstance(effect, Lift) for effect in rule.effects)
            decides = turned or not all(isinstance(effect, BESIDE) for effect in rule.effects)
            if claims:
                found |= self._orders(rule.scope, self._claimed(rule, tests, self._expecting("near_misses", rule)))
            for name in ("questions", "assumptions", *sorted(UNSEEN)) if decides else ("questions", "assumptions"):
                where = self._claimed(rule, tests, self._expecting(name, rule))
                where &= self._law(rule)[1] if name == "questions" else where
                found |= self._orders(rule.scope, where & self._condition(rule.tree, rule.scope, tests, where)[1])
        return found

    def _expecting(self, name: str, rule: CompiledRule) -> int:
        """The cases of whose orders something is expected."""
        return self._matters(Said(rule.id, name, (("expected", name),)), rule.scope, self._every[rule.scope])

    def _speaks(self, rule: CompiledRule, tests: Sequence[Test]) -> Where:
        law_true, law_maybe = self._law(rule)
        within = self._claimed(rule, tests, law_maybe)
        true, maybe, failed = self._condition(rule.tree, rule.scope, tests, within)
        return true & law_true & within, maybe & within, failed & within

    def _claimed(self, rule: CompiledRule, tests: Sequence[Test], within: int) -> int:
        for claim in rule.claims:
            within &= self._condition(claim, rule.scope, tests, within)[0]
        return within

    def _condition(self, tree: Tree, scope: Scope, tests: Sequence[Test], within: int) -> Where:
        """Where a condition holds, of the cases `within`; what it says of others means nothing."""
        if isinstance(tree, int):
            true, maybe, failed = self._test(tests[abs(tree) - 1], scope, within)
            return (true, maybe, failed) if tree > 0 else (within & ~maybe, within & ~true, failed)
        together = tree[0] == "all"
        found = (within, within, 0) if together else NOWHERE
        for child in tree[1]:
            if not within:
                break
            true, maybe, failed = self._condition(child, scope, tests, within)
            part = true & within, maybe & within, failed & within
            found = _both(found, part) if together else _either(found, part)
            within &= found[1] if together else ~found[0]
        return found

    def _test(self, test: Test, scope: Scope, within: int) -> Where:
        """Where a test holds: judged once for each case in which it is asked."""
        key = (scope, test.fact, test.op, repr(test.operand))
        known = self._tests.get(key)
        if known is None:
            known = self._tests[key] = Known()
        asked = within & ~known.where
        if asked:
            known.add(asked, self._judged(test, scope, asked))
        return known.held

    def _judged(self, test: Test, scope: Scope, asked: int) -> Where:
        found: dict[int, list[int]] = {TRUE: [], UNKNOWN: [], FALSE: []}
        failed: list[int] = []
        row = self._row[scope]
        by_value = None if isinstance(test.operand, TableColumn) else ByValue(test, self._facts[test.fact])
        for place in _places(asked):
            case = row[place][1]
            try:
                held = case.truth_of(test) if by_value is None else by_value.holds(case)
            except Exception:  # noqa: BLE001  # the changed law is then judged in full wherever this is met
                failed.append(place)
            else:
                found[held].append(place)
        size = len(row)
        true, maybe, erring = (_bits(places, size) for places in (found[TRUE], found[UNKNOWN], failed))
        return true, true | maybe | erring, erring

    def _law(self, rule: CompiledRule) -> tuple[int, int]:
        """Where the rule is in force, and where that is at least open."""
        key = (rule.scope, rule.timeline)
        if key not in self._in_force:
            true = maybe = 0
            for (as_of, known_on), where in self._days[rule.scope].items():
                held = in_force(rule.timeline, as_of, known_on).truth
                true |= where if held == TRUE else 0
                maybe |= where if held != FALSE else 0
            self._in_force[key] = true, maybe
        return self._in_force[key]

    def _by_day(self, scope: Scope) -> dict[tuple[date, date | None], int]:
        places: dict[tuple[date, date | None], list[int]] = {}
        for place, (number, _) in enumerate(self._row[scope]):
            asked = self.asked[number]
            places.setdefault((asked.as_of, asked.case.known_on), []).append(place)
        return {day: _bits(found, len(self._row[scope])) for day, found in places.items()}

    def _orders(self, scope: Scope, where: int) -> set[int]:
        row = self._row[scope]
        return {row[place][0] for place in _places(where)}

    # --- whether one of them notices ---------------------------------------------------------------------------------

    def notices(self, number: int, changed: Changed) -> bool:
        """Whether the case fails under the changed law."""
        asked = self.asked[number]
        expect = asked.case.expect
        if not as_expected(asked.judged_by(changed.law), expect):
            return True
        if UNSEEN.isdisjoint(expect) or not self._is_sound(number):
            return False
        return bool(asked.run(changed.thorough).failures)

    def _is_sound(self, number: int) -> bool:
        """Whether the case passes in full as the law stands: only then does its failing say anything."""
        if number not in self._sound:
            outcome = self.asked[number].run(evaluator_of(self.standing.law))
            self._sound[number] = not outcome.failures
        return self._sound[number]


# --- sets of cases ---------------------------------------------------------------------------------------------------

NOWHERE: Where = (0, 0, 0)


class Known:
    """Where a test has been judged, and where it holds of that."""

    __slots__ = ("held", "where")

    def __init__(self) -> None:
        self.where = 0
        self.held = NOWHERE

    def add(self, where: int, held: Where) -> None:
        """Add what has been found of more cases."""
        self.where |= where
        self.held = _either(self.held, held)


class ByValue:
    """A test that hangs on a fact's value alone: judged once for each value."""

    def __init__(self, test: Test, fact: Fact) -> None:
        self._test = test
        self._fact = fact
        self._found: dict[tuple[type, Value], Truth] = {}

    def holds(self, case: Case) -> Truth:
        """The truth of the test in the case."""
        value = case.at(self._fact.scope).own_value(self._fact)
        key = (type(value), value)
        if key not in self._found:
            self._found[key] = case.truth_of(self._test)
        return self._found[key]


def _both(a: Where, b: Where) -> Where:
    return a[0] & b[0], a[1] & b[1], a[2] | b[2]


def _either(a: Where, b: Where) -> Where:
    return a[0] | b[0], a[1] | b[1], a[2] | b[2]


def _bits(places: Iterable[int], size: int) -> int:
    found = bytearray(size // 8 + 1)
    for place in places:
        found[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(found, "little")


def _places(where: int) -> Iterator[int]:
    for n, byte in enumerate(where.to_bytes((where.bit_length() + 7) // 8, "little")):
        for bit in range(8) if byte else ():
            if byte >> bit & 1:
                yield 8 * n + bit
