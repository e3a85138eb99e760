"""The list store: what is kept comes back, the same for good, or is refused as damaged."""

from __future__ import annotations

import random
import sqlite3
import threading
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from licet.lists import store as module
from licet.lists.database import FILE
from licet.lists.entry import Entry
from licet.lists.store import Check, Store, StoreError, Version, default_folder
from tests.lists.made import AT, FULL, NEW, entry, kept, many


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def raw(store: Store) -> sqlite3.Connection:
    connection = sqlite3.connect(store.database.path)
    connection.isolation_level = None
    return connection


def unguarded(store: Store, *statements: str) -> None:
    """Change the file as no licet would: somebody else's hand, or a failing disk."""
    with raw(store) as connection:
        for (name,) in connection.execute("select name from sqlite_schema where type = 'trigger'").fetchall():
            connection.execute(f"drop trigger {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_store_that_is_not_there_has_nothing_and_is_not_made_by_looking(tmp_path: Path) -> None:
    store = Store(tmp_path / "none")
    assert store.versions() == ()
    assert store.current("csl") is None
    assert store.version(1) is None
    assert store.checks("csl") == ()
    assert store.audit() == ()
    assert not (tmp_path / "none").exists()


def test_an_entry_comes_back_as_it_was(store: Store) -> None:
    version = kept(store, [FULL])
    assert store.entries(version) == (FULL,)
    assert version.counts == {"a_list": 1}
    assert store.current("csl") == version
    assert store.versions() == (version,)


def test_a_version_says_where_it_comes_from(store: Store) -> None:
    version = kept(store, [FULL], findings=3, unreadable=2)
    assert (version.source, version.fetched_at, version.source_clock) == ("csl", AT, date(2026, 7, 31))
    assert (version.findings, version.unreadable, version.engine) == (3, 2, "1")
    assert len(version.digest) == 64


def test_the_current_version_is_the_last_of_its_source(store: Store) -> None:
    first = kept(store, [entry("1")])
    other = kept(store, [entry("1")], source="other")
    last = kept(store, [entry("2")])
    assert store.current("csl") == last
    assert store.current("other") == other
    assert store.versions("csl") == (first, last)


def test_an_old_version_still_has_its_entries(store: Store) -> None:
    before, after = many(20), (*many(18), entry("000019", "Renamed"))
    old, new = kept(store, before), kept(store, after)
    assert set(store.entries(old)) == set(before)
    assert set(store.entries(new)) == set(after)


def test_what_stays_the_same_is_kept_once(store: Store) -> None:
    kept(store, [*many(20), *many(5, "b_list")])
    kept(store, [*many(21), *many(5, "b_list")])
    with raw(store) as connection:
        assert connection.execute("select count(*) from entry").fetchone() == (26,)
        assert connection.execute("select list, count(*) from list group by list order by list").fetchall() == [
            ("a_list", 2),
            ("b_list", 1),
        ]


def test_the_same_bytes_again_are_the_version_in_use(store: Store) -> None:
    first = store.keep(NEW, many(3))
    again = store.keep(replace(NEW, fetched_at=AT.replace(day=9), address="elsewhere"), many(3))
    assert again == first
    assert len(store.versions()) == 1


@pytest.mark.parametrize("field", [{"raw_digest": "01"}, {"engine": "2"}, {"source_clock": date(2026, 8, 1)}])
def test_what_could_make_a_difference_makes_a_version(store: Store, field: dict[str, object]) -> None:
    store.keep(NEW, many(3))
    assert store.keep(replace(NEW, **field), many(3)) == store.version(2)


def test_a_version_is_found_by_number_and_by_digest(store: Store) -> None:
    version = kept(store, [FULL])
    assert store.version(1) == store.version("1") == version
    assert store.version(version.digest) == store.version(version.digest[:8].upper()) == version
    assert store.version(version.digest[:7]) is None
    assert store.version("2") is store.version("") is store.version("x" * 8) is None


@given(seed=st.integers())
@settings(max_examples=20, deadline=None)
def test_the_order_in_which_entries_come_does_not_matter(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    entries = [*many(9), *many(4, "b_list"), entry("000001", "Another of the same id")]
    shuffled = random.Random(seed).sample(entries, len(entries))
    store = Store(tmp_path_factory.mktemp("store"))
    one, two = kept(store, entries), kept(store, shuffled)
    assert one.entries_digest == two.entries_digest
    assert store.entries(one) == store.entries(two)


def test_any_difference_shows_in_the_digest(store: Store) -> None:
    digests = [kept(store, entries).entries_digest for entries in ([], [FULL], [FULL, FULL], many(1), many(1, "b"))]
    assert len(set(digests)) == 5


def test_only_the_lists_that_are_asked_for(store: Store) -> None:
    version = kept(store, [*many(2), *many(3, "b_list")])
    assert store.entries(version, ["b_list"]) == many(3, "b_list")
    assert store.entries(version, []) == store.entries(version, ["unknown"]) == ()


def test_a_refused_version_leaves_no_trace(store: Store) -> None:
    kept(store, many(5))
    before = store.database.path.read_bytes()
    assert store.keep(replace(NEW, raw_digest="01"), many(2), lambda *_: None) is None
    assert store.database.path.read_bytes() == before


def test_what_is_compared_is_what_would_be_replaced(store: Store) -> None:
    first = kept(store, many(5))
    seen: list[tuple[Version | None, int]] = []

    def allow(before: Version | None, version: Version) -> tuple[str, ...]:
        seen.append((before, version.entries))
        return ()

    store.keep(replace(NEW, raw_digest="01"), many(2), allow)
    assert seen == [(first, 2)]


def test_a_reason_is_kept_only_with_what_it_excuses(store: Store) -> None:
    new = replace(NEW, accepted="seen with my own eyes")
    excused = store.keep(new, many(1), lambda *_: ["list-shrunk"])
    needless = store.keep(replace(new, raw_digest="01"), many(2), lambda *_: [])
    assert excused is not None
    assert needless is not None
    assert (excused.accepted, excused.accepted_codes) == ("seen with my own eyes", ("list-shrunk",))
    assert (needless.accepted, needless.accepted_codes) == (None, ())
    assert store.version(1) == excused


def test_the_audit_says_who_kept_what(store: Store) -> None:
    store.keep(NEW, many(1), who="somebody")
    ((at, who, what, about),) = store.audit()
    assert (at, who, what) == (AT, "somebody", "import")
    assert about["version"] == 1


def test_checks_come_back_in_order(store: Store) -> None:
    one = Check(source="csl", at=AT, outcome="failed", codes=("timeout",))
    two = Check(source="csl", at=AT, outcome="kept", version=None, etag='"x"')
    for check in (one, Check(source="other", at=AT, outcome="kept"), two):
        store.note_check(check)
    assert store.checks("csl") == (one, two)


# --- damage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["entry", "list", "version", "version_list", "fetched", "adjudication", "audit"])
def test_nothing_kept_is_ever_changed(store: Store, table: str) -> None:
    kept(store, [FULL])
    store.note_check(Check(source="csl", at=AT, outcome="kept"))
    with raw(store) as connection:
        connection.execute(
            "insert into adjudication (party, list, listing, body) select 'p', 'l', 'i', '{}' where ?", (True,)
        )
        for statement in (f"update {table} set rowid = rowid + 1", f"delete from {table}"):  # noqa: S608
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "update entry set body = (select body from entry where id = 2) where id = 1",
        "update entry set body = x'80' where id = 1",
        "delete from entry where id = 1",
        "update list set ids = substr(ids, 9)",
        "update list set entries = entries + 1",
        "delete from version_list",
    ],
)
def test_damage_is_noticed(store: Store, statement: str) -> None:
    version = kept(store, many(3))
    unguarded(store, statement)
    with pytest.raises(StoreError, match="not what was kept"):
        store.entries(version)


