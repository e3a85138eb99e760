"""The curated Entity List against the official Consolidated Screening List, when that file is at hand."""

import csv
import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[1]
LIST = REPOSITORY / "policies" / "us_ear" / "part_744" / "supp_4_entity_list"
SCREENING_LIST = REPOSITORY.parent / "shared" / "data" / "csl" / "consolidated.csv"

GROUPS = ("huawei", "sugon", "xuar_2019")
MAY_2019, AUGUST_2019 = "84 FR 22961", "84 FR 43493"

# the file cites the first page of the rule or the page of the entries: both mean the rule
WAVE_BY_CITATION = {
    "84 FR 22961": MAY_2019,
    "84 FR 22963": MAY_2019,
    "84 FR 43495": AUGUST_2019,
    "85 FR 51603": "85 FR 51596",
    "84 FR 29373": "84 FR 29371",
    "84 FR 54002": "84 FR 54002",
    "84 FR 54004": "84 FR 54002",
}
# the day of publication, where given, is surer than the chain of citations, which is cut short or mixed up in places
WAVE_BY_PUBLICATION = {
    "2019-05-21": MAY_2019,
    "2019-08-21": AUGUST_2019,
    "2020-08-20": "85 FR 51596",
    "2019-06-24": "84 FR 29371",
    "2019-10-09": "84 FR 54002",
}
# one name in the file has run into its address
NAME_WITHOUT_ADDRESS = {"Xi'an Huawei Technologies Co., Ltd., Xi'an, Shaanxi": "Xi'an Huawei Technologies Co., Ltd."}
INSIDE_THE_PARENT = "Affiliated Entity: "  # such a row has the parent's citations, not its own
NOT_CURATED = ("Public Security Bureau", "Police College")  # the other entities of October 2019
SLIP = "Huawei Technologies Dusseldorf GmbH"  # one of its two rows says case-by-case review
UNTRACED = "Dahua Technology"  # the file's plain presumption of denial comes from no rule that we know

Row = dict[str, str]
Listing = dict[str, Any]


@functools.cache
def listings() -> list[Listing]:
    files = sorted((LIST / "listings").glob("*.yaml"))
    return [listing for file in files for listing in yaml.safe_load(file.read_text(encoding="utf-8"))["listings"]]


def curated() -> list[Listing]:
    return [listing for listing in listings() if listing["group"] in GROUPS]


def key(name: str) -> str:
    """The name without case, punctuation, spacing and accents."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalnum())


def printed_name(row: Row) -> str:
    name = row["name"].split(INSIDE_THE_PARENT)[-1].strip()
    return re.sub(r" \((Huawei|HiSilicon)\)$", "", NAME_WITHOUT_ADDRESS.get(name, name))


def identity(row: Row) -> tuple[str, str]:
    """The name's key, and the first country code after the addresses."""
    countries = re.search(r"([A-Z]{2})(?:; ?[A-Z]{2})?$", row["addresses"].strip())
    return key(printed_name(row)), countries[1] if countries else ""


def waves(row: Row) -> set[str]:
    """The rules that may have added the row, as far as the file tells."""
    if INSIDE_THE_PARENT in row["name"]:
        return {MAY_2019, AUGUST_2019}
    published = WAVE_BY_PUBLICATION.get(row["start_date"])
    first = re.match(r"\d+ FR \d+", row["federal_register_notice"])
    return {published or WAVE_BY_CITATION[first[0] if first else ""]}


def is_of_the_groups(row: Row) -> bool:
    first = re.match(r"\d+ FR \d+", row["federal_register_notice"])
    if not row["source"].startswith("Entity List") or first is None or first[0] not in WAVE_BY_CITATION:
        return False
    later_rule = WAVE_BY_PUBLICATION.get(row["start_date"]) is None and row["start_date"] != ""
    return not later_rule and not any(words in row["name"] for words in NOT_CURATED)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    if not SCREENING_LIST.is_file():
        pytest.skip(f"no reference data at {SCREENING_LIST}")
    with SCREENING_LIST.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if is_of_the_groups(row)]


@pytest.fixture(scope="module")
def pairs(rows: list[Row]) -> list[tuple[Row, Listing]]:
    found = {(key(listing["name"]), listing["country"]): listing for listing in curated()}
    return [(row, found[identity(row)]) for row in rows if identity(row) in found]


def policies(listing: Listing) -> Iterator[object]:
    yield from (row["review"] for row in listing["rows"])


def test_every_id_is_unique() -> None:
    ids = Counter(listing["id"] for listing in listings())
    assert [name for name, count in ids.items() if count > 1] == []


def test_every_row_is_dated_published_and_cited() -> None:
    for listing in listings():
        days = [row["from"] for row in listing["rows"]]
        assert days == sorted(set(days)), listing["id"]
        assert all(isinstance(row["published"], date) and row["cite"] for row in listing["rows"]), listing["id"]


def test_the_first_row_cites_the_wave() -> None:
    assert [listing["id"] for listing in listings() if listing["rows"][0]["cite"] != listing["wave"]] == []


def test_coverage_states_the_true_numbers() -> None:
    removed = sum("removed" in listing for listing in listings())
    coverage = yaml.safe_load((LIST / "list.yaml").read_text(encoding="utf-8"))["coverage"]
    listed = len(listings()) - removed
    assert coverage.startswith(f"partial: {listed} of about 3,400 entries, and {removed} removed ones")


def test_same_names_as_the_screening_list(rows: list[Row]) -> None:
    ours = {(key(listing["name"]), listing["country"]) for listing in curated()}
    theirs = {identity(row) for row in rows}
    assert ours - theirs == set()
    assert theirs - ours == set()


def test_every_alias_of_the_screening_list(pairs: list[tuple[Row, Listing]]) -> None:
    for row, listing in pairs:
        names = {key(name) for name in [listing["name"], *listing.get("aliases", [])]}
        theirs = {key(name) for name in row["alt_names"].split(";") if name.strip()}
        assert theirs <= names, listing["id"]


def test_same_wave_as_the_screening_list(pairs: list[tuple[Row, Listing]]) -> None:
    wrong = [(listing["id"], listing["wave"]) for row, listing in pairs if listing["wave"] not in waves(row)]
    assert wrong == []


def test_same_review_policy_as_the_screening_list(pairs: list[tuple[Row, Listing]]) -> None:
    for row, listing in pairs:
        conditional = row["license_policy"].startswith("Case-by-case")
        if listing["name"] in {SLIP, UNTRACED}:
            assert "doubt" in listing, listing["id"]
        else:
            assert all(isinstance(policy, list) == conditional for policy in policies(listing)), listing["id"]


def test_same_footnotes_as_the_screening_list(pairs: list[tuple[Row, Listing]]) -> None:
    by_group = {"huawei": ["1", "2"], "sugon": ["4"], "xuar_2019": ["4"]}
    for row, listing in pairs:
        footnoted = "734.9" in row["license_requirement"]
        expected = by_group[listing["group"]] if footnoted else []
        assert listing["rows"][-1].get("footnotes", []) == expected, listing["id"]


def test_the_sizes_of_the_waves() -> None:
    """The rules count 69 and 46; one affiliate is cited to the first of them and was, it seems, added by the second."""
    sizes = Counter(listing["wave"] for listing in curated())
    assert sizes[MAY_2019] + sizes[AUGUST_2019] == 69 + 46
    assert sizes["85 FR 51596"] == 38
    assert sizes["84 FR 29371"] == 5
    assert sizes["84 FR 54002"] == 8
