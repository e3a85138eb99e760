"""Checks that the facts recorded in a decision follow from its order and the policy, and what hangs on them.

The other half of `licet.verifier`, which judges the rules over these facts and resolves the outcome; this half imports
that one, and `licet.fact_derive`, which works out derived facts, and nothing of the engine. Checked: that each line has
its case, and each party and each listing met (exact names, aliases, namesakes, dismissals) its own, and no other; every
fact: stated, left out, assumed, told by a listing, derived, told by another regime's verdict on the line in the same
decision; `required_reasons` and `authorized_by`; rules unclaimed; review policies; authorizations used, open or barred;
flags, and whether they are settled; reasons to hold; that the assumptions relied on are shown, and no others; that no
period relied on ends before the `valid_until` of its line, nor what another regime said of it where that is asked, and
that the whole lasts to the first end of what it counts: of the packs that bind or may bind, and of `binding_until`.
Trusted: what the verifier trusts; listings that were imported from official lists, or met by a name that is merely
alike, as they are recorded, and where adjudications are named, that a hit which is missing was dismissed (`licet
replay` looks all of them up again); authorizations said to be `failed`, `unclaimed` or `not_in_force`, on which
`could_apply` of another regime hangs, too; that no change of the law before `valid_until` changes the outcome, nor one
before `binding_until` whether a pack binds. Courses, and the steps to a rating, only explain, and are not looked at.
"""

import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from licet.fact_derive import SILENCE, Derivations, asked_by, at, members, sources, stated_value, told
from licet.verifier import (
    EVER,
    FALSE,
    OPEN,
    OWN,
    RULED,
    SCOPES,
    TRUE,
    UNKNOWN,
    Case,
    Data,
    Pack,
    bearing,
    in_force,
    parsed,
    typed,
    verify,
)

POLICIES = ("approval", "presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial")
CONDITIONAL = {"covers_item": "scope", "review_policy": "review"}  # what conditions in the row of a listing may say
Checks = Iterator[tuple[str, Any, Any]]  # what is checked, what the decision says of it, and what it must say


@lru_cache(maxsize=100_000)
def normalized(name: str) -> str:
    """The name with width, letter case, punctuation and spacing set aside."""
    folded = (c for c in unicodedata.normalize("NFKC", name).casefold() if unicodedata.category(c) != "Cf")
    return " ".join("".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded).split())


def listed(values: Iterable[Any]) -> list[Any]:
    """The values in a fixed order, so that messages are the same every time."""
    return sorted(values, key=str)


def reads(when: Data) -> set[str]:
    """The facts that a condition tests."""
    ((key, body),) = when.items()
    return (
        {key} if key not in {"all", "any", "not"} else set[str]().union(*map(reads, [body] if key == "not" else body))
    )


@lru_cache(maxsize=8)
def readers_of(pack: Pack) -> dict[str, list[tuple[str, Data, int]]]:
    """By fact, the effects whose conditions test it: rule, condition, length of the cases."""
    found: dict[str, list[tuple[str, Data, int]]] = {}
    for rule, _, _, when, rank in pack.effects:
        for name in reads(when):
            found.setdefault(name, []).append((rule, when, rank))
    return found


@lru_cache(maxsize=10_000)
def made_of(pack: Pack, name: str) -> frozenset[str]:
    """The fact, and every fact that is derived from it, even through others."""
    derived = {f: x["derive"] for f, x in pack.facts.items() if x.get("derive")}
    near = [other for other, derive in derived.items() if name in sources(derive)]
    return frozenset({name}).union(*(made_of(pack, other) for other in near))


@lru_cache(maxsize=8)
def names_of(pack: Pack) -> dict[str, list[tuple[str, Data, bool]]]:
    """By normalized name, the listings that have it: list, listing, whether as their own name."""
    found: dict[str, list[tuple[str, Data, bool]]] = {}
    for home, raw in [(home, raw) for kind, home, raw in pack.files if kind == "listings"]:
        for x in parsed(raw)["listings"]:
            for name in dict.fromkeys((x["name"], *x.get("aliases", ()))):
                called = (pack.of["list"][home]["list"], x, name == x["name"])
                found.setdefault(normalized(name), []).append(called)
    return found


def is_taken(met: Data) -> bool:
    """Whether a listing is taken as recorded: it was imported, or the names are merely alike."""
    return met.get("score") is not None or met.get("entry") is not None


