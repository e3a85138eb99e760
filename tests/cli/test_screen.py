"""`licet screen`: what it meets, what it says, what it keeps, and its exit codes."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from licet.lists.entry import Address, Notice
from licet.lists.store import Store
from tests.cli.conftest import BAD, FAILED, GO, HOLD, STOP, Done, Licet
from tests.lists.made import entry, kept

DAY = "2026-08-01"
QORVEX = entry(
    "77",
    "Qorvex Avionics Works",
    list="bis_entity_list",
    aliases=("Zhelandun",),
    countries=("CN",),
    addresses=(Address("17 Lantern Road, Harborville", "CN"),),
    notices=(Notice("84 FR 1"),),
    scope="all",
    review="presumption_of_denial",
)
ALDER = entry("1", "Grey Alder Shipping", list="ofac_sdn", countries=("LR",))


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store of the test's own."""
    monkeypatch.setenv("LICET_LISTS", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    found = Store(tmp_path / "store")
    kept(found, [QORVEX, ALDER])
    return found


@pytest.fixture
def screen(licet: Licet) -> Licet:
    """`licet screen` on the day of the lists."""

    def call(*arguments: str | Path, **also: Any) -> Done:
        return licet("screen", *arguments, "--as-of", DAY, **also)

    return call


def lines(done: Done) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.out.splitlines()]


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code", "band"),
    [("Zhelandun", STOP, "CONFIRMED"), ("Qorvex Avionics", HOLD, "POSSIBLE"), ("Blue Harvest Bakery", GO, "NONE")],
)
def test_the_exit_code_says_what_was_met(screen: Licet, name: str, code: int, band: str) -> None:
    done = screen(name, "--country", "CN")
    assert (done.code, done.err) == (code, "")
    assert done.out.startswith(f"{band}  {name} (CN)\n")
    assert done.out.endswith("looked up in csl 1 (current to 2026-07-31), as of 2026-08-01\n")


def test_a_hit_is_shown_with_its_listing_and_why(screen: Licet) -> None:
    assert screen("zhelandun", "--country", "China").out.splitlines()[1:4] == [
        "  confirmed 1.000  bis_entity_list/77  Qorvex Avionics Works (CN)",
        "      Entity List; review: presumption of denial; 84 FR 1",
        "      by alias `Zhelandun`",
    ]
    explained = screen("zhelandun", "--country", "CN", "--explain").out
    assert "confirmed: `zhelandun` met a published alias `Zhelandun`, score 1.000" in explained
    assert "the country agrees" in explained


def test_the_worst_of_several_names_counts(screen: Licet) -> None:
    done = screen("Blue Harvest Bakery", "Zhelandun", "Qorvex Avionics", "--country", "CN")
    assert done.code == STOP
    assert "3 parties: 1 confirmed, 1 possible, 1 none\n" in done.out


def test_an_address_is_met(screen: Licet) -> None:
    done = screen("Blue Harvest Bakery", "--country", "CN", "--address", "17 Lantern Rd, Harborville")
    assert (done.code, "by address" in done.out) == (HOLD, True)


def test_one_answer_is_an_object_and_several_are_lines(screen: Licet) -> None:
    one = json.loads(screen("Zhelandun", "--country", "CN", "--format", "json").out)
    assert (one["format"], one["band"], one["complete"]) == ("licet-screening-1", "confirmed", True)
    (hit,) = one["hits"]
    assert (hit["list"], hit["listing"], hit["score"], hit["basis"]) == ("bis_entity_list", "77", 1.0, "alias")
    assert hit["explanation"]["aligned"][0]["how"] == "exact"
    assert hit["facts"]["cites"] == ["84 FR 1"]
    assert one["versions"][0]["version"] == 1
    several = lines(screen("Zhelandun", "Bakery", "--format", "json"))
    assert [one["party"]["name"] for one in several] == ["Zhelandun", "Bakery"]


