"""Names screened without an order: what is met, what a ruling makes of it, and what the answer says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

import licet
from licet import Evaluator, KnownParty, Screener
from licet.lists.adjudications import Adjudication, FindingOf, Ruling, adjudicate, fingerprint
from licet.lists.entry import Address, Entry, Notice
from licet.lists.snapshot import FedList, Snapshot, snapshot
from licet.lists.store import Store, StoreError
from licet.policy.cache import default_cache, load_pack
from licet.policy.model import Pack
from licet.resources import policies_dir
from licet.screening.screener import Screening
from tests.lists.made import AT, entry, kept

DAY = date(2026, 8, 1)
ACME = entry(
    "1",
    "Qorvex Avionics Works",
    aliases=("Zhelandun",),
    countries=("CN",),
    addresses=(Address("17 Lantern Road, Harborville", "CN"),),
    programs=("EL",),
    requirement="For all items",
    policy="Presumption of denial",
    scope="all",
    review="presumption_of_denial",
    footnotes=("1",),
    notices=(Notice("84 FR 1", date(2019, 5, 21)),),
    published=date(2019, 5, 21),
)
LIMIT = date(2026, 8, 30)


def fed(entries: Iterable[Entry], version: int = 1, **also: Any) -> Snapshot:
    """A snapshot of the entries, without a store."""
    by_list: dict[str, list[Entry]] = {}
    for one in entries:
        by_list.setdefault(one.list, []).append(one)
    lists = [
        FedList(list=name, source="csl", version=version, entries=found, vintage=DAY, asked=DAY, holds_after=LIMIT)
        for name, found in by_list.items()
    ]
    return Snapshot(lists=lists, **also)


def ruled(
    of: Entry, name: str, country: str | None = "CN", finding: FindingOf = "dismissed", **also: Any
) -> Adjudication:
    return Adjudication(
        party=fingerprint(name, country),
        name=name,
        country=country,
        list=of.list,
        listing=of.id,
        digest=of.digest,
        finding=finding,
        reason="another address",
        author="A. Clerk",
        made_on=DAY,
        **also,
    )


def bands(of: Screening) -> dict[str, str]:
    return {hit.listing: hit.band for hit in of.hits}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(policies_dir() / "us_ear", default_cache())


SCREENER = Screener(fed([ACME, entry("2", "Grey Alder Shipping", list="b_list", kind="vessel")]))


@pytest.mark.parametrize(
    ("name", "country", "band"),
    [
        ("QORVEX AVIONICS WORKS", "CN", "confirmed"),
        ("Qorvex Avionics Works", None, "possible"),
        ("Qorvex Avionics Works", "FR", "possible"),
        ("Avionics Works Qorvexx", "CN", "possible"),
        ("zhelandun", "CN", "confirmed"),
        ("Blue Harvest Bakery", "CN", "none"),
        ("Grey Alder Shipping", None, "confirmed"),
    ],
)
def test_a_name_has_the_band_of_its_worst_hit(name: str, country: str | None, band: str) -> None:
    found = SCREENER.screen(name, country=country)
    assert (found.band, found.complete) == (band, True)


def test_a_hit_says_what_was_met_and_what_the_list_says() -> None:
    (hit,) = SCREENER.screen("zhelandun", country="CN", as_of=DAY).hits
    assert (hit.list, hit.listing, hit.match.name, hit.match.basis) == ("a_list", "1", "Zhelandun", "alias")
    assert (hit.source, hit.version, hit.digest, hit.score) == ("csl", 1, ACME.digest, 1.0)
    about = hit.facts
    assert (about.name, about.countries, about.addresses) == (
        "Qorvex Avionics Works",
        ("CN",),
        ("17 Lantern Road, Harborville",),
    )
    assert (about.scope, about.review, about.footnotes) == ("all", "presumption_of_denial", ("1",))
    assert (about.cites, about.published, about.programs) == (("84 FR 1",), date(2019, 5, 21), ("EL",))
    assert (about.requirement, about.policy) == ("For all items", "Presumption of denial")
    assert hit.explained()[0] == "confirmed: `zhelandun` met a published alias `Zhelandun`, score 1.000"


def test_an_alias_of_the_party_counts_like_its_name() -> None:
    found = SCREENER.screen("Blue Harvest Bakery", aliases=["", "Qorvex Avionics Works"], country="CN")
    assert found.band == "confirmed"
    assert found.hits[0].match.query == "Qorvex Avionics Works"


def test_an_address_alone_is_possible() -> None:
    found = SCREENER.screen("Blue Harvest Bakery", country="CN", address="Lantern Road 17, Harborville")
    assert bands(found) == {"1": "possible"}
    assert found.hits[0].match.basis == "address"


def test_a_name_that_cannot_be_read_is_never_settled() -> None:
    for name in ("", "\u200b\u202e", "a" * 10_000_000, "Co., Ltd."):
        assert not SCREENER.screen(name).complete


def test_too_many_aliases_are_never_settled() -> None:
    found = SCREENER.screen("Blue Harvest Bakery", aliases=[f"Other {n}" for n in range(60)])
    assert found.cut


def test_a_list_too_old_for_the_day_settles_nothing() -> None:
    assert SCREENER.screen("Blue Harvest Bakery", as_of=LIMIT).complete
    late = SCREENER.screen("Blue Harvest Bakery", as_of=date(2026, 8, 31))
    assert [(one.list, one.holds_after) for one in late.stale] == [("a_list", LIMIT), ("b_list", LIMIT)]
    assert not late.complete


def test_a_listing_that_has_ended_counts_for_nothing_after_it() -> None:
    screener = Screener(fed([entry("1", "Qorvex Avionics Works", ended=date(2026, 1, 1))]))
    assert screener.screen("Qorvex Avionics Works", as_of=date(2026, 1, 1)).band == "confirmed"
    later = screener.screen("Qorvex Avionics Works", as_of=DAY)
    assert (later.band, [hit.in_force for hit in later.hits]) == ("none", [False])
    assert screener.screen("Qorvex Avionics Works").band == "confirmed", "without a day every listing counts"


# --- rulings ---------------------------------------------------------------------------------------------------------


def with_rulings(*made: Adjudication, entries: Sequence[Entry] = (ACME,)) -> Screener:
    return Screener(fed(entries, adjudications=made))


def test_a_dismissal_is_of_that_party_and_that_listing() -> None:
    screener = with_rulings(ruled(ACME, "Qorvex Avionics"))
    assert bands(screener.screen("qorvex avionics", country="CN", as_of=DAY)) == {"1": "dismissed"}
    assert screener.screen("qorvex avionics", country="CN", as_of=DAY).band == "none"
    assert bands(screener.screen("Qorvex Avionics", as_of=DAY)) == {"1": "possible"}, "of another country"
    assert bands(screener.screen("Qorvexx Avionics", country="CN", as_of=DAY)) == {"1": "possible"}, "of another name"


def test_a_dismissal_names_its_author_and_reason() -> None:
    screener = with_rulings(ruled(ACME, "Qorvex Avionics", expires_on=DAY))
    (hit,) = screener.screen("Qorvex Avionics", country="CN", as_of=DAY).hits
    assert hit.explained()[-1] == "dismissed by A. Clerk on 2026-08-01, through 2026-08-01: another address"


def test_a_changed_listing_opens_the_hit_again() -> None:
    now = msgspec.structs.replace(ACME, remarks="more", digest="1" * 64)
    screener = with_rulings(ruled(ACME, "Qorvex Avionics"), entries=[now])
    assert bands(screener.screen("Qorvex Avionics", country="CN", as_of=DAY)) == {"1": "possible"}


def test_a_dismissal_expires() -> None:
    screener = with_rulings(ruled(ACME, "Qorvex Avionics", expires_on=DAY))
    asked = {day: screener.screen("Qorvex Avionics", country="CN", as_of=day) for day in (DAY, date(2026, 8, 2), None)}
    assert [one.band for one in asked.values()] == ["none", "possible", "possible"]
    assert "which does not hold on the day" in asked[None].hits[0].explained()[-1]


def test_a_confirmation_makes_a_hit_sure() -> None:
    screener = with_rulings(ruled(ACME, "Qorvex Avionics", finding="confirmed"))
    assert screener.screen("Qorvex Avionics", country="CN", as_of=DAY).band == "confirmed"


def test_one_dismissed_name_of_two_settles_nothing() -> None:
    screener = with_rulings(ruled(ACME, "Qorvex Avionics Works"))
    found = screener.screen("Qorvex Avionics Works", aliases=["Zhelandun"], country="CN", as_of=DAY)
    assert bands(found) == {"1": "confirmed"}


# --- one index -------------------------------------------------------------------------------------------------------


def test_many_parties_in_their_order() -> None:
    parties = [KnownParty(id=str(n), name=name, country="CN") for n, name in enumerate(["Zhelandun", "Bakery"] * 3)]
    assert [one.band for one in SCREENER.screen_many(parties)] == ["confirmed", "none"] * 3


def test_a_name_that_comes_again_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    screener = Screener(fed([ACME]))
    asked = []
    search = screener._lookup.index.search

    def counted(name: str, **also: Any) -> Any:
        asked.append(name)
        return search(name, **also)

    monkeypatch.setattr(screener._lookup.index, "search", counted)
    found = list(screener.screen_many(KnownParty(name=name) for name in ("Zhelandun", "Bakery", "Zhelandun")))
    assert found[0].hits == found[2].hits
    assert asked == ["Zhelandun", "Bakery"]


def test_threads_share_a_screener() -> None:
    screener = Screener(fed([ACME, *(entry(str(n), f"Company {n} Holding") for n in range(10, 200))]))
    names = [name for n in range(10, 60) for name in ("Zhelandun", f"Company {n}", f"Bakery {n}")]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(screener.screen, names))
    alone = Screener(screener.lists)
    assert together == [alone.screen(name) for name in names]


def test_the_index_is_read_from_its_cache(tmp_path: Path) -> None:
    for _ in range(2):
        found = Screener(fed([ACME]), cache=tmp_path).screen("Zhelandun", country="CN")
        assert found.band == "confirmed"
    assert len(list(tmp_path.iterdir())) == 1


def test_only_some_lists() -> None:
    screener = Screener(SCREENER.lists, only={"b_list"})
    assert screener.screen("Zhelandun").band == "none"
    assert screener.screen("Grey Alder Shipping").band == "confirmed"


def test_entries_of_one_id_are_both_met() -> None:
    screener = Screener(fed([ACME, entry("1", "Grey Alder Shipping")]))
    assert [screener.screen(name).band for name in ("Zhelandun", "Grey Alder Shipping")] == ["possible", "confirmed"]


# --- a store, and the packs -------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    kept(store, [msgspec.structs.replace(ACME, list="bis_entity_list")])
    return store


def test_a_store_is_loaded(store: Store, tmp_path: Path) -> None:
    screener = Screener.load(tmp_path / "store")
    found = screener.screen("Zhelandun", country="CN", as_of=DAY)
    (used,) = found.versions
    assert (used.source, used.version, used.digest) == ("csl", 1, store.versions()[0].digest)
    assert [(hit.list, hit.title, hit.source) for hit in found.hits] == [("bis_entity_list", "Entity List", "csl")]


def test_without_lists_nothing_is_screened(tmp_path: Path) -> None:
    for where in (tmp_path, None):
        with pytest.raises(StoreError, match="the list store has no list"):
            Screener.load(where)


def test_what_a_pack_has_listed_itself_is_met(pack: Pack) -> None:
    own = next(one for one in pack.lists if one.list == "bis_entity_list").listings[0]
    (hit, *_) = Screener(Snapshot(), [pack]).screen(own.name, country=own.country).hits
    assert (hit.listing, hit.source, hit.version) == (own.id, "us_ear", None)
    assert hit.facts.cites
    assert hit.facts.scope is not None


def test_a_screening_is_json() -> None:
    data = msgspec.json.decode(msgspec.json.encode(SCREENER.screen("Zhelandun", country="CN", as_of=DAY)))
    assert data["hits"][0]["facts"]["review"] == "presumption_of_denial"


def test_it_is_shown_at_the_front_door() -> None:
    assert {"KnownParty", "Screener", "Screening"} <= set(dir(licet))


# --- what an evaluation makes of it -----------------------------------------------------------------------------------


def order(name: str) -> dict[str, Any]:
    return {
        "id": "1",
        "date": "2026-08-01",
        "activity": "export",
        "origin": "US",
        "destination": "CA",
        "parties": [{"id": "p", "roles": ["purchaser", "end_user"], "name": name, "country": "CA"}],
        "items": [{"id": "1", "description": "desk", "eccn": "EAR99", "origin": "US"}],
        "licenses": [],
    }


LISTED = entry(
    "77", "Qorvex Avionics Works", list="bis_entity_list", countries=("CA",), scope="all", review="case_by_case"
)


def releases(store: Store, name: str, *days: str) -> list[str]:
    evaluator = Evaluator.load(policies_dir() / "us_ear", lists=store.database.path.parent)
    return [evaluator.evaluate(order(name), as_of=day, shelf_life=False).release for day in days]


@pytest.mark.slow
def test_an_evaluation_heeds_a_dismissal_until_it_ends_or_the_listing_changes(tmp_path: Path) -> None:
    store = Store(tmp_path)
    kept(store, [LISTED])
    name, day = "Qorvex Avionics", "2026-08-02"
    assert releases(store, "Blue Harvest Bakery", day) == ["go"]
    assert releases(store, name, day) == ["hold"]
    screener = Screener.load(tmp_path)
    (hit,) = screener.screen(name, country="CA", as_of=DAY).hits
    about = Entry(list=hit.list, id=hit.listing, name=name, digest=hit.digest)
    words = Ruling(finding="dismissed", reason="another address", author="A", expires_on=date(2026, 8, 3))
    adjudicate(store, (name, "CA"), about, words, AT)
    assert releases(store, name, day, "2026-08-03", "2026-08-04") == ["go", "go", "hold"]
    assert [Screener.load(tmp_path).screen(name, country="CA", as_of=date(2026, 8, n)).band for n in (3, 4)] == [
        "none",
        "possible",
    ]
    changed = entry("77", "Qorvex Avionics Works", list="bis_entity_list", countries=("CA",), remarks="more")
    kept(store, [changed])
    assert releases(store, name, day) == ["hold"]
    assert Screener.load(tmp_path).screen(name, country="CA", as_of=DAY).band == "possible"


@pytest.mark.slow
def test_an_evaluation_heeds_a_dismissal_of_what_the_pack_has_listed(tmp_path: Path, pack: Pack) -> None:
    store = Store(tmp_path)
    kept(store, [LISTED])
    own = next(
        one
        for one in next(x for x in pack.lists if x.list == "bis_entity_list").listings
        if one.country == "CN" and one.rows[-1].period.ended is None
    )
    met = Screener(snapshot(store), [pack]).screen(own.name, country="CA", as_of=DAY)
    for hit in met.hits:
        about = Entry(list=hit.list, id=hit.listing, name=own.name, digest=hit.digest)
        assert releases(store, own.name, "2026-08-02") == ["hold"]
        adjudicate(store, (own.name, "CA"), about, Ruling(finding="dismissed", reason="r", author="A"), AT)
    assert releases(store, own.name, "2026-08-02") == ["go"]
