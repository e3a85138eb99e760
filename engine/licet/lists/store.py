"""Versions of official lists, each kept for good, so that an old decision can be made again."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Final

import msgspec
from msgspec import Struct

from licet.lists.database import Database, StoreError, default_folder
from licet.lists.entry import Entry

__all__ = ["Check", "NewVersion", "Store", "StoreError", "Version", "default_folder"]

_PREFIX: Final = 8  # digits of a version's digest that name it well enough
_ENCODE = msgspec.msgpack.Encoder(order="deterministic").encode


class NewVersion(Struct, frozen=True, kw_only=True):
    """What is known of a version before it is kept; times are the caller's, and never read from a clock here."""

    source: str  # the id that policies/lists/sources.yaml gives it
    address: str  # where it came from: an address, or the name of a file
    fetched_at: datetime
    source_clock: date | None  # the day on which the source was current
    clock_basis: str  # how that day is known
    raw_digest: str  # SHA-256 of the bytes as they came
    engine: str
    findings: int = 0  # problems met while reading
    unreadable: int = 0  # rows of the source that are no entry
    accepted: str | None = None  # why a canary's breach was accepted
    accepted_codes: tuple[str, ...] = ()


class _Kept(NewVersion, frozen=True, kw_only=True):
    """What is kept of a version, as text."""

    entries_digest: str  # the same for the same entries, in whatever order they came
    counts: Mapping[str, int]  # entries by list


class Version(_Kept, frozen=True, kw_only=True):
    """A version of a source's lists."""

    number: int
    digest: str  # of all of it but its number

    @property
    def entries(self) -> int:
        """How many entries it has."""
        return sum(self.counts.values())


class Check(Struct, frozen=True, kw_only=True):
    """An attempt to get a source's lists, and what came of it."""

    source: str
    at: datetime
    outcome: str  # `kept`, `unchanged`, `refused` or `failed`
    address: str = ""
    version: int | None = None  # the version in use afterwards
    etag: str | None = None
    last_modified: str | None = None
    codes: tuple[str, ...] = ()  # the findings that refused it

    @property
    def answered(self) -> bool:
        """Whether the answer was of use: a list that is in use now."""
        return self.outcome in {"kept", "unchanged"}


