"""`licet lists`: what it keeps, what it refuses, what it shows, and its exit codes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from licet.cli.lists_find import plain
from licet.cli.lists_get import day_told
from licet.cli.lists_shown import _inert
from licet.lists.sources import Clock
from licet.lists.store import Store
from licet.resources import policies_dir
from tests.cli.conftest import BAD, FAILED, GO, Licet
from tests.lists.server import Server, response, says

HEADER = (
    "_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,"
    "standard_order,license_requirement,license_policy,call_sign,vessel_type,gross_tonnage,gross_registered_tonnage,"
    "vessel_flag,vessel_owner,remarks,source_list_url,alt_names,citizenships,dates_of_birth,nationalities,"
    "places_of_birth,source_information_url,ids"
).split(",")
SOURCE = "Entity List (EL) - Bureau of Industry and Security"
DAY = "2026-07-31"
SOURCES = """
sources:
  csl: {{title: The list, cite: somebody, address: "{address}", formats: [csv, json]}}
  dated:
    title: The dated one
    cite: somebody
    address: "{dated}"
    formats: [xml]
    clock: {{address: "{clock}", rows: titles, where: {{number: 15}}, take: up_to}}
canaries:
  csl:
    at_least: 2
    most_shrink: 0.2
    source_days: 100000
    lists:
      bis_entity_list: {{at_least: 1, sentinels: [{{name: Acme 1, country: CN}}]}}
