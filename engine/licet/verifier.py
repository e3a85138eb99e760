"""The certificate of a decision: over the facts recorded in it every rule is judged again, and the outcome resolved.

It imports nothing of the engine, and reads order and policy itself. Checked: format; digests of order and packs; that
each line, and each party in it, has its case once; facts that the order states (as stated), leaves out (unknown, or as
assumed) or that rules set; every rule in every case, true, open, false or unclaimed (condition, claims, and time:
periods, stays, ends, unresolved, later versions, general licenses); displacing; requirements, their states, lifts and
review; authorizations used, open or barred; bars, exceptions; flags, resolutions, prohibitions, jurisdiction, law too
old; outcome, release and review of lines, packs and all; that `determined_by` has the rules without which the outcome
would have no reason, and none that is silent. Refused: a decision in which a rule or a fact failed.
Left to `fact_check`, taken here as recorded: listings hit and what they say; derived facts; `required_reasons` and
`authorized_by`; that assumptions are shown; `valid_until` of a line. Trusted: that packs and order are well-formed
(`licet check`); near misses (authorizations recorded as `failed`, `unclaimed` or `not_in_force`); reviews that are only
possible; what explains: titles, sources, readings, questions, notices, obligations, ratings, `supported_by`.
"""

import hashlib
import json
import operator
import re
import runpy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FALSE, OPEN, TRUE = 0, 1, 2  # so that and, or, not are min, max, 2 - x
UNKNOWN, EVER = "(unknown)", "9999-12-31"  # days are ISO text, which sorts as days do; "" is before all of them
SCOPES = ("transaction", "item", "party", "listing")
KINDS = ("pack", "vocabulary", "rule", "cases", "table", "list", "general_license", "listings")
POLICIES = ("approval", "presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial")
OUTCOMES = ("not_subject", "no_license_required", "authorized", "hold", "license_required", "prohibited")
RELEASE = dict(zip(OUTCOMES, ("go", "go", "go", "hold", "stop", "stop"), strict=True))
FOUND = {name: {"scope": "item", "type": "set"} for name in ("required_reasons", "authorized_by")}
SILENCE: Any = {"revoked": False, "proposal": "proceed", "date": None}  # what it means that an order leaves a field out
SILENCE |= {name: [] for name in ("statements", "licenses", "resolutions", "aliases", "acts_for", "branch_of")}
COMPARE: Any = {"at_least": operator.ge, "at_most": operator.le, "more_than": operator.gt, "less_than": operator.lt}
COMPARE |= {"on_or_after": operator.ge, "on_or_before": operator.le}
Data = Mapping[str, Any]
Case = tuple[str, ...]  # (item), (item, party) or (item, party, list/listing:basis); its beginnings are those above it
Reader: Any = type("Reader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {"yaml_implicit_resolvers": {}})
Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)\Z"), None)
Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"null\Z"), None)  # other scalars are their own text
parsed = cache(lambda raw: yaml.load(raw, Reader))  # noqa: S506  # a safe loader that knows less


class Ruling(NamedTuple):
    """An effect of a rule that is true or open in a case."""

    rule: str
    case: Case
    truth: int
    kind: str
    effect: Any


def typed(kind: str, raw: Any) -> Any:
    """The value of data: days are text, numbers exact, a set is its sure and its possible members."""
    if isinstance(raw, list):
        return frozenset(raw), frozenset(raw)
    if isinstance(raw, dict):  # numbers between bounds and foreign money are unknown here
        return (frozenset(raw["sure"]), frozenset(raw["sure"] + raw["maybe"])) if "sure" in raw else UNKNOWN
    return Decimal(str(raw)) if kind in {"number", "money"} and raw not in {None, UNKNOWN} else raw


