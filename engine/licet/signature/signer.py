"""An order to its signature: all that the law can see of it, as keys of a dictionary.

Two lines with equal signatures are judged alike, by construction: what is left out is read by no fact, and what is
put on a scale passes the same tests. An order of which that cannot be said has no signature, and goes the long way.

What is `noted` beside an order's data keeps places and values apart: the fields that are places, and by their numbers
the facts that have a scale and are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from msgspec import Struct

from licet.screening.index import Index
from licet.signature.parts import Part, Parts
from licet.signature.scales import Scale
from licet.signature.sight import QUANTITY, VALUE, Sight
from licet.transaction.stated import day_of

_KEPT = 100_000
#: A party that stands behind another, or has owners, makes names count that are not its own.
_BEHIND = ("acts_for", "branch_of", "owners")
Key = tuple[Any, ...]


class NotSignedError(ValueError):
    """An order has something that no signature can say."""


class SignedLine(Struct, gc=False):  # quicker to make than a dataclass
    """A line: what is seen of it but for its measures, their places, and themselves where they are stated plainly."""

    part: Part
    places: tuple[bytes | None, bytes | None]
    value: int | float | Decimal | None
    quantity: int | float | Decimal | None

    @property
    def told(self) -> tuple[Any, ...]:
        """All that the signature tells of the line."""
        return self.part.seen, self.places, self.value, self.quantity


class Signed(Struct):
    """An order's signature: its own date, what all its lines share (its fields, then its parties), and each of them."""

    day: date | None
    shared: list[Part]
    lines: list[SignedLine]

    @property
    def told(self) -> tuple[Any, ...]:
        """All that the signature tells: equal for two orders that nothing in the law can tell apart."""
        return self.day, [part.seen for part in self.shared], [line.told for line in self.lines]


@dataclass(frozen=True, slots=True)
class _Layout:
    """The names under which facts are stated, in their order, by a number; and where those with a scale stand."""

    number: int
    scaled: Sequence[tuple[int, frozenset[type], dict[Any, bytes], Scale]]


