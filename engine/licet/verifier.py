"""Certifies a decision without the engine: it imports nothing of licet, and reads order and policy itself.

Checked: the digests; that every line, party and listing hit (exact names, namesakes, dismissals) has its case, and none
is invented; every recorded fact, be it stated, assumed, told by a listing, set by rules, or derived by `lookup`,
`compare`, `both` or `any`; over these facts every rule, true, open or unclaimed; requirements, what lifts them, their
review policies; bars, exceptions, prohibitions, flags, laws too old; outcomes and releases; that the rules which speak
for the outcome are said to determine it, and no silent one is; that assumptions relied on are shown; that no period
relied on ends before `valid_until`.
Refused, since not modeled: other derivations, numbers between bounds, foreign money (unless recorded as unknown), rules
that read `required_reasons` or `authorized_by` or displace others, and decisions in which a rule or a fact failed.
Trusted: that policy and order are well-formed (`licet check`, and the reading of orders); that no change of the law
before `valid_until` changes the outcome; what explains or reminds: titles, messages, questions, notices, obligations.
"""

import hashlib
import json
import operator
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
KINDS = ("pack", "vocabulary", "rule", "cases", "table", "list", "general_license", "listings")
SILENCE: Any = {"revoked": False, "proposal": "proceed", "date": None}  # what it means that an order leaves a field out
SILENCE |= {name: [] for name in ("statements", "licenses", "resolutions", "aliases", "acts_for", "branch_of")}
COMPARE: Any = {"at_least": operator.ge, "at_most": operator.le, "more_than": operator.gt, "less_than": operator.lt}
COMPARE |= {"on_or_after": operator.ge, "on_or_before": operator.le}
STATES, TRUTHS = ("lifted", "open", "stands"), {FALSE: "false", OPEN: "open", TRUE: "true"}
FIELDS = {  # of a line's record, what is compared entry by entry
    "requirements": ("reason", "subject", "rule", "state", "lifted_by", "review", "review_rules"),
    "authorizations": ("id", "rule", "subject", "state"),
    "flags": ("code", "subject", "settled"),
    "holds": ("code",),
}
Data = Mapping[str, Any]
Case = tuple[Any, ...]  # (item), (item, party) or (item, party, (list, listing, basis)); its beginnings are cases above
Reader: Any = type("Reader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {"yaml_implicit_resolvers": {}})
Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)\Z"), None)
Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"null\Z"), None)  # other scalars are their own text
parsed = lru_cache(maxsize=10_000)(lambda raw: yaml.load(raw, Reader))  # noqa: S506  # a safe loader that knows less


class Members(NamedTuple):
    """The members of a set: the sure ones, and all possible ones."""

    sure: frozenset[str]
    possible: frozenset[str]


class Ruling(NamedTuple):
    """An effect of a rule that is true or open in a case."""

    rule: str
    case: Case
    truth: int
    effect: Any


def typed(kind: str, raw: Any) -> Any:
    """The value of data, stated or recorded: dates are text, numbers exact, sets have sure and possible members."""
    if isinstance(raw, dict):
        return UNKNOWN if "sure" not in raw else Members(frozenset(raw["sure"]), frozenset(raw["sure"] + raw["maybe"]))
    if isinstance(raw, list):
        return Members(frozenset(raw), frozenset(raw))
    return Decimal(str(raw)) if kind in {"number", "money"} and raw not in {None, UNKNOWN} else raw


def passes(op: str, operand: Any, value: Any, *, eccn: bool = False) -> int:
    """Whether a value passes a test."""
    wanted = list(operand) if isinstance(operand, (list, set)) else [operand]
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


@lru_cache(maxsize=100_000)
def normalized(name: str) -> str:
    """The name with width, letter case, punctuation and spacing set aside."""
    folded = (c for c in unicodedata.normalize("NFKC", name).casefold() if unicodedata.category(c) != "Cf")
    return " ".join("".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded).split())


