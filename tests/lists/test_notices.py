"""Federal Register citations, in the spellings that the official files have."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.lists.eccns import expand
from licet.lists.notices import read_notices, unread


def told(text: str) -> list[str]:
    return [f"{notice.cite} {notice.published or '-'}" for notice in read_notices(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("76 FR 71867", ["76 FR 71867 -"]),
        ("84 FR  22961, 5/21/19; 85 FR 29849, 5/19/20.", ["84 FR 22961 2019-05-21", "85 FR 29849 2020-05-19"]),
        ("79 FR 24566; 5/1/14; 83 FR 3580; 1/26/18", ["79 FR 24566 2014-05-01", "83 FR 3580 2018-01-26"]),
        ("77 FR 61249 No. 195", ["77 FR 61249 -"]),
        (
            "63 FR 64322 (11/19/98), 65 FR 14444 (03/17/00), 77 FR 58006 (no. 182)",
            ["63 FR 64322 1998-11-19", "65 FR 14444 2000-03-17", "77 FR 58006 -"],
        ),
        ("76 FR No. 197 (10/12/2011)", ["76 FR No. 197 2011-10-12"]),
        ("Vol. 59, No. 44, 03/07/1994", ["59 FR No. 44 1994-03-07"]),
        (
            "56 F.R. 46407 9/12/91 and 56 F.R. 66429 12/23/91",
            ["56 FR 46407 1991-09-12", "56 FR 66429 1991-12-23"],
        ),
        ("67 F.R. 56530 9/4/02 67 F.R. 10890 3/11/02", ["67 FR 56530 2002-09-04", "67 FR 10890 2002-03-11"]),
        ("82.F.R. 14200 3/17/2017", ["82 FR 14200 2017-03-17"]),
        ("82 F.R. 28473, 28473 6/22/2017", ["82 FR 28473 2017-06-22"]),
        ("79 F.R. 60445 10/7/14, 80 17726 4/2/15", ["79 FR 60445 2014-10-07", "80 FR 17726 2015-04-02"]),
        ("90 F.R.41968 8/28/2025", ["90 FR 41968 2025-08-28"]),
        ("83F.R. 28801 6/21/2018", ["83 FR 28801 2018-06-21"]),
        ("84 FR 22961; 84 FR 22961", ["84 FR 22961 -"]),
        ("", []),
    ],
)
def test_spellings(text: str, expected: list[str]) -> None:
    assert told(text) == expected
    assert unread(read_notices(text)) == ()


@pytest.mark.parametrize("day", ["5/21/18", "13/1/19", "2/30/2019", "0/0/19"])
def test_a_day_that_is_none_or_of_another_volume_is_left_out(day: str) -> None:
    assert read_notices(f"84 FR 22961, {day}")[0].published is None


def test_what_is_no_citation_is_kept_in_its_own_words() -> None:
    notices = read_notices("67 F.R. 56530 9/4/02, NEW F.R. NOTICE TO BE PUBLISHED SOON")
    assert unread(notices) == ("NEW F.R. NOTICE TO BE PUBLISHED SOON",)
    assert notices[0].published == date(2002, 9, 4)


@given(st.text(alphabet="0123456789 FR.,;()/noVlandNo", max_size=200))
def test_no_text_raises(text: str) -> None:
    assert all(notice.cite for notice in read_notices(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eccns 1a004.c 1a995 and 2e983", ("1A004.c", "1A995", "2E983")),
        ("3b001.f.1.b.2 .k to .m 3b002.c", ("3B001.f.1.b.2", "3B001.k", "3B001.l", "3B001.m", "3B002.c")),
        ("3b001 .c f.1", ("3B001", "3B001.c", "3B001.f.1")),
        ("1a995 or 1a995", ("1A995",)),
        ("", ()),
        (".c", None),
        ("3b001.k to", None),
        ("3b001.k to .c", None),
        ("3b001.f.1 to .k", None),
        ("3b001.a to 3b002.c", None),
        ("the moon", None),
    ],
)
def test_lists_of_classification_numbers(text: str, expected: tuple[str, ...] | None) -> None:
    assert expand(text.split()) == expected
