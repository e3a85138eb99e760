"""What somebody found out about a hit: kept for good, for that party and that state of the listing alone."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from sqlite3 import Connection
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import Struct

from licet.lists.entry import Entry
from licet.lists.store import Store, note
from licet.text import clean, folded

FindingOf: TypeAlias = Literal["dismissed", "confirmed"]

_LONGEST_NAME: Final = 10_000
_LONGEST_TEXT: Final = 4_000


#: A party's fingerprint, and a listing: its list, its id and its digest.
About: TypeAlias = tuple[str, str, str, str]


class Ruling(Struct, frozen=True, kw_only=True):
    """What was found about a hit, why, by whom, and through which day that is to hold."""

    finding: FindingOf
    reason: str
    author: str
    expires_on: date | None = None

    def holds_on(self, day: date | None) -> bool:
        """Whether it has not expired on a day; where none is asked about, whether it never does."""
        return self.expires_on is None or (day is not None and day <= self.expires_on)


class Adjudication(Ruling, frozen=True, kw_only=True):
    """A finding about a hit. It holds for the listing as it was (its digest), from `made_on` through `expires_on`."""

    id: int = 0
    party: str  # its fingerprint
    name: str  # the party's name, to read
    country: str | None
    list: str
    listing: str
    digest: str
    made_on: date
    superseded_by: int | None = None

    @property
    def about(self) -> About:
        """The party, by its fingerprint, and the state of the listing."""
        return self.party, self.list, self.listing, self.digest


def fingerprint(name: str, country: str | None) -> str:
    """What a party is known by: its name in this one form, and its country.

    Stores keep it, so another form of the name would need another prefix: what no store has is an open hit again.

    >>> fingerprint("Acme Co., Ltd.", "CN") == fingerprint("ACME CO LTD", "CN")
    True
    >>> fingerprint("Acme", "CN") == fingerprint("Acme", None)
    False
    """
    words = folded(name[:_LONGEST_NAME])
    # A name without a letter still has to be told from another, and so has the rest of one that is cut.
    rest = name[_LONGEST_NAME:] if words else name
    whole = "\0".join((words, rest, country or ""))
    return "1:" + hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def adjudicate(store: Store, party: tuple[str, str | None], entry: Entry, ruling: Ruling, at: datetime) -> Adjudication:
    """Keep what was found about a party, `(name, country)`, and an entry as it now is.

    A later finding about the same party and listing supersedes the earlier one. Raises `ValueError` without a reason
    or an author, and where the finding would expire before it is made.
    """
    reason, author = clean(ruling.reason, _LONGEST_TEXT), clean(ruling.author, _LONGEST_TEXT)
    if not reason or not author:
        message = "an adjudication needs a reason and an author"
        raise ValueError(message)
    if ruling.expires_on is not None and ruling.expires_on < at.date():
        message = f"it would expire on {ruling.expires_on}, before it is made on {at.date()}"
        raise ValueError(message)
    name, country = party
    made = Adjudication(
        party=fingerprint(name, country),
        name=clean(name, 300),
        country=country,
        list=entry.list,
        listing=entry.id,
        digest=entry.digest,
        finding=ruling.finding,
        reason=reason,
        author=author,
        made_on=at.date(),
        expires_on=ruling.expires_on,
    )
    with store.database.writing() as connection:
        return _kept(connection, made, at)


def history(store: Store) -> tuple[Adjudication, ...]:
    """Every adjudication ever made, oldest first, each with the one that superseded it."""
    if not store.database.exists():
        return ()
    with store.database.reading() as connection:
        rows = connection.execute("select id, body from adjudication order by id").fetchall()
    made = [msgspec.structs.replace(msgspec.json.decode(body, type=Adjudication), id=number) for number, body in rows]
    found: list[Adjudication] = []
    later: dict[tuple[str, str, str], int] = {}
    for one in reversed(made):
        about = (one.party, one.list, one.listing)
        found.append(msgspec.structs.replace(one, superseded_by=later.get(about)))
        later[about] = one.id
    return tuple(reversed(found))


def adjudications(store: Store, as_of: date) -> tuple[Adjudication, ...]:
    """Those that hold on a day: the last one made by then about a party and a listing, unless it has expired.

    One that is superseded does not come back when its successor expires: the hit is open again.
    """
    last = {(one.party, one.list, one.listing): one for one in history(store) if one.made_on <= as_of}
    return tuple(one for one in last.values() if one.holds_on(as_of))


def of_hit(holding: tuple[Adjudication, ...], party: tuple[str, str | None], entry: Entry) -> Adjudication | None:
    """The one of those that hold which is about this party and the entry as it is; a changed entry has none."""
    about = (fingerprint(*party), entry.list, entry.id, entry.digest)
    return next((one for one in holding if one.about == about), None)


def _kept(connection: Connection, made: Adjudication, at: datetime) -> Adjudication:
    body = msgspec.json.encode(made).decode()
    row = connection.execute(
        "insert into adjudication (party, list, listing, body) values (?, ?, ?, ?) returning id",
        (made.party, made.list, made.listing, body),
    ).fetchone()
    kept = msgspec.structs.replace(made, id=row[0])
    about = {"id": kept.id, "party": made.name, "list": made.list, "listing": made.listing, "finding": made.finding}
    note(connection, at, made.author, made.finding, about)
    return kept
