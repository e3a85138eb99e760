"""The certificate of a decision: over the facts recorded in it every rule is judged again, and the outcome resolved.

It imports nothing of the engine. Checked: digests; that each line, and each party in it, has its case once; facts that
the order states or rules set; each rule in each case (condition; claims; time: periods, stays, ends, unresolved, later
versions, general licenses); requirements, lifts, bars, exceptions, prohibitions, flags, resolutions, jurisdiction, law
too old; outcome, release; that `determined_by` has all that the outcome cannot do without, and no silent rule. Refused,
since not modeled: rules that failed, or displace others. Left to `fact_check`: listings hit; facts derived, assumed or
left out; `required_reasons`, `authorized_by`; reviews; authorizations used, open, barred; `unclaimed`; `valid_until` of
a line. Trusted: well-formed packs and order (`licet check`); authorizations said to be `failed`, `unclaimed` or
`not_in_force`; what explains: titles, sources, readings, questions, notices, obligations, ratings, possible reviews.
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

__all__ = ["verify"]  # the rest is for `fact_check`
FALSE, OPEN, TRUE = 0, 1, 2  # so that and, or, not are min, max, 2 - x
FORMAT, UNKNOWN, EVER = "licet-decision-1", "(unknown)", "9999-12-31"  # days are ISO text, and "" is before all of them
SCOPES, STATES = ("transaction", "item", "party", "listing"), ("lifted", "open", "stands")
KINDS = ("pack", "vocabulary", "rule", "cases", "table", "list", "general_license", "listings", "coverage")
EFFECTS = ("require", "review", "lift", "bar", "except", "prohibit", "set", "oblige", "flag", "notice", "rate")
OUTCOMES = ("not_subject", "no_license_required", "authorized", "hold", "license_required", "prohibited")
RELEASE = dict(zip(OUTCOMES, ("go", "go", "go", "hold", "stop", "stop"), strict=True))
OWN: Any = {name: {"scope": "item", "type": "set", "derive": {}} for name in ("required_reasons", "authorized_by")}
OWN["as_of"] = {"scope": "transaction", "type": "date", "read": "as_of"}  # the facts that no vocabulary declares
COMPARE: Any = {"at_least": ge, "at_most": le, "more_than": gt, "less_than": lt, "on_or_after": ge, "on_or_before": le}
Data = Mapping[str, Any]
Case = tuple[str, ...]  # (item), (item, party) or (item, party, hit); its beginnings are the cases above it
Reader: Any = type("Reader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {"yaml_implicit_resolvers": {}})
Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)\Z"), None)
Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"null\Z"), None)  # other scalars are their own text
parsed = cache(lambda raw: yaml.load(raw, Reader))  # noqa: S506  # a safe loader that knows less

def typed(kind: str, raw: Any) -> Any:  # days are text; of a set, its sure and its possible members
    if isinstance(raw, list | dict):  # numbers between bounds and foreign money are unknown here
        data = {"sure": raw, "maybe": []} if isinstance(raw, list) else raw
        return (sorted({*data["sure"]}), sorted({*data["sure"], *data["maybe"]})) if "sure" in data else UNKNOWN
    return Decimal(str(raw)) if kind in {"number", "money"} and raw not in {None, UNKNOWN} else raw

def passes(op: str, operand: Any, value: Any, *, eccn: bool = False) -> int:  # whether it passes a test
    wanted = operand if isinstance(operand, list) else [operand]
    if op == "known":
        return TRUE if (value != UNKNOWN) is operand else FALSE
    if value is None or value == UNKNOWN:
        return OPEN if value else TRUE if op == "is" and operand is None else FALSE
    if isinstance(value, tuple):  # the sure members, and the possible ones
        return sum(any(w in members for w in wanted) for members in value)
    wanted = [Decimal(w) for w in wanted if w is not None] if isinstance(value, Decimal) else wanted
    held = COMPARE[op](value, wanted[0]) if op in COMPARE else value in wanted
    held = held or (op == "within" and any(value.startswith(f"{w}.") for w in wanted))
    return TRUE if held else OPEN if eccn and any(str(w).startswith(f"{value}.") for w in wanted) else FALSE

def in_force(periods: Iterable[Data], day: str, known_on: str | None) -> tuple[int, Any]:  # and the period
    def runs(p: Any) -> bool:
        known = [min((x[n] for n in ("filed", "published") if x.get(n)), default="") for x in (p, p.get("wording", {}))]
        return bool(p.get("from", "") <= day <= p.get("through", EVER) and max(known) <= (known_on or EVER))
    covering = [p for p in periods if runs(p) and not any(runs(x) for x in [*p.get("stayed", ()), p.get("ended")] if x)]
    latest = max(covering, key=lambda p: (p.get("from", ""), p.get("through", EVER)), default={})
    return OPEN if latest.get("unresolved", {"from": EVER})["from"] <= day else TRUE if covering else FALSE, latest

def at(thing: Any, path: str, silence: Any = None) -> Any:  # of dollars, how many
    for name in path.split("."):
        thing = thing.get(name, (silence or {}).get(name, UNKNOWN)) if isinstance(thing, dict) else thing and UNKNOWN
    return thing.get("amount", thing) if isinstance(thing, dict) and thing.get("currency", "USD") == "USD" else thing

class Pack:  # a folder of policy: its digest, files by kind and id, facts, and the periods and effects of its rules
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
        self.manifest, self.rules, spoken = self.of["pack"]["."], self.of["rule"], self.of["vocabulary"].values()
        self.groups = {g: x["reasons"] for words in spoken for g, x in (words.get("reason_groups") or {}).items()}
        kinds = [entry for words in spoken for entry in (words.get("authorizations") or {}).items()]
        self.kinds = {name: entry.get("kind") for name, entry in kinds}
        self.facts = {k: v for words in (*spoken, {"facts": OWN}) for k, v in (words.get("facts") or {}).items()}
        self.rank = {f: max(1, SCOPES.index(fact["scope"])) for f, fact in self.facts.items()}  # its case's length
        self.effects = [found for rule in sorted(self.rules) for found in self._effects(rule, self.rules[rule])]
        self.periods = {r: p if isinstance(p := x["in_force"], list) else self._clip(p) for r, x in self.rules.items()}
        first = {rule: min(periods, key=lambda p: p.get("from", "")) for rule, periods in self.periods.items()}
        for rule, data in self.rules.items():  # a version of a text is stayed for good by those that begin later
            versions = [first[r] for r in self.rules if self.rules[r].get("text", r) == data.get("text", rule)]
            later = [{**p, "through": EVER} for p in versions if p.get("from", "") > first[rule].get("from", "")]
            self.periods[rule] = [{**p, "stayed": [*p.get("stayed", ()), *later]} for p in self.periods[rule]]

    def _clip(self, law: Data) -> list[Any]:  # the periods of a general license, while a paragraph reads so
        shared, start = self.of["general_license"][law["general_license"]], law.get("from", "")
        renewed = any(p.get("from", "") == start for p in shared["periods"])  # then it owes nothing to those before
        kept = [p for p in shared["periods"] if start <= (p.get("from", "") if renewed else p.get("through", EVER))]
        clipped = [{**p, "from": max(p.get("from", ""), start), "wording": law} for p in kept]
        return [{**p, "stayed": [*p.get("stayed", ()), shared.get("ended"), law.get("ended")]} for p in clipped]

    def _effects(self, rule: str, data: Data) -> Iterator[tuple[str, str, Any, Data, int]]:
        for kind, said in data["then"].items():
            body, named = said, isinstance(said, dict) and said.get("reasons")
            if isinstance(named, list):  # groups stand for their members
                body = {**said, "reasons": [r for name in named for r in self.groups.get(name, [name])]}
            field, several = {"require": "reason", "review": "policy"}.get(kind), [(body, data["when"])]
            if field and isinstance(body[field], dict):  # one for each value that a fact may give it
                ((op, fact),) = body[field].items()
                tests = {v: {fact: {"contains" if op == "each" else "is": v}} for v in self.facts[fact]["values"]}
                several = [({**body, field: value}, {"all": [data["when"], test]}) for value, test in tests.items()]
            for effect, when in several:
                text = json.dumps([when, data.get("claimed_by"), data["then"].get("set")])
                facts = re.findall(r'"(\w+)":', re.sub(r'"where": {[^{}]*}', "", text))
                yield rule, kind, effect, when, max(self.rank.get(fact, 1) for fact in facts)

class Line:  # a line of an order under a pack: the facts recorded of its cases, and what the rules make of them
    def __init__(self, pack: Pack, decision: Data, item: Data, record: Data) -> None:
        self.day, self.known_on, self.assume = decision["as_of"], decision["known_on"], decision["assumptions"]
        self.pack, self.order, self.item = pack, {**decision["input"], "as_of": self.day}, item
        self.said, self.parties = record, {party["id"]: party for party in self.order["parties"]}
        self.named = {"/".join(c): c for c in ((item["id"],), *((item["id"], party) for party in self.parties))}
        self.cases, self.spoken, self.of = dict[Case, Any](), dict[Any, int](), {kind: list[Any]() for kind in EFFECTS}
        for case in record["cases"]:
            name, hit = case["subject"], case["listing"]
            own = self.named.get(name if hit is None else name.rpartition("/")[0], ("?",))
            self.cases[own if hit is None else (*own, f"{hit} as {name}")] = case
        self.law = {rule: in_force(pack.periods[rule], self.day, self.known_on) for rule in pack.rules}
        for rule, kind, effect, when, rank in pack.effects:
            law, claims = self.law[rule][0], [{f: t} for f, t in pack.rules[rule].get("claimed_by", {}).items()]
            for case in [case for case in self.cases if law and len(case) == rank]:
                if (truth := min(law, self.holds(when, case))) and all(self.holds(c, case) == TRUE for c in claims):
                    self.of[kind].append((rule, case, truth, effect))
                    self.spoken[rule, case] = max(truth, self.spoken.get((rule, case), FALSE))

    def value(self, name: str, at: Case) -> Any:  # as recorded
        return typed(self.pack.facts[name]["type"], self.cases[at[: self.pack.rank[name]]]["facts"].get(name, UNKNOWN))

    def holds(self, when: Data, case: Case) -> int:  # whether a condition holds in a case
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
            operand = [v for r in rows for x in [r[operand["column"]]] for v in (x if isinstance(x, list) else [x])]
        return passes(op, operand, self.value(key, case), eccn=self.pack.facts[key]["type"] == "eccn")

    def expected(self, name: str, case: Case) -> Any:  # what a fact must be; where it has another source, what it is
        fact, homes = self.pack.facts[name], {"item": self.item, "party": self.parties.get(case[-1])}
        if "set" in fact:
            given = {(effect[name], truth) for _, c, truth, effect in self.of["set"] if c == case and name in effect}
            sure, default = {v for v, truth in given if truth == TRUE}, (fact["set"] or {}).get("default", UNKNOWN)
            values = {value for value, _ in given} | (set() if sure else {default})
            return typed(fact["type"], values.pop()) if len(values) == 1 else UNKNOWN
        if "derive" in fact or fact["scope"] == "listing":
            return self.value(name, case)
        raw = at(homes.get(fact["scope"], self.order), fact.get("read", f"facts.{name}"))
        raw = at(self.order, f"facts.{name}") if raw == UNKNOWN and "read" not in fact and not case[1:] else raw
        return self.value(name, case) if raw == UNKNOWN else typed(fact["type"], raw)

    def barred(self, authorization: str, reason: str) -> int:  # how sure it is, exceptions counted
        parts, found = authorization.split("."), [FALSE]
        ids = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}  # the authorization, and those it is nested in
        for rule, case, truth, bar in self.of["bar"]:
            named = ids & {*bar.get("authorizations", ())} or {*map(self.pack.kinds.get, ids)} & {*bar.get("kinds", ())}
            meant = (named or not {"authorizations", "kinds"} & {*bar}) and ids.isdisjoint(bar.get("all_but", ()))
            if meant and reason in bar.get("reasons", [reason]):
                near = [t for _, c, t, e in self.of["except"] if rule in e["bars"] and c[: len(case)] == case[: len(c)]]
                found.append(min(truth, TRUE - max(near, default=FALSE)))
        return max(found)

    def requirements(self) -> Iterator[tuple[Any, ...]]:  # rule, case, how sure it stands, reason, its lifts (likewise)
        for rule, case, truth, reason in [(*x[:3], x[3]["reason"]) for x in self.of["require"]]:
            lifts = [(*x, x[3].get("reasons", ())) for x in self.of["lift"] if x[1] == case[: len(x[1])]]
            lifts = [x for x in lifts if x[4] == "all" or reason in x[4] or rule in x[3].get("rules", ())]
            left = [(*x[:2], min(x[2], TRUE - self.barred(x[3]["authorization"], reason)), x[3]) for x in lifts]
            yield rule, case, min(truth, TRUE - max((x[2] for x in left), default=FALSE)), reason, left

    def outcome(self) -> tuple[str, set[str]]:  # and the rules without which it would have no reason
        required, prohibited, law = [*self.requirements()], self.of["prohibit"], self.pack.manifest["jurisdiction"]
        for outcome, found in (("prohibited", prohibited), ("license_required", required)):
            if any(x[2] == TRUE for x in found):
                return outcome, {x[0] for x in found if x[2] == TRUE}
        said = [[r.get(x) or None for x in ("flag", "item", "party")] for r in self.order.get("resolutions", ())]
        settled = {(flag, c) for flag, i, p in said for c in self.cases if i in {None, c[0]} and p in {None, *c[1:2]}}
        flags = {rule for rule, case, _, _ in self.of["flag"] if (rule, case) not in settled}
        stale = any(self.day > x.get("holds_after", EVER) for x in (self.pack.manifest, *self.pack.of["list"].values()))
        within, is_open = self.value(law["fact"], (self.item["id"],)), any(x[2] for x in (*prohibited, *required))
        if flags or stale or is_open or within in {None, UNKNOWN} or not self.pack.rules:
            return "hold", flags
        if required:
            return "authorized", {x[0] for r in required for x in (r, *(lift for lift in r[4] if lift[2] == TRUE))}
        setting = {rule for rule, _, truth, effect in self.of["set"] if law["fact"] in effect and truth == TRUE}
        return "no_license_required" if within == law["subject"] else "not_subject", setting

    def checks(self) -> Iterator[tuple[str, Any, Any]]:  # what is checked, what is said of it, what must be said
        own = sorted(case for case in self.cases if not case[2:])
        yield "cases", [*own, len(self.said["cases"])], [*sorted(self.named.values()), len(self.cases)]
        for case, record in self.cases.items():
            name, facts = record["subject"], [fact for fact, rank in self.pack.rank.items() if rank == len(case)]
            yield f"{name}: stray facts", [record["scope"], *sorted({*record["facts"]} ^ {*facts})], [SCOPES[len(case)]]
            yield from ((f"{name}: fact `{fact}`", self.value(fact, case), self.expected(fact, case)) for fact in facts)
            for rule in sorted({*record["rules"], *self.pack.rules}):
                yield f"{name}: rule `{rule}`", record["rules"].get(rule, FALSE), self.spoken.get((rule, case), FALSE)
        said = sorted([r[x] for x in "reason subject rule state lifted_by".split()] for r in self.said["requirements"])
        due = [(*x[:4], sorted({lift[0] for lift in x[4] if lift[2] == TRUE})) for x in self.requirements()]
        yield "required", said, sorted([r, self.cases[c]["subject"], rule, STATES[t], by] for rule, c, t, r, by in due)
        (outcome, needed), determined = self.outcome(), {*self.said["determined_by"]}
        yield "outcome and release", [self.said["outcome"], self.said["release"]], [outcome, RELEASE[outcome]]
        yield "determined_by", sorted(determined), sorted((determined | needed) & {rule for rule, _ in self.spoken})

def checks(decision: Data, packs: Mapping[str, Pack]) -> Iterator[tuple[str, Any, Any]]:  # all, as those of a line
    order, made, regimes = decision["input"], decision["provenance"], decision["regimes"]
    text = json.dumps(order, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    said = [made["packs"], [r["pack"] for r in regimes], made["input"], decision["transaction"], decision["format"]]
    law, digest = {name: pack.digest for name, pack in packs.items()}, hashlib.sha256(text).hexdigest()
    yield "packs, their names, digest of the order, id, format", said, [law, sorted(law), digest, order["id"], FORMAT]
    wholes = [("the decision", decision, [regime for regime in regimes if regime["binds"]])]
    for pack, regime in [(packs[regime["pack"]], regime) for regime in regimes]:
        wholes.append((f"pack {pack.id}", regime, regime["lines"]))
        said, due = [line["item"] for line in regime["lines"]], [item["id"] for item in order["items"]]
        due += [pack.manifest["binds"], *(rule for rule in pack.rules if "displaces" in pack.rules[rule])]
        yield f"pack {pack.id}: lines, whether it binds, rules that displace others", [*said, regime["binds"]], due
        for item, record in zip(order["items"], regime["lines"], strict=False):
            for what, said, due in Line(pack, decision, item, record).checks():
                yield f"line {item['id']}: {what}", said, due
    for what, whole, parts in wholes:
        outcome = max((part["outcome"] for part in parts), key=OUTCOMES.index, default="hold")
        until = min((part["valid_until"] for part in parts if part["valid_until"]), default=None)
        yield what, [whole[name] for name in ("outcome", "release", "valid_until")], [outcome, RELEASE[outcome], until]

def verify(decision: Data, folders: Sequence[Path], of: Callable[[Data, Any], Any] = checks) -> list[str]:
    """What is wrong with a decision, in plain words; nothing where it is certified."""
    problems = []
    try:
        for what, said, due in of(json.loads(json.dumps(decision, default=str)), {p.id: p for p in map(Pack, folders)}):
            problems += [] if said == due else [f"{what}: recorded as {said}, and comes to {due}"]
    except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
        problems.append(f"this cannot be verified: {type(error).__name__}: {error}")
    return ["".join(c if c.isprintable() else "?" for c in problem)[:600] for problem in problems]

if __name__ == "__main__":
    runpy.run_module("licet.fact_check", run_name="__main__")  # it imports this half, and runs both
