"""Random worlds: a pack as data, the way YAML gives it, an order to judge against it, and the day.

The vocabulary is fixed and holds a fact of every type, scope and origin; everything that speaks it is random. Days come
from a few weeks and a few pivots, names and values from short lists, so that things meet. One seed is one world, on
every machine; `reduced` makes a failing world small enough to read.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from licet.evaluator import Evaluator
from licet.infer.resolve import OUTCOMES
from licet.policy.load import PolicyError, PolicyFile, assemble_trusted
from licet.policy.model import Fact, Pack
from licet.policy.stages import CyclicRulesError, stages_of
from licet.policy.terms import REVIEW_POLICIES
from licet.transaction.read import InputError

Data = dict[str, Any]
FIRST = date(2020, 1, 1)
LAST = FIRST + timedelta(days=47)
PIVOTS = tuple(FIRST + timedelta(days=n) for n in range(0, 48, 4))
REASONS = ("R1", "R2", "R3", "EL")
AUTHORIZATIONS = {
    "LE": "license_exception",
    "LE.a": None,
    "LE.a.1": None,
    "LX": "license_exception",
    "GL": "general_license",
    "GL.c": None,
    "SL": "specific_license",
    "SC": "savings_clause",
    "CO": "carve_out",
}
KINDS = ("license_exception", "general_license", "specific_license", "savings_clause", "carve_out")
COUNTRIES = ("US", "CN", "RU", "NO", "CU")
LEAVES = ("1A001.a", "1A001.b.1", "1A001.b.2", "2B002", "EAR99")
PARAGRAPHS = (*LEAVES, "1A001", "1A001.b")
ROLES = ("purchaser", "intermediate_consignee", "ultimate_consignee", "end_user", "exporter", "forwarder", "other")
NAMES = ("Alpha Ltd", "Beta GmbH", "Gamma OOO", "Delta Inc")
OBLIGATIONS = ("report", "records")
LEVELS = ("low", "high", "severe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """What a world may not have, for laws that make an exception of it.

    Without `known` nothing hangs on whether something is stated; without `later`, nothing on what rules found before.
    """

    displaces: bool = True
    later: bool = True
    known: bool = True
    narrow_excepts: bool = True
    namesakes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A pack's files, an order, and the day on which it is judged."""

    files: tuple[tuple[str, str, Data], ...]
    order: Data
    as_of: date
    known_on: date | None = None
    seed: int = field(default=0, compare=False)

    def pack(self, pack_id: str = "pk", files: Sequence[tuple[str, str, Data]] | None = None) -> Pack:
        """The pack of the world's files, or of others."""
        entries = self.files if files is None else files
        named = [(PolicyFile(kind=k, id=i, raw=b"", shown=f"{i}/{k}.yaml"), d) for k, i, d in entries]
        return assemble_trusted(named, pack_id, "0" * 64)

    def beside(self) -> Pack:
        """Another pack, that asks what the world's own says of a line, and binds where a fact of the line is so."""
        return self.pack("by", self.files_beside())

    def files_beside(self) -> list[tuple[str, str, Data]]:
        """The files of that pack."""
        rng = random.Random(f"{self.seed}/another")
        made: list[tuple[str, str, Data]] = []
        for kind, name, own in world(self.seed + 1).files:
            data = own
            if kind == "pack":
                data = own | {
                    "regime": "by",
                    "binds": {"fact": rng.choice(("i_flag", "s_flag", "t_flag")), "is": True},
                }
            elif kind == "vocabulary":
                asks = {fact: about | {"meaning": "a fact", "cite": "1 Rule 1"} for fact, about in TOLD.items()}
                data = own | {"facts": own["facts"] | copy.deepcopy(asks)}
            made.append((kind, name, data))
        for number in range(4):
            then = (
                {"require": {"reason": rng.choice(REASONS)}},
                {"rate": {"risk": "other", "level": rng.choice(LEVELS)}},
            )
            made.append(("rule", f"told/r{number}", rule(rng, [*TOLD, "i_flag"], rng.choice(then))))
        always = {"when": {"r_other": True}, "in_force": [{"from": date(2019, 1, 1), "cite": "1 FR 0"}]}
        made.append(("rule", "told/other", rule(rng, ["r_other"], {"prohibit": {"reason": "R1"}}) | always))
        return made

    def evaluator(self, *others: Pack, backend: str = "reference") -> Evaluator:
        """An evaluator of the world's pack, and of others beside it."""
        return Evaluator([self.pack(), *others], backend=backend)

    def rules(self) -> list[tuple[str, Data]]:
        """The rules by id."""
        return [(i, d) for k, i, d in self.files if k == "rule"]

    def with_rules(self, *added: tuple[str, Data]) -> World:
        """The world with more rules."""
        return replace(self, files=(*self.files, *(("rule", i, d) for i, d in added)))

    def with_order(self, order: Data) -> World:
        """The world with another order."""
        return replace(self, order=order)


def worlds(leave: Leave = Leave()) -> st.SearchStrategy[World]:  # frozen
    """Worlds for Hypothesis, one for every seed."""
    return st.integers(0, 2**40).map(lambda seed: world(seed, leave))


def world(seed: int, leave: Leave = Leave()) -> World:  # frozen
    """The world of a seed."""
    rng, beside = random.Random(seed), random.Random(f"{seed}/beside")
    while True:  # rules that displace one another may feed one another in a circle, and are drawn again
        made = World(
            files=tuple(files(rng, leave)),
            order=order(rng),
            as_of=FIRST + timedelta(days=rng.randrange(48)),
            known_on=rng.choice((None, None, None, rng.choice(PIVOTS))),
            seed=seed,
        )
        made = made.with_rules(*rated(beside, leave))
        try:
            stages_of(made.pack().rules, made.pack().vocabulary)
        except CyclicRulesError:
            continue
        return replace(made, order=resolved(rng, made))


# --- the vocabulary --------------------------------------------------------------------------------------------------

_KNOWLEDGE = {"assume": False, "because": "no such knowledge is stated"}

_POLICIES = list(REVIEW_POLICIES)
_SET = {"type": "set", "of": "enum", "values": ["R1", "R2", "R3"]}

