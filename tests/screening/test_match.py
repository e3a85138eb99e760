"""Parties to listings, by exact name."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.policy.model import Listing, PartyList
from licet.policy.terms import Period, Timeline
from licet.screening.index import Index
from licet.screening.match import hits
from licet.text import folded
from licet.transaction.model import Transaction


def listing(listing_id: str, name: str, country: str | None, *aliases: str) -> Listing:
    return Listing(
        id=listing_id,
        list="names",
        name=name,
        aliases=aliases,
        country=country,
        addresses=(),
        attributes={},
        rows=(),
        timeline=Timeline(periods=(Period(),)),
    )


INDEX = Index(
    [
        PartyList(
            id="l",
            list="names",
            title="names",
            listings=(
                listing("parent", "Red Pine Co., Ltd.", "CN", "Red Pine", "红松"),
                listing("hong_kong", "Red Pine Co., Ltd.", "HK"),
                listing("nowhere", "Grey Alder", None),
            ),
        )
    ],
    settings=None,
)


def found(
    *parties: Mapping[str, object], resolutions: Sequence[Mapping[str, object]] = ()
) -> dict[tuple[str, str], bool | None]:
    order = msgspec.convert(
        {"id": "t", "parties": list(parties), "items": [{"id": "1"}], "resolutions": list(resolutions)},
        Transaction,
    )
    return {(h.listing.id, h.basis): h.confirmed for h in hits(order.parties[0], order, INDEX)}


def party(name: str, **more: object) -> dict[str, object]:
    return {"id": "p", "roles": ["purchaser"], "name": name, **more}


@pytest.mark.parametrize(
    "name",
    ["red pine co ltd", "RED PINE CO., LTD.", " Red  Pine Co.,Ltd ", "Ｒｅｄ Pine Co., Ltd.", "Red\u200b Pine Co. Ltd"],
)
def test_spelling_that_does_not_matter(name: str) -> None:
    assert found(party(name, country="CN")) == {("parent", "name"): True}


def test_another_name_is_another_party() -> None:
    assert found(party("Red Pines Co., Ltd.", country="CN")) == {}


def test_a_published_alias_in_any_script() -> None:
    assert found(party("红松", country="CN")) == {("parent", "alias"): True}


def test_the_namesake_in_the_party_s_own_country_is_the_one() -> None:
    assert found(party("Red Pine Co., Ltd.", country="HK")) == {("hong_kong", "name"): True}


def test_a_namesake_elsewhere_is_only_possible() -> None:
    assert found(party("Red Pine Co., Ltd.", country="DE")) == {("hong_kong", "name"): None, ("parent", "name"): None}


def test_without_a_country_it_may_be_either() -> None:
    assert found(
        party(
            "Red Pine",
        )
    ) == {("parent", "alias"): None}


def test_a_listing_without_a_country_is_met_anywhere() -> None:
    assert found(party("Grey Alder", country="DE")) == {("nowhere", "name"): True}


def test_whoever_stands_behind_a_party_is_looked_up_too() -> None:
    assert found(party("Agents", country="CN", acts_for=["Red Pine"])) == {("parent", "acts_for"): True}
    assert found(party("Office", country="DE", branch_of=["Grey Alder"])) == {("nowhere", "branch"): True}
    owned = party("Daughter", country="DE", owners=[{"name": "Red Pine", "country": "CN", "share": 60}])
    assert found(owned) == {("parent", "owner"): True}


def test_a_reference_to_another_party_takes_its_country() -> None:
    other = {"id": "q", "roles": ["other"], "name": "Red Pine", "country": "DE"}
    assert found(party("Agents", country="CN", acts_for=["q"]), other) == {("parent", "acts_for"): None}


@pytest.mark.parametrize(("finding", "expected"), [("dismissed", {}), ("confirmed", {("parent", "alias"): True})])
def test_a_recorded_resolution_settles_a_possible_hit(finding: str, expected: object) -> None:
    settled = {"hit": "parent", "finding": finding, "by": "R. Roe", "on": "2019-05-01", "why": "checked"}
    assert found(party("Red Pine", country="DE"), resolutions=[settled]) == expected


def test_a_resolution_for_another_party_settles_nothing() -> None:
    other = {"id": "q", "roles": ["other"], "name": "X"}
    settled = {"hit": "parent", "party": "q", "finding": "dismissed", "by": "R", "on": "2019-05-01", "why": "c"}
    assert found(party("Red Pine", country="DE"), other, resolutions=[settled]) == {("parent", "alias"): None}


def test_letters_are_kept_and_punctuation_is_not() -> None:
    assert folded("Société—Générale (S.A.)") == "société générale s a"
    assert folded("...") == ""


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_names_are_folded_as_all_names_are(name: str) -> None:
    kept = (c if unicodedata.category(c)[0] in "LNM" else " " for c in unicodedata.normalize("NFKC", name).casefold())
    assert folded(name) == " ".join("".join(kept).split())
