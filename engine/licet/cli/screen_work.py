"""Screening names and files: what is loaded, and what is said of each party."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path

from licet.cli.codes import BAD, GO, HOLD, worst
from licet.cli.common import finding, findings_data, packs_in, put_data, put_findings
from licet.cli.lists_get import shown_at_work
from licet.cli.lists_work import NothingError, chosen_of, versions_of
from licet.cli.options import DataFormat
from licet.cli.screen_input import Asked, bad_country, parties_in
from licet.cli.screen_shown import (
    about_lists,
    change_data,
    change_text,
    code_of,
    code_of_change,
    json_line,
    screening_data,
    screening_text,
    summary,
)
from licet.cli.terminal import Paint, put, put_bytes
from licet.lists.catalog import Countries
from licet.lists.database import no_lists
from licet.lists.snapshot import Snapshot, snapshot
from licet.lists.store import Store
from licet.policy.cache import default_cache, load_pack
from licet.policy.model import Pack
from licet.screening.collection import no_collection
from licet.screening.rescreen import Rescreener
from licet.screening.screener import KnownParty, Screener, Screening
from licet.suggest import choices, did_you_mean
from licet.text import quoted

_SAID_EVERY = 200
_CODE = 2  # letters of a country code
COMMAND = "<command line>"


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """On what day, against which lists, and how it is shown."""

    as_of: date
    output: DataFormat = DataFormat.TEXT
    only: frozenset[str] | None = None
    versions: tuple[str, ...] = ()
    since: str | None = None
    everything: bool = False
    explain: bool = False
    policies: tuple[Path, ...] = ()


class Loader:
    """Loads what screening takes, from one store."""

    def __init__(self, store: Store, how: How) -> None:
        self.store, self.how = store, how

    @cached_property
    def packs(self) -> Sequence[Pack]:
        """The packs whose listings count. Raises `PolicyError`."""
        return [load_pack(folder, default_cache()) for folder in packs_in(self.how.policies or None)]

    def screener(self, versions: Sequence[str] = ()) -> Screener:
        """A screener of the versions in use, or of others where they are named. Raises `NothingError`."""
        chosen = [*chosen_of(self.store, None), *versions_of(self.store, versions)]
        known = {name for version in chosen for name in version.counts}
        known |= {own.list for pack in self.packs for own in pack.lists}
        for name in sorted(self.how.only or ()):
            if name not in known:
                near = did_you_mean(name, known)
                hint = f"did you mean `{near}`?" if near else f"lists: {choices(known, 20)}"
                raise NothingError(finding(COMMAND, "unknown-list", f"there is no list {quoted(name)}", hint))
        fed: Snapshot = snapshot(self.store, dict.fromkeys(versions), self.how.only)
        return Screener(fed, self.packs, cache=default_cache(), only=self.how.only)


def store_at(lists: Path | None) -> Path | None:
    """The folder of the store. Raises `NothingError` where there is to be none."""
    if lists is None and no_lists():
        hint = "name a list store: `--lists`, or `LICET_LISTS`"
        raise NothingError(finding("lists", "no-lists", "there is no list store to screen against", hint))
    return lists


@cache
def _countries() -> Countries:
    from licet.cli.lists_config import load_readers

    return load_readers(None).countries


def country_of(text: str) -> str | None:
    """The code of a country's code or name; None where it is neither."""
    return _countries().code(text.upper() if len(text.strip()) == _CODE else text)


def country_asked(text: str | None) -> str | None:
    """The country that an option gives. Raises `NothingError` where it is none."""
    if not text:
        return None
    code = country_of(text)
    if code is None:
        kind, message, hint = bad_country(text)
        raise NothingError(finding(COMMAND, kind, message, hint))
    return code


def asked_by_names(names: Sequence[str], country: str | None, address: str | None) -> Iterator[Asked]:
    """The parties of a command line."""
    code = country_asked(country)
    for number, name in enumerate(names, 1):
        if name.strip():
            yield Asked(COMMAND, number, KnownParty(id=str(number), name=name, country=code, address=address))
        else:
            yield Asked(COMMAND, number, finding=finding(COMMAND, "no-name", "a party needs a name"))


def asked_by_file(name: str) -> Iterator[Asked]:
    """The parties of a file."""
    return parties_in(name, country_of)


