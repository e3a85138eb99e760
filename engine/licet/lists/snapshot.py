"""What a store holds at one moment, for evaluations to rest on: versions of lists, and what was found about hits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from licet.lists.adjudications import Adjudication, history
from licet.lists.canaries import holds_after
from licet.lists.entry import Entry
from licet.lists.sources import Sources, sources_of
from licet.lists.store import Store, StoreError, Version
from licet.resources import policies_dir, yaml_data


class FedList(Struct, frozen=True, kw_only=True):
    """One list as a version of a source has it; `holds_after` is the last day on which it is current enough."""

    list: str
    source: str
    version: int
    entries: Sequence[Entry]
    vintage: date | None  # the day on which the source was current
    asked: date  # the day on which the source was last asked
    holds_after: date


class Snapshot(Struct, frozen=True, kw_only=True):
    """Versions in use, their lists, and the adjudications that no later one supersedes."""

    versions: Sequence[Version] = ()
    lists: Sequence[FedList] = ()
    adjudications: Sequence[Adjudication] = ()

    @property
    def adjudicated(self) -> str | None:
        """The digest of the adjudications; None where there are none."""
        return _digest(self.adjudications)


def snapshot(
    store: Store,
    wanted: Mapping[int | str, date | None] | None = None,
    lists: Iterable[str] | None = None,
    folder: Path | None = None,
    adjudicated: str | None = None,
) -> Snapshot:
    """What the store holds of each source: its current version, or the one that is `wanted` by number or digest.

    A version ages from the day on which its source was last asked and had nothing newer: the last such day on record,
    or the one stated beside the version that is wanted, as a decision names it. `lists` are the lists whose entries
    are asked for (default: all of them). `folder` has the file that says how old a source may be (default: that of the
    policies that come with licet).
    `adjudicated` is the digest of the adjudications that are asked for (default: those that stand now).
    Raises `StoreError` for a version or adjudications that are not there, or damaged, and `ValueError` where that file
    cannot be used.
    """
    chosen = _chosen(store, wanted)
    if not chosen:
        return Snapshot(adjudications=_standing(store, adjudicated))
    sources = read_sources(policies_dir() / "lists" if folder is None else folder)
    asked = None if lists is None else set(lists)
    fed = [one for version, day in chosen.values() for one in _lists_of(store, version, day, sources, asked)]
    return Snapshot(
        versions=tuple(version for version, _ in chosen.values()),
        lists=tuple(fed),
        adjudications=_standing(store, adjudicated),
    )


def read_sources(folder: Path) -> Sources:
    """What the folder's `sources.yaml` says. Raises `ValueError` where it cannot be used."""
    import yaml

    try:
        return sources_of(yaml_data((folder / "sources.yaml").read_bytes()))
    except (OSError, yaml.YAMLError) as problem:
        raise ValueError(f"cannot read the official sources: {problem}") from problem


def _chosen(store: Store, wanted: Mapping[int | str, date | None] | None) -> Mapping[str, tuple[Version, date]]:
    """By source, the version to use, and the day on which the source was last asked."""
    chosen = {version.source: (version, _asked(store, version)) for version in store.versions()}  # the last of each
    for name, day in (wanted or {}).items():
        version = store.version(name)
        if version is None:
            raise StoreError(f"no version `{name}` in the list store")
        chosen[version.source] = version, day or _asked(store, version)
    return dict(sorted(chosen.items()))


def _asked(store: Store, version: Version) -> date:
    """The last day on which the source was asked and had nothing newer than the version."""
    days = [
        check.at.date() for check in store.checks(version.source) if check.version == version.number and check.answered
    ]
    return max([*days, version.fetched_at.date()])


def _lists_of(store: Store, version: Version, day: date, sources: Sources, asked: set[str] | None) -> Iterable[FedList]:
    names = sorted(name for name in version.counts if asked is None or name in asked)
    by_list: dict[str, list[Entry]] = {name: [] for name in names}
    for entry in store.entries(version, names):
        by_list[entry.list].append(entry)
    for name, entries in by_list.items():
        yield FedList(
            list=name,
            source=version.source,
            version=version.number,
            entries=entries,
            vintage=version.source_clock,
            asked=day,
            holds_after=holds_after(version, day, sources.canary(version.source)),
        )


def _standing(store: Store, digest: str | None) -> Sequence[Adjudication]:
    """The adjudications that no later one supersedes: now, or when they had the digest."""
    made = history(store)
    for count in range(len(made), -1, -1):
        then = made[:count]
        ids = {one.id for one in then}
        standing = tuple(
            msgspec.structs.replace(one, superseded_by=None) for one in then if one.superseded_by not in ids
        )
        if digest is None or _digest(standing) == digest:
            return standing
    raise StoreError("the store never had the adjudications that the decision used")


def _digest(adjudications: Sequence[Adjudication]) -> str | None:
    if not adjudications:
        return None
    return hashlib.sha256(msgspec.json.encode(adjudications, order="sorted")).hexdigest()
