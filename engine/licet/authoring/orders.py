"""The orders of all cases, judged once; and, of a change to the law, which of them can see it.

A changed rule is not judged order by order. The cases of all orders (the line alone, against each party, against each
listing) stand in a row, a test is the set of those in which it is true and of those in which it is not false, a set is
the bits of one number, and a rule's condition is so many ands and ors of such numbers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from licet.authoring.cases import LawCase, Outcome, run_case
from licet.authoring.changed import Changed, Standing, evaluator_of
from licet.compile.program import CompiledRule, Tree
from licet.decision.authorizations import in_play
from licet.decision.line import Judgement, determined_by
from licet.decision.line import _obligations as obligations
from licet.decision.questions import open_questions
from licet.decision.sources import assumptions
from licet.evaluator import Evaluator, PackEvaluator
from licet.infer.resolve import OUTCOMES, RELEASE, Lifted, Requirement, bars_authorization, strictest
from licet.policy.in_force import in_force
from licet.policy.model import SCOPES, Fact, Scope
from licet.policy.terms import REVIEW_POLICIES as POLICIES
from licet.policy.terms import Bar, Except, Lift, Notice, Oblige, Rate, Require, Review, TableColumn, Test, Timeline
from licet.screening.screened import Screened
from licet.transaction.facts import Case
from licet.transaction.read import InputError, Read, read_data
from licet.values import FALSE, TRUE, UNKNOWN, Truth, Value

#: The cases in which something is true, those in which it is not false, and those in which judging it may fail.
Where = tuple[int, int, int]


#: Effects that decide no outcome.
BESIDE = (Review, Oblige, Notice, Rate)
#: Something that must be in an order: a `required` reason, a `lifted` authorization, a rule `heard`, a rule `named`
#: in what is expected, or an expectation that is made at all.
Need = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of what a rule says, and all that must be in an order for it to matter there."""

    rule: str
    what: Any
    needs: tuple[Need, ...]


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
        self._with: dict[tuple[str, str], set[int]] = {}
        for case in cases:
            self._add(case)
        self._sound: dict[int, bool] = {}
        self._having: dict[tuple[Scope, str, str], int] = {}
        self._tests: dict[tuple[Scope, str, str, str], Known] = {}
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
            for need in _things_in(judgement):
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
            for said in self._things(rule):
                found[rule.scope, said] = _either(found.get((rule.scope, said), NOWHERE), spoken)
        return found

    def _things(self, rule: CompiledRule) -> Iterator[Said]:
        """What a rule says, in the smallest pieces: each with what must be in an order for the piece to matter there."""
        yield Said(rule.id, "speaks", () if rule.source.displaces else (("named", rule.id),))
        kinds = self.standing.law.program.shortcuts.kinds
        for effect in rule.effects:
            match effect:
                case Review(reasons=reasons, policy=policy):
                    for reason in reasons:
                        yield Said(rule.id, ("review", policy, reason), (("required", reason),))
                case Lift(authorization=name, reasons=reasons, rules=rules) if not effect.everything:
                    for reason in reasons:
                        yield Said(rule.id, ("lift", name, reason), (("required", reason),))
                    for other in rules:
                        yield Said(rule.id, ("lift of", name, other), (("heard", other),))
                case Bar(reasons=reasons):
                    for name in kinds:
                        for reason in (reasons or (None,)) if bars_authorization(effect, name, kinds) else ():
                            needs = (("lifted", name), *((("required", reason),) if reason else ()))
                            yield Said(rule.id, ("bar", name, reason), needs)
                case Except(bars=bars):
                    for other in bars:
                        yield Said(rule.id, ("except", other), (("heard", other),))
                case Oblige(obligations=obligations):
                    for name in obligations:
                        yield Said(rule.id, ("oblige", name), (("expected", "obligations"),))
                case Notice():
                    yield Said(rule.id, effect, (("expected", "notices"),))
                case _:
                    yield Said(rule.id, effect, ())

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
            lifts = bool(rule.claims) and any(isinstance(effect, Lift) for effect in rule.effects)
            decides = turned or not all(isinstance(effect, BESIDE) for effect in rule.effects)
            for name, ever in {"near_misses": lifts, "questions": False, "assumptions": True, "valid_until": decides}.items():
                if name != "questions" and not ever:
                    continue
                said = Said(rule.id, name, (("expected", name),))
                where = self._claimed(rule, tests, self._matters(said, rule.scope, self._every[rule.scope]))
                if name == "questions":
                    where &= self._law(rule)[1]
                if name != "near_misses":
                    where &= self._condition(rule.tree, rule.scope, tests, where)[1]
                found |= self._orders(rule.scope, where)
        return found

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
        if "valid_until" not in expect or not self._is_sound(number):
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


