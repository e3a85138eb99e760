"""docs/china_backtest.md: the record and the suspensions, replayed through the real pack, beside what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
import yaml

from licet import Evaluator
from licet.authoring.cases import LawCase, span
from licet.authoring.run import read_cases
from licet.decision.model import LineDecision, Rating
from licet.policy.cache import default_cache, load_pack
from licet.policy.conditions import tests_in as read_in
from licet.policy.model import Pack
from licet.resources import policies_dir
from tests.docs.pages import DOCS, ROOT, keep_part

PAGE = DOCS / "china_backtest.md"
HOMES = ("record", "ordinary_refusals", "suspensions")
PACK = policies_dir() / "cn_countermeasures"
DAYS = ("2025-04-20", "2025-06-01", "2025-09-01", "2025-11-11", "2026-11-12")
OUTCOMES: dict[str, dict[str, Any]] = {
    entry["name"]: entry
    for entry in yaml.safe_load((Path(__file__).parent / "china_outcomes.yaml").read_text(encoding="utf-8"))["cases"]
}


@cache
def evaluator() -> Evaluator:
    return Evaluator.load(PACK)


@cache
def pack() -> Pack:
    return load_pack(PACK, default_cache())


@cache
def cases(home: str) -> tuple[LawCase, ...]:
    found = read_cases(PACK, ROOT / "examples", home=f"backtests/{home}")
    return tuple(case for case in found if case.home == f"backtests/{home}")


@cache
def lines() -> dict[str, LineDecision]:
    """The line of every case, by the case's id, as the pack alone judges it."""
    return {case.id: judged(case, case.as_of) for home in HOMES for case in cases(home)}


def judged(case: LawCase, day: date | None) -> LineDecision:
    decision = evaluator().evaluate(
        dict(case.order),
        as_of=day,
        known_on=case.known_on,
        assumptions=case.assumptions,
        shelf_life=False,
        courses=False,
        beside=case.told,
    )
    (line,) = decision.lines
    return line


def rating(case: LawCase) -> Rating:
    return rated(lines()[case.id])


def rated(line: LineDecision) -> Rating:
    (found,) = (r for r in line.ratings if r.risk == "reciprocal_risk")
    return found


def the_day_before(case: LawCase) -> Rating:
    """The rating without what the day of the case itself brought."""
    assert case.as_of is not None
    return rated(judged(case, case.as_of - timedelta(days=1)))


def levels() -> tuple[str, ...]:
    return pack().vocabulary.risks["reciprocal_risk"].levels


def recorded() -> list[LawCase]:
    """The cases of the record with an outcome of their own, without other codings and days before."""
    return [case for case in cases("record") if case.name in OUTCOMES]


# --- how well the order fits -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How two rankings of the same cases agree: pairs in the same order, in the opposite one, and tied in either."""

    cases: int
    concordant: int
    discordant: int
    tied_by_model: int
    tied_by_outcome: int
    exact: int
    off_by_one: int
    too_high: int
    too_low: int

    @property
    def pairs(self) -> int:
        return self.cases * (self.cases - 1) // 2

    @property
    def tau_b(self) -> float:
        """Kendall's tau-b; 0 where one of the rankings ties everything."""
        spread = (self.pairs - self.tied_by_model) * (self.pairs - self.tied_by_outcome)
        return (self.concordant - self.discordant) / sqrt(spread) if spread else 0.0

    @property
    def share(self) -> float:
        """The share of the pairs in the same order among those that neither ties."""
        decided = self.concordant + self.discordant
        return self.concordant / decided if decided else 0.0


def fit(model: Sequence[int], outcome: Sequence[int]) -> Fit:
    found = list(zip(model, outcome, strict=True))
    signs = [((a[0] > b[0]) - (a[0] < b[0]), (a[1] > b[1]) - (a[1] < b[1])) for a, b in combinations(found, 2)]
    return Fit(
        cases=len(found),
        concordant=sum(m * o > 0 for m, o in signs),
        discordant=sum(m * o < 0 for m, o in signs),
        tied_by_model=sum(m == 0 for m, _ in signs),
        tied_by_outcome=sum(o == 0 for _, o in signs),
        exact=sum(m == o for m, o in found),
        off_by_one=sum(abs(m - o) == 1 for m, o in found),
        too_high=sum(m > o for m, o in found),
        too_low=sum(m < o for m, o in found),
    )


