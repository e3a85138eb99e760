"""What changed between two versions of official lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from licet.lists.entry import Entry

_ASIDE: Final = frozenset({"list", "id", "digest"})  # what an entry is known by


class Field(Struct, frozen=True):
    """One field of an entry, as it was and as it is."""

    name: str
    old: Any
    new: Any


class Changed(Struct, frozen=True):
    """An entry that is in both versions, and is not the same."""

    old: Entry
    new: Entry
    fields: tuple[Field, ...]


class Changes(Struct, frozen=True):
    """The differences, each in the order of lists and ids."""

    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[Changed, ...]

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """How many there are of each kind, by list; only lists that differ."""
        kinds = {
            "added": Counter(entry.list for entry in self.added),
            "removed": Counter(entry.list for entry in self.removed),
            "changed": Counter(one.new.list for one in self.changed),
        }
        lists = sorted({name for count in kinds.values() for name in count})
        return {name: {kind: count[name] for kind, count in kinds.items()} for name in lists}


def compare(old: Iterable[Entry], new: Iterable[Entry]) -> Changes:
    """What was added, removed and changed. An entry is the same one where its list and id are.

    Where a source gives one id to several entries, those that stayed the same are set aside before the rest is paired.
    """
    before, after = _by_id(old), _by_id(new)
    added: list[Entry] = []
    removed: list[Entry] = []
    changed: list[Changed] = []
    same = {key for key, entries in before.items() if _digests(entries) == _digests(after.get(key, ()))}
    for key in sorted({*before, *after} - same):
        gone, come = _unlike(before.get(key, ()), after.get(key, ()))
        both = min(len(gone), len(come))
        changed += (_changed(*pair) for pair in zip(gone, come, strict=False))
        removed += gone[both:]
        added += come[both:]
    return Changes(tuple(added), tuple(removed), tuple(changed))


def _by_id(entries: Iterable[Entry]) -> dict[tuple[str, str], list[Entry]]:
    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        found.setdefault((entry.list, entry.id), []).append(entry)
    return found


def _digests(entries: Sequence[Entry]) -> list[str]:
    return sorted([entry.digest for entry in entries])


def _unlike(old: Sequence[Entry], new: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The entries of one id that have no equal on the other side, in a fixed order."""
    gone = Counter(entry.digest for entry in old) - Counter(entry.digest for entry in new)
    come = Counter(entry.digest for entry in new) - Counter(entry.digest for entry in old)
    return _counted(old, gone), _counted(new, come)


def _counted(entries: Sequence[Entry], left: Counter[str]) -> list[Entry]:
    found = []
    for entry in sorted(entries, key=lambda entry: (entry.name, entry.digest)):
        if left[entry.digest]:
            left[entry.digest] -= 1
            found.append(entry)
    return found


def _changed(old: Entry, new: Entry) -> Changed:
    names = (name for name in Entry.__struct_fields__ if name not in _ASIDE)
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in names)
    return Changed(old, new, tuple(Field(name, was, now) for name, was, now in pairs if was != now))
