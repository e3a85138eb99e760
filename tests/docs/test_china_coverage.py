"""The page on how far the China pack goes, instrument by instrument, and what it doubts, is made from the pack."""

from __future__ import annotations

from licet.authoring.coverage_page import coverage_page, read_paragraphs, unnamed
from licet.authoring.doubts_page import doubts_page
from licet.authoring.run import read_cases
from licet.policy.load import pack_files, read_files
from licet.resources import policies_dir
from tests.docs.pages import DOCS, ROOT, keep

PACK = policies_dir() / "cn_countermeasures"


def test_the_page() -> None:
    loaded = read_files(pack_files(PACK), PACK.name, law_only=True)
    assert loaded.pack is not None
    cases = tuple(read_cases(PACK, ROOT / "examples"))
    page = coverage_page(loaded.pack, cases, read_paragraphs(PACK)).rstrip("\n")
    keep(DOCS / "china_coverage.md", f"{page}\n\n## Doubts\n\n{doubts_page(loaded).strip()}\n")
    assert [rule.id for rule in unnamed(loaded.pack, read_paragraphs(PACK))] == []
