"""The certificate of a decision: over the facts recorded in it every rule is judged again, and the outcome resolved.

It imports nothing of the engine. Checked: digests; every line; each rule in each case (condition; claims; periods,
stays, ends, unresolved, later versions, general licenses; displacing); facts that rules set or reach; ratings;
requirements, lifts, bars, exceptions, prohibitions, flags, jurisdiction, law too old; outcome, release; who binds, or
may; that `determined_by` has all that the outcome needs, and no silent rule. Refused: rules that failed. Left to
`fact_check`: which cases there are, all other facts, reviews, authorizations, `unclaimed`, `valid_until`. Trusted:
well-formed packs and order; what only explains (and with it `courses`, what a rule may `offer`, `steps` of ratings).
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from hashlib import sha256
from operator import ge, gt, le, lt
from pathlib import Path
from typing import Any

import yaml

__all__ = ["verify"]  # the rest is for `fact_check`
FALSE, OPEN, TRUE = 0, 1, 2  # so that and, or, not are min, max, 2 - x
FORMAT, UNKNOWN, EVER = "licet-decision-1", "(unknown)", "9999-12-31"  # days are ISO text, and "" is before all of them
SCOPES, STATES, RULED = ("transaction", "item", "party", "listing"), ("lifted", "open", "stands"), {"set", "rated"}
KINDS = ("pack", "vocabulary", "rule", "table", "list", "general_license", "listings", "cases", "coverage")
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


def typed(kind: str, raw: Any) -> Any:  # of a set, its sure and its possible members; of an open number, its two bounds
    if isinstance(raw, list | dict):
        data: Any = {"sure": raw, "maybe": []} if isinstance(raw, list) else raw
        if "sure" in data:
            return sorted({*data["sure"]}), sorted({*data["sure"], *data["maybe"]})
        low, high = data.get("at_least") or "-inf", data.get("at_most") or "inf"
        return (Decimal(low), Decimal(high)) if {"at_least", "at_most"} & {*data} else UNKNOWN
    return Decimal(str(raw)) if kind in {"number", "money"} and raw not in {None, UNKNOWN} else raw


def passes(op: str, operand: Any, value: Any, *, eccn: bool = False) -> int:  # whether it passes a test
    wanted = operand if isinstance(operand, list) else [operand]
    if op == "known":
        return TRUE if (value != UNKNOWN) is operand else FALSE
    if value is None or UNKNOWN in (value, operand):
        return OPEN if UNKNOWN in (value, operand) else TRUE if op == "is" and operand is None else FALSE
    if isinstance(value, tuple) and isinstance(value[0], Decimal):  # the same answer at both bounds is the answer
        if op in COMPARE:
            return (passes(op, operand, value[0]) + passes(op, operand, value[1])) // 2
        return OPEN if any(value[0] <= Decimal(w) <= value[1] for w in wanted if w is not None) else FALSE
    if isinstance(value, tuple):  # the sure members, and the possible ones
        return sum({*x} <= {*wanted} if op == "only_in" else not {*x}.isdisjoint(wanted) for x in value)
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


class Pack:  # a folder of policy: its digest, files by kind and id, facts, and the periods and effects of its rules
    def __init__(self, name: str, files: Sequence[tuple[str, str, bytes]]) -> None:
        self.id, self.files = name, files  # rules read no listings, cases and coverage
        self.of: Any = {kind: {home: parsed(raw) for k, home, raw in files if k == kind} for kind in KINDS[:6]}
        self.digest = sha256("".join(f"{k}\0{h}\0{sha256(x).hexdigest()}\n" for k, h, x in files).encode()).hexdigest()
        self.manifest, self.rules, spoken = self.of["pack"]["."], self.of["rule"], self.of["vocabulary"].values()
        self.groups = {g: x["reasons"] for words in spoken for g, x in (words.get("reason_groups") or {}).items()}
        self.kinds = {a: x.get("kind") for words in spoken for a, x in (words.get("authorizations") or {}).items()}
        self.levels = {risk: x["levels"] for words in spoken for risk, x in (words.get("risks") or {}).items()}
        self.facts = {k: v for words in (*spoken, {"facts": OWN}) for k, v in (words.get("facts") or {}).items()}
        self.rank = {f: max(1, SCOPES.index(fact["scope"])) for f, fact in self.facts.items()}  # its case's length
        self.effects = [found for rule in sorted(self.rules) for found in self._effects(rule, self.rules[rule])]
        self.periods = {r: p if isinstance(p := x["in_force"], list) else self._clip(p) for r, x in self.rules.items()}
        first = {rule: min(periods, key=lambda p: p.get("from", "")) for rule, periods in self.periods.items()}
        for rule, text in [(rule, data["text"]) for rule, data in self.rules.items() if "text" in data]:
            versions = [first[other] for other, data in self.rules.items() if data.get("text") == text]
            later = [{**p, "through": EVER} for p in versions if p.get("from", "") > first[rule].get("from", "")]
            self.periods[rule] = [{**p, "stayed": [*p.get("stayed", ()), *later]} for p in self.periods[rule]]
        over = [(rule, x["rule"]) for rule, data in self.rules.items() for x in data.get("displaces", ())]
        self.over = {rule: {by for by, other in over if other == rule} for _, rule in over}

    def _clip(self, law: Data) -> list[Any]:  # the periods of a general license, while a paragraph reads so
        shared, start = self.of["general_license"][law["general_license"]], law.get("from", "")
        renewed = any(p.get("from", "") == start for p in shared["periods"])  # then it owes nothing to those before
        kept = [p for p in shared["periods"] if start <= (p.get("from", "") if renewed else p.get("through", EVER))]
        clipped = [{**p, "from": max(p.get("from", ""), start), "wording": law} for p in kept]
        return [{**p, "stayed": [*p.get("stayed", ()), shared.get("ended"), law.get("ended")]} for p in clipped]

    def _effects(self, rule: str, data: Data) -> Iterator[tuple[str, str, Any, Data, int]]:  # and their cases' length
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
                text = json.dumps([when, data.get("claimed_by"), len(several) == 1 and data["then"].get("set")])
                names = re.findall(r'"(\w+)":', re.sub(r'"where": {[^{}]*}', "", text))
                yield rule, kind, effect, when, max(self.rank.get(name, 1) for name in names)


pack_of = lru_cache(maxsize=8)(Pack)


@lru_cache(maxsize=4096)
def column_of(pack: Pack, day: str, known_on: str | None, asked: str) -> Any:  # unknown, of a table that is too old
    of = json.loads(asked)
    table, where = pack.of["table"][of["table"]], of.get("where", {}).items()
    rows = [row for row in table["rows"] if where <= row.items() and in_force([row], day, known_on)[0]]
    values = [v for x in rows for v in (x[of["column"]] if isinstance(x[of["column"]], list) else [x[of["column"]]])]
    return values if day <= table.get("holds_after", EVER) else UNKNOWN


class Line:  # a line of an order under a pack: the facts recorded of its cases, and what the rules make of them
    def __init__(self, pack: Pack, decision: Data, item: Data, record: Data) -> None:
        self.day, self.known_on, self.assume = decision["as_of"], decision["known_on"], decision["assumptions"]
        self.pack, self.order, self.item = pack, {**decision["input"], "as_of": self.day}, item
        self.said, self.parties = record, {party["id"]: party for party in self.order["parties"]}
        self.named = {"/".join(c): c for c in ((item["id"],), *((item["id"], party) for party in self.parties))}
        self.cases, self.spoken, self.of = dict[Case, Any](), dict[Any, int](), defaultdict[str, list[Any]](list)
        for case in record["cases"]:
            name, hit = case["subject"], case["listing"]
            own = self.named.get(name if hit is None else name.rpartition("/")[0], ("?",))
            self.cases[own if hit is None else (*own, f"{hit} as {name}")] = case
        self.law, judged = {r: in_force(pack.periods[r], self.day, self.known_on) for r in pack.rules}, list[Any]()
        for rule, kind, effect, when, rank in pack.effects:
            law, claims = self.law[rule][0], [{f: t} for f, t in pack.rules[rule].get("claimed_by", {}).items()]
            for case in [case for case in self.cases if law and len(case) == rank]:
                if all(self.holds(c, case) == TRUE for c in claims) and (truth := min(law, self.holds(when, case))):
                    judged.append((kind, rule, case, truth, effect))
                    self.spoken[rule, case] = max(truth, self.spoken.get((rule, case), FALSE))
        for kind, rule, case, truth, effect in judged:
            if left := self.left(rule, case, truth):
                self.of[kind].append((rule, case, left, effect))

    def left(self, rule: str, case: Case, truth: int) -> int:  # how sure it is once what displaces it is counted
        over = [(*x, sure) for x, sure in self.spoken.items() if x[0] in self.pack.over.get(rule, ())]
        return min([truth, *(TRUE - self.left(*x) for x in over if x[1][: len(case)] == case[: len(x[1])])])

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
            operand = column_of(self.pack, self.day, self.known_on, json.dumps(operand))
        return passes(op, operand, self.value(key, case), eccn=self.pack.facts[key]["type"] == "eccn")

    def reached(self, risk: str, least: int) -> Any:  # the levels of a risk that are reached at least as surely
        levels, rated = self.pack.levels[risk], [(e, truth) for *_, truth, e in self.of["rate"] if e["risk"] == risk]
        return levels[: 1 + max((levels.index(e["level"]) for e, truth in rated if truth >= least), default=-1)]

    def ratings(self) -> Iterator[list[Any]]:  # risk, the sure level, the highest possible, the rules of the sure one
        for risk, top in [(name, top) for name in self.pack.levels for top in self.reached(name, TRUE)[-1:]]:
            giving = {x[0] for x in self.of["rate"] if (x[2], x[3]) == (TRUE, {"risk": risk, "level": top})}
            yield [risk, top, self.reached(risk, OPEN)[-1], sorted(giving)]

    def binds(self) -> int:  # whether the pack binds the release of the line
        said = self.pack.manifest["binds"]
        return self.holds({said["fact"]: said["is"]}, (self.item["id"],)) if isinstance(said, dict) else said * TRUE

    def given(self, name: str, case: Case) -> Any:  # what rules make of a fact that they set, or of the levels reached
        if risk := self.pack.facts[name].get("rated"):
            told = any(kind == "rate" and e["risk"] == risk for _, kind, e, _, _ in self.pack.effects)
            return tuple(sorted(self.reached(risk, least)) for least in (TRUE, OPEN)) if told else UNKNOWN
        given = {(effect[name], truth) for _, c, truth, effect in self.of["set"] if c == case and name in effect}
        fact, sure = self.pack.facts[name], {v for v, truth in given if truth == TRUE}
        values = {v for v, _ in given} | (set() if sure else {(fact["set"] or {}).get("default", UNKNOWN)})
        return typed(fact["type"], values.pop()) if len(values) == 1 else UNKNOWN

    def barred(self, authorization: str, reason: str, of: Case) -> int:  # or what it is nested in; exceptions counted
        ids, found = {authorization[: end.start()] for end in re.finditer(r"[.]|$", authorization)}, [FALSE]
        for rule, case, truth, bar in self.of["bar"]:
            named = ids & {*bar.get("authorizations", ())} or {*map(self.pack.kinds.get, ids)} & {*bar.get("kinds", ())}
            meant = (named or not {"authorizations", "kinds"} & {*bar}) and ids.isdisjoint(bar.get("all_but", ()))
            if meant and reason in bar.get("reasons", [reason]):
                near = [(c, t) for _, c, t, e in self.of["except"] if rule in e["bars"]]  # above the bar, or below it
                sure = [t for c, t in near if c == case[: len(c)] or (case == c[: len(case)] and c == of[: len(c)])]
                found.append(min(truth, TRUE - max(sure, default=FALSE)))
        return max(found)

    def requirements(self) -> Iterator[tuple[Any, ...]]:  # rule, case, how sure it stands, reason, its lifts (likewise)
        for rule, case, truth, reason in [(*x[:3], x[3]["reason"]) for x in self.of["require"]]:
            lifts = [(*x, x[3].get("reasons", ())) for x in self.of["lift"] if x[1] == case[: len(x[1])]]
            lifts = [x for x in lifts if x[4] == "all" or reason in x[4] or rule in x[3].get("rules", ())]
            left = [(*x[:2], min(x[2], TRUE - self.barred(x[3]["authorization"], reason, case)), x[3]) for x in lifts]
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
        for case, record in self.cases.items():
            name, rank = record["subject"], len(case)
            for fact in [f for f, x in self.pack.facts.items() if RULED & {*x} and self.pack.rank[f] == rank]:
                yield f"{name}: fact `{fact}`", self.value(fact, case), self.given(fact, case)
            for rule in sorted({*record["rules"], *self.pack.rules}):
                yield f"{name}: rule `{rule}`", record["rules"].get(rule, FALSE), self.spoken.get((rule, case), FALSE)
        said = sorted([r[x] for x in "reason subject rule state lifted_by".split()] for r in self.said["requirements"])
        due = [(*x[:4], sorted({lift[0] for lift in x[4] if lift[2] == TRUE})) for x in self.requirements()]
        yield "required", said, sorted([r, self.cases[c]["subject"], rule, STATES[t], by] for rule, c, t, r, by in due)
        said = sorted([r["risk"], r["level"], r["at_most"], r["rules"]] for r in self.said["ratings"])
        yield "ratings", said, sorted(self.ratings())
        (outcome, needed), rules = self.outcome(), {*self.said["determined_by"]}
        yield "outcome and release", [self.said["outcome"], self.said["release"]], [outcome, RELEASE[outcome]]
        yield "determined_by", sorted(rules), sorted((rules | needed) & {x[0] for of in self.of.values() for x in of})


def bearing(regimes: Iterable[Data]) -> list[Data]:  # the verdicts of packs that bind the release, or may
    return [regime for regime in regimes if regime["binds"] or regime["may_bind"]]


def checks(decision: Data, packs: Mapping[str, Pack]) -> Iterator[tuple[str, Any, Any]]:  # all, as those of a line
    order, made, regimes = decision["input"], decision["provenance"], decision["regimes"]
    text = json.dumps(order, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    said = [made["packs"], [r["pack"] for r in regimes], made["input"], decision["transaction"], decision["format"]]
    due = [{name: p.digest for name, p in packs.items()}, sorted(packs), sha256(text).hexdigest(), order["id"], FORMAT]
    yield "packs, their names, digest of the order, id, format", said, due
    wholes = [(f"pack {regime['pack']}", regime, regime["lines"]) for regime in regimes]
    for pack, regime in [(packs[regime["pack"]], regime) for regime in regimes]:
        lines = [Line(pack, decision, *pair) for pair in zip(order["items"], regime["lines"], strict=False)]
        bound = max((line.binds() for line in lines), default=FALSE)
        said = [regime["regime"], *[line["item"] for line in regime["lines"]], regime["binds"], regime["may_bind"]]
        due = [pack.manifest["regime"], *[item["id"] for item in order["items"]], bound == TRUE, bound == OPEN]
        yield f"pack {pack.id}: its regime, lines, whether it binds, whether it may", said, due
        yield from ((f"line {line.item['id']}: {what}", *pair) for line in lines for what, *pair in line.checks())
    held = [r | {"outcome": min(r["outcome"], "hold", key=OUTCOMES.index)} for r in regimes]  # where it only may bind
    counted = bearing(r if r["binds"] else cut for r, cut in zip(regimes, held, strict=True))
    for what, whole, parts in (*wholes, ("the decision", decision, counted)):
        outcome = max((part["outcome"] for part in parts), key=OUTCOMES.index, default="hold")
        yield what, [whole["outcome"], whole["release"]], [outcome, RELEASE[outcome]]


def verify(decision: Data, folders: Iterable[Path], of: Callable[[Data, Any], Any] = checks) -> list[str]:
    """What is wrong with a decision, in plain words; nothing where it is certified."""
    problems, packs = [], dict[str, Pack]()
    try:
        for folder in folders:
            paths = [(p, p.parent.name == "listings") for p in folder.rglob("[!.]*.yaml") if p.is_file()]
            kinds = [("listings" if x else p.stem, p.parents[x].relative_to(folder).as_posix(), p) for p, x in paths]
            files = sorted((kind, home, p.read_bytes()) for kind, home, p in kinds if kind in KINDS)
            packs[folder.resolve().name] = pack_of(folder.resolve().name, tuple(files))
        for what, said, due in of(json.loads(json.dumps(decision, default=str)), packs):
            problems += [] if said == due else [f"{what}: recorded as {said}, and comes to {due}"]
    except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
        problems.append(f"this cannot be verified: {type(error).__name__}: {error}")
    return ["".join(c if c.isprintable() else "?" for c in problem)[:600] for problem in problems]
