"""Official lists joined to a pack's own: an entry that the pack has curated adds to it, any other is a listing more.

What is curated is dated and was compared with the law, so its rows stay as they are; where the official list says
otherwise, that is a difference for people to look at.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from licet.findings import Finding
from licet.lists.entry import UNREADABLE, Entry
from licet.lists.snapshot import FedList, Snapshot
from licet.policy.model import Conditional, Imported, Listing, ListingRow, Pack, PartyList
from licet.policy.node import Node
from licet.policy.read_conditions import Words, condition
from licet.policy.terms import Period, Timeline
from licet.text import folded
from licet.values import Unknown, Value

#: What a list adds to a name in parentheses, such as what the party is called for short.
_ASIDE = re.compile(r"\([^()]*\)")


class Difference(Struct, frozen=True, kw_only=True, order=True):
    """Where the official list and the pack's own listing differ."""

    list: str
    listing: str
    name: str
    what: str  # `review`, `footnotes`, `not in the official list`, `removed here, listed there`


def joined(pack: Pack, fed: Snapshot) -> tuple[Pack, tuple[Difference, ...]]:
    """The pack with the snapshot's lists joined to its lists of the same name, and where they differ."""
    by_list: dict[str, list[FedList]] = {}
    for one in fed.lists:
        by_list.setdefault(one.list, []).append(one)
    words = Words(pack.vocabulary.facts, pack.tables)
    lists: list[PartyList] = []
    differences: list[Difference] = []
    for own in pack.lists:
        if own.list in by_list:
            join = _Join(own, by_list[own.list], words)
            lists.append(join.joined())
            differences += join.differences
        else:
            lists.append(own)
    return replace(pack, lists=tuple(lists)), tuple(sorted(differences))