def passes(op: str, operand: Any, value: Any, *, eccn: bool = False) -> int:
    """Whether a value passes a test."""
    wanted = operand if isinstance(operand, list) else [operand]
    if op == "known":
        return TRUE if (value != UNKNOWN) is operand else FALSE
    if value in (None, UNKNOWN):
        return OPEN if value == UNKNOWN else TRUE if op == "is" and operand is None else FALSE
    if isinstance(value, tuple):
        missed = [members.isdisjoint(wanted) for members in value]
        return FALSE if missed[1] or op not in {"contains", "any_in"} else OPEN if missed[0] else TRUE
    if eccn:  # a given parent may be any of its paragraphs
        held = any(value == w or (op == "within" and value.startswith(f"{w}.")) for w in wanted)
        return TRUE if held else OPEN if any(str(w).startswith(f"{value}.") for w in wanted) else FALSE
    wanted = [Decimal(w) for w in wanted if w is not None] if isinstance(value, Decimal) else wanted
    return TRUE if (value in wanted if op in {"is", "in"} else COMPARE[op](value, wanted[0])) else FALSE


def reads(when: Data) -> set[str]:
    """The facts that a condition reads."""
    ((key, body),) = when.items()
    parts = body if key in {"all", "any"} else [body] if key == "not" else []
    return {fact for part in parts for fact in reads(part)} if parts else {key}


def known(data: Data) -> str:
    """The day from which it could be known: filed or published, the earlier; "" if neither is given."""
    return min((data[name] for name in ("filed", "published") if data.get(name)), default="")


def in_force(periods: Iterable[Data], day: str, known_on: str | None) -> tuple[int, Any]:
    """Whether something is in force, and the period relied on."""
    def runs(p: Any) -> bool:
        return bool(p) and p.get("from", "") <= day <= p.get("through", EVER) and known(p) <= (known_on or EVER)
    covering = [p for p in periods if runs(p) and not any(map(runs, [p.get("ended"), *p.get("stayed", ())]))]
    latest = max(covering, key=lambda p: (p.get("from", ""), p.get("through", EVER)), default={})
    return OPEN if latest.get("unresolved", {"from": EVER})["from"] <= day else TRUE if covering else FALSE, latest


def at(thing: Any, path: str) -> Any:
    """What stands at a path of the order; an amount of dollars is its number."""
    for name in path.split("."):
        thing = thing.get(name, SILENCE.get(name, UNKNOWN)) if isinstance(thing, dict) else thing and UNKNOWN
    return thing.get("amount", thing) if isinstance(thing, dict) and thing.get("currency", "USD") == "USD" else thing


def differs(what: str, said: Any, due: Any) -> list[str]:
    """The one problem, or none, in something that is recorded: short, and nothing but printable characters."""
    texts = ["".join(c if c.isprintable() else "?" for c in str(value))[:200] for value in (what, said, due)]
    return [] if said == due else ["{} is recorded as `{}`, and comes to `{}`".format(*texts)]