STATED: dict[str, Data] = {
    "t_flag": {"scope": "transaction", "type": "boolean"},
    "t_known": {"scope": "transaction", "type": "boolean", "absent": _KNOWLEDGE},
    "t_day": {"scope": "transaction", "type": "date"},
    "activity": {"scope": "transaction", "type": "enum", "values": ["export", "reexport"], "read": "activity"},
    "destination": {"scope": "transaction", "type": "country", "read": "destination"},
    "origin": {"scope": "transaction", "type": "country", "read": "origin"},
    "use": {"scope": "transaction", "type": "text", "read": "end_use"},
    "en_route": {"scope": "transaction", "type": "date", "read": "shipment.en_route_since"},
    "eccn": {"scope": "item", "type": "eccn", "read": "eccn"},
    "kind": {"scope": "item", "type": "enum", "values": ["commodity", "software"], "read": "kind"},
    "value": {"scope": "item", "type": "money", "unit": "USD", "read": "value"},
    "quantity": {"scope": "item", "type": "number", "unit": "pieces", "read": "quantity"},
    "i_id": {"scope": "item", "type": "text", "read": "id"},
    "i_flag": {"scope": "item", "type": "boolean"},
    "i_word": {"scope": "item", "type": "enum", "values": ["a", "b", "c"]},
    "i_number": {"scope": "item", "type": "number", "unit": "mm"},
    "i_day": {"scope": "item", "type": "date"},
    "i_set": {"scope": "item", **_SET},
    "i_other": {"scope": "item", "type": "eccn"},
    "claim": {"scope": "item", "type": "enum", "values": ["x", "y"], "claim": True},
    "claimed": {"scope": "transaction", "type": "boolean", "claim": True},
    "p_id": {"scope": "party", "type": "text", "read": "id"},
    "p_roles": {"scope": "party", "type": "set", "of": "enum", "values": list(ROLES), "read": "roles"},
    "p_country": {"scope": "party", "type": "country", "read": "country"},
    "p_flag": {"scope": "party", "type": "boolean"},
    "p_word": {"scope": "party", "type": "enum", "values": ["a", "b"]},
}
LISTED: dict[str, Data] = {
    "l_list": {"scope": "listing", "type": "text", "read": "list"},
    "l_group": {"scope": "listing", "type": "enum", "values": ["g", "h"], "read": "group"},
    "l_covers": {"scope": "listing", "type": "boolean", "read": "covers_item"},
    "l_policy": {"scope": "listing", "type": "enum", "values": _POLICIES, "read": "review_policy"},
    "l_foot": {"scope": "listing", "type": "set", "of": "text", "read": "footnotes"},
    "l_from": {"scope": "listing", "type": "date", "read": "row_from"},
    "l_due": {"scope": "listing", "type": "date", "read": "due"},
    "l_basis": {"scope": "listing", "type": "enum", "values": ["name", "alias", "owner"], "read": "hit_basis"},
    "l_sure": {"scope": "listing", "type": "boolean", "read": "hit_confirmed"},
}
DERIVED: dict[str, Data] = {
    "d_reasons": {
        "scope": "item",
        **_SET,
        "derive": {"lookup": {"table": "control", "column": "reasons", "by": {"eccn": "eccn"}}},
    },
    "d_columns": {
        "scope": "transaction",
        **_SET,
        "derive": {"lookup": {"table": "chart", "column": "columns", "by": {"country": "destination"}}},
    },
    "d_both": {"scope": "item", **_SET, "derive": {"both": ["d_reasons", "d_columns"]}},
    "d_either": {"scope": "item", **_SET, "derive": {"either": ["d_reasons", "i_set"]}},
    "d_ids": {
        "scope": "item",
        "type": "set",
        "of": "text",
        "derive": {
            "union": {
                "of": "transaction.licenses",
                "value": "items",
                "where": {"items": {"contains": {"fact": "i_id"}}},
            }
        },
    },
    "d_citizen": {
        "scope": "party",
        "type": "country",
        "derive": {"latest": {"of": "party.citizenships", "value": "country", "by": "from"}},
    },
    "d_controlled": {
        "scope": "item",
        "type": "number",
        "unit": "lines",
        "derive": {
            "count": {
                "of": "item.components",
                "fields": {"reasons": {"table": "control", "column": "reasons", "by": {"eccn": "eccn"}}},
                "where": {"reasons": {"any_in": {"fact": "d_columns"}}},
            }
        },
    },
    "d_listed_share": {
        "scope": "party",
        "type": "number",
        "unit": "percent",
        "derive": {"sum": {"of": "party.owners", "value": "share", "where": {"listed_on": {"contains": "list_a"}}}},
    },
    "d_policy": {
        "scope": "item",
        "type": "enum",
        "values": _POLICIES,
        "derive": {"lookup": {"table": "chart", "column": "policy", "by": {"country": "destination"}}},
    },
    "d_limit": {
        "scope": "item",
        "type": "money",
        "unit": "USD",
        "derive": {"lookup": {"table": "control", "column": "limit", "by": {"eccn": "eccn"}, "missing": "none"}},
    },
    "d_abroad": {
        "scope": "transaction",
        "type": "boolean",
        "derive": {"compare": {"left": "destination", "is_not": "origin"}},
    },
    "d_early": {
        "scope": "item",
        "type": "boolean",
        "derive": {"compare": {"left": "t_day", "on_or_before": "i_day"}},
    },
    "d_since": {
        "scope": "item",
        "type": "date",
        "derive": {"lookup": {"table": "control", "column": "since", "by": {"eccn": "eccn"}}},
    },
    "d_begun": {
        "scope": "item",
        "type": "boolean",
        "derive": {"compare": {"left": "d_since", "on_or_before": "as_of"}},
    },
    "d_listed": {
        "scope": "listing",
        "type": "boolean",
        "derive": {"compare": {"left": "l_from", "on_or_after": "as_of"}},
    },
    "d_due": {
        "scope": "listing",
        "type": "boolean",
        "derive": {"compare": {"left": "l_due", "on_or_before": "as_of"}},
    },
    "d_ripe": {"scope": "item", "type": "boolean", "derive": {"compare": {"left": "i_day", "on_or_before": "as_of"}}},
    "d_below": {"scope": "item", "type": "boolean", "derive": {"compare": {"left": "value", "at_most": "d_limit"}}},
    "d_more": {
        "scope": "item",
        "type": "number",
        "unit": "mm",
        "derive": {"total": ["i_number", 2]},
    },
    "d_each": {"scope": "item", "type": "number", "unit": "USD", "derive": {"quotient": ["value", "quantity"]}},
    "d_left": {
        "scope": "item",
        "type": "number",
        "unit": "mm",
        "derive": {"difference": ["d_more", "quantity"]},
    },
    "d_sum": {
        "scope": "item",
        "type": "money",
        "unit": "USD",
        "derive": {"sum": {"of": "transaction.items", "value": "value", "where": {"kind": {"fact": "kind"}}}},
    },
    "d_count": {
        "scope": "transaction",
        "type": "number",
        "unit": "lines",
        "derive": {"count": {"of": "transaction.items", "where": {"kind": "software"}}},
    },
    "d_share": {
        "scope": "item",
        "type": "number",
        "unit": "percent",
        "derive": {"share": {"of": "item.components", "value": "value", "where": {"origin": "US"}}},
    },
    "d_certified": {
        "scope": "party",
        "type": "boolean",
        "derive": {
            "any": {
                "of": "transaction.statements",
                "where": {"kind": "certificate"},
                "has": {"by": {"fact": "p_id"}, "on": {"on_or_before": {"fact": "as_of"}}},
            }
        },
    },
    "d_licensed": {
        "scope": "item",
        "type": "boolean",
        "derive": {
            "any": {
                "of": "transaction.licenses",
                "where": {"kind": "bis"},
                "has": {
                    "items": {"contains": {"fact": "i_id"}},
                    "valid_from": {"on_or_before": {"fact": "as_of"}},
                    "valid_through": {"on_or_after": {"fact": "as_of"}},
                },
                "none_given": False,
            }
        },
    },
    "d_homes": {
        "scope": "transaction",
        "type": "boolean",
        "derive": {
            "every": {"of": "transaction.parties", "has": {"country": {"in": ["US", "NO"]}}, "none_given": True}
        },
    },
    "d_russian": {
        "scope": "transaction",
        "type": "boolean",
        "derive": {
            "any": {
                "of": "transaction.parties",
                "where": {"country": "RU"},
                "has": {"roles": {"contains": "end_user"}},
                "none_given": True,
            }
        },
    },
    "d_owned": {
        "scope": "party",
        "type": "number",
        "unit": "percent",
        "derive": {"sum": {"of": "party.owners", "value": "share", "where": {"country": {"in": ["RU", "CU"]}}}},
    },
}
SET: dict[str, Data] = {
    "s_word": {"scope": "item", "type": "enum", "values": ["a", "b"], "set": {}},
    "s_flag": {"scope": "item", "type": "boolean", "set": {}},
    "s_number": {"scope": "item", "type": "number", "unit": "mm", "set": {"default": 1}},
    "s_party": {"scope": "party", "type": "boolean", "set": {"default": False}},
    "s_listed": {"scope": "listing", "type": "boolean", "set": {"default": False}},
    "jurisdiction": {"scope": "item", "type": "enum", "values": ["subject", "not_subject"], "set": {}},
}
#: Facts that stand in for one another: which one counts hangs on what is stated.
INSTEAD: dict[str, Data] = {
    "d_flag": {"scope": "item", "type": "boolean", "derive": {"instead": ["i_flag", "d_below"]}},
    "d_first": {"scope": "item", "type": "boolean", "derive": {"instead": ["d_flag", "t_flag", "t_known"]}},
    "d_set": {"scope": "item", **_SET, "derive": {"instead": ["i_set", "d_reasons"]}},
    "d_own": {"scope": "party", "type": "boolean", "derive": {"instead": ["p_flag", "d_certified", "d_flag"]}},
}
#: What rules rate, for later rules.
RATED: dict[str, Data] = {
    "levels": {"scope": "item", "type": "set", "of": "enum", "values": list(LEVELS), "rated": "risk"},
}
#: What a pack beside the world's own asks of its verdict.
TOLD: dict[str, Data] = {
    "r_release": {"type": "enum", "values": ["go", "hold", "stop"], "of_regime": {"regime": "rg", "what": "release"}},
    "r_outcome": {"type": "enum", "values": list(OUTCOMES), "of_regime": {"regime": "rg", "what": "outcome"}},
    "r_review": {"type": "enum", "values": _POLICIES, "of_regime": {"regime": "rg", "what": "review"}},
    "r_applies": {"type": "boolean", "of_regime": {"regime": "rg", "what": "could_apply"}},
    "r_other": {"type": "boolean", "of_regime": {"regime": "rg", "what": "another_line_goes"}},
}
TOLD = {name: {"scope": "item", **data} for name, data in TOLD.items()}
#: Facts set by rules, each after those before it: a setter reads only what comes earlier.
CHAIN = ("s_word", "s_number", "s_flag", "jurisdiction", "s_party", "s_listed")
LATER: dict[str, Data] = {name: {"scope": "item", "type": "set"} for name in ("required_reasons", "authorized_by")}
AS_OF: Data = {"scope": "transaction", "type": "date"}
SPOKEN: dict[str, Data] = {**STATED, **LISTED, **DERIVED, **INSTEAD, **SET, **RATED, **TOLD, **LATER, "as_of": AS_OF}
SCOPES = ("transaction", "item", "party", "listing")
CLAIMS = ("claim", "claimed")


