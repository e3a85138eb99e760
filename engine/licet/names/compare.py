"""Two names compared without an index."""

from __future__ import annotations

import msgspec

from licet.names.align import score
from licet.names.brands import readings
from licet.names.model import Score
from licet.names.prepare import prepare


def compare(a: str, b: str, *, country_a: str | None = None, country_b: str | None = None) -> Score:
    """How alike two names are, the score that a search gives them.

    >>> round(compare("Hua Wei Technologies", "Huawei Technologies Co., Ltd.").score, 2) > 0.9
    True
    """
    found = [score(prepare(left), prepare(right)) for left in (a, *readings(a)) for right in (b, *readings(b))]
    best = max(filter(None, found), key=lambda one: one.score)
    country = "unknown" if not country_a else "unlisted" if not country_b else _agreement(country_a, country_b)
    return msgspec.structs.replace(best, country=country)


def _agreement(a: str, b: str) -> str:
    return "agrees" if a.upper() == b.upper() else "differs"
