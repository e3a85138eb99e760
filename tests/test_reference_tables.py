"""The pack's tables of July 2026, against reference data of that time, by the tables' own look-ups.

The reference data is not part of the project: where it is absent the tests are skipped.
Every deviation is listed with its reason under `tests/reference`, and a deviation that is none any more fails too.
"""

import csv
import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from licet.compile.tables import DatedTable, TableView
from licet.findings import Finding
from licet.policy.model import Row
from licet.policy.node import Node
from licet.policy.read_tables import table as read_table
from licet.policy.source import load_document
from licet.policy.terms import TableColumn
from tests.reference.ccl_cells import COLUMN, Reading, listed, mechanical, under

ROOT = Path(__file__).resolve().parents[1]
PACK = ROOT / "policies" / "us_ear"
DATA = ROOT.parent / "shared" / "data"
VINTAGE = date(2026, 7, 23)  # day of the codified text that the reference data was read from
WEB_CHART = date(2025, 11, 12)  # day of the chart that the reference data has from the web

REASONS, EXCEPTIONS, SENSITIVE = "part_774/control_reasons", "part_774/exceptions", "part_774/sensitive_list"
CHART, GROUPS, COUNTRIES = "part_738/country_chart", "part_740/country_groups", "countries"
SETS = ("reasons", "prose", "special", "special_prose")
ADDED = "part_742/destinations/added"
OURS_ALONE = frozenset({"3B090"})  # entries that were gone by July 2026, beside those that the reference data lost

# Entries of which the lettered paragraphs are not known well enough: their own row stands for those without a row.
PARAGRAPHS_NOT_KNOWN = frozenset(
    "0A509 0A606 0A617 0D606 0D617 0E606 0E617 6D003 7A611 7B611 7D611 7E611 8A609 8A620 8D609 8D620 8E609 8E620 "
    "9A515 9A604 9A610 9A619 9B515 9B604 9B610 9B619 9D515 9D604 9D610 9D619 9E515 9E604 9E610 9E619".split()
)
# Paragraphs whose row, where others have rows below it, is for what is none of them; "" is the entry.
COLLECTING = ("", "z")

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
# How the web chart spells a few.
WEB_SPELLINGS = {
    "Bosnia & Herzegovina": "BA",
    "Gambia  The": "GM",
    "Korea  North": "KP",
    "Korea  South": "KR",
    "Micronesia  Federated States of": "FM",
    "Saint Lucia": "LC",
    "Saint Vincent and the Grenadines": "VC",
    "Seychelles": "SC",
    "South Sudan  Republic of": "SS",
    "Surinam": "SR",
}

# Memberships in the pack and not in the table of country groups: part of China since 2020-12-23 (85 FR 83788).
GROUPS_ADDED = {("D:1", "HK"), ("D:3", "HK"), ("D:4", "HK"), ("D:5", "HK")}
SUPPLEMENTS = "supp_3_740 supp_5a_740 supp_4_742 supp_3_744 supp_3_746"
NAMED_SETS = set(f"A56 D5M D145- E OAS NATO UN not_cwc tier_1_app tier_3_app {SUPPLEMENTS}".split())
# Dependent territories with a row of the chart, by the country that they belong to (738.3(b)).
TERRITORIES = {
    "AU": "CC CX HM NF",
    "DK": "FO GL",
    "FI": "AX",
    "FR": "BL GF GP MF MQ NC PF PM RE TF WF YT",
    "GB": "AI BM FK GG GI GS IM IO JE KY MS PN SH TC VG",
    "NL": "BQ",
    "NO": "BV SJ",
    "NZ": "TK",
    "CN": "HK",
}
NO_ROW = {"US", "AS", "GU", "MP", "PR", "UM", "VI", "CU", "IR", "KP", "SY", "AQ", "PS", "CK", "NU"}


# --- reading ----------------------------------------------------------------------------------------------------------


@cache
def reference(path: str) -> Any:
    """The parsed reference file, or a skipped test."""
    file = DATA / path
    if not file.exists():
        pytest.skip(f"reference data {path} is not here")
    return json.loads(file.read_text(encoding="utf-8"))