def test_a_version_whose_words_were_changed_is_noticed(store: Store) -> None:
    kept(store, many(3))
    unguarded(store, "update version set body = replace(body, '2026-07-31', '2026-11-30')")
    with pytest.raises(StoreError, match="not what was kept"):
        store.current("csl")


def test_an_entry_of_another_engine_says_so(store: Store) -> None:
    with pytest.raises(StoreError, match="cannot be read by this licet"):
        module._decoded([b"\x81\xa4list\x01"])


@pytest.mark.parametrize("content", [b"not a database, but long enough to look at" * 50, b"\0" * 5000])
def test_another_file_is_no_store(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    store = Store(tmp_path)
    with pytest.raises(StoreError):
        store.versions()
    with pytest.raises(StoreError):
        store.keep(NEW, many(1))
    assert (tmp_path / FILE).read_bytes() == content


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("create table bookmarks (address text)")
    connection.close()
    with pytest.raises(StoreError, match="is not a list store"):
        Store(tmp_path).keep(NEW, many(1))


def test_a_later_layout_says_so(store: Store) -> None:
    kept(store, many(1))
    unguarded(store, "pragma user_version = 99")
    with pytest.raises(StoreError, match="layout 99"):
        store.versions()


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path / "file" / "below").keep(NEW, many(1))


# --- sharing ---------------------------------------------------------------------------------------------------------


def test_threads_share_a_store(store: Store) -> None:
    kept(store, many(50))
    problems: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(20):
                version = store.current("csl")
                assert version is not None
                assert len(store.entries(version)) == version.entries
        except BaseException as error:  # noqa: BLE001
            problems.append(error)

    def write(start: int) -> None:
        try:
            for n in range(5):
                store.keep(replace(NEW, raw_digest=f"{start}-{n}"), many(50 + n, start=start))
        except BaseException as error:  # noqa: BLE001
            problems.append(error)

    threads = [*(threading.Thread(target=read) for _ in range(4))]
    threads += [threading.Thread(target=write, args=(start,)) for start in (0, 1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert [v.number for v in store.versions()] == list(range(1, 12))


def test_the_folder_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LICET_LISTS", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "licet"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_folder() == tmp_path / ".local" / "share" / "licet"
    monkeypatch.setenv("LICET_LISTS", str(tmp_path / "x"))
    assert default_folder() == tmp_path / "x"


NAMES = st.text(max_size=30)


@given(
    rows=st.lists(
        st.builds(
            lambda key, name, aliases, of: entry(key, name, of, aliases=tuple(aliases)),
            NAMES,
            NAMES,
            st.lists(NAMES, max_size=3),
            st.sampled_from(["a", "b", "c\0"]),
        ),
        max_size=8,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_entries_come_back(rows: list[Entry], tmp_path_factory: pytest.TempPathFactory) -> None:
    store = Store(tmp_path_factory.mktemp("store"))
    version = kept(store, rows)
    assert sorted(store.entries(version), key=repr) == sorted(rows, key=repr)