class Pack:
    """A folder of policy: its digest, its files by kind and id, and the periods and effects of its rules."""

    def __init__(self, folder: Path) -> None:
        self.id, files, self.of = folder.resolve().name, list[Any](), {kind: dict[Any, Any]() for kind in KINDS}
        for path in folder.rglob("[!.]*.yaml"):
            kind, home = ("listings", path.parents[1]) if path.parent.name == "listings" else (path.stem, path.parent)
            if kind in KINDS and path.is_file():
                files.append((kind, home.relative_to(folder).as_posix(), path.read_bytes()))
                self.of[kind][(files[-1][1], path) if kind == "listings" else files[-1][1]] = parsed(files[-1][2])
        lines = [f"{kind}\0{home}\0{hashlib.sha256(raw).hexdigest()}\n" for kind, home, raw in sorted(files)]
        self.digest, self.manifest = hashlib.sha256("".join(lines).encode()).hexdigest(), self.of["pack"]["."]
        words, self.rules = self.of["vocabulary"]["."], self.of["rule"]
        self.facts = {**words["facts"], **FOUND, "as_of": {"scope": "transaction", "type": "date"}}
        self.rank = {name: max(1, SCOPES.index(fact["scope"])) for name, fact in self.facts.items()}
        self.kinds = {name: entry.get("kind") for name, entry in (words.get("authorizations") or {}).items()}
        self.periods = {rule: [*self._periods(data["in_force"])] for rule, data in self.rules.items()}
        first = {rule: min(periods, key=lambda p: p["from"]) for rule, periods in self.periods.items()}
        for rule, data in self.rules.items():  # a version of a text is suspended for good by those that begin later
            versions = [first[r] for r in self.rules if self.rules[r].get("text", r) == data.get("text", rule)]
            later = [{"from": p["from"], "filed": known(p)} for p in versions if p["from"] > first[rule]["from"]]
            self.periods[rule] = [{**p, "stayed": [*p.get("stayed", ()), *later]} for p in self.periods[rule]]

    def _periods(self, law: Any) -> Iterator[Data]:  # of a wording: those of its general license, while it is in it
        own, shared = ({}, {"periods": law}) if isinstance(law, list) else (law, self.of["general_license"][law["general_license"]])
        start = own.get("from", "")
        renewed = any(p.get("from", "") == start for p in shared["periods"])  # it owes nothing to periods before
        for p in shared["periods"]:
            if start <= p.get("through", EVER) and not (renewed and p.get("from", "") < start):
                since, ends = max(known(p), known(own)), (shared.get("ended", p.get("ended")), own.get("ended"))
                end = min((end for end in ends if end), key=lambda end: str(end["from"]), default=None)
                yield {**p, "from": max(p.get("from", ""), start), "filed": since, "published": since, "ended": end}

    def effects(self, rule: str) -> Iterator[tuple[str, Any, Any, int]]:
        """Every effect with its condition and the rank of its cases; several where a fact gives it its values."""
        data = self.rules[rule]
        for kind, body in data["then"].items():
            field = {"require": "reason", "review": "policy"}.get(kind, "")
            found = [(body, data["when"])]
            if field and isinstance(body[field], dict):
                ((op, fact),) = body[field].items()
                tests = [(v, {fact: {"contains" if op == "each" else "is": v}}) for v in self.facts[fact]["values"]]
                found = [({**body, field: value}, {"all": [data["when"], test]}) for value, test in tests]
            for effect, when in found:
                facts = {*reads(when), *data.get("claimed_by", ()), *data["then"].get("set", ())}
                yield kind, effect, when, max(self.rank[fact] for fact in facts)


class Line:
    """A line of an order under a pack: the facts recorded of its cases, and what the rules make of them."""

    def __init__(self, pack: Pack, decision: Data, item: Data, record: Data) -> None:
        self.pack, self.order, self.item, self.record = pack, decision["input"], item, record
        self.day, self.known_on, self.assume = decision["as_of"], decision["known_on"], decision["assumptions"]
        self.parties = {party["id"]: party for party in self.order["parties"]}
        self.named = {"/".join(c): c for c in ((item["id"],), *((item["id"], party) for party in self.parties))}
        self.cases = {self._case(shown): shown for shown in record["cases"]}
        raws = {(name, case): raw for case, shown in self.cases.items() for name, raw in shown["facts"].items()}
        self.facts = {key: typed(pack.facts.get(key[0], {}).get("type", ""), raw) for key, raw in raws.items()}
        self.law = {rule: in_force(pack.periods[rule], self.day, self.known_on) for rule in pack.rules}
        self.rulings, self.unclaimed = [], set[tuple[str, Case]]()

    def _case(self, shown: Data) -> Case:  # () where there is no such item or party
        above, _, hit = shown["subject"].rpartition("/")
        if shown["listing"] is None:
            return self.named.get(shown["subject"], ())
        return (*self.named[above], f"{shown['listing'].rpartition('/')[0]}/{hit}") if above in self.named else ()