@cache
def deviations(name: str) -> Any:
    """A list of deviations under `tests/reference`."""
    return yaml.safe_load((ROOT / "tests" / "reference" / name).read_text(encoding="utf-8"))


@cache
def dated(path: str) -> DatedTable:
    """A table of the pack, as licet reads it."""
    findings: list[Finding] = []
    document, found = load_document((PACK / path / "table.yaml").read_bytes(), path)
    assert document is not None, found
    table = read_table(Node(document.data, path, document, findings), path)
    assert not [*found, *findings]
    return DatedTable(table)


def view(path: str, day: date = VINTAGE) -> TableView:
    """A table of the pack on a day."""
    return dated(path).at(day, None)


def cells(path: str, day: date = VINTAGE, **by: str) -> dict[str, Any]:
    """The row that a look-up finds, by column; empty where there is none."""
    rows, _ = view(path, day).lookup(list(by.items()))
    assert len(rows) < 2, (path, by)
    return dict(zip(dated(path).table.columns, rows[0].values, strict=True)) if rows else {}


def column(path: str, name: str, day: date = VINTAGE) -> list[Any]:
    """The values of a column in the rows in force on a day."""
    place = list(dated(path).table.columns).index(name)
    return [row.values[place] for row in view(path, day).rows]


def members(group: str, day: date = VINTAGE) -> set[str]:
    """The members of a group on a day."""
    ref = TableColumn(table=GROUPS, column="country", where=(("group", group),))
    return {str(country) for country in view(GROUPS, day).column(ref)}


@cache
def codes() -> dict[str, str]:
    """Country codes by name, as ISO 3166-1 and as the supplements spell it."""
    return dict(zip(column(COUNTRIES, "name"), column(COUNTRIES, "code"), strict=True)) | SPELLINGS


# --- countries --------------------------------------------------------------------------------------------------------


def test_every_country_code_is_written_once() -> None:
    written = column(COUNTRIES, "code")
    assert len(written) == len(set(written))
    assert sum(1 for code in written if re.fullmatch("[A-Z]{2}", code)) == 249 + 1  # and Kosovo's user-assigned code
    assert {code for code in written if "-" in code} == {"UA-09", "UA-14", "UA-40", "UA-43"}


@pytest.mark.parametrize("path", [CHART, GROUPS])
def test_every_country_is_known(path: str) -> None:
    place = list(dated(path).table.columns).index("country")
    assert {row.values[place] for row in dated(path).table.rows} <= set(column(COUNTRIES, "code"))


# --- the country chart ------------------------------------------------------------------------------------------------


@cache
def chart_marks() -> dict[str, frozenset[str]]:
    """The marks of the codified chart, by country; with EI, which is no column of it."""
    data = reference("ear-country-chart/country-chart.json")["countries"]
    marks = {codes()[name]: {mark.replace(" ", "") for mark in cell["marks"]} for name, cell in data.items()}
    return {country: frozenset(found | (set() if country == "CA" else {"EI"})) for country, found in marks.items()}


@cache
def our_chart() -> dict[str, frozenset[str]]:
    """The columns of our chart, by country."""
    return {country: cells(CHART, country=country)["columns"] for country in column(CHART, "country")}


def test_country_chart() -> None:
    ours = our_chart()
    theirs = chart_marks()
    territories = {code: country for country, codes_ in TERRITORIES.items() for code in codes_.split()}
    assert len(theirs) == 196
    assert set(ours) - set(theirs) == set(territories)
    assert {country: ours[country] for country in theirs} == theirs
    assert {country: ours[country] for country in territories} == {c: ours[of] for c, of in territories.items()}


def test_every_destination_has_a_row_or_none_on_purpose() -> None:
    countries = {code for code in column(COUNTRIES, "code") if "-" not in code}
    assert countries - set(column(CHART, "country")) == NO_ROW


