"""What evaluations rest on: versions by source, how they age, and adjudications as they stood."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from licet.lists.adjudications import Ruling, adjudicate
from licet.lists.entry import Entry, sealed
from licet.lists.snapshot import snapshot
from licet.lists.store import Check, NewVersion, Store, StoreError

AT = datetime(2026, 8, 1, 12, tzinfo=UTC)
ENTRY = sealed(Entry(list="a_list", id="1", name="Perla Works", countries=("CN",)))


def new(source: str, clock: date | None = date(2026, 7, 31)) -> NewVersion:
    return NewVersion(
        source=source, address="a file", fetched_at=AT, source_clock=clock, clock_basis="stated", raw_digest="0" * 64,
        engine="0",
    )  # fmt: skip


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    folder = tmp_path / "catalog"
    folder.mkdir()
    source = "{title: A, cite: a, address: 'https://example.org/a.csv', formats: [csv]}"
    canary = "{source_days: 30, fetch_days: 7}"
    (folder / "sources.yaml").write_text(
        f"sources: {{one: {source}, two: {source}}}\ncanaries: {{one: {canary}, two: {canary}}}\n", encoding="utf-8"
    )
    return folder


def test_an_empty_store_has_nothing(tmp_path: Path) -> None:
    found = snapshot(Store(tmp_path))
    assert (found.versions, found.lists, found.adjudicated) == ((), (), None)


def test_the_last_version_of_each_source_counts(tmp_path: Path, catalog: Path) -> None:
    store = Store(tmp_path)
    store.keep(new("one"), [ENTRY])
    other = sealed(Entry(list="a_list", id="2", name="Perla Two", countries=("CN",)))
    store.keep(new("one"), [ENTRY, other])
    store.keep(new("two"), [other])
    found = snapshot(store, folder=catalog)
    assert [(version.source, version.number) for version in found.versions] == [("one", 2), ("two", 3)]
    assert {one.source: len(one.entries) for one in found.lists} == {"one": 2, "two": 1}
    older = snapshot(store, {1: None}, folder=catalog)
    assert [version.number for version in older.versions] == [1, 3]


def test_a_version_that_is_not_there_is_said(tmp_path: Path, catalog: Path) -> None:
    store = Store(tmp_path)
    store.keep(new("one"), [ENTRY])
    with pytest.raises(StoreError, match="no version `9`"):
        snapshot(store, {9: None}, folder=catalog)


def test_only_the_lists_that_are_asked_for_are_loaded(tmp_path: Path, catalog: Path) -> None:
    store = Store(tmp_path)
    store.keep(new("one"), [ENTRY, sealed(Entry(list="another", id="2", name="Perla Two"))])
    assert [one.list for one in snapshot(store, lists={"another"}, folder=catalog).lists] == ["another"]


def test_it_ages_by_its_source_and_by_when_that_was_asked(tmp_path: Path, catalog: Path) -> None:
    store = Store(tmp_path)
    store.keep(new("one"), [ENTRY])
    assert snapshot(store, folder=catalog).lists[0].holds_after == date(2026, 8, 8)
    asked = datetime(2026, 8, 20, tzinfo=UTC)
    store.note_check(Check(source="one", at=asked, outcome="unchanged", version=1))
    store.note_check(Check(source="one", at=datetime(2026, 8, 29, tzinfo=UTC), outcome="failed", version=1))
    assert snapshot(store, folder=catalog).lists[0].asked == date(2026, 8, 20)
    assert snapshot(store, folder=catalog).lists[0].holds_after == date(2026, 8, 27)
    assert snapshot(store, {1: date(2026, 8, 5)}, folder=catalog).lists[0].holds_after == date(2026, 8, 12)
    nobody_knows = Store(tmp_path / "unknown")
    nobody_knows.keep(new("one", None), [ENTRY])
    assert snapshot(nobody_knows, folder=catalog).lists[0].holds_after == date.min
    old = Store(tmp_path / "old")
    old.keep(new("one", date(2026, 7, 4)), [ENTRY])
    assert snapshot(old, folder=catalog).lists[0].holds_after == date(2026, 8, 3)


def test_adjudications_as_they_stood_are_found_by_their_digest(tmp_path: Path, catalog: Path) -> None:
    store = Store(tmp_path)
    store.keep(new("one"), [ENTRY])
    seen = [snapshot(store, folder=catalog)]
    for finding in ("dismissed", "confirmed"):
        ruling = Ruling(finding=finding, reason="a baker", author="R. Roe")
        adjudicate(store, ("Perla Works", "DE"), ENTRY, ruling, AT)
        seen.append(snapshot(store, folder=catalog))
    assert [len(one.adjudications) for one in seen] == [0, 1, 1]
    assert len({one.adjudicated for one in seen}) == 3
    for one in seen[1:]:
        assert snapshot(store, folder=catalog, adjudicated=one.adjudicated).adjudications == one.adjudications
    with pytest.raises(StoreError, match="never had the adjudications"):
        snapshot(store, folder=catalog, adjudicated="f" * 64)
