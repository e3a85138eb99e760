"""Whatever is listed, as screening by name looks through it: the packs' lists, and official lists that no pack has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from licet.lists.entry import UNREADABLE, Entry
from licet.lists.snapshot import FedList, Snapshot
from licet.policy.imported import joined, listing_digest, listing_of
from licet.policy.model import Conditional, Listing, Pack
from licet.values import Unknown

Key = tuple[str, str]  # a list and a listing, by id

_SEVERAL: Final = "conditional"


class Listed(Struct, frozen=True, kw_only=True):
    """A listing and where it is from: `source` is the official source or the pack, `version` the source's version."""

    listing: Listing
    title: str
    source: str
    version: int | None = None
    entry: Entry | None = None

    @property
    def key(self) -> Key:
        """What the listing is known by."""
        return self.listing.list, self.listing.id

    @property
    def digest(self) -> str:
        """By what the listing is known to have changed, as an evaluation knows it."""
        return listing_digest(self.listing)


class Facts(Struct, frozen=True, kw_only=True):
    """What a list says of a listing.

    `requirement` and `policy` are the official words; `scope`, `review` and `footnotes` what they were read as, in the
    shape of a listing's row, `unreadable`, or None where the list has no such thing. Those of a pack's own listing are
    of its last row: `conditional` where they depend on the item.
    """

    name: str
    kind: str
    countries: tuple[str, ...]
    addresses: tuple[str, ...]
    programs: tuple[str, ...] = ()
    requirement: str = ""
    policy: str = ""
    scope: Any = None
    review: Any = None
    footnotes: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    published: date | None = None
    doubt: str = ""


class Aged(Struct, frozen=True, kw_only=True):
    """A list, and until when it is current enough."""

    list: str
    title: str
    listings: int
    current_through: date | None
    holds_after: date | None


class View(Struct, frozen=True, kw_only=True):
    """All that is listed, by list and listing, and how current the lists are."""

    listed: Mapping[Key, Listed]
    lists: tuple[Aged, ...]


def view(packs: Iterable[Pack], fed: Snapshot, only: Collection[str] | None = None) -> View:
    """Everything on the packs' lists, the official ones joined to them, and on those that no pack has.

    `only` are the lists that are wanted (default: all).
    """
    origins = {entry.digest: (entry, one) for one in fed.lists for entry in one.entries}
    found: dict[Key, Listed] = {}
    aged: list[Aged] = []
    taken: set[str] = set()
    for pack in packs:
        for own in joined(_narrowed(pack, only), fed)[0].lists:
            taken.add(own.list)
            if not own.restricts:
                continue
            aged.append(_aged(own.list, own.title, len(own.listings), own.current_through, own.holds_after))
            for listing in own.listings:
                entry, of = origins.get(listing.entry or "", (None, None))
                made = _listed(listing, own.title, pack.manifest.id, of, entry)
                found.setdefault(made.key, made)
    for one in fed.lists:
        if one.list not in taken and (only is None or one.list in only):
            aged.append(_aged(one.list, one.list, len(one.entries), one.vintage or one.asked, one.holds_after))
            for made in _unowned(one, found):
                found[made.key] = made
    return View(listed=found, lists=tuple(aged))


def facts(of: Listed) -> Facts:
    """What the list says of a listing."""
    listing, entry = of.listing, of.entry
    about = Facts(name=listing.name, kind=listing.kind, countries=listing.countries, addresses=listing.addresses)
    if entry is None:
        row = listing.rows[-1]
        cites = (each.period.cite for each in listing.rows)
        return replace(
            about,
            scope=_value(row.scope, "all"),
            review=_value(row.review),
            footnotes=row.footnotes,
            cites=tuple(dict.fromkeys(cite for cite in cites if cite)),
            published=listing.rows[0].period.known,
            doubt=listing.doubt or "",
        )
    return replace(
        about,
        programs=entry.programs,
        requirement=entry.requirement,
        policy=entry.policy,
        scope=entry.scope,
        review=entry.review,
        footnotes=entry.footnotes,
        cites=tuple(notice.cite for notice in entry.notices),
        published=entry.published,
        doubt=entry.doubt,
    )


def _narrowed(pack: Pack, only: Collection[str] | None) -> Pack:
    return pack if only is None else replace(pack, lists=tuple(one for one in pack.lists if one.list in only))


def _aged(list: str, title: str, listings: int, current_through: date | None, holds_after: date | None) -> Aged:
    return Aged(list=list, title=title, listings=listings, current_through=current_through, holds_after=holds_after)


def _listed(listing: Listing, title: str, pack: str, of: FedList | None, entry: Entry | None) -> Listed:
    if of is None:
        return Listed(listing=listing, title=title, source=pack)
    return Listed(listing=listing, title=title, source=of.source, version=of.version, entry=entry)


def _unowned(one: FedList, taken: Mapping[Key, Listed]) -> Iterator[Listed]:
    """The entries of a list that no pack has, as listings."""
    seen: set[str] = set()
    for entry in one.entries:
        listing = listing_of(entry, entry.id in seen or (entry.list, entry.id) in taken)
        seen.add(entry.id)
        yield Listed(listing=listing, title=one.list, source=one.source, version=one.version, entry=entry)


def _value(rows: Sequence[Conditional], always: str | None = None) -> str | None:
    """What a listing's row says where it says one thing; `always` stands for plain truth."""
    if len(rows) != 1 or rows[0].when is not None:
        return _SEVERAL if rows else None
    value = rows[0].value
    if isinstance(value, Unknown):
        return UNREADABLE
    return always if value is True else str(value)
