"""The certificate of a decision: over the facts recorded in it every rule is judged again, and the outcome resolved.

It imports nothing of the engine, and reads order and policy itself. Checked: digests of order and packs; that each line
and each party in it has its case, once; facts that the order states, leaves out (unknown, or as assumed), or that rules
set; every rule in every case, true, open, false or unclaimed (conditions, claims, and time: periods, stays, ends,
unresolved, later versions, general licenses); requirements with their states and lifts; bars, exceptions, flags,
resolutions, prohibitions, jurisdiction, law too old; outcome and release of lines, packs and the whole; that
`determined_by` has every rule that the outcome cannot do without, and no silent one.
Refused: decisions in which a rule or a fact failed, and packs in which rules displace others.
Taken as recorded, and left to `fact_check`: listings hit and what they say, derived facts, `required_reasons` and
`authorized_by`, review policies, authorizations used, open or barred, assumptions shown, `valid_until` of a line.
Trusted: that packs and order are well-formed (`licet check`); near misses (authorizations recorded as `failed`,
`unclaimed` or `not_in_force`); what explains: titles, sources, readings, questions, notices, obligations, ratings.
"""

import hashlib
import json
import re
import runpy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from operator import ge, gt, le, lt
from pathlib import Path
from typing import Any

import yaml

FALSE, OPEN, TRUE = 0, 1, 2  # so that and, or, not are min, max, 2 - x
UNKNOWN, EVER = "(unknown)", "9999-12-31"  # days are ISO text, which sorts as days do; "" is before all of them
RANK = {"transaction": 1, "item": 1, "party": 2, "listing": 3}  # of a fact: how long the case is that records it
KINDS = ("pack", "vocabulary", "rule", "cases", "table", "list", "general_license", "listings")
OUTCOMES = ("not_subject", "no_license_required", "authorized", "hold", "license_required", "prohibited")
RELEASE = dict(zip(OUTCOMES, ("go", "go", "go", "hold", "stop", "stop"), strict=True))
STATES, TRUTHS = ("lifted", "open", "stands"), ("false", "open", "true")
FOUND = {name: {"scope": "item", "type": "set"} for name in ("required_reasons", "authorized_by")}
SILENCE: Any = {"revoked": False, "proposal": "proceed", "date": None}  # what it means that an order leaves a field out
SILENCE |= {name: [] for name in ("statements", "licenses", "resolutions", "aliases", "acts_for", "branch_of")}
COMPARE: Any = {"at_least": ge, "at_most": le, "more_than": gt, "less_than": lt, "on_or_after": ge, "on_or_before": le}
Data = Mapping[str, Any]
Case = tuple[str, ...]  # (item), (item, party) or (item, party, hit); its beginnings are the cases above it
Check = tuple[str, Any, Any]  # what is checked, what the decision says of it, and what it must say
Reader: Any = type("Reader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {"yaml_implicit_resolvers": {}})
Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)\Z"), None)
Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"null\Z"), None)  # other scalars are their own text
parsed = cache(lambda raw: yaml.load(raw, Reader))  # noqa: S506  # a safe loader that knows less


def typed(kind: str, raw: Any) -> Any:
    """The value of data: days are text, numbers exact, a set is its sure and its possible members."""
    if isinstance(raw, list):
        return frozenset(raw), frozenset(raw)
    if isinstance(raw, dict):  # numbers between bounds and foreign money are unknown here
        return (frozenset(raw["sure"]), frozenset(raw["sure"] + raw["maybe"])) if "sure" in raw else UNKNOWN
    return Decimal(str(raw)) if kind in {"number", "money"} and raw not in {None, UNKNOWN} else raw


