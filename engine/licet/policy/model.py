"""What a pack holds, as frozen values: the meeting point of reading, checking and compiling."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct

from licet.policy.terms import Condition, Effect, Period, Test, Timeline
from licet.truth import paragraphs
from licet.values import Value

Scope = Literal["transaction", "item", "party", "listing"]
SCOPES: tuple[Scope, ...] = ("transaction", "item", "party", "listing")
FACT_TYPES = ("boolean", "enum", "text", "country", "eccn", "date", "number", "money", "set")


# --- rules, tables, lists --------------------------------------------------------------------------------------------


class Citation(Struct, frozen=True, kw_only=True):
    """A source, and an optional remark."""

    cite: str
    note: str | None = None


class Displacement(Struct, frozen=True, kw_only=True):
    """The rule that yields where this one holds, and the source that says so."""

    rule: str
    cite: str


class Rule(Struct, frozen=True, kw_only=True):
    """One rule, as its author wrote it."""

    id: str
    title: str
    because: tuple[Citation, ...]
    timeline: Timeline
    reviewed_on: date
    reviewed_by: str
    when: Condition
    effects: tuple[Effect, ...]
    claimed_by: tuple[Test, ...] = ()
    text: str | None = None
    doubt: str | None = None
    displaces: tuple[Displacement, ...] = ()
    general_license: str | None = None


class GeneralLicense(Struct, frozen=True, kw_only=True):
    """A general license: the dated periods that its paragraphs share."""

    id: str
    title: str
    authorization: str
    timeline: Timeline
    because: tuple[Citation, ...]


class Column(Struct, frozen=True, kw_only=True):
    """A column of a table."""

    type: str
    of: str | None = None
    values: tuple[str, ...] = ()


class Row(Struct, frozen=True, kw_only=True):
    """A dated row of a table; values in the order of the table's columns."""

    values: tuple[Value, ...]
    period: Period
    doubt: str | None = None


class Table(Struct, frozen=True, kw_only=True, dict=True):  # `dict`: what is made of it once is kept with it
    """A table with dated rows."""

    id: str
    title: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    rows: tuple[Row, ...]
    vintage: date | None = None
    current_through: date | None = None
    holds_after: date | None = None

    @cached_property
    def texts(self) -> Mapping[str, frozenset[str]]:
        """By column, every value that stands in it on some day, as text."""
        return {name: frozenset(str(row.values[n]) for row in self.rows) for n, name in enumerate(self.columns)}

    @cached_property
    def above(self) -> Mapping[str, frozenset[str]]:
        """By column, every classification in it, and all of which one of them is a paragraph."""
        return {name: frozenset(a for text in texts for a in paragraphs(text)) for name, texts in self.texts.items()}


class Conditional(Struct, frozen=True, kw_only=True):
    """A value that holds where the condition does; `None` is always."""

    when: Condition | None
    value: Value


class ListingRow(Struct, frozen=True, kw_only=True):
    """What a listing says over one dated period: what it covers, and the review policy."""

    period: Period
    scope: tuple[Conditional, ...]
    review: tuple[Conditional, ...]
    footnotes: tuple[str, ...] = ()
    doubt: str | None = None


class Listing(Struct, frozen=True, kw_only=True):
    """An entry of a party list."""

    id: str
    list: str
    name: str
    aliases: tuple[str, ...]
    country: str | None
    addresses: tuple[str, ...]
    attributes: Mapping[str, Value]
    rows: tuple[ListingRow, ...]
    timeline: Timeline
    doubt: str | None = None
    also_in: tuple[str, ...] = ()  # further countries, where an official list names several
    kind: str = "unknown"  # of an imported one: entity, individual, vessel or aircraft
    entry: str | None = None  # the digest of the official entry that it was imported from

    @property
    def countries(self) -> tuple[str, ...]:
        """All countries that it names; none where it may be anywhere."""
        return () if self.country is None else (self.country, *self.also_in)


class Imported(Struct, frozen=True, kw_only=True):
    """What a listing has that was imported from an official list, which does not say it: its policy and attributes.

    `marks` are further attributes, of entries whose remarks have a text in them.
    """

    review: str | None = None
    attributes: Mapping[str, Value] = {}
    marks: tuple[tuple[str, Mapping[str, Value]], ...] = ()


class PartyList(Struct, frozen=True, kw_only=True):
    """A party list."""

    id: str
    list: str
    title: str
    listings: tuple[Listing, ...]
    current_through: date | None = None
    holds_after: date | None = None
    coverage: str | None = None
    imported: Imported = Imported()
    source: str | None = None  # which official list's version was joined to it
    restricts: bool = True  # whether being on it restricts anybody: others are not screened against


# --- vocabulary ------------------------------------------------------------------------------------------------------


class Lookup(Struct, frozen=True, kw_only=True):
    """The column of the most specific table row that matches."""

    table: str
    column: str
    by: tuple[tuple[str, str], ...]
    missing: Literal["unknown", "none", "value"] = "unknown"
    missing_value: Value = None


