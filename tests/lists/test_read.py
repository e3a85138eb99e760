"""Official files of every format to entries: nothing dropped in silence, nothing believed that is no list."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.findings import Severity
from licet.lists.catalog import Catalog, load_catalog
from licet.lists.entry import UNREADABLE, Address, Entry, Notice, digest_of
from licet.lists.read import Format, Read, Share, read_list, shares, sniff
from licet.lists.read_csv import NEEDED

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = REPOSITORY.parent / "shared" / "data"

# The two layouts of the official file.
LAYOUT_2019 = (
    "source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,standard_order,"
    "license_requirement,license_policy,call_sign,vessel_type,gross_tonnage,gross_registered_tonnage,vessel_flag,"
    "vessel_owner,remarks,source_list_url,alt_names,citizenships,dates_of_birth,nationalities,places_of_birth,"
    "source_information_url,ids"
).split(",")
LAYOUT_2025 = ["_id", *LAYOUT_2019]

ENTITY = "Entity List (EL) - Bureau of Industry and Security"
DENIED = "Denied Persons List (DPL) - Bureau of Industry and Security"
SDN = "Specially Designated Nationals (SDN) - Treasury Department"

ACME: dict[str, str] = {
    "source": ENTITY,
    "name": "Acme Works",
    "addresses": "1 Main Road, Shenzhen, CN; 2 Side Street, Kowloon, HK",
    "federal_register_notice": "84 FR 22961; 85 FR 29849",
    "start_date": "2019-05-21",
    "license_requirement": "For all items subject to the EAR, see §§ 734.9(e)1 and 744.11 of the EAR2",
    "license_policy": "Presumption of denial.",
    "alt_names": "Acme; Acme Ltd.; Acme",
}
SHIP = {
    "source": SDN,
    "entity_number": "15001",
    "type": "Vessel",
    "programs": "IRAN; SDGT",
    "name": "SEA STAR",
    "remarks": "Linked to nobody",
    "ids": "IMO 1234567; PA, 99",
    "citizenships": "IR",
}
ORDER = {
    "source": DENIED,
    "name": "J. DOE",
    "addresses": "US",
    "federal_register_notice": "82 F.R. 48792 10/20/2017",
    "start_date": "2017-10-16",
    "end_date": "2027-10-13",
    "standard_order": "Y",
}


@cache
def catalog() -> Catalog:
    return load_catalog()


def made_csv(rows: list[dict[str, str]], columns: list[str] | None = None) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, columns or LAYOUT_2025, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def read(data: bytes | str, format: Format | None = None) -> Read:
    found = read_list(data.encode() if isinstance(data, str) else data, format, catalog(), path="list.csv")
    assert found.met == len(found.entries) + found.bad + found.twice
    assert sum(found.counts.values()) == len(found.entries)
    assert found.refused or found.format is not None
    return found


def codes(found: Read) -> list[tuple[str, int]]:
    return [(finding.code, finding.line) for finding in found.findings]


def one(found: Read, name: str) -> Entry:
    return next(entry for entry in found.entries if entry.name == name)


# --- CSV -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [LAYOUT_2019, LAYOUT_2025, sorted(LAYOUT_2019), list(NEEDED)])
def test_columns_are_found_by_their_names(columns: list[str]) -> None:
    found = read(made_csv([ACME, SHIP, ORDER], columns))
    assert codes(found) == []
    assert found.counts == {"bis_entity_list": 1, "bis_denied_persons": 1, "ofac_sdn": 1}
    acme = one(found, "Acme Works")
    assert acme.aliases == ("Acme", "Acme Ltd.")
    assert acme.addresses == (Address("1 Main Road, Shenzhen", "CN"), Address("2 Side Street, Kowloon", "HK"))
    assert acme.countries == ("CN", "HK")
    assert acme.notices == (Notice("84 FR 22961"), Notice("85 FR 29849"))
    assert (acme.scope, acme.review, acme.footnotes) == ("all", "presumption_of_denial", ("1", "2"))
    assert acme.kind == "unknown"


def test_the_day_of_publication_is_not_that_of_effect() -> None:
    found = read(made_csv([ACME, ORDER]))
    acme, order = one(found, "Acme Works"), one(found, "J. DOE")
    assert (acme.published, acme.effective) == (date(2019, 5, 21), None)
    assert (order.published, order.effective, order.ended) == (
        date(2017, 10, 20),
        date(2017, 10, 16),
        date(2027, 10, 13),
    )
    assert order.remarks == "standard order: Y"


def test_a_list_without_requirements_has_none() -> None:
    ship = one(read(made_csv([SHIP])), "SEA STAR")
    assert (ship.scope, ship.review, ship.id, ship.kind) == (None, None, "15001", "vessel")
    assert (ship.programs, ship.ids, ship.citizenships) == (("IRAN", "SDGT"), ("IMO 1234567", "PA, 99"), ("IR",))
    odd = one(read(made_csv([{**SHIP, "license_policy": "Presumption of denial"}])), "SEA STAR")
    assert (odd.scope, odd.review) == (UNREADABLE, UNREADABLE)


def test_an_empty_requirement_of_a_list_that_has_them_is_unreadable() -> None:
    acme = one(read(made_csv([{**ACME, "license_requirement": "", "license_policy": ""}])), "Acme Works")
    assert (acme.scope, acme.review) == (UNREADABLE, UNREADABLE)


def test_a_missing_column_refuses_the_file() -> None:
    columns = ["license_polcy" if name == "license_policy" else name for name in LAYOUT_2019]
    found = read(made_csv([ACME], columns))
    assert found.refused
    assert codes(found) == [("missing-column", 1)]
    assert "`license_polcy` is near `license_policy`" in found.findings[0].message


def test_a_column_that_stands_twice_refuses_the_file() -> None:
    found = read(made_csv([ACME], [*LAYOUT_2019, "name"]))
    assert found.refused
    assert [code for code, _ in codes(found)] == ["duplicate-column"]


def test_an_unknown_column_is_told() -> None:
    found = read(made_csv([ACME], [*LAYOUT_2025, "favorite_color"]))
    assert [(finding.code, finding.severity) for finding in found.findings] == [("unknown-column", Severity.NOTE)]
    assert len(found.entries) == 1


def test_bad_rows_are_told_and_the_others_count() -> None:
    lines = made_csv([ACME, {**ACME, "name": ""}, {**ACME, "source": "Santa's List"}, ORDER]).decode().splitlines()
    lines.insert(3, "too,few")
    lines.insert(4, "")
    lines.insert(5, '"quoted"badly,' + "," * 27)
    found = read("\n".join(lines) + "\n")
    assert codes(found) == [("bad-row", 3), ("bad-row", 4), ("bad-row", 6), ("unknown-list", 7)]
    assert (found.met, found.bad, len(found.entries)) == (6, 4, 2)


def test_a_quote_that_never_closes_is_told() -> None:
    text = made_csv([ACME, ORDER, SHIP]).decode().replace("J. DOE", '"J. DOE')
    found = read(text)
    assert found.bad >= 1
    assert ("bad-row", 3) in codes(found)


def test_a_field_over_several_lines_keeps_the_count_of_lines() -> None:
    found = read(made_csv([{**ACME, "remarks": "one\ntwo\nthree"}, {**ORDER, "name": ""}]))
    assert codes(found) == [("bad-row", 5)]
    assert one(found, "Acme Works").remarks == "one two three"


def test_one_bad_byte_does_not_lose_the_list() -> None:
    data = made_csv([ACME, ORDER]).replace(b"J. DOE", b"J. D\xffE")
    found = read(data)
    assert codes(found) == [("bad-encoding", 3)]
    assert len(found.entries) == 2


def test_a_bad_day_is_told() -> None:
    found = read(made_csv([{**ACME, "start_date": "soon", "federal_register_notice": ""}]))
    assert codes(found) == [("bad-date", 2)]
    assert found.entries[0].published is None


def test_rows_that_say_the_same_count_once() -> None:
    found = read(made_csv([ACME, ORDER, ACME]))
    assert (found.twice, len(found.entries)) == (1, 2)
    assert codes(found) == [("duplicate-row", 4)]


def test_findings_are_bounded() -> None:
    found = read(made_csv([{**ACME, "name": ""}] * 250))
    assert found.bad == 250
    assert len(found.findings) == 101
    assert "150 more like this" in [finding.message for finding in found.findings]


def test_hostile_fields_take_no_time_to_speak_of() -> None:
    """Runs that a careless pattern would walk through again from every character; the test would not end."""
    hostile = {
        "addresses": "a" + ",. (see " * 15_000,
        "federal_register_notice": "84 FR 1" + " ,;and" * 20_000,
        "license_requirement": "all items " * 12_000,
        "license_policy": "See §§ " + "744.2(d), " * 480,
        "alt_names": ";" * 130_000,
        "remarks": "\u202e\x1b[2J" * 20_000,
    }
    found = read(made_csv([{**ACME, **hostile}]))
    assert (found.entries[0].scope, found.entries[0].review) == (UNREADABLE, UNREADABLE)
    many = read(",".join(["name"] * 30_000) + "\n" + ",".join(LAYOUT_2025) + "\n", "csv")
    assert many.refused


# --- identity --------------------------------------------------------------------------------------------------------


def test_an_entry_keeps_its_id_while_its_words_change() -> None:
    before = one(read(made_csv([ACME])), "Acme Works")
    after = one(read(made_csv([{**ACME, "license_policy": "Policy of denial", "alt_names": "AW"}])), "Acme Works")
    assert before.id == after.id
    assert before.digest != after.digest
    elsewhere = one(read(made_csv([{**ACME, "addresses": "RU"}])), "Acme Works")
    assert elsewhere.id != before.id


def test_namesakes_are_told_apart_whatever_the_order() -> None:
    rows = [{**ACME, "federal_register_notice": f"84 FR {page}", "remarks": str(page % 3)} for page in (1, 1, 2, 2, 3)]
    rows[1]["remarks"], rows[3]["remarks"] = "x", "y"
    first = read(made_csv(rows))
    assert len({entry.id for entry in first.entries}) == 5
    mixed = rows[:]
    random.Random(1).shuffle(mixed)
    assert read(made_csv(mixed)).entries == first.entries


def test_digests_are_of_everything_else() -> None:
    acme = one(read(made_csv([ACME])), "Acme Works")
    assert acme.digest == digest_of(acme)
    assert msgspec.structs.replace(acme, doubt="yes").digest != digest_of(msgspec.structs.replace(acme, doubt="yes"))


# --- JSON ------------------------------------------------------------------------------------------------------------

ACME_JSON: dict[str, Any] = {
    "id": "f00",
    "source": ENTITY,
    "name": "Acme Works",
    "entity_number": None,
    "type": None,
    "programs": [],
    "addresses": [
        {"address": "1 Main Road", "city": "Shenzhen", "state": None, "postal_code": None, "country": "CN"},
        {"address": "2 Side Street", "city": "Kowloon", "state": "", "postal_code": None, "country": "HK"},
    ],
    "federal_register_notice": ACME["federal_register_notice"],
    "start_date": "2019-05-21",
    "license_requirement": ACME["license_requirement"],
    "license_policy": ACME["license_policy"],
    "alt_names": ["Acme", "Acme Ltd."],
    "ids": [],
}
SHIP_JSON: dict[str, Any] = {
    "source": SDN,
    "entity_number": 15001,
    "type": "Vessel",
    "programs": ["IRAN", "SDGT"],
    "name": "SEA STAR",
    "remarks": "Linked to nobody",
    "ids": [{"number": "IMO 1234567", "type": None, "country": None}, {"country": "PA", "number": "99"}],
    "citizenships": ["IR"],
}


@pytest.mark.parametrize("whole", [True, False])
def test_json_says_the_same_as_csv(*, whole: bool) -> None:
    rows = [ACME_JSON, SHIP_JSON]
    body = {"total": 2, "results": rows, "sources_used": [{"source_last_updated": "2026-07-30T10:00:00Z"}]}
    found = read(json.dumps(body if whole else rows))
    assert codes(found) == []
    assert found.format == "json"
    assert found.entries == read(made_csv([ACME, SHIP])).entries
    assert found.source_clock == (date(2026, 7, 30) if whole else None)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (7, "bad-row"),
        ({}, "bad-row"),
        ({**ACME_JSON, "name": None}, "bad-row"),
        ({**ACME_JSON, "name": ["a"]}, "bad-row"),
        ({**ACME_JSON, "addresses": "CN"}, "bad-row"),
        ({**ACME_JSON, "addresses": ["CN"]}, "bad-row"),
        ({**ACME_JSON, "alt_names": {"a": 1}}, "bad-row"),
        ({**ACME_JSON, "source": "Santa's List"}, "unknown-list"),
        ({**ACME_JSON, "name": "x" * 2_001}, "bad-row"),
        ({**ACME_JSON, "remarks": "x" * 100_001}, "bad-row"),
    ],
)
def test_bad_rows_of_json_are_told_by_their_number(row: Any, code: str) -> None:
    found = read(json.dumps([SHIP_JSON, row]))
    assert codes(found) == [(code, 2)]
    assert (found.bad, len(found.entries)) == (1, 1)


def test_a_country_in_json_is_named_beside_the_address_or_in_it() -> None:
    addresses = [
        {"address": "1 Way", "country": "Turkey"},
        {"address": "2 Way, Kabul, Afghanistan"},
        {"address": "3 Way", "country": "Atlantis"},
        {"country": "CN"},
    ]
    found = read(json.dumps([{**ACME_JSON, "addresses": addresses, "country": "Iran"}])).entries[0]
    assert found.addresses == (
        Address("1 Way", "TR"),
        Address("2 Way, Kabul, Afghanistan", "AF"),
        Address("3 Way, Atlantis", None),
    )
    assert set(found.countries) == {"TR", "AF", "CN", "IR"}


def test_one_page_of_results_is_told_to_be_a_part() -> None:
    found = read(json.dumps({"total": 25_000, "results": [SHIP_JSON]}))
    assert [code for code, _ in codes(found)] == ["part-of-list"]


# --- XML -------------------------------------------------------------------------------------------------------------

HEAD = "<TR><TH>Country</TH><TH>Entity</TH><TH>License requirement</TH><TH>License review policy</TH><TH>{}</TH></TR>"
ROWS = """
<TR><TD>CHINA, PEOPLE'S REPUBLIC OF</TD><TD>Acme Works, a.k.a., the following two aliases:<br/>—Acme; and<br/>—Acme Ltd.
<br/>1 Main Road, Shenzhen, China; <I>and</I> 2 Side Street, Kowloon, Hong Kong.</TD>
<TD>For all items subject to the EAR, see §§ 734.9(e)<SUP>1</SUP> and 744.11 of the EAR<SUP>2</SUP></TD>
<TD>Presumption of denial</TD><TD>84 FR 22961, 5/21/19. 85 FR 29849, 5/19/20.</TD></TR>
<TR><TD/><TD>Zenith Co., Ltd., 3 Road, Beijing, China.</TD>
<TD>All items subject to the EAR</TD><TD>Policy of denial</TD><TD>85 FR 29849, 5/19/20.</TD></TR>
<TR><TD>RUSSIA</TD><TD>Vega &amp; Co., Moscow, Russia.</TD><TD>All items subject to the EAR</TD><TD>As it pleases</TD>
<TD>85 FR 29849, 5/19/20.</TD></TR>
"""


def made_xml(rows: str = ROWS, head: str = HEAD, before: str = "", number: str = "Supplement No. 4 to Part 744") -> str:
    heading = head.format('<E T="04">Federal Register</E> citation')
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<ECFR><AMDDATE>July 9, 2026</AMDDATE><DIV5 N="744" TYPE="PART">'
        f'<DIV9 N="{number}" TYPE="APPENDIX"><HEAD>{number}—Entity List</HEAD><P>Words.</P>'
        f'<DIV width="100%"><TABLE><THEAD>{heading}</THEAD><TBODY>{rows}</TBODY></TABLE></DIV></DIV9>'
        "<DIV9 N='Supplement No. 9 to Part 1' TYPE='APPENDIX'><TABLE><TR><TD>Country</TD><TD>Entity</TD></TR>"
        "<TR><TD>CHINA</TD><TD>Other</TD></TR></TABLE></DIV9></DIV5></ECFR>"
    )


def test_the_supplement_as_xml() -> None:
    found = read(made_xml())
    assert codes(found) == []
    assert (found.format, found.counts, found.source_clock) == ("xml", {"bis_entity_list": 3}, date(2026, 7, 9))
    acme = one(found, "Acme Works")
    assert acme.aliases == ("Acme", "Acme Ltd.")
    assert [address.country for address in acme.addresses] == ["CN", "HK"]
    assert acme.notices == (Notice("84 FR 22961", date(2019, 5, 21)), Notice("85 FR 29849", date(2020, 5, 19)))
    assert (acme.published, acme.effective) == (date(2019, 5, 21), None)
    assert (acme.scope, acme.review, acme.footnotes) == ("all", "presumption_of_denial", ("1", "2"))
    zenith = one(found, "Zenith Co., Ltd.")
    assert zenith.countries == ("CN",)  # that of the row above
    assert one(found, "Vega & Co.").review == UNREADABLE


def test_the_same_party_has_the_same_id_in_csv_and_xml() -> None:
    assert one(read(made_xml()), "Acme Works").id == one(read(made_csv([ACME])), "Acme Works").id


def test_a_cell_of_the_country_may_span_rows() -> None:
    rows = ROWS.replace("<TR><TD/>", "<TR>")
    assert one(read(made_xml(rows)), "Zenith Co., Ltd.").countries == ("CN",)


def test_bad_rows_of_xml_are_told_by_their_line() -> None:
    found = read(made_xml(ROWS + "<TR><TD>ATLANTIS</TD><TD>Sunk</TD><TD/><TD/><TD/></TR>\n<TR><TD>one</TD></TR>"))
    assert [code for code, _ in codes(found)] == ["unknown-country", "unknown-country", "bad-row"]
    assert (found.bad, len(found.entries)) == (1, 4)


@pytest.mark.parametrize(
    "before",
    [
        "<!DOCTYPE ECFR>",
        '<!DOCTYPE ECFR SYSTEM "http://127.0.0.1/x.dtd">',
        '<!DOCTYPE ECFR [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE ECFR [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_document_types_are_refused(before: str) -> None:
    found = read(made_xml(before=before))
    assert found.refused
    assert [finding.code for finding in found.findings] == ["refused-xml"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<a>" * 100, "refused-xml"),
        (made_xml().replace("UTF-8", "rot13").replace("</ECFR>", ""), "not-a-list"),
        (made_xml(ROWS.replace("Zenith", "x" * 100_001)), "refused-xml"),
        (made_xml()[:-40], "not-a-list"),
        (made_xml(ROWS.replace("&amp;", "&nbsp;")), "not-a-list"),
        (made_xml(number="Supplement No. 40 to Part 744"), "not-a-list"),
        ("<ECFR/>", "not-a-list"),
        (made_xml(head="<TR><TH>Fee</TH><TH>{}</TH></TR>"), "not-a-list"),
    ],
)
def test_what_is_no_supplement_is_refused(text: str, code: str) -> None:
    found = read(text)
    assert found.refused
    assert code in [finding.code for finding in found.findings]


# --- anything --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (made_csv([ACME]), "csv"),
        (b"\xef\xbb\xbf" + made_csv([ACME]), "csv"),
        (b' {"results": []}', "json"),
        (b"[]", "json"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"", None),
        (b"\x00\x01\x02", None),
        (b"name,color\na,b\n", None),
        (b"PK\x03\x04", None),
    ],
)
def test_formats_are_found_out(data: bytes, format: str | None) -> None:
    assert sniff(data) == format


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"{", b"{}", b'{"results": 1}', b"[" * 100_000, b"<html><body>", b"\xff\xfe\x00", b"null"]
)
@pytest.mark.parametrize("format", [None, "csv", "json", "xml"])
def test_what_is_no_list_is_refused(data: bytes, format: Format | None) -> None:
    found = read(data, format)
    assert found.refused
    assert found.entries == ()
    assert any(finding.severity is Severity.ERROR for finding in found.findings)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_damage_raises(data: st.DataObject) -> None:
    """A sound file with bytes changed, cut out or put in: counted, or refused, and never an exception."""
    whole = data.draw(
        st.sampled_from([made_csv([ACME, ORDER, SHIP]), json.dumps([ACME_JSON]).encode(), made_xml().encode()])
    )
    at = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(at, min(len(whole), at + 40)))
    read(whole[:at] + data.draw(st.binary(max_size=20)) + whole[end:])


def test_how_much_was_read() -> None:
    found = read(
        made_csv([ACME, {**ACME, "name": "B"}, {**ACME, "name": "C", "license_policy": "As it pleases"}, SHIP])
    )
    assert shares(found.entries) == {"bis_entity_list": Share(entries=3, read=2, spellings=2, spellings_read=1)}


# --- the official files ----------------------------------------------------------------------------------------------


def official(path: str) -> Read:
    if not (DATA / path).is_file():
        pytest.skip("the official files are not beside the checkout")
    return read((DATA / path).read_bytes())


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("csl/consolidated.csv", 25_921),
        ("csl-samples-moov/csl-2019-12-sample.csv", 115),
        ("csl-samples-moov/consolidated-2025-sample.csv", 13),
    ],
)
def test_official_files_are_read_whole(path: str, rows: int) -> None:
    found = official(path)
    assert (found.met, found.bad) == (rows, 0)
    assert {finding.code for finding in found.findings} <= {"duplicate-row", "unread-notice"}
    assert all(share.read >= 0.99 * share.entries for share in shares(found.entries).values())
    assert len({(entry.list, entry.id) for entry in found.entries}) == len(found.entries)


def test_parties_of_the_official_file() -> None:
    found = official("csl/consolidated.csv")
    assert found.counts["bis_entity_list"] == 3_419  # one of 3,420 rows stands there twice
    huawei = [entry for entry in found.entries if entry.name == "Huawei Technologies Co., Ltd."]
    assert {(entry.list, entry.footnotes) for entry in huawei} == {("bis_entity_list", ("1", "2"))}
    assert {"CN"} <= {country for entry in huawei for country in entry.countries}
    drones = one(found, "DJI")
    assert (drones.scope, len(drones.review)) == ("all", 2)
    assert "unmanned" in drones.doubt
    assert drones.published == date(2020, 12, 22)
    assert all(entry.effective is None for entry in found.entries if entry.list == "bis_entity_list")
