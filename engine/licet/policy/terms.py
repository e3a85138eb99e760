"""The terms of a rule: when it is in force, what it asks, and what follows. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from licet.values import Value

REVIEW_POLICIES = ("approval", "presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial")
AUTHORIZATION_KINDS = ("license_exception", "general_license", "specific_license", "savings_clause", "carve_out")


# --- time ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A suspension: nothing in `start`..`through` is in force, and all resumes by itself the day after."""

    start: date
    through: date | None
    known: date | None = None
    cite: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Supersession:
    """A later version of the same text, which ends this one from its own `start`."""

    start: date
    known: date | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All that decides whether something is in force on a day."""

    periods: tuple[Period, ...]
    superseded: tuple[Supersession, ...] = ()


# --- conditions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """The values of a table's column in the rows that match `where`, on the day judged."""

    table: str
    column: str
    where: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FactOperand:
    """The value of another fact, in a test on a collection's element."""

    fact: str


Operand = Value | tuple[Value, ...] | TableColumn | FactOperand


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """One test of one fact (or, in a collection, of one field)."""

    __test__ = False  # pytest would take the name for a test class

    fact: str
    op: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class Not:
    """True where the condition is false."""

    of: Condition


@dataclass(frozen=True, slots=True)
class All:
    """True where every condition is."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True where some condition is."""

    of: tuple[Condition, ...]


Condition = Test | Not | All | AnyOf


# --- effects ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Require:
    """A license requirement; `each` names the set fact whose members are the reasons."""

    reason: str | None = None
    each: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What an application for these reasons would meet; `policy_fact` takes the policy from an enum fact."""

    reasons: tuple[str, ...]
    policy: str | None = None
    policy_fact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """Discharges requirements by reason, by rule, or (a specific license) all."""

    authorization: str
    reasons: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Forbids authorizations, by kind or id, for the line."""

    kinds: tuple[str, ...] = ()
    authorizations: tuple[str, ...] = ()
    all_but: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Except:
    """Lifts bars found in the same case."""

    bars: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prohibit:
    """No license is available."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFact:
    """Gives a fact a value, for later stages."""

    fact: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Oblige:
    """What proceeding obliges."""

    obligations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A red flag, which holds until a resolution names it."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to show, which never holds."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The level of a risk."""

    risk: str
    level: str


Effect = Require | Review | Lift | Bar | Except | Prohibit | SetFact | Oblige | Flag | Notice | Rate
