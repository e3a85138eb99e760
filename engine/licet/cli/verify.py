"""`licet verify` and `licet replay`: whether a decision is what the law says, and would be made again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from licet.cli.codes import BAD, GO, STOP
from licet.cli.common import NO_LISTS, ListsWanted, UsageError, finding, packs_in, put_findings
from licet.cli.options import Backend, BackendName, Lists, Policies
from licet.cli.terminal import put
from licet.findings import Finding
from licet.text import quoted

if TYPE_CHECKING:
    from licet.evaluator import Evaluator

_MOST_BYTES = 200_000_000
_MOST_SHOWN = 20
_NEEDED: dict[str, type | tuple[type, ...]] = {
    "transaction": str,
    "as_of": str,
    "known_on": (str, type(None)),
    "assumptions": bool,
    "release": str,
    "outcome": str,
    "regimes": list,
    "provenance": dict,
    "input": dict,
}

DecisionFile = Annotated[Path, typer.Argument(metavar="DECISION", help="What `licet evaluate --format json` printed.")]


def verify(file: DecisionFile, policies: Policies = None) -> int:
    """Certify a decision, without the engine.

    The verifier shares no code with what made the decision: it judges every rule again over the recorded facts
    (`rules:`), and checks that these follow from the order and the policy (`facts:`). The exit code is 0 where the
    decision is what the law in the packs says, 2 where it is refused, 3 for a bad file.

    Examples: licet verify decision.json
    """
    from licet.fact_check import verify_facts
    from licet.policy.load import PolicyError
    from licet.verifier import verify as verify_rules

    try:
        decisions = _decisions(file)
        packs = packs_in(policies)
    except PolicyError as error:
        put_findings(error.findings, lambda _: None)
        return BAD
    halves = (("rules", verify_rules), ("facts", verify_facts))
    problems = [
        (d, [f"{half}: {problem}" for half, of in halves for problem in of(d, _used(packs, d))]) for d in decisions
    ]
    put("".join(_report(d, _verified(d), "refused", found) for d, found in problems))
    return STOP if any(found for _, found in problems) else GO


def replay(
    file: DecisionFile, policies: Policies = None, backend: Backend = BackendName.AUTO, lists: Lists = None
) -> int:
    """Judge a decision's order again, and compare.

    The order is judged by the same dates and the same versions of official lists, and every byte of the decision is
    compared but the backend's name. The exit code is 0 where nothing differs, 2 where something does (the law in the
    packs, or the answer), 3 for a bad file.

    Examples: licet replay decision.json --policies policies/us_ear
    """
    from licet.cli.common import load_evaluator
    from licet.policy.load import PolicyError
    from licet.transaction.read import InputError

    try:
        decisions = _decisions(file)
        used = [_lists_of(decision, lists) for decision in decisions]
        asked = [(_packs_of(decision), lists) for decision, lists in zip(decisions, used, strict=True)]
        makers = {repr((only, of)): load_evaluator(policies, backend.value, of, only=only) for only, of in asked}
        differences = [(d, _replayed(d, makers[repr(key)])) for d, key in zip(decisions, asked, strict=True)]
    except (PolicyError, InputError) as error:
        put_findings(error.findings, lambda _: None)
        return BAD
    put("".join(_report(d, "the same", "different", found) for d, found in differences))
    return STOP if any(found for _, found in differences) else GO


def _used(packs: list[Path], decision: dict[str, Any]) -> list[Path]:
    """The folders of the packs by which a decision was made; all, where none of them is there."""
    names = _packs_of(decision)
    return [pack for pack in packs if pack.resolve().name in names] or packs


def _verified(decision: dict[str, Any]) -> str:
    """The word for a decision of which nothing is wrong, and what of it is taken as recorded."""
    from licet.fact_check import is_taken

    taken = {
        (met["party"], met["list"], met["listing"])
        for regime in decision["regimes"]
        for line in regime["lines"]
        for met in line["listed"]
        if is_taken(met)
    }
    if not taken:
        return "verified"
    many = "a listing" if len(taken) == 1 else f"{len(taken)} listings"
    return f"verified, with {many} as recorded (of official lists, or met by a name merely alike; see `licet replay`)"


def _report(decision: dict[str, Any], good: str, bad: str, problems: list[str]) -> str:
    from licet.cli.words import name, plain

    head = f"{name(decision['transaction'])}  as of {name(decision['as_of'])}  {name(decision['release'])}: "
    shown = [f"  {plain(problem)}" for problem in problems[:_MOST_SHOWN]]
    if len(problems) > _MOST_SHOWN:
        shown.append(f"  ({len(problems) - _MOST_SHOWN} more)")
    return "".join(f"{line}\n" for line in [head + (bad if problems else good), *shown])


# --- reading ---------------------------------------------------------------------------------------------------------


def _decisions(file: Path) -> list[dict[str, Any]]:
    """The decision in a file, or the decisions.

    Raises `PolicyError` with the findings of a file that holds something else.
    """
    import msgspec

    from licet.cli.orders import refusal
    from licet.policy.load import PolicyError

    refused = refusal(file, _MOST_BYTES)
    if refused is not None:
        raise PolicyError([refused])
    try:
        data = msgspec.json.decode(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise PolicyError([finding(str(file), "not-json", f"{quoted(file)} is not JSON: {error}")]) from None
    found = data if isinstance(data, list) else [data]
    bad = [f for place, entry in enumerate(found) for f in _flaws(entry, str(file), place)]
    if bad or not found:
        raise PolicyError(bad or [finding(str(file), "no-decision", f"{quoted(file)} holds no decision")])
    return found


def _flaws(entry: Any, path: str, place: int) -> list[Finding]:
    """Why an entry is not a decision."""
    from licet.evaluator import FORMAT

    form = entry.get("format") if isinstance(entry, dict) else None
    if form != FORMAT:
        message = f"entry {place + 1} is not a decision: expected format `{FORMAT}`, got {quoted(form)}"
        return [finding(path, "not-a-decision", message, "give what `licet evaluate --format json` printed")]
    wrong = [name for name, kind in _NEEDED.items() if not isinstance(entry.get(name), kind)]
    what = f"entry {place + 1}: {{}} is missing or of another type"
    return [finding(path, "not-a-decision", what.format(f"`{name}`")) for name in wrong]


# --- replaying -------------------------------------------------------------------------------------------------------


def _packs_of(decision: dict[str, Any]) -> tuple[str, ...]:
    """The packs by which an order was judged: there may be more now, and it was not judged by them."""
    packs = decision["provenance"].get("packs")
    return tuple(sorted(map(str, packs))) if isinstance(packs, dict) else ()


def _lists_of(decision: dict[str, Any], store: str | None) -> ListsWanted:
    """The official lists that a decision used, the days on which their sources were last asked, and the findings."""
    used, adjudicated = decision["provenance"].get("lists") or {}, decision["provenance"].get("adjudications")
    if not used and adjudicated is None:
        return NO_LISTS
    try:
        versions: dict[str | int, date | None] = {
            str(of["digest"]): date.fromisoformat(of["asked"]) for of in used.values()
        }
        return ListsWanted(store, versions, adjudicated)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise UsageError("the decision does not say which versions of official lists it used") from None


def _replayed(old: dict[str, Any], evaluator: Evaluator) -> list[str]:
    """What differs between a decision and the one that the present packs and engine make of its order."""
    import msgspec

    from licet.transaction.read import InputError

    order = msgspec.json.encode(old["input"])
    try:
        made = evaluator.evaluate(order, as_of=old["as_of"], known_on=old["known_on"], assumptions=old["assumptions"])
    except ValueError as error:
        raise InputError((finding("decision", "bad-date", str(error)),)) from None
    new = msgspec.json.decode(msgspec.json.encode(made))
    new["provenance"]["backend"] = old["provenance"].get("backend")
    if msgspec.json.encode(new) == msgspec.json.encode(old):
        return []
    return _differences(old, new)


def _differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What differs, the law first: where that is another, the rest follows from it."""
    then, now = old["provenance"].get("packs"), new["provenance"]["packs"]
    then = then if isinstance(then, dict) else {}
    found = [
        f"pack {pack}: {_short(then.get(pack))} then, {_short(now.get(pack))} now"
        for pack in sorted({*then, *now})
        if then.get(pack) != now.get(pack)
    ]
    same = old["outcome"] == new["outcome"] and old["release"] == new["release"]
    if found:
        also = "the answer is still" if same else f"{old['release']} ({old['outcome']}) then, now it is"
        return [*found, f"{also} {new['release']} ({new['outcome']})"]
    unequal = [f"{place}: {_shown(a)} then, {_shown(b)} now" for place, a, b in _unequal(old, new, "")]
    return unequal or ["the order of the fields"]


def _short(digest: Any) -> str:
    return f"sha256 {str(digest)[:12]}…" if digest else "absent"


def _unequal(old: Any, new: Any, place: str) -> list[tuple[str, Any, Any]]:
    """The innermost places at which two pieces of JSON differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        names = dict.fromkeys([*old, *new])
        return [d for n in names for d in _unequal(old.get(n), new.get(n), f"{place}/{n}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [d for n, (a, b) in enumerate(zip(old, new, strict=True)) for d in _unequal(a, b, f"{place}/{n}")]
    return [] if old == new and type(old) is type(new) else [(place, old, new)]


def _shown(value: Any) -> str:
    import json

    return quoted(json.dumps(value, ensure_ascii=False), 80)
