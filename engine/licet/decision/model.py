"""A decision: the versioned contract with whoever acts on it. `schemas/decision.schema.json` describes its JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from msgspec import Struct


class Source(Struct, frozen=True, kw_only=True):
    """A rule that spoke, with the law it encodes."""

    rule: str
    title: str
    citations: tuple[str, ...]
    period: str | None = None
    reviewed_by: str = "nobody"
    doubt: str | None = None


class Reading(Struct, frozen=True, kw_only=True):
    """A value that a rule read: of which fact and subject, what it was, and what the rule wanted."""

    fact: str
    subject: str
    value: str
    wanted: str


class Requirement(Struct, frozen=True, kw_only=True):
    """A license requirement of the line, and what became of it: `lifted`, `stands` or `open`.

    `review` is the strictest policy that is sure; `review_possible` names those that hang on open facts.
    """

    reason: str
    title: str
    subject: str
    state: str
    rule: str
    lifted_by: tuple[str, ...] = ()
    review: str | None = None
    review_rules: tuple[str, ...] = ()
    review_possible: tuple[str, ...] = ()
    certain: bool = True


class Authorization(Struct, frozen=True, kw_only=True):
    """An authorization in play: `used`, `open`, `barred`, `failed` (a near miss), `unclaimed` or `not_in_force`."""

    id: str
    title: str
    rule: str
    subject: str
    state: str
    reasons: tuple[str, ...] = ()
    failed: tuple[Reading, ...] = ()
    barred_by: tuple[str, ...] = ()
    in_force: str | None = None


class Question(Struct, frozen=True, kw_only=True):
    """A fact that is not stated and would help to settle a hold."""

    fact: str
    subject: str
    ask: str
    why: str
    cite: str


class Remark(Struct, frozen=True, kw_only=True):
    """A flag, a notice, or a reason to hold that no rule gives."""

    code: str
    message: str
    subject: str = ""
    settled: bool = False


class Obligation(Struct, frozen=True, kw_only=True):
    """What proceeding obliges."""

    id: str
    title: str
    cite: str
    certain: bool = True


class Assumption(Struct, frozen=True, kw_only=True):
    """A value taken for a fact that nobody stated."""

    fact: str
    value: str
    because: str


class Rating(Struct, frozen=True, kw_only=True):
    """The level of a risk: what is sure, and the highest that open facts leave possible.

    `rules` rate the level, `steps` set what they read, from the first step to the last, and `readings` are what both
    read; `facts` are told with it.
    """

    risk: str
    title: str
    level: str
    at_most: str
    rules: tuple[str, ...]
    steps: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    facts: dict[str, Any] = {}


class Side(Struct, frozen=True, kw_only=True):
    """What a regime would say of the line on a course."""

    regime: str
    outcome: str
    release: str
    review: str | None = None
    ratings: tuple[Rating, ...] = ()


class Course(Struct, frozen=True, kw_only=True):
    """A lawful course for the line, and what it does under each regime; the better come first.

    `proceeds`: whether the line is shipped then. `on` is the day to wait for. `states` is what the order would say.
    `safe`: no risk by which courses are ranked is, or may be, above its lowest level.
    """

    id: str
    title: str
    cite: str
    proceeds: bool
    safe: bool
    rules: tuple[str, ...]
    sides: tuple[Side, ...]
    on: dt.date | None = None
    states: dict[str, Any] = {}


class ListedParty(Struct, frozen=True, kw_only=True):
    """A party that met a listing: why, whether surely, and the version of the listing that is in force.

    `score` is how alike the names are, 0 to 1, where it is not the listing's very name that was met; `entry` is the
    digest of the official entry where the listing, or a part of it, was imported.
    """

    party: str
    list: str
    listing: str
    name: str
    basis: str
    confirmed: bool
    because: str
    listed_from: dt.date | None = None
    row_from: dt.date | None = None
    cite: str | None = None
    doubt: str | None = None
    score: float | None = None
    entry: str | None = None


class CaseRecord(Struct, frozen=True, kw_only=True):
    """What the certificate keeps of a case: its facts, its rules (`2` true, `1` open), and those not claimed."""

    subject: str
    scope: str
    facts: dict[str, Any]
    rules: dict[str, int]
    unclaimed: tuple[str, ...] = ()
    listing: str | None = None


class LineDecision(Struct, frozen=True, kw_only=True):
    """The verdict on one line of a transaction.

    `doubts` are stated by the pack of table rows that the answer rests on; those of a rule stand in its source.
    `determined_by` are the rules that made the outcome, and no more; `supported_by` those that set the facts they read.
    """

    item: str
    outcome: str
    release: str
    determined_by: tuple[str, ...]
    supported_by: tuple[str, ...] = ()
    valid_until: dt.date | None = None
    requirements: tuple[Requirement, ...] = ()
    authorizations: tuple[Authorization, ...] = ()
    review: str | None = None
    obligations: tuple[Obligation, ...] = ()
    flags: tuple[Remark, ...] = ()
    notices: tuple[Remark, ...] = ()
    holds: tuple[Remark, ...] = ()
    questions: tuple[Question, ...] = ()
    settled_by: tuple[tuple[str, ...], ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    ratings: tuple[Rating, ...] = ()
    courses: tuple[Course, ...] = ()
    sources: tuple[Source, ...] = ()
    readings: tuple[Reading, ...] = ()
    listed: tuple[ListedParty, ...] = ()
    doubts: tuple[Remark, ...] = ()
    cases: tuple[CaseRecord, ...] = ()


class RegimeDecision(Struct, frozen=True, kw_only=True):
    """The verdict of one pack.

    `binds`: it counts for the release. `may_bind`: whether it does hangs on open facts, so that it can hold the release
    and not stop it. `binding_until` is the last day on which that is so, where another is known.
    """

    pack: str
    regime: str
    title: str
    binds: bool
    outcome: str
    release: str
    lines: tuple[LineDecision, ...]
    valid_until: dt.date | None = None
    notices: tuple[Remark, ...] = ()
    may_bind: bool = False
    binding_until: dt.date | None = None

    @property
    def counts(self) -> bool:
        """Whether the release hangs on it."""
        return self.binds or self.may_bind


class ListVersion(Struct, frozen=True, kw_only=True):
    """A version of official lists: its number in the store, and its digest, which is the same everywhere.

    `current_through` is the day on which the source was current, `asked` the one on which it had nothing newer.
    """

    version: int
    digest: str
    current_through: dt.date | None
    asked: dt.date


class Provenance(Struct, frozen=True, kw_only=True):
    """What the answer was computed from, by digest (SHA-256, hexadecimal).

    `lists` are the versions of official lists by their source, `adjudications` what was found about hits before.
    """

    engine: str
    backend: str
    packs: dict[str, str]
    input: str
    lists: dict[str, ListVersion] = {}
    adjudications: str | None = None


class Decision(Struct, frozen=True, kw_only=True):
    """The answer to a transaction: `release` is what to act on, `outcome` what it means, `regimes` the reasons."""

    format: str
    transaction: str
    as_of: dt.date
    known_on: dt.date | None
    assumptions: bool
    release: str
    outcome: str
    valid_until: dt.date | None
    regimes: tuple[RegimeDecision, ...]
    provenance: Provenance
    input: dict[str, Any]

    @property
    def lines(self) -> tuple[LineDecision, ...]:
        """The lines of the first pack that binds the release."""
        return lines_of(self.regimes)


def lines_of(regimes: Sequence[RegimeDecision]) -> tuple[LineDecision, ...]:
    """The lines of the first pack that binds the release; of the first at all, where none binds."""
    binding = [regime for regime in regimes if regime.binds] or regimes
    return binding[0].lines if binding else ()
