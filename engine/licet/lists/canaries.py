"""Signs that a copy of an official list is not whole, or not current, whatever else it looks like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from licet.findings import Finding, Severity, sort_findings
from licet.lists.entry import Entry
from licet.lists.sources import Canary, Sentinel
from licet.lists.store import Version
from licet.text import folded, quoted

#: What no reason makes good: a copy that says nothing is no shorter list, and rows that cannot be read are lost.
NEVER_ACCEPTED: Final = frozenset({"empty-version", "empty-list", "too-many-unreadable"})
#: How a source's clock is known where nothing says it.
NEWEST_ENTRY: Final = "newest-entry"
_DATE_HINT: Final = "say to which day it is current with `--source-date DATE`, or import it with `--accept REASON`"
_HINT: Final = "the version in use is kept; if the source is right, import again with `--accept REASON`"


class Judgement(Struct, frozen=True):
    """What the canaries found, and whether the copy is refused for it."""

    findings: tuple[Finding, ...]
    refused: bool
    accepted: tuple[str, ...] = ()  # codes of breaches that a reason was given for


def judge(
    version: Version,
    before: Version | None,
    missing: Iterable[tuple[str, Sentinel]],
    canary: Canary,
    *,
    accept: bool = False,
) -> Judgement:
    """Every breach of a new version, against the version in use (None for the first).

    `missing` is what `missing_sentinels` found. With `accept`, breaches that a reason can make good become warnings.
    """
    breaches = [*_counts(version, canary), *_shrunk(version, before, canary), *_clock(version, before, canary)]
    breaches += _missing(version, missing)
    breaches += _unreadable(version, canary)
    accepted = sorted({code for code, _ in breaches if accept and code not in NEVER_ACCEPTED})
    findings = [_finding(version, code, text, accepted=code in accepted) for code, text in breaches]
    if version.source_clock is None:
        findings.append(_no_clock(version))
    refused = any(finding.severity is Severity.ERROR for finding in findings)
    return Judgement(tuple(sort_findings(findings)), refused, tuple(accepted))


def missing_sentinels(entries: Iterable[Entry], canary: Canary) -> set[tuple[str, Sentinel]]:
    """The sentinels that are not among the entries of their list, each with the list."""
    wanted: dict[str, dict[Sentinel, str]] = {}
    for name, limits in canary.lists.items():
        wanted[name] = {s: f" {folded(s.name)} " for s in limits.sentinels}
    missing = {(name, sentinel) for name, of_list in wanted.items() for sentinel in of_list}
    for entry in entries:
        for sentinel, words in wanted.get(entry.list, {}).items():
            if (entry.list, sentinel) in missing and sentinel.country in (None, *entry.countries):
                names = (entry.name, *entry.aliases)
                missing -= {(entry.list, sentinel)} if any(words in f" {folded(name)} " for name in names) else set()
    return missing


def stale(version: Version, asked: datetime | None, canary: Canary, as_of: date) -> tuple[Finding, ...]:
    """Why a version is too old to be relied on on a day; nothing where it is not.

    `asked` is when the source was last asked with an answer. Whatever depends on a stale list holds.
    """
    found = []
    last = version.fetched_at.date() if asked is None else max(asked, version.fetched_at).date()
    by_clock, by_asking = _limits(version, last, canary)
    if version.source_clock is None:
        found.append(("list-clock-unknown", "nobody knows to which day the source was current"))
    elif as_of > by_clock:
        text = f"the source was current to {version.source_clock}, more than {canary.source_days} days before {as_of}"
        found.append(("list-too-old", text))
    if as_of > by_asking:
        text = f"the source was last asked on {last}, more than {canary.fetch_days} days before {as_of}"
        found.append(("list-not-asked", text))
    return tuple(
        Finding(
            code=code,
            message=f"{version.source}: {text}",
            path=_path(version),
            line=1,
            column=1,
            help="run `licet lists update`",
        )
        for code, text in found
    )


def holds_after(version: Version, asked: date, canary: Canary) -> date:
    """The last day on which a version is not `stale`, its source last asked on that day; none where it always is."""
    return min(_limits(version, asked, canary))


def _limits(version: Version, asked: date, canary: Canary) -> tuple[date, date]:
    """The last day by the source's own clock, which none is before where nobody knows it; and by when it was asked."""
    clock = version.source_clock
    by_clock = date.min if clock is None else clock + timedelta(days=canary.source_days)
    return by_clock, asked + timedelta(days=canary.fetch_days)