def vocabulary(rng: random.Random) -> Data:
    """The vocabulary; only which set facts have a default is random."""
    facts = copy.deepcopy({**STATED, **LISTED, **DERIVED, **INSTEAD, **SET, **RATED})
    for data in facts.values():
        data.update(meaning="a fact", cite="1 Rule 1")
    if rng.random() < 0.5:
        facts["jurisdiction"]["set"] = {"default": rng.choice(("subject", "not_subject"))}
    if rng.random() < 0.5:
        facts["s_word"]["set"] = {"default": "a"}
    term = {"title": "a term", "cite": "1 Rule 2"}
    return {
        "facts": facts,
        "reasons": dict.fromkeys(REASONS, term),
        "authorizations": {name: term | ({"kind": kind} if kind else {}) for name, kind in AUTHORIZATIONS.items()},
        "obligations": dict.fromkeys(OBLIGATIONS, term),
        "risks": {name: term | {"levels": list(LEVELS)} for name in ("risk", "other")},
    }


# --- conditions ------------------------------------------------------------------------------------------------------


def some(rng: random.Random, values: Sequence[Any], most: int = 2) -> list[Any]:
    """One or several of the values."""
    return rng.sample(list(values), rng.randint(1, min(most, len(values))))


def a_test(rng: random.Random, name: str, *, known: bool = False) -> Data:
    """A random test of a fact, as YAML gives it."""
    if known and rng.random() < 0.2:
        return {name: {"known": rng.random() < 0.5}}
    data = SPOKEN[name]
    if data["type"] not in {"set", "boolean"} and rng.random() < 0.04:
        return {name: None}
    return {name: _OPERANDS[data["type"]](rng, data, name)}


def _boolean(rng: random.Random, data: Data, name: str) -> Any:
    return rng.random() < 0.7


def _enum(rng: random.Random, data: Data, name: str) -> Any:
    values = data["values"]
    return rng.choice(values) if rng.random() < 0.6 else {"in": some(rng, values)}


def _text(rng: random.Random, data: Data, name: str) -> Any:
    values = {"l_list": ["list_a", "list_b"], "p_id": ["p1", "p2"], "i_id": ["i1", "i2"]}.get(name, ["civil", "other"])
    return rng.choice(values) if rng.random() < 0.6 else {"in": some(rng, values)}


