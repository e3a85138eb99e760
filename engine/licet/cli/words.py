"""A decision's parts in words; everything that came with the order is cleaned on its way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from licet.cli.law import Laws
from licet.decision.model import Authorization, Decision, LineDecision, Question, Reading, RegimeDecision, Requirement
from licet.text import clean

OUTCOMES = {
    "not_subject": "not subject",
    "no_license_required": "no license required",
    "authorized": "authorized",
    "hold": "held: the answer hangs on what is not known",
    "license_required": "license required",
    "prohibited": "prohibited: no license or exception of this pack lifts it",
}
STATES = {
    "used": "relied on",
    "open": "could lift it, once the open facts are known",
    "barred": "barred",
    "failed": "near miss",
    "unclaimed": "not claimed",
    "not_in_force": "not in force",
}
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_NAME = 100
_LONG = 1000


def plain(text: object) -> str:
    """A sentence for people, on one line."""
    return clean(str(text), _LONG)


def name(text: object) -> str:
    """A name or an id for people, on one line."""
    return clean(str(text), _NAME)


def policy(review: str) -> str:
    """A review policy in words.

    >>> policy("presumption_of_denial")
    'presumption of denial'
    """
    return review.replace("_", " ")


class Subjects:
    """Who or what a subject such as `1/huawei/listing:name` is, by the order's own names."""

    def __init__(self, order: Mapping[str, Any]) -> None:
        self._parties = {str(p["id"]): str(p["name"]) for p in order.get("parties", ())}

    def party(self, subject: str, item: str) -> str | None:
        """The name of the party of a subject, or None where it is the line alone."""
        rest = subject.removeprefix(item).removeprefix("/")
        found = [p for p in self._parties if rest == p or rest.startswith(p + "/")]
        return name(self._parties[max(found, key=len)]) if found else None

    def named(self, party: str) -> str:
        """A party by its name."""
        return name(self._parties.get(party, party))

    def of(self, subject: str, item: str) -> str:
        """The subject in words."""
        party = self.party(subject, item)
        if party is not None:
            return party
        return f"line {name(item)}" if subject == item else name(subject) or "the order"


def headline(decision: Decision, between: str = "  ") -> str:
    """What was judged, and by which law."""
    known = f", as known on {decision.known_on}" if decision.known_on is not None else ""
    bare = "" if decision.assumptions else ", without assumptions"
    return f"{name(decision.transaction)}{between}as of {decision.as_of}{known}{bare}"


def verdict(line: LineDecision | RegimeDecision) -> str:
    """The outcome in words."""
    return OUTCOMES[line.outcome]


def role(regime: RegimeDecision) -> str:
    """What a regime does to the release, where that is not simply that it binds."""
    if regime.may_bind:
        return " (may bind the release: whether it does hangs on open facts)"
    return "" if regime.binds else " (advises, and does not change the release)"


def says_something(regime: RegimeDecision) -> bool:
    """Whether there is more to say of a regime than that it is none of the order's."""
    told = any(line.ratings or line.courses for line in regime.lines)
    return regime.counts or regime.outcome != "not_subject" or told


def binding_first(decision: Decision) -> list[RegimeDecision]:
    """The regimes, those before that count for the release."""
    return sorted(decision.regimes, key=lambda regime: (not regime.binds, not regime.counts))


def requirement(found: Requirement, line: LineDecision, subjects: Subjects) -> str:
    """A requirement: its title and reason, and for whom where it is about a party."""
    party = subjects.party(found.subject, line.item)
    return f"{plain(found.title)} ({name(found.reason)})" + (f", for {party}" if party else "")


def reading(found: Reading) -> str:
    """What a test read, and what it wanted."""
    if found.fact == "in_force":
        return f"it is in force {plain(found.wanted)}"
    return f"{name(found.fact)} is {read_value(found.value)}, wanted {plain(found.wanted)}"


def read_value(value: str) -> str:
    """A value as a reader wants it: a set without its braces, a long number rounded.

    >>> read_value("{}"), read_value("{AT1, NS1}"), read_value("21.73913043478"), read_value("at least {A}")
    ('none', 'AT1, NS1', '21.74', 'at least {A}')
    """
    if value.startswith("{") and value.endswith("}"):
        return plain(value[1:-1]) or "none"
    return str(round(Decimal(value), 2)) if _LONG_NUMBER.fullmatch(value) else plain(value)


def tells(why: str) -> bool:
    """Whether why something is asked says more than that it is asked."""
    return why not in {"not stated", "none is stated"}


def question(found: Question, line: LineDecision, subjects: Subjects) -> str:
    """A question, and the fact that answers it."""
    party = subjects.party(found.subject, line.item)
    return f"{plain(found.ask)}? ({name(found.fact)}" + (f" of {party}" if party else "") + ")"


def authorization(found: Authorization) -> str:
    """An authorization by its rule's title, and its id."""
    return f"{plain(found.title)} ({name(found.id)})"


def until(decision: Decision, laws: Laws) -> str:
    """How long the answer holds; a pack that must be renewed by then is no change of the law."""
    if decision.valid_until is None:
        return "the answer holds: nothing in the law of this pack is known to change it later"
    ends = (laws[regime.pack].pack.manifest.holds_after for regime in decision.regimes if regime.counts)
    why = ", when the pack must be renewed" if decision.valid_until in ends else ""
    return f"the answer holds until: {decision.valid_until}{why}"


def citations(lines: Iterable[LineDecision], *, determining: bool = True) -> list[str]:
    """The citations of the lines' rules, each once; those of the determining rules, or of all that spoke."""
    found = [
        plain(cite)
        for line in lines
        for source in line.sources
        if not determining or source.rule in line.determined_by
        for cite in source.citations
    ]
    return list(dict.fromkeys(found))


def joined(parts: Iterable[str], most: int, between: str = "; ") -> str:
    """The first few parts, and how many more there are."""
    every = list(parts)
    more = f"{between}({len(every) - most} more)" if len(every) > most else ""
    return between.join(every[:most]) + more
