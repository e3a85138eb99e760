"""Certifies a decision without the engine: it imports nothing of licet, and reads the order and the policy's YAML itself.

Checked: the digests; that every line, party and listing hit (exact names, namesakes, dismissals) has its case, and none is
invented; each recorded fact, be it stated, assumed, told by a listing, set by rules or derived by `lookup`, `compare`, `both`
or `any`; over these facts each rule, true, open or unclaimed; requirements, the lifts that discharge them, review policies,
bars, exceptions, prohibitions, flags; outcomes and releases; that the rules said to determine them do, and none of them is
left out; that the assumptions relied on are shown; and that nothing relied on ends before `valid_until`.
Refused, since not checked: other derived facts, and numbers between bounds, unless they are unknown or leave a test open.
Trusted: that policy and order are well-formed (`licet check`, and the reading of orders); that no law which begins or ends
before `valid_until` would change the outcome; and what only explains: titles, messages, questions, notices, obligations.
"""

import hashlib
import json
import operator
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FALSE, OPEN, TRUE = 0, 1, 2  # so that and, or, not are min, max, 2 - x
UNKNOWN, EVER = "(unknown)", "9999-12-31"  # days are ISO text, which sorts as days do; "" is before all of them
SCOPES = ("transaction", "item", "party", "listing")
POLICIES = ("approval", "presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial")
OUTCOMES = ("not_subject", "no_license_required", "authorized", "hold", "license_required", "prohibited")
RELEASE = dict(zip(OUTCOMES, ("go", "go", "go", "hold", "stop", "stop"), strict=True))
SILENCE: Any = {"revoked": False, "proposal": "proceed", "date": None}  # what it means that an order leaves a field out
SILENCE |= dict.fromkeys(("statements", "licenses", "resolutions", "aliases", "acts_for", "branch_of", "owners"), ())
COMPARE: Any = {"at_least": operator.ge, "at_most": operator.le, "more_than": operator.gt, "less_than": operator.lt}
COMPARE |= {"on_or_after": operator.ge, "on_or_before": operator.le, "is": operator.eq}
BUILT_IN = {"as_of": {"scope": "transaction", "type": "date"}} | dict.fromkeys(
    ("required_reasons", "authorized_by"), {"scope": "item", "type": "set", "set": {}}
)
Data = Mapping[str, Any]
Case = tuple[Any, ...]  # (item), (item, party) or (item, party, (list, listing, basis)); a beginning of it is a case above
Members = NamedTuple("Members", [("sure", frozenset[str]), ("possible", frozenset[str])])  # of a set
Variant = NamedTuple("Variant", [("rule", str), ("rank", int), ("when", Data), ("effects", list[tuple[str, Any]])])
Ruling = NamedTuple("Ruling", [("rule", str), ("case", Case), ("truth", int), ("effect", Any)])
Required = NamedTuple("Required", [("by", Ruling), ("reason", str), ("lifts", list[Ruling]), ("stands", int)])
Reader: Any = type("Reader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {"yaml_implicit_resolvers": {}})
Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)\Z"), None)
Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"null\Z"), None)  # other scalars are their own text
parsed = lru_cache(maxsize=10_000)(lambda raw: yaml.load(raw, Reader))  # noqa: S506  # a safe loader that knows less


def typed(kind: str, raw: Any) -> Any:
    """The value of data, as it is stated or recorded: dates are text, numbers exact, sets with sure and possible members."""
    if isinstance(raw, dict):
        return UNKNOWN if "sure" not in raw else Members(frozenset(raw["sure"]), frozenset(raw["sure"] + raw["maybe"]))
    if isinstance(raw, (list, tuple)):
        return Members(frozenset(raw), frozenset(raw))
    return Decimal(str(raw)) if kind in {"number", "money"} and raw not in (None, UNKNOWN) else raw


def passes(op: str, operand: Any, value: Any, *, eccn: bool = False) -> int:
    """Whether a value passes a test."""
    wanted = list(operand) if isinstance(operand, (list, set)) else [operand]
    if op == "known":
        return TRUE if (value != UNKNOWN) is operand else FALSE
    if value in (None, UNKNOWN):
        return OPEN if value == UNKNOWN else TRUE if op == "is" and operand is None else FALSE
    if isinstance(value, Members):
        found = [members.isdisjoint(wanted) for members in value]
        return FALSE if found[1] or op not in {"contains", "any_in"} else OPEN if found[0] else TRUE
    if eccn:  # a given parent may be any of its paragraphs
        held = any(value == w or (op == "within" and value.startswith(f"{w}.")) for w in wanted)
        return TRUE if held else OPEN if any(str(w).startswith(f"{value}.") for w in wanted) else FALSE
    wanted = [Decimal(w) for w in wanted if w is not None] if isinstance(value, Decimal) else wanted
    return TRUE if (value in wanted if op == "in" else COMPARE[op](value, wanted[0])) else FALSE