def passes(op: str, operand: Any, value: Any, *, eccn: bool = False) -> int:
    """Whether a value passes a test; a classification, where only a parent is given, may be any of its paragraphs."""
    wanted = operand if isinstance(operand, list) else [operand]
    if op == "known":
        return TRUE if (value != UNKNOWN) is operand else FALSE
    if value is None or value == UNKNOWN:
        return OPEN if value else TRUE if op == "is" and operand is None else FALSE
    if isinstance(value, tuple):
        return sum(not members.isdisjoint(wanted) for members in value)
    wanted = [Decimal(w) for w in wanted if w is not None] if isinstance(value, Decimal) else wanted
    if op in COMPARE:
        return TRUE if COMPARE[op](value, wanted[0]) else FALSE
    if value in wanted or (op == "within" and any(value.startswith(f"{w}.") for w in wanted)):
        return TRUE
    return OPEN if eccn and any(str(w).startswith(f"{value}.") for w in wanted) else FALSE


def in_force(periods: Iterable[Data], day: str, known_on: str | None) -> tuple[int, Any]:
    """Whether something is in force, and the period relied on; what was filed or published after `known_on` is not."""
    def runs(p: Any) -> bool:
        known = [min((x[n] for n in ("filed", "published") if x.get(n)), default="") for x in (p, p.get("wording", {}))]
        return bool(p.get("from", "") <= day <= p.get("through", EVER) and max(known) <= (known_on or EVER))
    covering = [p for p in periods if runs(p) and not any(map(runs, filter(None, [p.get("ended"), *p.get("stayed", ())])))]
    latest = max(covering, key=lambda p: (p.get("from", ""), p.get("through", EVER)), default={})
    return OPEN if latest.get("unresolved", {"from": EVER})["from"] <= day else TRUE if covering else FALSE, latest


def at(thing: Any, path: str) -> Any:
    """What stands at a path of the order; an amount of dollars is its number."""
    for name in path.split("."):
        thing = thing.get(name, SILENCE.get(name, UNKNOWN)) if isinstance(thing, dict) else thing and UNKNOWN
    return thing.get("amount", thing) if isinstance(thing, dict) and thing.get("currency", "USD") == "USD" else thing


def reads(when: Data) -> set[str]:
    """The facts that a condition reads."""
    ((key, body),) = when.items()
    parts = body if key in {"all", "any"} else [body] if key == "not" else []
    return {fact for part in parts for fact in reads(part)} if parts else {key}


class Pack:
    """A folder of policy: its digest, its files by kind and id, and the periods and effects of its rules."""

    def __init__(self, folder: Path) -> None:
        files, self.of = list[tuple[str, str, bytes]](), {kind: dict[Any, Any]() for kind in KINDS}
        for path in folder.rglob("[!.]*.yaml"):
            kind, home = ("listings", path.parents[1]) if path.parent.name == "listings" else (path.stem, path.parent)
            if kind in KINDS and path.is_file():
                files.append((kind, home.relative_to(folder).as_posix(), path.read_bytes()))
        for kind, name, raw in files:
            self.of[kind][(name, raw) if kind == "listings" else name] = kind != "cases" and parsed(raw)
        lines = [f"{kind}\0{name}\0{hashlib.sha256(raw).hexdigest()}\n" for kind, name, raw in sorted(files)]
        self.id, self.digest = folder.resolve().name, hashlib.sha256("".join(lines).encode()).hexdigest()
        self.manifest, words, self.rules = self.of["pack"]["."], self.of["vocabulary"]["."], self.of["rule"]
        self.facts = {**words["facts"], **FOUND, "as_of": {"scope": "transaction", "type": "date"}}
        self.kinds = {name: entry.get("kind") for name, entry in (words.get("authorizations") or {}).items()}
        self.periods = {rule: self._periods(data["in_force"]) for rule, data in self.rules.items()}
        first = {rule: min(periods, key=lambda p: p.get("from", "")) for rule, periods in self.periods.items()}
        for rule, data in self.rules.items():  # a version of a text is stayed for good by those that begin later
            versions = [first[r] for r in self.rules if self.rules[r].get("text", r) == data.get("text", rule)]
            later = [{**p, "through": EVER} for p in versions if p.get("from", "") > first[rule].get("from", "")]
            self.periods[rule] = [{**p, "stayed": [*p.get("stayed", ()), *later]} for p in self.periods[rule]]
        self.effects = [found for rule in self.rules for found in self._effects(rule, self.rules[rule])]

    def _periods(self, law: Any) -> Any:  # of a paragraph: those of its general license, while it has this wording
        if isinstance(law, list):
            return law
        shared, start = self.of["general_license"][law["general_license"]], law.get("from", "")
        kept = [p for p in shared["periods"] if start <= p.get("through", EVER)]
        if any(p.get("from", "") == start for p in kept):  # a wording that comes with a period owes nothing to others
            kept = [p for p in kept if p.get("from", "") >= start]
        ends = [*filter(None, [shared.get("ended"), law.get("ended")])]
        stays = [{"from": max(p.get("from", ""), start), "stayed": [*p.get("stayed", ()), *ends]} for p in kept]
        return [{**p, **stay, "wording": law} for p, stay in zip(kept, stays, strict=True)]

    def _effects(self, rule: str, data: Data) -> Iterator[tuple[str, int, Data, str, Any]]:
        for kind, body in data["then"].items():  # each with the rank of its cases, and its condition
            field, several = {"require": "reason", "review": "policy"}.get(kind), [(data["when"], body)]
            if field and isinstance(body[field], dict):  # one for each value that a fact may give it
                ((op, fact),) = body[field].items()
                tests = [(v, {fact: {"contains" if op == "each" else "is": v}}) for v in self.facts[fact]["values"]]
                several = [({"all": [data["when"], test]}, {**body, field: value}) for value, test in tests]
            for when, effect in several:
                facts = {*reads(when), *data.get("claimed_by", ()), *data["then"].get("set", ())}
                yield rule, max(RANK[self.facts[fact]["scope"]] for fact in facts), when, kind, effect