class Facts(Derivations):
    """A line of an order: what its facts must be, and what the decision says besides the outcome."""

    def __init__(self, pack: Pack, decision: Data, item: Data, record: Data) -> None:
        """The line as recorded; `hidden` are facts to be taken as unknown."""
        self.hidden = frozenset[str]()
        super().__init__(pack, decision, item, record)
        self.hits = {hit: what for party in self.parties.values() for hit, what in self._hits(party)}
        self.joined = bool(decision["provenance"].get("lists"))
        self.taken = {self._as_said(met) for met in record["listed"] if is_taken(met)} & {*self.cases}
        ruled = decision["provenance"].get("adjudications") is not None  # which may have dismissed a hit
        kept = {*self.cases} if ruled else {*self.hits}
        self.hits = {case: what for case, what in self.hits.items() if case in kept - self.taken}

    def holds(self, when: Data, case: Case) -> int:
        """Whether a condition holds in a case; open where it is a test of a hidden fact."""
        (key,) = when
        return OPEN if key in self.hidden else super().holds(when, case)

    def checks(self) -> Checks:
        """What is checked of the line."""
        own = sorted(case for case in self.cases if not case[2:])
        met = {case for case in self.cases if case[2:]} - self.taken
        yield "cases", [*own, len(self.said["cases"])], [*sorted(self.named.values()), len(self.cases)]
        yield "the listings met", listed(met), listed(self.hits)
        if met != {*self.hits}:
            return
        for case, shown in self.cases.items():
            subject, names = shown["subject"], [name for name, rank in self.pack.rank.items() if rank == len(case)]
            yield (
                f"{subject}: stray facts",
                [shown["scope"], *listed({*shown["facts"]} ^ {*names})],
                [SCOPES[len(case)]],
            )
            for name in names:
                yield f"{subject}: fact `{name}`", self.value(name, case), self.expected(name, case)
            yield f"{subject}: unclaimed", listed(shown["unclaimed"]), listed(self._unclaimed(case))
        yield from self._entries()
        yield from self._assumptions()
        used = [(rule, case) for rule, case in self.spoken if rule in self.said["determined_by"]]
        rows = [self.hits[case][1] for _, case in used if case in self.hits]
        ends = [period.get("through", EVER) for period in (*(self.law[rule][1] for rule, _ in used), *rows)]
        until = self.said["valid_until"] or EVER
        yield "valid_until, which no period relied on ends before", until, min([until, *ends])

    def _unclaimed(self, case: Case) -> set[str]:
        """The rules that could say something in a case, if what they ask for were claimed."""
        found = set()
        for rule, _, _, when, rank in self.pack.effects:
            claims = self.pack.rules[rule].get("claimed_by", {}).items()
            if claims and rank == len(case) and self.law[rule][0] and self.holds(when, case):
                found |= {rule} if any(self.holds({fact: test}, case) != TRUE for fact, test in claims) else set()
        return found

    # --- what the decision says besides ------------------------------------------------------------------------------

    def _entries(self) -> Checks:
        """Reviews, authorizations, flags, and reasons to hold."""
        reviews, used, standing = set(), set(), []
        for rule, case, stands, reason, lifts in self.requirements():
            subject = self.cases[case]["subject"]
            policy, giving = self._review(case, reason) if stands else (None, set())
            reviews.add((reason, subject, rule, policy, *sorted(giving)))
            standing += [policy] if policy and stands == TRUE else []
            states = ("barred", "open", "used")
            used |= {(e["authorization"], r, self.cases[c]["subject"], states[truth]) for r, c, truth, e in lifts}
        said = self.said["requirements"]
        shown: set[Any] = {(r["reason"], r["subject"], r["rule"], r["review"], *r["review_rules"]) for r in said}
        yield "the reviews of the requirements", listed(shown), listed(reviews)
        yield "review", self.said["review"], max(standing, key=POLICIES.index, default=None)
        near = {"failed", "unclaimed", "not_in_force"}
        held = [a for a in self.said["authorizations"] if a["state"] not in near]
        shown = {(a["id"], a["rule"], a["subject"], a["state"]) for a in held}
        yield "authorizations", listed(shown), listed(used)
        flags = {(rule, self.cases[case]["subject"], self._settled(rule, case)) for rule, case, _, _ in self.of["flag"]}
        yield "flags", listed({(f["code"], f["subject"], f["settled"]) for f in self.said["flags"]}), listed(flags)
        limits = [("pack-stale", self.pack.manifest), *(("list-stale", x) for x in self.pack.of["list"].values())]
        late = sorted({code for code, x in limits if self.day > x.get("holds_after", EVER)})
        lists = "list-stale" if self.joined else "party-unscreened"
        open_law = [hold["subject"] for hold in self.said["holds"] if hold["code"] == "status-unresolved"]
        said_of = {hold["code"] for hold in self.said["holds"]} - {lists, "party-unscreened", "status-unresolved"}
        yield "holds", sorted(said_of), [code for code in late if code != lists]
        yield "law unresolved", open_law, [r for r in open_law if self.law.get(r, (FALSE,))[0] == OPEN]

    def _review(self, case: Case, reason: str) -> tuple[str | None, set[str]]:
        """The strictest review policy that is sure for a requirement, and the rules that give it."""
        found = [(rule, c, e) for rule, c, truth, e in self.of["review"] if truth == TRUE and reason in e["reasons"]]
        near = [(rule, e["policy"]) for rule, c, e in found if c[: len(case)] == case[: len(c)]]
        policy = max((policy for _, policy in near), key=POLICIES.index, default=None)
        return policy, {rule for rule, given in near if given == policy}

    def _settled(self, flag: str, case: Case) -> bool:
        """Whether a resolution of the order names the flag, and no other party or item."""
        own = {"item": case[0], "party": case[1] if case[1:] else None}
        named = [r for r in at(self.order, "resolutions", SILENCE) if r.get("flag") == flag]
        return any(all(not r.get(key) or r[key] == name for key, name in own.items()) for r in named)

    def _assumptions(self) -> Checks:
        """That the assumptions without which a rule would be judged otherwise are shown, and no others."""
        relied = set[str]()
        for name in [name for name, fact in self.pack.facts.items() if "absent" in fact]:
            rank = self.pack.rank[name]
            homes = {case for case in self.cases if len(case) == rank and self._assumed(name, case)}
            if any(self._hangs_on(name, case) for case in self.cases if case[:rank] in homes):
                relied.add(name)
        yield "assumptions", listed(a["fact"] for a in self.said["assumptions"]), listed(relied)

    def _hangs_on(self, name: str, case: Case) -> bool:
        """Whether a rule would be judged otherwise in a case, if nothing were known of a fact there."""
        touched, readers = self._touched(name, case), readers_of(self.pack)
        near = [x for fact in touched for x in readers.get(fact, ()) if x[2] == len(case) and self.law[x[0]][0]]
        found = {id(when): when for rule, when, _ in near if rule in self.mattering}
        truths = [self.holds(when, case) for when in found.values()]
        self.hidden = touched
        without = [self.holds(when, case) for when in found.values()]
        self.hidden = frozenset()
        return truths != without

    @cached_property
    def mattering(self) -> set[str]:
        """The rules on which the answer can hang: not by notices, reviews of what is not required, bars of nothing."""
        required, spared = {effect["reason"] for *_, effect in self.of["require"]}, {"notice", "review"}
        spared |= set() if self.of["lift"] else {"lift", "bar", "except"}
        found = {rule for rule, data in self.pack.rules.items() if data.get("displaces") or {*data["then"]} - spared}
        reviews = ((rule, effect["reasons"]) for rule, kind, effect, _, _ in self.pack.effects if kind == "review")
        return found | {rule for rule, reasons in reviews if not required.isdisjoint(reasons)}

    def _touched(self, name: str, case: Case) -> frozenset[str]:
        """The facts that a fact makes: those derived from it, and what the conditions of a listing make of it."""
        found, told = made_of(self.pack, name), dict[str, set[str]]()
        for fact, data in self.pack.facts.items() if case in self.hits else ():
            rows = self.hits[case][1].get(CONDITIONAL.get(data.get("read", ""), ""))
            if data["scope"] == "listing" and isinstance(rows, list):
                told[fact] = set[str]().union(*(reads(row["when"]) for row in rows if "when" in row))
        while new := [fact for fact, read in told.items() if fact not in found and read & found]:
            found = found.union(*(made_of(self.pack, fact) for fact in new))
        return found

    # --- listings ----------------------------------------------------------------------------------------------------

    def _hits(self, party: Data) -> Iterator[tuple[Case, Any]]:
        """The listings in force that the party meets: each with its row, whether it surely is the party, and why."""
        near = [(party, "", False), *((owner, "owner", False) for owner in party.get("owners", ()))]
        for field, basis in (("acts_for", "acts_for"), ("branch_of", "branch")):
            for who in party.get(field, ()):  # of a bare name no country can be told
                near += [(self.parties.get(who, {"name": who}), basis, who not in self.parties)]
        found: dict[tuple[str, str, str], Any] = {}
        for x, basis, bare in near:
            for name in (x["name"], *x.get("aliases", ())):
                for of, listing, own in self._called(name, x.get("country"), party["id"]):
                    key = (of, listing["id"], basis or "name")
                    findings = self._findings({listing["id"], of}, party["id"])
                    same = bare or listing.get("country") in {None, x.get("country") or "nowhere"}
                    if "dismissed" not in findings and not (key in found and found[key][2]):
                        sure = same or "confirmed" in findings
                        found[key] = (listing, basis or ("name" if own else "alias"), sure)
        for (of, name, _), (listing, basis, sure) in found.items():
            truth, row = self._row(listing)
            if truth:
                subject = f"{self.item['id']}/{party['id']}/{name}:{basis}"
                case = (self.item["id"], party["id"], f"{of}/{name} as {subject}")
                yield case, (listing, row, sure, of, basis)

    def _as_said(self, met: Data) -> Case:
        """The case of a listing that the decision says was met."""
        subject = f"{self.item['id']}/{met['party']}/{met['listing']}:{met['basis']}"
        return (self.item["id"], met["party"], f"{met['list']}/{met['listing']} as {subject}")

    def _row(self, listing: Data) -> tuple[int, Any]:
        """Whether a listing is in force, and the row that is."""
        end = listing.get("removed", {"from": ""})
        rows = [row | {"ended": end} if row["from"] < end["from"] else row for row in listing["rows"]]
        return in_force(rows, self.day, self.known_on)

    def listed_on(self, party: Data, owner: Data) -> Any:
        """The lists on which an owner of a party is on the day; only possibly so, where it may be a namesake."""
        sure, possible = set(), set()
        for of, listing, _ in self._called(owner["name"], owner.get("country"), party["id"]):
            findings = self._findings({listing["id"], of}, party["id"])
            if "dismissed" not in findings and self._row(listing)[0]:
                same = listing.get("country") in {None, owner.get("country") or "nowhere"}
                sure |= {of} if same or "confirmed" in findings else set()
                possible.add(of)
        return members(sure, possible)

    def _called(self, name: str, country: str | None, party: str) -> list[tuple[str, Data, bool]]:
        """The listings of that name or alias; of a list with some in the country, those alone, but dismissed ones."""
        named = names_of(self.pack).get(normalized(name), [])
        home = [(of, listing["id"]) for of, listing, _ in named if country and listing.get("country") == country]
        at_home = {of for of, listing in home if "dismissed" not in self._findings({listing, of}, party)}
        return [x for x in named if x[0] not in at_home or x[1].get("country") == country]

    def _findings(self, names: set[str], party: str) -> set[Any]:
        """What resolutions of the order find of a hit, by its listing or the whole list."""
        said = [r for r in at(self.order, "resolutions", SILENCE) if r.get("hit") in names]
        return {r.get("finding") for r in said if r.get("party") in {None, party}}

    def _told(self, what: str, case: Case) -> Any:
        """What the listing says, by the row in force."""
        listing, row, sure, of, basis = self.hits[case]
        if field := CONDITIONAL.get(what):  # the first row that holds, if no open one before it says otherwise
            key = {"scope": "covers", "review": "policy"}[field]
            rows = row[field] if isinstance(row.get(field), list) else [{"covers": True, "policy": row.get(field)}]
            truths = [self.holds(r["when"], case) if "when" in r else TRUE for r in rows]
            first = truths.index(TRUE) if TRUE in truths else len(rows)
            values = {r[key] for r, truth in zip(rows[: first + 1], truths, strict=False) if truth}
            return values.pop() if len(values) == 1 and first < len(rows) else UNKNOWN
        said = {"list": of, "hit_basis": basis, "hit_confirmed": True if sure else UNKNOWN, "row_from": row["from"]}
        said |= {"listed_from": min(r["from"] for r in listing["rows"]), "footnotes": row.get("footnotes", [])}
        return said.get(what, listing.get(what, None if what == "country" else UNKNOWN))

    # --- facts -------------------------------------------------------------------------------------------------------

    def expected(self, name: str, case: Case) -> Any:
        """What a fact must be: found by rules, derived, told by a listing, stated or assumed, or set by rules."""
        fact = self.pack.facts[name]
        if name in OWN and "derive" in fact:
            return self._found(name)
        if "derive" in fact:
            return self.derived(name, case)
        if RULED & {*fact}:
            return self.given(name, case)
        if of := fact.get("of_regime"):
            return self.beside.get(of["regime"], {}).get(of["what"], UNKNOWN)
        if fact["scope"] == "listing" and case in self.taken:
            return self.value(name, case)
        if fact["scope"] == "listing":
            return typed(fact["type"], self._told(fact["read"], case))
        raw = fact["absent"]["assume"] if self._assumed(name, case) else self._stated(name, case)
        return stated_value(fact["type"], raw, self.order.get("rates", {}))

    def _found(self, name: str) -> Any:
        """The reasons for which licenses are required, or the authorizations that lift; the sure and the possible."""
        said = {"require"} if name == "required_reasons" else {"require", "lift", "bar", "except"}
        if said.isdisjoint(kind for _, kind, *_ in self.pack.effects):
            return UNKNOWN  # no rule speaks of any
        required = {(rule, case, e["reason"]): truth for rule, case, truth, e in self.of["require"]}
        found = [(reason, truth) for (_, _, reason), truth in required.items()]
        if name == "authorized_by":
            met = [(required[rule, case, reason], lifts) for rule, case, _, reason, lifts in self.requirements()]
            found = [(e["authorization"], min(sure, truth)) for sure, lifts in met for _, _, truth, e in lifts]
        possible = [name for name, truth in found if truth != FALSE]
        return members((name for name, truth in found if truth == TRUE), possible)


