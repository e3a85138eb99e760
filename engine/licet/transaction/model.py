"""A proposed transaction: the versioned contract with whoever sends orders.

Dates are calendar dates, countries ISO 3166-1 alpha-2 (regions ISO 3166-2), money decimal with a currency. A field that
is absent is `UNSET` (not stated); `None` means known to be none.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, field

Activity = Literal[
    "export",
    "reexport",
    "in_country_transfer",
    "deemed_export",
    "deemed_reexport",
    "import",
    "domestic",
    "payment",
]
Role = Literal[
    "purchaser",
    "intermediate_consignee",
    "ultimate_consignee",
    "end_user",
    "exporter",
    "forwarder",
    "known_recipient",
    "other",
]


class Money(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount in a currency (ISO 4217)."""

    amount: Decimal
    currency: str = "USD"


class Citizenship(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A citizenship or permanent residency, and when it was held."""

    country: str
    start: dt.date | None | UnsetType = field(name="from", default=UNSET)
    through: dt.date | None | UnsetType = UNSET


class Owner(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An owner of a party; the share in percent, exact or between bounds."""

    name: str
    country: str | None | UnsetType = UNSET
    share: Decimal | None | UnsetType = UNSET
    at_least: Decimal | None | UnsetType = UNSET
    at_most: Decimal | None | UnsetType = UNSET


class Party(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody in the transaction, with at least one role."""

    id: str
    roles: tuple[Role, ...]
    name: str
    aliases: tuple[str, ...] = ()
    address: str | None | UnsetType = UNSET
    country: str | None | UnsetType = UNSET
    acts_for: tuple[str, ...] = ()
    branch_of: tuple[str, ...] = ()
    citizenships: tuple[Citizenship, ...] | UnsetType = UNSET
    headquarters: str | None | UnsetType = UNSET
    owners: tuple[Owner, ...] | UnsetType = UNSET
    facts: dict[str, Any] = {}


class Component(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of an item's bill of materials."""

    description: str | None | UnsetType = UNSET
    eccn: str | None | UnsetType = UNSET
    origin: str | None | UnsetType = UNSET
    value: Money | None | UnsetType = UNSET
    quantity: Decimal | None | UnsetType = UNSET


class Item(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the transaction."""

    id: str
    description: str | None | UnsetType = UNSET
    kind: Literal["commodity", "software", "technology"] | None | UnsetType = UNSET
    eccn: str | None | UnsetType = UNSET
    quantity: Decimal | None | UnsetType = UNSET
    unit: str | None | UnsetType = UNSET
    value: Money | None | UnsetType = UNSET
    origin: str | None | UnsetType = UNSET
    components: tuple[Component, ...] | UnsetType = UNSET
    designed_by: str | None | UnsetType = UNSET
    production_started: dt.date | None | UnsetType = UNSET
    published: bool | None | UnsetType = UNSET
    facts: dict[str, Any] = {}


class Statement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certification or assurance: of what kind, by which party (its id), given when."""

    kind: str
    by: str
    on: dt.date | None | UnsetType = UNSET
    about: str | None | UnsetType = UNSET


class Shipment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the goods are on their way."""

    en_route_since: dt.date | None | UnsetType = UNSET
    loaded: dt.date | None | UnsetType = UNSET
    departed: dt.date | None | UnsetType = UNSET


class License(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A license that was granted: whom and what it names, until when, and what was already shipped under it."""

    id: str
    kind: str
    parties: tuple[str, ...]
    items: tuple[str, ...]
    valid_from: dt.date
    valid_through: dt.date
    revoked: bool = False
    quantity: Decimal | None | UnsetType = UNSET
    value: Money | None | UnsetType = UNSET
    shipped_quantity: Decimal | None | UnsetType = UNSET
    shipped_value: Money | None | UnsetType = UNSET


class Resolution(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a red flag, or a possible match with a listing, was settled: by whom, when and why."""

    by: str
    on: dt.date
    why: str
    flag: str | None | UnsetType = UNSET
    hit: str | None | UnsetType = UNSET
    finding: Literal["confirmed", "dismissed"] | UnsetType = UNSET
    party: str | None | UnsetType = UNSET
    item: str | None | UnsetType = UNSET


class Transaction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A proposed transaction."""

    id: str
    activity: Activity | UnsetType = UNSET
    parties: tuple[Party, ...]
    items: tuple[Item, ...]
    date: dt.date | None = None
    order_date: dt.date | None | UnsetType = UNSET
    origin: str | None | UnsetType = UNSET
    destination: str | None | UnsetType = UNSET
    transit: tuple[str, ...] | UnsetType = UNSET
    end_use: str | None | UnsetType = UNSET
    statements: tuple[Statement, ...] = ()
    shipment: Shipment | UnsetType = UNSET
    licenses: tuple[License, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    proposal: Literal["proceed", "refuse", "suspend"] = "proceed"
    rates: dict[str, Decimal] = {}
    facts: dict[str, Any] = {}
