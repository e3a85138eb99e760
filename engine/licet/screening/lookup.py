"""Names looked up among what is listed, each once; the index is made when the first is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

from licet.names.index import NameIndex
from licet.names.model import Found, Named
from licet.names.settings import Settings
from licet.policy.model import Listing
from licet.screening.listed import Key, Listed

_KEPT: Final = 50_000
_LONGEST: Final = 500  # of what is remembered by its text
_BEFORE: Final = "\tbefore"


class Lookup:
    """An index of names, and what it answered lately. Threads may share it."""

    def __init__(self, rows: Mapping[str, Named], settings: Settings, cache: Path | None = None) -> None:
        self._rows = rows
        self._settings = settings
        self._cache = cache
        self._known: dict[tuple[str, str | None, str | None, str | None], Found] = {}

    def search(self, name: str, country: str | None, address: str | None, kind: str | None = None) -> Found:
        """What the name and the address come near to."""
        asked = (name, country, address, kind)
        found = self._known.get(asked)
        if found is None:
            found = self.index.search(name, country=country, address=address, kind=kind)
            if len(name) + len(address or "") <= _LONGEST:
                if len(self._known) >= _KEPT:
                    self._known.clear()
                self._known[asked] = found
        return found

    @cached_property
    def index(self) -> NameIndex:
        """The names, taken apart; read from the cache where they have been before. An evaluation uses the same file."""
        entries = tuple(self._rows.values())
        if self._cache is None:
            return NameIndex(entries, self._settings)
        digest = hashlib.sha256(msgspec.msgpack.encode(entries)).hexdigest()
        path = self._cache / f"names-{digest[:16]}.index"
        found = NameIndex.load(path, digest, self._settings)
        if found is None:
            found = NameIndex(entries, self._settings)
            with suppress(OSError):  # a cache that cannot be written is done without
                self._cache.mkdir(parents=True, exist_ok=True)
                found.save(path, digest)
        return found


def named(listing: Listing) -> Named:
    """The listing as the matcher takes it."""
    names = tuple(dict.fromkeys((listing.name, *listing.aliases)))
    return Named(key_of(listing), names, listing.countries, listing.addresses, listing.kind)


def key_of(listing: Listing) -> str:
    """By what the matcher tells listings apart."""
    return f"{listing.list}\t{listing.id}"


def rows_of(listed: Mapping[Key, Listed]) -> tuple[dict[str, Named], dict[str, Listed]]:
    """What is listed as rows of an index, and which listing is meant by each."""
    rows = [(named(one.listing), one) for one in listed.values()]
    return {row.key: row for row, _ in rows}, {row.key: one for row, one in rows}


def rows_of_both(
    old: Mapping[Key, Listed], new: Mapping[Key, Listed]
) -> tuple[dict[str, Named], dict[str, Listed], dict[str, Listed]]:
    """Two states of what is listed as rows of one index, which has once what is the same name by name in both."""
    rows, after = rows_of(new)
    before: dict[str, Listed] = {}
    for key, row in rows_of(old)[0].items():
        own = key if rows.get(key) == row else key + _BEFORE
        rows[own] = row if own == key else msgspec.structs.replace(row, key=own)
        before[own] = old[row.key.partition("\t")[0], row.key.partition("\t")[2]]
    return rows, before, after
