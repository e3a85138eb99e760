"""What a rule says, in pieces so small that each either matters in an order or does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from licet.compile.program import CompiledRule
from licet.decision.line import Judgement
from licet.infer.resolve import bars_authorization
from licet.policy.terms import Bar, Effect, Except, Lift, Notice, Oblige, Require, Review

#: Something that must be in an order: a `required` reason, a `lifted` authorization, a rule `heard`, a rule `named`
#: in what is expected, or an expectation that is made at all (`expected`).
Need = tuple[str, str]
Pieces = Iterator[tuple[Any, tuple[Need, ...]]]


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of what a rule says, and all that must be in an order for it to matter there."""

    rule: str
    what: Any
    needs: tuple[Need, ...]


def said_by(rule: CompiledRule, kinds: Mapping[str, str]) -> Iterator[Said]:
    """Every piece of what a rule says. `kinds`: the kind of each authorization."""
    yield Said(rule.id, "speaks", () if rule.source.displaces else (("named", rule.id),))
    for effect in rule.effects:
        apart = _APART.get(type(effect))
        for what, needs in apart(effect, kinds) if apart is not None else [(effect, ())]:
            yield Said(rule.id, what, needs)


def _review(effect: Any, _: Mapping[str, str]) -> Pieces:
    return ((("review", effect.policy, reason), (("required", reason),)) for reason in effect.reasons)


def _lift(effect: Any, _: Mapping[str, str]) -> Pieces:
    if effect.everything:
        yield effect, ()
    for reason in effect.reasons:
        yield ("lift", effect.authorization, reason), (("required", reason),)
    for rule in effect.rules:
        yield ("lift of", effect.authorization, rule), (("heard", rule),)


def _bar(effect: Any, kinds: Mapping[str, str]) -> Pieces:
    for name in kinds:
        if bars_authorization(effect, name, kinds):
            for reason in effect.reasons or (None,):
                needs = (("lifted", name), ("required", reason)) if reason else (("lifted", name),)
                yield ("bar", name, reason), needs


def _except(effect: Any, _: Mapping[str, str]) -> Pieces:
    return ((("except", bar), (("heard", bar),)) for bar in effect.bars)


def _oblige(effect: Any, _: Mapping[str, str]) -> Pieces:
    return ((("oblige", name), (("expected", "obligations"),)) for name in effect.obligations)


def _notice(effect: Any, _: Mapping[str, str]) -> Pieces:
    yield effect, (("expected", "notices"),)


#: The other effects matter wherever they are.
_APART: Mapping[type[Effect], Callable[[Any, Mapping[str, str]], Pieces]] = {
    Review: _review,
    Lift: _lift,
    Bar: _bar,
    Except: _except,
    Oblige: _oblige,
    Notice: _notice,
}


def needs_met_in(judgement: Judgement) -> Iterator[Need]:
    """What there is in an order as it stands, as far as a piece may need it."""
    for ruling in judgement.rulings:
        if isinstance(ruling.effect, Require):
            yield "required", str(ruling.effect.reason)
        elif isinstance(ruling.effect, Lift):
            yield "lifted", ruling.effect.authorization
    for judged in judgement.found.judged:
        yield "heard", judged.rule.id