def test_the_measure_of_fit() -> None:
    """By hand: 1 1 2 against 1 2 2 has three pairs, one of them in the same order and two tied on one side."""
    found = fit([1, 1, 2], [1, 2, 2])
    assert (found.pairs, found.concordant, found.discordant) == (3, 1, 0)
    assert (found.tied_by_model, found.tied_by_outcome) == (1, 1)
    assert found.tau_b == pytest.approx(0.5)
    assert fit([0, 1, 2], [2, 1, 0]).tau_b == pytest.approx(-1)
    assert fit([1, 1], [0, 1]).tau_b == 0


def scored(*, unseen: int | None) -> list[tuple[LawCase, int, int]]:
    """The cases with the model's level and that of the outcome; `unseen` is the one of cases that nobody lived."""
    found = []
    for case in recorded():
        level = OUTCOMES[case.name]["level"]
        happened = unseen if level is None else levels().index(level)
        if happened is not None:
            found.append((case, levels().index(rating(case).level), happened))
    return found


def ordinary() -> list[tuple[LawCase, int, int]]:
    """The ordinary refusals that follow the record, after which nothing is known; invented ones prove nothing."""
    return [(case, levels().index(rating(case).level), 0) for case in cases("ordinary_refusals") if not invented(case)]


def invented(case: LawCase) -> bool:
    """The last four, as the head of their file says."""
    return case in cases("ordinary_refusals")[-4:]


def begins(case: LawCase) -> int:
    """The level at which the model begins for the conduct, without raises, mitigators, floors and caps."""
    return levels().index(str(rating(case).facts["conduct_base"]))


# --- the page --------------------------------------------------------------------------------------------------------


def table(head: str, rows: Sequence[Sequence[object]]) -> str:
    return "\n".join(
        [head, "|---" * (head.count("|") - 1) + "|", *(f"| {' | '.join(map(str, row))} |" for row in rows)]
    )


def stated(case: LawCase, rule: str) -> str:
    """The raises or the mitigators that the order states."""
    (found,) = (r for r in pack().rules if r.id == rule)
    facts = {**case.order["facts"], **case.order["items"][0]["facts"]}
    names = dict.fromkeys(test.fact for test in read_in(found.when))
    return ", ".join(name for name in names if name in facts and facts[name] is True) or "none"


def conduct(case: LawCase) -> str:
    return str(case.order["items"][0]["facts"]["conduct"])


def agreement(case: LawCase) -> str:
    entry = OUTCOMES[case.name]
    if entry["level"] is None:
        return f"not scored: {entry['note']}"
    model, happened = levels().index(rating(case).level), levels().index(entry["level"])
    if model == happened:
        return "hit" + (f": {entry['note']}" if "note" in entry else "")
    steps = abs(model - happened)
    how = f"too {'high' if model > happened else 'low'} by {'one' if steps == 1 else steps}"
    return f"**{how}**: {entry['why']}"


#: Other codings of a case, and the same on another day.
_VARIANTS = ("Illumina, coded on", "the day before", "Qualcomm, once", "the conduct of Caplugs")


def test_every_recorded_case_has_its_outcome() -> None:
    assert [case.name for case in recorded()] == list(OUTCOMES)
    assert {entry["level"] for entry in OUTCOMES.values()} <= {None, *levels()}
    others = [case.name for case in cases("record") if case.name not in OUTCOMES]
    assert [name for name in others if not name.startswith(_VARIANTS)] == []


def test_a_miss_has_its_reason_and_a_hit_none() -> None:
    missed = {case.name for case, model, happened in scored(unseen=None) if model != happened}
    assert missed == {name for name, entry in OUTCOMES.items() if "why" in entry}


def test_the_codes_and_the_levels_agree() -> None:
    """The scale of the page, from the codes; a ban on dealings is severe, and one on buying a product is high."""
    of_code = {"N": {0}, "M": {1}, "W": {1}, "I": {2}, "F": {2}, "P": {2, 3}, "L": {3}}
    for name, entry in OUTCOMES.items():
        codes = entry["codes"].split(", ")
        if entry["level"] is None:
            assert codes == ["N"], name
        else:
            assert levels().index(entry["level"]) in of_code[max(codes, key=lambda code: max(of_code[code]))], name


