"""What a derived fact must be, from the facts beside it, the order and the tables; and what a verdict tells.

A part of the check of facts (`licet.fact_check`), which imports it; it imports `licet.verifier`, and nothing of the
engine. Values are as there: of a set its sure and its possible members, of a number that is not known its two bounds,
days as ISO text. Modeled: `lookup`, `compare`, `both`, `either`, `instead`; `total`, `difference`, `product`,
`quotient`; over collections `sum`, `count`, `share`, `any`, `every`, `union`, `latest`, with fields looked up for each
element. Of a verdict that another regime asks of: its outcome, release and review, whether another line goes, and
`could_apply`, for which the authorizations said to be `failed` and `unclaimed` are taken as recorded.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from licet.verifier import EVER, FALSE, OPEN, RULED, TRUE, UNKNOWN, Case, Data, Line, Pack, in_force, passes, typed

SILENCE: Any = {"revoked": False, "proposal": "proceed", "date": None}  # what it means that an order leaves a field out
SILENCE |= {name: [] for name in ("statements", "licenses", "resolutions", "aliases", "acts_for", "branch_of")}
LEFT_OUT: Any = {"licenses": {"revoked": False}, "parties": {"aliases": [], "acts_for": [], "branch_of": []}}
NESTED = ("facts", "components", "owners", "citizenships")  # fields that are no values
NUMBERS = ("quantity", "shipped_quantity", "share", "at_least", "at_most", "value", "shipped_value")  # among all fields
ZERO, HUNDRED, ENDLESS = Decimal(0), Decimal(100), Decimal("inf")
MIGHT = {"failed", "unclaimed"}  # states of an authorization, taken as recorded, that might still do; and open ones
Told = dict[str, Any]  # what a fact may ask of another regime's verdict on the line
Kept = list[tuple[Data, int]]  # elements of a collection that may be meant, and how sure it is


def at(thing: Any, path: str, silence: Any) -> Any:
    """What stands at a path; `silence` says what it means that a field is left out, where it means something."""
    for name in path.split("."):
        thing = thing.get(name, silence.get(name, UNKNOWN)) if isinstance(thing, dict) else thing and UNKNOWN
    return thing


def members(sure: Iterable[str], possible: Iterable[str]) -> tuple[list[str], list[str]]:
    """The value of a set."""
    return sorted(set(sure)), sorted(set(possible))


def sources(derive: Data) -> set[str]:
    """The facts that a derived fact is computed from (besides numbers, which are no facts)."""
    ((how, spec),) = derive.items()
    if how == "lookup":
        return {*spec["by"].values()}
    if how == "compare" or isinstance(spec, list):
        return {*(spec.values() if how == "compare" else spec)}
    return {*re.findall(r'{"fact": "(\w+)"}', json.dumps(spec))}


def stated_value(kind: str, raw: Any, rates: Data) -> Any:
    """A value of an order: an amount in dollars, unknown without a rate for its currency; else as it is recorded."""
    if isinstance(raw, dict) and "amount" in raw:
        currency = raw.get("currency", "USD")
        rate = "1" if currency == "USD" else rates.get(currency)
        return UNKNOWN if rate is None else Decimal(str(raw["amount"])) * Decimal(str(rate))
    if isinstance(raw, dict):
        raw = {end: None if number is None else str(number) for end, number in raw.items()}
    return typed(kind, raw)


def above(eccn: str) -> Iterator[str]:
    """The paragraph, and those that it is in, the nearest first."""
    yield eccn
    while "." in eccn:
        eccn = eccn.rpartition(".")[0]
        yield eccn


@lru_cache(maxsize=512)
def rows_by(pack: Pack, name: str, day: str, known_on: str | None, columns: tuple[str, ...]) -> tuple[Any, Any]:
    """The rows of a table in force by the values of columns, and those below them by each coarser classification.

    By values of which no row is in force now, but was or will be, there is an empty list: these are no other row's.
    """
    table, exact, below = pack.of["table"][name], dict[Any, list[Any]](), dict[Any, list[Any]]()
    fine = next((column for column in columns if table["columns"][column]["type"] == "eccn"), None)
    for row in table["rows"]:
        same, holds = exact.setdefault(tuple(row[column] for column in columns), []), in_force([row], day, known_on)[0]
        same += [row] if holds else []
        for coarse in [*above(row[fine])][1:] if fine and holds else ():
            below.setdefault(tuple(coarse if c == fine else row[c] for c in columns), []).append(row)
    return exact, below


# --- numbers between bounds ------------------------------------------------------------------------------------------


def bounds(value: Any) -> tuple[Decimal, Decimal] | None:
    """The bounds of a number; none where it is no number, or nothing is known of it."""
    if isinstance(value, Decimal):
        return value, value
    return value if isinstance(value, tuple) and isinstance(value[0], Decimal) else None


def number(low: Decimal, high: Decimal) -> Any:
    """The number between two bounds, as recorded."""
    return low if low == high else (low, high)


def product(left: tuple[Decimal, Decimal], right: tuple[Decimal, Decimal]) -> tuple[Decimal, Decimal]:
    """The bounds of a product; none where a factor has not both."""
    if not all(end.is_finite() for end in (*left, *right)):
        return -ENDLESS, ENDLESS
    corners = [x * y for x in left for y in right]
    return min(corners), max(corners)


def quotient(left: tuple[Decimal, Decimal], right: tuple[Decimal, Decimal]) -> tuple[Decimal, Decimal]:
    """The bounds of a quotient, of whose divisor both are known and of one sign."""
    if not all(end.is_finite() for end in left):
        return -ENDLESS, ENDLESS
    corners = [x / y for x in left for y in right]
    return min(corners), max(corners)


def calculated(how: str, terms: list[tuple[Decimal, Decimal]]) -> Any:
    """What arithmetic makes of numbers, from the left."""
    low, high = terms[0]
    for left, right in terms[1:]:
        if how == "total":
            low, high = low + left, high + right
        elif how == "difference":
            low, high = low - right, high - left
        elif how == "product":
            low, high = product((low, high), (left, right))
        elif left <= 0 <= right or not (left.is_finite() and right.is_finite()):
            return UNKNOWN
        else:
            low, high = quotient((low, high), (left, right))
    return number(low, high)


def summed(kept: Kept, field: str | None) -> Any:
    """The sum of a field (without one, how many), where elements that may not be meant count for at least nothing."""
    total = (ZERO, ZERO)
    for element, within in kept:
        own = bounds(element.get(field) if field else Decimal(1))
        if own is None:
            return UNKNOWN
        low, high = own if within == TRUE else (min(ZERO, own[0]), max(ZERO, own[1]))
        total = (total[0] + low, total[1] + high)
    return number(*total)


# --- facts -----------------------------------------------------------------------------------------------------------


class Derivations(Line, ABC):
    """A line of an order, and what its derived facts must be."""

    beside: Mapping[str, Told] = {}  # by regime that is asked, what its verdict says of the line

    @abstractmethod
    def listed_on(self, party: Data, owner: Data) -> Any:
        """The lists on which an owner of a party is; `licet.fact_check` knows them."""

    def derived(self, name: str, case: Case) -> Any:
        """What a derived fact must be in a case."""
        ((how, spec),) = self.pack.facts[name]["derive"].items()
        if how == "lookup":
            kind, by = self.pack.facts[name]["type"], {c: self.value(f, case) for c, f in spec["by"].items()}
            return self._looked_up(spec, by, kind, spec.get("missing", "unknown"))
        if how == "compare":
            op = next(op for op in spec if op != "left")
            right, left = self.value(spec[op], case), self.value(spec["left"], case)
            if right is None or right == UNKNOWN or isinstance(right, tuple):
                return UNKNOWN
            eccn = self.pack.facts[spec["left"]]["type"] == "eccn"
            truth = _either_way(op.removesuffix("_not"), right, left, eccn=eccn)
            return (True, UNKNOWN, False)[truth] if op == "is_not" else (False, UNKNOWN, True)[truth]
        if how in {"both", "either"}:
            return self._together(how, [self.value(name, case) for name in spec])
        if how == "instead":
            return next((self.value(other, case) for other in spec if not self._silent(other, case)), UNKNOWN)
        if isinstance(spec, list):
            values = [self.value(x, case) if x in self.pack.facts else Decimal(x) for x in spec]
            terms = [bounds(value) for value in values]
            return UNKNOWN if None in terms else calculated(how, [term for term in terms if term is not None])
        return self._collected(how, spec, case, self._elements(spec, name, case))

    def _silent(self, name: str, case: Case) -> bool:
        """Whether nothing is stated of a fact that may be, nor assumed; of one that is `instead` of others, of any."""
        fact, own = self.pack.facts[name], case[: self.pack.rank[name]]
        if "instead" in (fact.get("derive") or {}):
            return all(self._silent(other, case) for other in fact["derive"]["instead"])
        if {"derive", "of_regime", *RULED} & {*fact} or fact["scope"] == "listing":
            return False
        return bool(self._stated(name, own) == UNKNOWN and not self._assumed(name, own))

    def _stated(self, name: str, case: Case) -> Any:
        """What the order says of a fact, or means by saying nothing."""
        fact, homes = self.pack.facts[name], {"item": self.item, "party": self.parties.get(case[-1])}
        raw = at(homes.get(fact["scope"], self.order), fact.get("read", f"facts.{name}"), SILENCE)
        of_all = raw == UNKNOWN and "read" not in fact and fact["scope"] == "item"
        return at(self.order, f"facts.{name}", SILENCE) if of_all else raw

    def _assumed(self, name: str, case: Case) -> bool:
        """Whether a fact has its value by assumption."""
        return self.assume and "absent" in self.pack.facts[name] and self._stated(name, case) == UNKNOWN

    def _looked_up(self, spec: Data, by: Data, kind: str, missing: Any) -> Any:
        """A table's answer: the most specific row; for a classification that has finer rows, what all of them share."""
        table, columns = self.pack.of["table"][spec["table"]], tuple(by)
        texts = [value if isinstance(value, str) and value != UNKNOWN else None for value in by.values()]
        if self.day > table.get("holds_after", EVER) or None in texts:
            return UNKNOWN
        exact, below = rows_by(self.pack, spec["table"], self.day, self.known_on, columns)
        fine = next((n for n, column in enumerate(columns) if table["columns"][column]["type"] == "eccn"), None)
        key = tuple(texts)
        keys = [key] if fine is None else [(*key[:fine], x, *key[fine + 1 :]) for x in above(str(texts[fine]))]
        rows: list[Any] = next((exact[k] for k in keys if k in exact), [])
        finer = below.get(key, [])
        if not rows and not finer and missing != "unknown":
            return None if missing == "none" else typed(kind, missing["value"])
        values = [typed(kind, row[spec["column"]]) for row in rows + finer] if rows else [UNKNOWN]
        sets = [value if isinstance(value, tuple) else ([], []) for value in values]
        if all(value == values[0] for value in values) or not any(isinstance(value, tuple) for value in values):
            return values[0] if all(value == values[0] for value in values) else UNKNOWN
        return members(set.intersection(*({*x[0]} for x in sets)), set.union(*({*x[1]} for x in sets)))

    def _together(self, how: str, values: list[Any]) -> Any:
        """What two sets have in common, or what is in one of them."""
        if how == "either":
            known = [([], []) if value is None else value for value in values]
            return UNKNOWN if UNKNOWN in known else members(*({*known[0][n], *known[1][n]} for n in (0, 1)))
        sets = [value for value in values if value != UNKNOWN]
        if not sets or None in sets or not all(possible for _, possible in sets):
            return members((), ()) if sets else UNKNOWN
        sure = set.intersection(*({*own} for own, _ in sets)) if len(sets) == len(values) else set[str]()
        return members(sure, set.intersection(*({*possible} for _, possible in sets)))

    def tells(self, others: Iterable[Line]) -> Told:
        """What the verdict on the line tells a regime that asks; `others` are the other lines of the order."""
        might = any(a["state"] in MIGHT for a in self.said["authorizations"])
        is_open = (min(stands, x[2]) == OPEN for _, _, stands, _, lifts in self.requirements() for x in lifts)
        found = {what: self.said[what] for what in ("outcome", "release", "review")}
        found["another_line_goes"] = any(other.said["release"] == "go" for other in others)
        return found | {"could_apply": might or any(is_open)}

    # --- collections -------------------------------------------------------------------------------------------------

    def _elements(self, spec: Data, fact: str, case: Case) -> list[Data] | None:
        """The elements of a collection, with the fields that are worked out; none where it is not stated."""
        root, name = spec["of"].split(".")
        party: Data = self.parties[case[1]] if case[1:] else {}
        item = self.item if self.pack.facts[fact]["scope"] != "transaction" else {}
        stated, found = at({"item": item, "party": party}.get(root, self.order), name, SILENCE), list[Data]()
        for raw in stated if isinstance(stated, list) else ():
            given = {f: x for f, x in {**LEFT_OUT.get(name, {}), **raw}.items() if f not in NESTED}
            element = {
                f: stated_value("number" if f in NUMBERS else "", x, self.order.get("rates", {}))
                for f, x in given.items()
            }
            if name == "owners":
                element["listed_on"] = self.listed_on(party, raw)
                least, most = bounds(element.get("at_least")), bounds(element.get("at_most"))
                if (least or most) and "share" not in raw:
                    element["share"] = number(least[0] if least else ZERO, most[1] if most else HUNDRED)
            if name == "statements":
                element["by_roles"] = typed("set", self.parties.get(raw["by"], {"roles": []})["roles"])
            for field, of in spec.get("fields", {}).items():
                kind = self.pack.of["table"][of["table"]]["columns"][of["column"]]["type"]
                by = {column: element.get(own, UNKNOWN) for column, own in of["by"].items()}
                element[field] = self._looked_up(of, by, kind, "unknown")
            found.append(element)
        return found if isinstance(stated, list) else None

    def _fits(self, element: Data, tests: Data, case: Case) -> int:
        """Whether an element of a collection passes tests on its fields."""
        truths = [TRUE]
        for field, body in tests.items():
            ((op, operand),) = body.items() if isinstance(body, dict) and "fact" not in body else [("is", body)]
            value, eccn = element.get(field, UNKNOWN), field == "eccn"
            if not isinstance(operand, dict):
                truths.append(passes(op, operand, value, eccn=eccn))
                continue
            wanted = self.value(operand["fact"], case)
            is_open = wanted == UNKNOWN or (isinstance(wanted, tuple) and wanted[0] != wanted[1])
            wanted = wanted[0] if isinstance(wanted, tuple) else wanted
            truths.append(OPEN if is_open else _either_way(op, wanted, value, eccn=eccn))
        return min(truths)

    def _collected(self, how: str, spec: Data, case: Case, elements: list[Data] | None) -> Any:
        """What is asked over a collection: unknown where it is not stated, and nothing is said for that."""
        none_given = spec["none_given"] if isinstance(spec.get("none_given"), bool) else UNKNOWN
        where, field = spec.get("where", {}), str(spec.get("value"))
        kept = [(e, within) for e in elements or () if (within := self._fits(e, where, case)) != FALSE]
        if how in {"any", "every"}:
            truths = [(within, self._fits(e, spec["has"], case)) for e, within in kept]
            if not truths:
                return none_given
            truth = max(min(x) for x in truths) if how == "any" else min(max(TRUE - w, h) for w, h in truths)
            found, sure = (False, UNKNOWN, True)[truth], any(within == TRUE for within, _ in truths)
            return found if sure or found == none_given else UNKNOWN  # it may be that no element is meant
        if elements is None:
            return UNKNOWN
        if how == "union":
            return _union([(e.get(field, UNKNOWN), within) for e, within in kept])
        if how == "latest":
            return _latest([(e.get(spec["by"], UNKNOWN), e.get(field, UNKNOWN), within) for e, within in kept])
        part = summed(kept, None if how == "count" else field)
        if how == "share":
            whole = summed([(element, TRUE) for element in elements], field)
            own = bounds(part)
            if own is None or not isinstance(whole, Decimal) or whole <= 0:
                return UNKNOWN
            return number(*quotient(product(own, (HUNDRED, HUNDRED)), (whole, whole)))
        return part


