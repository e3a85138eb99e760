"""Entries of official lists by name."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import combining, normalize

from licet.cli.common import finding
from licet.findings import Finding
from licet.text import clean, folded, quoted

if TYPE_CHECKING:
    from licet.lists.entry import Entry
    from licet.lists.store import Store, Version
    from licet.names import NameIndex

_LONGEST_NAME = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, and the version that it is in."""

    entry: Entry
    version: Version


def named(store: Store, versions: Sequence[Version], name: str, only: str | None) -> list[Found]:
    """The entries that have the name, an alias or an id that is so spelt; letter case and punctuation do not count."""
    words = plain(name)
    return [
        one
        for one in _entries(store, versions, only)
        if name in (one.entry.id, one.entry.digest)
        or (words and words in [plain(known) for known in (one.entry.name, *one.entry.aliases)])
    ]


def searched(store: Store, versions: Sequence[Version], words: Sequence[str], only: str | None) -> list[Found]:
    """The entries with all the words in one of their names, the nearest first."""
    asked = plain(" ".join(words)).split()
    ranked = []
    for place, one in enumerate(_entries(store, versions, only)):
        ranks = [rank for name in (one.entry.name, *one.entry.aliases) if (rank := _rank(asked, plain(name)))]
        if ranks:
            ranked.append((min(ranks), place, one))
    return [one for _, _, one in sorted(ranked, key=lambda row: row[:2])]


def near(store: Store, versions: Sequence[Version], words: Sequence[str], only: str | None) -> list[Found]:
    """The entries whose names are like the words, however they are spelt, the most alike first."""
    found = []
    for version in versions:
        entries = store.entries(version)
        matches = _index(version, entries).search(" ".join(words)).matches
        found += [(-match.score, Found(entries[int(match.key)], version)) for match in matches]
    ranked = [one for _, one in sorted(found, key=lambda row: row[0])]
    return [one for one in ranked if only in (None, one.entry.list)]


def _index(version: Version, entries: Sequence[Entry]) -> NameIndex:
    """The names of a version, indexed; making the index takes much longer than reading it again."""
    from licet.names import Named, NameIndex
    from licet.policy.cache import default_cache

    cache = default_cache()
    path = None if cache is None else cache / f"lists-{version.entries_digest[:32]}.names"
    kept = None if path is None else NameIndex.load(path, version.entries_digest)
    if kept is not None:
        return kept
    index = NameIndex(
        Named(
            key=str(place),
            names=(entry.name, *entry.aliases),
            countries=entry.countries,
            addresses=tuple(address.text for address in entry.addresses),
            kind=entry.kind,
        )
        for place, entry in enumerate(entries)
    )
    if path is not None:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            index.save(path, version.entries_digest)
    return index


def _rank(asked: list[str], name: str) -> tuple[int, int] | None:
    """How far a name is from the words: the same, whole words, parts of words; then the shorter one first."""
    if not asked or not all(word in name for word in asked):
        return None
    whole = set(asked) <= set(name.split())
    return (0 if name == " ".join(asked) else 1 if whole else 2, len(name))


def plain(name: str) -> str:
    """The words of a name as one who has seen it printed would type them: in lower case, without accents.

    >>> plain("São Paulo Co., Ltd.")
    'sao paulo co ltd'
    """
    seen = name if name.isprintable() else clean(name, _LONGEST_NAME)
    return folded(seen if seen.isascii() else "".join(c for c in normalize("NFKD", seen) if not combining(c)))


def suggested(name: str, near: Sequence[Found]) -> Finding:
    """That nothing has the name, and what is near."""
    from licet.suggest import choices

    names = list(dict.fromkeys(one.entry.name for one in near))
    hint = f"near: {choices(names, 5)}" if names else "see `licet lists search`"
    return finding("lists", "unknown-name", f"no entry has the name {quoted(name)}", hint)


def found_as_data(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Entries as JSON data, each with its version."""
    from licet.cli.lists_shown import entry_data

    return [
        {"version": one.version.number, "source": one.version.source, "entry": entry_data(one.entry)} for one in found
    ]


def _entries(store: Store, versions: Sequence[Version], only: str | None) -> list[Found]:
    wanted = None if only is None else [only]
    return [Found(entry, version) for version in versions for entry in store.entries(version, wanted)]