def known(data: Data) -> str:
    """The day from which it could be known: filed or published, the earlier; "" if neither is given."""
    return min((data[name] for name in ("filed", "published") if data.get(name)), default="")


def in_force(periods: Iterable[Data], day: str, known_on: str | None, later: Iterable[Data] = ()) -> tuple[int, Any]:
    """Whether something is in force, and the period relied on; `later`: the beginnings of later versions of the text."""

    def runs(p: Any) -> bool:
        return bool(p) and p.get("from", "") <= day <= p.get("through", EVER) and known(p) <= (known_on or EVER)

    covering = [p for p in periods if runs(p) and not runs(p.get("ended")) and not any(map(runs, p.get("stayed", ())))]
    if not covering or any(map(runs, later)):
        return FALSE, None
    latest = max(covering, key=lambda p: (p.get("from", ""), p.get("through", EVER)))
    return OPEN if latest.get("unresolved", {}).get("from", EVER) <= day else TRUE, latest


def wording(law: Data, shared: Data) -> Iterator[Data]:
    """The periods of a general license, from when this wording entered it until it left."""
    for p in shared["periods"]:
        ends = [end for end in (shared.get("ended", p.get("ended")), law.get("ended")) if end]
        if law["from"] <= p.get("through", EVER):
            new = {"from": max(p["from"], law["from"]), "ended": min(ends, key=lambda e: e["from"], default=None)}
            yield p | new | dict.fromkeys(("filed", "published"), max(known(p), known(law)))


def at(thing: Any, path: str) -> Any:
    """What stands at a path of the order."""
    for name in path.split("."):
        thing = thing.get(name, SILENCE.get(name, UNKNOWN)) if isinstance(thing, dict) else thing and UNKNOWN
    money = isinstance(thing, dict) and thing.get("currency", "USD") == "USD"
    return thing.get("amount", UNKNOWN) if money else thing


def normalized(name: str) -> str:
    """The name with width, letter case, punctuation and spacing set aside."""
    folded = (c for c in unicodedata.normalize("NFKC", name).casefold() if unicodedata.category(c) != "Cf")
    return " ".join("".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded).split())


def facts_in(when: Data) -> set[str]:
    """The facts that a condition reads."""
    ((key, body),) = when.items()
    parts = {"all": body, "any": body, "not": [body]}.get(key, ())
    return {fact for part in parts for fact in facts_in(part)} if parts else {key}


class Pack:
    """A folder of policy: its files by kind and id, its digest, its rules, its listings by name."""

    def __init__(self, folder: Path) -> None:
        self.id, digest = folder.resolve().name, hashlib.sha256()
        self.of: dict[str, Any] = {kind: {} for kind in ("rule", "table", "list", "general_license", "listings")}
        for kind, home, raw in sorted(f for path in folder.rglob("[!.]*.yaml") for f in self.files(path, folder)):
            digest.update(f"{kind}\0{home}\0{(own := hashlib.sha256(raw).hexdigest())}\n".encode())
            if kind != "cases":
                self.of.setdefault(kind, {})[(home, own) if kind == "listings" else home] = parsed(raw)
        self.digest, self.manifest, words = digest.hexdigest(), self.of["pack"]["."], self.of["vocabulary"]["."]
        self.facts, self.authorizations = words["facts"] | BUILT_IN, words.get("authorizations") or {}
        self.names: dict[str, list[tuple[str, Any, str]]] = {}
        for (home, _), data in self.of["listings"].items():
            for entry in data["listings"]:
                for name in dict.fromkeys((entry["name"], *entry.get("aliases", ()))):
                    named = (self.of["list"][home]["list"], entry, "name" if name == entry["name"] else "alias")
                    self.names.setdefault(normalized(name), []).append(named)
        rules, shared = self.of["rule"], self.of["general_license"]
        laws = {r: data["in_force"] for r, data in rules.items()}
        self.periods = {r: x if isinstance(x, list) else [*wording(x, shared[x["general_license"]])] for r, x in laws.items()}
        first = {r: min(periods, key=lambda p: p.get("from", "")) for r, periods in self.periods.items()}
        begin = {r: {"from": p.get("from", ""), "published": known(p)} for r, p in first.items()}
        same = {r: [begin[o] for o in rules if o == r or rules[o].get("text", o) == rules[r].get("text")] for r in rules}
        self.later = {r: [b for b in same[r] if b["from"] > begin[r]["from"]] for r in rules}
        self.variants = [v for r in sorted(rules) for v in self.variants_of(r, rules[r])]

    @staticmethod
    def files(path: Path, folder: Path) -> Iterator[tuple[str, str, bytes]]:
        """Kind, id and bytes of a file, if it is one of policy."""
        kind, home = ("listings", path.parent.parent) if path.parent.name == "listings" else (path.stem, path.parent)
        if kind in {"pack", "vocabulary", "rule", "cases", "table", "list", "general_license", "listings"}:
            yield kind, home.relative_to(folder).as_posix(), path.read_bytes()

    def variants_of(self, rule: str, data: Data) -> Iterator[Variant]:
        """The rule, once for each value that a fact may give `each` or `policy: {fact: …}`, and once for the rest."""
        found: list[tuple[Data, list[tuple[str, Any]]]] = [(data["when"], [])]
        for kind, body in data["then"].items():
            name = {"require": "reason", "review": "policy"}.get(kind)
            for effect in body if isinstance(body, list) else [body]:
                if name and isinstance(effect[name], dict):
                    ((op, fact),) = effect[name].items()
                    for value in self.facts[fact]["values"]:
                        test = {fact: {"contains": value} if op == "each" else value}
                        found.append(({"all": [data["when"], test]}, [(kind, effect | {name: value})]))
                else:
                    found[0][1].append((kind, effect))
        for when, effects in found:
            facts = facts_in(when) | {*data.get("claimed_by", ())} | {f for k, e in effects if k == "set" for f in e}
            if effects:
                yield Variant(rule, max(1, *(SCOPES.index(self.facts[f]["scope"]) for f in facts)), when, effects)


