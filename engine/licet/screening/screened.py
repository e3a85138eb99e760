"""An order screened: what is the same for all its lines and all dates, computed once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from licet.screening.index import Index
from licet.screening.match import Hit, hits, owner_hits, unscreened
from licet.transaction.model import Party, Transaction
from licet.transaction.stated import day_of

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """A transaction with the hits of its parties (and of each of their owners), and what it says in texts and dates.

    `unscreened` are the names, by party, that could not be looked up in full. `met` are the listings that a party bears
    the name of, in force or not. `texts` are all texts that the order states. `days` are the dates it states, and the
    days after: a license expires, a certification takes effect. So does what was found about a hit.
    """

    transaction: Transaction
    parties: tuple[tuple[Party, tuple[Hit, ...]], ...]
    owners: Mapping[str, tuple[tuple[Hit, ...], ...]]
    unscreened: tuple[tuple[str, str], ...]
    met: frozenset[tuple[str, str]]
    texts: frozenset[str]
    days: frozenset[date]


def screen(transaction: Transaction, index: Index) -> Screened:
    """The order screened against an index of listings."""
    ordered = sorted(transaction.parties, key=lambda party: party.id)
    parties = tuple((party, hits(party, transaction, index)) for party in ordered)
    data = msgspec.to_builtins(transaction)
    texts = frozenset(_texts(data))
    days = {day for day in map(day_of, texts) if day is not None}
    days |= {rest for _, found in parties for hit in found if (rest := _rests_until(hit)) is not None}
    return Screened(
        transaction=transaction,
        parties=parties,
        owners={party.id: owner_hits(party, transaction, index) for party in ordered if party.owners},
        unscreened=tuple((p.id, name) for p in ordered for name in unscreened(p, transaction, index)),
        met=frozenset((hit.listing.list, hit.listing.id) for _, found in parties for hit in found),
        texts=texts,
        days=frozenset({*days, *(day + _DAY for day in days if day < date.max)}),
    )


def _rests_until(hit: Hit) -> date | None:
    """The last day of what was found about the hit."""
    return hit.ruling.expires_on if hit.ruling is not None else None


def _texts(data: Any) -> Iterator[str]:
    """Every text in plain data; a date counts as its text."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, date):
        yield data.isoformat()
    elif isinstance(data, Mapping):
        for child in data.values():
            yield from _texts(child)
    elif isinstance(data, Iterable):
        for child in data:
            yield from _texts(child)
