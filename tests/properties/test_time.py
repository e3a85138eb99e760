"""Time: golden timelines day by day against tables written by hand, and the algebra on random timelines."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.policy.cache import default_cache, load_pack
from licet.policy.in_force import in_force, knowing_days, turning_days
from licet.policy.model import Pack
from licet.policy.terms import Period, Stay, Supersession, Timeline
from licet.resources import policies_dir
from licet.values import FALSE, TRUE, UNKNOWN, Truth
from tests.generate import PIVOTS

DAY = timedelta(days=1)
SETTLED = settings(max_examples=300, deadline=None, derandomize=True, database=None)
TGL = "part_744/supp_7_huawei_tgl"


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(policies_dir() / "us_ear", default_cache())


def rule_timeline(pack: Pack, name: str) -> Timeline:
    return next(rule.timeline for rule in pack.rules if rule.id == f"{TGL}/{name}")


# --- the Temporary General License -----------------------------------------------------------------------------------

# First and last day of each part, by the Federal Register, and from when it could be known.
PARTS = {
    "84 FR 23468": (date(2019, 5, 20), date(2019, 8, 19), date(2019, 5, 20)),
    "84 FR 43487": (date(2019, 8, 19), date(2019, 11, 18), date(2019, 8, 21)),
    "84 FR 64018": (date(2019, 11, 18), date(2020, 2, 16), date(2019, 11, 20)),
    "85 FR 8722": (date(2020, 2, 13), date(2020, 4, 1), date(2020, 2, 18)),
    "85 FR 14416": (date(2020, 3, 10), date(2020, 5, 15), date(2020, 3, 12)),
    "85 FR 29610": (date(2020, 5, 15), date(2020, 8, 13), date(2020, 5, 18)),
}
# The wordings: those of May 2019 end when those of August 2019 begin; the paragraph on 5G standards was not renewed.
WORDINGS = {
    "c_1_2019_05": (date(2019, 5, 20), date(2019, 8, 18)),
    "c_1_2019_08": (date(2019, 8, 19), date(2020, 8, 13)),
    "c_2_2019_05": (date(2019, 5, 20), date(2019, 8, 18)),
    "c_2_2019_08": (date(2019, 8, 19), date(2020, 8, 13)),
    "c_3_2019_05": (date(2019, 5, 20), date(2019, 8, 18)),
    "c_3_2019_08": (date(2019, 8, 19), date(2020, 8, 13)),
    "c_4_2019_05": (date(2019, 5, 20), date(2019, 8, 18)),
}


def test_the_general_license_day_by_day(pack: Pack) -> None:
    timeline = pack.general_licenses[TGL].timeline
    for day in days(date(2019, 5, 1), date(2020, 9, 30)):
        found = in_force(timeline, day)
        parts = [cite for cite, (first, last, _) in PARTS.items() if first <= day <= last]
        assert (found.truth == TRUE) == bool(parts) == (date(2019, 5, 20) <= day <= date(2020, 8, 13)), day
        assert (found.period.cite if found.period else None) == (parts[-1] if parts else None), day


@pytest.mark.parametrize("known_on", [known + DAY * n for _, _, known in PARTS.values() for n in (-1, 0, 1)])
def test_the_general_license_by_what_was_known(pack: Pack, known_on: date) -> None:
    timeline = pack.general_licenses[TGL].timeline
    for day in days(date(2019, 5, 1), date(2020, 9, 30)):
        parts = [cite for cite, (first, last, known) in PARTS.items() if first <= day <= last and known <= known_on]
        found = in_force(timeline, day, known_on)
        assert (found.period.cite if found.period else None) == (parts[-1] if parts else None), day


def test_the_wordings_are_all_there(pack: Pack) -> None:
    found = {r.id.removeprefix(TGL + "/") for r in pack.rules if r.general_license == TGL}
    assert set(WORDINGS) <= found


@pytest.mark.parametrize("name", sorted(WORDINGS))
def test_a_wording_day_by_day(pack: Pack, name: str) -> None:
    timeline = rule_timeline(pack, name)
    first, last = WORDINGS[name]
    for day in days(date(2019, 5, 1), date(2020, 9, 30)):
        assert (in_force(timeline, day).truth == TRUE) == (first <= day <= last), day


def test_the_extension_of_march_2020_in_hindsight_and_before(pack: Pack) -> None:
    """It ran from the 10th and was published on the 12th; without it the license ended on the first of April."""
    timeline = rule_timeline(pack, "c_1_2019_08")
    for known_on, last in ((date(2020, 3, 11), date(2020, 4, 1)), (date(2020, 3, 12), date(2020, 5, 15))):
        for day in days(date(2020, 3, 1), date(2020, 6, 30)):
            assert (in_force(timeline, day, known_on).truth == TRUE) == (day <= last), (known_on, day)
    on_the_tenth = in_force(timeline, date(2020, 3, 10), date(2020, 3, 11)).period
    assert on_the_tenth is not None
    assert on_the_tenth.cite == "85 FR 8722"


def test_before_the_rewriting_was_published_the_first_wording_went_on(pack: Pack) -> None:
    """On 2019-08-19 and 20 nobody could know of the second wording; the first was good through the 19th."""
    first, second = (rule_timeline(pack, name) for name in ("c_1_2019_05", "c_1_2019_08"))
    known_on = date(2019, 8, 20)
    found = [
        (in_force(first, d, known_on).truth, in_force(second, d, known_on).truth)
        for d in days(date(2019, 8, 18), known_on)
    ]
    assert found == [(TRUE, FALSE), (TRUE, FALSE), (FALSE, FALSE)]


# --- a stay ----------------------------------------------------------------------------------------------------------

STAYED = Timeline(
    periods=(
        Period(
            start=date(2025, 9, 29),
            cite="90 FR 47201",
            known=date(2025, 9, 29),
            stays=(Stay(start=date(2025, 11, 10), through=date(2026, 11, 9), known=date(2025, 11, 12)),),
            unresolved=date(2026, 11, 10),
            unresolved_because="whether the stay goes on is not known",
        ),
    )
)


def stayed_on(day: date, known_on: date | None = None) -> Truth:
    """The table by hand."""
    if day < date(2025, 9, 29) or (known_on is not None and known_on < date(2025, 9, 29)):
        return FALSE
    if date(2025, 11, 10) <= day <= date(2026, 11, 9) and (known_on is None or known_on >= date(2025, 11, 12)):
        return FALSE
    return TRUE if day < date(2026, 11, 10) else UNKNOWN


@pytest.mark.parametrize(
    "known_on", [None, date(2025, 9, 28), date(2025, 9, 29), date(2025, 11, 11), date(2025, 11, 12)]
)
def test_a_stay_day_by_day(known_on: date | None) -> None:
    for day in days(date(2025, 9, 1), date(2026, 12, 31)):
        assert in_force(STAYED, day, known_on).truth == stayed_on(day, known_on), day


def test_why_it_is_unresolved_is_said() -> None:
    assert in_force(STAYED, date(2026, 11, 10)).why == "whether the stay goes on is not known"
    assert in_force(STAYED, date(2026, 11, 9)).why is None


def test_what_was_stayed_resumes_by_itself() -> None:
    again = Timeline(
        periods=(Period(start=date(2020, 1, 1), stays=(Stay(start=date(2020, 2, 1), through=date(2020, 2, 29)),)),)
    )
    states = [
        in_force(again, d).truth for d in (date(2020, 1, 31), date(2020, 2, 1), date(2020, 2, 29), date(2020, 3, 1))
    ]
    assert states == [TRUE, FALSE, FALSE, TRUE]


def test_the_last_day_of_the_calendar_is_a_day() -> None:
    forever = Timeline(periods=(Period(start=date.min, through=date.max),))
    assert in_force(forever, date.max).truth == in_force(forever, date.min).truth == TRUE
    assert turning_days(forever) == {date.min}


# --- the algebra -----------------------------------------------------------------------------------------------------


def random_timeline(rng: random.Random) -> Timeline:
    def day() -> date:
        return rng.choice(PIVOTS) + DAY * rng.randrange(3)

    def maybe(chance: float) -> date | None:
        return day() if rng.random() < chance else None

    periods = []
    for start in sorted({day() for _ in range(rng.randint(1, 4))}):
        stays = tuple(Stay(start=day(), through=maybe(0.8), known=maybe(0.5)) for _ in range(rng.choice((0, 0, 1, 2))))
        ended = maybe(0.2)
        periods.append(
            Period(
                start=start if rng.random() < 0.9 else None,
                through=maybe(0.5),
                known=maybe(0.5),
                stays=stays,
                ended=ended,
                ended_known=maybe(0.5) if ended else None,
                unresolved=maybe(0.2),
            )
        )
    later = tuple(Supersession(start=day(), known=maybe(0.5), by="later") for _ in range(rng.choice((0, 0, 1))))
    return Timeline(periods=tuple(periods), superseded=later)


def by_hand(timeline: Timeline, day: date, known_on: date | None) -> Truth:
    """The meaning, said by sets of days: each period's own, less what is stayed, ended or superseded."""

    def heard(known: date | None) -> bool:
        return known is None or known_on is None or known <= known_on

    calendar = set(days(PIVOTS[0] - 10 * DAY, PIVOTS[-1] + 20 * DAY))
    covered: dict[date, list[Period]] = {d: [] for d in calendar}
    for p in timeline.periods if calendar else ():
        own = (
            {d for d in calendar if (p.start or date.min) <= d <= (p.through or date.max)} if heard(p.known) else set()
        )
        for stay in p.stays:
            if heard(stay.known):
                own -= set(days(stay.start, stay.through or max(calendar)))
        if p.ended is not None and heard(p.ended_known):
            own -= set(days(p.ended, max(calendar)))
        for d in own:
            covered[d].append(p)
    if any(heard(s.known) and s.start <= day for s in timeline.superseded) or not covered[day]:
        return FALSE
    latest = max(covered[day], key=lambda p: (p.start or date.min, p.through or date.max))
    return UNKNOWN if latest.unresolved is not None and day >= latest.unresolved else TRUE