# --- what a judgement shows at once ----------------------------------------------------------------------------------

def _things_in(judgement: Judgement) -> Iterator[Need]:
    """What there is in an order as it stands, as far as anything needs it."""
    for ruling in judgement.rulings:
        if isinstance(ruling.effect, Require):
            yield "required", str(ruling.effect.reason)
        elif isinstance(ruling.effect, Lift):
            yield "lifted", ruling.effect.authorization
    for judged in judgement.found.judged:
        yield "heard", judged.rule.id


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
    return _includes(judgements, expect) and all(_is(expect[name], found()) for name, found in _shown(judgements) if name in expect)


def _is(wanted: Any, found: Any) -> bool:
    return set(wanted) == found if isinstance(found, set) else bool(wanted == found)


def _shown(judgements: Sequence[Judgement]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What else cases expect, each found when it is asked for."""
    both = [(j, r) for j in judgements for r in j.resolution.requirements]
    standing = [(j, r) for j, r in both if r.stands == TRUE]
    yield "reasons", lambda: {r.reason for _, r in standing}
    yield "review", lambda: max(filter(None, (_policy(j, r) for j, r in standing)), key=POLICIES.index, default=None)
    yield "flags", lambda: {flag.rule for j in judgements for flag in j.resolution.open_flags}
    yield "authorizations", lambda: {_of(lift) for _, r in both for lift in r.lifts if lift.truth == TRUE}
    rulings = [r for j in judgements for r in j.rulings if r.truth == TRUE]
    yield "notices", lambda: {r.rule for r in rulings if isinstance(r.effect, Notice)}
    held = [j for j in judgements if RELEASE[j.resolution.outcome] == "hold"]
    yield "questions", lambda: {q.fact for j in held for q in open_questions(j)[0]}


def _policy(judgement: Judgement, requirement: Requirement) -> str | None:
    related = [r for r in judgement.rulings if judgement.found.related(r.case, requirement.ruling.case)]
    return strictest(requirement, related, POLICIES)[0]


def _of(lift: Lifted) -> str:
    effect = lift.ruling.effect
    return effect.authorization if isinstance(effect, Lift) else ""


def _includes(judgements: Sequence[Judgement], expect: Any) -> bool:
    """Whether the obligations, assumptions and near misses are as expected."""
    obliged = {o.id for j in judgements for o in obligations(j)} if "obligations" in expect else set[str]()
    if not obliged.issuperset(expect.get("obligations") or ()):
        return False
    if "assumptions" in expect:
        relied = {a.fact for j in judgements for a in assumptions(j.program, j.found.cases)}
        if not relied.issuperset(expect["assumptions"]):
            return False
    if "near_misses" not in expect:
        return True
    shown = (a for j in judgements for r in j.resolution.requirements for a in in_play(j.program, j.found, r))
    near = {(a.id, frozenset(reading.fact for reading in a.failed)) for a in shown if a.state == "failed"}
    return near == {(miss["authorization"], frozenset(miss["failed"])) for miss in expect["near_misses"]}
