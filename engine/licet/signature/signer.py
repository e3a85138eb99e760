"""An order to its signature: all that the law can see of it, as keys of a dictionary.

Two lines with equal signatures are judged alike, by construction: what is left out is read by no fact, and what is
put on a scale passes the same tests. An order of which that cannot be said has no signature, and goes the long way.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from licet.screening.match import Index
from licet.signature.scales import Scale
from licet.signature.sight import QUANTITY, VALUE, Sight

#: Plain data is written in a fixed form that keeps types apart; version 2 writes equal data alike, however shared.
_FORM = 2
_KEPT = 100_000
#: A party that stands behind another, or has owners, makes names count that are not its own.
_BEHIND = ("acts_for", "branch_of", "owners")
Key = tuple[Any, ...]


class NotSignedError(ValueError):
    """An order has something that no signature can say."""


@dataclass(slots=True)  # frozen ones take three times as long to make
class SignedLine:
    """A line: what the law sees of it, and its measures as the order has them (nothing where not stated plainly)."""

    key: Key
    value: int | float | Decimal | None
    quantity: int | float | Decimal | None


@dataclass(slots=True)
class Signed:
    """An order's signature: what all its lines share, and each of them."""

    head: Key
    lines: Sequence[SignedLine]


@dataclass(frozen=True, slots=True)
class _SeenParty:
    """What is seen of a party: its id, its key, and whether names count that are not its own."""

    id: str
    key: bytes
    behind: bool


class Signer:
    """Signs orders for the packs in use. Threads may share it."""

    def __init__(self, sight: Sight, indexes: Iterable[Index]) -> None:
        self._indexes = tuple(indexes)
        self._measures = sight.measures
        self._facts = sight.facts
        self._texts: Mapping[str, Scale] = sight.fields("transaction")
        self._item_texts: Mapping[str, Scale] = sight.fields("item")
        self._unseen = tuple(sight.unseen("item"))
        self._unseen_order = tuple(sight.unseen("transaction"))
        self._name_unseen = {"name", "aliases", "address"} <= sight.unseen("party")
        self._parties: dict[bytes, _SeenParty] = {}

    def sign(self, order: dict[str, Any]) -> Signed | None:
        """The signature of an order in decoded JSON; nothing where it has none."""
        try:
            return self._sign(order)
        except (NotSignedError, KeyError, TypeError, ValueError, AttributeError):
            return None

    def _sign(self, order: dict[str, Any]) -> Signed:
        rest = order.copy()
        if type(rest.pop("id")) is not str:
            raise NotSignedError
        items, parties = rest.pop("items"), rest.pop("parties")
        seen: list[Any] = []
        for field in self._unseen_order:
            if type(rest.get(field)) is str:
                del rest[field]
        self._place(rest, self._texts, seen)
        if rest.get("facts"):
            rest["facts"] = self._stated(rest["facts"], seen)
        lines = [self._line(item) for item in items]
        if not lines:
            raise NotSignedError
        if "licenses" in rest or "resolutions" in rest:  # they name lines, which must be there
            seen += [item["id"] for item in items]
        if len(lines) > 1 and len({item["id"] for item in items}) != len(lines):
            raise NotSignedError
        head = (marshal.dumps(rest, _FORM), *self._all_parties(parties), *seen, len(lines) == 1)
        return Signed(head, lines)

    # --- lines -------------------------------------------------------------------------------------------------------

    def _line(self, item: dict[str, Any]) -> SignedLine:
        rest = item.copy()
        for field in self._unseen:
            if type(rest.get(field)) is str:
                del rest[field]
        seen: list[Any] = []
        if self._item_texts:
            self._place(rest, self._item_texts, seen)
        facts = rest.get("facts")
        if facts:
            rest["facts"] = self._stated(facts, seen)
        value = self._measure(VALUE, _amount(rest), rest, seen)
        quantity = self._measure(QUANTITY, rest.get(QUANTITY), rest, seen)
        return SignedLine((marshal.dumps(rest, _FORM), *seen), value, quantity)

    def _measure(self, field: str, number: Any, rest: dict[str, Any], seen: list[Any]) -> Any:
        """Puts a measure on its scale, where it is a number on it."""
        scale = self._measures[field]
        place = scale.place(number) if scale is not None and number is not None else None
        if place is None:
            return None
        del rest[field]
        seen += (field, place)
        return number

    # --- parties -----------------------------------------------------------------------------------------------------

    def _all_parties(self, parties: list[dict[str, Any]]) -> list[bytes]:
        found = [self._party(party) for party in parties]
        if len(found) != len({party.id for party in found}):
            raise NotSignedError
        for party in found:
            if party.behind:
                return [marshal.dumps(parties, _FORM)]
        return [party.key for party in found]

    def _party(self, party: dict[str, Any]) -> _SeenParty:
        """What is seen of a party: without its names where no list has them."""
        whole = marshal.dumps(party, _FORM)
        known = self._parties.get(whole)
        if known is None:
            seen: list[Any] = []
            rest = party.copy()
            if self._name_unseen and self._is_unlisted(party):
                for field in ("name", "aliases", "address"):
                    rest.pop(field, None)
            if "facts" in rest:
                rest["facts"] = self._stated(rest["facts"], seen)
            behind = any(field in party for field in _BEHIND)
            known = _SeenParty(_text(party["id"]), marshal.dumps((rest, seen), _FORM), behind)
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

    @staticmethod
    def _place(rest: dict[str, Any], scales: Mapping[str, Scale], seen: list[Any]) -> None:
        for field, scale in scales.items():
            place = scale.place(rest[field]) if field in rest else None
            if place is not None:
                del rest[field]
                seen += (field, place)

    def _stated(self, facts: dict[str, Any], seen: list[Any]) -> dict[str, Any]:
        """The facts without those put on a scale, which are added to what is seen."""
        scales = self._facts
        kept: dict[str, Any] = {}
        for name, raw in facts.items():
            scale = scales.get(name)
            place = scale.place(raw) if scale is not None else None
            if place is None:
                kept[name] = raw
            else:
                seen += (name, place)
        return kept


def _amount(rest: dict[str, Any]) -> Any:
    """The amount of a line's value in the currency of the tests, which is US dollars unless another is stated."""
    value = rest.get(VALUE)
    if type(value) is dict and (len(value) == 1 or (len(value) == 2 and value.get("currency") == "USD")):  # noqa: PLR2004
        return value.get("amount")
    return None


def _text(raw: Any) -> str:
    if type(raw) is not str:
        raise NotSignedError
    return raw