def test_only_one_list(screen: Licet) -> None:
    assert screen("Zhelandun", "--country", "CN", "--list", "ofac_sdn").code == GO
    assert screen("Grey Alder Shipping", "--country", "LR", "--list", "ofac_sdn").code == STOP


def test_an_older_version(screen: Licet, store: Store) -> None:
    kept(store, [ALDER])
    assert screen("Zhelandun", "--country", "CN").code == GO
    done = screen("Zhelandun", "--country", "CN", "--lists-version", "1")
    assert (done.code, "looked up in csl 1 " in done.out) == (STOP, True)


def test_what_the_pack_has_listed_is_met_too(screen: Licet) -> None:
    found = json.loads(screen("Huawei Technologies Co., Ltd.", "--country", "CN", "--format", "json").out)
    assert (found["band"], found["hits"][0]["source"], found["hits"][0]["version"]) == ("confirmed", "us_ear", None)


def test_a_list_that_is_too_old_holds(licet: Licet) -> None:
    done = licet("screen", "Blue Harvest Bakery", "--as-of", "2026-09-15")
    assert done.code == HOLD
    assert "too old for the day, so that whatever is not met holds: " in done.out


def test_a_name_that_cannot_be_looked_up_in_full_holds(screen: Licet) -> None:
    done = screen("Co., Ltd.")
    assert (done.code, "could not be looked up in full" in done.out) == (HOLD, True)


def test_names_are_cleaned_before_they_are_shown(screen: Licet) -> None:
    done = screen("\x1b[31mZhelandun\u202e", "--country", "CN", "--all", "--explain")
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out


def test_a_name_like_a_command(licet: Licet) -> None:
    done = licet("screen", "--as-of", DAY, "--", "rulings")
    assert (done.code, done.out.splitlines()[0]) == (GO, "NONE  rulings")


