"""The tables: what words stand for, and what they weigh."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from licet.names import words
from licet.names.brands import curated, readings
from licet.names.commonness import counted
from licet.names.prepare import prepare
from licet.names.scripts import latin
from licet.resources import policies_dir


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Hydra Tech Co., Ltd.", ["hydra", "technology"]),
        ("NII Vektor", ["research_institute", "vektor"]),
        ("Scientific-Research Institute of Vektor", ["research_institute", "vektor"]),
        ("Sci. and Res. Inst. Vektor", ["research_institute", "vektor"]),
        ("Jointstock Company Vektor", ["vektor"]),
        ("Brigade Forty-four", ["brigade", "44", ""]),
        ("30th Institute", ["30", "institute"]),
        ("A.B.C. Kontor", ["abc", "kontor"]),
        ("Xi'an Hong Kong", ["xian", "hongkong"]),
        ("CETC30", ["cetc", "30"]),
        ("北京六合技术有限公司", ["beijing", "liuhe", "technology"]),
        ("第三十研究所", ["30", "research_institute"]),
        ("第722研究所", ["722", "research_institute"]),
        ("廣州市宏宇科技有限公司", ["guangzhou", "hongyu", "technology"]),
        ("重庆长安", ["chongqing", "changan"]),
        ("Société Générale", ["generale"]),
        ("شركة النفط", ["petroleum"]),
    ],
)
def test_a_name_is_taken_apart(name: str, expected: list[str]) -> None:
    assert [word.text for word in prepare(name).words] == expected


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("technology", "aviation"),
        ("aviation", "hikvision"),
        ("group", "vektorix"),
        ("10", "722"),
        ("ab", "abcde"),
        ("branch", "hydra"),
    ],
)
def test_rarer_words_weigh_more(less: str, more: str) -> None:
    assert 0 < words.weight(less) < words.weight(more) <= 1


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("tecnnology", None),
        ("technlogy", "technology"),
        ("technoology", "technology"),
        ("tehcnology", "technology"),
        ("technology", None),
        ("abc", None),
        ("vektorix", None),
    ],
)
def test_a_word_may_misspell_a_known_one_by_one_edit(word: str, known: str | None) -> None:
    assert words.corrected(word) == known or (known is None and words.corrected(word) == "technology")


def test_the_tables_hold_no_rare_words() -> None:
    table = (words.FOLDER / "commonness.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in table if not line.startswith("#")]
    assert rows[0][0] == "*"
    assert len(rows) > 2000
    assert all(int(count) >= 8 for _, count in rows[1:])


def test_commonness_counts_names_not_words_and_keeps_no_rare_ones() -> None:
    register = [f"Hydra Kontor Hydra {n}a" for n in range(10)] + ["Solo Vektor"] * 20
    size, counts = counted([register])
    assert size == 100_000
    assert counts == {"hydra": round(10 * 100_000 / 11), "kontor": round(10 * 100_000 / 11)}


def test_brands_are_sourced_and_reviewed_by_nobody_yet() -> None:
    data = yaml.safe_load((policies_dir() / "names" / "brands.yaml").read_text(encoding="utf-8"))
    assert data["reviewed"]["by"] == "nobody"
    assert len(data["brands"]) >= 150
    for row in data["brands"]:
        assert set(row) == {"names", "stands_for", "source"}
        assert row["names"]
        assert all(not name.isascii() for name in row["names"])
        assert all(name.isascii() for name in row["stands_for"])


def test_no_brand_is_named_twice() -> None:
    data = yaml.safe_load((policies_dir() / "names" / "brands.yaml").read_text(encoding="utf-8"))
    names = [latin(name) if name.isascii() else name for row in data["brands"] for name in row["names"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("海康威视", ("Hikvision",)),
        ("杭州海康威视公司", ("杭州 Hikvision 公司",)),
        ("海康威視", ("Hikvision",)),
        ("Hikvision", ()),
        ("某某公司", ()),
    ],
)
def test_a_brand_is_read_in_latin_letters(name: str, expected: tuple[str, ...]) -> None:
    assert readings(name) == expected


def test_the_longest_brand_is_taken() -> None:
    assert len(curated()["中芯国际"]) > len(curated()["中芯"])
    assert readings("中芯国际")[0] == "SMIC"


def test_importing_names_is_light() -> None:
    heavy = "numpy rapidfuzz opencc pypinyin anyascii yaml".split()
    code = f"import sys, licet.names; print([name for name in {heavy} if name in sys.modules])"
    engine = Path(words.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=engine)
    assert done.stdout.strip() == "[]"


def test_a_latin_name_needs_no_tables_of_other_scripts() -> None:
    code = (
        "import sys\nfrom licet.names import compare\ncompare('Hydra Kontor', 'Hydra Kantor')\n"
        "print([name for name in ('opencc', 'pypinyin', 'anyascii', 'yaml') if name in sys.modules])"
    )
    engine = Path(words.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=engine)
    assert done.stdout.strip() == "[]"