def _country(rng: random.Random, data: Data, name: str) -> Any:
    if rng.random() < 0.4:
        return {"in": {"table": "groups", "column": "country", "where": {"group": rng.choice(("E", "D"))}}}
    return rng.choice(COUNTRIES) if rng.random() < 0.5 else {"in": some(rng, COUNTRIES, 3)}


def _eccn(rng: random.Random, data: Data, name: str) -> Any:
    form = rng.randrange(3)
    if form == 0:
        return {"within": some(rng, PARAGRAPHS)}
    # Equality with a parent would say that no paragraph below it is meant: a test on leaves alone can be refined.
    return rng.choice(LEAVES) if form == 1 else {"in": some(rng, LEAVES, 3)}


def _date(rng: random.Random, data: Data, name: str) -> Any:
    day = rng.choice(PIVOTS)
    form = rng.randrange(8)
    if form == 0:
        return day
    if form == 1:
        return {"in": some(rng, PIVOTS, 3)}
    return {rng.choice(("on_or_after", "on_or_before")): day}


def _number(rng: random.Random, data: Data, name: str) -> Any:
    operator = rng.choice(("at_least", "at_most", "more_than", "less_than"))
    return rng.randrange(6) if rng.random() < 0.1 else {operator: rng.randrange(8)}


def _set(rng: random.Random, data: Data, name: str) -> Any:
    found: dict[str, Sequence[str]] = {"required_reasons": REASONS, "authorized_by": ("LE", "LE.a", "GL", "SL")}
    values: Sequence[str] = data["values"] if "values" in data else found.get(name, ("1", "2"))
    operator = rng.choice(("contains", "contains", "any_in", "only_in"))
    return {operator: rng.choice(values) if operator == "contains" else some(rng, values)}


_OPERANDS: Mapping[str, Callable[[random.Random, Data, str], Any]] = {
    "boolean": _boolean,
    "enum": _enum,
    "text": _text,
    "country": _country,
    "eccn": _eccn,
    "date": _date,
    "number": _number,
    "money": _number,
    "set": _set,
}


def condition(rng: random.Random, names: Sequence[str], *, known: bool = False, depth: int = 2) -> Data:
    """A random condition over the facts."""
    form = rng.random()
    if depth == 0 or form < 0.35:
        return a_test(rng, rng.choice(names), known=known)
    if form < 0.45:
        return {"not": condition(rng, names, known=known, depth=depth - 1)}
    parts = [condition(rng, names, known=known, depth=depth - 1) for _ in range(rng.randint(1, 3))]
    return {"all" if form < 0.72 else "any": parts}


# --- time ------------------------------------------------------------------------------------------------------------


def period(rng: random.Random, start: date | None) -> Data:
    """A dated period, now and then stayed, ended or unresolved."""
    made: Data = {"from": start} if start else {}
    later = [d for d in PIVOTS if start is None or d >= start]
    if rng.random() < 0.35:
        made["through"] = rng.choice(later)
    if rng.random() < 0.3:
        made["published"] = rng.choice(PIVOTS)
    if rng.random() < 0.1:
        made["filed"] = min(rng.choice(PIVOTS), made.get("published", LAST))
    made["cite"] = "1 FR 1"
    return made


def full_period(rng: random.Random, start: date | None) -> Data:
    """A period with all that can befall it."""
    made = period(rng, start)
    if rng.random() < 0.15:
        first = rng.choice(PIVOTS)
        stay: Data = {"from": first, "cite": "1 FR 2"}
        if rng.random() < 0.8:
            stay["through"] = rng.choice([d for d in PIVOTS if d >= first])
        if rng.random() < 0.3:
            stay["published"] = rng.choice(PIVOTS)
        made["stayed"] = [stay]
    after = [d for d in PIVOTS if start is None or d > start]
    if after and rng.random() < 0.1:
        made["ended"] = {"from": rng.choice(after), "published": rng.choice(PIVOTS), "cite": "1 FR 3"}
    if rng.random() < 0.1:
        made["unresolved"] = {"from": rng.choice(PIVOTS), "because": "nobody knows"}
    return made


def in_force(rng: random.Random) -> Any:
    """A rule's timeline: mostly long in force."""
    form = rng.random()
    if form < 0.5:
        return [{"from": date(2019, 1, 1), "cite": "1 FR 0"}]
    if form < 0.6:
        return {"general_license": "gl", "from": rng.choice(PIVOTS[:4]), "cite": "1 FR 4"}
    starts = sorted(some(rng, (None, *PIVOTS), 3), key=lambda d: d or date.min)
    return [full_period(rng, start) for start in starts]


# --- rules -----------------------------------------------------------------------------------------------------------


def within(scope: str, names: Sequence[str]) -> list[str]:
    """The facts of the scope, or a wider one."""
    reach = SCOPES.index(scope)
    return [n for n in names if SCOPES.index(SPOKEN[n]["scope"]) <= reach]


def readable(rng: random.Random, chain: int, scope: str) -> list[str]:
    """Facts for one rule to read: the early ones of the chain, and a handful of the others."""
    names = within(scope, [*STATED, *LISTED, *DERIVED, "as_of"])
    kept = rng.sample(names, min(8, len(names)))
    own = [n for n in names if SPOKEN[n]["scope"] == scope]
    return [*kept, rng.choice(own), *within(scope, CHAIN[:chain])]


def rule(rng: random.Random, names: Sequence[str], then: Data, *, known: bool = False, **more: Any) -> Data:
    """A rule as YAML gives it."""
    return {
        "title": "a rule",
        "because": [{"cite": "1 Rule 3"}],
        "in_force": in_force(rng),
        "reviewed": {"on": date(2020, 1, 1), "by": "nobody"},
        "when": condition(rng, names, known=known),
        "then": then,
        **more,
    }


def a_scope(rng: random.Random) -> str:
    return rng.choice(("item", "item", "party", "listing"))


def setter(rng: random.Random, name: str) -> Data:
    """A rule that sets a fact of the chain, and reads only what comes before."""
    data = SPOKEN[name]
    values: Sequence[Any] = {"boolean": (True, False), "number": (1, 2, 5)}.get(data["type"]) or data["values"]
    weights = [2, *[1] * (len(values) - 1)]
    names = readable(rng, CHAIN.index(name), data["scope"])
    return rule(rng, names, {"set": {name: rng.choices(values, weights)[0]}})


def requirement(rng: random.Random, scope: str | None = None) -> Data:
    """A rule that requires a license, or forbids, or says what an application would meet."""
    scope = scope or a_scope(rng)
    names = readable(rng, len(CHAIN), scope)
    form = rng.random()
    if form < 0.65:
        then: Data = {"require": {"reason": rng.choice(REASONS)}}
    elif form < 0.85:
        then = {"require": {"reason": {"each": rng.choice(("i_set", "d_reasons", "d_both"))}}}
    else:
        then = {"prohibit": {"reason": rng.choice(REASONS)}}
    if rng.random() < 0.2:
        then["review"] = review(rng, scope)
    return rule(rng, names, then)


