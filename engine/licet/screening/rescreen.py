"""Known parties looked at again under other versions of the lists: only what changed, by only what changed.

Whether a name meets a listing depends on those two alone (decision 0012). So the parties are looked up among the
listings that differ, as they were and as they are: a few hundred names in place of tens of thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from licet.lists.adjudications import Adjudication
from licet.lists.snapshot import Snapshot
from licet.names.settings import DEFAULT, Settings
from licet.policy.model import Pack
from licet.screening.listed import Key
from licet.screening.screener import KnownParty, Screener, Screening, ScreeningHit, narrowed


class Change(Struct, frozen=True, kw_only=True):
    """A hit of a party that appeared, went or changed; or a party that could not be looked up in full (`cut`).

    `fields` are what changed: `band`, `score`, `name` (the one that was met), `basis`, `in_force`, `ruling`, and
    `listing`, where the list says something else of it now.
    """

    party: KnownParty
    what: Literal["appeared", "went", "changed", "cut"]
    before: ScreeningHit | None = None
    after: ScreeningHit | None = None
    fields: tuple[str, ...] = ()


def rescreen(
    old: Snapshot,
    new: Snapshot,
    parties: Iterable[KnownParty],
    *,
    packs: Sequence[Pack] = (),
    settings: Settings = DEFAULT,
    as_of: date | None = None,
) -> Iterator[Change]:
    """What a full run on `new` would find other than one on `old`, party by party in their order.

    `packs` are those whose own listings count too; `settings` and `as_of` are as a screener takes them.
    """
    again = Rescreener(Screener(old, packs, settings=settings), Screener(new, packs, settings=settings))
    for party in parties:
        yield from again.changes(party, as_of)


class Rescreener:
    """Two screeners, and what they differ in. Safe to share between threads."""

    def __init__(self, old: Screener, new: Screener) -> None:
        self.keys = changed(old, new)
        self.old, self.new = narrowed(old, new, self.keys)

    def changes(self, party: KnownParty, as_of: date | None = None) -> tuple[Change, ...]:
        """What is other for a party now."""
        return differences(self.old.screen_party(party, as_of), self.new.screen_party(party, as_of))


def changed(old: Screener, new: Screener) -> frozenset[Key]:
    """The listings that are not the same, or of which something else was found."""
    before, after = old.view.listed, new.view.listed
    keys = {key for key, one in before.items() if key not in after or after[key].listing != one.listing}
    keys |= after.keys() - before.keys()
    ruled = set(map(_ruling, old.lists.adjudications)) ^ set(map(_ruling, new.lists.adjudications))
    return frozenset(keys | {(each[1], each[2]) for each in ruled})


def differences(before: Screening, after: Screening) -> tuple[Change, ...]:
    """What one screening of a party has that another has not, by list and listing."""
    was, now = ({hit.key: hit for hit in one.hits} for one in (before, after))
    found = [Change(party=after.party, what="cut")] if after.cut else []
    for key in sorted({*was, *now}):
        one, other = was.get(key), now.get(key)
        if one is None or other is None:
            what: Literal["appeared", "went"] = "appeared" if one is None else "went"
            found.append(Change(party=after.party, what=what, before=one, after=other))
        elif fields := tuple(name for name in _told(one) if _told(one)[name] != _told(other)[name]):
            found.append(Change(party=after.party, what="changed", before=one, after=other, fields=fields))
    return tuple(found)


def _told(hit: ScreeningHit) -> dict[str, object]:
    """What is compared of a hit; of which version it is, is not."""
    match = hit.match
    return {
        "band": hit.band,
        "score": match.score,
        "name": (match.name, match.query),
        "basis": match.basis,
        "in_force": hit.in_force,
        "ruling": None if hit.ruling is None else hit.ruling.id,
        "listing": (hit.digest, hit.title, hit.facts),
    }


def _ruling(one: Adjudication) -> tuple[str, ...]:
    return *one.about, str(one.id), one.finding, str(one.expires_on)