"""


def row(**fields: str) -> dict[str, str]:
    return dict.fromkeys(HEADER, "") | {
        "source": SOURCE,
        "addresses": "1 Road, Beijing, CN",
        "license_requirement": "For all items subject to the EAR. (See §744.11 of the EAR)",
        "license_policy": "Presumption of denial",
        "federal_register_notice": "84 FR 22961",
        "start_date": "2019-05-21",
        **fields,
    }


def listed(count: int = 10, **fields: str) -> list[dict[str, str]]:
    return [row(name=f"Acme {n} Works", **fields) for n in range(1, count + 1)]


def as_csv(rows: Sequence[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of the test's own."""
    monkeypatch.setenv("LICET_LISTS", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def catalog(tmp_path: Path, server: Server) -> Path:
    """A catalog whose sources are on this machine."""
    folder = tmp_path / "catalog"
    shutil.copytree(policies_dir() / "lists", folder)
    path = folder / "sources.yaml"
    known = path.read_text(encoding="utf-8").partition("# Where the lists are published.")[0]
    places = {"address": server.at("list.csv"), "dated": server.at("{date}/list.xml"), "clock": server.at("titles")}
    path.write_text(known + SOURCES.format(**places), encoding="utf-8")
    return folder


@pytest.fixture
def keep(licet: Licet, catalog: Path, home: Path) -> Licet:
    def call(rows: object, *options: object, **also: object) -> object:
        (home / "list.csv").write_bytes(as_csv(rows) if isinstance(rows, list) else bytes(str(rows), "utf-8"))
        return licet("lists", "import", "list.csv", "--catalog", catalog, "--source-date", DAY, *map(str, options))

    return call  # type: ignore[return-value]


def store(home: Path) -> Store:
    return Store(home / "store")


def test_an_import_keeps_a_version(keep: Licet, home: Path) -> None:
    done = keep(listed())
    assert done.code == GO
    assert done.err == ""
    assert "csl: kept: version 1" in done.out
    assert "10  bis_entity_list" in done.out
    version = store(home).current("csl")
    assert version is not None
    assert (version.address, str(version.source_clock), version.clock_basis) == ("list.csv", DAY, "stated")


def test_the_same_file_again_is_unchanged(keep: Licet, home: Path) -> None:
    keep(listed())
    assert "csl: unchanged, in use: version 1" in keep(listed()).out
    assert len(store(home).versions()) == 1


def test_what_shrank_is_refused_and_says_why(keep: Licet, home: Path) -> None:
    keep(listed(10))
    done = keep(listed(5))
    assert done.code == BAD
    assert (
        "error[list-shrunk]: bis_entity_list: 5 entries, and 10 before: 50.0% fewer, expected 20.0% at most" in done.err
    )
    assert "csl: refused; in use is version 1" in done.out
    assert len(store(home).versions()) == 1


def test_a_reason_is_kept(keep: Licet, home: Path) -> None:
    keep(listed(10))
    done = keep(listed(5), "--accept", "they left,\x1b[31m really")
    assert done.code == GO
    assert "accepted in spite of list-shrunk, shrunk: they left, really" in done.out
    assert "warning[list-shrunk]" in done.err
    current = store(home).current("csl")
    assert current is not None
    assert current.accepted_codes == ("list-shrunk", "shrunk")


@pytest.mark.parametrize("options", [[], ["--accept", "please"]])
def test_an_empty_list_is_refused(keep: Licet, options: list[str]) -> None:
    done = keep([], *options)
    assert done.code == BAD
    assert "version 1" not in done.out


def test_a_missing_sentinel_is_named(keep: Licet) -> None:
    done = keep(listed()[1:])
    assert done.code == BAD
    assert "error[missing-sentinel]: bis_entity_list: `Acme 1` in CN is not in it" in done.err


def test_json_says_the_same(keep: Licet) -> None:
    kept, refused = keep(listed(), "--format", "json"), keep(listed(3), "--format", "json")
    (one,) = json.loads(kept.out)["sources"]
    assert (kept.code, one["source"], one["outcome"], one["version"]["counts"]) == (
        GO,
        "csl",
        "kept",
        {"bis_entity_list": 10},
    )
    (other,) = json.loads(refused.out)["sources"]
    assert (refused.code, other["outcome"], other["version"]["number"]) == (BAD, "refused", 1)
    assert {"list-shrunk", "shrunk"} <= {found["code"] for found in other["findings"]}


def test_the_standard_input(licet: Licet, catalog: Path, home: Path) -> None:
    done = licet("lists", "import", "-", "--catalog", catalog, "--source-date", DAY, stdin=as_csv(listed()))
    assert done.code == GO
    assert store(home).versions()[0].address == "<stdin>"


def test_the_store_of_an_option(licet: Licet, catalog: Path, home: Path) -> None:
    (home / "list.csv").write_bytes(as_csv(listed()))
    assert licet("lists", "import", "list.csv", "--catalog", catalog, "--lists", home / "other").code == GO
    assert Store(home / "other").versions()
    assert not store(home).versions()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "missing.csv"], "error[cannot-read]: `missing.csv` cannot be read"),
        (["import", "."], "error[cannot-read]"),
        (["import", "list.csv", "--source", "cls"], "did you mean `csl`?"),
        (["import", "list.csv", "--source-date", "yesterday"], "expected a date"),
        (["import", "list.csv", "--catalog", "nowhere"], "error[cannot-read]"),
        (["import", "http://example.com/list.csv"], "error[not-https]"),
        (["import", "ftp://example.com/list.csv"], "error[bad-address]"),
        (["update", "cls"], "did you mean `csl`?"),
        (["update", "--accept", "please"], "name it"),
        (["status", "--as-of", "x"], "expected a date"),
        (["diff", "1", "2"], "error[unknown-version]: there is no version `1`"),
        (["show", "Acme"], "error[no-lists]"),
        (["search", "acme"], "error[no-lists]"),
        (["export"], "error[no-lists]"),
        (["import"], "lists import"),
    ],
)
def test_bad_input(licet: Licet, catalog: Path, home: Path, arguments: list[str], said: str) -> None:
    (home / "list.csv").write_bytes(as_csv(listed()))
    if "--catalog" not in arguments and arguments[0] in {"import", "update", "status"} and len(arguments) > 1:
        arguments = [*arguments, "--catalog", str(catalog)]
    done = licet("lists", *arguments)
    assert done.code == BAD
    assert said in done.err
    assert not store(home).versions()


