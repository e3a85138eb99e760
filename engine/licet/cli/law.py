"""What a memo needs of a pack beyond the decision: the rules' own titles, conditions and effects, and its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from licet.decision.model import Authorization, CaseRecord, LineDecision
from licet.decision.wording import wanted
from licet.infer.resolve import bars_authorization
from licet.policy.conditions import tests_in
from licet.policy.model import Fact, Pack, Rule
from licet.policy.stages import AUTHORIZED
from licet.policy.terms import (
    All,
    AnyOf,
    Bar,
    Condition,
    Effect,
    Lift,
    Not,
    Oblige,
    Prohibit,
    Require,
    Review,
    SetFact,
    Test,
)

#: A test, whether it stands under a `not`, and so what it wants.
Wanted = tuple[Test, bool]
#: The packs of a decision, by id.
Laws = Mapping[str, "Law"]
_TRUE, _OPEN = 2, 1  # as a certificate writes them


class Law:
    """A pack, as a memo cites it."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The rules by id."""
        return {rule.id: rule for rule in self.pack.rules}

    def fact(self, name: str) -> Fact | None:
        """The fact of that name."""
        return self.pack.vocabulary.facts.get(name)

    def reason_cite(self, reason: str) -> str | None:
        """Where the law gives a reason."""
        term = self.pack.vocabulary.reasons.get(reason)
        return term.cite if term is not None else None

    def table(self, path: str) -> str:
        """A table by its title."""
        return self.pack.tables[path].title if path in self.pack.tables else path

    def list_title(self, name: str) -> str:
        """A party list by its title."""
        return next((x.title for x in self.pack.lists if x.list == name), name)

    def wants(self, rule_id: str) -> dict[tuple[str, str], Wanted]:
        """The tests of a rule, by the fact and by what a decision says that it wanted."""
        rule = self.rules.get(rule_id)
        if rule is None:
            return {}
        return {(test.fact, wanted(test, negated=no)): (test, no) for test, no in _tests(rule.when)}

    def requires_each(self, rule_id: str) -> str | None:
        """The set fact for each of whose members a rule requires a license."""
        return next((e.each for e in self._effects(rule_id) if isinstance(e, Require) and e.each), None)

    def prohibits(self, rule_id: str) -> str | None:
        """The reason for which a rule prohibits, if it does."""
        return next((e.reason for e in self._effects(rule_id) if isinstance(e, Prohibit)), None)

    def sets(self, rule_id: str) -> frozenset[tuple[str, str]]:
        """The facts that a rule sets, and to what."""
        return frozenset((e.fact, str(e.value)) for e in self._effects(rule_id) if isinstance(e, SetFact))

    def policy_facts(self, rule_id: str) -> frozenset[str]:
        """The facts that a rule takes a review policy from."""
        return frozenset(
            e.policy_fact for e in self._effects(rule_id) if isinstance(e, Review) and e.policy_fact is not None
        )

    def obliges(self, rule_id: str) -> frozenset[str]:
        """The obligations that a rule brings."""
        return frozenset(o for e in self._effects(rule_id) if isinstance(e, Oblige) for o in e.obligations)

    def hangs_on_authorization(self, obligation: str, line: LineDecision) -> bool:
        """Whether an obligation is open since it is not known by which authorization the line goes."""
        return any(
            isinstance(e, Lift) or test.fact == AUTHORIZED
            for rule in _judged(line, _OPEN)
            if obligation in self.obliges(rule)
            for e in self._effects(rule)
            for test in tests_in(self.rules[rule].when)
        )

    def cleared(self, used: Authorization, line: LineDecision) -> Iterator[Rule]:
        """The bars of an authorization's own section that were looked at, and do not bar it here."""
        section = used.rule.rpartition("/")[0]
        for rule in self.pack.rules:
            silent = not any(rule.id in case.rules for case in line.cases)
            if silent and rule.id.rpartition("/")[0] == section and rule.id != used.rule:
                bars = (e for e in rule.effects if isinstance(e, Bar) and e.authorizations)
                if any(bars_authorization(bar, used.id, {used.id: ""}) for bar in bars):
                    yield rule

    def open_reviewers(self, reason: str, line: LineDecision) -> list[str]:
        """The rules that are open and would give applications for a reason a review policy."""
        return [
            rule
            for rule in _judged(line, _OPEN)
            if any(isinstance(e, Review) and reason in e.reasons for e in self._effects(rule))
        ]

    def open_facts(self, rule_ids: Sequence[str], line: LineDecision) -> list[str]:
        """The facts that are not known and on which open rules hang."""
        found: dict[str, None] = {}
        for record in line.cases:
            for rule_id in rule_ids:
                if record.rules.get(rule_id) == _OPEN and rule_id in self.rules:
                    known = _facts(line, record)
                    read = dict.fromkeys(test.fact for test in tests_in(self.rules[rule_id].when))
                    found.update(dict.fromkeys(name for name in read if _is_open(known.get(name))))
        return list(found)

    def _effects(self, rule_id: str) -> Sequence[Effect]:
        return self.rules[rule_id].effects if rule_id in self.rules else ()


def is_true(rule_id: str, line: LineDecision) -> bool:
    """Whether a rule was true in some case of the line."""
    return rule_id in _judged(line, _TRUE)


def subjects_of(rule_id: str, line: LineDecision) -> list[tuple[str, bool]]:
    """The subjects in whose case a rule was true or open, and whether it was true."""
    return [(c.subject, c.rules[rule_id] == _TRUE) for c in line.cases if c.rules.get(rule_id)]


def _judged(line: LineDecision, truth: int) -> dict[str, None]:
    return {rule: None for case in line.cases for rule, found in case.rules.items() if found == truth}


def _facts(line: LineDecision, record: CaseRecord) -> dict[str, object]:
    """The facts of a case and of those above it."""
    above = (c for c in line.cases if record.subject == c.subject or record.subject.startswith(c.subject + "/"))
    return {name: value for case in above for name, value in case.facts.items()}


def _is_open(value: object) -> bool:
    return isinstance(value, dict)


def _tests(when: Condition, negated: bool = False) -> Iterator[Wanted]:  # it flips on the way
    match when:
        case Test():
            yield when, negated
        case Not(of=inner):
            yield from _tests(inner, not negated)
        case All(of=children) | AnyOf(of=children):
            for child in children:
                yield from _tests(child, negated)