def test_nothing_is_screened_against_nothing(licet: Licet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = licet("screen", "Acme", "--lists", tmp_path / "empty")
    assert (done.code, "error[no-lists]: the store has no list" in done.err) == (BAD, True)
    monkeypatch.setenv("LICET_LISTS", "")
    done = licet("screen", "Acme")
    assert (done.code, "error[no-lists]: there is no list store to screen against" in done.err) == (BAD, True)


def test_a_damaged_store_is_a_failure(licet: Licet, tmp_path: Path) -> None:
    (tmp_path / "store" / "lists.sqlite").write_bytes(b"no database" * 1000)
    assert licet("screen", "Acme").code == FAILED


@pytest.mark.parametrize(
    ("arguments", "message", "help_"),
    [
        (["Acme", "--country", "XQ"], "error[unknown-country]: expected a country, got `XQ`", "ISO 3166-1 alpha-2"),
        (
            ["Acme", "--list", "ofac_sdm"],
            "error[unknown-list]: there is no list `ofac_sdm`",
            "did you mean `ofac_sdn`?",
        ),
        (["Acme", "--lists-version", "9"], "error[unknown-version]: there is no version `9`", "versions: 1"),
        (["Acme", "--since", "9"], "error[unknown-version]: there is no version `9`", "versions: 1"),
        ([""], "error[no-name]: a party needs a name", ""),
        ([], "licet: invalid value: expected names of parties, or a file of them by `--file`", "licet screen --help"),
        (["Acme", "--file", "f"], "licet: invalid value: expected names of parties", ""),
        (["--file", "f", "--country", "CN"], "licet: invalid value: a file says for each party", ""),
        (["--file", "nowhere.jsonl"], "error[no-such-file]: there is no file `nowhere.jsonl`", ""),
    ],
)
def test_a_mistake_is_told(screen: Licet, arguments: list[str], message: str, help_: str) -> None:
    done = screen(*arguments)
    assert done.code == BAD
    assert message in done.err
    assert help_ in done.err


# --- files -----------------------------------------------------------------------------------------------------------

JSONL = """\
{"id": "a", "name": "Zhelandun", "country": "CN"}
{"id": "b", "name": "Blue Harvest Bakery", "aliases": ["Grey Alder Shipping"], "country": "Liberia"}
{"id": "c", "nme": "Acme"}
{"id": "d", "name": "Acme", "country": "Atlantis"}
not json

{"id": "e", "name": 7}
{"id": "f", "name": "Acme", "kind": "boat"}
[1]
{"id": "g", "name": ""}
{"id": "h", "name": "Blue Harvest Bakery", "country": null}
"""
WRONG = """\
known.jsonl:3:1: error[unknown-field]: unknown field `nme`
  help: did you mean `name`?
known.jsonl:4:1: error[unknown-country]: expected a country, got `Atlantis`
  help: countries are ISO 3166-1 alpha-2 codes, such as `CN`, or names in full
known.jsonl:5:1: error[not-json]: the line is not JSON: invalid character (byte 4)
known.jsonl:7:1: error[wrong-type]: expected `name` to be a text
known.jsonl:8:1: error[unknown-kind]: unknown kind `boat`
  help: kinds: `entity`, `individual`, `vessel`, `aircraft`, `unknown`
known.jsonl:9:1: error[wrong-type]: expected an object with the fields of a party
known.jsonl:10:1: error[no-name]: a party needs a name
"""


def test_a_bad_line_keeps_no_other_back(screen: Licet) -> None:
    Path("known.jsonl").write_text(JSONL, encoding="utf-8")
    done = screen("--file", "known.jsonl")
    assert done.code == BAD
    assert done.err == WRONG
    assert "10 parties: 2 confirmed, 0 possible, 1 none, 7 not read\n" in done.out


def test_a_file_as_data_has_one_line_a_party(screen: Licet) -> None:
    Path("known.jsonl").write_text(JSONL, encoding="utf-8")
    found = lines(screen("--file", "known.jsonl", "--format", "json"))
    assert [one["format"] for one in found].count("licet-findings-1") == 7
    assert [(one["line"], one["party"]["id"], one["band"]) for one in found if "band" in one] == [
        (1, "a", "confirmed"),
        (2, "b", "confirmed"),
        (11, "h", "none"),
    ]


CSV = """\
\ufeffid,name,country,aliases
a,Zhelandun,CN,
b,"Blue ""Harvest""
Bakery",LR,Grey Alder Shipping; Other
c,too,few
d,=cmd|x,US,
"""


@pytest.mark.parametrize("from_stdin", [False, True])
def test_a_csv_is_read(screen: Licet, from_stdin: bool) -> None:
    Path("known.csv").write_text(CSV, encoding="utf-8")
    stdin = {"stdin": CSV.encode()} if from_stdin else {}
    done = screen("--file", "-" if from_stdin else "known.csv", "--format", "json", **stdin)
    assert [(one.get("line"), one.get("band")) for one in lines(done)] == [
        (2, "confirmed"),
        (4, "confirmed"),
        (None, None),
        (6, "none"),
    ]
    assert lines(done)[2]["findings"][0]["message"] == "expected 4 cells, got 3"
    assert lines(done)[2]["findings"][0]["line"] == 5


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"id,nmae\n1,x\n", "1:1: error[unknown-column]: unknown column `nmae`\n  help: did you mean `name`?"),
        (b"id\n1\n", "1:1: error[no-name]: the header has no column `name`"),
        (b"name,name\n1,x\n", "1:1: error[column-twice]: a column stands twice in the header"),
        (b"name\n\xff\xfe\n", "2:1: error[not-utf-8]: the row is not UTF-8\n  help: save the file as UTF-8"),
        (b'name\n"x', "error[not-csv]: the row cannot be read: unexpected end of data"),
        (b"name\n" + b"x" * 1_000_002, "error[not-csv]: the row cannot be read: more than 1000000 bytes in a line"),
        (b'{"name": "' + b"x" * 1_000_002, "1:1: error[too-large]: more than 1000000 bytes: a party has that many"),
        (b"{" * 100_000, "1:1: error[not-json]: the line is not JSON"),
        (b"", "1:1: error[no-parties]: `f` has no party in it\n  help: write one party a line"),
        (b"name\n", "1:1: error[no-parties]: `f` has no party in it"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(screen: Licet, raw: bytes, message: str) -> None:
    Path("f").write_bytes(raw)
    done = screen("--file", "f")
    assert done.code == BAD
    assert message in done.err


# --- rulings ---------------------------------------------------------------------------------------------------------

WHY = ("--reason", "another\x1b[1m city", "--author", "A. Clerk")


def test_a_hit_is_dismissed_for_that_party(licet: Licet, screen: Licet, store: Store) -> None:
    done = licet("screen", "dismiss", "Qorvex Avionics", "bis_entity_list/77", "--country", "CN", *WHY)
    assert (done.code, done.err) == (GO, "")
    assert re.sub(r"\d{4}-\d\d-\d\d", "DAY", done.out).splitlines() == [
        "1  dismissed: Qorvex Avionics (CN) and bis_entity_list/77  Qorvex Avionics Works",
        "   by A. Clerk on DAY, until the listing changes: another city",
    ]
    assert screen("QORVEX AVIONICS", "--country", "CN").code == GO
    assert screen("Qorvex Avionics").code == HOLD
    shown = screen("Qorvex Avionics", "--country", "CN", "--all").out
    assert "dismissed by A. Clerk on " in shown
    assert [about[2] for about in store.audit()][-1] == "dismissed"


def test_a_later_ruling_supersedes(licet: Licet, screen: Licet) -> None:
    about = ("Qorvex Avionics", "bis_entity_list/77", "--country", "CN", *WHY)
    licet("screen", "dismiss", *about)
    assert licet("screen", "confirm", *about).code == GO
    assert screen("Qorvex Avionics", "--country", "CN").code == STOP
    assert [
        one["state"] for one in json.loads(licet("screen", "rulings", "--all", "--format", "json").out)["rulings"]
    ] == [
        "superseded by 2",
        "holds",
    ]


def test_rulings_that_do_not_hold_are_told_apart(licet: Licet, store: Store) -> None:
    assert licet("screen", "rulings").out == "no rulings\n"
    about = ("--country", "CN", *WHY, "--expires", "2999-01-01")
    licet("screen", "dismiss", "Qorvex Avionics", "bis_entity_list/77", *about)
    licet("screen", "dismiss", "Grey Alder", "ofac_sdn/1", "--country", "LR", *WHY)
    assert licet("screen", "rulings").out.count("dismissed: ") == 2
    kept(store, [entry("77", "Qorvex Avionics Works", list="bis_entity_list", countries=("CN",), remarks="more")])
    done = licet("screen", "rulings")
    assert done.out == "no rulings that hold\n(2 more that do not hold: --all)\n"
    shown = licet("screen", "rulings", "--all", "--as-of", "2999-01-01").out
    assert "   the listing has changed\n" in shown
    assert "   the listing is no longer there\n" in shown
    assert "   expired on 2999-01-01\n" in licet("screen", "rulings", "--all", "--as-of", "2999-01-02").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["Qorvex Avionics", "bis_entity_list/78", "--country", "CN", *WHY],
            "error[unknown-listing]: there is no listing `bis_entity_list/78`\n  help: it meets `bis_entity_list/77`",
        ),
        (
            ["Bakery", "nothing", *WHY],
            "error[unknown-listing]: there is no listing `nothing`\n  help: it meets nothing, as it is spelt here",
        ),
        (
            ["Qorvex Avionics", "ofac_sdn/1", "--country", "CN", *WHY],
            "error[no-hit]: `Qorvex Avionics` does not meet `ofac_sdn/1`\n  help: it meets `bis_entity_list/77`",
        ),
        (
            ["Qorvex Avionics", "bis_entity_list/77", "--country", "CN", "--reason", " "],
            "error[bad-ruling]: an adjudication needs a reason and an author",
        ),
        (
            ["Qorvex Avionics", "bis_entity_list/77", "--country", "CN", *WHY, "--expires", "2020-01-01"],
            "error[bad-ruling]: it would expire on 2020-01-01, before it is made on ",
        ),
        (
            ["Qorvex Avionics", "bis_entity_list/77", "--country", "XQ", *WHY],
            "error[unknown-country]: expected a country, got `XQ`",
        ),
        (["Qorvex Avionics", "bis_entity_list/77"], "licet: missing option '--reason'"),
    ],
)
def test_a_ruling_that_cannot_be_kept_is_told(licet: Licet, store: Store, arguments: list[str], message: str) -> None:
    before = store.audit()
    done = licet("screen", "dismiss", *arguments)
    assert done.code == BAD
    assert message in done.err
    assert store.audit() == before


