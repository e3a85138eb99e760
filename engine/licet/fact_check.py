"""Checks that the facts recorded in a decision follow from its order and the policy, and what hangs on them.

The other half of `licet.verifier`, which judges the rules over these facts and resolves the outcome; this half imports
that one, and nothing of the engine. Checked: that every listing met (exact names, aliases, namesakes, dismissals) has
its case, and no other; every fact: stated, left out, assumed, told by a listing, derived by `lookup`, `compare`, `both`
or `any`; `required_reasons` and `authorized_by`; rules unclaimed; review policies; authorizations used, open or barred;
flags, and whether they are settled; reasons to hold; that assumptions relied on are shown, and nothing else is said to
be assumed; that no period relied on ends before the `valid_until` of its line.
Refused, since not modeled: other derivations, numbers between bounds and foreign money, unless recorded as unknown.
Trusted: what the verifier trusts; and that no change of the law before `valid_until` changes the outcome.
"""

import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from licet.verifier import (
    EVER,
    FALSE,
    OPEN,
    OWN,
    TRUE,
    UNKNOWN,
    Case,
    Data,
    Line,
    Pack,
    at,
    in_force,
    passes,
    typed,
    verify,
)

POLICIES = ("approval", "presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial")
SILENCE: Any = {"revoked": False, "proposal": "proceed", "date": None}  # what it means that an order leaves a field out
SILENCE |= {name: [] for name in ("statements", "licenses", "resolutions", "aliases", "acts_for", "branch_of")}
Checks = Iterator[tuple[str, Any, Any]]  # what is checked, what the decision says of it, and what it must say


@lru_cache(maxsize=100_000)
def normalized(name: str) -> str:
    """The name with width, letter case, punctuation and spacing set aside."""
    folded = (c for c in unicodedata.normalize("NFKC", name).casefold() if unicodedata.category(c) != "Cf")
    return " ".join("".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded).split())


def listed(values: Iterable[Any]) -> list[Any]:
    """The values in a fixed order, so that messages are the same every time."""
    return sorted(values, key=str)


def members(sure: Iterable[str], possible: Iterable[str]) -> tuple[list[str], list[str]]:
    """The value of a set."""
    return sorted(set(sure)), sorted(set(possible))