SPAN = tuple(days(PIVOTS[0] - 5 * DAY, PIVOTS[-1] + 10 * DAY))


@SETTLED
@given(seed=st.integers(0, 2**32), known=st.none() | st.sampled_from(SPAN), day=st.sampled_from(SPAN))
def test_in_force_is_what_sets_of_days_say(seed: int, known: date | None, day: date) -> None:
    timeline = random_timeline(random.Random(seed))
    assert in_force(timeline, day, known).truth == by_hand(timeline, day, known)


@SETTLED
@given(seed=st.integers(0, 2**32), known=st.none() | st.sampled_from(SPAN))
def test_nothing_changes_but_on_turning_days(seed: int, known: date | None) -> None:
    timeline = random_timeline(random.Random(seed))
    turning = turning_days(timeline)
    for before, day in itertools.pairwise(SPAN):
        if day not in turning:
            assert in_force(timeline, day, known) == in_force(timeline, before, known), day


@SETTLED
@given(seed=st.integers(0, 2**32), day=st.sampled_from(SPAN))
def test_nothing_is_learned_but_on_knowing_days(seed: int, day: date) -> None:
    timeline = random_timeline(random.Random(seed))
    knowing = knowing_days(timeline)
    for before, known_on in itertools.pairwise(SPAN):
        if known_on not in knowing:
            assert in_force(timeline, day, known_on) == in_force(timeline, day, before), known_on
    assert in_force(timeline, day, SPAN[-1]) == in_force(timeline, day)


@SETTLED
@given(seed=st.integers(0, 2**32), day=st.sampled_from(SPAN))
def test_the_order_of_periods_does_not_matter(seed: int, day: date) -> None:
    rng = random.Random(seed)
    timeline = random_timeline(rng)
    turned = Timeline(periods=tuple(reversed(timeline.periods)), superseded=timeline.superseded)
    assert in_force(turned, day).truth == in_force(timeline, day).truth
