"""The terms of a rule: when it is in force, what it asks, and what follows. Frozen values."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from licet.values import Value

REVIEW_POLICIES = ("approval", "presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial")
AUTHORIZATION_KINDS = ("license_exception", "general_license", "specific_license", "savings_clause", "carve_out")


# --- time ------------------------------------------------------------------------------------------------------------


class Stay(Struct, frozen=True, kw_only=True):
    """A suspension: nothing in `start`..`through` is in force, and all resumes by itself the day after."""

    start: date
    through: date | None
    known: date | None = None
    cite: str | None = None


class Period(Struct, frozen=True, kw_only=True):
    """One dated period; `through` is inclusive, `known` the day from which it could be known."""

    start: date | None = None
    through: date | None = None
    known: date | None = None
    cite: str | None = None
    stays: tuple[Stay, ...] = ()
    ended: date | None = None
    ended_known: date | None = None
    ended_cite: str | None = None
    unresolved: date | None = None
    unresolved_because: str | None = None


class Supersession(Struct, frozen=True, kw_only=True):
    """A later version of the same text, which ends this one from its own `start`."""

    start: date
    known: date | None
    by: str


class Timeline(Struct, frozen=True, kw_only=True):
    """All that decides whether something is in force on a day."""

    periods: tuple[Period, ...]
    superseded: tuple[Supersession, ...] = ()


# --- conditions ------------------------------------------------------------------------------------------------------


class TableColumn(Struct, frozen=True, kw_only=True):
    """The values of a table's column in the rows that match `where`, on the day judged."""

    table: str
    column: str
    where: tuple[tuple[str, Value], ...] = ()


class FactOperand(Struct, frozen=True, kw_only=True):
    """The value of another fact, in a test on a collection's element."""

    fact: str


Operand = Value | tuple[Value, ...] | TableColumn | FactOperand


class Test(Struct, frozen=True, kw_only=True):
    """One test of one fact (or, in a collection, of one field)."""

    __test__ = False  # pytest would take the name for a test class

    fact: str
    op: str
    operand: Operand


class Not(Struct, frozen=True):
    """True where the condition is false."""

    of: Condition


class All(Struct, frozen=True):
    """True where every condition is."""

    of: tuple[Condition, ...]


class AnyOf(Struct, frozen=True):
    """True where some condition is."""

    of: tuple[Condition, ...]


Condition = Test | Not | All | AnyOf


# --- effects ---------------------------------------------------------------------------------------------------------


class Require(Struct, frozen=True, kw_only=True):
    """A license requirement; `each` names the set fact whose members are the reasons."""

    reason: str | None = None
    each: str | None = None


class Review(Struct, frozen=True, kw_only=True):
    """What an application for these reasons would meet; `policy_fact` takes the policy from an enum fact."""

    reasons: tuple[str, ...]
    policy: str | None = None
    policy_fact: str | None = None


class Lift(Struct, frozen=True, kw_only=True):
    """Discharges requirements by reason, by rule, or (a specific license) all."""

    authorization: str
    reasons: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    everything: bool = False


class Bar(Struct, frozen=True, kw_only=True):
    """Forbids authorizations, by kind or id, for the line."""

    kinds: tuple[str, ...] = ()
    authorizations: tuple[str, ...] = ()
    all_but: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


class Except(Struct, frozen=True, kw_only=True):
    """Lifts bars found in the same case."""

    bars: tuple[str, ...]


class Prohibit(Struct, frozen=True, kw_only=True):
    """No license is available."""

    reason: str


class SetFact(Struct, frozen=True, kw_only=True):
    """Gives a fact a value, for later stages."""

    fact: str
    value: Value


class Oblige(Struct, frozen=True, kw_only=True):
    """What proceeding obliges."""

    obligations: tuple[str, ...]


class Flag(Struct, frozen=True, kw_only=True):
    """A red flag, which holds until a resolution names it."""

    message: str


class Notice(Struct, frozen=True, kw_only=True):
    """Something to show, which never holds."""

    message: str


class Rate(Struct, frozen=True, kw_only=True):
    """The level of a risk."""

    risk: str
    level: str


class Offer(Struct, frozen=True, kw_only=True):
    """Lawful courses."""

    courses: tuple[str, ...]


Effect = Require | Review | Lift | Bar | Except | Prohibit | SetFact | Oblige | Flag | Notice | Rate | Offer