class Pack:
    """A folder of policy: its files by kind and id, its digest, when each rule is in force, and what it reads."""

    def __init__(self, folder: Path) -> None:
        self.id, digest, self.of = folder.resolve().name, hashlib.sha256(), {kind: dict[Any, Any]() for kind in KINDS}
        for kind, home, raw in sorted(self._files(folder)):
            own = hashlib.sha256(raw).hexdigest()
            digest.update(f"{kind}\0{home}\0{own}\n".encode())
            self.of[kind][(home, own) if kind == "listings" else home] = parsed(raw) if kind != "cases" else None
        self.digest, self.manifest, words = digest.hexdigest(), self.of["pack"]["."], self.of["vocabulary"]["."]
        self.facts = words["facts"] | {"as_of": {"scope": "transaction", "type": "date"}}
        self.authorizations, self.rules = words.get("authorizations") or {}, self.of["rule"]
        if any("displaces" in rule for rule in self.rules.values()):
            raise ValueError("rules that displace others are not modeled")
        files = [(self.of["list"][home]["list"], data["listings"]) for (home, _), data in self.of["listings"].items()]
        self.listings = [(name, listing) for name, listings in files for listing in listings]
        self.periods = {rule: [*self._periods(data["in_force"])] for rule, data in self.rules.items()}
        self.reads = {rule: self._facts(data) for rule, data in self.rules.items()}

    @staticmethod
    def _files(folder: Path) -> Iterator[tuple[str, str, bytes]]:
        for path in folder.rglob("[!.]*.yaml"):
            listings = path.parent.name == "listings"
            kind, home = ("listings", path.parent.parent) if listings else (path.stem, path.parent)
            if kind in KINDS and path.is_file():
                yield kind, home.relative_to(folder).as_posix(), path.read_bytes()

    def _periods(self, law: Any) -> Iterator[Data]:
        """The periods of a rule; of a paragraph, those of its general license from when it entered it until it left."""
        own = {} if isinstance(law, list) else law
        shared = self.of["general_license"][own["general_license"]] if own else {"periods": law}
        for p in shared["periods"]:
            ends = [end for end in (shared.get("ended", p.get("ended")), own.get("ended")) if end]
            start, since = max(p.get("from", ""), own.get("from", "")), max(known(p), known(own))
            end = min(ends, key=lambda e: e["from"], default=None)
            if own.get("from", "") <= p.get("through", EVER):
                yield p | {"from": start, "filed": since, "published": since, "ended": end}

    def _facts(self, rule: Data) -> set[str]:
        """The facts that a rule reads or sets."""
        text = json.dumps([rule["when"], rule["then"], rule.get("claimed_by")])
        return {a or b for a, b in re.findall(r'"(?:each|fact)": "(\w+)"|"(\w+)":', text)} & {*self.facts}

    def rank(self, rule: str) -> int:
        """How narrow the cases are that the rule judges."""
        return max(1, *(SCOPES.index(self.facts[fact]["scope"]) for fact in self.reads[rule]))

    def in_force(self, rule: str, day: str, known_on: str | None) -> tuple[int, Any]:
        """Whether a rule is in force, and the period relied on; later versions of its text supersede it."""
        text = self.rules[rule].get("text", rule)
        versions = [r for r, data in self.rules.items() if data.get("text", r) == text]
        first = {r: min(self.periods[r], key=lambda p: p.get("from", "")) for r in versions}
        later = [p for p in first.values() if p.get("from", "") > first[rule].get("from", "")]
        return in_force(self.periods[rule], day, known_on, [{"from": p["from"], "published": known(p)} for p in later])