def subject(case: Case) -> str:
    """The case as decisions name it."""
    return "/".join(part if isinstance(part, str) else f"{part[1]}:{part[2]}" for part in case)


class Line:
    """A line of an order: its cases, the facts recorded of them, and what the rules make of these."""

    def __init__(self, pack: Pack, decision: Data, item: Data, record: Data) -> None:
        self.pack, self.order, self.item, self.record = pack, decision["input"], item, record
        self.day, self.known_on, self.assume = decision["as_of"], decision["known_on"], decision["assumptions"]
        self.law = {r: in_force(p, self.day, self.known_on, pack.later[r]) for r, p in pack.periods.items()}
        self.parties = {p["id"]: p for p in self.order["parties"]}
        self.hits = {(item["id"], p, hit): what for p in self.parties for hit, what in self.screened(self.parties[p])}
        self.cases: list[Case] = [(item["id"],), *((item["id"], p) for p in self.parties), *self.hits]
        self.shown = {c["subject"]: c for c in record["cases"]}
        self.facts = {
            (name, case): typed(pack.facts[name]["type"], raw)
            for case in self.cases
            for name, raw in self.shown.get(subject(case), {"facts": {}})["facts"].items()
        }
        self.judged = {
            (n, case): (min(self.law[v.rule][0], self.holds(v.when, case)), self.claimed(v.rule, case))
            for n, v in enumerate(pack.variants) for case in self.cases if len(case) == v.rank
        }

    def screened(self, party: Data) -> Iterator[tuple[Case, Any]]:
        """The listings in force that the party hits: listing, row, and whether it is surely the party."""
        near = [(party, ""), *((owner, "owner") for owner in at(party, "owners"))]
        for field, basis in (("acts_for", "acts_for"), ("branch_of", "branch")):
            near += [(self.parties.get(who, {"name": who}), basis) for who in at(party, field)]
        found: dict[Case, Any] = {}
        for who, basis in near:
            for name in (who["name"], *at(who, "aliases")):
                named, country = self.pack.names.get(normalized(name), []), who.get("country")
                for of, entry, published in [n for n in named if country and n[1].get("country") == country] or named:
                    key, said = (of, entry["id"], basis or "name"), self.finding(entry["id"], party["id"])
                    sure = "confirmed" in said or not country or entry.get("country") in {None, country}
                    if "dismissed" not in said and not (key in found and found[key][2]):
                        found[key] = (basis or published, entry, sure)
        for (of, name, _), (basis, entry, sure) in found.items():
            end = entry.get("removed", {"from": ""})
            rows = [row | ({"ended": end} if row["from"] < end["from"] else {}) for row in entry["rows"]]
            truth, row = in_force(rows, self.day, self.known_on)
            if truth:
                yield (of, name, basis), (entry, row, sure)
