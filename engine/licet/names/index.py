"""Listed names, looked up by any spelling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from licet.names.addresses import Address, alike
from licet.names.addresses import address as taken_apart
from licet.names.align import Memo, score
from licet.names.brands import readings
from licet.names.model import Aligned, Found, Match, Named, Score
from licet.names.prepare import LENGTH, Prepared, prepare
from licet.names.settings import DEFAULT, Settings

if TYPE_CHECKING:
    from licet.names.saved import Rows

_NOT_SAID: Final = frozenset({"", "unknown"})


class NameIndex:
    """Entries, looked up by name and address. Never changed once made: one index serves any number of threads."""

    def __init__(self, entries: Iterable[Named], settings: Settings = DEFAULT) -> None:
        from licet.names.saved import built

        self.settings = settings
        self.rows: Rows = built(tuple(entries))

    @property
    def entries(self) -> Sequence[Named]:
        """What is listed, in the order given."""
        return self.rows.entries

    def save(self, path: Path, digest: str) -> None:
        """Write the index to a file, whole or not at all. `digest` says of what version of the lists it is.

        Raises `OSError` where it cannot be written.
        """
        from licet.names.saved import save

        save(self.rows, path, digest)

    @classmethod
    def load(cls, path: Path, digest: str, settings: Settings = DEFAULT) -> NameIndex | None:
        """The index of a file, or None where it is not there, damaged, or of other lists or another licet."""
        from licet.names.saved import load

        rows = load(path, digest)
        if rows is None:
            return None
        index = cls.__new__(cls)
        index.settings, index.rows = settings, rows
        return index

    def search(
        self,
        name: str,
        *,
        aliases: Sequence[str] = (),
        country: str | None = None,
        address: str | None = None,
        kind: str | None = None,
    ) -> Found:
        """The entries that a party may be, by its name, aliases, country (ISO 3166-1 alpha-2), address and kind.

        A country or kind that is not stated is unknown. Nothing is raised, whatever the texts hold.
        """
        search = _Search(self.rows, self.settings, country, kind)
        for one in dict.fromkeys((name, *aliases[: self.settings.aliases])):
            search.name(one)
        if address:
            search.address(address)
        return search.found(cut=len(aliases) > self.settings.aliases)


class _Search:
    """One search: the best match of each entry so far."""

    def __init__(self, rows: Rows, settings: Settings, country: str | None, kind: str | None) -> None:
        self.rows, self.settings = rows, settings
        self.country, self.kind = (country or "").upper(), kind or ""
        self.best: dict[str, Match] = {}
        self.cut = False
        self.memo: Memo = {}

    def name(self, name: str) -> None:
        """Look the name up, and what it stands for where it is a brand in another script."""
        self._one(name, name, brand=False)
        for reading in readings(name):
            self._one(reading, name, brand=True)

    def _one(self, name: str, shown: str, *, brand: bool) -> None:
        prepared = prepare(name)
        self.cut |= prepared.cut
        for row in dict.fromkeys((*self.rows.equal(prepared.key), *self._candidates(prepared))):
            compared = score(prepared, self.rows.prepared(row), self.memo, self.settings.floor)
            if compared is not None:
                entry, which = self.rows.owner(row)
                basis = "brand" if brand else "alias" if which else "name"
                self._keep(entry, entry.names[which], shown, basis, compared)

    def _candidates(self, prepared: Prepared) -> list[int]:
        rows, estimates = self.rows.postings.rows(prepared, self.settings.floor)
        if len(rows) > self.settings.candidates:
            self.cut = True
            rows = rows[(-estimates).argsort(kind="stable")[: self.settings.candidates]]
        found: list[int] = rows.tolist()
        return found

    def _keep(self, entry: Named, name: str, shown: str, basis: str, compared: Score) -> None:
        country = self._agreement(entry)
        band = self._band(compared.score, country, entry.kind)
        if band is None:
            return
        match = Match(
            key=entry.key,
            name=name,
            query=shown[:LENGTH],
            basis=basis,
            score=compared.score,
            band=band,
            explanation=msgspec.structs.replace(compared, country=country),
        )
        known = self.best.get(entry.key)
        if known is None or _rank(match) < _rank(known):
            self.best[entry.key] = match

    def _agreement(self, entry: Named) -> str:
        if not entry.countries:
            return "unlisted"
        if not self.country:
            return "unknown"
        return "agrees" if self.country in entry.countries else "differs"

    def _band(self, value: float, country: str, kind: str) -> str | None:
        settings = self.settings
        other = kind != self.kind and not _NOT_SAID.intersection((kind, self.kind))
        sure = value >= settings.confirmed_agrees if country == "agrees" else country == "unlisted" and value == 1
        if sure and not other:
            return "confirmed"
        least = {"agrees": settings.possible_agrees, "differs": settings.possible_differs}
        needed = least.get(country, settings.possible_unknown)
        return "possible" if value >= (max(needed, settings.possible_differs) if other else needed) else None

    def address(self, text: str) -> None:
        """Look the address up; an entry that is met by name already is not met once more."""
        asked = taken_apart(text)
        for entry, listed, there in self._addresses(asked):
            value, shared = alike(asked, there)
            if value < self.settings.address or entry.key in self.best:
                continue
            pairs = tuple(Aligned(pair, pair, 1.0, 1.0, "address") for pair in shared)
            ranked = value * self.settings.possible_differs
            self.best[entry.key] = Match(
                key=entry.key,
                name=listed,
                query=text[:LENGTH],
                basis="address",
                score=ranked,
                band="possible",
                explanation=Score(score=ranked, aligned=pairs, country=self._agreement(entry), address=shared),
            )

    def _addresses(self, asked: Address) -> Iterator[tuple[Named, str, Address]]:
        streets = self.rows.streets()
        places = dict.fromkeys(place for pair in sorted(asked.pairs) for place in streets.get(pair, ()))
        for at, which in sorted(places):
            entry = self.rows.entries[at]
            yield entry, entry.addresses[which], taken_apart(entry.addresses[which])

    def found(self, *, cut: bool) -> Found:
        """The matches, the best one first."""
        return Found(tuple(sorted(self.best.values(), key=_rank)), self.cut or cut)


def _rank(match: Match) -> tuple[str, float, int, str, str, str]:
    """Where a match comes among others: confirmed ones first, then by score; the rest makes the order one."""
    basis = ("name", "alias", "brand", "address").index(match.basis)
    return (match.band, -match.score, basis, match.name, match.query, match.key)
