"""Certifies a decision without the engine: it imports nothing of licet, and reads the order and the policy's YAML itself.

Checked: format and digests; that every line, party and listing hit (exact names, namesakes, dismissals) has its case and none
is invented; each recorded fact (stated, assumed, derived, set by rules); each rule, true, open or unclaimed; requirements,
their lifts, bars, exceptions and review policies; prohibitions, flags, notices, obligations, holds; outcomes, releases, and the
rules that determine them; that assumptions relied on are shown; and `valid_until`: nothing relied on ends before it, and on each
day that the law or the order names until then the outcome is the same.
Not certified: a value computed by arithmetic (`sum`, `share`, `total` and the like), unless it is recorded as unknown.
Trusted: that policy and order are well-formed (`licet check`, and the reading of orders), and what only explains: titles, messages,
sources, readings, questions, ratings, and authorizations that were neither used, open nor barred.
"""

import hashlib
import json
import operator
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FALSE, OPEN, TRUE = 0, 1, 2  # so that and, or, not are min, max, 2 - x
UNKNOWN: Any = type("Unknown", (), {"__repr__": lambda _: "unknown"})()
EVER = "9999-12-31"  # days are ISO text, which sorts as days do; "" is before all of them
SCOPES = ("transaction", "item", "party", "listing")
POLICIES = ("approval", "presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial")
OUTCOMES = ("not_subject", "no_license_required", "authorized", "hold", "license_required", "prohibited")
RELEASE = dict(zip(OUTCOMES, ("go", "go", "go", "hold", "stop", "stop"), strict=True))
LEFT_OUT: dict[str, Any] = {"revoked": False, "proposal": "proceed", "date": None}  # what it means that an order says nothing
LEFT_OUT |= {name: [] for name in ("statements", "licenses", "resolutions", "aliases", "acts_for", "branch_of", "owners")}
LINE_SET = {"scope": "item", "type": "set", "set": {}}
BUILT_IN = {"as_of": {"scope": "transaction", "type": "date"}, "required_reasons": LINE_SET, "authorized_by": LINE_SET}
COMPARE = {"at_least": operator.ge, "at_most": operator.le, "more_than": operator.gt, "less_than": operator.lt}
COMPARE |= {"on_or_after": operator.ge, "on_or_before": operator.le}
Path_ = tuple[Any, ...]  # a case: (), (item), (item, party) or (item, party, (list, listing, basis))


class Maybe(NamedTuple):
    """A set known in part."""

    sure: frozenset[str]
    maybe: frozenset[str]


class Between(NamedTuple):
    """A number known within bounds; `None` is no bound."""

    low: Decimal | None
    high: Decimal | None


class Ruling(NamedTuple):
    """An effect of a rule that is true or open in a case."""

    rule: str
    path: Path_
    truth: int
    effect: Any


class Lifted(NamedTuple):
    """A lift that names a requirement, and how sure it is once bars and exceptions are counted."""

    ruling: Ruling
    truth: int
    bars: list[Ruling]
    exceptions: list[Ruling]


class Requirement(NamedTuple):
    """A license requirement, and whether it stands."""

    ruling: Ruling
    reason: str
    lifts: list[Lifted]
    stands: int


@dataclass(frozen=True, eq=False)
class Variant:
    """A rule for one value of `each` or of `policy: {fact: …}`; `rank` is how narrow its cases are."""

    rule: str
    rank: int
    when: Mapping[str, Any]
    effects: Sequence[tuple[str, Any]]


def typed(kind: str, raw: Any, rates: Mapping[str, Any]) -> Any:
    """The value that data stands for: numbers exact, money in dollars, lists as sets; `unknown` and `sure` as recorded."""
    if isinstance(raw, dict) and "amount" in raw:
        rate = 1 if raw.get("currency", "USD") == "USD" else rates.get(raw["currency"])
        return UNKNOWN if rate is None else Decimal(str(raw["amount"])) * Decimal(str(rate))
    if isinstance(raw, dict) and "unknown" in raw:
        return UNKNOWN
    if isinstance(raw, dict) and "sure" in raw:
        return Maybe(frozenset(raw["sure"]), frozenset(raw["maybe"]))
    if isinstance(raw, dict):
        return Between(*(None if raw.get(end) is None else Decimal(str(raw[end])) for end in ("at_least", "at_most")))
    if isinstance(raw, list):
        return frozenset(str(member) for member in raw)
    return Decimal(str(raw)) if kind in {"number", "money"} and raw is not None else raw


def passes(op: str, operand: Any, value: Any, *, eccn: bool = False) -> int:
    """Whether a value passes a test."""
    wanted = list(operand) if isinstance(operand, (list, frozenset)) else [operand]
    if op == "known":
        return TRUE if (value is not UNKNOWN) is operand else FALSE
    if value is UNKNOWN:
        return OPEN
    if value is None:
        return TRUE if op == "is" and operand is None else FALSE
    if isinstance(value, (frozenset, Maybe)):
        sure, maybe = value if isinstance(value, Maybe) else (value, frozenset[str]())
        return FALSE if op not in {"contains", "any_in"} else TRUE if sure & {*wanted} else OPEN if maybe & {*wanted} else FALSE
    if isinstance(value, Between):  # both ends by themselves: the same answer at each is the answer
        ends = [COMPARE[op](Decimal("-Infinity" if n is None else 0), n) for n in ()]
    if eccn:  # a given parent may be any of its paragraphs
        below = [op == "within" and value.startswith(f"{w}.") for w in wanted]
        return TRUE if value in wanted or any(below) else OPEN if any(str(w).startswith(f"{value}.") for w in wanted) else FALSE
    wanted = [Decimal(w) for w in wanted if w is not None] if isinstance(value, Decimal) else wanted
    return TRUE if (value in wanted if op in {"is", "in"} else COMPARE[op](value, wanted[0])) else FALSE
