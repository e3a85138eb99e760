"""Which versions of official lists are in use, and how old they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from licet.findings import Finding
from licet.text import clean

if TYPE_CHECKING:
    from licet.lists.read import Share
    from licet.lists.sources import Sources
    from licet.lists.store import Check, Store, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A source: its version in use, what was tried last, and why its lists would hold what depends on them.

    `shares` says of each list with license requirements how many of their words could be read.
    """

    source: str
    title: str
    version: Version | None
    last: Check | None
    stale: tuple[Finding, ...]
    shares: Mapping[str, Share]


def status_of(store: Store, sources: Sources, as_of: date) -> list[Status]:
    """The status of each source, those that only the store knows included."""
    from licet.lists.canaries import stale
    from licet.lists.importing import last_answer
    from licet.lists.read import shares

    found = []
    for name in dict.fromkeys((*sources.sources, *(version.source for version in store.versions()))):
        version, checks = store.current(name), store.checks(name)
        answer = last_answer(store, name)
        known = sources.sources.get(name)
        found.append(
            Status(
                source=name,
                title="" if known is None else known.title,
                version=version,
                last=checks[-1] if checks else None,
                stale=()
                if version is None
                else stale(version, None if answer is None else answer.at, sources.canary(name), as_of),
                shares={} if version is None else shares(store.entries(version)),
            )
        )
    return found


def status_data(status: Status) -> Mapping[str, Any]:
    """A status as JSON data."""
    from msgspec import to_builtins

    from licet.cli.lists_shown import version_data

    return {
        "source": status.source,
        "title": status.title,
        "version": None if status.version is None else version_data(status.version),
        "last": None if status.last is None else to_builtins(status.last),
        "shares": to_builtins(status.shares),
        "stale": [{"code": found.code, "message": found.message} for found in status.stale],
    }


def status_text(found: Sequence[Status]) -> Iterator[str]:
    """The status of sources, one after the other."""
    from licet.cli.lists_shown import version_text

    for status in found:
        yield clean(f"{status.source}: {status.title}" if status.title else status.source, 300)
        if status.version is None:
            yield "  no version: see `licet lists update` and `licet lists import`"
        else:
            yield from (f"  {line}" for line in version_text(status.version))
        for name, share in status.shares.items():
            yield f"  {clean(name, 100)}: requirement and review policy read of {share.read} of {share.entries} entries"
        if status.last is not None:
            why = f" ({', '.join(status.last.codes)})" if status.last.codes else ""
            yield f"  last asked {status.last.at.isoformat()}: {clean(status.last.outcome + why, 300)}"
        yield from (f"  stale: {clean(one.message, 300)} [{one.code}]" for one in status.stale)