def review(rng: random.Random, scope: str) -> Data:
    facts = ["d_policy"] + (["l_policy"] if scope == "listing" else [])
    policy = {"fact": rng.choice(facts)} if rng.random() < 0.4 else rng.choice(REVIEW_POLICIES)
    return {"policy": policy, "reasons": some(rng, REASONS)}


def lifting(rng: random.Random, requiring: Sequence[str], leave: Leave) -> Data:
    """A rule that lifts requirements."""
    lift: Data = {"authorization": rng.choice(list(AUTHORIZATIONS))}
    form = rng.random()
    if form < 0.75 or not requiring:
        lift["reasons"] = some(rng, REASONS, 3)
    elif form < 0.9:
        lift["rules"] = some(rng, requiring)
    else:
        lift = {"authorization": "SL", "reasons": "all"}
    then: Data = {"lift": lift}
    if rng.random() < 0.3:
        then["oblige"] = some(rng, OBLIGATIONS)
    names = readable(rng, len(CHAIN), a_scope(rng))
    if leave.later and rng.random() < 0.2:
        names = [*names[:3], "required_reasons"]
    made = rule(rng, names, then)
    if rng.random() < 0.3:
        made["claimed_by"] = rng.choice(
            ({"claim": "x"}, {"claim": {"in": ["x", "y"]}}, {"claimed": True}, {"claim": {"known": True}})
        )
    return made


def barring(rng: random.Random, scope: str | None = None) -> Data:
    """A rule that bars authorizations."""
    bar: Data = {}
    form = rng.randrange(4)
    if form in {0, 3}:
        bar["kinds"] = some(rng, KINDS, 3)
    if form in {1, 3}:
        bar["authorizations"] = some(rng, list(AUTHORIZATIONS))
    if form == 2 or rng.random() < 0.3:
        bar["all_but"] = some(rng, list(AUTHORIZATIONS))
    if rng.random() < 0.3:
        bar["reasons"] = some(rng, REASONS)
    return rule(rng, readable(rng, len(CHAIN), scope or a_scope(rng)), {"bar": bar})


def excepting(rng: random.Random, bars: Sequence[str], leave: Leave) -> Data:
    """A rule that lifts bars."""
    scope = a_scope(rng) if leave.narrow_excepts else "item"
    return rule(rng, readable(rng, len(CHAIN), scope), {"except": {"bars": some(rng, bars)}})


def remark(rng: random.Random, leave: Leave) -> Data:
    """A rule that flags, gives notice, obliges, rates or reviews; some read what earlier stages found."""
    scope = a_scope(rng)
    form = rng.choice(("flag", "flag", "notice", "oblige", "rate", "review"))
    effects: dict[str, Data] = {
        "flag": {"flag": {"message": "look at this"}},
        "notice": {"notice": {"message": "know this"}},
        "oblige": {"oblige": some(rng, OBLIGATIONS)},
        "rate": {"rate": {"risk": "risk", "level": rng.choice(LEVELS)}},
        "review": {"review": review(rng, scope)},
    }
    then = effects[form]
    names = readable(rng, len(CHAIN), scope)
    if leave.later and rng.random() < 0.4:
        names = [*names[:2], *LATER]
    return rule(rng, names, then, known=leave.known and form in {"flag", "notice", "oblige"})


def rules(rng: random.Random, leave: Leave) -> dict[str, Data]:
    """The rules of a pack by id."""
    made: dict[str, Data] = {}
    for name in CHAIN:
        for number in range(rng.choice((0, 1, 1, 2)) + (name == "jurisdiction")):
            made[f"set/{name}_{number}"] = setter(rng, name)
    for number in range(rng.randint(1, 4)):
        made[f"need/r{number}"] = requirement(rng)
    requiring = [i for i, d in made.items() if "require" in d["then"]]
    for number in range(rng.randint(0, 4)):
        made[f"lift/r{number}"] = lifting(rng, requiring, leave)
    for number in range(rng.randint(0, 2)):
        made[f"bar/r{number}"] = barring(rng)
    bars = [i for i in made if i.startswith("bar/")]
    for number in range(rng.randint(0, 2) if bars else 0):
        made[f"but/r{number}"] = excepting(rng, bars, leave)
    for number in range(rng.randint(0, 3)):
        made[f"say/r{number}"] = remark(rng, leave)
    _tied(rng, made, leave)
    return made


def rated(rng: random.Random, leave: Leave) -> Iterator[tuple[str, Data]]:
    """In some packs, rules that rate, others that read the levels reached, and some that read facts that stand in.

    They are drawn apart from all else, so that a pack's other rules are what they are without them.
    """
    if rng.random() < 0.5:
        return
    stand_ins = list(INSTEAD) if leave.known else []
    for number in range(rng.randint(1, 3)):
        names = readable(rng, len(CHAIN), scope := a_scope(rng))
        names = [*rng.sample(names, 4), *rng.sample(found := within(scope, stand_ins), min(2, len(found)))]
        yield f"rate/r{number}", rule(rng, names, {"rate": {"risk": "risk", "level": rng.choice(LEVELS)}})
    for number in range(rng.randint(0, 2) if stand_ins else 0):
        names = [*rng.sample(readable(rng, 0, scope := a_scope(rng)), 2), *within(scope, stand_ins)]
        then = {"require": {"reason": rng.choice(REASONS)}} if rng.random() < 0.7 else {"flag": {"message": "look"}}
        yield f"instead/r{number}", rule(rng, names, then)
    for number in range(rng.randint(1, 2) if leave.later else 0):
        names = [*rng.sample(readable(rng, 0, a_scope(rng)), 1), "levels", "levels"]
        effects: tuple[Data, ...] = (
            {"require": {"reason": rng.choice(REASONS)}},
            {"flag": {"message": "look at this"}},
            {"lift": {"authorization": rng.choice(list(AUTHORIZATIONS)), "reasons": some(rng, REASONS)}},
            {"rate": {"risk": "other", "level": rng.choice(LEVELS)}},
        )
        yield f"rated/r{number}", rule(rng, names, rng.choice(effects))


def _tied(rng: random.Random, made: dict[str, Data], leave: Leave) -> None:
    """Ties between rules: versions of one text, and one that displaces another."""
    lifts = [i for i in made if i.startswith(("lift/", "need/"))]
    if len(lifts) > 1 and rng.random() < 0.3:
        for name in rng.sample(lifts, 2):
            made[name]["text"] = "Rule 5"
    if leave.displaces and rng.random() < 0.4:
        over, under = rng.sample(sorted(made), 2)
        made[over]["displaces"] = [{"rule": under, "cite": "1 Rule 6"}]


