"""The words of official lists to scope, review policy and footnotes."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.lists.catalog import load_catalog
from licet.lists.entry import UNREADABLE
from licet.lists.normalize import Phrases, PhrasesFile, Policy, Reference, Requirement, Slip, Terms

REPOSITORY = Path(__file__).resolve().parents[2]
SCREENING_LIST = REPOSITORY.parent / "shared" / "data" / "csl" / "consolidated.csv"

ALL = "For all items subject to the EAR. (See § 744.11 of the EAR)"
DENIAL = "Presumption of denial."
FOOD = [
    {"when": {"all": [{"eccn": "EAR99"}, {"food_or_medicine": True}]}, "policy": "case_by_case"},
    {"policy": "policy_of_denial"},
]
CAMERAS = [
    {
        "when": {"eccn": {"within": "1A004.c 1A004.d 1A995 1A999.a 1D003 2A983 2D983 2E983".split()}},
        "policy": "case_by_case",
    },
    {"when": {"all": [{"eccn": "EAR99"}, {"note_to_1a995": True}]}, "policy": "case_by_case"},
]
DISEASE = {"when": {"infectious_disease_use": True}, "policy": "case_by_case"}
REST_DENIED = {"policy": "presumption_of_denial"}
CHIP_TOOLS = "3B001.a.4 3B001.c 3B001.d 3B001.f.1.b.2".split()
CHIP_TOOLS += [f"3B001.{letter}" for letter in "klmnop"] + ["3B002.c", "3B993", "3B994"]
REST = "presumption of denial for all other items subject to the EAR."
CAMERA_WORDS = (
    "Case-by-case review for ECCNs 1A004.c, 1A004.d, 1A995, 1A999.a, 1D003, 2A983, 2D983, and 2E983, and for EAR99 "
    "items described in the Note to ECCN 1A995; "
)
FOOD_WORDS = (
    "Policy of denial for all items subject to the EAR apart from food and medicine designated as EAR99, which will be "
    "reviewed on a case-by-case basis. See §§ 746.8(b) and 744.21e"
)
DISEASE_WORDS = "review for items necessary to detect, identify and treat infectious disease"
CHIP_WORDS = (
    "Presumption of denial except case-by-case for items not described in ECCN 3B001.a.4, .c, .d, f.1.b.2, .k to .p; "
    "3B002.c, 3B993, or 3B994"
)


@cache
def phrases() -> Phrases:
    return load_catalog().phrases["entity_list"]


def review(policy: str) -> Any:
    return phrases().read(ALL, policy).review


def required(requirement: str) -> Terms:
    return phrases().read(requirement, DENIAL)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("Presumption of Denial", "presumption_of_denial"),
        ("Presumption for denial.", "presumption_of_denial"),
        ("Policy of denial See §§ 746.8(b) and 744.21(e).", "policy_of_denial"),
        ("Case–by–case basis.", "case_by_case"),
        ("See §744.2 (d) of the EAR", "case_by_case"),
        ("See §744.3 of this part", "case_by_case"),
        ("See §§ 744.2(d), 744.3(d), and 744.4(d) of this part.", "case_by_case"),
        ("See § 744.2(d) of the EAR and 744.3(d) of the EAR", "case_by_case"),
        ("See § 746.8(b)(2) of the EAR", "policy_of_denial"),
        ("See §§740.26, 744.11 and 744.23(d) of the EAR.", "presumption_of_denial"),
        (FOOD_WORDS, FOOD),
        (f"{CAMERA_WORDS}casa-by-case {DISEASE_WORDS}; and {REST}", [*CAMERAS, DISEASE, REST_DENIED]),
        (CAMERA_WORDS + REST, [*CAMERAS, REST_DENIED]),
        (f"Case-by-case {DISEASE_WORDS}. {REST.capitalize()}", [DISEASE, REST_DENIED]),
        (CHIP_WORDS, [{"when": {"eccn": {"within": CHIP_TOOLS}}, **REST_DENIED}, {"policy": "case_by_case"}]),
        (
            "Presumption of approval for EAR99; case-by-case review for all items on the CCL",
            [{"when": {"eccn": "EAR99"}, "policy": "presumption_of_approval"}, {"policy": "case_by_case"}],
        ),
    ],
)
def test_policies(policy: str, expected: Any) -> None:
    assert review(policy) == expected


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "See",
        "Presumption of denial, except on Tuesdays",
        "Presumption of approval for EAR99 items",
        "Case-by-case review for licenses for the safety of civil aviation of aircraft.",
        "For all items subject to the EAR. (See § 744.11 of the EAR)",
        "See §§ 744.2(d) and 744.99(d)",  # one of them is not known
        "See § 744.11 of the EAR",  # which states no policy of its own
        "Presumption of denial except case-by-case for items not described in ECCN the moon",
        "Presumption of denial. " * 500,
    ],
)
def test_what_no_phrase_fits_is_unreadable(policy: str) -> None:
    assert review(policy) == UNREADABLE


@pytest.mark.parametrize(
    ("requirement", "footnotes"),
    [
        ("For all items subject to the EAR, see §§ 734.9(e)1, and 744.11 of the EAR2", ("1", "2")),
        ("For All Items Subject to the EAR (See §734.9(e)1, and §744.11 of the EAR)2.", ("1", "2")),
        ("For all items subject to the EAR. (See §§ 734.9(g),3 746.8(a)(3), and 744.21(b) of the EAR)", ("3",)),
        ("For All Items Subject to the EAR (See §734.9(g), 3 §746.8(a)(3), and §744.21(b) of the EAR).", ("3",)),
        ("For all items subject to the EAR (See §§734.9(g)3, 746.8(a)(3), and 744.2l(b) of the EAR", ("3",)),
        ("For all items subject to the EAR. (See §§ 734.9(e)(2) and 744.11 of the EAR) 4", ("4",)),
        ("For all items subject to the EAR. (See §§734.4(a)(9), 734.9(e)(3), and 744.11 of the EAR)5", ("5",)),
        ("All items subject to the EAR. (See §744.11 of the EAR)", ()),
    ],
)
def test_footnotes_are_split_off(requirement: str, footnotes: tuple[str, ...]) -> None:
    terms = required(requirement)
    assert (terms.scope, terms.footnotes, terms.doubt) == ("all", footnotes, "")


def test_a_footnote_whose_digit_was_lost_follows_from_the_section() -> None:
    terms = required("For all items subject to the EAR (See §§ 734.9(g), 746.8(a)(3), and 744.21(b) of the EAR)")
    assert terms.footnotes == ("3",)
    assert "footnote 3 is not marked" in terms.doubt


def test_what_only_some_items_need() -> None:
    projects = required("For all items subject to the EAR when used in projects specified in § 746.8(a)(4) of the EAR")
    assert [row["covers"] for row in projects.scope] == [True, False]
    assert projects.scope[0]["when"]["any"][1] == {"oil_or_gas_project_known": True}
    listed = required("For items on the CCL and EAR99 items listed in supplement no. 7 to part 746 of the EAR.")
    assert listed.scope == [
        {"when": {"any": [{"not": {"eccn": "EAR99"}}, {"lists_of_part_746": {"contains": "supp_7"}}]}, "covers": True},
        {"covers": False},
    ]
    assert required("For items subject to the ITAR").scope == UNREADABLE


def test_exceptions_without_a_fact_are_left_out_and_told() -> None:
    drones = required(
        "For All Items Subject to the EAR (See §744.11 of the EAR), except for EAR99-designated technology for the "
        "operation, maintenance, or repair of unmanned aerial vehicles (UAV) released to this entity by the operator "
        "of the UAV."
    )
    assert drones.scope == "all"
    assert "no fact" in drones.doubt
    station = phrases().read(
        ALL,
        "Policy of denial; Case-by-case basis for items for U.S. Government supported use in the International Space "
        "Station (ISS).",
    )
    assert station.review == "policy_of_denial"
    assert "Space Station" in station.doubt


def test_two_texts_of_which_one_completes_the_other() -> None:
    terms = phrases().read(
        "For all items subject to the EAR, with case-by-case basis for items listed on the CCL",
        "Presumption of approval for EAR99 items",
    )
    assert terms.scope == "all"
    assert terms.review == [
        {"when": {"eccn": "EAR99"}, "policy": "presumption_of_approval"},
        {"policy": "case_by_case"},
    ]


def made(**more: Any) -> Phrases:
    file = {
        "title": "a test",
        "because": None,
        "reviewed": None,
        "section": r"9\.\d+(?:\([a-z]\))*",
        "footnote": r"rule([1-9])",
        "requirements": (Requirement(phrases=("[all|any] {goods|wares}",), scope="all"),),
        "policies": (Policy(phrases=("no [chance]",), review="policy_of_denial"),),
        "asides": ("see <cites> [of the rule]",),
        **more,
    }
    return Phrases(PhrasesFile(**file))


@pytest.mark.parametrize("text", ["goods", "All wares", "any goods (see § 9.1 of the rule)", "ALL — goods."])
def test_choices_in_phrases(text: str) -> None:
    assert made().read(text, "No").scope == "all"


@pytest.mark.parametrize("text", ["", "all", "all any goods", "goods wares", "goods, see § 8.1", "no goods"])
def test_phrases_fit_all_of_a_text(text: str) -> None:
    assert made().read(text, "No chance").scope == UNREADABLE


def test_the_strictest_of_several_paragraphs_counts() -> None:
    references = (
        Reference(section="9.1(a)", review="case_by_case"),
        Reference(section="9.2", review="policy_of_denial", doubt="perhaps"),
        Reference(section="9.3", review="none"),
    )
    made_of = made(references=references)
    assert made_of.read("goods", "See §§ 9.1(a), 9.2 and 9.3").review == "policy_of_denial"
    assert made_of.read("goods", "See § 9.2").doubt == "perhaps"
    assert made_of.read("goods", "See § 9.3").review == UNREADABLE


def test_slips_are_put_right() -> None:
    assert made(slips=(Slip(wrong="chanse", right="chance"),)).read("goods", "no chanse").review == "policy_of_denial"


def test_a_file_that_cannot_work_is_refused() -> None:
    with pytest.raises(ValueError, match="no pattern"):
        made(section="(")
    with pytest.raises(ValueError, match="no review policy"):
        made(references=(Reference(section="9.1", review="mostly"),))


@given(st.text(max_size=300), st.text(alphabet="§744.23(d)[]<eccns> seof,;and", max_size=300))
def test_no_text_raises_or_is_guessed(first: str, second: str) -> None:
    terms = phrases().read(first, second)
    assert terms.scope == UNREADABLE or "item" in first.casefold()


# --- the official file -----------------------------------------------------------------------------------------------

#: Texts that are read by nobody: what is known of them, and why they hold.
UNREADABLE_POLICIES = {
    "Case-by-Case review for licenses for the safety of civil aviation of aircraft.": "silent about all other items",
    "For all items subject to the EAR. (See § 744.11 of the EAR)": "the requirement, in the wrong column",
    "For all items subject to the EAR when used in projects specified in § 746.8(a)(4) of the EAR": "the same",
}
#: Texts that are not read as one plain word, by a part of them, and the number of rows they are read as.
ODD_REQUIREMENTS = {"used in projects": 2, "supplement no. 7 to part 746": 2, "supplement no. 2 to part 744": 2}
ODD_POLICIES = {
    "food and medicine": 2,
    "1A004.c": 4,
    "not described in ECCN": 2,
    "items listed on the CCL": 2,
    "all items on the CCL": 2,
    "Presumption of approval for EAR99 items": 2,
    "infectious disease": 2,
}
FEWER = {"2E983, and for EAR99 items described in the Note to ECCN 1A995; presumption": 3}


@cache
def texts() -> Counter[tuple[str, str]]:
    if not SCREENING_LIST.is_file():
        pytest.skip("the official screening list is not beside the checkout")
    with SCREENING_LIST.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        pairs = [(row["license_requirement"], row["license_policy"]) for row in rows]
    return Counter(pair for pair in pairs if pair != ("", ""))


def test_nearly_every_entry_is_read() -> None:
    read = {pair: phrases().read(*pair) for pair in texts()}
    unread = {pair for pair, terms in read.items() if UNREADABLE in (terms.scope, terms.review)}
    assert {policy for _, policy in unread} == set(UNREADABLE_POLICIES)
    assert all(read[pair].scope != UNREADABLE for pair in unread)
    assert sum(texts()[pair] for pair in unread) <= 0.001 * texts().total()


def rows_expected(text: str, odd: dict[str, int]) -> int:
    return next((count for part, count in {**FEWER, **odd}.items() if part in text), 0)


def test_every_text_is_read_as_what_it_says() -> None:
    """The plain texts as one word, the odd ones as so many rows; the words of the text tell which."""
    wrong = []
    for requirement, policy in texts():
        terms = phrases().read(requirement, policy)
        expected: Any = rows_expected(requirement, ODD_REQUIREMENTS) or "all"
        if (terms.scope if isinstance(terms.scope, str) else len(terms.scope)) != expected:
            wrong.append((requirement, terms.scope))
        if policy in UNREADABLE_POLICIES:
            continue
        expected = rows_expected(policy, ODD_POLICIES) or plain(policy)
        if (terms.review if isinstance(terms.review, str) else len(terms.review)) != expected:
            wrong.append((policy, terms.review))
    assert wrong == []


def plain(policy: str) -> str:
    """The strictest policy that the text names; of mere references what the paragraph says."""
    text = policy.casefold()
    if "policy of denial" in text or "746.8(b)(2)" in text:
        return "policy_of_denial"
    if "of denial" in text or "for denial" in text or "744.23(d)" in text or "744.21(d)" in text:
        return "presumption_of_denial"
    return "case_by_case"


def test_every_digit_of_a_footnote_is_found() -> None:
    """A second, cruder look: after the sections are taken out, what digits stay behind are footnotes."""
    import re

    wrong = []
    for requirement, policy in texts():
        if len(requirement) > 300 or "supplement" in requirement or "General License" in requirement:
            continue
        bare = re.sub(r"7\d\d\.\d+l?(\s?\([a-z0-9]\))*", "", requirement)
        digits = tuple(sorted(set(re.findall(r"(?<![\dA-Z(])[1-9](?![\d)])|(?<=EAR)[1-9](?!\d)", bare))))
        found = phrases().read(requirement, policy)
        if "is not marked" not in found.doubt and found.footnotes != digits:
            wrong.append((requirement, digits, found.footnotes))
    assert wrong == []
