"""Parties to listings: exact names and published aliases, letter case, punctuation and spacing set aside."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec import UNSET

from licet.policy.model import Listing, PartyList
from licet.transaction.model import Party, Resolution, Transaction

#: What the general way makes of plain characters, since most names have no others.
_ASCII = {code: " " for code in range(128) if not chr(code).isalnum()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A party matched to a listing, why, and whether it is sure to be the same."""

    party: str
    listing: Listing
    basis: str
    confirmed: bool | None
    matched: str
    because: str


def normalize(name: str) -> str:
    """The name without what spelling may vary: width, letter case, accents kept, punctuation and spaces folded."""
    if name.isascii():
        return " ".join(name.lower().translate(_ASCII).split())
    folded = unicodedata.normalize("NFKC", name).casefold()
    kept = (c if unicodedata.category(c)[0] in "LNM" else " " for c in folded if unicodedata.category(c) != "Cf")
    return " ".join("".join(kept).split())


class Index:
    """Every listing by normalized name and alias; one look-up a name, however long the lists."""

    def __init__(self, lists: Iterable[PartyList]) -> None:
        self._by_name: dict[str, list[tuple[Listing, str]]] = {}
        for party_list in lists:
            for listing in party_list.listings:
                for name in dict.fromkeys((listing.name, *listing.aliases)):
                    basis = "name" if name == listing.name else "alias"
                    self._by_name.setdefault(normalize(name), []).append((listing, basis))

    def find(self, name: str) -> list[tuple[Listing, str]]:
        """The listings of that name or alias, each with its basis."""
        return self._by_name.get(normalize(name), [])


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A name to look up; `anywhere` for a mere name, of which no country can be stated."""

    name: str
    country: str | None
    basis: str | None
    label: str
    anywhere: bool = False


def hits(party: Party, transaction: Transaction, index: Index) -> tuple[Hit, ...]:
    """The party's hits, one for each listing and basis, dismissed ones left out."""
    others = {other.id: other for other in transaction.parties}
    found: dict[tuple[str, str, str], Hit] = {}
    for candidate in _candidates(party, others):
        for hit in _met(party, candidate, transaction, index):
            key = (hit.listing.list, hit.listing.id, "name" if hit.basis in {"name", "alias"} else hit.basis)
            if key not in found or found[key].confirmed is None:
                found[key] = hit
    return tuple(found[key] for key in sorted(found))


def owner_hits(party: Party, transaction: Transaction, index: Index) -> tuple[tuple[Hit, ...], ...]:
    """The hits of each of the party's owners, in the order in which they are stated."""
    return tuple(tuple(_met(party, owner, transaction, index)) for owner in _owners(party))


def _met(party: Party, candidate: _Candidate, transaction: Transaction, index: Index) -> Iterator[Hit]:
    """The listings of a name that may be the party, or stand behind it."""
    for listing, name_basis in _nearest(index.find(candidate.name), candidate.country):
        hit = _hit(party, candidate, listing, candidate.basis or name_basis, transaction.resolutions)
        if hit is not None:
            yield hit


def _nearest(found: list[tuple[Listing, str]], country: str | None) -> list[tuple[Listing, str]]:
    """The listings of one name, less the namesakes abroad of one in the party's own country on the same list."""
    at_home = {listing.list for listing, _ in found if country is not None and listing.country == country}
    return [(listing, basis) for listing, basis in found if listing.country == country or listing.list not in at_home]


def _candidates(party: Party, others: Mapping[str, Party]) -> Iterator[_Candidate]:
    """The names under which the party, or whoever stands behind it, may be listed."""
    for name in (party.name, *party.aliases):
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


def _hit(
    party: Party, candidate: _Candidate, listing: Listing, basis: str, resolutions: tuple[Resolution, ...]
) -> Hit | None:
    """The hit, or nothing where a recorded resolution dismissed it."""
    confirmed, doubt = _same_country(candidate, listing)
    for resolution in resolutions:
        if resolution.hit == listing.id and resolution.party in (UNSET, None, party.id):
            if resolution.finding == "dismissed":
                return None
            if resolution.finding == "confirmed":
                confirmed = True
    because = f"{candidate.label} `{candidate.name}` is a published name of the listing{doubt}"
    return Hit(
        party=party.id, listing=listing, basis=basis, confirmed=confirmed, matched=candidate.name, because=because
    )


def _same_country(candidate: _Candidate, listing: Listing) -> tuple[bool | None, str]:
    """True where the name is met in the listing's country; else it may be a namesake, and why."""
    if candidate.anywhere or listing.country is None or candidate.country == listing.country:
        return True, ""
    if candidate.country is None:
        return None, f", but its country is not stated, and the listing is in {listing.country}"
    return None, f", but in {candidate.country} and not in {listing.country}"
