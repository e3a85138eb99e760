"""An order to its signature: all that the law can see of it, as keys of a dictionary.

Two lines with equal signatures are judged alike, by construction: what is left out is read by no fact, and what is
put on a scale passes the same tests. An order of which that cannot be said has no signature, and goes the long way.

What is `noted` beside an order's data keeps places and values apart: the fields that are places, and by their numbers
the facts that have a scale and are none.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from msgspec import Struct

from licet.screening.match import Index
from licet.signature.scales import Scale
from licet.signature.sight import QUANTITY, VALUE, Sight
from licet.transaction.stated import day_of

#: Plain data is written in a fixed form that keeps types apart; version 2 writes equal data alike, however shared.
_FORM = 2
_KEPT = 100_000
#: A party that stands behind another, or has owners, makes names count that are not its own.
_BEHIND = ("acts_for", "branch_of", "owners")
#: What all lines share: the parties, then the order's own fields, which an only line has in its own key.
Head = tuple[bytes, ...]
Key = tuple[Any, ...]


class NotSignedError(ValueError):
    """An order has something that no signature can say."""


class SignedLine(Struct, gc=False):  # quicker to make than a dataclass
    """A line: what the law sees of it, and its measures as the order has them (nothing where not stated plainly)."""

    key: bytes
    value: int | float | Decimal | None
    quantity: int | float | Decimal | None


class Signed(Struct):
    """An order's signature: its own date, what all its lines share, and each of them."""

    day: date | None
    head: Head
    lines: list[SignedLine]


@dataclass(frozen=True, slots=True)
class _SeenParty:
    """What is seen of a party: its id, its key, and whether names count that are not its own."""

    id: str
    key: bytes
    behind: bool


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
        self._parties: dict[bytes, _SeenParty] = {}
        self._layouts: dict[tuple[str, ...], _Layout] = {}
        self._numbers = count()

    def sign(self, order: dict[str, Any]) -> Signed | None:
        """The signature of an order in decoded JSON; nothing where it has none."""
        try:
            return self._sign(order)
        except (NotSignedError, KeyError, TypeError, ValueError, AttributeError):
            return None

    def _sign(self, order: dict[str, Any]) -> Signed:
        rest, noted = order.copy(), list[Any]()
        if self._nameless:
            _text(rest.pop("id"))
        items, parties = rest.pop("items"), rest.pop("parties")
        day = day_of(rest.get("date"))
        if self._dateless and day is not None:
            del rest["date"]
        self._fields(rest, self._unseen_order, self._texts, noted)
        head = self._all_parties(parties)
        if len(items) == 1:
            return Signed(day, head, [self._line(items[0], rest, noted)])
        ids = [item["id"] for item in items]
        if not items or len(set(ids)) != len(ids):
            raise NotSignedError
        if "licenses" in rest or "resolutions" in rest:  # they name lines, which must be there
            noted.append(ids)
        return Signed(day, (*head, marshal.dumps((rest, noted), _FORM)), [self._line(item) for item in items])

    # --- lines -------------------------------------------------------------------------------------------------------

    def _line(self, item: dict[str, Any], *order: Any) -> SignedLine:
        """A line; where it is the only one, together with what is seen of the order itself."""
        rest, noted = item.copy(), list[Any]()
        self._fields(rest, self._unseen, self._item_texts, noted)
        value = self._measure(VALUE, _amount(rest[VALUE]), rest, noted) if VALUE in rest else None
        quantity = self._measure(QUANTITY, rest[QUANTITY], rest, noted) if QUANTITY in rest else None
        return SignedLine(marshal.dumps((rest, noted, *order), _FORM), value, quantity)

    def _measure(self, field: str, number: Any, rest: dict[str, Any], noted: list[Any]) -> Any:
        """Puts a measure on its scale, where it is a number on it."""
        scale = self._measures[field]
        place = scale.place(number) if scale is not None else None
        if place is None:
            return None
        rest[field] = place
        noted.append(field)
        return number

    # --- parties -----------------------------------------------------------------------------------------------------

    def _all_parties(self, parties: list[dict[str, Any]]) -> Head:
        found = [self._party(party) for party in parties]
        if len(found) != len({party.id for party in found}):
            raise NotSignedError
        for party in found:
            if party.behind:
                return (marshal.dumps(parties, _FORM),)
        return tuple([party.key for party in found])

    def _party(self, party: dict[str, Any]) -> _SeenParty:
        """What is seen of a party: without its names where no list has them."""
        whole = marshal.dumps(party, _FORM)
        known = self._parties.get(whole)
        if known is None:
            rest, noted = party.copy(), list[Any]()
            if self._name_unseen and self._is_unlisted(party):
                for field in ("name", "aliases", "address"):
                    rest.pop(field, None)
            if "facts" in rest:
                rest["facts"] = self._stated(rest["facts"], noted)
            behind = any(field in party for field in _BEHIND)
            known = _SeenParty(_text(party["id"]), marshal.dumps((rest, noted), _FORM), behind)
            if len(self._parties) >= _KEPT:
                self._parties.clear()
            self._parties[whole] = known
        return known

    def _is_unlisted(self, party: dict[str, Any]) -> bool:
        """Whether its names are well-formed and in no list."""
        names = [party["name"], *party.get("aliases", ())]
        well_formed = all(type(name) is str and any(map(str.isalnum, name)) for name in names)
        in_order = type(party.get("address", "")) is str and type(party.get("aliases", [])) is list
        return well_formed and in_order and not any(index.find(name) for index in self._indexes for name in names)

    # --- texts and facts ---------------------------------------------------------------------------------------------

    def _fields(
        self, rest: dict[str, Any], unseen: Iterable[str], texts: Iterable[tuple[str, Scale]], noted: list[Any]
    ) -> None:
        """Leaves out texts that nothing reads, and puts others, and the facts, at their places."""
        for field in unseen:
            if field in rest and type(rest[field]) is str:
                del rest[field]
        for field, scale in texts:
            place = scale.place(rest[field]) if field in rest else None
            if place is not None:
                rest[field] = place
                noted.append(field)
        if "facts" in rest:
            rest["facts"] = self._stated(rest["facts"], noted)

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
