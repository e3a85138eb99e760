"""The certificate of a decision: over the facts recorded in it every rule is judged again, and the outcome resolved.

Imports nothing of the engine: order and policy are read here. Checked: format, packs, and the digests of packs and
order; every line, and that it has a case for itself and for each party, once; that a fact which the order states is
recorded so, and one of which it is silent as unknown or assumed; facts set by rules; every rule in every case (time:
periods, stays, ends, what is unresolved, later versions, general licenses; condition, claims) as true, open, false or
unclaimed; displacing; requirements, their states, lifts and review; authorizations used, open or barred; bars and
exceptions; flags, resolutions, prohibitions, jurisdiction, law too old; outcomes and releases of lines, packs and all;
that `determined_by` has the rules without which the outcome would have no reason, and none that is silent.
Left to `fact_check`, here as recorded: listings hit and what they say, derived facts, `required_reasons`,
`authorized_by`, that assumptions are shown, `valid_until` of a line. Refused: decisions in which a rule or fact failed.
Trusted: that packs and order are well-formed (`licet check`); near misses (authorizations recorded as `failed`,
`unclaimed`, `not_in_force`); what explains: titles, sources, readings, questions, notices, obligations, ratings.
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
POLICIES = ("approval", "presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial")
OUTCOMES = ("not_subject", "no_license_required", "authorized", "hold", "license_required", "prohibited")
RELEASE = dict(zip(OUTCOMES, ("go", "go", "go", "hold", "stop", "stop"), strict=True))
KINDS = ("pack", "vocabulary", "rule", "cases", "table", "list", "general_license", "listings")
OWN: Any = {"as_of": {"scope": "transaction", "type": "date"}}  # the facts that no vocabulary declares
OWN |= {name: {"scope": "item", "type": "set"} for name in ("required_reasons", "authorized_by")}
SILENCE: Any = {"revoked": False, "proposal": "proceed", "date": None}  # what it means that an order leaves a field out
SILENCE |= {name: [] for name in ("statements", "licenses", "resolutions", "aliases", "acts_for", "branch_of")}
COMPARE: Any = {"at_least": operator.ge, "at_most": operator.le, "more_than": operator.gt, "less_than": operator.lt}
COMPARE |= {"on_or_after": operator.ge, "on_or_before": operator.le}
Data = Mapping[str, Any]
Case = tuple[str, ...]  # (item), (item, party) or (item, party, listing:basis); its beginnings are the cases above it
Reader: Any = type("Reader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {"yaml_implicit_resolvers": {}})
Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)\Z"), None)
Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"null\Z"), None)  # other scalars are their own text
parsed = cache(lambda raw: yaml.load(raw, Reader))  # noqa: S506  # a safe loader that knows less
Members = NamedTuple("Members", [("sure", frozenset[str]), ("possible", frozenset[str])])  # of a set
Variant = NamedTuple("Variant", [("rule", str), ("when", Any), ("effects", Any), ("rank", int)])  # `each` value has one
Ruling = NamedTuple("Ruling", [("rule", str), ("case", Case), ("truth", int), ("kind", str), ("effect", Any)])


def typed(kind: str, raw: Any) -> Any:
    """The value of data: dates are text, numbers exact, sets have members, and whatever is not modeled is unknown."""
    if isinstance(raw, dict):
        return UNKNOWN if "sure" not in raw else Members(frozenset(raw["sure"]), frozenset(raw["sure"] + raw["maybe"]))
    if isinstance(raw, list):
        return Members(frozenset(raw), frozenset(raw))
    return Decimal(str(raw)) if kind in {"number", "money"} and raw not in {None, UNKNOWN} else raw


def passes(op: str, operand: Any, value: Any, *, eccn: bool = False) -> int:
    """Whether a value passes a test."""
    wanted = operand if isinstance(operand, list) else [operand]
    if op == "known":
        return TRUE if (value != UNKNOWN) is operand else FALSE
    if value in (None, UNKNOWN):
        return OPEN if value == UNKNOWN else TRUE if op == "is" and operand is None else FALSE
    if isinstance(value, Members):
        missed = [members.isdisjoint(wanted) for members in value]
        return FALSE if missed[1] or op not in {"contains", "any_in"} else OPEN if missed[0] else TRUE
    if eccn:  # a given parent may be any of its paragraphs
        held = any(value == w or (op == "within" and value.startswith(f"{w}.")) for w in wanted)
        return TRUE if held else OPEN if any(str(w).startswith(f"{value}.") for w in wanted) else FALSE
    wanted = [Decimal(w) for w in wanted if w is not None] if isinstance(value, Decimal) else wanted
    return TRUE if (value in wanted if op in {"is", "in"} else COMPARE[op](value, wanted[0])) else FALSE


def known(data: Data) -> str:
    """The day from which it could be known: filed or published, the earlier; "" if neither is given."""
    return min((data[name] for name in ("filed", "published") if data.get(name)), default="")


def in_force(periods: Iterable[Data], day: str, known_on: str | None, later: Iterable[Data] = ()) -> tuple[int, Any]:
    """Whether something is in force, and the period relied on; `later`: how later versions of the text begin."""
    def runs(p: Any) -> bool:
        return bool(p) and p.get("from", "") <= day <= p.get("through", EVER) and known(p) <= (known_on or EVER)
    covering = [p for p in periods if runs(p) and not runs(p.get("ended")) and not any(map(runs, p.get("stayed", ())))]
    if not covering or any(map(runs, later)):
        return FALSE, {}
    latest = max(covering, key=lambda p: (p.get("from", ""), p.get("through", EVER)))
    return OPEN if latest.get("unresolved", {"from": EVER})["from"] <= day else TRUE, latest


def at(thing: Any, path: str) -> Any:
    """What stands at a path of the order; an amount of dollars is its number."""
    for name in path.split("."):
        thing = thing.get(name, SILENCE.get(name, UNKNOWN)) if isinstance(thing, dict) else thing and UNKNOWN
    dollars = isinstance(thing, dict) and thing.get("currency", "USD") == "USD"
    return thing.get("amount", thing) if dollars else thing


def read_by(when: Data) -> set[str]:
    """The facts that a condition reads."""
    ((key, body),) = when.items()
    parts = body if key in {"all", "any"} else [body] if key == "not" else []
    return {fact for part in parts for fact in read_by(part)} if parts else {key}


def related(a: Case, b: Case) -> bool:
    """Whether one case is the other or above it."""
    return all(x == y for x, y in zip(a, b, strict=False))


def show(value: Any) -> str:
    """A value in a message: short, and nothing but printable characters."""
    text = ", ".join(sorted(value.possible)) if isinstance(value, Members) else str(value)
    return "`" + "".join(c if c.isprintable() else "?" for c in text)[:200] + "`"


class Pack:
    """A folder of policy: its files by kind and id, its digest, the variants of its rules and when they are in force."""

    def __init__(self, folder: Path) -> None:
        self.id, files, self.of = folder.resolve().name, list[Any](), {kind: dict[Any, Any]() for kind in KINDS}
        for path in folder.rglob("[!.]*.yaml"):
            kind, home = ("listings", path.parents[1]) if path.parent.name == "listings" else (path.stem, path.parent)
            if kind in KINDS and path.is_file():
                files.append((kind, home.relative_to(folder).as_posix(), path.read_bytes()))
        digests = [f"{kind}\0{home}\0{hashlib.sha256(raw).hexdigest()}\n" for kind, home, raw in sorted(files)]
        self.digest = hashlib.sha256("".join(digests).encode()).hexdigest()
        for kind, home, raw in files:
            self.of[kind][(home, raw) if kind == "listings" else home] = parsed(raw) if kind != "cases" else None
        self.manifest, words, self.rules = self.of["pack"]["."], self.of["vocabulary"]["."], self.of["rule"]
        self.facts, self.authorizations = words["facts"] | OWN, words.get("authorizations") or {}
        self.periods = {rule: self._periods(data["in_force"]) for rule, data in self.rules.items()}
        self.variants = [variant for rule in sorted(self.rules) for variant in self._variants(rule)]

    def _periods(self, law: Any) -> list[Data]:  # of a wording, those of its general license while it is in it
        if isinstance(law, list):
            return law
        shared, start = self.of["general_license"][law["general_license"]], law.get("from", "")
        renewed = any(p.get("from", "") == start for p in shared["periods"])  # then it owes nothing to those before
        periods = []
        for p in shared["periods"]:
            if p.get("through", EVER) >= start and not (renewed and p.get("from", "") < start):
                since, ends = max(known(p), known(law)), (shared.get("ended", p.get("ended")), law.get("ended"))
                end = min((end for end in ends if end), key=lambda e: e["from"], default=None)
                periods.append(p | {"from": max(p.get("from", ""), start), "filed": since, "published": since, "ended": end})
        return periods

    def _variants(self, rule: str) -> Iterator[Variant]:
        data = self.rules[rule]
        found: list[Any] = [(data["when"], [])]
        for kind, body in data["then"].items():
            fact = next((x for x in body.values() if isinstance(x, dict)), None) if kind in {"require", "review"} else None
            if fact is None:
                found[0][1].append((kind, body))
                continue
            ((op, name),), field = fact.items(), "reason" if kind == "require" else "policy"
            tests = [(v, {name: {"contains" if op == "each" else "is": v}}) for v in self.facts[name]["values"]]
            found += [({"all": [data["when"], test]}, [(kind, body | {field: value})]) for value, test in tests]
        for when, effects in found if found[0][1] else found[1:]:
            reads = read_by(when) | {*data.get("claimed_by", {})} | {f for kind, e in effects if kind == "set" for f in e}
            yield Variant(rule, when, effects, max(1, *(SCOPES.index(self.facts[f]["scope"]) for f in reads)))

    def in_force(self, rule: str, day: str, known_on: str | None) -> tuple[int, Any]:
        """Whether a rule is in force, and the period relied on; later versions of its text supersede it."""
        text = self.rules[rule].get("text", rule)
        versions = [r for r, data in self.rules.items() if data.get("text", r) == text]
        first = {r: min(self.periods[r], key=lambda p: p.get("from", "")) for r in versions}
        later = [p for p in first.values() if p.get("from", "") > first[rule].get("from", "")]
        return in_force(self.periods[rule], day, known_on, [{"from": p["from"], "published": known(p)} for p in later])