class Signer:
    """Signs orders for the packs in use. Threads may share it."""

    def __init__(self, sight: Sight, indexes: Iterable[Index]) -> None:
        self._indexes = tuple(indexes)
        self._measures = sight.measures
        self._facts = sight.facts
        self._nameless = sight.is_unread("transaction", "id")
        self._dateless = sight.is_unread("transaction", "date")
        self._texts = tuple(sight.fields("transaction").items())
        self._item_texts = tuple(sight.fields("item").items())
        self._unseen = tuple(sight.unseen("item"))
        self._unseen_order = tuple(sight.unseen("transaction"))
        self._name_unseen = {"name", "aliases", "address"} <= sight.unseen("party")
        self._layouts: dict[tuple[str, ...], _Layout] = {}
        self._numbers = count()
        self._orders, self._parties, self._items = Parts(self._see_order), Parts(self._see_party), Parts(self._see_item)
        self._as_they_are = Parts(lambda data: (data, None))

    def sign(self, order: dict[str, Any]) -> Signed | None:
        """The signature of an order in decoded JSON; nothing where it has none."""
        try:
            return self._sign(order)
        except (NotSignedError, KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
            return None

    def _sign(self, order: dict[str, Any]) -> Signed:
        rest = order.copy()
        if self._nameless and type(rest.pop("id")) is not str:
            raise NotSignedError
        items, parties = rest.pop("items"), rest.pop("parties")
        if type(items) is not list or type(parties) is not list:
            raise NotSignedError
        day = day_of(rest.get("date"))
        if self._dateless and day is not None:
            del rest["date"]
        for field in self._unseen_order:
            if type(rest.get(field)) is str:
                del rest[field]
        own = self._orders.of(rest if len(items) == 1 else self._with_ids(rest, items))
        shared = [own, *self._all_parties(parties)] if parties else [own]
        return Signed(day, shared, [self._line(item) for item in items])

    def _with_ids(self, rest: dict[str, Any], items: list[Any]) -> Any:
        """The order's own data; with the ids of its lines where it names lines, which must be there."""
        ids = [item["id"] for item in items]
        if not items or len(set(ids)) != len(ids):
            raise NotSignedError
        return (rest, ids) if "licenses" in rest or "resolutions" in rest else rest

    def _line(self, item: dict[str, Any]) -> SignedLine:
        rest = item.copy()
        for field in self._unseen:
            if type(rest.get(field)) is str:
                del rest[field]
        value = quantity = None
        value_place = quantity_place = None
        if VALUE in rest:
            value = _amount(rest[VALUE])
            value_place = self._placed(VALUE, value, rest)
        if QUANTITY in rest:
            quantity = rest[QUANTITY]
            quantity_place = self._placed(QUANTITY, quantity, rest)
        return SignedLine(
            self._items.of(rest),
            (value_place, quantity_place),
            value if value_place is not None else None,
            quantity if quantity_place is not None else None,
        )

    def _placed(self, field: str, number: Any, rest: dict[str, Any]) -> bytes | None:
        """The place of a measure, which then stands for it, where it is a number on a scale."""
        scale = self._measures[field]
        place = scale.place(number) if scale is not None else None
        if place is not None:
            del rest[field]
        return place

    # --- parties -----------------------------------------------------------------------------------------------------

    def _all_parties(self, parties: list[dict[str, Any]]) -> list[Part]:
        """What is seen of the parties: of all of them together, where names count that are not a party's own."""
        found = [self._parties.of(party) for party in parties]
        if len(found) > 1 and len(found) != len({part.more[0] for part in found}):
            raise NotSignedError
        for part in found:
            if part.more[1]:
                return [self._as_they_are.of(parties)]
        return found

    def _see_party(self, party: dict[str, Any]) -> tuple[Any, tuple[str, bool]]:
        """A party without its names where no list has them; its id, and whether names count that are not its own."""
        rest, noted = party.copy(), list[Any]()
        if self._name_unseen and self._is_unlisted(party):
            for field in ("name", "aliases", "address"):
                rest.pop(field, None)
        if "facts" in rest:
            rest["facts"] = self._stated(rest["facts"], noted)
        return (rest, noted), (_text(party["id"]), any(field in party for field in _BEHIND))

    def _is_unlisted(self, party: dict[str, Any]) -> bool:
        """Whether its names are well-formed and in no list."""
        names = [party["name"], *party.get("aliases", ())]
        well_formed = all(type(name) is str and any(map(str.isalnum, name)) for name in names)
        in_order = type(party.get("address", "")) is str and type(party.get("aliases", [])) is list
        country, address = party.get("country") or None, party.get("address") or None
        return (
            well_formed
            and in_order
            and not any(
                index.meets(name, country, address if name is names[0] else None)
                for index in self._indexes
                for name in names
            )
        )

    # --- texts and facts ---------------------------------------------------------------------------------------------

    def _see_order(self, data: Any) -> tuple[Any, None]:
        rest, ids = data if type(data) is tuple else (data, None)
        return (self._on_scales(rest, self._texts), ids), None

    def _see_item(self, item: dict[str, Any]) -> tuple[Any, None]:
        return self._on_scales(item, self._item_texts), None

    def _on_scales(self, data: dict[str, Any], texts: Iterable[tuple[str, Scale]]) -> Any:
        """The data with texts and facts at their places, and which of them are."""
        rest, noted = data.copy(), list[Any]()
        for field, scale in texts:
            place = scale.place(rest[field]) if field in rest else None
            if place is not None:
                rest[field] = place
                noted.append(field)
        if "facts" in rest:
            rest["facts"] = self._stated(rest["facts"], noted)
        return rest, noted

    def _stated(self, facts: dict[str, Any], noted: list[Any]) -> Any:
        """The facts, those with a scale at their places: the values in their order, and a number for their names."""
        names = tuple(facts)
        layout = self._layouts.get(names)
        if layout is None:
            layout = self._laid_out(names)
        values = [*facts.values(), layout.number]
        for at, kinds, known, scale in layout.scaled:
            raw = values[at]
            place = known.get(raw) if type(raw) in kinds else None
            if place is None:
                place = scale.place(raw)
            if place is None:
                noted.append(at)
            else:
                values[at] = place
        return values

    def _laid_out(self, names: tuple[str, ...]) -> _Layout:
        scaled = [(at, scale) for at, name in enumerate(names) if (scale := self._facts.get(name)) is not None]
        layout = _Layout(next(self._numbers), [(at, scale.kinds, scale.known, scale) for at, scale in scaled])
        if len(self._layouts) >= _KEPT:
            self._layouts.clear()
        return self._layouts.setdefault(names, layout)


def _amount(value: Any) -> Any:
    """The amount of a line's value in the currency of the tests, which is US dollars unless another is stated."""
    if type(value) is dict and (len(value) == 1 or (len(value) == 2 and value.get("currency") == "USD")):  # noqa: PLR2004
        return value.get("amount")
    return None


def _text(raw: Any) -> str:
    if type(raw) is not str:
        raise NotSignedError
    return raw