class Store:
    """The list store in a folder; it may be shared by threads, and by processes."""

    def __init__(self, folder: Path | None = None) -> None:
        self.database = Database(default_folder() if folder is None else folder)

    # --- versions ----------------------------------------------------------------------------------------------------

    def versions(self, source: str | None = None) -> tuple[Version, ...]:
        """Every version, oldest first; of one source, or of all."""
        if not self.database.exists():
            return ()
        with self.database.reading() as connection:
            found = connection.execute(
                "select number, digest, body from version where ?1 is null or source = ?1 order by number", (source,)
            ).fetchall()
        return tuple(_version(*row) for row in found)

    def current(self, source: str) -> Version | None:
        """The version in use: the source's last."""
        if not self.database.exists():
            return None
        with self.database.reading() as connection:
            return _current(connection, source)

    def version(self, id: int | str) -> Version | None:
        """The version of that number or digest, or of a digest that begins so (eight digits at least)."""
        for found in self.versions():
            if id == found.number or id in (str(found.number), found.digest):
                return found
            if isinstance(id, str) and len(id) >= _PREFIX and found.digest.startswith(id.lower()):
                return found
        return None

    def entries(self, version: Version, lists: Iterable[str] | None = None) -> tuple[Entry, ...]:
        """The version's entries, of all its lists or of those named, by list and then by id.

        Raises `StoreError` where what is kept is not what was kept.
        """
        wanted = None if lists is None else set(lists)
        with self.database.reading() as connection:
            kept = connection.execute(
                "select v.list, v.digest, l.entries, l.ids from version_list v join list l on l.digest = v.digest "
                "where v.version = ? order by v.list",
                (version.number,),
            ).fetchall()
            if _all_digest((name, digest) for name, digest, _, _ in kept) != version.entries_digest:
                raise _damaged(version.number)
            chosen = [row for row in kept if wanted is None or row[0] in wanted]
            bodies = [_bodies(connection, version, *row) for row in chosen]
        return _decoded([body for part in bodies for body in part])

    def keep(
        self,
        new: NewVersion,
        entries: Iterable[Entry],
        allow: Callable[[Version | None, Version], Sequence[str] | None] | None = None,
        who: str = "",
    ) -> Version | None:
        """The version as kept, or None where `allow` refuses it; the audit says who kept it.

        `allow` is given the version now in use (None for the first) and the new one, while nobody else can write: what
        it compares with is what the new one replaces. It gives the codes that had to be accepted, or None to refuse.
        The very same bytes again, read by the same engine and with the same source clock, make no new version.
        """
        lists = _by_list(entries)
        with self.database.writing() as connection:
            before = _current(connection, new.source)
            (number,) = connection.execute("select coalesce(max(number), 0) + 1 from version").fetchone()
            version = _made(new, number, lists)
            if before is not None and _same(before, version):
                return before
            codes = () if allow is None else allow(before, version)
            if codes is None:
                return None
            # A reason that nothing had to be accepted for is not kept: it would excuse what nobody saw.
            reason = new.accepted if codes else None
            version = _made(msgspec.structs.replace(new, accepted=reason, accepted_codes=tuple(codes)), number, lists)
            _insert(connection, version, lists)
            about = {"source": new.source, "version": number, "digest": version.digest, "accepted": reason}
            note(connection, new.fetched_at, who, "import", about)
        return version

    # --- what was tried ----------------------------------------------------------------------------------------------

    def note_check(self, check: Check) -> None:
        """Keep that a source was asked, and what came of it."""
        with self.database.writing() as connection:
            connection.execute(
                "insert into fetched (source, at, outcome, version, body) values (?, ?, ?, ?, ?)",
                (check.source, check.at.isoformat(), check.outcome, check.version, msgspec.json.encode(check).decode()),
            )

    def checks(self, source: str) -> tuple[Check, ...]:
        """What was tried for a source, oldest first."""
        if not self.database.exists():
            return ()
        with self.database.reading() as connection:
            found = connection.execute("select body from fetched where source = ? order by id", (source,)).fetchall()
        return tuple(msgspec.json.decode(body, type=Check) for (body,) in found)

    # --- who did what ------------------------------------------------------------------------------------------------

    def audit(self) -> tuple[tuple[datetime, str, str, Mapping[str, Any]], ...]:
        """Everything done, oldest first: when, by whom, what, and about what."""
        if not self.database.exists():
            return ()
        with self.database.reading() as connection:
            found = connection.execute("select at, who, what, about from audit order by id").fetchall()
        return tuple(
            (datetime.fromisoformat(at), who, what, msgspec.json.decode(about)) for at, who, what, about in found
        )

    def note(self, at: datetime, who: str, what: str, about: Mapping[str, Any]) -> None:
        """Keep that somebody did something."""
        with self.database.writing() as connection:
            note(connection, at, who, what, about)


def note(connection: Connection, at: datetime, who: str, what: str, about: Mapping[str, Any]) -> None:
    """Keep that somebody did something, together with what was done."""
    body = msgspec.json.encode(about, order="sorted").decode()
    connection.execute(
        "insert into audit (at, who, what, about) values (?, ?, ?, ?)", (at.isoformat(), who, what, body)
    )


# --- into the store ---------------------------------------------------------------------------------------------------

_Lists = Sequence[tuple[str, bytes, Sequence[tuple[bytes, bytes]]]]  # list, digest, and digest and body of each entry


def _by_list(entries: Iterable[Entry]) -> _Lists:
    """The entries as kept, in an order that does not depend on the one in which they came."""
    ordered = sorted(entries, key=lambda entry: (entry.list, entry.id, entry.digest))
    found = []
    for name, group in groupby(ordered, key=lambda entry: entry.list):
        bodies = [_ENCODE(entry) for entry in group]
        pairs = [(hashlib.sha256(body).digest(), body) for body in bodies]
        found.append((name, _list_digest(name, (digest for digest, _ in pairs)), pairs))
    return found


def _list_digest(name: str, digests: Iterable[bytes]) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + b"".join(digests)).digest()