class Line:
    """A line of an order: its cases, the facts recorded of them, and what the rules make of these."""

    def __init__(self, pack: Pack, decision: Data, item: Data, record: Data) -> None:
        self.pack, self.order, self.item, self.record = pack, decision["input"], item, record
        self.day, self.known_on, self.assume = decision["as_of"], decision["known_on"], decision["assumptions"]
        self.parties, self.assumed = {p["id"]: p for p in self.order["parties"]}, set[tuple[str, Case]]()
        self.hits = {(item["id"], p, hit): what for p in self.parties for hit, what in self._hits(self.parties[p])}
        self.cases: list[Case] = [(item["id"],), *((item["id"], p) for p in self.parties), *self.hits]
        self.shown = {c["subject"]: c for c in record["cases"]}
        self.facts: dict[tuple[str, Case], Any] = {}
        self.tables: dict[str, list[Data]] = {}
        self.law = {rule: pack.in_force(rule, self.day, self.known_on) for rule in pack.rules}
        self.judged: dict[tuple[str, Case], list[tuple[str, Any, int]]] = {}
        self.spoken: set[tuple[str, Case]] = set()

    def _hits(self, party: Data) -> Iterator[tuple[Case, Any]]:
        """The listings in force that the party hits, each with its row and whether it is surely the party."""
        near = [(party, ""), *((owner, "owner") for owner in party.get("owners", ()))]
        for field, basis in (("acts_for", "acts_for"), ("branch_of", "branch")):
            near += [(self.parties.get(who, {"name": who}), basis) for who in party.get(field, ())]
        found: dict[Case, Any] = {}
        called = [(x.get("country"), basis, name) for x, basis in near for name in (x["name"], *x.get("aliases", ()))]
        for country, basis, name in called:
            named = []
            for of, entry in self.pack.listings:
                names = dict.fromkeys((entry["name"], *entry.get("aliases", ())))
                named += [(of, entry, n == entry["name"]) for n in names if normalized(n) == normalized(name)]
            for of, entry, own in [n for n in named if country and n[1].get("country") == country] or named:
                key, said = (of, entry["id"], basis or "name"), at(self.order, "resolutions")
                said = [r for r in said if r.get("hit") == entry["id"] and r.get("party") in {None, party["id"]}]
                findings = {r.get("finding") for r in said}
                sure = "confirmed" in findings or not country or entry.get("country") in {None, country}
                if "dismissed" not in findings and not (key in found and found[key][2]):
                    found[key] = (basis or ("name" if own else "alias"), entry, sure)
        for (of, name, _), (basis, entry, sure) in found.items():
            end = entry.get("removed", {"from": ""})
            rows = [row | {"ended": end} if row["from"] < end["from"] else row for row in entry["rows"]]
            truth, row = in_force(rows, self.day, self.known_on)
            if truth:
                yield (of, name, basis), (entry, row, sure)

    # --- rules over the recorded facts -------------------------------------------------------------------------------

    def value(self, name: str, case: Case) -> Any:
        """The recorded value of a fact in a case."""
        return self.facts.get((name, case[: max(1, SCOPES.index(self.pack.facts[name]["scope"]))]), UNKNOWN)

    def rows(self, table: str) -> list[Data]:
        """The rows of a table that are in force."""
        if table not in self.tables:
            rows = self.pack.of["table"][table]["rows"]
            self.tables[table] = [row for row in rows if in_force([row], self.day, self.known_on)[0]]
        return self.tables[table]

    def holds(self, when: Data, case: Case, hidden: str = "") -> int:
        """Whether a condition holds; `hidden` is a fact taken as unknown."""
        ((key, body),) = when.items()
        if key in {"all", "any"}:
            return (min if key == "all" else max)(self.holds(part, case, hidden) for part in body)
        if key == "not":
            return TRUE - self.holds(body, case, hidden)
        ((op, operand),) = body.items() if isinstance(body, dict) else [("is", body)]
        if isinstance(operand, dict):
            if self.day > self.pack.of["table"][operand["table"]].get("holds_after", EVER):
                return OPEN
            rows = [r for r in self.rows(operand["table"]) if operand.get("where", {}).items() <= r.items()]
            cells = [row[operand["column"]] for row in rows]
            operand = [value for cell in cells for value in (cell if isinstance(cell, list) else [cell])]
        eccn = self.pack.facts[key]["type"] == "eccn"
        return OPEN if key == hidden else passes(op, operand, self.value(key, case), eccn=eccn)

    def judge(self, rule: str, case: Case, hidden: str = "") -> list[tuple[str, Any, int]]:
        """The effects of a rule that are true or open in a case: kind, effect, truth."""
        data, found = self.pack.rules[rule], []
        law = self.law[rule][0] and min(self.law[rule][0], self.holds(data["when"], case, hidden))
        effects = [(kind, body if isinstance(body, list) else [body]) for kind, body in data["then"].items()]
        for kind, effect in [(kind, effect) for kind, several in effects for effect in several]:
            field = {"require": "reason", "review": "policy"}.get(kind, "")
            if law and field and isinstance(effect[field], dict):  # once for each value that a fact gives it
                ((op, fact),) = effect[field].items()
                for value in self.pack.facts[fact]["values"]:
                    test = {fact: {"contains": value} if op == "each" else value}
                    found.append((kind, effect | {field: value}, min(law, self.holds(test, case, hidden))))
            else:
                found.append((kind, effect, law))
        return [f for f in found if f[2]]

    def claimed(self, rule: str, case: Case) -> bool:
        """Whether the order states every claim that the rule asks for."""
        claims = self.pack.rules[rule].get("claimed_by", {})
        return all(self.holds({fact: test}, case) == TRUE for fact, test in claims.items())

    def rulings(self, kind: str) -> list[Ruling]:
        """The effects of a kind, of rules that are claimed where they must be."""
        return [Ruling(r, c, t, e) for r, c in sorted(self.spoken) for k, e, t in self.judged[r, c] if k == kind]

    # --- facts -------------------------------------------------------------------------------------------------------

    def expected(self, name: str, fact: Data, case: Case) -> Any:
        """What a fact must be: derived, set by rules, told by a listing, stated, or assumed."""
        if "derive" in fact:
            ((how, spec),) = fact["derive"].items()
            return self._lookup(spec, case) if how == "lookup" else self._derived(how, spec, case)
        if "set" in fact:
            given = {(r.effect[name], r.truth) for r in self.rulings("set") if r.case == case and name in r.effect}
            sure, default = [v for v, t in given if t == TRUE], (fact["set"] or {}).get("default", UNKNOWN)
            values = {v for v, _ in given} | ({default} if not sure else set())
            return typed(fact["type"], values.pop()) if len(values) == 1 else UNKNOWN
        if fact["scope"] == "listing":
            return typed(fact["type"], self._told(fact["read"], case))
        home: Any = {"transaction": self.order, "item": self.item, "party": self.parties.get(case[-1])}[fact["scope"]]
        raw = self.day if name == "as_of" else at(home, fact.get("read", f"facts.{name}"))
        if raw == UNKNOWN and "read" not in fact and fact["scope"] == "item":
            raw = at(self.order, f"facts.{name}")
        if raw == UNKNOWN and self.assume and "absent" in fact:
            self.assumed.add((name, case))
            raw = fact["absent"]["assume"]
        return typed(fact["type"], raw)

    def _told(self, what: str, case: Case) -> Any:
        """What the listing says, by the row in force."""
        entry, row, sure = self.hits[case]
        field, key = {"covers_item": ("scope", "covers"), "review_policy": ("review", "policy")}.get(what, ("", ""))
        if field:  # the first row that holds, if no open one before it says otherwise
            rows = row[field] if isinstance(row.get(field), list) else [{"covers": True, "policy": row.get(field)}]
            truths = [self.holds(r["when"], case) if "when" in r else TRUE for r in rows]
            first = truths.index(TRUE) if TRUE in truths else len(rows)
            values = {r[key] for r, truth in zip(rows[: first + 1], truths, strict=False) if truth}
            return values.pop() if len(values) == 1 and first < len(rows) else UNKNOWN
        said = {"list": case[2][0], "hit_basis": case[2][2], "hit_confirmed": True if sure else UNKNOWN}
        said |= {"row_from": row["from"], "listed_from": min(r["from"] for r in entry["rows"])}
        said |= {"footnotes": row.get("footnotes", [])}
        return said.get(what, entry.get(what, None if what == "country" else UNKNOWN))

    def _lookup(self, spec: Data, case: Case) -> Any:
        """A table's answer: the most specific row; for a classification that has finer rows, what all of them share."""
        table, by = self.pack.of["table"][spec["table"]], {c: self.value(f, case) for c, f in spec["by"].items()}
        if self.day > table.get("holds_after", EVER) or None in by.values() or UNKNOWN in by.values():
            return UNKNOWN
        fine = {c for c in by if table["columns"][c]["type"] == "eccn"}
        rows = [r for r in self.rows(spec["table"]) if all(r[c] == v for c, v in by.items() if c not in fine)]
        below = [r for r in rows if fine and all(r[c].startswith(f"{by[c]}.") for c in fine)]
        for c in fine:
            rows = [r for r in rows if by[c] == r[c] or by[c].startswith(f"{r[c]}.")]
            longest = max((len(r[c]) for r in rows), default=0)
            rows = [r for r in rows if len(r[c]) == longest]
        kind, missing = table["columns"][spec["column"]]["type"], spec.get("missing")
        if not rows and not below and missing != "unknown":
            return None if missing == "none" else typed(kind, missing["value"]) if missing else UNKNOWN
        values = [typed(kind, r[spec["column"]]) for r in rows + below] if rows else []
        if kind != "set" or not values:
            return values[0] if values and all(value == values[0] for value in values) else UNKNOWN
        sets = [value.sure if value else frozenset[str]() for value in values]
        return Members(frozenset.intersection(*sets), frozenset.union(*sets)) if any(values) else None

    def _derived(self, how: str, spec: Any, case: Case) -> Any:
        """What two sets share, a comparison, or whether any element of a collection fits; unknown if none of these."""
        truth = OPEN
        if how == "both":
            sets = [value for name in spec if (value := self.value(name, case)) != UNKNOWN]
            if not sets or None in sets or not all(value.possible for value in sets):
                return typed("set", []) if sets else UNKNOWN
            sure = frozenset.intersection(*(v.sure for v in sets)) if len(sets) == len(spec) else frozenset[str]()
            return Members(sure, frozenset.intersection(*(v.possible for v in sets)))
        if how == "compare":
            op = next(op for op in spec if op != "left")
            left, right = self.value(spec["left"], case), self.value(spec[op], case)
            if right not in {None, UNKNOWN}:
                eccn = self.pack.facts[spec["left"]]["type"] == "eccn"
                passed = passes(op.removesuffix("_not"), right, left, eccn=eccn)
                truth = TRUE - passed if op == "is_not" else passed
        if how == "any":
            root, name = spec["of"].split(".")
            elements = at({"transaction": self.order, "item": self.item}.get(root, self.parties.get(case[-1])), name)
            elements = elements if isinstance(elements, list) else []
            kept = [(within, e) for e in elements if (within := self._fits(e, spec.get("where", {}), case))]
            if not kept:
                return none if isinstance(none := spec.get("none_given"), bool) else UNKNOWN
            truth = max(min(within, self._fits(e, spec["has"], case)) for within, e in kept)
        return {FALSE: False, OPEN: UNKNOWN, TRUE: True}[truth]

    def _fits(self, element: Data, tests: Data, case: Case) -> int:
        """Whether an element of a collection passes tests on its fields."""
        truths = [TRUE]
        for field, body in tests.items():
            ((op, operand),) = body.items() if isinstance(body, dict) and "fact" not in body else [("is", body)]
            operand = self.value(operand["fact"], case) if isinstance(operand, dict) else operand
            raw = at(self.parties[element["by"]], "roles") if field == "by_roles" else at(element, field)
            truths.append(OPEN if operand == UNKNOWN else passes(op, operand, typed("", raw), eccn=field == "eccn"))
        return min(truths)

    # --- what the rules come to --------------------------------------------------------------------------------------

    def lifted(self, lift: Ruling, reason: str) -> int:
        """How sure a lift of a reason is once bars, and exceptions to them, are counted."""
        truth, parts = lift.truth, lift.effect["authorization"].split(".")
        ids = [".".join(parts[:n]) for n in range(len(parts), 0, -1)]  # the authorization, and those it is nested in
        kind = next(k for i in ids if (k := self.pack.authorizations.get(i, {}).get("kind")))
        for bar in self.rulings("bar"):
            names, kinds = bar.effect.get("authorizations", []), bar.effect.get("kinds", [])
            barred = kind in kinds or any(i in names for i in ids) or not (names or kinds)
            spared = any(i in bar.effect.get("all_but", []) for i in ids)
            if barred and not spared and reason in bar.effect.get("reasons", [reason]):
                near = [e for e in self.rulings("except") if bar.rule in e.effect["bars"] and related(e.case, bar.case)]
                truth = min(truth, TRUE - min(bar.truth, TRUE - max((e.truth for e in near), default=FALSE)))
        return truth

    def comes_to(self) -> dict[str, Any]:
        """The line as the decision must show it, every entry as the list of its fields in `FIELDS`."""
        required, used = [], []
        for r in self.rulings("require"):
            reason, lifts = r.effect["reason"], [x for x in self.rulings("lift") if r.case[: len(x.case)] == x.case]
            truths = [(x, self.lifted(x, reason)) for x in lifts if names(x.effect, reason, r.rule)]
            stands = min(r.truth, TRUE - max((t for _, t in truths), default=FALSE))
            states = ("barred", "open", "used")
            used += [[x.effect["authorization"], x.rule, subject(x.case), states[t]] for x, t in truths]
            near = [x for x in self.rulings("review") if reason in x.effect["reasons"] and related(x.case, r.case)]
            near = [x for x in near if x.truth == TRUE and stands]
            policy = max((x.effect["policy"] for x in near), key=POLICIES.index, default=None)
            lifting = sorted({x.rule for x, t in truths if t == TRUE})
            giving = sorted({x.rule for x in near if x.effect["policy"] == policy})
            required.append([reason, subject(r.case), r.rule, STATES[stands], lifting, policy, giving])
        limits = [("pack-stale", self.pack.manifest), *(("list-stale", x) for x in self.pack.of["list"].values())]
        held = [[code] for code, x in limits if self.day > x.get("holds_after", EVER)]
        flags = [[r.rule, subject(r.case), self._settled(r)] for r in self.rulings("flag")]
        outcome = self._outcome([r[3] for r in required], held=bool(held) or not all(flag[2] for flag in flags))
        entries = {"requirements": required, "authorizations": used, "flags": flags, "holds": held}
        return {"outcome": outcome, "release": RELEASE[outcome], "review": strictest(required), **entries}

    def _outcome(self, states: list[str], *, held: bool) -> str:
        prohibited = {r.truth for r in self.rulings("prohibit")}
        if TRUE in prohibited or "stands" in states:
            return "prohibited" if TRUE in prohibited else "license_required"
        within = self.pack.manifest["jurisdiction"]
        found = self.value(within["fact"], self.cases[0])
        if held or prohibited or "open" in states or not self.pack.rules or (not states and found in {None, UNKNOWN}):
            return "hold"
        return "authorized" if states else "no_license_required" if found == within["subject"] else "not_subject"

    def _settled(self, flag: Ruling) -> bool:
        """Whether a resolution of the order names the flag, and no other party or item."""
        own = {"item": flag.case[0], "party": flag.case[1] if len(flag.case) > 1 else None}
        named = [r for r in at(self.order, "resolutions") if r.get("flag") == flag.rule]
        return any(all(not r.get(key) or r[key] == name for key, name in own.items()) for r in named)

    def determining(self, shown: Data) -> set[str]:
        """The rules without which the outcome would have no reason."""
        fact, required = self.pack.manifest["jurisdiction"]["fact"], shown["requirements"]
        return {
            "prohibited": {r.rule for r in self.rulings("prohibit") if r.truth == TRUE},
            "license_required": {r[2] for r in required if r[3] == "stands"},
            "authorized": {rule for r in required for rule in (r[2], *r[4])},
            "hold": {rule for rule, _, settled in shown["flags"] if not settled},
        }.get(shown["outcome"], {r.rule for r in self.rulings("set") if fact in r.effect and r.truth == TRUE})

    # --- what the decision says otherwise ----------------------------------------------------------------------------

    def problems(self) -> Iterator[str]:
        """What the decision says of the line otherwise than the law and the order do."""
        cases = {subject(case): case for case in self.cases}
        if sorted(cases) != sorted(c["subject"] for c in self.record["cases"]):
            yield from (f"the case `{name}` is missing" for name in cases if name not in self.shown)
            yield from (f"the case {show(name)} is invented" for name in self.shown if name not in cases)
            yield f"the cases are {show(', '.join(cases))}"
            return
        for name, case in cases.items():
            kinds = {f: fact["type"] for f, fact in self.pack.facts.items()}
            self.facts |= {(f, case): typed(kinds.get(f, ""), raw) for f, raw in self.shown[name]["facts"].items()}
        ranked = [(rule, self.pack.rank(rule)) for rule in self.pack.rules]
        self.judged = {(r, c): self.judge(r, c) for r, rank in ranked for c in self.cases if len(c) == rank}
        self.spoken = {(r, c) for (r, c), effects in self.judged.items() if effects and self.claimed(r, c)}
        for name, case in cases.items():
            yield from (f"case `{name}`: {problem}" for problem in self._case(case, self.shown[name]))
        yield from self._verdict(self.comes_to())
        yield from self._reasons()

    def _case(self, case: Case, record: Data) -> Iterator[str]:
        scopes = {SCOPES[len(case)], "transaction" if len(case) == 1 else ""}
        facts = {f: fact for f, fact in self.pack.facts.items() if fact["scope"] in scopes}
        others = {"required_reasons", "authorized_by"} if len(case) == 1 else set()
        yield from (f"fact {show(f)} is missing or invented" for f in sorted({*facts, *others} ^ {*record["facts"]}))
        for f, fact in facts.items():
            recorded, expected = self.value(f, case), self.expected(f, fact, case)
            if recorded != expected:
                yield f"fact `{f}` is recorded as {show(recorded)}, and comes to {show(expected)}"
        if record["scope"] != SCOPES[len(case)] or record["listing"] != ("/".join(case[2][:2]) if case[2:] else None):
            yield "its scope or its listing is another"
        spoken = {r: max(t for _, _, t in x) for (r, c), x in self.judged.items() if c == case and x}
        unclaimed = {r for r in spoken if (r, case) not in self.spoken}
        for r in sorted({*spoken, *record["rules"]}):
            truth, said = spoken.get(r, FALSE) if r not in unclaimed else FALSE, record["rules"].get(r, FALSE)
            if truth != said:
                yield f"rule {show(r)} is {TRUTHS.get(truth)}, and recorded as {TRUTHS.get(said)}"
        if unclaimed != {*record["unclaimed"]}:
            yield f"unclaimed are {show(sorted(unclaimed))}, and not {show(record['unclaimed'])}"

    def _verdict(self, shown: Data) -> Iterator[str]:
        for field in ("outcome", "release", "review"):
            if self.record[field] != shown[field]:
                yield f"the {field} is {shown[field]}, and not {show(self.record[field])}"
        for field, keys in FIELDS.items():
            theirs = [[entry[key] for key in keys] for entry in self.record[field]]
            if field == "authorizations":
                theirs = [entry for entry in theirs if entry[3] not in {"failed", "unclaimed", "not_in_force"}]
            yield from (f"{field}: {show(entry)} is missing" for entry in shown[field] if entry not in theirs)
            yield from (f"{field}: {show(entry)} does not follow" for entry in theirs if entry not in shown[field])
        determined, spoken = {*self.record["determined_by"]}, {rule for rule, _ in self.spoken}
        yield from (f"determined_by: `{rule}` is missing" for rule in sorted(self.determining(shown) - determined))
        yield from (f"determined_by: {show(rule)} says nothing here" for rule in sorted(determined - spoken))

    def _reasons(self) -> Iterator[str]:
        said, taken = {a["fact"] for a in self.record["assumptions"]}, {f for f, _ in self.assumed}
        uses = [(f, (r, c)) for f, home in self.assumed for r, c in self.judged if c[: len(home)] == home]
        uses = [(f, (r, c)) for f, (r, c) in uses if f in self.pack.reads[r]]
        relied = {f for f, key in uses if self.judge(*key) != self.judge(*key, f)}
        yield from (f"assumptions: `{f}` is relied on, and not shown" for f in sorted(relied - said))
        yield from (f"assumptions: {show(f)} is not assumed" for f in sorted(said - taken))
        used = [(r, c) for r, c in self.spoken if r in self.record["determined_by"]]
        rows = [self.hits[c][1] for _, c in used if c in self.hits]
        end = min((p.get("through", EVER) for p in [*(self.law[r][1] for r, _ in used), *rows]), default=EVER)
        if end < (self.record["valid_until"] or EVER):
            yield f"valid_until: the answer relies on a period that ends on {end}"


