"""The laws of a decision, on rulings made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from licet.infer.resolve import Resolution, Ruling, bars_authorization, nested, resolve
from licet.policy.terms import Bar, Effect, Except, Flag, Lift, Prohibit, Require
from licet.values import FALSE, TRUE, UNKNOWN, Truth

KINDS = {"TGL": "general_license", "TGL.c.1": "general_license", "ENC": "license_exception", "L": "specific_license"}
ABOVE = {0: {0, 1, 2}, 1: {1}, 2: {2}}  # case 0 is the line; 1 and 2 are two parties


def rule(name: str, effect: Effect, truth: Truth = TRUE, case: int = 0) -> Ruling:
    return Ruling(rule=name, case=case, truth=truth, effect=effect)


def outcome(*rulings: Ruling, subject: Truth = TRUE, settled: bool = False, held: bool = False) -> str:
    return resolved(rulings, subject=subject, settled=settled, held=held).outcome


def resolved(
    rulings: Sequence[Ruling], *, subject: Truth = TRUE, settled: bool = False, held: bool = False
) -> Resolution:
    return resolve(
        rulings,
        covers=lambda a, b: b in ABOVE[a],
        kinds=KINDS,
        subject=subject,
        settled=lambda _: settled,
        held=held,
    )


NEED = rule("need", Require(reason="entity_list"))
NEED_NS = rule("need_ns", Require(reason="NS2"))
TGL = rule("tgl", Lift(authorization="TGL.c.1", reasons=("entity_list",)))
ENC = rule("enc", Lift(authorization="ENC", reasons=("NS2",)))
NO_EXCEPTIONS = rule("bar", Bar(kinds=("license_exception",)))


@pytest.mark.parametrize(
    ("rulings", "expected"),
    [
        ((), "no_license_required"),
        ((NEED,), "license_required"),
        ((NEED, TGL), "authorized"),
        ((NEED, NEED_NS, TGL), "license_required"),
        ((NEED, NEED_NS, TGL, ENC), "authorized"),
        ((NEED, NEED_NS, TGL, ENC, NO_EXCEPTIONS), "license_required"),
        ((NEED, NEED_NS, TGL, ENC, NO_EXCEPTIONS, rule("x", Except(bars=("bar",)))), "authorized"),
        ((NEED, NEED_NS, TGL, ENC, NO_EXCEPTIONS, rule("x", Except(bars=("bar",)), UNKNOWN)), "hold"),
        ((NEED, rule("l", Lift(authorization="L", everything=True))), "authorized"),
        ((NEED, rule("l", Lift(authorization="L", rules=("need",)))), "authorized"),
        ((NEED, rule("l", Lift(authorization="L", rules=("another",)))), "license_required"),
        ((NEED, rule("p", Prohibit(reason="denied"))), "prohibited"),
        ((NEED, rule("p", Prohibit(reason="denied"), UNKNOWN)), "license_required"),
        ((rule("p", Prohibit(reason="denied"), UNKNOWN),), "hold"),
        ((rule("n", Require(reason="NS2"), UNKNOWN),), "hold"),
        ((rule("n", Require(reason="NS2"), UNKNOWN), ENC), "authorized"),
        ((NEED, rule("t", Lift(authorization="TGL", reasons=("entity_list",)), UNKNOWN)), "hold"),
        ((NEED, TGL, rule("b", Bar(authorizations=("TGL",)), UNKNOWN)), "hold"),
        ((rule("f", Flag(message="look")),), "hold"),
        ((rule("f", Flag(message="look"), UNKNOWN),), "hold"),
        ((NEED, rule("f", Flag(message="look"))), "license_required"),
    ],
)
def test_layers_and_open_layers(rulings: tuple[Ruling, ...], expected: str) -> None:
    assert outcome(*rulings) == expected


def test_what_is_not_subject_goes_unless_something_is_required_all_the_same() -> None:
    assert outcome(subject=FALSE) == "not_subject"
    assert outcome(subject=UNKNOWN) == "hold"
    assert outcome(NEED, subject=FALSE) == "license_required"


def test_a_settled_flag_does_not_hold() -> None:
    assert outcome(rule("f", Flag(message="look")), settled=True) == "no_license_required"


def test_an_error_holds_what_could_go_and_leaves_a_stop() -> None:
    assert outcome(held=True) == "hold"
    assert outcome(NEED, TGL, held=True) == "hold"
    assert outcome(NEED, held=True) == "license_required"


def test_a_party_s_lift_serves_that_party_alone() -> None:
    for_one = rule("tgl", Lift(authorization="TGL", reasons=("entity_list",)), case=1)
    one = rule("need", Require(reason="entity_list"), case=1)
    two = rule("need", Require(reason="entity_list"), case=2)
    assert outcome(one, for_one) == "authorized"
    assert outcome(one, two, for_one) == "license_required"
    assert outcome(NEED, for_one) == "license_required"


def test_the_line_s_lift_serves_every_party() -> None:
    one = rule("need", Require(reason="entity_list"), case=1)
    assert outcome(one, TGL) == "authorized"


def test_a_bar_found_against_a_party_bars_the_line() -> None:
    barred = rule("bar", Bar(kinds=("license_exception",)), case=1)
    assert outcome(NEED_NS, ENC, barred) == "license_required"
    assert outcome(NEED_NS, ENC, barred, rule("x", Except(bars=("bar",)), case=2)) == "license_required"
    assert outcome(NEED_NS, ENC, barred, rule("x", Except(bars=("bar",)), case=1)) == "authorized"


def test_a_narrow_exception_relieves_only_its_own_case() -> None:
    one = rule("need", Require(reason="NS2"), case=1)
    relief = rule("x", Except(bars=("bar",)), case=1)
    assert outcome(one, ENC, NO_EXCEPTIONS, relief) == "authorized"
    assert outcome(NEED_NS, ENC, NO_EXCEPTIONS, relief) == "license_required"
    assert outcome(one, NEED_NS, ENC, NO_EXCEPTIONS, relief) == "license_required"


def test_a_bar_on_a_reason_leaves_other_reasons() -> None:
    lifts_both = rule("l", Lift(authorization="ENC", reasons=("NS2", "entity_list")))
    bar = rule("b", Bar(authorizations=("ENC",), reasons=("entity_list",)))
    assert outcome(NEED_NS, lifts_both, bar) == "authorized"
    assert outcome(NEED, lifts_both, bar) == "license_required"


def test_order_does_not_matter() -> None:
    rulings = [NEED, NEED_NS, TGL, ENC, NO_EXCEPTIONS]
    assert outcome(*rulings) == outcome(*reversed(rulings))


@pytest.mark.parametrize(
    ("bar", "authorization", "expected"),
    [
        (Bar(kinds=("license_exception",)), "ENC", True),
        (Bar(kinds=("license_exception",)), "TGL.c.1", False),
        (Bar(authorizations=("TGL",)), "TGL.c.1", True),
        (Bar(authorizations=("TGL.c.1",)), "TGL", False),
        (Bar(all_but=("TGL",)), "TGL.c.1", False),
        (Bar(all_but=("TGL",)), "ENC", True),
        (Bar(kinds=("general_license",), all_but=("TGL.c.1",)), "TGL", True),
    ],
)
def test_what_a_bar_bars(bar: Bar, authorization: str, *, expected: bool) -> None:
    assert bars_authorization(bar, authorization, KINDS) is expected


def test_nested_ids_end_at_a_dot() -> None:
    assert nested("GOV.b.2", "GOV.b")
    assert not nested("GOV.b.21", "GOV.b.2")