def _all_digest(lists: Iterable[tuple[str, bytes]]) -> str:
    return hashlib.sha256(b"".join(name.encode() + b"\0" + digest for name, digest in lists)).hexdigest()


def _made(new: NewVersion, number: int, lists: _Lists) -> Version:
    about = msgspec.structs.asdict(new)
    about["entries_digest"] = _all_digest((name, digest) for name, digest, _ in lists)
    about["counts"] = {name: len(pairs) for name, _, pairs in lists}
    return Version(**about, number=number, digest=_digest_of(_body(about)))


def _body(about: Mapping[str, Any]) -> str:
    """A version as it is kept, and as its digest is taken: without the digest, and without the number."""
    kept = {name: value for name, value in about.items() if name not in {"number", "digest"}}
    return msgspec.json.encode(kept, order="sorted").decode()


def _digest_of(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _same(before: Version, version: Version) -> bool:
    def telling(of: Version) -> tuple[object, ...]:
        return of.raw_digest, of.entries_digest, of.source_clock, of.engine

    return telling(before) == telling(version)


def _insert(connection: Connection, version: Version, lists: _Lists) -> None:
    connection.execute(
        "insert into version (number, digest, source, body) values (?, ?, ?, ?)",
        (version.number, version.digest, version.source, _body(msgspec.structs.asdict(version))),
    )
    for name, digest, pairs in lists:
        if not connection.execute("select 1 from list where digest = ?", (digest,)).fetchone():
            connection.executemany("insert or ignore into entry (digest, body) values (?, ?)", pairs)
            connection.execute(
                "insert into list (digest, list, entries, ids) values (?, ?, ?, ?)",
                (digest, name, len(pairs), _ids(connection, [own for own, _ in pairs])),
            )
        connection.execute(
            "insert into version_list (version, list, digest) values (?, ?, ?)", (version.number, name, digest)
        )


def _ids(connection: Connection, digests: Sequence[bytes]) -> bytes:
    """Where the entries stand, in order, as eight bytes each."""
    found = (connection.execute("select id from entry where digest = ?", (digest,)).fetchone() for digest in digests)
    return b"".join(at.to_bytes(8, "little") for (at,) in found)


# --- out of the store -------------------------------------------------------------------------------------------------


def _current(connection: Connection, source: str) -> Version | None:
    row = connection.execute(
        "select number, digest, body from version where source = ? order by number desc limit 1", (source,)
    ).fetchone()
    return None if row is None else _version(*row)


def _version(number: int, digest: str, body: str) -> Version:
    """The version in a row. What its digest covers is the text as kept, so that a later licet can read it too."""
    if _digest_of(body) != digest:
        raise _damaged(number)
    try:
        return Version(**msgspec.structs.asdict(msgspec.json.decode(body, type=_Kept)), number=number, digest=digest)
    except msgspec.DecodeError as error:
        message = f"version {number} in the list store cannot be read by this licet: {error}"
        raise StoreError(message) from None


def _bodies(
    connection: Connection, version: Version, name: str, digest: bytes, count: int, ids: bytes
) -> Sequence[bytes]:
    """The entries of a list as kept, each found to be what was kept."""
    wanted = struct.unpack(f"<{len(ids) // 8}q", ids)
    found: list[bytes] = [
        body
        for (body,) in connection.execute(
            "select e.body from json_each(?) as wanted join entry e on e.id = wanted.value order by wanted.key",
            (msgspec.json.encode(wanted).decode(),),
        )
    ]
    if len(found) != count or _list_digest(name, (hashlib.sha256(body).digest() for body in found)) != digest:
        raise _damaged(version.number)
    return found


def _decoded(bodies: Sequence[bytes]) -> tuple[Entry, ...]:
    """The entries; decoding them all at once is much quicker than one by one."""
    head = b"\xdd" + len(bodies).to_bytes(4, "big")  # MessagePack's array of that many
    try:
        return msgspec.msgpack.decode(head + b"".join(bodies), type=tuple[Entry, ...])
    except msgspec.DecodeError as error:
        message = f"an entry in the list store cannot be read by this licet: {error}"
        raise StoreError(message) from None


def _damaged(number: int) -> StoreError:
    return StoreError(f"version {number} in the list store is not what was kept: restore the store, or import again")