class Facts(Line):
    """A line of an order: what its facts must be, and what the decision says besides the outcome."""

    def __init__(self, pack: Pack, decision: Data, item: Data, record: Data) -> None:
        """The line as recorded; `hidden` are facts to be taken as unknown, each with the cases that it belongs to."""
        self.hidden: dict[str, set[Case]] = {}
        super().__init__(pack, decision, item, record)
        self.listings = [
            (pack.of["list"][home]["list"], listing)
            for (home, _), data in pack.of["listings"].items()
            for listing in data["listings"]
        ]
        self.hits = {hit: what for party in self.parties.values() for hit, what in self._hits(party)}

    def holds(self, when: Data, case: Case) -> int:
        """Whether a condition holds in a case; open where it is a test of a hidden fact."""
        (key,) = when
        is_hidden = key in self.hidden and case[: self.pack.rank[key]] in self.hidden[key]
        return OPEN if is_hidden else super().holds(when, case)

    def checks(self) -> Checks:
        """What is checked of the line."""
        met = {case for case in self.cases if case[2:]}
        yield "the listings met", listed(met), listed(self.hits)
        if met != {*self.hits}:
            return
        for case, shown in self.cases.items():
            for name in [name for name, rank in self.pack.rank.items() if rank == len(case)]:
                yield f"{shown['subject']}: fact `{name}`", self.value(name, case), self.expected(name, case)
            unclaimed = {rule for rule, c, truth, claimed in self._judged() if c == case and truth and not claimed}
            yield f"{shown['subject']}: unclaimed", listed(shown["unclaimed"]), listed(unclaimed)
        yield from self._entries()
        yield from self._assumptions()
        used = [(rule, case) for rule, case in self.spoken if rule in self.said["determined_by"]]
        rows = [self.hits[case][1] for _, case in used if case in self.hits]
        ends = [period.get("through", EVER) for period in (*(self.law[rule][1] for rule, _ in used), *rows)]
        until = self.said["valid_until"] or EVER
        yield "valid_until, which no period relied on ends before", until, min([until, *ends])

    def _judged(self) -> list[tuple[str, Case, int, bool]]:
        """Every rule in force in every case: its truth, once for every effect, and whether it is claimed."""
        found = []
        for rule, _, _, when, rank in self.pack.effects:
            law, claims = self.law[rule][0], self.pack.rules[rule].get("claimed_by", {}).items()
            for case in [case for case in self.cases if law and len(case) == rank]:
                claimed = all(self.holds({fact: test}, case) == TRUE for fact, test in claims)
                found.append((rule, case, min(law, self.holds(when, case)), claimed))
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
        late = sorted(code for code, x in limits if self.day > x.get("holds_after", EVER))
        yield "holds", sorted(hold["code"] for hold in self.said["holds"]), late

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
        """That the assumptions without which a rule would be judged otherwise are shown, and only what is assumed."""
        homes: dict[str, set[Case]] = {}
        for name, rank in self.pack.rank.items():
            for case in [case for case in self.cases if len(case) == rank and self._assumed(name, case)]:
                homes.setdefault(name, set()).add(case)
        said, truths, relied = {a["fact"] for a in self.said["assumptions"]}, self._truths(), set()
        for name in homes.keys() - said:
            self.hidden = {name: homes[name]}
            relied |= {name} if self._truths() != truths else set()
            self.hidden = {}
        yield "assumptions", listed(said), listed((said | relied) & homes.keys())

    def _truths(self) -> list[int]:
        return [truth for _, _, truth, _ in self._judged()]

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
                for of, listing, own in self._called(name, x.get("country")):
                    key, findings = (of, listing["id"], basis or "name"), self._findings(listing["id"], party["id"])
                    same = bare or listing.get("country") in {None, x.get("country") or "nowhere"}
                    if "dismissed" not in findings and not (key in found and found[key][2]):
                        sure = same or "confirmed" in findings
                        found[key] = (listing, basis or ("name" if own else "alias"), sure)
        for (of, name, _), (listing, basis, sure) in found.items():
            end = listing.get("removed", {"from": ""})
            rows = [row | {"ended": end} if row["from"] < end["from"] else row for row in listing["rows"]]
            truth, row = in_force(rows, self.day, self.known_on)
            if truth:
                subject = f"{self.item['id']}/{party['id']}/{name}:{basis}"
                case = (self.item["id"], party["id"], f"{of}/{name} as {subject}")
                yield case, (listing, row, sure, of, basis)

    def _called(self, name: str, country: str | None) -> list[tuple[str, Data, bool]]:
        """The listings of that name or alias; those in the country alone, where there are any."""
        named = []
        for of, listing in self.listings:
            names = dict.fromkeys((listing["name"], *listing.get("aliases", ())))
            named += [(of, listing, n == listing["name"]) for n in names if normalized(n) == normalized(name)]
        return [x for x in named if country and x[1].get("country") == country] or named

    def _findings(self, listing: str, party: str) -> set[Any]:
        """What resolutions of the order find of a hit."""
        said = [r for r in at(self.order, "resolutions", SILENCE) if r.get("hit") == listing]
        return {r.get("finding") for r in said if r.get("party") in {None, party}}

    def _told(self, what: str, case: Case) -> Any:
        """What the listing says, by the row in force."""
        listing, row, sure, of, basis = self.hits[case]
        field, key = {"covers_item": ("scope", "covers"), "review_policy": ("review", "policy")}.get(what, ("", ""))
        if field:  # the first row that holds, if no open one before it says otherwise
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
            ((how, spec),) = fact["derive"].items()
            return self._lookup(spec, case) if how == "lookup" else self._derived(how, spec, case)
        if "set" in fact:
            return super().expected(name, case)
        if fact["scope"] == "listing":
            return typed(fact["type"], self._told(fact["read"], case))
        return typed(fact["type"], fact["absent"]["assume"] if self._assumed(name, case) else self._stated(name, case))

    def _stated(self, name: str, case: Case) -> Any:
        """What the order says of a fact, or means by saying nothing."""
        fact, homes = self.pack.facts[name], {"item": self.item, "party": self.parties.get(case[-1])}
        raw = at(homes.get(fact["scope"], self.order), fact.get("read", f"facts.{name}"), SILENCE)
        of_all = raw == UNKNOWN and "read" not in fact and fact["scope"] == "item"
        return at(self.order, f"facts.{name}") if of_all else raw

    def _assumed(self, name: str, case: Case) -> bool:
        """Whether a fact has its value by assumption."""
        return self.assume and "absent" in self.pack.facts[name] and self._stated(name, case) == UNKNOWN

    def _found(self, name: str) -> Any:
        """The reasons for which licenses are required, or the authorizations that lift; the sure and the possible."""
        required = {(rule, case, e["reason"]): truth for rule, case, truth, e in self.of["require"]}
        found = [(reason, truth) for (_, _, reason), truth in required.items()]
        if name == "authorized_by":
            met = [(required[rule, case, reason], lifts) for rule, case, _, reason, lifts in self.requirements()]
            found = [(e["authorization"], min(sure, truth)) for sure, lifts in met for _, _, truth, e in lifts]
        possible = [name for name, truth in found if truth != FALSE]
        return members((name for name, truth in found if truth == TRUE), possible)

    def _lookup(self, spec: Data, case: Case) -> Any:
        """A table's answer: the most specific row; for a classification that has finer rows, what all of them share."""
        table, by = self.pack.of["table"][spec["table"]], {c: self.value(f, case) for c, f in spec["by"].items()}
        if self.day > table.get("holds_after", EVER) or None in by.values() or UNKNOWN in by.values():
            return UNKNOWN
        fine = {c for c in by if table["columns"][c]["type"] == "eccn"}
        rows = [r for r in table["rows"] if in_force([r], self.day, self.known_on)[0]]
        rows = [r for r in rows if all(r[c] == v for c, v in by.items() if c not in fine)]
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
        sets = [set(value[0]) if value else set[str]() for value in values]
        return members(set.intersection(*sets), set.union(*sets)) if any(values) else None

    def _derived(self, how: str, spec: Any, case: Case) -> Any:
        """What two sets share, a comparison, or whether any element of a collection fits; unknown if none of these."""
        truth = OPEN
        if how == "either":
            pair = [self.value(name, case) or ((), ()) for name in spec]
            return UNKNOWN if UNKNOWN in pair else members(*({*pair[0][n], *pair[1][n]} for n in (0, 1)))
        if how == "both":
            sets = [value for name in spec if (value := self.value(name, case)) != UNKNOWN]
            if not sets or None in sets or not all(possible for _, possible in sets):
                return typed("set", []) if sets else UNKNOWN
            sure = set.intersection(*(set(v[0]) for v in sets)) if len(sets) == len(spec) else set[str]()
            return members(sure, set.intersection(*(set(v[1]) for v in sets)))
        if how == "compare":
            op = next(op for op in spec if op != "left")
            left, right = self.value(spec["left"], case), self.value(spec[op], case)
            if right not in {None, UNKNOWN}:
                eccn = self.pack.facts[spec["left"]]["type"] == "eccn"
                passed = passes(op.removesuffix("_not"), right, left, eccn=eccn)
                truth = TRUE - passed if op == "is_not" else passed
        if how == "any":
            root, name = spec["of"].split(".")
            home = {"transaction": self.order, "item": self.item}.get(root, self.parties.get(case[-1]))
            elements = at(home, name, SILENCE)
            stated = elements if isinstance(elements, list) else []
            fitting = [(self._fits(e, spec.get("where", {}), case), e) for e in stated]
            kept = [(within, e) for within, e in fitting if within]
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
            home, path = (self.parties[element["by"]], "roles") if field == "by_roles" else (element, field)
            value = typed("", at(home, path, SILENCE))
            truths.append(OPEN if operand == UNKNOWN else passes(op, operand, value, eccn=field == "eccn"))
        return min(truths)


def checks(decision: Data, packs: Mapping[str, Pack]) -> Checks:
    """All that is checked: what, what the decision says of it, and what it must say."""
    for regime in decision["regimes"]:
        for item, record in zip(decision["input"]["items"], regime["lines"], strict=True):
            for what, said, due in Facts(packs[regime["pack"]], decision, item, record).checks():
                yield f"line {item['id']}: {what}", said, due


def verify_facts(decision: Data, policies: Sequence[Path]) -> list[str]:
    """What is wrong with the facts of a decision, in plain words; nothing where they follow."""
    return verify(decision, policies, checks)


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 for a decision of which both halves find nothing wrong, 2 for a refused one."""
    decision, folder = json.loads(Path(arguments[0]).read_text(encoding="utf-8")), Path(arguments[1])
    packs = [path.parent for path in (*folder.glob("pack.yaml"), *sorted(folder.glob("*/pack.yaml")))]
    problems = [f"rules: {problem}" for problem in verify(decision, packs)]
    problems += [f"facts: {problem}" for problem in verify_facts(decision, packs)]
    sys.stdout.write("\n".join(problems or ["certified"]) + "\n")
    return 2 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