# --- what changed ----------------------------------------------------------------------------------------------------


@pytest.fixture
def second(store: Store) -> None:
    """A second version: one listing of another name, one that went, one more."""
    kept(
        store,
        [
            entry("77", "Qorvex Avionics", list="bis_entity_list", countries=("CN",)),
            entry("2", "Blue Harvest Bakery", list="ofac_sdn", countries=("CN",)),
        ],
    )


KNOWN = """\
{"id": "q", "name": "Qorvex Avionics", "country": "CN"}
{"id": "g", "name": "Grey Alder Shipping", "country": "LR"}
{"id": "b", "name": "Blue Harvest Bakery", "country": "CN"}
{"id": "n", "name": "Nobody At All", "country": "CN"}
"""


@pytest.mark.usefixtures("second")
def test_only_what_changed_is_told(screen: Licet) -> None:
    Path("known.jsonl").write_text(KNOWN, encoding="utf-8")
    done = screen("--file", "known.jsonl", "--since", "1")
    assert done.code == STOP
    heads = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert heads == [
        "changed (band, score, name, listing): q Qorvex Avionics (CN)",
        "went: g Grey Alder Shipping (LR)",
        "appeared: b Blue Harvest Bakery (CN)",
        "4 parties against 3 listings that differ: 1 appeared, 1 changed, 1 went",
        "looked up in csl 2 (current to 2026-07-31), as of 2026-08-01",
    ]