class _Join:
    """One list being joined."""

    def __init__(self, own: PartyList, fed: Sequence[FedList], words: Words) -> None:
        self.own = own
        self.fed = fed
        self.words = words
        self.differences: list[Difference] = []
        self._rows: dict[bytes, tuple[tuple[Conditional, ...], tuple[Conditional, ...]]] = {}

    def joined(self) -> PartyList:
        """The list with the official entries in it."""
        listings = {listing.id: listing for listing in self.own.listings}
        met, rest = self._assigned(_by_name(self.own.listings))
        for entry in rest:
            made = self._listing(entry, taken=listings)
            listings[made.id] = made
        for known, entries in met.items():
            for entry in entries:
                self._compare(listings[known], entry)
                listings[known] = _added(listings[known], entry)
        vintages = [one.vintage or one.asked for one in self.fed]
        return replace(
            self.own,
            listings=tuple(sorted(listings.values(), key=lambda listing: listing.id)),
            current_through=max(vintages),
            holds_after=max(one.holds_after for one in self.fed),
            coverage=_coverage(self.fed),
            source=", ".join(f"{one.source} {one.version}" for one in self.fed),
        )

    def _assigned(self, by_name: Mapping[str, list[Listing]]) -> tuple[Mapping[str, list[Entry]], Sequence[Entry]]:
        """The official entries that are curated listings, by the listing's id, and the rest."""
        begins = _Begins(by_name)
        names: set[str] = set()
        met: dict[str, list[Entry]] = {}
        rest: list[Entry] = []
        unsure: list[Entry] = []
        for entry in _each_once(self.fed):
            if not begins.like_any(entry):  # most are unlike all that is curated, and folding names takes time
                rest.append(entry)
                continue
            names.update(map(folded, (entry.name, _ASIDE.sub(" ", entry.name), *entry.aliases)))
            known = _bearer(entry, by_name)
            if known is None:
                unsure.append(entry)
            else:
                met.setdefault(known, []).append(entry)
        for entry in unsure:
            known = _namesake(entry, by_name)
            if known is None or known in met:  # one curated listing is not several entries of different names
                rest.append(entry)
            else:
                met[known] = [entry]
        self._missing(one for one in self.own.listings if one.id not in met and folded(one.name) not in names)
        return met, rest

    # --- listings ----------------------------------------------------------------------------------------------------

    def _listing(self, entry: Entry, taken: Mapping[str, Listing]) -> Listing:
        about = self.own.imported
        scope, review = self._read(entry, about)
        made = listing_of(entry, entry.id in taken)
        (period,) = made.timeline.periods
        row = ListingRow(period=period, scope=scope, review=review, footnotes=entry.footnotes, doubt=made.doubt)
        return replace(made, rows=(row,), attributes=_attributes(entry, about))

    def _read(self, entry: Entry, about: Imported) -> tuple[tuple[Conditional, ...], tuple[Conditional, ...]]:
        """The scope and the review policy as rows; the same words are read once."""
        said = msgspec.msgpack.encode((entry.scope, entry.review))
        found = self._rows.get(said)
        if found is None:
            review = about.review if entry.review is None else entry.review
            scope = "all" if entry.scope is None else entry.scope
            found = self._rows[said] = (
                self._conditionals(scope, "covers", "license requirement", lambda _: True),
                self._conditionals(review, "policy", "license review policy", lambda value: value),
            )
        return found

    def _conditionals(self, said: Any, field: str, what: str, plain: Callable[[str], Value]) -> tuple[Conditional, ...]:
        if said is None:
            return (Conditional(when=None, value=Unknown(f"the list states no {what}", ())),)
        if said == UNREADABLE:
            return (Conditional(when=None, value=_unread(what)),)
        if isinstance(said, str):
            return (Conditional(when=None, value=plain(said)),)
        findings: list[Finding] = []
        rows = tuple(self._conditional(row, field, what, findings) for row in said)
        # a condition that the pack's vocabulary cannot read is as good as words that nobody could
        return (Conditional(when=None, value=_unread(what)),) if findings else rows

    def _conditional(self, row: Mapping[str, Any], field: str, what: str, findings: list[Finding]) -> Conditional:
        node = Node(row, self.own.list, None, findings)
        when = condition(node["when"], self.words) if "when" in node else None
        value = row.get(field)
        return Conditional(when=when, value=_unread(what) if value == UNREADABLE else value)

    # --- differences -------------------------------------------------------------------------------------------------

    def _compare(self, own: Listing, entry: Entry) -> None:
        """Report where a curated listing, as it stands last, says something else than the official entry."""
        last = own.rows[-1]
        if last.period.ended is not None:
            return self._differ(own, "removed here, listed there")
        _, review = self._read(entry, self.own.imported)
        if review != last.review and entry.review is not None:
            self._differ(own, f"review policy: {_told(last.review)} here, {_told(review)} there")
        if set(last.footnotes) != set(entry.footnotes):
            here, there = (", ".join(sorted(notes)) or "none" for notes in (last.footnotes, entry.footnotes))
            self._differ(own, f"footnotes: {here} here, {there} there")
        return None

    def _missing(self, unmet: Iterable[Listing]) -> None:
        for listing in unmet:
            if listing.rows[-1].period.ended is None:
                self._differ(listing, "listed here, not found there")

    def _differ(self, listing: Listing, what: str) -> None:
        self.differences.append(Difference(list=self.own.list, listing=listing.id, name=listing.name, what=what))


class _Begins:
    """How the names of curated listings begin."""

    def __init__(self, folded_names: Iterable[str]) -> None:
        self._letters = {name[:1] for name in folded_names}

    def like_any(self, entry: Entry) -> bool:
        """Whether one of the entry's names may be one of them."""
        return bool(self._letters) and any(
            not name[:1].isalnum() or not name[:1].isascii() or name[:1].lower() in self._letters
            for name in (entry.name, *entry.aliases)
        )


def listing_of(entry: Entry, taken: bool) -> Listing:  # noqa: FBT001  whether another listing has the entry's id
    """The entry as a listing that says nothing yet of what it covers."""
    cites = "; ".join(notice.cite for notice in entry.notices)
    start = entry.effective or entry.published
    period = Period(start=start, through=entry.ended, known=entry.published, cite=cites or None)
    return Listing(
        id=f"{entry.id}_{entry.digest[:8]}" if taken else entry.id,
        list=entry.list,
        name=entry.name,
        aliases=entry.aliases,
        country=entry.countries[0] if entry.countries else None,
        addresses=tuple(address.text for address in entry.addresses),
        attributes={},
        rows=(),
        timeline=Timeline(periods=(period,)),
        doubt=entry.doubt or None,
        also_in=entry.countries[1:],
        kind=entry.kind,
        entry=entry.digest,
    )


