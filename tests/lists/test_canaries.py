"""Canaries: every breach is said, a breach refuses, and an empty copy is refused whatever the reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from licet.findings import Severity
from licet.lists.canaries import NEVER_ACCEPTED, Judgement, judge, missing_sentinels, stale
from licet.lists.entry import Entry
from licet.lists.sources import Canary, ListCanary, Sentinel
from licet.lists.store import NewVersion, Version
from tests.lists.made import AT, NEW, entry, many


def version(counts: dict[str, int], **fields: Any) -> Version:
    about = {name: getattr(NEW, name) for name in NewVersion.__struct_fields__} | fields
    return Version(**about, counts=counts, entries_digest="", number=1, digest="")


def judged(
    counts: dict[str, int],
    before: dict[str, int] | None = None,
    canary: Canary = Canary(),  # noqa: B008  # frozen
    missing: Iterable[tuple[str, Sentinel]] = (),
    accept: bool = False,
    **fields: Any,
) -> Judgement:
    old = None if before is None else version(before)
    return judge(version(counts, **fields), old, missing, canary, accept=accept)


def codes(judgement: Judgement) -> list[str]:
    return sorted(found.code for found in judgement.findings)


def test_a_sound_copy_is_let_through() -> None:
    assert judged({"a": 100}, {"a": 100}, Canary(at_least=100)) == Judgement((), refused=False)


def test_a_first_copy_is_judged_by_floors_alone() -> None:
    assert not judged({"a": 1}).refused
    assert codes(judged({"a": 1}, canary=Canary(at_least=2))) == ["too-few"]


@pytest.mark.parametrize("accept", [False, True])
@pytest.mark.parametrize("before", [None, {}, {"a": 5}])
def test_an_empty_copy_is_refused_whatever_the_reason(before: dict[str, int] | None, accept: bool) -> None:
    judgement = judged({}, before, accept=accept)
    assert judgement.refused
    assert "empty-version" in codes(judgement)


@pytest.mark.parametrize("accept", [False, True])
def test_an_empty_list_that_has_a_floor_is_refused_whatever_the_reason(accept: bool) -> None:
    canary = Canary(lists={"b": ListCanary(at_least=1)})
    judgement = judged({"a": 100}, None, canary, accept=accept)
    assert judgement.refused
    assert codes(judgement) == ["empty-list"]


def test_a_list_without_a_floor_may_be_empty() -> None:
    assert codes(judged({"a": 100}, None, Canary(lists={"b": ListCanary(most_shrink=0.5)}))) == []


@pytest.mark.parametrize(("count", "expected"), [(99, ["too-few-of-list"]), (100, [])])
def test_the_floor_of_a_list(count: int, expected: list[str]) -> None:
    assert codes(judged({"a": count, "b": 1000}, canary=Canary(lists={"a": ListCanary(at_least=100)}))) == expected


@pytest.mark.parametrize(
    ("left", "expected"), [(95, []), (94, ["list-shrunk", "shrunk"]), (0, ["list-shrunk", "shrunk"])]
)
def test_what_may_be_lost(left: int, expected: list[str]) -> None:
    canary = Canary(most_shrink=0.05)
    assert codes(judged({"a": left, "b": 0}, {"a": 100}, canary))[-2:] == (expected or codes(judged({"a": left})))


def test_a_list_may_not_vanish_while_another_grows() -> None:
    judgement = judged({"b": 1000}, {"a": 100, "b": 500})
    assert codes(judgement) == ["list-shrunk"]
    assert judgement.findings[0].message == "a: 0 entries, and 100 before: 100.0% fewer, expected 5.0% at most"


def test_a_list_may_have_a_limit_of_its_own() -> None:
    canary = Canary(lists={"a": ListCanary(most_shrink=0.5)})
    assert codes(judged({"a": 60, "b": 9960}, {"a": 100, "b": 9960}, canary)) == []
    assert codes(judged({"a": 40, "b": 9960}, {"a": 100, "b": 9960}, canary)) == ["list-shrunk"]


def test_the_day_that_fifteen_thousand_rows_were_lost() -> None:
    assert {"list-shrunk", "shrunk"} <= set(codes(judged({"a": 3_420, "b": 4_181}, {"a": 3_420, "b": 19_181})))


def test_every_breach_is_said() -> None:
    canary = Canary(at_least=1000, source_days=5, lists={"a": ListCanary(at_least=50), "b": ListCanary(at_least=1)})
    missing = [("a", Sentinel("X"))]
    fields: dict[str, Any] = {"source_clock": date(2026, 7, 1), "unreadable": 50}
    judgement = judged({"a": 10}, {"a": 100}, canary, missing, **fields)
    assert codes(judgement) == [
        "empty-list",
        "list-shrunk",
        "missing-sentinel",
        "shrunk",
        "source-older",
        "source-too-old",
        "too-few",
        "too-few-of-list",
        "too-many-unreadable",
    ]
    assert all(found.severity is Severity.ERROR and found.help for found in judgement.findings)


def test_a_reason_turns_breaches_into_warnings_and_names_them() -> None:
    judgement = judged({"a": 10}, {"a": 100}, accept=True)
    assert not judgement.refused
    assert judgement.accepted == ("list-shrunk", "shrunk")
    assert {found.severity for found in judgement.findings} == {Severity.WARNING}
    assert judged({"a": 100}, {"a": 100}, accept=True).accepted == ()


@pytest.mark.parametrize(("bad", "expected"), [(1, []), (2, ["too-many-unreadable"])])
def test_rows_that_cannot_be_read(bad: int, expected: list[str]) -> None:
    judgement = judged({"a": 99}, canary=Canary(most_unreadable=0.01), unreadable=bad, accept=True)
    assert codes(judgement) == expected
    assert judgement.refused == bool(expected)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (AT.date() - timedelta(30), []),
        (AT.date() - timedelta(31), ["source-too-old"]),
        (AT.date() + timedelta(1), []),
        (AT.date() + timedelta(2), ["source-in-future"]),
        (None, ["no-source-clock"]),
    ],
)
def test_the_sources_own_clock(clock: date | None, expected: list[str]) -> None:
    judgement = judged({"a": 1}, source_clock=clock)
    assert codes(judgement) == expected
    assert judgement.refused == (expected not in ([], ["no-source-clock"]))


def test_a_copy_older_than_the_one_in_use_is_refused() -> None:
    assert codes(judged({"a": 1}, {"a": 1}, source_clock=date(2026, 7, 30))) == ["source-older"]
    assert codes(judged({"a": 1}, {"a": 1}, source_clock=date(2026, 7, 31))) == []


def test_what_is_only_at_least_so_new_is_not_called_older() -> None:
    newest: dict[str, Any] = {"source_clock": date(2026, 7, 20), "clock_basis": "newest-entry"}
    assert codes(judged({"a": 1}, {"a": 1}, **newest)) == []


def test_a_copy_of_unknown_age_is_told_how_to_say_it() -> None:
    newest: dict[str, Any] = {"source_clock": date(2026, 1, 1), "clock_basis": "newest-entry"}
    (found,) = judged({"a": 1}, **newest).findings
    assert found.message.startswith("its newest entry is of 2026-01-01")
    assert "--source-date" in str(found.help)


# --- sentinels -------------------------------------------------------------------------------------------------------

HUAWEI = Sentinel("Acme Technologies Co., Ltd.", "CN")


@pytest.mark.parametrize(
    ("found", "there"),
    [
        (entry(name="Acme Technologies Co., Ltd. (Acme)", countries=("CN",)), True),
        (entry(name="ACME  TECHNOLOGIES CO LTD", countries=("HK", "CN")), True),
        (entry(name="Other", aliases=("Acme Technologies Co., Ltd.",), countries=("CN",)), True),
        (entry(name="Acme Technologies Co., Ltd.", countries=("DE",)), False),
        (entry(name="Acme Technologies Co., Ltd."), False),
        (entry(name="Acme Technologies Co., Ltdx", countries=("CN",)), False),
        (entry(name="Acme Technologies Co., Ltd.", countries=("CN",), list="b_list"), False),
    ],
)
def test_a_sentinel_is_found_by_its_words(found: Entry, there: bool) -> None:
    canary = Canary(lists={"a_list": ListCanary(sentinels=(HUAWEI,))})
    assert missing_sentinels([*many(3), found], canary) == (set() if there else {("a_list", HUAWEI)})


def test_the_same_sentinel_of_two_lists_is_two() -> None:
    of_list = ListCanary(sentinels=(Sentinel("Acme"),))
    canary = Canary(lists={"a_list": of_list, "b_list": of_list})
    assert missing_sentinels([entry(name="Acme")], canary) == {("b_list", Sentinel("Acme"))}


# --- age at use ------------------------------------------------------------------------------------------------------

CANARY = Canary(source_days=30, fetch_days=7)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 8, 8), []),
        (date(2026, 8, 9), ["list-not-asked"]),
        (date(2026, 8, 30), ["list-not-asked"]),
        (date(2026, 8, 31), ["list-too-old", "list-not-asked"]),
        (date(2019, 1, 1), []),
    ],
)
def test_a_version_grows_old(on: date, expected: list[str]) -> None:
    assert [found.code for found in stale(version({"a": 1}), None, CANARY, on)] == expected


def test_asking_again_keeps_it_fresh_but_not_forever() -> None:
    asked = datetime(2026, 8, 25, tzinfo=UTC)
    assert stale(version({"a": 1}), asked, CANARY, date(2026, 8, 30)) == ()
    assert [f.code for f in stale(version({"a": 1}), asked, CANARY, date(2026, 8, 31))] == ["list-too-old"]


def test_a_version_of_unknown_age_is_stale() -> None:
    found = stale(replace(version({"a": 1}), source_clock=None), None, CANARY, AT.date())
    assert [one.code for one in found] == ["list-clock-unknown"]


def test_what_is_never_accepted_is_about_what_is_not_there() -> None:
    assert {"empty-version", "empty-list", "too-many-unreadable"} == NEVER_ACCEPTED