@pytest.mark.parametrize("content", [b"", b"not a list", b"<html>busy</html>", b"\0" * 100, b"{}", b"a,b\n1,2\n"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_no_list_is_refused(licet: Licet, catalog: Path, home: Path, content: bytes, form: str) -> None:
    (home / "list.csv").write_bytes(content)
    done = licet("lists", "import", "list.csv", "--catalog", catalog, "--format", form)
    assert done.code == BAD
    assert not store(home).versions()


def test_a_store_that_is_none_is_a_failure(licet: Licet, home: Path) -> None:
    (home / "store").mkdir()
    (home / "store" / "lists.sqlite").write_bytes(b"something else" * 100)
    done = licet("lists", "status")
    assert done.code == FAILED
    assert "error[store]" in done.err


# --- from addresses --------------------------------------------------------------------------------------------------


def test_an_address_is_fetched(licet: Licet, catalog: Path, server: Server, home: Path) -> None:
    server.paths["list.csv"] = says(response(gzip.compress(as_csv(listed())), Content_Encoding="gzip"))
    done = licet("lists", "import", server.at("list.csv"), "--catalog", catalog, "--source-date", DAY)
    assert done.code == GO
    assert store(home).versions()[0].address == server.at("list.csv")


def test_update_asks_only_for_what_has_changed(licet: Licet, catalog: Path, server: Server, home: Path) -> None:
    modified = "Fri, 31 Jul 2026 10:00:00 GMT"
    server.paths["list.csv"] = says(response(as_csv(listed()), ETag='"v1"', Last_Modified=modified))
    assert "csl: kept: version 1" in licet("lists", "update", "csl", "--catalog", catalog).out
    server.paths["list.csv"] = says(response(status="304 Not Modified"))
    for _ in range(2):  # the marks outlive an answer that has none
        done = licet("lists", "update", "csl", "--catalog", catalog)
        assert done.code == GO
        assert "csl: unchanged, in use: version 1" in done.out
        assert server.asked[-1][1]["if-none-match"] == '"v1"'
        assert server.asked[-1][1]["if-modified-since"] == modified
    (version,) = store(home).versions()
    assert (str(version.source_clock), version.clock_basis) == (DAY, "last-modified")
    assert [check.outcome for check in store(home).checks("csl")] == ["kept", "unchanged", "unchanged"]


def test_a_source_with_a_clock(licet: Licet, catalog: Path, server: Server) -> None:
    server.paths["titles"] = says(response(json.dumps({"titles": [{"number": 15, "up_to": DAY}]}).encode()))
    licet("lists", "update", "dated", "--catalog", catalog)
    assert [path for path, _ in server.asked] == ["titles", f"{DAY}/list.xml"]


def test_one_that_fails_does_not_stop_another(licet: Licet, catalog: Path, server: Server, home: Path) -> None:
    server.paths["list.csv"] = says(response(as_csv(listed())))
    done = licet("lists", "update", "--catalog", catalog)
    assert done.code == FAILED
    assert "csl: kept" in done.out
    assert "dated: not fetched" in done.out
    assert "error[bad-status]: the server answered 404 Not Found" in done.err
    assert [check.codes for check in store(home).checks("dated")] == [("bad-status",)]


def test_half_a_file_keeps_the_old_one(licet: Licet, catalog: Path, server: Server, home: Path) -> None:
    body = as_csv(listed())
    server.paths["list.csv"] = says(response(body))
    licet("lists", "update", "csl", "--catalog", catalog)
    server.paths["list.csv"] = says(response(body[:-50], Content_Length=str(len(body))))
    done = licet("lists", "update", "csl", "--catalog", catalog)
    assert done.code == FAILED
    assert "error[truncated]" in done.err
    assert len(store(home).versions()) == 1


def test_an_update_that_a_canary_refuses(licet: Licet, catalog: Path, server: Server, home: Path) -> None:
    for rows in (listed(10), listed(4)):
        server.paths["list.csv"] = says(response(as_csv(rows)))
        done = licet("lists", "update", "csl", "--catalog", catalog)
    assert done.code == BAD
    assert "csl: refused; in use is version 1" in done.out


@pytest.mark.parametrize(
    ("answer", "day"),
    [
        (b'{"titles": [{"number": 14, "up_to": "2026-01-01"}, {"number": 15, "up_to": "2026-07-31"}]}', DAY),
        (b'{"titles": [{"number": 15, "up_to": "soon"}]}', None),
        (b'{"titles": [{"number": 15}, {"number": 15}]}', None),
        (b'{"titles": [15, null]}', None),
        (b'{"titles": {}}', None),
        (b"[]", None),
        (b"no", None),
        (b"\xff", None),
        (b"[" * 100_000, None),
    ],
)
def test_what_a_clock_tells(answer: bytes, day: str | None) -> None:
    clock = Clock(address="x", rows="titles", where={"number": 15}, take="up_to")
    told = day_told(answer, clock)
    assert (None if told is None else told.isoformat()) == day


# --- what is shown ---------------------------------------------------------------------------------------------------

EVIL = "Evil\x1b[2J\u202eCo\x07 Ltd"


def test_status(keep: Licet, licet: Licet, catalog: Path) -> None:
    assert "no version" in licet("lists", "status", "--catalog", catalog).out
    keep(listed())
    text = licet("lists", "status", "--catalog", catalog, "--as-of", "2026-08-01").out
    assert "requirement and review policy read of" in text
    assert "csl: The list\n  version 1" in text
    assert "stale" not in text
    late = licet("lists", "status", "--catalog", catalog, "--as-of", "2999-01-01", "--format", "json")
    assert late.code == GO
    by_id = {one["source"]: one for one in json.loads(late.out)["sources"]}
    assert [one["code"] for one in by_id["csl"]["stale"]] == ["list-too-old", "list-not-asked"]
    assert by_id["dated"]["version"] is None
    assert by_id["csl"]["last"]["outcome"] == "kept"


def test_status_tells_what_was_refused(keep: Licet, licet: Licet, catalog: Path) -> None:
    keep(listed(10))
    keep(listed(4))
    assert ": refused (list-shrunk, shrunk)" in licet("lists", "status", "--catalog", catalog).out


def test_diff(keep: Licet, licet: Licet) -> None:
    keep(listed(10))
    changed = listed(10)
    changed[1]["license_policy"] = "Case-by-case review"
    keep([*changed[:9], row(name="Newcomer")])
    done = licet("lists", "diff", "1", "2")
    assert done.code == GO
    assert done.out.startswith("bis_entity_list: 1 added, 1 removed, 1 changed\n+ bis_entity_list  Newcomer")
    assert "- bis_entity_list  Acme 10 Works" in done.out
    assert "    policy: Presumption of denial -> Case-by-case review\n" in done.out
    data = json.loads(licet("lists", "diff", "1", "2", "--format", "json").out)
    assert data["counts"] == {"bis_entity_list": {"added": 1, "removed": 1, "changed": 1}}
    assert "policy" in [field["name"] for field in data["changed"][0]["fields"]]
    assert licet("lists", "diff", "2", "2").out == "no differences\n"
    assert licet("lists", "diff", "1", "2", "--list", "ofac_sdn").out == "no differences\n"


def test_show(keep: Licet, licet: Licet) -> None:
    keep([*listed(), row(name="Société Générale d'Essai", alt_names="SGE; Essai")])
    for name in ("societe GENERALE d essai", "Essai"):
        done = licet("lists", "show", name)
        assert done.code == GO
        assert "  list: bis_entity_list\n" in done.out
        assert "  aliases: SGE\n           Essai\n" in done.out
    (found,) = json.loads(licet("lists", "show", "essai", "--format", "json").out)["entries"]
    by_id = licet("lists", "show", found["entry"]["id"])
    assert "Société" in by_id.out
    assert found["version"] == 1
    done = licet("lists", "show", "Acme")
    assert done.code == BAD
    assert "near: `Acme 1 Works`" in done.err
    assert licet("lists", "show", "Essai", "--list", "ofac_sdn").code == BAD


def test_an_old_version_is_still_shown(keep: Licet, licet: Licet) -> None:
    keep(listed(10))
    keep(listed(9))
    assert licet("lists", "show", "Acme 10 Works").code == BAD
    assert licet("lists", "show", "Acme 10 Works", "--version", "1").code == GO
    assert licet("lists", "show", "Acme 10 Works", "--version", "3").code == BAD


def test_search_puts_the_nearest_first(keep: Licet, licet: Licet) -> None:
    names = ["Acmeworks Trading", "Big Acme Trading Company", "Trading, Acme", "Acme Trading", "Acme 1 Works"]
    keep([row(name=name) for name in names])
    lines = licet("lists", "search", "acme", "trading").out.splitlines()
    assert [line.split("  ")[1].split(" (")[0] for line in lines] == [
        "Acme Trading",
        "Trading, Acme",
        "Big Acme Trading Company",
        "Acmeworks Trading",
    ]
    assert licet("lists", "search", "acme", "--most", "2").out.splitlines()[-1] == "(3 more)"
    nothing = licet("lists", "search", "nobody")
    assert (nothing.code, nothing.out) == (GO, "nothing has these words in its names\n")


def test_search_finds_what_is_spelt_nearly_so(keep: Licet, licet: Licet) -> None:
    keep([*listed(), row(name="Hangzhou Hikvision Digital Technology Co., Ltd.")])
    for _ in range(2):  # the second time from the cache
        done = licet("lists", "search", "hangzou", "hikvision", "digitel")
        assert done.code == GO
        first, second, *_ = done.out.splitlines()
        assert first == "nothing has these words in its names, these are near:"
        assert "Hangzhou Hikvision" in second
    assert licet("lists", "search", "hangzou hikvision", "--list", "ofac_sdn").out.count("\n") == 1


def test_search_without_a_letter(keep: Licet, licet: Licet) -> None:
    keep(listed())
    assert json.loads(licet("lists", "search", "!!", "--format", "json").out)["entries"] == []


@pytest.mark.parametrize("command", [["show", "evilco ltd"], ["search", "evil"], ["diff", "1", "2"], ["export"]])
def test_names_are_cleaned_before_they_are_printed(keep: Licet, licet: Licet, command: list[str]) -> None:
    keep(listed())
    keep([*listed(), row(name=EVIL, remarks=EVIL, alt_names=EVIL)])
    done = licet("lists", *command)
    assert "EvilCo Ltd" in done.out
    assert not {"\x1b", "\u202e", "\x07"} & set(done.out + done.err)


def test_a_spreadsheet_gets_no_formulas(keep: Licet, licet: Licet) -> None:
    evil = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "＝1"]
    keep([*listed(), *(row(name=name, remarks=name) for name in evil)])
    rows = list(csv.DictReader(io.StringIO(licet("lists", "export").out)))
    assert len(rows) == 16
    assert all(cell[:1] not in "=+-@\t＝" or not cell for row in rows for cell in row.values())
    assert "'=cmd|' /C calc'!A0" in [row["name"] for row in rows]
    data = json.loads(licet("lists", "export", "--format", "json").out)
    assert "=cmd|' /C calc'!A0" in [entry["name"] for entry in data["entries"]]


@pytest.mark.parametrize(("cell", "safe"), [("=1", "'=1"), ("", ""), ("a=1", "a=1"), ("－1", "'－1")])
def test_inert(cell: str, safe: str) -> None:
    assert _inert(cell) == safe


def test_plain() -> None:
    assert plain("Øresund  Ｈuá-wei") == "øresund hua wei"
    assert plain(EVIL) == "evilco ltd"


def test_help_has_examples(licet: Licet) -> None:
    for command in ("import", "update", "status", "diff", "show", "search", "export"):
        done = licet("lists", command, "--help")
        assert done.code == GO
        assert f"Examples:\n    licet lists {command}" in done.out
