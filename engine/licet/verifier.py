"""The certificate of a decision: over the facts recorded in it every rule is judged again, and the outcome resolved.

Imports nothing of the engine: order and policy are read here. Checked: format, packs, and the digests of packs and
order; every line, and that itself and each party has its case, once; that a fact which the order states is recorded so,
and one of which it is silent as unknown or assumed; facts set by rules; every rule in every case (time: periods, stays,
ends, what is unresolved, later versions, general licenses; condition, claims) as true, open, false or unclaimed;
displacing; requirements, their states, lifts and review; authorizations used, open or barred; bars and exceptions;
flags, resolutions, prohibitions, jurisdiction, law too old; outcomes and releases of lines, packs and the whole; that
`determined_by` has the rules without which the outcome would have no reason, and none that is silent.
Left to `fact_check`, and here as recorded: listings hit and what they say, derived facts, `required_reasons` and
`authorized_by`, assumptions shown, `valid_until` of a line. Refused: decisions in which a rule or a fact failed.
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
STAGES = {name: {"scope": "item", "type": "set"} for name in ("required_reasons", "authorized_by")}
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
    """The value of data: dates are text, numbers exact, a set is its sure and its possible members."""
    if isinstance(raw, dict):  # of numbers between bounds, or in foreign money, nothing is made
        return (frozenset(raw["sure"]), frozenset(raw["sure"] + raw["maybe"])) if "sure" in raw else UNKNOWN
    if isinstance(raw, list):
        return frozenset(raw), frozenset(raw)
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
    dollars = isinstance(thing, dict) and thing.get("currency", "USD") == "USD"
    return thing.get("amount", thing) if dollars else thing


def related(a: Case, b: Case) -> bool:
    """Whether one case is the other or above it."""
    return all(x == y for x, y in zip(a, b, strict=False))


class Pack:
    """A folder of policy: its digest, its files by kind and id, the periods of its rules, and all of their effects."""

    def __init__(self, folder: Path) -> None:
        self.id, files, self.of = folder.resolve().name, list[Any](), {kind: dict[Any, Any]() for kind in KINDS}
        for path in folder.rglob("[!.]*.yaml"):
            kind, home = ("listings", path.parents[1]) if path.parent.name == "listings" else (path.stem, path.parent)
            if kind in KINDS and path.is_file():
                files.append((kind, home.relative_to(folder).as_posix(), path.read_bytes()))
        digests = sorted((kind, home, hashlib.sha256(raw).hexdigest()) for kind, home, raw in files)
        self.digest = hashlib.sha256("".join("\0".join(entry) + "\n" for entry in digests).encode()).hexdigest()
        for kind, home, raw in files:
            self.of[kind][(home, raw) if kind == "listings" else home] = parsed(raw) if kind != "cases" else None
        self.manifest, words, self.rules = self.of["pack"]["."], self.of["vocabulary"]["."], self.of["rule"]
        self.facts = {**words["facts"], **STAGES, "as_of": {"scope": "transaction", "type": "date"}}
        self.authorizations = words.get("authorizations") or {}
        self.periods = {rule: [*self._periods(data["in_force"])] for rule, data in self.rules.items()}
        self._supersede()
        self.effects = [found for rule in sorted(self.rules) for found in self._effects(rule, self.rules[rule])]

    def _periods(self, law: Any) -> Iterator[Data]:  # of a wording: those of its general license, while it is in it
        shared = {"periods": law} if isinstance(law, list) else self.of["general_license"][law["general_license"]]
        own = {} if isinstance(law, list) else law
        start = own.get("from", "")
        renewed = own and any(p.get("from", "") == start for p in shared["periods"])  # owes nothing to those before
        for p in shared["periods"]:
            if start <= p.get("through", EVER) and not (renewed and p.get("from", "") < start):
                since, ends = max(known(p), known(own)), (shared.get("ended", p.get("ended")), own.get("ended"))
                end = min((end for end in ends if end), key=lambda end: str(end["from"]), default=None)
                yield {**p, "from": max(p.get("from", ""), start), "filed": since, "published": since, "ended": end}

    def _supersede(self) -> None:  # each version of a text is suspended for good by those that begin later
        first = {rule: min(periods, key=lambda p: p["from"]) for rule, periods in self.periods.items()}
        for rule, periods in self.periods.items():
            text = self.rules[rule].get("text", rule)
            versions = [first[r] for r, data in self.rules.items() if data.get("text", r) == text]
            later = [{"from": p["from"], "filed": known(p)} for p in versions if p["from"] > first[rule]["from"]]
            self.periods[rule] = [{**p, "stayed": [*p.get("stayed", ()), *later]} for p in periods]

    def _effects(self, rule: str, data: Data) -> Iterator[tuple[str, str, Any, Any, int]]:
        """Every effect with its condition and how narrow its cases are; one for each value that a fact may give it."""
        for kind, body in data["then"].items():
            field = {"require": "reason", "review": "policy"}.get(kind, "")
            found = [(body, data["when"])]
            if field and isinstance(body[field], dict):
                ((op, fact),) = body[field].items()
                tests = [(v, {fact: {"contains" if op == "each" else "is": v}}) for v in self.facts[fact]["values"]]
                found = [({**body, field: value}, {"all": [data["when"], test]}) for value, test in tests]
            for effect, when in found:
                reads = {*reads_of(when), *data.get("claimed_by", ()), *data["then"].get("set", ())}
                yield rule, kind, effect, when, max(1, *(SCOPES.index(self.facts[f]["scope"]) for f in reads))


def reads_of(when: Data) -> set[str]:
    """The facts that a condition reads."""
    ((key, body),) = when.items()
    parts = body if key in {"all", "any"} else [body] if key == "not" else []
    return {fact for part in parts for fact in reads_of(part)} if parts else {key}


class Line:
    """A line of an order under a pack: the facts recorded of its cases, and what the rules make of them."""

    def __init__(self, pack: Pack, decision: Data, item: Data, record: Data) -> None:
        self.pack, self.order, self.item, self.record = pack, decision["input"], item, record
        self.day, self.known_on, self.assume = decision["as_of"], decision["known_on"], decision["assumptions"]
        self.parties = {party["id"]: party for party in self.order["parties"]}
        self.named: dict[str, Case] = {f"{item['id']}/{party}": (item["id"], party) for party in self.parties}
        self.named[item["id"]] = (item["id"],)
        self.cases = {self._case(shown): shown for shown in record["cases"]}
        kinds = {name: fact["type"] for name, fact in pack.facts.items()}
        recorded = [(name, case, raw) for case, shown in self.cases.items() for name, raw in shown["facts"].items()]
        self.facts = {(name, case): typed(kinds.get(name, ""), raw) for name, case, raw in recorded}
        self.law = {rule: in_force(pack.periods[rule], self.day, self.known_on) for rule in pack.rules}
        self.judged: dict[Case, dict[str, int]] = {case: {} for case in self.cases}
        self.unclaimed: dict[Case, set[str]] = {case: set() for case in self.cases}
        rulings = [*self._judge()]
        weighed = [r._replace(truth=min(r.truth, TRUE - self._displaced(r.rule, r.case))) for r in rulings]
        self.rulings = [r for r in weighed if r.truth]

    def _case(self, shown: Data) -> Case:  # () where there is no such item or party
        above, _, hit = shown["subject"].rpartition("/")
        if shown["listing"] is None:
            return self.named.get(shown["subject"], ())
        return (*self.named[above], f"{shown['listing'].rpartition('/')[0]}/{hit}") if above in self.named else ()

    def _judge(self) -> Iterator[Ruling]:
        for rule, kind, effect, when, rank in self.pack.effects:
            for case in [case for case in self.cases if len(case) == rank]:
                truth = self.law[rule][0] and min(self.law[rule][0], self.holds(when, case))
                claims = self.pack.rules[rule].get("claimed_by", {}) if truth else {}
                if not all(self.holds({fact: test}, case) == TRUE for fact, test in claims.items()):
                    self.unclaimed[case].add(rule)
                elif truth:
                    self.judged[case][rule] = max(truth, self.judged[case].get(rule, FALSE))
                    yield Ruling(rule, case, truth, kind, effect)

    def _displaced(self, rule: str, case: Case) -> int:
        found = [(r, c, t) for c, judged in self.judged.items() if related(c, case) for r, t in judged.items()]
        over = [x for x in found if any(d["rule"] == rule for d in self.pack.rules[x[0]].get("displaces", ()))]
        return max((min(truth, TRUE - self._displaced(r, c)) for r, c, truth in over), default=FALSE)

    def value(self, name: str, case: Case) -> Any:
        """The recorded value of a fact in a case."""
        return self.facts.get((name, case[: max(1, SCOPES.index(self.pack.facts[name]["scope"]))]), UNKNOWN)

    def rows(self, table: str) -> list[Data]:
        """The rows of a table that are in force."""
        return [r for r in self.pack.of["table"][table]["rows"] if in_force([r], self.day, self.known_on)[0]]

    def holds(self, when: Data, case: Case) -> int:
        """Whether a condition holds in a case."""
        ((key, body),) = when.items()
        if key in {"all", "any"}:
            return (min if key == "all" else max)(self.holds(part, case) for part in body)
        if key == "not":
            return TRUE - self.holds(body, case)
        ((op, operand),) = body.items() if isinstance(body, dict) else [("is", body)]
        if isinstance(operand, dict):
            if self.day > self.pack.of["table"][operand["table"]].get("holds_after", EVER):
                return OPEN
            rows = [r for r in self.rows(operand["table"]) if operand.get("where", {}).items() <= r.items()]
            cells = [row[operand["column"]] for row in rows]
            operand = [value for cell in cells for value in (cell if isinstance(cell, list) else [cell])]
        return passes(op, operand, self.value(key, case), eccn=self.pack.facts[key]["type"] == "eccn")

    def of(self, kind: str) -> list[Ruling]:
        """The rulings of a kind."""
        return [ruling for ruling in self.rulings if ruling.kind == kind]

    def expected(self, name: str, fact: Data, case: Case) -> Any:
        """What a fact must be: stated, assumed, or set by rules; whatever it is recorded as, where it is derived."""
        if "set" in fact:
            given = {(r.effect[name], r.truth) for r in self.of("set") if r.case == case and name in r.effect}
            sure = {value for value, truth in given if truth == TRUE}
            values = {value for value, _ in given} | (set() if sure else {(fact["set"] or {}).get("default", UNKNOWN)})
            return typed(fact["type"], values.pop()) if len(values) == 1 else UNKNOWN
        if "derive" in fact or fact["scope"] == "listing" or name in STAGES:
            return self.value(name, case)
        home: Any = {"transaction": self.order, "item": self.item, "party": self.parties.get(case[-1])}[fact["scope"]]
        raw = self.day if name == "as_of" else at(home, fact.get("read", f"facts.{name}"))
        if raw == UNKNOWN and "read" not in fact and fact["scope"] == "item":
            raw = at(self.order, f"facts.{name}")
        assumed = raw == UNKNOWN and self.assume and "absent" in fact
        return typed(fact["type"], fact["absent"]["assume"] if assumed else raw)

    # --- what the rules come to ------------------------------------------------------------------------------------

    def barred(self, authorization: str, reason: str) -> int:
        """How sure it is that an authorization is barred for a reason, exceptions counted."""
        parts, found = authorization.split("."), [FALSE]
        ids = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}  # the authorization, and those it is nested in
        kinds = {self.pack.authorizations.get(i, {}).get("kind") for i in ids}
        for bar in self.of("bar"):
            names, of_kinds = bar.effect.get("authorizations", ()), bar.effect.get("kinds", ())
            hit = not (names or of_kinds) or not ids.isdisjoint(names) or not kinds.isdisjoint(of_kinds)
            if hit and ids.isdisjoint(bar.effect.get("all_but", ())) and reason in bar.effect.get("reasons", [reason]):
                near = [x for x in self.of("except") if bar.rule in x.effect["bars"] and related(x.case, bar.case)]
                found.append(min(bar.truth, TRUE - max((x.truth for x in near), default=FALSE)))
        return max(found)