def asked_by(pack: Pack) -> set[str]:
    """The regimes of whose verdicts the facts of a pack ask."""
    return {fact["of_regime"]["regime"] for fact in pack.facts.values() if "of_regime" in fact}


def told(asked: Iterable[str], place: int, lines: Sequence[Sequence[Derivations]]) -> dict[str, Told]:
    """What each regime that is asked tells of a line: its one pack that asks of no other; of several, none does."""
    found = dict[str, Told]()
    for regime in asked:
        of_regime = [x for x in lines if x[place].pack.manifest["regime"] == regime and not asked_by(x[place].pack)]
        for telling in of_regime if len(of_regime) == 1 else ():
            found[regime] = telling[place].tells([*telling[:place], *telling[place + 1 :]])
    return found


def _either_way(op: str, operand: Any, value: Any, *, eccn: bool) -> int:
    """Whether a value passes a test against another; of two classifications either may be too coarse to tell."""
    truth = passes(op, operand, value, eccn=eccn)
    if truth == FALSE and eccn and isinstance(operand, str) and isinstance(value, str):
        return OPEN if passes(op, value, operand, eccn=True) == OPEN else FALSE
    return truth


def _union(values: list[tuple[Any, int]]) -> Any:
    """The values, themselves single or sets; only possible what hangs on an element that may not be meant."""
    sure, possible = set[str](), set[str]()
    for raw, within in values:
        value = ([raw], [raw]) if isinstance(raw, str) and raw != UNKNOWN else raw
        if value is not None and not (isinstance(value, tuple) and isinstance(value[0], list)):
            return UNKNOWN
        own, all_ = value or ([], [])
        sure, possible = sure | ({*own} if within == TRUE else set()), possible | {*all_}
    return members(sure, possible)


def _latest(found: list[tuple[Any, Any, int]]) -> Any:
    """The value of the latest day; unknown where the days do not tell, or more than one is of that day."""
    values = [value for _, value, within in found if within == TRUE and value not in (None, UNKNOWN)]
    if values and len(values) == len(found) and all(value == values[0] for value in values):
        return values[0]
    if not found or any(within != TRUE or not re.fullmatch(r"\d{4}-\d\d-\d\d", str(day)) for day, _, within in found):
        return UNKNOWN
    last = [value for day, value, _ in found if day == max(day for day, _, _ in found)]
    return last[0] if len(last) == 1 else UNKNOWN
