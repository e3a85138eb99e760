"""What a hold asks: the open facts that would settle it, fewest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.decision.model import Question
from licet.decision.trees import Open, alternatives
from licet.decision.wording import ask
from licet.transaction.facts import Case
from licet.values import Unknown

if TYPE_CHECKING:
    from licet.decision.line import Judgement

_MOST_SETS = 8


def open_questions(judgement: Judgement) -> tuple[tuple[Question, ...], tuple[tuple[str, ...], ...]]:
    """The questions of a held line, and the sets of facts that could settle it, fewest first."""
    from licet.decision.line import open_rulings

    found = judgement.found

    open_keys = {(r.rule, r.case) for r in open_rulings(judgement)}
    sets: set[frozenset[Open]] = set()
    for j in found.judged:
        if (j.rule.id, j.case) in open_keys:
            sets.update(alternatives(found.cases[j.case], j.rule.tree))
    jurisdiction = judgement.program.pack.manifest.jurisdiction_fact
    value = judgement.top.value(jurisdiction)
    if isinstance(value, Unknown):
        asks = value.asks or (jurisdiction,)
        sets.add(frozenset((name, judgement.top.subject) for name in asks))
    askable = [s for s in sets if s and not any(_hangs_on_the_law(judgement, *each) for each in s)]
    ordered = sorted(askable, key=lambda s: (len(s), sorted(s)))[:_MOST_SETS]
    names = dict.fromkeys(fact for s in ordered for fact in sorted(s))
    questions = tuple(_question(judgement, fact, subject) for fact, subject in names)
    return questions, tuple(tuple(sorted(f"{fact} of {subject}" for fact, subject in s)) for s in ordered)


def _hangs_on_the_law(judgement: Judgement, name: str, subject: str) -> bool:
    """Whether a fact is open since it is not known what law is in force: nothing that an order states settles that."""
    value = _case(judgement, name, subject).value(name)
    is_set = judgement.program.pack.vocabulary.facts[name].is_set
    return is_set and isinstance(value, Unknown) and not value.asks


def _question(judgement: Judgement, name: str, subject: str) -> Question:
    fact = judgement.program.pack.vocabulary.facts[name]
    case = _case(judgement, name, subject)
    value = case.value(name)
    why = value.why if isinstance(value, Unknown) else "it is not stated exactly enough"
    return Question(fact=name, subject=subject, ask=ask(fact), why=why, cite=fact.cite)


def _case(judgement: Judgement, name: str, subject: str) -> Case:
    scope = judgement.program.pack.vocabulary.facts[name].scope
    for case in judgement.found.cases:
        home = case.at(scope)
        if home.subject == subject:
            return home
    return judgement.top
