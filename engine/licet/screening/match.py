"""Parties to listings: by their names and published aliases, by names that come near them, and by street address.

A name that is met exactly, or as good as that, in the party's own country explains the party: others that merely come
near, on the same list, are then not asked about (decision 0012).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from msgspec import UNSET

from licet.lists.adjudications import Adjudication
from licet.names.model import Match
from licet.policy.model import Listing
from licet.screening.index import Index
from licet.transaction.model import Party, Transaction

_OWN = frozenset({"name", "alias", "address"})
_BASES = {"name": "name", "alias": "alias", "brand": "alias", "address": "address"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A party matched to a listing, why, and whether it is sure to be the same (None where it may be).

    `match` explains a name that is not the listing's very own. `ruling` is what somebody found about the hit before,
    which may expire: ask `on` for the hit as it is on a day. `unless` are hits that say better who bears the name, and
    may be dismissed: while one of them is not, nobody asks about this one.
    """

    party: str
    listing: Listing
    basis: str
    confirmed: bool | None
    matched: str
    because: str
    match: Match | None = None
    ruling: Adjudication | None = None
    unless: tuple[Hit, ...] = ()

    @property
    def may_be_dismissed(self) -> bool:
        """Whether somebody dismissed it, if only until a day."""
        return self.ruling is not None and self.ruling.finding == "dismissed"

    @property
    def way_out(self) -> tuple[bool, bool, bool]:
        """How a party may come out of it: by a ruling, by another hit, or since it may be somebody else."""
        return self.may_be_dismissed, bool(self.unless), self.confirmed is None

    def on(self, day: date) -> Hit | None:
        """The hit as it is on a day; nothing where it is dismissed then."""
        ruling = self.ruling
        if ruling is None or not ruling.holds_on(day):
            return self
        if ruling.finding == "dismissed":
            return None
        basis = "alias" if self.basis == "address" else self.basis
        because = f"{self.because}; confirmed by {ruling.author} on {ruling.made_on}"
        return replace(self, confirmed=True, basis=basis, because=because)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A name to look up; `anywhere` for a mere name, of which no country can be stated."""

    name: str
    country: str | None
    basis: str | None
    label: str
    address: str | None = None
    anywhere: bool = False

    @property
    def asked(self) -> tuple[str, str | None, str | None]:
        """What is looked up."""
        return self.name, self.country, self.address


class _Met(NamedTuple):
    """A listing that a name met, by what, and how where it is not its very name."""

    listing: Listing
    basis: str
    match: Match | None = None


def hits(party: Party, transaction: Transaction, index: Index) -> tuple[Hit, ...]:
    """The party's hits, one for each listing and basis, dismissed ones left out."""
    others = {other.id: other for other in transaction.parties}
    found: dict[tuple[str, str, str], Hit] = {}
    for candidate in _candidates(party, others):
        for hit in _met(party, candidate, transaction, index):
            key = (hit.listing.list, hit.listing.id, "name" if hit.basis in _OWN else hit.basis)
            if key not in found or hit.way_out < found[key].way_out:  # what is settled of one name is not of another
                found[key] = hit
    return tuple(found[key] for key in sorted(found))


def owner_hits(party: Party, transaction: Transaction, index: Index) -> tuple[tuple[Hit, ...], ...]:
    """The hits of each of the party's owners, in the order in which they are stated."""
    return tuple(tuple(_met(party, owner, transaction, index)) for owner in _owners(party))


def unscreened(party: Party, transaction: Transaction, index: Index) -> tuple[str, ...]:
    """The names of the party, or of whoever stands behind it, that could not be looked up in full."""
    others = {other.id: other for other in transaction.parties}
    return tuple(
        dict.fromkeys(
            candidate.name
            for candidate in _candidates(party, others)
            if index.near(*candidate.asked).cut and not index.find(candidate.name)
        )
    )


