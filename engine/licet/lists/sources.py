"""What policies/lists/sources.yaml says of the official sources: where they are, and what a sound copy looks like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from licet.text import quoted

_Share = Annotated[float, Meta(ge=0, le=1)]
_Count = Annotated[int, Meta(ge=0)]
_Text = Annotated[str, Meta(min_length=1)]


class Clock(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a source tells the day to which it is current: a field of one row of a JSON list."""

    address: _Text
    rows: _Text  # the field that has the rows
    where: Mapping[str, Any]
    take: _Text


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An official source. In its address, `{date}` stands for the day that its clock tells."""

    title: _Text
    cite: _Text
    address: _Text
    formats: Annotated[tuple[_Text, ...], Meta(min_length=1)]  # the first is what the address gives
    clock: Clock | None = None


class Sentinel(Struct, frozen=True, forbid_unknown_fields=True):
    """An entry that a sound copy has: words of its name, in order."""

    name: _Text
    country: str | None = None


class ListCanary(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a sound copy of one list looks like."""

    at_least: _Count = 0
    most_shrink: _Share | None = None  # None: as the source's
    sentinels: tuple[Sentinel, ...] = ()


class Canary(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a sound copy of a source looks like. Shares are of 1."""

    at_least: _Count = 1
    most_shrink: _Share = 0.05  # in all, and of each list that says nothing else
    most_unreadable: _Share = 0.01
    source_days: _Count = 30  # how old the source's own clock may be
    fetch_days: _Count = 7  # how long ago the source may have been asked last
    lists: Mapping[str, ListCanary] = {}


class Sources(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file, by id; `lists` is what the readers need to know of each list."""

    sources: Mapping[str, Source]
    canaries: Mapping[str, Canary] = {}
    lists: Mapping[str, Any] = {}

    def of_format(self, format: str) -> tuple[str, ...]:
        """The sources that are published in a format."""
        return tuple(name for name, source in self.sources.items() if format in source.formats)

    def canary(self, source: str) -> Canary:
        """What a sound copy of the source looks like; without a word about it, one that has an entry."""
        return self.canaries.get(source, Canary())


def sources_of(data: Any) -> Sources:
    """The sources in the data of a file.

    Raises `ValueError`, whose text says where, for data of another shape, and for canaries of what is not there.
    """
    found = msgspec.convert(data, Sources, strict=True)
    for name, canary in found.canaries.items():
        if name not in found.sources:
            message = f"canary for unknown source {quoted(name)}"
            raise ValueError(message)
        for listed in canary.lists:
            if found.lists and listed not in found.lists:
                message = f"canary for unknown list {quoted(listed)}"
                raise ValueError(message)
    return found