def test_the_web_chart() -> None:
    file = DATA / "ear-country-chart" / "bis-interactive-country-chart-2025-11-12.csv"
    if not file.exists():
        pytest.skip("the web chart is not here")
    text = file.read_text(encoding="utf-8-sig").replace("Zimbabwe\n,", "Zimbabwe,")  # a line that was broken
    theirs: dict[str, set[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        name = re.sub(r"[\s\d,]+$", "", row["Countries"])
        marked = [mark for mark, cell in row.items() if re.fullmatch(r"[A-Z]{2} \d", mark or "") and cell.strip()]
        country = WEB_SPELLINGS.get(name) or codes()[name]  # some stand there twice, once blank
        theirs.setdefault(country, set()).update(mark.replace(" ", "") for mark in marked)
    ours = dict(zip(column(CHART, "country", WEB_CHART), column(CHART, "columns", WEB_CHART), strict=True))
    compared = set(ours) & set(theirs)
    assert len(compared) == 196
    found: dict[tuple[str, bool, bool], set[str]] = {}
    for country in compared:
        for mark in (ours[country] - {"EI"}) ^ theirs[country]:  # EI is no column of the chart
            found.setdefault((mark, mark in ours[country], mark in theirs[country]), set()).add(country)
    listed_ones = deviations("chart_deviations.yaml")
    assert found == {(d["column"], d["ours"], d["theirs"]): compared - set(d["all_but"]) for d in listed_ones}


# --- the country groups -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", "A:1 A:2 A:3 A:4 A:5 A:6 B D:1 D:2 D:3 D:4 D:5 E:1 E:2".split())
def test_country_groups(group: str) -> None:
    expected = {codes()[name] for name in reference("ear-country-groups/country-groups.json")["groups"][group]}
    assert members(group) == expected | {country for in_group, country in GROUPS_ADDED if in_group == group}


def test_only_known_groups_are_there() -> None:
    place = list(dated(GROUPS).table.columns).index("group")
    groups = set(reference("ear-country-groups/country-groups.json")["groups"])
    assert {row.values[place] for row in dated(GROUPS).table.rows} == groups | NAMED_SETS


def days_of_change() -> list[date]:
    """The days on which a membership begins or has just ended, and those before."""
    periods = [row.period for row in dated(GROUPS).table.rows]
    first = {p.start for p in periods if p.start} | {p.through + timedelta(1) for p in periods if p.through}
    return sorted(first | {day - timedelta(1) for day in first} | {VINTAGE})


@pytest.mark.parametrize("day", days_of_change(), ids=str)
def test_the_named_sets_follow_the_groups(day: date) -> None:
    assert members("A56", day) == members("A:5", day) | members("A:6", day)
    assert members("D5M", day) == members("D:5", day) | {"MO"}
    assert members("E", day) == members("E:1", day) | members("E:2", day)
    restricted = members("D:1", day) | members("D:4", day) | members("D:5", day)
    assert members("D145-", day) == restricted - members("A56", day)


def test_the_organization_of_american_states_has_the_firearms_column() -> None:
    assert members("OAS") == {country for country, columns in our_chart().items() if "FC1" in columns} | {"US"}


# --- reasons for control ----------------------------------------------------------------------------------------------


@cache
def entries() -> dict[str, Any]:
    return {entry["eccn"]: entry for entry in reference("ear-ccl/ccl.json")["entries"]}


def names_of_entries() -> list[str]:
    """Every entry of the table, for the names of the tests; the data may be absent."""
    place = list(dated(REASONS).table.columns).index("eccn")
    return sorted({str(row.values[place]).split(".")[0] for row in dated(REASONS).table.rows} - {"EAR99"} - OURS_ALONE)


def readings(eccn: str) -> tuple[Reading, ...]:
    """What the cells of an entry say, mechanically or as listed, and what is added to them."""
    prose = deviations("ccl_prose.yaml")
    found = list(listed(prose["added"].get(eccn, [])))
    if eccn in prose["no_chart"]:
        found.append(Reading("itar_or_other", "special"))
    for number, cell in enumerate(entries()[eccn]["countryChart"]):
        by_hand = [r for r in prose["cells"].get(eccn, []) if r["cell"] == number]
        found += listed(by_hand) or mechanical(eccn, cell)
    return tuple(found)


def expected_cells(found: tuple[Reading, ...], paragraph: str) -> dict[str, set[str]]:
    """The sets of our table for a paragraph, from what is read of its entry; what is certain is not in question."""
    sets: dict[str, set[str]] = {name: set() for name in SETS}
    for reading in found:
        if reading.covers(paragraph):
            sets[reading.column].add(reading.code)
    sets["prose"] -= sets["reasons"]
    sets["special_prose"] -= sets["special"]
    return sets


def paragraphs(eccn: str, found: tuple[Reading, ...]) -> list[str]:
    """The paragraphs that our table or the readings name, one below each, and the entry itself."""
    ours = {str(row).partition(".")[2] for row in column(REASONS, "eccn") if str(row).split(".")[0] == eccn}
    named = {p for reading in found for p in (*reading.paragraphs, *reading.but)} | ours
    return sorted(named | {f"{p}.9" for p in named if p} | {""})


def code_of(eccn: str, paragraph: str) -> str:
    return f"{eccn}.{paragraph}" if paragraph else eccn


def test_every_entry_is_there() -> None:
    assert len(entries()) == 633
    assert set(names_of_entries()) == set(entries()) | set(deviations("ccl_prose.yaml")["lost"])


def nearest_row(eccn: str, paragraph: str) -> str:
    """The paragraph whose row speaks for a paragraph; "" is the entry."""
    ours = {str(row) for row in column(REASONS, "eccn")}
    while paragraph and code_of(eccn, paragraph) not in ours:
        paragraph = paragraph.rpartition(".")[0]
    return paragraph


def with_all_below(found: tuple[Reading, ...], eccn: str, above: str) -> dict[str, set[str]]:
    """What is expected for the row above others that is for none of them: open, all that is read for one of them."""
    sets = expected_cells(found, above)
    for paragraph in paragraphs(eccn, found):
        if paragraph != above and under(paragraph, above):
            below = expected_cells(found, paragraph)
            sets["prose"] |= (below["reasons"] | below["prose"]) - sets["reasons"]
            sets["special_prose"] |= (below["special"] | below["special_prose"]) - sets["special"]
    return sets


@pytest.mark.parametrize(
    "eccn", [name for name in names_of_entries() if name not in deviations("ccl_prose.yaml")["lost"]]
)
def test_requirements(eccn: str) -> None:
    found = readings(eccn)
    for paragraph in paragraphs(eccn, found):
        ours = cells(REASONS, eccn=code_of(eccn, paragraph))
        row = nearest_row(eccn, paragraph)
        collects = row in COLLECTING and eccn not in PARAGRAPHS_NOT_KNOWN
        expected = with_all_below(found, eccn, row) if collects else expected_cells(found, paragraph)
        assert {name: ours[name] for name in SETS} == expected, code_of(eccn, paragraph)
        for country, marks in chart_marks().items():
            assert our_chart()[country] & ours["reasons"] == marks & expected["reasons"], (paragraph, country)


@pytest.mark.parametrize("eccn", sorted(deviations("ccl_prose.yaml")["lost"]))
def test_entries_that_the_reference_data_lost(eccn: str) -> None:
    rows = deviations("ccl_prose.yaml")["lost"][eccn]
    for row in rows:
        ours = cells(REASONS, eccn=code_of(eccn, row.get("in", "")))
        assert {name: ours[name] for name in SETS} == {name: set(row[name]) for name in SETS}
    if eccn in entries():
        expected = expected_cells(readings(eccn), "")
        assert expected != {name: set(rows[0][name]) for name in SETS} or repeated(eccn)


def repeated(eccn: str) -> bool:
    """Whether the data gives the entry the cells of two entries, or of one further down."""
    scopes = [cell["control"] for cell in entries()[eccn]["countryChart"]]
    lost = deviations("ccl_prose.yaml")["lost"]
    return len(scopes) > len(set(scopes)) or any(f"{other} " in entries()[eccn]["heading"] for other in lost)


@pytest.mark.parametrize("eccn", sorted(deviations("ccl_prose.yaml")["cells"]))
def test_every_cell_read_by_hand_had_to_be(eccn: str) -> None:
    by_hand = deviations("ccl_prose.yaml")["cells"][eccn]
    table = entries()[eccn]["countryChart"]
    for number in {reading["cell"] for reading in by_hand}:
        ours = listed([reading for reading in by_hand if reading["cell"] == number])
        theirs = mechanical(eccn, table[number])
        assert set(ours) != set(theirs), number
        named = COLUMN.match(table[number]["countryChart"])
        assert named is None or named[1] + named[2] in {reading.code for reading in ours}, number


def test_every_cell_is_read() -> None:
    prose = deviations("ccl_prose.yaml")
    unread = [
        (eccn, number)
        for eccn, entry in entries().items()
        for number, cell in enumerate(entry["countryChart"])
        if eccn not in prose["lost"]
        and not mechanical(eccn, cell)
        and not any(reading["cell"] == number for reading in prose["cells"].get(eccn, []))
    ]
    assert not unread


@pytest.mark.parametrize("eccn", sorted(deviations("ccl_prose.yaml")["added"]))
def test_what_is_added_is_not_said_by_a_cell(eccn: str) -> None:
    added = listed(deviations("ccl_prose.yaml")["added"][eccn])
    rest = tuple(reading for reading in readings(eccn) if reading not in added)
    for reading in added:
        same = [other for other in rest if (other.code, other.column) == (reading.code, reading.column)]
        assert not any(all(other.covers(p) for p in reading.paragraphs) for other in same)


def test_entries_without_a_chart() -> None:
    for eccn in deviations("ccl_prose.yaml")["no_chart"]:
        assert not entries()[eccn]["countryChart"]


def test_an_entry_alone_says_only_what_its_paragraphs_share() -> None:
    rows, below = view(REASONS).lookup([("eccn", "3A001")])
    place = list(dated(REASONS).table.columns).index("reasons")
    sets = [value for row in (*rows, *below) if isinstance(value := row.values[place], frozenset)]
    assert frozenset.intersection(*sets) == {"NS2", "AT1"}


def below_and_not_said(eccn: str, day: date) -> tuple[set[str], set[str]]:
    """The columns, and the other codes, of paragraphs below that the row itself does not have, certain or open."""
    rows, below = view(REASONS, day).lookup([("eccn", eccn)])
    if not rows:
        return set(), set()
    columns, codes_ = (members_in(below, pair) - members_in(rows, pair) for pair in (SETS[:2], SETS[2:]))
    return columns, codes_


def members_in(rows: list[Row], names: tuple[str, ...]) -> set[str]:
    """The members that some columns have in some rows."""
    sets = [
        row.values[place] for row in rows for place, name in enumerate(dated(REASONS).table.columns) if name in names
    ]
    return {member for value in sets if isinstance(value, frozenset) for member in value}


def days_of_reasons() -> list[date]:
    """The days on which a row of the reasons begins, or has just ended; and the first and the last."""
    periods = [row.period for row in dated(REASONS).table.rows]
    changes = {p.start for p in periods if p.start} | {p.through + timedelta(1) for p in periods if p.through}
    return sorted(changes | {date(2019, 1, 1), VINTAGE})


@pytest.mark.parametrize("day", days_of_reasons(), ids=str)
def test_no_paragraph_that_is_not_there_gets_through(day: date) -> None:
    """The row of an entry asks for all that its paragraphs have, or is as strict as they are for every destination."""
    chart = dict(zip(column(CHART, "country", day), column(CHART, "columns", day), strict=True))
    added = dict(zip(column(ADDED, "country", day), column(ADDED, "codes", day), strict=True))
    known = set(dated(ADDED).table.columns["codes"].values)
    with_paragraphs = {str(eccn).split(".")[0] for eccn in column(REASONS, "eccn", day) if "." in str(eccn)}
    for eccn in sorted(with_paragraphs):
        columns, codes_ = below_and_not_said(eccn, day)
        if not columns and not codes_:
            continue
        assert eccn in PARAGRAPHS_NOT_KNOWN, (columns, codes_)
        assert codes_ <= known, eccn
        sure = cells(REASONS, day, eccn=eccn)["reasons"]
        reached = {country for country, marks in chart.items() if marks & sure}
        assert {country for country, marks in chart.items() if marks & columns} <= reached, eccn
        assert {country for country, others in added.items() if others & codes_} <= reached, eccn


@pytest.mark.parametrize("eccn", sorted(PARAGRAPHS_NOT_KNOWN))
def test_entries_whose_paragraphs_are_not_known_are_listed(eccn: str) -> None:
    assert any(below_and_not_said(eccn, VINTAGE))
    assert eccn in (PACK / REASONS / "table.yaml").read_text(encoding="utf-8").partition("title:")[0]


@pytest.mark.parametrize(
    ("eccn", "prose", "special_prose"),
    [
        ("5A001.q", {"NS1", "NS2"}, {"SL"}),
        ("5A001.i", {"NS1", "NS2"}, {"SL"}),
        ("5A992.q", set[str](), {"AC_groups", "AC_worldwide"}),
        ("5A992.z.9", set[str](), {"AC_groups", "AC_worldwide"}),
        ("1C010.q", {"NP1"}, set[str]()),
        ("1C010.d", set[str](), set[str]()),
        ("6A002.q", {"MT1", "RS1", "CC1"}, {"UN"}),
        ("6A002.d", set[str](), set[str]()),
        ("1A001.q", set[str](), set[str]()),
    ],
)
def test_what_is_open_for_a_paragraph(eccn: str, prose: set[str], special_prose: set[str]) -> None:
    found = cells(REASONS, eccn=eccn)
    assert (found["prose"], found["special_prose"]) == (prose, special_prose)


def test_license_exception_civ_was_for_national_security_alone() -> None:
    place = {name: n for n, name in enumerate(dated(REASONS).table.columns)}
    for row in dated(REASONS).table.rows:
        if row.values[place["civ"]]:
            assert row.values[place["reasons"]] == {"NS2", "AT1"}


# --- dated rows -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("eccn", "day", "name", "expected"),
    [
        ("3A090.a", "2022-10-20", "special", None),
        ("3A090.a", "2022-10-21", "special", None),
        ("3A090.a", "2023-11-16", "special", None),
        ("3A090", "2023-11-16", "special", {"AC_china"}),
        ("3A090.a", "2023-11-17", "special", {"AC_groups"}),
        ("3A090.a", "2025-01-12", "special", {"AC_groups"}),
        ("3A090.a", "2025-01-13", "special", {"AC_worldwide"}),
        ("3A090.b", "2025-01-13", "special", {"AC_groups"}),
        ("3A001.z.1.a", "2023-11-16", "special", None),
        ("3A001.z.1.a", "2023-11-17", "special", {"AC_groups"}),
        ("3A901", "2024-09-05", "special", None),
        ("3A901", "2024-09-06", "special", {"plurilateral"}),
        ("3B001.c", "2023-11-16", "special", None),
        ("3B001.c", "2023-11-17", "special", {"SME"}),
        ("3B001.f.1", "2023-11-16", "reasons", {"NS2", "AT1"}),
        ("3B001.f.1", "2024-12-01", "prose", {"NS2"}),
        ("3B001.f.1", "2024-12-02", "special", {"SME"}),
        ("3B090", "2023-11-16", "special", {"AC_china"}),
        ("3B090", "2023-11-17", "special", None),
        ("3B993", "2024-12-01", "special", None),
        ("3B993", "2024-12-02", "special", {"FN5"}),
        ("2B999", "2024-11-24", "special", {"AT_korea"}),
        ("2B999", "2024-11-25", "special", {"AT_korea", "RS_pakistan"}),
        ("4E091", "2025-01-12", "special", None),
        ("4E091", "2025-01-13", "special", {"AI_weights"}),
        ("3A069", "2025-01-15", "special", None),
        ("3A069", "2025-01-16", "special", {"biotech"}),
        ("9A012.a.1", "2026-01-19", "reasons", None),
        ("9A012.a.1", "2026-01-20", "reasons", {"NS2", "AT1"}),
        ("0A501.a", "2020-03-08", "reasons", None),
        ("0A501.a", "2020-03-09", "reasons", {"NS1", "RS1", "FC1", "AT1"}),
        ("0A501.a", "2024-04-18", "special", {"UN"}),
        ("0A501.a", "2024-04-19", "special", {"UN", "firearms_AU_GB"}),
        ("0A506", "2024-05-29", "reasons", None),
        ("0A506", "2024-05-30", "reasons", {"NS1", "RS1", "FC1", "AT1"}),
        ("1C351.a", "2023-12-07", "reasons", {"CB1", "CB2", "AT1"}),
        ("1C351.a", "2023-12-08", "reasons", {"CB2", "AT1"}),
        ("4D004", "2022-03-06", "reasons", None),
        ("4D004", "2022-03-07", "reasons", {"NS1", "AT1"}),
    ],
)
def test_reasons_on_a_day(eccn: str, day: str, name: str, expected: set[str] | None) -> None:
    found = cells(REASONS, date.fromisoformat(day), eccn=eccn)
    assert found.get(name) == expected


@pytest.mark.parametrize(
    ("country", "day", "gone", "come"),
    [
        ("AU", "2024-04-19", {"NS1", "RS1", "MT1"}, set[str]()),
        ("KY", "2024-04-19", {"NS1", "RS1", "MT1"}, set[str]()),
        ("CN", "2023-08-11", set[str](), {"NP2"}),
        ("MO", "2023-08-11", set[str](), {"NP2"}),
        ("HK", "2020-12-23", set[str](), {"CB3"}),
        ("KR", "2023-12-08", {"CC1", "CC3"}, set[str]()),
        ("RU", "2020-02-24", set[str](), {"NP1", "NP2"}),
        ("BY", "2022-03-02", set[str](), {"NP1", "NP2"}),
        ("VE", "2019-05-24", set[str](), {"NP2", "CB3"}),
        ("SD", "2021-01-14", {"AT1", "AT2"}, set[str]()),
    ],
)
def test_chart_on_a_day(country: str, day: str, gone: set[str], come: set[str]) -> None:
    on = date.fromisoformat(day)
    before, after = (cells(CHART, d, country=country)["columns"] for d in (on - timedelta(1), on))
    assert before - after == gone
    assert after - before == come


# --- License Exceptions, and the sensitive list -----------------------------------------------------------------------

PLAIN: Mapping[str, str] = {"lvs": r"\$[\d,]+\.?|N/A", "gbs": r"Yes|N/A", "tsr": r"Yes\.?|N/A\.?"}


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_exceptions(name: str) -> None:
    by_hand = set(deviations("exceptions_by_hand.yaml")[name])
    for eccn, entry in entries().items():
        says = entry["licenceExceptionFlags"].get(name.upper(), "N/A").strip()
        if not re.fullmatch(PLAIN[name], says):
            assert eccn in by_hand, eccn
        if eccn in by_hand:
            continue
        amount = re.sub(r"\D", "", says)
        expected: Any = int(amount or 0) if name == "lvs" else "yes" if says.startswith("Yes") else "no"
        rows, below = view(EXCEPTIONS).lookup([("eccn", eccn)])
        place = list(dated(EXCEPTIONS).table.columns).index(name)
        assert {row.values[place] for row in (*rows, *below)} == {expected}, eccn


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_what_is_read_by_hand_had_to_be(name: str) -> None:
    for eccn, why in deviations("exceptions_by_hand.yaml")[name].items():
        says = entries()[eccn]["licenceExceptionFlags"].get(name.upper(), "") if eccn in entries() else ""
        assert bool(why) == bool(re.fullmatch(PLAIN[name], says.strip()) or not says), eccn


def test_every_entry_has_a_row_of_exceptions() -> None:
    of_exceptions = {str(eccn).split(".")[0] for eccn in column(EXCEPTIONS, "eccn")}
    assert of_exceptions == {str(eccn).split(".")[0] for eccn in column(REASONS, "eccn")}


def test_only_commodities_have_lvs_and_gbs_and_only_the_others_tsr() -> None:
    columns = [column(EXCEPTIONS, name) for name in ("eccn", "lvs", "gbs", "tsr")]
    for eccn, lvs, gbs, tsr in zip(*columns, strict=True):
        if eccn != "EAR99" and eccn[1] in "ABC":
            assert tsr == "no", eccn
        else:
            assert (lvs, gbs) == (0, "no"), eccn


def test_the_sensitive_list_names_entries_that_are_there() -> None:
    known = {str(eccn).split(".")[0] for eccn in column(REASONS, "eccn")}
    assert {str(eccn).split(".")[0] for eccn in column(SENSITIVE, "eccn")} - known == {"1C012"}