# --- tables, lists, files --------------------------------------------------------------------------------------------


def _dated(rng: random.Random, row: Data) -> list[Data]:
    """The row, in force throughout, or once before and once after a day, or for a while."""
    form = rng.random()
    if form < 0.6:
        return [row]
    if form < 0.8:
        return [row | {k: v for k, v in period(rng, rng.choice(PIVOTS)).items() if k != "cite"}]
    day = rng.choice(PIVOTS[1:])
    return [row | {"through": day - timedelta(days=1)}, row | {"from": day, "published": rng.choice(PIVOTS)}]


def tables(rng: random.Random) -> Iterator[tuple[str, str, Data]]:
    """The three tables: groups of countries, a chart by country, and control reasons by classification."""
    head = {"title": "a table", "because": [{"cite": "1 Rule 7"}], "reviewed": {"on": FIRST, "by": "nobody"}}
    country = {"type": "country", "meaning": "a country"}
    groups = [(c, g) for c in COUNTRIES for g in ("D", "E") if rng.random() < 0.4] or [("CU", "E")]
    yield (
        "table",
        "groups",
        head
        | {
            "columns": {"country": country, "group": {"type": "text", "meaning": "a group"}},
            "key": ["country", "group"],
            "rows": [r for c, g in groups for r in _dated(rng, {"country": c, "group": g})],
        },
    )
    chart = [c for c in COUNTRIES if rng.random() < 0.8] or ["US"]
    yield (
        "table",
        "chart",
        head
        | {
            "columns": {
                "country": country,
                "columns": _SET | {"meaning": "columns"},
                "policy": {"type": "text", "meaning": "a policy"},
            },
            "key": ["country"],
            "rows": [
                r | {"columns": some(rng, ("R1", "R2", "R3"), 3), "policy": rng.choice(_POLICIES)}
                for c in chart
                for r in _dated(rng, {"country": c})
            ],
        },
    )
    control = head | {
        "columns": {
            "eccn": {"type": "eccn", "meaning": "a classification"},
            "reasons": _SET | {"meaning": "reasons"},
            "limit": {"type": "money", "meaning": "a limit"},
            "since": {"type": "date", "meaning": "a day"},
        },
        "key": ["eccn"],
        "rows": [
            r
            | {"reasons": some(rng, ("R1", "R2", "R3")) if rng.random() < 0.9 else []}
            | {"limit": rng.randrange(6), "since": rng.choice(PIVOTS)}
            for e in PARAGRAPHS
            if rng.random() < 0.7
            for r in _dated(rng, {"eccn": e})
        ],
    }
    if rng.random() < 0.1:
        control |= {"current_through": PIVOTS[0], "holds_after": rng.choice(PIVOTS)}
    yield "table", "control", control


def conditional(rng: random.Random, name: str, values: Sequence[Any]) -> Any:
    """One value, or rows of which the first that holds counts."""
    if rng.random() < 0.5:
        return rng.choice(values)
    names = ["eccn", "kind", "destination", "i_flag", "t_known", "as_of"]
    rows = [{"when": condition(rng, names, depth=1), name: rng.choice(values)} for _ in range(rng.randint(1, 2))]
    return [*rows, {name: rng.choice(values)}]


def listing(rng: random.Random, number: int, name: str, country: str | None) -> Data:
    """An entry of the party list."""
    rows = []
    for start in sorted(some(rng, PIVOTS[:8], 2) if rng.random() < 0.6 else [date(2019, 6, 1)]):
        row = period(rng, start) | {"review": conditional(rng, "policy", REVIEW_POLICIES)}
        scope = conditional(rng, "covers", (True, True, False))
        rows.append(row | ({"scope": scope} if isinstance(scope, list) else {}) | {"footnotes": some(rng, ("1", "2"))})
    made: Data = {
        "id": f"entry_{number}",
        "name": name,
        "rows": rows,
        "group": rng.choice(("g", "h")),
        "due": rng.choice(PIVOTS),
    }
    if country is not None:
        made["country"] = country
    if rng.random() < 0.2:
        made["aliases"] = [f"{name} Co"]
    if rng.random() < 0.15:
        made["removed"] = {"from": rng.choice(PIVOTS[8:]), "published": rng.choice(PIVOTS), "cite": "1 FR 9"}
    return made


def listings(rng: random.Random, leave: Leave) -> list[Data]:
    """A few entries; namesakes in different countries only where the world may have them."""
    homes: dict[str, str | None] = {name: rng.choice((None, "CN", "RU")) for name in NAMES}
    made = []
    for number in range(rng.randint(1, 4)):
        name = rng.choice(NAMES)
        country = rng.choice((None, "CN", "RU")) if leave.namesakes else homes[name]
        made.append(listing(rng, number, name, country))
    return made


def files(rng: random.Random, leave: Leave) -> Iterator[tuple[str, str, Data]]:
    """The files of a pack: kind, id and data."""
    manifest: Data = {
        "title": "a pack",
        "regime": "rg",
        "binds": True,
        "jurisdiction": {"fact": "jurisdiction", "subject": "subject"},
        "current_through": (current := rng.choice(PIVOTS)),
        "holds_after": rng.choice([d for d in PIVOTS if d >= current]) if rng.random() < 0.1 else date(2020, 12, 31),
    }
    yield "pack", ".", manifest
    yield "vocabulary", ".", vocabulary(rng)
    yield from tables(rng)
    head = {"because": [{"cite": "1 Rule 8"}], "reviewed": {"on": FIRST, "by": "nobody"}}
    group = {"type": "enum", "values": ["g", "h"], "meaning": "a family"}
    party_list: Data = head | {
        "title": "a list",
        "list": "list_a",
        "attributes": {"group": group, "due": {"type": "date", "meaning": "a day"}},
    }
    if rng.random() < 0.1:
        party_list |= {"current_through": PIVOTS[0], "holds_after": rng.choice(PIVOTS)}
    yield "list", "list_a", party_list
    yield "listings", "list_a", {"listings": listings(rng, leave)}
    starts = sorted(some(rng, PIVOTS[:6], 3))
    general_license: Data = head | {
        "title": "a general license",
        "authorization": "GL",
        # The last period has no end, so that no wording can begin after it.
        "periods": [
            *(full_period(rng, s) for s in starts),
            {"from": PIVOTS[6], "published": PIVOTS[7], "cite": "1 FR 7"},
        ],
    }
    if rng.random() < 0.5:
        general_license["ended"] = {"from": rng.choice(PIVOTS[7:]), "published": rng.choice(PIVOTS), "cite": "1 FR 8"}
    yield "general_license", "gl", general_license
    yield from (("rule", i, d) for i, d in rules(rng, leave).items())


