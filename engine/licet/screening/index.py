"""Every listing of some lists, by exact name and by whatever comes near it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from licet.lists.adjudications import Adjudication, fingerprint
from licet.names.model import Match, Named
from licet.names.settings import DEFAULT, Settings
from licet.policy.imported import listing_digest
from licet.policy.model import Listing, PartyList
from licet.text import folded

if TYPE_CHECKING:
    from licet.names.index import NameIndex

_KEPT: Final = 50_000
_LONGEST: Final = 500  # of what is remembered by its text


class Near(NamedTuple):
    """A listing that a name or an address comes near to, and how."""

    listing: Listing
    match: Match


class Nearby(NamedTuple):
    """What comes near; where it is `cut`, there may be more."""

    near: Sequence[Near]
    cut: bool


class Index:
    """The listings of some lists. Looking up an exact name takes one step, however long the lists.

    `settings` says from which score on another name counts; None for exact names alone. `rulings` are findings about
    hits that somebody recorded. `cache` is a folder for the index of names, which takes seconds to make of a long list.
    """

    def __init__(
        self,
        lists: Iterable[PartyList],
        settings: Settings | None = DEFAULT,
        rulings: Iterable[Adjudication] = (),
        cache: Path | None = None,
    ) -> None:
        self._by_name: dict[str, list[tuple[Listing, str]]] = {}
        self._by_key: dict[str, Listing] = {}
        self._settings = settings
        self._cache = cache
        self._nearby: dict[tuple[str, str | None, str | None], Nearby] = {}
        self._digests: dict[tuple[str, str], str] = {}
        self._rulings = {(one.party, one.list, one.listing, one.digest): one for one in rulings}
        for party_list in lists:
            for listing in party_list.listings:
                self._by_key[_key(listing)] = listing
                for name in dict.fromkeys((listing.name, *listing.aliases)):
                    basis = "name" if name == listing.name else "alias"
                    self._by_name.setdefault(folded(name), []).append((listing, basis))

    def find(self, name: str) -> list[tuple[Listing, str]]:
        """The listings of that very name or alias, each with its basis."""
        return self._by_name.get(folded(name), [])

    def near(self, name: str, country: str | None, address: str | None = None) -> Nearby:
        """The listings that the name, or the address, comes near to, the best ones first; exact ones are among them."""
        if self._settings is None:
            return Nearby((), cut=False)
        asked = (name, country, address)
        found = self._nearby.get(asked)
        if found is None:
            found = self._search(name, country, address)
            if len(name) + len(address or "") <= _LONGEST:
                if len(self._nearby) >= _KEPT:
                    self._nearby.clear()
                self._nearby[asked] = found
        return found

    def meets(self, name: str, country: str | None, address: str | None = None) -> bool:
        """Whether anything is met by the name or address, be it only perhaps."""
        if self.find(name):
            return True
        near, cut = self.near(name, country, address)
        return cut or bool(near)

    def ruling(self, name: str, country: str | None, listing: Listing) -> Adjudication | None:
        """What was found about a party of that name and country, and the listing as it is now."""
        if not self._rulings:
            return None
        return self._rulings.get((fingerprint(name, country), listing.list, listing.id, self._digest(listing)))

    @property
    def rulings(self) -> Iterable[Adjudication]:
        """All findings that were recorded."""
        return self._rulings.values()

    def _digest(self, listing: Listing) -> str:
        known = (listing.list, listing.id)
        found = self._digests.get(known)
        if found is None:
            found = self._digests[known] = listing_digest(listing)
        return found

    def _search(self, name: str, country: str | None, address: str | None) -> Nearby:
        found = self._names.search(name, country=country, address=address)
        return Nearby(tuple(Near(self._by_key[match.key], match) for match in found.matches), found.cut)

    @cached_property
    def _names(self) -> NameIndex:
        """The names, taken apart; read from the cache where they have been before."""
        from licet.names.index import NameIndex  # numpy is imported only where a name is to be looked up

        settings = DEFAULT if self._settings is None else self._settings
        entries = tuple(named(listing) for listing in self._by_key.values())
        if self._cache is None:
            return NameIndex(entries, settings)
        digest = hashlib.sha256(msgspec.msgpack.encode(entries)).hexdigest()
        path = self._cache / f"names-{digest[:16]}.index"
        found = NameIndex.load(path, digest, settings)
        if found is None:
            found = NameIndex(entries, settings)
            with suppress(OSError):  # a cache that cannot be written is done without
                self._cache.mkdir(parents=True, exist_ok=True)
                found.save(path, digest)
        return found


def named(listing: Listing) -> Named:
    """The listing as the matcher takes it."""
    countries = () if listing.country is None else (listing.country, *listing.also_in)
    names = tuple(dict.fromkeys((listing.name, *listing.aliases)))
    return Named(_key(listing), names, countries, listing.addresses, listing.kind)


def _key(listing: Listing) -> str:
    return f"{listing.list}\t{listing.id}"
