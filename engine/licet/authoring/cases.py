"""Cases: the orders that stand beside the law, and whether they come out as their authors expect."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from licet.decision.model import Decision, LineDecision, Rating
from licet.decision.told import Stated
from licet.evaluator import Evaluator
from licet.infer.resolve import strictest_outcome
from licet.transaction.read import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class LawCase:
    """One case: an order, the day it is judged on, and what must come out."""

    home: str
    name: str
    path: str
    line: int
    order: Any
    as_of: date | None
    known_on: date | None
    assumptions: bool
    expect: Mapping[str, Any]
    regimes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> Mapping[str, Stated]:
        """What other regimes say of every line."""
        return {regime: Stated(said) for regime, said in self.regimes.items()}

    @property
    def id(self) -> str:
        """The case's folder and name, by which it is filtered."""
        return f"{self.home}: {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a case came out: its failures (none is a pass), and the rules that were true in it."""

    case: LawCase
    failures: tuple[str, ...]
    fired: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    decision: Decision | None = field(default=None, compare=False)


class CaseError(ValueError):
    """A case cannot be run as written; the text says why."""


def cases_in(data: Any, home: str, path: str, examples: Path | None, lines: Sequence[int] = ()) -> Iterator[LawCase]:
    """The cases of one file; an entry with `each` is a case for each of its values.

    Raises `CaseError` for a path that leads nowhere, for lists of `each` that are not equally long, and for an example
    that does not exist.
    """
    for number, entry in enumerate(data["cases"]):
        where = f"{path}: case `{entry['name']}`"
        for name, settings in _each(entry, where):
            order = _order(entry, data.get("base"), examples, where)
            for way, value in settings:
                _change(order, way, copy.deepcopy(value), where)
            yield LawCase(
                home=home,
                name=name,
                path=path,
                line=lines[number] if number < len(lines) else 1,
                order=order,
                as_of=entry.get("as_of"),
                known_on=entry.get("known_on"),
                assumptions=entry.get("assumptions", True),
                expect=entry["expect"],
                regimes=entry.get("regimes") or {},
            )


def _each(entry: Mapping[str, Any], where: str) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """The name of each case of an entry, and what it sets after all else: the lists of `each`, side by side."""
    each = entry.get("each")
    if each is None:
        yield entry["name"], []
        return
    if len({len(values) for values in each.values()}) > 1:
        message = f"{where}: the lists of `each` go side by side, and are not equally long"
        raise CaseError(message)
    for values in zip(*each.values(), strict=True):
        yield f"{entry['name']}: {', '.join(map(_show, values))}", list(zip(each, values, strict=True))


def _order(entry: Mapping[str, Any], base: Any, examples: Path | None, where: str) -> Any:
    if "order" in entry:
        order = copy.deepcopy(entry["order"])
    elif "example" in entry:
        order = _example(entry["example"], examples, where)
    elif base is not None:
        order = copy.deepcopy(base)
    else:
        message = f"{where}: neither `order`, `example` nor a `base`"
        raise CaseError(message)
    for path, value in (entry.get("with") or {}).items():
        _change(order, path, copy.deepcopy(value), where)
    for path in entry.get("without") or ():
        _remove(order, path, where)
    return order


def _example(name: str, examples: Path | None, where: str) -> Any:
    from licet.policy.source import load_document

    path = (examples or Path("examples")) / name
    try:
        document, _ = load_document(path.read_bytes(), name, strict_scalars=False)
    except OSError:
        document = None
    if document is None:
        message = f"{where}: no example `{name}`"
        raise CaseError(message)
    return document.data


def _change(order: Any, path: str, value: Any, where: str) -> None:
    *way, last = path.split(".")
    home = order
    for name in way:
        home = _step(home, name, path, where)
    if isinstance(home, list):
        place = _place(home, last)
        if place is None:
            home.append(value)
        else:
            home[place] = value
    else:
        home[last] = value


def _remove(order: Any, path: str, where: str) -> None:
    *way, last = path.split(".")
    home = order
    for name in way:
        home = _step(home, name, path, where)
    place = _place(home, last) if isinstance(home, list) else last
    if place is None or (isinstance(home, dict) and place not in home):
        message = f"{where}: `{path}` leads nowhere"
        raise CaseError(message)
    del home[place]


def _step(home: Any, name: str, path: str, where: str) -> Any:
    """One step along a path; a mapping on the way is made where there is none."""
    if isinstance(home, list):
        place = _place(home, name)
        if place is not None:
            return home[place]
    elif isinstance(home, dict):
        return home.setdefault(name, {})
    message = f"{where}: `{path}` leads nowhere"
    raise CaseError(message)


def _place(things: list[Any], name: str) -> int | None:
    """The place of a list's element, by `id` or by number."""
    for place, thing in enumerate(things):
        if isinstance(thing, dict) and thing.get("id") == name:
            return place
    return int(name) if name.isdigit() and int(name) < len(things) else None