def first(days: Iterable[str | None]) -> str | None:
    """The earliest of the days that are given."""
    return min((day for day in days if day), default=None)


def checks(decision: Data, packs: Mapping[str, Pack]) -> Checks:
    """All that is checked: what, what the decision says of it, and what it must say."""
    regimes = decision["regimes"]
    for regime in regimes:
        what, pack = f"pack {regime['pack']}", packs[regime["pack"]]
        yield f"{what}: valid_until", regime["valid_until"], first(line["valid_until"] for line in regime["lines"])
        if isinstance(pack.manifest["binds"], bool):  # whether it binds never changes
            yield f"{what}: binding_until", regime["binding_until"], None
    ends = [*(regime["valid_until"] for regime in bearing(regimes)), *(regime["binding_until"] for regime in regimes)]
    yield "the decision: valid_until", decision["valid_until"], first(ends)
    pairs = [(packs[r["pack"]], zip(decision["input"]["items"], r["lines"], strict=True)) for r in regimes]
    lines = [[Facts(pack, decision, *pair) for pair in of] for pack, of in pairs]
    for line, place in [(line, place) for of in lines for place, line in enumerate(of)]:
        asked = asked_by(line.pack)
        line.beside = told(asked, place, lines)
        yield from ((f"line {line.item['id']}: {what}", said, due) for what, said, due in line.checks())
        near = [of[place].said["valid_until"] for of in lines if of[place].pack.manifest["regime"] in asked]
        until = line.said["valid_until"]
        yield f"line {line.item['id']}: valid_until, which no verdict asked ends before", until, first([until, *near])


def verify_facts(decision: Data, policies: Sequence[Path]) -> list[str]:
    """What is wrong with the facts of a decision, in plain words; nothing where they follow."""
    return verify(decision, policies, checks)


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 for a decision of which both halves find nothing wrong, 2 for a refused one."""
    decision, folder = json.loads(Path(arguments[0]).read_text(encoding="utf-8")), Path(arguments[1])
    found = [path.parent for path in (*folder.glob("pack.yaml"), *sorted(folder.glob("*/pack.yaml")))]
    named = (decision.get("provenance") or {}).get("packs") or {}  # by which it was made: there may be more now
    packs = [pack for pack in found if pack.resolve().name in named] or found
    problems = [f"rules: {problem}" for problem in verify(decision, packs)]
    problems += [f"facts: {problem}" for problem in verify_facts(decision, packs)]
    sys.stdout.write("\n".join(problems or ["certified"]) + "\n")
    return 2 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