@pytest.mark.usefixtures("second")
def test_what_changed_as_data(screen: Licet) -> None:
    Path("known.jsonl").write_text(KNOWN, encoding="utf-8")
    found = lines(screen("--file", "known.jsonl", "--since", "1", "--format", "json"))
    assert [(one["what"], one["party"]["id"]) for one in found] == [("changed", "q"), ("went", "g"), ("appeared", "b")]
    assert (found[0]["before"]["band"], found[0]["after"]["band"]) == ("possible", "confirmed")
    assert found[1]["after"] is None


@pytest.mark.usefixtures("second")
def test_the_exit_code_of_changes_is_that_of_the_hits_as_they_are(screen: Licet) -> None:
    assert screen("Grey Alder Shipping", "--country", "LR", "--since", "1").code == GO
    assert screen("Blue Harvest Bakery", "--since", "1").code == HOLD
    assert screen("Nobody At All", "--since", "1").code == GO
    Path("known.jsonl").write_text(KNOWN + "{\n", encoding="utf-8")
    assert screen("--file", "known.jsonl", "--since", "1").code == BAD


@pytest.mark.usefixtures("second")
def test_changes_in_lists_that_are_too_old_hold(licet: Licet) -> None:
    done = licet("screen", "Nobody At All", "--since", "1", "--as-of", "2026-09-15")
    assert (done.code, "too old for the day" in done.out) == (HOLD, True)


def test_a_listing_that_appears_and_is_not_in_force_lets_go(screen: Licet, store: Store) -> None:
    kept(store, [QORVEX, ALDER, entry("3", "Blue Harvest Bakery", list="ofac_sdn", ended=date(2026, 1, 1))])
    done = screen("Blue Harvest Bakery", "--since", "1")
    assert (done.code, done.out.startswith("appeared: 1 Blue Harvest Bakery\n")) == (GO, True)
