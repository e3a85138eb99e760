"""Names of parties screened against all that is listed, without an order: every hit, explained."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from licet.lists.adjudications import Adjudication, fingerprint
from licet.lists.database import no_lists
from licet.lists.snapshot import Snapshot, snapshot
from licet.lists.store import Store, StoreError
from licet.names.explain import explained
from licet.names.model import Match
from licet.names.settings import DEFAULT, Settings
from licet.policy.cache import default_cache, load_pack
from licet.policy.in_force import in_force
from licet.policy.model import Pack
from licet.resources import pack_folders, policies_dir
from licet.screening.collection import no_collection
from licet.screening.listed import Facts, Key, Listed, View, facts, view
from licet.screening.lookup import Lookup, rows_of, rows_of_both
from licet.text import clean
from licet.values import FALSE

Band: TypeAlias = Literal["confirmed", "possible", "dismissed"]

_BANDS: Final[Mapping[str, int]] = {"confirmed": 0, "possible": 1, "dismissed": 2}
_BASES: Final = ("name", "alias", "brand", "address")


class KnownParty(Struct, frozen=True, kw_only=True):
    """Somebody to screen. The country is an ISO 3166-1 alpha-2 code; None and "" are not known."""

    name: str
    id: str = ""
    country: str | None = None
    address: str | None = None
    aliases: tuple[str, ...] = ()
    kind: str | None = None  # entity, individual, vessel or aircraft


class ScreeningHit(Struct, frozen=True, kw_only=True):
    """A listing that a party may be, and why.

    `match` says by which name it was met, on what basis, with what score, and explains it; its own band is what the
    score alone says. `band` is that, unless `ruling`, what somebody found about the hit, holds on the day. A listing
    that is not `in_force` on the day counts for nothing.
    """

    list: str
    listing: str
    title: str
    band: Band
    match: Match
    facts: Facts
    source: str
    version: int | None
    digest: str
    in_force: bool = True
    ruling: Adjudication | None = None

    @property
    def key(self) -> Key:
        """The list and the listing, by id."""
        return self.list, self.listing

    @property
    def score(self) -> float:
        """How alike the names are, 0 to 1."""
        return self.match.score

    def explained(self) -> Sequence[str]:
        """Why, line by line: the names, the words that agree, what is left over, the country, the ruling."""
        ruled = [] if self.ruling is None else [self.ruled()]
        return [*explained(self.match), *ruled, *([] if self.in_force else ["the listing is not in force on the day"])]

    def ruled(self) -> str:
        """What somebody found about the hit; "" where nobody did."""
        one = self.ruling
        if one is None:
            return ""
        until = "" if one.expires_on is None else f", through {one.expires_on}"
        over = "" if self.band == one.finding else ", which does not hold on the day"
        return f"{one.finding} by {clean(one.author)} on {one.made_on}{until}{over}: {clean(one.reason, 300)}"


class UsedVersion(Struct, frozen=True, kw_only=True):
    """A version of an official source that was looked through."""

    source: str
    version: int
    digest: str
    current_through: date | None


class Stale(Struct, frozen=True, kw_only=True):
    """A list that is too old for the day: what is not on it may be listed all the same."""

    list: str
    holds_after: date


class Screening(Struct, frozen=True, kw_only=True):
    """What came of one party. Where it is `cut`, or a list is stale, there may be more hits: whoever asks must hold."""

    party: KnownParty
    as_of: date | None
    hits: tuple[ScreeningHit, ...]
    cut: bool
    versions: tuple[UsedVersion, ...]
    stale: tuple[Stale, ...] = ()

    @property
    def band(self) -> Literal["confirmed", "possible", "none"]:
        """The band of the worst hit that counts."""
        bands = {hit.band for hit in self.hits if hit.in_force}
        return "confirmed" if "confirmed" in bands else "possible" if "possible" in bands else "none"

    @property
    def complete(self) -> bool:
        """Whether every listing was looked at, in lists that are current enough."""
        return not (self.cut or self.stale)


class Screener:
    """Screens names. Never changed once made: one screener serves any number of threads.

    >>> from licet import Screener
    >>> screener = Screener.load()                                       # doctest: +SKIP
    >>> screener.screen("Acme Works", country="CN", as_of=day).band      # doctest: +SKIP
    'possible'
    """

    def __init__(
        self,
        lists: Snapshot,
        packs: Iterable[Pack] = (),
        *,
        settings: Settings = DEFAULT,
        cache: Path | None = None,
        only: Collection[str] | None = None,
    ) -> None:
        self.lists = lists
        self.settings = settings
        self.view: View = view(packs, lists, only)
        self._cache = cache
        self._rulings = {one.about: one for one in lists.adjudications}
        self._versions = tuple(
            UsedVersion(source=v.source, version=v.number, digest=v.digest, current_through=v.source_clock)
            for v in lists.versions
        )

    @classmethod
    def load(
        cls,
        lists: Path | Snapshot | None = None,
        *,
        settings: Settings = DEFAULT,
        cache: Path | None | bool = True,
        packs: Iterable[Path] | None = None,
        only: Collection[str] | None = None,
    ) -> Screener:
        """A screener over all official lists of a store, joined to the packs' own.

        `lists` is the folder of a list store, a `snapshot` of certain versions, or None for the user's own store.
        `cache` is a folder for checked packs and the index of names, True for the user's own, or None for none. `packs`
        are the packs' folders (default: those that come with licet); with none of them, dismissals of what a pack has
        listed itself do not apply. `only` are the lists to look through (default: all).
        Raises `StoreError` for a store that has no list, or cannot be used, and `PolicyError` for such a pack.
        """
        where = default_cache() if cache is True else cache or None
        folders = pack_folders(policies_dir()) if packs is None else packs
        with no_collection():
            fed = lists if isinstance(lists, Snapshot) else stored(lists, only)
            loaded = [load_pack(folder, where) for folder in folders]
            return cls(fed, loaded, settings=settings, cache=where, only=only)

    def screen(
        self,
        name: str,
        *,
        aliases: Sequence[str] = (),
        country: str | None = None,
        address: str | None = None,
        kind: str | None = None,
        as_of: date | None = None,
    ) -> Screening:
        """What the name, its aliases and the address meet, the worst hits first. Nothing is raised by what they hold.

        `country` is an ISO 3166-1 alpha-2 code, `kind` is `entity`, `individual`, `vessel` or `aircraft`; what is None
        is not known. `as_of` is the day on which it is asked: without it every listing counts, in force or not, no
        ruling that expires does, and how old the lists are is not judged.
        """
        party = KnownParty(name=name, aliases=tuple(aliases), country=country, address=address, kind=kind)
        return self.screen_party(party, as_of)

    def screen_party(self, party: KnownParty, as_of: date | None = None) -> Screening:
        """The same of a party."""
        best: dict[Key, ScreeningHit] = {}
        cut = len(party.aliases) > self.settings.aliases
        for n, name in enumerate((party.name, *party.aliases[: self.settings.aliases])):
            found = self._lookup.search(name, party.country, None if n else party.address, party.kind)
            cut |= found.cut
            print_of = fingerprint(name, party.country or None) if self._rulings else ""
            for match in found.matches:
                if match.key not in self._by_key:
                    continue  # of the other of two states that share an index
                hit = self._hit(match, print_of, as_of)
                if hit.key not in best or _rank(hit) < _rank(best[hit.key]):
                    best[hit.key] = hit  # of a party that two names have, one dismissed name settles nothing
        return Screening(
            party=party,
            as_of=as_of,
            hits=tuple(sorted(best.values(), key=_rank)),
            cut=cut,
            versions=self._versions,
            stale=() if as_of is None else self.stale(as_of),
        )

    def screen_many(self, parties: Iterable[KnownParty], as_of: date | None = None) -> Iterator[Screening]:
        """What came of each party, in their order; a name that comes again is not looked up again."""
        for party in parties:
            yield self.screen_party(party, as_of)

    def stale(self, as_of: date) -> tuple[Stale, ...]:
        """The lists that are too old for the day."""
        return tuple(
            Stale(list=one.list, holds_after=one.holds_after)
            for one in self.view.lists
            if one.holds_after is not None and as_of > one.holds_after
        )

    def warm(self) -> None:
        """Make the index of names now, or read it from its cache, and not when the first name is screened."""
        with no_collection():
            _ = self._lookup.index

    # --- one name ----------------------------------------------------------------------------------------------------

    def _hit(self, match: Match, party: str, as_of: date | None) -> ScreeningHit:
        of = self._by_key[match.key]
        if match.key != "\t".join(of.key):
            match = replace(match, key="\t".join(of.key))
        ruling = self._rulings.get((party, *of.key, of.digest)) if self._rulings else None
        return ScreeningHit(
            list=of.listing.list,
            listing=of.listing.id,
            title=of.title,
            band=ruling.finding if ruling is not None and ruling.holds_on(as_of) else _band(match),
            match=match,
            facts=facts(of),
            source=of.source,
            version=of.version,
            digest=of.digest,
            in_force=as_of is None or in_force(of.listing.timeline, as_of).truth != FALSE,
            ruling=ruling,
        )

    # --- the index ---------------------------------------------------------------------------------------------------

    @property
    def _by_key(self) -> Mapping[str, Listed]:
        return self._looked_up[0]

    @property
    def _lookup(self) -> Lookup:
        return self._looked_up[1]

    @cached_property
    def _looked_up(self) -> tuple[Mapping[str, Listed], Lookup]:
        rows, by_key = rows_of(self.view.listed)
        return by_key, Lookup(rows, self.settings, self._cache)


def narrowed(old: Screener, new: Screener, keys: Collection[Key]) -> tuple[Screener, Screener]:
    """Two screeners of some of the listings alone: what they find of those is what the whole ones find of them."""
    was, now = ({key: one for key, one in of.view.listed.items() if key in keys} for of in (old, new))
    rows, before, after = rows_of_both(was, now)
    lookup = Lookup(rows, new.settings)
    return _over(old, was, (before, lookup)), _over(new, now, (after, lookup))


def _over(whole: Screener, listed: Mapping[Key, Listed], looked_up: tuple[Mapping[str, Listed], Lookup]) -> Screener:
    other = Screener.__new__(Screener)
    other.__dict__.update(vars(whole) | {"view": View(listed=listed, lists=whole.view.lists), "_looked_up": looked_up})
    return other


def stored(
    folder: Path | None = None,
    only: Collection[str] | None = None,
    wanted: Mapping[int | str, date | None] | None = None,
) -> Snapshot:
    """What a list store (default: the user's own) holds, to screen against; `wanted` are versions to use.

    Raises `StoreError` where it holds no list: that nothing is met in nothing says nothing.
    """
    none = folder is None and no_lists()
    fed = Snapshot() if none else snapshot(Store(folder), wanted=wanted, lists=only)
    if not fed.versions:
        message = "the list store has no list: import one first, by `licet lists import` or `licet lists update`"
        raise StoreError(message)
    return fed


def _band(match: Match) -> Band:
    return "confirmed" if match.band == "confirmed" else "possible"


def _rank(hit: ScreeningHit) -> tuple[bool, int, float, int, str, str, Key]:
    """Where a hit comes among others: the worst first; the rest makes the order one."""
    match = hit.match
    return (
        not hit.in_force,
        _BANDS[hit.band],
        -match.score,
        _BASES.index(match.basis),
        match.name,
        match.query,
        hit.key,
    )
