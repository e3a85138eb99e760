from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.suggest import choices, did_you_mean

FACTS = ["destination", "origin", "item_origin", "party_roles", "general_license_activity"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("destnation", "destination"),
        ("Destination", "destination"),
        ("orgiin", "origin"),
        ("item-origin", "item_origin"),
        ("party_role", "party_roles"),
        ("color", None),
        ("", None),
        ("x" * 10_000, None),
        ("destination", None),
    ],
)
def test_the_nearest_word_or_none(word: str, meant: str | None) -> None:
    assert did_you_mean(word, FACTS) == meant


def test_ties_do_not_depend_on_the_order() -> None:
    assert did_you_mean("NS", ["NS2", "NS1"]) == did_you_mean("NS", ["NS1", "NS2"]) == "NS1"
    assert did_you_mean("at", ["bt", "ax"]) == "ax"


def test_short_words_are_not_guessed_wildly() -> None:
    assert did_you_mean("CN", ["US", "HK"]) is None


@given(word=st.text(max_size=90), known=st.lists(st.text(max_size=90), max_size=5))
@settings(max_examples=200, deadline=None)
def test_the_answer_is_one_of_the_known(word: str, known: list[str]) -> None:
    assert did_you_mean(word, known) in {None, *known}


def test_choices() -> None:
    assert choices([]) == "none"
    assert choices(["b", "a"]) == "`b`, `a`"
    assert choices({"b", "a"}) == "`a`, `b`"
    assert choices("abcdefg") == "`a`, `b`, `c`, `d`, `e`, … (2 more)"
