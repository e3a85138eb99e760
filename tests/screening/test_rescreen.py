"""Delta re-screening: what changed, and that it is the difference of two full runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.lists.adjudications import Adjudication
from licet.lists.entry import Address, Entry
from licet.lists.snapshot import Snapshot
from licet.policy.cache import default_cache, load_pack
from licet.resources import policies_dir
from licet.screening.rescreen import Change, Rescreener, differences, rescreen
from licet.screening.screener import KnownParty, Screener
from tests.lists.made import entry
from tests.screening.test_screener import ACME, DAY, fed, ruled

WORDS = ("Qorvex", "Qorvexx", "Avionics", "Works", "Zhelan", "Dun", "Zhelandun", "Shanghai", "Tech", "Co. Ltd", "7")
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
countries = st.sampled_from(["CN", "FR", None])
addresses = st.sampled_from(["17 Lantern Road, Harborville", "9 Mill Street, Oxbow", None])


@st.composite
def entries(draw: Any) -> Entry:
    country, address = draw(countries), draw(addresses)
    return entry(
        draw(st.sampled_from("12345")),
        draw(names),
        draw(st.sampled_from(["a_list", "b_list"])),
        aliases=tuple(draw(st.lists(names, max_size=2))),
        countries=(country,) if country else (),
        addresses=(Address(address),) if address else (),
        remarks=draw(st.sampled_from(["", "more"])),
    )


@st.composite
def parties(draw: Any) -> KnownParty:
    return KnownParty(
        name=draw(names),
        country=draw(countries),
        address=draw(addresses),
        aliases=tuple(draw(st.lists(names, max_size=1))),
    )


@st.composite
def rulings(draw: Any, of: Sequence[Entry], known: Sequence[KnownParty]) -> Adjudication:
    party, about = draw(st.sampled_from(known)), draw(st.sampled_from(of))
    return ruled(
        about,
        party.name,
        party.country,
        draw(st.sampled_from(["dismissed", "confirmed"])),
        id=draw(st.integers(1, 3)),
        expires_on=draw(st.sampled_from([DAY, DAY.replace(year=2025), None])),
    )


@st.composite
def two_states(draw: Any) -> tuple[Snapshot, Snapshot, list[KnownParty]]:
    """Two states of the lists, much alike, and some parties."""
    known = draw(st.lists(parties(), min_size=1, max_size=4))
    same = draw(st.lists(entries(), min_size=1, max_size=6))
    made = []
    for version in (1, 2):
        own = [one for one in same if draw(st.integers(0, 3))] + draw(st.lists(entries(), max_size=3))
        found = draw(st.lists(rulings(same, known), max_size=2))
        made.append(fed(own, version, adjudications=tuple(found)))
    return made[0], made[1], known


def in_full(old: Snapshot, new: Snapshot, known: Sequence[KnownParty], **also: Any) -> list[Change]:
    """The same from two full runs."""
    before, after = Screener(old, **also), Screener(new, **also)
    return [
        change
        for party in known
        for change in differences(before.screen_party(party, DAY), after.screen_party(party, DAY))
    ]


@settings(max_examples=150, deadline=None)
@given(two_states())
def test_it_equals_the_difference_of_two_full_runs(states: tuple[Snapshot, Snapshot, list[KnownParty]]) -> None:
    old, new, known = states
    assert list(rescreen(old, new, known, as_of=DAY)) == in_full(old, new, known)


PARTY = KnownParty(id="7", name="Qorvex Avionics", country="CN")
OTHER = entry("2", "Blue Harvest Bakery")


def told(old: Snapshot, new: Snapshot, party: KnownParty = PARTY) -> list[tuple[str, tuple[str, ...]]]:
    return [(change.what, change.fields) for change in rescreen(old, new, [party], as_of=DAY)]


def test_nothing_changed() -> None:
    assert told(fed([ACME, OTHER]), fed([OTHER, ACME], 2)) == []


def test_what_appeared_and_what_went() -> None:
    assert told(fed([OTHER]), fed([ACME, OTHER])) == [("appeared", ())]
    assert told(fed([ACME, OTHER]), fed([OTHER])) == [("went", ())]


def test_a_listing_that_another_is_like_is_not_looked_at_again() -> None:
    again = Rescreener(Screener(fed([ACME])), Screener(fed([ACME, OTHER])))
    assert again.keys == {("a_list", "2")}
    assert again.changes(PARTY, DAY) == ()


def test_what_changed_of_a_hit() -> None:
    named = entry("1", "Qorvex Avionics", countries=("CN",))
    assert told(fed([ACME]), fed([named])) == [("changed", ("band", "score", "name", "listing"))]
    review = entry("1", "Qorvex Avionics", countries=("CN",), review="policy_of_denial")
    assert told(fed([named]), fed([review])) == [("changed", ("listing",))]


def test_a_ruling_made_since_counts() -> None:
    made = fed([ACME], adjudications=(ruled(ACME, PARTY.name),))
    assert told(fed([ACME]), made) == [("changed", ("band", "ruling"))]


def test_a_party_that_cannot_be_looked_up_in_full_is_told() -> None:
    assert told(fed([ACME]), fed([ACME]), KnownParty(name="\u200b")) == [("cut", ())]


@pytest.mark.slow
def test_lists_joined_to_a_pack_are_compared_as_joined() -> None:
    pack = load_pack(policies_dir() / "us_ear", default_cache())
    own = next(one for one in pack.lists if one.list == "bis_entity_list").listings[0]
    listed = entry("9", own.name, own.list, aliases=("Zhelandun",), countries=(own.country or "CN",))
    far = entry("8", "Qorvex Avionics", own.list, countries=("CN",))
    known = [KnownParty(name="Zhelandun", country=own.country), KnownParty(name=own.name, country=own.country), PARTY]
    old, new = fed([far]), fed([listed, far], 2)
    found = list(rescreen(old, new, known, packs=[pack], as_of=DAY))
    assert found == in_full(old, new, known, packs=[pack])
    assert ("appeared", own.id) in [(c.what, c.after.listing) for c in found if c.after is not None]
