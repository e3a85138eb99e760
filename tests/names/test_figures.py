"""What is promised of labelled names, where they lie beside the checkout: no figure of speed, only of answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import screening
from licet.names import DEFAULT, NameIndex, compare

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def data() -> screening.Data:
    found = screening._data(FOLDER, 3)
    if found is None:
        pytest.skip("no labelled names beside the checkout")
    return found


@pytest.fixture(scope="module")
def ours() -> screening.Matcher:
    return screening.Matcher(
        name=screening.OURS, score=lambda a, b: compare(a, b).score, default=DEFAULT.possible_unknown
    )


@pytest.fixture(scope="module")
def index(data: screening.Data) -> NameIndex:
    return screening._index(data.listed)


def cell(table: list[Sequence[str]], row: str) -> str:
    return next(line for line in table if line[0] == row)[-1]


def test_pairs(data: screening.Data, ours: screening.Matcher) -> None:
    table = screening._pairs(data.pairs, [ours])
    *_, f1 = map(float, cell(table, "less typo and LLM groups").split(" / "))
    _, chinese, _ = map(float, cell(table, "kind: chinese").split(" / "))
    assert f1 >= 0.86
    assert chinese >= 0.70


def test_aliases(data: screening.Data, ours: screening.Matcher) -> None:
    table = screening._aliases(data.aliases, [ours])
    assert float(cell(table, f"less `{screening.UNLIKE}`")) >= 0.68


def test_a_list(data: screening.Data, ours: screening.Matcher, index: NameIndex) -> None:
    table = screening._list_level(data, [ours], index)
    assert float(cell(table, "all")) >= 0.93


def test_thresholds_fall(data: screening.Data, index: NameIndex) -> None:
    rows = [[float(share.rstrip("%")) for share in row[1:]] for row in screening._thresholds(data, index)[1:]]
    for column in zip(*rows, strict=True):
        assert list(column) == sorted(column, reverse=True)


def test_every_published_name_finds_its_own_entry(data: screening.Data, index: NameIndex) -> None:
    for entry in data.listed[::7]:
        for name in entry.names:
            found = {match.key: match.score for match in index.search(name).matches}
            assert found.get(entry.key) == 1.0, name
