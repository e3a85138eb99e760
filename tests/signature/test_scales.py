"""Places on a scale: two values at the same place pass the same tests."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.policy.terms import FactOperand, Test
from licet.signature.scales import Dates, Numbers, Texts, scale_of
from licet.truth import truth

THRESHOLDS = [Decimal(n) for n in ("0", "0.1", "10", "24.999", "25", "2500", "50000")]
SCALE = Numbers(THRESHOLDS)
OPERATORS = ("is", "at_least", "at_most", "more_than", "less_than")
numbers = st.one_of(
    st.integers(0, 60_000),
    st.floats(0, 60_000, allow_subnormal=False),
    st.decimals(0, 60_000, places=3),
    st.sampled_from([float(t) for t in THRESHOLDS]),
)


def seen(number: float | Decimal) -> list[int]:
    """What every test makes of a number, as the reader of orders takes it."""
    exact = Decimal(str(number))
    return [truth(op, threshold, exact) for op in OPERATORS for threshold in THRESHOLDS]


@given(numbers, numbers)
def test_numbers_at_the_same_place_pass_the_same_tests(one: float | Decimal, other: float | Decimal) -> None:
    places = SCALE.place(one), SCALE.place(other)
    if None not in places:
        assert (places[0] == places[1]) == (seen(one) == seen(other))


@pytest.mark.parametrize(
    "raw", [-1, 1e-12, 1e300, float("nan"), float("inf"), Decimal("NaN"), Decimal("1E-40"), True, "25", None, {}]
)
def test_what_is_no_ordinary_number_has_no_place(raw: object) -> None:
    assert SCALE.place(raw) is None


def test_a_float_is_the_decimal_that_it_reads_as() -> None:
    assert SCALE.place(0.1) == SCALE.place(Decimal("0.1"))
    assert SCALE.place(0.30000000000000004) != SCALE.place(0.1)


def test_a_threshold_that_no_float_says_makes_no_scale() -> None:
    tests = [Test(fact="share", op="at_most", operand=Decimal("0.12345678901234567890"))]
    assert scale_of("number", tests) is None


def test_dates() -> None:
    scale = Dates([date(2019, 5, 16), date(2020, 8, 13)])
    places = [scale.place(day) for day in ("2019-05-15", "2019-05-16", "2019-05-17", "2020-08-13", "2020-08-14")]
    assert places == [b"0", b"1", b"2", b"3", b"4"]
    assert scale.place("2019-05-15") == scale.place("2001-01-01")
    wrong = ("2019-02-30", "19-05-16", "tomorrow!!", "2019-W20-4", "20190516", "2019-05-1\u0661", 5, None)
    assert [scale.place(raw) for raw in wrong] == [None] * len(wrong)


def test_texts() -> None:
    scale = Texts(["civil", "military"])
    assert scale.place("civil") == b"civil"
    assert scale.place("a telephone exchange") == scale.place("a bridge")
    assert scale.place("civil") != scale.place("a bridge")
    assert scale.place(5) is None


@pytest.mark.parametrize(
    ("kind", "operand"),
    [("number", FactOperand(fact="limit")), ("text", Decimal(1)), ("country", "CN"), ("eccn", "EAR99")],
)
def test_what_is_compared_with_no_constant_has_no_scale(kind: str, operand: object) -> None:
    assert scale_of(kind, [Test(fact="it", op="is", operand=operand)]) is None  # type: ignore[arg-type]
