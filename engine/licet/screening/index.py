"""Every listing of some lists, by exact name and by whatever comes near it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from licet.lists.adjudications import Adjudication, fingerprint
from licet.names.model import Match
from licet.names.settings import DEFAULT, Settings
from licet.policy.imported import listing_digest
from licet.policy.model import Listing, PartyList
from licet.screening.lookup import Lookup, key_of, named
from licet.text import folded

_THINGS = frozenset({"vessel", "aircraft"})


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
        self._digests: dict[tuple[str, str], str] = {}
        self._rulings = {one.about: one for one in rulings}
        for party_list in lists:
            for listing in party_list.listings:
                self._by_key[key_of(listing)] = listing
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
        found = self._lookup.search(name, country, address)
        near = (Near(self._by_key[match.key], match) for match in found.matches)
        return Nearby(tuple(one for one in near if _may_be_party(one, self._settings)), found.cut)

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

    def warm(self) -> None:
        """Make the index of names now, or read it from its cache, and not when the first name is looked up."""
        if self._settings is not None:
            _ = self._lookup.index

    @cached_property
    def _lookup(self) -> Lookup:
        settings = DEFAULT if self._settings is None else self._settings
        return Lookup({key: named(listing) for key, listing in self._by_key.items()}, settings, self._cache)


def _may_be_party(near: Near, settings: Settings) -> bool:
    """Whether a party may be what is listed: of a thing that sails or flies, the name has to be all but the same."""
    return near.listing.kind not in _THINGS or near.match.score >= settings.possible_differs
