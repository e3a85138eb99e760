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
from typing import Any

from licet.authoring.cases import LawCase, Outcome, run_case
from licet.authoring.changed import Changed, Standing, evaluator_of
from licet.compile.program import CompiledRule, Tree
from licet.decision.line import Judgement, determined_by
from licet.evaluator import Evaluator, PackEvaluator
from licet.infer.resolve import OUTCOMES, RELEASE
from licet.policy.in_force import in_force
from licet.policy.model import SCOPES, Scope
from licet.policy.terms import Effect, Lift, Notice, TableColumn, Test, Timeline
from licet.screening.screened import Screened
from licet.transaction.facts import Case
from licet.transaction.read import InputError, Read, read_data
from licet.truth import truth
from licet.values import FALSE, TRUE, UNKNOWN

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
            law.judge(self.screened, item, self.as_of, self.case.known_on, assumptions=self.case.assumptions)
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
        for case in cases:
            self._add(case)
        self._sound: dict[int, bool] = {}
        self._expected: dict[tuple[str, Scope], int] = {}
        self._tests: dict[tuple[Scope, str, str, str], Where] = {}
        self._values: dict[tuple[Scope, str], list[tuple[Any, int]]] = {}
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

    # --- which orders can see a change -------------------------------------------------------------------------------

    def that_see(self, changed: Changed) -> list[int]:
        """The orders in which the rules that came do not speak as those that went; those of their own folder first."""
        old, new = list(changed.old), list(changed.new)
        seen = self._otherwise(old, new, changed.tests)
        seen |= self._by_structure(old, self.standing.law.program.tests) | self._by_structure(new, changed.tests)
        homes = {rule.id for rule in new}

        def distance(number: int) -> tuple[int, int]:
            home = self.asked[number].case.home
            return (0 if home in homes else 1 if any(home.startswith(f"{h}/") for h in homes) else 2), number

        return sorted(seen, key=distance)

    def _otherwise(self, old: Sequence[CompiledRule], new: Sequence[CompiledRule], tests: Sequence[Test]) -> set[int]:
        """The orders in which some effect is not as it was: true, open, or of another reach."""
        before = self._effects(old, self.standing.law.program.tests)
        after = self._effects(new, tests)
        found: set[int] = set()
        for key in {*before, *after}:
            (true, maybe, failed), (is_true, is_maybe, fails) = before.get(key, NOWHERE), after.get(key, NOWHERE)
            found |= self._orders(key[1], (true ^ is_true) | (maybe ^ is_maybe) | failed | fails)
        return found

    def _effects(
        self, rules: Iterable[CompiledRule], tests: Sequence[Test]
    ) -> dict[tuple[str, Scope, Effect | None], Where]:
        """Where each effect of the rules, and each rule as such, is true and where open."""
        found: dict[tuple[str, Scope, Effect | None], Where] = {}
        for rule in rules:
            spoken = self._speaks(rule, tests)
            for effect in (None, *rule.effects):
                key = (rule.id, rule.scope, effect)
                found[key] = _either(found.get(key, NOWHERE), spoken)
        return found

    def _by_structure(self, rules: Iterable[CompiledRule], tests: Sequence[Test]) -> set[int]:
        """The orders of which something is expected that may hang on how a rule is made, not only on where it holds."""
        found: set[int] = set()
        for rule in rules:
            claimed = self._claimed(rule, tests)
            near = claimed if rule.claims and any(isinstance(effect, Lift) for effect in rule.effects) else 0
            reach = {
                "near_misses": near,
                "questions": self._speaks(rule, tests)[1],
                "assumptions": (ever := self._condition(rule.tree, rule.scope, tests)[1] & claimed),
                "valid_until": ever,
            }
            for name, where in reach.items():
                expecting = self._expecting(name, rule.scope)
                found |= self._orders(rule.scope, where & expecting) if expecting else set()
        return found

    def _expecting(self, name: str, scope: Scope) -> int:
        key = (name, scope)
        if key not in self._expected:
            row = self._row[scope]
            places = (place for place, (number, _) in enumerate(row) if name in self.asked[number].case.expect)
            self._expected[key] = _bits(places, len(row))
        return self._expected[key]

    def _speaks(self, rule: CompiledRule, tests: Sequence[Test]) -> Where:
        law_true, law_maybe = self._law(rule)
        true, maybe, failed = self._condition(rule.tree, rule.scope, tests)
        claimed = self._claimed(rule, tests)
        return true & law_true & claimed, maybe & law_maybe & claimed, failed & law_maybe

    def _claimed(self, rule: CompiledRule, tests: Sequence[Test]) -> int:
        found = self._every[rule.scope]
        for claim in rule.claims:
            found &= self._condition(claim, rule.scope, tests)[0]
        return found

    def _condition(self, tree: Tree, scope: Scope, tests: Sequence[Test]) -> Where:
        if isinstance(tree, int):
            true, maybe, failed = self._test(tests[abs(tree) - 1], scope)
            if tree < 0:
                true, maybe = self._every[scope] & ~maybe, self._every[scope] & ~true
            return true, maybe, failed
        parts = [self._condition(child, scope, tests) for child in tree[1]]
        found = (self._every[scope], self._every[scope], 0) if tree[0] == "all" else NOWHERE
        for part in parts:
            found = _both(found, part) if tree[0] == "all" else _either(found, part)
        return found

    def _test(self, test: Test, scope: Scope) -> Where:
        key = (scope, test.fact, test.op, repr(test.operand))
        if key not in self._tests:
            by_case = isinstance(test.operand, TableColumn)
            self._tests[key] = self._case_by_case(test, scope) if by_case else self._value_by_value(test, scope)
        return self._tests[key]

    def _value_by_value(self, test: Test, scope: Scope) -> Where:
        fact = self.standing.pack.vocabulary.facts[test.fact]
        found = NOWHERE
        for value, where in self._valued(test.fact, scope):
            try:
                held = truth(test.op, test.operand, value, eccn=fact.type == "eccn")  # type: ignore[arg-type]
            except Exception:  # noqa: BLE001  # the rule is then judged in full wherever it is met
                found = _either(found, (0, where, where))
            else:
                found = _either(found, _at(where, held))
        return found

    def _case_by_case(self, test: Test, scope: Scope) -> Where:
        found: dict[int, list[int]] = {TRUE: [], UNKNOWN: [], FALSE: []}
        failed: list[int] = []
        for place, (_, case) in enumerate(self._row[scope]):
            try:
                found[case.truth_of(test)].append(place)
            except Exception:  # noqa: BLE001  # see above
                failed.append(place)
        where = {held: _bits(places, len(self._row[scope])) for held, places in found.items()}
        erring = _bits(failed, len(self._row[scope]))
        return where[TRUE], where[TRUE] | where[UNKNOWN] | erring, erring

    def _valued(self, name: str, scope: Scope) -> list[tuple[Any, int]]:
        """The values that a fact has, each with the cases in which it has it."""
        key = (scope, name)
        if key not in self._values:
            places: dict[tuple[type, Any], list[int]] = {}
            for place, (_, case) in enumerate(self._row[scope]):
                value = case.value(name)
                places.setdefault((type(value), value), []).append(place)
            size = len(self._row[scope])
            self._values[key] = [(value, _bits(found, size)) for (_, value), found in places.items()]
        return self._values[key]

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
        if SEEN_AT_ONCE.issuperset(expect) or not self._is_sound(number):
            return False
        return bool(asked.run(changed.thorough if "valid_until" in expect else changed.evaluator).failures)

    def _is_sound(self, number: int) -> bool:
        """Whether the case passes in full as the law stands: only then does its failing say anything."""
        if number not in self._sound:
            outcome = self.asked[number].run(evaluator_of(self.standing.law))
            self._sound[number] = not outcome.failures
        return self._sound[number]


