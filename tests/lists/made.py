"""Entries, and stores with versions in them, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from msgspec.structs import replace

from licet.lists.entry import Address, Entry, Notice, sealed
from licet.lists.store import NewVersion, Store, Version

AT = datetime(2026, 8, 1, 12, tzinfo=UTC)
NEW = NewVersion(
    source="csl",
    address="consolidated.csv",
    fetched_at=AT,
    source_clock=date(2026, 7, 31),
    clock_basis="stated",
    raw_digest="00",
    engine="1",
)


def entry(id: str = "1", name: str = "Acme Works", list: str = "a_list", **fields: Any) -> Entry:
    return sealed(Entry(list=list, id=id, name=name, **fields))


FULL = entry(
    "7",
    "Full Co., Ltd.",
    aliases=("Full", "满"),
    kind="entity",
    addresses=(Address("1 Road, Town", "CN"), Address("2 Road")),
    countries=("CN", "HK"),
    citizenships=("CN",),
    programs=("P",),
    ids=("Tax 1",),
    remarks="a remark",
    notices=(Notice("84 FR 1", date(2019, 5, 21)), Notice("85 FR 2")),
    published=date(2019, 5, 21),
    effective=date(2019, 5, 16),
    ended=date(2030, 1, 1),
    requirement="For all items",
    policy="Presumption of denial",
    scope=[{"when": {"eccn": {"within": ["3B001"]}}, "covers": True}, {"covers": False}],
    review="presumption_of_denial",
    footnotes=("1", "4"),
    doubt="a doubt",
)


def many(count: int, list: str = "a_list", start: int = 0) -> tuple[Entry, ...]:
    return tuple(entry(f"{n:06}", f"Company {n}", list) for n in range(start, start + count))


def kept(store: Store, entries: Iterable[Entry], **fields: Any) -> Version:
    """A version of the entries, whatever they are; other bytes each time unless the test says the same."""
    number = len(store.versions()) + 1
    version = store.keep(replace(NEW, **{"raw_digest": f"{number:064}", **fields}), entries)
    assert version is not None
    return version