def names(lift: Data, reason: str, rule: str) -> bool:
    """Whether a lift names a requirement, by its reason or its rule: it discharges nothing else."""
    return lift.get("reasons") == "all" or reason in lift.get("reasons", ()) or rule in lift.get("rules", ())


def strictest(required: Iterable[Any]) -> str | None:
    """The strictest review policy of the requirements that stand."""
    return max((r[5] for r in required if r[3] == "stands" and r[5]), key=POLICIES.index, default=None)


def related(a: Case, b: Case) -> bool:
    """Whether one case is the other or above it."""
    return all(x == y for x, y in zip(a, b, strict=False))


def subject(case: Case) -> str:
    """The case as decisions name it."""
    return "/".join(part if isinstance(part, str) else f"{part[1]}:{part[2]}" for part in case)


def show(value: Any) -> str:
    """A value in a message: short, and nothing but printable characters."""
    text = ", ".join(sorted(value.possible)) if isinstance(value, Members) else str(value)
    return "`" + "".join(c if c.isprintable() else "?" for c in text)[:200] + "`"


def whole(what: str, record: Data, parts: Sequence[Data]) -> Iterator[str]:
    """What is said of a whole otherwise than of its parts, of which the strictest and the earliest count."""
    outcome = max((part["outcome"] for part in parts), key=OUTCOMES.index, default="hold")
    until = min((part["valid_until"] for part in parts if part["valid_until"]), default=None)
    for field, value in (("outcome", outcome), ("release", RELEASE[outcome]), ("valid_until", until)):
        if record[field] != value:
            yield f"{what}: the {field} is {value}, and not {show(record[field])}"