def test_the_record() -> None:
    rows = [
        (
            case.name,
            case.as_of,
            conduct(case),
            stated(case, "risk/raise/once"),
            stated(case, "risk/lower/once"),
            span(the_day_before(case)),
            span(rating(case)),
            f"{OUTCOMES[case.name]['level'] or 'none seen'} ({OUTCOMES[case.name]['codes']})",
            OUTCOMES[case.name]["happened"],
            agreement(case),
        )
        for case in recorded()
    ]
    head = "| case | day | code | raises | mitigators | day before | model | outcome | what happened | agreement |"
    keep_part(PAGE, "record", table(head, rows))
    sources = [(case.name, OUTCOMES[case.name]["source"]) for case in recorded()]
    keep_part(PAGE, "sources", table("| case | source of the outcome |", sources))


def test_the_other_codings_and_the_days_before() -> None:
    rows = [
        (case.name, case.as_of, conduct(case), span(rating(case)))
        for case in cases("record")
        if case.name not in OUTCOMES
    ]
    keep_part(PAGE, "variants", table("| case | day | code | model |", rows))


def test_the_figures() -> None:
    record, unseen = scored(unseen=None), scored(unseen=0)
    sets = {
        "the record": record,
        "with the case that nobody lived, as low": unseen,
        "with the ordinary refusals that follow the record": [*record, *ordinary()],
    }
    rows = []
    for name, found in sets.items():
        ranked = {"model": [level for _, level, _ in found], "conduct alone": [begins(case) for case, _, _ in found]}
        if found is record:
            ranked["model, the day before"] = [levels().index(the_day_before(case).level) for case, _, _ in found]
        outcome = [happened for _, _, happened in found]
        rows += [(name, label, *shown(fit(model, outcome))) for label, model in ranked.items()]
    head = (
        "| cases | ranked by | n | pairs | same / opposite order | tied | tau-b | share | exact | off by one | "
        "further off | too high / low |"
    )
    keep_part(PAGE, "figures", table(head, rows))


def shown(f: Fit) -> tuple[object, ...]:
    decided = f.concordant + f.discordant
    return (
        f.cases,
        f.pairs,
        f"{f.concordant} / {f.discordant}",
        f.pairs - decided,
        f"{f.tau_b:.2f}",
        f"{100 * f.share:.0f} %",
        f.exact,
        f.off_by_one,
        f.cases - f.exact - f.off_by_one,
        f"{f.too_high} / {f.too_low}",
    )


def test_the_ordinary_refusals() -> None:
    """After none of them anything is known to have happened: no alarm."""
    found = cases("ordinary_refusals")
    assert len(found) == 10
    assert {rating(case).level for case in found} <= {"low", "elevated"}
    rows = [
        (
            case.name,
            case.as_of,
            conduct(case),
            stated(case, "risk/raise/once"),
            stated(case, "risk/lower/once"),
            span(rating(case)),
            "invented" if invented(case) else "follows the record",
        )
        for case in found
    ]
    keep_part(PAGE, "ordinary", table("| case | day | code | raises | mitigators | model | |", rows))


# --- the suspensions -------------------------------------------------------------------------------------------------


def notices() -> Iterator[tuple[str, list[str]]]:
    """Each notice, with what the pack says of its party or item on each day."""
    by_name: dict[str, dict[str, str]] = {}
    for case in cases("suspensions"):
        name, _, day = case.name.rpartition(", on ")
        by_name.setdefault(name, {})[day] = answer(lines()[case.id])
    for name, of_days in by_name.items():
        assert set(of_days) == set(DAYS), name
        yield name, [of_days[day] for day in DAYS]


def answer(line: LineDecision) -> str:
    """The release, the rules behind it, and beside a ban the reasons that stand on other lists."""
    if line.release == "go":
        return "`go`"
    standing = sorted({r.reason for r in line.requirements if r.state == "stands"})
    beside = f" (and {', '.join(standing)})" if standing and line.outcome == "prohibited" else ""
    return f"`{line.release}`: {', '.join(line.determined_by)}{beside}"


def test_the_suspensions() -> None:
    keep_part(PAGE, "suspensions", table(f"| notice | {' | '.join(DAYS)} |", [[n, *row] for n, row in notices()]))
