"""policies/lists/sources.yaml: well formed, and what is wrong with another is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from licet.cli.lists_config import load_readers, load_sources
from licet.lists.canaries import missing_sentinels
from licet.lists.fetch import check_address
from licet.lists.read import read_list
from licet.lists.sources import Canary, sources_of
from licet.policy.load import PolicyError
from licet.resources import policies_dir
from tests.docs.pages import ROOT

CSL = ROOT.parent / "shared" / "data" / "csl" / "consolidated.csv"
TEXT = (policies_dir() / "lists" / "sources.yaml").read_text(encoding="utf-8")


def test_the_sources_that_come_with_licet() -> None:
    sources = load_sources(None)
    assert sources.of_format("csv") == sources.of_format("json") == ("csl",)
    assert sources.of_format("xml") == ("ecfr_entity_list",)
    for name, source in sources.sources.items():
        check_address(source.address.replace("{date}", "2026-07-31"))
        assert ("{date}" in source.address) == (source.clock is not None)
        canary = sources.canary(name)
        assert canary != Canary()
        assert 0 < canary.source_days <= 60
        assert canary.at_least >= sum(of_list.at_least for of_list in canary.lists.values())
    assert set(sources.lists) == set(load_readers(None).lists)


def test_the_list_of_today_passes_its_canaries() -> None:
    if not CSL.is_file():
        pytest.skip("the official list is not beside the checkout")
    read = read_list(CSL.read_bytes(), None, load_readers(None))
    canary = load_sources(None).canary("csl")
    assert missing_sentinels(read.entries, canary) == set()
    assert len(read.entries) >= canary.at_least
    for name, of_list in canary.lists.items():
        count = read.counts[name]
        assert of_list.at_least <= count * 0.9, name  # no floor that a usual month breaks through


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[str], Path]:
    def written(text: str) -> Path:
        (tmp_path / "sources.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return written


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    at_least: 21000", "    at_last: 21000", "did you mean `at_least`?"),
        ("    at_least: 21000", "    at_least: 0", "at_least"),
        ("    most_shrink: 0.03", "    most_shrink: 3", "most_shrink"),
        ("    most_shrink: 0.03", "    most_shrink: few", "most_shrink"),
        ("canaries:\n  csl:", "canaries:\n  cls:", "canary for unknown source `cls`"),
        (
            "      ofac_ssi:\n        at_least",
            "      ofac_xyz:\n        at_least",
            "canary for unknown list `ofac_xyz`",
        ),
        ("formats: [xml]", "formats: [pdf]", "pdf"),
        ("formats: [xml]", "formats: []", "formats"),
        ("    address: https://data", "    address: ftp://data", "address"),
        ("lists:\n", "lists: {}\nlists:\n", "given twice"),
        ("lists:\n", "lists: [\n", ""),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, said: str, folder: Callable[[str], Path]) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError) as caught:
        load_sources(folder(TEXT.replace(old, new, 1)))
    told = [f"{found.message} {found.help}" for found in caught.value.findings]
    assert any(said in text for text in told), told
    assert all(found.path.endswith("sources.yaml") for found in caught.value.findings)


def test_a_folder_without_sources_says_so(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        load_sources(tmp_path)
    assert caught.value.findings[0].code == "cannot-read"


@pytest.mark.parametrize("data", [None, [], {}, {"sources": {"a": {}}}, {"sources": {}, "more": 1}])
def test_data_of_another_shape_is_refused(data: object) -> None:
    with pytest.raises(ValueError):
        sources_of(data)


def test_a_source_without_a_canary_still_may_not_be_empty() -> None:
    assert sources_of({"sources": {}}).canary("x").at_least == 1
