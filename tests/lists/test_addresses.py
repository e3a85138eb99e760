"""Addresses with their countries, and what one cell says of a listed party."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.lists.addresses import country_of, split_addresses
from licet.lists.catalog import Countries, load_catalog
from licet.lists.entity_cell import read_entity


@cache
def countries() -> Countries:
    return load_catalog().countries


def told(text: str) -> tuple[list[tuple[str, str | None]], str]:
    addresses, codes = split_addresses(text, countries())
    return [(address.text, address.country) for address in addresses], " ".join(codes)


@pytest.mark.parametrize(
    ("text", "addresses", "codes"),
    [
        ("", [], ""),
        ("CN", [], "CN"),
        ("CN; HK", [], "CN HK"),
        ("TURKIYE", [], "TR"),
        ("1 Ring, Vienna, AT", [("1 Ring, Vienna", "AT")], "AT"),
        (
            "Nam Wo Bldg., Hong Kong, HK; 3 Street, Macau, CN",  # each has a code, which counts more than its words
            [("Nam Wo Bldg., Hong Kong", "HK"), ("3 Street, Macau", "CN")],
            "HK CN",
        ),
        (
            "Guiping Road, Shanghai, China; and 6F, Kowloon, Hong Kong., CN",  # one code for all
            [("Guiping Road, Shanghai, China", "CN"), ("6F, Kowloon, Hong Kong.", "HK")],
            "CN HK",
        ),
        (
            "Kabul, Afghanistan (See alternate address in Pakistan).; and (See alternate address in Pakistan), AF;PK",
            [("Kabul, Afghanistan (See alternate address in Pakistan).", "AF")],
            "AF PK",
        ),
        ("Building 3; Building 4, RU", [("Building 3", "RU"), ("Building 4", "RU")], "RU"),
        ("3037 S. 69TH DRIVE, PHOENIX, AZ, 85043", [("3037 S. 69TH DRIVE, PHOENIX, AZ, 85043", None)], ""),
        ("REGION: KAFIA KINGI", [("REGION: KAFIA KINGI", None)], ""),
    ],
)
def test_addresses_and_their_countries(text: str, addresses: list[tuple[str, str | None]], codes: str) -> None:
    assert told(text) == (addresses, codes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Deira, Dubai, 184609 U.A.E.", "AE"),
        ("Moscow, Russia, 192019", "RU"),
        ("Beijing, China 100071.", "CN"),
        ("Leninist Street, Minsk, Republic of Belarus", "BY"),
        ("Abidjan, Côte d'Ivoire", "CI"),
        ("Seoul, South Korea", "KR"),
        ("Albuquerque, New Mexico", "MX"),  # a code, where there is one, counts more
        ("China Road, Springfield", None),
        ("", None),
    ],
)
def test_a_country_spelled_out_at_the_end(text: str, code: str | None) -> None:
    assert country_of(text, countries()) == code


@given(st.text(alphabet="AE CN;,.()and See 12ü", max_size=200))
def test_no_address_raises(text: str) -> None:
    addresses, codes = split_addresses(text, countries())
    assert {address.country for address in addresses} - {None} <= set(codes)


@pytest.mark.parametrize(
    ("cell", "name", "aliases", "addresses"),
    [
        ("Abdul Ghoura, 501, 5th Floor, Kabul", "Abdul Ghoura", (), "501, 5th Floor, Kabul"),
        ("Acme Co., Ltd., 5 Street, Perth", "Acme Co., Ltd.", (), "5 Street, Perth"),
        ("Gaz-Oil, OOO, d.10 ul.Nametkina, Moscow", "Gaz-Oil, OOO", (), "d.10 ul.Nametkina, Moscow"),
        ("Academy, Institute of Physics, 20 East Street", "Academy, Institute of Physics", (), "20 East Street"),
        ("Acme,\n5 Street;\n7 Street", "Acme", (), "5 Street; 7 Street"),
        ("Acme Address: 5 Street", "Acme", (), "5 Street"),
        ("Acme, a.k.a., AC.\n5 Street", "Acme", ("AC",), "5 Street"),
        ("Acme, a.k.a., the following one alias:\n—A.C. Ltd.\n5 Street.", "Acme", ("A.C. Ltd.",), "5 Street."),
        (
            "Zhi Pu, a.k.a., the following two aliases: —Zhi AI; and —Zhi Technology Co., Ltd. Floor 10, Building 9",
            "Zhi Pu",
            ("Zhi AI", "Zhi Technology Co., Ltd."),
            "Floor 10, Building 9",
        ),
        (
            "State Shipbuilding Corporation, Limited (CSSC) 719th Institute, a.k.a., CS.\n19 Avenue",
            "State Shipbuilding Corporation, Limited (CSSC) 719th Institute",
            ("CS",),
            "19 Avenue",
        ),
        ("Sea (f.k.a., Lab; Labor), a.k.a., TSOR.\nEmbankment 2", "Sea", ("Lab", "Labor", "TSOR"), "Embankment 2"),
        ("Acme (a.k.a., AC), 14K Block 2", "Acme", ("AC",), "14K Block 2"),
        (
            "EDO, a.k.a., the following two aliases:\n—E;\nand\n—D.\nBldg. #5—Ba'abda",
            "EDO",
            ("E", "D"),
            "Bldg. #5—Ba'abda",
        ),
        ("Acme University (AU), a.k.a., AU.\n1 Way", "Acme University (AU)", ("AU",), "1 Way"),
        ("", "", (), ""),
    ],
)
def test_cells(cell: str, name: str, aliases: tuple[str, ...], addresses: str) -> None:
    assert read_entity(cell) == (name, aliases, addresses)


@given(st.text(alphabet="—-;,.()a.k.a., and\n Co Ltd:5", max_size=200))
def test_no_cell_raises(cell: str) -> None:
    read_entity(cell)


@pytest.mark.parametrize(
    "cell",
    ["a" + ",. (" * 25_000, "A" + ", a.k.a., " * 10_000, "—; and " * 14_000, "A" + ". B" * 30_000, "(" * 100_000],
)
def test_hostile_cells_take_no_time_to_speak_of(cell: str) -> None:
    read_entity(f"Acme, a.k.a., {cell}")
    read_entity(cell)
    split_addresses(cell, countries())