class Line:
    """A line of an order under a pack: the facts recorded of its cases, and what the rules make of them."""

    def __init__(self, pack: Pack, decision: Data, item: Data, record: Data) -> None:
        self.pack, self.order, self.item, self.record = pack, decision["input"], item, record
        self.day, self.known_on, self.assume = decision["as_of"], decision["known_on"], decision["assumptions"]
        self.parties = {party["id"]: party for party in self.order["parties"]}
        self.named = {"/".join(c): c for c in ((item["id"],), *((item["id"], party) for party in self.parties))}
        self.cases = {self._case(shown["subject"], shown["listing"]): shown for shown in record["cases"]}
        self.law = {rule: in_force(pack.periods[rule], self.day, self.known_on) for rule in pack.rules}
        self.found = [*self._judge()]  # what is true or open: kind and effect, rule, case, truth, whether it is claimed

    def _case(self, subject: str, listing: str | None) -> Case:  # () where there is no such item or party
        above, _, hit = subject.rpartition("/")
        own, party = self.named.get(subject, ()), self.named.get(above, ())
        return own if listing is None else (*party, f"{listing} as {hit}") if party else ()

    def _judge(self) -> Iterator[tuple[str, Any, str, Case, int, bool]]:
        for rule, rank, when, kind, effect in self.pack.effects:
            law, claims = self.law[rule][0], self.pack.rules[rule].get("claimed_by", {}).items()
            for case in self.cases:
                if law and len(case) == rank and (truth := min(law, self.holds(when, case))):
                    claimed = all(self.holds({fact: test}, case) == TRUE for fact, test in claims)
                    yield kind, effect, rule, case, truth, claimed

    def of(self, kind: str) -> list[tuple[Any, str, Case, int]]:
        """The effects of a kind that are claimed where they must be, each with its rule, its case and its truth."""
        return [(effect, rule, case, truth) for k, effect, rule, case, truth, claimed in self.found if claimed and k == kind]

    def holds(self, when: Data, case: Case) -> int:
        """Whether a condition holds in a case."""
        ((key, body),) = when.items()
        if key in {"all", "any"}:
            return (min if key == "all" else max)(self.holds(part, case) for part in body)
        if key == "not":
            return TRUE - self.holds(body, case)
        ((op, operand),) = body.items() if isinstance(body, dict) else [("is", body)]
        if isinstance(operand, dict):
            table, where = self.pack.of["table"][operand["table"]], operand.get("where", {}).items()
            if self.day > table.get("holds_after", EVER):
                return OPEN
            rows = [r for r in table["rows"] if where <= r.items() and in_force([r], self.day, self.known_on)[0]]
            cells = [row[operand["column"]] for row in rows]
            operand = [value for cell in cells for value in (cell if isinstance(cell, list) else [cell])]
        return passes(op, operand, self.value(key, case), eccn=self.pack.facts[key]["type"] == "eccn")

    def value(self, name: str, case: Case) -> Any:
        """The recorded value of a fact in a case."""
        fact = self.pack.facts[name]
        return typed(fact["type"], self.cases[case[: RANK[fact["scope"]]]]["facts"].get(name, UNKNOWN))

    def expected(self, name: str, case: Case) -> Any:
        """What a fact must be: stated, assumed or set by rules; what it is recorded as, where it has another source."""
        fact, homes = self.pack.facts[name], {"item": self.item, "party": self.parties.get(case[-1])}
        if "set" in fact:
            given = {(effect[name], truth) for effect, _, c, truth in self.of("set") if c == case and name in effect}
            sure, default = {v for v, truth in given if truth == TRUE}, (fact["set"] or {}).get("default", UNKNOWN)
            values = {value for value, _ in given} | (set() if sure else {default})
            return typed(fact["type"], values.pop()) if len(values) == 1 else UNKNOWN
        if "derive" in fact or name in FOUND or fact["scope"] == "listing":
            return self.value(name, case)
        raw = self.day if name == "as_of" else at(homes.get(fact["scope"], self.order), fact.get("read", f"facts.{name}"))
        if raw == UNKNOWN and fact["scope"] == "item" and "read" not in fact:
            raw = at(self.order, f"facts.{name}")
        assumed = raw == UNKNOWN and self.assume and "absent" in fact
        return typed(fact["type"], fact["absent"]["assume"] if assumed else raw)

    def barred(self, authorization: str, reason: str) -> int:
        """How sure it is that an authorization is barred for a reason, exceptions counted."""
        parts, found = authorization.split("."), [FALSE]
        ids = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}  # the authorization, and those it is nested in
        kinds = {self.pack.kinds.get(i) for i in ids}
        for bar, rule, case, truth in self.of("bar"):
            named, of_kind = bar.get("authorizations", ()), bar.get("kinds", ())
            meant = not (named or of_kind) or not (ids.isdisjoint(named) and kinds.isdisjoint(of_kind))
            if meant and ids.isdisjoint(bar.get("all_but", ())) and reason in bar.get("reasons", [reason]):
                near = [t for e, _, c, t in self.of("except") if rule in e["bars"] and c[: len(case)] == case[: len(c)]]
                found.append(min(truth, TRUE - max(near, default=FALSE)))
        return max(found)

    def lifts(self, requirement: str, reason: str, case: Case) -> list[tuple[str, str, Case, int]]:
        """The lifts that name a requirement: authorization, rule, case, and how sure each is once bars are counted."""
        above = [(lift, rule, c, truth) for lift, rule, c, truth in self.of("lift") if c == case[: len(c)]]
        named = [x for x in above if x[0].get("reasons") == "all" or reason in x[0].get("reasons", ())]
        named += [x for x in above if x not in named and requirement in x[0].get("rules", ())]
        barred = [(lift["authorization"], rule, c, truth)...]

    def comes_to(self) -> tuple[str, set[str], list[Any]]:
        """The outcome, the rules without which it would have no reason, and the requirements."""
        required, law = [], self.pack.manifest["jurisdiction"]
        for effect, rule, case, truth in self.of("require"):
            lifts = self.lifts(rule, effect["reason"], case)
            state = STATES[min(truth, TRUE - max((x[3] for x in lifts), default=FALSE))]
            lifting = sorted({x[1] for x in lifts if x[3] == TRUE})
            required.append([effect["reason"], self.cases[case]["subject"], rule, state, lifting])
        prohibiting = {rule: truth for _, rule, _, truth in self.of("prohibit")}
