"""A list as it was read, into the store: kept, unchanged, or refused with all that speaks against it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from licet._version import __version__
from licet.findings import Finding
from licet.lists.canaries import NEWEST_ENTRY, Judgement, judge, missing_sentinels
from licet.lists.entry import Entry
from licet.lists.read import Read
from licet.lists.sources import Canary
from licet.lists.store import Check, NewVersion, Store, Version

Outcome: TypeAlias = Literal["kept", "unchanged", "refused"]


class Origin(Struct, frozen=True, kw_only=True):
    """Where bytes came from, and when."""

    source: str
    address: str
    at: datetime
    etag: str | None = None
    last_modified: str | None = None
    stated_clock: date | None = None  # to which day the source is current, as somebody says
    told_clock: date | None = None  # ... as the source's clock tells


class Imported(Struct, frozen=True, kw_only=True):
    """What came of it, the version now in use, and why a new one was refused."""

    outcome: Outcome
    version: Version | None
    findings: tuple[Finding, ...]


def keep_list(
    store: Store,
    read: Read,
    raw: bytes,
    origin: Origin,
    canary: Canary,
    *,
    accept: str | None = None,
    who: str = "",
) -> Imported:
    """What a reader made of the bytes, in the store, unless a canary refuses it.

    The canaries compare with the version in use while nobody else can write. Raises `StoreError`.
    """
    new = _described(read, raw, origin, accept)
    missing = missing_sentinels(read.entries, canary)
    judged: list[Judgement] = []
    seen: list[Version | None] = []

    def allow(before: Version | None, version: Version) -> Sequence[str] | None:
        judgement = judge(version, before, missing, canary, accept=accept is not None)
        judged.append(judgement)
        seen.append(before)
        return None if judgement.refused else judgement.accepted

    kept = store.keep(new, read.entries, allow, who)
    findings = judged[0].findings if judged else ()
    outcome: Outcome = "refused" if kept is None else "kept" if judged else "unchanged"
    version = kept if kept is not None else seen[0]
    store.note_check(_check(origin, outcome, version, findings))
    return Imported(outcome=outcome, version=version, findings=findings)


def unchanged(store: Store, origin: Origin) -> Imported:
    """What came of asking where the source says that nothing has changed since the version in use."""
    version = store.current(origin.source)
    store.note_check(_check(origin, "unchanged", version, ()))
    return Imported(outcome="unchanged", version=version, findings=())


def last_answer(store: Store, source: str) -> Check | None:
    """When the source was last asked with a usable answer."""
    return next((c for c in reversed(store.checks(source)) if c.answered), None)


def marks_of(store: Store, source: str, address: str) -> tuple[str | None, str | None]:
    """The ETag and Last-Modified of the version in use, if it came from that address; else neither.

    What another licet read is to be read again, even where the source has not changed.
    """
    last, version = last_answer(store, source), store.current(source)
    same = last is not None and last.address == address and version is not None and version.engine == __version__
    return (last.etag, last.last_modified) if last is not None and same else (None, None)


def _described(read: Read, raw: bytes, origin: Origin, accept: str | None) -> NewVersion:
    clock, basis = _clock(read, origin)
    return NewVersion(
        source=origin.source,
        address=origin.address,
        fetched_at=origin.at,
        source_clock=clock,
        clock_basis=basis,
        raw_digest=hashlib.sha256(raw).hexdigest(),
        engine=__version__,
        findings=len(read.findings),
        unreadable=read.bad,
        accepted=accept,
    )


def _clock(read: Read, origin: Origin) -> tuple[date | None, str]:
    """To which day the source is current, and how that is known.

    Where nothing else says it, the newest entry does: a file is at least as new as what stands in it. That errs on the
    side of too old, and too old holds.
    """
    known = (
        (origin.stated_clock, "stated"),
        (read.source_clock, "file"),
        (origin.told_clock, "clock"),
        (_day(origin.last_modified), "last-modified"),
        (_newest(read.entries, origin.at.date()), NEWEST_ENTRY),
    )
    return next(((day, basis) for day, basis in known if day is not None), (None, "unknown"))


def _newest(entries: Iterable[Entry], through: date) -> date | None:
    days = (day for entry in entries for day in (entry.published, entry.effective) if day is not None)
    return max((day for day in days if day <= through), default=None)


def _day(last_modified: str | None) -> date | None:
    try:
        return None if last_modified is None else parsedate_to_datetime(last_modified).date()
    except (ValueError, IndexError, OverflowError):
        return None


def _check(origin: Origin, outcome: Outcome, version: Version | None, findings: Sequence[Finding]) -> Check:
    return Check(
        source=origin.source,
        at=origin.at,
        outcome=outcome,
        address=origin.address,
        version=None if version is None else version.number,
        etag=origin.etag,
        last_modified=origin.last_modified,
        codes=tuple(sorted({finding.code for finding in findings})),
    )