class Compare(Struct, frozen=True, kw_only=True):
    """Whether two facts stand in a relation."""

    left: str
    op: str
    right: str


class Arithmetic(Struct, frozen=True, kw_only=True):
    """A number computed from facts and numbers."""

    op: Literal["total", "difference", "product", "quotient"]
    terms: tuple[str | Decimal, ...]


class Both(Struct, frozen=True, kw_only=True):
    """The members that two set facts share."""

    left: str
    right: str


class Either(Struct, frozen=True, kw_only=True):
    """The members that at least one of two set facts has."""

    left: str
    right: str


class Instead(Struct, frozen=True, kw_only=True):
    """The first of some facts that is stated, or computed from what is."""

    of: tuple[str, ...]


class FieldLookup(Struct, frozen=True, kw_only=True):
    """A field that elements of a collection get from a table; `by` maps the table's key columns to their own fields."""

    field: str
    table: str
    column: str
    by: tuple[tuple[str, str], ...]


class Collect(Struct, frozen=True, kw_only=True):
    """A sum, count, share, any, every, union or the latest over the elements of a collection."""

    op: Literal["sum", "count", "share", "any", "every", "union", "latest"]
    of: str
    value: str | None = None
    by: str | None = None
    fields: tuple[FieldLookup, ...] = ()
    where: tuple[Test, ...] = ()
    has: tuple[Test, ...] = ()
    none_given: bool | None = None


Derivation = Lookup | Compare | Arithmetic | Both | Either | Instead | Collect


class OfRegime(Struct, frozen=True, kw_only=True):
    """What the verdict of another regime on the same line says."""

    regime: str
    what: Literal["outcome", "release", "review", "could_apply", "another_line_goes"]


class Fact(Struct, frozen=True, kw_only=True):
    """A fact of the vocabulary."""

    name: str
    scope: Scope
    type: str
    meaning: str
    cite: str
    of: str | None = None
    values: tuple[str, ...] = ()
    unit: str | None = None
    read: str | None = None
    ask: str | None = None
    claim: bool = False
    assume: Value = None
    assume_because: str | None = None
    listed_in: tuple[str, str] | None = None
    derive: Derivation | None = None
    is_set: bool = False
    default: Value = None
    has_default: bool = False
    of_regime: OfRegime | None = None
    rated: str | None = None  # the risk whose levels it holds; such a fact is set by rules, too

    @property
    def stated(self) -> bool:
        """Whether a transaction may state the fact in a `facts` mapping."""
        return self.read is None and self.derive is None and not self.is_set and self.of_regime is None


class Authorization(Struct, frozen=True, kw_only=True):
    """Something that can lift requirements; `kind` is inherited by nested ids."""

    id: str
    kind: str
    title: str
    cite: str


class Term(Struct, frozen=True, kw_only=True):
    """A reason or an obligation: what it is called, and its source."""

    id: str
    title: str
    cite: str


class Risk(Struct, frozen=True, kw_only=True):
    """A risk and its levels, mildest first."""

    id: str
    title: str
    cite: str
    levels: tuple[str, ...]
    ranks: bool = False
    shows: tuple[str, ...] = ()


class Course(Struct, frozen=True, kw_only=True):
    """A lawful course that rules may offer: the order as it would be then.

    `facts` are stated of the line, as they would stand in an order. Where it `proceeds`, the line is shipped, and it is
    offered only where every regime lets the line go. `wait_for` names the regime that must do so some day,
    `applies_to` that to which an application goes.
    """

    id: str
    title: str
    cite: str
    proceeds: bool
    proposal: str | None = None
    facts: Mapping[str, Any] = {}
    wait_for: str | None = None
    applies_to: str | None = None


class Vocabulary(Struct, frozen=True, kw_only=True):
    """Every word that a pack's rules may use."""

    facts: Mapping[str, Fact]
    reasons: Mapping[str, Term]
    reason_groups: Mapping[str, tuple[str, ...]]
    authorizations: Mapping[str, Authorization]
    obligations: Mapping[str, Term]
    risks: Mapping[str, Risk]
    courses: Mapping[str, Course] = {}


class Manifest(Struct, frozen=True, kw_only=True):
    """What the pack is, and how long it can be relied on."""

    id: str
    title: str
    regime: str
    binds: bool
    jurisdiction_fact: str
    jurisdiction_subject: str
    current_through: date
    holds_after: date
    binds_where: Test | None = None  # of a pack that binds only where this holds; `binds` is false then
    country_table: str | None = None
    country_code: str | None = None
    country_name: str | None = None


def is_below(thing: str, name: str) -> bool:
    """Whether a rule, table or list is the one of that id, or stands in the folder of that name."""
    return thing == name or thing.startswith(f"{name}/")


class Pack(Struct, frozen=True, kw_only=True):
    """A pack, read and checked."""

    manifest: Manifest
    vocabulary: Vocabulary
    rules: tuple[Rule, ...]
    tables: Mapping[str, Table]
    lists: tuple[PartyList, ...]
    general_licenses: Mapping[str, GeneralLicense]
    digest: str
    files: tuple[str, ...] = ()
