"""Getting official lists into the store: from a file, an address, or where they are published."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.cli.codes import BAD, FAILED, GO
from licet.cli.common import finding
from licet.cli.lists_config import load_readers, load_sources, now, who
from licet.cli.orders import STDIN
from licet.cli.terminal import put
from licet.findings import Finding
from licet.text import quoted

if TYPE_CHECKING:
    from licet.lists.catalog import Catalog
    from licet.lists.fetch import Fetched
    from licet.lists.importing import Imported, Origin
    from licet.lists.read import Format, Read
    from licet.lists.sources import Clock, Source, Sources
    from licet.lists.store import Store

_MOST_BYTES = 200_000_000
_MOST_CLOCK = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line says about an import."""

    source: str | None = None
    source_date: date | None = None
    accept: str | None = None
    format: Format | None = None
    seconds: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What came of one source: the exit code, what is to be said, and the version now in use."""

    source: str
    code: int
    outcome: str
    findings: tuple[Finding, ...] = ()
    imported: Imported | None = None


class Getter:
    """Reads and keeps lists; it loads what it needs once."""

    def __init__(self, store: Store, folder: Path | None, wanted: Wanted) -> None:
        self.sources: Sources = load_sources(folder)
        self._catalog: Catalog = load_readers(folder)
        self._store = store
        self._wanted = wanted

    def file(self, name: str) -> Got:
        """A list from a file, an address, or `-`, the standard input."""
        from licet.lists.fetch import FetchError
        from licet.lists.importing import Origin

        source = self._wanted.source or ""
        try:
            if "://" in name:
                fetched = self._fetched(name)
                raw, marks = fetched.raw or b"", fetched
            else:
                raw, marks = _bytes_of(name), None
        except FetchError as error:
            return _not_fetched(source, name, error)
        except OSError as error:
            return _bad(source, finding(name, "cannot-read", f"{quoted(name, 200)} cannot be read: {_why(error)}"))
        if len(raw) > _MOST_BYTES:
            return _bad(source, finding(name, "too-large", f"the file has more than {_MOST_BYTES} bytes"))
        origin = Origin(
            source=source,
            address=STDIN if name == "-" else name,
            at=now(),
            etag=None if marks is None else marks.etag,
            last_modified=None if marks is None else marks.last_modified,
            stated_clock=self._wanted.source_date,
        )
        return self._kept(raw, origin)

    def update(self, name: str) -> Got:
        """A source from where it is published, if it has changed."""
        from licet.lists.fetch import FetchError
        from licet.lists.importing import Origin, marks_of, unchanged

        source = self.sources.sources[name]
        try:
            told = None if source.clock is None else self._told(source.clock)
            address = source.address.replace("{date}", "" if told is None else told.isoformat())
            etag, last_modified = marks_of(self._store, name, address)
            fetched = self._fetched(address, etag=etag, last_modified=last_modified)
        except FetchError as error:
            self._note_failure(name, source, error.code)
            return _not_fetched(name, source.address, error)
        origin = Origin(
            source=name,
            address=address,
            at=now(),
            etag=fetched.etag or (etag if fetched.raw is None else None),
            last_modified=fetched.last_modified or (last_modified if fetched.raw is None else None),
            told_clock=told,
            stated_clock=self._wanted.source_date,
        )
        if fetched.raw is None:
            imported = unchanged(self._store, origin)
            return Got(source=name, code=GO, outcome=imported.outcome, imported=imported)
        return self._kept(fetched.raw, origin)

    def _kept(self, raw: bytes, origin: Origin) -> Got:
        """The bytes read and kept, or why not."""
        from msgspec.structs import replace

        from licet.lists.importing import keep_list
        from licet.lists.read import read_list

        with shown_at_work(f"reading {len(raw) / 1e6:.1f} MB"):
            read = read_list(raw, self._wanted.format, self._catalog, path=origin.address)
        if read.refused:
            return _bad(origin.source, *read.findings)
        source = origin.source or self._source_of(read, origin.address)
        if isinstance(source, Finding):
            return _bad("", *read.findings, source)
        if source not in self.sources.sources:
            return _bad(source, self._unknown(source))
        imported = keep_list(
            self._store,
            read,
            raw,
            replace(origin, source=source),
            self.sources.canary(source),
            accept=self._wanted.accept,
            who=who(),
        )
        code = BAD if imported.outcome == "refused" else GO
        found = (*read.findings, *imported.findings)
        return Got(source=source, code=code, outcome=imported.outcome, findings=found, imported=imported)

    def _source_of(self, read: Read, address: str) -> str | Finding:
        """The source that publishes lists in the file's format, where only one does."""
        known = self.sources.of_format(read.format or "") or tuple(self.sources.sources)
        if len(known) == 1:
            return known[0]
        named = ", ".join(f"`{name}`" for name in known)
        return finding(address, "which-source", "several sources have this format", f"say which: `--source` {named}")

    def _unknown(self, name: str) -> Finding:
        return unknown_source(name, self.sources)

    def _fetched(self, address: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        from licet.lists.fetch import Limits, fetch

        limits = Limits(whole=self._wanted.seconds, size=_MOST_BYTES)
        with shown_at_work("") as say:

            def progress(got: int, of: int | None) -> None:
                say(f"fetching {got / 1e6:.1f}{'' if of is None else f' of {of / 1e6:.1f}'} MB")

            return fetch(address, etag=etag, last_modified=last_modified, limits=limits, progress=progress)

    def _told(self, clock: Clock) -> date:
        """The day that a source's clock tells. Raises `FetchError`."""
        from licet.lists.fetch import FetchError, Limits, fetch

        limits = Limits(whole=self._wanted.seconds, size=_MOST_CLOCK)
        day = day_told(fetch(clock.address, limits=limits).raw or b"", clock)
        if day is None:
            raise FetchError("no-clock", f"{quoted(clock.address, 200)} does not tell `{clock.take}` of {clock.rows}")
        return day

    def _note_failure(self, name: str, source: Source, code: str) -> None:
        from licet.lists.store import Check

        current = self._store.current(name)
        version = None if current is None else current.number
        self._store.note_check(
            Check(source=name, at=now(), outcome="failed", address=source.address, version=version, codes=(code,))
        )


def day_told(raw: bytes, clock: Clock) -> date | None:
    """The day in the row of a JSON answer that the clock describes; None where there is none."""
    import json

    try:
        rows = json.loads(raw)[clock.rows]
        found = [row for row in rows if all(row.get(name) == value for name, value in clock.where.items())]
        return date.fromisoformat(found[0][clock.take]) if len(found) == 1 else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def unknown_source(name: str, sources: Sources) -> Finding:
    """That there is no such source, and which there are."""
    from licet.suggest import choices, did_you_mean

    near = did_you_mean(name, sources.sources)
    hint = f"did you mean `{near}`?" if near else f"sources: {choices(list(sources.sources))}"
    return finding("sources.yaml", "unknown-source", f"there is no source {quoted(name)}", hint)


def as_data(got: Got) -> Mapping[str, Any]:
    """What came of it, as JSON data."""
    from licet.cli.common import findings_data
    from licet.cli.lists_shown import version_data

    version = None if got.imported is None else got.imported.version
    return {
        "source": got.source,
        "outcome": got.outcome,
        "version": None if version is None else version_data(version),
        "findings": findings_data(got.findings, "")["findings"],
    }


def _bytes_of(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(_MOST_BYTES + 1)
    with Path(name).open("rb") as file:
        return file.read(_MOST_BYTES + 1)


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _bad(source: str, *findings: Finding) -> Got:
    return Got(source=source, code=BAD, outcome="refused", findings=findings)


def _not_fetched(source: str, address: str, error: Exception) -> Got:
    refused = getattr(error, "refused", False)
    found = finding(address, str(getattr(error, "code", "failed")), str(error))
    return Got(source=source, code=BAD if refused else FAILED, outcome="failed", findings=(found,))


@contextmanager
def shown_at_work(text: str) -> Iterator[Any]:
    """Says on a terminal what is going on, and takes it away at the end; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return

    def say(now: str) -> None:
        put(f"\r\x1b[K{now}", sys.stderr)
        sys.stderr.flush()

    say(text)
    try:
        yield say
    finally:
        say("")
