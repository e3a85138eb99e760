"""Adjudications: kept for good, for one party and one state of a listing, until they expire."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.lists.adjudications import Adjudication, Ruling, adjudicate, adjudications, fingerprint, history, of_hit
from licet.lists.entry import Entry
from licet.lists.store import Store
from licet.text import folded
from tests.lists.made import AT, entry

PARTY = ("Acme Trading Co., Ltd.", "CN")
LISTED = entry("1", "Acme Works", countries=("CN",))
RULING = Ruling(finding="dismissed", reason="another city, founded later", author="A. Lawyer")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def rule(store: Store, at: datetime = AT, listed: Entry = LISTED, party: Any = PARTY, **fields: Any) -> Adjudication:
    about = {"finding": RULING.finding, "reason": RULING.reason, "author": RULING.author}
    return adjudicate(store, party, listed, Ruling(**about | fields), at)


def test_nothing_was_ever_found_out(store: Store) -> None:
    assert history(store) == adjudications(store, AT.date()) == ()
    assert of_hit((), PARTY, LISTED) is None


def test_a_finding_is_kept_with_its_reason_and_author(store: Store) -> None:
    made = rule(store, expires_on=date(2027, 8, 1))
    assert (made.finding, made.reason, made.author) == ("dismissed", RULING.reason, RULING.author)
    assert (made.made_on, made.expires_on, made.superseded_by) == (AT.date(), date(2027, 8, 1), None)
    assert (made.list, made.listing, made.digest) == ("a_list", "1", LISTED.digest)
    assert adjudications(store, AT.date()) == (made,)
    assert of_hit((made,), PARTY, LISTED) == made


def test_it_is_about_the_party_however_its_name_is_spelt(store: Store) -> None:
    holding = (rule(store),)
    assert of_hit(holding, ("ACME trading co ltd", "CN"), LISTED) is not None
    for other in (("Acme Trading", "CN"), ("Acme Trading Co., Ltd.", "HK"), ("Acme Trading Co., Ltd.", None)):
        assert of_hit(holding, other, LISTED) is None


def test_a_changed_listing_opens_it_again(store: Store) -> None:
    holding = (rule(store),)
    assert of_hit(holding, PARTY, entry("1", "Acme Works", countries=("CN",), aliases=("Acme Trading",))) is None
    assert of_hit(holding, PARTY, entry("1", "Acme Works", "b_list", countries=("CN",))) is None


@pytest.mark.parametrize(
    ("on", "holds"),
    [(AT.date() - timedelta(1), False), (AT.date(), True), (date(2026, 9, 1), True), (date(2026, 9, 2), False)],
)
def test_it_holds_from_its_day_through_its_last(store: Store, on: date, holds: bool) -> None:
    rule(store, expires_on=date(2026, 9, 1))
    assert bool(adjudications(store, on)) == holds


def test_without_a_last_day_it_holds_on(store: Store) -> None:
    rule(store)
    assert adjudications(store, date(2099, 1, 1))


def test_a_later_finding_supersedes_the_earlier_from_its_own_day(store: Store) -> None:
    first = rule(store)
    second = rule(store, AT + timedelta(10), finding="confirmed", reason="it is the same company")
    assert [one.superseded_by for one in history(store)] == [second.id, None]
    assert [one.id for one in adjudications(store, AT.date() + timedelta(9))] == [first.id]
    assert [one.id for one in adjudications(store, AT.date() + timedelta(10))] == [second.id]


def test_what_was_superseded_does_not_come_back(store: Store) -> None:
    rule(store)
    rule(store, AT + timedelta(1), expires_on=AT.date() + timedelta(5))
    assert adjudications(store, AT.date() + timedelta(6)) == ()


def test_one_for_a_changed_listing_supersedes_too(store: Store) -> None:
    rule(store)
    changed = entry("1", "Acme Works", remarks="changed")
    second = rule(store, AT + timedelta(1), changed, finding="confirmed")
    holding = adjudications(store, AT.date() + timedelta(1))
    assert holding == (second,)
    assert of_hit(holding, PARTY, LISTED) is None  # the earlier state too is open again, and never quietly dismissed


def test_on_no_day_two_hold(store: Store) -> None:
    for days, through in ((5, None), (10, None), (7, None), (8, 9)):
        expires = None if through is None else AT.date() + timedelta(through)
        rule(store, AT + timedelta(days), expires_on=expires)
    for days in range(20):
        assert len(adjudications(store, AT.date() + timedelta(days))) <= 1


def test_others_are_left_alone(store: Store) -> None:
    rule(store)
    rule(store, party=("Another", "CN"))
    rule(store, listed=entry("2"))
    assert len(adjudications(store, AT.date())) == 3


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"reason": " "}, "needs a reason"),
        ({"reason": "\x1b[31m"}, "needs a reason"),
        ({"author": ""}, "an author"),
        ({"expires_on": AT.date() - timedelta(1)}, "before it is made"),
    ],
)
def test_what_is_no_finding_is_refused(store: Store, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rule(store, **fields)
    assert history(store) == ()


def test_what_was_written_is_cleaned(store: Store) -> None:
    made = rule(store, reason="a\x1b[31m\nreason", author="A\u202eB", party=("Na\x07me" + "x" * 1000, "CN"))
    assert (made.reason, made.author) == ("a reason", "AB")
    assert len(made.name) == 300


def test_it_is_audited(store: Store) -> None:
    rule(store)
    rule(store, finding="confirmed")
    assert [(at, who, what) for at, who, what, _ in store.audit()] == [
        (AT, "A. Lawyer", "dismissed"),
        (AT, "A. Lawyer", "confirmed"),
    ]
    assert store.audit()[0][3]["listing"] == "1"


@given(st.text(max_size=40), st.text(max_size=40))
def test_names_are_told_apart_as_the_matcher_does(one: str, other: str) -> None:
    same = fingerprint(one, "CN") == fingerprint(other, "CN")
    if folded(one) or folded(other):
        assert same == (folded(one) == folded(other))
    else:
        assert same == (one == other)


def test_the_fingerprint_is_what_stores_have() -> None:
    assert fingerprint("Huawei Technologies Co., Ltd.", "CN") == (
        "1:b00a2ceec6867233d8af1907d9afb82c4d98b714ba50015a196d5fcad3ebab99"
    )


def test_a_long_name_is_told_from_its_beginning() -> None:
    assert fingerprint("x" * 20_000, None) != fingerprint("x" * 20_001, None)
    assert fingerprint("\ud800", None) != fingerprint("\ud801", None)