def run_case(evaluator: Evaluator, case: LawCase) -> Outcome:
    """The case judged, and compared with what its author expects."""
    try:
        decision = evaluator.evaluate(
            case.order,
            as_of=case.as_of,
            known_on=case.known_on,
            assumptions=case.assumptions,
            shelf_life="valid_until" in case.expect,
            courses="courses" in case.expect,
            beside=case.told,
        )
    except InputError as error:
        return Outcome(case=case, failures=tuple(f"the order is refused: {f.message}" for f in error.findings))
    fired, open_rules = _fired(decision)
    failures = tuple(_failures(decision, case.expect, fired, open_rules))
    return Outcome(case=case, failures=failures, fired=fired, silent=open_rules, decision=decision)


def _fired(decision: Decision) -> tuple[frozenset[str], frozenset[str]]:
    """The rules that were true somewhere, and those that were at least open."""
    judged = [(rule, truth) for line in decision.lines for case in line.cases for rule, truth in case.rules.items()]
    return frozenset(r for r, t in judged if t > 1), frozenset(r for r, _ in judged)


def _failures(
    decision: Decision, expect: Mapping[str, Any], fired: frozenset[str], heard: frozenset[str]
) -> Iterator[str]:
    lines = decision.lines
    outcome = _outcome(decision)
    found: dict[str, Any] = {
        "release": decision.release,
        "outcome": outcome,
        "determined_by": {r for line in lines for r in line.determined_by if line.outcome == outcome},
        "reasons": {r.reason for line in lines for r in line.requirements if r.state == "stands"},
        "review": _review(lines),
        "authorizations": {a.id for line in lines for a in line.authorizations if a.state == "used"},
        "questions": {q.fact for line in lines for q in line.questions},
        "flags": {f.code for line in lines for f in line.flags if not f.settled},
        "notices": {n.code for line in lines for n in line.notices},
        "courses": [c.id for line in lines for c in line.courses],
        "binds": any(regime.binds for regime in decision.regimes),
        "valid_until": decision.valid_until,
    }
    for name, wanted in expect.items():
        if name in found:
            want = set(wanted) if isinstance(found[name], set) else wanted
            if found[name] != want:
                yield f"{name}: expected {_show(want)}, got {_show(found[name])}"
    yield from _more(lines, expect, fired, heard)


def _outcome(decision: Decision) -> str:
    """The decision's outcome; where no pack binds, that of the pack whose cases these are, which only advises."""
    if any(regime.binds for regime in decision.regimes):
        return decision.outcome
    return strictest_outcome(line.outcome for line in decision.lines)


def _review(lines: Sequence[LineDecision]) -> str | None:
    from licet.policy.terms import REVIEW_POLICIES

    return max((line.review for line in lines if line.review), key=REVIEW_POLICIES.index, default=None)


def _more(
    lines: Sequence[LineDecision], expect: Mapping[str, Any], fired: frozenset[str], heard: frozenset[str]
) -> Iterator[str]:
    """The expectations that name a part of what may be there."""
    outcomes = {line.item: line.outcome for line in lines}
    for item, wanted in (expect.get("lines") or {}).items():
        if outcomes.get(item) != wanted:
            yield f"line `{item}`: expected {wanted}, got {outcomes.get(item)}"
    near = {(a.id, frozenset(r.fact for r in a.failed)) for x in lines for a in x.authorizations if a.state == "failed"}
    if "near_misses" in expect:
        wanted_near = {(m["authorization"], frozenset(m["failed"])) for m in expect["near_misses"]}
        if near != wanted_near:
            yield f"near_misses: expected {_near(wanted_near)}, got {_near(near)}"
    included = {
        "obligations": {o.id for x in lines for o in x.obligations},
        "assumptions": {a.fact for x in lines for a in x.assumptions},
        "fires": fired,
    }
    for name, have in included.items():
        missing = set(expect.get(name) or ()) - have
        if missing:
            yield f"{name}: {_show(missing)} missing from {_show(set(have))}"
    for risk, wanted in (expect.get("ratings") or {}).items():
        levels = {span(r) for x in lines for r in x.ratings if r.risk == risk}
        if levels != {wanted}:
            yield f"ratings: expected {risk} {wanted}, got {_show(levels) if levels else 'none'}"
    loud = set(expect.get("silent") or ()) & heard
    if loud:
        yield f"silent: {_show(loud)} spoke"


def span(rating: Rating) -> str:
    """A level, or from the sure to the highest possible."""
    return rating.level if rating.level == rating.at_most else f"{rating.level}..{rating.at_most}"


def _near(misses: set[tuple[str, frozenset[str]]]) -> str:
    return ", ".join(f"{a} ({', '.join(sorted(f))})" for a, f in sorted(misses, key=lambda m: m[0])) or "none"


def _show(value: Any) -> str:
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(str(v) for v in value)) + "}"
    return "none" if value is None else str(value)
