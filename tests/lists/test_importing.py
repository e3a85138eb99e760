"""What was read, into the store: kept, unchanged or refused, and what is known of the source's age."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from licet.lists import importing
from licet.lists.entry import Entry
from licet.lists.importing import Imported, Origin, keep_list, last_answer, marks_of, unchanged
from licet.lists.read import Read
from licet.lists.sources import Canary
from licet.lists.store import Store
from tests.lists.made import AT, entry, many

ORIGIN = Origin(source="csl", address="https://example.com/x.csv", at=AT, etag='"1"', stated_clock=date(2026, 7, 31))
CANARY = Canary(at_least=5)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def read(entries: Sequence[Entry], **fields: Any) -> Read:
    return Read(entries=tuple(entries), **fields)


def keep(store: Store, count: int, raw: bytes = b"", accept: str | None = None, **fields: Any) -> Imported:
    origin = replace(ORIGIN, **fields)
    return keep_list(store, read(many(count)), raw or str(count).encode(), origin, CANARY, accept=accept, who="me")


def test_a_sound_list_is_kept(store: Store) -> None:
    imported = keep(store, 10)
    assert imported.outcome == "kept"
    assert imported.findings == ()
    assert imported.version is not None
    assert imported.version == store.current("csl")
    assert store.entries(imported.version) == many(10)
    assert [(c.outcome, c.version, c.etag) for c in store.checks("csl")] == [("kept", 1, '"1"')]
    assert [who for _, who, _, _ in store.audit()] == ["me"]


def test_the_same_again_is_unchanged(store: Store) -> None:
    keep(store, 10)
    again = keep(store, 10, at=AT + timedelta(1))
    assert again.outcome == "unchanged"
    assert again.version == store.version(1)
    assert len(store.versions()) == 1
    assert [c.outcome for c in store.checks("csl")] == ["kept", "unchanged"]


def test_a_breach_is_refused_and_the_old_one_stays(store: Store) -> None:
    first = keep(store, 100).version
    refused = keep(store, 50)
    assert refused.outcome == "refused"
    assert refused.version == first == store.current("csl")
    assert [found.code for found in refused.findings] == ["list-shrunk", "shrunk"]
    assert store.checks("csl")[-1].codes == ("list-shrunk", "shrunk")
    assert store.checks("csl")[-1].version == 1


def test_a_first_list_that_is_refused_leaves_nothing_in_use(store: Store) -> None:
    refused = keep(store, 4)
    assert (refused.outcome, refused.version) == ("refused", None)
    assert store.current("csl") is None


def test_a_reason_lets_a_list_shrink_and_is_kept(store: Store) -> None:
    keep(store, 100)
    accepted = keep(store, 50, accept="84 FR 1 removed them")
    assert accepted.outcome == "kept"
    assert accepted.version is not None
    assert accepted.version.accepted == "84 FR 1 removed them"
    assert accepted.version.accepted_codes == ("list-shrunk", "shrunk")


def test_no_reason_lets_it_be_empty(store: Store) -> None:
    keep(store, 100)
    assert keep(store, 0, b"x", accept="please").outcome == "refused"
    assert store.current("csl") == store.version(1)


def test_rows_that_cannot_be_read_count(store: Store) -> None:
    imported = keep_list(store, read(many(9), bad=1), b"x", ORIGIN, CANARY, accept="please")
    assert [found.code for found in imported.findings] == ["too-many-unreadable"]


@pytest.mark.parametrize(
    ("told", "clock", "basis"),
    [
        ({}, date(2026, 7, 31), "stated"),
        ({"stated_clock": None}, date(2026, 7, 30), "file"),
        ({"stated_clock": None, "file": None}, date(2026, 7, 29), "clock"),
        ({"stated_clock": None, "file": None, "told_clock": None}, date(2026, 7, 28), "last-modified"),
        (
            {"stated_clock": None, "file": None, "told_clock": None, "last_modified": "no date"},
            date(2026, 7, 27),
            "newest-entry",
        ),
    ],
)
def test_how_the_sources_age_is_known(store: Store, told: dict[str, Any], clock: date, basis: str) -> None:
    about: dict[str, Any] = {
        "told_clock": date(2026, 7, 29),
        "last_modified": "Tue, 28 Jul 2026 23:00:00 GMT",
        "file": date(2026, 7, 30),
        **told,
    }
    entries = [*many(9), entry("x", published=date(2026, 7, 27)), entry("y", published=date(2062, 7, 27))]
    found = read(entries, source_clock=about.pop("file"))
    version = keep_list(store, found, b"x", replace(ORIGIN, **about), CANARY).version
    assert version is not None
    assert (version.source_clock, version.clock_basis) == (clock, basis)


def test_where_nothing_tells_its_age_it_is_unknown(store: Store) -> None:
    imported = keep(store, 10, stated_clock=None)
    assert imported.version is not None
    assert (imported.version.source_clock, imported.version.clock_basis) == (None, "unknown")
    assert [found.code for found in imported.findings] == ["no-source-clock"]


def test_marks_are_of_the_version_in_use(store: Store) -> None:
    assert marks_of(store, "csl", ORIGIN.address) == (None, None)
    keep(store, 100)
    assert marks_of(store, "csl", ORIGIN.address) == ('"1"', None)
    assert marks_of(store, "csl", "https://example.com/other") == (None, None)
    keep(store, 10, etag='"2"')  # refused
    assert marks_of(store, "csl", ORIGIN.address) == ('"1"', None)
    keep(store, 101, address="file.csv", etag=None)
    assert marks_of(store, "csl", ORIGIN.address) == (None, None)


def test_another_licet_reads_it_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(store, 100)
    monkeypatch.setattr(importing, "__version__", "99")
    assert marks_of(store, "csl", ORIGIN.address) == (None, None)
    assert keep(store, 100).outcome == "kept"


def test_asking_without_news_is_an_answer(store: Store) -> None:
    keep(store, 100)
    later = AT + timedelta(3)
    assert unchanged(store, replace(ORIGIN, at=later)).version == store.version(1)
    answer = last_answer(store, "csl")
    assert answer is not None
    assert answer.at == later
    assert last_answer(store, "other") is None
