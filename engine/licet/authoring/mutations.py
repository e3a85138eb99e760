"""Small changes to a rule, each of which some case ought to notice."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from licet.policy.terms import REVIEW_POLICIES

_DAY = timedelta(days=1)
_DATED = ("from", "through")
_TOLD = ("filed", "published")
_THRESHOLDS = {
    "at_least": "more_than",
    "more_than": "at_least",
    "at_most": "less_than",
    "less_than": "at_most",
}

Place = tuple[str | int, ...]
Sort = Literal["day in force", "day known", "condition", "threshold", "member of a list", "effect", "claim"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """Changed data of one policy file, what was changed, and what sort of thing that is."""

    what: str
    data: Any
    sort: Sort = "condition"


def mutants(data: Any, kind: str, *, known: bool = False) -> Iterator[Mutant]:
    """Every mutant of a rule or a general license: dates moved, thresholds moved, conditions and effects changed.

    With `known`, the days of filing and publication are moved, too.
    """
    if kind == "general_license":
        yield from _dates(data, ("periods",), known=known)
        yield from _turned(data, ("ended",), known=known)
        return
    yield from _dates(data, ("in_force",), known=known)
    for place in _tests(data["when"], ("when",)):
        yield from _changed_test(data, place)
    yield from _conditions_removed(data, ("when",))
    yield from _effects(data)
    if "claimed_by" in data:
        yield Mutant("the claim is not asked for", _without(data, ("claimed_by",)), "claim")


def _at(data: Any, place: Place) -> Any:
    for name in place:
        if isinstance(data, dict) and name not in data:
            return None
        data = data[name]
    return data


def _with(data: Any, place: Place, value: Any) -> Any:
    changed = copy.deepcopy(data)
    _at(changed, place[:-1])[place[-1]] = value
    return changed


def _without(data: Any, place: Place) -> Any:
    changed = copy.deepcopy(data)
    del _at(changed, place[:-1])[place[-1]]
    return changed


def _shown(place: Place) -> str:
    return ".".join(str(name) for name in place)


# --- dates -----------------------------------------------------------------------------------------------------------


def _dates(data: Any, home: Place, *, known: bool) -> Iterator[Mutant]:
    """Every date of a list of periods, or of a paragraph, a day earlier and a day later."""
    found = _at(data, home)
    for place in [home] if isinstance(found, dict) else [(*home, n) for n in range(len(found))]:
        yield from _turned(data, place, known=known)
        for nested in ("ended", "unresolved"):
            yield from _turned(data, (*place, nested), known=known)
        for n in range(len(_at(data, (*place, "stayed")) or ())):
            yield from _turned(data, (*place, "stayed", n), known=known)


def _turned(data: Any, place: Place, *, known: bool) -> Iterator[Mutant]:
    """First and last day; with `known` also the day from which both could be known, the first that is given."""
    about = _at(data, place)
    if not isinstance(about, dict):
        return
    told = min((name for name in _TOLD if isinstance(about.get(name), date)), key=about.__getitem__, default=None)
    for name in (*_DATED, *((told,) if known and told is not None else ())):
        yield from _moved(data, (*place, name), "day known" if name == told else "day in force")


def _moved(data: Any, place: Place, sort: Sort) -> Iterator[Mutant]:
    day = _at(data, place) if _at(data, place[:-1]) else None
    if isinstance(day, date):
        for moved in (day - _DAY, day + _DAY):
            yield Mutant(f"{_shown(place)}: {day} -> {moved}", _with(data, place, moved), sort)


# --- conditions ------------------------------------------------------------------------------------------------------


def _tests(condition: Any, place: Place) -> Iterator[Place]:
    """The places of every test of a condition."""
    ((key, child),) = condition.items()
    if key in {"all", "any"}:
        for n, part in enumerate(child):
            yield from _tests(part, (*place, key, n))
    elif key == "not":
        yield from _tests(child, (*place, key))
    else:
        yield (*place, key)


def _changed_test(data: Any, place: Place) -> Iterator[Mutant]:
    test = _at(data, place)
    negated = {"not": {place[-1]: copy.deepcopy(test)}}
    yield Mutant(f"{_shown(place)}: negated", _with(data, place[:-1], negated) if len(place) > 1 else data)
    if not isinstance(test, dict):
        return
    ((op, operand),) = test.items()
    if isinstance(operand, date):
        yield from _moved(data, (*place, op), "threshold")
    elif isinstance(operand, (int, Decimal)) and not isinstance(operand, bool) and op in _THRESHOLDS:
        other = _THRESHOLDS[op]
        yield Mutant(f"{_shown(place)}: {op} -> {other}", _with(data, place, {other: operand}), "threshold")
        for moved in (operand - 1, operand + 1):
            what = f"{_shown((*place, op))}: {operand} -> {moved}"
            yield Mutant(what, _with(data, (*place, op), moved), "threshold")
    elif isinstance(operand, list) and len(operand) > 1:
        for n, value in enumerate(operand):
            what = f"{_shown((*place, op))}: without {value}"
            yield Mutant(what, _without(data, (*place, op, n)), "member of a list")


def _conditions_removed(data: Any, place: Place) -> Iterator[Mutant]:
    """Each part of each list of conditions left out."""
    ((key, child),) = _at(data, place).items()
    if key in {"all", "any"}:
        for n in range(len(child)):
            if len(child) > 1:
                what = f"{_shown((*place, key, n))}: left out ({next(iter(child[n]))})"
                yield Mutant(what, _without(data, (*place, key, n)))
            yield from _conditions_removed(data, (*place, key, n))
    elif key == "not":
        yield from _conditions_removed(data, (*place, key))


# --- effects ---------------------------------------------------------------------------------------------------------


def _effects(data: Any) -> Iterator[Mutant]:
    """Each effect left out, or made another; a notice that stands alone would only become a notice again."""
    for name, effect in data["then"].items():
        if len(data["then"]) > 1:
            yield Mutant(f"then.{name}: left out", _without(data, ("then", name)), "effect")
        elif name != "notice":
            notice = {"notice": {"message": "mutant"}}
            yield Mutant(f"then.{name}: a notice instead", _with(data, ("then",), notice), "effect")
        places: list[Place] = [("then", name)]
        if isinstance(effect, list) and name != "oblige":
            places = [("then", name, n) for n in range(len(effect))]
        for place in places:
            yield from _other_effect(data, name, place)


def _other_effect(data: Any, name: str, place: Place) -> Iterator[Mutant]:
    effect = _at(data, place)
    if name == "review" and isinstance(effect.get("policy"), str):
        rank = REVIEW_POLICIES.index(effect["policy"])
        for other in REVIEW_POLICIES[max(rank - 1, 0) : rank + 2]:
            if other != effect["policy"]:
                yield Mutant(f"{_shown(place)}.policy -> {other}", _with(data, (*place, "policy"), other), "effect")
    many = effect if name == "oblige" else None
    for field in ("reasons", "kinds", "authorizations", "all_but", "bars", "rules"):
        if many is None and isinstance(effect, dict) and isinstance(effect.get(field), list) and len(effect[field]) > 1:
            for n, value in enumerate(effect[field]):
                what = f"{_shown((*place, field))}: without {value}"
                yield Mutant(what, _without(data, (*place, field, n)), "member of a list")
    if many is not None and len(many) > 1:
        for n, value in enumerate(many):
            yield Mutant(f"{_shown(place)}: without {value}", _without(data, (*place, n)), "member of a list")