def refusals(decision: Data, packs: Mapping[str, Pack]) -> Iterator[str]:
    """What is wrong with a decision; where it is of another law or another order, that alone."""
    order, made = decision["input"], decision["provenance"]
    text = json.dumps(order, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    if hashlib.sha256(text).hexdigest() != made["input"] or decision["transaction"] != order["id"]:
        yield "the order is not the one that the decision was made on: its digest or its id is another"
    if decision["format"] != "licet-decision-1" or [r["pack"] for r in decision["regimes"]] != sorted(packs):
        yield "the decision is of another format, or of other packs"
    elif made["packs"] != {name: pack.digest for name, pack in packs.items()}:
        yield "the law is not the one that the decision was made with: the digest of a pack is another"
    else:
        for regime in decision["regimes"]:
            pack = packs[regime["pack"]]
            same = [item["id"] for item in order["items"]] == [line["item"] for line in regime["lines"]]
            if not same or regime["binds"] is not pack.manifest["binds"]:
                yield f"pack `{pack.id}`: a line is missing or invented, or whether the pack binds is changed"
                continue
            for item, line in zip(order["items"], regime["lines"], strict=True):
                found = Line(pack, decision, item, line).problems()
                yield from (f"line {show(item['id'])}: {problem}" for problem in found)
            yield from whole(f"pack `{pack.id}`", regime, regime["lines"])
        yield from whole("the decision", decision, [regime for regime in decision["regimes"] if regime["binds"]])


def verify(decision: Data, policies: Sequence[Path]) -> list[str]:
    """What is wrong with a decision, in plain words; nothing where it is certified."""
    problems: list[str] = []
    try:
        plain = json.loads(json.dumps(decision, default=str))
        for problem in refusals(plain, {pack.id: pack for pack in map(Pack, policies)}):
            problems.append(problem)  # noqa: PERF402  # what is found before an error stays found
    except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
        problems.append(f"this cannot be verified: {type(error).__name__}: {show(error)}")
    return problems


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 for a certified decision, 2 for a refused one."""
    decision, folder = json.loads(Path(arguments[0]).read_text(encoding="utf-8")), Path(arguments[1])
    manifests = [*folder.glob("pack.yaml"), *sorted(folder.glob("*/pack.yaml"))]
    problems = verify(decision, [path.parent for path in manifests])
    sys.stdout.write("\n".join(problems or ["certified"]) + "\n")
    return 2 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
