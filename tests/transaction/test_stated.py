"""What an order states: dates in one form, and in no other."""

from datetime import date

import pytest

from licet.policy.model import Fact
from licet.transaction.stated import IllTypedError, day_of, typed

FACT = Fact(name="contract_date", scope="item", type="date", meaning="when the contract was signed", cite="1 Rule 1")


def test_a_date_is_read() -> None:
    assert typed(FACT, "2019-05-16", {}) == date(2019, 5, 16)
    assert typed(FACT, date(2019, 5, 16), {}) == date(2019, 5, 16)


@pytest.mark.parametrize(
    "raw",
    ["20190516", "2019-W20-4", "2019-136", "2019-02-29", "2019-5-16", "16.05.2019", "2019-05-1\u0661", "", 20190516],
)
def test_no_other_form_is(raw: object) -> None:
    assert day_of(raw) is None
    with pytest.raises(IllTypedError, match="a date, such as `2019-05-16`"):
        typed(FACT, raw, {})