# --- sets of cases ---------------------------------------------------------------------------------------------------

NOWHERE: Where = (0, 0, 0)


def _both(a: Where, b: Where) -> Where:
    return a[0] & b[0], a[1] & b[1], a[2] | b[2]


def _either(a: Where, b: Where) -> Where:
    return a[0] | b[0], a[1] | b[1], a[2] | b[2]


def _at(where: int, held: int) -> Where:
    return (where if held == TRUE else 0), (where if held != FALSE else 0), 0


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


# --- what a judgement shows at once ----------------------------------------------------------------------------------

#: Expectations that need no written decision.
SEEN_AT_ONCE = frozenset(
    "release outcome determined_by lines reasons flags notices authorizations fires silent".split()
)


def as_expected(judgements: Sequence[Judgement], expect: Any) -> bool:
    """Whether the judgements show what a case expects, as far as they show it without a written decision."""
    outcomes = [judgement.resolution.outcome for judgement in judgements]
    binding = [own for j, own in zip(judgements, outcomes, strict=True) if j.program.pack.manifest.binds]
    outcome = max(binding, key=OUTCOMES.index, default="hold")
    if expect["outcome"] != outcome or expect["release"] != RELEASE[outcome]:
        return False
    deciding = [j for j, own in zip(judgements, outcomes, strict=True) if own == outcome]
    if set(expect["determined_by"]) != {rule for j in deciding for rule in determined_by(j)}:
        return False
    judged = [j for judgement in judgements for j in judgement.found.judged]
    heard = {j.rule.id for j in judged}
    if not heard.isdisjoint(expect.get("silent") or ()):
        return False
    if not {j.rule.id for j in judged if j.truth == TRUE}.issuperset(expect.get("fires") or ()):
        return False
    lines = {j.top.item.id if j.top.item else "": own for j, own in zip(judgements, outcomes, strict=True)}
    if any(lines.get(item) != wanted for item, wanted in (expect.get("lines") or {}).items()):
        return False
    return all(set(expect[name]) == found for name, found in _shown(judgements) if name in expect)


def _shown(judgements: Sequence[Judgement]) -> Iterator[tuple[str, set[str]]]:
    resolved = [j.resolution for j in judgements]
    requirements = [r for found in resolved for r in found.requirements]
    yield "reasons", {r.reason for r in requirements if r.stands == TRUE}
    yield "flags", {flag.rule for found in resolved for flag in found.open_flags}
    lifts = [lift.ruling for r in requirements for lift in r.lifts if lift.truth == TRUE]
    yield "authorizations", {r.effect.authorization for r in lifts if isinstance(r.effect, Lift)}
    rulings = [r for j in judgements for r in j.rulings if r.truth == TRUE]
    yield "notices", {r.rule for r in rulings if isinstance(r.effect, Notice)}