# --- orders ----------------------------------------------------------------------------------------------------------


def stated(rng: random.Random, name: str) -> Any:
    """A random stated value of a fact, as JSON gives it; now and then `null`."""
    data = SPOKEN[name]
    if rng.random() < 0.06:
        return None
    kind = data["type"]
    if kind == "number" and rng.random() < 0.2:
        low = rng.randrange(6)
        return {"at_least": low, "at_most": low + rng.randrange(4)}
    drawn: dict[str, Callable[[], Any]] = {
        "boolean": lambda: rng.random() < 0.6,
        "enum": lambda: rng.choice(data["values"]),
        "text": lambda: rng.choice(("civil", "other")),
        "country": lambda: rng.choice(COUNTRIES),
        "eccn": lambda: rng.choice(PARAGRAPHS),
        "date": lambda: rng.choice(PIVOTS).isoformat(),
        "number": lambda: rng.randrange(8),
        "money": lambda: {"amount": rng.randrange(8), "currency": "USD"},
        "set": lambda: rng.sample(("R1", "R2", "R3"), rng.randrange(4)),
    }
    return drawn[kind]()


def field_of(rng: random.Random, name: str) -> Any:
    """A random value of an order's own field, which is never an interval."""
    made = stated(rng, name)
    return 3 if isinstance(made, dict) and "at_least" in made else made


#: Fields of an order's things that a fact reads by one name: field by fact.
TOP = {"activity": "activity", "destination": "destination", "origin": "origin", "end_use": "use"}
LINE = {"eccn": "eccn", "kind": "kind", "value": "value", "quantity": "quantity"}


def facts_of(scope: str) -> list[str]:
    """The facts that an order states under `facts`."""
    return [n for n, d in STATED.items() if d["scope"] == scope and "read" not in d]


def _fill(rng: random.Random, thing: Data, scope: str, chance: float) -> Data:
    facts = {name: stated(rng, name) for name in facts_of(scope) if rng.random() < chance}
    return thing | ({"facts": facts} if facts else {})


def item(rng: random.Random, number: int, chance: float) -> Data:
    """A line."""
    made: Data = {"id": f"i{number}"}
    made |= {f: field_of(rng, n) for f, n in LINE.items() if rng.random() < chance}
    if rng.random() < 0.5:
        parts = [
            {"origin": rng.choice(COUNTRIES), "value": {"amount": rng.randint(1, 4)}, "eccn": rng.choice(PARAGRAPHS)}
            for _ in range(2)
        ]
        made["components"] = [{k: v for k, v in part.items() if k == "value" or rng.random() < 0.8} for part in parts]
    return _fill(rng, made, "item", chance)


def party(rng: random.Random, number: int, chance: float) -> Data:
    """Somebody in the order, with a listed name more often than not."""
    name = rng.choice((*NAMES, *NAMES, "Nobody SA", f"{NAMES[0]} Co"))
    made: Data = {"id": f"p{number}", "name": name, "roles": some(rng, ROLES)}
    if rng.random() < chance:
        made["country"] = rng.choice(("CN", "RU", "US"))
    if rng.random() < 0.3:
        held: list[Data] = [{"country": rng.choice(("US", "CN")), "from": d.isoformat()} for d in rng.sample(PIVOTS, 2)]
        made["citizenships"] = [{k: v for k, v in one.items() if rng.random() < 0.9 or k == "country"} for one in held]
    if rng.random() < 0.3:
        owner: Data = {"name": rng.choice(("Jane Roe", *NAMES))}
        owner |= {"country": rng.choice(COUNTRIES)} if rng.random() < 0.7 else {}
        made["owners"] = [owner | rng.choice(({"share": 5}, {"at_least": 2, "at_most": 7}, {}))]
    return _fill(rng, made, "party", chance)


def order(rng: random.Random) -> Data:
    """An order; how much it states is random too."""
    chance = rng.choice((0.6, 0.9, 1.0, 1.0))
    made: Data = {
        "id": "o1",
        "parties": [party(rng, n, chance) for n in range(1, rng.choice((2, 2, 3, 4)))],
        "items": [item(rng, n, chance) for n in range(1, rng.choice((2, 2, 3)))],
    }
    made |= {f: value for f, n in TOP.items() if rng.random() < chance and (value := field_of(rng, n)) is not None}
    if rng.random() < chance:
        made["shipment"] = {"en_route_since": rng.choice(PIVOTS).isoformat()}
    ids = [p["id"] for p in made["parties"]]
    lines = [i["id"] for i in made["items"]]
    if rng.random() < 0.4:
        made["statements"] = [
            {"kind": "certificate", "by": rng.choice(ids), "on": rng.choice(PIVOTS).isoformat()}
            for _ in range(rng.randint(1, 2))
        ]
    if rng.random() < 0.3:
        first = rng.randrange(len(PIVOTS))
        last = rng.choice(PIVOTS[first:]).isoformat()
        made["licenses"] = [
            {
                "id": "l1",
                "kind": "bis",
                "parties": ids,
                "items": some(rng, lines),
                "valid_from": PIVOTS[first].isoformat(),
                "valid_through": last,
            }
        ]
    return _fill(rng, made, "transaction", chance)


def asking(found: World, number: int) -> World:
    """The world with another of its orders and days; number 0 is its own."""
    if number == 0:
        return found
    rng = random.Random(f"{found.seed}/{number}")  # a seed is one world, on every machine
    day = FIRST + timedelta(days=rng.randrange(48))
    asked = replace(found, order=order(rng), as_of=day, known_on=rng.choice((None, None, rng.choice(PIVOTS))))
    return asked.with_order(resolved(rng, asked))


def resolved(rng: random.Random, made: World) -> Data:
    """The order with some of the pack's flags and possible hits settled."""
    flags = [i for i, d in made.rules() if "flag" in d["then"] and rng.random() < 0.4]
    settled: list[Data] = [{"flag": flag} | _maybe_party(rng) for flag in flags]
    if rng.random() < 0.2:
        settled.append({"hit": "entry_0", "finding": rng.choice(("confirmed", "dismissed"))} | _maybe_party(rng))
    signed = [s | {"by": "J. Roe", "on": FIRST.isoformat(), "why": "looked at"} for s in settled]
    return made.order | ({"resolutions": signed} if signed else {})


def _maybe_party(rng: random.Random) -> Data:
    return {"party": "p1"} if rng.random() < 0.3 else {}