def screen_all(loader: Loader, asked: Iterable[Asked], *, alone: bool) -> int:
    """The exit code for all parties, after showing what became of each; `alone` is one whose answer is no list."""
    with shown_at_work("loading the lists"), no_collection():
        screener = loader.screener(loader.how.versions)
        screener.warm()
    how = loader.how
    if how.since is not None:
        with shown_at_work("comparing the lists"), no_collection():
            again = Rescreener(loader.screener([how.since]), screener)
        return _changes(again, _counted(asked, how), how)
    if how.output is DataFormat.JSON:
        return worst(_as_data(screener, _counted(asked, how), how, alone=alone))
    return _as_text(screener, _counted(asked, how), how)


def _as_data(screener: Screener, asked: Iterable[Asked], how: How, *, alone: bool) -> Iterator[int]:
    for one in asked:
        if one.party is None:
            _refused(one, how)
            yield BAD
            continue
        screening = screener.screen_party(one.party, how.as_of)
        if alone:
            put_data(screening_data(screening))
        else:
            put_bytes(json_line(screening_data(screening, one.line)))
        yield code_of(screening)


def _as_text(screener: Screener, asked: Iterable[Asked], how: How) -> int:
    paint = Paint(sys.stdout)
    codes: list[int] = []
    bands: Counter[str] = Counter({"confirmed": 0, "possible": 0, "none": 0})
    last: Screening | None = None
    for one in asked:
        if one.party is None:
            _refused(one, how)
            codes.append(BAD)
            continue
        last = screening = screener.screen_party(one.party, how.as_of)
        bands[screening.band] += 1
        codes.append(code_of(screening))
        if how.everything or screening.hits or screening.cut or one.path == COMMAND:
            in_file = one.path != COMMAND
            lines = screening_text(screening, paint, everything=how.everything, explain=how.explain, with_id=in_file)
            put("".join(f"{line}\n" for line in lines))
    if last is not None:
        put("".join(f"{line}\n" for line in about_lists(last)))
    if len(codes) > 1:
        wrong = codes.count(BAD)
        put(summary(bands | ({"not read": wrong} if wrong else {})) + "\n")
    return worst(codes)


def _changes(again: Rescreener, asked: Iterable[Asked], how: How) -> int:
    """What is other for the parties than it was under the older version."""
    paint = Paint(sys.stdout)
    kinds: Counter[str] = Counter()
    codes = [HOLD if again.new.stale(how.as_of) else GO]
    parties = 0
    for one in asked:
        if one.party is None:
            _refused(one, how)
            codes.append(BAD)
            continue
        parties += 1
        for change in again.changes(one.party, how.as_of):
            kinds[change.what] += 1
            codes.append(code_of_change(change))
            if how.output is DataFormat.JSON:
                put_bytes(json_line(change_data(change)))
            else:
                put("".join(f"{line}\n" for line in change_text(change, paint, explain=how.explain)))
    if how.output is DataFormat.TEXT:
        told = ", ".join(f"{count:,} {what}" for what, count in sorted(kinds.items())) or "nothing changed"
        against = f"{len(again.keys):,} listing{'s that differ' if len(again.keys) != 1 else ' that differs'}"
        put(f"{parties:,} {'party' if parties == 1 else 'parties'} against {against}: {told}\n")
        nobody = again.new.screen("", as_of=how.as_of)
        put("".join(f"{line}\n" for line in about_lists(nobody)))
    return worst(codes)


def _refused(one: Asked, how: How) -> None:
    """Say what is wrong with a line; the others are screened all the same."""
    found = [] if one.finding is None else [one.finding]
    if how.output is DataFormat.JSON:
        put_bytes(json_line(findings_data(found, f"{one.path}:{one.line}")))
    else:
        put_findings(found, lambda _: None)


def _counted(asked: Iterable[Asked], how: How) -> Iterator[Asked]:
    """The same, said now and then on a terminal that shows nothing else."""
    if sys.stdout.isatty():
        yield from asked
        return
    with shown_at_work("") as say:
        for number, one in enumerate(asked, 1):
            yield one
            if number % _SAID_EVERY == 0:
                say(f"{number:,} parties {'looked at again' if how.since else 'screened'}")