def listing_digest(listing: Listing) -> str:
    """By what a listing is known to have changed: that of the official entry, else of the listing itself."""
    if listing.entry is not None:
        return listing.entry
    return hashlib.sha256(msgspec.json.encode(listing, order="sorted", enc_hook=str)).hexdigest()


def _each_once(fed: Sequence[FedList]) -> Iterable[Entry]:
    """The entries of all sources; one that two sources have is taken from the first."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for one in fed:
        own = {(folded(entry.name), entry.countries) for entry in one.entries} if len(fed) > 1 else set()
        yield from (e for e in one.entries if not seen or (folded(e.name), e.countries) not in seen)
        seen |= own


def _by_name(listings: Iterable[Listing]) -> Mapping[str, list[Listing]]:
    found: dict[str, list[Listing]] = {}
    for listing in listings:
        for name in {folded(name) for name in (listing.name, *listing.aliases)}:
            found.setdefault(name, []).append(listing)
    return found


def _bearer(entry: Entry, by_name: Mapping[str, list[Listing]]) -> str | None:
    """The curated listing that bears the entry's own name, in one of its countries."""
    for name in dict.fromkeys((folded(entry.name), folded(_ASIDE.sub(" ", entry.name)))):
        same = [one for one in by_name.get(name, ()) if one.country is None or one.country in entry.countries]
        if same:
            return min(same, key=lambda one: (folded(one.name) != name, one.id)).id
    return None


def _namesake(entry: Entry, by_name: Mapping[str, list[Listing]]) -> str | None:
    """The curated listing whose own name is among the entry's aliases, in one of its countries."""
    for name in map(folded, entry.aliases):
        for one in by_name.get(name, ()):
            if folded(one.name) == name and (one.country is None or one.country in entry.countries):
                return one.id
    return None


def _added(own: Listing, entry: Entry) -> Listing:
    """The curated listing with the names, addresses and countries of the entry that it has not."""
    known = {folded(name) for name in (own.name, *own.aliases)}
    names = [name for name in (entry.name, *entry.aliases) if folded(name) not in known]
    addresses = [address.text for address in entry.addresses if address.text not in own.addresses]
    countries = [code for code in entry.countries if code not in {own.country, *own.also_in}]
    return replace(
        own,
        aliases=(*own.aliases, *names),
        addresses=(*own.addresses, *addresses),
        also_in=(*own.also_in, *countries) if own.country is not None else (),
        kind=entry.kind,
        entry=entry.digest if own.entry is None else hashlib.sha256((own.entry + entry.digest).encode()).hexdigest(),
    )


def _attributes(entry: Entry, about: Imported) -> Mapping[str, Value]:
    found = dict(about.attributes)
    for remark, more in about.marks:
        if remark in entry.remarks:
            found |= more
    return found


def _unread(what: str) -> Unknown:
    return Unknown(f"the words of the official list on the {what} could not be read", ())


def _told(rows: Sequence[Conditional]) -> str:
    return "; ".join(str(row.value) + (" in some cases" if row.when is not None else "") for row in rows)


def _coverage(fed: Sequence[FedList]) -> str:
    """What a reader must know of a list of today: who left it before is not in it."""
    told = ", ".join(
        f"{len(one.entries):,} entries of {_day(one.vintage)} (source `{one.source}`, version {one.version})"
        for one in fed
    )
    first = min(one.vintage or one.asked for one in fed)
    return (
        f"{told}; for earlier days it is assumed that they read alike, and that nobody was removed before {first} but "
        "those whose removal is in the pack"
    )


def _day(day: date | None) -> str:
    return "an unknown day" if day is None else day.isoformat()
