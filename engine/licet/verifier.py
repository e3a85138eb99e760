"""Certifies a decision without the engine: it imports nothing of licet, and reads the order and the policy's YAML itself.

Checked: the digests; that every line, party and listing hit (exact names, namesakes, dismissals) has its case, and none is
invented; every recorded fact, be it stated, assumed, told by a listing, set by rules, or derived by `lookup`, `compare`, `both`
or `any`; over these facts every rule, true, open or unclaimed; requirements, what lifts them, review policies, bars, exceptions,
prohibitions, flags; outcomes and releases; that the rules which speak for the outcome are said to determine it, and no silent
one is; that assumptions relied on are shown; and that nothing relied on ends before `valid_until`.
Refused, since not modeled: other derivations, numbers between bounds, foreign money (unless recorded as unknown), `displaces`,
rules that read `required_reasons` or `authorized_by`, and decisions in which a rule or a fact failed.
Trusted: that policy and order are well-formed (`licet check`, and the reading of orders); that no change of the law before
`valid_until` changes the outcome; and what explains or reminds: titles, messages, questions, notices, obligations, ratings.
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
SILENCE |= dict.fromkeys(("statements", "licenses", "resolutions", "aliases", "acts_for", "branch_of"), [])
COMPARE: Any = {"at_least": operator.ge, "at_most": operator.le, "more_than": operator.gt, "less_than": operator.lt}
COMPARE |= {"on_or_after": operator.ge, "on_or_before": operator.le}
Data = Mapping[str, Any]
Case = tuple[Any, ...]  # (item), (item, party) or (item, party, (list, listing, basis)); a beginning of it is a case above
Members = NamedTuple("Members", [("sure", frozenset[str]), ("possible", frozenset[str])])  # of a set
Ruling = NamedTuple("Ruling", [("rule", str), ("case", Case), ("truth", int), ("effect", Any)])  # an effect, true or open
Reader: Any = type("Reader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {"yaml_implicit_resolvers": {}})
Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)\Z"), None)
Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"null\Z"), None)  # other scalars are their own text
parsed = lru_cache(maxsize=10_000)(lambda raw: yaml.load(raw, Reader))  # noqa: S506  # a safe loader that knows less


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
    """A folder of policy: its files by kind and id, its digest, and when each rule is in force."""

    def __init__(self, folder: Path) -> None:
        self.id, digest, self.of = folder.resolve().name, hashlib.sha256(), {kind: dict[Any, Any]() for kind in KINDS}
        found = [(p, p.parent.name == "listings") for p in folder.rglob("[!.]*.yaml") if p.is_file()]
        files = [("listings" if l else p.stem, (p.parent.parent if l else p.parent).relative_to(folder).as_posix(), p.read_bytes()) for p, l in found]
        for kind, home, raw in sorted(f for f in files if f[0] in KINDS):
            own = hashlib.sha256(raw).hexdigest()
            digest.update(f"{kind}\0{home}\0{own}\n".encode())
            self.of[kind][(home, own) if kind == "listings" else home] = parsed(raw) if kind != "cases" else None
        self.digest, self.manifest, words = digest.hexdigest(), self.of["pack"]["."], self.of["vocabulary"]["."]
        self.facts = words["facts"] | {"as_of": {"scope": "transaction", "type": "date"}}
        self.authorizations, self.rules = words.get("authorizations") or {}, self.of["rule"]
        self.entries = [(self.of["list"][home]["list"], e) for (home, _), x in self.of["listings"].items() for e in x["listings"]]
        self.periods = {rule: [*self.periods_of(data["in_force"])] for rule, data in self.rules.items()}
        first = {rule: min(periods, key=lambda p: p.get("from", "")) for rule, periods in self.periods.items()}
        self.begins = {rule: {"from": p.get("from", ""), "published": known(p)} for rule, p in first.items()}
        self.rank = {rule: self.rank_of(data) for rule, data in self.rules.items()}

    def periods_of(self, law: Any) -> Iterator[Data]:
        """The periods of a rule; for a paragraph those of its general license, from when it entered this until it left."""
        shared = self.of["general_license"][law["general_license"]] if isinstance(law, dict) else {"periods": law}
        own = law if isinstance(law, dict) else {}
        for p in shared["periods"]:
            ends = [end for end in (shared.get("ended", p.get("ended")), own.get("ended")) if end]
            new = {"from": max(p.get("from", ""), own.get("from", "")), "ended": min(ends, key=lambda e: e["from"], default=None)}
            if own.get("from", "") <= p.get("through", EVER):
                yield p | new | dict.fromkeys(("filed", "published"), max(known(p), known(own)))

    def rank_of(self, rule: Data) -> int:
        """How narrow the cases are that the rule judges: the narrowest of the facts that it reads or sets."""
        text = json.dumps([rule["when"], rule["then"], rule.get("claimed_by")])
        facts = {a or b for a, b in re.findall(r'"(?:each|fact)": "(\w+)"|"(\w+)":', text)} & {*self.facts}
        return max(1, *(SCOPES.index(self.facts[fact]["scope"]) for fact in facts))


class Line:
    """A line of an order: its cases, the facts recorded of them, and what the rules make of these."""

    def __init__(self, pack: Pack, decision: Data, item: Data, record: Data) -> None:
        self.pack, self.order, self.item, self.record = pack, decision["input"], item, record
        self.day, self.known_on, self.assume = decision["as_of"], decision["known_on"], decision["assumptions"]
        self.parties, top = {p["id"]: p for p in self.order["parties"]}, item["id"]
        self.hits = {(top, p["id"], hit): what for p in self.order["parties"] for hit, what in self.screened(p)}
        self.cases: list[Case] = [(top,), *((top, p) for p in self.parties), *self.hits]
        self.shown = {c["subject"]: c for c in record["cases"]}
        self.facts = {(f, c): typed(pack.facts[f]["type"], v) for c in self.cases for f, v in self.shown.get(subject(c), {"facts": {}})["facts"].items() if f in pack.facts}
        self.assumed: set[tuple[str, Case]] = set()
        self.law: dict[str, Any] = {}
        for rule, data in pack.rules.items():
            later = [b for o, b in pack.begins.items() if pack.rules[o].get("text", o) == data.get("text") and b["from"] > pack.begins[rule]["from"]]
            self.law[rule] = in_force(pack.periods[rule], self.day, self.known_on, later)
        self.judged = {(r, c): self.judge(r, c) for r in pack.rules for c in self.cases if len(c) == pack.rank[r]}
        self.claimed = {key: all(self.holds({f: t}, key[1]) == TRUE for f, t in pack.rules[key[0]].get("claimed_by", {}).items()) for key in self.judged}

    def screened(self, party: Data) -> Iterator[tuple[Case, Any]]:
        """The listings in force that the party hits, each with its row and whether it is surely the party."""
        near = [(party, ""), *((owner, "owner") for owner in party.get("owners", ()))]
        near += [(self.parties.get(who, {"name": who}), b) for f, b in (("acts_for",) * 2, ("branch_of", "branch")) for who in party.get(f, ())]
        found: dict[Case, Any] = {}
        for who, basis, name in [(who, basis, normalized(n)) for who, basis in near for n in (who["name"], *who.get("aliases", ()))]:
            country = who.get("country")
            named = [(of, e, n == e["name"]) for of, e in self.pack.entries for n in dict.fromkeys((e["name"], *e.get("aliases", ()))) if normalized(n) == name]
            for of, entry, own in [n for n in named if country and n[1].get("country") == country] or named:
                said = {r.get("finding") for r in at(self.order, "resolutions") if r.get("hit") == entry["id"] and r.get("party") in {None, party["id"]}}
                sure, key = "confirmed" in said or not country or entry.get("country") in {None, country}, (of, entry["id"], basis or "name")
                if "dismissed" not in said and not (key in found and found[key][2]):
                    found[key] = (basis or ("name" if own else "alias"), entry, sure)
        for (of, name, _), (basis, entry, sure) in found.items():
            end = entry.get("removed", {"from": ""})
            truth, row = in_force([r | ({"ended": end} if r["from"] < end["from"] else {}) for r in entry["rows"]], self.day, self.known_on)
            if truth:
                yield (of, name, basis), (entry, row, sure)

    def value(self, name: str, case: Case) -> Any:
        """The recorded value of a fact in a case."""
        return self.facts.get((name, case[: max(1, SCOPES.index(self.pack.facts[name]["scope"]))]), UNKNOWN) if name in self.pack.facts else UNKNOWN

    def rows(self, table: str) -> list[Data]:
        """The rows of a table that are in force."""
        return [row for row in self.pack.of["table"][table]["rows"] if in_force([row], self.day, self.known_on)[0]]

    def holds(self, when: Data, case: Case, hidden: str = "") -> int:
        """Whether a condition holds; `hidden` is a fact taken as unknown."""
        ((key, body),) = when.items()
        if key in {"all", "any"}:
            return (min if key == "all" else max)(self.holds(part, case, hidden) for part in body)
        if key == "not":
            return TRUE - self.holds(body, case, hidden)
        ((op, operand),) = body.items() if isinstance(body, dict) else [("is", body)]
        if isinstance(operand, dict):
            rows = [r for r in self.rows(operand["table"]) if all(r[c] == v for c, v in operand.get("where", {}).items())]
            operand = [v for r in rows for v in (cell if isinstance(cell := r[operand["column"]], list) else [cell])]
        return OPEN if key == hidden else passes(op, operand, self.value(key, case), eccn=self.pack.facts[key]["type"] == "eccn")

    def judge(self, rule: str, case: Case, hidden: str = "") -> list[tuple[str, Any, int]]:
        """The effects of a rule that are true or open in a case: kind, effect, truth."""
        data, found = self.pack.rules[rule], []
        law = min(self.law[rule][0], self.holds(data["when"], case, hidden)) if self.law[rule][0] else FALSE
        for kind, body in data["then"].items():
            for effect in body if isinstance(body, list) else [body]:
                field = {"require": "reason", "review": "policy"}.get(kind, "")
                if field and isinstance(effect[field], dict):
                    ((op, fact),) = effect[field].items()
                    values = self.pack.facts[fact]["values"] if law else ()
                    found += [(kind, effect | {field: v}, min(law, self.holds({fact: {"contains": v} if op == "each" else v}, case, hidden))) for v in values]
                else:
                    found.append((kind, effect, law))
        return [f for f in found if f[2]]

    def rulings(self, kind: str) -> list[Ruling]:
        """The effects of a kind, of rules that are claimed where they must be."""
        return [Ruling(r, c, t, e) for (r, c), x in self.judged.items() if self.claimed[r, c] for k, e, t in x if k == kind]

    def expected(self, name: str, fact: Data, case: Case) -> Any:
        """What a fact must be: derived, set by rules, told by a listing, stated, or assumed."""
        if "derive" in fact:
            ((how, spec),) = fact["derive"].items()
            return self.lookup(spec, case) if how == "lookup" else self.derived(how, spec, case)
        if "set" in fact:
            given = [(e[name], t) for r, c, t, e in self.rulings("set") if c == case and name in e]
            sure, default = {v for v, t in given if t == TRUE}, (fact["set"] or {}).get("default", UNKNOWN)
            values = {v for v, _ in given} | ({default} if not sure else set())
            return typed(fact["type"], values.pop()) if len(values) == 1 and (sure or default != UNKNOWN) else UNKNOWN
        if fact["scope"] == "listing":
            return typed(fact["type"], self.told(fact["read"], case))
        thing = self.day if name == "as_of" else {"transaction": self.order, "item": self.item, "party": self.parties.get(case[-1])}[fact["scope"]]
        raw = self.day if name == "as_of" else at(thing, fact.get("read", f"facts.{name}"))
        if raw == UNKNOWN and "read" not in fact and fact["scope"] == "item":
            raw = at(self.order, f"facts.{name}")
        if raw == UNKNOWN and self.assume and "absent" in fact:
            self.assumed.add((name, case))
            raw = fact["absent"]["assume"]
        return typed(fact["type"], raw)

    def told(self, what: str, case: Case) -> Any:
        """What the listing in force says."""
        entry, row, sure = self.hits[case]
        field, key = {"covers_item": ("scope", "covers"), "review_policy": ("review", "policy")}.get(what, ("", ""))
        if field:
            rows = row[field] if isinstance(row.get(field), list) else [{"covers": True, "policy": row.get(field)}]
            truths = [(self.holds(r["when"], case) if "when" in r else TRUE, r[key]) for r in rows]
            first = next((n for n, (truth, _) in enumerate(truths) if truth == TRUE), len(rows))
            values = {value for truth, value in truths[: first + 1] if truth}
            return values.pop() if len(values) == 1 and first < len(rows) else UNKNOWN
        own = {"list": case[2][0], "hit_basis": case[2][2], "hit_confirmed": True if sure else UNKNOWN, "row_from": row["from"]}
        own |= {"listed_from": min(r["from"] for r in entry["rows"]), "footnotes": row.get("footnotes", [])}
        return own.get(what, entry.get(what, None if what == "country" else UNKNOWN))

    def lookup(self, spec: Data, case: Case) -> Any:
        """A table's answer: the most specific row, or what all paragraphs below a coarse classification share."""
        table, by = self.pack.of["table"][spec["table"]], {c: self.value(f, case) for c, f in spec["by"].items()}
        if self.day > table.get("holds_after", EVER) or None in by.values() or UNKNOWN in by.values():
            return UNKNOWN
        coarse = {c for c in by if table["columns"][c]["type"] == "eccn"}
        rows = [r for r in self.rows(spec["table"]) if all(r[c] == v for c, v in by.items() if c not in coarse)]
        below = [r for r in rows if coarse and all(r[c].startswith(f"{by[c]}.") for c in coarse)]
        for c in coarse:
            rows = [r for r in rows if by[c] == r[c] or by[c].startswith(f"{r[c]}.")]
            rows = [r for r in rows if len(r[c]) == max(len(x[c]) for x in rows)]
        kind, missing = table["columns"][spec["column"]]["type"], spec.get("missing", "unknown")
        values = [typed(kind, r[spec["column"]]) for r in rows + below]
        if not values:
            return None if missing == "none" else typed(kind, missing["value"]) if isinstance(missing, dict) else UNKNOWN
        if all(value == values[0] for value in values) or kind != "set":
            return values[0] if all(value == values[0] for value in values) else UNKNOWN
        sets = [value.sure if value else frozenset[str]() for value in values]
        return Members(frozenset.intersection(*sets), frozenset.union(*sets))

    def derived(self, how: str, spec: Any, case: Case) -> Any:
        """A comparison, what two sets share, or whether any element of a collection fits; unknown if none of these."""
        truth = OPEN
        if how == "both":
            sets = [value for name in spec if (value := self.value(name, case)) != UNKNOWN]
            if None in sets or not all(value.possible for value in sets):
                return typed("set", [])
            sure = frozenset.intersection(*(v.sure for v in sets)) if len(sets) == len(spec) else frozenset[str]()
            return Members(sure, frozenset.intersection(*(v.possible for v in sets))) if sets else UNKNOWN
        if how == "compare":
            op = next(op for op in spec if op != "left")
            left, right = self.value(spec["left"], case), self.value(spec[op], case)
            truth = OPEN if right in (None, UNKNOWN) else passes(op.removesuffix("_not"), right, left)
            truth = TRUE - truth if op == "is_not" and right not in (None, UNKNOWN) else truth
        if how == "any":
            root, name = spec["of"].split(".")
            elements = at({"transaction": self.order, "item": self.item}.get(root, self.parties.get(case[-1])), name)
            kept = [(w, e) for e in (elements if isinstance(elements, list) else []) if (w := self.fits(e, spec.get("where", {}), case))]
            if not kept:
                return none if isinstance(none := spec.get("none_given"), bool) else UNKNOWN
            truth = max(min(w, self.fits(e, spec["has"], case)) for w, e in kept)
        return {FALSE: False, OPEN: UNKNOWN, TRUE: True}[truth]

    def fits(self, element: Data, tests: Data, case: Case) -> int:
        """Whether an element of a collection passes tests on its fields."""
        truths = [TRUE]
        for field, body in tests.items():
            ((op, operand),) = body.items() if isinstance(body, dict) and "fact" not in body else [("is", body)]
            operand = self.value(operand["fact"], case) if isinstance(operand, dict) else operand
            raw = at(self.parties.get(element.get("by")), "roles") if field == "by_roles" else at(element, field)
            truths.append(OPEN if operand == UNKNOWN else passes(op, operand, typed("", raw), eccn=field == "eccn"))
        return min(truths)

    # --- what the rules come to ------------------------------------------------------------------------------------------

    def barred(self, authorization: str, bar: Any) -> bool:
        """Whether a bar is on an authorization: its kind, its id or one it is nested in, or all but some."""
        kind = next(k for n in self.above(authorization) if (k := self.pack.authorizations.get(n, {}).get("kind")))
        named, ids = {*bar.get("authorizations", ())}, {*self.above(authorization)}
        everything = not named and not bar.get("kinds")
        return ids.isdisjoint(bar.get("all_but", ())) and (everything or kind in bar.get("kinds", ()) or bool(named & ids))

    @staticmethod
    def above(authorization: str) -> list[str]:
        """The id and those it is nested in."""
        parts = authorization.split(".")
        return [".".join(parts[:n]) for n in range(len(parts), 0, -1)]

    def lifted(self, lift: Ruling, reason: str) -> int:
        """How sure a lift of a reason is once bars, and exceptions to them, are counted."""
        truth = lift.truth
        for bar in self.rulings("bar"):
            if reason in bar.effect.get("reasons", [reason]) and self.barred(lift.effect["authorization"], bar.effect):
                near = [e for e in self.rulings("except") if bar.rule in e.effect["bars"] and related(e.case, bar.case)]
                truth = min(truth, TRUE - min(bar.truth, TRUE - max((e.truth for e in near), default=FALSE)))
        return truth

    def required(self) -> Iterator[tuple[Ruling, str, dict[Ruling, int], int]]:
        """The requirements: each with its reason, what lifts it and how surely, and whether it stands."""
        for r in self.rulings("require"):
            reason = r.effect["reason"]
            ...
