"""Listed names looked up: bases, bands, countries, addresses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from licet.names import DEFAULT, Found, Named, NameIndex, Settings, explained

ENTRIES = (
    Named(
        "1",
        ("Hangzhou Hikvision Digital Technology Co., Ltd.", "Hikvision", "HKV"),
        ("CN",),
        ("No. 555 Qianmo Road, Binjiang District, Hangzhou 310051, China",),
        "entity",
    ),
    Named(
        "2",
        ("Joint Stock Company Mikron",),
        ("RU",),
        ("1st Zapadny Proezd 12/1, Zelenograd, Moscow, 124460, Russia",),
        "entity",
    ),
    Named("3", ("Ivan Petrovich Sidorov",), ("RU",), (), "individual"),
    Named("4", ("Snow Storm",), (), (), "vessel"),
    Named("5", ("Shanghai Micro Electronics Equipment (Group) Co., Ltd. (SMEE)",), ("CN",), (), "entity"),
    Named("6", ("Limited",), ("CN",), (), "entity"),
)
INDEX = NameIndex(ENTRIES)


def keys(found: Found) -> list[str]:
    return [match.key for match in found.matches]


@pytest.mark.parametrize(
    ("name", "key", "basis"),
    [
        ("Hangzhou Hikvision Digital Technology", "1", "name"),
        ("hikvision", "1", "alias"),
        ("杭州海康威视数字技术股份有限公司", "1", "brand"),
        ("Микрон", "2", "name"),
        ("Sidorov Ivan P.", "3", "name"),
        ("SMEE", "5", "name"),
        ("Shanghai Microelectronics Equipment", "5", "name"),
    ],
)
def test_a_name_finds_its_entry_and_says_by_what(name: str, key: str, basis: str) -> None:
    best = INDEX.search(name, country=ENTRIES[int(key) - 1].countries[0]).matches[0]
    assert (best.key, best.basis) == (key, basis)
    assert best.query == name


def test_another_name_finds_nothing() -> None:
    assert INDEX.search("Ordinary Garden Furniture GmbH", country="DE") == Found((), cut=False)


@pytest.mark.parametrize(
    ("country", "band", "agreement"),
    [
        ("CN", "confirmed", "agrees"),
        ("cn", "confirmed", "agrees"),
        ("DE", "possible", "differs"),
        (None, "possible", "unknown"),
    ],
)
def test_an_equal_name_is_confirmed_in_its_own_country_and_possible_elsewhere(
    country: str | None, band: str, agreement: str
) -> None:
    (match,) = INDEX.search("HIKVISION", country=country).matches
    assert (match.score, match.band, match.explanation.country) == (1.0, band, agreement)


def test_an_equal_name_of_a_listing_without_a_country_is_confirmed() -> None:
    (match,) = INDEX.search("Snow Storm", country="DE").matches
    assert (match.band, match.explanation.country) == ("confirmed", "unlisted")


def test_a_good_name_is_possible_where_the_country_agrees_and_nothing_where_it_differs() -> None:
    name = "Hikvison Technology"
    (match,) = INDEX.search(name, country="CN").matches
    assert match.band == "possible"
    assert DEFAULT.possible_agrees <= match.score < DEFAULT.possible_differs
    assert not INDEX.search(name, country="DE").matches


def test_another_kind_of_thing_is_never_confirmed() -> None:
    assert INDEX.search("Snow Storm", kind="entity").matches[0].band == "possible"
    assert INDEX.search("Snow Storm", kind="vessel").matches[0].band == "confirmed"
    assert INDEX.search("Snow Storm", kind="unknown").matches[0].band == "confirmed"


def test_aliases_of_the_party_are_looked_up_and_the_best_one_is_told() -> None:
    (match,) = INDEX.search("Unheard Of Traders", aliases=("Hikvision",), country="CN").matches
    assert (match.query, match.score) == ("Hikvision", 1.0)


def test_too_many_aliases_are_cut() -> None:
    found = NameIndex(ENTRIES, Settings(aliases=1)).search("Unheard Of", aliases=("Also Unheard", "Hikvision"))
    assert found == Found((), cut=True)


def test_too_many_candidates_are_cut_and_the_best_ones_kept() -> None:
    many = [Named(name, (f"Hydra Kontor {name}",)) for name in "Moscow Paris Berlin Madrid London Vienna".split()]
    found = NameIndex(many, Settings(candidates=2)).search("Hydra Kontor Paris")
    assert found.cut
    assert found.matches[0].key == "Paris"
    assert len(found.matches) <= 2


@pytest.mark.parametrize("address", ["555 Qianmo Rd., Hangzhou", "Building 3, No.555, QIANMO ROAD, Binjiang"])
def test_the_same_street_address_is_a_basis_of_its_own(address: str) -> None:
    (match,) = INDEX.search("Unheard Of Traders", address=address, country="CN").matches
    assert (match.key, match.basis, match.band) == ("1", "address", "possible")
    assert match.explanation.address == ("555 qianmo",)


@pytest.mark.parametrize(
    "address",
    [
        "Hangzhou, China",
        "No. 556 Qianmo Road, Hangzhou",
        "555 Jiangnan Road, Hangzhou",
        "Binjiang District, Hangzhou 310051",
        "555",
        "",
    ],
)
def test_the_same_city_or_half_an_address_is_not(address: str) -> None:
    assert not INDEX.search("Unheard Of Traders", address=address).matches


def test_a_match_by_name_stands_before_the_address() -> None:
    (match,) = INDEX.search("Hikvision", address="555 Qianmo Road", country="CN").matches
    assert match.basis == "alias"


def test_only_a_legal_form_is_cut_and_yet_equal() -> None:
    found = INDEX.search("LIMITED", country="CN")
    assert found.cut
    assert keys(found) == ["6"]


def test_matches_come_best_first() -> None:
    index = NameIndex(
        [
            Named("a", ("Hydra Kontor Baltika",), ("CN",)),
            Named("b", ("Hydra Kontor",), ("CN",)),
            Named("c", ("Hydra Kontor Ltd",), ("RU",)),
        ]
    )
    assert keys(index.search("Hydra Kontor", country="CN")) == ["b", "c", "a"]


def test_one_index_serves_many_threads() -> None:
    names = ["hikvision", "Микрон", "SMEE", "杭州海康威视数字技术股份有限公司", "Nobody At All"] * 40
    alone = [INDEX.search(name, country="CN") for name in names]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda name: NameIndex.search(INDEX, name, country="CN"), names)) == alone


def test_a_match_is_explained() -> None:
    (match,) = INDEX.search("Hikvison Digital 9", country="DE", aliases=("HIKVISION",)).matches
    assert explained(match) == [
        "possible: `HIKVISION` met a published alias `Hikvision`, score 1.000",
        "`hikvision` is `hikvision`: the same, weight 1.00",
        "the country differs",
    ]


def test_an_explanation_holds_no_control_characters() -> None:
    (match,) = NameIndex([Named("x", ("Hyd\x1b[31mra\u202e Kontor",))]).search("Hydra\u202e \x07Kontor").matches[
        :1
    ] or [None]
    if match is not None:
        assert "".join(explained(match)).isprintable()


def test_an_address_is_explained() -> None:
    (match,) = INDEX.search("Unheard Of Traders", address="555 Qianmo Road").matches
    lines = explained(match)
    assert lines[0].startswith("possible: `555 Qianmo Road` met the address `No. 555 Qianmo Road")
    assert lines[1].startswith("`555 qianmo` is `555 qianmo`: the same house number and street")