def _met(party: Party, candidate: _Candidate, transaction: Transaction, index: Index) -> Iterator[Hit]:
    """The listings of a name that may be the party, or stand behind it: those of that very name, and those near it."""
    exact = index.find(candidate.name)
    named = [hit for of, basis in exact for hit in _hit(party, candidate, _Met(of, basis), transaction, index)]
    seen = {(listing.list, listing.id) for listing, _ in exact}
    near = [
        hit
        for listing, match in index.near(*candidate.asked).near
        if (listing.list, listing.id) not in seen
        for hit in _hit(party, candidate, _Met(listing, _BASES[match.basis], match), transaction, index)
    ]
    own = [hit for hit in named if candidate.country is not None and candidate.country in hit.listing.countries]
    at_home = [hit for hit in named if _same_country(candidate, hit.listing)[0]]
    sure = [hit for hit in near if hit.match is not None and _is_sure(candidate, hit.match)]
    for hit in named:
        yield from [hit] if hit in own else _unless(hit, own)  # a namesake abroad of one at home (decision 0006)
    for hit in near:
        yield from _unless(hit, at_home if hit in sure else [*at_home, *sure])


def _unless(hit: Hit, better: list[Hit]) -> Iterator[Hit]:
    """The hit, where each of the better ones on its list may be dismissed on the day: else nobody asks about it."""
    others = tuple(other for other in better if other.listing.list == hit.listing.list)
    if all(other.may_be_dismissed for other in others):
        yield replace(hit, unless=others)


def _candidates(party: Party, others: Mapping[str, Party]) -> Iterator[_Candidate]:
    """The names under which the party, or whoever stands behind it, may be listed."""
    yield _Candidate(party.name, party.country or None, None, "name", party.address or None)
    for name in party.aliases:
        yield _Candidate(name, party.country or None, None, "name")
    for basis, references in (("acts_for", party.acts_for), ("branch_of", party.branch_of)):
        shown = "branch" if basis == "branch_of" else basis
        for reference in references:
            other = others.get(reference)
            if other is None:
                yield _Candidate(reference, None, shown, basis, anywhere=True)
                continue
            for name in (other.name, *other.aliases):
                yield _Candidate(name, other.country or None, shown, basis)
    yield from _owners(party)


def _owners(party: Party) -> Iterator[_Candidate]:
    for owner in () if party.owners is UNSET else party.owners:
        yield _Candidate(owner.name, owner.country or None, "owner", "owner")


def _hit(party: Party, candidate: _Candidate, met: _Met, transaction: Transaction, index: Index) -> Iterator[Hit]:
    """The hit, or nothing where a resolution of the order dismissed it."""
    listing, match = met.listing, met.match
    confirmed, because = _as_named(candidate, listing) if match is None else _as_near(candidate, listing, match)
    basis = met.basis if candidate.basis is None or met.basis == "address" else candidate.basis
    for resolution in transaction.resolutions:
        if resolution.hit in (listing.id, listing.list) and resolution.party in (UNSET, None, party.id):
            if resolution.finding == "dismissed":
                return
            if resolution.finding == "confirmed":
                confirmed, basis = True, "alias" if basis == "address" else basis
    yield Hit(
        party=party.id,
        listing=listing,
        basis=basis,
        confirmed=confirmed,
        matched=candidate.name,
        because=because,
        match=match,
        ruling=index.ruling(candidate.name, candidate.country, listing),
    )


def _as_named(candidate: _Candidate, listing: Listing) -> tuple[bool | None, str]:
    """Whether the bearer of a listing's very name is sure to be the same, and the words for it."""
    confirmed, doubt = _same_country(candidate, listing)
    return confirmed, f"{candidate.label} `{candidate.name}` is a published name of the listing{doubt}"


def _as_near(candidate: _Candidate, listing: Listing, match: Match) -> tuple[bool | None, str]:
    """The same of a name or address that comes near one of the listing."""
    what = "address" if match.basis == "address" else candidate.label
    sure = _is_sure(candidate, match)
    doubt = "" if sure else _same_country(candidate, listing)[1]
    like = f"{what} `{match.query}` is like `{match.name}` of the listing (score {match.score:.2f}){doubt}"
    return True if sure else None, like


def _is_sure(candidate: _Candidate, match: Match) -> bool:
    return match.band == "confirmed" and not candidate.anywhere


def _same_country(candidate: _Candidate, listing: Listing) -> tuple[bool | None, str]:
    """True where the name is met in a country of the listing; else it may be a namesake, and why."""
    countries = listing.countries
    if candidate.anywhere or not countries or candidate.country in countries:
        return True, ""
    where = ", ".join(countries)
    if candidate.country is None:
        return None, f", but its country is not stated, and the listing is in {where}"
    return None, f", but in {candidate.country} and not in {where}"