_Breaches = Iterator[tuple[str, str]]


def _counts(version: Version, canary: Canary) -> _Breaches:
    """The floors."""
    if not version.entries:
        yield "empty-version", "there is not one entry in it"
        return
    if version.entries < canary.at_least:
        yield "too-few", f"{version.entries} entries in all, expected at least {canary.at_least}"
    for name, limits in canary.lists.items():
        count = version.counts.get(name, 0)
        if not count and limits.at_least:
            yield "empty-list", f"{name}: there is not one entry of it"
        elif count < limits.at_least:
            yield "too-few-of-list", f"{name}: {count} entries, expected at least {limits.at_least}"


def _shrunk(version: Version, before: Version | None, canary: Canary) -> _Breaches:
    """What has been lost since the version in use: of each list, since one may vanish while another grows."""
    if before is None:
        return
    if _lost(before.entries, version.entries) > canary.most_shrink:
        yield "shrunk", _loss("in all", before.entries, version.entries, canary.most_shrink)
    for name, count in sorted(before.counts.items()):
        limits = canary.lists.get(name)
        most = canary.most_shrink if limits is None or limits.most_shrink is None else limits.most_shrink
        left = version.counts.get(name, 0)
        if _lost(count, left) > most:
            yield "list-shrunk", _loss(name, count, left, most)


def _lost(before: int, now: int) -> float:
    return (before - now) / before if before else 0.0


def _loss(what: str, before: int, now: int, most: float) -> str:
    return f"{what}: {now} entries, and {before} before: {_lost(before, now):.1%} fewer, expected {most:.1%} at most"


def _clock(version: Version, before: Version | None, canary: Canary) -> _Breaches:
    clock, fetched = version.source_clock, version.fetched_at.date()
    if clock is None:
        return
    if fetched - clock > timedelta(days=canary.source_days):
        known = "its newest entry is of" if version.clock_basis == NEWEST_ENTRY else "the source was current to"
        yield "source-too-old", f"{known} {clock}, more than {canary.source_days} days before {fetched}"
    if clock - fetched > timedelta(days=1):  # it may be tomorrow already where the source is
        yield "source-in-future", f"the source says it is current to {clock}, and it was fetched on {fetched}"
    # The newest entry says only that a source is not older, so it cannot be compared with a day that was stated.
    comparable = NEWEST_ENTRY not in {version.clock_basis, before.clock_basis if before is not None else None}
    if before is not None and before.source_clock is not None and comparable and clock < before.source_clock:
        text = f"the source was current to {clock}, and the version in use to {before.source_clock}"
        yield "source-older", text


def _missing(version: Version, missing: Iterable[tuple[str, Sentinel]]) -> _Breaches:
    for name, sentinel in missing:
        if version.counts.get(name, 0):  # of an empty list that is said already
            where = f" in {sentinel.country}" if sentinel.country is not None else ""
            yield "missing-sentinel", f"{name}: {quoted(sentinel.name)}{where} is not in it"


def _unreadable(version: Version, canary: Canary) -> _Breaches:
    rows = version.entries + version.unreadable
    if rows and version.unreadable / rows > canary.most_unreadable:
        most = f"{canary.most_unreadable:.1%}"
        yield "too-many-unreadable", f"{version.unreadable} of {rows} rows cannot be read, expected {most} at most"


def _finding(version: Version, code: str, text: str, *, accepted: bool) -> Finding:
    return Finding(
        code=code,
        message=text,
        path=_path(version),
        line=1,
        column=1,
        help=_help(version, code, accepted=accepted),
        severity=Severity.WARNING if accepted else Severity.ERROR,
    )


def _help(version: Version, code: str, *, accepted: bool) -> str:
    if accepted:
        return "accepted with a reason"
    if code in NEVER_ACCEPTED:
        return "the version in use is kept; the source is broken, or its form has changed"
    return _DATE_HINT if code == "source-too-old" and version.clock_basis == NEWEST_ENTRY else _HINT


def _no_clock(version: Version) -> Finding:
    return Finding(
        code="no-source-clock",
        message="nothing tells to which day the source is current: what depends on it will hold",
        path=_path(version),
        line=1,
        column=1,
        help="say it with `--source-date DATE`",
        severity=Severity.WARNING,
    )


def _path(version: Version) -> str:
    return version.address or version.source