# --- orders for a pack that stands beside another --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An order to put to several packs, with the day and what goes with it."""

    order: Data
    as_of: date
    known_on: date | None = None
    assumptions: bool = True

    @property
    def law(self) -> dict[str, Any]:
        """The rest, as the evaluator takes it."""
        return {"as_of": self.as_of, "known_on": self.known_on, "assumptions": self.assumptions}


class Crossings:
    """Orders about which two packs have something to say: known ones, changed by what the pack `beside` knows.

    Parties get names of either pack's lists, and facts are stated that the pack beside alone declares.
    """

    ROUTES = ("CN", "CN", "CN", "HK", "MO", "TW", "DE", "RU", "JP", "VN", "US")
    ROLES = ("purchaser", "intermediate_consignee", "ultimate_consignee", "end_user", "forwarder", "known_recipient")

    def __init__(self, first: Pack, beside: Pack, bases: Sequence[Asked], days: Sequence[date]) -> None:
        self.bases, self.days = bases, days
        known = {name for name, fact in first.vocabulary.facts.items() if fact.stated}
        self.facts = {n: f for n, f in beside.vocabulary.facts.items() if f.stated and n not in known}
        self.names = [
            sorted({(x.name, x.country) for own in pack.lists for x in own.listings}, key=str)
            for pack in (first, beside)
        ]

    def asked(self, seed: int, change: float = 1) -> Asked:
        """The order of a seed; `change` is how likely each change is, of what it is elsewhere."""
        rng = random.Random(seed)
        base = rng.choice(self.bases)
        made = copy.deepcopy(base.order)
        for party in made["parties"]:
            self._renamed(rng, party, change)
        if rng.random() < 0.4 * change:
            made["destination"] = rng.choice(self.ROUTES)
        if rng.random() < 0.3 * change:
            made["origin"] = rng.choice(("CN", "US", "US", "DE"))
        if rng.random() < 0.5:
            made["proposal"] = rng.choice(("proceed", "refuse", "suspend"))
        if rng.random() < 0.2:
            made["items"].append(copy.deepcopy(made["items"][0]) | {"id": "beside", "origin": rng.choice(("CN", "US"))})
        self._state(rng, made, change)
        day = base.as_of if rng.random() < 1 - change / 2 else rng.choice(self.days)
        known_on = base.known_on if day == base.as_of else None
        assumptions = base.assumptions and rng.random() < 1 - 0.15 * change
        return Asked(order=made, as_of=day, known_on=known_on, assumptions=assumptions)

    def _renamed(self, rng: random.Random, party: Data, change: float) -> None:
        form = rng.random()
        if form < 0.3 * change:
            name, country = rng.choice(rng.choice(self.names))
            party["name"] = name
            party["country"] = country or rng.choice(self.ROUTES)
        elif form < 0.4 * change:
            party["country"] = rng.choice(self.ROUTES)
        if rng.random() < 0.1 * change and party["roles"] != ["exporter"]:
            party["roles"] = some(rng, self.ROLES)

    def _state(self, rng: random.Random, made: Data, change: float) -> None:
        homes = {"transaction": [made], "item": made["items"], "party": made["parties"]}
        often = [name for name in ("actor_reach", "conduct") if name in self.facts and rng.random() < 0.35]
        for name in (*often, *rng.sample(sorted(self.facts), int(rng.randrange(8) * change))):
            fact = self.facts[name]
            for home in homes[fact.scope]:
                home["facts"] = (home.get("facts") or {}) | {name: value_of(rng, fact)}

    def without(self, order: Data) -> Data:
        """The order without what the pack beside alone declares: another pack's vocabulary has no such words."""

        def cut(thing: Data) -> Data:
            stated = {n: v for n, v in (thing.get("facts") or {}).items() if n not in self.facts}
            return {k: v for k, v in thing.items() if k != "facts"} | ({"facts": stated} if stated else {})

        return cut(order) | {"items": [*map(cut, order["items"])], "parties": [*map(cut, order["parties"])]}


def value_of(rng: random.Random, fact: Fact) -> Any:
    """A random value of a fact of any vocabulary, as JSON gives it; now and then `null`."""
    if rng.random() < 0.04:
        return None
    drawn: dict[str, Callable[[], Any]] = {
        "boolean": lambda: rng.random() < 0.6,
        "enum": lambda: rng.choice(fact.values),
        "country": lambda: rng.choice(Crossings.ROUTES),
        "date": lambda: rng.choice(("2019-06-10", "2024-12-05", "2026-05-01")),
        "number": lambda: rng.choice((0, 1, 3, 10, 30, 60)),
        "money": lambda: {"amount": rng.choice((0, 1000, 5000, 1_000_000)), "currency": "USD"},
        "set": lambda: some(rng, fact.values) if fact.values else [rng.choice(Crossings.ROUTES)],
    }
    return drawn.get(fact.type, lambda: rng.choice(("1", "a word")))()


# --- failures small enough to read -----------------------------------------------------------------------------------


def reduced(found: World, fails: Callable[[World], bool], most: int = 600) -> World:
    """A smaller world that still fails: without every rule, fact, party and branch of a condition it can do without."""
    tries = 0
    shrinking = True
    while shrinking:
        shrinking = False
        for smaller in _smaller(found):
            tries += 1
            if tries > most:
                return found
            if _still(smaller, fails):
                found, shrinking = smaller, True
                break
    return found


def _still(smaller: World, fails: Callable[[World], bool]) -> bool:
    try:
        return fails(smaller)
    except (PolicyError, CyclicRulesError, InputError, KeyError, ValueError):
        return False  # what cannot be judged at all is too small


def _smaller(found: World) -> Iterator[World]:
    for place, (kind, _, _) in enumerate(found.files):
        if kind == "rule":
            yield replace(found, files=(*found.files[:place], *found.files[place + 1 :]))
    for cut in _cuts(found.order):
        yield found.with_order(cut)
    for place, (kind, name, data) in enumerate(found.files):
        if kind not in {"rule", "listings"}:
            continue
        for cut in _cuts(data, keep={"title", "because", "in_force", "reviewed", "id", "name", "from", "review"}):
            yield replace(found, files=(*found.files[:place], (kind, name, cut), *found.files[place + 1 :]))


def _cuts(
    data: Any, keep: frozenset[str] | set[str] = frozenset({"id", "name", "roles", "items", "parties"})
) -> Iterator[Any]:
    """The data with one entry less, at any depth."""
    if isinstance(data, dict):
        for name in data:
            if name not in keep:
                yield {k: v for k, v in data.items() if k != name}
            for cut in _cuts(data[name], keep):
                yield data | {name: cut}
    elif isinstance(data, list):
        for place, child in enumerate(data):
            if len(data) > 1:
                yield [*data[:place], *data[place + 1 :]]
            for cut in _cuts(child, keep):
                yield [*data[:place], cut, *data[place + 1 :]]
