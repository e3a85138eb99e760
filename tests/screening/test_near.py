"""Parties to listings by names that come near, by address, and by what was found about a hit before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
import pytest

from licet.lists.adjudications import Adjudication, fingerprint
from licet.policy.imported import listing_digest
from licet.policy.model import Listing, PartyList
from licet.policy.terms import Period, Timeline
from licet.screening.index import Index
from licet.screening.match import Hit, hits, unscreened
from licet.screening.screened import screen
from licet.transaction.model import Transaction

ADDRESS = "No. 555 Qianmo Road, Binjiang District, Hangzhou"


def listing(listing_id: str, name: str, country: str | None, *aliases: str, also_in: Sequence[str] = ()) -> Listing:
    return Listing(
        id=listing_id,
        list="names",
        name=name,
        aliases=aliases,
        country=country,
        addresses=(ADDRESS,) if listing_id == "vision" else (),
        attributes={},
        rows=(),
        timeline=Timeline(periods=(Period(),)),
        also_in=tuple(also_in),
    )


VISION = listing("vision", "Hangzhou Hikvision Digital Technology Co., Ltd.", "CN", "Hikvision")
LISTINGS = (
    VISION,
    listing("foundry", "Semiconductor Manufacturing International Corporation", "CN", "SMIC"),
    listing("foundry_north", "Semiconductor Manufacturing International (Tianjin) Corporation", "CN"),
    listing("two_homes", "Qatran Aviation Parts LLC", "AE", also_in=["IR"]),
)


def index(rulings: Sequence[Adjudication] = ()) -> Index:
    return Index([PartyList(id="l", list="names", title="names", listings=LISTINGS)], rulings=rulings)


def order(party: Mapping[str, object], **more: object) -> Transaction:
    whole = {"id": "p", "roles": ["end_user"], **party}
    return msgspec.convert({"id": "t", "parties": [whole], "items": [{"id": "1"}], **more}, Transaction)


def found(party: Mapping[str, object], of: Index | None = None, **more: object) -> dict[str, Hit]:
    asked = order(party, **more)
    return {hit.listing.id: hit for hit in hits(asked.parties[0], asked, of or index())}


@pytest.mark.parametrize(
    "name", ["Hangzou Hikvision Digital Technology", "HANGZHOU HIKVISION DIGITAL TECH CO LTD", "海康威视数字技术"]
)
def test_a_name_that_comes_very_near_at_home_is_the_listed_one(name: str) -> None:
    hit = found({"name": name, "country": "CN"})["vision"]
    assert hit.confirmed
    assert hit.match is not None
    assert "is like" in hit.because
    assert hit.basis in {"name", "alias"}


def test_abroad_it_only_may_be() -> None:
    hit = found({"name": "Hangzou Hikvision Digital Technology", "country": "DE"})["vision"]
    assert hit.confirmed is None
    assert "but in DE and not in CN" in hit.because


def test_a_name_met_exactly_at_home_explains_the_party() -> None:
    assert list(found({"name": "SMIC", "country": "CN"})) == ["foundry"]


def test_a_listing_is_at_home_in_each_of_its_countries() -> None:
    assert found({"name": "Qatran Aviation Parts LLC", "country": "IR"})["two_homes"].confirmed
    assert found({"name": "Qatran Aviation Parts LLC", "country": "TR"})["two_homes"].confirmed is None


def test_the_same_street_address_may_be_the_listed_one() -> None:
    hit = found({"name": "Blue Lotus Optics", "country": "CN", "address": "555 Qianmo Rd., Binjiang, Hangzhou"})[
        "vision"
    ]
    assert (hit.basis, hit.confirmed) == ("address", None)
    assert not found({"name": "Blue Lotus Optics", "country": "CN", "address": "9 Qianmo Road, Hangzhou"})


def test_a_resolution_dismisses_what_comes_near() -> None:
    party = {"name": "Hangzou Hikvision Digital Technology", "country": "DE"}
    settled = {"hit": "vision", "party": "p", "finding": "dismissed", "by": "R", "on": "2026-01-01", "why": "a baker"}
    assert "vision" not in found(party, resolutions=[settled])
    assert not found(party, resolutions=[settled | {"hit": "names"}])
    assert found(party, resolutions=[settled | {"hit": "other_names"}])


def ruling(finding: str, expires: date | None = None, of: Listing = VISION) -> Adjudication:
    raw = {
        "finding": finding, "reason": "a baker", "author": "R. Roe", "expires_on": expires, "id": 1,
        "party": fingerprint("Hikvision GmbH", "DE"), "name": "Hikvision GmbH", "country": "DE", "list": "names",
        "listing": "vision", "digest": listing_digest(of), "made_on": date(2026, 1, 1),
    }  # fmt: skip
    return msgspec.convert(raw, Adjudication)


def on(day: date, *rulings: Adjudication, name: str = "Hikvision GmbH") -> list[bool | None]:
    met = found({"name": name, "country": "DE"}, index(rulings)).values()
    return [hit.confirmed for each in met if (hit := each.on(day)) is not None]


DAY = date(2026, 8, 1)


def test_what_was_found_before_holds_through_its_last_day() -> None:
    assert on(DAY) == [None]
    assert on(DAY, ruling("dismissed")) == []
    assert on(DAY, ruling("confirmed")) == [True]
    assert on(DAY, ruling("dismissed", DAY)) == []
    assert on(date(2026, 8, 2), ruling("dismissed", DAY)) == [None]


def test_what_was_found_of_a_listing_that_has_changed_since_does_not() -> None:
    changed = msgspec.structs.replace(VISION, addresses=())
    assert on(DAY, ruling("dismissed", of=changed)) == [None]
    assert on(DAY, ruling("dismissed"), name="Hikvision AG") != []


def test_the_day_on_which_a_finding_expires_is_one_that_can_matter() -> None:
    screened = screen(order({"name": "Hikvision GmbH", "country": "DE"}), index([ruling("dismissed", DAY)]))
    assert {DAY, date(2026, 8, 2)} <= screened.days


@pytest.mark.parametrize("name", ["Co., Ltd.", "有限公司", "x" * 100_000])
def test_a_name_that_cannot_be_looked_up_is_said(name: str) -> None:
    asked = order({"name": name, "country": "CN"})
    assert unscreened(asked.parties[0], asked, index()) == (name,)
    assert screen(asked, index()).unscreened == (("p", name),)


def test_exact_names_alone_find_nothing_near() -> None:
    exact = Index([PartyList(id="l", list="names", title="names", listings=LISTINGS)], settings=None)
    assert not found({"name": "Hangzou Hikvision Digital Technology", "country": "CN"}, exact)


def test_what_was_dismissed_explains_nothing() -> None:
    sibling = listing("sibling", "Qorvex Avionics Works Holding", "CA")
    named = listing("named", "Qorvex Avionics Works", "CA", "Zhelandun")
    raw = {
        "finding": "dismissed", "reason": "a baker", "author": "R. Roe", "id": 1,
        "party": fingerprint("Qorvex Avionics Works", "CA"), "name": "Qorvex Avionics Works", "country": "CA",
        "list": "names", "listing": "named", "digest": listing_digest(named), "made_on": date(2026, 1, 1),
    }  # fmt: skip
    lists = [PartyList(id="l", list="names", title="names", listings=(sibling, named))]
    free, ruled = Index(lists), Index(lists, rulings=[msgspec.convert(raw, Adjudication)])
    party = {"name": "Qorvex Avionics Works", "country": "CA"}
    assert set(found(party, free)) == {"named"}
    dismissed = found(party, ruled)["sibling"].unless
    assert [(other.listing.id, other.on(DAY)) for other in dismissed] == [("named", None)]
    both = found(party | {"aliases": ["Zhelandun"]}, ruled)["named"]
    assert both.on(DAY) is not None
    assert both.matched == "Zhelandun"


def test_a_firm_is_no_ship_of_a_similar_name() -> None:
    ship = msgspec.structs.replace(listing("ship", "AMBER STAR VOYAGER", None), kind="vessel")
    firm = msgspec.structs.replace(ship, id="firm", kind="entity")
    of = Index([PartyList(id="l", list="names", title="names", listings=(ship, firm))])
    assert set(found({"name": "Amber Star Ltd", "country": "DE"}, of)) == {"firm"}
    assert set(found({"name": "Amber Star Voyager", "country": "DE"}, of)) == {"firm", "ship"}


def test_a_namesake_abroad_is_asked_about_once_the_one_at_home_is_dismissed() -> None:
    lists = [
        PartyList(
            id="l",
            list="names",
            title="names",
            listings=(listing("home", "Red Pine", "CN"), listing("abroad", "Red Pine", "HK")),
        )
    ]
    party = {"name": "Red Pine", "country": "CN"}
    assert set(found(party, Index(lists))) == {"home"}
    settled = {"hit": "home", "party": "p", "finding": "dismissed", "by": "R", "on": "2026-01-01", "why": "a baker"}
    left = found(party, Index(lists), resolutions=[settled])
    assert {key: hit.confirmed for key, hit in left.items()} == {"abroad": None}
