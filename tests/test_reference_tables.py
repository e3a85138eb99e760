"""The pack's chart, country groups and reasons for control, against the reference data of July 2026.

The reference data is not part of the project: where it is absent the tests are skipped.
Every deviation is listed with its reason, and a deviation that is none any more fails too.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PACK = ROOT / "policies" / "us_ear"
DATA = ROOT.parent / "shared" / "data"
VINTAGE = "2026-07-23"  # day of the codified text that the reference data was read from

COLUMNS = frozenset({"NS1", "NS2", "RS1", "RS2", "MT1", "NP1", "CB1", "CB2", "CC1", "AT1"})
GROUPS = ("A:1", "A:5", "A:6", "B", "D:1", "D:5", "E:1", "E:2")

# Spellings of the supplements that are not the short names of ISO 3166-1.
SPELLINGS = {
    "Bahamas, The": "BS",
    "The Bahamas": "BS",
    "Bolivia": "BO",
    "Bosnia & Herzegovina": "BA",
    "Brunei": "BN",
    "Burma": "MM",
    "Cape Verde": "CV",
    "China (PRC)": "CN",
    "Congo (Democratic Republic of the)": "CD",
    "Congo (Democratic Republic of)": "CD",
    "Congo (Republic of the)": "CG",
    "Cote d'Ivoire": "CI",
    "Cote d'lvoire": "CI",
    "Czech Republic": "CZ",
    "Gambia, The": "GM",
    "Iran": "IR",
    "Korea, North": "KP",
    "Korea, South": "KR",
    "Laos": "LA",
    "Macau": "MO",
    "Micronesia (Federated State of)": "FM",
    "Micronesia, Federated States of": "FM",
    "Moldova": "MD",
    "Russia": "RU",
    "Saint Kitts & Nevis": "KN",
    "Sao Tome & Principe": "ST",
    "Seycheles": "SC",
    "Sint Maarten (the Dutch two-fifths of the island of Saint Martin)": "SX",
    "South Sudan, Republic of": "SS",
    "St. Kitts and Nevis": "KN",
    "St. Lucia": "LC",
    "St. Vincent and the Grenadines": "VC",
    "Syria": "SY",
    "Tanzania": "TZ",
    "Trinidad & Tobago": "TT",
    "United States": "US",
    "Vatican City": "VA",
    "Venezuela": "VE",
    "Vietnam": "VN",
}

# Destinations with a row in the pack and none in the chart.
CHART_ADDED = {
    "HK": "no row since 2020-12-23, when China's entry began to govern it (85 FR 83788)",
    "KY": "738.3(b) gives a territory the row of the country it belongs to, and names this one",
}
# Memberships in the pack and not in the table of country groups.
GROUPS_ADDED = {
    ("D:1", "HK"): "part of China since 2020-12-23 (85 FR 83788)",
    ("D:5", "HK"): "part of China since 2020-12-23 (85 FR 83788)",
}
# Columns in the pack that the entry gives only to some of its items, or in prose.
REASONS_ADDED = {
    ("1A004.c", "CB2"): "only the chemical detection systems that are named; all have it, the stricter reading",
    ("1D003", "RS2"): "only software for equipment of 1A004.d; all have it, the stricter reading",
}
# Columns of an entry that a row for the paragraph leaves out, by the paragraphs that the entry gives them to.
REASONS_ELSEWHERE = {
    ("1A004", "CB2"): ("1A004.c",),
    ("1A004", "RS2"): ("1A004.d",),
    ("3A001", "NS1"): ("3A001.b.2", "3A001.b.3"),
    ("3A001", "RS1"): ("3A001.b.2", "3A001.b.3"),
    ("3A001", "MT1"): ("3A001.a.1.a", "3A001.a.5.a", "3A001.z"),
    ("3A001", "NP1"): ("3A001.e.2", "3A001.e.3", "3A001.z"),
    ("3A002", "MT1"): ("3A002.h",),
    ("5A001", "NS1"): ("5A001.a", "5A001.b.5", "5A001.e", "5A001.f.3", "5A001.h"),
    ("5A001", "NS2"): ("5A001.b.2", "5A001.b.3", "5A001.b.4", "5A001.b.6", "5A001.c", "5A001.d", "5A001.g", "5A001.j"),
}
# Paragraphs of 1A004.c that detect something other than chemical agents: no CB column.
NOT_CHEMICAL = {"1A004.c.1": "biological agents", "1A004.c.2": "radioactive materials"}
NO_COLUMN = {"1A999": "the anti-terrorism requirement is prose, for North Korea alone"}


@cache
def reference(path: str) -> Any:
    """The parsed reference file, or a skipped test."""
    file = DATA / path
    if not file.exists():
        pytest.skip(f"reference data {path} is not here")
    return json.loads(file.read_text(encoding="utf-8"))


@cache
def table(path: str) -> list[dict[str, Any]]:
    """The rows of a table of the pack, every scalar as text."""
    text = (PACK / path / "table.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.load(text, Loader=yaml.BaseLoader)["rows"]  # noqa: S506, it builds only text
    return rows


def in_force(rows: list[dict[str, Any]], day: str) -> Iterator[dict[str, Any]]:
    """The rows in force on a day, written as in ISO 8601."""
    return (row for row in rows if row.get("from", "") <= day <= row.get("through", "9999"))


def codes() -> dict[str, str]:
    """Country codes by name, as ISO 3166-1 and as the supplements spell it."""
    return {row["name"]: row["code"] for row in table("countries")} | SPELLINGS


def chart_columns(entry: Mapping[str, Any]) -> dict[str, list[str]]:
    """The country chart columns that an entry of the Commerce Control List names, each with its scopes."""
    found: dict[str, list[str]] = {}
    for control in entry["countryChart"]:
        for reason, number in re.findall(r"\b(NS|RS|MT|NP|CB|CC|AT) Column (\d)", control["countryChart"]):
            found.setdefault(reason + number, []).append(control["control"])
        if "742.15" in control["countryChart"]:
            found.setdefault("EI", []).append(control["control"])
    return found


def within(eccn: str, paragraphs: tuple[str, ...]) -> bool:
    """Whether the ECCN is one of the paragraphs, or below one."""
    return any(eccn == paragraph or eccn.startswith(paragraph + ".") for paragraph in paragraphs)


def test_every_country_code_is_written_once() -> None:
    written = [row["code"] for row in table("countries")]
    assert len(written) == len(set(written))
    assert sum(1 for code in written if re.fullmatch("[A-Z]{2}", code)) == 249 + 1  # and Kosovo's user-assigned code


@pytest.mark.parametrize("path", ["part_738/country_chart", "part_740/country_groups", "part_746/embargoes"])
def test_every_country_is_known(path: str) -> None:
    known = {row["code"] for row in table("countries")}
    assert {row["country"] for row in table(path)} <= known


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("part_738/country_chart", ("country",)),
        ("part_740/country_groups", ("country", "group")),
        ("part_774/control_reasons", ("eccn",)),
    ],
)
def test_dated_rows_of_one_key_never_overlap(path: str, key: tuple[str, ...]) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for row in sorted(table(path), key=lambda row: str(row.get("from", ""))):
        name = tuple(row[column] for column in key)
        assert seen.get(name, "") < row.get("from", "1"), f"{path}: two rows for {name}"
        seen[name] = row.get("through", "9999")


def test_country_chart() -> None:
    chart = reference("ear-country-chart/country-chart.json")
    code = codes()
    marks = {
        code[name]: {mark.replace(" ", "") for mark in cell["marks"]} & COLUMNS
        for name, cell in chart["countries"].items()
    }
    ours = {row["country"]: set(row["columns"]) for row in in_force(table("part_738/country_chart"), VINTAGE)}
    assert set(ours) - set(marks) == set(CHART_ADDED)
    assert not {code[name] for name in chart["embargoed"]} & set(ours)  # part 746 speaks for them
    for country, expected in marks.items():
        ei = set() if country == "CA" else {"EI"}  # 742.15(a): no column, every destination but Canada
        assert ours[country] == expected | ei, country
    assert ours["HK"] == ours["CN"]
    assert ours["KY"] == ours["GB"]


@pytest.mark.parametrize("group", GROUPS)
def test_country_groups(group: str) -> None:
    members = reference("ear-country-groups/country-groups.json")["groups"][group]
    code = codes()
    ours = {row["country"] for row in in_force(table("part_740/country_groups"), VINTAGE) if row["group"] == group}
    added = {country for in_group, country in GROUPS_ADDED if in_group == group}
    assert added <= ours
    assert ours - added == {code[name] for name in members}


def test_only_the_groups_compared_are_there() -> None:
    assert {row["group"] for row in table("part_740/country_groups")} == set(GROUPS)


def rows_of_reasons() -> list[dict[str, Any]]:
    """The rows of the table of reasons for control; EAR99 aside, which is no entry."""
    return [row for row in table("part_774/control_reasons") if row["eccn"] != "EAR99"]


@pytest.mark.parametrize("row", rows_of_reasons(), ids=lambda row: str(row["eccn"]))
def test_reasons_for_control(row: dict[str, Any]) -> None:
    entries = {entry["eccn"]: entry for entry in reference("ear-ccl/ccl.json")["entries"]}
    eccn, ours = row["eccn"], set(row["reasons"])
    base = eccn.split(".")[0]
    named = chart_columns(entries[base])
    if base in NO_COLUMN:
        assert not named
        assert not ours
        return
    added = {reason for listed, reason in REASONS_ADDED if listed == eccn}
    assert added <= ours
    assert ours <= set(named), "a column that the entry does not name"
    for reason, scopes in named.items():
        if (base, reason) in REASONS_ELSEWHERE:
            expected = within(eccn, REASONS_ELSEWHERE[base, reason]) and not (reason == "CB2" and eccn in NOT_CHEMICAL)
            assert (reason in ours) == expected, f"{reason}: {scopes}"
        else:
            assert reason in ours, f"{reason}: {scopes}"


def test_every_deviation_is_one() -> None:
    rows = {row["eccn"]: set(row["reasons"]) for row in rows_of_reasons()}
    assert all(reason in rows[eccn] for eccn, reason in REASONS_ADDED)
    assert all(eccn in rows for eccn in NOT_CHEMICAL)
    assert {eccn.split(".")[0] for eccn in rows} >= {base for base, _ in REASONS_ELSEWHERE} | set(NO_COLUMN)


def test_license_exception_civ_was_for_national_security_alone() -> None:
    for row in table("part_774/control_reasons"):
        if row["civ"] == "true":
            assert set(row["reasons"]) - {"AT1"} == {"NS2"}, row["eccn"]
