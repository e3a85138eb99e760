"""docs/china.md: its tables are the pack's, its answers those of the tool, its words those of the vocabulary."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from licet import Evaluator
from licet.cli.main import run
from licet.policy import conditions
from licet.policy.cache import default_cache, load_pack
from licet.policy.model import Pack, Rule
from licet.policy.terms import Notice, Period, Rate, SetFact
from licet.resources import policies_dir
from tests.docs.pages import DOCS, ROOT, keep_part

PAGE = DOCS / "china.md"
ORDERS = sorted((ROOT / "examples" / "china").glob("*.json"))
# each order: the exit code of its answer
ANSWERS = {
    "01_patch_supplied": 0,
    "02_patch_refused": 0,
    "03_everything_refused": 2,
    "04_magnets_from_china": 2,
    "05_magnets_from_germany": 0,
}
MODEL = "model of the pack"


@cache
def pack() -> Pack:
    return load_pack(policies_dir() / "cn_countermeasures", default_cache())


@cache
def evaluator() -> Evaluator:
    return Evaluator.load()


def decided(name: str) -> Any:
    return evaluator().evaluate((ROOT / "examples" / "china" / f"{name}.json").read_bytes())


def table(head: str, rows: Iterable[tuple[object, ...]]) -> str:
    columns = head.count("|") - 1
    return "\n".join([head, "|---" * columns + "|", *(f"| {' | '.join(map(str, row))} |" for row in rows)])


def rules(folder: str) -> list[Rule]:
    return [rule for rule in pack().rules if rule.id.startswith(folder)]


def span(period: Period) -> str:
    """When it counts, in words."""
    since = f"from {period.start}" if period.start else ""
    until = f"through {period.through}" if period.through else ""
    return " ".join(filter(None, (since, until))) or "always"


def law(rule: Rule) -> str:
    """What the rule cites, without the model."""
    return "; ".join(because.cite for because in rule.because if because.cite != MODEL)


# --- what the pack has -----------------------------------------------------------------------------------------------


def test_the_counts() -> None:
    found = pack()
    listings = sum(len(x.listings) for x in found.lists)
    keep_part(PAGE, "counts", f"{len(found.rules)} rules, {listings} listings, {len(found.tables)} tables.")


def test_the_day_of_the_law_is_said() -> None:
    manifest = pack().manifest
    text = PAGE.read_text(encoding="utf-8")
    assert f"up to {manifest.current_through}" in text
    assert f"after {manifest.holds_after}" in text
    assert f"law up to {manifest.current_through}" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert {rule.reviewed_by for rule in pack().rules} == {"nobody"}, "the page says that nobody has reviewed it"


def test_the_lists() -> None:
    rows = [(x.title, len(x.listings), x.coverage or "") for x in sorted(pack().lists, key=lambda x: x.title)]
    keep_part(PAGE, "lists", table("| list | names | coverage |", rows))


def test_the_articles_that_a_conduct_can_meet() -> None:
    rows = [
        (p.start, rule.title, law(rule), effect.level, rule.doubt or "")
        for rule in rules("exposure/")
        for effect in rule.effects
        if isinstance(effect, Rate) and law(rule)
        for p in rule.timeline.periods
    ]
    head = "| from | what the text reaches | article | exposure | doubt |"
    keep_part(PAGE, "exposure", table(head, sorted(rows, key=lambda row: (row[0], row[1]))))


def test_the_ladder() -> None:
    ladder = pack().tables["risk/conduct"]
    names = list(ladder.columns)
    rows = []
    for row in ladder.rows:
        of = dict(zip(names, row.values, strict=True))
        rows.append(
            (
                of["conduct"],
                of["what"],
                of["base"],
                of["stops_at"],
                "yes" if of["can_be_lowered"] else "no",
                of["cases"],
                str(of["confidence"]).replace("_", " "),
                span(row.period),
                row.doubt or "",
            )
        )
    head = "| code | conduct | begins at | stops at | mitigation counts | cases | record | when | doubt |"
    rows.sort(key=lambda row: (int(str(row[0])[1:]), str(row[7]).startswith("from")))
    keep_part(PAGE, "ladder", table(head, rows))


@pytest.mark.parametrize(("name", "rule"), [("raises", "risk/raise/once"), ("mitigators", "risk/lower/once")])
def test_what_moves_a_level(name: str, rule: str) -> None:
    (found,) = rules(rule)
    facts = dict.fromkeys(test.fact for test in conditions.tests_in(found.when) if test.fact not in _GIVEN)
    known = [pack().vocabulary.facts[fact] for fact in facts]
    rows = [
        (f"`{f.name}`", f.meaning, "left open" if f.assume_because is None else "taken to be absent") for f in known
    ]
    keep_part(PAGE, name, table("| fact | says | where nobody states it |", rows))


_GIVEN = {"conduct_taken", "conduct_can_be_lowered"}


@pytest.mark.parametrize("name", ["floors", "caps"])
def test_the_floors_and_the_caps(name: str) -> None:
    """Floors and caps, those of certain days last."""
    one = name.removesuffix("s")
    found = [(rule.title, p) for rule in rules(f"risk/{one}/") for p in rule.timeline.periods]
    found.sort(key=lambda cap: (cap[1].through is not None, cap[1].through or cap[1].start))
    keep_part(PAGE, name, table(f"| {one} | when |", [(title, span(p)) for title, p in found]))


def test_the_grades_of_a_dilemma() -> None:
    levels = pack().vocabulary.risks["dilemma"].levels
    rows = [
        (effect.level, rule.title, law(rule), span(p))
        for rule in rules("dilemma/")
        for effect in rule.effects
        if isinstance(effect, Rate)
        for p in rule.timeline.periods
    ]
    rows.sort(key=lambda row: (levels.index(str(row[0])), row[1]))
    keep_part(PAGE, "dilemma", table("| grade | where | cited | when |", rows))


def test_the_courses() -> None:
    rows = [
        (f"`{course.id}`", course.title, "yes" if course.proceeds else "no", course.cite)
        for course in pack().vocabulary.courses.values()
    ]
    keep_part(PAGE, "courses", table("| course | what | ships | cited |", rows))


def test_the_levels_are_explained() -> None:
    """Every level of every risk has its row, mildest first."""
    text = PAGE.read_text(encoding="utf-8").partition("\n## What the levels mean\n")[2].partition("\n## ")[0]
    explained = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", text, re.MULTILINE)
    risks = pack().vocabulary.risks.values()
    assert explained == [(r.id, level) for r in risks if r.id != "dilemma" for level in r.levels]


def test_the_notice_on_the_feared_case_is_quoted() -> None:
    (rule,) = rules("risk/record/nobody_for_obeying")
    (notice,) = [effect for effect in rule.effects if isinstance(effect, Notice)]
    words = re.sub(r"\s*\n> ?", " ", PAGE.read_text(encoding="utf-8"))
    assert notice.message.partition(";")[0] in words


def test_the_page_names_what_the_pack_has() -> None:
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)+\w+)`", text)) - {"policies/cn_countermeasures/risk"}
    known = {rule.id for rule in pack().rules} | set(pack().tables) | {x.id for x in pack().lists}
    set_ = {e.fact for rule in pack().rules for e in rule.effects if isinstance(e, SetFact)}
    assert {name for name in named if not any(i == name or i.startswith(f"{name}/") for i in known)} == set()
    assert {"bound"} <= set_, "the page says that rules set `bound`"


# --- what the tool answers -------------------------------------------------------------------------------------------


def test_every_order_is_on_the_page() -> None:
    assert {path.stem for path in ORDERS} == set(ANSWERS)
    text = PAGE.read_text(encoding="utf-8")
    assert [path.name for path in ORDERS if f"(../examples/china/{path.name})" not in text] == []


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer(name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["evaluate", f"examples/china/{name}.json"]
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    assert run(arguments) == ANSWERS[name]
    shown = "\n".join(["```", f"$ licet {' '.join(arguments)}", capfd.readouterr().out.rstrip(), "```"])
    keep_part(PAGE, name, shown)


def test_the_arithmetic_is_shown(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["explain", "examples/china/02_patch_refused.json"]
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    assert run(arguments) == 0
    written = capfd.readouterr().out
    risk = written.partition("\n  reciprocal risk: ")[2].partition("\n  impact: ")[0]
    assert risk
    keep_part(PAGE, "arithmetic", f"```\n  reciprocal risk: {risk}\n```")


def test_the_json() -> None:
    data = json.loads(msgspec.json.encode(decided("02_patch_refused")))
    (regime,) = [r for r in data["regimes"] if r["regime"] == "cn"]
    (line,) = regime["lines"]
    shown = {
        **{field: regime[field] for field in ("regime", "binds", "may_bind", "binding_until", "outcome", "release")},
        "lines": [
            {
                "item": line["item"],
                "ratings": [_cut(r, "risk", "level", "at_most", "facts") for r in line["ratings"]],
                "courses": [
                    {
                        **_cut(c, "id", "title", "proceeds", "safe", "on", "states"),
                        "sides": [
                            {
                                **_cut(side, "regime", "outcome", "release", "review"),
                                "ratings": [_cut(r, "risk", "level", "at_most") for r in side["ratings"]],
                            }
                            for side in c["sides"]
                        ],
                    }
                    for c in line["courses"]
                ],
            }
        ],
    }
    keep_part(PAGE, "json", f"```json\n{_written(shown)}\n```")


def _cut(data: Mapping[str, Any], *fields: str) -> dict[str, Any]:
    return {field: data[field] for field in fields}


def _written(data: Any, depth: int = 0) -> str:
    """JSON with every value that fits on a line on one line."""
    flat = json.dumps(data, ensure_ascii=False)
    if len(flat) + 2 * depth <= 110 or not isinstance(data, (dict, list)):
        return flat
    pad, end = "  " * (depth + 1), "  " * depth
    if isinstance(data, list):
        return "[\n" + ",\n".join(pad + _written(x, depth + 1) for x in data) + f"\n{end}]"
    return "{\n" + ",\n".join(f"{pad}{json.dumps(k)}: {_written(v, depth + 1)}" for k, v in data.items()) + f"\n{end}}}"


# --- what the prose says of the orders -------------------------------------------------------------------------------


def level(name: str, risk: str, line: int = 0) -> str:
    (regime,) = [r for r in decided(name).regimes if r.regime == "cn"]
    (rating,) = [r for r in regime.lines[line].ratings if r.risk == risk]
    return str(rating.level)


def courses(name: str, line: int = 0) -> list[str]:
    (regime,) = [r for r in decided(name).regimes if r.regime == "cn"]
    return [course.id for course in regime.lines[line].courses]


def us(name: str) -> Iterator[str]:
    (regime,) = [r for r in decided(name).regimes if r.regime == "us"]
    yield from (line.release for line in regime.lines)


def test_refusing_the_patch_is_the_riskier_conduct() -> None:
    """US law lets it go under either proposal; only the Chinese side tells them apart."""
    levels = pack().vocabulary.risks["reciprocal_risk"].levels
    supplied, refused = (level(name, "reciprocal_risk") for name in ("01_patch_supplied", "02_patch_refused"))
    assert levels.index(supplied) < levels.index(refused)
    assert [*us("01_patch_supplied"), *us("02_patch_refused")] == ["go", "go"]
    assert courses("01_patch_supplied") == []
    assert courses("02_patch_refused") == ["supply"]
    assert {level(name, "dilemma") for name in ("01_patch_supplied", "02_patch_refused")} == {"none"}


def test_of_what_us_law_leaves_free_there_is_no_dilemma() -> None:
    assert list(us("03_everything_refused")) == ["stop", "go"]
    assert [level("03_everything_refused", "dilemma", line) for line in (0, 1)] == ["soft", "none"]
    assert courses("03_everything_refused", 1) == ["supply"]
    assert "supply" not in courses("03_everything_refused", 0)


def test_the_pack_binds_who_ships_from_china_and_advises_who_does_not() -> None:
    assert role(order("04_magnets_from_china")) == (True, False, "license_required", "stop")
    assert role(order("05_magnets_from_germany")) == (False, False, "license_required", "go")


def test_where_the_place_is_not_known_the_pack_may_bind_and_holds() -> None:
    """Neither the country of the exporter nor that of departure is assumed; Hong Kong is abroad."""
    found = order("05_magnets_from_germany")
    del found["parties"][0]["country"]
    assert role(found) == (False, True, "license_required", "hold")
    found = order("05_magnets_from_germany")
    del found["origin"]
    assert role(found)[1:] == (True, "hold", "hold")
    found = order("05_magnets_from_germany")
    found["parties"][0]["country"] = found["origin"] = "HK"
    assert role(found) == (False, False, "license_required", "go")
    assert role(order("05_magnets_from_germany"), assumptions=False)[:2] == (False, True)
    assert role({**order("05_magnets_from_germany"), "facts": {"actor_reach": "chinese_abroad"}})[0] is True


def order(name: str) -> Any:
    return json.loads((ROOT / "examples" / "china" / f"{name}.json").read_bytes())


def role(found: Any, *, assumptions: bool = True) -> tuple[bool, bool, str, str]:
    """Whether the Chinese pack binds an order, or may; its outcome; and the release."""
    decision = evaluator().evaluate(found, assumptions=assumptions, shelf_life=False, courses=False)
    (cn,) = [r for r in decision.regimes if r.regime == "cn"]
    return cn.binds, cn.may_bind, cn.outcome, decision.release


def test_the_day_of_the_first_notice_that_reaches_abroad() -> None:
    path = Path(ROOT / "examples" / "china" / "05_magnets_from_germany.json")
    found = {}
    for day in ("2026-02-23", "2026-02-24"):
        (cn,) = [r for r in evaluator().evaluate(path.read_bytes(), as_of=day).regimes if r.regime == "cn"]
        found[day] = cn.outcome
    assert found == {"2026-02-23": "not_subject", "2026-02-24": "license_required"}
