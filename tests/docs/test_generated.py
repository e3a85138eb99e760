"""Pages and parts of pages that are made from the pack, and drift from it otherwise."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import pytest

from licet import Evaluator
from licet.authoring.cases import LawCase
from licet.authoring.coverage_page import coverage_page, is_pointer, read_paragraphs, unnamed
from licet.authoring.doubts_page import doubts_page
from licet.authoring.run import read_cases
from licet.cli.main import run
from licet.infer.resolve import RELEASE
from licet.policy.load import Loaded, pack_files, read_files
from licet.policy.model import Pack
from licet.resources import policies_dir
from tests.docs.pages import DOCS, ROOT, keep, keep_part

README = ROOT / "README.md"


@cache
def loaded() -> Loaded:
    folder = policies_dir() / "us_ear"
    return read_files(pack_files(folder), folder.name, law_only=True)


@cache
def cases() -> tuple[LawCase, ...]:
    return tuple(read_cases(policies_dir() / "us_ear", ROOT / "examples"))


def pack() -> Pack:
    found = loaded().pack
    assert found is not None
    return found


def test_coverage() -> None:
    keep(ROOT / "COVERAGE.md", coverage_page(pack(), cases(), read_paragraphs(policies_dir() / "us_ear")))


def test_coverage_names_every_rule() -> None:
    """Some paragraph names each rule, and none a whole part, which would name all that ever comes to it."""
    paragraphs = read_paragraphs(policies_dir() / "us_ear")
    assert [rule.id for rule in unnamed(pack(), paragraphs)] == []
    assert [p.cite for p in paragraphs for name in p.rules if re.fullmatch(r"part_\d{3}", name)] == []


def test_doubts() -> None:
    keep_part(DOCS / "law.md", "doubts", doubts_page(loaded()))


STORY = ("01", "02", "04", "05", "06", "07")
DAYS = (
    "2019-05-15 2019-05-16 2019-05-20 2019-08-18 2019-08-19 2019-11-18 2020-02-16 2020-05-15 2020-08-13 2020-08-14"
).split()


def test_the_answers_of_the_story() -> None:
    evaluator = Evaluator.load()
    head = f"| order | {' | '.join(DAYS)} |\n|{'---|' * (len(DAYS) + 1)}\n"
    rows = []
    for number in STORY:
        (path,) = (ROOT / "examples").glob(f"{number}_*")
        read = evaluator.read(path.read_bytes())
        answers = [RELEASE[evaluator.outcome(read, date.fromisoformat(day))] for day in DAYS]
        rows.append(f"| [{path.stem.replace('_', ' ')}](../examples/{path.name}) | {' | '.join(answers)} |")
    keep_part(DOCS / "law.md", "answers", head + "\n".join(rows))


def test_the_periods_of_the_general_license() -> None:
    head = "| document | in force from | through | known from |\n|---|---|---|---|\n"
    license_ = pack().general_licenses["part_744/supp_7_huawei_tgl"]
    rows = [f"| {p.cite} | {p.start} | {p.through} | {p.known} |\n" for p in license_.timeline.periods]
    keep_part(DOCS / "law.md", "periods", head + "".join(rows))


def test_law_names_what_the_pack_has() -> None:
    """The rules and the Federal Register documents that the page names are in the pack."""
    text = (DOCS / "law.md").read_text(encoding="utf-8")
    found = pack()
    ids = (
        {rule.id for rule in found.rules}
        | set(found.tables)
        | set(found.general_licenses)
        | {x.id for x in found.lists}
    )
    named = set(re.findall(r"`(part_\d{3}/[\w/]+)`", text))
    assert {name for name in named if not any(i == name or i.startswith(f"{name}/") for i in ids)} == set()
    policies = "".join(path.read_text(encoding="utf-8") for path in (policies_dir() / "us_ear").rglob("*.yaml"))
    assert {cite for cite in re.findall(r"\b\d\d FR \d+", text) if cite not in policies} == set()


def test_the_decision_in_the_readme(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["evaluate", "examples/06_chips_for_new_base_stations.json", "--as-of", "2019-11-04"]
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    assert run(arguments) == 2
    shown = "\n".join(["```", f"$ licet {' '.join(arguments)}", capfd.readouterr().out.rstrip(), "```"])
    keep_part(README, "decision", shown)


def test_the_counts_in_the_readme() -> None:
    found = pack()
    pointers = sum(map(is_pointer, found.rules))
    listings = sum(len(x.listings) for x in found.lists)
    removed = sum(all(row.period.ended for row in entry.rows) for x in found.lists for entry in x.listings)
    rows = sum(len(table.rows) for table in found.tables.values())
    counts = (
        f"{len(found.rules)} rules ({pointers} of them pointers), {len(cases())} cases, {listings} listings "
        f"({removed} of them removed since), {len(found.tables)} tables with {rows} rows."
    )
    keep_part(README, "counts", counts)


def test_the_dates_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    manifest = pack().manifest
    assert f"up to {manifest.current_through}" in text
    assert f"after {manifest.holds_after}" in text
    assert {rule.reviewed_by for rule in pack().rules} == {"nobody"}, "the README says that nobody has reviewed it"


def test_the_rule_in_the_readme_is_the_rule() -> None:
    """Every YAML block with a path of a policy file is that file, comments aside."""
    blocks = re.findall(
        r"^```yaml\n# (policies/\S+)\n(.*?)^```$", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert blocks
    for path, shown in blocks:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert [x for x in text.splitlines() if not x.startswith("#")] == shown.splitlines()
