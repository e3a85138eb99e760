"""Names that mean harm: bounded work, no crash, and never a silent nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.names import Named, NameIndex, compare, explained
from licet.names.prepare import LENGTH, WORDS, prepare
from licet.names.scripts import latin

INDEX = NameIndex([Named("1", ("Hydra Kontor Technologies Co., Ltd.",), ("CN",), ("12 Baltika Street, Kerch",))])

HOSTILE = {
    "ten megabytes": "a" * 10_000_000,
    "ten megabytes of words": "Hydra " * 1_700_000,
    "ten megabytes of Han": "海" * 10_000_000,
    "empty": "",
    "spaces": " \t\n\u3000 ",
    "nothing to see": "\u200b\u200c\u200d\ufeff\u2060",
    "only turned around": "\u202e\u2066\u2069\u202c",
    "marks without a letter": "\u0301" * 100_000,
    "a legal form": "Co., Ltd.",
    "legal forms": "Limited Liability Company, Joint Stock Company, GmbH & Co. KG",
    "a regular expression": "(a+)+$" * 50_000,
    "dots": "a." * 100_000,
    "brackets": "([" * 100_000,
    "numbers": "9" * 100_000,
    "ordinals": "1st2nd3rd" * 50_000,
    "Han numbers": "一二三四五六七八九十百" * 100_000,
    "ligatures that unfold": "\ufdfa" * 100_000,
    "unassigned": "\U0010ffff" * 1000,
    "formula": '=HYPERLINK("http://x")',
}
MET = {
    "zero width": "Hy\u200bdra Kon\u200dtor Technologies Co., Ltd.",
    "turned around": "\u202eHydra\u202c Kontor Technologies Co., Ltd.",
    "a lone surrogate": "\ud800Hydra Kontor Technologies Co., Ltd.",
    "control characters": "Hydra\x00 Kontor\x1b Technologies\x07 Co., Ltd.",
    "combining flood": "Hy" + "\u0301" * 150 + "dra Kontor Technologies",
    "full width": "Ｈｙｄｒａ　Ｋｏｎｔｏｒ　Ｔｅｃｈｎｏｌｏｇｉｅｓ",
    "look-alikes": "Нydrа Kоntоr Technologies",
    "mathematical": "𝐇𝐲𝐝𝐫𝐚 𝐊𝐨𝐧𝐭𝐨𝐫 Technologies",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_read_says_so(name: str) -> None:
    found = INDEX.search(name, aliases=(name,), country="CN")
    assert found.cut or found.matches or prepare(name).words
    assert len(prepare(name).words) <= 2 * WORDS


@pytest.mark.parametrize("name", ["", "Co., Ltd.", "\u200b", "x" * 10_000_000, "Hydra " * 1_700_000, "\u0301" * 1000])
def test_an_answer_to_it_is_cut(name: str) -> None:
    assert INDEX.search(name).cut


@pytest.mark.parametrize("name", MET.values(), ids=MET)
def test_a_disguised_name_is_met(name: str) -> None:
    (match,) = INDEX.search(name, country="CN").matches
    assert match.score > 0.9
    assert all(line.isprintable() for line in explained(match))


def test_a_long_beginning_does_not_hide_the_name() -> None:
    assert INDEX.search("Hydra Kontor Technologies " + "x" * 1000).cut


@pytest.mark.parametrize(
    "address", ["1 " * 5_000_000, "12 Baltika Street " * 100_000, "\ud800" * 100, "\u202e12 Baltika"]
)
def test_hostile_addresses(address: str) -> None:
    INDEX.search("Nobody", address=address)


@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_compared(a: str, b: str) -> None:
    assert 0 <= compare(a, b).score <= 1
    INDEX.search(a, aliases=(b,), address=b, country=a[:2])


@given(st.text(max_size=80))
@settings(deadline=None)
def test_what_is_read_is_plain(text: str) -> None:
    assert latin(text).isascii()


def test_a_name_is_read_no_further_than_its_length() -> None:
    assert prepare("a" * LENGTH).key
    assert not prepare("a" * (LENGTH + 1)).key
