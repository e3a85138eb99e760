"""An entry of an official list, as typed data."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Struct

#: What a requirement or a policy is where the source's words could not be read: whatever depends on it holds.
UNREADABLE: Final = "unreadable"

Kind: TypeAlias = Literal["entity", "individual", "vessel", "aircraft", "unknown"]


class Address(Struct, frozen=True):
    """An address as the source words it, and its country by ISO 3166-1 alpha-2 code where that is known."""

    text: str
    country: str | None = None


class Notice(Struct, frozen=True):
    """A Federal Register citation, `84 FR 22961`, and the day on which it was published."""

    cite: str
    published: date | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of one list; what the source does not say is empty or None.

    `scope`, `review` and `footnotes` have the shape they have in a row of schemas/listings.schema.json, or are
    `unreadable`, or None where the list has no such thing.
    """

    list: str  # the id that policies/lists/sources.yaml gives the list
    id: str  # the same from version to version: the source's own number, else a digest of name and country
    name: str
    aliases: tuple[str, ...] = ()
    kind: Kind = "unknown"
    addresses: tuple[Address, ...] = ()
    countries: tuple[str, ...] = ()
    citizenships: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    remarks: str = ""
    notices: tuple[Notice, ...] = ()
    published: date | None = None  # publication and effect are kept apart
    effective: date | None = None
    ended: date | None = None
    requirement: str = ""  # the source's own words, as is `policy`
    policy: str = ""
    scope: Any = None
    review: Any = None
    footnotes: tuple[str, ...] = ()
    doubt: str = ""  # what is unsure about how the words were read, as the phrases file says it
    digest: str = ""  # of all of the above, by `sealed`: a changed listing has another one


def sealed(entry: Entry) -> Entry:
    """The entry with its digest, the SHA-256 of everything else in it."""
    bare = msgspec.structs.replace(entry, digest="")
    return msgspec.structs.replace(bare, digest=digest_of(bare))


def digest_of(entry: Entry) -> str:
    """The SHA-256 of the entry as sorted JSON, its own digest left out."""
    body = entry if not entry.digest else msgspec.structs.replace(entry, digest="")
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()
